//! The audit log of this service: who did what to accounts, courts and templates, with the state before and after. It
//! owns `platform.audit_log`, whose rows are appended in the transaction of the change they tell of and never touched
//! again; it decides nothing.
//!
//! Routes: `/api/audit-log` for owners, `/api/admin/audit-log`. None of them writes (OWN-40); what owners do in the other
//! service is handed over at `/internal/audit-entries` and stored once (OWN-45).

mod api;
mod domain;
mod internal_api;
mod ops;
mod store;

use std::net::IpAddr;

use contracts::identity::Role;
use contracts::ids::UserId;
use jiff::Timestamp;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

pub use api::router;
pub use internal_api::internal_router;
pub use store::{Entry, append};

/// Somebody who changes something through the API.
#[derive(Debug, Clone, Copy)]
pub struct Actor {
    /// Who.
    pub user: UserId,
    /// In which role.
    pub role: Role,
    /// Where the request came from.
    pub ip: IpAddr,
}

/// What an [`Actor`] did.
#[derive(Debug, Clone)]
pub struct Action {
    /// What, e.g. `COURT_UPDATED`.
    pub name: &'static str,
    /// What it was done to, e.g. `COURT`.
    pub resource_type: &'static str,
    /// Which one.
    pub resource_id: Uuid,
    /// What it was before; none for what is new.
    pub before: Option<Value>,
    /// What it is now; none for what is gone.
    pub after: Option<Value>,
}

impl Actor {
    /// Appends what this owner did to the own log, in the caller's transaction (OWN-35, OWN-45).
    ///
    /// # Errors
    /// When the database does.
    pub async fn record(
        &self,
        connection: &mut PgConnection,
        action: Action,
        now: Timestamp,
    ) -> Result<(), sqlx::Error> {
        self.record_for(connection, self.user, action, now).await
    }

    /// Like [`Actor::record`], into the log of `owner`, whoever acted.
    ///
    /// # Errors
    /// When the database does.
    pub async fn record_for(
        &self,
        connection: &mut PgConnection,
        owner: UserId,
        action: Action,
        now: Timestamp,
    ) -> Result<(), sqlx::Error> {
        let ip = self.ip.to_string();
        let entry = Entry {
            actor: Some(self.user),
            role: Some(self.role),
            action: action.name,
            resource_type: action.resource_type,
            resource_id: action.resource_id,
            owner: Some(owner),
            before: action.before,
            after: action.after,
            ip: Some(&ip),
        };
        append(connection, &entry, now).await
    }
}
