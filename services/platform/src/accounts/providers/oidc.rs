//! Google and Apple: the token is an OpenID Connect ID token, judged by its signature and its claims.

use contracts::identity::IdentityProvider;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use kit::clock::SharedClock;
use kit::http::HttpClient;
use serde::Deserialize;

use super::ProviderError;
use super::jwks::{JwksCache, JwksLocation};
use crate::accounts::domain::VerifiedIdentity;
use crate::config::OidcConfig;

/// Clocks of two parties differ; a token counts this much longer and earlier.
const LEEWAY_SECONDS: i64 = 60;

pub struct OidcProvider {
    provider: IdentityProvider,
    keys: JwksCache,
    validation: Validation,
}

#[derive(Deserialize)]
struct IdTokenClaims {
    sub: Option<String>,
    exp: i64,
    iat: Option<i64>,
    nbf: Option<i64>,
    email: Option<String>,
    #[serde(default)]
    email_verified: Confirmation,
    name: Option<String>,
}

/// Apple writes the flag as text, Google as a truth value.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Confirmation {
    Flag(bool),
    Text(String),
    #[default]
    Absent,
}

impl Confirmation {
    fn is_given(&self) -> bool {
        match self {
            Self::Flag(flag) => *flag,
            Self::Text(text) => text == "true",
            Self::Absent => false,
        }
    }
}

impl OidcProvider {
    pub fn new(provider: IdentityProvider, config: &OidcConfig, client: HttpClient, clock: SharedClock) -> Self {
        let location = match &config.jwks_url {
            Some(url) => JwksLocation::Known(url.clone()),
            None => JwksLocation::Discovered { issuer: config.issuer.clone() },
        };
        let issuer = config.issuer.as_str().trim_end_matches('/');
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&config.client_ids);
        // Google has signed with and without the scheme; a trailing slash is the address parser's, not the issuer's.
        let bare = issuer.trim_start_matches("https://");
        validation.set_issuer(&[issuer, &format!("{issuer}/"), bare]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Times are judged below, by the clock that was handed in.
        validation.validate_exp = false;
        Self { provider, keys: JwksCache::new(location, client, clock), validation }
    }

    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<VerifiedIdentity, ProviderError> {
        let header = decode_header(token).map_err(ProviderError::rejected)?;
        if header.alg != Algorithm::RS256 {
            return Err(ProviderError::rejected("not signed with RS256"));
        }
        let key_id = header.kid.ok_or_else(|| ProviderError::rejected("names no key"))?;
        let key = self.keys.key(&key_id).await.map_err(ProviderError::unavailable)?;
        let key = key.ok_or_else(|| ProviderError::rejected("signed with an unknown key"))?;
        let claims = decode::<IdTokenClaims>(token, &key, &self.validation).map_err(ProviderError::rejected)?.claims;
        claims.check_times(now.as_second()).map_err(ProviderError::rejected)?;
        Ok(VerifiedIdentity::from_claims(
            self.provider,
            claims.sub.as_deref(),
            claims.email.as_deref(),
            claims.email_verified.is_given(),
            claims.name.as_deref(),
        )?)
    }
}

impl IdTokenClaims {
    fn check_times(&self, now: i64) -> Result<(), &'static str> {
        if self.exp.saturating_add(LEEWAY_SECONDS) <= now {
            return Err("expired");
        }
        let begins = self.nbf.or(self.iat).unwrap_or(now);
        if begins.saturating_sub(LEEWAY_SECONDS) > now {
            return Err("not valid yet");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: serde_json::Value) -> IdTokenClaims {
        serde_json::from_value(json).expect("readable claims")
    }

    /// AUTH-07: expiry is checked, with a minute for clocks that differ.
    #[test]
    fn times_are_judged() {
        let token = claims(serde_json::json!({ "exp": 1000, "iat": 500 }));
        assert_eq!(token.check_times(1059), Ok(()));
        assert_eq!(token.check_times(1060), Err("expired"));
        assert_eq!(token.check_times(440), Ok(()));
        assert_eq!(token.check_times(439), Err("not valid yet"));
    }

    /// AUTH-07: both ways of writing a confirmed address are understood, everything else is unconfirmed.
    #[test]
    fn confirmation_is_read_in_both_dialects() {
        for (written, given) in [
            (serde_json::json!(true), true),
            (serde_json::json!("true"), true),
            (serde_json::json!(false), false),
            (serde_json::json!("false"), false),
        ] {
            let token = claims(serde_json::json!({ "exp": 1, "email_verified": written }));
            assert_eq!(token.email_verified.is_given(), given);
        }
        assert!(!claims(serde_json::json!({ "exp": 1 })).email_verified.is_given());
    }
}
