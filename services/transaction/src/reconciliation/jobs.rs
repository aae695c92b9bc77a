//! The comparison of every day (PAY-45). One process does a run; a run may be repeated (PAY-46).

use jiff::SignedDuration;
use kit::jobs::{Jobs, Schedule};

use super::ops;
use crate::state::AppState;

const COMPARE: &str = "reconciliation.compare-days";
/// Refunds, disputes and payouts of a payment come days after it: the last days are compared again each time.
const DAYS: i64 = 14;
/// A payment this young may still be on its way.
const SETTLING_MINUTES: i64 = 30;

/// Adds the job of this slice.
///
/// # Errors
/// When the schedule cannot be read.
pub fn register(jobs: &mut Jobs, state: &AppState) -> anyhow::Result<()> {
    let state = state.clone();
    jobs.cron(COMPARE, Schedule::parse("30 3 * * *", "Europe/Athens")?, move |_| {
        let state = state.clone();
        async move {
            let until = state.env.clock.now() - SignedDuration::from_mins(SETTLING_MINUTES);
            ops::compare(&state, until - SignedDuration::from_hours(24 * DAYS), until, None).await?;
            Ok(())
        }
    });
    Ok(())
}
