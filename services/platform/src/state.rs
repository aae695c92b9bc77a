//! What handlers, jobs and consumers of every slice share. Owns nothing but the sharing: cloning is cheap, and what
//! the parts do is theirs to say.

use std::sync::Arc;

use axum::extract::FromRef;
use kit::Env;
use kit::auth::{Auth, InternalApiKey};
use kit::outbox::Wake;
use kit::redis::Redis;
use sqlx::PgPool;

use crate::accounts::Accounts;
use crate::availability::Availability;
use crate::config::Config;
use crate::courts::CourtSheets;
use crate::discovery::OpenMatches;
use crate::object_store::ObjectStore;
use crate::stripe_connect::StripeConnect;
use crate::uploads::Workbench;
use crate::weather::Weather;

#[derive(Clone)]
pub struct AppState {
    pub pool: PgPool,
    pub env: Env,
    pub config: Arc<Config>,
    /// Call it after committing a transaction that appended events.
    pub wake: Wake,
    /// Call it after committing a transaction that asked for a job.
    pub jobs_wake: Wake,
    pub auth: Auth,
    pub internal_key: InternalApiKey,
    pub accounts: Arc<Accounts>,
    pub stripe_connect: Arc<StripeConnect>,
    /// Files: pictures and documents.
    pub objects: Arc<ObjectStore>,
    /// Where uploaded files are looked at.
    pub workbench: Workbench,
    /// What all processes share, if anything.
    pub redis: Option<Redis>,
    /// The kept days of courts; tell it when one changes.
    pub availability: Availability,
    /// What everybody sees of courts; tell it when prices or the policy of one change.
    pub sheets: CourtSheets,
    /// The kept open matches.
    pub open_matches: OpenMatches,
    pub weather: Weather,
}

impl FromRef<AppState> for Auth {
    fn from_ref(state: &AppState) -> Self {
        state.auth.clone()
    }
}

impl FromRef<AppState> for InternalApiKey {
    fn from_ref(state: &AppState) -> Self {
        state.internal_key.clone()
    }
}
