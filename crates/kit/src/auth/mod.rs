//! Who calls: access tokens, roles and the internal key.
//!
//! It proves identity and role and asks whether the account still stands. Whether a resource belongs to the caller is
//! never decided here: that needs stored data and is the slice's own question (AUTHZ-09).

mod caller;
mod internal_key;
mod issuer;
mod jwks;
mod verifier;

pub use caller::{
    AccountSource, Admin, Agent, Allowed, AnyRole, Auth, Caller, Customer, CustomerOrOwner, CustomerOwnerOrAdmin,
    Owner, Staff,
};
pub(crate) use caller::{ProvenToken, bearer_token};
pub use internal_key::{INTERNAL_KEY_HEADER, InternalApiKey, InternalKey};
pub use issuer::{Issuer, KeyFolderError};
pub use jwks::{Jwk, Jwks};
pub use verifier::{AuthError, PublicKey, Verifier};

use serde::Deserialize;

/// `[auth]` of a service's configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthConfig {
    /// Where the public keys are read from; empty where the process holds the keys itself.
    pub jwks_url: String,
    /// Folder with `current.pem` and `next.pem`; only the service that issues tokens has one.
    pub key_folder: String,
    /// Seconds an access token lives (AUTH-14).
    pub access_token_seconds: i64,
}

impl Default for AuthConfig {
    fn default() -> Self {
        Self { jwks_url: String::new(), key_folder: String::new(), access_token_seconds: 900 }
    }
}
