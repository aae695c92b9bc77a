//! Somebody who calls the API: JSON in, JSON out.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// One caller, signed in or not. Cloning shares nothing but the connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    headers: HeaderMap,
    /// What signing in answered; null before.
    session: Value,
}

impl Client {
    pub(super) fn new(http: reqwest::Client, base: String) -> Self {
        Self { http, base, headers: HeaderMap::new(), session: Value::Null }
    }

    pub(super) fn signed_in(self, session: Value) -> Self {
        let token = session["accessToken"].as_str().expect("an answer with an access token").to_owned();
        Self { session, ..self.with_header("authorization", &format!("Bearer {token}")) }
    }

    /// The same caller who also sends this header.
    ///
    /// # Panics
    /// When it is no header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        self.headers.insert(name, HeaderValue::from_str(value).expect("a header's value"));
        self
    }

    /// The access token.
    ///
    /// # Panics
    /// When nobody has signed in.
    #[must_use]
    pub fn token(&self) -> &str {
        self.session["accessToken"].as_str().expect("somebody who has signed in")
    }

    /// The person's id.
    ///
    /// # Panics
    /// When nobody has signed in.
    #[must_use]
    pub fn user_id(&self) -> Uuid {
        self.session["user"]["id"].as_str().and_then(|id| id.parse().ok()).expect("somebody who has signed in")
    }

    /// What signing in answered.
    #[must_use]
    pub fn session(&self) -> &Value {
        &self.session
    }

    /// GET
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// POST of a JSON body.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        self.send(Method::POST, path, Some(text(body))).await
    }

    /// PUT of a JSON body.
    pub async fn put(&self, path: &str, body: &impl Serialize) -> Answer {
        self.send(Method::PUT, path, Some(text(body))).await
    }

    /// PATCH of a JSON body.
    pub async fn patch(&self, path: &str, body: &impl Serialize) -> Answer {
        self.send(Method::PATCH, path, Some(text(body))).await
    }

    /// DELETE
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Any method with any text called JSON, for bodies that are none.
    ///
    /// # Panics
    /// When the world does not answer at all.
    pub async fn send(&self, method: Method, path: &str, body: Option<String>) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.base)).headers(self.headers.clone());
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await.expect("the world answers");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.expect("a whole answer");
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer { status, headers, body }
    }
}

fn text(body: &impl Serialize) -> String {
    serde_json::to_string(body).expect("a body with a JSON form")
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; a text when it is none, empty when there is none.
    pub body: Value,
}

impl Answer {
    /// The body of an answer that must have this status.
    ///
    /// # Panics
    /// When it has another one.
    #[track_caller]
    #[must_use]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.body);
        self.body
    }

    /// The body of an error that must have this status and code.
    ///
    /// # Panics
    /// When it is anything else.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status.as_u16(), self.body["error"].as_str()), (status, Some(code)), "{:#}", self.body);
        self.body
    }
}
