//! Firebase Cloud Messaging, HTTP v1, with the token endpoint of Google's service accounts.
//!
//! `GET /fcm/service-account.json` gives a service account that this sandbox trusts, as Google's console would.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::chaos::{Vendor, disturb};
use crate::outbox::{self, Push};
use crate::state::Sandbox;

const TOKEN_SECONDS: i64 = 3599;
const MESSAGING_SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const LARGEST_MESSAGE: usize = 4096;

/// `/fcm/*`
pub fn router(sandbox: &Sandbox) -> Router<Sandbox> {
    let vendor = Router::new()
        .route("/fcm/v1/projects/{project}/{operation}", post(send))
        .layer(middleware::from_fn_with_state((sandbox.clone(), Vendor::Fcm), disturb));
    Router::new().merge(vendor).route("/fcm/service-account.json", get(service_account))
}

fn client_email(sandbox: &Sandbox) -> String {
    format!("sandbox@{}.iam.gserviceaccount.com", sandbox.config().fcm.project_id)
}

async fn service_account(State(sandbox): State<Sandbox>) -> Response {
    let Ok((id, der)) = sandbox.service_account_key().and_then(|key| Ok((key.id().to_owned(), key.private_der()?)))
    else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|chunk| std::str::from_utf8(chunk).ok()).collect();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
    Json(json!({
        "type": "service_account", "project_id": sandbox.config().fcm.project_id, "private_key_id": id, "private_key": pem,
        "client_email": client_email(&sandbox), "client_id": "1", "token_uri": sandbox.address("/google/token"), "universe_domain": "googleapis.com",
    }))
    .into_response()
}

#[derive(Deserialize)]
struct Assertion {
    iss: String,
    aud: String,
    scope: String,
    iat: i64,
    exp: i64,
}

/// Checks a service account's signed assertion (RFC 7523) and gives an access token.
///
/// # Errors
/// What is wrong with the assertion.
pub fn service_account_token(sandbox: &Sandbox, assertion: &str) -> Result<String, &'static str> {
    let (signed, signature) = assertion.rsplit_once('.').ok_or("the assertion is no JWT")?;
    let claims = signed
        .split_once('.')
        .and_then(|(_, claims)| URL_SAFE_NO_PAD.decode(claims).ok())
        .ok_or("the assertion is no JWT")?;
    let claims: Assertion =
        serde_json::from_slice(&claims).map_err(|_| "the assertion lacks iss, aud, scope, iat or exp")?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "the signature is no base64url")?;
    let key = sandbox.service_account_key().map_err(|_| "no key can be made")?;
    if claims.iss != client_email(sandbox) || !key.verifies(signed.as_bytes(), &signature) {
        return Err("Invalid JWT Signature.");
    }
    let now = sandbox.now().as_second();
    if claims.exp <= now || claims.iat > now + 60 || claims.exp - claims.iat > 3600 {
        return Err("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.");
    }
    if claims.aud != sandbox.address("/google/token") {
        return Err("Invalid JWT: aud must be the token endpoint.");
    }
    if !claims
        .scope
        .split(' ')
        .any(|scope| scope == MESSAGING_SCOPE || scope == "https://www.googleapis.com/auth/cloud-platform")
    {
        return Err("Invalid OAuth scope or ID token audience provided.");
    }
    let token = format!("ya29.{}", sandbox.secret());
    let mut tokens = sandbox.service_tokens();
    tokens.put(&token, now + TOKEN_SECONDS);
    tokens.keep_newest(1_000, |_| false);
    Ok(token)
}

fn error(status: StatusCode, state: &str, code: Option<&str>, message: &str) -> Response {
    let mut error = json!({ "code": status.as_u16(), "message": message, "status": state });
    if let Some(code) = code {
        error["details"] =
            json!([{ "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code }]);
    }
    (status, Json(json!({ "error": error }))).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    message: Message,
    #[serde(default)]
    validate_only: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    token: Option<String>,
    topic: Option<String>,
    condition: Option<String>,
    notification: Option<Notification>,
    #[serde(default)]
    data: Map<String, Value>,
    #[serde(default, rename = "name")]
    _name: Option<String>,
    #[serde(default, rename = "android")]
    _android: Option<Value>,
    #[serde(default, rename = "apns")]
    _apns: Option<Value>,
    #[serde(default, rename = "webpush")]
    _webpush: Option<Value>,
    #[serde(default, rename = "fcm_options")]
    _fcm_options: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notification {
    title: Option<String>,
    body: Option<String>,
    #[serde(default, rename = "image")]
    _image: Option<String>,
}

async fn send(
    State(sandbox): State<Sandbox>,
    Path((project, operation)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if operation != "messages:send" {
        return error(StatusCode::NOT_FOUND, "NOT_FOUND", None, "Method not found.");
    }
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    let now = sandbox.now().as_second();
    if sandbox.service_tokens().get(token).is_none_or(|expires_at| *expires_at <= now) {
        return error(
            StatusCode::UNAUTHORIZED,
            "UNAUTHENTICATED",
            Some("THIRD_PARTY_AUTH_ERROR"),
            "Request had invalid authentication credentials.",
        );
    }
    if project != sandbox.config().fcm.project_id {
        return error(StatusCode::FORBIDDEN, "PERMISSION_DENIED", Some("SENDER_ID_MISMATCH"), "SenderId mismatch");
    }
    let invalid = |message: &str| error(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", Some("INVALID_ARGUMENT"), message);
    let whole: Value = serde_json::from_slice(&body).unwrap_or_default();
    let envelope: Envelope = match serde_json::from_slice(&body) {
        Ok(envelope) => envelope,
        Err(problem) => return invalid(&format!("Invalid JSON payload received. {problem}")),
    };
    let message = envelope.message;
    let targets: Vec<&String> = [&message.token, &message.topic, &message.condition].into_iter().flatten().collect();
    let [target] = targets.as_slice() else {
        return invalid("Exactly one of token, topic or condition is required.");
    };
    if message.data.values().any(|value| !value.is_string()) {
        return invalid("Invalid value at 'message.data': values must be strings.");
    }
    if body.len() > LARGEST_MESSAGE {
        return invalid("Message is too big.");
    }
    if target.starts_with("invalid") {
        return invalid("The registration token is not a valid FCM registration token");
    }
    if outbox::is_gone(&sandbox, target) {
        return error(StatusCode::NOT_FOUND, "NOT_FOUND", Some("UNREGISTERED"), "Requested entity was not found.");
    }
    let id = sandbox.new_id("fcm");
    if !envelope.validate_only {
        let push = Push {
            id: id.clone(),
            sent_at: sandbox.now().as_millisecond(),
            channel: "fcm".to_owned(),
            to: (*target).clone(),
            title: message.notification.as_ref().and_then(|shown| shown.title.clone()),
            body: message.notification.as_ref().and_then(|shown| shown.body.clone()),
            message: whole["message"].clone(),
        };
        outbox::keep_push(&sandbox, push);
    }
    Json(json!({ "name": format!("projects/{project}/messages/{id}") })).into_response()
}
