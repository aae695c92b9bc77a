//! Publishes with acknowledgement of all copies. It owns the producer and knows when to throw it away.
//!
//! The library repeats what failed by itself, in order and without doubles, for as long as a producer lives. What an
//! attempt left unfinished dies with the producer: the broker then has a beginning of each partition's part and nothing
//! behind a gap, so the caller's repetition in the same order keeps the order of every key (EVT-02).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::anyhow;
use futures::future::try_join_all;
use rdkafka::ClientConfig;
use rdkafka::error::KafkaError;
use rdkafka::producer::FutureProducer;
use tokio::time::Instant;

use super::client::{QuietContext, common_settings};
use super::record::to_record;
use crate::bus::{BusError, KafkaConfig, Outgoing};

type Producer = Arc<FutureProducer<QuietContext>>;

pub(super) struct Publisher {
    settings: ClientConfig,
    patience: Duration,
    current: Mutex<Producer>,
}

impl Publisher {
    pub(super) fn new(config: &KafkaConfig) -> anyhow::Result<Self> {
        let mut settings = common_settings(config)?;
        let defaults = [
            ("enable.idempotence", "true"),
            ("acks", "all"),
            // The same partition for a key as every other client of Kafka.
            ("partitioner", "murmur2_random"),
            ("compression.type", "lz4"),
            // A batch is there at once or not at all: waiting for more would only add to the delay.
            ("linger.ms", "0"),
            // How long an attempt may take is decided here, not per message: see the module.
            ("message.timeout.ms", "0"),
        ];
        for (name, value) in defaults {
            if !config.properties.contains_key(name) {
                settings.set(name, value);
            }
        }
        let current = Mutex::new(open(&settings)?);
        Ok(Self { settings, patience: Duration::from_millis(config.publish_timeout_ms.into()), current })
    }

    pub(super) async fn publish(&self, batch: &[Outgoing]) -> Result<(), BusError> {
        let producer = Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner));
        let began = Instant::now();
        let outcome = match enqueue(&producer, batch) {
            Ok(deliveries) => tokio::time::timeout(self.patience, try_join_all(deliveries)).await,
            Err(error) => return Err(error.into()), // a full queue: what was taken is on its way in order
        };
        let refused = match outcome {
            Ok(Ok(deliveries)) => deliveries.into_iter().find_map(Result::err).map(|(error, _)| anyhow!(error)),
            Ok(Err(_)) => Some(anyhow!("the producer was closed")),
            Err(_) => Some(anyhow!("no acknowledgement within {:?}", self.patience)),
        };
        match refused {
            None => {
                metrics::histogram!("kafka_produce_latency_seconds").record(began.elapsed().as_secs_f64());
                Ok(())
            }
            Some(error) => {
                self.replace(&producer)?;
                Err(BusError::Unavailable(error))
            }
        }
    }

    /// Another producer takes the place of `failed`, unless another publisher has seen to that already.
    fn replace(&self, failed: &Producer) -> Result<(), KafkaError> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&current, failed) {
            let retired = std::mem::replace(&mut *current, open(&self.settings)?);
            // Closing waits for threads of the library.
            tokio::task::spawn_blocking(move || drop(retired));
        }
        Ok(())
    }
}

fn open(settings: &ClientConfig) -> Result<Producer, KafkaError> {
    Ok(Arc::new(settings.create_with_context(QuietContext)?))
}

/// Hands the whole batch to the library, in order and without giving way in between.
fn enqueue(
    producer: &FutureProducer<QuietContext>,
    batch: &[Outgoing],
) -> Result<Vec<rdkafka::producer::DeliveryFuture>, KafkaError> {
    batch.iter().map(|message| producer.send_result(to_record(message)).map_err(|(error, _)| error)).collect()
}
