//! Accounts: people, the provider identities they sign in with, the devices they are signed in on, and the tokens that
//! prove it; what stands between guessers and them; how staff come in and how people leave. Owns `users`,
//! `user_identities`, `sessions`, `refresh_tokens`, `user_totp`, `sign_in_challenges`, `auth_locks`, `data_exports` and
//! what belongs to them, and the keys that sign access tokens.
//!
//! Invariants: one living account per address and per provider identity; one usable refresh token per session, kept
//! only as a hash; a token exchanged twice ends every session of its person; no role but customer and owner is ever
//! taken at registration.
//!
//! Routes: `/api/auth/*`, `/api/users/me` with `sessions*`, `2fa*`, `data-export*` and `delete`, `/api/admin/users*`,
//! `/.well-known/jwks.json`, `/internal/sessions/*`.
//! What an owner's Stripe account may do is `stripe_connect`'s business; courts are never read here.

mod api;
pub mod domain;
mod events;
pub mod jobs;
pub mod ops;
mod providers;
mod status;
mod store;
mod subscribed_owner;

use std::sync::Arc;

use anyhow::Context as _;
use kit::auth::Issuer;
use kit::clock::SharedClock;
use kit::limits::Limiter;
use kit::sealing::Sealing;
use sqlx::PgPool;

pub use api::{internal_router, router};
pub use status::AccountStatuses;
pub use subscribed_owner::{SubscribedOwner, subscription_runs};

use crate::config::Config;
use providers::Providers;

/// The long-lived parts of the slice.
pub struct Accounts {
    pub issuer: Arc<Issuer>,
    providers: Providers,
    /// Tell it when a status changes.
    pub statuses: Arc<AccountStatuses>,
    sealing: Sealing,
    calls_of_account: Limiter,
}

impl Accounts {
    /// Opens the signing keys and prepares the providers' clients; asks nobody yet.
    pub fn open(config: &Config, pool: PgPool, clock: &SharedClock) -> anyhow::Result<Self> {
        Ok(Self {
            issuer: Arc::new(Issuer::open(&config.auth.key_folder)?),
            providers: Providers::new(&config.providers, clock)?,
            statuses: Arc::new(AccountStatuses::new(pool, clock.clone())),
            sealing: Sealing::open(
                &config.second_factor.encryption_key,
                config.second_factor.previous_encryption_key.as_ref(),
            )
            .context("platform.second_factor")?,
            calls_of_account: ops::protection::account_limiter(&config.protection),
        })
    }
}
