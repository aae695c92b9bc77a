//! The whole house in one process: both services, the sandbox, two doors, and a clock in the test's hand.
//!
//! It assembles what `courtside up` assembles, over a database of its own, and adds nothing of its own: people sign in
//! through the sandbox, owners get paid through its Stripe, courts are made through the API.

mod client;
mod config;
mod makers;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use jiff::{SignedDuration, Timestamp};
use kit::clock::{FixedClock, SystemClock};
use kit::health::Health;
use kit::http::{HttpConfig, RateLimitConfig};
use kit::ids::{RandomIds, SequentialIds, SharedIds};
use kit::{Env, Service};
use sqlx::postgres::PgPool;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use client::{Answer, Client};
pub use config::INTERNAL_KEY;
pub use makers::{Court, Opening};

use crate::TestDatabase;

/// When a world with a clock of its own begins: a Monday, noon in Athens, no change of the clock near.
pub const BEGIN: &str = "2026-05-04T09:00:00Z";

/// What a test may want to be different.
pub struct WorldOptions {
    clock: Option<Arc<FixedClock>>,
    sequential_ids: bool,
    rate_limits: bool,
    change_platform: Box<dyn FnOnce(&mut platform::Config) + Send>,
    change_transaction: Box<dyn FnOnce(&mut transaction::Config) + Send>,
    change_sandbox: Box<dyn FnOnce(&mut sandbox::Config) + Send>,
}

impl Default for WorldOptions {
    fn default() -> Self {
        let begin = BEGIN.parse().expect("a literal instant");
        Self {
            clock: Some(FixedClock::at(begin)),
            sequential_ids: false,
            rate_limits: false,
            change_platform: Box::new(|_| {}),
            change_transaction: Box::new(|_| {}),
            change_sandbox: Box::new(|_| {}),
        }
    }
}

impl WorldOptions {
    /// The clock stands at `begin` until the test moves it.
    #[must_use]
    pub fn beginning_at(mut self, begin: Timestamp) -> Self {
        self.clock = Some(FixedClock::at(begin));
        self
    }

    /// Time passes by itself, as outside.
    #[must_use]
    pub fn with_system_clock(mut self) -> Self {
        self.clock = None;
        self
    }

    /// Ids count upwards, so that they can be foretold.
    #[must_use]
    pub fn with_sequential_ids(mut self) -> Self {
        self.sequential_ids = true;
        self
    }

    /// Calls are limited as outside.
    #[must_use]
    pub fn with_rate_limits(mut self) -> Self {
        self.rate_limits = true;
        self
    }

    /// Changes platform's configuration.
    #[must_use]
    pub fn platform(mut self, change: impl FnOnce(&mut platform::Config) + Send + 'static) -> Self {
        self.change_platform = Box::new(change);
        self
    }

    /// Changes transaction's configuration.
    #[must_use]
    pub fn transaction(mut self, change: impl FnOnce(&mut transaction::Config) + Send + 'static) -> Self {
        self.change_transaction = Box::new(change);
        self
    }

    /// Changes the sandbox's configuration.
    #[must_use]
    pub fn sandbox(mut self, change: impl FnOnce(&mut sandbox::Config) + Send + 'static) -> Self {
        self.change_sandbox = Box::new(change);
        self
    }
}

/// A running installation. Everything stops and its database goes when it is dropped.
pub struct TestWorld {
    /// The clock of everything in it, unless time passes by itself.
    clock: Option<Arc<FixedClock>>,
    env: Env,
    public: SocketAddr,
    internal: SocketAddr,
    http: reqwest::Client,
    admin: PgPool,
    shutdown: CancellationToken,
    serving: Option<JoinHandle<()>>,
    /// Last, so that it is dropped after everything that uses it.
    database: TestDatabase,
}

impl TestWorld {
    /// Both services, the sandbox and all background work, with a clock that stands still.
    ///
    /// # Panics
    /// When something does not start: no test can go on from there.
    pub async fn start() -> Self {
        Self::start_with(WorldOptions::default()).await
    }

    /// As [`TestWorld::start`], with `options`.
    ///
    /// # Panics
    /// When something does not start: no test can go on from there.
    pub async fn start_with(options: WorldOptions) -> Self {
        Self::try_start(options).await.expect("a world for the test")
    }

    async fn try_start(options: WorldOptions) -> anyhow::Result<Self> {
        let database = TestDatabase::new().await;
        let env = environment(&options);
        // The doors first: every configuration names their addresses.
        let public_door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let internal_door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (public, internal) = (public_door.local_addr()?, internal_door.local_addr()?);

        let mut configs = config::Configs::new(&database, public, internal)?;
        // People of a test book a lot in no time; a test of the limits sets them itself.
        configs.transaction.bookings.max_per_hour = u32::MAX;
        configs.transaction.bookings.max_per_day = u32::MAX;
        (options.change_platform)(&mut configs.platform);
        (options.change_transaction)(&mut configs.transaction);
        (options.change_sandbox)(&mut configs.sandbox);

        let shutdown = CancellationToken::new();
        let sandbox = sandbox::build(configs.sandbox, env.clone(), shutdown.clone())?;
        let platform = platform::build(configs.platform, env.clone(), shutdown.clone()).await?;
        let transaction = transaction::build(configs.transaction, env.clone(), shutdown.clone()).await?;

        let rate_limit = RateLimitConfig { enabled: options.rate_limits, ..RateLimitConfig::default() };
        let http = HttpConfig { rate_limit, ..HttpConfig::default() };
        let mut tasks = sandbox.tasks;
        let mut checks = Vec::new();
        let (mut outside, mut inside) = (Router::new(), Router::new());
        for service in [platform, transaction] {
            outside = outside.merge(service.limited(&http.rate_limit, &env));
            let Service { public, internal, tasks: more, health, .. } = service;
            inside = inside.merge(public).merge(internal);
            tasks.extend(more);
            checks.extend(health);
        }
        let health = Health::new(checks, shutdown.clone());
        let probes = || kit::health::router(Arc::clone(&health));
        let services = kit::http::chassis(outside.merge(probes()), &http, &env);
        let outside = Router::new().nest("/sandbox", sandbox.public).fallback_service(services);
        let inside = kit::http::chassis(inside.merge(probes()), &http, &env);
        health.mark_started();
        let stop = shutdown.clone();
        let serving = tokio::spawn(async move {
            let (outer, inner, ()) = tokio::join!(
                kit::http::serve(public_door, outside, stop.clone()),
                kit::http::serve(internal_door, inside, stop.clone()),
                kit::service::run(tasks, stop),
            );
            outer.and(inner).expect("the doors stay open until the end");
        });
        Ok(Self {
            clock: options.clock,
            env,
            public,
            internal,
            http: reqwest::Client::new(),
            admin: database.admin().await,
            shutdown,
            serving: Some(serving),
            database,
        })
    }

    /// Its database.
    #[must_use]
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// A pool of the administrator, who may look into both schemas.
    #[must_use]
    pub fn admin(&self) -> &PgPool {
        &self.admin
    }

    /// Clock and ids of everything in it.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.env.clock.now()
    }

    /// Moves the clock. Background work notices within its poll, at most a second later.
    ///
    /// # Panics
    /// When time passes by itself in this world.
    pub fn advance(&self, by: SignedDuration) {
        self.clock.as_ref().expect("a world with a clock of its own").advance(by);
    }

    /// The address for everyone, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.public)
    }

    /// The address for the services among themselves, without a trailing slash.
    #[must_use]
    pub fn internal_url(&self) -> String {
        format!("http://{}", self.internal)
    }

    /// The address of the sockets.
    #[must_use]
    pub fn socket_url(&self) -> String {
        format!("ws://{}/ws", self.public)
    }

    /// Somebody who has not signed in.
    #[must_use]
    pub fn anonymous(&self) -> Client {
        Client::new(self.http.clone(), self.base_url())
    }

    /// The other service, at the inner door.
    #[must_use]
    pub fn service(&self) -> Client {
        Client::new(self.http.clone(), self.internal_url()).with_header("x-internal-api-key", INTERNAL_KEY)
    }

    /// The hand of a tester at the sandbox; paths are relative to it.
    #[must_use]
    pub fn sandbox(&self) -> Client {
        Client::new(self.http.clone(), format!("{}/sandbox", self.base_url()))
    }

    /// Stops everything in order, as a signal would, and answers when it has stopped. The database stays.
    ///
    /// # Panics
    /// When something broke while it ran.
    pub async fn stop(&mut self) {
        self.shutdown.cancel();
        if let Some(serving) = self.serving.take() {
            serving.await.expect("it stops without a panic");
        }
    }
}

impl Drop for TestWorld {
    fn drop(&mut self) {
        self.shutdown.cancel();
        if let Some(serving) = &self.serving {
            serving.abort();
        }
    }
}

fn environment(options: &WorldOptions) -> Env {
    let clock = match &options.clock {
        Some(clock) => clock.clone(),
        None => SystemClock::shared(),
    };
    let ids: SharedIds =
        if options.sequential_ids { SequentialIds::shared() } else { RandomIds::shared(clock.clone()) };
    Env { clock, ids }
}
