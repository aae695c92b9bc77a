//! Owners' payout accounts at Stripe Connect: onboarding, the state Stripe reports, and what the other service asks
//! before it captures money; and what Stripe pays out. Owns the `stripe_*` columns of `users` and the tables
//! `stripe_connect_events` and `payouts`.
//!
//! Invariants: one Express account per owner; a repeated webhook has one effect and a late one none; every change of
//! state leaves as `STRIPE_CONNECT_STATUS_CHANGED` in the same transaction. Charges are never made here.
//!
//! Routes: `/api/users/me/stripe-connect*`, `/api/admin/payouts/flagged`, `/api/webhooks/stripe-connect`,
//! `/internal/users/{userId}/stripe-connect-status`.

mod api;
mod client;
pub mod domain;
mod events;
pub mod ops;
mod payout_api;
pub mod payouts;
mod store;
mod texts;

use kit::clock::SharedClock;
use kit::http::HttpClient;

pub use api::{internal_router, router};

use crate::config::StripeConfig;
use client::StripeClient;

/// The long-lived parts of the slice.
pub struct StripeConnect {
    client: StripeClient,
}

impl StripeConnect {
    pub fn new(config: &StripeConfig, clock: &SharedClock) -> anyhow::Result<Self> {
        let http = HttpClient::new("stripe-connect", &config.http, clock.clone())?;
        Ok(Self { client: StripeClient::new(config, http) })
    }
}
