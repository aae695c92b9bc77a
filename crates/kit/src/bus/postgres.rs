//! The bus on PostgreSQL: tables of the schema `bus`, woken by `NOTIFY`.
//!
//! It owns `bus.topics`, `bus.partitions`, `bus.messages` and what groups remember. Offsets are drawn under the lock of
//! the partition's row, so they have no gaps and a reader that has seen one has seen all below it. Leases are measured
//! with the server's clock, which all members share.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use jiff_sqlx::ToSqlx as _;
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgListener, PgPool, PgRow};
use sqlx::types::Json;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Bus, BusError, Headers, Membership, Message, Outgoing, Partition, PartitionReader, StartAt, Subscription, Tail,
    partition_of,
};
use crate::clock::SharedClock;

/// The channel on which publishers and members wake the readers of other processes.
const CHANNEL: &str = "courtside_bus";
/// Payload of a wake that concerns the members of groups and not the messages.
const MEMBERS_CHANGED: &str = "members";
/// Messages a tail takes from one partition at once.
const TAIL_BATCH: i64 = 500;

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
            let tail = PgTail { heads: self.shared.heads.subscribe(), shared: Arc::clone(&self.shared), positions };
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

        let mut transaction = self.pool.begin().await?;
        // All publishers lock partitions in the same order, so they wait for each other and never in a circle.
        sqlx::query(
            "select from bus.partitions
             where (topic, partition) in (select * from unnest($1::text[], $2::integer[]))
             order by topic, partition for update",
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
        let mut transaction = self.pool.begin().await?;
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

/// The place of this process in a group. Dropped without leaving, it falls silent and its lease runs out.
struct PgMembership {
    arrivals: mpsc::UnboundedReceiver<PgPartitionReader>,
    leaving: CancellationToken,
    steward: Option<JoinHandle<()>>,
}

impl PgMembership {
    async fn start(shared: Arc<Shared>, subscription: Subscription) -> Result<Self, BusError> {
        let (offer, arrivals) = mpsc::unbounded_channel();
        let (give_back, given_back) = mpsc::unbounded_channel();
        let leaving = shared.shutdown.child_token();
        let member_id: Uuid = sqlx::query_scalar("select gen_random_uuid()").fetch_one(&shared.pool).await?;
        let mut steward =
            Steward { shared, subscription, member_id, held: HashMap::new(), offer, give_back, given_back };
        // The first round runs here: whoever has joined holds its place, and a broker that is away is an error.
        steward.round().await?;
        steward.announce().await;
        let task = tokio::spawn(steward.run(leaving.clone()));
        Ok(Self { arrivals, leaving, steward: Some(task) })
    }
}

impl Membership for PgMembership {
    fn next_partition(&mut self) -> BoxFuture<'_, Result<Box<dyn PartitionReader>, BusError>> {
        Box::pin(async {
            let reader = self.arrivals.recv().await.ok_or(BusError::Closed)?;
            Ok(Box::new(reader) as Box<dyn PartitionReader>)
        })
    }

    fn leave(mut self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            self.leaving.cancel();
            if let Some(steward) = self.steward.take() {
                steward.await.ok();
            }
        })
    }
}

impl Drop for PgMembership {
    fn drop(&mut self) {
        if let Some(steward) = &self.steward {
            steward.abort();
        }
    }
}

/// Keeps the lease of one member alive and its share of the partitions fair.
struct Steward {
    shared: Arc<Shared>,
    subscription: Subscription,
    member_id: Uuid,
    /// Partitions this member holds; the token tells their reader to finish.
    held: HashMap<Partition, CancellationToken>,
    offer: mpsc::UnboundedSender<PgPartitionReader>,
    give_back: mpsc::UnboundedSender<Partition>,
    given_back: mpsc::UnboundedReceiver<Partition>,
}

impl Steward {
    async fn run(mut self, leaving: CancellationToken) {
        let mut members = self.shared.members.subscribe();
        let mut heartbeat = tokio::time::interval(self.shared.options.lease / 3);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let returned = tokio::select! {
                () = leaving.cancelled() => break,
                _ = heartbeat.tick() => None,
                _ = members.changed() => None,
                returned = self.given_back.recv() => returned,
            };
            let outcome = match returned {
                Some(partition) => self.release(partition).await,
                None => self.round().await,
            };
            if let Err(error) = outcome {
                tracing::warn!(group = %self.subscription.group, %error, "a reader of the bus missed a heartbeat");
            }
        }
        for token in self.held.values() {
            token.cancel();
        }
        if let Err(error) = self.leave().await {
            tracing::warn!(group = %self.subscription.group, %error, "a reader of the bus left without saying so");
        }
    }

    /// One heartbeat: stay a member, keep the leases, and move towards a fair share.
    async fn round(&mut self) -> Result<(), sqlx::Error> {
        let group = &self.subscription.group;
        let lease = self.shared.options.lease.as_secs_f64();
        let mut transaction = self.shared.pool.begin().await?;
        sqlx::query("delete from bus.group_members where consumer_group = $1 and lease_until < clock_timestamp()")
            .bind(group)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "insert into bus.group_members (consumer_group, member_id, topics, lease_until)
             values ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))
             on conflict (consumer_group, member_id) do update set lease_until = excluded.lease_until",
        )
        .bind(group)
        .bind(self.member_id)
        .bind(&self.subscription.topics)
        .bind(lease)
        .execute(&mut *transaction)
        .await?;
        let kept = sqlx::query(
            "update bus.group_partitions set lease_until = clock_timestamp() + make_interval(secs => $3)
             where consumer_group = $1 and owner_id = $2 returning topic, partition",
        )
        .bind(group)
        .bind(self.member_id)
        .bind(lease)
        .fetch_all(&mut *transaction)
        .await?;
        let members: Vec<Uuid> =
            sqlx::query_scalar("select member_id from bus.group_members where consumer_group = $1 order by member_id")
                .bind(group)
                .fetch_all(&mut *transaction)
                .await?;
        let partitions: i64 = sqlx::query_scalar("select count(*) from bus.partitions where topic = any($1)")
            .bind(&self.subscription.topics)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;

        let kept: BTreeSet<Partition> = kept.iter().map(partition_in).collect::<Result<_, _>>()?;
        self.held.retain(|partition, token| {
            let still_ours = kept.contains(partition);
            if !still_ours {
                token.cancel();
            }
            still_ours
        });
        for partition in kept.into_iter().filter(|partition| !self.held.contains_key(partition)).collect::<Vec<_>>() {
            // Ours in the books without a reader: an earlier answer of the server was lost.
            self.release(partition).await?;
        }
        let place = members.iter().position(|member| *member == self.member_id).unwrap_or(0);
        let share = fair_share(usize::try_from(partitions).unwrap_or(0), members.len(), place);
        let active = self.held.values().filter(|token| !token.is_cancelled()).count();
        if active > share {
            // Their readers finish what they began and give them back; only then may others take them.
            let mut surplus: Vec<(&Partition, &CancellationToken)> =
                self.held.iter().filter(|(_, token)| !token.is_cancelled()).collect();
            surplus.sort_by(|left, right| right.0.cmp(left.0));
            surplus.into_iter().take(active - share).for_each(|(_, token)| token.cancel());
        } else if active < share {
            self.claim(share - active).await?;
        }
        self.measure_lag().await
    }

    /// Takes up to `count` partitions that nobody holds.
    async fn claim(&mut self, count: usize) -> Result<(), sqlx::Error> {
        sqlx::query(
            "insert into bus.group_partitions (consumer_group, topic, partition, committed_offset)
             select $1, topic, partition, case when $3 then next_offset else 0 end
             from bus.partitions where topic = any($2)
             on conflict do nothing",
        )
        .bind(&self.subscription.group)
        .bind(&self.subscription.topics)
        .bind(self.subscription.start_at == StartAt::End)
        .execute(&self.shared.pool)
        .await?;
        let claimed = sqlx::query(
            "update bus.group_partitions as mine
             set owner_id = $3, lease_until = clock_timestamp() + make_interval(secs => $4)
             from (select topic, partition from bus.group_partitions
                   where consumer_group = $1 and topic = any($2)
                     and (owner_id is null or lease_until < clock_timestamp())
                   order by topic, partition limit $5 for update skip locked) as free
             where mine.consumer_group = $1 and mine.topic = free.topic and mine.partition = free.partition
             returning mine.topic, mine.partition, mine.committed_offset",
        )
        .bind(&self.subscription.group)
        .bind(&self.subscription.topics)
        .bind(self.member_id)
        .bind(self.shared.options.lease.as_secs_f64())
        .bind(i64::try_from(count).unwrap_or(i64::MAX))
        .fetch_all(&self.shared.pool)
        .await?;
        for row in &claimed {
            let partition = partition_in(row)?;
            let revoked = CancellationToken::new();
            self.held.insert(partition.clone(), revoked.clone());
            let reader = PgPartitionReader {
                shared: Arc::clone(&self.shared),
                heads: self.shared.heads.subscribe(),
                group: self.subscription.group.clone(),
                member_id: self.member_id,
                partition,
                position: row.try_get("committed_offset")?,
                revoked,
                give_back: self.give_back.clone(),
            };
            // Nobody listens any more only when the membership is being dropped; the reader then gives itself back.
            self.offer.send(reader).ok();
        }
        Ok(())
    }

    async fn release(&mut self, partition: Partition) -> Result<(), sqlx::Error> {
        self.held.remove(&partition);
        sqlx::query(
            "update bus.group_partitions set owner_id = null, lease_until = null
             where consumer_group = $1 and topic = $2 and partition = $3 and owner_id = $4",
        )
        .bind(&self.subscription.group)
        .bind(&partition.topic)
        .bind(partition.number)
        .bind(self.member_id)
        .execute(&self.shared.pool)
        .await?;
        self.announce().await;
        Ok(())
    }

    async fn leave(&mut self) -> Result<(), sqlx::Error> {
        sqlx::query(
            "update bus.group_partitions set owner_id = null, lease_until = null
             where consumer_group = $1 and owner_id = $2",
        )
        .bind(&self.subscription.group)
        .bind(self.member_id)
        .execute(&self.shared.pool)
        .await?;
        sqlx::query("delete from bus.group_members where consumer_group = $1 and member_id = $2")
            .bind(&self.subscription.group)
            .bind(self.member_id)
            .execute(&self.shared.pool)
            .await?;
        self.announce().await;
        Ok(())
    }

    /// Lets the other members look again now instead of at their next heartbeat.
    async fn announce(&self) {
        let told = async { notify(&mut *self.shared.pool.acquire().await?, MEMBERS_CHANGED).await };
        if let Err(error) = told.await {
            tracing::debug!(%error, "other members will notice at their next heartbeat");
        }
    }

    async fn measure_lag(&self) -> Result<(), sqlx::Error> {
        let lags = sqlx::query(
            "select mine.topic, sum(head.next_offset - mine.committed_offset)::bigint as lag
             from bus.group_partitions as mine join bus.partitions as head using (topic, partition)
             where mine.consumer_group = $1 and mine.owner_id = $2 group by mine.topic",
        )
        .bind(&self.subscription.group)
        .bind(self.member_id)
        .fetch_all(&self.shared.pool)
        .await?;
        for row in &lags {
            let lag: i64 = row.try_get("lag")?;
            let topic: String = row.try_get("topic")?;
            metrics::gauge!("bus_consumer_lag", "group" => self.subscription.group.clone(), "topic" => topic)
                .set(as_gauge(lag));
        }
        Ok(())
    }
}

/// How many of `partitions` the member at `place` of `members` holds: shares differ by one at most and add up.
fn fair_share(partitions: usize, members: usize, place: usize) -> usize {
    let members = members.max(1);
    partitions / members + usize::from(place < partitions % members)
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; counts stay far below its exact range")]
fn as_gauge(count: i64) -> f64 {
    count as f64
}

struct PgPartitionReader {
    shared: Arc<Shared>,
    heads: watch::Receiver<HashMap<Partition, i64>>,
    group: String,
    member_id: Uuid,
    partition: Partition,
    /// The next offset to fetch.
    position: i64,
    revoked: CancellationToken,
    give_back: mpsc::UnboundedSender<Partition>,
}

impl PgPartitionReader {
    async fn fetch(&mut self, limit: usize) -> Result<Vec<Message>, BusError> {
        loop {
            let head = {
                let arrived =
                    self.heads.wait_for(|heads| heads.get(&self.partition).is_some_and(|head| *head > self.position));
                let heads = tokio::select! {
                    () = self.revoked.cancelled() => return Err(BusError::PartitionMoved(self.partition.clone())),
                    heads = arrived => heads.map_err(|_| BusError::Closed)?,
                };
                heads.get(&self.partition).copied().unwrap_or(self.position)
            };
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let messages = self.shared.fetch(&[(&self.partition, self.position)], limit).await?;
            // Nothing although the head says so: those messages were too old to be kept.
            self.position = messages.last().map_or(head, |last| last.offset + 1);
            if !messages.is_empty() {
                return Ok(messages);
            }
        }
    }
}

impl PartitionReader for PgPartitionReader {
    fn partition(&self) -> &Partition {
        &self.partition
    }

    fn next_batch(&mut self, limit: usize) -> BoxFuture<'_, Result<Vec<Message>, BusError>> {
        Box::pin(self.fetch(limit))
    }

    fn is_revoked(&self) -> bool {
        self.revoked.is_cancelled()
    }

    fn commit(&mut self, next_offset: i64) -> BoxFuture<'_, Result<(), BusError>> {
        Box::pin(async move {
            // Losing an offset in a crash of the server repeats messages, which the inbox knows: no need to wait for
            // the disk.
            let committed = sqlx::query(
                "update bus.group_partitions set committed_offset = $5
                 from (select set_config('synchronous_commit', 'off', true)) as relaxed
                 where consumer_group = $1 and topic = $2 and partition = $3 and owner_id = $4
                   and committed_offset <= $5",
            )
            .bind(&self.group)
            .bind(&self.partition.topic)
            .bind(self.partition.number)
            .bind(self.member_id)
            .bind(next_offset)
            .execute(&self.shared.pool)
            .await?;
            if committed.rows_affected() == 0 {
                self.revoked.cancel();
                return Err(BusError::PartitionMoved(self.partition.clone()));
            }
            Ok(())
        })
    }
}

impl Drop for PgPartitionReader {
    fn drop(&mut self) {
        // The steward is gone only when the whole membership is.
        self.give_back.send(self.partition.clone()).ok();
    }
}

struct PgTail {
    shared: Arc<Shared>,
    heads: watch::Receiver<HashMap<Partition, i64>>,
    positions: HashMap<Partition, i64>,
}

impl Tail for PgTail {
    fn next_batch(&mut self) -> BoxFuture<'_, Result<Vec<Message>, BusError>> {
        Box::pin(async move {
            loop {
                let behind: Vec<(Partition, i64)> = {
                    let positions = &self.positions;
                    let is_behind = |heads: &HashMap<Partition, i64>| {
                        positions.iter().any(|(partition, position)| heads.get(partition) > Some(position))
                    };
                    let heads = tokio::select! {
                        () = self.shared.shutdown.cancelled() => return Err(BusError::Closed),
                        heads = self.heads.wait_for(is_behind) => heads.map_err(|_| BusError::Closed)?,
                    };
                    positions
                        .keys()
                        .filter_map(|partition| Some((partition.clone(), *heads.get(partition)?)))
                        .filter(|(partition, head)| positions.get(partition) < Some(head))
                        .collect()
                };
                let from: Vec<(&Partition, i64)> = behind
                    .iter()
                    .map(|(partition, _)| (partition, self.positions.get(partition).copied().unwrap_or_default()))
                    .collect();
                let messages = self.shared.fetch(&from, TAIL_BATCH).await?;
                if messages.is_empty() {
                    // The log was pruned below the heads.
                    self.positions.extend(behind);
                    continue;
                }
                for message in &messages {
                    self.positions.insert(message.partition.clone(), message.offset + 1);
                }
                return Ok(messages);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// EVT-10: however many pods share a group, every partition has a reader and no share is unfair.
        #[test]
        fn shares_cover_every_partition_and_differ_by_one_at_most(partitions in 0..200_usize, members in 1..40_usize) {
            let shares: Vec<usize> = (0..members).map(|place| fair_share(partitions, members, place)).collect();
            proptest::prop_assert_eq!(shares.iter().sum::<usize>(), partitions);
            let (least, most) = (shares.iter().min(), shares.iter().max());
            proptest::prop_assert!(most.copied().unwrap_or(0) - least.copied().unwrap_or(0) <= 1);
        }
    }
}
