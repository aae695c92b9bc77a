//! The client for outgoing calls: one per vendor, with time limits, retries for calls that may be repeated, a circuit
//! breaker and the trace of the caller (OPS-09).
//!
//! It knows no vendor. What an answer means is the caller's business; a timeout is never reported as a refusal, because
//! the other side may have done the work.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};
use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use reqwest::{RequestBuilder, Response};
use serde::Deserialize;

use crate::clock::SharedClock;
use crate::trace;

/// Time limits, retries and breaker of one client.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpClientConfig {
    /// Milliseconds for connecting.
    pub connect_timeout_ms: u64,
    /// Milliseconds for one whole attempt.
    pub timeout_ms: u64,
    /// Further attempts of a call that may be repeated.
    pub retries: usize,
    /// Failures in a row that open the circuit.
    pub breaker_failures: u32,
    /// Seconds an open circuit refuses calls before one may try again.
    pub breaker_seconds: u32,
}

impl Default for HttpClientConfig {
    fn default() -> Self {
        Self { connect_timeout_ms: 2_000, timeout_ms: 10_000, retries: 2, breaker_failures: 5, breaker_seconds: 10 }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpClientError {
    /// Too many failures lately; nothing was sent.
    #[error("{client} is not asked for now: too many failures")]
    CircuitOpen {
        /// Name of the client.
        client: &'static str,
    },
    /// Nothing was sent: the other side could not be reached.
    #[error("{client} cannot be reached")]
    Unreachable {
        /// Name of the client.
        client: &'static str,
        /// What happened.
        #[source]
        source: reqwest::Error,
    },
    /// Sent, but no answer came: the work may have been done.
    #[error("{client} did not answer")]
    NoAnswer {
        /// Name of the client.
        client: &'static str,
        /// What happened.
        #[source]
        source: reqwest::Error,
    },
    /// The request itself could not be made, e.g. a broken address.
    #[error("the request to {client} cannot be built")]
    BadRequest {
        /// Name of the client.
        client: &'static str,
        /// What happened.
        #[source]
        source: reqwest::Error,
    },
}

/// A client for one other side. Cheap to clone; clones share the connection pool and the breaker.
#[derive(Clone)]
pub struct HttpClient {
    name: &'static str,
    inner: reqwest::Client,
    backoff: ExponentialBuilder,
    breaker: Arc<Breaker>,
    clock: SharedClock,
}

impl HttpClient {
    /// A client called `name` in logs and metrics.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(name: &'static str, config: &HttpClientConfig, clock: SharedClock) -> anyhow::Result<Self> {
        install_crypto_provider();
        let inner = reqwest::Client::builder()
            .connect_timeout(Duration::from_millis(config.connect_timeout_ms))
            .timeout(Duration::from_millis(config.timeout_ms))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("courtside/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let backoff = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(Duration::from_millis(50))
            .with_max_delay(Duration::from_secs(2))
            .with_max_times(config.retries);
        let breaker = Arc::new(Breaker {
            failures_to_open: config.breaker_failures.max(1),
            pause: SignedDuration::from_secs(i64::from(config.breaker_seconds)),
            state: Mutex::new(BreakerState::default()),
        });
        Ok(Self { name, inner, backoff, breaker, clock })
    }

    /// A request to be completed and given to [`HttpClient::send`] or [`HttpClient::send_idempotent`].
    pub fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.inner.request(method, url)
    }

    /// A GET request.
    pub fn get(&self, url: &str) -> RequestBuilder {
        self.request(Method::GET, url)
    }

    /// A POST request.
    pub fn post(&self, url: &str) -> RequestBuilder {
        self.request(Method::POST, url)
    }

    /// Sends once. An answer of any status is an answer.
    ///
    /// # Errors
    /// See [`HttpClientError`].
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, HttpClientError> {
        let request = self.prepared(request)?;
        self.attempt(request).await
    }

    /// Sends, and again after failures and after 429, 502, 503 and 504, waiting longer each time. Only for calls that
    /// may be repeated: reads, and writes with an idempotency key. The last answer is returned whatever its status.
    ///
    /// # Errors
    /// See [`HttpClientError`].
    pub async fn send_idempotent(&self, request: RequestBuilder) -> Result<Response, HttpClientError> {
        let mut request = self.prepared(request)?;
        for pause in self.backoff.build() {
            // A streamed body cannot be sent twice.
            let Some(again) = request.try_clone() else { break };
            match self.attempt(request).await {
                Ok(response) if !is_worth_repeating(response.status()) => return Ok(response),
                Err(error @ (HttpClientError::CircuitOpen { .. } | HttpClientError::BadRequest { .. })) => {
                    return Err(error);
                }
                Ok(response) => {
                    tracing::debug!(client = self.name, status = response.status().as_u16(), "trying again");
                }
                Err(error) => tracing::debug!(client = self.name, error = %error, "trying again"),
            }
            tokio::time::sleep(pause).await;
            request = again;
        }
        self.attempt(request).await
    }

    fn prepared(&self, request: RequestBuilder) -> Result<reqwest::Request, HttpClientError> {
        let mut request =
            request.build().map_err(|source| HttpClientError::BadRequest { client: self.name, source })?;
        trace::inject(request.headers_mut());
        Ok(request)
    }

    async fn attempt(&self, request: reqwest::Request) -> Result<Response, HttpClientError> {
        if !self.breaker.admits(self.clock.now()) {
            return Err(HttpClientError::CircuitOpen { client: self.name });
        }
        let outcome = self.inner.execute(request).await;
        let healthy = outcome.as_ref().is_ok_and(|response| !response.status().is_server_error());
        self.breaker.record(healthy, self.clock.now());
        let result = match &outcome {
            Ok(response) => response.status().as_str().to_owned(),
            Err(_) => "none".to_owned(),
        };
        metrics::counter!("http_client_requests_total", "client" => self.name, "status" => result).increment(1);
        outcome.map_err(|source| {
            // The address may hold secrets in its query, so it stays out of errors and logs.
            let source = source.without_url();
            if source.is_connect() {
                HttpClientError::Unreachable { client: self.name, source }
            } else if source.is_builder() {
                HttpClientError::BadRequest { client: self.name, source }
            } else {
                HttpClientError::NoAnswer { client: self.name, source }
            }
        })
    }
}

/// Chooses the one cryptographic library of the workspace for TLS. Safe to call again.
pub fn install_crypto_provider() {
    // An error only says that it was installed already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

fn is_worth_repeating(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// Opens after several failures in a row; after a pause lets one call through and closes when it succeeds.
struct Breaker {
    failures_to_open: u32,
    pause: SignedDuration,
    state: Mutex<BreakerState>,
}

#[derive(Default)]
struct BreakerState {
    failures: u32,
    closed_until_tried_at: Option<Timestamp>,
}

impl Breaker {
    fn admits(&self, now: Timestamp) -> bool {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match state.closed_until_tried_at {
            Some(instant) if now < instant => false,
            // Half open: this call is the trial, others wait for another pause unless it succeeds.
            Some(_) => {
                state.closed_until_tried_at = Some(now + self.pause);
                true
            }
            None => true,
        }
    }

    fn record(&self, healthy: bool, now: Timestamp) {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if healthy {
            *state = BreakerState::default();
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if state.failures >= self.failures_to_open {
            state.closed_until_tried_at = Some(now + self.pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_breaker_opens_tries_once_and_closes() {
        let breaker = Breaker {
            failures_to_open: 2,
            pause: SignedDuration::from_secs(10),
            state: Mutex::new(BreakerState::default()),
        };
        let start = Timestamp::UNIX_EPOCH;
        breaker.record(false, start);
        assert!(breaker.admits(start));
        breaker.record(false, start);
        assert!(!breaker.admits(start + SignedDuration::from_secs(9)));
        let later = start + SignedDuration::from_secs(10);
        assert!(breaker.admits(later), "one trial");
        assert!(!breaker.admits(later), "only one trial");
        breaker.record(true, later);
        assert!(breaker.admits(later));
    }
}
