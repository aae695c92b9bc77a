//! Stripe over its own HTTP dialect: the few calls this service makes, and the check of webhook signatures.
//!
//! A call that changes state carries an idempotency key made from the booking and the step (PAY-05). When no answer
//! comes the same call is made again with the same key, because a timeout is no failure: the charge may have happened.
//! This module never decides what an answer means for a booking and never touches the database.

pub mod signature;
pub mod wire;

use std::collections::BTreeMap;
use std::time::Duration;

use kit::clock::SharedClock;
use kit::http::{HttpClient, HttpClientConfig, HttpClientError};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use url::Url;

use self::wire::{
    Account, Customer, Dispute, ErrorBody, Intent, List, PaymentMethod, Payout, PayoutSchedule, Refund, SetupIntent,
    TransferReversal,
};

/// How Stripe is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StripeConfig {
    /// Base of the API without the version, e.g. `https://api.stripe.com`.
    pub api_url: Url,
    /// Secret key of the platform account.
    pub secret_key: SecretString,
    /// Signing secret of the endpoint `/api/webhooks/stripe` (PAY-39).
    pub webhook_secret: SecretString,
    /// Seconds one attempt may take.
    #[serde(default = "default_timeout_seconds")]
    pub timeout_seconds: u64,
    /// How often a call without an answer is made again.
    #[serde(default = "default_retries")]
    pub retries: u32,
}

const fn default_timeout_seconds() -> u64 {
    10
}

const fn default_retries() -> u32 {
    2
}

/// Why Stripe gave no good answer.
#[derive(Debug, Error)]
pub enum StripeError {
    /// The card said no. This is an answer: nothing was charged.
    #[error("card refused: {}", error.message.as_deref().unwrap_or("no reason given"))]
    Card {
        /// Stripe's words, with the PaymentIntent where there is one.
        error: Box<ErrorBody>,
    },
    /// The key was used before with other parameters.
    #[error("idempotency key was used with other parameters")]
    KeyReused,
    /// Stripe refused the call itself.
    #[error("refused with {status}: {}", error.message.as_deref().unwrap_or("no reason given"))]
    Refused {
        /// HTTP status.
        status: u16,
        /// Stripe's words.
        error: Box<ErrorBody>,
    },
    /// No answer after all attempts. The call may or may not have had its effect.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// Stripe could not be reached at all: this call had no effect. An earlier one with the same key may have had.
    #[error("not sent: {0}")]
    NotSent(String),
}

/// What a PaymentIntent is created with.
#[derive(Debug, Clone)]
pub struct Charge<'a> {
    /// Our payment row; the idempotency key is made from it.
    pub payment_id: uuid::Uuid,
    /// Our booking, put on the intent so that a webhook finds it.
    pub booking_id: uuid::Uuid,
    /// Whole amount in cents.
    pub amount_cents: i64,
    /// The platform's share in cents.
    pub commission_cents: i64,
    /// ISO code.
    pub currency: &'a str,
    /// Collect later instead of now (PAY-02).
    pub capture_later: bool,
    /// Stripe's customer.
    pub customer: &'a str,
    /// Stripe's card.
    pub payment_method: &'a str,
    /// The owner's connected account.
    pub destination: &'a str,
}

/// The client.
#[derive(Clone)]
pub struct Stripe {
    http: HttpClient,
    base: String,
    secret_key: SecretString,
    retries: u32,
}

impl Stripe {
    /// A client for `config`.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(config: &StripeConfig, clock: SharedClock) -> anyhow::Result<Self> {
        let limits = HttpClientConfig { timeout_ms: config.timeout_seconds * 1_000, ..HttpClientConfig::default() };
        Ok(Self {
            http: HttpClient::new("stripe", &limits, clock)?,
            base: format!("{}/v1", config.api_url.as_str().trim_end_matches('/')),
            secret_key: config.secret_key.clone(),
            retries: config.retries,
        })
    }

    /// Creates and confirms the PaymentIntent of a payment. Repeats get the first answer.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn charge(&self, charge: &Charge<'_>) -> Result<Intent, StripeError> {
        let mut form = charge.form();
        form.push(("confirm", "true".to_owned()));
        self.post("payment_intents", &form, &charge_key(charge.payment_id)).await
    }

    /// Uses the key of [`Self::charge`] up with an intent that is not confirmed and so charges nothing.
    ///
    /// It answers the one question a lost answer leaves: [`StripeError::KeyReused`] means that the charge reached
    /// Stripe (asking again replays its outcome), an intent means that it did not and, its key being spent, never will.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn spend_charge_key(&self, charge: &Charge<'_>) -> Result<Intent, StripeError> {
        self.post("payment_intents", &charge.form(), &charge_key(charge.payment_id)).await
    }

    /// Creates an intent that the customer will confirm. It takes the key of [`Self::charge`], so a payment is either
    /// charged by us or confirmed by its customer, never both. Repeats get the first answer.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn create_unconfirmed(&self, charge: &Charge<'_>) -> Result<Intent, StripeError> {
        self.spend_charge_key(charge).await
    }

    /// Collects what an intent holds.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn capture(&self, payment_id: uuid::Uuid, intent: &str) -> Result<Intent, StripeError> {
        let form = [("expand[]", "latest_charge".to_owned())];
        self.post(&format!("payment_intents/{intent}/capture"), &form, &format!("payment:{payment_id}:CAPTURE")).await
    }

    /// Lets an intent go.
    ///
    /// # Errors
    /// See [`StripeError`]; an intent that was collected or let go meanwhile is refused.
    pub async fn cancel(&self, payment_id: uuid::Uuid, intent: &str) -> Result<Intent, StripeError> {
        self.post(&format!("payment_intents/{intent}/cancel"), &[], &format!("payment:{payment_id}:RELEASE")).await
    }

    /// Where an intent stands now.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn intent(&self, intent: &str) -> Result<Intent, StripeError> {
        self.get(&format!("payment_intents/{intent}"), &[("expand[]", "latest_charge".to_owned())]).await
    }

    /// Gives money back and takes it from the owner. Our fee only comes back with `return_fee` (PAY-20, LIVE-11). Another
    /// `attempt` is another request: Stripe repeats its first answer to a key, a refusal too.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn refund(
        &self,
        (refund_id, attempt): (uuid::Uuid, i32),
        intent: &str,
        amount_cents: i64,
        return_fee: bool,
    ) -> Result<Refund, StripeError> {
        let form = [
            ("payment_intent", intent.to_owned()),
            ("amount", amount_cents.to_string()),
            ("reverse_transfer", "true".to_owned()),
            ("refund_application_fee", return_fee.to_string()),
            ("metadata[refund_id]", refund_id.to_string()),
        ];
        let key = match attempt {
            0 => format!("refund:{refund_id}"),
            _ => format!("refund:{refund_id}:{attempt}"),
        };
        self.post("refunds", &form, &key).await
    }

    /// The customer of a user; parallel calls get the same one (PAY-15).
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn create_customer(&self, user_id: uuid::Uuid) -> Result<Customer, StripeError> {
        self.post("customers", &[("metadata[user_id]", user_id.to_string())], &format!("customer:{user_id}")).await
    }

    /// A customer as it stands.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn customer(&self, customer: &str) -> Result<Customer, StripeError> {
        self.get(&format!("customers/{customer}"), &[]).await
    }

    /// Prepares saving a card.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn create_setup_intent(&self, customer: &str, key: uuid::Uuid) -> Result<SetupIntent, StripeError> {
        let form = [
            ("customer", customer.to_owned()),
            ("usage", "off_session".to_owned()),
            ("payment_method_types[]", "card".to_owned()),
        ];
        self.post("setup_intents", &form, &format!("setup:{key}")).await
    }

    /// Where saving a card stands.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn setup_intent(&self, setup_intent: &str) -> Result<SetupIntent, StripeError> {
        self.get(&format!("setup_intents/{setup_intent}"), &[]).await
    }

    /// One card.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn payment_method(&self, payment_method: &str) -> Result<PaymentMethod, StripeError> {
        self.get(&format!("payment_methods/{payment_method}"), &[]).await
    }

    /// Gives a card to a customer.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn attach(&self, payment_method: &str, customer: &str) -> Result<PaymentMethod, StripeError> {
        let form = [("customer", customer.to_owned())];
        let key = format!("attach:{customer}:{payment_method}");
        self.post(&format!("payment_methods/{payment_method}/attach"), &form, &key).await
    }

    /// The cards of a customer.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn payment_methods(&self, customer: &str) -> Result<List<PaymentMethod>, StripeError> {
        let query = [("customer", customer.to_owned()), ("type", "card".to_owned()), ("limit", "100".to_owned())];
        self.get("payment_methods", &query).await
    }

    /// Where an intent stands, with everything that was done with its money.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn intent_with_money(&self, intent: &str) -> Result<Intent, StripeError> {
        let query = [
            ("expand[]", "latest_charge.transfer".to_owned()),
            ("expand[]", "latest_charge.application_fee".to_owned()),
        ];
        self.get(&format!("payment_intents/{intent}"), &query).await
    }

    /// A page of the intents that were created within a time, newest first.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn intents_created(
        &self,
        since: i64,
        until: i64,
        after: Option<&str>,
    ) -> Result<List<Intent>, StripeError> {
        let mut query =
            vec![("created[gte]", since.to_string()), ("created[lte]", until.to_string()), ("limit", "100".to_owned())];
        query.extend(after.map(|id| ("starting_after", id.to_owned())));
        self.get("payment_intents", &query).await
    }

    /// A dispute as it stands.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn dispute(&self, dispute: &str) -> Result<Dispute, StripeError> {
        self.get(&format!("disputes/{dispute}"), &[]).await
    }

    /// Submits evidence, keys and texts as Stripe names them (PAY-48).
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn submit_evidence(
        &self,
        evidence_id: uuid::Uuid,
        dispute: &str,
        evidence: &BTreeMap<String, String>,
    ) -> Result<Dispute, StripeError> {
        let named: Vec<(String, String)> =
            evidence.iter().map(|(key, text)| (format!("evidence[{key}]"), text.clone())).collect();
        let mut form: Vec<(&str, String)> = named.iter().map(|(key, text)| (key.as_str(), text.clone())).collect();
        form.push(("submit", "true".to_owned()));
        self.post(&format!("disputes/{dispute}"), &form, &format!("evidence:{evidence_id}")).await
    }

    /// Gives in: the dispute is lost at once.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn accept_dispute(&self, dispute: &str) -> Result<Dispute, StripeError> {
        self.post(&format!("disputes/{dispute}/close"), &[], &format!("accept:{dispute}")).await
    }

    /// Takes a part of a transfer back from the owner's balance (PAY-27, PAY-49).
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn reverse_transfer(
        &self,
        reversal_id: uuid::Uuid,
        transfer: &str,
        amount_cents: i64,
    ) -> Result<TransferReversal, StripeError> {
        let form = [("amount", amount_cents.to_string()), ("metadata[reversal_id]", reversal_id.to_string())];
        self.post(&format!("transfers/{transfer}/reversals"), &form, &format!("reversal:{reversal_id}")).await
    }

    /// A connected account.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn account(&self, account: &str) -> Result<Account, StripeError> {
        self.get(&format!("accounts/{account}"), &[]).await
    }

    /// Sets when an account's money is sent to its bank. `key` names the wish, so that asking again changes nothing.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn set_payout_schedule(
        &self,
        account: &str,
        schedule: &PayoutSchedule,
        key: &str,
    ) -> Result<Account, StripeError> {
        let mut form = vec![("settings[payouts][schedule][interval]", schedule.interval.clone())];
        if let Some(day) = schedule.weekly_anchor.as_ref().filter(|_| schedule.interval == "weekly") {
            form.push(("settings[payouts][schedule][weekly_anchor]", day.clone()));
        }
        if let Some(day) = schedule.monthly_anchor.filter(|_| schedule.interval == "monthly") {
            form.push(("settings[payouts][schedule][monthly_anchor]", day.to_string()));
        }
        self.post(&format!("accounts/{account}"), &form, key).await
    }

    /// A page of an account's payouts, newest first.
    ///
    /// # Errors
    /// See [`StripeError`].
    pub async fn payouts(&self, account: &str, after: Option<&str>) -> Result<List<Payout>, StripeError> {
        let mut query = vec![("limit", "100".to_owned())];
        query.extend(after.map(|id| ("starting_after", id.to_owned())));
        let request = self.request(Method::GET, "payouts").header("Stripe-Account", account).query(&query);
        self.send(request).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, String)]) -> Result<T, StripeError> {
        let request = self.request(Method::GET, path).query(query);
        self.send(request).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &[(&str, String)],
        idempotency_key: &str,
    ) -> Result<T, StripeError> {
        let request = self.request(Method::POST, path).header("Idempotency-Key", idempotency_key).form(form);
        self.send(request).await
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, &format!("{}/{path}", self.base)).bearer_auth(self.secret_key.expose_secret())
    }

    /// Asks until there is an answer or the attempts are used up. Only answers end the loop early.
    async fn send<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, StripeError> {
        let mut wait = Duration::from_millis(100);
        let (mut last, mut sent) = (String::new(), false);
        for attempt in 0..=self.retries {
            if attempt > 0 {
                tokio::time::sleep(wait).await;
                wait *= 3;
            }
            let again =
                request.try_clone().ok_or_else(|| StripeError::NoAnswer("a request without a body".to_owned()))?;
            match self.http.send(again).await {
                Err(error) => {
                    sent |= matches!(error, HttpClientError::NoAnswer { .. });
                    last = error.to_string();
                }
                Ok(response) => {
                    sent = true;
                    let status = response.status();
                    match response.bytes().await {
                        Err(error) => last = error.without_url().to_string(),
                        Ok(_) if may_ask_again(status) => last = format!("status {status}"),
                        Ok(body) => return read_answer(status, &body),
                    }
                }
            }
        }
        Err(if sent { StripeError::NoAnswer(last) } else { StripeError::NotSent(last) })
    }
}

impl Charge<'_> {
    fn form(&self) -> Vec<(&'static str, String)> {
        vec![
            ("amount", self.amount_cents.to_string()),
            ("currency", self.currency.to_ascii_lowercase()),
            ("customer", self.customer.to_owned()),
            ("payment_method", self.payment_method.to_owned()),
            ("payment_method_types[]", "card".to_owned()),
            ("capture_method", if self.capture_later { "manual" } else { "automatic" }.to_owned()),
            ("application_fee_amount", self.commission_cents.to_string()),
            ("transfer_data[destination]", self.destination.to_owned()),
            ("metadata[booking_id]", self.booking_id.to_string()),
            ("metadata[payment_id]", self.payment_id.to_string()),
            ("expand[]", "latest_charge".to_owned()),
        ]
    }
}

fn charge_key(payment_id: uuid::Uuid) -> String {
    format!("payment:{payment_id}:CHARGE")
}

/// The same call with the same key may be made again: another attempt is still running, too many calls, or a fault on
/// the way.
fn may_ask_again(status: StatusCode) -> bool {
    status == StatusCode::CONFLICT || status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

fn read_answer<T: DeserializeOwned>(status: StatusCode, body: &[u8]) -> Result<T, StripeError> {
    if status.is_success() {
        return serde_json::from_slice(body)
            .map_err(|error| StripeError::NoAnswer(format!("an answer that cannot be read: {error}")));
    }
    let error = serde_json::from_slice::<wire::ErrorAnswer>(body).map(|answer| answer.error).unwrap_or_default();
    Err(match error.kind.as_deref() {
        Some("card_error") => StripeError::Card { error: Box::new(error) },
        Some("idempotency_error") => StripeError::KeyReused,
        _ => StripeError::Refused { status: status.as_u16(), error: Box::new(error) },
    })
}

impl StripeError {
    /// Stripe gave no answer, or could not even be asked: worth asking again later.
    #[must_use]
    pub const fn is_silence(&self) -> bool {
        matches!(self, Self::NoAnswer(_) | Self::NotSent(_))
    }

    /// Stripe's code for a refusal.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Card { error } | Self::Refused { error, .. } => error.code.as_deref(),
            Self::KeyReused | Self::NoAnswer(_) | Self::NotSent(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PAY-04: a decline is told apart from a refused call and from no answer.
    #[test]
    fn answers_are_told_apart() {
        let declined = br#"{"error":{"type":"card_error","code":"card_declined","decline_code":"generic_decline","message":"No."}}"#;
        let answer = read_answer::<Intent>(StatusCode::PAYMENT_REQUIRED, declined);
        assert!(matches!(&answer, Err(StripeError::Card { error }) if error.code.as_deref() == Some("card_declined")));
        let reused = read_answer::<Intent>(StatusCode::BAD_REQUEST, br#"{"error":{"type":"idempotency_error"}}"#);
        assert!(matches!(reused, Err(StripeError::KeyReused)));
        let html = read_answer::<Intent>(StatusCode::BAD_REQUEST, b"<html>");
        assert!(matches!(html, Err(StripeError::Refused { status: 400, .. })));
        assert!(read_answer::<Intent>(StatusCode::OK, b"<html>").is_err_and(|error| error.is_silence()));
        assert!(may_ask_again(StatusCode::CONFLICT) && may_ask_again(StatusCode::BAD_GATEWAY));
        assert!(!may_ask_again(StatusCode::PAYMENT_REQUIRED));
    }
}
