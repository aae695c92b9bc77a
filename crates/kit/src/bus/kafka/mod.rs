//! The bus on Kafka: any broker that speaks its protocol.
//!
//! It owns how topics are made, and the headers that carry what Kafka has no field for. Order and offsets are the
//! broker's; a producer that could have left a gap is thrown away, so that a repetition never overtakes (EVT-02, EVT-03).
//! No transactions of Kafka are used: at least once plus the inbox is all that is asked of a broker.

mod client;
mod membership;
mod producer;
mod reader;
mod record;
mod tail;
mod topics;

use std::sync::Arc;

use anyhow::Context as _;
use futures::future::BoxFuture;
use rdkafka::admin::AdminClient;
use rdkafka::error::KafkaError;
use tokio_util::sync::CancellationToken;

use super::{Bus, BusError, KafkaConfig, Membership, Outgoing, Subscription, Tail};
use crate::clock::SharedClock;
use client::{QuietContext, common_settings};
use membership::KafkaMembership;
use producer::Publisher;
use tail::KafkaTail;
use topics::Topics;

/// See the module.
pub struct KafkaBus {
    shared: Arc<Shared>,
}

struct Shared {
    config: KafkaConfig,
    clock: SharedClock,
    topics: Topics,
    publisher: Publisher,
    shutdown: CancellationToken,
}

impl KafkaBus {
    /// The bus behind `config`. Nothing is asked of a broker yet, so it may be away.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn start(config: KafkaConfig, clock: SharedClock, shutdown: CancellationToken) -> anyhow::Result<Arc<Self>> {
        let settings = common_settings(&config)?;
        let admin: AdminClient<QuietContext> =
            settings.create_with_context(QuietContext).context("the settings of [bus.kafka] cannot be used")?;
        let topics = Topics::new(Arc::new(admin), config.clone());
        let publisher = Publisher::new(&config).context("the settings of [bus.kafka] cannot be used")?;
        Ok(Arc::new(Self { shared: Arc::new(Shared { config, clock, topics, publisher, shutdown }) }))
    }

    /// Makes the topics of `names` that do not exist yet. Answers a line for each that is not as configured: those are
    /// left alone, because a changed number of partitions would move keys while they are read.
    ///
    /// # Errors
    /// When the broker is away or refuses.
    pub async fn set_up(&self, names: &[String]) -> Result<Vec<String>, BusError> {
        self.shared.topics.ensure(names.iter().map(String::as_str)).await?;
        self.shared.topics.differences(names).await
    }

    /// Asks the broker for a sign of life.
    ///
    /// # Errors
    /// When it gives none.
    pub async fn ping(&self) -> Result<(), BusError> {
        self.shared.topics.ping().await
    }
}

impl Bus for KafkaBus {
    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> BoxFuture<'a, Result<(), BusError>> {
        Box::pin(async move {
            self.shared.topics.ensure(batch.iter().map(|message| message.topic.as_str())).await?;
            self.shared.publisher.publish(batch).await
        })
    }

    fn join<'a>(&'a self, subscription: &'a Subscription) -> BoxFuture<'a, Result<Box<dyn Membership>, BusError>> {
        Box::pin(async move {
            self.shared.topics.ensure(subscription.topics.iter().map(String::as_str)).await?;
            let membership = KafkaMembership::start(Arc::clone(&self.shared), subscription.clone()).await?;
            Ok(Box::new(membership) as Box<dyn Membership>)
        })
    }

    fn tail<'a>(&'a self, topics: &'a [String]) -> BoxFuture<'a, Result<Box<dyn Tail>, BusError>> {
        Box::pin(async move {
            self.shared.topics.ensure(topics.iter().map(String::as_str)).await?;
            let tail = KafkaTail::start(&self.shared, topics.to_vec()).await?;
            Ok(Box::new(tail) as Box<dyn Tail>)
        })
    }
}

impl From<KafkaError> for BusError {
    fn from(error: KafkaError) -> Self {
        Self::Unavailable(error.into())
    }
}

/// Runs a call of the library that blocks its thread.
async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, KafkaError> + Send + 'static,
) -> Result<T, BusError> {
    match tokio::task::spawn_blocking(call).await {
        Ok(outcome) => Ok(outcome?),
        Err(error) => Err(BusError::Unavailable(error.into())),
    }
}
