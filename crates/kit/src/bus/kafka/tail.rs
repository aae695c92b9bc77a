//! A live view of some topics: a reader of its own, outside of every group, from the ends of the partitions on.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use rdkafka::consumer::{Consumer as _, StreamConsumer};
use rdkafka::{Offset, TopicPartitionList};
use tokio_util::sync::CancellationToken;

use super::client::{QuietContext, common_settings};
use super::record::to_message;
use super::topics::ends_of;
use super::{Shared, blocking};
use crate::bus::{BusError, Message, Tail};

/// Messages handed out at once.
const TAIL_BATCH: usize = 500;
pub(super) struct KafkaTail {
    consumer: Option<StreamConsumer<QuietContext>>,
    shutdown: CancellationToken,
}

impl KafkaTail {
    /// Sees what is published after this returns.
    pub(super) async fn start(shared: &Shared, topics: Vec<String>) -> Result<Self, BusError> {
        let mut settings = common_settings(&shared.config).map_err(BusError::Unavailable)?;
        settings
            // The library wants a name; no group comes about, because partitions are taken and not asked for.
            .set("group.id", "courtside.tail")
            .set("enable.auto.commit", "false")
            .set("auto.offset.reset", "earliest")
            .set("fetch.wait.max.ms", "100");
        let mut wanted = TopicPartitionList::new();
        for topic in &topics {
            for number in 0..shared.topics.partitions(topic) {
                wanted.add_partition_offset(topic, number, Offset::End)?;
            }
        }
        let consumer = blocking(move || {
            let consumer: StreamConsumer<QuietContext> = settings.create_with_context(QuietContext)?;
            consumer.assign(&ends_of(&consumer, &wanted)?)?;
            Ok(consumer)
        })
        .await?;
        Ok(Self { consumer: Some(consumer), shutdown: shared.shutdown.clone() })
    }
}

impl Tail for KafkaTail {
    fn next_batch(&mut self) -> BoxFuture<'_, Result<Vec<Message>, BusError>> {
        Box::pin(async move {
            let Some(consumer) = &self.consumer else { return Err(BusError::Closed) };
            let first = tokio::select! {
                () = self.shutdown.cancelled() => return Err(BusError::Closed),
                first = consumer.recv() => first?,
            };
            let mut batch = vec![to_message(&first)];
            while batch.len() < TAIL_BATCH
                && let Some(Ok(next)) = consumer.recv().now_or_never()
            {
                batch.push(to_message(&next));
            }
            Ok(batch)
        })
    }
}

impl Drop for KafkaTail {
    fn drop(&mut self) {
        // Closing waits for threads of the library.
        if let Some(consumer) = self.consumer.take() {
            std::thread::spawn(move || drop(consumer));
        }
    }
}
