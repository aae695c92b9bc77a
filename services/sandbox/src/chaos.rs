//! Faults on request: calls and webhook deliveries that come late, twice, in another order, not at all, or fail.
//!
//! Owns the rules and how a rule disturbs a call. `POST /chaos` adds one, `GET /chaos` lists, `DELETE /chaos` removes.
//! Rules are deliberately not kept over a restart.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::state::Sandbox;

/// Who is disturbed. `StripeWebhook` are Stripe's deliveries to us, everything else is our calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vendor {
    Google,
    Apple,
    Facebook,
    Stripe,
    StripeWebhook,
    Sendgrid,
    Fcm,
    Webpush,
    Openweathermap,
    Weatherapi,
    S3,
}

/// How.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Waits `delayMs` before anything happens.
    Delay,
    /// Happens twice.
    Repeat,
    /// Waits for the next one and lets it pass first, at most `delayMs` long.
    Reorder,
    /// Never arrives: no effect, and the connection breaks. A delivery is not tried again.
    Drop,
    /// No effect and an answer of `status`. A delivery counts as refused and is tried again.
    Fail,
    /// The effect happens, then nothing is heard for `delayMs`. A delivery arrives but counts as refused.
    TimeoutAfterEffect,
}

/// One rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    #[serde(default)]
    pub id: u64,
    pub vendor: Vendor,
    /// Part of `METHOD /path` (without the base address) or, for deliveries, of the event type; absent means all.
    #[serde(default)]
    pub operation: Option<String>,
    pub action: Action,
    /// How often it still strikes; absent means once, 0 means until removed.
    #[serde(default)]
    pub times: Option<u32>,
    #[serde(default)]
    pub delay_ms: Option<u64>,
    /// Status of a failed call; 503 unless given.
    #[serde(default)]
    pub status: Option<u16>,
    /// How often it struck.
    #[serde(default)]
    pub struck: u32,
}

impl Rule {
    fn delay(&self) -> Duration {
        let standard = match self.action {
            Action::Delay => 1_000,
            Action::TimeoutAfterEffect => 30_000,
            _ => 5_000,
        };
        Duration::from_millis(self.delay_ms.unwrap_or(standard))
    }

    fn matches(&self, vendor: Vendor, operation: &str) -> bool {
        self.vendor == vendor && self.operation.as_ref().is_none_or(|wanted| operation.contains(wanted.as_str()))
    }

    fn is_used_up(&self) -> bool {
        match self.times {
            Some(0) => false,
            times => self.struck >= times.unwrap_or(1),
        }
    }
}

/// The rules in force.
#[derive(Debug, Default)]
pub struct Chaos {
    rules: Mutex<Vec<Rule>>,
    last_id: std::sync::atomic::AtomicU64,
    passed: Notify,
}

impl Chaos {
    fn rules(&self) -> MutexGuard<'_, Vec<Rule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a rule and gives it its id.
    pub fn add(&self, mut rule: Rule) -> Rule {
        rule.id = self.last_id.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        rule.struck = 0;
        self.rules().push(rule.clone());
        rule
    }

    /// The rule that strikes now, if any; it is counted.
    pub fn strike(&self, vendor: Vendor, operation: &str) -> Option<Rule> {
        let mut rules = self.rules();
        let rule = rules.iter_mut().find(|rule| !rule.is_used_up() && rule.matches(vendor, operation))?;
        rule.struck += 1;
        Some(rule.clone())
    }

    /// Tells those who wait for another call to go first.
    pub fn let_others_pass(&self) {
        self.passed.notify_waiters();
    }

    /// Waits until another call has passed or the rule's time is over.
    pub async fn wait_for_another(&self, rule: &Rule) {
        let _ = tokio::time::timeout(rule.delay(), self.passed.notified()).await;
    }
}

/// Runs a call under the rule that strikes it, if one does.
pub async fn around<F, R>(sandbox: &Sandbox, vendor: Vendor, operation: &str, effect: F) -> Response
where
    F: Fn() -> R,
    R: Future<Output = Response>,
{
    let rule = sandbox.chaos().strike(vendor, operation);
    let answer = match rule {
        None => effect().await,
        Some(rule) => {
            tracing::info!(?vendor, operation, action = ?rule.action, "chaos strikes");
            match rule.action {
                Action::Delay => {
                    tokio::time::sleep(rule.delay()).await;
                    effect().await
                }
                Action::Repeat => {
                    effect().await;
                    effect().await
                }
                Action::Reorder => {
                    sandbox.chaos().wait_for_another(&rule).await;
                    return effect().await;
                }
                Action::Drop => return broken_connection(),
                Action::Fail => fault(vendor, rule.status.unwrap_or(503)),
                Action::TimeoutAfterEffect => {
                    effect().await;
                    tokio::time::sleep(rule.delay()).await;
                    fault(vendor, 504)
                }
            }
        }
    };
    sandbox.chaos().let_others_pass();
    answer
}

/// The same for a whole vendor's routes. The request's body is read first, so that it can be played twice.
pub async fn disturb(State((sandbox, vendor)): State<(Sandbox, Vendor)>, request: Request, next: Next) -> Response {
    let operation = format!("{} {}", request.method(), request.uri().path());
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else {
        return fault(vendor, 413);
    };
    around(&sandbox, vendor, &operation, || {
        let request = Request::from_parts(parts.clone(), Body::from(body.clone()));
        next.clone().run(request)
    })
    .await
}

/// Larger than any upload the services take.
pub const LARGEST_BODY: usize = 32 * 1024 * 1024;

fn broken_connection() -> Response {
    let failure = futures::stream::once(async {
        Err::<bytes::Bytes, _>(std::io::Error::other("the connection was dropped on request"))
    });
    Response::new(Body::from_stream(failure))
}

/// An error in the vendor's own shape.
pub fn fault(vendor: Vendor, status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let message = "The sandbox was asked to fail this call.";
    let body: Value = match vendor {
        Vendor::Stripe | Vendor::StripeWebhook if status == StatusCode::TOO_MANY_REQUESTS => {
            json!({ "error": { "type": "invalid_request_error", "code": "rate_limit", "message": "Too many requests hit the API too quickly." } })
        }
        Vendor::Stripe | Vendor::StripeWebhook => json!({ "error": { "type": "api_error", "message": message } }),
        Vendor::Sendgrid => json!({ "errors": [{ "message": message, "field": null, "help": null }] }),
        Vendor::Fcm => json!({ "error": { "code": status.as_u16(), "message": message, "status": "UNAVAILABLE" } }),
        Vendor::Google | Vendor::Apple => json!({ "error": "temporarily_unavailable", "error_description": message }),
        Vendor::Facebook => {
            json!({ "error": { "message": message, "type": "OAuthException", "code": 2, "is_transient": true } })
        }
        Vendor::Openweathermap => json!({ "cod": status.as_u16(), "message": message }),
        Vendor::Weatherapi => json!({ "error": { "code": 9999, "message": message } }),
        Vendor::Webpush => return (status, message).into_response(),
        Vendor::S3 => {
            let xml = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>SlowDown</Code><Message>{message}</Message></Error>"
            );
            return (status, [(header::CONTENT_TYPE, "application/xml")], xml).into_response();
        }
    };
    (status, Json(body)).into_response()
}

/// `/chaos`
pub fn router() -> Router<Sandbox> {
    Router::new().route("/chaos", get(list).post(add).delete(clear)).route("/chaos/{id}", delete(remove))
}

#[derive(Deserialize)]
struct Filter {
    vendor: Option<Vendor>,
}

async fn list(State(sandbox): State<Sandbox>) -> Json<Value> {
    let rules: Vec<Rule> = sandbox.chaos().rules().iter().filter(|rule| !rule.is_used_up()).cloned().collect();
    Json(json!({ "rules": rules }))
}

async fn add(
    State(sandbox): State<Sandbox>,
    rule: Result<Json<Rule>, axum::extract::rejection::JsonRejection>,
) -> Response {
    match rule {
        Ok(Json(rule)) if rule.status.is_some_and(|status| !(400..=599).contains(&status)) => {
            refusal("status must be between 400 and 599")
        }
        Ok(Json(rule)) if rule.delay_ms.is_some_and(|delay| delay > 600_000) => {
            refusal("delayMs must be at most 600000")
        }
        Ok(Json(rule)) => (StatusCode::CREATED, Json(sandbox.chaos().add(rule))).into_response(),
        Err(rejection) => refusal(&rejection.body_text()),
    }
}

fn refusal(message: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": message }))).into_response()
}

async fn clear(State(sandbox): State<Sandbox>, Query(filter): Query<Filter>) -> StatusCode {
    sandbox.chaos().rules().retain(|rule| filter.vendor.is_some_and(|vendor| vendor != rule.vendor));
    StatusCode::NO_CONTENT
}

async fn remove(State(sandbox): State<Sandbox>, Path(id): Path<u64>) -> StatusCode {
    sandbox.chaos().rules().retain(|rule| rule.id != id);
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(times: Option<u32>, operation: Option<&str>) -> Rule {
        Rule {
            id: 0,
            vendor: Vendor::Stripe,
            operation: operation.map(str::to_owned),
            action: Action::Fail,
            times,
            delay_ms: None,
            status: None,
            struck: 0,
        }
    }

    #[test]
    fn a_rule_strikes_as_often_as_asked_and_only_its_own_operation() {
        let chaos = Chaos::default();
        chaos.add(rule(Some(2), Some("refunds")));
        assert!(chaos.strike(Vendor::Stripe, "POST /v1/payment_intents").is_none());
        assert!(chaos.strike(Vendor::S3, "POST /v1/refunds").is_none());
        assert!(chaos.strike(Vendor::Stripe, "POST /v1/refunds").is_some());
        assert!(chaos.strike(Vendor::Stripe, "POST /v1/refunds").is_some());
        assert!(chaos.strike(Vendor::Stripe, "POST /v1/refunds").is_none());
    }

    #[test]
    fn once_unless_said_and_for_ever_when_zero() {
        let chaos = Chaos::default();
        chaos.add(rule(None, None));
        assert!(chaos.strike(Vendor::Stripe, "x").is_some());
        assert!(chaos.strike(Vendor::Stripe, "x").is_none());
        chaos.add(rule(Some(0), None));
        for _ in 0..5 {
            assert!(chaos.strike(Vendor::Stripe, "x").is_some());
        }
    }
}
