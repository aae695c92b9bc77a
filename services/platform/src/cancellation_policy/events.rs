//! What the rest of the world hears of a changed policy.

use contracts::events::{CancellationPolicyUpdated, CancellationTier};
use kit::Env;
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::domain::Policy;
use crate::courts::domain::Court;
use crate::outbox;

/// Appends `CANCELLATION_POLICY_UPDATED` with all tiers (PAY-25).
pub async fn append_policy_updated(
    connection: &mut PgConnection,
    env: &Env,
    court: &Court,
    policy: &Policy,
) -> anyhow::Result<()> {
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let tiers = policy.tiers().iter().map(|tier| CancellationTier {
        threshold_hours: number(tier.threshold_hours),
        refund_percent: number(tier.refund_percent),
    });
    let event =
        CancellationPolicyUpdated { court_id: court.id, court_owner_id: court.owner_id, tiers: tiers.collect() };
    outbox::append(env, connection, event, env.clock.now()).await
}

/// A policy as the audit log keeps it.
pub fn snapshot(policy: &Policy) -> Value {
    let tiers = policy.tiers().iter();
    let tiers: Vec<_> = tiers
        .map(|tier| json!({ "thresholdHours": tier.threshold_hours, "refundPercent": tier.refund_percent }))
        .collect();
    json!({ "tiers": tiers })
}
