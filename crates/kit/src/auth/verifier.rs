//! Proof of access tokens: signature by RS256 only, expiry, claims (AUTHZ-01, AUTHZ-02, AUTH-18).
//!
//! Keys are given once, or read from the issuer's JWKS address and kept. It never looks at roles or accounts.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context as _;
use contracts::identity::AccessClaims;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::ErrorKind};
use tokio::sync::Mutex;

use super::jwks::{Jwk, Jwks};
use crate::http::HttpClient;

/// A key id that is not known causes at most one fetch in this time, so that forged tokens cannot cause a storm.
const REFETCH_PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// After a fetch that failed the next one may come sooner: the issuer may just be starting.
const RETRY_PAUSE: SignedDuration = SignedDuration::from_secs(1);
/// Keys older than this are read again, so that a retired key stops working (SEC-61).
const KEYS_MAX_AGE: SignedDuration = SignedDuration::from_mins(5);
/// No token of ours comes near this; longer ones are refused before any work.
const TOKEN_MAX_BYTES: usize = 8 * 1024;

/// Why a token proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Genuine, but its time is over.
    #[error("the token has expired")]
    Expired,
    /// Not a token of ours; the text is for the log.
    #[error("the token is not valid: {0}")]
    Invalid(&'static str),
    /// The keys cannot be read and none are cached, so nothing can be said.
    #[error("the signing keys cannot be read")]
    KeysUnavailable(#[source] anyhow::Error),
}

/// A key that may prove signatures, with its id.
pub type PublicKey = Jwk;

type KeyRing = HashMap<String, DecodingKey>;

/// Checks access tokens.
pub struct Verifier {
    keys: Arc<KnownKeys>,
    remote: Option<Arc<Remote>>,
    rules: Validation,
}

/// The keys at hand, replaced as a whole.
#[derive(Default)]
struct KnownKeys(RwLock<Arc<KeyRing>>);

impl KnownKeys {
    fn ring(&self) -> Arc<KeyRing> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, ring: KeyRing) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
    }
}

struct Remote {
    url: String,
    http: HttpClient,
    /// When the next fetch may start; held while one runs.
    not_before: Mutex<Option<Timestamp>>,
    fetched_at: RwLock<Option<Timestamp>>,
}

impl Verifier {
    /// Checks against these keys only.
    ///
    /// # Errors
    /// When a key is not an RSA public key.
    pub fn with_keys(keys: &Jwks) -> anyhow::Result<Self> {
        let verifier = Self { keys: Arc::default(), remote: None, rules: rules() };
        verifier.replace_keys(keys)?;
        Ok(verifier)
    }

    /// Reads the keys from `url` at the first token, keeps them, and reads again for an unknown key id, at most every
    /// 30 seconds, and beside the calls after 5 minutes.
    #[must_use]
    pub fn with_jwks_url(url: impl Into<String>, http: HttpClient) -> Self {
        let remote = Remote { url: url.into(), http, not_before: Mutex::new(None), fetched_at: RwLock::new(None) };
        Self { keys: Arc::default(), remote: Some(Arc::new(remote)), rules: rules() }
    }

    /// Replaces the keys, e.g. after the issuer in the same process has rotated them.
    ///
    /// # Errors
    /// When a key is not an RSA public key; the old keys stay.
    pub fn replace_keys(&self, keys: &Jwks) -> anyhow::Result<()> {
        self.keys.replace(key_ring(keys)?);
        Ok(())
    }

    /// Proves `token` at the instant `now`.
    ///
    /// # Errors
    /// See [`AuthError`]. Expiry is only told about a token whose signature is good.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, AuthError> {
        if token.len() > TOKEN_MAX_BYTES {
            return Err(AuthError::Invalid("too long"));
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| AuthError::Invalid("no readable header"))?;
        if header.alg != Algorithm::RS256 {
            return Err(AuthError::Invalid("another algorithm than RS256"));
        }
        let key_id = header.kid.ok_or(AuthError::Invalid("no key id"))?;
        let ring = self.ring_for(&key_id, now).await?;
        let key = ring.get(&key_id).ok_or(AuthError::Invalid("unknown key id"))?;
        let claims = jsonwebtoken::decode::<AccessClaims>(token, key, &self.rules)
            .map_err(|error| match error.kind() {
                ErrorKind::InvalidSignature => AuthError::Invalid("wrong signature"),
                _ => AuthError::Invalid("unreadable claims"),
            })?
            .claims;
        if claims.exp <= now.as_second() { Err(AuthError::Expired) } else { Ok(claims) }
    }

    async fn ring_for(&self, key_id: &str, now: Timestamp) -> Result<Arc<KeyRing>, AuthError> {
        let ring = self.keys.ring();
        let Some(remote) = &self.remote else {
            return Ok(ring);
        };
        if ring.contains_key(key_id) {
            if remote.is_stale(now) {
                // Nobody with a usable key waits for the refreshment.
                tokio::spawn(remote.clone().refresh_quietly(self.keys.clone(), now));
            }
            return Ok(ring);
        }
        match remote.refresh(&self.keys, now).await {
            Err(error) if ring.is_empty() => Err(AuthError::KeysUnavailable(error)),
            Err(error) => {
                remote.warn(&error);
                Ok(ring)
            }
            Ok(()) => Ok(self.keys.ring()),
        }
    }
}

impl Remote {
    fn is_stale(&self, now: Timestamp) -> bool {
        self.fetched_at().is_none_or(|at| now.duration_since(at) >= KEYS_MAX_AGE)
    }

    fn fetched_at(&self) -> Option<Timestamp> {
        *self.fetched_at.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fetches unless it is too soon; whoever comes while another call fetches waits for its result.
    async fn refresh(&self, keys: &KnownKeys, now: Timestamp) -> anyhow::Result<()> {
        let mut not_before = self.not_before.lock().await;
        if not_before.is_some_and(|instant| now < instant) {
            let ever_fetched = self.fetched_at().is_some();
            anyhow::ensure!(ever_fetched, "the last attempt to read {} failed a moment ago", self.url);
            return Ok(());
        }
        match self.read().await {
            Ok(ring) => {
                *not_before = Some(now + REFETCH_PAUSE);
                *self.fetched_at.write().unwrap_or_else(PoisonError::into_inner) = Some(now);
                keys.replace(ring);
                Ok(())
            }
            Err(error) => {
                *not_before = Some(now + RETRY_PAUSE);
                Err(error)
            }
        }
    }

    /// Fetches beside the calls. Does nothing while another one fetches.
    async fn refresh_quietly(self: Arc<Self>, keys: Arc<KnownKeys>, now: Timestamp) {
        if self.not_before.try_lock().is_err() {
            return;
        }
        if let Err(error) = self.refresh(&keys, now).await {
            self.warn(&error);
        }
    }

    fn warn(&self, error: &anyhow::Error) {
        tracing::warn!(
            url = self.url,
            error = format!("{error:#}"),
            "signing keys could not be read again, the known ones stay"
        );
    }

    async fn read(&self) -> anyhow::Result<KeyRing> {
        let response = self.http.send_idempotent(self.http.get(&self.url)).await?.error_for_status()?;
        let keys: Jwks = response.json().await.with_context(|| format!("no key set at {}", self.url))?;
        key_ring(&keys)
    }
}

fn rules() -> Validation {
    let mut rules = Validation::new(Algorithm::RS256);
    // Expiry is checked against the clock that was passed in.
    rules.validate_exp = false;
    rules
}

fn key_ring(keys: &Jwks) -> anyhow::Result<KeyRing> {
    keys.keys
        .iter()
        .filter(|key| key.is_rs256())
        .map(|key| {
            let decoding = DecodingKey::from_rsa_components(&key.n, &key.e)
                .with_context(|| format!("key {} is not an RSA public key", key.kid))?;
            Ok((key.kid.clone(), decoding))
        })
        .collect()
}
