//! The key with which a client may repeat a state-changing call (QA-54). Only its form is checked here; remembering
//! answers is the slice's business, in the transaction of the effect.

use std::fmt;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use contracts::codes;
use http::request::Parts;
use uuid::Uuid;

use crate::error::ApiError;

const HEADER: &str = "x-idempotency-key";

/// `X-Idempotency-Key`, a UUID of version 4. As an argument: 400 `IDEMPOTENCY_KEY_REQUIRED` when it is missing, 400
/// `VALIDATION_ERROR` when it is something else. As `Option`: may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(pub Uuid);

impl IdempotencyKey {
    fn read(parts: &Parts) -> Result<Option<Self>, ApiError> {
        let Some(value) = parts.headers.get(HEADER) else {
            return Ok(None);
        };
        let key = value.to_str().ok().and_then(|text| Uuid::parse_str(text).ok());
        key.filter(|key| key.get_version_num() == 4).map(|key| Some(Self(key))).ok_or_else(|| {
            ApiError::validation("X-Idempotency-Key", "must be a UUID of version 4", "πρέπει να είναι UUID έκδοσης 4")
        })
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Self::read(parts)?.ok_or_else(|| ApiError::new(&codes::IDEMPOTENCY_KEY_REQUIRED))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Self::Rejection> {
        Self::read(parts)
    }
}
