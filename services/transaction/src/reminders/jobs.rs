//! When reminders are looked for: on one of all processes, by a schedule. What was missed is found at the next look.

use kit::jobs::{Jobs, Schedule};

use super::ops;
use crate::state::AppState;

const RULES: &str = "reminders.evaluate-rules";
const NEAR: &str = "reminders.near-bookings";

/// Adds the jobs of this slice.
///
/// # Errors
/// When a schedule cannot be read.
pub fn register(jobs: &mut Jobs, state: &AppState) -> anyhow::Result<()> {
    let shared = state.clone();
    // NOTE-50: every 30 minutes.
    jobs.cron(RULES, Schedule::parse("*/30 * * * *", "UTC")?, move |_| {
        let state = shared.clone();
        async move {
            ops::evaluate_rules(&state).await?;
            Ok(())
        }
    });
    let shared = state.clone();
    jobs.cron(NEAR, Schedule::parse("*/5 * * * *", "UTC")?, move |_| {
        let state = shared.clone();
        async move {
            ops::remind_customers(&state).await?;
            Ok(())
        }
    });
    Ok(())
}
