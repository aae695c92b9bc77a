//! The vendors' stand-in: Stripe, Google, Apple, Facebook, SendGrid, FCM, Web Push, OpenWeatherMap, WeatherAPI.com and S3
//! in their own dialects on one router, with a page to see what was sent and charged.
//!
//! It exists so that tests and demos need no account anywhere. It shares nothing with the services but HTTP: no service
//! may depend on this crate, and this crate knows no word of the domain.

mod board;
pub mod chaos;
pub mod config;
mod fcm;
mod html;
mod identities;
mod journal;
mod outbox;
mod sendgrid;
mod state;
mod storage;
mod stripe;
mod table;
mod weather;
mod webpush;

pub use config::Config;

use axum::Router;
use tokio_util::sync::CancellationToken;

use crate::state::Sandbox;

/// Builds the sandbox: everything stands in `public`, which works nested under any path.
///
/// Mount it outside the services' own HTTP layers: vendors have no rate limits, timeouts or error bodies of ours.
///
/// # Errors
/// When the data folder cannot be used.
pub fn build(config: Config, env: kit::Env, shutdown: CancellationToken) -> anyhow::Result<kit::Service> {
    let sandbox = Sandbox::open(config, env, shutdown)?;
    Ok(kit::Service {
        name: "sandbox",
        public: router(sandbox),
        internal: Router::new(),
        tasks: Vec::new(),
        health: Vec::new(),
        verifier: None,
        redis: None,
    })
}

fn router(sandbox: Sandbox) -> Router {
    Router::new()
        .merge(html::router())
        .merge(identities::router(&sandbox))
        .merge(stripe::router())
        .merge(sendgrid::router(&sandbox))
        .merge(fcm::router(&sandbox))
        .merge(webpush::router(&sandbox))
        .merge(weather::router(&sandbox))
        .merge(storage::router(&sandbox))
        .merge(outbox::router())
        .merge(board::router())
        .merge(chaos::router())
        .layer(axum::extract::DefaultBodyLimit::max(chaos::LARGEST_BODY))
        .with_state(sandbox)
}
