//! The browsers' push services (RFC 8030): one POST per subscription, encrypted for the browser alone.

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::events::Urgency;
use dashmap::DashMap;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use kit::Env;
use kit::http::{HttpClient, HttpClientConfig};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use super::encryption::{BrowserKeys, Vapid, encrypt};
use super::{Outcome, PUSH_TEXT_BYTES, PushMessage, shortened};
use crate::notifications::config::WebPushConfig;
use crate::notifications::domain::endpoint::PushServices;

/// How long a push service keeps a message for a browser that is off.
const KEEP_SECONDS: u32 = 24 * 3600;
/// Seconds a VAPID token is good for; services take a day at most.
const TOKEN_SECONDS: i64 = 12 * 3600;
/// Push services that are remembered; there are a handful.
const MOST_SERVICES: usize = 64;

/// A browser's subscription as the Push API prints it. Its parts are secrets: they stay out of logs and answers.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Where the push service takes messages for this browser.
    pub endpoint: String,
    /// The browser's public key.
    pub p256dh: String,
    /// What only the browser and we know.
    pub auth: String,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Subscription").finish_non_exhaustive()
    }
}

/// The client.
pub struct WebPush {
    /// One per push service: when one of them is down the others are not left alone.
    clients: DashMap<String, HttpClient>,
    http: HttpClientConfig,
    vapid: Vapid,
    subject: String,
    services: PushServices,
    env: Env,
}

impl WebPush {
    /// A client.
    ///
    /// # Errors
    /// When the VAPID key is none.
    pub fn new(config: &WebPushConfig, env: Env) -> anyhow::Result<Self> {
        Ok(Self {
            clients: DashMap::new(),
            http: config.http.clone(),
            vapid: Vapid::open(config.private_key.expose_secret())?,
            subject: config.subject.clone(),
            services: PushServices::new(&config.services),
            env,
        })
    }

    /// What browsers subscribe with.
    #[must_use]
    pub fn public_key(&self) -> &str {
        self.vapid.public_key()
    }

    /// Whether a subscription can be used: a known push service and good keys.
    ///
    /// # Errors
    /// The member that is wrong.
    pub fn check(&self, subscription: &Subscription) -> Result<(), &'static str> {
        let endpoint: Option<Url> = subscription.endpoint.parse().ok();
        if !endpoint.is_some_and(|endpoint| self.services.allow(&endpoint)) {
            return Err("endpoint");
        }
        BrowserKeys::read(&subscription.p256dh, &subscription.auth).map(drop)
    }

    /// Sends to one browser.
    pub async fn send(&self, subscription: &Subscription, message: &PushMessage) -> Outcome {
        // Checked again: the list of services may have become shorter since the registration.
        if self.check(subscription).is_err() {
            return Outcome::Gone;
        }
        match self.try_to_send(subscription, message).await {
            Ok(outcome) => outcome,
            Err(error) => Outcome::Retry(format!("{error:#}")),
        }
    }

    async fn try_to_send(&self, subscription: &Subscription, message: &PushMessage) -> anyhow::Result<Outcome> {
        let endpoint: Url = subscription.endpoint.parse().context("the endpoint is no address")?;
        let audience = endpoint.origin().ascii_serialization();
        let browser = BrowserKeys::read(&subscription.p256dh, &subscription.auth)
            .map_err(|wrong| anyhow::anyhow!("the browser's {wrong} is none"))?;
        let secret = |bytes| URL_SAFE_NO_PAD.decode(self.env.ids.secret(bytes)).context("no randomness");
        let salt: [u8; 16] = secret(16)?.try_into().map_err(|_| anyhow::anyhow!("no salt"))?;
        let body = encrypt(text(message).as_bytes(), &browser, &secret(32)?, &salt)?;
        let expires_at = self.env.clock.now().as_second() + TOKEN_SECONDS;
        let client = self.client(&audience)?;
        let request = client
            .post(endpoint.as_str())
            .header(AUTHORIZATION, self.vapid.authorization(&audience, &self.subject, expires_at)?)
            .header(CONTENT_ENCODING, "aes128gcm")
            .header(CONTENT_TYPE, "application/octet-stream")
            .header("ttl", KEEP_SECONDS)
            .header("urgency", urgency(message.urgency))
            // One that waits is replaced by its repetition.
            .header("topic", topic(&message.id))
            .body(body);
        let response = match client.send(request).await {
            Ok(response) => response,
            Err(error) => return Ok(Outcome::of_error(&error)),
        };
        Ok(match response.status().as_u16() {
            // NOTE-39.
            404 | 410 => Outcome::Gone,
            status => Outcome::of_status(status),
        })
    }

    fn client(&self, origin: &str) -> anyhow::Result<HttpClient> {
        if let Some(client) = self.clients.get(origin) {
            return Ok(client.clone());
        }
        let client = HttpClient::new("web-push", &self.http, self.env.clock.clone())?;
        if self.clients.len() >= MOST_SERVICES {
            self.clients.clear();
        }
        self.clients.insert(origin.to_owned(), client.clone());
        Ok(client)
    }
}

/// What the browser's service worker gets.
fn text(message: &PushMessage) -> String {
    json!({
        "notificationId": message.id,
        "notificationType": message.kind,
        "urgency": message.urgency,
        "title": shortened(&message.title, 200),
        "body": shortened(&message.body, PUSH_TEXT_BYTES),
        "deepLink": message.path,
        "data": message.about.iter().map(|(name, id)| ((*name).to_owned(), id.as_str().into())).collect::<serde_json::Map<_, _>>(),
        "traceId": message.trace_id,
    })
    .to_string()
}

const fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Critical => "high",
        Urgency::Standard => "normal",
        Urgency::Promotional => "low",
    }
}

/// At most 32 characters of base64url.
fn topic(id: &str) -> String {
    id.chars().filter(char::is_ascii_alphanumeric).take(32).collect()
}
