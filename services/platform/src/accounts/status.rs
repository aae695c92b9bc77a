//! Whether an account still stands, for every authenticated call (AUTHZ-07).
//!
//! Answers are kept for two seconds, so that a page of requests costs one read; a change made by this process is seen
//! at once, one made by another after those two seconds. Signing in and refreshing never ask here.

use contracts::identity::AccountStatus;
use contracts::ids::UserId;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use kit::auth::AccountSource;
use kit::cache::Cache;
use kit::clock::SharedClock;
use sqlx::PgPool;

use super::store;

/// How old an answer may be.
const KEEP: SignedDuration = SignedDuration::from_secs(2);
/// Accounts kept at most.
const CAPACITY: u64 = 50_000;

pub struct AccountStatuses {
    pool: PgPool,
    kept: Cache<UserId, Option<AccountStatus>>,
}

impl AccountStatuses {
    pub fn new(pool: PgPool, clock: SharedClock) -> Self {
        Self { pool, kept: Cache::new("account-status", CAPACITY, KEEP, clock) }
    }

    /// Call it after committing a change of the status.
    pub fn invalidate(&self, user: UserId) {
        self.kept.invalidate(&user);
    }

    async fn read(&self, user: UserId) -> anyhow::Result<Option<AccountStatus>> {
        let mut connection = self.pool.acquire().await?;
        Ok(store::account_status(&mut connection, user).await?)
    }
}

impl AccountSource for AccountStatuses {
    fn account_status(&self, user: UserId) -> BoxFuture<'_, anyhow::Result<Option<AccountStatus>>> {
        async move { Ok(self.kept.get_or_load(&user, self.read(user)).await?.value) }.boxed()
    }
}
