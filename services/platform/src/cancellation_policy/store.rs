//! All SQL of the cancellation policy slice: table `cancellation_tiers`.

use contracts::ids::CourtId;
use sqlx::PgConnection;

use super::domain::{Policy, Tier};
use crate::store_error::StoreError;

/// The court's own policy, if it has one.
///
/// # Errors
/// When the database does or the stored tiers are no policy.
pub async fn find_policy(connection: &mut PgConnection, court: CourtId) -> Result<Option<Policy>, StoreError> {
    let rows = sqlx::query!(
        "SELECT threshold_hours, refund_percent FROM platform.cancellation_tiers WHERE court_id = $1
         ORDER BY threshold_hours DESC",
        court.0
    )
    .fetch_all(connection)
    .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let tiers = rows
        .into_iter()
        .map(|row| {
            Some(Tier {
                threshold_hours: u32::try_from(row.threshold_hours).ok()?,
                refund_percent: u32::try_from(row.refund_percent).ok()?,
            })
        })
        .collect::<Option<Vec<_>>>();
    tiers
        .and_then(|tiers| Policy::from_tiers(tiers).ok())
        .map(Some)
        .ok_or(StoreError::Inconsistent { court, what: "cancellation policy" })
}

/// Puts a policy in the place of the stored one.
///
/// # Errors
/// When the database does.
pub async fn replace_policy(connection: &mut PgConnection, court: CourtId, policy: &Policy) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM platform.cancellation_tiers WHERE court_id = $1", court.0)
        .execute(&mut *connection)
        .await?;
    let column = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let thresholds: Vec<i32> = policy.tiers().iter().map(|tier| column(tier.threshold_hours)).collect();
    let percents: Vec<i32> = policy.tiers().iter().map(|tier| column(tier.refund_percent)).collect();
    sqlx::query!(
        "INSERT INTO platform.cancellation_tiers (court_id, threshold_hours, refund_percent)
         SELECT $1, threshold_hours, refund_percent FROM unnest($2::integer[], $3::integer[])
             AS tier (threshold_hours, refund_percent)",
        court.0,
        &thresholds,
        &percents,
    )
    .execute(connection)
    .await?;
    Ok(())
}
