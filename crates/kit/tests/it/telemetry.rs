//! Log lines and exported spans.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use bytes::Bytes;
use contracts::identity::{AccountStatus, Role};
use contracts::ids::UserId;
use futures::future::BoxFuture;
use http::Method;
use kit::auth::{AccountSource, AnyRole, Auth, Caller, Verifier};
use kit::clock::Clock as _;
use kit::telemetry::{LogFormat, LogWriter, SharedBuffer, TelemetryConfig, subscriber};
use kit::trace::TraceContext;
use serde_json::Value;
use tokio::sync::mpsc;
use tracing::Instrument as _;
use tracing::instrument::WithSubscriber as _;

use crate::app::{App, clock, request};
use crate::sign_in::{claims, issuer, user};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

struct EverybodyStands;

impl AccountSource for EverybodyStands {
    fn account_status(&self, _user: UserId) -> BoxFuture<'_, anyhow::Result<Option<AccountStatus>>> {
        Box::pin(async { Ok(Some(AccountStatus::Active)) })
    }
}

async fn talk(caller: Caller<AnyRole>) -> &'static str {
    tracing::info!(court = "c-1", refresh_token = "opaque-value", "paid with 4242 4242 4242 4242 by Bearer abcdef123");
    let _ = caller;
    "said"
}

async fn app() -> App {
    let verifier = Arc::new(Verifier::with_keys(&issuer().await.jwks()).expect("own keys"));
    let auth = Auth { verifier, accounts: Arc::new(EverybodyStands), clock: clock() };
    App::new(Router::new().route("/talk", get(talk)).with_state(auth))
}

async fn logged(config: &TelemetryConfig, filter: &str) -> SharedBuffer {
    let buffer = SharedBuffer::default();
    let config = TelemetryConfig { log_filter: filter.to_owned(), ..config.clone() };
    let (subscriber, guard) = subscriber(&config, LogWriter::Buffer(buffer.clone())).expect("a good configuration");
    let token = issuer().await.sign(&claims(user(1), Role::Customer, clock().now())).expect("signed");
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("x-request-id", "tap-42"), ("traceparent", TRACEPARENT)];
    let app = app().await;
    let answer = app.send(request(Method::GET, "/talk?token=opaque-value&radius=5", &headers, ""));
    assert_eq!(answer.with_subscriber(subscriber).await.status, 200);
    drop(guard);
    buffer
}

/// OPS-21: one JSON object a line with the fields of the schema.
#[tokio::test]
async fn log_lines_follow_the_schema() {
    let buffer = logged(&TelemetryConfig::default(), "info").await;
    let lines = buffer.json_lines();
    assert_eq!(lines.len(), buffer.text().lines().count(), "every line is JSON: {}", buffer.text());
    let said = lines.iter().find(|line| line["fields"]["court"] == "c-1").expect("the handler's line");
    for (name, value) in [
        ("level", "INFO"),
        ("service", "courtside"),
        ("target", "it::telemetry"),
        ("traceId", TRACE),
        ("requestId", "tap-42"),
        ("userId", "00000000-0000-0000-0000-000000000001"),
    ] {
        assert_eq!(said[name], value, "{said}");
    }
    assert_eq!(said["spanId"].as_str().map(str::len), Some(16), "{said}");
    assert!(said["timestamp"].as_str().is_some_and(|text| text.ends_with('Z')), "{said}");

    let access = lines.iter().find(|line| line["target"] == "http.access").expect("the access line");
    assert_eq!(access["fields"]["http.route"], "/talk");
    assert_eq!(access["fields"]["http.response.status_code"], 200);
    assert_eq!(access["fields"]["query"], "token=[redacted]&radius=5");
    assert_eq!(access["userId"], "00000000-0000-0000-0000-000000000001");
}

/// SEC-54, PAY-14: no token and no card number reaches a log, at any level.
#[tokio::test]
async fn secrets_never_reach_the_log() {
    for log_format in [LogFormat::Json, LogFormat::Text] {
        let text = logged(&TelemetryConfig { log_format, ..Default::default() }, "trace").await.text();
        assert!(text.contains("[redacted]"));
        for secret in ["opaque-value", "4242", "abcdef123", "eyJ"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[tokio::test]
async fn a_broken_filter_is_refused() {
    let config = TelemetryConfig { log_filter: "info,=,".to_owned(), ..Default::default() };
    assert!(subscriber(&config, LogWriter::Stdout).is_err());
}

async fn collect(State(batches): State<mpsc::UnboundedSender<Bytes>>, body: Bytes) -> &'static str {
    batches.send(body).expect("the test listens");
    ""
}

/// OPS-08, OPS-09: spans arrive at the collector, within the incoming trace, with service, request id and user.
#[tokio::test(flavor = "multi_thread")]
async fn spans_are_exported() {
    let (sender, mut batches) = mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let otlp_endpoint = format!("http://{}", listener.local_addr().expect("bound"));
    let collector = Router::new().route("/v1/traces", post(collect)).with_state(sender);
    tokio::spawn(async move { axum::serve(listener, collector).await });

    let config = TelemetryConfig { otlp_endpoint, service_name: "span-test".to_owned(), ..Default::default() };
    let log = tokio::task::spawn_blocking({
        let runtime = tokio::runtime::Handle::current();
        move || runtime.block_on(logged(&config, "info"))
    })
    .await
    .expect("no panic");

    let batch = tokio::time::timeout(Duration::from_secs(10), batches.recv()).await.expect("in time").expect("a batch");
    let holds = |needle: &[u8]| batch.windows(needle.len()).any(|window| window == needle);
    let trace_id: Vec<u8> =
        (0..32).step_by(2).map(|at| u8::from_str_radix(&TRACE[at..at + 2], 16).expect("hex")).collect();
    assert!(holds(&trace_id), "the incoming trace goes on");
    for text in ["GET /talk", "span-test", "client.request.id", "tap-42", "user.id"] {
        assert!(holds(text.as_bytes()), "{text}");
    }
    // OPS-13: the log line names a span that was exported.
    let lines = log.json_lines();
    let span_id = lines[0]["spanId"].as_str().expect("a span id");
    let span_id: Vec<u8> =
        (0..16).step_by(2).map(|at| u8::from_str_radix(&span_id[at..at + 2], 16).expect("hex")).collect();
    assert!(holds(&span_id), "{lines:?}");
}

/// The ratio decides about new traces; a trace begun elsewhere keeps its decision.
#[tokio::test(flavor = "multi_thread")]
async fn the_ratio_decides_about_new_traces() {
    for (sampling_ratio, new_trace, old_trace) in [(0.0, "00", "01"), (1.0, "01", "01")] {
        let otlp_endpoint = "http://127.0.0.1:9".to_owned();
        let config = TelemetryConfig { otlp_endpoint, sampling_ratio, ..Default::default() };
        let (subscriber, _guard) = subscriber(&config, LogWriter::Buffer(SharedBuffer::default())).expect("good");
        let work = async {
            let flags = |parent| {
                kit::trace::continue_from(parent, tracing::info_span!("work"), async {
                    kit::trace::current().expect("a trace").to_string().rsplit('-').next().map(str::to_owned)
                })
            };
            assert_eq!(flags(None).await.as_deref(), Some(new_trace));
            assert_eq!(flags(TraceContext::parse(TRACEPARENT)).await.as_deref(), Some(old_trace));
        };
        work.with_subscriber(subscriber).await;
    }
}

/// OPS-10: with recording on, a job's trace is its own and links to the origin.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_link_to_their_origin() {
    let config = TelemetryConfig { otlp_endpoint: "http://127.0.0.1:9".to_owned(), ..Default::default() };
    let (subscriber, _guard) = subscriber(&config, LogWriter::Buffer(SharedBuffer::default())).expect("good");
    let work = async {
        let origin = TraceContext::parse(TRACEPARENT);
        let request = kit::trace::continue_from(origin, tracing::info_span!("request"), async {
            let nested = async { kit::trace::current() }.instrument(tracing::info_span!("nested")).await;
            (kit::trace::current(), nested)
        });
        let (outer, nested) = request.await;
        let (outer, nested) = (outer.expect("a trace"), nested.expect("a trace"));
        assert_eq!((outer.trace_id().as_str(), nested.trace_id().as_str()), (TRACE, TRACE));
        assert_ne!(outer.span_id(), nested.span_id(), "spans inside of a request are told apart");

        let job = kit::trace::link_to(Some(outer), tracing::info_span!("job"), async { kit::trace::current() }).await;
        assert_ne!(job.expect("a trace").trace_id(), TRACE);
        Value::Null
    };
    work.with_subscriber(subscriber).await;
}
