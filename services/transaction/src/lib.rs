//! The transaction service: bookings, payments and live updates. It owns schema `transaction` and nobody else writes
//! there; of the other service it reads granted views and asks `/internal/*`, both in `platform_port` alone.
//!
//! One module per slice. [`build`] turns a configuration into routers, background tasks and health checks; the process
//! that runs them is none of its business.

mod api_docs;
pub mod audit_handover;
pub mod bookings;
pub mod checkpoint;
pub mod config;
mod dead_letters;
pub mod disputes;
mod idempotency;
pub mod ledger;
pub mod notifications;
pub mod outgoing;
pub mod payments;
pub mod payouts;
mod plain_text;
pub mod platform_port;
pub mod realtime;
pub mod receipts;
pub mod reconciliation;
pub mod reminders;
mod repeatable;
mod router;
pub mod state;
pub mod state_tables;
pub mod stripe;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use kit::auth::{Auth, Verifier};
use kit::bus::{Bus, OpenBus};
use kit::http::HttpClient;
use kit::jobs::Jobs;
use kit::outbox::{Relay, Wake};
use kit::redis::Redis;
use kit::{Check, Env, Service, Task};
use sqlx::{Connection as _, PgPool};
use tokio_util::sync::CancellationToken;

use bookings::ops::Lanes;
use checkpoint::Checkpoints;
pub use config::Config;
use notifications::Notifications;
use platform_port::{Accounts, PlatformPort};
use realtime::Gateway;
use state::AppState;
use stripe::Stripe;

/// Name of the service and of its schema.
pub const NAME: &str = "transaction";

/// The migrations of schema `transaction`, to be run by its own role.
#[must_use]
pub fn migrator() -> sqlx::migrate::Migrator {
    sqlx::migrate!("./migrations")
}

/// The API document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    router::openapi()
}

/// Connects to the database and puts the service together. The schema must be migrated.
///
/// # Errors
/// When the database or a setting cannot be used.
pub async fn build(config: Config, env: Env, shutdown: CancellationToken) -> anyhow::Result<Service> {
    let pool = kit::db::connect(&config.database, NAME).await?;
    let verifier = jwks_verifier(&config, &env)?;
    let (state, jobs) = assemble(config, env, pool, verifier, Checkpoints::default(), &shutdown)?;
    service(&state, jobs, shutdown)
}

/// Routers, tasks and checks over what is shared.
///
/// # Errors
/// When a setting of the bus cannot be used.
pub fn service(state: &AppState, jobs: Jobs, shutdown: CancellationToken) -> anyhow::Result<Service> {
    let OpenBus { bus, check } =
        kit::bus::open(&state.config.bus, state.pool.clone(), state.env.clock.clone(), shutdown)?;
    Ok(Service {
        name: NAME,
        public: routes(state),
        internal: Router::new(),
        tasks: [relay_task(state, bus.clone()), jobs.into_task(), bookings::jobs::sweep_task(state)]
            .into_iter()
            .chain([payments::jobs::start_task(state), bookings::consumers::consumer_task(state, bus.clone())])
            .chain([audit_handover::jobs::handover_task(state)])
            .chain(notifications::tasks(state, bus.clone()))
            .chain(realtime::tasks(state, bus))
            .collect(),
        health: [database_check(state)]
            .into_iter()
            .chain(check)
            .chain(state.redis.as_ref().map(Redis::check))
            .collect(),
        verifier: Some(state.auth.verifier.clone()),
        redis: state.redis.clone(),
    })
}

/// The shared parts and the registered jobs, without anything running: what [`build`] starts, and what tests drive step
/// by step.
///
/// # Errors
/// When a setting cannot be used.
pub fn assemble(
    config: Config,
    env: Env,
    pool: PgPool,
    verifier: Arc<Verifier>,
    checkpoints: Checkpoints,
    shutdown: &CancellationToken,
) -> anyhow::Result<(AppState, Jobs)> {
    let platform = PlatformPort::new(&config.platform, env.clock.clone())?;
    let remembered = config.platform.account_status_seconds;
    let accounts = Accounts::new(pool.clone(), platform.clone(), remembered, env.clock.clone());
    let mut jobs = Jobs::new(NAME, pool.clone(), env.clone());
    let state = AppState {
        lanes: Lanes::open(&pool),
        notifications: Notifications::open(&config.notifications, &env, &pool)?,
        customer_lines: bookings::ops::CustomerLines::default(),
        pool,
        commission: config.payments.commission()?,
        events_wake: Wake::new(),
        jobs_wake: jobs.wake_handle(),
        auth: Auth { verifier, accounts, clock: env.clock.clone() },
        platform,
        stripe: Stripe::new(&config.stripe, env.clock.clone())?,
        checkpoints,
        redis: Redis::open(&config.redis)?,
        gateway: Gateway::new(config.realtime.max_connections, shutdown.clone()),
        config: Arc::new(config),
        env,
    };
    bookings::jobs::register(&mut jobs, &state)?;
    payments::jobs::register(&mut jobs, &state)?;
    disputes::jobs::register(&mut jobs, &state);
    payouts::jobs::register(&mut jobs, &state)?;
    receipts::jobs::register(&mut jobs, &state)?;
    reconciliation::jobs::register(&mut jobs, &state)?;
    reminders::jobs::register(&mut jobs, &state)?;
    notifications::register(&mut jobs, &state)?;
    Ok((state, jobs))
}

/// The routes over `state`, as [`service`] offers them.
pub fn routes(state: &AppState) -> Router {
    router::public().with_state(state.clone()).into()
}

fn jwks_verifier(config: &Config, env: &Env) -> anyhow::Result<Arc<Verifier>> {
    anyhow::ensure!(!config.auth.jwks_url.is_empty(), "transaction.auth.jwks_url is not set");
    let http = HttpClient::new("jwks", &kit::http::HttpClientConfig::default(), env.clock.clone())?;
    Ok(Arc::new(Verifier::with_jwks_url(config.auth.jwks_url.clone(), http)))
}

/// Sends what transactions have appended to the outbox.
fn relay_task(state: &AppState, bus: Arc<dyn Bus>) -> Task {
    let state = state.clone();
    Task::new("transaction-outbox-relay", move |shutdown| {
        let relay =
            Relay::new(NAME, state.pool.clone(), bus.clone(), state.env.clock.clone(), state.events_wake.clone());
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
