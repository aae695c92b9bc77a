//! Stripe's own HTTP dialect, as far as Connect accounts need it: forms in, JSON out, idempotency keys on every write.
//! Knows neither owners nor the database.

use contracts::internal::PayoutSchedule;
use contracts::money::Cents;
use kit::http::{HttpClient, HttpClientError};
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::domain::AccountReport;
use super::payouts::Balance;
use crate::config::StripeConfig;

/// Whose books a call reads.
const ON_BEHALF_OF: &str = "Stripe-Account";
/// Older payouts are found at Stripe itself.
const MOST_PAYOUTS: usize = 1_000;

#[derive(Debug, thiserror::Error)]
pub enum StripeError {
    /// No answer; the work may have been done. The same call with the same key may be repeated.
    #[error(transparent)]
    NoAnswer(#[from] HttpClientError),
    #[error("Stripe refused with {status}: {message}")]
    Refused { status: u16, message: String },
    #[error("Stripe's answer cannot be read")]
    Unreadable(#[source] reqwest::Error),
}

pub struct StripeClient {
    base: String,
    secret_key: SecretString,
    country: String,
    http: HttpClient,
}

/// An account as Stripe writes it, in answers and in webhooks.
#[derive(Debug, Deserialize)]
pub struct StripeAccount {
    pub id: String,
    #[serde(default)]
    charges_enabled: bool,
    #[serde(default)]
    payouts_enabled: bool,
    #[serde(default)]
    details_submitted: bool,
    #[serde(default)]
    requirements: Option<Requirements>,
    #[serde(default)]
    settings: Option<Settings>,
    #[serde(default)]
    pub metadata: std::collections::BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
struct Requirements {
    #[serde(default)]
    disabled_reason: Option<String>,
    #[serde(default)]
    currently_due: Option<Vec<String>>,
    #[serde(default)]
    past_due: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Settings {
    #[serde(default)]
    payouts: Option<Payouts>,
}

#[derive(Debug, Deserialize)]
struct Payouts {
    #[serde(default)]
    schedule: Option<Schedule>,
}

#[derive(Debug, Deserialize)]
struct Schedule {
    interval: String,
}

/// A payout as Stripe writes it, in answers and in webhooks.
#[derive(Debug, Deserialize)]
pub struct StripePayout {
    pub id: String,
    pub amount: i64,
    pub status: String,
    pub arrival_date: i64,
    pub created: i64,
}

#[derive(Deserialize)]
struct Page {
    data: Vec<StripePayout>,
    #[serde(default)]
    has_more: bool,
}

#[derive(Deserialize)]
struct StripeBalance {
    #[serde(default)]
    available: Vec<BalancePart>,
    #[serde(default)]
    pending: Vec<BalancePart>,
}

#[derive(Deserialize)]
struct BalancePart {
    amount: i64,
    currency: String,
}

#[derive(Deserialize)]
struct AccountLink {
    url: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: RefusalText,
}

#[derive(Deserialize)]
struct RefusalText {
    #[serde(default)]
    message: String,
}

impl StripeAccount {
    pub fn report(&self) -> AccountReport {
        let requirements = self.requirements.as_ref();
        let due =
            |list: fn(&Requirements) -> Option<&Vec<String>>| requirements.and_then(list).cloned().unwrap_or_default();
        let mut wanted = due(|requirements| requirements.past_due.as_ref());
        for field in due(|requirements| requirements.currently_due.as_ref()) {
            if !wanted.contains(&field) {
                wanted.push(field);
            }
        }
        AccountReport {
            charges_enabled: self.charges_enabled,
            payouts_enabled: self.payouts_enabled,
            details_submitted: self.details_submitted,
            disabled_reason: requirements.and_then(|requirements| requirements.disabled_reason.clone()),
            due: wanted,
            payout_schedule: self.payout_schedule(),
            deauthorized: false,
        }
    }

    fn payout_schedule(&self) -> Option<PayoutSchedule> {
        let interval = &self.settings.as_ref()?.payouts.as_ref()?.schedule.as_ref()?.interval;
        match interval.as_str() {
            "daily" => Some(PayoutSchedule::Daily),
            "weekly" => Some(PayoutSchedule::Weekly),
            "monthly" => Some(PayoutSchedule::Monthly),
            // "manual" has no word of ours.
            _ => None,
        }
    }
}

impl StripeClient {
    pub fn new(config: &StripeConfig, http: HttpClient) -> Self {
        Self {
            base: config.api_url.as_str().trim_end_matches('/').to_owned(),
            secret_key: config.secret_key.clone(),
            country: config.country.clone(),
            http,
        }
    }

    /// Makes an Express account. The same key gives the same account, however often it is asked.
    pub async fn create_account(
        &self,
        email: &str,
        owner: &str,
        idempotency_key: &str,
    ) -> Result<StripeAccount, StripeError> {
        let form = [
            ("type", "express"),
            ("country", &self.country),
            ("email", email),
            ("capabilities[card_payments][requested]", "true"),
            ("capabilities[transfers][requested]", "true"),
            ("metadata[courtside_user_id]", owner),
        ];
        let request = self.http.post(&format!("{}/v1/accounts", self.base)).form(&form);
        self.ask(request.header("Idempotency-Key", idempotency_key)).await
    }

    /// A page where the owner goes on with onboarding. Links work once, so each call makes a new one.
    pub async fn create_account_link(
        &self,
        account: &str,
        return_url: &str,
        refresh_url: &str,
        idempotency_key: &str,
    ) -> Result<String, StripeError> {
        let form = [
            ("account", account),
            ("return_url", return_url),
            ("refresh_url", refresh_url),
            ("type", "account_onboarding"),
        ];
        let request = self.http.post(&format!("{}/v1/account_links", self.base)).form(&form);
        let link: AccountLink = self.ask(request.header("Idempotency-Key", idempotency_key)).await?;
        Ok(link.url)
    }

    pub async fn account(&self, account: &str) -> Result<StripeAccount, StripeError> {
        self.ask(self.http.get(&format!("{}/v1/accounts/{account}", self.base))).await
    }

    /// All payouts of an account, newest first, as far back as owners look.
    pub async fn payouts(&self, account: &str) -> Result<Vec<StripePayout>, StripeError> {
        let mut all: Vec<StripePayout> = Vec::new();
        while all.len() < MOST_PAYOUTS {
            let page = self.payout_page(account, all.last().map(|payout| payout.id.as_str()), 100).await?;
            let (more, empty) = (page.has_more, page.data.is_empty());
            all.extend(page.data);
            if !more || empty {
                break;
            }
        }
        Ok(all)
    }

    /// The newest payouts of an account.
    pub async fn newest_payouts(&self, account: &str) -> Result<Vec<StripePayout>, StripeError> {
        Ok(self.payout_page(account, None, 10).await?.data)
    }

    async fn payout_page(&self, account: &str, after: Option<&str>, limit: u32) -> Result<Page, StripeError> {
        let mut query = vec![("limit", limit.to_string())];
        query.extend(after.map(|id| ("starting_after", id.to_owned())));
        let request = self.http.get(&format!("{}/v1/payouts", self.base)).query(&query);
        self.ask(request.header(ON_BEHALF_OF, account)).await
    }

    /// What an account has.
    pub async fn balance(&self, account: &str) -> Result<Balance, StripeError> {
        let request = self.http.get(&format!("{}/v1/balance", self.base));
        let answer: StripeBalance = self.ask(request.header(ON_BEHALF_OF, account)).await?;
        let euros = |parts: &[BalancePart]| {
            Cents(parts.iter().filter(|part| part.currency == "eur").map(|part| part.amount).sum())
        };
        Ok(Balance { available: euros(&answer.available), pending: euros(&answer.pending) })
    }

    /// Sets how often an account is paid out; weekly ones on Mondays, monthly ones on the first.
    pub async fn set_schedule(
        &self,
        account: &str,
        schedule: PayoutSchedule,
        idempotency_key: &str,
    ) -> Result<StripeAccount, StripeError> {
        let form: &[(&str, &str)] = match schedule {
            PayoutSchedule::Daily => &[("settings[payouts][schedule][interval]", "daily")],
            PayoutSchedule::Weekly => &[
                ("settings[payouts][schedule][interval]", "weekly"),
                ("settings[payouts][schedule][weekly_anchor]", "monday"),
            ],
            PayoutSchedule::Monthly => &[
                ("settings[payouts][schedule][interval]", "monthly"),
                ("settings[payouts][schedule][monthly_anchor]", "1"),
            ],
        };
        let request = self.http.post(&format!("{}/v1/accounts/{account}", self.base)).form(form);
        self.ask(request.header("Idempotency-Key", idempotency_key)).await
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, StripeError> {
        let request = request.bearer_auth(self.secret_key.expose_secret());
        let answer = self.http.send_idempotent(request).await?;
        let status = answer.status();
        if !status.is_success() {
            let message = answer.json::<Refusal>().await.map(|refusal| refusal.error.message).unwrap_or_default();
            return Err(StripeError::Refused { status: status.as_u16(), message });
        }
        answer.json().await.map_err(|error| StripeError::Unreadable(error.without_url()))
    }
}

#[cfg(test)]
mod tests {
    use contracts::identity::ConnectStatus;

    use super::*;

    /// PAY-52, PAY-58: an account as Stripe writes it, with fields of no interest and nulls, is understood.
    #[test]
    fn an_account_is_read() {
        let account: StripeAccount = serde_json::from_value(serde_json::json!({
            "id": "acct_1", "object": "account", "charges_enabled": false, "payouts_enabled": false,
            "details_submitted": true, "metadata": { "courtside_user_id": "u" },
            "requirements": {
                "disabled_reason": null, "currently_due": ["external_account", "tos"], "past_due": ["tos"]
            },
            "settings": { "payouts": { "schedule": { "interval": "weekly", "delay_days": 7 } } }
        }))
        .expect("readable");
        let report = account.report();
        assert_eq!(report.due, ["tos", "external_account"]);
        assert_eq!(report.payout_schedule, Some(PayoutSchedule::Weekly));
        assert_eq!(report.status(), ConnectStatus::Restricted);
    }
}
