//! An owner with courts, and what the other service would have written about them.

use contracts::events::{Envelope, Payload, Source};
use contracts::identity::Role;
use contracts::ids::EventId;
use jiff::{SignedDuration, Timestamp};
use kit::bus::{Bus, Outgoing, PgBus, PgBusOptions};
use kit::clock::Clock;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::World;

/// Syntagma, the middle of Athens.
pub const LATITUDE: f64 = 37.9755;
pub const LONGITUDE: f64 = 23.7348;
/// A Monday far enough ahead that the clock of the tests has not reached it.
pub const MONDAY: &str = "2026-06-01";

pub struct Club {
    pub owner: Uuid,
    pub token: String,
}

impl Club {
    /// A verified owner without courts.
    pub async fn new(world: &World) -> Self {
        let (owner, token) = world.person(Role::CourtOwner).await;
        Self { owner: owner.0, token }
    }

    /// Makes or unmakes the owner verified, and sets what Stripe says of the account.
    pub async fn set_standing(&self, world: &World, verified: bool, stripe_status: &str) {
        sqlx::query("UPDATE users SET verified = $2, stripe_status = $3, stripe_account_id = $4 WHERE id = $1")
            .bind(self.owner)
            .bind(verified)
            .bind(stripe_status)
            .bind(format!("acct_{}", self.owner))
            .execute(&world.pool)
            .await
            .expect("an owner");
    }

    /// Creates a court; `changes` are laid over a padel court in the middle of Athens.
    pub async fn court(&self, world: &World, changes: Value) -> Value {
        world.post("/api/courts").bearer(&self.token).json(&court_body(changes)).send().await.expect(201)
    }

    /// Creates a court that is open every day from 08:00 to 23:00.
    pub async fn open_court(&self, world: &World, changes: Value) -> Value {
        let court = self.court(world, changes).await;
        self.open(world, &court, &every_day("08:00", "23:00")).await;
        court
    }

    /// Replaces the windows of a court.
    pub async fn open(&self, world: &World, court: &Value, windows: &Value) -> Value {
        let path = format!("/api/courts/{}/availability/windows", text(&court["id"]));
        world.put(&path).bearer(&self.token).json(&json!({ "windows": windows })).send().await.expect(200)
    }
}

/// A complete request for a new court with some members replaced.
pub fn court_body(changes: Value) -> Value {
    let mut body = json!({
        "name": { "el": "Γήπεδο Σύνταγμα", "en": "Syntagma Court" },
        "description": { "el": "Στο κέντρο", "en": "Downtown" },
        "courtType": "PADEL",
        "locationType": "OUTDOOR",
        "address": "Πλατεία Συντάγματος 1",
        "latitude": LATITUDE,
        "longitude": LONGITUDE,
        "basePriceCents": 2000,
        "amenities": ["Showers"],
    });
    for (name, value) in changes.as_object().expect("an object of changes") {
        body[name] = value.clone();
    }
    body
}

/// The same window on each day of the week.
pub fn every_day(start: &str, end: &str) -> Value {
    ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
        .map(|day| json!({ "dayOfWeek": day, "startTime": start, "endTime": end }))
        .into_iter()
        .collect()
}

/// The text of a JSON string.
#[track_caller]
pub fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// What the transaction service would have stored.
pub enum Taken {
    Booked,
    HeldUntil(Timestamp),
}

/// Stores a booking or hold in the other service's table, as only the administrator may. Answers its id.
pub async fn take(world: &World, court: &Value, date: &str, start: &str, end: &str, taken: Taken) -> Uuid {
    let id = world.new_id();
    let (kind, status, customer, expires_at) = match taken {
        Taken::Booked => ("MANUAL", "CONFIRMED", None, None),
        Taken::HeldUntil(at) => {
            ("CUSTOMER", "PENDING_PAYMENT", Some(world.new_id()), Some(jiff_sqlx::Timestamp::from(at)))
        }
    };
    sqlx::query(
        "INSERT INTO transaction.bookings (id, court_id, owner_id, customer_id, kind, status, booking_date, start_time,
             end_time, duration_minutes, timezone, period, court_name_el, court_type, confirmation_mode,
             hold_expires_at, trace_id, created_at, updated_at)
         VALUES ($1, $2::uuid, $3::uuid, $4, $5, $6, $7::date, $8::time, $9::time,
                 (extract(epoch FROM $9::time - $8::time) / 60)::integer, $10,
                 tstzrange(($7::date + $8::time) AT TIME ZONE $10, ($7::date + $9::time) AT TIME ZONE $10),
                 'Court', 'PADEL', 'INSTANT', $11, 'trace', now(), now())",
    )
    .bind(id)
    .bind(text(&court["id"]))
    .bind(text(&court["ownerId"]))
    .bind(customer)
    .bind(kind)
    .bind(status)
    .bind(date)
    .bind(start)
    .bind(end)
    .bind(text(&court["timezone"]))
    .bind(expires_at)
    .execute(&world.database.admin().await)
    .await
    .expect("a booking");
    id
}

/// A booking as the transaction service would have stored it; one by a customer unless it says otherwise.
pub struct Booked<'a> {
    pub date: &'a str,
    pub start: &'a str,
    pub end: &'a str,
    /// Nobody for a manual booking.
    pub customer: Option<Uuid>,
    pub people: Option<i32>,
    /// The weekly series it belongs to.
    pub series: Option<Uuid>,
    /// `CONFIRMED` or `PENDING_CONFIRMATION`.
    pub status: &'a str,
}

impl Default for Booked<'_> {
    fn default() -> Self {
        Self {
            date: MONDAY,
            start: "10:00",
            end: "11:30",
            customer: None,
            people: None,
            series: None,
            status: "CONFIRMED",
        }
    }
}

impl Booked<'_> {
    /// Stores it as only the administrator may, and answers its id.
    pub async fn store(self, world: &World, court: &Value) -> Uuid {
        let mut connection = world.database.admin().await.acquire().await.expect("a connection");
        self.insert(&mut connection, world.new_id(), court).await
    }

    /// Stores it in the caller's transaction.
    pub async fn insert(self, connection: &mut sqlx::PgConnection, id: Uuid, court: &Value) -> Uuid {
        sqlx::query(
            "INSERT INTO transaction.bookings (id, court_id, owner_id, customer_id, kind, status, booking_date, start_time,
                 end_time, duration_minutes, timezone, period, court_name_el, court_type, confirmation_mode,
                 number_of_people, recurring_group_id, confirmation_deadline, trace_id, created_at, updated_at)
             VALUES ($1, $2::uuid, $3::uuid, $4, $5, $6, $7::date, $8::time, $9::time,
                     (extract(epoch FROM $9::time - $8::time) / 60)::integer, $10,
                     tstzrange(($7::date + $8::time) AT TIME ZONE $10, ($7::date + $9::time) AT TIME ZONE $10),
                     'Court', 'PADEL', 'INSTANT', $11, $12,
                     CASE WHEN $6 = 'PENDING_CONFIRMATION' THEN ($7::date + $8::time) AT TIME ZONE $10 END,
                     'trace', now(), now())",
        )
        .bind(id)
        .bind(text(&court["id"]))
        .bind(text(&court["ownerId"]))
        .bind(self.customer)
        .bind(if self.customer.is_some() { "CUSTOMER" } else { "MANUAL" })
        .bind(self.status)
        .bind(self.date)
        .bind(self.start)
        .bind(self.end)
        .bind(text(&court["timezone"]))
        .bind(self.people)
        .bind(self.series)
        .execute(connection)
        .await
        .expect("a booking");
        id
    }
}

/// An instant some minutes after the clock of the test.
pub fn in_minutes(world: &World, minutes: i64) -> Timestamp {
    world.clock.now() + SignedDuration::from_mins(minutes)
}

/// Publishes an event as the transaction service; answers its id.
pub async fn publish(world: &World, payload: impl Payload) -> Uuid {
    publish_from(world, Source::TransactionService, payload).await
}

/// Publishes an event as one of the services; answers its id.
pub async fn publish_from(world: &World, source: Source, payload: impl Payload) -> Uuid {
    let bus = PgBus::start(
        world.database.transaction().await,
        world.clock.clone(),
        PgBusOptions::default(),
        CancellationToken::new(),
    );
    let (topic, key) = (payload.topic().as_str().to_owned(), payload.key());
    let envelope = Envelope {
        event_id: EventId(world.new_id()),
        source,
        timestamp: world.clock.now(),
        trace_id: "0af7651916cd43dd8448eb211c80319c".to_owned(),
        span_id: "b7ad6b7169203331".to_owned(),
        correlation_id: None,
        payload,
    };
    let payload = envelope.to_json().expect("an event of the contract").to_string().into();
    let outgoing = Outgoing { event_id: envelope.event_id.0, topic, key, headers: Default::default(), payload };
    bus.publish(&[outgoing]).await.expect("a bus");
    envelope.event_id.0
}
