//! A running sandbox with a clock that stands still, and what a test needs to talk to it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use kit::clock::{Clock as _, FixedClock};
use kit::ids::RandomIds;
use reqwest::{Method, StatusCode};
use sandbox::Config;
use serde_json::Value;
use tokio_util::sync::{CancellationToken, DropGuard};

/// What every answer is taken apart into.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

/// One running sandbox.
pub struct Bench {
    pub base: String,
    pub clock: Arc<FixedClock>,
    pub client: reqwest::Client,
    pub config: Config,
    shutdown: DropGuard,
}

impl Bench {
    /// A sandbox nested under `/sandbox`, as `courtside up` mounts it.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same with a changed configuration.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}/sandbox", listener.local_addr().expect("an address"));
        let mut config = Config { public_url: base.clone(), ..Config::default() };
        config.stripe.webhook_first_retry_ms = 20;
        change(&mut config);
        let clock = FixedClock::at("2026-11-20T10:00:00Z".parse::<Timestamp>().expect("a literal instant"));
        let env = kit::Env { ids: RandomIds::shared(clock.clone()), clock: clock.clone() };
        let shutdown = CancellationToken::new();
        let service = sandbox::build(config.clone(), env, shutdown.clone()).expect("the sandbox starts");
        let app = axum::Router::new().nest_service("/sandbox", service.public);
        let stop = shutdown.clone();
        tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(stop.cancelled_owned()).await });
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        Self { base, clock, client, config, shutdown: shutdown.drop_guard() }
    }

    /// Ends this one, as a stopped process would.
    pub fn stop(self) {
        drop(self.shutdown);
    }

    /// The instant the sandbox believes in, in Unix seconds.
    pub fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Sends a request and reads the answer; a body that is no JSON is given as text.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer { status, headers, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(self.url(path))).await
    }

    pub async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.send(self.client.post(self.url(path)).header("content-type", "application/json").body(body.to_string()))
            .await
    }

    /// A call of Stripe's API with the secret key.
    pub fn stripe_request(&self, method: Method, path: &str, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let request = self
            .client
            .request(method.clone(), self.url(&format!("/stripe/v1/{path}")))
            .bearer_auth(&self.config.stripe.secret_key);
        if method == Method::POST { request.form(form) } else { request.query(form) }
    }

    pub async fn stripe(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(self.stripe_request(Method::POST, path, form)).await
    }

    pub async fn stripe_get(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        self.send(self.stripe_request(Method::GET, path, query)).await
    }

    /// The same, with an idempotency key.
    pub async fn stripe_keyed(&self, key: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(self.stripe_request(Method::POST, path, form).header("idempotency-key", key)).await
    }

    /// A call that must succeed; gives the object.
    pub async fn stripe_ok(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let answer = self.stripe(path, form).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    /// An onboarded connected account.
    pub async fn owner_account(&self) -> String {
        let account = self
            .stripe_ok("accounts", &[("type", "express"), ("country", "GR"), ("email", "owner@courtside.test")])
            .await;
        let id = text(&account, "id");
        let completed = self.post_json(&format!("/stripe/accounts/{id}/complete"), &Value::Null).await;
        assert_eq!(completed.body["charges_enabled"], true, "{}", completed.body);
        id
    }

    /// One intent's line in the reconciliation summary.
    pub async fn summary(&self, intent: &str) -> Value {
        let state = self.get("/stripe/_state").await.body;
        state["paymentIntents"]
            .as_array()
            .expect("a list")
            .iter()
            .find(|row| row["id"] == intent)
            .expect("the intent")
            .clone()
    }

    /// What an account has, by the reconciliation summary.
    pub async fn balance(&self, account: &str) -> i64 {
        self.get("/stripe/_state").await.body["balances"][account].as_i64().unwrap_or(0)
    }
}

/// A text field.
pub fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("{field} is missing in {value}")).to_owned()
}

/// Asks again until the answer is there, for at most ten seconds.
pub async fn eventually<T, F, R>(what: &str, ask: F) -> T
where
    F: Fn() -> R,
    R: Future<Output = Option<T>>,
{
    for _ in 0..500 {
        if let Some(found) = ask().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never happened: {what}");
}

/// A folder of its own, gone when dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("sandbox-test-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
