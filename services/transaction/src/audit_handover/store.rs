//! All SQL of the handover.

use contracts::ids::UserId;
use contracts::internal::AuditHandoverEntry;
use sqlx::PgConnection;

/// The rows that have waited longest, each with what platform gets of it.
///
/// # Errors
/// When the database does.
pub async fn waiting(
    connection: &mut PgConnection,
    most: usize,
) -> Result<Vec<(i64, AuditHandoverEntry)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT entry.id, handover.entry_id, entry.actor_id AS "owner!", entry.booking_id IS NOT NULL AS "is_booking!",
                  coalesce(entry.booking_id, entry.payment_id) AS "resource!", entry.action, entry.state_before,
                  entry.state_after, entry.occurred_at AS "occurred_at: jiff_sqlx::Timestamp", entry.trace_id
           FROM transaction.audit_handover handover JOIN transaction.audit_log entry ON entry.id = handover.audit_id
           ORDER BY entry.id LIMIT $1"#,
        i64::try_from(most).unwrap_or(i64::MAX)
    )
    .fetch_all(connection)
    .await?;
    let entries = rows.into_iter().map(|row| {
        let entry = AuditHandoverEntry {
            id: row.entry_id,
            owner_id: UserId(row.owner),
            timestamp: row.occurred_at.to_jiff(),
            action_type: row.action,
            resource_type: if row.is_booking { "BOOKING" } else { "PAYMENT" }.to_owned(),
            resource_id: row.resource,
            before: row.state_before,
            after: row.state_after,
            trace_id: row.trace_id,
        };
        (row.id, entry)
    });
    Ok(entries.collect())
}

/// These rows are platform's now.
///
/// # Errors
/// When the database does.
pub async fn forget(connection: &mut PgConnection, rows: &[i64]) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM transaction.audit_handover WHERE audit_id = ANY ($1)", rows).execute(connection).await?;
    Ok(())
}
