//! Issuing and showing receipts.

use contracts::ids::{BookingId, PaymentId, UserId};
use jiff::SignedDuration;
use sqlx::PgConnection;
use thiserror::Error;

use super::domain::{Receipt, number_of, vat_of};
use super::{events, store};
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::state::State;
use crate::bookings::ops::BookingError;
use crate::bookings::store as booking_store;
use crate::outgoing::Outgoing;
use crate::payments::domain::payment::Payment;
use crate::payments::store as payment_store;
use crate::platform_port;
use crate::state::AppState;

const BATCH: i64 = 500;
/// Nobody is mailed about a payment older than this; whoever asks gets the receipt all the same.
const MAILED_HOURS: i64 = 48;

/// Why there is no receipt to show.
#[derive(Debug, Error)]
pub enum ReceiptError {
    /// No such booking, or none of the caller's.
    #[error("no such booking")]
    NoBooking,
    /// Nothing was collected for it.
    #[error("no receipt yet")]
    NoReceipt,
    /// Bookings or payments refused.
    #[error(transparent)]
    Booking(#[from] BookingError),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// The receipt of a booking for its customer or owner; made now if the round has not come by yet.
///
/// # Errors
/// See [`ReceiptError`].
pub async fn show(state: &AppState, caller: UserId, booking_id: BookingId) -> Result<Receipt, ReceiptError> {
    let mut connection = state.pool.acquire().await?;
    let booking = booking_store::find(&mut connection, booking_id).await.map_err(BookingError::from)?;
    let booking = booking.ok_or(ReceiptError::NoBooking)?;
    let theirs = booking.customer() == Some(caller) || booking.court.owner_id == caller;
    if !theirs || matches!(booking.state, State::Held { .. } | State::Dropped { .. }) {
        return Err(ReceiptError::NoBooking);
    }
    if let Some(known) = store::of_booking(&mut connection, booking_id).await? {
        return Ok(known);
    }
    let payment = payment_store::of_booking(&mut connection, booking_id).await.map_err(BookingError::from)?;
    drop(connection);
    let payment = payment.filter(|payment| payment.captured_at.is_some()).ok_or(ReceiptError::NoReceipt)?;
    issue(state, payment.id).await?;
    let mut connection = state.pool.acquire().await?;
    store::of_booking(&mut connection, booking_id).await?.ok_or(ReceiptError::NoReceipt)
}

/// Issues what is missing. Returns how many.
///
/// # Errors
/// When the database refuses.
pub async fn issue_missing(state: &AppState) -> Result<usize, BookingError> {
    let mut connection = state.pool.acquire().await?;
    let since = state.env.clock.now() - SignedDuration::from_hours(MAILED_HOURS);
    let payments = store::without_receipt(&mut connection, since, BATCH).await?;
    drop(connection);
    let mut issued = 0;
    for payment in payments {
        issued += usize::from(issue(state, payment).await?);
    }
    Ok(issued)
}

/// Issues the receipt of a collected payment, once, and asks for the mail in the same transaction.
async fn issue(state: &AppState, payment_id: PaymentId) -> Result<bool, BookingError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(payment) = payment_store::find(&mut transaction, payment_id).await? else { return Ok(false) };
    let Some(booking) = booking_store::find(&mut transaction, payment.booking_id).await? else { return Ok(false) };
    let Some(receipt) = draft(state, &mut transaction, &booking, &payment).await? else { return Ok(false) };
    if !store::insert(&mut transaction, &receipt).await? {
        return Ok(false);
    }
    let mut out = Outgoing::new(receipt.issued_at).about(booking.id);
    events::issued(&mut out, &state.env, payment.user_id, booking.court.id, &receipt)?;
    out.append(&mut transaction).await?;
    transaction.commit().await?;
    state.events_wake.wake();
    Ok(true)
}

async fn draft(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    payment: &Payment,
) -> Result<Option<Receipt>, BookingError> {
    let Some(transaction_id) = payment.intent_id.clone().filter(|_| payment.captured_at.is_some()) else {
        return Ok(None);
    };
    let court = platform_port::court(connection, booking.court.id).await?;
    let billing = platform_port::owner_billing(connection, payment.owner_id).await?;
    let card = store::card_of(connection, payment.id).await?;
    let gross = payment.money.gross;
    let discount = contracts::money::Cents(booking.discount_cents);
    let issued_at = state.env.clock.now();
    Ok(Some(Receipt {
        number: number_of(payment.id, issued_at),
        booking_id: booking.id,
        payment_id: payment.id,
        transaction_id,
        court_name_el: booking.court.name_el.clone(),
        court_name_en: booking.court.name_en.clone(),
        court_address: court.map(|court| court.address).unwrap_or_default(),
        date: booking.slot.date,
        start_time: booking.slot.start,
        end_time: booking.slot.end,
        duration_minutes: booking.slot.duration_minutes,
        amount: gross.checked_add(discount).unwrap_or(gross),
        discount,
        gross,
        platform_fee: payment.money.commission,
        owner_net: payment.money.net,
        currency: payment.currency.clone(),
        card_brand: card.brand,
        card_last4: card.last4,
        vat: billing.and_then(|billing| vat_of(billing.vat_registered, billing.vat_number, gross)),
        issued_at,
    }))
}
