//! Reads as a member of a consumer group: every message once in the transaction of its effect, retried when it fails,
//! parked when it fails too often (EVT-04, EVT-05).
//!
//! It fills the table `dead_letters` of the service's schema (see [`crate::dead_letters`]) and works over every [`Bus`]. It
//! never commits an offset before the messages below it are handled or parked.

use std::collections::HashSet;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use futures::FutureExt as _;
use jiff_sqlx::ToSqlx as _;
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::types::Json;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::window::{AfterFailure, Window};
use super::{Bus, BusError, Message, PartitionReader, Subscription};
use crate::clock::SharedClock;
use crate::dead_letters;
use crate::inbox;
use crate::retry::RetryPolicy;
use crate::service::Task;
use crate::trace::{self, TraceContext};

/// What a service does with the messages of a group.
pub trait Handler: Send + Sync + 'static {
    /// Handles one message. Everything written through `connection` commits together with the memory that the message
    /// is handled; after an error none of it remains and the message comes again. Unknown event types are to be
    /// ignored without error (EVT-06). Vendors are not called here: enqueue a job for that.
    fn handle(
        &self,
        connection: &mut PgConnection,
        message: &Message,
    ) -> impl Future<Output = anyhow::Result<()>> + Send;

    /// Called after the effects of `messages` have committed: the place to wake the relay or drop cached values.
    fn committed(&self, _messages: &[Message]) {}
}

/// How a consumer works. The defaults suit every service.
#[derive(Debug, Clone)]
pub struct ConsumerOptions {
    /// Retry and parking.
    pub retry: RetryPolicy,
    /// Messages handled in one transaction at most; when one of them fails, each gets its own.
    pub batch: usize,
    /// Messages of a partition read ahead while some wait to be retried.
    pub window: usize,
    /// The wait before the next attempt when the bus or the database is away.
    pub outage_pause: Duration,
}

impl Default for ConsumerOptions {
    fn default() -> Self {
        Self { retry: RetryPolicy::default(), batch: 100, window: 1000, outage_pause: Duration::from_millis(500) }
    }
}

/// One member of a consumer group.
pub struct Consumer<H> {
    bus: Arc<dyn Bus>,
    subscription: Subscription,
    desk: Arc<Desk<H>>,
}

/// What every worker of a consumer needs.
struct Desk<H> {
    pool: PgPool,
    clock: SharedClock,
    group: String,
    handler: H,
    options: ConsumerOptions,
}

/// How often forgotten inbox rows are removed.
const INBOX_UPKEEP: Duration = Duration::from_secs(3600);

impl<H: Handler> Consumer<H> {
    /// A member of `subscription`'s group that hands messages to `handler`; `pool` works in the service's schema.
    #[must_use]
    pub fn new(bus: Arc<dyn Bus>, pool: PgPool, clock: SharedClock, subscription: Subscription, handler: H) -> Self {
        let group = subscription.group.clone();
        let desk = Desk { pool, clock, group, handler, options: ConsumerOptions::default() };
        Self { bus, subscription, desk: Arc::new(desk) }
    }

    /// The same consumer with other options.
    ///
    /// # Panics
    /// When it runs already, which its type does not allow.
    #[must_use]
    pub fn with_options(mut self, options: ConsumerOptions) -> Self {
        Arc::get_mut(&mut self.desk).expect("shared only once it runs").options = options;
        self
    }

    /// The consumer as a background task called `name`.
    #[must_use]
    pub fn into_task(self, name: &'static str) -> Task {
        let consumer = Arc::new(self);
        Task::new(name, move |shutdown| {
            let consumer = Arc::clone(&consumer);
            async move {
                consumer.run(shutdown).await;
                Ok(())
            }
        })
    }

    /// Works until `shutdown`; then every worker finishes the message it is at. Outages are waited out.
    pub async fn run(&self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            if let Err(error) = self.take_part(&shutdown).await {
                tracing::warn!(group = %self.desk.group, %error, "a consumer lost the bus and joins again");
                self.desk.pause(&shutdown).await;
            }
        }
    }

    async fn take_part(&self, shutdown: &CancellationToken) -> Result<(), BusError> {
        // Not broken off by a process that stops: half a join would leave a member that nobody is.
        let mut membership = self.bus.join(&self.subscription).await?;
        let mut workers = JoinSet::new();
        let mut upkeep = tokio::time::interval(INBOX_UPKEEP);
        upkeep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Workers stop with the process or with this membership, whichever ends first.
        let stop = shutdown.child_token();
        let outcome = loop {
            tokio::select! {
                () = shutdown.cancelled() => break Ok(()),
                reader = membership.next_partition() => match reader {
                    Ok(reader) => { workers.spawn(Arc::clone(&self.desk).work(reader, stop.clone())); }
                    Err(error) => break Err(error),
                },
                Some(ended) = workers.join_next() => {
                    if let Err(error) = ended {
                        tracing::error!(group = %self.desk.group, %error, "a worker of a consumer broke");
                    }
                }
                _ = upkeep.tick() => self.desk.forget().await,
            }
        };
        stop.cancel();
        while workers.join_next().await.is_some() {}
        membership.leave().await;
        outcome
    }
}

/// Why a message was not handled.
enum Failure {
    /// The handler's own: it counts against the message.
    Handler(anyhow::Error),
    /// The database is away: nobody's fault, so nothing is counted.
    Outage(anyhow::Error),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Outage(error.into())
    }
}

impl<H: Handler> Desk<H> {
    /// Works off one partition for as long as it is given to this process.
    async fn work(self: Arc<Self>, mut reader: Box<dyn PartitionReader>, stop: CancellationToken) {
        let mut window = Window::new();
        let mut committed = None;
        while !stop.is_cancelled() && !reader.is_revoked() {
            let outcome = self.step(reader.as_mut(), &mut window, &mut committed, &stop).await;
            match outcome {
                Ok(()) => {}
                Err(BusError::PartitionMoved(partition)) => {
                    tracing::debug!(group = %self.group, %partition, "partition handed over");
                    return;
                }
                Err(BusError::Closed) => return,
                Err(BusError::Unavailable(error)) => {
                    let error = format!("{error:#}");
                    tracing::warn!(group = %self.group, partition = %reader.partition(), error, "waiting out an outage");
                    self.pause(&stop).await;
                }
            }
        }
    }

    async fn step(
        &self,
        reader: &mut dyn PartitionReader,
        window: &mut Window,
        committed: &mut Option<i64>,
        stop: &CancellationToken,
    ) -> Result<(), BusError> {
        let may_go_on = |reader: &dyn PartitionReader| !stop.is_cancelled() && !reader.is_revoked();
        for message in window.due(Instant::now()) {
            if may_go_on(reader) {
                self.handle_alone(window, &message).await.map_err(BusError::Unavailable)?;
            }
        }
        let ready = window.ready(self.options.batch);
        let any_ready = !ready.is_empty();
        if any_ready && may_go_on(reader) {
            let handled_together = ready.len() > 1
                && match self.handle_together(&ready).await {
                    Ok(()) => true,
                    // One of them is at fault; alone, each shows which.
                    Err(Failure::Handler(_)) => false,
                    Err(Failure::Outage(error)) => return Err(BusError::Unavailable(error)),
                };
            for message in &ready {
                if handled_together {
                    window.finish(message);
                } else if may_go_on(reader) && !window.is_blocked(&message.key) {
                    self.handle_alone(window, message).await.map_err(BusError::Unavailable)?;
                }
            }
        }
        let finished = window.finished_up_to();
        if let Some(next_offset) = finished.filter(|_| finished > *committed) {
            reader.commit(next_offset).await?;
            *committed = finished;
        }
        if any_ready {
            return Ok(()); // there may be more
        }
        let room = self.options.window.saturating_sub(window.len());
        let next_retry = window.next_retry();
        tokio::select! {
            () = stop.cancelled() => {}
            batch = reader.next_batch(room.min(self.options.batch)), if room > 0 => window.push(batch?),
            () = sleep_until(next_retry) => {}
        }
        Ok(())
    }

    /// All of `messages` in one transaction: cheap when nothing fails, which is nearly always.
    async fn handle_together(&self, messages: &[Message]) -> Result<(), Failure> {
        let now = self.clock.now();
        let mut transaction = crate::db::begin(&self.pool).await?;
        // A replay is for the group that parked it; to all others it is nothing at all.
        let ours: Vec<&Message> =
            messages.iter().filter(|message| dead_letters::is_for(&message.headers, &self.group)).collect();
        let event_ids: Vec<_> = ours.iter().map(|message| message.event_id).collect();
        let mut new: HashSet<_> =
            inbox::first_times(&mut transaction, &self.group, &event_ids, now).await?.into_iter().collect();
        let mut handled = Vec::with_capacity(new.len());
        for message in ours {
            // Taken out, so that a repetition within the batch is skipped as well.
            if new.remove(&message.event_id) {
                self.call(&mut transaction, message).await?;
                if let Some(entry) = dead_letters::entry_of(&message.headers) {
                    dead_letters::note_handled(&mut transaction, entry, now).await?;
                }
                handled.push(message.clone());
            }
        }
        transaction.commit().await?;
        metrics::counter!("bus_messages_handled_total", "group" => self.group.clone())
            .increment(u64::try_from(handled.len()).unwrap_or_default());
        metrics::counter!("bus_messages_repeated_total", "group" => self.group.clone())
            .increment(u64::try_from(event_ids.len() - handled.len()).unwrap_or_default());
        if !handled.is_empty() {
            self.handler.committed(&handled);
        }
        Ok(())
    }

    /// One message, with what follows when it fails. An error is an outage.
    async fn handle_alone(&self, window: &mut Window, message: &Message) -> anyhow::Result<()> {
        let failure = match self.handle_together(std::slice::from_ref(message)).await {
            Ok(()) => {
                window.finish(message);
                return Ok(());
            }
            Err(Failure::Outage(error)) => return Err(error),
            Err(Failure::Handler(error)) => format!("{error:#}"),
        };
        metrics::counter!("bus_messages_failed_total", "group" => self.group.clone()).increment(1);
        match window.fail(message, Instant::now(), &self.options.retry) {
            AfterFailure::Retry { attempts } => {
                tracing::warn!(
                    group = %self.group, partition = %message.partition, offset = message.offset,
                    event_id = %message.event_id, attempts, error = failure, "a message failed and waits"
                );
            }
            AfterFailure::Park { attempts } => {
                self.park(message, attempts, &failure).await?;
                window.finish(message);
                metrics::counter!("bus_dead_letters_total", "group" => self.group.clone()).increment(1);
                tracing::error!(
                    group = %self.group, partition = %message.partition, offset = message.offset,
                    event_id = %message.event_id, attempts, error = failure, "a message failed too often and is parked"
                );
            }
        }
        Ok(())
    }

    async fn call(&self, connection: &mut PgConnection, message: &Message) -> Result<(), Failure> {
        let span = tracing::info_span!(
            "message", group = %self.group, topic = message.topic(), event_id = %message.event_id
        );
        let handling = AssertUnwindSafe(self.handler.handle(connection, message)).catch_unwind();
        // EVT-08: what the handler writes and logs belongs to the trace of the event.
        match trace::continue_from(TraceContext::from_headers(&message.headers), span, handling).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) if is_outage(&error) => Err(Failure::Outage(error)),
            Ok(Err(error)) => Err(Failure::Handler(error)),
            Err(_) => Err(Failure::Handler(anyhow!("the handler panicked"))),
        }
    }

    /// Stores a message that nobody can handle, and remembers it as handled: a repetition must not run it again.
    async fn park(&self, message: &Message, attempts: u32, error: &str) -> anyhow::Result<()> {
        let now = self.clock.now();
        let attempts = i32::try_from(attempts).unwrap_or(i32::MAX);
        let mut transaction = crate::db::begin(&self.pool).await?;
        // A replay that fails goes back to where it was taken from.
        let parked_again = match dead_letters::entry_of(&message.headers) {
            Some(entry) => dead_letters::park_again(&mut transaction, entry, attempts, error, now).await?,
            None => false,
        };
        if !parked_again {
            self.park_anew(&mut transaction, message, attempts, error).await?;
        }
        inbox::first_time(&mut transaction, &self.group, message.event_id, now).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn park_anew(
        &self,
        connection: &mut PgConnection,
        message: &Message,
        attempts: i32,
        error: &str,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "insert into dead_letters (consumer_group, topic, partition, message_offset, event_id, message_key,
                                       headers, payload, error, attempts, parked_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             on conflict on constraint dead_letters_event_unique do nothing",
        )
        .bind(&self.group)
        .bind(&message.partition.topic)
        .bind(message.partition.number)
        .bind(message.offset)
        .bind(message.event_id)
        .bind(&message.key)
        .bind(Json(&message.headers))
        .bind(message.payload.as_ref())
        .bind(error)
        .bind(attempts)
        .bind(self.clock.now().to_sqlx())
        .execute(connection)
        .await?;
        Ok(())
    }

    async fn forget(&self) {
        let forgotten = async {
            let mut connection = self.pool.acquire().await?;
            inbox::prune(&mut connection, self.clock.now()).await?;
            dead_letters::prune(&mut connection, self.clock.now()).await
        };
        if let Err(error) = forgotten.await {
            tracing::warn!(group = %self.group, %error, "old inbox rows and settled dead letters were not removed");
        }
    }

    async fn pause(&self, stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(self.options.outage_pause) => {}
        }
    }
}

async fn sleep_until(instant: Option<Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// Whether the connection to the database is what failed, anywhere below the handler's own words.
fn is_outage(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        matches!(
            cause.downcast_ref::<sqlx::Error>(),
            Some(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed)
        )
    })
}
