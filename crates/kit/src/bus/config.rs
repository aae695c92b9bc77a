//! Which bus an installation uses, and how a Kafka one is reached. Owns names, defaults and units; it opens nothing.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::Deserialize;

/// Section `[bus]`. Both services of an installation use the same one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BusConfig {
    /// Which broker carries the events.
    pub kind: BusKind,
    /// How Kafka is reached; read only with `kind = "kafka"`.
    pub kafka: KafkaConfig,
}

/// Which broker carries the events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BusKind {
    /// Tables of the services' own database.
    #[default]
    Postgres,
    /// Anything that speaks Kafka's protocol.
    Kafka,
}

/// Section `[bus.kafka]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KafkaConfig {
    /// `host:port` of a few brokers; the others are learnt from them.
    pub brokers: Vec<String>,
    /// How connections are protected.
    pub security: Security,
    /// The broker's certificate authority, PEM. The system's own ones when absent.
    pub ca_file: Option<String>,
    /// How a client proves itself: `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.
    pub sasl_mechanism: String,
    /// Who signs in, with the `sasl_` kinds of `security`.
    pub username: Option<String>,
    /// What proves it.
    pub password: Option<SecretString>,
    /// How topics are made that do not exist yet.
    pub partitions: u16,
    /// Copies of each partition; 3 on a cluster.
    pub replication: u16,
    /// How long messages are kept. Not longer than the seven days for which readers remember events.
    pub retention_hours: u32,
    /// Topics with values of their own.
    pub topics: BTreeMap<String, TopicConfig>,
    /// How long a member of a group may be silent before others take its partitions. Brokers ask for 6 s at least.
    pub session_timeout_ms: u32,
    /// How long one attempt to publish may take.
    pub publish_timeout_ms: u32,
    /// Any other setting of librdkafka, by its own name. It wins over what the service sets itself.
    pub properties: BTreeMap<String, String>,
}

impl Default for KafkaConfig {
    fn default() -> Self {
        Self {
            brokers: vec!["127.0.0.1:9092".to_owned()],
            security: Security::Plaintext,
            ca_file: None,
            sasl_mechanism: "SCRAM-SHA-512".to_owned(),
            username: None,
            password: None,
            partitions: 6,
            replication: 1,
            retention_hours: 168,
            topics: BTreeMap::new(),
            session_timeout_ms: 10_000,
            publish_timeout_ms: 10_000,
            properties: BTreeMap::new(),
        }
    }
}

impl KafkaConfig {
    /// What holds for `topic`: its own values, else the common ones.
    pub(super) fn topic(&self, topic: &str) -> (u16, u32) {
        let own = self.topics.get(topic);
        (
            own.and_then(|own| own.partitions).unwrap_or(self.partitions),
            own.and_then(|own| own.retention_hours).unwrap_or(self.retention_hours),
        )
    }
}

/// Values of one topic; what is absent is taken from `[bus.kafka]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TopicConfig {
    /// Partitions of the topic when it is made.
    pub partitions: Option<u16>,
    /// How long its messages are kept.
    pub retention_hours: Option<u32>,
}

/// How connections to Kafka are protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// Not at all.
    #[default]
    Plaintext,
    /// TLS.
    Ssl,
    /// A name and a password over an open connection.
    SaslPlaintext,
    /// A name and a password over TLS.
    SaslSsl,
}

impl Security {
    /// The name that Kafka's clients know.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Plaintext => "plaintext",
            Self::Ssl => "ssl",
            Self::SaslPlaintext => "sasl_plaintext",
            Self::SaslSsl => "sasl_ssl",
        }
    }

    /// Whether a name and a password are shown.
    pub(super) const fn signs_in(self) -> bool {
        matches!(self, Self::SaslPlaintext | Self::SaslSsl)
    }
}
