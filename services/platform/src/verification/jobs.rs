//! Reminds the reviewers of requests that wait for too long (COURT-54). Decides no request.

use kit::jobs::{Jobs, Schedule};

use super::ops;
use crate::state::AppState;

/// Name of the job.
pub const REMIND: &str = "verification-remind";

/// Adds the jobs of this slice.
///
/// # Errors
/// When a schedule cannot be read.
pub fn register(jobs: &mut Jobs, state: &AppState) -> anyhow::Result<()> {
    let state = state.clone();
    jobs.cron(REMIND, Schedule::parse("*/15 * * * *", "UTC")?, move |running| {
        let state = state.clone();
        async move { ops::remind(&state, &running).await }
    });
    Ok(())
}
