//! What weather does beside requests: watching the forecasts of bookings.

use kit::jobs::{Jobs, Schedule};

use super::watch;
use crate::state::AppState;

const WATCH: &str = "weather.watch-bookings";

/// Adds the jobs of this slice.
///
/// # Errors
/// When a schedule cannot be read.
pub fn register(jobs: &mut Jobs, state: &AppState) -> anyhow::Result<()> {
    let state = state.clone();
    jobs.cron(WATCH, Schedule::parse("13,43 * * * *", "UTC")?, move |_| {
        let state = state.clone();
        async move {
            watch::watch_bookings(&state).await?;
            Ok(())
        }
    });
    Ok(())
}
