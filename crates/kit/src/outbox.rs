//! Events leave the service through here: appended in the transaction of the change (EVT-01), sent by one relay
//! afterwards (EVT-02).
//!
//! It owns the table `outbox` of the service's schema. It never talks to the bus inside the caller's transaction, so a
//! request succeeds while the bus is away (EVT-11).

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use sqlx::postgres::{PgConnection, PgListener, PgPool};
use sqlx::types::Json;
use sqlx::{Connection as _, Row as _};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::bus::{Bus, Headers, Outgoing};
use crate::clock::SharedClock;
use crate::service::Task;

/// One event to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRecord {
    /// The `eventId` of the envelope.
    pub event_id: Uuid,
    /// The topic it goes to.
    pub topic: String,
    /// Events of one key arrive in the order in which they were appended.
    pub key: String,
    /// The envelope as JSON text.
    pub envelope: String,
    /// The trace context, see [`crate::trace`].
    pub headers: Headers,
    /// The `timestamp` of the envelope.
    pub created_at: Timestamp,
}

/// Appends one event to the outbox of the schema `connection` works in. It is sent if, and only if, the caller's
/// transaction commits; call [`Wake::wake`] after that.
///
/// # Errors
/// When the database does.
pub async fn append(connection: &mut PgConnection, record: &OutboxRecord) -> Result<(), sqlx::Error> {
    append_all(connection, std::slice::from_ref(record)).await
}

/// Appends several events in their order with one statement.
///
/// # Errors
/// When the database does.
pub async fn append_all(connection: &mut PgConnection, records: &[OutboxRecord]) -> Result<(), sqlx::Error> {
    if records.is_empty() {
        return Ok(());
    }
    let event_ids: Vec<Uuid> = records.iter().map(|record| record.event_id).collect();
    let topics: Vec<&str> = records.iter().map(|record| record.topic.as_str()).collect();
    let keys: Vec<&str> = records.iter().map(|record| record.key.as_str()).collect();
    let headers: Vec<Json<&Headers>> = records.iter().map(|record| Json(&record.headers)).collect();
    let payloads: Vec<&str> = records.iter().map(|record| record.envelope.as_str()).collect();
    let created: Vec<jiff_sqlx::Timestamp> = records.iter().map(|record| record.created_at.to_sqlx()).collect();
    sqlx::query(
        "insert into outbox (event_id, topic, message_key, headers, payload, created_at)
         select event_id, topic, message_key, headers, payload, created_at
         from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::timestamptz[])
              with ordinality as record (event_id, topic, message_key, headers, payload, created_at, place)
         order by place",
    )
    .bind(event_ids)
    .bind(topics)
    .bind(keys)
    .bind(headers)
    .bind(payloads)
    .bind(created)
    .execute(connection)
    .await?;
    Ok(())
}

/// Tells a background task that there is work, without waiting for it. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// A wake nobody waits for yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Call it after the commit. Waking more often than needed costs nothing.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    /// Waits for the next [`Wake::wake`]; one that came while nobody waited counts.
    pub async fn woken(&self) {
        self.0.notified().await;
    }
}

/// How the relay works. The defaults suit every service.
#[derive(Debug, Clone)]
pub struct RelayOptions {
    /// Rows sent at once.
    pub batch: i64,
    /// The safety net behind [`Wake`].
    pub poll: Duration,
    /// Shortest time from one batch to the next. An event after a quiet moment leaves at once; in a busy one they gather
    /// for so long, because a batch costs the same three statements whatever its size.
    pub gather: Duration,
    /// First wait after the bus failed; it doubles up to `max_backoff`.
    pub backoff: Duration,
    /// Longest wait between two attempts.
    pub max_backoff: Duration,
    /// How long sent rows are kept for inspection.
    pub keep: SignedDuration,
    /// How often the backlog is measured and sent rows are removed.
    pub upkeep: Duration,
}

impl Default for RelayOptions {
    fn default() -> Self {
        Self {
            batch: 500,
            poll: Duration::from_millis(500),
            gather: Duration::from_millis(10),
            backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(5),
            keep: SignedDuration::from_hours(1),
            upkeep: Duration::from_secs(5),
        }
    }
}

/// Sends the outbox of one schema. Any number may run, one at a time is active: the holder of an advisory lock that
/// the server frees when the holder's connection goes.
pub struct Relay {
    service: String,
    pool: PgPool,
    bus: Arc<dyn Bus>,
    clock: SharedClock,
    wake: Wake,
    options: RelayOptions,
}

impl Relay {
    /// The relay of `service`, whose `pool` works in its schema.
    #[must_use]
    pub fn new(service: impl Into<String>, pool: PgPool, bus: Arc<dyn Bus>, clock: SharedClock, wake: Wake) -> Self {
        Self { service: service.into(), pool, bus, clock, wake, options: RelayOptions::default() }
    }

    /// The same relay with other options.
    #[must_use]
    pub fn with_options(mut self, options: RelayOptions) -> Self {
        self.options = options;
        self
    }

    /// What is to be woken after a commit.
    #[must_use]
    pub fn wake_handle(&self) -> Wake {
        self.wake.clone()
    }

    /// The relay as a background task.
    #[must_use]
    pub fn into_task(self) -> Task {
        let relay = Arc::new(self);
        Task::new("outbox-relay", move |shutdown| {
            let relay = Arc::clone(&relay);
            async move {
                relay.run(shutdown).await;
                Ok(())
            }
        })
    }

    /// Works until `shutdown`. Every failure is logged, waited out and tried again: nothing ends it but the shutdown.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut backoff = self.options.backoff;
        while !shutdown.is_cancelled() {
            let began = Instant::now();
            let stopped = tokio::select! {
                () = shutdown.cancelled() => return,
                stopped = self.attend() => stopped,
            };
            let Err(error) = stopped;
            if began.elapsed() > self.options.max_backoff {
                backoff = self.options.backoff;
            }
            metrics::counter!("outbox_relay_failures_total", "service" => self.service.clone()).increment(1);
            tracing::warn!(service = %self.service, error = format!("{error:#}"), "outbox relay starts over");
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(backoff) => {}
            }
            backoff = (backoff * 2).min(self.options.max_backoff);
        }
    }

    /// One life of the relay: wait for the lock, then send until something fails.
    async fn attend(&self) -> anyhow::Result<std::convert::Infallible> {
        let mut connection = self.pool.acquire().await.context("no connection for the outbox relay")?.detach();
        let channel = self.channel();
        while !self.try_lock(&mut connection).await? {
            // Another process sends for all: hand it the wake of this one, outside of the hot transaction.
            tokio::select! {
                () = self.wake.woken() => {
                    sqlx::query("select pg_notify($1, '')").bind(&channel).execute(&mut connection).await?;
                }
                () = tokio::time::sleep(self.options.poll) => {}
            }
        }
        tracing::debug!(service = %self.service, "outbox relay is active");
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen(&channel).await?;
        let outcome = self.send_forever(&mut connection, &mut listener).await;
        // The lock must not outlive this attempt on a connection that nobody watches.
        connection.close().await.ok();
        outcome
    }

    async fn send_forever(
        &self,
        connection: &mut PgConnection,
        listener: &mut PgListener,
    ) -> anyhow::Result<std::convert::Infallible> {
        let mut upkeep = tokio::time::interval(self.options.upkeep);
        upkeep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut backoff = self.options.backoff;
        loop {
            let began = Instant::now();
            let sent = self.send_batch(connection).await?;
            let gathered_at = match sent {
                Sent::Something => Some(began + self.options.gather),
                _ => None,
            };
            let pause = match sent {
                Sent::FullBatch => continue,
                Sent::Something | Sent::Everything => {
                    backoff = self.options.backoff;
                    self.options.poll
                }
                Sent::BusFailed => {
                    let pause = backoff;
                    backoff = (backoff * 2).min(self.options.max_backoff);
                    pause
                }
            };
            // While the bus is away a wake must not shorten the wait, or every request would hammer it.
            let bus_is_well = backoff == self.options.backoff;
            tokio::select! {
                () = self.wake.woken(), if bus_is_well => {}
                notification = listener.recv(), if bus_is_well => { notification?; }
                () = tokio::time::sleep(pause) => {}
                _ = upkeep.tick() => self.keep_up(connection).await?,
            }
            if let Some(gathered_at) = gathered_at {
                tokio::time::sleep_until(gathered_at).await;
            }
        }
    }

    /// Sends the oldest unsent rows. Reading them without a cursor finds rows whose transaction committed late.
    async fn send_batch(&self, connection: &mut PgConnection) -> anyhow::Result<Sent> {
        let rows = sqlx::query(
            "select seq, event_id, topic, message_key, headers, payload from outbox
             where published_at is null order by seq limit $1",
        )
        .bind(self.options.batch)
        .fetch_all(&mut *connection)
        .await?;
        if rows.is_empty() {
            return Ok(Sent::Everything);
        }
        let mut sequence = Vec::with_capacity(rows.len());
        let mut batch = Vec::with_capacity(rows.len());
        for row in &rows {
            sequence.push(row.try_get::<i64, _>("seq")?);
            batch.push(Outgoing {
                event_id: row.try_get("event_id")?,
                topic: row.try_get("topic")?,
                key: row.try_get("message_key")?,
                headers: row.try_get::<Json<Headers>, _>("headers")?.0,
                payload: Bytes::from(row.try_get::<String, _>("payload")?),
            });
        }
        if let Err(error) = self.bus.publish(&batch).await {
            metrics::counter!("outbox_publish_failures_total", "service" => self.service.clone()).increment(1);
            tracing::warn!(service = %self.service, %error, "the bus did not take the outbox, trying again");
            return Ok(Sent::BusFailed);
        }
        // From here to the commit of the mark a crash repeats the batch; the inbox of the readers knows it (EVT-04).
        sqlx::query("update outbox set published_at = $2 where seq = any($1)")
            .bind(&sequence)
            .bind(self.clock.now().to_sqlx())
            .execute(&mut *connection)
            .await?;
        metrics::counter!("outbox_published_total", "service" => self.service.clone())
            .increment(u64::try_from(batch.len()).unwrap_or_default());
        let full = i64::try_from(batch.len()).is_ok_and(|length| length >= self.options.batch);
        Ok(if full { Sent::FullBatch } else { Sent::Something })
    }

    async fn keep_up(&self, connection: &mut PgConnection) -> anyhow::Result<()> {
        let now = self.clock.now();
        let backlog = backlog(connection, now).await?;
        metrics::gauge!("outbox_backlog", "service" => self.service.clone()).set(as_gauge(backlog.rows));
        metrics::gauge!("outbox_oldest_age_seconds", "service" => self.service.clone())
            .set(backlog.oldest_age.as_secs_f64().max(0.0));
        // In portions, so that no statement holds the connection for long.
        sqlx::query(
            "delete from outbox where seq in (
                 select seq from outbox where published_at < $1 order by published_at limit 5000)",
        )
        .bind((now - self.options.keep).to_sqlx())
        .execute(connection)
        .await?;
        Ok(())
    }

    async fn try_lock(&self, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar("select pg_try_advisory_lock(hashtextextended(current_schema() || '.outbox-relay', 0))")
            .fetch_one(connection)
            .await
    }

    fn channel(&self) -> String {
        format!("outbox_{}", self.service)
    }
}

enum Sent {
    /// There was nothing.
    Everything,
    /// All there was.
    Something,
    /// As much as fits; there may be more.
    FullBatch,
    BusFailed,
}

/// What waits in an outbox (EVT-11).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backlog {
    /// Unsent rows.
    pub rows: i64,
    /// How long the oldest of them has waited; zero when there is none.
    pub oldest_age: SignedDuration,
}

/// Measures the outbox of the schema `connection` works in.
///
/// # Errors
/// When the database does.
pub async fn backlog(connection: &mut PgConnection, now: Timestamp) -> Result<Backlog, sqlx::Error> {
    let row = sqlx::query("select count(*) as rows, min(created_at) as oldest from outbox where published_at is null")
        .fetch_one(connection)
        .await?;
    let oldest: Option<jiff_sqlx::Timestamp> = row.try_get("oldest")?;
    Ok(Backlog {
        rows: row.try_get("rows")?,
        oldest_age: oldest.map_or(SignedDuration::ZERO, |oldest| now.duration_since(oldest.to_jiff())),
    })
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; counts stay far below its exact range")]
fn as_gauge(count: i64) -> f64 {
    count as f64
}
