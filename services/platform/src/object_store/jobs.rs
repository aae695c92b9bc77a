//! Throws loose files away once they are due. It never touches a file that a row names: such a file has no row here.

use kit::jobs::{Jobs, Schedule};

use super::store;
use crate::state::AppState;

/// Name of the job.
pub const SWEEP: &str = "object-store-sweep";
/// Files of one round.
const ROUND: i64 = 100;

/// Registers the job of this module.
///
/// # Errors
/// When its schedule cannot be read.
pub fn register(jobs: &mut Jobs, state: &AppState) -> anyhow::Result<()> {
    let state = state.clone();
    jobs.cron(SWEEP, Schedule::parse("*/10 * * * *", "UTC")?, move |_| {
        let state = state.clone();
        async move { sweep(&state).await }
    });
    Ok(())
}

/// Removing is repeatable, so a file whose row outlives it by a crash is simply removed again.
async fn sweep(state: &AppState) -> anyhow::Result<()> {
    loop {
        let now = state.env.clock.now();
        let due = store::claim_due(&mut *state.pool.acquire().await?, ROUND, now).await?;
        if due.is_empty() {
            return Ok(());
        }
        for (shelf, key) in due {
            state.objects.remove(shelf, &key).await?;
            store::forget(&mut *state.pool.acquire().await?, shelf, &key).await?;
        }
    }
}
