//! The platform service: people, courts, availability, prices and search. It owns schema `platform` and nobody else
//! writes there; what the other service may read are granted views and `/internal/*`.
//!
//! One module per slice. [`build`] turns a configuration into routers, background tasks and health checks; the process
//! that runs them is none of its business.

pub mod accounts;
mod api_docs;
pub mod audit;
pub mod availability;
pub mod cancellation_policy;
mod client_config;
pub mod config;
mod court_bookings;
mod court_bulk;
pub mod court_defaults;
mod court_transfer;
pub mod courts;
mod dead_letters;
pub mod discovery;
pub mod favorites;
pub mod holidays;
pub mod images;
pub mod notices;
pub mod notification_preferences;
pub mod object_store;
mod outbox;
pub mod preferences;
pub mod pricing;
mod promo_codes;
pub mod ratings;
pub mod reminder_rules;
mod router;
pub mod state;
mod store_error;
pub mod storefront;
pub mod stripe_connect;
pub mod uploads;
pub mod verification;
pub mod weather;
mod weekday;

use std::sync::Arc;

use kit::auth::{Auth, InternalApiKey, Verifier};
use kit::bus::{Bus, OpenBus};
use kit::jobs::Jobs;
use kit::outbox::{Relay, Wake};
use kit::redis::Redis;
use kit::{Check, Env, Service, Task};
use sqlx::Connection as _;
use tokio_util::sync::CancellationToken;

use accounts::Accounts;
use availability::Availability;
pub use config::Config;
use courts::CourtSheets;
use discovery::OpenMatches;
use object_store::ObjectStore;
use state::AppState;
use stripe_connect::StripeConnect;
use uploads::Workbench;
use weather::Weather;

/// Name of the service and of its schema.
pub const NAME: &str = "platform";

/// The migrations of schema `platform`, to be run by its own role.
#[must_use]
pub fn migrator() -> sqlx::migrate::Migrator {
    sqlx::migrate!("./migrations")
}

/// The API document, internal operations included.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    router::openapi()
}

/// Connects to the database and puts the service together. The schema must be migrated.
///
/// # Errors
/// When the database, the signing keys or a setting cannot be used.
pub async fn build(config: Config, env: Env, shutdown: CancellationToken) -> anyhow::Result<Service> {
    service(&open(config, env).await?, shutdown)
}

/// Everything the use cases share, without routers and tasks: enough for a command that runs one of them.
///
/// # Errors
/// When the database, the signing keys or a setting cannot be used.
pub async fn open(config: Config, env: Env) -> anyhow::Result<AppState> {
    let pool = kit::db::connect(&config.database, NAME).await?;
    let accounts = Arc::new(Accounts::open(&config, pool.clone(), &env.clock)?);
    let stripe_connect = Arc::new(StripeConnect::new(&config.stripe, &env.clock)?);
    let objects = Arc::new(ObjectStore::new(&config.s3, &env.clock)?);
    // This process signs the tokens it checks, so it needs nobody's key set.
    let verifier = Arc::new(Verifier::with_keys(&accounts.issuer.jwks())?);
    let auth = Auth { verifier, accounts: accounts.statuses.clone(), clock: env.clock.clone() };
    let keys: Vec<_> = [Some(&config.internal_api_key), config.previous_internal_api_key.as_ref()]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let internal_key = InternalApiKey::accepting(&keys);
    let redis = Redis::open(&config.redis)?;
    let availability = Availability::new(&env, &pool, redis.as_ref());
    let sheets = CourtSheets::new(&env, redis.as_ref());
    let open_matches = OpenMatches::new(&env, redis.as_ref());
    let weather = Weather::open(&config.weather, &env, redis.as_ref())?;
    Ok(AppState {
        pool,
        env,
        config: Arc::new(config),
        wake: Wake::new(),
        jobs_wake: Wake::new(),
        auth,
        internal_key,
        accounts,
        stripe_connect,
        objects,
        workbench: Workbench::default(),
        redis,
        availability,
        sheets,
        open_matches,
        weather,
    })
}

/// The jobs of all slices; nothing runs yet.
///
/// # Errors
/// When a schedule cannot be read.
pub fn jobs(state: &AppState) -> anyhow::Result<Jobs> {
    let mut jobs = Jobs::new(NAME, state.pool.clone(), state.env.clone()).woken_by(state.jobs_wake.clone());
    accounts::jobs::register(&mut jobs, state)?;
    object_store::jobs::register(&mut jobs, state)?;
    holidays::jobs::register(&mut jobs, state)?;
    verification::jobs::register(&mut jobs, state)?;
    favorites::jobs::register(&mut jobs, state)?;
    weather::jobs::register(&mut jobs, state)?;
    Ok(jobs)
}

/// Routers, tasks and checks over what is shared.
///
/// # Errors
/// When a setting of the bus cannot be used or a job's schedule cannot be read.
pub fn service(state: &AppState, shutdown: CancellationToken) -> anyhow::Result<Service> {
    let OpenBus { bus, check } =
        kit::bus::open(&state.config.bus, state.pool.clone(), state.env.clock.clone(), shutdown)?;
    Ok(Service {
        name: NAME,
        public: router::public().with_state(state.clone()).into(),
        internal: router::internal().with_state(state.clone()).into(),
        tasks: vec![
            relay_task(state, bus.clone()),
            availability::cache_task(state.availability.clone(), bus.clone()),
            discovery::cache_task(state.open_matches.clone(), state.sheets.clone(), bus.clone()),
            favorites::alert_task(state, bus),
            jobs(state)?.into_task(),
            accounts::jobs::key_task(state),
        ],
        health: [database_check(state)]
            .into_iter()
            .chain(check)
            .chain(state.redis.as_ref().map(Redis::check))
            .collect(),
        verifier: Some(state.auth.verifier.clone()),
        redis: state.redis.clone(),
    })
}

/// Sends what transactions have appended to the outbox.
fn relay_task(state: &AppState, bus: Arc<dyn Bus>) -> Task {
    let state = state.clone();
    Task::new("platform-outbox-relay", move |shutdown| {
        let relay = Relay::new(NAME, state.pool.clone(), bus.clone(), state.env.clock.clone(), state.wake.clone());
        async move {
            relay.run(shutdown).await;
            Ok(())
        }
    })
}

fn database_check(state: &AppState) -> Check {
    let pool = state.pool.clone();
    Check::required("database", move || {
        let pool = pool.clone();
        async move {
            pool.acquire().await?.ping().await?;
            Ok(())
        }
    })
}
