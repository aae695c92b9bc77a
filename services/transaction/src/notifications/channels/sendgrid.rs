//! SendGrid's mail API, version 3: one letter to one mailbox.

use kit::clock::SharedClock;
use kit::http::HttpClient;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::Outcome;
use super::mail::Letter;
use crate::notifications::config::MailConfig;

/// The client. Cloning shares connections.
#[derive(Clone)]
pub struct SendGrid {
    http: HttpClient,
    config: MailConfig,
}

impl SendGrid {
    /// A client.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(config: &MailConfig, clock: SharedClock) -> anyhow::Result<Self> {
        Ok(Self { http: HttpClient::new("sendgrid", &config.http, clock)?, config: config.clone() })
    }

    /// Sends a letter. The address is in no log, and neither is what SendGrid says about it.
    pub async fn send(&self, to: &str, letter: &Letter) -> Outcome {
        let mut body = json!({
            "personalizations": [{ "to": [{ "email": to }] }],
            "from": { "email": self.config.from_email, "name": self.config.from_name },
            "subject": letter.subject,
            "content": [
                { "type": "text/plain", "value": letter.text },
                { "type": "text/html", "value": letter.html },
            ],
            "categories": [letter.category],
            "custom_args": { "notification_id": letter.notification_id, "trace_id": letter.trace_id },
            // Links stay what they are and nobody is watched reading.
            "tracking_settings": { "click_tracking": { "enable": false }, "open_tracking": { "enable": false } },
        });
        if let Some(unsubscribe) = &letter.unsubscribe {
            // RFC 8058: mail programs show a button of their own.
            body["headers"] = json!({
                "List-Unsubscribe": format!("<{unsubscribe}>"),
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            });
        }
        let url = format!("{}/v3/mail/send", self.config.api_url.as_str().trim_end_matches('/'));
        let request = self.http.post(&url).bearer_auth(self.config.api_key.expose_secret()).json(&body);
        match self.http.send(request).await {
            Ok(response) => Outcome::of_status(response.status().as_u16()),
            Err(error) => Outcome::of_error(&error),
        }
    }
}
