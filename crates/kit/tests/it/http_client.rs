//! The client for outgoing calls, and the listener's orderly end, over real sockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use kit::http::{HttpClient, HttpClientConfig, HttpClientError, serve};
use kit::trace::{TraceContext, continue_from};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::app::clock;

async fn listening(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

async fn third_time_lucky(State(calls): State<Arc<AtomicUsize>>) -> StatusCode {
    if calls.fetch_add(1, Ordering::SeqCst) < 2 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}

fn quick() -> HttpClientConfig {
    HttpClientConfig { timeout_ms: 2_000, ..Default::default() }
}

#[tokio::test]
async fn only_repeatable_calls_are_repeated() {
    let calls = Arc::new(AtomicUsize::new(0));
    let router = Router::new().route("/", get(third_time_lucky).post(third_time_lucky)).with_state(calls.clone());
    let url = listening(router).await;
    let client = HttpClient::new("lucky", &quick(), clock()).expect("a client");

    let once = client.send(client.post(&url)).await.expect("an answer");
    assert_eq!((once.status().as_u16(), calls.load(Ordering::SeqCst)), (503, 1));
    calls.store(0, Ordering::SeqCst);
    let repeated = client.send_idempotent(client.get(&url)).await.expect("an answer");
    assert_eq!((repeated.status().as_u16(), calls.load(Ordering::SeqCst)), (200, 3));
}

/// OPS-09: the trace goes out with every call.
#[tokio::test]
async fn the_trace_is_passed_on() {
    let echo = async |headers: HeaderMap| {
        headers.get("traceparent").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let url = listening(Router::new().route("/", get(echo))).await;
    let client = HttpClient::new("echo", &quick(), clock()).expect("a client");
    let here = TraceContext::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    let heard = continue_from(here, tracing::info_span!("request"), async {
        client.send(client.get(&url)).await.expect("an answer").text().await.expect("text")
    });
    assert!(heard.await.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
}

/// A broken vendor is left alone after some failures and tried again after a pause.
#[tokio::test]
async fn the_circuit_opens_and_closes() {
    let clock = clock();
    let broken = Arc::new(AtomicUsize::new(500));
    let calls = Arc::new(AtomicUsize::new(0));
    let answer = |State((broken, calls)): State<(Arc<AtomicUsize>, Arc<AtomicUsize>)>| async move {
        calls.fetch_add(1, Ordering::SeqCst);
        StatusCode::from_u16(u16::try_from(broken.load(Ordering::SeqCst)).expect("small")).expect("a status")
    };
    let url = listening(Router::new().route("/", post(answer)).with_state((broken.clone(), calls.clone()))).await;
    let config = HttpClientConfig { breaker_failures: 3, breaker_seconds: 10, ..quick() };
    let client = HttpClient::new("broken", &config, clock.clone()).expect("a client");
    for _ in 0..3 {
        assert_eq!(client.send(client.post(&url)).await.expect("an answer").status(), 500);
    }
    let refused = client.send(client.post(&url)).await;
    assert!(matches!(refused, Err(HttpClientError::CircuitOpen { .. })), "{refused:?}");
    assert_eq!(calls.load(Ordering::SeqCst), 3, "nothing is sent while it is open");

    broken.store(200, Ordering::SeqCst);
    clock.advance(SignedDuration::from_secs(10));
    for _ in 0..2 {
        assert_eq!(client.send(client.post(&url)).await.expect("an answer").status(), 200);
    }
}

/// A timeout is not a refusal: the caller learns whether anything was sent. Addresses with secrets stay out of errors.
#[tokio::test]
async fn errors_tell_whether_the_work_may_have_been_done() {
    let silent = listening(Router::new().route("/", post(std::future::pending::<StatusCode>))).await;
    let config = HttpClientConfig { timeout_ms: 50, retries: 0, ..Default::default() };
    let client = HttpClient::new("silent", &config, clock()).expect("a client");
    let error = client.send(client.post(&format!("{silent}/?token=shh"))).await.expect_err("no answer");
    assert!(matches!(error, HttpClientError::NoAnswer { .. }), "{error:?}");
    assert!(!format!("{:#}", anyhow::Error::from(error)).contains("shh"));

    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = nobody.local_addr().expect("bound");
    drop(nobody);
    let error = client.send(client.post(&format!("http://{address}/"))).await.expect_err("nobody listens");
    assert!(matches!(error, HttpClientError::Unreachable { .. }), "{error:?}");
    let error = client.send(client.post("not an address")).await.expect_err("no address");
    assert!(matches!(error, HttpClientError::BadRequest { .. }), "{error:?}");
}

/// OPS-07: after the shutdown began nothing new is accepted, and what is in flight is finished.
#[tokio::test]
async fn requests_in_flight_are_finished() {
    let (arrived, go_on, shutdown) = (Arc::new(Notify::new()), Arc::new(Notify::new()), CancellationToken::new());
    let (at_door, signal) = (arrived.clone(), go_on.clone());
    let router = Router::new().route("/quick", get(async || "quick")).route(
        "/",
        get(move || {
            let (at_door, signal) = (at_door.clone(), signal.clone());
            async move {
                at_door.notify_one();
                signal.notified().await;
                "finished"
            }
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let server = tokio::spawn(serve(listener, router, shutdown.clone()));
    let client = HttpClient::new("patient", &HttpClientConfig::default(), clock()).expect("a client");
    let in_flight = tokio::spawn({
        let (client, url) = (client.clone(), url.clone());
        async move { client.send(client.get(&url)).await.expect("an answer").text().await.expect("text") }
    });
    arrived.notified().await;
    shutdown.cancel();
    let refused = async { while client.send(client.get(&format!("{url}/quick"))).await.is_ok() {} };
    tokio::time::timeout(Duration::from_secs(10), refused).await.expect("refused in time");
    go_on.notify_one();
    assert_eq!(in_flight.await.expect("no panic"), "finished");
    server.await.expect("no panic").expect("ends well");
}
