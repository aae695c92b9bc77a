//! All SQL of the audit log.

use contracts::identity::Role;
use contracts::ids::UserId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kit::trace;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

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

/// Tells equal addresses apart from others without telling the address.
fn hashed(address: &str) -> String {
    hex::encode(Sha256::digest(address.as_bytes()))
}
