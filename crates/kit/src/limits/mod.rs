//! How often somebody may do something: token buckets by key, in this process and, where Redis is configured, for all
//! processes together.
//!
//! Pure but for where buckets are kept: `now` is an argument. A bucket is one number, the instant at which it will be
//! full again, so a full one needs no memory at all.

mod across_processes;

use std::time::Duration;

use dashmap::DashMap;
use jiff::{SignedDuration, Timestamp};

pub use across_processes::SharedLimiter;

/// So many at once, refilled evenly over a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many may come at once.
    pub burst: u32,
    /// How long an empty bucket takes to fill.
    pub per: SignedDuration,
}

impl Limit {
    /// `burst` in every `per`.
    #[must_use]
    pub const fn new(burst: u32, per: SignedDuration) -> Self {
        Self { burst, per }
    }

    /// `burst` in every minute.
    #[must_use]
    pub const fn per_minute(burst: u32) -> Self {
        Self::new(burst, SignedDuration::from_mins(1))
    }

    /// Microseconds in which one token grows back.
    fn interval(&self) -> i64 {
        (self.span() / i64::from(self.burst.max(1))).max(1)
    }

    fn span(&self) -> i64 {
        i64::try_from(self.per.as_micros()).unwrap_or(i64::MAX / 4).clamp(1, i64::MAX / 4)
    }
}

/// The answer to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It may go on.
    Allowed {
        /// How many more would be allowed right now.
        remaining: u32,
    },
    /// It has to wait.
    Refused {
        /// After this the same request would be allowed.
        retry_after: Duration,
    },
}

impl Decision {
    /// Whether it may go on.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed { .. })
    }
}

/// Buckets of one limit, at most `max_keys` of them. When more keys are used than fit, the fullest buckets are
/// forgotten first: they are the ones that hold back nearly nobody.
pub struct Limiter {
    limit: Limit,
    max_keys: usize,
    /// Microseconds since the epoch at which the bucket is full again.
    full_at: DashMap<String, i64>,
}

impl Limiter {
    /// No key has been used yet.
    #[must_use]
    pub fn new(limit: Limit, max_keys: usize) -> Self {
        Self { limit, max_keys: max_keys.max(1), full_at: DashMap::new() }
    }

    /// The limit it keeps.
    #[must_use]
    pub fn limit(&self) -> Limit {
        self.limit
    }

    /// Takes a token of `key`, if there is one.
    pub fn take(&self, key: &str, now: Timestamp) -> Decision {
        let now = now.as_microsecond();
        let known = self.full_at.get_mut(key).map(|mut full_at| {
            let (decision, next) = decide(*full_at, now, self.limit);
            *full_at = next;
            decision
        });
        if let Some(decision) = known {
            return decision;
        }
        if self.full_at.len() >= self.max_keys {
            self.make_room(now);
        }
        let mut full_at = self.full_at.entry(key.to_owned()).or_insert(now);
        let (decision, next) = decide(*full_at, now, self.limit);
        *full_at = next;
        decision
    }

    /// How many keys are held in memory.
    #[must_use]
    pub fn held_keys(&self) -> usize {
        self.full_at.len()
    }

    fn make_room(&self, now: i64) {
        self.full_at.retain(|_, full_at| *full_at > now);
        if self.full_at.len() < self.max_keys {
            return;
        }
        let mut instants: Vec<i64> = self.full_at.iter().map(|bucket| *bucket.value()).collect();
        let middle = instants.len() / 2;
        let (_, median, _) = instants.select_nth_unstable(middle);
        let median = *median;
        self.full_at.retain(|_, full_at| *full_at > median);
    }
}

/// The rule itself: a token moves the instant of fullness one interval ahead, and it may lie at most a span ahead.
fn decide(full_at: i64, now: i64, limit: Limit) -> (Decision, i64) {
    let interval = limit.interval();
    let next = full_at.max(now).saturating_add(interval);
    let latest = now.saturating_add(interval.saturating_mul(i64::from(limit.burst)));
    if next > latest {
        let wait = u64::try_from(next - latest).unwrap_or(0);
        return (Decision::Refused { retry_after: Duration::from_micros(wait) }, full_at);
    }
    let remaining = u32::try_from((latest - next) / interval).unwrap_or(0);
    (Decision::Allowed { remaining }, next)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn second(count: i64) -> Timestamp {
        Timestamp::from_second(1_770_000_000 + count).expect("a literal instant")
    }

    #[test]
    fn a_bucket_empties_refuses_and_refills() {
        let limiter = Limiter::new(Limit::per_minute(3), 10);
        let remaining: Vec<Decision> = (0..3).map(|_| limiter.take("ip", second(0))).collect();
        assert_eq!(remaining, [2, 1, 0].map(|remaining| Decision::Allowed { remaining }));
        assert_eq!(limiter.take("ip", second(5)), Decision::Refused { retry_after: Duration::from_secs(15) });
        assert_eq!(limiter.take("other", second(5)), Decision::Allowed { remaining: 2 });
        assert_eq!(limiter.take("ip", second(20)), Decision::Allowed { remaining: 0 });
    }

    #[test]
    fn a_limit_of_zero_refuses_everybody() {
        assert!(!Limiter::new(Limit::per_minute(0), 10).take("ip", second(0)).is_allowed());
    }

    proptest! {
        /// No window of the limit's length ever lets more than twice the burst through (a full bucket plus what grows
        /// back meanwhile), a refusal says truthfully when to come again, and whoever keeps below the rate is never
        /// refused.
        #[test]
        fn the_arithmetic_holds(
            burst in 1..50_u32,
            span in 1..3600_i64,
            gaps in proptest::collection::vec(0..20_000_000_i64, 1..200),
        ) {
            let limit = Limit::new(burst, SignedDuration::from_secs(span));
            let limiter = Limiter::new(limit, 10);
            let mut now = 0_i64;
            let mut allowed = Vec::new();
            for gap in gaps {
                now += gap;
                let instant = Timestamp::from_microsecond(now).expect("in range");
                match limiter.take("key", instant) {
                    Decision::Allowed { remaining } => {
                        prop_assert!(remaining < burst);
                        allowed.push(now);
                    }
                    Decision::Refused { retry_after } => {
                        prop_assert!(!retry_after.is_zero());
                        let wait = SignedDuration::try_from(retry_after)?;
                        let just_before = instant + wait - SignedDuration::from_micros(1);
                        prop_assert!(!limiter.take("key", just_before).is_allowed());
                        prop_assert!(limiter.take("key", instant + wait).is_allowed());
                        now += i64::try_from(retry_after.as_micros())?;
                        allowed.push(now);
                    }
                }
            }
            for (index, first) in allowed.iter().enumerate() {
                let within = allowed[index..].iter().filter(|instant| **instant - first < limit.span()).count();
                prop_assert!(within <= 2 * usize::try_from(burst)? + 1, "{within} in one span");
            }
        }

        /// However many keys an attacker makes up, memory stays bounded and an empty bucket is not forgotten for them.
        #[test]
        fn memory_is_bounded(keys in 1..500_usize) {
            let limiter = Limiter::new(Limit::per_minute(10), 50);
            for _ in 0..10 {
                limiter.take("busy", second(0));
            }
            for key in 0..keys {
                limiter.take(&format!("made up {key}"), second(1));
                prop_assert!(limiter.held_keys() <= 50);
            }
            prop_assert!(!limiter.take("busy", second(1)).is_allowed());
        }
    }
}
