//! What Stripe, banks and owners would do, on request: onboarding, disputes, refunds that fail, payouts, and a summary to reconcile with.
//!
//! Nothing here needs a key: it is the tester's hand, not the merchant's.

use std::collections::BTreeMap;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::change;
use super::books::{Account, AccountStanding, Books, Metadata};
use super::desk::{Answer, PLATFORM};
use super::error::StripeError;
use super::views;
use crate::state::Sandbox;

/// `/stripe/accounts`, `/stripe/payment_intents`, `/stripe/disputes`, `/stripe/refunds`, `/stripe/payouts`, `/stripe/deliveries`, `/stripe/_state`
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/stripe/accounts", get(list_accounts))
        .route("/stripe/accounts/{id}", put(put_account))
        .route("/stripe/accounts/{id}/{change}", post(change_account))
        .route("/stripe/payment_intents/{id}/dispute", post(open_dispute))
        .route("/stripe/disputes/{id}/close", post(close_dispute))
        .route("/stripe/refunds/{id}/fail", post(fail_refund))
        .route("/stripe/payouts/{id}/{outcome}", post(finish_payout))
        .route("/stripe/deliveries", get(list_deliveries))
        .route("/stripe/deliveries/{id}/resend", post(resend_delivery))
        .route("/stripe/_state", get(state))
}

/// An answer of the desk as HTTP.
pub fn respond(answer: Answer) -> Response {
    match answer {
        Ok(value) => Json(value).into_response(),
        Err(error) => {
            (StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST), Json(error.body())).into_response()
        }
    }
}

fn body_or_default<T: Default>(body: Result<Json<T>, JsonRejection>) -> Result<T, StripeError> {
    match body {
        Ok(Json(value)) => Ok(value),
        Err(JsonRejection::MissingJsonContentType(_)) => Ok(T::default()),
        Err(rejection) => Err(StripeError::invalid("", &rejection.body_text())),
    }
}

/// What every account has, in cents.
fn balances(books: &Books) -> BTreeMap<&str, i64> {
    let mut balances = BTreeMap::from([(PLATFORM, 0)]);
    for (_, row) in books.balance_transactions.oldest_first() {
        *balances.entry(&row.account).or_default() += row.amount - row.fee;
    }
    balances
}

async fn list_accounts(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(sandbox.read(|data| {
        let books = &data.stripe;
        let balances = balances(books);
        let accounts = books.accounts.newest_first().take(200).map(|(_, row)| {
            let payouts = books.payouts.newest_first().filter(|(_, payout)| payout.account == row.id).take(5);
            let payouts: Vec<Value> = payouts.map(|(_, payout)| json!({ "id": payout.id, "amount": payout.amount, "status": payout.status })).collect();
            let balance = balances.get(row.id.as_str()).copied().unwrap_or(0);
            json!({ "id": row.id, "email": row.email, "standing": row.standing, "balance": balance, "payouts": payouts })
        });
        json!({ "accounts": accounts.collect::<Vec<_>>() })
    }))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct PutAccount {
    email: Option<String>,
    #[serde(default)]
    complete: bool,
}

async fn put_account(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Result<Json<PutAccount>, JsonRejection>,
) -> Response {
    let wanted = match body_or_default(body) {
        Ok(wanted) => wanted,
        Err(error) => return respond(Err(error)),
    };
    if !id.starts_with("acct_") || id.len() > 100 {
        return respond(Err(StripeError::invalid("id", "An account id begins with acct_.")));
    }
    respond(change(&sandbox, |desk| {
        let standing = if wanted.complete { AccountStanding::Complete } else { AccountStanding::Onboarding };
        let account = match desk.books.accounts.get(&id) {
            Some(known) => Account {
                email: wanted.email.or_else(|| known.email.clone()),
                standing,
                details_submitted: wanted.complete,
                ..known.clone()
            },
            None => {
                Account { email: wanted.email, standing, details_submitted: wanted.complete, ..desk.blank_account(&id) }
            }
        };
        let view = views::account(&account);
        desk.books.accounts.put(&id, account);
        Ok(view)
    }))
}

async fn change_account(State(sandbox): State<Sandbox>, Path((id, wanted)): Path<(String, String)>) -> Response {
    respond(change(&sandbox, |desk| match wanted.as_str() {
        "complete" => desk.set_standing(&id, AccountStanding::Complete),
        "restrict" => desk.set_standing(&id, AccountStanding::Restricted),
        "disable" => desk.set_standing(&id, AccountStanding::Disabled),
        "deauthorize" => desk.deauthorise(&id),
        "payout" => {
            let balance = desk.balance_of(&id);
            desk.pay_out(&id, balance, true, Metadata::new())
        }
        _ => Err(StripeError::unknown_address("POST", &format!("accounts/{id}/{wanted}"))),
    }))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewDispute {
    reason: Option<String>,
    amount: Option<i64>,
}

async fn open_dispute(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Result<Json<NewDispute>, JsonRejection>,
) -> Response {
    let wanted = match body_or_default(body) {
        Ok(wanted) => wanted,
        Err(error) => return respond(Err(error)),
    };
    respond(change(&sandbox, |desk| {
        let charge = desk.payment_intent(&id)?.latest_charge.clone().unwrap_or_default();
        desk.open_dispute(&charge, wanted.reason.as_deref().unwrap_or("fraudulent"), wanted.amount)
    }))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CloseDispute {
    status: Option<String>,
}

async fn close_dispute(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Result<Json<CloseDispute>, JsonRejection>,
) -> Response {
    let wanted = match body_or_default(body) {
        Ok(wanted) => wanted,
        Err(error) => return respond(Err(error)),
    };
    let won = match wanted.status.as_deref() {
        Some("won") => true,
        None | Some("lost") => false,
        Some(_) => return respond(Err(StripeError::invalid("status", "status must be won or lost"))),
    };
    respond(change(&sandbox, |desk| desk.close_dispute(&id, won)))
}

async fn fail_refund(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    respond(change(&sandbox, |desk| desk.fail_refund(&id)))
}

async fn finish_payout(State(sandbox): State<Sandbox>, Path((id, outcome)): Path<(String, String)>) -> Response {
    respond(match outcome.as_str() {
        "paid" => change(&sandbox, |desk| desk.finish_payout(&id, true)),
        "failed" => change(&sandbox, |desk| desk.finish_payout(&id, false)),
        _ => Err(StripeError::unknown_address("POST", &format!("payouts/{id}/{outcome}"))),
    })
}

async fn list_deliveries(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(sandbox.read(|data| {
        let rows: Vec<Value> = data
            .stripe
            .deliveries
            .newest_first()
            .take(200)
            .map(|(_, row)| {
                json!({
                    "id": row.id, "event": row.event, "eventType": row.event_type, "endpoint": row.endpoint, "url": row.url, "state": row.state,
                    "attempts": row.attempts, "lastStatus": row.last_status, "lastProblem": row.last_problem, "created": row.created,
                })
            })
            .collect();
        json!({ "deliveries": rows })
    }))
}

async fn resend_delivery(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> StatusCode {
    if super::webhooks::resend(&sandbox, &id) { StatusCode::ACCEPTED } else { StatusCode::NOT_FOUND }
}

#[derive(Deserialize)]
struct Newest {
    limit: Option<usize>,
}

/// Everything a reconciliation compares: per intent what was captured and refunded, and where the money is now. Oldest
/// first; `?limit=` gives only the newest ones.
async fn state(State(sandbox): State<Sandbox>, Query(newest): Query<Newest>) -> Json<Value> {
    Json(sandbox.read(|data| {
        let books = &data.stripe;
        let mut intents: Vec<Value> = books
            .payment_intents
            .newest_first()
            .take(newest.limit.unwrap_or(usize::MAX))
            .map(|(_, row)| {
                let charge = row.latest_charge.as_deref().and_then(|charge| books.charges.get(charge));
                json!({
                    "id": row.id, "status": row.status, "amount": row.amount, "amountCapturable": row.amount_capturable,
                    "captured": charge.map_or(0, |charge| charge.amount_captured),
                    "refunded": charge.filter(|charge| charge.captured).map_or(0, |charge| charge.amount_refunded),
                    "applicationFee": charge.and_then(|charge| charge.application_fee_amount).unwrap_or(0),
                    "applicationFeeRefunded": charge.and_then(|charge| charge.application_fee.as_deref()).and_then(|fee| books.application_fees.get(fee)).map_or(0, |fee| fee.amount_refunded),
                    "transferred": charge.and_then(|charge| charge.transfer.as_deref()).and_then(|transfer| books.transfers.get(transfer)).map_or(0, |transfer| transfer.amount),
                    "reversed": charge.and_then(|charge| charge.transfer.as_deref()).and_then(|transfer| books.transfers.get(transfer)).map_or(0, |transfer| transfer.amount_reversed),
                    "declined": row.last_payment_error.as_ref().map(|error| error.get("decline_code").or_else(|| error.get("code")).cloned()),
                    "destination": row.destination, "customer": row.customer, "charge": row.latest_charge,
                    "dispute": charge.and_then(|charge| charge.dispute.as_deref()).and_then(|dispute| books.disputes.get(dispute)).map(|dispute| json!({ "id": dispute.id, "status": dispute.status })),
                    "created": row.created, "metadata": row.metadata,
                })
            })
            .collect();
        intents.reverse();
        json!({
            "paymentIntents": intents, "total": books.payment_intents.len(), "balances": balances(books), "accounts": books.accounts.len(), "customers": books.customers.len(),
            "refunds": books.refunds.len(), "events": books.events.len(),
        })
    }))
}
