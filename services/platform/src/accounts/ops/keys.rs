//! Changing the key that signs access tokens, without anybody noticing (SEC-61).
//!
//! The next key is published long before it signs, and the one before stays published until the last of its tokens has
//! expired. One process changes the files; every process reads them again within seconds.

use jiff::SignedDuration;
use kit::jobs::{self, NewJob, RunningJob};
use uuid::Uuid;

use crate::accounts::jobs::{RETIRE_KEY, RetireKey};
use crate::accounts::store::keys as rows;
use crate::state::AppState;

/// How long other processes may take to hear of a change, on top of the life of a token.
const SLACK: SignedDuration = SignedDuration::from_mins(5);

/// Changes the key when it has signed for long enough. Answers whether it did.
pub async fn rotate_signing_key_when_due(state: &AppState) -> anyhow::Result<bool> {
    let age = SignedDuration::from_hours(24 * i64::from(state.config.accounts.signing_key_days));
    rotate(state, Some(age)).await
}

/// Changes the key at once, e.g. because it may be known to others.
pub async fn rotate_signing_key(state: &AppState) -> anyhow::Result<()> {
    rotate(state, None).await?;
    Ok(())
}

async fn rotate(state: &AppState, when_older_than: Option<SignedDuration>) -> anyhow::Result<bool> {
    let (env, now) = (&state.env, state.env.clock.now());
    let mut transaction = kit::db::begin(&state.pool).await?;
    rows::queue(&mut transaction).await?;
    let last = rows::last_change(&mut transaction).await?;
    match (last, when_older_than) {
        // The first look at a new installation: its key begins to age.
        (None, Some(_)) => {
            rows::insert_change(&mut transaction, env.ids.new_id(), Some(now), now).await?;
            transaction.commit().await?;
            return Ok(false);
        }
        (Some(last), Some(age)) if now.duration_since(last) < age => return Ok(false),
        _ => {}
    }
    // Before the row: cut off in between, the next look changes the key once more, which nobody notices either.
    let issuer = state.accounts.issuer.clone();
    tokio::task::spawn_blocking(move || issuer.rotate()).await??;
    let id = env.ids.new_id();
    rows::insert_change(&mut transaction, id, None, now).await?;
    let proven_until = now + SignedDuration::from_secs(state.config.auth.access_token_seconds) + SLACK;
    let job =
        NewJob::new(env.ids.new_id(), RETIRE_KEY, now).at(proven_until).with_payload(&RetireKey { change_id: id })?;
    jobs::enqueue(&mut transaction, &job).await?;
    transaction.commit().await?;
    state.auth.verifier.replace_keys(&state.accounts.issuer.jwks())?;
    tracing::info!("the key that signs access tokens was changed");
    Ok(true)
}

/// Stops publishing the key before, unless it has been changed again since: then a later job does it.
pub async fn retire_signing_key(state: &AppState, job: &RunningJob, change: Uuid) -> anyhow::Result<()> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    rows::queue(&mut transaction).await?;
    if rows::retire_before(&mut transaction, change, now).await? {
        let issuer = state.accounts.issuer.clone();
        tokio::task::spawn_blocking(move || issuer.retire_previous()).await??;
        state.auth.verifier.replace_keys(&state.accounts.issuer.jwks())?;
    }
    job.finish(&mut transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// Reads the keys again, as another process may have changed them.
pub async fn follow_signing_keys(state: &AppState) -> anyhow::Result<()> {
    let issuer = state.accounts.issuer.clone();
    tokio::task::spawn_blocking(move || issuer.reload()).await??;
    state.auth.verifier.replace_keys(&state.accounts.issuer.jwks())
}
