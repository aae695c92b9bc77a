//! A provider's published signing keys, kept for a while.
//!
//! A key that is not known causes a new look at the provider, but not more often than the throttle allows: a stranger
//! sending made-up key ids must not turn us into a flood. While the provider is away the kept keys go on serving.

use std::collections::HashMap;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, JwkSet};
use kit::clock::SharedClock;
use kit::http::HttpClient;
use serde::Deserialize;
use tokio::sync::{Mutex, RwLock};
use url::Url;

/// How long fetched keys count as fresh.
const FRESH_FOR: SignedDuration = SignedDuration::from_hours(1);
/// Shortest time between two looks for an unknown key.
const THROTTLE: SignedDuration = SignedDuration::from_secs(10);

/// Where the keys are: at a known address, or at the one the issuer's discovery document names.
#[derive(Debug, Clone)]
pub enum JwksLocation {
    Known(Url),
    Discovered { issuer: Url },
}

pub struct JwksCache {
    location: JwksLocation,
    client: HttpClient,
    clock: SharedClock,
    kept: RwLock<Kept>,
    /// Held while asking; remembers when the provider was last asked.
    asking: Mutex<Option<Timestamp>>,
}

#[derive(Default, Clone)]
struct Kept {
    keys: HashMap<String, DecodingKey>,
    fetched_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct DiscoveryDocument {
    jwks_uri: Url,
}

impl JwksCache {
    pub fn new(location: JwksLocation, client: HttpClient, clock: SharedClock) -> Self {
        Self { location, client, clock, kept: RwLock::default(), asking: Mutex::default() }
    }

    /// The key named `key_id`, or nothing when the provider does not publish it. An error means that no answer can be
    /// given because the provider could not be asked.
    pub async fn key(&self, key_id: &str) -> anyhow::Result<Option<DecodingKey>> {
        if let Some(key) = self.fresh_key(key_id).await {
            return Ok(Some(key));
        }
        // One caller asks the provider; the others wait here and then find the answer. Readers of kept keys never wait.
        let mut asked_at = self.asking.lock().await;
        if let Some(key) = self.fresh_key(key_id).await {
            return Ok(Some(key));
        }
        let now = self.clock.now();
        let kept = self.kept.read().await.clone();
        let known = kept.keys.get(key_id).cloned();
        let asked_recently = asked_at.is_some_and(|asked| now.duration_since(asked) < THROTTLE);
        if asked_recently && (kept.is_fresh(now) || known.is_some()) {
            return Ok(known);
        }
        *asked_at = Some(now);
        match self.fetch().await {
            Ok(keys) => {
                let found = keys.get(key_id).cloned();
                *self.kept.write().await = Kept { keys, fetched_at: Some(now) };
                Ok(found)
            }
            Err(cause) if known.is_some() => {
                tracing::warn!(
                    cause = format!("{cause:#}"),
                    "the provider's keys could not be renewed, the kept ones go on"
                );
                Ok(known)
            }
            Err(cause) => Err(cause),
        }
    }

    async fn fresh_key(&self, key_id: &str) -> Option<DecodingKey> {
        let kept = self.kept.read().await;
        kept.keys.get(key_id).filter(|_| kept.is_fresh(self.clock.now())).cloned()
    }

    async fn fetch(&self) -> anyhow::Result<HashMap<String, DecodingKey>> {
        let location = match &self.location {
            JwksLocation::Known(url) => url.clone(),
            JwksLocation::Discovered { issuer } => {
                let document = format!("{}/.well-known/openid-configuration", issuer.as_str().trim_end_matches('/'));
                self.get::<DiscoveryDocument>(&document).await.context("reading the discovery document")?.jwks_uri
            }
        };
        let set: JwkSet = self.get(location.as_str()).await.context("reading the signing keys")?;
        let rsa = set.keys.iter().filter(|key| matches!(key.algorithm, AlgorithmParameters::RSA(_)));
        let keys = rsa.filter_map(|key| Some((key.common.key_id.clone()?, DecodingKey::from_jwk(key).ok()?)));
        Ok(keys.collect())
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, url: &str) -> anyhow::Result<T> {
        let answer = self.client.send_idempotent(self.client.get(url)).await?;
        Ok(answer.error_for_status()?.json().await?)
    }
}

impl Kept {
    fn is_fresh(&self, now: Timestamp) -> bool {
        self.fetched_at.is_some_and(|fetched| now.duration_since(fetched) < FRESH_FOR)
    }
}
