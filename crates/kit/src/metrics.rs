//! Prometheus metrics of the process at `/metrics` (OPS-15 to OPS-18). Names and buckets; the numbers come from where
//! things happen, through the `metrics` macros.

use std::sync::OnceLock;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::CONTENT_TYPE;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::service::Task;

/// Upper bounds of histograms of seconds: from a cache hit to a vendor's timeout.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 1.2, 1.5, 2.0, 5.0, 10.0, 30.0];

/// The metrics of this process.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl Metrics {
    /// Starts collecting, once per process; later calls return the same metrics.
    ///
    /// # Errors
    /// When another recorder was installed before.
    pub fn install() -> anyhow::Result<Self> {
        static INSTALLED: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();
        let installed = INSTALLED.get_or_init(|| install_recorder().map_err(|error| format!("{error:#}")));
        installed.clone().map(|handle| Self { handle }).map_err(anyhow::Error::msg)
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// `GET /metrics`, for the inside of the cluster only (OPS-15).
    pub fn router(&self) -> Router {
        Router::new().route("/metrics", get(exposition)).with_state(self.clone())
    }

    /// Keeps histograms small while nobody asks for them.
    #[must_use]
    pub fn upkeep(&self) -> Task {
        let handle = self.handle.clone();
        Task::new("metrics-upkeep", move |shutdown| {
            let handle = handle.clone();
            async move {
                let mut ticks = tokio::time::interval(Duration::from_secs(5));
                loop {
                    tokio::select! {
                        _ = ticks.tick() => handle.run_upkeep(),
                        () = shutdown.cancelled() => return Ok(()),
                    }
                }
            }
        })
    }
}

async fn exposition(State(metrics): State<Metrics>) -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response()
}

fn install_recorder() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .install_recorder()
        .context("metrics cannot be collected")?;
    metrics::describe_counter!("http_requests_total", "Answered requests by method, route and status");
    metrics::describe_histogram!(
        "http_request_duration_seconds",
        metrics::Unit::Seconds,
        "Time to answer by method and route"
    );
    metrics::describe_counter!("http_client_requests_total", "Outgoing attempts by client and status");
    metrics::describe_counter!("rate_limited_requests_total", "Refused requests by kind of limit");
    metrics::describe_counter!("task_restarts_total", "Background tasks that had to be started again");
    Ok(handle)
}
