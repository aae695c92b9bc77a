//! Configuration of delivery. Owns names, defaults and units.

use kit::http::HttpClientConfig;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

/// How people are reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotificationsConfig {
    /// Encrypts what addresses devices, and signs unsubscribe links: 32 random bytes as 64 hexadecimal digits (NOTE-37).
    pub encryption_key: SecretString,
    /// The key before, which still opens what it encrypted.
    pub previous_encryption_key: Option<SecretString>,
    /// Where links in messages to customers lead.
    pub customer_url: Url,
    /// Where links in messages to owners and staff lead.
    pub owner_url: Url,
    /// The public address of this API, for unsubscribe links.
    pub api_url: Url,
    /// Days after which a message is forgotten.
    #[serde(default = "ninety")]
    pub keep_days: u32,
    /// Milliseconds an open app may take to acknowledge a message before push takes over (NOTE-05).
    #[serde(default = "five_seconds")]
    pub socket_ms: u64,
    /// People who are served at the same time, by each way and process.
    #[serde(default = "thirty_two")]
    pub parallel: u32,
    /// Deliveries of each way and process in a second, once more than that are waiting.
    #[serde(default = "two_hundred")]
    pub per_second: u32,
    /// Mailboxes.
    pub mail: MailConfig,
    /// Phones.
    pub fcm: FcmConfig,
    /// Browsers.
    pub web_push: WebPushConfig,
}

/// SendGrid.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// Address before `/v3`.
    pub api_url: Url,
    /// What is shown there.
    pub api_key: SecretString,
    /// Who writes; the address must be known to SendGrid.
    pub from_email: String,
    /// The name beside it.
    pub from_name: String,
    /// Time limits and breaker.
    #[serde(default = "patient")]
    pub http: HttpClientConfig,
}

/// Firebase Cloud Messaging.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FcmConfig {
    /// Address before `/v1`.
    pub api_url: Url,
    /// The project whose apps are reached.
    pub project_id: String,
    /// File with the service account's key as Google's console gives it, or an address that answers it.
    pub service_account: String,
    /// Time limits and breaker.
    #[serde(default = "patient")]
    pub http: HttpClientConfig,
}

/// Web Push.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebPushConfig {
    /// Whom a push service may write to: `mailto:` or `https:`.
    pub subject: String,
    /// The VAPID key: 32 bytes as base64url or as 64 hexadecimal digits. Another one makes all subscriptions useless.
    pub private_key: SecretString,
    /// Push services that may be called: `host`, `*.domain`, or an origin with its scheme.
    pub services: Vec<String>,
    /// Time limits and breaker.
    #[serde(default = "patient")]
    pub http: HttpClientConfig,
}

const fn ninety() -> u32 {
    90
}

const fn five_seconds() -> u64 {
    5_000
}

const fn thirty_two() -> u32 {
    32
}

const fn two_hundred() -> u32 {
    200
}

/// Retries are the delivery's own business, so that they survive a restart (NOTE-09).
const fn patient() -> HttpClientConfig {
    HttpClientConfig {
        connect_timeout_ms: 2_000,
        timeout_ms: 10_000,
        retries: 0,
        breaker_failures: 20,
        breaker_seconds: 5,
    }
}
