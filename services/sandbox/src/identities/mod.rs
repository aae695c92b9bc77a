//! Google, Apple and Facebook as far as signing in goes: pages to choose a person, tokens, and what checks them.
//!
//! Anyone may be anyone here: that is the purpose of a stand-in. What a client must check (signature, audience, expiry,
//! nonce, PKCE) is real.

pub mod apple;
pub mod authorize;
pub mod direct;
pub mod facebook;
pub mod google;
pub mod keys;
pub mod oidc;
pub mod people;

use axum::{Router, middleware};
use tower_http::cors::CorsLayer;

use crate::chaos::{Vendor, disturb};
use crate::state::Sandbox;

/// `/google/*`, `/apple/*`, `/facebook/*`, `/identities/*`
pub fn router(sandbox: &Sandbox) -> Router<Sandbox> {
    let layered = |router: Router<Sandbox>, vendor| {
        router.layer(middleware::from_fn_with_state((sandbox.clone(), vendor), disturb)).layer(CorsLayer::permissive())
    };
    Router::new()
        .merge(layered(google::router(), Vendor::Google))
        .merge(layered(apple::router(), Vendor::Apple))
        .merge(layered(facebook::router(), Vendor::Facebook))
        .merge(direct::router())
}
