//! Logs and traces of the process (OPS-08 to OPS-13, OPS-21, SEC-54).
//!
//! Owns the shape of log lines and what is kept out of them, and the export of spans. It decides nothing by them.

mod export;
mod log;
mod redact;

use contracts::ids::UserId;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use serde::Deserialize;
use tracing::Subscriber;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Registry};

pub use log::{LogLayer, LogWriter, SharedBuffer};
pub use redact::{redacted_query, redacted_text};

/// `[telemetry]` of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TelemetryConfig {
    /// Value of `service` in each log line and span.
    pub service_name: String,
    /// What is logged, e.g. `info,sqlx=warn`.
    pub log_filter: String,
    /// How it is written.
    pub log_format: LogFormat,
    /// Where spans are sent by OTLP over HTTP; empty for nowhere.
    pub otlp_endpoint: String,
    /// Share of new traces that are recorded, 0.0 to 1.0.
    pub sampling_ratio: f64,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            service_name: "courtside".to_owned(),
            log_filter: "info".to_owned(),
            log_format: LogFormat::Json,
            otlp_endpoint: String::new(),
            sampling_ratio: 1.0,
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line (OPS-21).
    Json,
    /// For people at a terminal.
    Text,
}

/// Keeps telemetry alive; sends the last spans when dropped.
#[must_use = "spans are lost when the guard is dropped early"]
pub struct Guard {
    provider: Option<SdkTracerProvider>,
}

impl Guard {
    /// Sends what has not been sent yet.
    pub fn flush(&self) {
        if let Some(Err(error)) = self.provider.as_ref().map(SdkTracerProvider::force_flush) {
            tracing::warn!(%error, "some spans could not be sent");
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(provider) = &self.provider {
            // Nobody is left to hear about a failure.
            let _ = provider.shutdown();
        }
    }
}

/// Starts logging and tracing for the whole process. Call once, inside of the Tokio runtime.
///
/// # Errors
/// When the filter or the endpoint cannot be understood, or telemetry was started before.
pub fn init(config: &TelemetryConfig) -> anyhow::Result<Guard> {
    let (subscriber, guard) = subscriber(config, LogWriter::Stdout)?;
    tracing::subscriber::set_global_default(subscriber)?;
    log_panics();
    Ok(guard)
}

/// Panics become log lines like everything else, with the trace they happened in, instead of bare text.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let said = panic.payload_as_str().unwrap_or("nothing readable");
        tracing::error!(place, said, "panicked");
    }));
}

/// The same as [`init`] without making it global, for tests.
///
/// # Errors
/// When the filter or the endpoint cannot be understood.
pub fn subscriber(
    config: &TelemetryConfig,
    writer: LogWriter,
) -> anyhow::Result<(impl Subscriber + Send + Sync + 'static, Guard)> {
    let filter = EnvFilter::try_new(&config.log_filter)?;
    let provider = export::provider(config)?;
    let spans = provider.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("courtside"))
            .with_location(false)
            .with_threads(false)
    });
    let log = LogLayer::new(config.service_name.clone(), config.log_format, writer);
    Ok((Registry::default().with(filter).with(spans).with(log), Guard { provider }))
}

/// Names the user in the span of the running request, and so in its log lines (OPS-11, OPS-21).
pub(crate) fn record_user(user: UserId) {
    tracing::Span::current().record("user.id", tracing::field::display(user));
}
