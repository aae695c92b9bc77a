//! The desk at which one Stripe request is worked: the books, the time, who asks. No async, no I/O.
//!
//! Owns ids, events and the ledger's postings; the objects' own rules stand in the files beside.

use serde_json::{Value, json};

use super::books::{BalanceTransaction, Books, Delivery, DeliveryState, Event, Movement};
use super::error::StripeError;
use super::form::Params;
use super::views;
use crate::config::{StripeConfig, WebhookTarget};

/// What an operation answers.
pub type Answer = Result<Value, StripeError>;

/// The platform's own books in the ledger.
pub const PLATFORM: &str = "platform";

/// The one currency; every amount is in its cents.
pub const CURRENCY: &str = "eur";

/// How many past events and finished deliveries are kept for the page and for `GET /v1/events`.
const KEPT_EVENTS: usize = 500;

/// One request in work.
pub struct Desk<'a> {
    pub books: &'a mut Books,
    pub config: &'a StripeConfig,
    /// Unix seconds.
    pub now: i64,
    /// A new id with that prefix.
    pub new_id: &'a dyn Fn(&str) -> String,
    /// A new secret.
    pub secret: &'a dyn Fn() -> String,
    /// An absolute address inside the sandbox.
    pub address: &'a dyn Fn(&str) -> String,
    /// The `Stripe-Account` header.
    pub account: Option<String>,
    /// Id of this request.
    pub request: Option<String>,
    /// Its idempotency key.
    pub idempotency_key: Option<String>,
    /// Deliveries begun by this request, to be sent once the books are closed.
    pub outgoing: Vec<String>,
}

impl Desk<'_> {
    /// A new id with that prefix.
    pub fn id(&self, prefix: &str) -> String {
        (self.new_id)(prefix)
    }

    /// Records an event about the platform's own objects.
    pub fn emit(&mut self, kind: &str, object: Value) {
        self.emit_for(kind, object, None, None);
    }

    /// Records an event; one with an account goes to the Connect endpoints.
    pub fn emit_for(&mut self, kind: &str, object: Value, account: Option<&str>, previous_attributes: Option<Value>) {
        let wanted: Vec<WebhookTarget> = self
            .targets()
            .into_iter()
            .filter(|target| target.connect == account.is_some())
            .filter(|target| target.events.is_empty() || target.events.iter().any(|one| one == "*" || one == kind))
            .collect();
        let id = self.id("evt");
        let mut data = json!({ "object": object });
        if let Some(previous) = previous_attributes {
            data["previous_attributes"] = previous;
        }
        let mut view = json!({
            "id": id, "object": "event", "api_version": views::API_VERSION, "created": self.now, "data": data,
            "livemode": false, "pending_webhooks": wanted.len(), "type": kind,
            "request": { "id": self.request, "idempotency_key": self.idempotency_key },
        });
        if let Some(account) = account {
            view["account"] = account.into();
        }
        let waiting = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
        let event = Event { id: id.clone(), kind: kind.to_owned(), payload: view.to_string(), waiting };
        for target in wanted {
            let delivery = Delivery {
                id: self.id("whd"),
                event: id.clone(),
                event_type: event.kind.clone(),
                endpoint: target.name,
                url: target.url,
                state: DeliveryState::Pending,
                attempts: 0,
                last_status: None,
                last_problem: None,
                created: self.now,
            };
            self.outgoing.push(delivery.id.clone());
            self.books.deliveries.put(&delivery.id.clone(), delivery);
        }
        self.books.events.put(&id, event);
        self.books.events.keep_newest(KEPT_EVENTS, |event| event.waiting > 0);
        self.books.deliveries.keep_newest(KEPT_EVENTS, |delivery| delivery.state == DeliveryState::Pending);
    }

    fn targets(&self) -> Vec<WebhookTarget> {
        let made = self.books.webhook_endpoints.oldest_first().map(|(_, endpoint)| endpoint.target.clone());
        self.config.webhooks.iter().cloned().chain(made).collect()
    }

    /// Posts a movement of money; `amount` is signed, `fee` is kept back from it.
    pub fn post(&mut self, account: &str, kind: Movement, amount: i64, fee: i64, source: &str) -> String {
        let transaction = BalanceTransaction {
            id: self.id("txn"),
            created: self.now,
            account: account.to_owned(),
            amount,
            fee,
            kind,
            source: source.to_owned(),
        };
        let id = transaction.id.clone();
        self.books.balance_transactions.put(&id, transaction);
        id
    }

    /// What an account has, in cents.
    pub fn balance_of(&self, account: &str) -> i64 {
        self.books
            .balance_transactions
            .oldest_first()
            .filter(|(_, row)| row.account == account)
            .map(|(_, row)| row.amount - row.fee)
            .sum()
    }
}

/// Reads `amount` as Stripe does: a whole number of at least one cent and at most 999,999.99.
///
/// # Errors
/// `parameter_invalid_integer`, `amount_too_large`.
pub fn checked_amount(name: &str, amount: i64) -> Result<i64, StripeError> {
    if amount < 1 {
        return Err(StripeError::invalid(name, "This value must be greater than or equal to 1.")
            .with_code("parameter_invalid_integer"));
    }
    if amount > 99_999_999 {
        return Err(StripeError::invalid(name, "Amount must be no more than €999,999.99").with_code("amount_too_large"));
    }
    Ok(amount)
}

/// Reads the currency; only euros are known here.
///
/// # Errors
/// When missing or not `eur`.
pub fn check_currency(params: &mut Params) -> Result<(), StripeError> {
    let currency = params.required("currency")?.to_lowercase();
    if currency == CURRENCY {
        Ok(())
    } else {
        Err(StripeError::invalid("currency", &format!("Invalid currency: {currency}. This stand-in knows eur only.")))
    }
}

/// Applies Stripe's rule for updates of metadata: a given key is set, an empty value removes it.
pub fn merge_metadata(metadata: &mut super::books::Metadata, given: super::books::Metadata) {
    for (key, value) in given {
        if value.is_empty() {
            metadata.remove(&key);
        } else {
            metadata.insert(key, value);
        }
    }
}

/// A page of a list in Stripe's shape: `limit`, `starting_after`, `ending_before` over rows given newest first.
///
/// # Errors
/// When `limit` is not within 1 and 100.
pub fn page(params: &mut Params, url: &str, rows: Vec<(String, Value)>) -> Answer {
    let limit = params.integer("limit")?.unwrap_or(10);
    if !(1..=100).contains(&limit) {
        return Err(StripeError::invalid("limit", "This value must be between 1 and 100 (inclusive)."));
    }
    let limit = usize::try_from(limit).unwrap_or(10);
    let place_of = |rows: &[(String, Value)], id: &str, param: &str| {
        rows.iter().position(|(key, _)| key == id).ok_or_else(|| StripeError::no_such(param, "object", id))
    };
    let (from, to) = match (params.text("starting_after"), params.text("ending_before")) {
        (Some(after), _) => {
            let from = place_of(&rows, &after, "starting_after")? + 1;
            (from, (from + limit).min(rows.len()))
        }
        (None, Some(before)) => {
            let to = place_of(&rows, &before, "ending_before")?;
            (to.saturating_sub(limit), to)
        }
        (None, None) => (0, limit.min(rows.len())),
    };
    let has_more = to < rows.len();
    let data: Vec<Value> = rows.into_iter().skip(from).take(to - from).map(|(_, view)| view).collect();
    Ok(json!({ "object": "list", "url": format!("/v1/{url}"), "has_more": has_more, "data": data }))
}
