//! The rate limit in front of a router.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use contracts::identity::Role;
use http::Method;
use jiff::SignedDuration;
use kit::auth::Verifier;
use kit::clock::{Clock as _, FixedClock};
use kit::http::{HttpConfig, RateLimitConfig, chassis, rate_limited};

use crate::app::{Answer, App, clock, env, request};
use crate::sign_in::{claims, issuer, user};

async fn app(clock: &Arc<FixedClock>) -> App {
    let router = Router::new()
        .route("/api/things", get(async || "read").post(async || "written"))
        .route("/api/auth/login", post(async || "in"))
        .route("/api/webhooks/vendor", post(async || "heard"))
        .route("/health/live", get(async || "up"));
    let verifier = Arc::new(Verifier::with_keys(&issuer().await.jwks()).expect("own keys"));
    let config = HttpConfig { trusted_proxies: vec!["0.0.0.0/0".parse().expect("a range")], ..Default::default() };
    let limited = rate_limited(router, &RateLimitConfig::default(), verifier, None, &env(clock));
    App(chassis(limited, &config, &env(clock)))
}

async fn ask(app: &App, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    app.send(request(method, path, headers, "")).await
}

async fn spend(app: &App, times: usize, method: Method, path: &str, headers: &[(&str, &str)]) {
    for _ in 0..times {
        assert_eq!(ask(app, method.clone(), path, headers).await.status, 200);
    }
}

/// SEC-19: 100 reads and 30 writes a minute, counted apart; QA-52: the time named by `Retry-After` is enough.
#[tokio::test]
async fn reads_and_writes_have_their_limits() {
    let clock = clock();
    let app = app(&clock).await;
    let here = [("x-forwarded-for", "203.0.113.1")];
    spend(&app, 100, Method::GET, "/api/things", &here).await;
    spend(&app, 30, Method::POST, "/api/things", &here).await;
    let refused = ask(&app, Method::GET, "/api/things", &here).await;
    refused.expect_error(429, "RATE_LIMIT_EXCEEDED");
    let refused = ask(&app, Method::POST, "/api/things", &here).await;
    let body = refused.expect_error(429, "RATE_LIMIT_EXCEEDED");
    let seconds: i64 = refused.header("retry-after").and_then(|text| text.parse().ok()).expect("seconds");
    assert!(body["message"].as_str().is_some_and(|text| text.contains(&seconds.to_string())), "{body}");

    clock.advance(SignedDuration::from_secs(seconds));
    spend(&app, 1, Method::POST, "/api/things", &here).await;
}

/// SEC-19: per user wherever they call from, per address without a good token.
#[tokio::test]
async fn users_and_addresses_are_counted_apart() {
    let clock = clock();
    let app = app(&clock).await;
    let maria = issuer().await.sign(&claims(user(1), Role::Customer, clock.now())).expect("signed");
    let nikos = issuer().await.sign(&claims(user(2), Role::Customer, clock.now())).expect("signed");
    let (maria, nikos) = (format!("Bearer {maria}"), format!("Bearer {nikos}"));
    let there = ("x-forwarded-for", "203.0.113.2");
    spend(&app, 30, Method::POST, "/api/things", &[("x-forwarded-for", "203.0.113.1"), ("authorization", &maria)])
        .await;
    let elsewhere = ask(&app, Method::POST, "/api/things", &[there, ("authorization", &maria)]).await;
    elsewhere.expect_error(429, "RATE_LIMIT_EXCEEDED");
    spend(&app, 1, Method::POST, "/api/things", &[there, ("authorization", &nikos)]).await;

    // Invented tokens open no new buckets.
    for attempt in 0..31 {
        let invented = format!("Bearer invented-{attempt}");
        let answer = ask(&app, Method::POST, "/api/things", &[there, ("authorization", &invented)]).await;
        assert_eq!(answer.status.as_u16(), if attempt < 30 { 200 } else { 429 }, "attempt {attempt}");
    }
}

/// SEC-21, AUTH-31: sign-in is limited more strictly, by address; webhooks and probes are not limited.
#[tokio::test]
async fn sign_in_is_limited_more_strictly() {
    let clock = clock();
    let app = app(&clock).await;
    let here = [("x-forwarded-for", "203.0.113.1")];
    spend(&app, 20, Method::POST, "/api/auth/login", &here).await;
    let maria = issuer().await.sign(&claims(user(1), Role::Customer, clock.now())).expect("signed");
    let with_token = [here[0], ("authorization", &format!("Bearer {maria}"))];
    let refused = ask(&app, Method::POST, "/api/auth/login", &with_token).await;
    refused.expect_error(429, "RATE_LIMIT_EXCEEDED");
    spend(&app, 1, Method::POST, "/api/auth/login", &[("x-forwarded-for", "203.0.113.9")]).await;
    spend(&app, 150, Method::POST, "/api/webhooks/vendor", &here).await;
    spend(&app, 150, Method::GET, "/health/live", &here).await;
}
