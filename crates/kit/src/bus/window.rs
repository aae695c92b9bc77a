//! What a worker has read of a partition and not yet finished. Pure bookkeeping: no clock, no broker, no database.
//!
//! A failing message holds back the later ones of its key and nobody else (EVT-05), while the offset of the partition
//! never passes an unfinished message.

use std::collections::{BTreeMap, HashMap, HashSet};

use tokio::time::Instant;

use super::Message;
use crate::retry::RetryPolicy;

/// What is to happen to a message that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterFailure {
    /// It waits, and its key with it.
    Retry { attempts: u32 },
    /// It failed too often.
    Park { attempts: u32 },
}

#[derive(Debug)]
struct Blocked {
    attempts: u32,
    retry_at: Instant,
}

#[derive(Debug)]
pub(super) struct Window {
    pending: BTreeMap<i64, Message>,
    blocked: HashMap<String, Blocked>,
    /// One past the highest offset that was read.
    next_read: Option<i64>,
}

impl Window {
    pub(super) fn new() -> Self {
        Self { pending: BTreeMap::new(), blocked: HashMap::new(), next_read: None }
    }

    pub(super) fn push(&mut self, messages: Vec<Message>) {
        for message in messages {
            self.next_read = Some(message.offset + 1);
            self.pending.insert(message.offset, message);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }

    /// Messages whose key is not held back, in order.
    pub(super) fn ready(&self, limit: usize) -> Vec<Message> {
        self.pending.values().filter(|message| !self.blocked.contains_key(&message.key)).take(limit).cloned().collect()
    }

    /// The first message of every key whose wait is over.
    pub(super) fn due(&self, now: Instant) -> Vec<Message> {
        let mut seen = HashSet::new();
        self.pending
            .values()
            .filter(|message| self.blocked.contains_key(&message.key) && seen.insert(message.key.as_str()))
            .filter(|message| self.blocked.get(&message.key).is_some_and(|blocked| blocked.retry_at <= now))
            .cloned()
            .collect()
    }

    pub(super) fn is_blocked(&self, key: &str) -> bool {
        self.blocked.contains_key(key)
    }

    /// `message` is handled or parked: its key goes on.
    pub(super) fn finish(&mut self, message: &Message) {
        self.pending.remove(&message.offset);
        self.blocked.remove(&message.key);
    }

    pub(super) fn fail(&mut self, message: &Message, now: Instant, policy: &RetryPolicy) -> AfterFailure {
        let attempts = self.blocked.get(&message.key).map_or(0, |blocked| blocked.attempts) + 1;
        let retry_at = now + policy.wait_after(attempts);
        self.blocked.insert(message.key.clone(), Blocked { attempts, retry_at });
        if attempts >= policy.max_attempts { AfterFailure::Park { attempts } } else { AfterFailure::Retry { attempts } }
    }

    /// Everything before this offset is finished.
    pub(super) fn finished_up_to(&self) -> Option<i64> {
        self.pending.keys().next().copied().or(self.next_read)
    }

    /// When the next wait ends.
    pub(super) fn next_retry(&self) -> Option<Instant> {
        self.blocked.values().map(|blocked| blocked.retry_at).min()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use jiff::Timestamp;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::bus::{Headers, Partition};

    fn message(offset: i64, key: u8) -> Message {
        Message {
            partition: Partition { topic: "topic".into(), number: 0 },
            offset,
            event_id: Uuid::from_u64_pair(0, offset.unsigned_abs()),
            key: key.to_string(),
            headers: Headers::new(),
            payload: Bytes::new(),
            published_at: Timestamp::UNIX_EPOCH,
        }
    }

    proptest! {
        /// EVT-05, EVT-03: whatever fails and however often, every message ends handled or parked, each key is worked
        /// off in order, attempts are bounded, and the offset never passes an unfinished message.
        #[test]
        fn every_key_is_worked_off_in_order(
            keys in proptest::collection::vec(0..4_u8, 1..40),
            // How often each message fails before it succeeds.
            failures in proptest::collection::vec(0..6_u32, 40),
            limit in 1..8_usize,
        ) {
            let policy = RetryPolicy { max_attempts: 4, ..RetryPolicy::default() };
            let mut window = Window::new();
            let mut now = Instant::now();
            let mut failed = vec![0_u32; keys.len()];
            let mut ended: Vec<i64> = Vec::new();
            let mut last_of_key: HashMap<String, i64> = HashMap::new();
            window.push((0_i64..).zip(&keys).map(|(offset, key)| message(offset, *key)).collect());

            while window.len() > 0 {
                let mut todo = window.due(now);
                todo.extend(window.ready(limit));
                if todo.is_empty() {
                    now = window.next_retry().expect("something waits, or nothing would be left");
                    continue;
                }
                for message in todo {
                    // A message earlier in this round may have failed and hold its key back.
                    let retried = failed[usize::try_from(message.offset)?] > 0;
                    if window.is_blocked(&message.key) && !retried {
                        continue;
                    }
                    let index = usize::try_from(message.offset)?;
                    let ends = if failed[index] < failures[index] {
                        failed[index] += 1;
                        prop_assert!(failed[index] <= policy.max_attempts);
                        matches!(window.fail(&message, now, &policy), AfterFailure::Park { .. })
                    } else {
                        true
                    };
                    if ends {
                        window.finish(&message);
                        ended.push(message.offset);
                        let before = last_of_key.insert(message.key.clone(), message.offset);
                        prop_assert!(before < Some(message.offset), "order within a key");
                    }
                    let finished = window.finished_up_to().expect("something was read");
                    prop_assert!((0..finished).all(|offset| ended.contains(&offset)));
                }
            }
            prop_assert_eq!(ended.len(), keys.len());
            prop_assert_eq!(window.finished_up_to(), Some(i64::try_from(keys.len())?));
        }
    }
}
