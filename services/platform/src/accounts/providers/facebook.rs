//! Facebook: the token is an OAuth access token that only Facebook itself can judge, so it is asked twice: whose
//! application the token was made for, and who the person is.

use contracts::identity::IdentityProvider;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use kit::http::HttpClient;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::Sha256;

use super::ProviderError;
use crate::accounts::domain::VerifiedIdentity;
use crate::config::FacebookConfig;

pub struct Facebook {
    graph_url: String,
    app_id: String,
    app_secret: SecretString,
    client: HttpClient,
}

#[derive(Deserialize)]
struct DebugAnswer {
    data: DebuggedToken,
}

#[derive(Deserialize)]
struct DebuggedToken {
    #[serde(default)]
    is_valid: bool,
    #[serde(default)]
    app_id: String,
    #[serde(default)]
    user_id: String,
    /// Seconds since 1970; 0 says that the token does not expire.
    #[serde(default)]
    expires_at: i64,
}

#[derive(Deserialize)]
struct Person {
    id: String,
    name: Option<String>,
    email: Option<String>,
}

impl Facebook {
    pub fn new(config: &FacebookConfig, client: HttpClient) -> Self {
        Self {
            graph_url: config.graph_url.as_str().trim_end_matches('/').to_owned(),
            app_id: config.app_id.clone(),
            app_secret: config.app_secret.clone(),
            client,
        }
    }

    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<VerifiedIdentity, ProviderError> {
        let debugged = self.debug_token(token).await?;
        if !debugged.is_valid {
            return Err(ProviderError::rejected("Facebook calls it invalid"));
        }
        // Without this check a token given to any other application would sign its bearer in here.
        if debugged.app_id != self.app_id {
            return Err(ProviderError::rejected("made for another application"));
        }
        if debugged.expires_at != 0 && debugged.expires_at <= now.as_second() {
            return Err(ProviderError::rejected("expired"));
        }
        let person = self.person(token).await?;
        if person.id != debugged.user_id {
            return Err(ProviderError::rejected("belongs to another person"));
        }
        // Facebook shares an address only after confirming it.
        let (email, name) = (person.email.as_deref(), person.name.as_deref());
        Ok(VerifiedIdentity::from_claims(IdentityProvider::Facebook, Some(&person.id), email, true, name)?)
    }

    async fn debug_token(&self, token: &str) -> Result<DebuggedToken, ProviderError> {
        let own_token = format!("{}|{}", self.app_id, self.app_secret.expose_secret());
        let question = self
            .client
            .get(&format!("{}/debug_token", self.graph_url))
            .query(&[("input_token", token), ("access_token", own_token.as_str())]);
        let answer = self.client.send_idempotent(question).await.map_err(ProviderError::unavailable)?;
        // A refusal here is about our own credentials, never about the person's token.
        let answer = answer.error_for_status().map_err(without_address)?;
        Ok(answer.json::<DebugAnswer>().await.map_err(without_address)?.data)
    }

    async fn person(&self, token: &str) -> Result<Person, ProviderError> {
        let question = self.client.get(&format!("{}/me", self.graph_url)).query(&[
            ("fields", "id,name,email"),
            ("access_token", token),
            ("appsecret_proof", &self.proof(token)),
        ]);
        let answer = self.client.send_idempotent(question).await.map_err(ProviderError::unavailable)?;
        if answer.status().is_client_error() {
            return Err(ProviderError::rejected("Facebook does not say whose it is"));
        }
        answer.error_for_status().map_err(without_address)?.json().await.map_err(without_address)
    }

    /// Facebook's proof that the caller is the application and not somebody who found a token.
    fn proof(&self, token: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.app_secret.expose_secret().as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(token.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }
}

/// The address carries secrets in its query, and causes are logged.
fn without_address(cause: reqwest::Error) -> ProviderError {
    ProviderError::unavailable(cause.without_url())
}
