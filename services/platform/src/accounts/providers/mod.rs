//! Asking the three identity providers whether a token is theirs and whose it is (AUTH-07).
//!
//! Each provider stands alone: one being away makes only its own sign-in unavailable (AUTH-12). Nothing here knows
//! accounts or the database.

mod facebook;
mod jwks;
mod oidc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::identity::IdentityProvider;
use jiff::Timestamp;
use kit::clock::SharedClock;
use kit::http::HttpClient;
use serde::Deserialize;

use super::domain::{IdentityRefused, VerifiedIdentity};
use crate::config::ProvidersConfig;
use facebook::Facebook;
use oidc::OidcProvider;

#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The token is not a good one: wrong signature, audience, issuer, time or shape.
    #[error("the token was refused: {0}")]
    Rejected(String),
    /// The token is good, but what it tells about the person is not enough for an account.
    #[error(transparent)]
    Insufficient(#[from] IdentityRefused),
    /// The provider did not answer, or not in its own dialect.
    #[error("the provider is unavailable")]
    Unavailable(#[source] anyhow::Error),
}

impl ProviderError {
    fn rejected(reason: impl std::fmt::Display) -> Self {
        Self::Rejected(reason.to_string())
    }

    fn unavailable(cause: impl Into<anyhow::Error>) -> Self {
        Self::Unavailable(cause.into())
    }
}

/// Whom a token speaks of, by its own words.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ClaimedIdentity {
    #[serde(rename = "sub")]
    pub subject: Option<String>,
    pub email: Option<String>,
}

/// Reads whom a token speaks of without checking anything: only to know at whom a false one was aimed.
pub fn claimed_identity(token: &str) -> Option<ClaimedIdentity> {
    let claims = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

/// The three providers as configured.
pub struct Providers {
    google: OidcProvider,
    apple: OidcProvider,
    facebook: Facebook,
}

impl Providers {
    /// Each provider has a client of its own, so that one being away opens only its own circuit.
    pub fn new(config: &ProvidersConfig, clock: &SharedClock) -> anyhow::Result<Self> {
        let client = |name| HttpClient::new(name, &config.http, clock.clone());
        let (google, apple) = (IdentityProvider::Google, IdentityProvider::Apple);
        Ok(Self {
            google: OidcProvider::new(google, &config.google, client("google")?, clock.clone()),
            apple: OidcProvider::new(apple, &config.apple, client("apple")?, clock.clone()),
            facebook: Facebook::new(&config.facebook, client("facebook")?),
        })
    }

    /// Checks a token with its provider and says whose it is.
    pub async fn verify(
        &self,
        provider: IdentityProvider,
        token: &str,
        now: Timestamp,
    ) -> Result<VerifiedIdentity, ProviderError> {
        match provider {
            IdentityProvider::Google => self.google.verify(token, now).await,
            IdentityProvider::Apple => self.apple.verify(token, now).await,
            IdentityProvider::Facebook => self.facebook.verify(token, now).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SEC-01: whom a false token is aimed at is read from it, and nonsense is aimed at nobody.
    #[test]
    fn claims_are_read_without_proof() {
        let payload = URL_SAFE_NO_PAD.encode(br#"{"sub":"s-1","email":"a@b.test","more":1}"#);
        let claimed = claimed_identity(&format!("head.{payload}.signature")).expect("readable");
        assert_eq!((claimed.subject.as_deref(), claimed.email.as_deref()), (Some("s-1"), Some("a@b.test")));
        let number = URL_SAFE_NO_PAD.encode(b"{\"sub\":7}");
        for nonsense in ["", "...", "a.b.c", "one-part", &format!("a.{number}.c")] {
            assert_eq!(claimed_identity(nonsense), None, "{nonsense}");
        }
    }
}
