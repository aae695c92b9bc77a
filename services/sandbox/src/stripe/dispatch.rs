//! Which address means which operation. One table, read from top to bottom.

use serde_json::Value;

use super::books::Metadata;
use super::desk::{Answer, Desk, page};
use super::error::StripeError;
use super::form::Params;
use super::views;
use crate::config::WebhookTarget;

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// The secret key: everything.
    Secret,
    /// The publishable key in a browser: what a client secret proves.
    Publishable,
}

/// Works one request; `path` is what follows `/v1/`.
///
/// # Errors
/// Everything Stripe would refuse.
pub fn work(desk: &mut Desk<'_>, right: Right, method: &str, path: &str, mut params: Params) -> Answer {
    let expand = params.list("expand");
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let mut answer = match right {
        Right::Secret => secret(desk, method, &segments, params)?,
        Right::Publishable => publishable(desk, method, &segments, params)?,
    };
    for wanted in expand {
        expand_at(desk, &mut answer, wanted.split('.').collect::<Vec<_>>().as_slice());
    }
    Ok(answer)
}

fn secret(desk: &mut Desk<'_>, method: &str, segments: &[&str], mut params: Params) -> Answer {
    match (method, segments) {
        ("POST", ["customers"]) => desk.create_customer(params),
        ("GET", ["customers"]) => desk.list_customers(params),
        ("GET", ["customers", id]) => desk.live_customer(id).map(views::customer).or_else(|_| desk.customer_view(id)),
        ("POST", ["customers", id]) => desk.update_customer(id, params),
        ("DELETE", ["customers", id]) => desk.delete_customer(id),
        ("GET", ["customers", id, "payment_methods"]) => desk.list_payment_methods(Some(id), params),
        ("GET", ["customers", id, "payment_methods", method]) => {
            desk.list_payment_methods(Some(id), Params::default()).and_then(|_| desk.payment_method_view(method))
        }

        ("POST", ["payment_methods"]) => desk.create_payment_method(params),
        ("GET", ["payment_methods"]) => desk.list_payment_methods(None, params),
        ("GET", ["payment_methods", id]) => desk.payment_method_view(id),
        ("POST", ["payment_methods", id]) => desk.update_payment_method(id, params),
        ("POST", ["payment_methods", id, "attach"]) => desk.attach_payment_method(id, params),
        ("POST", ["payment_methods", id, "detach"]) => desk.detach_payment_method(id, params),

        ("POST", ["setup_intents"]) => desk.create_setup_intent(params),
        ("GET", ["setup_intents"]) => desk.list_setup_intents(params),
        ("GET", ["setup_intents", id]) => desk.setup_intent_view(id),
        ("POST", ["setup_intents", id, "confirm"]) => desk.confirm_setup_intent(id, params),
        ("POST", ["setup_intents", id, "cancel"]) => desk.cancel_setup_intent(id, params),

        ("POST", ["payment_intents"]) => desk.create_payment_intent(params),
        ("GET", ["payment_intents"]) => desk.list_payment_intents(params),
        ("GET", ["payment_intents", id]) => desk.payment_intent_view(id),
        ("POST", ["payment_intents", id]) => desk.update_payment_intent(id, params),
        ("POST", ["payment_intents", id, "confirm"]) => desk.confirm_payment_intent(id, params),
        ("POST", ["payment_intents", id, "capture"]) => desk.capture_payment_intent(id, params),
        ("POST", ["payment_intents", id, "cancel"]) => desk.cancel_payment_intent(id, params),

        ("GET", ["charges"]) => desk.list_charges(params),
        ("GET", ["charges", id]) => desk.charge_view(id),
        ("POST", ["refunds"]) => desk.create_refund(params),
        ("GET", ["refunds"]) => desk.list_refunds(params),
        ("GET", ["refunds", id]) => desk.refund_view(id),
        ("GET", ["disputes"]) => desk.list_disputes(params),
        ("GET", ["disputes", id]) => desk.dispute_view(id),
        ("POST", ["disputes", id]) => desk.update_dispute(id, params),
        ("POST", ["disputes", id, "close"]) => desk.close_dispute(id, false),

        ("POST", ["accounts"]) => desk.create_account(params),
        ("GET", ["accounts"]) => desk.list_accounts(params),
        ("GET", ["accounts", id]) => desk.account_view(id),
        ("POST", ["accounts", id]) => desk.update_account(id, params),
        ("DELETE", ["accounts", id]) => desk.delete_account(id),
        ("POST", ["accounts", id, "login_links"]) => desk.create_login_link(id, params),
        ("POST", ["account_links"]) => desk.create_account_link(params),

        ("POST", ["transfers"]) => desk.create_transfer(params),
        ("GET", ["transfers"]) => desk.list_transfers(params),
        ("GET", ["transfers", id]) => desk.transfer_view(id),
        ("POST", ["transfers", id, "reversals"]) => desk.reverse_transfer(id, params),
        ("GET", ["transfers", id, "reversals", reversal]) => desk.transfer_reversal_view(id, reversal),
        ("GET", ["application_fees", id]) => found(desk, "application fee", id),

        ("GET", ["balance"]) => desk.balance(params),
        ("GET", ["balance_transactions"]) => desk.list_balance_transactions(params),
        ("GET", ["balance_transactions", id]) => found(desk, "balance transaction", id),
        ("POST", ["payouts"]) => desk.create_payout(params),
        ("GET", ["payouts"]) => desk.list_payouts(params),
        ("GET", ["payouts", id]) => desk.payout_view(id),
        ("POST", ["payouts", id]) => desk.update_payout(id, params),
        ("POST", ["payouts", id, "cancel"]) => desk.cancel_payout(id, params),

        ("GET", ["events"]) => {
            let kind = params.text("type");
            let rows =
                desk.books.events.newest_first().filter(|(_, row)| kind.as_ref().is_none_or(|kind| &row.kind == kind));
            let rows = rows.map(|(id, row)| (id.to_owned(), views::event(row))).collect();
            page(&mut params, "events", rows)
        }
        ("GET", ["events", id]) => found(desk, "event", id),
        ("POST", ["webhook_endpoints"]) => create_webhook_endpoint(desk, params),
        ("DELETE", ["webhook_endpoints", id]) => match desk.books.webhook_endpoints.remove(id) {
            Some(_) => Ok(serde_json::json!({ "id": id, "object": "webhook_endpoint", "deleted": true })),
            None => Err(StripeError::not_found("webhook endpoint", id)),
        },
        _ => Err(StripeError::unknown_address(method, &segments.join("/"))),
    }
}

fn publishable(desk: &mut Desk<'_>, method: &str, segments: &[&str], mut params: Params) -> Answer {
    let client_secret = params.text("client_secret");
    match (method, segments) {
        ("POST", ["payment_methods"]) => return desk.create_payment_method(params),
        ("GET", ["payment_intents", id]) | ("POST", ["payment_intents", id, "confirm"]) => {
            if client_secret.as_ref() != Some(&desk.payment_intent(id)?.client_secret) {
                return Err(wrong_client_secret());
            }
        }
        ("GET", ["setup_intents", id]) | ("POST", ["setup_intents", id, "confirm"]) => {
            if client_secret.as_ref() != Some(&desk.setup_intent(id)?.client_secret) {
                return Err(wrong_client_secret());
            }
        }
        _ => {
            return Err(StripeError::forbidden(
                "This API call cannot be made with a publishable API key. Please use a secret API key.",
            )
            .with_code("secret_key_required"));
        }
    }
    secret(desk, method, segments, params)
}

fn wrong_client_secret() -> StripeError {
    StripeError::invalid(
        "client_secret",
        "The client_secret provided does not match the client_secret associated with the intent.",
    )
    .with_code("payment_intent_invalid_parameter")
}

fn create_webhook_endpoint(desk: &mut Desk<'_>, mut params: Params) -> Answer {
    let url = params.required("url")?;
    let events = params.list("enabled_events");
    let connect = params.flag("connect")?.unwrap_or(false);
    params.accept_unused(&["description", "api_version", "metadata"]);
    params.finish()?;
    if !url::Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
        return Err(StripeError::invalid("url", "Not a valid URL").with_code("url_invalid"));
    }
    if events.is_empty() {
        return Err(StripeError::missing_parameter("enabled_events"));
    }
    let id = desk.id("we");
    let secret = format!("whsec_{}", (desk.secret)());
    let target =
        WebhookTarget { name: id.clone(), url: url.clone(), secret: secret.clone(), connect, events: events.clone() };
    let created = desk.now;
    desk.books.webhook_endpoints.put(&id, super::books::WebhookEndpoint { id: id.clone(), created, target });
    Ok(serde_json::json!({
        "id": id, "object": "webhook_endpoint", "created": created, "enabled_events": events, "livemode": false, "metadata": Metadata::new(),
        "secret": secret, "status": "enabled", "url": url,
    }))
}

fn found(desk: &Desk<'_>, what: &str, id: &str) -> Answer {
    object(desk, id).ok_or_else(|| StripeError::not_found(what, id))
}

/// Any object by its id.
fn object(desk: &Desk<'_>, id: &str) -> Option<Value> {
    let books = &*desk.books;
    match id.split_once('_')?.0 {
        "cus" => books.customers.get(id).map(views::customer),
        "pm" => books.payment_methods.get(id).map(views::payment_method),
        "pi" => desk.payment_intent_view(id).ok(),
        "seti" => desk.setup_intent_view(id).ok(),
        "ch" => desk.charge_view(id).ok(),
        "re" => books.refunds.get(id).map(views::refund),
        "acct" => books.accounts.get(id).map(views::account),
        "tr" => books.transfers.get(id).map(views::transfer),
        "fee" => books.application_fees.get(id).map(views::application_fee),
        "po" => books.payouts.get(id).map(views::payout),
        "dp" => books.disputes.get(id).map(views::dispute),
        "txn" => books.balance_transactions.get(id).map(views::balance_transaction),
        "evt" => books.events.get(id).map(views::event),
        _ => None,
    }
}

/// Replaces the id at a path (`latest_charge.balance_transaction`, `data.customer`) by its object.
fn expand_at(desk: &Desk<'_>, value: &mut Value, path: &[&str]) {
    let Some((first, rest)) = path.split_first() else { return };
    if let Value::Array(items) = value {
        for item in items {
            expand_at(desk, item, path);
        }
        return;
    }
    let Some(child) = value.get_mut(*first) else { return };
    if let Some(found) = child.as_str().and_then(|id| object(desk, id)) {
        *child = found;
    }
    expand_at(desk, child, rest);
}
