//! Makes the vendor's side of the demo world true: payout accounts, customers and the payments of bookings to come.
//!
//! Speaks Stripe's own dialect to whatever address is configured. The one step that only the sandbox has is
//! finishing an owner's onboarding without a person, so demo data can be seeded against the sandbox alone.

use std::collections::HashMap;

use anyhow::{Context as _, ensure};
use contracts::court::ConfirmationMode;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use indicatif::ProgressBar;
use serde_json::Value;

use super::plan::{Plan, Standing};

/// How many calls are under way at once.
const PARALLEL: usize = 16;
/// The platform's share of a booking, in percent (PAY-09).
pub const COMMISSION_PERCENT: i64 = 10;

/// Stripe's ids for the things of a plan.
#[derive(Debug, Default)]
pub struct Ids {
    /// Payout account of each club.
    pub accounts: Vec<String>,
    /// Customer of each player.
    pub customers: Vec<String>,
    /// Payment of each booking that still can be cancelled, by its position in the plan.
    pub payments: HashMap<usize, String>,
}

/// Where Stripe is spoken to.
#[derive(Clone, Debug)]
pub struct Desk {
    http: reqwest::Client,
    /// Address before `/v1`, without a trailing slash.
    api: String,
    secret_key: String,
}

impl Desk {
    #[must_use]
    pub fn new(http: reqwest::Client, api: &str, secret_key: &str) -> Self {
        Self { http, api: api.trim_end_matches('/').to_owned(), secret_key: secret_key.to_owned() }
    }

    /// Opens accounts and customers and places the payments of all bookings of players that lie ahead.
    ///
    /// # Errors
    /// When Stripe refuses a call or cannot be reached.
    pub async fn open(&self, plan: &Plan, progress: &ProgressBar) -> anyhow::Result<Ids> {
        let ahead: Vec<usize> = (0..plan.bookings.len())
            .filter(|&index| {
                let booking = &plan.bookings[index];
                booking.player.is_some() && matches!(booking.standing, Standing::Confirmed | Standing::Pending)
            })
            .collect();
        progress.set_length((plan.clubs.len() + plan.players.len() + ahead.len()) as u64);
        let accounts: Vec<String> = stream::iter(&plan.clubs)
            .map(|club| async {
                let id = self.account(&club.owner_email).await;
                progress.inc(1);
                id
            })
            .buffered(PARALLEL)
            .try_collect()
            .await?;
        let customers: Vec<String> = stream::iter(&plan.players)
            .map(|player| async {
                let form = [("email", player.email.as_str()), ("name", player.name.as_str())];
                let id = self.post("customers", &format!("seed-customer-{}", player.id), &form).await;
                progress.inc(1);
                id
            })
            .buffered(PARALLEL)
            .try_collect()
            .await?;
        let payments = stream::iter(ahead)
            .map(|index| {
                let booking = &plan.bookings[index];
                let court = &plan.courts[booking.court];
                let customer = booking.player.map(|player| customers[player].as_str()).unwrap_or_default();
                let account = accounts[court.club].as_str();
                async move {
                    let amount = booking.amount_cents.to_string();
                    let fee = commission(booking.amount_cents).to_string();
                    let booking_id = booking.id.to_string();
                    let capture = match court.mode {
                        ConfirmationMode::Manual => "manual",
                        ConfirmationMode::Instant => "automatic",
                    };
                    // A manual-mode booking that is confirmed already was captured, so it is charged at once.
                    let capture = if booking.standing == Standing::Pending { capture } else { "automatic" };
                    let form = [
                        ("amount", amount.as_str()),
                        ("currency", "eur"),
                        ("customer", customer),
                        ("payment_method", "pm_card_visa"),
                        ("confirm", "true"),
                        ("off_session", "true"),
                        ("capture_method", capture),
                        ("application_fee_amount", fee.as_str()),
                        ("transfer_data[destination]", account),
                        ("metadata[booking_id]", booking_id.as_str()),
                    ];
                    let id = self.post("payment_intents", &format!("seed-payment-{booking_id}"), &form).await?;
                    progress.inc(1);
                    anyhow::Ok((index, id))
                }
            })
            .buffer_unordered(PARALLEL)
            .try_collect()
            .await?;
        Ok(Ids { accounts, customers, payments })
    }

    async fn account(&self, email: &str) -> anyhow::Result<String> {
        let form = [
            ("type", "express"),
            ("country", "GR"),
            ("email", email),
            ("capabilities[card_payments][requested]", "true"),
            ("capabilities[transfers][requested]", "true"),
        ];
        let id = self.post("accounts", &format!("seed-account-{email}"), &form).await?;
        let done = self.http.post(format!("{}/accounts/{id}/complete", self.api)).send().await?;
        ensure!(
            done.status().is_success(),
            "the demo data needs the sandbox: {} cannot finish an onboarding by itself ({})",
            self.api,
            done.status()
        );
        Ok(id)
    }

    async fn post(&self, object: &str, key: &str, form: &[(&str, &str)]) -> anyhow::Result<String> {
        let answer = self
            .http
            .post(format!("{}/v1/{object}", self.api))
            .bearer_auth(&self.secret_key)
            .header("Idempotency-Key", key)
            .form(form)
            .send()
            .await
            .with_context(|| format!("Stripe cannot be reached at {}", self.api))?;
        let status = answer.status();
        let body: Value = answer.json().await?;
        ensure!(status.is_success(), "Stripe refused {object}: {body}");
        body["id"].as_str().map(str::to_owned).with_context(|| format!("Stripe's {object} has no id"))
    }
}

/// The platform's share, rounded half up to a cent (PAY-09).
#[must_use]
pub const fn commission(amount_cents: i64) -> i64 {
    (amount_cents * COMMISSION_PERCENT + 50) / 100
}
