//! Stripe's HTTP face: keys, forms, idempotency, the answer's headers. Decides nothing about money.
//!
//! An idempotency key is remembered with its answer in the same change as the effect, for 24 hours. The same key with
//! the same parameters gets the first answer again, errors included if work had begun; with other parameters 400; while
//! the first request still runs 409.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use base64::Engine as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use subtle::ConstantTimeEq as _;
use tower_http::cors::CorsLayer;

use super::books::KeptAnswer;
use super::desk::Desk;
use super::dispatch::{self, Right};
use super::error::StripeError;
use super::form::Params;
use super::{views, webhooks};
use crate::chaos::{self, Vendor};
use crate::state::{Data, Sandbox};

const KEY_SECONDS: i64 = 24 * 3600;
/// Beyond this many the oldest keys are forgotten before their day is over, so that a load test does not fill memory.
const KEPT_ANSWERS: usize = 5_000;
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const STRIPE_ACCOUNT: HeaderName = HeaderName::from_static("stripe-account");

/// `/stripe/v1/*`
pub fn router() -> Router<Sandbox> {
    Router::new().route("/stripe/v1/{*path}", any(call)).layer(CorsLayer::permissive())
}

struct Call {
    method: Method,
    path: String,
    right: Right,
    params: Params,
    account: Option<String>,
    request: String,
    key: Option<Key>,
}

struct Key {
    given: String,
    /// The key within its account, since two accounts may use the same.
    scoped: String,
    fingerprint: String,
}

async fn call(
    State(sandbox): State<Sandbox>,
    method: Method,
    Path(path): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = sandbox.new_id("req");
    let call = match read(&sandbox, method, path, &uri, &headers, &body, &request) {
        Ok(call) => call,
        Err(error) => return finished(&request, None, error.status, error.body().to_string(), false),
    };
    // The work goes on when the caller hangs up, as it would at Stripe: a timeout is not a failure.
    match tokio::spawn(serve(sandbox, call)).await {
        Ok(response) => response,
        Err(_) => chaos::fault(Vendor::Stripe, 500),
    }
}

fn read(
    sandbox: &Sandbox,
    method: Method,
    path: String,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
    request: &str,
) -> Result<Call, StripeError> {
    let right = authenticate(sandbox, headers, &method, uri, body)?;
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let params = if method == Method::POST {
        let kind = text(&header::CONTENT_TYPE).unwrap_or_default();
        if !body.is_empty() && !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(StripeError::invalid(
                "",
                &format!("Invalid request: content type '{kind}' is not application/x-www-form-urlencoded."),
            ));
        }
        Params::parse(body)?
    } else {
        Params::parse(uri.query().unwrap_or_default().as_bytes())?
    };
    let account = text(&STRIPE_ACCOUNT);
    let key = match text(&IDEMPOTENCY_KEY).filter(|_| method == Method::POST) {
        Some(given) if given.is_empty() || given.len() > 255 => {
            return Err(StripeError::invalid("", "Idempotency keys must have between 1 and 255 characters."));
        }
        Some(given) => {
            let holder = account.clone().unwrap_or_default();
            let fingerprint = params.fingerprint(&format!("{method} {path} {holder}"));
            Some(Key { scoped: format!("{holder}/{given}"), fingerprint, given })
        }
        None => None,
    };
    Ok(Call { method, path, right, params, account, request: request.to_owned(), key })
}

fn authenticate(
    sandbox: &Sandbox,
    headers: &HeaderMap,
    method: &Method,
    uri: &Uri,
    body: &[u8],
) -> Result<Right, StripeError> {
    let config = &sandbox.config().stripe;
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
        if let Some(basic) = value.strip_prefix("Basic ") {
            let decoded = base64::engine::general_purpose::STANDARD.decode(basic.trim()).ok()?;
            return String::from_utf8(decoded).ok()?.split(':').next().map(str::to_owned);
        }
        value.strip_prefix("Bearer ").map(|token| token.trim().to_owned())
    });
    // Browsers send the publishable key as a parameter.
    let given = given.or_else(|| {
        let form: &[u8] = if method == Method::POST { body } else { uri.query().unwrap_or_default().as_bytes() };
        url::form_urlencoded::parse(form).find(|(name, _)| name == "key").map(|(_, value)| value.into_owned())
    });
    let Some(given) = given else {
        return Err(StripeError::unauthenticated("You did not provide an API key."));
    };
    let is = |key: &str| bool::from(given.as_bytes().ct_eq(key.as_bytes()));
    if is(&config.secret_key) {
        Ok(Right::Secret)
    } else if is(&config.publishable_key) {
        Ok(Right::Publishable)
    } else {
        let shown: String = given.chars().take(8).collect();
        Err(StripeError::unauthenticated(&format!("Invalid API Key provided: {shown}***")))
    }
}

enum Claim {
    /// Go on; the key, if any, is ours until released.
    Granted,
    Kept(KeptAnswer),
    Refused(StripeError),
}

fn claim(sandbox: &Sandbox, key: &Key, now: i64) -> Claim {
    let mut in_use = sandbox.stripe_keys_in_use();
    if let Some(kept) = sandbox.read(|data| kept_answer(data, key, now)) {
        return if kept.fingerprint == key.fingerprint {
            Claim::Kept(kept)
        } else {
            Claim::Refused(StripeError::key_reused(&key.given))
        };
    }
    if in_use.insert(key.scoped.clone()) { Claim::Granted } else { Claim::Refused(StripeError::key_in_use(&key.given)) }
}

fn kept_answer(data: &Data, key: &Key, now: i64) -> Option<KeptAnswer> {
    data.stripe.answers.get(&key.scoped).filter(|kept| kept.created + KEY_SECONDS > now).cloned()
}

/// Gives the key free again, also when the work panics.
struct Release(Sandbox, Option<String>);

impl Drop for Release {
    fn drop(&mut self) {
        if let Some(key) = &self.1 {
            self.0.stripe_keys_in_use().remove(key);
        }
    }
}

async fn serve(sandbox: Sandbox, call: Call) -> Response {
    let now = sandbox.now().as_second();
    let mut release = Release(sandbox.clone(), None);
    if let Some(key) = &call.key {
        match claim(&sandbox, key, now) {
            Claim::Granted => release.1 = Some(key.scoped.clone()),
            Claim::Kept(kept) => return finished(&kept.request, Some(&key.given), kept.status, kept.body, true),
            Claim::Refused(error) => {
                return finished(&call.request, Some(&key.given), error.status, error.body().to_string(), false);
            }
        }
    }
    let operation = format!("{} /v1/{}", call.method, call.path);
    chaos::around(&sandbox, Vendor::Stripe, &operation, || {
        let response = execute(&sandbox, &call);
        async { response }
    })
    .await
}

fn execute(sandbox: &Sandbox, call: &Call) -> Response {
    let now = sandbox.now().as_second();
    let outgoing = Arc::new(Mutex::new(Vec::new()));
    let (status, body, replayed) = sandbox.write(|data| {
        if let Some(key) = &call.key
            && let Some(kept) = kept_answer(data, key, now)
        {
            return (kept.status, kept.body, true);
        }
        let answer = at_desk(sandbox, data, |desk| {
            desk.account = call.account.clone();
            desk.request = Some(call.request.clone());
            desk.idempotency_key = call.key.as_ref().map(|key| key.given.clone());
            let answer = dispatch::work(desk, call.right, call.method.as_str(), &call.path, call.params.clone());
            outgoing.lock().unwrap_or_else(PoisonError::into_inner).append(&mut desk.outgoing);
            answer
        });
        let (status, body, remember) = match answer {
            Ok(value) => (200, value.to_string(), true),
            Err(error) => (error.status, error.body().to_string(), error.began),
        };
        if let (Some(key), true) = (&call.key, remember) {
            let kept = KeptAnswer {
                fingerprint: key.fingerprint.clone(),
                status,
                body: body.clone(),
                request: call.request.clone(),
                created: now,
            };
            data.stripe.answers.put(&key.scoped, kept);
            data.stripe.answers.keep_newest(KEPT_ANSWERS, |_| false);
        }
        (status, body, false)
    });
    let outgoing = std::mem::take(&mut *outgoing.lock().unwrap_or_else(PoisonError::into_inner));
    webhooks::send_all(sandbox, outgoing);
    finished(&call.request, call.key.as_ref().map(|key| key.given.as_str()), status, body, replayed)
}

/// Opens the books for one piece of work inside a change.
pub fn at_desk<R>(sandbox: &Sandbox, data: &mut Data, work: impl FnOnce(&mut Desk<'_>) -> R) -> R {
    let new_id = |prefix: &str| sandbox.new_id(prefix);
    let secret = || sandbox.secret();
    let address = |path: &str| sandbox.address(path);
    let mut desk = Desk {
        books: &mut data.stripe,
        config: &sandbox.config().stripe,
        now: sandbox.now().as_second(),
        new_id: &new_id,
        secret: &secret,
        address: &address,
        account: None,
        request: None,
        idempotency_key: None,
        outgoing: Vec::new(),
    };
    work(&mut desk)
}

/// One change at the desk with its deliveries sent after it; for everything that is not a call of Stripe's API.
pub fn change<R>(sandbox: &Sandbox, work: impl FnOnce(&mut Desk<'_>) -> R) -> R {
    let (result, outgoing) =
        sandbox.write(|data| at_desk(sandbox, data, |desk| (work(desk), std::mem::take(&mut desk.outgoing))));
    webhooks::send_all(sandbox, outgoing);
    result
}

fn finished(request: &str, key: Option<&str>, status: u16, body: String, replayed: bool) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    let headers = response.headers_mut();
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put("request-id", request);
    put("stripe-version", views::API_VERSION);
    if let Some(key) = key {
        put("idempotency-key", key);
    }
    if replayed {
        put("idempotent-replayed", "true");
    }
    response
}
