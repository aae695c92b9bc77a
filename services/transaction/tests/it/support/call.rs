//! One HTTP call and its answer.

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde::Serialize;
use serde_json::Value;
use tower::ServiceExt as _;

pub struct Call {
    router: Router,
    request: http::request::Builder,
    body: Body,
}

impl Call {
    pub fn new(router: Router, method: &str, path: &str) -> Self {
        Self { router, request: Request::builder().method(method).uri(path), body: Body::empty() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        let value = format!("Bearer {token}");
        self.header("authorization", &value)
    }

    /// The client's key; a fresh one unless a test repeats a request.
    pub fn key(self, key: uuid::Uuid) -> Self {
        self.header("x-idempotency-key", &key.to_string())
    }

    pub fn json(self, body: &impl Serialize) -> Self {
        self.text(serde_json::to_string(body).expect("JSON"))
    }

    /// A body as it stands, called JSON.
    pub fn text(mut self, body: impl Into<String>) -> Self {
        self = self.header("content-type", "application/json");
        self.body = Body::from(body.into());
        self
    }

    /// A form, as vendors take it.
    pub fn form(mut self, body: &str) -> Self {
        self = self.header("content-type", "application/x-www-form-urlencoded");
        self.body = Body::from(body.to_owned());
        self
    }

    /// The answer's body as text, of an answer that must be 200 and of this content type.
    pub async fn text_of(self, content_type: &str) -> String {
        let (status, text) = self.text_with_status(content_type).await;
        assert_eq!(status, StatusCode::OK);
        text
    }

    /// The status and the text of an answer that must be a page.
    pub async fn page(self) -> (StatusCode, String) {
        self.text_with_status("text/html; charset=utf-8").await
    }

    async fn text_with_status(self, content_type: &str) -> (StatusCode, String) {
        let request = self.request.body(self.body).expect("a request");
        let response = self.router.oneshot(request).await.expect("routers do not fail");
        let (parts, body) = response.into_parts();
        assert_eq!(parts.headers["content-type"], content_type);
        let bytes = body.collect().await.expect("a body").to_bytes();
        (parts.status, String::from_utf8(bytes.to_vec()).expect("text"))
    }

    pub async fn send(self) -> Answer {
        let request = self.request.body(self.body).expect("a request");
        let response = self.router.oneshot(request).await.expect("routers do not fail");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, body }
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Answer {
    /// The body of an answer that must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self.body
    }

    /// The body of an error that must have this status and code, in the shape of all errors.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status.as_u16(), self.body["error"].as_str()), (status, Some(code)), "{:#}", self.body);
        for member in ["message", "timestamp", "correlationId"] {
            assert!(self.body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {:#}", self.body);
        }
        self.body
    }

    /// Names of the wrong fields of a 400.
    #[track_caller]
    pub fn wrong_fields(self) -> Vec<String> {
        let body = self.refused(400, "VALIDATION_ERROR");
        let errors = body["errors"].as_array().expect("a list of wrong fields");
        errors.iter().map(|error| error["field"].as_str().expect("a name").to_owned()).collect()
    }
}
