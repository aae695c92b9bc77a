//! What accounts do beside requests: forgetting what is over.

use jiff::SignedDuration;
use kit::jobs::{Jobs, Schedule};

use super::store;
use crate::state::AppState;

const FORGET: &str = "accounts.forget-what-is-over";

/// How long ended sessions and their tokens are remembered: a token that comes back later is simply unknown, and the
/// places a person signed in from are known as long (SEC-05, SEC-60).
const SESSIONS_KEPT: SignedDuration = SignedDuration::from_hours(180 * 24);

/// A challenge that is over is of no use; a day helps whoever looks into a complaint.
const CHALLENGES_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Failed sign-ins and locks, for review (SEC-03); as long as logs are kept.
const FAILURES_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Adds the jobs of this slice.
///
/// # Errors
/// When a schedule cannot be read.
pub fn register(jobs: &mut Jobs, state: &AppState) -> anyhow::Result<()> {
    let state = state.clone();
    jobs.cron(FORGET, Schedule::parse("17 3 * * *", "Europe/Athens")?, move |_| {
        let state = state.clone();
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
