//! Payments' work beside requests: finishing open steps, sending refunds, and the rounds that look for both (PAY-30,
//! PAY-43). Exactly one process does a run; each action may be repeated.

use contracts::ids::PaymentId;
use jiff::SignedDuration;
use kit::Task;
use kit::jobs::{Jobs, RunningJob, Schedule};
use serde::Deserialize;
use uuid::Uuid;

use super::ops;
use crate::state::AppState;

/// Finishes the open step of one payment.
pub const FINISH_PAYMENT: &str = "payments.finish";
/// Sends one refund.
pub const SEND_REFUND: &str = "payments.send-refund";
/// Looks for payments that stand still.
const RECONCILE: &str = "payments.reconcile";

/// Looks at the cards of bookings that wait for their owner (PAY-19).
const CHECK_METHODS: &str = "payments.check-methods";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FinishPayload {
    payment_id: PaymentId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefundPayload {
    refund_id: Uuid,
}

/// Looks once, right after the start, for what a crash left open.
pub fn start_task(state: &AppState) -> Task {
    let state = state.clone();
    Task::new("reconcile-at-start", move |shutdown| {
        let state = state.clone();
        async move {
            ops::reconcile_at_start(&state).await?;
            shutdown.cancelled().await;
            Ok(())
        }
    })
}

/// Adds the jobs of this slice.
///
/// # Errors
/// When a schedule cannot be read.
pub fn register(jobs: &mut Jobs, state: &AppState) -> anyhow::Result<()> {
    let shared = state.clone();
    jobs.register(FINISH_PAYMENT, move |job: RunningJob| {
        let state = shared.clone();
        async move {
            let FinishPayload { payment_id } = job.payload()?;
            Ok(ops::finish_payment(&state, payment_id).await?)
        }
    });
    let shared = state.clone();
    jobs.register(SEND_REFUND, move |job: RunningJob| {
        let state = shared.clone();
        async move {
            let RefundPayload { refund_id } = job.payload()?;
            Ok(ops::send_refund(&state, refund_id).await?)
        }
    });
    let shared = state.clone();
    jobs.cron(RECONCILE, Schedule::parse("*/15 * * * *", "UTC")?, move |_| {
        let state = shared.clone();
        async move {
            let min_age = SignedDuration::from_secs(state.config.payments.unfinished_seconds);
            ops::reconcile(&state, min_age).await?;
            Ok(())
        }
    });
    let shared = state.clone();
    jobs.cron(CHECK_METHODS, Schedule::parse("5,20,35,50 * * * *", "UTC")?, move |_| {
        let state = shared.clone();
        async move { Ok(ops::check_methods(&state).await?) }
    });
    Ok(())
}
