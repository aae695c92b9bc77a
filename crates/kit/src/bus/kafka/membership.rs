//! The place of one process in a consumer group of the broker.
//!
//! It owns the thread that serves the group: heartbeats, rebalances and the reader of each partition that is given to
//! this process. A partition that is wanted elsewhere is let go only when its reader is dropped, so that nobody else
//! begins before this process has finished and committed (EVT-03, EVT-05).

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::{Offset, Statistics, TopicPartitionList};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::client::{common_settings, log_line};
use super::reader::{KafkaPartitionReader, Slot};
use super::topics::ends_of;
use super::{Shared, blocking};
use crate::bus::{BusError, Membership, Partition, PartitionReader, StartAt, Subscription};
use crate::clock::SharedClock;

/// How long one look at the group's events takes; a wish to leave is noticed between two looks.
const LOOK: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(5);

const STAY: u8 = 0;
/// Leave once the readers have finished.
const LEAVE: u8 = 1;
/// Leave now, whatever the readers are doing.
const VANISH: u8 = 2;

/// The place of this process in a group. Dropped without leaving, it is given up at once.
pub(super) struct KafkaMembership {
    arrivals: Option<mpsc::UnboundedReceiver<KafkaPartitionReader>>,
    wish: Arc<AtomicU8>,
    ended: Option<oneshot::Receiver<()>>,
    patience: Duration,
}

impl KafkaMembership {
    pub(super) async fn start(shared: Arc<Shared>, subscription: Subscription) -> Result<Self, BusError> {
        let config = &shared.config;
        let mut settings = common_settings(config).map_err(BusError::Unavailable)?;
        let lease = config.session_timeout_ms;
        settings
            .set("group.id", &subscription.group)
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", if subscription.start_at == StartAt::End { "latest" } else { "earliest" })
            // Only what moves is interrupted.
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("session.timeout.ms", lease.to_string())
            .set("heartbeat.interval.ms", (lease / 10).clamp(100, 3_000).to_string())
            .set("fetch.wait.max.ms", "100")
            // What is read ahead of slow handlers, per partition.
            .set("queued.min.messages", "2000")
            .set("queued.max.messages.kbytes", "8192")
            .set("statistics.interval.ms", "5000");
        let patience = Duration::from_millis(lease.into());
        let (offer, arrivals) = mpsc::unbounded_channel();
        let (end, ended) = oneshot::channel();
        let wish = Arc::new(AtomicU8::new(STAY));
        let steward = Steward {
            group: subscription.group.clone(),
            clock: shared.clock.clone(),
            offer,
            wish: Arc::clone(&wish),
            patience,
            myself: OnceLock::new(),
            held: Mutex::default(),
        };
        let partitions: Vec<Partition> = subscription
            .topics
            .iter()
            .flat_map(|topic| {
                (0..shared.topics.partitions(topic)).map(|number| Partition { topic: topic.clone(), number })
            })
            .collect();
        let consumer = blocking(move || {
            let consumer: Arc<BaseConsumer<Steward>> = Arc::new(settings.create_with_context(steward)?);
            consumer.context().myself.set(Arc::downgrade(&consumer)).ok();
            if subscription.start_at == StartAt::End {
                begin_at_the_end(&consumer, &partitions)?;
            }
            let topics: Vec<&str> = subscription.topics.iter().map(String::as_str).collect();
            consumer.subscribe(&topics)?;
            Ok(consumer)
        })
        .await?;
        let stop = shared.shutdown.clone();
        std::thread::Builder::new()
            .name("bus-group".to_owned())
            .spawn(move || {
                serve(&consumer, &stop);
                drop(consumer);
                end.send(()).ok();
            })
            .map_err(|error| BusError::Unavailable(error.into()))?;
        Ok(Self { arrivals: Some(arrivals), wish, ended: Some(ended), patience })
    }
}

impl Membership for KafkaMembership {
    fn next_partition(&mut self) -> BoxFuture<'_, Result<Box<dyn PartitionReader>, BusError>> {
        Box::pin(async {
            let Some(arrivals) = &mut self.arrivals else { return Err(BusError::Closed) };
            let reader = arrivals.recv().await.ok_or(BusError::Closed)?;
            Ok(Box::new(reader) as Box<dyn PartitionReader>)
        })
    }

    fn leave(mut self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            // Readers that nobody fetched hold nothing back.
            self.arrivals = None;
            self.wish.store(LEAVE, Ordering::SeqCst);
            if let Some(ended) = self.ended.take() {
                // A broker that is away cannot be told; it finds out by itself.
                tokio::time::timeout(self.patience, ended).await.ok();
            }
        })
    }
}

impl Drop for KafkaMembership {
    fn drop(&mut self) {
        self.wish.compare_exchange(STAY, VANISH, Ordering::SeqCst, Ordering::SeqCst).ok();
    }
}

/// Makes the ends of `partitions` the group's own, where it has never committed anything: the library would look for
/// the end only after the first fetch, and miss what is published meanwhile.
fn begin_at_the_end(consumer: &BaseConsumer<Steward>, partitions: &[Partition]) -> KafkaResult<()> {
    let mut all = TopicPartitionList::new();
    for partition in partitions {
        all.add_partition_offset(&partition.topic, partition.number, Offset::End)?;
    }
    let committed = consumer.committed_offsets(all.clone(), PATIENCE)?;
    let ends = ends_of(consumer, &all)?;
    let mut new = TopicPartitionList::new();
    for end in ends.elements() {
        let known = committed.find_partition(end.topic(), end.partition());
        if !known.is_some_and(|known| matches!(known.offset(), Offset::Offset(_))) {
            new.add_partition_offset(end.topic(), end.partition(), end.offset())?;
        }
    }
    if new.count() > 0
        && let Err(error) = consumer.commit(&new, CommitMode::Sync)
    {
        // The group has members already: they have begun at their ends.
        tracing::debug!(%error, "the beginning of a group was not written");
    }
    Ok(())
}

/// Serves the group until somebody wishes to leave, the bus shuts down, or the library gives up.
fn serve(consumer: &BaseConsumer<Steward>, stop: &CancellationToken) {
    let steward = consumer.context();
    loop {
        let wish = steward.wish.load(Ordering::SeqCst);
        if wish != STAY || stop.is_cancelled() {
            steward.let_go_of_all(wish != VANISH);
            return;
        }
        match consumer.poll(LOOK) {
            None => {}
            Some(Err(KafkaError::MessageConsumptionFatal(code))) => {
                tracing::error!(group = steward.group, %code, "a reader of the bus is beyond repair and starts over");
                steward.let_go_of_all(false);
                return;
            }
            Some(Err(error)) => tracing::debug!(group = steward.group, %error, "kafka"),
            Some(Ok(message)) => {
                // Messages come through the queues of their partitions. One that does not would be missing there, so
                // everything begins again at what is committed.
                let place = (rdkafka::Message::topic(&message).to_owned(), rdkafka::Message::offset(&message));
                tracing::error!(group = steward.group, ?place, "a message came outside of its partition");
                steward.let_go_of_all(false);
                return;
            }
        }
    }
}

/// What the library calls when the group changes. It runs on the thread of [`serve`] only.
pub(super) struct Steward {
    group: String,
    clock: SharedClock,
    offer: mpsc::UnboundedSender<KafkaPartitionReader>,
    wish: Arc<AtomicU8>,
    /// How long a reader may take to finish when its partition is wanted elsewhere.
    patience: Duration,
    myself: OnceLock<Weak<BaseConsumer<Steward>>>,
    held: Mutex<HashMap<Partition, Held>>,
}

struct Held {
    slot: Arc<Slot>,
    /// Made before the partition is taken and handed out after.
    reader: Option<KafkaPartitionReader>,
    /// Ends when the reader is dropped.
    dropped: std::sync::mpsc::Receiver<()>,
}

impl Steward {
    fn held(&self) -> MutexGuard<'_, HashMap<Partition, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Before the library fetches the first message: from then on they wait in the partition's own queue.
    fn prepare(&self, partitions: &TopicPartitionList) {
        let Some(consumer) = self.myself.get().and_then(Weak::upgrade) else { return };
        for element in partitions.elements() {
            let partition = Partition { topic: element.topic().to_owned(), number: element.partition() };
            let Some(queue) = consumer.split_partition_queue(&partition.topic, partition.number) else { continue };
            let slot = Slot::new(Arc::clone(&consumer), queue);
            let (alive, dropped) = std::sync::mpsc::sync_channel(0);
            let reader = Some(KafkaPartitionReader::new(partition.clone(), Arc::clone(&slot), alive));
            self.held().insert(partition, Held { slot, reader, dropped });
        }
    }

    fn hand_out(&self) {
        for held in self.held().values_mut() {
            if let Some(reader) = held.reader.take() {
                // Nobody listens any more only when the membership is being dropped.
                self.offer.send(reader).ok();
            }
        }
    }

    fn let_go_of_all(&self, patiently: bool) {
        let all: Vec<Held> = std::mem::take(&mut *self.held()).into_values().collect();
        self.let_go(all, patiently);
    }

    /// Takes partitions away from their readers, waiting for those that are in the middle of something.
    fn let_go(&self, leaving: Vec<Held>, patiently: bool) {
        for held in &leaving {
            held.slot.revoke();
        }
        let deadline = Instant::now() + self.patience;
        for mut held in leaving {
            held.reader = None;
            while patiently
                && self.wish.load(Ordering::SeqCst) != VANISH
                && Instant::now() < deadline
                && matches!(held.dropped.recv_timeout(LOOK), Err(std::sync::mpsc::RecvTimeoutError::Timeout))
            {
            }
            held.slot.close();
        }
    }
}

impl ClientContext for Steward {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log_line(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(group = self.group, %error, reason, "kafka");
    }

    /// LIVE-21: how far behind each partition of this member is, in messages and in seconds.
    fn stats(&self, statistics: Statistics) {
        let held = self.held();
        for (topic, figures) in statistics.topics {
            let mut behind = 0;
            let mut is_ours = false;
            for (number, figures) in figures.partitions {
                let partition = Partition { topic: topic.clone(), number };
                let Some(held) = held.get(&partition) else { continue };
                let lag = figures.consumer_lag.max(0);
                is_ours = true;
                behind += lag;
                let seconds = if lag == 0 { 0.0 } else { held.slot.age(self.clock.now()).as_secs_f64().max(0.0) };
                metrics::gauge!(
                    "kafka_consume_lag_seconds",
                    "group" => self.group.clone(), "topic" => topic.clone(), "partition" => number.to_string()
                )
                .set(seconds);
            }
            if is_ours {
                metrics::gauge!("bus_consumer_lag", "group" => self.group.clone(), "topic" => topic)
                    .set(as_gauge(behind));
            }
        }
    }
}

impl ConsumerContext for Steward {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(partitions) => self.prepare(partitions),
            Rebalance::Revoke(partitions) => {
                let leaving: Vec<Held> = {
                    let mut held = self.held();
                    let named = partitions.elements();
                    named
                        .iter()
                        .filter_map(|element| {
                            held.remove(&Partition { topic: element.topic().to_owned(), number: element.partition() })
                        })
                        .collect()
                };
                // What was lost is not ours to finish: others may have begun.
                self.let_go(leaving, !consumer.assignment_lost());
            }
            Rebalance::Error(error) => tracing::warn!(group = self.group, %error, "a rebalance failed"),
        }
    }

    fn post_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if matches!(rebalance, Rebalance::Assign(_)) {
            self.hand_out();
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        if let Err(error) = result {
            // The next commit says more; until then messages may repeat, which the inbox knows.
            tracing::debug!(group = self.group, %error, "an offset was not committed");
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; counts stay far below its exact range")]
fn as_gauge(count: i64) -> f64 {
    count as f64
}
