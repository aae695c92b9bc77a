//! The right to change courts and what belongs to them: a court owner whose subscription runs (AUTH-53, SUB-15).
//!
//! The stored status decides on every call, not the claim of the token, which may be 15 minutes old. Reading, settling
//! what is booked already and paying need no subscription: those handlers ask for a plain `Caller<Owner>` (SUB-16).

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use contracts::codes;
use contracts::identity::{Role, SubscriptionStatus};
use contracts::ids::UserId;
use http::request::Parts;
use jiff::Timestamp;
use kit::ApiError;
use kit::auth::{Caller, Owner};
use kit::http::RequestContext;
use sqlx::PgConnection;

use super::store;
use crate::audit::Actor;
use crate::state::AppState;

/// A court owner on trial or with a paid subscription. As an argument: 401 and 403 as for `Caller<Owner>`, then 403
/// `SUBSCRIPTION_EXPIRED`, all before the body is looked at.
#[derive(Debug, Clone, Copy)]
pub struct SubscribedOwner {
    /// Who.
    pub user_id: UserId,
    /// From where.
    pub client_ip: IpAddr,
}

impl SubscribedOwner {
    /// This owner as the one who acts, for the audit log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { user: self.user_id, role: Role::CourtOwner, ip: self.client_ip }
    }
}

/// Whether an owner's subscription runs now, by what is stored (AUTH-53). A trial past its end has lapsed, whether or not
/// a job has written that down.
///
/// # Errors
/// When the database does.
pub async fn subscription_runs(
    connection: &mut PgConnection,
    owner: UserId,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let account = store::account(connection, owner).await?;
    let status = account.map(|account| account.subscription_at(now));
    Ok(matches!(status, Some(SubscriptionStatus::Trial | SubscriptionStatus::Active)))
}

impl FromRequestParts<AppState> for SubscribedOwner {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let caller = <Caller<Owner> as FromRequestParts<AppState>>::from_request_parts(parts, state).await?;
        let mut connection = state.pool.acquire().await?;
        if !subscription_runs(&mut connection, caller.user_id, state.env.clock.now()).await? {
            return Err(ApiError::new(&codes::SUBSCRIPTION_EXPIRED));
        }
        let client_ip =
            parts.extensions.get::<RequestContext>().map_or(IpAddr::from([0, 0, 0, 0]), |context| context.client_ip);
        Ok(Self { user_id: caller.user_id, client_ip })
    }
}
