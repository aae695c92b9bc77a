//! How Stripe's objects look on the wire. Reads rows, decides nothing.

use serde_json::{Value, json};

use super::books::{
    Account, AccountStanding, ApplicationFee, BalanceTransaction, Books, CaptureMethod, Charge, ChargeStatus, Customer,
    Dispute, Event, Movement, PaymentIntent, PaymentMethod, PaymentStatus, Payout, Refund, SetupIntent, SetupStatus,
    Transfer, TransferReversal,
};
use super::cards::Card;
use super::desk::CURRENCY;

/// The API version that events name.
pub const API_VERSION: &str = "2025-09-30.clover";

pub fn customer(row: &Customer) -> Value {
    if row.deleted {
        return json!({ "id": row.id, "object": "customer", "deleted": true });
    }
    json!({
        "id": row.id, "object": "customer", "address": null, "balance": 0, "created": row.created, "currency": null,
        "default_source": null, "delinquent": false, "description": row.description, "email": row.email,
        "invoice_settings": { "custom_fields": null, "default_payment_method": row.default_payment_method, "footer": null },
        "livemode": false, "metadata": row.metadata, "name": row.name, "phone": row.phone, "preferred_locales": [], "shipping": null,
    })
}

fn card(card: &Card) -> Value {
    json!({
        "brand": card.brand, "display_brand": card.brand, "country": card.country, "exp_month": card.exp_month, "exp_year": card.exp_year,
        "fingerprint": format!("fp_{}{}", card.brand, card.last4), "funding": card.funding, "last4": card.last4,
        "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
        "three_d_secure_usage": { "supported": true },
        "wallet": card.wallet.as_ref().map(|wallet| json!({ "type": wallet, "dynamic_last4": null })),
    })
}

pub fn payment_method(row: &PaymentMethod) -> Value {
    json!({
        "id": row.id, "object": "payment_method", "type": "card", "created": row.created, "customer": row.customer,
        "billing_details": { "address": null, "email": null, "name": null, "phone": null },
        "card": card(&row.card), "livemode": false, "metadata": row.metadata,
    })
}

fn redirect_action(
    kind: &str,
    intent: &str,
    client_secret: &str,
    return_url: Option<&str>,
    address: &dyn Fn(&str) -> String,
) -> Value {
    let url = address(&format!("/stripe/3ds/{intent}?client_secret={client_secret}"));
    json!({ "type": kind, "redirect_to_url": { "url": url, "return_url": return_url } })
}

pub fn setup_intent(row: &SetupIntent, address: &dyn Fn(&str) -> String) -> Value {
    let next_action = (row.status == SetupStatus::RequiresAction)
        .then(|| redirect_action("redirect_to_url", &row.id, &row.client_secret, row.return_url.as_deref(), address));
    json!({
        "id": row.id, "object": "setup_intent", "application": null, "cancellation_reason": null, "client_secret": row.client_secret,
        "created": row.created, "customer": row.customer, "description": null, "last_setup_error": row.last_setup_error, "livemode": false,
        "metadata": row.metadata, "next_action": next_action, "payment_method": row.payment_method, "payment_method_types": ["card"],
        "status": row.status, "usage": row.usage,
    })
}

pub fn payment_intent(row: &PaymentIntent, address: &dyn Fn(&str) -> String) -> Value {
    let next_action = (row.status == PaymentStatus::RequiresAction)
        .then(|| redirect_action("redirect_to_url", &row.id, &row.client_secret, row.return_url.as_deref(), address));
    let capture_method = match row.capture_method {
        CaptureMethod::Automatic => "automatic",
        CaptureMethod::AutomaticAsync => "automatic_async",
        CaptureMethod::Manual => "manual",
    };
    let transfer_data = row.destination.as_ref().map(|destination| match row.transfer_amount {
        Some(amount) => json!({ "destination": destination, "amount": amount }),
        None => json!({ "destination": destination }),
    });
    json!({
        "id": row.id, "object": "payment_intent", "amount": row.amount, "amount_capturable": row.amount_capturable,
        "amount_details": { "tip": {} }, "amount_received": row.amount_received, "application": null,
        "application_fee_amount": row.application_fee_amount, "automatic_payment_methods": null, "canceled_at": row.canceled_at,
        "cancellation_reason": row.cancellation_reason, "capture_method": capture_method, "client_secret": row.client_secret,
        "confirmation_method": "automatic", "created": row.created, "currency": CURRENCY, "customer": row.customer,
        "description": row.description, "last_payment_error": row.last_payment_error, "latest_charge": row.latest_charge,
        "livemode": false, "metadata": row.metadata, "next_action": next_action, "on_behalf_of": row.on_behalf_of,
        "payment_method": row.payment_method, "payment_method_options": { "card": {} }, "payment_method_types": ["card"],
        "processing": null, "receipt_email": row.receipt_email, "setup_future_usage": row.setup_future_usage, "shipping": null,
        "statement_descriptor": null, "statement_descriptor_suffix": row.statement_descriptor_suffix, "status": row.status,
        "transfer_data": transfer_data, "transfer_group": row.transfer_group,
    })
}

pub fn charge(row: &Charge, books: &Books, address: &dyn Fn(&str) -> String) -> Value {
    let status = match row.status {
        ChargeStatus::Succeeded => "succeeded",
        ChargeStatus::Failed => "failed",
    };
    let outcome = if row.status == ChargeStatus::Succeeded {
        json!({
            "network_status": "approved_by_network", "reason": null, "risk_level": "normal",
            "seller_message": "Payment complete.", "type": "authorized",
        })
    } else {
        json!({
            "network_status": "declined_by_network", "reason": row.decline_code, "risk_level": "normal",
            "seller_message": "The bank declined the payment.", "type": "issuer_declined",
        })
    };
    let refunds: Vec<Value> = books
        .refunds
        .newest_first()
        .filter(|(_, refund)| row.amount_refunded > 0 && refund.charge == row.id)
        .map(|(_, row)| refund(row))
        .collect();
    let intent = books.payment_intents.get(&row.payment_intent);
    let of_intent = |part: fn(&PaymentIntent) -> &Option<String>| intent.and_then(|intent| part(intent).clone());
    let destination = of_intent(|intent| &intent.destination);
    let method = row.payment_method.as_deref().and_then(|method| books.payment_methods.get(method));
    json!({
        "id": row.id, "object": "charge", "amount": row.amount, "amount_captured": row.amount_captured,
        "amount_refunded": row.amount_refunded, "application": null, "application_fee": row.application_fee,
        "application_fee_amount": row.application_fee_amount, "balance_transaction": row.balance_transaction,
        "billing_details": { "address": null, "email": null, "name": null, "phone": null },
        "captured": row.captured, "created": row.created, "currency": CURRENCY,
        "customer": of_intent(|intent| &intent.customer), "description": of_intent(|intent| &intent.description),
        "destination": destination, "dispute": row.dispute, "disputed": row.dispute.is_some(),
        "failure_code": row.failure_code, "failure_message": row.failure_message, "livemode": false,
        "metadata": intent.map(|intent| &intent.metadata), "on_behalf_of": of_intent(|intent| &intent.on_behalf_of),
        "outcome": outcome, "paid": row.status == ChargeStatus::Succeeded, "payment_intent": row.payment_intent,
        "payment_method": row.payment_method,
        "payment_method_details": { "type": "card", "card": method.map(|method| card(&method.card)) },
        "receipt_email": of_intent(|intent| &intent.receipt_email),
        "receipt_url": address(&format!("/#{}", row.id)),
        "refunded": row.released || (row.amount_captured > 0 && row.amount_refunded == row.amount_captured),
        "refunds": {
            "object": "list", "url": format!("/v1/charges/{}/refunds", row.id), "has_more": false, "data": refunds,
        },
        "status": status, "transfer": row.transfer,
        "transfer_data": destination.as_ref().map(|account| json!({ "amount": null, "destination": account })),
        "transfer_group": of_intent(|intent| &intent.transfer_group),
    })
}

pub fn refund(row: &Refund) -> Value {
    json!({
        "id": row.id, "object": "refund", "amount": row.amount, "balance_transaction": row.balance_transaction, "charge": row.charge,
        "created": row.created, "currency": CURRENCY, "destination_details": { "type": "card", "card": { "type": "refund", "reference_status": "pending" } },
        "metadata": row.metadata, "payment_intent": row.payment_intent, "reason": row.reason, "receipt_number": null,
        "source_transfer_reversal": null, "status": row.status, "transfer_reversal": row.transfer_reversal,
    })
}

pub fn account(row: &Account) -> Value {
    let enabled = row.standing == AccountStanding::Complete;
    let (currently_due, past_due, disabled_reason): (&[&str], &[&str], Option<&str>) = match row.standing {
        AccountStanding::Onboarding => (
            &[
                "business_type",
                "external_account",
                "individual.dob.day",
                "individual.verification.document",
                "tos_acceptance.date",
            ],
            &[],
            Some("requirements.past_due"),
        ),
        AccountStanding::Complete => (&[], &[], None),
        AccountStanding::Restricted => (
            &["individual.verification.document"],
            &["individual.verification.document"],
            Some("requirements.past_due"),
        ),
        AccountStanding::Disabled => (&[], &[], Some("rejected.other")),
    };
    let capability = if enabled { "active" } else { "inactive" };
    let mut schedule = json!({ "delay_days": 7, "interval": row.payout_interval });
    if row.payout_interval == "weekly" {
        schedule["weekly_anchor"] = row.weekly_anchor.clone().into();
    }
    if row.payout_interval == "monthly" {
        schedule["monthly_anchor"] = row.monthly_anchor.into();
    }
    let bank_accounts: Vec<Value> = if row.details_submitted {
        vec![json!({
            "id": format!("ba_{}", row.id.trim_start_matches("acct_")), "object": "bank_account", "account": row.id, "bank_name": "TEST BANK",
            "country": row.country, "currency": "eur", "last4": "3000", "status": "new", "default_for_currency": true,
        })]
    } else {
        Vec::new()
    };
    json!({
        "id": row.id, "object": "account", "business_profile": { "mcc": null, "name": null, "url": null }, "business_type": row.business_type,
        "capabilities": { "card_payments": capability, "transfers": capability }, "charges_enabled": enabled,
        "controller": { "type": "application", "is_controller": true }, "country": row.country, "created": row.created,
        "default_currency": "eur", "details_submitted": row.details_submitted, "email": row.email,
        "external_accounts": { "object": "list", "has_more": false, "url": format!("/v1/accounts/{}/external_accounts", row.id), "data": bank_accounts },
        "future_requirements": { "alternatives": [], "currently_due": [], "disabled_reason": null, "errors": [], "eventually_due": [], "past_due": [], "pending_verification": [] },
        "metadata": row.metadata, "payouts_enabled": enabled,
        "requirements": {
            "alternatives": [], "current_deadline": null, "currently_due": currently_due, "disabled_reason": disabled_reason, "errors": [],
            "eventually_due": currently_due, "past_due": past_due, "pending_verification": [],
        },
        "settings": { "payouts": { "debit_negative_balances": true, "schedule": schedule, "statement_descriptor": null } },
        "tos_acceptance": { "date": row.details_submitted.then_some(row.created) }, "type": row.kind,
    })
}

pub fn transfer_reversal(row: &TransferReversal, transfer: &Transfer) -> Value {
    json!({
        "id": row.id, "object": "transfer_reversal", "amount": row.amount, "balance_transaction": row.balance_transaction, "created": row.created,
        "currency": CURRENCY, "destination_payment_refund": null, "metadata": row.metadata, "source_refund": row.source_refund, "transfer": transfer.id,
    })
}

pub fn transfer(row: &Transfer) -> Value {
    let reversals: Vec<Value> = row.reversals.iter().rev().map(|reversal| transfer_reversal(reversal, row)).collect();
    json!({
        "id": row.id, "object": "transfer", "amount": row.amount, "amount_reversed": row.amount_reversed, "balance_transaction": row.balance_transaction,
        "created": row.created, "currency": CURRENCY, "description": row.description, "destination": row.destination,
        "destination_payment": row.destination_payment, "livemode": false, "metadata": row.metadata,
        "reversals": { "object": "list", "has_more": false, "url": format!("/v1/transfers/{}/reversals", row.id), "data": reversals },
        "reversed": row.amount_reversed == row.amount, "source_transaction": row.source_transaction, "source_type": "card", "transfer_group": row.transfer_group,
    })
}

pub fn application_fee(row: &ApplicationFee) -> Value {
    json!({
        "id": row.id, "object": "application_fee", "account": row.account, "amount": row.amount, "amount_refunded": row.amount_refunded,
        "balance_transaction": row.balance_transaction, "charge": row.charge, "created": row.created, "currency": CURRENCY,
        "livemode": false, "originating_transaction": row.charge, "refunded": row.amount_refunded == row.amount,
    })
}

pub fn payout(row: &Payout) -> Value {
    json!({
        "id": row.id, "object": "payout", "amount": row.amount, "arrival_date": row.arrival_date, "automatic": row.automatic,
        "balance_transaction": row.balance_transaction, "created": row.created, "currency": CURRENCY, "description": null,
        "destination": format!("ba_{}", row.account.trim_start_matches("acct_")), "failure_code": row.failure_code,
        "failure_message": row.failure_message, "livemode": false, "metadata": row.metadata, "method": "standard", "source_type": "card",
        "status": row.status, "type": "bank_account",
    })
}

pub fn dispute(row: &Dispute) -> Value {
    json!({
        "id": row.id, "object": "dispute", "amount": row.amount, "balance_transactions": row.balance_transactions, "charge": row.charge,
        "created": row.created, "currency": CURRENCY, "evidence": row.evidence,
        "evidence_details": { "due_by": row.due_by, "has_evidence": !row.evidence.is_empty(), "past_due": false, "submission_count": row.submission_count },
        "is_charge_refundable": false, "livemode": false, "metadata": row.metadata, "payment_intent": row.payment_intent, "reason": row.reason, "status": row.status,
    })
}

pub fn balance_transaction(row: &BalanceTransaction) -> Value {
    json!({
        "id": row.id, "object": "balance_transaction", "amount": row.amount, "available_on": row.created, "created": row.created,
        "currency": CURRENCY, "description": null, "exchange_rate": null, "fee": row.fee,
        "fee_details": if row.fee == 0 { json!([]) } else { json!([{ "amount": row.fee, "currency": CURRENCY, "type": if row.kind == Movement::Payment { "application_fee" } else { "stripe_fee" } }]) },
        "net": row.amount - row.fee, "reporting_category": row.kind, "source": row.source, "status": "available", "type": row.kind,
    })
}

pub fn event(row: &Event) -> Value {
    serde_json::from_str(&row.payload).unwrap_or_default()
}
