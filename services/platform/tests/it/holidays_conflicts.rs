//! Holidays with bookings in the way, and bookings that arrive at the same moment.

use std::collections::BTreeSet;

use contracts::court::calendar_lock_key;
use contracts::identity::Role;
use contracts::ids::CourtId;
use serde_json::{Value, json};
use sqlx::{Acquire as _, PgPool};
use testkit::{PATIENCE, eventually};
use uuid::Uuid;

use crate::club::{Club, Taken, in_minutes, take, text};
use crate::holidays::{apply, block_events, blocks, custom, dates, national, notices_to};
use crate::support::World;

/// Stores a paid booking of a customer in the other service's table: 20.00 of which 18.00 are the owner's.
async fn book(world: &World, court: &Value, customer: Uuid, status: &str, date: &str, start: &str, end: &str) -> Uuid {
    let id = world.new_id();
    sqlx::query(
        "INSERT INTO transaction.bookings (id, court_id, owner_id, customer_id, kind, status, booking_date, start_time,
             end_time, duration_minutes, timezone, period, court_name_el, court_type, confirmation_mode, amount_cents,
             commission_cents, owner_net_cents, confirmation_deadline, trace_id, created_at, updated_at)
         VALUES ($1, $2::uuid, $3::uuid, $4, 'CUSTOMER', $5, $6::date, $7::time, $8::time,
                 (extract(epoch FROM $8::time - $7::time) / 60)::integer, $9,
                 tstzrange(($6::date + $7::time) AT TIME ZONE $9, ($6::date + $8::time) AT TIME ZONE $9),
                 'Court', 'PADEL', 'INSTANT', 2000, 200, 1800,
                 CASE WHEN $5 = 'PENDING_CONFIRMATION' THEN now() END, 'trace', now(), now())",
    )
    .bind(id)
    .bind(text(&court["id"]))
    .bind(text(&court["ownerId"]))
    .bind(customer)
    .bind(status)
    .bind(date)
    .bind(start)
    .bind(end)
    .bind(text(&court["timezone"]))
    .execute(&world.database.admin().await)
    .await
    .expect("a booking");
    id
}

struct Scene {
    world: World,
    club: Club,
    courts: Vec<Value>,
    maria: Uuid,
    christmas: Value,
    ochi: Value,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let club = Club::new(&world).await;
        let courts = vec![
            club.open_court(&world, json!({ "name": { "el": "Ένα", "en": "One" } })).await,
            club.open_court(&world, json!({ "name": { "el": "Δύο" } })).await,
        ];
        let (maria, _) = world.person(Role::Customer).await;
        let christmas = national(&world, "Christmas Day").await;
        let ochi = national(&world, "Ochi Day").await;
        Self { world, club, courts, maria: maria.0, christmas, ochi }
    }

    async fn apply(&self, changes: Value) -> crate::support::Answer {
        let courts: Vec<&Value> = self.courts.iter().collect();
        apply(&self.world, &self.club, &[&self.christmas, &self.ochi], &courts, changes).await
    }

    async fn nothing_changed(&self) {
        for court in &self.courts {
            assert!(blocks(&self.world, court).await.is_empty());
            assert!(block_events(&self.world, court).await.is_empty());
        }
        assert_eq!(self.world.count("SELECT count(*) FROM court_holidays").await, 0);
        assert!(self.world.events("NOTIFICATION_REQUESTED").await.is_empty());
    }
}

/// HOL-30, HOL-31: ABORT lists what is in the way, by court and date, with names and cents, and changes nothing.
#[tokio::test]
async fn abort_is_a_preview() {
    let scene = Scene::new().await;
    let (world, courts) = (&scene.world, &scene.courts);
    let late = book(world, &courts[0], scene.maria, "CONFIRMED", "2026-12-25", "18:00", "19:30").await;
    let early = take(world, &courts[0], "2026-12-25", "09:30", "11:00", Taken::Booked).await;
    // Neither a day beside it nor what was called off is in the way.
    book(world, &courts[0], scene.maria, "CONFIRMED", "2026-12-24", "18:00", "19:30").await;
    let answer = scene.apply(json!({ "conflictResolution": "ABORT" })).await.refused(409, "HOLIDAY_CONFLICTS");
    let expected = json!([{
        "courtId": courts[0]["id"], "courtName": "Ένα", "date": "2026-12-25", "holidayName": "Χριστούγεννα",
        "existingBookings": [
            { "bookingId": early, "customerName": "", "startTime": "09:30", "endTime": "11:00", "amount": 0 },
            { "bookingId": late, "customerName": "Somebody", "startTime": "18:00", "endTime": "19:30", "amount": 2000 },
        ],
    }]);
    assert_eq!(answer["conflicts"], expected);
    assert_eq!(answer["details"]["conflicts"], expected);
    scene.nothing_changed().await;
    // Without bookings in the way the same call applies.
    let free = apply(world, &scene.club, &[&scene.ochi], &[&courts[0]], json!({ "conflictResolution": "ABORT" })).await;
    assert_eq!(free.expect(200)["overridesCreated"], 1);
}

/// HOL-32: SKIP closes what is free and names what it leaves open; 207 says so.
#[tokio::test]
async fn skip_leaves_booked_dates_open() {
    let scene = Scene::new().await;
    book(&scene.world, &scene.courts[0], scene.maria, "CONFIRMED", "2026-12-25", "18:00", "19:30").await;
    let applied = scene.apply(json!({})).await.expect(207);
    assert_eq!((&applied["success"], &applied["overridesCreated"]), (&json!(true), &json!(3)));
    let skipped = json!([{ "courtId": scene.courts[0]["id"], "date": "2026-12-25", "reason": "EXISTING_BOOKINGS" }]);
    assert_eq!(applied["skippedDates"], skipped);
    assert_eq!(applied["cancelledBookings"], json!([]));
    assert_eq!(dates(&scene.world, &scene.courts[0]).await, ["2026-10-28"]);
    assert_eq!(dates(&scene.world, &scene.courts[1]).await, ["2026-10-28", "2026-12-25"]);
    assert!(scene.world.events("NOTIFICATION_REQUESTED").await.is_empty());
}

/// HOL-33, HOL-34, HOL-35: CANCEL_BOOKINGS blocks, hands the bookings over with the block, and each customer hears once of
/// all bookings, refunds and reasons.
#[tokio::test]
async fn given_up_bookings_leave_with_the_block() {
    let scene = Scene::new().await;
    let (world, courts) = (&scene.world, &scene.courts);
    let (nikos, _) = world.person(Role::Customer).await;
    let first = book(world, &courts[0], scene.maria, "CONFIRMED", "2026-12-25", "18:00", "19:30").await;
    let second = book(world, &courts[1], scene.maria, "CONFIRMED", "2026-10-28", "10:00", "11:30").await;
    let other = book(world, &courts[1], nikos.0, "CONFIRMED", "2026-10-28", "18:00", "19:30").await;
    let guest = take(world, &courts[1], "2026-10-28", "20:00", "21:30", Taken::Booked).await;
    let applied = scene.apply(json!({ "conflictResolution": "CANCEL_BOOKINGS" })).await.expect(200);
    assert_eq!((&applied["overridesCreated"], &applied["skippedDates"]), (&json!(4), &json!([])));
    let row = |booking: Uuid, court: &Value, date: &str, cents: i64| json!({ "bookingId": booking, "courtId": court["id"], "date": date, "refundAmount": cents });
    let listed: BTreeSet<String> =
        applied["cancelledBookings"].as_array().expect("a list").iter().map(Value::to_string).collect();
    let expected = [
        row(first, &courts[0], "2026-12-25", 1800),
        row(second, &courts[1], "2026-10-28", 1800),
        row(other, &courts[1], "2026-10-28", 1800),
        row(guest, &courts[1], "2026-10-28", 0),
    ];
    assert_eq!(listed, expected.iter().map(Value::to_string).collect());

    let events = world.events("AVAILABILITY_UPDATED").await;
    let of_court = |court: &Value| {
        let blocks = events
            .iter()
            .filter(|(key, event)| *key == text(&court["id"]) && event["payload"]["changeType"] == "OVERRIDE_CREATED");
        blocks.map(|(_, event)| event["payload"].clone()).collect::<Vec<_>>()
    };
    let (one, two) = (of_court(&courts[0]), of_court(&courts[1]));
    assert_eq!((one.len(), two.len()), (1, 1), "one event per court");
    assert_eq!(one[0]["cancelBookingIds"], json!([first]));
    assert_eq!((&one[0]["cancellationReason"], &one[0]["customersTold"]), (&json!("Χριστούγεννα"), &json!(true)));
    let ids: BTreeSet<&str> = two[0]["cancelBookingIds"].as_array().expect("ids").iter().map(text).collect();
    let wanted: Vec<String> = [second, other, guest].iter().map(Uuid::to_string).collect();
    assert_eq!(ids, wanted.iter().map(String::as_str).collect());

    let to_maria = notices_to(world, scene.maria).await;
    assert_eq!(to_maria.len(), 1, "{to_maria:?}");
    let (kind, title, body) = &to_maria[0];
    assert_eq!((kind.as_str(), title.as_str()), ("BOOKING_CANCELLED", "Your bookings were cancelled for a holiday"));
    assert_eq!(
        body,
        "Δύο, 28/10/2026, 10:00-11:30. Reason: Επέτειος του Όχι. Refund: €18.00.\n\
         One, 25/12/2026, 18:00-19:30. Reason: Χριστούγεννα. Refund: €18.00."
    );
    assert_eq!(notices_to(world, nikos.0).await.len(), 1);
    assert_eq!(world.events("NOTIFICATION_REQUESTED").await.len(), 2);
}

/// HOL-36: an unconfirmed booking, or a slot that is being paid, is never blocked: skipped, or the whole call is refused.
#[tokio::test]
async fn unsettled_bookings_are_never_blocked() {
    let scene = Scene::new().await;
    let (world, courts) = (&scene.world, &scene.courts);
    let pending = book(world, &courts[0], scene.maria, "PENDING_CONFIRMATION", "2026-12-25", "18:00", "19:30").await;
    take(world, &courts[1], "2026-10-28", "10:00", "11:30", Taken::HeldUntil(in_minutes(world, 5))).await;
    for mode in ["ABORT", "CANCEL_BOOKINGS"] {
        let answer = scene.apply(json!({ "conflictResolution": mode })).await.refused(409, "PENDING_BOOKINGS_ON_DATE");
        let found: BTreeSet<(&str, Option<&str>)> = answer["conflicts"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|conflict| (text(&conflict["date"]), conflict["existingBookings"][0]["bookingId"].as_str()))
            .collect();
        let id = pending.to_string();
        assert_eq!(found, BTreeSet::from([("2026-12-25", Some(id.as_str())), ("2026-10-28", None)]), "{mode}");
        scene.nothing_changed().await;
    }
    let applied = scene.apply(json!({ "conflictResolution": "SKIP" })).await.expect(207);
    let skipped = applied["skippedDates"].as_array().expect("a list");
    assert_eq!((skipped.len(), &applied["overridesCreated"]), (2, &json!(2)));
    assert!(skipped.iter().all(|one| one["reason"] == "PENDING_BOOKINGS"), "{applied:#}");
}

/// HOL-30: hours meet only bookings inside them, and what has begun is no conflict any more.
#[tokio::test]
async fn hours_meet_only_their_bookings() {
    let scene = Scene::new().await;
    let (world, court) = (&scene.world, &scene.courts[0]);
    book(world, court, scene.maria, "CONFIRMED", "2026-12-25", "18:00", "19:30").await;
    let party = |name: &str, from: &str, until: &str| json!({ "nameEl": name, "date": "2026-12-25", "startTime": from, "endTime": until });
    let abort = json!({ "conflictResolution": "ABORT" });
    for (name, from, until, status) in [
        ("Πριν", "16:30", "18:00", 200),
        ("Μετά", "19:30", "21:00", 200),
        ("Αγγίζει", "17:00", "18:01", 409),
        ("Μέσα", "18:30", "19:00", 409),
    ] {
        let made = custom(world, &scene.club, party(name, from, until)).await;
        apply(world, &scene.club, &[&made], &[court], abort.clone()).await.expect(status);
    }
    // It is noon in Athens: this morning's booking is being played or over.
    book(world, court, scene.maria, "CONFIRMED", "2026-05-04", "11:00", "12:30").await;
    let today = custom(world, &scene.club, json!({ "nameEl": "Σήμερα", "date": "2026-05-04" })).await;
    apply(world, &scene.club, &[&today], &[court], abort.clone()).await.expect(200);
}

/// Waits until a statement that begins with `query` waits for a lock.
async fn waits_for_lock(world: &World, query: &str) {
    let admin = world.database.admin().await;
    eventually(&format!("{query} waiting for a lock"), PATIENCE, || {
        let (admin, query) = (admin.clone(), query.to_owned());
        async move {
            let waiting: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%'
                   AND pid <> pg_backend_pid()",
            )
            .bind(query)
            .fetch_one(&admin)
            .await
            .expect("the activity");
            (waiting > 0).then_some(())
        }
    })
    .await;
}

/// What the transaction service does when a hold is placed: the shared lock, the number it was validated against, the row.
async fn place_guarded(pool: PgPool, court: Value, validated: i64) -> Option<Uuid> {
    let id: CourtId = text(&court["id"]).parse().expect("an id");
    let mut transaction = kit::db::begin(&pool).await.expect("a transaction");
    let connection = transaction.acquire().await.expect("a connection");
    let now: Option<i64> = sqlx::query_scalar("SELECT transaction.calendar_version_under_lock($1, $2)")
        .bind(id.0)
        .bind(calendar_lock_key(id))
        .fetch_one(&mut *connection)
        .await
        .expect("the calendar");
    if now != Some(validated) {
        return None;
    }
    let booking: Uuid = sqlx::query_scalar(
        "INSERT INTO transaction.bookings (id, court_id, owner_id, kind, status, booking_date, start_time, end_time,
             duration_minutes, timezone, period, court_name_el, court_type, confirmation_mode, trace_id, created_at,
             updated_at)
         VALUES (gen_random_uuid(), $1, $2::uuid, 'MANUAL', 'CONFIRMED', '2026-12-25', '18:00', '19:30', 90,
                 'Europe/Athens', tstzrange('2026-12-25T16:00Z', '2026-12-25T17:30Z'), 'Court', 'PADEL', 'INSTANT',
                 'trace', now(), now())
         RETURNING id",
    )
    .bind(id.0)
    .bind(text(&court["ownerId"]))
    .fetch_one(&mut *connection)
    .await
    .expect("a booking");
    transaction.commit().await.expect("a commit");
    Some(booking)
}

async fn calendar_version(world: &World, court: &Value) -> i64 {
    sqlx::query_scalar("SELECT calendar_version FROM courts WHERE id = $1::uuid")
        .bind(text(&court["id"]))
        .fetch_one(&world.pool)
        .await
        .expect("a court")
}

/// Bookings on the blocked date that nobody has been told to give up.
async fn unnoticed(world: &World) -> i64 {
    let blocked = "SELECT count(*) FROM transaction.v_court_bookings booking
                   JOIN platform.court_overrides block
                     ON block.court_id = booking.court_id AND block.date = booking.booking_date";
    world.count(blocked).await
}

/// Stops an apply call right between reading the bookings and storing its block: another transaction holds the very same
/// block. Whatever `meanwhile` does then happens in the gap.
async fn apply_with_gap<Done: Future>(scene: &Scene, meanwhile: impl FnOnce() -> Done) -> (Value, Done::Output) {
    let court = &scene.courts[0];
    let mut brake = kit::db::begin(&scene.world.pool).await.expect("a transaction");
    sqlx::query(
        "INSERT INTO court_overrides (id, court_id, date, source, created_by, created_at)
         VALUES (gen_random_uuid(), $1::uuid, '2026-12-25', 'HOLIDAY_CUSTOM', $2, now())",
    )
    .bind(text(&court["id"]))
    .bind(scene.club.owner)
    .execute(&mut *brake)
    .await
    .expect("a block");
    let applying = async { apply(&scene.world, &scene.club, &[&scene.christmas], &[court], json!({})).await };
    let release = async {
        waits_for_lock(&scene.world, "INSERT INTO platform.court_overrides").await;
        let done = meanwhile();
        let (done, ()) = tokio::join!(done, async {
            // Either it is through by now or it waits for the calendar.
            eventually("the booking to be placed or to wait", PATIENCE, || async {
                let admin = scene.world.database.admin().await;
                let settled: bool = sqlx::query_scalar(
                    "SELECT EXISTS (SELECT FROM transaction.bookings)
                         OR EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
                                    AND wait_event = 'advisory' AND query LIKE '%calendar_version_under_lock%')",
                )
                .fetch_one(&admin)
                .await
                .expect("the activity");
                settled.then_some(())
            })
            .await;
            brake.rollback().await.expect("a rollback");
        });
        done
    };
    let (answer, done) = tokio::join!(applying, release);
    (answer.expect(200), done)
}

/// HOL-37: without the calendar lock a booking placed at the same moment ends up on the blocked date and nobody notices.
#[tokio::test]
async fn without_the_lock_a_booking_slips_under_the_block() {
    let scene = Scene::new().await;
    let court = &scene.courts[0];
    let placing = || take(&scene.world, court, "2026-12-25", "18:00", "19:30", Taken::Booked);
    let (applied, _) = apply_with_gap(&scene, placing).await;
    assert_eq!((&applied["overridesCreated"], &applied["skippedDates"]), (&json!(1), &json!([])));
    assert_eq!(unnoticed(&scene.world).await, 1, "the race is real");
}

/// HOL-37: with it the booking waits, sees that the calendar has moved, and is not placed.
#[tokio::test]
async fn with_the_lock_the_booking_sees_the_block() {
    let scene = Scene::new().await;
    let court = &scene.courts[0];
    let validated = calendar_version(&scene.world, court).await;
    let pool = scene.world.database.transaction().await;
    let placing = || place_guarded(pool, court.clone(), validated);
    let (applied, placed) = apply_with_gap(&scene, placing).await;
    assert_eq!((&applied["overridesCreated"], placed), (&json!(1), None));
    assert_eq!(unnoticed(&scene.world).await, 0);
    // Validated anew, the number stands again; the other service would have seen the block.
    let moved = calendar_version(&scene.world, court).await;
    assert_eq!(moved, validated + 1);
}

/// HOL-37: the other way round the block waits for the booking and finds it in the way.
#[tokio::test]
async fn with_the_lock_the_block_sees_the_booking() {
    let scene = Scene::new().await;
    let court = &scene.courts[0];
    let id: CourtId = text(&court["id"]).parse().expect("an id");
    let pool = scene.world.database.transaction().await;
    let mut placing = kit::db::begin(&pool).await.expect("a transaction");
    sqlx::query("SELECT transaction.calendar_version_under_lock($1, $2)")
        .bind(id.0)
        .bind(calendar_lock_key(id))
        .execute(&mut *placing)
        .await
        .expect("the calendar");
    sqlx::query(
        "INSERT INTO transaction.bookings (id, court_id, owner_id, kind, status, booking_date, start_time, end_time,
             duration_minutes, timezone, period, court_name_el, court_type, confirmation_mode, trace_id, created_at,
             updated_at)
         VALUES (gen_random_uuid(), $1, $2::uuid, 'MANUAL', 'CONFIRMED', '2026-12-25', '18:00', '19:30', 90,
                 'Europe/Athens', tstzrange('2026-12-25T16:00Z', '2026-12-25T17:30Z'), 'Court', 'PADEL', 'INSTANT',
                 'trace', now(), now())",
    )
    .bind(id.0)
    .bind(text(&court["ownerId"]))
    .execute(&mut *placing)
    .await
    .expect("a booking");
    let applying = async { apply(&scene.world, &scene.club, &[&scene.christmas], &[court], json!({})).await };
    let committing = async {
        waits_for_lock(&scene.world, "pg_advisory_xact_lock").await;
        placing.commit().await.expect("a commit");
    };
    let (answer, ()) = tokio::join!(applying, committing);
    let answer = answer.expect(207);
    assert_eq!(
        (&answer["overridesCreated"], &answer["skippedDates"][0]["reason"]),
        (&json!(0), &json!("EXISTING_BOOKINGS"))
    );
    assert_eq!(unnoticed(&scene.world).await, 0);
}
