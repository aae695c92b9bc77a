//! The bus on PostgreSQL: tables of the schema `bus`, woken by `NOTIFY`.
//!
//! It owns `bus.topics`, `bus.partitions`, `bus.messages` and what groups remember. Offsets are drawn under the lock of
//! the partition's row, so they have no gaps and a reader that has seen one has seen all below it. Leases are measured
//! with the server's clock, which all members share.

mod membership;
mod reader;
mod tail;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use jiff_sqlx::ToSqlx as _;
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgListener, PgPool, PgRow};
use sqlx::types::Json;
use tokio::sync::{Notify, watch};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Bus, BusError, Headers, Membership, Message, Outgoing, Partition, Subscription, Tail, partition_of};
use crate::clock::SharedClock;
use membership::PgMembership;
use tail::PgTail;

/// The channel on which publishers and members wake the readers of other processes.
const CHANNEL: &str = "courtside_bus";
/// Payload of a wake that concerns the members of groups and not the messages.
const MEMBERS_CHANGED: &str = "members";

/// How the bus works. The defaults suit one machine and a few pods.
#[derive(Debug, Clone)]
pub struct PgBusOptions {
    /// Partitions of a topic that is made by this process. Topics that exist keep theirs.
    pub partitions: i32,
    /// The safety net behind `NOTIFY`.
    pub poll: Duration,
    /// How long a member may be silent before others take its partitions.
    pub lease: Duration,
    /// How long messages are kept, read or not. Not longer than the memory of the inbox.
    pub keep: SignedDuration,
    /// How often old messages are removed.
    pub prune_every: Duration,
}

impl Default for PgBusOptions {
    fn default() -> Self {
        Self {
            partitions: 4,
            poll: Duration::from_millis(500),
            lease: Duration::from_secs(10),
            keep: crate::inbox::MEMORY,
            prune_every: Duration::from_secs(600),
        }
    }
}

/// See the module.
pub struct PgBus {
    shared: Arc<Shared>,
}

struct Shared {
    pool: PgPool,
    clock: SharedClock,
    options: PgBusOptions,
    /// Number of partitions by topic, as far as this process knows. Partitions never change.
    topics: Mutex<HashMap<String, i32>>,
    /// The next offset of every partition, read again on every wake.
    heads: watch::Sender<HashMap<Partition, i64>>,
    /// Counts changes among the members of groups.
    members: watch::Sender<u64>,
    /// Wakes the pump from within this process.
    kick: Notify,
    shutdown: CancellationToken,
}

impl PgBus {
    /// The bus in the database of `pool`. A task keeps watch for arrivals until `shutdown`.
    #[must_use]
    pub fn start(pool: PgPool, clock: SharedClock, options: PgBusOptions, shutdown: CancellationToken) -> Arc<Self> {
        let shared = Arc::new(Shared {
            pool,
            clock,
            options,
            topics: Mutex::default(),
            heads: watch::Sender::default(),
            members: watch::Sender::default(),
            kick: Notify::new(),
            shutdown,
        });
        tokio::spawn(pump(Arc::clone(&shared)));
        Arc::new(Self { shared })
    }

    /// Removes messages that are older than the bus keeps them. Answers how many.
    ///
    /// # Errors
    /// When the database does.
    pub async fn prune(&self) -> Result<u64, BusError> {
        self.shared.prune().await
    }
}

impl Bus for PgBus {
    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> BoxFuture<'a, Result<(), BusError>> {
        Box::pin(self.shared.publish(batch))
    }

    fn join<'a>(&'a self, subscription: &'a Subscription) -> BoxFuture<'a, Result<Box<dyn Membership>, BusError>> {
        Box::pin(async move {
            for topic in &subscription.topics {
                self.shared.partitions_of(topic).await?;
            }
            let membership = PgMembership::start(Arc::clone(&self.shared), subscription.clone()).await?;
            Ok(Box::new(membership) as Box<dyn Membership>)
        })
    }

    fn tail<'a>(&'a self, topics: &'a [String]) -> BoxFuture<'a, Result<Box<dyn Tail>, BusError>> {
        Box::pin(async move {
            for topic in topics {
                self.shared.partitions_of(topic).await?;
            }
            let positions = self.shared.read_heads(Some(topics)).await?;
            let tail = PgTail::new(Arc::clone(&self.shared), positions);
            Ok(Box::new(tail) as Box<dyn Tail>)
        })
    }
}

impl Shared {
    async fn publish(&self, batch: &[Outgoing]) -> Result<(), BusError> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut topics = Vec::with_capacity(batch.len());
        let mut partitions = Vec::with_capacity(batch.len());
        for message in batch {
            let count = self.partitions_of(&message.topic).await?;
            topics.push(message.topic.as_str());
            partitions.push(partition_of(&message.key, count));
        }
        let event_ids: Vec<Uuid> = batch.iter().map(|message| message.event_id).collect();
        let keys: Vec<&str> = batch.iter().map(|message| message.key.as_str()).collect();
        let headers: Vec<Json<&Headers>> = batch.iter().map(|message| Json(&message.headers)).collect();
        let payloads: Vec<&[u8]> = batch.iter().map(|message| message.payload.as_ref()).collect();

        let mut transaction = crate::db::begin(&self.pool).await?;
        // All publishers lock partitions in the same order, so they wait for each other and never in a circle. The lock
        // leaves the key alone: a member that joins refers to the partition and must not be waited for.
        sqlx::query(
            "select from bus.partitions
             where (topic, partition) in (select * from unnest($1::text[], $2::integer[]))
             order by topic, partition for no key update",
        )
        .bind(&topics)
        .bind(&partitions)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "with batch as (
                 select * from unnest($1::text[], $2::integer[], $3::uuid[], $4::text[], $5::jsonb[], $6::bytea[])
                     with ordinality as message (topic, partition, event_id, message_key, headers, payload, place)
             ), counted as (
                 select topic, partition, count(*) as messages from batch group by topic, partition
             ), drawn as (
                 update bus.partitions as partition set next_offset = partition.next_offset + counted.messages
                 from counted
                 where partition.topic = counted.topic and partition.partition = counted.partition
                 returning partition.topic, partition.partition, partition.next_offset - counted.messages as first_offset
             )
             insert into bus.messages
                 (topic, partition, message_offset, event_id, message_key, headers, payload, published_at)
             select topic, partition,
                    first_offset - 1 + row_number() over (partition by topic, partition order by place),
                    event_id, message_key, headers, payload, $7
             from batch join drawn using (topic, partition)",
        )
        .bind(&topics)
        .bind(&partitions)
        .bind(event_ids)
        .bind(keys)
        .bind(headers)
        .bind(payloads)
        .bind(self.clock.now().to_sqlx())
        .execute(&mut *transaction)
        .await?;
        notify(&mut transaction, "").await?;
        transaction.commit().await?;
        self.kick.notify_one();
        Ok(())
    }

    /// How many partitions `topic` has; makes it when it is new.
    async fn partitions_of(&self, topic: &str) -> Result<i32, BusError> {
        if let Some(count) = self.topics.lock().unwrap_or_else(PoisonError::into_inner).get(topic) {
            return Ok(*count);
        }
        let mut transaction = crate::db::begin(&self.pool).await?;
        sqlx::query("insert into bus.topics (topic, partitions) values ($1, $2) on conflict do nothing")
            .bind(topic)
            .bind(self.options.partitions)
            .execute(&mut *transaction)
            .await?;
        let count: i32 = sqlx::query_scalar("select partitions from bus.topics where topic = $1")
            .bind(topic)
            .fetch_one(&mut *transaction)
            .await?;
        sqlx::query(
            "insert into bus.partitions (topic, partition) select $1, generate_series(0, $2 - 1) on conflict do nothing",
        )
        .bind(topic)
        .bind(count)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        self.topics.lock().unwrap_or_else(PoisonError::into_inner).insert(topic.to_owned(), count);
        Ok(count)
    }

    async fn read_heads(&self, topics: Option<&[String]>) -> Result<HashMap<Partition, i64>, sqlx::Error> {
        let rows = sqlx::query(
            "select topic, partition, next_offset from bus.partitions where $1::text[] is null or topic = any($1)",
        )
        .bind(topics)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok((partition_in(row)?, row.try_get("next_offset")?))).collect()
    }

    /// At most `limit` messages of each partition, from the given offset on, in order.
    async fn fetch(&self, from: &[(&Partition, i64)], limit: i64) -> Result<Vec<Message>, sqlx::Error> {
        let topics: Vec<&str> = from.iter().map(|(partition, _)| partition.topic.as_str()).collect();
        let numbers: Vec<i32> = from.iter().map(|(partition, _)| partition.number).collect();
        let offsets: Vec<i64> = from.iter().map(|(_, offset)| *offset).collect();
        let rows = sqlx::query(
            "select found.* from unnest($1::text[], $2::integer[], $3::bigint[]) as wanted (topic, partition, position)
             cross join lateral (
                 select topic, partition, message_offset, event_id, message_key, headers, payload, published_at
                 from bus.messages
                 where messages.topic = wanted.topic and messages.partition = wanted.partition
                   and message_offset >= wanted.position
                 order by message_offset limit $4
             ) as found
             order by topic, partition, message_offset",
        )
        .bind(topics)
        .bind(numbers)
        .bind(offsets)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(message_in).collect()
    }

    async fn prune(&self) -> Result<u64, BusError> {
        let before = self.clock.now() - self.options.keep;
        let mut removed = 0;
        loop {
            // In portions, so that no statement runs long or holds many rows.
            let portion = sqlx::query(
                "delete from bus.messages where (topic, partition, message_offset) in (
                     select topic, partition, message_offset from bus.messages
                     where published_at < $1 order by published_at limit 5000 for update skip locked)",
            )
            .bind(before.to_sqlx())
            .execute(&self.pool)
            .await?
            .rows_affected();
            removed += portion;
            if portion < 5000 {
                return Ok(removed);
            }
        }
    }
}

/// Keeps the heads of all partitions fresh: after a wake from this process, a `NOTIFY` of another, or the poll.
async fn pump(shared: Arc<Shared>) {
    let mut listener: Option<PgListener> = None;
    let mut prune = tokio::time::interval(shared.options.prune_every);
    prune.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        if listener.is_none() {
            listener = match listen(&shared.pool).await {
                Ok(listener) => Some(listener),
                Err(error) => {
                    tracing::warn!(%error, "the bus cannot listen, it polls until it can");
                    None
                }
            };
        }
        match shared.read_heads(None).await {
            Ok(heads) => {
                shared.heads.send_if_modified(|known| {
                    let changed = *known != heads;
                    *known = heads;
                    changed
                });
            }
            Err(error) => tracing::warn!(%error, "the bus cannot be read, trying again"),
        }
        let notification = async {
            match &mut listener {
                Some(listener) => listener.try_recv().await,
                None => std::future::pending().await,
            }
        };
        let heard = tokio::select! {
            () = shared.shutdown.cancelled() => return,
            heard = notification => heard,
            () = shared.kick.notified() => continue,
            () = tokio::time::sleep(shared.options.poll) => continue,
            _ = prune.tick() => {
                if let Err(error) = shared.prune().await {
                    tracing::warn!(%error, "old messages of the bus were not removed");
                }
                continue;
            }
        };
        match heard {
            Ok(Some(first)) => {
                let mut members_changed = first.payload() == MEMBERS_CHANGED;
                while let Some(next) = listener.as_mut().and_then(PgListener::next_buffered) {
                    members_changed |= next.payload() == MEMBERS_CHANGED;
                }
                if members_changed {
                    shared.members.send_modify(|count| *count += 1);
                }
            }
            Ok(None) => {} // reconnected: whatever was missed is seen by reading the heads
            Err(error) => {
                tracing::warn!(%error, "the bus lost its wake-up connection");
                listener = None;
            }
        }
    }
}

async fn listen(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

async fn notify(connection: &mut PgConnection, payload: &str) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_notify($1, $2)").bind(CHANNEL).bind(payload).execute(connection).await?;
    Ok(())
}

fn partition_in(row: &PgRow) -> Result<Partition, sqlx::Error> {
    Ok(Partition { topic: row.try_get("topic")?, number: row.try_get("partition")? })
}

fn message_in(row: &PgRow) -> Result<Message, sqlx::Error> {
    Ok(Message {
        partition: partition_in(row)?,
        offset: row.try_get("message_offset")?,
        event_id: row.try_get("event_id")?,
        key: row.try_get("message_key")?,
        headers: row.try_get::<Json<Headers>, _>("headers")?.0,
        payload: Bytes::from(row.try_get::<Vec<u8>, _>("payload")?),
        published_at: row.try_get::<jiff_sqlx::Timestamp, _>("published_at")?.to_jiff(),
    })
}
