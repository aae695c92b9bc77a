//! Holidays' work beside requests: the yearly generation and the reminders. Both look every hour, because it is midnight
//! at another hour in another zone; what has been done is kept with the data, so looking again changes nothing.

use kit::jobs::{Jobs, Schedule};

use super::ops;
use crate::state::AppState;

const RENEW: &str = "holidays.renew-subscriptions";
const REMIND: &str = "holidays.remind-owners";

/// Adds the jobs of this slice.
///
/// # Errors
/// When a schedule cannot be read.
pub fn register(jobs: &mut Jobs, state: &AppState) -> anyhow::Result<()> {
    let renewing = state.clone();
    jobs.cron(RENEW, Schedule::parse("1 * * * *", "UTC")?, move |_| {
        let state = renewing.clone();
        async move { Ok(ops::renew_subscriptions(&state).await?) }
    });
    let reminding = state.clone();
    jobs.cron(REMIND, Schedule::parse("31 * * * *", "UTC")?, move |_| {
        let state = reminding.clone();
        async move { Ok(ops::send_reminders(&state).await?) }
    });
    Ok(())
}
