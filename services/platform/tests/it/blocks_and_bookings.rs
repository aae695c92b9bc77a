//! Blocks and windows that meet bookings: what is cancelled, what is asked about, and that no booking slips through.

use contracts::court::calendar_lock_key;
use contracts::identity::Role;
use contracts::ids::CourtId;
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::{PATIENCE, eventually};
use uuid::Uuid;

use crate::club::{Booked, Club, MONDAY, Taken, every_day, in_minutes, take, text};
use crate::support::{Answer, World};

fn overrides(court: &Value) -> String {
    format!("/api/courts/{}/availability/overrides", text(&court["id"]))
}

async fn block(world: &World, club: &Club, court: &Value, body: Value) -> Answer {
    world.post(&overrides(court)).bearer(&club.token).json(&body).send().await
}

/// The newest announcement about openings.
async fn announced(world: &World) -> Value {
    world.events("AVAILABILITY_UPDATED").await.pop().expect("an event").1["payload"].clone()
}

/// COURT-30: instances of series give way at once; the event carries them and what their customers are told.
#[tokio::test]
async fn series_give_way_to_a_block() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let series = Some(world.new_id());
    let customer = Some(world.person(Role::Customer).await.0.0);
    let hit = Booked { series, customer, ..Booked::default() }.store(&world, &court).await;
    Booked { series, customer, date: "2026-06-08", ..Booked::default() }.store(&world, &court).await;
    Booked { start: "14:00", end: "15:30", ..Booked::default() }.store(&world, &court).await;
    let part = json!({ "date": MONDAY, "startTime": "09:00", "endTime": "12:00", "reason": "New <b>nets</b>" });
    let created = block(&world, &club, &court, part).await.expect(201);
    assert_eq!(created["reason"], "New nets");
    let event = announced(&world).await;
    assert_eq!(event["cancelBookingIds"], json!([hit]));
    assert_eq!(event["cancellationReason"], "New nets");
    assert_eq!(event["changeType"], "OVERRIDE_CREATED");
}

/// COURT-30: one-off bookings are asked about, with everything that would go; until the yes nothing has changed.
#[tokio::test]
async fn one_off_bookings_are_asked_about() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let series = Booked { series: Some(world.new_id()), customer: Some(world.new_id()), ..Booked::default() };
    let series = series.store(&world, &court).await;
    let manual = Booked { start: "12:00", end: "13:30", ..Booked::default() }.store(&world, &court).await;
    let pending = Booked {
        start: "16:00",
        end: "17:30",
        status: "PENDING_CONFIRMATION",
        customer: Some(world.new_id()),
        ..Booked::default()
    };
    let pending = pending.store(&world, &court).await;
    let events = world.count("SELECT count(*) FROM outbox").await;
    let asked = block(&world, &club, &court, json!({ "date": MONDAY })).await.refused(422, "CHANGE_AFFECTS_BOOKINGS");
    let one = |id: Uuid| json!({ "bookingId": id, "date": MONDAY, "impact": "BLOCKED", "impacts": ["BLOCKED"] });
    assert_eq!(asked["details"]["affectedBookings"], json!([one(series), one(manual), one(pending)]));
    assert_eq!(asked["details"]["requiresConfirmation"], true);
    assert_eq!(world.count("SELECT count(*) FROM court_overrides").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM outbox").await, events);
    block(&world, &club, &court, json!({ "date": MONDAY, "confirmed": true })).await.expect(201);
    let event = announced(&world).await;
    assert_eq!(event["cancelBookingIds"], json!([series, manual, pending]));
    assert!(text(&event["cancellationReason"]).contains("not be available"));
}

/// COURT-30, COURT-31: windows that shrink over bookings ask, series or not; wider ones never do.
#[tokio::test]
async fn shrinking_windows_ask() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let morning = Booked { start: "08:00", end: "09:30", ..Booked::default() }.store(&world, &court).await;
    let series = Booked {
        series: Some(world.new_id()),
        customer: Some(world.new_id()),
        start: "21:30",
        end: "23:00",
        ..Booked::default()
    };
    let series = series.store(&world, &court).await;
    Booked { start: "12:00", end: "13:30", ..Booked::default() }.store(&world, &court).await;
    let path = format!("/api/courts/{}/availability/windows", text(&court["id"]));
    let put = async |body: Value| world.put(&path).bearer(&club.token).json(&body).send().await;
    let narrow = every_day("09:00", "22:00");
    let asked = put(json!({ "windows": narrow })).await.refused(422, "CHANGE_AFFECTS_BOOKINGS");
    let affected = asked["details"]["affectedBookings"].as_array().expect("a list");
    assert_eq!(
        affected.iter().map(|one| one["bookingId"].clone()).collect::<Vec<_>>(),
        [json!(morning), json!(series)]
    );
    assert_eq!(affected[0]["impact"], "OUTSIDE_OPENING_TIMES");
    let stored = world.get(&path).bearer(&club.token).send().await.expect(200);
    assert_eq!(stored["windows"][0]["startTime"], "08:00");
    put(json!({ "windows": every_day("07:00", "23:30") })).await.expect(200);
    put(json!({ "windows": narrow, "confirmed": true })).await.expect(200);
    let event = announced(&world).await;
    assert_eq!(event["changeType"], "RECURRING_WINDOWS_UPDATED");
    assert_eq!(event["cancelBookingIds"], json!([morning, series]));
    // What lies outside by now has been dealt with and is not asked about again.
    put(json!({ "windows": every_day("09:00", "21:30") })).await.expect(200);
    assert_eq!(announced(&world).await["cancelBookingIds"], Value::Null);
}

/// COURT-30: bookings that have begun or lie elsewhere are nobody's concern.
#[tokio::test]
async fn only_bookings_to_come_in_the_block_count() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let other = club.open_court(&world, json!({})).await;
    // It is 12:00 in Athens.
    Booked { date: "2026-05-04", start: "11:00", end: "12:30", ..Booked::default() }.store(&world, &court).await;
    Booked { date: "2026-05-04", start: "14:00", end: "15:30", ..Booked::default() }.store(&world, &other).await;
    Booked { date: "2026-05-05", start: "14:00", end: "15:30", ..Booked::default() }.store(&world, &court).await;
    block(&world, &club, &court, json!({ "date": "2026-05-04" })).await.expect(201);
    assert_eq!(announced(&world).await["cancelBookingIds"], Value::Null);
}

/// COURT-30: while somebody pays for a slot in the block, nobody can say whether it is a booking; the block waits.
#[tokio::test]
async fn a_block_waits_for_a_payment_under_way() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    take(&world, &court, MONDAY, "10:00", "11:30", Taken::HeldUntil(in_minutes(&world, 5))).await;
    let waits = block(&world, &club, &court, json!({ "date": MONDAY, "confirmed": true })).await;
    assert_eq!(waits.headers["retry-after"], "300");
    waits.refused(409, "SLOT_BEING_BOOKED");
    let beside = json!({ "date": MONDAY, "startTime": "12:00", "endTime": "13:00" });
    block(&world, &club, &court, beside).await.expect(201);
    world.clock.advance(jiff::SignedDuration::from_mins(5));
    let rest = json!({ "date": MONDAY, "startTime": "08:00", "endTime": "12:00" });
    block(&world, &club, &court, rest).await.expect(201);
}

/// HOL-43, COURT-29: a changed block is the owner's own, whatever made it; only what it newly meets is asked about.
#[tokio::test]
async fn a_block_is_changed() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let holiday = world.new_id();
    // The day is Whit Monday.
    let template: Uuid = sqlx::query_scalar("SELECT id FROM holiday_templates WHERE date_pattern = 'EASTER_OFFSET:50'")
        .fetch_one(&world.pool)
        .await
        .expect("a holiday");
    sqlx::query(
        "INSERT INTO court_overrides (id, court_id, date, reason, source, holiday_template_id, created_by, created_at)
         VALUES ($1, $2::uuid, $3::date, 'Holiday', 'HOLIDAY_NATIONAL', $4, $5, now())",
    )
    .bind(holiday)
    .bind(text(&court["id"]))
    .bind(MONDAY)
    .bind(template)
    .bind(club.owner)
    .execute(&world.pool)
    .await
    .expect("a holiday");
    // Left there on purpose when the holiday was made.
    Booked { start: "18:00", end: "19:30", ..Booked::default() }.store(&world, &court).await;
    let next_day = Booked { date: "2026-06-02", ..Booked::default() }.store(&world, &court).await;
    let path = format!("{}/{holiday}", overrides(&court));
    let put = async |body: Value| world.put(&path).bearer(&club.token).json(&body).send().await;
    let changed =
        put(json!({ "date": MONDAY, "startTime": "16:00", "endTime": "22:00", "reason": "Cup" })).await.expect(200);
    assert_eq!(
        changed,
        json!({ "id": holiday, "date": MONDAY, "startTime": "16:00", "endTime": "22:00", "reason": "Cup",
                "source": "MANUAL", "holidayTemplateId": null })
    );
    let moved = json!({ "date": "2026-06-02", "reason": "Cup" });
    let asked = put(moved.clone()).await.refused(422, "CHANGE_AFFECTS_BOOKINGS");
    assert_eq!(asked["details"]["affectedBookings"][0]["bookingId"], next_day.to_string());
    let mut confirmed = moved;
    confirmed["confirmed"] = json!(true);
    put(confirmed).await.expect(200);
    let events = world.events("AVAILABILITY_UPDATED").await;
    let last: Vec<_> = events[events.len() - 2..].iter().map(|(_, event)| event["payload"].clone()).collect();
    assert_eq!(
        (&last[0]["changeType"], &last[0]["affectedDateRange"]["from"]),
        (&json!("OVERRIDE_DELETED"), &json!(MONDAY))
    );
    assert_eq!(last[1]["cancelBookingIds"], json!([next_day]));

    let other = block(&world, &club, &court, json!({ "date": MONDAY, "startTime": "08:00", "endTime": "09:00" }))
        .await
        .expect(201);
    put(json!({ "date": MONDAY, "startTime": "08:30", "endTime": "10:00" })).await.refused(409, "OVERRIDE_OVERLAP");
    assert_eq!(put(json!({ "date": MONDAY, "startTime": "08:30" })).await.wrong_fields(), ["startTime"]);
    let unknown = format!("{}/{}", overrides(&court), world.new_id());
    let body = json!({ "date": MONDAY });
    world.put(&unknown).bearer(&club.token).json(&body).send().await.refused(404, "OVERRIDE_NOT_FOUND");
    let (_, rival) = world.person(Role::CourtOwner).await;
    world.put(&path).bearer(&rival).json(&body).send().await.refused(403, "AUTHZ_NOT_OWNER");
    // COURT-24: a block of another court is not there.
    let elsewhere = club.open_court(&world, json!({})).await;
    let foreign = format!("{}/{}", overrides(&elsewhere), text(&other["id"]));
    world.put(&foreign).bearer(&club.token).json(&body).send().await.refused(404, "OVERRIDE_NOT_FOUND");
}

/// What the transaction service does when it places a booking: under the court's shared lock it compares the calendar with
/// the one the slot was checked against, then stores.
struct Checkout {
    pool: PgPool,
    court: CourtId,
    checked: i64,
}

impl Checkout {
    async fn of(world: &World, court: &Value) -> Self {
        let court_id = CourtId(text(&court["id"]).parse().expect("an id"));
        let checked = sqlx::query_scalar("SELECT calendar_version FROM courts WHERE id = $1")
            .bind(court_id.0)
            .fetch_one(&world.pool)
            .await
            .expect("a court");
        Self { pool: world.database.transaction().await, court: court_id, checked }
    }

    /// A transaction that has taken the lock; `None` when the calendar moved since the slot was checked.
    async fn begin(&self) -> Option<sqlx::Transaction<'static, sqlx::Postgres>> {
        let mut transaction = kit::db::begin(&self.pool).await.expect("a transaction");
        let now: Option<i64> = sqlx::query_scalar("SELECT transaction.calendar_version_under_lock($1, $2)")
            .bind(self.court.0)
            .bind(calendar_lock_key(self.court))
            .fetch_one(&mut *transaction)
            .await
            .expect("the guard");
        (now == Some(self.checked)).then_some(transaction)
    }
}

/// COURT-30, HOL-37: a booking that ignores the calendar lock is missed by a block that is made meanwhile: the date is
/// blocked, the booking stands, and nobody is told.
#[tokio::test]
async fn without_the_lock_a_booking_is_lost() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let checkout = Checkout::of(&world, &court).await;
    let mut careless = kit::db::begin(&checkout.pool).await.expect("a transaction");
    Booked::default().insert(&mut careless, world.new_id(), &court).await;
    block(&world, &club, &court, json!({ "date": MONDAY })).await.expect(201);
    careless.commit().await.expect("booked");
    assert_eq!(announced(&world).await["cancelBookingIds"], Value::Null);
    let standing: i64 =
        sqlx::query_scalar("SELECT count(*) FROM transaction.v_court_bookings WHERE status = 'CONFIRMED'")
            .fetch_one(&world.pool)
            .await
            .expect("a count");
    assert_eq!((standing, world.count("SELECT count(*) FROM court_overrides").await), (1, 1));
}

/// COURT-30, HOL-37: with the lock the block waits for the booking and asks about it; a booking that comes later sees that
/// the calendar has moved.
#[tokio::test]
async fn with_the_lock_no_booking_is_lost() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let checkout = Checkout::of(&world, &court).await;
    let mut careful = checkout.begin().await.expect("nothing has changed yet");
    let booking = Booked::default().insert(&mut careful, world.new_id(), &court).await;
    let blocking = block(&world, &club, &court, json!({ "date": MONDAY }));
    let booking_first = async {
        let admin = world.database.admin().await;
        eventually("the block waits for the booking", PATIENCE, async || {
            let waiting: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            )
            .fetch_one(&admin)
            .await
            .expect("the locks");
            (waiting == 1).then_some(())
        })
        .await;
        careful.commit().await.expect("booked");
    };
    let (answer, ()) = tokio::join!(blocking, booking_first);
    let asked = answer.refused(422, "CHANGE_AFFECTS_BOOKINGS");
    assert_eq!(asked["details"]["affectedBookings"][0]["bookingId"], booking.to_string());

    let late = Checkout::of(&world, &court).await;
    block(&world, &club, &court, json!({ "date": MONDAY, "confirmed": true })).await.expect(201);
    assert_eq!(announced(&world).await["cancelBookingIds"], json!([booking]));
    assert!(late.begin().await.is_none(), "the slot was checked against the calendar before the block");
}

/// COURT-30, HOL-37: whoever is faster, in each of many races either the booking sees the block or the block sees the
/// booking.
#[tokio::test]
async fn block_and_booking_always_see_each_other() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let (mut booked_first, mut blocked_first) = (0, 0);
    for round in 0..24_u32 {
        let date = format!("2026-07-{:02}", round + 1);
        let checkout = Checkout::of(&world, &court).await;
        let body = json!({ "date": date });
        let blocking = block(&world, &club, &court, body);
        let booking = async {
            // Lets the other side get further in each round before this one begins.
            for _ in 0..round {
                tokio::task::yield_now().await;
            }
            let Some(mut transaction) = checkout.begin().await else { return false };
            Booked { date: &date, ..Booked::default() }.insert(&mut transaction, world.new_id(), &court).await;
            transaction.commit().await.expect("booked");
            true
        };
        let (answer, booked) = tokio::join!(blocking, booking);
        if booked {
            answer.refused(422, "CHANGE_AFFECTS_BOOKINGS");
            booked_first += 1;
        } else {
            answer.expect(201);
            blocked_first += 1;
        }
    }
    assert_eq!(booked_first + blocked_first, 24);
}
