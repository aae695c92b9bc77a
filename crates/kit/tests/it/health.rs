//! The three probes and the metrics page.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::routing::get;
use kit::Check;
use kit::health::{self, Health};
use kit::metrics::Metrics;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::app::App;

struct Site {
    app: App,
    health: Arc<Health>,
    database: Arc<AtomicBool>,
    bus: Arc<AtomicBool>,
    shutdown: CancellationToken,
}

fn site() -> Site {
    let switch = || Arc::new(AtomicBool::new(true));
    let (database, bus, shutdown) = (switch(), switch(), CancellationToken::new());
    let probe = |switch: &Arc<AtomicBool>| {
        let switch = switch.clone();
        move || {
            let up = switch.load(Ordering::SeqCst);
            async move { if up { Ok(()) } else { Err(anyhow::anyhow!("away")) } }
        }
    };
    let checks = vec![
        Check::required("database", probe(&database)),
        Check::degrading("kafka", probe(&bus)),
        Check::information("stripe", async || Err(anyhow::anyhow!("away"))),
    ];
    let health = Health::new(checks, shutdown.clone());
    Site { app: App::new(health::router(health.clone())), health, database, bus, shutdown }
}

/// OPS-03, OPS-04, OPS-06: UP, DEGRADED and DOWN with their statuses; vendors are information.
#[tokio::test]
async fn readiness_follows_the_dependencies() {
    let site = site();
    site.health.mark_started();
    let answer = site.app.get("/health/ready").await;
    assert_eq!(answer.status, 200);
    let expected =
        json!({ "database": { "status": "UP" }, "kafka": { "status": "UP" }, "stripe": { "status": "DOWN" } });
    assert_eq!(answer.json(), json!({ "status": "UP", "components": expected }));

    site.bus.store(false, Ordering::SeqCst);
    let answer = site.app.get("/health/ready").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["status"]), (200, &json!("DEGRADED")));

    site.database.store(false, Ordering::SeqCst);
    let answer = site.app.get("/health/ready").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["status"]), (503, &json!("DOWN")));
    assert_eq!(answer.json()["components"]["database"]["status"], "DOWN");

    // OPS-02: whether the process lives does not depend on anything.
    let answer = site.app.get("/health/live").await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "status": "UP" })));
}

/// OPS-05: not started is 503 on startup and ready.
#[tokio::test]
async fn startup_waits_for_migrations() {
    let site = site();
    assert_eq!(site.app.get("/health/startup").await.status, 503);
    assert_eq!(site.app.get("/health/ready").await.status, 503);
    site.health.mark_started();
    assert_eq!(site.app.get("/health/startup").await.status, 200);
    assert_eq!(site.app.get("/health/ready").await.status, 200);
}

/// OPS-04: a process that shuts down takes no new work but lives.
#[tokio::test]
async fn a_shutdown_takes_the_process_out_of_balancing() {
    let site = site();
    site.health.mark_started();
    site.shutdown.cancel();
    let answer = site.app.get("/health/ready").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["status"]), (503, &json!("DOWN")));
    assert_eq!(site.app.get("/health/live").await.status, 200);
}

/// OPS-15, OPS-18: requests are counted and timed by the template of their route.
#[tokio::test]
async fn metrics_count_by_route_template() {
    let metrics = Metrics::install().expect("nobody else installs a recorder");
    let things = Router::new().route("/measured/{thingId}", get(async || "thing"));
    let app = App::new(things.merge(metrics.router()));
    for path in ["/measured/1", "/measured/2"] {
        assert_eq!(app.get(path).await.status, 200);
    }
    let page = app.get("/metrics").await;
    assert_eq!(page.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let page = String::from_utf8(page.bytes).expect("text");
    let counted = r#"http_requests_total{method="GET",route="/measured/{thingId}",status="200"} 2"#;
    assert!(page.contains(counted), "{page}");
    assert!(
        page.contains(r#"http_request_duration_seconds_bucket{method="GET",route="/measured/{thingId}""#),
        "{page}"
    );
    assert!(!page.contains("/measured/1"), "ids must not become time series");
}
