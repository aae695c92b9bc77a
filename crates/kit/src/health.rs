//! `/health/live`, `/health/ready` and `/health/startup` (OPS-01 to OPS-06). Asks, never repairs.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::StatusCode;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::http::Json;

/// A dependency that does not answer in this time is away.
const PROBE_TIME: Duration = Duration::from_secs(2);

/// What a failing check means (OPS-04, OPS-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    Required,
    Degrading,
    Information,
}

type Probe = dyn Fn() -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync;

/// One dependency that readiness reports.
#[derive(Clone)]
pub struct Check {
    name: &'static str,
    weight: Weight,
    probe: Arc<Probe>,
}

impl Check {
    /// Without it nothing works: DOWN, 503. For the database and its migrations.
    pub fn required<F, R>(name: &'static str, probe: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        Self::new(name, Weight::Required, probe)
    }

    /// Without it the service keeps working: DEGRADED, 200. For cache and bus.
    pub fn degrading<F, R>(name: &'static str, probe: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        Self::new(name, Weight::Degrading, probe)
    }

    /// Reported only; never changes the status. For vendors.
    pub fn information<F, R>(name: &'static str, probe: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        Self::new(name, Weight::Information, probe)
    }

    fn new<F, R>(name: &'static str, weight: Weight, probe: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        Self { name, weight, probe: Arc::new(move || probe().boxed()) }
    }

    async fn is_up(&self) -> bool {
        match tokio::time::timeout(PROBE_TIME, (self.probe)()).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(check = self.name, error = format!("{error:#}"), "health check failed");
                false
            }
            Err(_) => {
                tracing::warn!(check = self.name, "health check did not answer in time");
                false
            }
        }
    }
}

/// The health of one process.
pub struct Health {
    checks: Vec<Check>,
    started: AtomicBool,
    shutdown: CancellationToken,
}

impl Health {
    /// Not yet started; DOWN once `shutdown` is cancelled.
    #[must_use]
    pub fn new(checks: Vec<Check>, shutdown: CancellationToken) -> Arc<Self> {
        Arc::new(Self { checks, started: AtomicBool::new(false), shutdown })
    }

    /// Migrations and warm-up are done (OPS-05).
    pub fn mark_started(&self) {
        self.started.store(true, Ordering::SeqCst);
    }

    /// Asks all dependencies at once.
    pub async fn report(&self) -> HealthReport {
        let answers = futures::future::join_all(self.checks.iter().map(Check::is_up)).await;
        let mut status = Status::Up;
        let mut components = BTreeMap::new();
        for (check, up) in self.checks.iter().zip(answers) {
            let component = if up { Status::Up } else { Status::Down };
            // The same dependency may be reported by both services of one process: the worse answer counts.
            let entry = components.entry(check.name).or_insert(Component { status: component });
            entry.status = entry.status.max(component);
            if !up {
                status = status.max(match check.weight {
                    Weight::Required => Status::Down,
                    Weight::Degrading => Status::Degraded,
                    Weight::Information => Status::Up,
                });
            }
        }
        if self.shutdown.is_cancelled() || !self.started.load(Ordering::SeqCst) {
            status = Status::Down;
        }
        HealthReport { status, components }
    }
}

/// The states, better ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// Works.
    Up,
    /// Works without something.
    Degraded,
    /// Does not work.
    Down,
}

/// The answer of `/health/ready`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HealthReport {
    /// The total.
    pub status: Status,
    /// Each dependency.
    pub components: BTreeMap<&'static str, Component>,
}

/// One dependency's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Component {
    /// UP or DOWN.
    pub status: Status,
}

/// The three routes. They need no sign-in and are for the inside of the cluster only (OPS-01).
pub fn router(health: Arc<Health>) -> Router {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/health/startup", get(startup))
        .with_state(health)
}

#[derive(Serialize)]
struct Plain {
    status: Status,
}

/// OPS-02: asks no dependency.
async fn live() -> Json<Plain> {
    Json(Plain { status: Status::Up })
}

/// OPS-03, OPS-04: DOWN is 503, DEGRADED is 200.
async fn ready(State(health): State<Arc<Health>>) -> Response {
    let report = health.report().await;
    (status_code(report.status), Json(report)).into_response()
}

/// OPS-05.
async fn startup(State(health): State<Arc<Health>>) -> Response {
    let status = if health.started.load(Ordering::SeqCst) { Status::Up } else { Status::Down };
    (status_code(status), Json(Plain { status })).into_response()
}

fn status_code(status: Status) -> StatusCode {
    if status == Status::Down { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}
