//! What handlers and jobs of every slice share. Owns nothing but the sharing: cloning is cheap, and what the parts do is
//! theirs to say.

use std::sync::Arc;

use axum::extract::FromRef;
use kit::Env;
use kit::auth::Auth;
use kit::outbox::Wake;
use kit::redis::Redis;
use sqlx::PgPool;

use crate::bookings::domain::commission::CommissionRate;
use crate::bookings::ops::{CustomerLines, Lanes};
use crate::checkpoint::Checkpoints;
use crate::config::Config;
use crate::notifications::Notifications;
use crate::platform_port::PlatformPort;
use crate::realtime::Gateway;
use crate::stripe::Stripe;

/// The shared parts.
#[derive(Clone)]
pub struct AppState {
    /// Schema `transaction`, as its own role.
    pub pool: PgPool,
    /// Clock and ids.
    pub env: Env,
    /// What an operator may change.
    pub config: Arc<Config>,
    /// The round trips that checkouts share.
    pub lanes: Lanes,
    /// The requests of each customer, one after the other.
    pub customer_lines: CustomerLines,
    /// The platform's share, checked at the start.
    pub commission: CommissionRate,
    /// Call it after committing a transaction that appended events.
    pub events_wake: Wake,
    /// Call it after committing a transaction that enqueued a job.
    pub jobs_wake: Wake,
    /// Who may call.
    pub auth: Auth,
    /// The other service.
    pub platform: PlatformPort,
    /// The payment provider.
    pub stripe: Stripe,
    /// What all processes share, if anything.
    pub redis: Option<Redis>,
    /// What reaches people who are not connected.
    pub notifications: Arc<Notifications>,
    /// The live connections of this process.
    pub gateway: Gateway,
    /// Where a test may stop a checkout; nothing in production.
    pub checkpoints: Checkpoints,
}

impl FromRef<AppState> for Auth {
    fn from_ref(state: &AppState) -> Self {
        state.auth.clone()
    }
}
