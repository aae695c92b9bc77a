//! The use cases of disputes: what the bank reports, what the owner submits, what an admin decides.

mod owed_refunds;

use std::collections::BTreeMap;

use contracts::ids::{PaymentId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use kit::jobs::{self, NewJob};
use serde_json::json;
use sqlx::PgConnection;
use thiserror::Error;
use uuid::Uuid;

use super::domain::{Consequence, Decision, Dispute, Refused, Review, Status, owner_percent, takes_money};
use super::jobs::{ACCEPT, PASS_EVIDENCE, REVERSE_TRANSFER};
use super::{events, store};
use crate::bookings::domain::booking::Booking;
use crate::bookings::ops::BookingError;
use crate::bookings::store::{self as booking_store, AuditEntry};
use crate::ledger::domain::{Account, owner_share};
use crate::ledger::store::{Posting, post};
use crate::outgoing::Outgoing;
use crate::payments::domain::payment::Payment;
use crate::payments::ops::enqueue_refund;
use crate::payments::store::{self as payment_store, NewRefund};
use crate::payouts;
use crate::platform_port;
use crate::state::AppState;
use crate::stripe::StripeError;
use crate::stripe::wire::{self, Expandable};

pub use owed_refunds::refused_by_dispute;

/// Attempts at Stripe before somebody has to look.
const ATTEMPTS: u32 = 40;

/// Why a use case of disputes did not happen.
#[derive(Debug, Error)]
pub enum DisputeError {
    /// No dispute, or none of the caller's.
    #[error("no such dispute")]
    NotFound,
    /// Its state does not allow it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Bookings or payments refused.
    #[error(transparent)]
    Booking(#[from] BookingError),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// Something that cannot be.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

/// Who looks at a dispute.
#[derive(Debug, Clone, Copy)]
pub enum Reader {
    /// The customer or the owner.
    Party(UserId),
    /// An admin.
    Admin,
}

/// The dispute of a payment (PAY-49).
///
/// # Errors
/// [`DisputeError::NotFound`] for strangers.
pub async fn show(state: &AppState, reader: Reader, payment: PaymentId) -> Result<Dispute, DisputeError> {
    let mut connection = state.pool.acquire().await?;
    let dispute = store::of_payment(&mut connection, payment).await?.ok_or(DisputeError::NotFound)?;
    match reader {
        Reader::Party(user) if dispute.customer_id != user && dispute.owner_id != user => Err(DisputeError::NotFound),
        _ => Ok(dispute),
    }
}

/// One page for admins (PAY-50).
///
/// # Errors
/// When the database refuses.
pub async fn list(
    state: &AppState,
    review: Option<Review>,
    offset: i64,
    limit: i64,
) -> Result<(Vec<Dispute>, i64), DisputeError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::list(&mut connection, review, offset, limit).await?)
}

/// Writes what the bank reports, in the transaction that notes the report (PAY-41). Reports may come in any order: one
/// that tells of an end opens the dispute first, one that is late changes nothing (PAY-42).
///
/// # Errors
/// When the payment is not known to be collected yet, or the database refuses: the report comes again.
pub async fn take_report(
    state: &AppState,
    connection: &mut PgConnection,
    report: &wire::Dispute,
) -> Result<(), BookingError> {
    let Some(intent_id) = report.payment_intent.as_ref().map(Expandable::id) else { return Ok(()) };
    let Some(booking_id) = payment_store::find_by_intent(connection, intent_id).await? else { return Ok(()) };
    let Some(booking) = booking_store::lock(connection, booking_id).await? else { return Ok(()) };
    let Some(payment) = payment_store::lock_by_intent(connection, intent_id).await? else { return Ok(()) };
    if payment.captured_at.is_none() {
        return Err(anyhow::anyhow!("payment {} is disputed and not known to be collected", payment.id).into());
    }
    let now = state.env.clock.now();
    let mut out = Outgoing::new(now).about(booking.id);
    let dispute = match store::lock_by_stripe_id(connection, &report.id).await? {
        Some(known) => known,
        None => open(state, connection, &mut out, &booking, &payment, report, now).await?,
    };
    let dispute = withdraw(connection, dispute, takes_money(&report.status), now).await?;
    let next = dispute.status.after(Status::of_stripe(&report.status));
    if next != dispute.status {
        let dispute = Dispute { status: next, ..dispute };
        if next.is_closed() {
            close(state, connection, &mut out, &booking, &payment, &dispute, now).await?;
        } else {
            store::set_status(connection, dispute.id, next, Cents::ZERO, now).await?;
        }
    }
    out.append(connection).await?;
    Ok(())
}

async fn open(
    state: &AppState,
    connection: &mut PgConnection,
    out: &mut Outgoing,
    booking: &Booking,
    payment: &Payment,
    report: &wire::Dispute,
    now: Timestamp,
) -> Result<Dispute, BookingError> {
    let due = report.evidence_details.as_ref().and_then(|details| details.due_by);
    let dispute = Dispute {
        id: state.env.ids.new_id(),
        stripe_id: report.id.clone(),
        payment_id: payment.id,
        booking_id: booking.id,
        customer_id: payment.user_id,
        owner_id: payment.owner_id,
        amount: Cents(report.amount),
        reason: if report.reason.is_empty() { "general".to_owned() } else { report.reason.clone() },
        status: Status::Open,
        withdrawn: false,
        evidence_due_by: due.and_then(|second| Timestamp::from_second(second).ok()),
        review: Review::Open,
        decision: None,
        created_at: now,
    };
    store::insert(connection, &dispute).await?;
    let disputed = payment.state().dispute().map_err(|error| BookingError::from(anyhow::Error::from(error)))?;
    payment_store::set_disputed(connection, (payment.id, disputed), dispute.amount, now).await?;
    payouts::ops::hold(state, connection, payout_hold(payment, &dispute), now).await?;
    events::opened(out, &state.env, booking, &dispute, payment.intent_id.as_deref())?;
    append_audit(connection, &dispute, "DISPUTE_OPENED", None, now, &out.trace_id()).await?;
    Ok(dispute)
}

fn payout_hold<'a>(payment: &'a Payment, dispute: &Dispute) -> payouts::store::NewHold<'a> {
    payouts::store::NewHold {
        owner: payment.owner_id,
        account: &payment.destination_account,
        reason: payouts::domain::HoldReason::Dispute,
        cause: dispute.id,
    }
}

/// The bank has the money from now on.
async fn withdraw(
    connection: &mut PgConnection,
    dispute: Dispute,
    taken: bool,
    now: Timestamp,
) -> Result<Dispute, BookingError> {
    if !taken || dispute.withdrawn || dispute.status.is_closed() {
        return Ok(dispute);
    }
    store::set_withdrawn(connection, dispute.id, now).await?;
    let (debit, credit) = (Account::Dispute, Account::Stripe);
    post(connection, posting(&dispute, "DISPUTE_OPENED", debit, credit, dispute.amount, now)).await?;
    Ok(Dispute { withdrawn: true, ..dispute })
}

fn posting<'a>(
    dispute: &Dispute,
    step: &'a str,
    debit: Account,
    credit: Account,
    amount: Cents,
    now: Timestamp,
) -> Posting<'a> {
    Posting {
        payment: dispute.payment_id,
        booking: dispute.booking_id,
        step,
        cause: dispute.id,
        debit,
        credit,
        amount,
        now,
    }
}

/// The bank has decided: the booking is free again, and a loss is shared (PAY-49).
async fn close(
    state: &AppState,
    connection: &mut PgConnection,
    out: &mut Outgoing,
    booking: &Booking,
    payment: &Payment,
    dispute: &Dispute,
    now: Timestamp,
) -> Result<(), BookingError> {
    let mut share = Cents::ZERO;
    // One that is reported with its end was opened a moment ago, in this transaction.
    let standing = payment.state().dispute().map_err(anyhow::Error::from)?;
    if dispute.status == Status::Won {
        if dispute.withdrawn {
            let (debit, credit) = (Account::Stripe, Account::Dispute);
            post(connection, posting(dispute, "DISPUTE_WON", debit, credit, dispute.amount, now)).await?;
        }
        if let Ok(won) = standing.win() {
            payment_store::set_undisputed(connection, (payment.id, won), now).await?;
        }
    } else {
        let left = payment.money.net.checked_sub(payment.refunded).unwrap_or(Cents::ZERO);
        share = owner_share(left, dispute.amount, owner_percent(dispute.decision));
        let rest = dispute.amount.checked_sub(share).unwrap_or(Cents::ZERO);
        post(connection, posting(dispute, "DISPUTE_LOST", Account::Owner, Account::Dispute, share, now)).await?;
        post(connection, posting(dispute, "DISPUTE_LOST", Account::Commission, Account::Dispute, rest, now)).await?;
        if let Ok(lost) = standing.lose() {
            payment_store::set_dispute_lost(connection, (payment.id, lost), now).await?;
        }
        if share > Cents::ZERO {
            let reversal = state.env.ids.new_id();
            store::insert_reversal(connection, reversal, (payment.id, dispute.id, None), share, now).await?;
            enqueue(state, connection, REVERSE_TRANSFER, reversal, now).await?;
        }
    }
    store::set_status(connection, dispute.id, dispute.status, share, now).await?;
    owed_refunds::take_up_waiting(state, connection, payment.id, dispute, now).await?;
    payouts::ops::release_for(state, connection, payouts::domain::HoldReason::Dispute, dispute.id, now).await?;
    events::closed(out, &state.env, booking, dispute, share, payment.intent_id.as_deref())?;
    append_audit(connection, dispute, "DISPUTE_CLOSED", None, now, &out.trace_id()).await?;
    Ok(())
}

async fn append_audit(
    connection: &mut PgConnection,
    dispute: &Dispute,
    action: &str,
    actor: Option<(UserId, &str)>,
    now: Timestamp,
    trace_id: &str,
) -> Result<(), sqlx::Error> {
    let entry = AuditEntry {
        booking: Some(dispute.booking_id),
        payment: Some(dispute.payment_id),
        action,
        actor: actor.map(|(actor, _)| actor),
        role: actor.map_or("SYSTEM", |(_, role)| role),
        before: None,
        after: Some(json!({ "disputeId": dispute.id, "status": dispute.status.as_str() })),
        now,
        trace_id,
    };
    booking_store::append_audit(connection, &entry).await
}

fn here() -> String {
    kit::trace::current().map(|here| here.trace_id()).unwrap_or_default()
}

/// What an owner has to say (PAY-48).
#[derive(Debug, Clone, Default)]
pub struct Statement {
    /// In their words.
    pub explanation: String,
    /// When the customer came, as the owner's own records show it.
    pub usage_log: Option<String>,
    /// What was written between the two.
    pub customer_communication: Option<String>,
}

/// Takes an owner's evidence; it is passed on as a job, with the confirmation of the booking and what is recorded of it.
///
/// # Errors
/// [`DisputeError::NotFound`] for strangers, [`DisputeError::Refused`] when it is too late.
pub async fn submit_evidence(
    state: &AppState,
    owner: UserId,
    payment: PaymentId,
    statement: &Statement,
) -> Result<Dispute, DisputeError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let found = store::of_payment(&mut transaction, payment).await?;
    let found = found.filter(|dispute| dispute.owner_id == owner).ok_or(DisputeError::NotFound)?;
    let (booking, dispute) = lock(&mut transaction, &found).await?;
    dispute.takes_evidence(now)?;
    add_evidence(state, &mut transaction, &booking, &dispute, owner, statement, now).await?;
    store::set_in_review(&mut transaction, dispute.id, now).await?;
    append_audit(&mut transaction, &dispute, "DISPUTE_EVIDENCE_SUBMITTED", Some((owner, "COURT_OWNER")), now, &here())
        .await?;
    transaction.commit().await?;
    state.jobs_wake.wake();
    Ok(dispute)
}

/// The booking's row first, then the dispute's, as everywhere.
async fn lock(connection: &mut PgConnection, found: &Dispute) -> Result<(Booking, Dispute), DisputeError> {
    let booking = booking_store::lock(connection, found.booking_id).await.map_err(BookingError::from)?;
    let dispute = store::lock_by_stripe_id(connection, &found.stripe_id).await?;
    booking.zip(dispute).ok_or(DisputeError::NotFound)
}

async fn add_evidence(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    dispute: &Dispute,
    by: UserId,
    statement: &Statement,
    now: Timestamp,
) -> Result<(), DisputeError> {
    let customer = platform_port::person(connection, dispute.customer_id).await?;
    let (date, start, end) = (booking.slot.date, booking.slot.start, booking.slot.end);
    let mut evidence = BTreeMap::from([
        (
            "product_description",
            format!(
                "Court booking {}: {}, {date}, {start}-{end} ({})",
                booking.id, booking.court.name_el, booking.slot.timezone
            ),
        ),
        ("service_date", date.to_string()),
        ("uncategorized_text", statement.explanation.clone()),
        ("access_activity_log", store::audit_lines(connection, dispute.id).await?.join("\n")),
    ]);
    if let Some(log) = &statement.usage_log {
        evidence.entry("access_activity_log").and_modify(|lines| *lines = format!("{log}\n{lines}"));
    }
    if let Some(words) = &statement.customer_communication {
        evidence.entry("uncategorized_text").and_modify(|text| *text = format!("{text}\n\n{words}"));
    }
    if let Some(customer) = customer {
        evidence.insert("customer_name", customer.name);
        evidence.insert("customer_email_address", customer.email);
    }
    let evidence: BTreeMap<String, String> = evidence
        .into_iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(key, text)| (key.to_owned(), text.chars().take(LONGEST_EVIDENCE).collect()))
        .collect();
    let id = state.env.ids.new_id();
    store::insert_evidence(connection, id, dispute.id, by, &evidence, now).await?;
    enqueue(state, connection, PASS_EVIDENCE, id, now).await?;
    Ok(())
}

/// Stripe takes 20,000 characters for a text.
const LONGEST_EVIDENCE: usize = 20_000;

/// An admin decides (PAY-50).
///
/// # Errors
/// [`DisputeError::NotFound`], [`DisputeError::Refused`].
pub async fn resolve(
    state: &AppState,
    admin: UserId,
    id: Uuid,
    decision: Decision,
    notes: Option<&str>,
) -> Result<Dispute, DisputeError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let found = store::find(&mut transaction, id).await?.ok_or(DisputeError::NotFound)?;
    let (booking, dispute) = lock(&mut transaction, &found).await?;
    let consequence = dispute.decide(decision)?;
    if !store::decide(&mut transaction, store::Decided { dispute: id, decision, admin, notes, now }).await? {
        return Err(Refused::AlreadyResolved.into());
    }
    match consequence {
        Consequence::Nothing => {}
        Consequence::GiveIn => enqueue(state, &mut transaction, ACCEPT, id, now).await?,
        Consequence::Contest => {
            let statement = Statement {
                explanation: "The booking was made and paid by the customer and kept by the court.".to_owned(),
                ..Statement::default()
            };
            if dispute.takes_evidence(now).is_ok() {
                add_evidence(state, &mut transaction, &booking, &dispute, admin, &statement, now).await?;
            }
        }
        Consequence::Refund { percent } => {
            give_part_back(state, &mut transaction, &dispute, percent, now).await?;
        }
    }
    append_audit(&mut transaction, &dispute, "DISPUTE_RESOLVED", Some((admin, "PLATFORM_ADMIN")), now, &here()).await?;
    transaction.commit().await?;
    state.jobs_wake.wake();
    Ok(Dispute { review: Review::Resolved, decision: Some(decision), ..dispute })
}

/// The dispute was won, so the money is there to be refunded like any other.
async fn give_part_back(
    state: &AppState,
    connection: &mut PgConnection,
    dispute: &Dispute,
    percent: u32,
    now: Timestamp,
) -> Result<(), DisputeError> {
    let payment = payment_store::lock_payment(connection, dispute.payment_id).await.map_err(BookingError::from)?;
    let payment = payment.ok_or(DisputeError::NotFound)?;
    let left = payment.money.net.checked_sub(payment.refunded).unwrap_or(Cents::ZERO);
    let amount = owner_share(left, dispute.amount, percent);
    // What is contested again, or lost to the bank meanwhile, gives nothing back.
    let Ok(leaves) = payment.state().refund(amount) else { return Ok(()) };
    let refund = NewRefund {
        id: state.env.ids.new_id(),
        payment_id: payment.id,
        booking_id: payment.booking_id,
        amount,
        returns_fee: false,
        leaves,
        reason: "Decided by the platform after a dispute",
        now,
    };
    payment_store::create_refund(connection, refund).await?;
    enqueue_refund(state, connection, refund.id, now).await?;
    Ok(())
}

async fn enqueue(
    state: &AppState,
    connection: &mut PgConnection,
    job: &'static str,
    id: Uuid,
    now: Timestamp,
) -> Result<(), BookingError> {
    let job = NewJob::new(state.env.ids.new_id(), job, now)
        .with_payload(&json!({ "id": id }))
        .map_err(anyhow::Error::from)?
        .unique_by(id.to_string())
        .with_max_attempts(ATTEMPTS);
    jobs::enqueue(connection, &job).await?;
    Ok(())
}

/// Takes up again what a crash left (PAY-43).
///
/// # Errors
/// When the database refuses.
pub async fn take_up(state: &AppState, before: Timestamp, limit: i64) -> Result<usize, BookingError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let left = store::unfinished(&mut connection, before, limit).await?;
    for (job, ids) in [(PASS_EVIDENCE, &left.evidence), (ACCEPT, &left.to_accept), (REVERSE_TRANSFER, &left.reversals)]
    {
        for id in ids {
            enqueue(state, &mut connection, job, *id, now).await?;
        }
    }
    Ok(left.evidence.len() + left.to_accept.len() + left.reversals.len())
}

/// Passes evidence to Stripe, once.
///
/// # Errors
/// When Stripe does not answer: try again.
pub async fn pass_evidence(state: &AppState, id: Uuid) -> Result<(), BookingError> {
    let mut connection = state.pool.acquire().await?;
    let Some(evidence) = store::unpassed_evidence(&mut connection, id).await? else { return Ok(()) };
    drop(connection);
    let answer = state.stripe.submit_evidence(id, &evidence.stripe_dispute_id, &evidence.evidence).await;
    let refusal = match answer {
        Ok(_) => None,
        Err(error) if error.is_silence() => return Err(away(&error)),
        Err(error) => {
            tracing::error!(evidence = %id, error = %error, "Stripe refuses evidence, somebody has to look");
            Some(error.to_string())
        }
    };
    let mut connection = state.pool.acquire().await?;
    store::evidence_answered(&mut connection, id, refusal.as_deref(), state.env.clock.now()).await?;
    Ok(())
}

/// Tells Stripe that the customer may keep the money, and writes what follows; the webhook says the same.
///
/// # Errors
/// When Stripe does not answer: try again.
pub async fn accept(state: &AppState, id: Uuid) -> Result<(), BookingError> {
    let mut connection = state.pool.acquire().await?;
    let Some(dispute) = store::find(&mut connection, id).await? else { return Ok(()) };
    drop(connection);
    if dispute.status.is_closed() {
        return Ok(());
    }
    let report = match state.stripe.accept_dispute(&dispute.stripe_id).await {
        Err(error) if error.is_silence() => return Err(away(&error)),
        // Refused: the bank was faster.
        Err(_) => state.stripe.dispute(&dispute.stripe_id).await.map_err(|error| away(&error))?,
        Ok(report) => report,
    };
    let mut transaction = kit::db::begin(&state.pool).await?;
    take_report(state, &mut transaction, &report).await?;
    transaction.commit().await?;
    state.events_wake.wake();
    state.jobs_wake.wake();
    Ok(())
}

/// Takes the owner's share of a lost dispute back from their balance.
///
/// # Errors
/// When Stripe does not answer: try again.
pub async fn reverse_transfer(state: &AppState, id: Uuid) -> Result<(), BookingError> {
    let mut connection = state.pool.acquire().await?;
    let Some(reversal) = store::open_reversal(&mut connection, id).await? else { return Ok(()) };
    drop(connection);
    let Some(intent_id) = reversal.intent_id.as_deref() else { return Ok(()) };
    let intent = state.stripe.intent_with_money(intent_id).await.map_err(|error| away(&error))?;
    let answer = match intent.transfer_id() {
        None => Err("the charge has no transfer".to_owned()),
        Some(transfer) => match state.stripe.reverse_transfer(id, transfer, reversal.amount.0).await {
            Ok(made) => Ok(made.id),
            Err(error) if error.is_silence() => return Err(away(&error)),
            Err(error) => Err(error.to_string()),
        },
    };
    if let Err(refusal) = &answer {
        tracing::error!(reversal = %id, refusal, "Stripe refuses to take a transfer back, somebody has to look");
    }
    let mut connection = state.pool.acquire().await?;
    let answer = answer.as_deref().map_err(String::as_str);
    store::reversal_answered(&mut connection, id, answer, state.env.clock.now()).await?;
    Ok(())
}

fn away(error: &StripeError) -> BookingError {
    tracing::warn!(error = %error, "Stripe does not answer, trying again later");
    BookingError::PaymentUnavailable
}
