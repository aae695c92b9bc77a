//! The owner accepts a pending booking: the amount is collected, then the booking stands (BOOK-27, BOOK-28).
//!
//! Accepting takes two transactions with a call to Stripe between them. The first one writes the step CAPTURE, which is
//! the claim on the outcome: reject, cancel and timeout stand back while it is there (BOOK-31).

use contracts::booking::PaymentStatus;
use contracts::ids::{BookingId, UserId};

use super::BookingError;
use super::reprice_series::ensure_price_is_held;
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::state::{Refused, State};
use crate::bookings::store;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::status::Step;
use crate::payments::ops::{CaptureOutcome, capture_hold};
use crate::payments::store as payment_store;
use crate::platform_port::PlatformError;
use crate::state::AppState;

/// What a confirmation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedBooking {
    /// As it stands now.
    pub booking: Booking,
    /// Its payment, captured.
    pub payment: Payment,
}

/// Accepts a pending booking of the owner's court; `message` is for the customer.
///
/// # Errors
/// [`BookingError::NotFound`] for strangers, [`BookingError::Refused`] when it is not pending,
/// [`BookingError::AuthorizationExpired`], [`BookingError::CaptureFailed`].
pub async fn confirm_booking(
    state: &AppState,
    owner: UserId,
    booking_id: BookingId,
    message: Option<&str>,
) -> Result<ConfirmedBooking, BookingError> {
    let mut connection = state.pool.acquire().await?;
    let seen = store::find(&mut connection, booking_id).await?;
    drop(connection);
    pending_of(seen, owner)?;
    // Asked before anything is claimed: nothing stays open when platform is away (PAY-07).
    ensure_owner_is_paid(state, owner).await?;

    let (booking, payment) = claim(state, owner, booking_id).await?;
    match capture_hold(state, &booking, &payment, owner, message).await? {
        CaptureOutcome::Confirmed => {}
        CaptureOutcome::Lapsed => {
            return Err(BookingError::AuthorizationExpired { expired_at: payment.authorization_expires_at });
        }
    }
    let mut connection = state.pool.acquire().await?;
    let booking = store::find(&mut connection, booking_id).await?.ok_or(BookingError::NotFound)?;
    let payment = payment_store::of_booking(&mut connection, booking_id).await?.ok_or(BookingError::NotFound)?;
    Ok(ConfirmedBooking { booking, payment })
}

/// The booking, if it is on the owner's court and pending.
pub(super) fn pending_of(booking: Option<Booking>, owner: UserId) -> Result<Booking, BookingError> {
    let booking = booking.filter(|booking| booking.court.owner_id == owner).ok_or(BookingError::NotFound)?;
    match booking.state {
        State::PendingConfirmation { .. } => Ok(booking),
        State::Held { .. } | State::Dropped { .. } => Err(BookingError::NotFound),
        _ => Err(Refused::NotPending { status: booking.state.status() }.into()),
    }
}

async fn ensure_owner_is_paid(state: &AppState, owner: UserId) -> Result<(), BookingError> {
    match state.platform.connect_status(owner).await {
        Ok(account) if account.can_receive_payments => Ok(()),
        Ok(account) => Err(BookingError::CaptureFailed { reason: format!("ACCOUNT_{}", account.status.as_str()) }),
        Err(PlatformError::NotFound) => Err(BookingError::CaptureFailed { reason: "ACCOUNT_NOT_STARTED".to_owned() }),
        Err(error) => Err(error.into()),
    }
}

/// Claims the outcome for this confirmation.
async fn claim(state: &AppState, owner: UserId, booking_id: BookingId) -> Result<(Booking, Payment), BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let booking = pending_of(store::lock(&mut transaction, booking_id).await?, owner)?;
    let payment = payment_store::lock_for_booking(&mut transaction, booking_id).await?.ok_or(BookingError::NotFound)?;
    ensure_price_is_held(&mut transaction, booking_id).await?;
    if payment.status != PaymentStatus::Authorized {
        return Err(BookingError::CaptureFailed { reason: payment.status.as_str().to_owned() });
    }
    if payment.authorization_expires_at.is_some_and(|expires| expires <= now) {
        return Err(BookingError::AuthorizationExpired { expired_at: payment.authorization_expires_at });
    }
    if !payment_store::start_step(&mut transaction, payment.id, Step::Capture, now).await? {
        return Err(BookingError::InProgress);
    }
    transaction.commit().await?;
    Ok((booking, payment))
}
