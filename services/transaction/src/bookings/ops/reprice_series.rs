//! A court's prices changed: instances of series that wait for their owner follow (BOOK-40 to BOOK-43).
//!
//! What the card holds has to follow as well, and the new hold is placed before the old one is let go. So the booking gets
//! its new price in the moment the new hold stands; until then it keeps the old one, and cannot be confirmed.

use contracts::ids::{BookingId, PaymentId, UserId};
use contracts::money::Cents;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::PgConnection;

use super::cancel_booking::{Canceller, let_go};
use super::court_events::RepricePayload;
use super::create_booking::{bookable_account, offer};
use super::{BookingError, cancel_once};
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::state::{Party, State};
use crate::bookings::events;
use crate::bookings::store::{self, AuditEntry, OpenPriceChange};
use crate::outgoing::Outgoing;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::status::{PaymentStatus, Purpose, Step};
use crate::payments::ops::try_replacement;
use crate::payments::store as payment_store;
use crate::platform_port;
use crate::state::AppState;

/// How long the customer has to give a card that holds the new price (BOOK-41).
const TIME_FOR_CARD: SignedDuration = SignedDuration::from_hours(24);
/// A cancellation within this time after a new price is counted as its consequence (BOOK-43).
const CONSEQUENCE: SignedDuration = SignedDuration::from_hours(24);
/// How many of a kind one round of the sweep takes up.
const BATCH: i64 = 200;

/// Reprices every instance that may still change (BOOK-40). Each is its own transaction; a repetition finds those that
/// have followed at their price and leaves them.
///
/// # Errors
/// When platform or the database does not answer: try again.
pub async fn reprice_court(state: &AppState, payload: &RepricePayload) -> Result<usize, BookingError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let instances = store::repriceable(&mut connection, payload.court_id, payload.effective_from, now).await?;
    drop(connection);
    let mut changed = 0;
    for id in instances {
        changed += usize::from(reprice_instance(state, id).await?);
    }
    tell_of_prices(state).await?;
    Ok(changed)
}

async fn reprice_instance(state: &AppState, id: BookingId) -> Result<bool, BookingError> {
    let mut connection = state.pool.acquire().await?;
    let Some(seen) = store::find(&mut connection, id).await? else { return Ok(false) };
    let Some(court) = platform_port::court(&mut connection, seen.court.id).await? else { return Ok(false) };
    let Some(payment) = payment_store::of_booking(&mut connection, id).await? else { return Ok(false) };
    drop(connection);
    let price = match offer(state, &court, &seen.slot, seen.promo_code.as_deref()).await {
        Ok(offered) => offered.price.amount,
        Err(error @ BookingError::Platform(_)) => return Err(error),
        // A slot or code that would not be sold today keeps the price it was sold at.
        Err(_) => return Ok(false),
    };
    let Ok(account) = bookable_account(&court) else { return Ok(false) };
    let Some(replacement) = begin(state, &seen, price, payment.payment_method_id, account).await? else {
        return Ok(false);
    };
    metrics::counter!("recurring_booking_price_updates_total").increment(1);
    try_replacement(state, &seen, &replacement).await?;
    Ok(true)
}

/// Writes the new price and the hold that is to be asked for down, if the booking still waits and the price differs.
async fn begin(
    state: &AppState,
    seen: &Booking,
    price: Cents,
    payment_method_id: String,
    account: String,
) -> Result<Option<Payment>, BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(booking) = store::lock(&mut transaction, seen.id).await? else { return Ok(None) };
    let (State::PendingConfirmation { .. }, Some(group)) = (&booking.state, booking.group) else { return Ok(None) };
    let payments = payment_store::lock_all_of_booking(&mut transaction, booking.id).await?;
    let Some(first) = payments.iter().find(|payment| payment.purpose == Purpose::Booking) else { return Ok(None) };
    if first.status != PaymentStatus::Authorized || first.pending_step.is_some() {
        return Err(BookingError::InProgress);
    }
    let open = store::open_price_change(&mut transaction, booking.id).await?;
    if open.is_some_and(|open| open.amount == price) || (open.is_none() && booking.money.gross == price) {
        return Ok(None);
    }
    abandon(state, &mut transaction, &booking, &payments).await?;
    if booking.money.gross == price {
        // Back to what the card holds anyway.
        transaction.commit().await?;
        state.jobs_wake.wake();
        return Ok(None);
    }
    let money = state.commission.split(price).ok_or_else(|| anyhow::anyhow!("the price {price} cannot be split"))?;
    let replacement = Payment {
        id: PaymentId(state.env.ids.new_id()),
        purpose: Purpose::Replacement,
        status: PaymentStatus::Pending,
        pending_step: Some(Step::Charge),
        money,
        refunded: Cents::ZERO,
        payment_method_id,
        destination_account: account,
        intent_id: None,
        client_secret: None,
        authorized_at: None,
        authorization_expires_at: None,
        captured_at: None,
        ..first.clone()
    };
    payment_store::intend_replacement(&mut transaction, &replacement, now).await?;
    let change = OpenPriceChange {
        id: state.env.ids.new_id(),
        group,
        payment: Some(replacement.id),
        previous: booking.money.gross,
        amount: price,
        card_due_at: None,
    };
    store::begin_price_change(&mut transaction, change, booking.id, now).await?;
    store::plan_notice(&mut transaction, group, now).await?;
    transaction.commit().await?;
    Ok(Some(replacement))
}

/// Ends an open price change whose hold has not come to stand; what was asked for is let go.
async fn abandon(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    payments: &[Payment],
) -> Result<(), BookingError> {
    store::close_price_change(connection, booking.id, "ABANDONED", None).await?;
    let open = |payment: &&Payment| {
        payment.purpose == Purpose::Replacement
            && matches!(payment.status, PaymentStatus::Pending | PaymentStatus::Authorized)
    };
    for payment in payments.iter().filter(open) {
        let_go(state, connection, payment.id).await?;
    }
    Ok(())
}

/// The new hold stands, in the caller's transaction: the booking has its new price from now on (BOOK-40).
///
/// # Errors
/// When the database refuses.
pub(crate) async fn price_accepted(
    connection: &mut PgConnection,
    booking: &Booking,
    payment: &Payment,
    now: Timestamp,
) -> Result<(), BookingError> {
    store::close_price_change(connection, booking.id, "DONE", None).await?;
    if !store::set_money(connection, booking.id, payment.money, now).await? {
        return Err(anyhow::anyhow!("booking {} changed under its lock", booking.id).into());
    }
    let trace_id = kit::trace::current().map(|here| here.trace_id()).unwrap_or_default();
    let amounts = |money: crate::bookings::domain::commission::Split| json!({ "amountCents": money.gross, "platformFeeCents": money.commission, "courtOwnerNetCents": money.net });
    let entry = AuditEntry {
        booking: Some(booking.id),
        payment: Some(payment.id),
        action: "BOOKING_REPRICED",
        actor: None,
        role: Party::System.as_str(),
        before: Some(amounts(booking.money)),
        after: Some(amounts(payment.money)),
        now,
        trace_id: &trace_id,
    };
    store::append_audit(connection, &entry).await?;
    Ok(())
}

/// The card does not hold the new price, in the caller's transaction: the customer is told, once, and has a day (BOOK-41).
///
/// # Errors
/// When the database refuses.
pub(crate) async fn card_failed(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    now: Timestamp,
) -> Result<(), BookingError> {
    if !store::close_price_change(connection, booking.id, "UNPAID", Some(now + TIME_FOR_CARD)).await? {
        return Ok(());
    }
    let mut out = Outgoing::new(now).about(booking.id);
    events::card_needed(&mut out, &state.env, booking)?;
    out.append(connection).await?;
    Ok(())
}

/// The customer gives another card for a price that the first one did not hold.
///
/// # Errors
/// [`BookingError::NotFound`] for strangers and for bookings without an open price.
pub async fn give_card(
    state: &AppState,
    customer: UserId,
    booking_id: BookingId,
    payment_method_id: String,
) -> Result<Booking, BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let booking = store::lock(&mut transaction, booking_id)
        .await?
        .filter(|booking| booking.customer() == Some(customer))
        .ok_or(BookingError::NotFound)?;
    let open = store::open_price_change(&mut transaction, booking_id).await?.ok_or(BookingError::NoCardNeeded)?;
    let payments = payment_store::lock_all_of_booking(&mut transaction, booking_id).await?;
    let asked = |payment: &&Payment| payment.purpose == Purpose::Replacement;
    if payments.iter().filter(asked).any(|payment| payment.pending_step == Some(Step::Charge)) {
        return Err(BookingError::InProgress);
    }
    let last = payments.iter().rfind(asked).ok_or(BookingError::NoCardNeeded)?;
    let replacement = Payment {
        id: PaymentId(state.env.ids.new_id()),
        status: PaymentStatus::Pending,
        pending_step: Some(Step::Charge),
        payment_method_id,
        intent_id: None,
        client_secret: None,
        ..last.clone()
    };
    if last.status == PaymentStatus::Pending {
        let_go(state, &mut transaction, last.id).await?;
    }
    payment_store::intend_replacement(&mut transaction, &replacement, now).await?;
    store::retry_price_change(&mut transaction, open.id, replacement.id).await?;
    transaction.commit().await?;
    state.jobs_wake.wake();
    try_replacement(state, &booking, &replacement).await?;
    let mut connection = state.pool.acquire().await?;
    if let Some(still) = store::open_price_change(&mut connection, booking_id).await?
        && payment_store::find(&mut connection, replacement.id)
            .await?
            .is_some_and(|tried| tried.client_secret.is_none())
    {
        tracing::debug!(booking = %booking_id, change = %still.id, "another card did not hold the new price either");
        return Err(BookingError::PaymentFailed);
    }
    store::find(&mut connection, booking_id).await?.ok_or(BookingError::NotFound)
}

/// Whether a booking waits for a card: then its owner cannot confirm it yet.
///
/// # Errors
/// When the database refuses.
pub(super) async fn ensure_price_is_held(
    connection: &mut PgConnection,
    booking: BookingId,
) -> Result<(), BookingError> {
    match store::open_price_change(connection, booking).await? {
        Some(_) => Err(BookingError::CaptureFailed { reason: "PRICE_CHANGE_UNPAID".to_owned() }),
        None => Ok(()),
    }
}

/// Counts a cancellation that follows a new price (BOOK-43).
pub(super) async fn count_consequence(
    connection: &mut PgConnection,
    booking: &Booking,
    now: Timestamp,
) -> Result<(), BookingError> {
    if booking.group.is_some() && store::repriced_since(connection, booking.id, now - CONSEQUENCE).await? {
        metrics::counter!("recurring_booking_cancellations_after_price_change_total").increment(1);
    }
    Ok(())
}

/// Calls off what nobody gave a card for, and tells series of new prices whose hour has come. Answers how many changed.
///
/// # Errors
/// When the database refuses.
pub(super) async fn sweep_prices(state: &AppState) -> Result<usize, BookingError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let unpaid = store::unpaid_price_changes(&mut connection, now, BATCH).await?;
    drop(connection);
    let mut changed = 0;
    for id in unpaid {
        let canceller = Canceller {
            party: Party::System,
            actor: None,
            reason: Some("No card held the new price in time".to_owned()),
            release_to_waitlist: true,
            customer_told: false,
        };
        match cancel_once(state, id, &canceller).await {
            Ok(_) => {
                let mut connection = state.pool.acquire().await?;
                store::close_price_change(&mut connection, id, "ABANDONED", None).await?;
                changed += 1;
            }
            Err(error) => tracing::error!(booking = %id, error = %error, "an unpaid price could not be ended"),
        }
    }
    Ok(changed + tell_of_prices(state).await?)
}

/// One message per series, at most one an hour (BOOK-42).
async fn tell_of_prices(state: &AppState) -> Result<usize, BookingError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let due = store::due_notices(&mut connection, now, BATCH).await?;
    drop(connection);
    let mut told = 0;
    for group in due {
        let mut transaction = kit::db::begin(&state.pool).await?;
        if let Some(news) = store::take_news(&mut transaction, group, now).await?
            && let Some(first) = store::find(&mut transaction, news.first).await?
        {
            let mut out = Outgoing::new(now).about(group.0);
            events::price_changed(&mut out, &state.env, &first, group, news)?;
            out.append(&mut transaction).await?;
            metrics::counter!("recurring_booking_price_update_notifications_total").increment(1);
            told += 1;
        }
        transaction.commit().await?;
    }
    if told > 0 {
        state.events_wake.wake();
    }
    Ok(told)
}
