//! Issues receipts for what was paid since the last round; the checkout itself does not wait for it.

use kit::jobs::{Jobs, Schedule};

use super::ops;
use crate::state::AppState;

const ISSUE: &str = "receipts.issue";

/// Adds the job of this slice.
///
/// # Errors
/// When the schedule cannot be read.
pub fn register(jobs: &mut Jobs, state: &AppState) -> anyhow::Result<()> {
    let state = state.clone();
    jobs.cron(ISSUE, Schedule::parse("* * * * *", "UTC")?, move |_| {
        let state = state.clone();
        async move {
            ops::issue_missing(&state).await?;
            Ok(())
        }
    });
    Ok(())
}
