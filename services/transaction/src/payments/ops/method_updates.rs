//! Cards that stop working while a booking waits for its owner (PAY-19): the customer is asked for another one, and if
//! none comes within 24 hours the booking is called off and the hold let go.

use contracts::events::NotificationType;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::bookings::domain::state::{Party, State};
use crate::bookings::ops::{BookingError, call_off_pending};
use crate::bookings::store as booking_store;
use crate::bookings::{events, texts};
use crate::outgoing::Outgoing;
use crate::payments::domain::method::{CardFacts, works};
use crate::payments::domain::payment::Payment;
use crate::payments::store::{self, WaitingMethod};
use crate::state::AppState;
use crate::stripe::StripeError;
use crate::stripe::wire::PaymentMethod;

const BATCH: i64 = 500;
const HOURS_TO_UPDATE: i64 = 24;

/// Looks at the cards of all bookings that wait for their owner.
///
/// # Errors
/// When Stripe or the database does not answer: the next round looks again.
pub async fn check_methods(state: &AppState) -> Result<(), BookingError> {
    let mut connection = state.pool.acquire().await?;
    let waiting = store::waiting_methods(&mut connection, BATCH).await?;
    drop(connection);
    for method in waiting {
        check_method(state, &method).await?;
    }
    Ok(())
}

async fn check_method(state: &AppState, waiting: &WaitingMethod) -> Result<(), BookingError> {
    let now = state.env.clock.now();
    if usable(state, waiting, now).await? {
        if waiting.due.is_some() {
            let mut connection = state.pool.acquire().await?;
            store::set_method_update_due(&mut connection, waiting.payment, None).await?;
        }
        return Ok(());
    }
    match waiting.due {
        None => ask_for_another(state, waiting, now).await,
        Some(due) if due <= now => give_up(state, waiting).await,
        Some(_) => Ok(()),
    }
}

/// The card of the payment works, or the customer has saved another one since they were asked.
async fn usable(state: &AppState, waiting: &WaitingMethod, now: Timestamp) -> Result<bool, BookingError> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let own = match state.stripe.payment_method(&waiting.method).await {
        _ if waiting.removed => false,
        Ok(method) => works(facts_of(&method, &waiting.customer), today),
        // A card that Stripe does not show is not known to be of no use: only expiry and removal count.
        Err(StripeError::Refused { status: 404, .. }) => true,
        Err(error) => return Err(away(error)),
    };
    if own || waiting.due.is_none() {
        return Ok(own);
    }
    let saved = state.stripe.payment_methods(&waiting.customer).await.map_err(away)?;
    Ok(saved.data.iter().any(|method| works(facts_of(method, &waiting.customer), today)))
}

/// A card that was never saved belongs to nobody and still works; so does one of the customer's own.
fn facts_of(method: &PaymentMethod, customer: &str) -> CardFacts {
    let expiry = method.card.as_ref().and_then(|card| card.exp_month.zip(card.exp_year));
    CardFacts { attached: method.customer.as_deref().is_none_or(|holder| holder == customer), expiry }
}

async fn ask_for_another(state: &AppState, waiting: &WaitingMethod, now: Timestamp) -> Result<(), BookingError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(booking) = booking_store::lock(&mut transaction, waiting.booking).await? else { return Ok(()) };
    if !matches!(booking.state, State::PendingConfirmation { .. }) {
        return Ok(());
    }
    let due = now + SignedDuration::from_hours(HOURS_TO_UPDATE);
    store::set_method_update_due(&mut transaction, waiting.payment, Some(due)).await?;
    if let Some(customer) = booking.customer() {
        let mut out = Outgoing::new(now).about(booking.id);
        let text = texts::card_to_replace(&booking);
        events::notify(&mut out, &state.env, &booking, customer, NotificationType::PaymentFailed, text)?;
        out.append(&mut transaction).await?;
    }
    transaction.commit().await?;
    state.events_wake.wake();
    Ok(())
}

async fn give_up(state: &AppState, waiting: &WaitingMethod) -> Result<(), BookingError> {
    let reason = "The payment method was not updated in time";
    let still_waits = |payment: &Payment| payment.id == waiting.payment;
    call_off_pending(state, waiting.booking, Party::System, reason, &still_waits).await?;
    Ok(())
}

fn away(error: StripeError) -> BookingError {
    if error.is_silence() { BookingError::PaymentUnavailable } else { anyhow::Error::from(error).into() }
}
