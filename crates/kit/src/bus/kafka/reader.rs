//! Reads the messages of one partition for as long as the group gives it to this process.

use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use rdkafka::consumer::base_consumer::PartitionQueue;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::{Offset, TopicPartitionList};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::membership::Steward;
use super::record::to_message;
use crate::bus::{BusError, Message, Partition, PartitionReader};

/// The safety net behind the library's wake-up.
const POLL: Duration = Duration::from_millis(500);

/// What the member and the reader of a partition share: the way to the broker, for as long as the partition is ours.
pub(super) struct Slot {
    open: Mutex<Option<Open>>,
    /// The partition is wanted elsewhere.
    revoked: CancellationToken,
    arrived: Arc<Notify>,
    /// When the message was published that was read last.
    last_read: Mutex<Option<Timestamp>>,
}

struct Open {
    consumer: Arc<BaseConsumer<Steward>>,
    queue: PartitionQueue<Steward>,
}

impl Slot {
    pub(super) fn new(consumer: Arc<BaseConsumer<Steward>>, mut queue: PartitionQueue<Steward>) -> Arc<Self> {
        let arrived = Arc::new(Notify::new());
        let wake = Arc::clone(&arrived);
        queue.set_nonempty_callback(move || wake.notify_one());
        Arc::new(Self {
            open: Mutex::new(Some(Open { consumer, queue })),
            revoked: CancellationToken::new(),
            arrived,
            last_read: Mutex::default(),
        })
    }

    /// Tells the reader to finish.
    pub(super) fn revoke(&self) {
        self.revoked.cancel();
    }

    /// The partition is no longer ours: nothing is read or committed from here on.
    pub(super) fn close(&self) {
        self.revoked.cancel();
        *self.open() = None;
    }

    /// How old the message is that was read last.
    pub(super) fn age(&self, now: Timestamp) -> SignedDuration {
        let last_read = *self.last_read.lock().unwrap_or_else(PoisonError::into_inner);
        last_read.map_or(SignedDuration::ZERO, |published_at| now.duration_since(published_at))
    }

    fn open(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has arrived, without waiting; `None` when the partition is no longer ours.
    fn take(&self, limit: usize) -> Result<Option<Vec<Message>>, KafkaError> {
        let open = self.open();
        let Some(open) = open.as_ref() else { return Ok(None) };
        let mut messages = Vec::new();
        while messages.len() < limit {
            match open.queue.poll(Duration::ZERO) {
                Some(Ok(record)) => messages.push(to_message(&record)),
                Some(Err(error)) if messages.is_empty() => return Err(error),
                // What was read is handed out first; an error that lasts comes again.
                Some(Err(_)) | None => break,
            }
        }
        if let Some(last) = messages.last() {
            *self.last_read.lock().unwrap_or_else(PoisonError::into_inner) = Some(last.published_at);
        }
        Ok(Some(messages))
    }
}

pub(super) struct KafkaPartitionReader {
    partition: Partition,
    slot: Arc<Slot>,
    /// Tells the member by being dropped.
    _alive: SyncSender<()>,
}

impl KafkaPartitionReader {
    pub(super) fn new(partition: Partition, slot: Arc<Slot>, alive: SyncSender<()>) -> Self {
        Self { partition, slot, _alive: alive }
    }

    fn moved(&self) -> BusError {
        BusError::PartitionMoved(self.partition.clone())
    }
}

impl PartitionReader for KafkaPartitionReader {
    fn partition(&self) -> &Partition {
        &self.partition
    }

    fn next_batch(&mut self, limit: usize) -> BoxFuture<'_, Result<Vec<Message>, BusError>> {
        Box::pin(async move {
            loop {
                if self.slot.revoked.is_cancelled() {
                    return Err(self.moved());
                }
                let messages = self.slot.take(limit)?.ok_or_else(|| self.moved())?;
                if !messages.is_empty() {
                    return Ok(messages);
                }
                tokio::select! {
                    () = self.slot.revoked.cancelled() => return Err(self.moved()),
                    () = self.slot.arrived.notified() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
        })
    }

    fn is_revoked(&self) -> bool {
        self.slot.revoked.is_cancelled()
    }

    fn commit(&mut self, next_offset: i64) -> BoxFuture<'_, Result<(), BusError>> {
        Box::pin(async move {
            let open = self.slot.open();
            let Some(open) = open.as_ref() else { return Err(self.moved()) };
            let mut offsets = TopicPartitionList::with_capacity(1);
            offsets.add_partition_offset(&self.partition.topic, self.partition.number, Offset::Offset(next_offset))?;
            // Not waited for: losing an offset repeats messages, which the inbox knows. A partition is handed over only
            // when the broker has answered all of them.
            open.consumer.commit(&offsets, CommitMode::Async)?;
            Ok(())
        })
    }
}
