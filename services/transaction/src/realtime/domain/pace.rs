//! How much a client may say: ten messages a second (LIVE-52) and three invalid ones in all (LIVE-50).

use std::collections::VecDeque;

use contracts::socket::{MAX_INVALID_MESSAGES, MAX_MESSAGES_PER_SECOND};
use jiff::Timestamp;

/// Seconds over the limit within a minute that are forgiven; one more closes.
const FORGIVEN_SECONDS: usize = 3;
const MINUTE: i64 = 60;

/// What to do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Handle it.
    Take,
    /// Drop it; `tell` only for the first one of a second, or the warnings would be a flood of their own.
    Drop {
        /// Whether the client hears of it.
        tell: bool,
    },
    /// Close with 4003.
    Close,
}

/// The pace of one connection. Heartbeats are not counted.
#[derive(Debug, Default)]
pub struct Pace {
    second: i64,
    in_second: u32,
    seconds_over: VecDeque<i64>,
    invalid: u32,
}

impl Pace {
    /// Counts a message that arrived at `now`.
    pub fn message(&mut self, now: Timestamp) -> Verdict {
        let second = now.as_second();
        if second != self.second {
            self.second = second;
            self.in_second = 0;
        }
        self.in_second += 1;
        if self.in_second <= MAX_MESSAGES_PER_SECOND {
            return Verdict::Take;
        }
        let first = self.in_second == MAX_MESSAGES_PER_SECOND + 1;
        if first {
            self.seconds_over.retain(|&over| second - over < MINUTE);
            self.seconds_over.push_back(second);
        }
        if self.seconds_over.len() > FORGIVEN_SECONDS { Verdict::Close } else { Verdict::Drop { tell: first } }
    }

    /// Counts an invalid message; `true` when it was one too many.
    pub fn invalid(&mut self) -> bool {
        self.invalid += 1;
        self.invalid >= MAX_INVALID_MESSAGES
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH.checked_add(second.seconds()).expect("in range")
    }

    fn burst(pace: &mut Pace, second: i64, messages: u32) -> Vec<Verdict> {
        (0..messages).map(|_| pace.message(at(second))).collect()
    }

    /// LIVE-52: ten pass, the rest of the second is dropped with one warning.
    #[test]
    fn the_eleventh_message_of_a_second_is_dropped() {
        let mut pace = Pace::default();
        let verdicts = burst(&mut pace, 100, 12);
        assert!(verdicts[..10].iter().all(|verdict| *verdict == Verdict::Take));
        assert_eq!(verdicts[10..], [Verdict::Drop { tell: true }, Verdict::Drop { tell: false }]);
        assert_eq!(pace.message(at(101)), Verdict::Take);
    }

    /// LIVE-52: the fourth such second within a minute closes; spread wider they are forgiven.
    #[test]
    fn repeated_floods_close_and_rare_ones_do_not() {
        let mut pace = Pace::default();
        for second in [0, 10, 20] {
            assert_eq!(burst(&mut pace, second, 11)[10], Verdict::Drop { tell: true });
        }
        assert_eq!(burst(&mut pace, 59, 11)[10], Verdict::Close);
        let mut patient = Pace::default();
        for second in [0, 30, 60, 90, 120, 150] {
            assert_eq!(burst(&mut patient, second, 11)[10], Verdict::Drop { tell: true });
        }
    }

    /// LIVE-50: the third invalid message closes.
    #[test]
    fn the_third_invalid_message_is_one_too_many() {
        let mut pace = Pace::default();
        assert_eq!([pace.invalid(), pace.invalid(), pace.invalid()], [false, false, true]);
    }
}
