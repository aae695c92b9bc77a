//! The two statements of a checkout, each one round trip: the hold with its payment intent, and the booking with its
//! events. Everything in a statement happens or nothing does, and the exclusion constraint alone decides who gets the
//! slot (BOOK-03).

use contracts::ids::{BookingId, PaymentId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::bookings::domain::booking::{Booker, Booking};
use crate::bookings::domain::state::{State, Status};
use crate::outgoing::Outgoing;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::status::PaymentStatus;

/// A hold to be placed, with the payment it waits for.
#[derive(Debug, Clone, Copy)]
pub struct NewHold<'a> {
    /// The booking, in [`State::Held`].
    pub booking: &'a Booking,
    /// Its payment, with the step CHARGE written down before Stripe is asked (PAY-06).
    pub payment: &'a Payment,
    /// The client's key.
    pub key: Uuid,
    /// SHA-256 of the operation and its body.
    pub request_hash: &'a [u8],
    /// `SLOT_HELD`.
    pub events: &'a Outgoing,
}

/// What became of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// The slot is kept.
    Yes,
    /// Something else has it.
    Taken,
}

/// Places a hold: booking, history, payment, idempotency key and event in one statement.
///
/// `ON CONFLICT` with the exclusion constraint makes two inserts wait for each other in a fixed order, so rivals do not
/// deadlock and a loser leaves nothing behind.
///
/// # Errors
/// When the database refuses, with `idempotency_keys_one_per_user` when the key is being used by a parallel request.
pub async fn hold(connection: &mut PgConnection, new: NewHold<'_>) -> Result<Held, sqlx::Error> {
    let NewHold { booking, payment, key, request_hash, events } = new;
    let State::Held { expires_at } = booking.state else {
        return Err(sqlx::Error::Protocol("only a hold can be placed".to_owned()));
    };
    let Booker::Customer(customer) = booking.booker else {
        return Err(sqlx::Error::Protocol("only customers hold slots".to_owned()));
    };
    let placed = sqlx::query_scalar!(
        r#"WITH held AS (
             INSERT INTO transaction.bookings
                 (id, court_id, owner_id, customer_id, kind, status, booking_date, start_time, end_time,
                  duration_minutes, timezone, period, court_name_el, court_name_en, court_type, confirmation_mode,
                  number_of_people, amount_cents, commission_cents, owner_net_cents, discount_cents, promo_code,
                  currency, hold_expires_at, trace_id, created_at, updated_at, recurring_group_id, moves_booking_id,
                  peak)
             VALUES ($1, $2, $3, $4, 'CUSTOMER', 'PENDING_PAYMENT', $5, $6, $7, $8, $9, tstzrange($10, $11), $12, $13,
                     $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $25, $38, $39, $40)
             ON CONFLICT ON CONSTRAINT bookings_no_overlap DO NOTHING
             RETURNING id
         ), told AS (
             INSERT INTO transaction.booking_status_history (booking_id, status, changed_at, changed_by, actor_id)
             SELECT id, 'PENDING_PAYMENT', $25, 'CUSTOMER', $4 FROM held
         ), intended AS (
             INSERT INTO transaction.payments
                 (id, booking_id, user_id, owner_id, status, capture_method, pending_step, step_started_at,
                  amount_cents, commission_cents, owner_net_cents, currency, payment_method_id, stripe_customer_id,
                  destination_account, created_at, updated_at)
             SELECT $26, id, $4, $3, 'PENDING', $27, 'CHARGE', $25, $17, $18, $19, $22, $28, $29, $30, $25, $25 FROM held
         ), keyed AS (
             INSERT INTO transaction.idempotency_keys (user_id, key, request_hash, booking_id, created_at)
             SELECT $4, $31, $32, id, $25 FROM held
         ), announced AS (
             INSERT INTO transaction.outbox (event_id, topic, message_key, headers, payload, created_at)
             SELECT event.id, event.topic, event.key, $33, event.payload, $25
             FROM held, unnest($34::uuid[], $35::text[], $36::text[], $37::text[])
                  WITH ORDINALITY AS event (id, topic, key, payload, place)
             ORDER BY event.place
         )
         SELECT count(*) AS "count!" FROM held"#,
        booking.id.0,
        booking.court.id.0,
        booking.court.owner_id.0,
        customer.0,
        booking.slot.date.to_sqlx(),
        booking.slot.start.time().to_sqlx(),
        booking.slot.end.time().to_sqlx(),
        booking.slot.duration_minutes,
        booking.slot.timezone,
        booking.slot.starts_at.to_sqlx(),
        booking.slot.ends_at.to_sqlx(),
        booking.court.name_el,
        booking.court.name_en,
        booking.court.court_type.as_str(),
        booking.court.mode.as_str(),
        booking.people,
        booking.money.gross.0,
        booking.money.commission.0,
        booking.money.net.0,
        booking.discount_cents,
        booking.promo_code,
        booking.currency,
        expires_at.to_sqlx(),
        booking.trace_id,
        booking.created_at.to_sqlx(),
        payment.id.0,
        payment.capture.as_str(),
        payment.payment_method_id,
        payment.stripe_customer_id,
        payment.destination_account,
        key,
        request_hash,
        events.headers(),
        &events.ids(),
        &events.topics(),
        &events.keys(),
        &events.payloads(),
        booking.group.map(|group| group.0),
        booking.moves.map(|moved| moved.0),
        booking.peak,
    )
    .fetch_one(connection)
    .await?;
    Ok(if placed == 1 { Held::Yes } else { Held::Taken })
}

/// Enters an owner's booking; it blocks customers like any other (BOOK-45).
///
/// # Errors
/// When the database refuses.
pub async fn hold_manual(
    connection: &mut PgConnection,
    booking: &Booking,
    events: &Outgoing,
) -> Result<Held, sqlx::Error> {
    let Booker::Guest(guest) = &booking.booker else {
        return Err(sqlx::Error::Protocol("customers do not book by hand".to_owned()));
    };
    let placed = sqlx::query_scalar!(
        r#"WITH booked AS (
             INSERT INTO transaction.bookings
                 (id, court_id, owner_id, kind, status, booking_date, start_time, end_time, duration_minutes, timezone,
                  period, court_name_el, court_name_en, court_type, confirmation_mode, guest_name, guest_phone,
                  guest_email, notes, trace_id, created_at, updated_at, recurring_group_id)
             VALUES ($1, $2, $3, 'MANUAL', 'CONFIRMED', $4, $5, $6, $7, $8, tstzrange($9, $10), $11, $12, $13, $14, $15,
                     $16, $17, $18, $19, $20, $20, $26)
             ON CONFLICT ON CONSTRAINT bookings_no_overlap DO NOTHING
             RETURNING id
         ), told AS (
             INSERT INTO transaction.booking_status_history (booking_id, status, changed_at, changed_by, actor_id)
             SELECT id, 'CONFIRMED', $20, 'COURT_OWNER', $3 FROM booked
         ), audited AS (
             INSERT INTO transaction.audit_log (booking_id, action, actor_id, actor_role, state_after, occurred_at, trace_id)
             SELECT id, 'MANUAL_BOOKING_CREATED', $3, 'COURT_OWNER', '{"status": "CONFIRMED"}', $20, $19 FROM booked
         ), announced AS (
             INSERT INTO transaction.outbox (event_id, topic, message_key, headers, payload, created_at)
             SELECT event.id, event.topic, event.key, $21, event.payload, $20
             FROM booked, unnest($22::uuid[], $23::text[], $24::text[], $25::text[])
                  WITH ORDINALITY AS event (id, topic, key, payload, place)
             ORDER BY event.place
         )
         SELECT count(*) AS "count!" FROM booked"#,
        booking.id.0,
        booking.court.id.0,
        booking.court.owner_id.0,
        booking.slot.date.to_sqlx(),
        booking.slot.start.time().to_sqlx(),
        booking.slot.end.time().to_sqlx(),
        booking.slot.duration_minutes,
        booking.slot.timezone,
        booking.slot.starts_at.to_sqlx(),
        booking.slot.ends_at.to_sqlx(),
        booking.court.name_el,
        booking.court.name_en,
        booking.court.court_type.as_str(),
        booking.court.mode.as_str(),
        guest.name,
        guest.phone,
        guest.email,
        guest.notes,
        booking.trace_id,
        booking.created_at.to_sqlx(),
        events.headers(),
        &events.ids(),
        &events.topics(),
        &events.keys(),
        &events.payloads(),
        booking.group.map(|group| group.0),
    )
    .fetch_one(connection)
    .await?;
    Ok(if placed == 1 { Held::Yes } else { Held::Taken })
}

/// What Stripe's yes writes on the payment.
#[derive(Debug, Clone)]
pub struct Paid {
    /// AUTHORIZED or CAPTURED.
    pub status: PaymentStatus,
    /// Stripe's intent.
    pub intent_id: String,
    /// For the receipt.
    pub card_brand: Option<String>,
    /// For the receipt.
    pub card_last4: Option<String>,
    /// Until when a held amount can be collected.
    pub authorization_expires_at: Option<Timestamp>,
}

/// A paid hold about to become a booking.
#[derive(Debug, Clone, Copy)]
pub struct Settling<'a> {
    /// The hold.
    pub booking_id: BookingId,
    /// PENDING_PAYMENT, or DROPPED for one that lapsed (LIVE-11).
    pub from: Status,
    /// CONFIRMED or PENDING_CONFIRMATION.
    pub state: &'a State,
    /// Its payment.
    pub payment_id: PaymentId,
    /// What Stripe said.
    pub paid: &'a Paid,
    /// The customer.
    pub customer: UserId,
    /// The client's key, and status and body of the first answer under it.
    pub answer: Option<(Uuid, u16, &'a Value)>,
    /// `BOOKING_CREATED` and its companions.
    pub events: &'a Outgoing,
    /// The trace it belongs to.
    pub trace_id: &'a str,
    /// When.
    pub now: Timestamp,
}

/// Turns a paid hold into a booking: booking, payment, history, timeline, audit, events and the client's answer in one
/// statement (BOOK-05, BOOK-14). Returns whether the hold was still there.
///
/// # Errors
/// When the database refuses, with `bookings_no_overlap` when a lapsed hold's slot went to somebody else.
pub async fn book(connection: &mut PgConnection, settling: Settling<'_>) -> Result<bool, sqlx::Error> {
    let Settling { booking_id, from, state, payment_id, paid, customer, answer, events, trace_id, now } = settling;
    let deadline = match state {
        State::PendingConfirmation { deadline } => Some(*deadline),
        _ => None,
    };
    let captured_at = (paid.status == PaymentStatus::Captured).then_some(now);
    let booked = sqlx::query_scalar!(
        r#"WITH booked AS (
             UPDATE transaction.bookings
             SET status = $3, hold_expires_at = NULL, confirmation_deadline = $4, reason = NULL,
                 version = version + 1, updated_at = $5
             WHERE id = $1 AND status = $2
             RETURNING id
         ), told AS (
             INSERT INTO transaction.booking_status_history (booking_id, status, changed_at, changed_by, actor_id)
             SELECT id, $3, $5, 'CUSTOMER', $6 FROM booked
         ), paid AS (
             UPDATE transaction.payments payment
             SET status = $7, pending_step = NULL, step_started_at = NULL, client_secret = NULL,
                 stripe_payment_intent_id = $8, card_brand = $9, card_last4 = $10, authorized_at = $5,
                 authorization_expires_at = $11, captured_at = $12, failure_code = NULL, failure_message = NULL,
                 updated_at = $5
             FROM booked WHERE payment.id = $13 AND payment.booking_id = booked.id
             RETURNING payment.id
         ), listed AS (
             INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at)
             SELECT id, $7, $5 FROM paid
         ), audited AS (
             INSERT INTO transaction.audit_log
                 (booking_id, payment_id, action, actor_id, actor_role, state_before, state_after, occurred_at, trace_id)
             SELECT booked.id, paid.id, 'BOOKING_CREATED', $6, 'CUSTOMER', jsonb_build_object('status', $2::text),
                    jsonb_build_object('status', $3::text, 'paymentStatus', $7::text), $5, $14
             FROM booked, paid
         ), announced AS (
             INSERT INTO transaction.outbox (event_id, topic, message_key, headers, payload, created_at)
             SELECT event.id, event.topic, event.key, $15, event.payload, $5
             FROM booked, unnest($16::uuid[], $17::text[], $18::text[], $19::text[])
                  WITH ORDINALITY AS event (id, topic, key, payload, place)
             ORDER BY event.place
         ), answered AS (
             UPDATE transaction.idempotency_keys known SET response_status = $21, response_body = $22
             FROM booked WHERE known.user_id = $6 AND known.key = $20 AND known.response_status IS NULL
         )
         SELECT count(*) AS "count!" FROM booked"#,
        booking_id.0,
        from.as_str(),
        state.status().as_str(),
        deadline.map(|at| at.to_sqlx()) as _,
        now.to_sqlx(),
        customer.0,
        paid.status.as_str(),
        paid.intent_id,
        paid.card_brand,
        paid.card_last4,
        paid.authorization_expires_at.map(|at| at.to_sqlx()) as _,
        captured_at.map(|at| at.to_sqlx()) as _,
        payment_id.0,
        trace_id,
        events.headers(),
        &events.ids(),
        &events.topics(),
        &events.keys(),
        &events.payloads(),
        answer.map(|(key, ..)| key),
        answer.map(|(_, status, _)| i32::from(status)),
        answer.map(|(.., body)| body),
    )
    .fetch_one(connection)
    .await?;
    Ok(booked == 1)
}
