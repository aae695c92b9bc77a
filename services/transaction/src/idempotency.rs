//! The header `X-Idempotency-Key` and what a key is bound to (BOOK-02).

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use contracts::codes;
use contracts::ids::UserId;
use http::request::Parts;
use kit::ApiError;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::{Uuid, Variant};

/// Name of the header.
pub const HEADER: &str = "x-idempotency-key";

/// A client's key. As an argument it is required: a missing one, or one that is no UUID of version 4, is 400
/// `IDEMPOTENCY_KEY_REQUIRED`. `Option<IdempotencyKey>` honours one that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdempotencyKey(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        read(parts)?.ok_or_else(|| ApiError::new(&codes::IDEMPOTENCY_KEY_REQUIRED))
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        read(parts)
    }
}

fn read(parts: &Parts) -> Result<Option<IdempotencyKey>, ApiError> {
    let Some(header) = parts.headers.get(HEADER) else { return Ok(None) };
    header
        .to_str()
        .ok()
        .and_then(|text| Uuid::try_parse(text).ok())
        .filter(|key| key.get_version_num() == 4 && key.get_variant() == Variant::RFC4122)
        .map(|key| Some(IdempotencyKey(key)))
        .ok_or_else(|| ApiError::new(&codes::IDEMPOTENCY_KEY_REQUIRED))
}

/// A key that follows from another one: the parts of a request that makes several things each get one, so that a repetition
/// finds what was already made.
#[must_use]
pub fn derived_key(key: Uuid, user: UserId, part: &str) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(key.as_bytes());
    hash.update(user.0.as_bytes());
    hash.update(part.as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// SHA-256 of an operation, what it is applied to, and its body as understood: formatting and the order of members do
/// not make another request.
#[must_use]
pub fn request_hash(operation: &str, subject: &str, body: &impl Serialize) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(operation.as_bytes());
    hash.update([0]);
    hash.update(subject.as_bytes());
    hash.update([0]);
    // A body that was read from JSON can be written as JSON.
    hash.update(serde_json::to_vec(body).unwrap_or_default());
    hash.finalize().into()
}
