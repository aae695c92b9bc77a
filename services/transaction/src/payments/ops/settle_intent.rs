//! What Stripe says about a PaymentIntent, written down: the one place where the checkout's answer, a webhook and
//! reconciliation become the same change. It locks the booking, decides by one table
//! ([`settlement`](crate::payments::domain::settlement)) and writes; repeats and late reports decide to do nothing.

use contracts::booking::PaymentStatus;
use contracts::ids::{BookingId, UserId};
use jiff::{SignedDuration, Timestamp};
use sqlx::PgConnection;

use super::replace_hold::settle_beside;
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::deadline::confirmation_deadline;
use crate::bookings::domain::state::{Party, Release, State};
use crate::bookings::events;
use crate::bookings::ops::{BookingError, FinishedMove, change_state, enqueue_finish, finish_move, release_hold};
use crate::bookings::store as booking_store;
use crate::bookings::store::{Paid, Settling};
use crate::outgoing::Outgoing;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::settlement::{IntentStatus, Verdict, settle};
use crate::payments::ops::enqueue_refund;
use crate::payments::store::{self, Failure, NewRefund};
use crate::platform_port;
use crate::state::AppState;
use crate::stripe::wire::Intent;

/// What is known of an intent, and who caused the change where a person did.
#[derive(Debug, Clone)]
pub struct IntentReport<'a> {
    /// The intent as Stripe showed it.
    pub intent: &'a Intent,
    /// The owner who confirmed, when this is the answer to a capture.
    pub confirmed_by: Option<UserId>,
    /// What the owner wrote to the customer.
    pub message: Option<&'a str>,
}

impl<'a> IntentReport<'a> {
    /// A report nobody in particular asked for.
    #[must_use]
    pub const fn of(intent: &'a Intent) -> Self {
        Self { intent, confirmed_by: None, message: None }
    }
}

/// What became of a booking by a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It was stored as a booking.
    Booked,
    /// The customer has to finish 3-D Secure.
    Waiting,
    /// The hold ended, nothing was charged.
    Dropped,
    /// A pending booking was confirmed.
    Confirmed,
    /// A pending booking was called off, because nothing is held any more.
    CalledOff,
    /// Money for which there is no booking is on its way back.
    Returned,
    /// Nothing changed.
    Unchanged,
}

/// Writes what a report means, in a transaction of its own.
///
/// # Errors
/// See [`BookingError`]; nothing is written then.
pub async fn settle_intent(
    state: &AppState,
    booking_id: BookingId,
    report: &IntentReport<'_>,
) -> Result<Settled, BookingError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    let outcome = match settle_intent_in(state, &mut transaction, booking_id, report).await {
        Err(BookingError::Database(error)) if is_slot_gone(&error) => {
            // The slot of the lapsed hold is somebody else's by now: the same report, with that written down.
            transaction.rollback().await?;
            transaction = kit::db::begin(&state.pool).await?;
            mark_slot_taken(&mut transaction, booking_id, state.env.clock.now()).await?;
            settle_intent_in(state, &mut transaction, booking_id, report).await?
        }
        other => other?,
    };
    transaction.commit().await?;
    state.events_wake.wake();
    state.jobs_wake.wake();
    Ok(outcome)
}

/// The same in the caller's transaction, which also holds what caused it, e.g. the id of a webhook event (PAY-41).
///
/// # Errors
/// See [`BookingError`]; with `bookings_no_overlap` when the slot of a lapsed hold is taken: see [`settle_intent`].
pub async fn settle_intent_in(
    state: &AppState,
    connection: &mut PgConnection,
    booking_id: BookingId,
    report: &IntentReport<'_>,
) -> Result<Settled, BookingError> {
    let now = state.env.clock.now();
    booking_store::lock_moved(connection, booking_id).await?;
    let Some(booking) = booking_store::lock(connection, booking_id).await? else { return Ok(Settled::Unchanged) };
    let intent = report.intent;
    if let Some(settled) = settle_beside(state, connection, &booking, intent, now).await? {
        return Ok(settled);
    }
    let Some(payment) = store::lock_for_booking(connection, booking_id).await? else { return Ok(Settled::Unchanged) };
    let verdict = match settle(&booking.state, intent.standing(), payment.standing()) {
        // A slot that has begun is of no use to somebody who pays now, and one that the owner may have blocked since is not
        // taken back behind the owner's back (HOL-37).
        Verdict::BookIfFree
            if booking.slot.starts_at <= now || !booking_store::calendar_stands(connection, &booking).await? =>
        {
            mark_slot_taken(connection, booking_id, now).await?;
            if intent.standing() == IntentStatus::Succeeded { Verdict::GiveBack } else { Verdict::LetGo }
        }
        verdict => verdict,
    };
    match verdict {
        Verdict::Book | Verdict::BookIfFree => book(state, connection, &booking, &payment, intent, now).await,
        Verdict::Wait => {
            let secret = intent.client_secret.as_deref();
            store::waiting_for_customer(connection, payment.id, &intent.id, secret, now).await?;
            Ok(Settled::Waiting)
        }
        Verdict::Drop => {
            let failure = failure_of(intent);
            let release = Release::PaymentFailed;
            release_hold(state, connection, &booking, release, Party::System, &failure, now).await?;
            Ok(Settled::Dropped)
        }
        Verdict::Confirm => confirm(state, connection, &booking, &payment, report, now).await,
        Verdict::CallOff => call_off(state, connection, &booking, &payment, now).await,
        Verdict::LetGo => {
            store::pledge(connection, payment.id, Some(&intent.id), now).await?;
            enqueue_finish(state, connection, payment.id, now).await?;
            Ok(Settled::Returned)
        }
        Verdict::GiveBack => give_back(state, connection, &booking, &payment, intent, now).await,
        Verdict::NoteReleased => {
            if let Ok(released) = payment.state().let_go() {
                store::released(connection, (payment.id, released), now).await?;
            }
            Ok(Settled::Unchanged)
        }
        Verdict::Nothing => Ok(Settled::Unchanged),
    }
}

/// What Stripe's yes writes on the payment row.
pub(super) fn paid(state: &AppState, intent: &Intent, now: Timestamp) -> Paid {
    let captured = intent.standing() == IntentStatus::Succeeded;
    let card = intent.card();
    let lapses = || {
        let stated = card.and_then(|card| card.capture_before).and_then(|second| Timestamp::from_second(second).ok());
        stated.unwrap_or(now + SignedDuration::from_hours(24 * state.config.payments.authorization_days))
    };
    Paid {
        status: if captured { PaymentStatus::Captured } else { PaymentStatus::Authorized },
        intent_id: intent.id.clone(),
        card_brand: card.and_then(|card| card.brand.clone()),
        card_last4: card.and_then(|card| card.last4.clone()),
        authorization_expires_at: (!captured).then(lapses),
    }
}

/// The state a paid hold gets: confirmed when the money is taken, pending when it is only held (PAY-03).
pub(super) fn settled_state(
    booking: &Booking,
    paid: &Paid,
    timeout_hours: i32,
    now: Timestamp,
) -> Result<State, BookingError> {
    let mode = match paid.status {
        PaymentStatus::Captured => contracts::court::ConfirmationMode::Instant,
        _ => contracts::court::ConfirmationMode::Manual,
    };
    let lapses = paid.authorization_expires_at.unwrap_or(Timestamp::MAX);
    let deadline = confirmation_deadline(now, timeout_hours, lapses, booking.slot.starts_at);
    Ok(booking.state.clone().settle(mode, deadline)?)
}

async fn book(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    payment: &Payment,
    intent: &Intent,
    now: Timestamp,
) -> Result<Settled, BookingError> {
    let court = platform_port::court(connection, booking.court.id).await?;
    let timeout_hours = court.map_or(24, |court| court.confirmation_timeout_hours);
    let paid = paid(state, intent, now);
    if booking.moves.is_some() {
        return match finish_move(state, connection, booking, payment, &paid, now).await? {
            FinishedMove::Moved => Ok(Settled::Booked),
            FinishedMove::Pointless => {
                if matches!(booking.state, State::Held { .. }) {
                    let next = booking.state.clone().release(Release::SlotTaken)?;
                    let trace_id = booking.trace_id.as_str();
                    change_state(connection, booking, &next, "HOLD_RELEASED", Party::System, None, now, trace_id)
                        .await?;
                } else {
                    mark_slot_taken(connection, booking.id, now).await?;
                }
                give_back(state, connection, booking, payment, intent, now).await
            }
        };
    }
    let next = settled_state(booking, &paid, timeout_hours, now)?;
    let mut out = Outgoing::new(now).about(booking.id).continuing(&booking.trace_id);
    events::created(&mut out, &state.env, booking, &next, Some(&intent.id))?;
    let settling = Settling::new(booking, payment, &next, &paid, &out, now);
    let booked = booking_store::book(connection, &[settling]).await? == [true];
    if !booked {
        return Err(anyhow::anyhow!("booking {} changed under its lock", booking.id).into());
    }
    Ok(Settled::Booked)
}

async fn confirm(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    payment: &Payment,
    report: &IntentReport<'_>,
    now: Timestamp,
) -> Result<Settled, BookingError> {
    let next = booking.state.clone().confirm()?;
    // A capture whose process died is finished on the owner's behalf: only the owner can have asked for it.
    let owner = report.confirmed_by.unwrap_or(booking.court.owner_id);
    let mut out = Outgoing::new(now).about(booking.id);
    let intent_id = Some(report.intent.id.as_str());
    events::confirmed(&mut out, &state.env, booking, owner, report.message, intent_id)?;
    let (by, actor, trace_id) = (Party::CourtOwner, Some(owner), out.trace_id());
    change_state(connection, booking, &next, "BOOKING_CONFIRMED", by, actor, now, &trace_id).await?;
    let captured = payment.state().capture(payment.money.net).map_err(anyhow::Error::from)?;
    store::captured(connection, (payment.id, captured), now).await?;
    out.append(connection).await?;
    Ok(Settled::Confirmed)
}

async fn call_off(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    payment: &Payment,
    now: Timestamp,
) -> Result<Settled, BookingError> {
    let reason = "The hold on the card ended before the booking was confirmed";
    let next = booking.state.clone().cancel(Party::System, reason.to_owned())?;
    let court = platform_port::court(connection, booking.court.id).await?;
    let mut out = Outgoing::new(now).about(booking.id);
    let ending = events::Ending {
        by: Party::System,
        reason,
        rejected: false,
        quote: None,
        waitlist_enabled: court.is_some_and(|court| court.waitlist_enabled),
        intent_id: payment.intent_id.as_deref(),
        customer_told: false,
    };
    events::ended(&mut out, &state.env, booking, ending)?;
    change_state(connection, booking, &next, "BOOKING_CANCELLED", Party::System, None, now, &out.trace_id()).await?;
    let released = payment.state().let_go().map_err(anyhow::Error::from)?;
    store::released(connection, (payment.id, released), now).await?;
    out.append(connection).await?;
    Ok(Settled::CalledOff)
}

/// All of it goes back, our fee included: there never was a booking (LIVE-11).
async fn give_back(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    payment: &Payment,
    intent: &Intent,
    now: Timestamp,
) -> Result<Settled, BookingError> {
    let refund_id = state.env.ids.new_id();
    let given = payment.state().give_back(payment.money.gross).map_err(anyhow::Error::from)?;
    store::given_back(connection, (payment.id, given), &intent.id, now).await?;
    let refund = NewRefund {
        id: refund_id,
        payment_id: payment.id,
        booking_id: booking.id,
        amount: payment.money.gross,
        returns_fee: true,
        leaves: given,
        reason: "The payment came after the slot was released",
        now,
    };
    store::create_refund(connection, refund).await?;
    enqueue_refund(state, connection, refund_id, now).await?;
    let mut out = Outgoing::new(now).about(booking.id);
    events::payment_returned(&mut out, &state.env, booking)?;
    let entry = booking_store::AuditEntry {
        booking: Some(booking.id),
        payment: Some(payment.id),
        action: "PAYMENT_RETURNED",
        actor: None,
        role: Party::System.as_str(),
        before: None,
        after: None,
        now,
        trace_id: &out.trace_id(),
    };
    booking_store::append_audit(connection, &entry).await?;
    out.append(connection).await?;
    Ok(Settled::Returned)
}

/// A lapsed hold's slot is gone for good; the next decision about its payment is to return it.
async fn mark_slot_taken(
    connection: &mut PgConnection,
    booking_id: BookingId,
    now: Timestamp,
) -> Result<(), BookingError> {
    let Some(booking) = booking_store::lock(connection, booking_id).await? else { return Ok(()) };
    if booking.state == (State::Dropped { release: Release::HoldExpired }) {
        let next = State::Dropped { release: Release::SlotTaken };
        let change = booking_store::Change { booking: &booking, state: &next, by: Party::System, actor: None, now };
        booking_store::save(connection, change).await?;
    }
    Ok(())
}

/// Whether the database refused because somebody else has the slot.
pub(crate) fn is_slot_gone(error: &sqlx::Error) -> bool {
    kit::db::is_exclusion_violation(error, "bookings_no_overlap") || kit::db::is_deadlock(error)
}

/// Stripe's words about a card that did not work.
pub(super) fn failure_of(intent: &Intent) -> Failure {
    let error = intent.last_payment_error.as_ref();
    Failure {
        code: error.and_then(|error| error.decline_code.clone().or_else(|| error.code.clone())),
        message: error.and_then(|error| error.message.clone()),
    }
}
