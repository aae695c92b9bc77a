//! What every client of the library shares: how brokers are reached, and what is said about them in the log.

use anyhow::ensure;
use rdkafka::ClientConfig;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;
use secrecy::ExposeSecret as _;

use crate::bus::KafkaConfig;

/// The settings that producers, consumers and the administrator have in common.
///
/// # Errors
/// When `config` contradicts itself.
pub(super) fn common_settings(config: &KafkaConfig) -> anyhow::Result<ClientConfig> {
    ensure!(!config.brokers.is_empty(), "bus.kafka.brokers names no broker");
    ensure!(
        config.security.signs_in() == config.username.is_some()
            && config.username.is_some() == config.password.is_some(),
        "bus.kafka: username and password belong to security = \"sasl_plaintext\" or \"sasl_ssl\", and to nothing else"
    );
    let mut settings = ClientConfig::new();
    settings
        .set("bootstrap.servers", config.brokers.join(","))
        .set("client.id", "courtside")
        .set("security.protocol", config.security.as_str())
        // A broker that comes back is found within a second, and one that is silent is given up after ten.
        .set("reconnect.backoff.ms", "50")
        .set("reconnect.backoff.max.ms", "1000")
        .set("socket.timeout.ms", "10000")
        .set("socket.connection.setup.timeout.ms", "5000")
        .set("socket.keepalive.enable", "true")
        .set("socket.nagle.disable", "true");
    if let (Some(username), Some(password)) = (&config.username, &config.password) {
        settings
            .set("sasl.mechanism", &config.sasl_mechanism)
            .set("sasl.username", username)
            .set("sasl.password", password.expose_secret());
    }
    if let Some(ca_file) = &config.ca_file {
        settings.set("ssl.ca.location", ca_file);
    }
    for (name, value) in &config.properties {
        settings.set(name, value);
    }
    Ok(settings)
}

/// Says what the library says, more quietly: an outage of a broker is told once by whoever waits it out, not by every
/// thread of every client.
#[derive(Debug, Clone, Copy)]
pub(super) struct QuietContext;

impl ClientContext for QuietContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log_line(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(%error, reason, "kafka");
    }
}

impl ConsumerContext for QuietContext {}

pub(super) fn log_line(level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical => {
            tracing::error!(facility, message, "kafka");
        }
        _ => tracing::debug!(facility, message, "kafka"),
    }
}
