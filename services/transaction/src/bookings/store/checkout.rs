//! The two statements of a checkout, each one round trip: the hold with its payment intent, and the booking with its
//! events. Both take the checkouts of several customers at once, because most of a statement's price is paid per
//! statement. Everything in a statement happens or nothing does, and the exclusion constraint alone decides who gets the
//! slot (BOOK-03).

use std::collections::HashMap;

use contracts::court::calendar_lock_key;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff_sqlx::ToSqlx as _;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::bookings::domain::booking::{Booker, Booking};
use crate::bookings::domain::state::State;
use crate::outgoing::Outgoing;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::status::PaymentStatus;

/// A hold to be placed, with the payment it waits for: the columns of its rows, and its events. It is its own value, so
/// that the holds of several requests can travel together.
#[derive(Debug, Clone, Serialize)]
pub struct NewHold {
    id: Uuid,
    court_id: Uuid,
    lock_key: i64,
    calendar_version: i64,
    owner_id: Uuid,
    customer_id: Uuid,
    booking_date: Date,
    start_time: Time,
    end_time: Time,
    duration_minutes: i32,
    timezone: String,
    starts_at: Timestamp,
    ends_at: Timestamp,
    court_name_el: String,
    court_name_en: Option<String>,
    court_type: &'static str,
    confirmation_mode: &'static str,
    number_of_people: Option<i32>,
    amount_cents: i64,
    commission_cents: i64,
    owner_net_cents: i64,
    discount_cents: i64,
    promo_code: Option<String>,
    currency: String,
    hold_expires_at: Timestamp,
    trace_id: String,
    created_at: Timestamp,
    payment_id: Uuid,
    capture_method: &'static str,
    payment_method_id: String,
    stripe_customer_id: String,
    destination_account: String,
    key: Uuid,
    request_hash: String,
    recurring_group_id: Option<Uuid>,
    moves_booking_id: Option<Uuid>,
    peak: bool,
    headers: Value,
    events: Vec<Announcement>,
}

/// One event as the outbox keeps it.
#[derive(Debug, Clone, Serialize)]
struct Announcement {
    id: Uuid,
    topic: String,
    key: String,
    payload: String,
}

impl Announcement {
    fn all(events: &Outgoing) -> Vec<Self> {
        let (ids, topics, keys, payloads) = (events.ids(), events.topics(), events.keys(), events.payloads());
        ids.into_iter()
            .zip(topics)
            .zip(keys)
            .zip(payloads)
            .map(|(((id, topic), key), payload)| Self { id, topic, key, payload })
            .collect()
    }
}

impl NewHold {
    /// The hold of `booking`, validated against the court's calendar number `calendar_version`, with `payment`, whose step
    /// CHARGE is written down before Stripe is asked (PAY-06). `request_hash` is the SHA-256 of the operation and its body,
    /// stored under the client's `key`. None when the booking is no customer's hold.
    #[must_use]
    pub fn of(
        booking: &Booking,
        payment: &Payment,
        calendar_version: i64,
        key: Uuid,
        request_hash: &[u8; 32],
        events: &Outgoing,
    ) -> Option<Self> {
        let (State::Held { expires_at }, Booker::Customer(customer)) = (&booking.state, &booking.booker) else {
            return None;
        };
        Some(Self {
            id: booking.id.0,
            court_id: booking.court.id.0,
            lock_key: calendar_lock_key(booking.court.id),
            calendar_version,
            owner_id: booking.court.owner_id.0,
            customer_id: customer.0,
            booking_date: booking.slot.date,
            start_time: booking.slot.start.time(),
            end_time: booking.slot.end.time(),
            duration_minutes: booking.slot.duration_minutes,
            timezone: booking.slot.timezone.clone(),
            starts_at: booking.slot.starts_at,
            ends_at: booking.slot.ends_at,
            court_name_el: booking.court.name_el.clone(),
            court_name_en: booking.court.name_en.clone(),
            court_type: booking.court.court_type.as_str(),
            confirmation_mode: booking.court.mode.as_str(),
            number_of_people: booking.people,
            amount_cents: booking.money.gross.0,
            commission_cents: booking.money.commission.0,
            owner_net_cents: booking.money.net.0,
            discount_cents: booking.discount_cents,
            promo_code: booking.promo_code.clone(),
            currency: booking.currency.clone(),
            hold_expires_at: *expires_at,
            trace_id: booking.trace_id.clone(),
            created_at: booking.created_at,
            payment_id: payment.id.0,
            capture_method: payment.capture.as_str(),
            payment_method_id: payment.payment_method_id.clone(),
            stripe_customer_id: payment.stripe_customer_id.clone(),
            destination_account: payment.destination_account.clone(),
            key,
            request_hash: format!("\\x{}", hex::encode(request_hash)),
            recurring_group_id: booking.group.map(|group| group.0),
            moves_booking_id: booking.moves.map(|moved| moved.0),
            peak: booking.peak,
            headers: events.headers(),
            events: Announcement::all(events),
        })
    }
}

/// What became of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// The slot is kept.
    Yes,
    /// Something else has it.
    Taken,
    /// The court's calendar is not the one the slot was validated against: ask platform again (HOL-37).
    CalendarMoved,
}

/// Places holds, each with history, payment, idempotency key and event, in one statement. What became of each comes back
/// in their order.
///
/// `ON CONFLICT` with the exclusion constraint makes two inserts wait for each other in a fixed order, so rivals do not
/// deadlock and a loser leaves nothing behind. The calendar's number is read under its lock, which is kept until the
/// transaction ends: a block that comes later sees the hold (HOL-37).
///
/// # Errors
/// When the database refuses, with `idempotency_keys_one_per_user` when a key is being used by a parallel request. Nothing
/// is placed then.
pub async fn hold(connection: &mut PgConnection, holds: &[NewHold]) -> Result<Vec<Held>, sqlx::Error> {
    let rows = serde_json::to_string(holds).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let outcomes = sqlx::query!(
        r#"WITH asked AS MATERIALIZED (
             SELECT hold.*, transaction.calendar_version_under_lock(hold.court_id, hold.lock_key) AS calendar_now
             FROM json_to_recordset($1::text::json) AS hold (
                 id uuid, court_id uuid, lock_key bigint, calendar_version bigint, owner_id uuid, customer_id uuid,
                 booking_date date, start_time time, end_time time, duration_minutes integer, timezone text,
                 starts_at timestamptz, ends_at timestamptz, court_name_el text, court_name_en text, court_type text,
                 confirmation_mode text, number_of_people integer, amount_cents bigint, commission_cents bigint,
                 owner_net_cents bigint, discount_cents bigint, promo_code text, currency text,
                 hold_expires_at timestamptz, trace_id text, created_at timestamptz, payment_id uuid,
                 capture_method text, payment_method_id text, stripe_customer_id text, destination_account text,
                 key uuid, request_hash bytea, recurring_group_id uuid, moves_booking_id uuid, peak boolean,
                 headers jsonb, events json)
         ), held AS (
             INSERT INTO transaction.bookings
                 (id, court_id, owner_id, customer_id, kind, status, booking_date, start_time, end_time,
                  duration_minutes, timezone, period, court_name_el, court_name_en, court_type, confirmation_mode,
                  number_of_people, amount_cents, commission_cents, owner_net_cents, discount_cents, promo_code,
                  currency, hold_expires_at, calendar_version, trace_id, created_at, updated_at,
                  recurring_group_id, moves_booking_id, peak)
             SELECT id, court_id, owner_id, customer_id, 'CUSTOMER', 'PENDING_PAYMENT', booking_date, start_time,
                    end_time, duration_minutes, timezone, tstzrange(starts_at, ends_at), court_name_el, court_name_en,
                    court_type, confirmation_mode, number_of_people, amount_cents, commission_cents, owner_net_cents,
                    discount_cents, promo_code, currency, hold_expires_at, calendar_version, trace_id, created_at,
                    created_at, recurring_group_id, moves_booking_id, peak
             FROM asked WHERE calendar_now = calendar_version
             ORDER BY court_id, starts_at
             ON CONFLICT ON CONSTRAINT bookings_no_overlap DO NOTHING
             RETURNING id
         ), told AS (
             INSERT INTO transaction.booking_status_history (booking_id, status, changed_at, changed_by, actor_id)
             SELECT id, 'PENDING_PAYMENT', created_at, 'CUSTOMER', customer_id FROM asked JOIN held USING (id)
         ), intended AS (
             INSERT INTO transaction.payments
                 (id, booking_id, user_id, owner_id, status, capture_method, pending_step, step_started_at,
                  amount_cents, commission_cents, owner_net_cents, currency, payment_method_id, stripe_customer_id,
                  destination_account, created_at, updated_at)
             SELECT payment_id, id, customer_id, owner_id, 'PENDING', capture_method, 'CHARGE', created_at,
                    amount_cents, commission_cents, owner_net_cents, currency, payment_method_id, stripe_customer_id,
                    destination_account, created_at, created_at
             FROM asked JOIN held USING (id)
         ), keyed AS (
             INSERT INTO transaction.idempotency_keys (user_id, key, request_hash, booking_id, created_at)
             SELECT customer_id, key, request_hash, id, created_at FROM asked JOIN held USING (id)
         ), announced AS (
             INSERT INTO transaction.outbox (event_id, topic, message_key, headers, payload, created_at)
             SELECT (event.value ->> 'id')::uuid, event.value ->> 'topic', event.value ->> 'key', asked.headers,
                    event.value ->> 'payload', asked.created_at
             FROM asked JOIN held USING (id)
             CROSS JOIN LATERAL json_array_elements(asked.events) WITH ORDINALITY AS event (value, place)
             ORDER BY asked.id, event.place
         )
         SELECT asked.id AS "id!", (held.id IS NOT NULL) AS "held!",
                (asked.calendar_now IS DISTINCT FROM asked.calendar_version) AS "moved!"
         FROM asked LEFT JOIN held USING (id)"#,
        rows,
    )
    .fetch_all(connection)
    .await?;
    let became: HashMap<Uuid, Held> = outcomes
        .into_iter()
        .map(|row| {
            let held = match (row.held, row.moved) {
                (true, _) => Held::Yes,
                (false, true) => Held::CalendarMoved,
                (false, false) => Held::Taken,
            };
            (row.id, held)
        })
        .collect();
    holds.iter().map(|hold| became.get(&hold.id).copied().ok_or(sqlx::Error::RowNotFound)).collect()
}

/// Whether the court's calendar is still the one that a hold was validated against. It stays so until the caller's
/// transaction ends (HOL-37).
///
/// # Errors
/// When the database refuses.
pub async fn calendar_stands(connection: &mut PgConnection, hold: &Booking) -> Result<bool, sqlx::Error> {
    let stands = sqlx::query_scalar!(
        r#"SELECT calendar_version = transaction.calendar_version_under_lock(court_id, $2) AS "stands"
           FROM transaction.bookings WHERE id = $1"#,
        hold.id.0,
        calendar_lock_key(hold.court.id)
    )
    .fetch_optional(connection)
    .await?;
    Ok(stands.flatten().unwrap_or(false))
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
    // The lock alone matters here, not the number: an owner may book over a block, and a block that comes later sees it.
    let placed = sqlx::query_scalar!(
        r#"WITH calendar AS MATERIALIZED (
             SELECT transaction.calendar_version_under_lock($2, $27) AS version
         ), booked AS (
             INSERT INTO transaction.bookings
                 (id, court_id, owner_id, kind, status, booking_date, start_time, end_time, duration_minutes, timezone,
                  period, court_name_el, court_name_en, court_type, confirmation_mode, guest_name, guest_phone,
                  guest_email, notes, trace_id, created_at, updated_at, recurring_group_id)
             SELECT $1, $2, $3, 'MANUAL', 'CONFIRMED', $4, $5, $6, $7, $8, tstzrange($9, $10), $11, $12, $13, $14, $15,
                    $16, $17, $18, $19, $20, $20, $26
             FROM calendar WHERE calendar.version IS NOT NULL
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
        calendar_lock_key(booking.court.id),
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

/// A paid hold about to become a booking: the columns that change, and its events.
#[derive(Debug, Clone, Serialize)]
pub struct Settling {
    booking_id: Uuid,
    from_status: &'static str,
    status: &'static str,
    deadline: Option<Timestamp>,
    customer_id: Uuid,
    payment_id: Uuid,
    payment_status: &'static str,
    intent_id: String,
    card_brand: Option<String>,
    card_last4: Option<String>,
    authorization_expires_at: Option<Timestamp>,
    captured_at: Option<Timestamp>,
    trace_id: String,
    at: Timestamp,
    key: Option<Uuid>,
    response_status: Option<u16>,
    response_body: Option<Value>,
    headers: Value,
    events: Vec<Announcement>,
}

impl Settling {
    /// Books the hold `booking`, paid as `paid` says, into `state`, at `now`.
    #[must_use]
    pub fn new(
        booking: &Booking,
        payment: &Payment,
        state: &State,
        paid: &Paid,
        events: &Outgoing,
        now: Timestamp,
    ) -> Self {
        let deadline = match state {
            State::PendingConfirmation { deadline } => Some(*deadline),
            _ => None,
        };
        Self {
            booking_id: booking.id.0,
            // PENDING_PAYMENT, or DROPPED for a hold that lapsed (LIVE-11).
            from_status: booking.state.status().as_str(),
            status: state.status().as_str(),
            deadline,
            customer_id: payment.user_id.0,
            payment_id: payment.id.0,
            payment_status: paid.status.as_str(),
            intent_id: paid.intent_id.clone(),
            card_brand: paid.card_brand.clone(),
            card_last4: paid.card_last4.clone(),
            authorization_expires_at: paid.authorization_expires_at,
            captured_at: (paid.status == PaymentStatus::Captured).then_some(now),
            trace_id: events.trace_id(),
            at: now,
            key: None,
            response_status: None,
            response_body: None,
            headers: events.headers(),
            events: Announcement::all(events),
        }
    }

    /// Stores the first answer under the client's key with the booking (BOOK-02).
    #[must_use]
    pub fn answering(mut self, key: Uuid, status: u16, body: Value) -> Self {
        (self.key, self.response_status, self.response_body) = (Some(key), Some(status), Some(body));
        self
    }
}

/// Turns paid holds into bookings: booking, payment, history, timeline, audit, events and the client's answer of each in
/// one statement (BOOK-05, BOOK-14). Returns for each, in their order, whether the hold was still there.
///
/// # Errors
/// When the database refuses, with `bookings_no_overlap` when a lapsed hold's slot went to somebody else. Nothing is
/// booked then.
pub async fn book(connection: &mut PgConnection, paid: &[Settling]) -> Result<Vec<bool>, sqlx::Error> {
    let rows = serde_json::to_string(paid).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let booked = sqlx::query_scalar!(
        r#"WITH asked AS MATERIALIZED (
             SELECT * FROM json_to_recordset($1::text::json) AS paid (
                 booking_id uuid, from_status text, status text, deadline timestamptz, customer_id uuid,
                 payment_id uuid, payment_status text, intent_id text, card_brand text, card_last4 text,
                 authorization_expires_at timestamptz, captured_at timestamptz, trace_id text, at timestamptz,
                 key uuid, response_status integer, response_body jsonb, headers jsonb, events json)
         ), booked AS (
             UPDATE transaction.bookings booking
             SET status = asked.status, hold_expires_at = NULL, confirmation_deadline = asked.deadline, reason = NULL,
                 version = booking.version + 1, updated_at = asked.at
             FROM asked
             WHERE booking.id = asked.booking_id AND booking.status = asked.from_status
             RETURNING booking.id AS booking_id
         ), told AS (
             INSERT INTO transaction.booking_status_history (booking_id, status, changed_at, changed_by, actor_id)
             SELECT booking_id, status, at, 'CUSTOMER', customer_id FROM asked JOIN booked USING (booking_id)
         ), settled AS (
             UPDATE transaction.payments payment
             SET status = asked.payment_status, pending_step = NULL, step_started_at = NULL, client_secret = NULL,
                 stripe_payment_intent_id = asked.intent_id, card_brand = asked.card_brand,
                 card_last4 = asked.card_last4, authorized_at = asked.at,
                 authorization_expires_at = asked.authorization_expires_at, captured_at = asked.captured_at,
                 failure_code = NULL, failure_message = NULL, updated_at = asked.at
             FROM asked JOIN booked USING (booking_id)
             WHERE payment.id = asked.payment_id AND payment.booking_id = asked.booking_id
             RETURNING payment.id AS payment_id, payment.booking_id AS paid_for, payment.amount_cents AS gross,
                       payment.commission_cents AS commission, payment.owner_net_cents AS net,
                       payment.captured_at AS taken_at
         ), posted AS (
             INSERT INTO transaction.ledger (payment_id, booking_id, step, debit, credit, amount_cents, occurred_at)
             SELECT payment_id, paid_for, 'CAPTURE', posting.debit, posting.credit, posting.cents, taken_at
             FROM settled, LATERAL (VALUES
                 ('STRIPE', 'CUSTOMER', gross), ('CUSTOMER', 'OWNER', net), ('CUSTOMER', 'COMMISSION', commission))
                 AS posting (debit, credit, cents)
             WHERE taken_at IS NOT NULL AND posting.cents > 0
         ), listed AS (
             INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at)
             SELECT payment_id, payment_status, at FROM asked JOIN settled USING (payment_id)
         ), audited AS (
             INSERT INTO transaction.audit_log
                 (booking_id, payment_id, action, actor_id, actor_role, state_before, state_after, occurred_at, trace_id)
             SELECT booking_id, payment_id, 'BOOKING_CREATED', customer_id, 'CUSTOMER',
                    jsonb_build_object('status', from_status),
                    jsonb_build_object('status', status, 'paymentStatus', payment_status), at, trace_id
             FROM asked JOIN settled USING (payment_id)
         ), announced AS (
             INSERT INTO transaction.outbox (event_id, topic, message_key, headers, payload, created_at)
             SELECT (event.value ->> 'id')::uuid, event.value ->> 'topic', event.value ->> 'key', asked.headers,
                    event.value ->> 'payload', asked.at
             FROM asked JOIN booked USING (booking_id)
             CROSS JOIN LATERAL json_array_elements(asked.events) WITH ORDINALITY AS event (value, place)
             ORDER BY asked.booking_id, event.place
         ), answered AS (
             UPDATE transaction.idempotency_keys known
             SET response_status = asked.response_status, response_body = asked.response_body
             FROM asked JOIN booked USING (booking_id)
             WHERE known.user_id = asked.customer_id AND known.key = asked.key AND known.response_status IS NULL
         )
         SELECT booking_id AS "booking_id!" FROM booked"#,
        rows,
    )
    .fetch_all(connection)
    .await?;
    Ok(paid.iter().map(|settling| booked.contains(&settling.booking_id)).collect())
}
