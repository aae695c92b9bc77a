//! What disputes ask of Stripe: evidence, giving in, taking a transfer back. Each was written down before and is asked
//! for once, whoever does it (PAY-05, PAY-06).

use kit::jobs::{Jobs, RunningJob};
use serde::Deserialize;
use uuid::Uuid;

use super::ops;
use crate::state::AppState;

/// Passes evidence on.
pub const PASS_EVIDENCE: &str = "disputes.pass-evidence";
/// Gives in to a dispute.
pub const ACCEPT: &str = "disputes.accept";
/// Takes a transfer back.
pub const REVERSE_TRANSFER: &str = "disputes.reverse-transfer";

#[derive(Deserialize)]
struct About {
    id: Uuid,
}

/// Adds the jobs of this slice.
pub fn register(jobs: &mut Jobs, state: &AppState) {
    let shared = state.clone();
    jobs.register(PASS_EVIDENCE, move |job: RunningJob| {
        let state = shared.clone();
        async move {
            let About { id } = job.payload()?;
            Ok(ops::pass_evidence(&state, id).await?)
        }
    });
    let shared = state.clone();
    jobs.register(ACCEPT, move |job: RunningJob| {
        let state = shared.clone();
        async move {
            let About { id } = job.payload()?;
            Ok(ops::accept(&state, id).await?)
        }
    });
    let shared = state.clone();
    jobs.register(REVERSE_TRANSFER, move |job: RunningJob| {
        let state = shared.clone();
        async move {
            let About { id } = job.payload()?;
            Ok(ops::reverse_transfer(&state, id).await?)
        }
    });
}
