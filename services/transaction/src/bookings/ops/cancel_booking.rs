//! Somebody calls a booking off (BOOK-54 to BOOK-57). The slot is free with the commit; the money follows as a job.

use contracts::ids::{BookingId, PaymentId, UserId};
use contracts::money::Cents;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::abuse_limits::note_cancellation;
use super::hold_slot::{enqueue_finish, release_hold};
use super::modify_booking::drop_open_move;
use super::repeat_request::Answer;
use super::reprice_series::count_consequence;
use super::{BookingError, change_state};
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::refund::{RefundQuote, Tier, quote, spread};
use crate::bookings::domain::state::{Party, Refused, Release, State};
use crate::bookings::{events, store};
use crate::outgoing::Outgoing;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::status::Step;
use crate::payments::ops::{enqueue_refund, ensure_not_disputed};
use crate::payments::store::{self as payment_store, Failure, NewRefund};
use crate::platform_port;
use crate::state::AppState;

/// What a caller asks for.
#[derive(Debug, Clone)]
pub struct CancelRequest {
    /// Which booking.
    pub booking_id: BookingId,
    /// Who, as whom and why.
    pub canceller: Canceller,
    /// The client's key.
    pub key: Uuid,
    /// SHA-256 of the operation and its body.
    pub request_hash: [u8; 32],
}

/// Who calls a booking off, as whom and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canceller {
    /// The customer, the owner, or the system.
    pub party: Party,
    /// The person, if one did it.
    pub actor: Option<UserId>,
    /// Why, in their words.
    pub reason: Option<String>,
    /// An owner offers the slot to the people who wait for it (WAIT-22).
    pub release_to_waitlist: bool,
    /// The customer has heard of it already, together with other bookings (HOL-35).
    pub customer_told: bool,
}

impl Canceller {
    /// Whether those who wait may be offered the slot: always, unless an owner keeps it.
    fn offers_slot(&self) -> bool {
        self.party != Party::CourtOwner || self.release_to_waitlist
    }

    fn reason(&self) -> &str {
        self.reason.as_deref().unwrap_or(match self.party {
            Party::Customer => "Cancelled by the customer",
            Party::CourtOwner => "Cancelled by the court",
            Party::System => "Cancelled by the system",
        })
    }
}

/// What a cancellation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancellation {
    /// Which booking.
    pub booking_id: BookingId,
    /// Comes back to the card.
    pub refund: Cents,
    /// Share of the owner's net that comes back, in percent; everything when nothing had been collected.
    pub percentage: i32,
    /// The customer's tier, where one applied.
    pub tier: Option<Tier>,
    /// What the platform keeps.
    pub commission_retained: Cents,
    /// A hold on the card is let go instead of a refund.
    pub hold_released: bool,
}

/// Calls a booking off for its customer or the owner of its court.
///
/// # Errors
/// [`BookingError::NotFound`] for strangers, [`BookingError::Refused`] when it is over already,
/// [`BookingError::InProgress`] while its payment is being decided.
pub async fn cancel_booking(
    state: &AppState,
    request: &CancelRequest,
    render: &(dyn Fn(&Cancellation) -> Value + Send + Sync),
) -> Result<Answer, BookingError> {
    let now = state.env.clock.now();
    let caller = request.canceller.actor.ok_or(BookingError::NotFound)?;
    let mut transaction = kit::db::begin(&state.pool).await?;
    let booking = store::lock(&mut transaction, request.booking_id).await?.ok_or(BookingError::NotFound)?;
    authorise(&booking, &request.canceller)?;
    // Looked up under the lock: a repetition that runs beside the first request waits for it here.
    if let Some(stored) = store::find_answer(&mut transaction, caller, request.key).await? {
        if stored.request_hash != request.request_hash {
            return Err(BookingError::KeyReused);
        }
        let (status, body) = stored.answer.ok_or(BookingError::InProgress)?;
        return Ok(Answer { status, body });
    }
    let outcome = cancel_locked(state, &mut transaction, &booking, &request.canceller).await?;
    let body = render(&outcome);
    store::remember_answer(
        &mut transaction,
        caller,
        request.key,
        &request.request_hash,
        Some(booking.id),
        (200, &body),
        now,
    )
    .await?;
    transaction.commit().await?;
    state.events_wake.wake();
    state.jobs_wake.wake();
    Ok(Answer { status: 200, body })
}

/// Calls a booking off without a client's key: for jobs, which may come again. One that is over already is none of their
/// business any more, and answers nothing.
///
/// # Errors
/// [`BookingError::InProgress`] while its payment is being decided: try again.
pub async fn cancel_once(
    state: &AppState,
    booking_id: BookingId,
    canceller: &Canceller,
) -> Result<Option<Cancellation>, BookingError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(booking) = store::lock(&mut transaction, booking_id).await? else { return Ok(None) };
    let outcome = match cancel_locked(state, &mut transaction, &booking, canceller).await {
        Err(BookingError::Refused(_)) => return Ok(None),
        other => other?,
    };
    transaction.commit().await?;
    state.events_wake.wake();
    state.jobs_wake.wake();
    Ok(Some(outcome))
}

/// A booking is private: to anybody but its customer and the owner it does not exist (AUTHZ-09).
fn authorise(booking: &Booking, canceller: &Canceller) -> Result<(), BookingError> {
    let theirs = match canceller.party {
        Party::Customer => booking.customer().is_some() && booking.customer() == canceller.actor,
        Party::CourtOwner => Some(booking.court.owner_id) == canceller.actor,
        Party::System => false,
    };
    // A hold is the customer's own business until it is paid, and one that will move another booking is nobody's.
    let visible = !matches!(booking.state, State::Dropped { .. })
        && booking.moves.is_none()
        && (canceller.party == Party::Customer || !matches!(booking.state, State::Held { .. }));
    if theirs && visible { Ok(()) } else { Err(BookingError::NotFound) }
}

async fn cancel_locked(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    canceller: &Canceller,
) -> Result<Cancellation, BookingError> {
    let now = state.env.clock.now();
    // A move that is still being paid for ends with the booking it would have moved.
    drop_open_move(state, connection, booking.id, now).await?;
    let payments = payment_store::lock_all_of_booking(connection, booking.id).await?;
    // While Stripe is being asked the outcome is not known: whoever decides now could decide wrongly (BOOK-31).
    if payments.iter().any(|payment| matches!(payment.pending_step, Some(Step::Charge | Step::Capture))) {
        return Err(BookingError::InProgress);
    }
    for payment in &payments {
        ensure_not_disputed(payment)?;
    }
    let nothing_taken = Cancellation {
        booking_id: booking.id,
        refund: Cents::ZERO,
        percentage: 100,
        tier: None,
        commission_retained: Cents::ZERO,
        hold_released: true,
    };
    match &booking.state {
        State::Held { .. } => {
            let (release, failure) = (Release::UserAbandoned, Failure::default());
            release_hold(state, connection, booking, release, canceller.party, &failure, now).await?;
            Ok(nothing_taken)
        }
        // Its end has passed; the job that says so has only not come by yet.
        State::Confirmed if booking.slot.ends_at <= now => {
            Err(Refused::AlreadyCompleted { at: booking.slot.ends_at }.into())
        }
        State::PendingConfirmation { .. } | State::Confirmed => {
            let policy = platform_port::cancellation_policy(connection, booking.court.id).await?;
            let left = booking.slot.starts_at.duration_since(now);
            let collected = payments.iter().any(Payment::is_collected);
            let refundable = Cents::checked_sum(payments.iter().map(Payment::refundable)).unwrap_or(Cents::ZERO);
            let quoted = collected.then(|| quote(refundable, canceller.party, &policy, left));
            end_booking(state, connection, booking, &payments, canceller, quoted).await?;
            if canceller.party == Party::Customer {
                note_cancellation(state, connection, booking, now).await?;
                count_consequence(connection, booking, now).await?;
            }
            Ok(match quoted {
                Some(quoted) => Cancellation {
                    booking_id: booking.id,
                    refund: quoted.refund,
                    percentage: quoted.percentage,
                    tier: quoted.tier,
                    commission_retained: booking.money.commission,
                    hold_released: false,
                },
                None => Cancellation { hold_released: !payments.is_empty(), ..nothing_taken },
            })
        }
        over => over.clone().cancel(canceller.party, String::new()).map(|_| nothing_taken).map_err(BookingError::from),
    }
}

/// Ends a booking whose lock the caller holds: state, events, and what happens to the money.
pub(super) async fn end_booking(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    payments: &[Payment],
    canceller: &Canceller,
    quoted: Option<RefundQuote>,
) -> Result<(), BookingError> {
    let now = state.env.clock.now();
    let (by, reason) = (canceller.party, canceller.reason());
    let court = platform_port::court(connection, booking.court.id).await?;
    let next = booking.state.clone().cancel(by, reason.to_owned())?;
    let mut out = Outgoing::new(now).about(booking.id);
    let ending = events::Ending {
        by,
        reason,
        rejected: false,
        quote: quoted,
        waitlist_enabled: court.is_some_and(|court| court.waitlist_enabled) && canceller.offers_slot(),
        intent_id: payments.first().and_then(|payment| payment.intent_id.as_deref()),
        customer_told: canceller.customer_told,
    };
    events::ended(&mut out, &state.env, booking, ending)?;
    change_state(connection, booking, &next, "BOOKING_CANCELLED", by, canceller.actor, now, &out.trace_id()).await?;
    out.append(connection).await?;
    for payment in payments.iter().filter(|payment| payment.captured_at.is_none()) {
        let_go(state, connection, payment.id).await?;
    }
    // The 0 % tier: the owner keeps the whole net (PAY-26).
    give_back(state, connection, booking, payments, quoted.map_or(Cents::ZERO, |quoted| quoted.refund), reason).await
}

/// Writes down what goes back to the customer, taken from the payments that have something left, and has it sent.
pub(super) async fn give_back(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    payments: &[Payment],
    amount: Cents,
    reason: &str,
) -> Result<(), BookingError> {
    let now = state.env.clock.now();
    let parts = spread(amount, payments.iter().map(Payment::refundable));
    for (payment, part) in payments.iter().zip(parts) {
        if part <= Cents::ZERO {
            continue;
        }
        let refund = NewRefund {
            id: state.env.ids.new_id(),
            payment_id: payment.id,
            booking_id: booking.id,
            amount: part,
            returns_fee: false,
            leaves: payment.state().refund(part).map_err(anyhow::Error::from)?,
            reason,
            now,
        };
        payment_store::create_refund(connection, refund).await?;
        enqueue_refund(state, connection, refund.id, now).await?;
    }
    Ok(())
}

/// The hold on the card ends as well, as a job (PAY-28).
pub(super) async fn let_go(
    state: &AppState,
    connection: &mut PgConnection,
    payment: PaymentId,
) -> Result<(), BookingError> {
    let now = state.env.clock.now();
    payment_store::pledge(connection, payment, None, now).await?;
    enqueue_finish(state, connection, payment, now).await
}
