//! A small router inside of the chassis, and a way to ask it.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use kit::Env;
use kit::clock::FixedClock;
use kit::http::{HttpConfig, chassis};
use kit::ids::SequentialIds;
use serde_json::Value;
use tower::ServiceExt as _;

/// The instant at which all tests of the chassis take place.
pub const NOW: &str = "2026-03-01T10:00:00Z";

/// A clock that stands at [`NOW`].
pub fn clock() -> Arc<FixedClock> {
    FixedClock::at(NOW.parse().expect("a literal instant"))
}

/// An environment around `clock`.
pub fn env(clock: &Arc<FixedClock>) -> Env {
    Env { clock: clock.clone(), ids: SequentialIds::shared() }
}

/// A router with everything around it.
#[derive(Clone)]
pub struct App(pub Router);

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl App {
    pub fn new(router: Router) -> Self {
        Self::with_config(router, &HttpConfig::default())
    }

    pub fn with_config(router: Router, config: &HttpConfig) -> Self {
        Self(chassis(router, config, &env(&clock())))
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response: Response = self.0.clone().oneshot(request).await.expect("a router never fails");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("the body is in memory").to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(request(Method::GET, path, &[], "")).await
    }

    pub async fn post_json(&self, path: &str, body: &str) -> Answer {
        self.send(request(Method::POST, path, &[("content-type", "application/json")], body)).await
    }
}

/// A request with these headers.
pub fn request(method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Body::from(body.to_owned())).expect("a well-formed request")
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("no JSON in {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("an ASCII header"))
    }

    /// QA-49: an error answer is complete, and returns its body.
    pub fn expect_error(&self, status: u16, code: &str) -> Value {
        let body = self.json();
        assert_eq!((self.status.as_u16(), body["error"].as_str()), (status, Some(code)), "{body}");
        assert_eq!(
            self.headers.get(CONTENT_TYPE),
            Some(&HeaderValue::from_static("application/json; charset=utf-8")),
            "SEC-44"
        );
        assert!(body["message"].as_str().is_some_and(|text| !text.is_empty() && !text.contains('{')), "{body}");
        assert!(body.get("details").is_some(), "details are there, if only as null: {body}");
        assert_eq!(body["timestamp"], NOW, "{body}");
        let correlation = body["correlationId"].as_str().expect("a correlation id");
        assert!(correlation.len() == 32 && correlation.bytes().all(|byte| byte.is_ascii_hexdigit()), "{body}");
        if matches!(status, 429 | 503) {
            let seconds = self.header("retry-after").and_then(|text| text.parse::<u64>().ok());
            assert!(seconds.is_some_and(|seconds| seconds >= 1), "QA-52: {:?}", self.headers);
        }
        body
    }
}
