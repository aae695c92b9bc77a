//! The open matches of a day, kept for a short while for everybody (FIND-49). Nothing personal is in them (FIND-53), and
//! nothing is decided by them.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::Date;
use kit::Env;
use kit::cache::{Cache, Sharing};
use kit::ids::SharedIds;
use kit::redis::Redis;

use super::store::OpenMatch;

/// FIND-49.
const LIFE: SignedDuration = SignedDuration::from_secs(30);
/// Days kept at most.
const CAPACITY: u64 = 100;

/// The matches this process has kept, and those that all processes share.
#[derive(Clone)]
pub struct OpenMatches {
    days: Cache<Date, Arc<Vec<OpenMatch>>>,
}

impl OpenMatches {
    /// Nothing is kept yet in this process; with `redis` matches are shared with the others.
    #[must_use]
    pub fn new(env: &Env, redis: Option<&Redis>) -> Self {
        let clock = env.clock.clone();
        let days = match redis {
            None => Cache::new("open_matches", CAPACITY, LIFE, clock),
            Some(redis) => {
                Cache::shared("open_matches", CAPACITY, LIFE, clock, sharing(redis.clone(), env.ids.clone()))
            }
        };
        Self { days }
    }

    /// The kept matches of a date, or what `load` reads; one reader reads for all who wait.
    ///
    /// # Errors
    /// What `load` answers.
    pub async fn on<E>(
        &self,
        date: Date,
        load: impl Future<Output = Result<Vec<OpenMatch>, E>>,
    ) -> Result<Arc<Vec<OpenMatch>>, E> {
        let load = async { load.await.map(Arc::new) };
        Ok(self.days.get_or_load(&date, load).await?.value)
    }

    /// Drops everything: an event does not say which date its match is on, and reading a day again is cheap.
    pub fn forget_all(&self) {
        self.days.clear();
    }
}

fn sharing(redis: Redis, ids: SharedIds) -> Sharing<Date, Arc<Vec<OpenMatch>>> {
    Sharing {
        redis,
        ids,
        group: |date| date.to_string(),
        member: |_| "matches".to_owned(),
        encode: |matches| serde_json::to_vec(&**matches).ok(),
        decode: |bytes| serde_json::from_slice(bytes).ok().map(Arc::new),
    }
}
