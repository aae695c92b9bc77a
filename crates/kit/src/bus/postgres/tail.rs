//! A live view of some topics, remembered nowhere but here.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::watch;

use super::Shared;
use crate::bus::{BusError, Message, Partition, Tail};

/// Messages a tail takes from one partition at once.
const TAIL_BATCH: i64 = 500;

pub(super) struct PgTail {
    shared: Arc<Shared>,
    heads: watch::Receiver<HashMap<Partition, i64>>,
    positions: HashMap<Partition, i64>,
}

impl PgTail {
    /// Sees everything at and after `positions`.
    pub(super) fn new(shared: Arc<Shared>, positions: HashMap<Partition, i64>) -> Self {
        Self { heads: shared.heads.subscribe(), shared, positions }
    }
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
