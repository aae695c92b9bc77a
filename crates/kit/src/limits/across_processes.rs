//! Buckets in Redis, so that a caller has one limit and not one per process (OPS-40). With Redis away each process
//! counts for itself (LIVE-58).

use std::sync::LazyLock;
use std::time::Duration;

use jiff::Timestamp;

use super::{Decision, Limit, Limiter};
use crate::redis::Redis;

/// The rule of [`super::decide`], where the bucket is. Numbers of microseconds stay exact in Lua: they are below 2^53.
static TAKE: LazyLock<redis::Script> = LazyLock::new(|| {
    redis::Script::new(
        "local now, interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
         local full_at = tonumber(redis.call('GET', KEYS[1]) or ARGV[1])
         local next = math.max(full_at, now) + interval
         local latest = now + interval * burst
         if next > latest then return {0, next - latest} end
         redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
         return {1, math.floor((latest - next) / interval)}",
    )
});

/// Buckets of one limit that all processes share, if there is a Redis.
pub struct SharedLimiter {
    redis: Option<Redis>,
    name: &'static str,
    here: Limiter,
}

impl SharedLimiter {
    /// Buckets of the limit called `name`; in this process alone they are at most `max_keys`.
    #[must_use]
    pub fn new(redis: Option<Redis>, name: &'static str, limit: Limit, max_keys: usize) -> Self {
        Self { redis, name, here: Limiter::new(limit, max_keys) }
    }

    /// Takes a token of `key`, if there is one.
    pub async fn take(&self, key: &str, now: Timestamp) -> Decision {
        if let Some(redis) = &self.redis
            && let Some(decision) = self.take_from(redis, key, now).await
        {
            return decision;
        }
        self.here.take(key, now)
    }

    async fn take_from(&self, redis: &Redis, key: &str, now: Timestamp) -> Option<Decision> {
        let limit = self.here.limit();
        let bucket = redis.key(&format!("limit:{}:{key}", self.name));
        let numbers = [now.as_microsecond(), limit.interval(), i64::from(limit.burst)].map(|number| number.to_string());
        let arguments: Vec<&[u8]> = numbers.iter().map(String::as_bytes).collect();
        let (allowed, number): (i64, i64) = redis.run(&TAKE, &[bucket], &arguments).await?;
        Some(if allowed == 1 {
            Decision::Allowed { remaining: u32::try_from(number).unwrap_or(0) }
        } else {
            Decision::Refused { retry_after: Duration::from_micros(u64::try_from(number).unwrap_or(0)) }
        })
    }
}
