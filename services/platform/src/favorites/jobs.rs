//! What favourites do beside requests: forgetting who was told on days gone by.

use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use kit::jobs::{Jobs, Schedule};

use super::store;
use crate::state::AppState;

const FORGET: &str = "favorites.forget-old-alerts";

/// Adds the jobs of this slice.
///
/// # Errors
/// When a schedule cannot be read.
pub fn register(jobs: &mut Jobs, state: &AppState) -> anyhow::Result<()> {
    let state = state.clone();
    jobs.cron(FORGET, Schedule::parse("41 3 * * *", "Europe/Athens")?, move |_| {
        let state = state.clone();
        async move {
            // Wherever a court is, its day before yesterday is over.
            let day = state.env.clock.now().to_zoned(TimeZone::UTC).date().saturating_sub(2.days());
            let mut connection = state.pool.acquire().await?;
            store::forget_alerts_before(&mut connection, day).await?;
            Ok(())
        }
    });
    Ok(())
}
