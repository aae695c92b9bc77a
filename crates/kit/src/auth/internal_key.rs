//! The key with which one service calls the other in development and test (AUTHZ-17, AUTHZ-18).

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use contracts::codes;
use http::request::Parts;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::error::ApiError;

/// The header that carries the key.
pub const INTERNAL_KEY_HEADER: &str = "x-internal-api-key";

/// The accepted keys: the current one and, while it is being rotated, the previous one. Only digests are kept.
#[derive(Clone)]
pub struct InternalApiKey(Arc<[[u8; 32]]>);

impl InternalApiKey {
    /// Accepts any of `keys`; empty texts are never accepted, so a forgotten setting closes the door.
    #[must_use]
    pub fn accepting(keys: &[SecretString]) -> Self {
        Self(keys.iter().map(ExposeSecret::expose_secret).filter(|key| !key.is_empty()).map(digest).collect())
    }

    /// Compares digests in constant time, so neither content nor length of the key leaks.
    #[must_use]
    pub fn accepts(&self, presented: &str) -> bool {
        let presented = digest(presented);
        let found = self.0.iter().fold(Choice::from(0), |found, key| found | key.ct_eq(&presented));
        found.into()
    }
}

fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// Proof that the other service calls. As an argument: 401 `INTERNAL_KEY_INVALID` otherwise.
#[derive(Debug, Clone, Copy)]
pub struct InternalKey(());

impl<S> FromRequestParts<S> for InternalKey
where
    S: Send + Sync,
    InternalApiKey: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let presented = parts.headers.get(INTERNAL_KEY_HEADER).and_then(|value| value.to_str().ok());
        match presented {
            Some(key) if InternalApiKey::from_ref(state).accepts(key) => Ok(Self(())),
            _ => Err(ApiError::new(&codes::INTERNAL_KEY_INVALID)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AUTHZ-18: both keys of a rotation pass, nothing else does, and an empty setting admits nobody.
    #[test]
    fn only_configured_keys_pass() {
        let keys = InternalApiKey::accepting(&["new".into(), "old".into(), "".into()]);
        assert!(keys.accepts("new") && keys.accepts("old"));
        assert!(!keys.accepts("") && !keys.accepts("ne") && !keys.accepts("newer"));
    }
}
