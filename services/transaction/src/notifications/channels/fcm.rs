//! Firebase Cloud Messaging over HTTP v1: a service account's signed assertion is exchanged for a token of an hour, and
//! each message goes to one device.

use std::sync::Arc;

use anyhow::{Context as _, ensure};
use contracts::events::Urgency;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kit::clock::SharedClock;
use kit::http::{HttpClient, HttpClientError};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

use super::{Outcome, PUSH_TEXT_BYTES, PushMessage, shortened};
use crate::notifications::config::FcmConfig;

const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Seconds an assertion is good for.
const ASSERTION_SECONDS: i64 = 600;
/// A token is not used in its last seconds: it could end on the way.
const SPARE_SECONDS: i64 = 60;

/// The client. Cloning shares connections and token.
#[derive(Clone)]
pub struct Fcm {
    http: HttpClient,
    config: FcmConfig,
    clock: SharedClock,
    token: Arc<Mutex<Option<Token>>>,
}

struct Token {
    text: SecretString,
    until: i64,
}

/// What Google's console hands out.
#[derive(Deserialize)]
struct ServiceAccount {
    client_email: String,
    private_key: SecretString,
    private_key_id: Option<String>,
    token_uri: String,
}

#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    scope: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Granted {
    access_token: SecretString,
    expires_in: i64,
}

#[derive(Deserialize, Default)]
struct Refusal {
    #[serde(default)]
    error: RefusalBody,
}

#[derive(Deserialize, Default)]
struct RefusalBody {
    #[serde(default)]
    message: String,
    #[serde(default)]
    details: Vec<Map<String, Value>>,
}

impl Refusal {
    fn code(&self) -> &str {
        self.error.details.iter().find_map(|detail| detail.get("errorCode")?.as_str()).unwrap_or_default()
    }
}

impl Fcm {
    /// A client; nobody is asked yet.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(config: &FcmConfig, clock: SharedClock) -> anyhow::Result<Self> {
        let http = HttpClient::new("fcm", &config.http, clock.clone())?;
        Ok(Self { http, config: config.clone(), clock, token: Arc::default() })
    }

    /// Sends to one device.
    pub async fn send(&self, device_token: &str, message: &PushMessage) -> Outcome {
        let token = match self.access_token().await {
            Ok(token) => token,
            Err(error) => {
                return match error.downcast_ref::<HttpClientError>() {
                    Some(HttpClientError::CircuitOpen { .. }) => Outcome::Outage,
                    _ => Outcome::Retry(format!("no access token: {error:#}")),
                };
            }
        };
        let base = self.config.api_url.as_str().trim_end_matches('/');
        let url = format!("{base}/v1/projects/{}/messages:send", self.config.project_id);
        let request = self.http.post(&url).bearer_auth(token.expose_secret()).json(&body(device_token, message));
        let response = match self.http.send(request).await {
            Ok(response) => response,
            Err(error) => return Outcome::of_error(&error),
        };
        let status = response.status().as_u16();
        if response.status().is_success() {
            return Outcome::Accepted;
        }
        let refusal: Refusal = response.json().await.unwrap_or_default();
        if status == 401 {
            // The next try asks for another one.
            *self.token.lock().await = None;
        }
        meaning(status, &refusal)
    }

    async fn access_token(&self) -> anyhow::Result<SecretString> {
        // Held while asking, so that a burst asks once.
        let mut kept = self.token.lock().await;
        let now = self.clock.now();
        if let Some(token) = kept.as_ref().filter(|token| token.until > now.as_second()) {
            return Ok(token.text.clone());
        }
        let account = self.service_account().await?;
        let assertion = assertion(&account, now)?;
        let request =
            self.http.post(&account.token_uri).form(&[("grant_type", GRANT), ("assertion", assertion.as_str())]);
        let response = self.http.send(request).await?;
        ensure!(response.status().is_success(), "the token endpoint answered {}", response.status());
        let granted: Granted = response.json().await.context("the token endpoint's answer cannot be read")?;
        let until = now.as_second() + granted.expires_in - SPARE_SECONDS;
        *kept = Some(Token { text: granted.access_token.clone(), until });
        Ok(granted.access_token)
    }

    /// Read each time a token is needed, so that a changed file counts without a restart.
    async fn service_account(&self) -> anyhow::Result<ServiceAccount> {
        let place = &self.config.service_account;
        if place.starts_with("http://") || place.starts_with("https://") {
            let response = self.http.send(self.http.get(place)).await?;
            return response.json().await.context("the service account cannot be read");
        }
        let text = tokio::fs::read(place).await.with_context(|| format!("no service account at {place:?}"))?;
        serde_json::from_slice(&text).context("the service account cannot be read")
    }
}

fn assertion(account: &ServiceAccount, now: Timestamp) -> anyhow::Result<String> {
    let key = EncodingKey::from_rsa_pem(account.private_key.expose_secret().as_bytes())
        .context("the service account's key cannot be used")?;
    let header = Header { kid: account.private_key_id.clone(), ..Header::new(Algorithm::RS256) };
    let claims = Assertion {
        iss: &account.client_email,
        scope: SCOPE,
        aud: &account.token_uri,
        iat: now.as_second(),
        exp: now.as_second() + ASSERTION_SECONDS,
    };
    Ok(jsonwebtoken::encode(&header, &claims, &key)?)
}

fn body(device_token: &str, message: &PushMessage) -> Value {
    let urgent = message.urgency == Urgency::Critical;
    let mut data: Map<String, Value> =
        message.about.iter().map(|(name, id)| ((*name).to_owned(), Value::from(id.as_str()))).collect();
    data.insert("notificationId".to_owned(), message.id.as_str().into());
    data.insert("notificationType".to_owned(), message.kind.as_str().into());
    data.insert("traceId".to_owned(), message.trace_id.as_str().into());
    if let Some(path) = &message.path {
        data.insert("deepLink".to_owned(), path.as_str().into());
    }
    json!({ "message": {
        "token": device_token,
        "notification": {
            "title": shortened(&message.title, 200),
            "body": shortened(&message.body, PUSH_TEXT_BYTES),
        },
        "data": data,
        // One that arrives twice takes the place of itself.
        "android": {
            "priority": if urgent { "HIGH" } else { "NORMAL" },
            "collapse_key": message.id,
            "notification": { "tag": message.id },
        },
        "apns": { "headers": { "apns-priority": if urgent { "10" } else { "5" }, "apns-collapse-id": message.id } },
    }})
}

/// NOTE-36: which refusals say that the token is dead. A wrong project is our mistake and costs nobody a device.
fn meaning(status: u16, refusal: &Refusal) -> Outcome {
    let bad_token = status == 400
        && refusal.code() == "INVALID_ARGUMENT"
        && refusal.error.message.to_ascii_lowercase().contains("registration token");
    if refusal.code() == "UNREGISTERED" || bad_token {
        return Outcome::Gone;
    }
    match Outcome::of_status(status) {
        Outcome::Refused(what) => Outcome::Refused(format!("{what} {}", refusal.code())),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: &str, message: &str) -> Refusal {
        serde_json::from_value(json!({ "error": { "message": message, "details": [{ "errorCode": code }] } }))
            .expect("an error of Google")
    }

    /// NOTE-36: unregistered and malformed tokens are dead; a wrong message or project, or a failure, is not.
    #[test]
    fn dead_tokens_are_told_from_other_errors() {
        assert_eq!(meaning(404, &refusal("UNREGISTERED", "Requested entity was not found.")), Outcome::Gone);
        let malformed = "The registration token is not a valid FCM registration token";
        assert_eq!(meaning(400, &refusal("INVALID_ARGUMENT", malformed)), Outcome::Gone);
        assert!(matches!(meaning(400, &refusal("INVALID_ARGUMENT", "Message is too big.")), Outcome::Refused(_)));
        assert!(matches!(meaning(403, &refusal("SENDER_ID_MISMATCH", "")), Outcome::Retry(_)));
        assert!(matches!(meaning(503, &Refusal::default()), Outcome::Retry(_)));
        assert!(matches!(meaning(404, &Refusal::default()), Outcome::Refused(_)), "a wrong address is no dead token");
    }
}
