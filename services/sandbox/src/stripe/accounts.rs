//! Connected Express accounts: made, onboarded, restricted, disabled, and the links that lead their owners in.

use serde_json::{Value, json};

use super::books::{Account, AccountLink, AccountStanding, Metadata};
use super::desk::{Answer, Desk, merge_metadata, page};
use super::error::StripeError;
use super::form::Params;
use super::views;

const LINK_SECONDS: i64 = 300;
const SCHEDULE: &str = "settings[payouts][schedule]";
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl Desk<'_> {
    /// `POST /v1/accounts`
    pub fn create_account(&mut self, mut params: Params) -> Answer {
        let kind = params.choice("type", &["express", "standard", "custom"])?.unwrap_or_else(|| "express".to_owned());
        let country = params.text("country").unwrap_or_else(|| "GR".to_owned());
        if country.len() != 2 || !country.bytes().all(|sign| sign.is_ascii_uppercase()) {
            return Err(StripeError::invalid("country", &format!("Country '{country}' is unknown."))
                .with_code("country_unsupported"));
        }
        let mut account = self.blank_account(&self.id("acct"));
        account.kind = kind;
        account.country = country;
        account.metadata = params.map("metadata");
        read_account_fields(&mut account, &mut params)?;
        params.finish()?;
        let view = views::account(&account);
        self.books.accounts.put(&account.id.clone(), account);
        Ok(view)
    }

    /// An account without any details.
    pub fn blank_account(&self, id: &str) -> Account {
        Account {
            id: id.to_owned(),
            created: self.now,
            kind: "express".to_owned(),
            country: "GR".to_owned(),
            email: None,
            business_type: None,
            standing: AccountStanding::Onboarding,
            details_submitted: false,
            payout_interval: "daily".to_owned(),
            weekly_anchor: "monday".to_owned(),
            monthly_anchor: 1,
            metadata: Metadata::new(),
            links: Vec::new(),
        }
    }

    /// `POST /v1/accounts/{id}`
    pub fn update_account(&mut self, id: &str, mut params: Params) -> Answer {
        let mut account = self.known_account(id)?.clone();
        let before = views::account(&account);
        let metadata = params.map("metadata");
        read_account_fields(&mut account, &mut params)?;
        params.finish()?;
        merge_metadata(&mut account.metadata, metadata);
        let view = views::account(&account);
        self.books.accounts.put(id, account);
        self.emit_account_change(id, &before, &view);
        Ok(view)
    }

    fn emit_account_change(&mut self, id: &str, before: &Value, after: &Value) {
        let mut previous = serde_json::Map::new();
        if let (Some(before), Some(after)) = (before.as_object(), after.as_object()) {
            for (name, value) in before {
                if after.get(name) != Some(value) {
                    previous.insert(name.clone(), value.clone());
                }
            }
        }
        if !previous.is_empty() {
            self.emit_for("account.updated", after.clone(), Some(id), Some(Value::Object(previous)));
        }
    }

    /// `GET /v1/accounts/{id}`
    pub fn account_view(&mut self, id: &str) -> Answer {
        self.known_account(id).map(views::account)
    }

    /// The account of that id.
    ///
    /// # Errors
    /// 403 `account_invalid`, as Stripe answers for accounts of strangers.
    pub fn known_account(&mut self, id: &str) -> Result<&Account, StripeError> {
        self.conjure_demo_account(id);
        self.books.accounts.get(id).ok_or_else(|| {
            let message = format!("The provided key does not have access to account '{id}' (or that account does not exist). Application access may have been revoked.");
            let mut error = StripeError::refused("account_invalid", &message);
            error.status = 403;
            error
        })
    }

    // Seed data may name accounts of owners; such ids exist, fully onboarded, as soon as somebody mentions them.
    fn conjure_demo_account(&mut self, id: &str) {
        if id.starts_with("acct_demo_") && !self.books.accounts.has(id) {
            let account =
                Account { standing: AccountStanding::Complete, details_submitted: true, ..self.blank_account(id) };
            self.books.accounts.put(id, account);
        }
    }

    /// An account that may receive charges.
    ///
    /// # Errors
    /// `resource_missing`, `insufficient_capabilities_for_transfer`.
    pub fn chargeable_account(&mut self, param: &str, id: &str) -> Result<(), StripeError> {
        self.conjure_demo_account(id);
        let account = self.books.accounts.get(id).ok_or_else(|| StripeError::no_such(param, "destination", id))?;
        if account.standing == AccountStanding::Complete {
            return Ok(());
        }
        let message = "Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments";
        Err(StripeError::refused("insufficient_capabilities_for_transfer", message).with_param(param))
    }

    /// `GET /v1/accounts`
    pub fn list_accounts(&self, mut params: Params) -> Answer {
        let rows = self.books.accounts.newest_first().map(|(id, row)| (id.to_owned(), views::account(row))).collect();
        let list = page(&mut params, "accounts", rows)?;
        params.finish()?;
        Ok(list)
    }

    /// `DELETE /v1/accounts/{id}`
    pub fn delete_account(&mut self, id: &str) -> Answer {
        self.known_account(id)?;
        if self.balance_of(id) != 0 {
            return Err(StripeError::refused(
                "account_balance_not_zero",
                "The account has a balance and cannot be deleted.",
            ));
        }
        self.books.accounts.remove(id);
        Ok(json!({ "id": id, "object": "account", "deleted": true }))
    }

    /// `POST /v1/account_links`
    pub fn create_account_link(&mut self, mut params: Params) -> Answer {
        let id = params.required("account")?;
        let refresh_url = params.required("refresh_url")?;
        let return_url = params.required("return_url")?;
        params
            .choice("type", &["account_onboarding", "account_update"])?
            .ok_or_else(|| StripeError::missing_parameter("type"))?;
        params.accept_unused(&["collect", "collection_options"]);
        params.finish()?;
        for (name, url) in [("refresh_url", &refresh_url), ("return_url", &return_url)] {
            let valid = url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            if !valid {
                return Err(StripeError::invalid(name, "Not a valid URL").with_code("url_invalid"));
            }
        }
        self.known_account(&id)?;
        let code = (self.secret)();
        let expires_at = self.now + LINK_SECONDS;
        let now = self.now;
        if let Some(row) = self.books.accounts.get_mut(&id) {
            row.links.retain(|link| link.expires_at > now);
            row.links.push(AccountLink { code: code.clone(), expires_at, return_url, refresh_url });
        }
        let url = (self.address)(&format!("/stripe/onboarding/{id}?code={code}"));
        Ok(json!({ "object": "account_link", "created": self.now, "expires_at": expires_at, "url": url }))
    }

    /// `POST /v1/accounts/{id}/login_links`
    pub fn create_login_link(&mut self, id: &str, params: Params) -> Answer {
        params.finish()?;
        if !self.known_account(id)?.details_submitted {
            return Err(StripeError::refused(
                "account_not_onboarded",
                "Cannot create a login link for an account that has not completed onboarding.",
            ));
        }
        Ok(json!({ "object": "login_link", "created": self.now, "url": (self.address)(&format!("/#{id}")) }))
    }

    /// What Stripe's own staff and forms would do: onboarding finished, something missing, rejected.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn set_standing(&mut self, id: &str, standing: AccountStanding) -> Answer {
        let before = views::account(self.known_account(id)?);
        if let Some(row) = self.books.accounts.get_mut(id) {
            row.standing = standing;
            row.details_submitted |= standing == AccountStanding::Complete;
            row.links.clear();
        }
        let after = self.account_view(id)?;
        self.emit_account_change(id, &before, &after);
        Ok(after)
    }

    /// The owner took the platform's rights away.
    ///
    /// # Errors
    /// When there is no such account.
    pub fn deauthorise(&mut self, id: &str) -> Answer {
        self.set_standing(id, AccountStanding::Disabled)?;
        let application = json!({ "id": "ca_courtside", "object": "application", "name": "Courtside" });
        self.emit_for("account.application.deauthorized", application, Some(id), None);
        self.account_view(id)
    }
}

fn read_account_fields(account: &mut Account, params: &mut Params) -> Result<(), StripeError> {
    if let Some(email) = params.text("email") {
        account.email = (!email.is_empty()).then_some(email);
    }
    if let Some(kind) = params.choice("business_type", &["individual", "company", "non_profit", "government_entity"])? {
        account.business_type = Some(kind);
    }
    if let Some(interval) =
        params.choice(&format!("{SCHEDULE}[interval]"), &["manual", "daily", "weekly", "monthly"])?
    {
        account.payout_interval = interval;
    }
    if let Some(day) = params.choice(&format!("{SCHEDULE}[weekly_anchor]"), &WEEKDAYS)? {
        account.weekly_anchor = day;
    }
    if let Some(day) = params.integer(&format!("{SCHEDULE}[monthly_anchor]"))? {
        if !(1..=31).contains(&day) {
            return Err(StripeError::invalid(
                &format!("{SCHEDULE}[monthly_anchor]"),
                "This value must be between 1 and 31.",
            ));
        }
        account.monthly_anchor = day;
    }
    params.text(&format!("{SCHEDULE}[delay_days]"));
    params.accept_unused(&[
        "capabilities",
        "business_profile",
        "individual",
        "company",
        "tos_acceptance",
        "default_currency",
        "controller",
        "settings",
    ]);
    Ok(())
}
