//! All SQL of the audit log.

use contracts::identity::Role;
use contracts::ids::UserId;
use contracts::internal::AuditHandoverEntry;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kit::trace;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::Question;

/// One thing that somebody did.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Who; none for what the system did by itself.
    pub actor: Option<UserId>,
    /// In which role; none for the system.
    pub role: Option<Role>,
    /// What, e.g. `COURT_UPDATED`.
    pub action: &'static str,
    /// What it was done to, e.g. `COURT`.
    pub resource_type: &'static str,
    /// Which one.
    pub resource_id: Uuid,
    /// The owner whose own log shows the row.
    pub owner: Option<UserId>,
    /// What it was before.
    pub before: Option<Value>,
    /// What it is now.
    pub after: Option<Value>,
    /// Where the request came from, as text; only a hash of it is stored (OWN-36).
    pub ip: Option<&'a str>,
}

/// Appends a row in the caller's transaction.
///
/// # Errors
/// When the database does.
pub async fn append(connection: &mut PgConnection, entry: &Entry<'_>, now: Timestamp) -> Result<(), sqlx::Error> {
    let trace_id = trace::current().map(|here| here.trace_id()).unwrap_or_default();
    sqlx::query!(
        "INSERT INTO platform.audit_log (actor_id, actor_role, action, resource_type, resource_id, owner_id,
             state_before, state_after, ip, occurred_at, trace_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        entry.actor.map(|actor| actor.0),
        entry.role.map_or("SYSTEM", Role::as_str),
        entry.action,
        entry.resource_type,
        entry.resource_id,
        entry.owner.map(|owner| owner.0),
        entry.before.as_ref(),
        entry.after.as_ref(),
        entry.ip.map(hashed),
        now.to_sqlx() as jiff_sqlx::Timestamp,
        trace_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Appends what an owner did in the other service, unless it is here already.
///
/// # Errors
/// When the database does.
pub async fn take_over(connection: &mut PgConnection, entry: &AuditHandoverEntry) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.audit_log (entry_id, actor_id, actor_role, action, resource_type, resource_id, owner_id,
             state_before, state_after, occurred_at, trace_id)
         VALUES ($1, $2, $3, $4, $5, $6, $2, $7, $8, $9, $10)
         ON CONFLICT (entry_id) DO NOTHING",
        entry.id,
        entry.owner_id.0,
        Role::CourtOwner.as_str(),
        entry.action_type,
        entry.resource_type,
        entry.resource_id,
        entry.before.as_ref(),
        entry.after.as_ref(),
        entry.timestamp.to_sqlx() as jiff_sqlx::Timestamp,
        entry.trace_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A row as readers get it.
#[derive(Debug, Clone)]
pub struct StoredEntry {
    /// Its name.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who; none for the system.
    pub actor: Option<UserId>,
    /// What.
    pub action: String,
    /// What it was done to.
    pub resource_type: String,
    /// Which one.
    pub resource_id: Uuid,
    /// What it was before.
    pub before: Option<Value>,
    /// What it is now.
    pub after: Option<Value>,
    /// What belongs to neither.
    pub metadata: Option<Value>,
    /// Hash of the address it was done from.
    pub ip_hash: Option<String>,
}

/// The rows that answer a question, in the given order.
macro_rules! select_entries {
    ($order:literal, $question:expr, $size:expr, $offset:expr) => {
        sqlx::query!(
            "SELECT entry_id, occurred_at, actor_id, action, resource_type, resource_id, state_before, state_after,
                    metadata, ip
             FROM platform.audit_log
             WHERE ($1::uuid IS NULL OR owner_id = $1)
               AND ($2::timestamptz IS NULL OR occurred_at >= $2) AND ($3::timestamptz IS NULL OR occurred_at < $3)
               AND ($4::text[] IS NULL OR action = ANY ($4)) AND ($5::text[] IS NULL OR resource_type = ANY ($5))
             "
                + $order
                + " LIMIT $6 OFFSET $7",
            $question.owner.map(|owner| owner.0),
            $question.since.map(|at| at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
            $question.before.map(|at| at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
            $question.actions.as_deref(),
            $question.resource_types.as_deref(),
            $size,
            $offset,
        )
        .map(|row| StoredEntry {
            id: row.entry_id,
            at: row.occurred_at.to_jiff(),
            actor: row.actor_id.map(UserId),
            action: row.action,
            resource_type: row.resource_type,
            resource_id: row.resource_id,
            before: row.state_before,
            after: row.state_after,
            metadata: row.metadata,
            ip_hash: row.ip,
        })
    };
}

/// One page of the rows that answer a question.
///
/// # Errors
/// When the database does.
pub async fn entries(
    connection: &mut PgConnection,
    question: &Question,
    size: i64,
    offset: i64,
) -> Result<Vec<StoredEntry>, sqlx::Error> {
    if question.oldest_first {
        select_entries!("ORDER BY occurred_at, id", question, size, offset).fetch_all(connection).await
    } else {
        select_entries!("ORDER BY occurred_at DESC, id DESC", question, size, offset).fetch_all(connection).await
    }
}

/// How many rows answer a question.
///
/// # Errors
/// When the database does.
pub async fn count_entries(connection: &mut PgConnection, question: &Question) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!"
           FROM platform.audit_log
           WHERE ($1::uuid IS NULL OR owner_id = $1)
             AND ($2::timestamptz IS NULL OR occurred_at >= $2) AND ($3::timestamptz IS NULL OR occurred_at < $3)
             AND ($4::text[] IS NULL OR action = ANY ($4)) AND ($5::text[] IS NULL OR resource_type = ANY ($5))"#,
        question.owner.map(|owner| owner.0),
        question.since.map(|at| at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        question.before.map(|at| at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        question.actions.as_deref(),
        question.resource_types.as_deref(),
    )
    .fetch_one(connection)
    .await
}

/// Tells equal addresses apart from others without telling the address.
fn hashed(address: &str) -> String {
    hex::encode(Sha256::digest(address.as_bytes()))
}
