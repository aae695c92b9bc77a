//! What accounts do beside requests: anonymising who left, putting exports together, changing the signing key, and
//! forgetting what is over.

use std::time::Duration;

use contracts::ids::UserId;
use jiff::SignedDuration;
use kit::Task;
use kit::jobs::{Jobs, Schedule};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ops, store};
use crate::state::AppState;

pub(super) const ANONYMISE: &str = "accounts.anonymise";
pub(super) const EXPORT: &str = "accounts.export-data";
pub(super) const RETIRE_KEY: &str = "accounts.retire-signing-key";
const ANONYMISE_OVERDUE: &str = "accounts.anonymise-overdue";
const EXPIRE_EXPORTS: &str = "accounts.expire-exports";
const ROTATE_KEY: &str = "accounts.rotate-signing-key";
const FORGET: &str = "accounts.forget-what-is-over";

/// How long ended sessions and their tokens are remembered: a token that comes back later is simply unknown, and the
/// places a person signed in from are known as long (SEC-05, SEC-60).
const SESSIONS_KEPT: SignedDuration = SignedDuration::from_hours(180 * 24);
/// A challenge that is over is of no use; a day helps whoever looks into a complaint.
const CHALLENGES_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Failed sign-ins and locks, for review (SEC-03); as long as logs are kept.
const FAILURES_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How soon every process knows a changed key. Much less than the slack before the old one is retired.
const KEYS_READ_EVERY: Duration = Duration::from_secs(30);

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Anonymise {
    pub user_id: UserId,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Export {
    pub export_id: Uuid,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RetireKey {
    pub change_id: Uuid,
}

/// Adds the jobs of this slice.
///
/// # Errors
/// When a schedule cannot be read.
pub fn register(jobs: &mut Jobs, state: &AppState) -> anyhow::Result<()> {
    let shared = state.clone();
    jobs.register(ANONYMISE, move |job| {
        let state = shared.clone();
        async move {
            let wanted: Anonymise = job.payload()?;
            ops::anonymise(&state, &job, wanted.user_id).await
        }
    });
    let shared = state.clone();
    jobs.register(EXPORT, move |job| {
        let state = shared.clone();
        async move {
            let wanted: Export = job.payload()?;
            ops::make_export(&state, &job, wanted.export_id).await
        }
    });
    let shared = state.clone();
    jobs.register(RETIRE_KEY, move |job| {
        let state = shared.clone();
        async move {
            let wanted: RetireKey = job.payload()?;
            ops::retire_signing_key(&state, &job, wanted.change_id).await
        }
    });
    let shared = state.clone();
    jobs.cron(ROTATE_KEY, Schedule::parse("23 4 * * *", "UTC")?, move |_| {
        let state = shared.clone();
        async move {
            ops::rotate_signing_key_when_due(&state).await?;
            Ok(())
        }
    });
    let shared = state.clone();
    jobs.cron(EXPIRE_EXPORTS, Schedule::parse("37 * * * *", "UTC")?, move |_| {
        let state = shared.clone();
        async move { ops::expire_exports(&state).await }
    });
    let shared = state.clone();
    jobs.cron(ANONYMISE_OVERDUE, Schedule::parse("47 3 * * *", "Europe/Athens")?, move |_| {
        let state = shared.clone();
        async move { ops::anonymise_overdue(&state).await }
    });
    let shared = state.clone();
    jobs.cron(FORGET, Schedule::parse("17 3 * * *", "Europe/Athens")?, move |_| {
        let state = shared.clone();
        async move {
            let now = state.env.clock.now();
            let mut connection = state.pool.acquire().await?;
            store::forget_ended_sessions(&mut connection, now - SESSIONS_KEPT).await?;
            store::second_factor::forget_challenges(&mut connection, now - CHALLENGES_KEPT).await?;
            store::locks::forget(&mut connection, now - FAILURES_KEPT).await?;
            Ok(())
        }
    });
    Ok(())
}

/// Follows changes of the signing key that other processes make.
pub fn key_task(state: &AppState) -> Task {
    let state = state.clone();
    Task::new("signing-keys", move |shutdown| {
        let state = state.clone();
        async move {
            loop {
                tokio::select! {
                    () = shutdown.cancelled() => return Ok(()),
                    () = tokio::time::sleep(KEYS_READ_EVERY) => {}
                }
                // A change may be half written: the keys at hand stay good until the next look.
                if let Err(error) = ops::follow_signing_keys(&state).await {
                    tracing::warn!(error = format!("{error:#}"), "the signing keys could not be read again");
                }
            }
        }
    })
}
