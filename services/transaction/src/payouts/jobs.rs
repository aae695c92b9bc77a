//! Telling Stripe to hold or to pay, and the round that looks at new bookings (PAY-60).

use contracts::ids::UserId;
use kit::jobs::{Jobs, RunningJob, Schedule};
use serde::Deserialize;

use super::ops;
use crate::state::AppState;

/// Tells Stripe how one owner's payouts stand.
pub const TELL_STRIPE: &str = "payouts.tell-stripe";
const SCREEN: &str = "payouts.screen-bookings";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct About {
    owner_id: UserId,
}

/// Adds the jobs of this slice.
///
/// # Errors
/// When a schedule cannot be read.
pub fn register(jobs: &mut Jobs, state: &AppState) -> anyhow::Result<()> {
    let shared = state.clone();
    jobs.register(TELL_STRIPE, move |job: RunningJob| {
        let state = shared.clone();
        async move {
            let About { owner_id } = job.payload()?;
            Ok(ops::tell_stripe(&state, owner_id).await?)
        }
    });
    let shared = state.clone();
    jobs.cron(SCREEN, Schedule::parse("* * * * *", "UTC")?, move |_| {
        let state = shared.clone();
        async move {
            ops::screen_bookings(&state).await?;
            ops::take_up(&state).await?;
            Ok(())
        }
    });
    Ok(())
}
