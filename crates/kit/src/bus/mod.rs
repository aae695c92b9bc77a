//! The log between the services: topics of ordered partitions, consumer groups with offsets, and live tails.
//!
//! It owns the vocabulary ([`Message`], [`Bus`]) and the rules every adapter shares ([`Consumer`]: retry, parking,
//! order per key). Adapters: [`PgBus`], on tables of the schema `bus`, and [`KafkaBus`]. It never looks into a payload.
//!
//! Delivery is at least once and in order per key (EVT-03). What makes an effect happen once is the inbox.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use futures::future::BoxFuture;
use jiff::Timestamp;
use uuid::Uuid;

mod broadcast;
mod config;
mod consumer;
mod kafka;
mod open;
mod partitioner;
mod postgres;
mod window;

pub use broadcast::Broadcast;
pub use config::{BusConfig, BusKind, KafkaConfig, Security, TopicConfig};
pub use consumer::{Consumer, ConsumerOptions, Handler};
pub use kafka::KafkaBus;
pub use open::{OpenBus, open};
pub use partitioner::partition_of;
pub use postgres::{PgBus, PgBusOptions};

/// Names and values that travel beside a payload: the trace context (EVT-08) and what an adapter wants to know.
pub type Headers = BTreeMap<String, String>;

/// A message that is to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Same for every repetition of the same event.
    pub event_id: Uuid,
    /// The topic, made on first use.
    pub topic: String,
    /// Decides the partition, and so what is ordered with what.
    pub key: String,
    /// Carried along unseen.
    pub headers: Headers,
    /// Carried along unseen.
    pub payload: Bytes,
}

/// A message as a reader gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where it stands.
    pub partition: Partition,
    /// Its place in the partition.
    pub offset: i64,
    /// Same for every repetition of the same event.
    pub event_id: Uuid,
    /// Messages of one key are handled one after the other.
    pub key: String,
    /// The trace context and more.
    pub headers: Headers,
    /// Usually the JSON of an envelope.
    pub payload: Bytes,
    /// When the bus took it.
    pub published_at: Timestamp,
}

impl Message {
    /// The topic it was published to.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.partition.topic
    }

    /// The payload read as JSON of type `T`.
    ///
    /// # Errors
    /// When it is not.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.payload)
    }
}

/// One ordered part of a topic.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Partition {
    /// The topic.
    pub topic: String,
    /// Counted from zero.
    pub number: i32,
}

impl fmt::Display for Partition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.topic, self.number)
    }
}

/// Where a group begins that has never read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StartAt {
    /// With the oldest message that is kept.
    #[default]
    Oldest,
    /// With the next message to come.
    End,
}

/// Who wants to read what. Members with the same group share the partitions of its topics (EVT-10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The logical reader, for example `transaction.socket-broadcast`.
    pub group: String,
    /// The topics it reads.
    pub topics: Vec<String>,
    /// Where it begins.
    pub start_at: StartAt,
}

impl Subscription {
    /// `group` reading `topics` from the oldest message on.
    #[must_use]
    pub fn new<T: Into<String>>(group: impl Into<String>, topics: impl IntoIterator<Item = T>) -> Self {
        Self { group: group.into(), topics: topics.into_iter().map(Into::into).collect(), start_at: StartAt::Oldest }
    }
}

/// Why the bus could not do something.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// The broker is away or refused.
    #[error("the bus is not available: {0}")]
    Unavailable(#[source] anyhow::Error),
    /// The partition now belongs to another member of the group; it will handle what was not committed.
    #[error("partition {0} has moved to another member")]
    PartitionMoved(Partition),
    /// The process is stopping.
    #[error("the bus is closed")]
    Closed,
}

impl From<sqlx::Error> for BusError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

/// A broker. Messages of one key keep the order in which they were published.
pub trait Bus: Send + Sync + 'static {
    /// Publishes all of `batch` and returns once the broker has it safely. After an error any part of the batch may
    /// have been published: publish it again, in the same order.
    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> BoxFuture<'a, Result<(), BusError>>;

    /// Joins a consumer group.
    fn join<'a>(&'a self, subscription: &'a Subscription) -> BoxFuture<'a, Result<Box<dyn Membership>, BusError>>;

    /// Every message of `topics` from now on, to every caller, remembered nowhere: for the fan-out to sockets. What is
    /// published after this returns is seen.
    fn tail<'a>(&'a self, topics: &'a [String]) -> BoxFuture<'a, Result<Box<dyn Tail>, BusError>>;
}

/// The place of one process in a consumer group.
pub trait Membership: Send {
    /// The next partition given to this member. Losing the future loses nothing.
    fn next_partition(&mut self) -> BoxFuture<'_, Result<Box<dyn PartitionReader>, BusError>>;

    /// Leaves the group, so that others take over without waiting for the lease to run out. Partition readers must be
    /// dropped before.
    fn leave(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// Reads one partition for as long as it is given to this member. Dropping it gives the partition back.
pub trait PartitionReader: Send {
    /// What it reads.
    fn partition(&self) -> &Partition;

    /// At least one and at most `limit` messages, waiting for them if need be; [`BusError::PartitionMoved`] once the
    /// partition is wanted elsewhere. Losing the future loses nothing.
    fn next_batch(&mut self, limit: usize) -> BoxFuture<'_, Result<Vec<Message>, BusError>>;

    /// Whether the partition is wanted elsewhere: finish what was begun and drop the reader.
    fn is_revoked(&self) -> bool;

    /// Everything before `next_offset` is handled and will not come again.
    fn commit(&mut self, next_offset: i64) -> BoxFuture<'_, Result<(), BusError>>;
}

/// A live view of some topics.
pub trait Tail: Send {
    /// At least one message, waiting for it if need be. Losing the future loses nothing.
    fn next_batch(&mut self) -> BoxFuture<'_, Result<Vec<Message>, BusError>>;
}
