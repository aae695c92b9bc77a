//! A browser vendor's Web Push service (RFC 8030, 8188, 8292): takes encrypted messages it cannot read.
//!
//! Checks what a real service checks: the VAPID token's signature, audience and expiry, and the form of the encrypted body.

use std::collections::HashMap;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Router, middleware};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::chaos::{Vendor, disturb};
use crate::html;
use crate::outbox::{self, Push};
use crate::state::Sandbox;

const LARGEST_BODY: usize = 4096;
/// Salt, record size and the length of the key id stand before the key id itself (RFC 8188, section 2.1).
const HEADER_BYTES: usize = 16 + 4 + 1;
const PUBLIC_KEY_BYTES: usize = 65;
const TAG_BYTES: usize = 16;

/// `/webpush/{id}`; the id is whatever the subscription's endpoint ends in.
pub fn router(sandbox: &Sandbox) -> Router<Sandbox> {
    Router::new()
        .route("/webpush/{id}", post(receive))
        .layer(middleware::from_fn_with_state((sandbox.clone(), Vendor::Webpush), disturb))
}

fn refused(status: StatusCode, message: &str) -> Response {
    (status, message.to_owned()).into_response()
}

async fn receive(State(sandbox): State<Sandbox>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let audience = html::origin_of(&sandbox.config().public_url);
    let authorization = text("authorization").unwrap_or_default();
    let subject = match check_vapid(authorization, &audience, sandbox.now().as_second()) {
        Ok(subject) => subject,
        Err((status, message)) => return refused(status, message),
    };
    let Some(ttl) = text("ttl").and_then(|value| value.parse::<u32>().ok()) else {
        return refused(StatusCode::BAD_REQUEST, "the TTL header is missing or no number");
    };
    let urgency = text("urgency").unwrap_or("normal");
    if !["very-low", "low", "normal", "high"].contains(&urgency) {
        return refused(StatusCode::BAD_REQUEST, "the Urgency header has an unknown value");
    }
    if let Err((status, message)) = check_body(text("content-encoding"), &body) {
        return refused(status, message);
    }
    if outbox::is_gone(&sandbox, &id) {
        return refused(StatusCode::GONE, "the subscription has expired");
    }
    let message_id = sandbox.new_id("push");
    // As it came: only a browser's keys open it.
    let encrypted = URL_SAFE_NO_PAD.encode(&body);
    let message = json!({
        "ttl": ttl, "urgency": urgency, "topic": text("topic"), "bytes": body.len(), "subject": subject,
        "body": encrypted, "traceparent": text("traceparent"),
    });
    let push = Push {
        id: message_id.clone(),
        sent_at: sandbox.now().as_millisecond(),
        channel: "webpush".to_owned(),
        to: id,
        title: None,
        body: None,
        message,
    };
    outbox::keep_push(&sandbox, push);
    let mut response = StatusCode::CREATED.into_response();
    if let Ok(location) = HeaderValue::from_str(&sandbox.address(&format!("/webpush/messages/{message_id}"))) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// `vapid t=<token>, k=<key>`: gives the token's subject.
fn check_vapid(authorization: &str, audience: &str, now: i64) -> Result<Option<String>, (StatusCode, &'static str)> {
    let unauthorized = |message| (StatusCode::UNAUTHORIZED, message);
    let forbidden = |message| (StatusCode::FORBIDDEN, message);
    let Some(parameters) = authorization.strip_prefix("vapid ") else {
        return Err(unauthorized("the Authorization header must begin with vapid"));
    };
    let parameters: HashMap<&str, &str> =
        parameters.split(',').filter_map(|part| part.trim().split_once('=')).collect();
    let (Some(token), Some(key)) = (parameters.get("t"), parameters.get("k")) else {
        return Err(unauthorized("t or k is missing"));
    };
    let key = URL_SAFE_NO_PAD.decode(key).map_err(|_| unauthorized("k is no base64url"))?;
    let (signed, signature) = token.rsplit_once('.').ok_or_else(|| unauthorized("t is no JWT"))?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| unauthorized("t is no JWT"))?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| forbidden("the VAPID signature does not fit"))?;
    let claims = signed
        .split_once('.')
        .and_then(|(_, claims)| URL_SAFE_NO_PAD.decode(claims).ok())
        .ok_or_else(|| unauthorized("t is no JWT"))?;
    let claims: Value = serde_json::from_slice(&claims).map_err(|_| unauthorized("t is no JWT"))?;
    if claims["aud"] != audience {
        return Err(forbidden("aud must be the origin of the endpoint"));
    }
    let expires_at = claims["exp"].as_i64().ok_or_else(|| forbidden("exp is missing"))?;
    if expires_at <= now || expires_at > now + 24 * 3600 {
        return Err(forbidden("exp must lie within the next 24 hours"));
    }
    Ok(claims["sub"].as_str().map(str::to_owned))
}

/// The outer form of an `aes128gcm` body: one record whose key id is the sender's public key.
fn check_body(encoding: Option<&str>, body: &[u8]) -> Result<(), (StatusCode, &'static str)> {
    if body.is_empty() {
        return Ok(());
    }
    let bad = |message| Err((StatusCode::BAD_REQUEST, message));
    if body.len() > LARGEST_BODY {
        return Err((StatusCode::PAYLOAD_TOO_LARGE, "the message is longer than 4096 bytes"));
    }
    if encoding != Some("aes128gcm") {
        return bad("Content-Encoding must be aes128gcm");
    }
    if body.len() < HEADER_BYTES + PUBLIC_KEY_BYTES + TAG_BYTES + 1 {
        return bad("the encrypted body is too short");
    }
    let record_size = u32::from_be_bytes([body[16], body[17], body[18], body[19]]);
    if record_size < 18 || usize::from(body[20]) != PUBLIC_KEY_BYTES || body[21] != 4 {
        return bad("the encrypted body's header is malformed");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_must_look_encrypted() {
        let mut body = vec![0_u8; 16];
        body.extend_from_slice(&4096_u32.to_be_bytes());
        body.push(65);
        body.push(4);
        body.extend_from_slice(&[7; 64 + 40]);
        assert!(check_body(Some("aes128gcm"), &body).is_ok());
        assert!(check_body(Some("aesgcm"), &body).is_err());
        assert!(check_body(Some("aes128gcm"), b"hello").is_err());
        assert!(check_body(Some("aes128gcm"), &[0; 5000]).is_err());
        body[20] = 12;
        assert!(check_body(Some("aes128gcm"), &body).is_err());
    }
}
