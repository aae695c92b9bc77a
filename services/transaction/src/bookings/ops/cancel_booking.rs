//! Somebody calls a booking off (BOOK-54 to BOOK-57). The slot is free with the commit; the money follows as a job.

use contracts::ids::{BookingId, PaymentId, UserId};
use contracts::money::Cents;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::hold_slot::{enqueue_finish, release_hold};
use super::repeat_request::Answer;
use super::{BookingError, change_state};
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::refund::{RefundQuote, Tier, quote};
use crate::bookings::domain::state::{Party, Refused, Release, State};
use crate::bookings::{events, store};
use crate::outgoing::Outgoing;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::status::{PaymentStatus, Step};
use crate::payments::ops::{enqueue_refund, ensure_not_disputed};
use crate::payments::store::{self as payment_store, Failure, NewRefund};
use crate::platform_port;
use crate::state::AppState;

/// What a caller asks for.
#[derive(Debug, Clone)]
pub struct CancelRequest {
    /// Which booking.
    pub booking_id: BookingId,
    /// Who calls.
    pub caller: UserId,
    /// As whom: the customer or the owner.
    pub party: Party,
    /// Why, in their words.
    pub reason: Option<String>,
    /// The client's key.
    pub key: Uuid,
    /// SHA-256 of the operation and its body.
    pub request_hash: [u8; 32],
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
    let mut transaction = state.pool.begin().await?;
    let booking = store::lock(&mut transaction, request.booking_id).await?.ok_or(BookingError::NotFound)?;
    authorise(&booking, request)?;
    // Looked up under the lock: a repetition that runs beside the first request waits for it here.
    if let Some(stored) = store::find_answer(&mut transaction, request.caller, request.key).await? {
        if stored.request_hash != request.request_hash {
            return Err(BookingError::KeyReused);
        }
        let (status, body) = stored.answer.ok_or(BookingError::InProgress)?;
        return Ok(Answer { status, body });
    }
    let payment = payment_store::lock_for_booking(&mut transaction, booking.id).await?;
    let outcome = cancel_locked(state, &mut transaction, &booking, payment.as_ref(), request).await?;
    let body = render(&outcome);
    store::remember_answer(
        &mut transaction,
        request.caller,
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

/// A booking is private: to anybody but its customer and the owner it does not exist (AUTHZ-09).
fn authorise(booking: &Booking, request: &CancelRequest) -> Result<(), BookingError> {
    let theirs = match request.party {
        Party::Customer => booking.customer() == Some(request.caller),
        Party::CourtOwner => booking.court.owner_id == request.caller,
        Party::System => false,
    };
    // A hold is the customer's own business until it is paid.
    let visible = !matches!(booking.state, State::Dropped { .. })
        && (request.party == Party::Customer || !matches!(booking.state, State::Held { .. }));
    if theirs && visible { Ok(()) } else { Err(BookingError::NotFound) }
}

async fn cancel_locked(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    payment: Option<&Payment>,
    request: &CancelRequest,
) -> Result<Cancellation, BookingError> {
    let now = state.env.clock.now();
    // While Stripe is being asked the outcome is not known: whoever decides now could decide wrongly (BOOK-31).
    if payment.is_some_and(|payment| matches!(payment.pending_step, Some(Step::Charge | Step::Capture))) {
        return Err(BookingError::InProgress);
    }
    if let Some(payment) = payment {
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
            release_hold(state, connection, booking, release, request.party, &failure, now).await?;
            Ok(nothing_taken)
        }
        // Its end has passed; the job that says so has only not come by yet.
        State::Confirmed if booking.slot.ends_at <= now => {
            Err(Refused::AlreadyCompleted { at: booking.slot.ends_at }.into())
        }
        State::PendingConfirmation { .. } | State::Confirmed => {
            let policy = platform_port::cancellation_policy(connection, booking.court.id).await?;
            let captured = payment.filter(|payment| payment.status == PaymentStatus::Captured);
            let left = booking.slot.starts_at.duration_since(now);
            let quoted = captured.map(|payment| quote(payment.money.net, request.party, &policy, left));
            let reason = request.reason.as_deref().unwrap_or(match request.party {
                Party::Customer => "Cancelled by the customer",
                Party::CourtOwner => "Cancelled by the court",
                Party::System => "Cancelled by the system",
            });
            end_booking(state, connection, booking, payment, request.party, Some(request.caller), reason, quoted)
                .await?;
            Ok(match quoted {
                Some(quoted) => Cancellation {
                    booking_id: booking.id,
                    refund: quoted.refund,
                    percentage: quoted.percentage,
                    tier: quoted.tier,
                    commission_retained: booking.money.commission,
                    hold_released: false,
                },
                None => Cancellation { hold_released: payment.is_some(), ..nothing_taken },
            })
        }
        over => over.clone().cancel(request.party, String::new()).map(|_| nothing_taken).map_err(BookingError::from),
    }
}

/// Ends a booking whose lock the caller holds: state, events, and what happens to the money.
#[expect(clippy::too_many_arguments, reason = "the facts of one cancellation; a struct would only rename them")]
pub(super) async fn end_booking(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    payment: Option<&Payment>,
    by: Party,
    actor: Option<UserId>,
    reason: &str,
    quoted: Option<RefundQuote>,
) -> Result<(), BookingError> {
    let now = state.env.clock.now();
    let court = platform_port::court(connection, booking.court.id).await?;
    let next = booking.state.clone().cancel(by, reason.to_owned())?;
    let mut out = Outgoing::new(now).about(booking.id);
    let ending = events::Ending {
        by,
        reason,
        rejected: false,
        quote: quoted,
        waitlist_enabled: court.is_some_and(|court| court.waitlist_enabled),
        intent_id: payment.and_then(|payment| payment.intent_id.as_deref()),
    };
    events::ended(&mut out, &state.env, booking, ending)?;
    change_state(connection, booking, &next, "BOOKING_CANCELLED", by, actor, now, &out.trace_id()).await?;
    out.append(connection).await?;
    let Some(payment) = payment else { return Ok(()) };
    match quoted {
        Some(quoted) if quoted.refund > Cents::ZERO => {
            let refund_id = state.env.ids.new_id();
            let refund = NewRefund {
                id: refund_id,
                payment_id: payment.id,
                booking_id: booking.id,
                amount: quoted.refund,
                returns_fee: false,
                reason,
                now,
            };
            payment_store::create_refund(connection, refund).await?;
            enqueue_refund(state, connection, refund_id, now).await
        }
        // The 0 % tier: the owner keeps the whole net (PAY-26).
        Some(_) => Ok(()),
        None => let_go(state, connection, payment.id).await,
    }
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
