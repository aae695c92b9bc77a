//! Reads the messages of one partition for as long as its member holds it.
//!
//! It owns the committed offset of that partition: only the holder may move it, and never backwards.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Shared;
use crate::bus::{BusError, Message, Partition, PartitionReader};

pub(super) struct PgPartitionReader {
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
    /// Reads `partition` for `member_id` from `position` on, until `revoked`; says on `give_back` when it is dropped.
    pub(super) fn new(
        shared: Arc<Shared>,
        (group, member_id): (String, Uuid),
        partition: Partition,
        position: i64,
        revoked: CancellationToken,
        give_back: mpsc::UnboundedSender<Partition>,
    ) -> Self {
        Self { heads: shared.heads.subscribe(), shared, group, member_id, partition, position, revoked, give_back }
    }

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
