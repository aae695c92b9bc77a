//! One watched court in this process: its readers, the order of what they hear, and the changes they have yet to hear of.
//!
//! Two locks with two jobs. The order is held while slots are read from the platform and put into the readers' queues, so
//! whatever a reader gets later was read later (LIVE-43). The list of readers is held for moments only: whoever leaves
//! never waits for a read.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex as BriefMutex, MutexGuard as BriefGuard, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::link::{Link, Parcel};

/// Changes that may wait for one court; more of them are told as one snapshot.
const MAX_WAITING: usize = 32;

/// Something that happened to a court.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What of it changed.
    pub days: Days,
    /// Trace of the request that caused it (LIVE-48).
    pub trace_id: String,
    /// When it happened.
    pub caused_at: Timestamp,
}

/// The dates that a change touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Days {
    /// Only these.
    These(Vec<Date>),
    /// Any of them.
    All,
}

/// What may only be touched by whoever reads for the court's readers.
#[derive(Debug, Default)]
pub struct Order {
    /// Where the court is, known since its first snapshot.
    pub timezone: Option<String>,
}

#[derive(Debug, Default)]
struct Changes {
    waiting: VecDeque<Change>,
    being_told: bool,
}

/// A court that somebody watches.
#[derive(Debug, Default)]
pub struct Court {
    /// Held while slots are read and queued.
    pub order: Mutex<Order>,
    readers: BriefMutex<HashMap<Uuid, Link>>,
    changes: BriefMutex<Changes>,
}

impl Court {
    /// Adds a reader; call it with the order held, right after the reader's snapshot was queued.
    pub fn add(&self, link: Link) {
        brief(&self.readers).insert(link.connection, link);
    }

    /// Takes a reader away.
    pub fn remove(&self, connection: Uuid) {
        brief(&self.readers).remove(&connection);
    }

    /// Sends to all readers; call it with the order held.
    pub fn send(&self, body: &Arc<str>) {
        for link in brief(&self.readers).values() {
            link.send(Parcel::Message(body.clone()));
        }
    }

    /// Ends the subscriptions of all readers that `stays` does not speak for.
    pub fn keep(&self, stays: impl Fn(&Link) -> bool) {
        brief(&self.readers).retain(|_, link| {
            let keep = stays(link);
            if !keep {
                link.send(Parcel::Ended);
            }
            keep
        });
    }

    /// Whether nobody reads.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        brief(&self.readers).is_empty()
    }

    /// Lets a change wait for its turn. The answer is for the caller to use when nobody is telling changes yet.
    pub fn queue(self: &Arc<Self>, change: Change) -> Option<Turn> {
        let mut changes = brief(&self.changes);
        if changes.waiting.len() == MAX_WAITING {
            changes.waiting.clear();
            changes.waiting.push_back(Change { days: Days::All, ..change });
        } else {
            changes.waiting.push_back(change);
        }
        if changes.being_told {
            return None;
        }
        changes.being_told = true;
        Some(Turn { court: self.clone(), over: false })
    }
}

/// The right to tell a court's readers of its changes; nobody else does until it is dropped.
#[derive(Debug)]
pub struct Turn {
    court: Arc<Court>,
    over: bool,
}

impl Turn {
    /// The court.
    #[must_use]
    pub fn court(&self) -> &Court {
        &self.court
    }

    /// The next change. `None` ends the turn: whoever queues the next change gets one.
    pub fn next(&mut self) -> Option<Change> {
        let mut changes = brief(&self.court.changes);
        let next = changes.waiting.pop_front();
        if next.is_none() {
            changes.being_told = false;
            self.over = true;
        }
        next
    }

    /// Everything that waits, and `change` before it, as one change of all days; for readers who have missed something.
    #[must_use]
    pub fn gather(&self, change: Change) -> Change {
        let mut changes = brief(&self.court.changes);
        let last = changes.waiting.pop_back();
        changes.waiting.clear();
        Change { days: Days::All, ..last.unwrap_or(change) }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.over {
            brief(&self.court.changes).being_told = false;
        }
    }
}

/// A lock that nobody holds across a wait. What a panic left behind is whole: every change under it is one step.
pub(super) fn brief<T>(lock: &BriefMutex<T>) -> BriefGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(day: i8) -> Change {
        let date = jiff::civil::date(2026, 5, day);
        Change { days: Days::These(vec![date]), trace_id: day.to_string(), caused_at: Timestamp::UNIX_EPOCH }
    }

    /// LIVE-14: one tells, the others queue; changes keep their order.
    #[test]
    fn changes_are_told_one_after_the_other_by_one() {
        let court = Arc::new(Court::default());
        let mut turn = court.queue(change(1)).expect("nobody tells yet");
        assert!(court.queue(change(2)).is_none(), "somebody tells");
        assert_eq!(turn.next(), Some(change(1)));
        assert_eq!(turn.next(), Some(change(2)));
        assert_eq!(turn.next(), None);
        let another = court.queue(change(3)).expect("the turn is over");
        drop(turn);
        assert!(court.queue(change(4)).is_none(), "the end of an old turn does not end a new one");
        drop(another);
        assert!(court.queue(change(5)).is_some(), "a turn that broke off is over too");
    }

    /// A court that cannot be read for long keeps one change in mind, not thousands.
    #[test]
    fn too_many_changes_become_one() {
        let court = Arc::new(Court::default());
        let mut turn = court.queue(change(1)).expect("nobody tells yet");
        for _ in 0..MAX_WAITING {
            let _ = court.queue(change(2));
        }
        assert_eq!(turn.next(), Some(Change { days: Days::All, ..change(2) }));
        assert_eq!(turn.next(), None);
    }

    #[test]
    fn what_was_missed_is_gathered_with_the_newest_trace() {
        let court = Arc::new(Court::default());
        let mut turn = court.queue(change(1)).expect("nobody tells yet");
        let first = turn.next().expect("one");
        assert_eq!(turn.gather(first.clone()), Change { days: Days::All, ..change(1) });
        let _ = court.queue(change(2));
        assert_eq!(turn.gather(first), Change { days: Days::All, ..change(2) });
        assert_eq!(turn.next(), None);
    }
}
