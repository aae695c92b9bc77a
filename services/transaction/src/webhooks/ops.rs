//! What a report changes. The event's id and its effect are one transaction (PAY-41).

use std::net::IpAddr;

use contracts::events::{AlertMetadata, AlertType, SecurityAlert, Severity};
use contracts::ids::BookingId;
use contracts::money::Cents;
use sqlx::PgConnection;

use crate::bookings::domain::state::State;
use crate::bookings::ops::{BookingError, enqueue_finish};
use crate::bookings::{events, store as booking_store};
use crate::outgoing::Outgoing;
use crate::payments::ops::{IntentReport, settle_intent, settle_intent_in};
use crate::payments::store::{self, Report};
use crate::state::AppState;
use crate::stripe::wire::{ChargeObject, Dispute, Event, Expandable, Intent, PaymentMethod, Refund};
use crate::{disputes, payments};

/// Writes what a report means, once. Types nobody here knows are noted and ignored.
///
/// # Errors
/// When it cannot be written: Stripe sends it again then.
pub async fn handle(state: &AppState, event: Event) -> Result<(), BookingError> {
    if event.kind.starts_with("charge.dispute.") {
        know_capture(state, &read(&event)?).await?;
    }
    let now = state.env.clock.now();
    // Nearly every report repeats what the answer to our own call has said.
    if let Some(intent) = event.intent_id() {
        let (event_id, kind, intent_id) = (event.id.clone(), event.kind.clone(), intent.to_owned());
        if state.lanes.note_settled(Report { event_id, kind, intent_id, at: now }).await? {
            return Ok(());
        }
    }
    let fresh = if event.kind == "payment_intent.payment_failed" { as_it_is_now(state, &event).await? } else { None };
    let mut transaction = kit::db::begin(&state.pool).await?;
    if !store::first_time(&mut transaction, &event.id, &event.kind, now).await? {
        tracing::debug!(event = %event.id, kind = %event.kind, "a report that came before");
        return Ok(());
    }
    match event.kind.as_str() {
        "payment_intent.succeeded"
        | "payment_intent.payment_failed"
        | "payment_intent.canceled"
        | "payment_intent.amount_capturable_updated" => {
            let intent: Intent = fresh.map_or_else(|| read(&event), Ok)?;
            intent_changed(state, &mut transaction, &intent).await?;
        }
        "charge.refunded" => {
            let charge: ChargeObject = read(&event)?;
            charge_refunded(state, &mut transaction, &charge).await?;
        }
        "charge.dispute.created"
        | "charge.dispute.updated"
        | "charge.dispute.funds_withdrawn"
        | "charge.dispute.closed" => {
            let dispute: Dispute = read(&event)?;
            disputes::ops::take_report(state, &mut transaction, &dispute).await?;
        }
        "payment_method.detached" => {
            let method: PaymentMethod = read(&event)?;
            store::note_removed_method(&mut transaction, &method.id).await?;
        }
        "refund.failed" => {
            let refund: Refund = read(&event)?;
            refund_came_back(state, &mut transaction, &refund).await?;
        }
        other => tracing::debug!(event = %event.id, kind = other, "a report nobody here needs"),
    }
    transaction.commit().await?;
    state.events_wake.wake();
    state.jobs_wake.wake();
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(event: &Event) -> Result<T, BookingError> {
    serde_json::from_value(event.data.object.clone())
        .map_err(|error| anyhow::anyhow!("the object of {} {} cannot be read: {error}", event.kind, event.id).into())
}

/// A report shows an intent as it was when it was sent. Where only going forward is possible it is taken as it is; for
/// a booking that is over it might be out of date, so the intent is looked at afresh by a job (PAY-42).
async fn intent_changed(state: &AppState, connection: &mut PgConnection, intent: &Intent) -> Result<(), BookingError> {
    let Some(booking_id) = booking_of(connection, intent).await? else {
        tracing::debug!(intent = %intent.id, "an intent of somebody else");
        return Ok(());
    };
    booking_store::lock_moved(connection, booking_id).await?;
    let Some(booking) = booking_store::lock(connection, booking_id).await? else { return Ok(()) };
    match booking.state {
        State::Held { .. } | State::PendingConfirmation { .. } => {
            settle_intent_in(state, connection, booking_id, &IntentReport::of(intent)).await?;
        }
        State::Dropped { .. } | State::Cancelled { .. } | State::Rejected { .. } => {
            let known = store::lock_of_intent(connection, booking_id, &intent.id, intent.payment_id()).await?;
            let Some(payment) = known else { return Ok(()) };
            store::know_intent(connection, payment.id, &intent.id).await?;
            enqueue_finish(state, connection, payment.id, state.env.clock.now()).await?;
        }
        State::Confirmed | State::Completed { .. } => {}
    }
    Ok(())
}

/// A card that failed may have worked since: a report of that may be out of date while its hold still lasts, and acting on
/// it would undo a payment. Stripe is asked how it stands, outside of any transaction (PAY-42).
async fn as_it_is_now(state: &AppState, event: &Event) -> Result<Option<Intent>, BookingError> {
    let reported: Intent = read(event)?;
    let mut connection = state.pool.acquire().await?;
    let ours = booking_of(&mut connection, &reported).await?;
    drop(connection);
    if ours.is_none() {
        return Ok(None);
    }
    match state.stripe.intent(&reported.id).await {
        Ok(intent) => Ok(Some(intent)),
        Err(error) if error.is_silence() => Err(BookingError::PaymentUnavailable),
        Err(error) => {
            tracing::debug!(intent = %reported.id, error = %error, "a report about an intent that Stripe does not show");
            Ok(None)
        }
    }
}

async fn booking_of(connection: &mut PgConnection, intent: &Intent) -> Result<Option<BookingId>, BookingError> {
    if let Some(known) = store::find_by_intent(connection, &intent.id).await? {
        return Ok(Some(known));
    }
    // The report may be here before the answer to the call that made the intent.
    Ok(intent.booking_id().map(BookingId))
}

/// A dispute may be reported before the payment it is about (PAY-42). Stripe is asked first then, outside of any
/// transaction.
async fn know_capture(state: &AppState, dispute: &Dispute) -> Result<(), BookingError> {
    let Some(intent_id) = dispute.payment_intent.as_ref().map(Expandable::id) else { return Ok(()) };
    let mut connection = state.pool.acquire().await?;
    let known = store::find_by_intent_row(&mut connection, intent_id).await?;
    drop(connection);
    if known.is_some_and(|payment| payment.captured_at.is_some()) {
        return Ok(());
    }
    let intent = match state.stripe.intent(intent_id).await {
        Ok(intent) => intent,
        Err(error) if error.is_silence() => return Err(BookingError::PaymentUnavailable),
        Err(error) => {
            tracing::debug!(intent = intent_id, error = %error, "a dispute about an intent of somebody else");
            return Ok(());
        }
    };
    if let Some(booking_id) = intent.booking_id() {
        settle_intent(state, BookingId(booking_id), &IntentReport::of(&intent)).await?;
    }
    Ok(())
}

/// The bank would not take a refund: the money is owed still, and an admin has to look (PAY-31).
async fn refund_came_back(
    state: &AppState,
    connection: &mut PgConnection,
    refund: &Refund,
) -> Result<(), BookingError> {
    let now = state.env.clock.now();
    let message = "The bank did not take the refund";
    if let Some((id, payment, booking)) = store::refund_returned(connection, &refund.id, message, now).await? {
        payments::ops::tell_refund_failed(state, connection, (id, payment, booking), message).await?;
    }
    Ok(())
}

/// Completes the refunds that fit into what Stripe says is back, and tells the customer (PAY-30, NOTE-20).
async fn charge_refunded(
    state: &AppState,
    connection: &mut PgConnection,
    charge: &ChargeObject,
) -> Result<(), BookingError> {
    let Some(intent_id) = charge.payment_intent.as_ref().map(Expandable::id) else { return Ok(()) };
    let Some(booking_id) = store::find_by_intent(connection, intent_id).await? else { return Ok(()) };
    let Some(booking) = booking_store::lock(connection, booking_id).await? else { return Ok(()) };
    let Some(payment) = store::lock_by_intent(connection, intent_id).await? else { return Ok(()) };
    let now = state.env.clock.now();
    let back = store::complete_refunds(connection, payment.id, Cents(charge.amount_refunded), now).await?;
    let mut out = Outgoing::new(now).about(booking_id);
    for amount in back {
        events::refund_completed(&mut out, &state.env, &booking, amount)?;
    }
    out.append(connection).await?;
    Ok(())
}

/// Somebody sent a correctly signed but old report again (PAY-38).
///
/// # Errors
/// When the database refuses.
pub async fn report_replay(state: &AppState, body: &[u8], from: IpAddr) -> Result<(), BookingError> {
    let event_id = serde_json::from_slice::<Event>(body).ok().map(|event| event.id);
    let mut out = Outgoing::new(state.env.clock.now());
    out.push(
        &state.env,
        SecurityAlert {
            alert_type: AlertType::WebhookReplay,
            severity: Severity::High,
            user_id: None,
            ip_address: Some(from.to_string()),
            description: "A payment webhook came again after its time".to_owned(),
            metadata: Some(AlertMetadata {
                endpoint: Some("/api/webhooks/stripe".to_owned()),
                stripe_event_id: event_id,
                ..AlertMetadata::default()
            }),
        },
    )?;
    let mut connection = state.pool.acquire().await?;
    out.append(&mut connection).await?;
    state.events_wake.wake();
    Ok(())
}
