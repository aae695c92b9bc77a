//! Comparing with Stripe.

use std::collections::{BTreeMap, HashSet};

use contracts::ids::{CourtId, PaymentId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{Kind, Money, by_our_rows, covered, differences, is_under_way};
use super::events;
use super::store::{self, Finding, ReviewRow};
use crate::bookings::ops::BookingError;
use crate::bookings::store::{self as booking_store, AuditEntry};
use crate::ledger::ops::audit_books;
use crate::ledger::store::{Booked, booked};
use crate::outgoing::Outgoing;
use crate::state::AppState;
use crate::stripe::StripeError;
use crate::stripe::wire::{Intent, Word};

const PAGE: i64 = 200;

/// What a comparison came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    /// Payments of ours that were compared.
    pub payments: usize,
    /// Intents of Stripe's that were looked for.
    pub intents: usize,
    /// Payouts that were seen.
    pub payouts: usize,
    /// What a person has to look at, by kind.
    pub findings: BTreeMap<Kind, usize>,
}

impl Compared {
    /// How much there is to look at.
    #[must_use]
    pub fn total_findings(&self) -> usize {
        self.findings.values().sum()
    }
}

/// Compares all payments that changed within a time with the ledger and with Stripe, both ways, and the payouts of their owners
/// (PAY-45). Whatever differs goes to manual review.
///
/// # Errors
/// When Stripe or the database does not answer: run it again, it repeats nothing.
pub async fn compare(
    state: &AppState,
    since: Timestamp,
    until: Timestamp,
    admin: Option<UserId>,
) -> Result<Compared, BookingError> {
    let mut compared = Compared::default();
    compare_books(state, since, until, &mut compared).await?;
    let mut after = None;
    loop {
        let mut connection = state.pool.acquire().await?;
        let page = booked(&mut connection, since, until, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.payment);
        let ids: Vec<Uuid> = page.iter().map(|booked| booked.payment.0).collect();
        let recorded = store::recorded(&mut connection, &ids).await?;
        drop(connection);
        for (booked, recorded) in page.iter().zip(&recorded) {
            compared.payments += 1;
            compare_payment(state, booked, recorded, &mut compared).await?;
        }
    }
    compare_intents(state, since, until, &mut compared).await?;
    compare_payouts(state, &mut compared).await?;
    note_run(state, since, until, admin, &compared).await?;
    if compared.total_findings() > 0 {
        tracing::warn!(findings = ?compared.findings, "payments differ, somebody has to look");
    }
    Ok(compared)
}

async fn note_run(
    state: &AppState,
    since: Timestamp,
    until: Timestamp,
    admin: Option<UserId>,
    compared: &Compared,
) -> Result<(), BookingError> {
    let entry = AuditEntry {
        booking: None,
        payment: None,
        action: "PAYMENTS_RECONCILED",
        actor: admin,
        role: if admin.is_some() { "PLATFORM_ADMIN" } else { "SYSTEM" },
        before: None,
        after: Some(json!({
            "since": since, "until": until, "payments": compared.payments, "intents": compared.intents,
            "payouts": compared.payouts, "findings": compared.total_findings(),
        })),
        now: state.env.clock.now(),
        trace_id: &kit::trace::current().map(|here| here.trace_id()).unwrap_or_default(),
    };
    let mut connection = state.pool.acquire().await?;
    booking_store::append_audit(&mut connection, &entry).await?;
    Ok(())
}

/// Keeps a finding and counts it.
async fn found(
    state: &AppState,
    connection: &mut PgConnection,
    finding: &Finding<'_>,
    compared: &mut Compared,
) -> Result<(), BookingError> {
    store::keep_finding(connection, state.env.ids.new_id(), finding, state.env.clock.now()).await?;
    *compared.findings.entry(finding.kind).or_default() += 1;
    Ok(())
}

async fn compare_books(
    state: &AppState,
    since: Timestamp,
    until: Timestamp,
    compared: &mut Compared,
) -> Result<(), BookingError> {
    let mut connection = state.pool.acquire().await?;
    let audited = audit_books(&mut connection, since, until).await?;
    for difference in &audited.differences {
        let finding = Finding {
            kind: Kind::LedgerDiffers,
            subject: &difference.payment.to_string(),
            payment: Some(difference.payment),
            booking: Some(difference.booking),
            owner: None,
            details: json!(difference),
        };
        found(state, &mut connection, &finding, compared).await?;
    }
    Ok(())
}

async fn compare_payment(
    state: &AppState,
    booked: &Booked,
    recorded: &store::Recorded,
    compared: &mut Compared,
) -> Result<(), BookingError> {
    let subject = booked.payment.to_string();
    let finding = |kind, details| Finding {
        kind,
        subject: &subject,
        payment: Some(booked.payment),
        booking: Some(booked.booking),
        owner: Some(recorded.owner),
        details,
    };
    if recorded.unpaid {
        let mut connection = state.pool.acquire().await?;
        let details = json!({ "intentId": recorded.intent_id });
        found(state, &mut connection, &finding(Kind::ConfirmedUnpaid, details), compared).await?;
    }
    let Some(intent_id) = recorded.intent_id.as_deref() else { return Ok(()) };
    if recorded.done || recorded.under_way || is_under_way(&booked.facts) {
        return Ok(());
    }
    let kinds = match state.stripe.intent_with_money(intent_id).await {
        Ok(intent) => {
            let (ours, stripes) = (by_our_rows(&booked.facts), money_of(&intent));
            let details = json!({ "intentId": intent_id, "ours": ours, "stripe": stripes });
            differences(ours, stripes).into_iter().map(|kind| (kind, details.clone())).collect()
        }
        Err(StripeError::Refused { status: 404, .. }) => {
            vec![(Kind::UnknownToStripe, json!({ "intentId": intent_id }))]
        }
        Err(error) => return Err(away(error)),
    };
    let mut connection = state.pool.acquire().await?;
    for (kind, details) in kinds {
        found(state, &mut connection, &finding(kind, details), compared).await?;
    }
    Ok(())
}

/// The money of an intent, as Stripe shows it.
fn money_of(intent: &Intent) -> Money {
    let Some(charge) = intent.charge() else { return Money::default() };
    if charge.amount_captured == 0 {
        return Money::default();
    }
    let transfer = charge.transfer.as_ref().and_then(|transfer| transfer.object());
    let fee = charge.application_fee.as_ref().and_then(|fee| fee.object());
    Money {
        captured_cents: charge.amount_captured,
        refunded_cents: charge.amount_refunded,
        handed_on_cents: transfer.map_or(0, |transfer| transfer.amount - transfer.amount_reversed),
        fee_cents: fee.map_or(0, |fee| fee.amount - fee.amount_refunded),
    }
}

/// Stripe's side: money for bookings of ours that no payment of ours knows of.
async fn compare_intents(
    state: &AppState,
    since: Timestamp,
    until: Timestamp,
    compared: &mut Compared,
) -> Result<(), BookingError> {
    let mut after: Option<String> = None;
    loop {
        let page =
            state.stripe.intents_created(since.as_second(), until.as_second(), after.as_deref()).await.map_err(away)?;
        let ours: Vec<&Intent> = page
            .data
            .iter()
            .filter(|intent| intent.booking_id().is_some())
            .filter(|intent| matches!(intent.status, Word::Succeeded | Word::RequiresCapture))
            .collect();
        compared.intents += ours.len();
        let ids: Vec<String> = ours.iter().map(|intent| intent.id.clone()).collect();
        let mut connection = state.pool.acquire().await?;
        let known: HashSet<String> = store::known_intents(&mut connection, &ids).await?.into_iter().collect();
        for intent in ours.into_iter().filter(|intent| !known.contains(&intent.id)) {
            let finding = Finding {
                kind: Kind::UnknownToUs,
                subject: &intent.id,
                payment: None,
                booking: intent.booking_id().map(Into::into),
                owner: None,
                details: json!({ "intentId": intent.id, "receivedCents": intent.amount_received }),
            };
            found(state, &mut connection, &finding, compared).await?;
        }
        after = page.data.last().map(|intent| intent.id.clone());
        if !page.has_more || after.is_none() {
            return Ok(());
        }
    }
}

/// Looks at the payouts of owners who still wait for money, and marks what they have covered (COURT-23).
async fn compare_payouts(state: &AppState, compared: &mut Compared) -> Result<(), BookingError> {
    let mut after = None;
    loop {
        let mut connection = state.pool.acquire().await?;
        let owners = store::unsettled_owners(&mut connection, after, PAGE).await?;
        drop(connection);
        let Some((last, _)) = owners.last() else { return Ok(()) };
        after = Some(*last);
        for (owner, account) in &owners {
            // An account that was closed or given away has no payouts to show; its payments stay unsettled.
            match look_at_payouts(state, *owner, account, compared).await {
                Err(PayoutsHidden::Refused(error)) => {
                    tracing::warn!(owner = %owner, error = %error, "Stripe shows no payouts of an owner");
                }
                Err(PayoutsHidden::Booking(error)) => return Err(error),
                Ok(()) => settle_owner(state, *owner).await?,
            }
        }
    }
}

enum PayoutsHidden {
    Refused(StripeError),
    Booking(BookingError),
}

impl<E: Into<BookingError>> From<E> for PayoutsHidden {
    fn from(error: E) -> Self {
        Self::Booking(error.into())
    }
}

async fn look_at_payouts(
    state: &AppState,
    owner: UserId,
    account: &str,
    compared: &mut Compared,
) -> Result<(), PayoutsHidden> {
    let mut after: Option<String> = None;
    loop {
        let page = match state.stripe.payouts(account, after.as_deref()).await {
            Ok(page) => page,
            Err(error) if error.is_silence() => return Err(PayoutsHidden::Booking(away(error))),
            Err(error) => return Err(PayoutsHidden::Refused(error)),
        };
        let mut connection = state.pool.acquire().await?;
        let mut news = false;
        for payout in &page.data {
            compared.payouts += 1;
            let status = payout.status.to_ascii_uppercase();
            let instant = |second| Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
            let (arrival, created) = (instant(payout.arrival_date), instant(payout.created));
            let now = state.env.clock.now();
            let changed = store::keep_payout(&mut connection, owner, payout, &status, arrival, created, now).await?;
            news |= changed;
            if changed && status == "FAILED" {
                let finding = Finding {
                    kind: Kind::PayoutFailed,
                    subject: &payout.id,
                    payment: None,
                    booking: None,
                    owner: Some(owner),
                    details: json!({ "payoutId": payout.id, "amountCents": payout.amount }),
                };
                found(state, &mut connection, &finding, compared).await?;
            }
        }
        after = page.data.last().map(|payout| payout.id.clone());
        // Newest first: a page without news has only older ones behind it that were seen before.
        if !page.has_more || after.is_none() || !news {
            return Ok(());
        }
    }
}

/// Marks the oldest payments that an owner's payouts cover, and counts them for their courts, in one transaction.
async fn settle_owner(state: &AppState, owner: UserId) -> Result<(), BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let (paid, shares) = store::shares(&mut transaction, owner).await?;
    let amounts: Vec<Cents> = shares.iter().map(|share| share.amount).collect();
    let done: Vec<Uuid> = shares.iter().take(covered(&amounts, paid)).map(|share| share.payment.0).collect();
    let new: HashSet<Uuid> = store::settle(&mut transaction, &done, now).await?.into_iter().collect();
    let mut by_court: BTreeMap<CourtId, Cents> = BTreeMap::new();
    for share in shares.iter().filter(|share| new.contains(&share.payment.0)) {
        let sum = by_court.entry(share.court).or_default();
        *sum = sum.checked_add(share.amount).unwrap_or(*sum);
    }
    let mut out = Outgoing::new(now);
    for (court, amount) in by_court.into_iter().filter(|(_, amount)| *amount > Cents::ZERO) {
        events::paid_out(&mut out, &state.env, court, owner, amount)?;
    }
    out.append(&mut transaction).await?;
    transaction.commit().await?;
    state.events_wake.wake();
    Ok(())
}

fn away(error: StripeError) -> BookingError {
    if error.is_silence() {
        tracing::warn!(error = %error, "Stripe does not answer, the comparison is run again");
        BookingError::PaymentUnavailable
    } else {
        anyhow::Error::from(error).into()
    }
}

/// One page of findings.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    state: &AppState,
    status: Option<&str>,
    offset: i64,
    limit: i64,
) -> Result<(Vec<ReviewRow>, i64), BookingError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::list(&mut connection, status, offset, limit).await?)
}

/// An admin has looked at a finding. Returns whether it was open; none when there is no such finding.
///
/// # Errors
/// When the database refuses.
pub async fn resolve(state: &AppState, admin: UserId, id: Uuid, notes: &str) -> Result<Option<bool>, BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let was_open = store::resolve(&mut transaction, id, admin, notes, now).await?;
    if was_open == Some(true) {
        let entry = AuditEntry {
            booking: None,
            payment: None,
            action: "PAYMENT_REVIEW_RESOLVED",
            actor: Some(admin),
            role: "PLATFORM_ADMIN",
            before: None,
            after: Some(json!({ "reviewId": id, "notes": notes })),
            now,
            trace_id: &kit::trace::current().map(|here| here.trace_id()).unwrap_or_default(),
        };
        booking_store::append_audit(&mut transaction, &entry).await?;
    }
    transaction.commit().await?;
    Ok(was_open)
}

/// Keeps a refund that did not go through for a person to look at (PAY-31), in the caller's transaction.
///
/// # Errors
/// When the database refuses.
pub async fn keep_failed_refund(
    state: &AppState,
    connection: &mut PgConnection,
    refund: Uuid,
    payment: PaymentId,
    message: &str,
) -> Result<(), BookingError> {
    let finding = Finding {
        kind: Kind::RefundFailed,
        subject: &refund.to_string(),
        payment: Some(payment),
        booking: None,
        owner: None,
        details: json!({ "refundId": refund, "message": message }),
    };
    store::keep_finding(connection, state.env.ids.new_id(), &finding, state.env.clock.now()).await?;
    Ok(())
}
