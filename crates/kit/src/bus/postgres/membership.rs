//! The place of one process in a consumer group: its heartbeats, its lease and its fair share of the partitions.
//!
//! It owns `bus.group_members` and who holds a row of `bus.group_partitions`; reading belongs to the readers it hands
//! out. A process that falls silent loses everything when its lease has run out, without having to agree.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::Row as _;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::reader::PgPartitionReader;
use super::{MEMBERS_CHANGED, Shared, notify, partition_in};
use crate::bus::{BusError, Membership, Partition, PartitionReader, StartAt, Subscription};

/// The place of this process in a group. Dropped without leaving, it falls silent and its lease runs out.
pub(super) struct PgMembership {
    arrivals: mpsc::UnboundedReceiver<PgPartitionReader>,
    leaving: CancellationToken,
    steward: Option<JoinHandle<()>>,
}

impl PgMembership {
    pub(super) async fn start(shared: Arc<Shared>, subscription: Subscription) -> Result<Self, BusError> {
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
        let mut transaction = crate::db::begin(&self.shared.pool).await?;
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
            let reader = PgPartitionReader::new(
                Arc::clone(&self.shared),
                (self.subscription.group.clone(), self.member_id),
                partition,
                row.try_get("committed_offset")?,
                revoked,
                self.give_back.clone(),
            );
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
