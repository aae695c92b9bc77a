//! Runs services: joins their routers, checks and tasks into one process with two listeners.

use std::net::SocketAddr;

use anyhow::Context as _;
use axum::Router;
use kit::health::Health;
use kit::metrics::Metrics;
use kit::{Env, Service};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::settings::Settings;

/// The two doors of a process.
pub struct Listeners {
    pub public: TcpListener,
    pub internal: TcpListener,
}

impl Listeners {
    /// Opens both.
    ///
    /// # Errors
    /// When an address is taken.
    pub async fn open(public: SocketAddr, internal: SocketAddr) -> anyhow::Result<Self> {
        let bind = async |address: SocketAddr| {
            TcpListener::bind(address)
                .await
                .with_context(|| format!("cannot listen on {address}: is something else there?"))
        };
        Ok(Self { public: bind(public).await?, internal: bind(internal).await? })
    }
}

/// What a process shows besides its services.
#[derive(Default)]
pub struct Faces {
    /// Answers what no service knows: the web apps.
    pub pages: Option<Router>,
    /// Stands beside the services, outside of their limits and headers: stand-ins for vendors.
    pub beside: Option<Router>,
}

/// Serves `services` until `shutdown`.
///
/// # Errors
/// When a listener fails.
pub async fn serve(
    listeners: Listeners,
    services: Vec<Service>,
    faces: Faces,
    settings: &Settings,
    env: &Env,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let metrics = Metrics::install()?;
    let mut public = Router::new();
    let mut internal = Router::new();
    let mut tasks = vec![metrics.upkeep()];
    let mut checks = Vec::new();
    for service in services {
        public = public.merge(service.limited(&settings.http.rate_limit, env));
        // The other service reads public documents, e.g. signing keys, through the inner door as well.
        internal = internal.merge(service.public).merge(service.internal);
        tasks.extend(service.tasks);
        checks.extend(service.health);
    }
    let health = Health::new(checks, shutdown.clone());
    let probes = || kit::health::router(health.clone()).merge(metrics.router());
    let mut public = public.merge(probes());
    let internal = internal.merge(probes());
    if let Some(pages) = faces.pages {
        public = public.fallback_service(pages);
    }
    let mut public = kit::http::chassis(public, &settings.http, env);
    if let Some(beside) = faces.beside {
        public = beside.fallback_service(public);
    }
    let internal = kit::http::chassis(internal, &settings.http, env);
    health.mark_started();
    let (outer, inner, ()) = tokio::join!(
        kit::http::serve(listeners.public, public, shutdown.clone()),
        kit::http::serve(listeners.internal, internal, shutdown.clone()),
        kit::service::run(tasks, shutdown.clone()),
    );
    outer?;
    inner?;
    Ok(())
}

/// `courtside platform`.
///
/// # Errors
/// When the service cannot start.
pub async fn run_platform(settings: Settings) -> anyhow::Result<()> {
    run_one(settings, "courtside-platform", |settings, env, shutdown| async move {
        platform::build(settings.platform, env, shutdown).await
    })
    .await
}

/// `courtside transaction`.
///
/// # Errors
/// When the service cannot start.
pub async fn run_transaction(settings: Settings) -> anyhow::Result<()> {
    run_one(settings, "courtside-transaction", |settings, env, shutdown| async move {
        transaction::build(settings.transaction, env, shutdown).await
    })
    .await
}

/// `courtside sandbox`.
///
/// # Errors
/// When it cannot start.
pub async fn run_sandbox(settings: Settings) -> anyhow::Result<()> {
    run_one(settings, "courtside-sandbox", |settings, env, shutdown| async move {
        sandbox::build(settings.sandbox, env, shutdown)
    })
    .await
}

async fn run_one<F>(
    mut settings: Settings,
    name: &str,
    build: impl FnOnce(Settings, Env, CancellationToken) -> F,
) -> anyhow::Result<()>
where
    F: Future<Output = anyhow::Result<Service>>,
{
    name.clone_into(&mut settings.telemetry.service_name);
    let _telemetry = kit::telemetry::init(&settings.telemetry)?;
    let env = Env::system();
    let shutdown = CancellationToken::new();
    tokio::spawn(kit::service::cancel_on_signal(shutdown.clone()));
    let listeners = Listeners::open(settings.listen.public, settings.listen.internal).await?;
    let service = build(settings.clone(), env.clone(), shutdown.clone()).await?;
    let (services, faces) = split_off_vendors(service);
    serve(listeners, services, faces, &settings, &env, shutdown).await
}

/// A stand-in for vendors keeps its own manners: only services get ours.
fn split_off_vendors(service: Service) -> (Vec<Service>, Faces) {
    if service.name == "sandbox" {
        (Vec::new(), Faces { beside: Some(service.public), ..Faces::default() })
    } else {
        (vec![service], Faces::default())
    }
}
