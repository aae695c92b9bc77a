//! Answers to repeated requests (BOOK-02): the same key and body get the first answer, also when the first request is
//! still running or its process died in the middle.

use std::time::Duration;

use contracts::ids::{BookingId, UserId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{BookingError, Render};
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::state::{Release, State};
use crate::bookings::store::{self, StoredAnswer};
use crate::payments::domain::payment::Payment;
use crate::payments::store as payment_store;
use crate::state::AppState;

/// How often a running request is looked at by its repetition.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What a client gets: fresh, or as it was given the first time.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status of the first answer.
    pub status: u16,
    /// Its body; for a refusal `{error, details}`.
    pub body: Value,
}

/// The first answer of a key that is known already. Waits for it while the first request is running.
pub(super) async fn repeat(
    state: &AppState,
    user: UserId,
    key: Uuid,
    request_hash: &[u8],
    stored: StoredAnswer,
    render: Render<'_>,
) -> Result<Answer, BookingError> {
    if stored.request_hash != request_hash {
        return Err(BookingError::KeyReused);
    }
    let mut stored = stored;
    let mut looks = u64::from(state.config.bookings.repeat_wait_seconds) * 10;
    loop {
        if let Some((status, body)) = stored.answer {
            return Ok(Answer { status, body });
        }
        if let Some(booking_id) = stored.booking_id
            && let Some(answer) = answer_of(state, booking_id, render).await?
        {
            let mut connection = state.pool.acquire().await?;
            store::store_answer(&mut connection, user, key, (answer.status, &answer.body)).await?;
            return Ok(answer);
        }
        if looks == 0 {
            return Err(BookingError::InProgress);
        }
        looks -= 1;
        tokio::time::sleep(LOOK_AGAIN).await;
        let mut connection = state.pool.acquire().await?;
        stored = store::find_answer(&mut connection, user, key).await?.ok_or(BookingError::InProgress)?;
    }
}

/// The answer a checkout would have given, worked out from what became of its booking; none while it is open.
pub(super) async fn answer_of(
    state: &AppState,
    booking_id: BookingId,
    render: Render<'_>,
) -> Result<Option<Answer>, BookingError> {
    let mut connection = state.pool.acquire().await?;
    let Some(booking) = store::find(&mut connection, booking_id).await? else { return Err(BookingError::NotFound) };
    let payment = payment_store::of_booking(&mut connection, booking_id).await?;
    Ok(answer_from(&booking, payment.as_ref(), render))
}

fn answer_from(booking: &Booking, payment: Option<&Payment>, render: Render<'_>) -> Option<Answer> {
    match &booking.state {
        State::Held { .. } if payment.is_some_and(|payment| payment.client_secret.is_none()) => None,
        State::Dropped { release: Release::PaymentFailed } => {
            Some(Answer { status: 402, body: json!({ "error": "PAYMENT_FAILED", "details": null }) })
        }
        State::Dropped { .. } => {
            Some(Answer { status: 409, body: json!({ "error": "HOLD_EXPIRED", "details": null }) })
        }
        _ => Some(Answer { status: 201, body: render(booking, payment) }),
    }
}

/// Keeps a refusal as the first answer of its key, so that a repetition hears the same. A key whose row stands already
/// is completed.
///
/// # Errors
/// When the database refuses.
pub async fn remember_refusal(
    state: &AppState,
    user: UserId,
    key: Uuid,
    request_hash: &[u8],
    status: u16,
    body: &Value,
) -> Result<(), BookingError> {
    let mut connection = state.pool.acquire().await?;
    let now = state.env.clock.now();
    store::remember_answer(&mut connection, user, key, request_hash, None, (status, body), now).await?;
    store::store_answer(&mut connection, user, key, (status, body)).await?;
    Ok(())
}
