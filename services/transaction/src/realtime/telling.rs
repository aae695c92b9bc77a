//! Tells a court's readers what has changed: reads anew and queues what was read, in the court's order.
//!
//! One task per court at a time, so a court that cannot be read holds up nobody else. What could not be told is not
//! forgotten: readers get a snapshot as soon as one can be read (LIVE-60).

use std::sync::Arc;
use std::time::Duration;

use contracts::ids::CourtId;
use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::court::{Change, Court, Days, Turn};
use super::days::{self, ReadError};
use super::hub::Surroundings;
use crate::platform_port;

/// Courts whose slots are read at the same time.
const PARALLEL_READS: usize = 16;
/// First and longest pause after a failed read.
const PAUSE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(10));

/// Tells changes to the readers of this process.
#[derive(Clone)]
pub struct Teller {
    surroundings: Surroundings,
    reads: Arc<Semaphore>,
}

impl Teller {
    /// A teller over what connections share.
    #[must_use]
    pub fn new(surroundings: Surroundings) -> Self {
        Self { surroundings, reads: Arc::new(Semaphore::new(PARALLEL_READS)) }
    }

    /// Tells a change soon; never waits.
    pub fn tell(&self, id: CourtId, court: &Arc<Court>, change: Change) {
        if let Some(turn) = court.queue(change) {
            let teller = self.clone();
            tokio::spawn(async move {
                let gateway = teller.surroundings.gateway.clone();
                tokio::select! {
                    () = teller.tell_all(id, turn) => {}
                    () = gateway.shutdown().cancelled() => {}
                }
                gateway.forget_if_unwatched(id);
            });
        }
    }

    /// Lets every reader have a snapshot, for times in which events may have been missed.
    pub fn tell_everything(&self, trace_id: &str) {
        let caused_at = self.surroundings.state.env.clock.now();
        for (id, court) in self.surroundings.gateway.all_watched() {
            self.tell(id, &court, Change { days: Days::All, trace_id: trace_id.to_owned(), caused_at });
        }
    }

    async fn tell_all(&self, id: CourtId, mut turn: Turn) {
        let (first_pause, longest_pause) = PAUSE;
        while let Some(mut change) = turn.next() {
            let mut pause = first_pause;
            while let Err(error) = self.tell_one(id, turn.court(), &change).await {
                tracing::warn!(court = %id, %error, "readers of a court cannot be told of a change yet");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(longest_pause);
                change = turn.gather(change);
            }
        }
    }

    async fn tell_one(&self, id: CourtId, court: &Court, change: &Change) -> Result<(), ReadError> {
        // The semaphore is never closed.
        let _permit = self.reads.acquire().await.ok();
        let mut order = court.order.lock().await;
        if court.is_empty() {
            return Ok(());
        }
        let (platform, clock) = (&self.surroundings.platform, &self.surroundings.state.env.clock);
        let stamp = || self.surroundings.gateway.stamp(clock.now());
        match &change.days {
            Days::These(dates) => {
                for &date in dates {
                    let trace_id = change.trace_id.clone();
                    if let Some(body) = days::update(platform, &order, id, date, stamp(), trace_id).await? {
                        court.send(&body);
                    }
                }
            }
            Days::All => {
                let mut database = self.surroundings.pool.acquire().await?;
                let stored = platform_port::court(&mut database, id).await?;
                drop(database);
                // COURT-33: a court that is not shown any more exists for its owner only.
                court.keep(|link| stored.as_ref().is_some_and(|stored| stored.visible || stored.owner_id == link.user));
                let Some(stored) = stored.filter(|_| !court.is_empty()) else { return Ok(()) };
                let trace_id = change.trace_id.clone();
                court.send(&days::snapshot(platform, &mut order, &stored, stamp(), trace_id).await?);
            }
        }
        record_latency(change.caused_at, clock.now());
        Ok(())
    }
}

/// LIVE-21: from the event to the queues of its readers.
fn record_latency(caused_at: Timestamp, now: Timestamp) {
    let seconds = now.duration_since(caused_at).as_secs_f64().max(0.0);
    metrics::histogram!("availability_update_latency_seconds").record(seconds);
}
