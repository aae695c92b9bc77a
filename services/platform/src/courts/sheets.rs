//! What everybody sees of a court, kept for a while: its data, its prices and its cancellation policy (FIND-47). Nothing
//! personal is in it (FIND-53), and nothing is decided by it.
//!
//! An entry carries the version of the rows it was read from. Whoever uses it has just read the current version together
//! with what is personal, so an older entry is never shown, whichever events are late or lost (FIND-51).

use std::sync::Arc;

use contracts::ids::CourtId;
use jiff::SignedDuration;
use kit::Env;
use kit::cache::{Cache, Sharing};
use kit::ids::SharedIds;
use kit::redis::Redis;
use serde::{Deserialize, Serialize};

use super::domain::Court;
use crate::cancellation_policy::domain::Policy;
use crate::pricing::domain::PriceList;

/// How long a sheet is kept when nothing drops it before.
const LIFE: SignedDuration = SignedDuration::from_mins(5);
/// Sheets kept at most; the ones asked for least leave first.
const CAPACITY: u64 = 5_000;

/// One court as it was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CourtSheet {
    /// Version of the rows of the court and its owner, read before everything else here.
    pub row_version: String,
    /// The court.
    pub court: Court,
    /// Its cancellation policy.
    pub policy: Policy,
    /// Its prices.
    pub prices: PriceList,
}

/// The sheets this process has kept, and those that all processes share.
#[derive(Clone)]
pub struct CourtSheets {
    kept: Cache<CourtId, Arc<CourtSheet>>,
}

impl CourtSheets {
    /// Nothing is kept yet in this process; with `redis` sheets are shared with the others.
    #[must_use]
    pub fn new(env: &Env, redis: Option<&Redis>) -> Self {
        let clock = env.clock.clone();
        let kept = match redis {
            None => Cache::new("court_sheets", CAPACITY, LIFE, clock),
            Some(redis) => {
                Cache::shared("court_sheets", CAPACITY, LIFE, clock, sharing(redis.clone(), env.ids.clone()))
            }
        };
        Self { kept }
    }

    /// The kept sheet if it is of `row_version`, else what `load` reads; one reader reads for all who wait (FIND-52).
    ///
    /// # Errors
    /// What `load` answers.
    pub async fn sheet<E, Load>(
        &self,
        court: CourtId,
        row_version: &str,
        load: impl Fn() -> Load,
    ) -> Result<Arc<CourtSheet>, E>
    where
        Load: Future<Output = Result<CourtSheet, E>>,
    {
        let read = || async { load().await.map(Arc::new) };
        let kept = self.kept.get_or_load(&court, read()).await?;
        if kept.value.row_version == row_version {
            return Ok(kept.value);
        }
        // Older than what this reader has just seen, or newer; reading again is right in both cases.
        self.forget(court);
        Ok(self.kept.get_or_load(&court, read()).await?.value)
    }

    /// Drops the sheet of a court.
    pub fn forget(&self, court: CourtId) {
        self.kept.invalidate(&court);
    }

    /// Drops everything.
    pub fn forget_all(&self) {
        self.kept.clear();
    }
}

fn sharing(redis: Redis, ids: SharedIds) -> Sharing<CourtId, Arc<CourtSheet>> {
    Sharing {
        redis,
        ids,
        group: |court| court.to_string(),
        member: |_| "sheet".to_owned(),
        encode: |sheet| serde_json::to_vec(&**sheet).ok(),
        decode: |bytes| serde_json::from_slice(bytes).ok().map(Arc::new),
    }
}
