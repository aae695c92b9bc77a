//! Bookings' work beside requests: the sweep over what time changes, and forgetting old idempotency keys.

use std::time::Duration;

use jiff::SignedDuration;
use kit::Task;
use kit::jobs::{Jobs, RunningJob, Schedule};

use super::ops;
use super::store;
use crate::state::AppState;

/// Calls one booking off that a message from platform named.
pub const CANCEL_BOOKING: &str = "bookings.cancel";
/// Looks at the prices of a court's pending series.
pub const REPRICE_COURT: &str = "bookings.reprice-court";
const FORGET_KEYS: &str = "bookings.forget-idempotency-keys";

/// The sweep runs in every process and often: finding nothing due costs three index look-ups.
pub fn sweep_task(state: &AppState) -> Task {
    let state = state.clone();
    Task::new("booking-sweep", move |shutdown| {
        let state = state.clone();
        async move {
            // LIVE-10: at least every 10 seconds.
            let pause = Duration::from_secs(u64::from(state.config.bookings.sweep_seconds.clamp(1, 10)));
            loop {
                ops::sweep(&state).await?;
                tokio::select! {
                    () = shutdown.cancelled() => return Ok(()),
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
    })
}

/// Adds the jobs of this slice.
///
/// # Errors
/// When a schedule cannot be read.
pub fn register(jobs: &mut Jobs, state: &AppState) -> anyhow::Result<()> {
    let shared = state.clone();
    jobs.register(CANCEL_BOOKING, move |job: RunningJob| {
        let state = shared.clone();
        async move { Ok(ops::cancel_named(&state, job.payload()?).await?) }
    });
    let shared = state.clone();
    jobs.register(REPRICE_COURT, move |job: RunningJob| {
        let state = shared.clone();
        async move {
            let payload: ops::RepricePayload = job.payload()?;
            ops::reprice_court(&state, &payload).await?;
            Ok(())
        }
    });
    let state = state.clone();
    jobs.cron(FORGET_KEYS, Schedule::parse("7 * * * *", "UTC")?, move |_| {
        let state = state.clone();
        async move {
            let life = SignedDuration::from_hours(i64::from(state.config.bookings.idempotency_hours));
            let mut connection = state.pool.acquire().await?;
            store::forget_old_keys(&mut connection, state.env.clock.now() - life).await?;
            Ok(())
        }
    });
    Ok(())
}
