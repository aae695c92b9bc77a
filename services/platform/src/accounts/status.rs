//! Whether an account still stands, for every authenticated call (AUTHZ-07).
//!
//! Answers are kept for two seconds, so that a page of requests costs one read; a change made by this process is seen
//! at once, one made by another after those two seconds. Signing in and refreshing never ask here. It also hears of every
//! call, and writes down that the session is in use (AUTH-26, AUTH-28).

use contracts::identity::{AccessClaims, AccountStatus};
use contracts::ids::{SessionId, UserId};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use kit::auth::AccountSource;
use kit::cache::Cache;
use kit::clock::SharedClock;
use kit::limits::{Limit, Limiter};
use sqlx::PgPool;

use super::store;

/// How old an answer may be.
const KEEP: SignedDuration = SignedDuration::from_secs(2);
/// Accounts kept at most.
const CAPACITY: u64 = 50_000;

/// A session that is used is written down once in this time, so that a busy page costs no writes.
const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// Sessions whose last note is remembered.
const SESSIONS_KEPT: usize = 100_000;

pub struct AccountStatuses {
    pool: PgPool,
    kept: Cache<UserId, Option<AccountStatus>>,
    clock: SharedClock,
    /// One token a minute for each session: whoever gets it writes.
    noted: Limiter,
}

impl AccountStatuses {
    pub fn new(pool: PgPool, clock: SharedClock) -> Self {
        let noted = Limiter::new(Limit::new(1, NOTED_EVERY), SESSIONS_KEPT);
        Self { pool, kept: Cache::new("account-status", CAPACITY, KEEP, clock.clone()), clock, noted }
    }

    /// Call it after committing a change of the status.
    pub fn invalidate(&self, user: UserId) {
        self.kept.invalidate(&user);
    }

    /// Writes down that a session is in use (AUTH-28). A failure costs the session at most its next minutes.
    pub async fn note_activity(&self, session: SessionId) {
        let now = self.clock.now();
        if !self.noted.take(&session.to_string(), now).is_allowed() {
            return;
        }
        let written = async {
            let mut connection = self.pool.acquire().await?;
            store::keep_session_awake(&mut connection, session, now).await
        };
        if let Err(error) = written.await {
            tracing::warn!(%session, %error, "the activity of a session could not be written down");
        }
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

    fn seen<'a>(&'a self, claims: &'a AccessClaims) -> BoxFuture<'a, ()> {
        async move {
            if let Some(session) = claims.sid {
                self.note_activity(session).await;
            }
        }
        .boxed()
    }
}
