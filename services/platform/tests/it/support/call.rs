//! One HTTP call and its answer.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
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

    pub fn bearer(self, token: impl AsToken) -> Self {
        let value = format!("Bearer {}", token.text());
        self.header("authorization", &value)
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

    /// A form with files: the name of each field, what its file is called and claims to be, and its content.
    pub fn form(mut self, parts: &[Part<'_>]) -> Self {
        let mut body = Vec::new();
        for part in parts {
            body.extend_from_slice(format!("--XXX\r\nContent-Disposition: form-data; name=\"{}\"", part.0).as_bytes());
            if let Some((name, content_type)) = part.1 {
                body.extend_from_slice(format!("; filename=\"{name}\"\r\nContent-Type: {content_type}").as_bytes());
            }
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(part.2);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--XXX--\r\n");
        self = self.header("content-type", "multipart/form-data; boundary=XXX");
        self.body = Body::from(body);
        self
    }

    pub async fn send(self) -> Answer {
        let request = self.request.body(self.body).expect("a request");
        let response = self.router.oneshot(request).await.expect("routers do not fail");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

/// A part of a form: the field; for a file its name and media type; the content.
pub type Part<'a> = (&'a str, Option<(&'a str, &'a str)>, &'a [u8]);

/// Tokens come as text or from a JSON answer.
pub trait AsToken {
    fn text(&self) -> &str;
}

impl AsToken for &str {
    fn text(&self) -> &str {
        self
    }
}

impl AsToken for &String {
    fn text(&self) -> &str {
        self
    }
}

impl AsToken for &Value {
    fn text(&self) -> &str {
        self["accessToken"].as_str().expect("an answer with an access token")
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
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

    pub fn cookies(&self) -> Vec<String> {
        let values = self.headers.get_all("set-cookie").iter();
        values.map(|value| value.to_str().expect("text").to_owned()).collect()
    }
}
