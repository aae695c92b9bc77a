//! `GET /api/courts/{courtId}/availability` and what the other service asks about slots.

use contracts::booking::Slot;
use contracts::court::TimeOfDay;
use contracts::events::SlotHeld;
use contracts::identity::Role;
use contracts::ids::CourtId;
use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::{PATIENCE, eventually};

use crate::club::{Club, MONDAY, Taken, every_day, in_minutes, publish, take, text};
use crate::support::{INTERNAL_KEY, World};

/// `start status price` of each slot.
fn lines(answer: &Value) -> Vec<String> {
    answer["slots"]
        .as_array()
        .expect("a list of slots")
        .iter()
        .map(|slot| format!("{} {} {}", text(&slot["startTime"]), text(&slot["status"]), slot["priceCents"]))
        .collect()
}

/// LIVE-01, LIVE-02, LIVE-09, LIVE-12, PRICE-12: slots with status and price, and nothing about people.
#[tokio::test]
async fn a_day_has_slots_with_status_and_price() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({ "durationMinutes": 60 })).await;
    club.open(&world, &court, &every_day("09:00", "15:30")).await;
    let id = text(&court["id"]);
    take(&world, &court, MONDAY, "10:00", "11:00", Taken::Booked).await;
    take(&world, &court, MONDAY, "11:00", "12:00", Taken::HeldUntil(in_minutes(&world, 5))).await;
    take(&world, &court, MONDAY, "12:00", "13:00", Taken::HeldUntil(in_minutes(&world, 0))).await;
    let block = json!({ "date": MONDAY, "startTime": "13:30", "endTime": "14:00", "reason": "Nets" });
    let path = format!("/api/courts/{id}/availability/overrides");
    world.post(&path).bearer(&club.token).json(&block).send().await.expect(201);
    let rules = json!({ "rules": [
        { "dayOfWeek": "MONDAY", "startTime": "14:00", "endTime": "15:00", "multiplier": 1.25 },
    ]});
    world.put(&format!("/api/courts/{id}/pricing")).bearer(&club.token).json(&rules).send().await.expect(200);

    let (_, customer) = world.person(Role::Customer).await;
    let path = format!("/api/courts/{id}/availability?date={MONDAY}");
    let day = world.get(&path).bearer(&customer).send().await.expect(200);
    assert_eq!(
        lines(&day),
        [
            "09:00 AVAILABLE 2000",
            "10:00 BOOKED 2000",
            "11:00 TEMPORARILY_HELD 2000",
            "12:00 AVAILABLE 2000",
            "13:00 BLOCKED 2000",
            "14:00 AVAILABLE 2500"
        ]
    );
    assert_eq!((&day["courtId"], &day["date"]), (&court["id"], &json!(MONDAY)));
    assert_eq!((&day["timezone"], &day["cacheStatus"]), (&json!("Europe/Athens"), &json!("MISS")));
    let members: Vec<&String> = day["slots"][1].as_object().expect("a slot").keys().collect();
    assert_eq!(members, ["endTime", "priceCents", "startTime", "status"]);

    // BOOK-12: two sessions cost twice as much and need both to be free.
    let double = world.get(&format!("{path}&durationMinutes=120")).bearer(&customer).send().await.expect(200);
    assert_eq!(
        lines(&double),
        [
            "09:00 BOOKED 4000",
            "10:00 BOOKED 4000",
            "11:00 TEMPORARILY_HELD 4000",
            "12:00 BLOCKED 4000",
            "13:00 BLOCKED 4000"
        ]
    );
    // LIVE-02: outside the windows there are no slots. The booking is given up with them, the hold has lapsed.
    world.clock.advance(SignedDuration::from_mins(5));
    let tuesday = json!([{ "dayOfWeek": "TUESDAY", "startTime": "09:00", "endTime": "10:00" }]);
    let windows = format!("/api/courts/{id}/availability/windows");
    let body = json!({ "windows": tuesday, "confirmed": true });
    world.put(&windows).bearer(&club.token).json(&body).send().await.expect(200);
    let closed = world.get(&path).bearer(&customer).send().await.expect(200);
    assert_eq!(closed["slots"], json!([]));
}

/// BOOK-20, BOOK-22: no slot begins or ends in a skipped hour; a repeated one is offered once.
#[tokio::test]
async fn clock_changes_leave_no_impossible_slot() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({ "durationMinutes": 60 })).await;
    club.open(&world, &court, &every_day("01:00", "06:00")).await;
    let starts = async |date: &str| {
        let path = format!("/api/courts/{}/availability?date={date}", text(&court["id"]));
        let day = world.get(&path).bearer(&club.token).send().await.expect(200);
        let slots = day["slots"].as_array().expect("a list").clone();
        slots.iter().map(|slot| text(&slot["startTime"]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(starts("2027-03-28").await, ["01:00", "04:00", "05:00"]);
    assert_eq!(starts("2026-10-25").await, ["01:00", "02:00", "03:00", "04:00", "05:00"]);
}

/// LIVE-01: bad parameters are named, unknown and hidden courts do not exist.
#[tokio::test]
async fn nonsense_is_refused() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let (_, customer) = world.person(Role::Customer).await;
    let ask = async |id: &str, query: &str| {
        world.get(&format!("/api/courts/{id}/availability?{query}")).bearer(&customer).send().await
    };
    let id = text(&court["id"]);
    for (query, field) in [
        ("", "date"),
        ("date=tomorrow", "date"),
        ("date=2026-02-30", "date"),
        ("date=9999-12-31", "date"),
        ("date=-009999-01-01", "date"),
        ("date=1999-12-31", "date"),
        ("date=2026-06-01&durationMinutes=0", "durationMinutes"),
        ("date=2026-06-01&durationMinutes=-90", "durationMinutes"),
        ("date=2026-06-01&durationMinutes=60", "durationMinutes"),
        ("date=2026-06-01&durationMinutes=1440", "durationMinutes"),
        ("date=2026-06-01&durationMinutes=4294967295", "durationMinutes"),
    ] {
        assert_eq!(ask(id, query).await.wrong_fields(), [field], "{query}");
    }
    ask(&world.new_id().to_string(), "date=2026-06-01").await.refused(404, "COURT_NOT_FOUND");
    club.set_standing(&world, true, "RESTRICTED").await;
    ask(id, "date=2026-06-02").await.refused(404, "COURT_NOT_FOUND");
    let path = format!("/api/courts/{id}/availability?date=2026-06-02");
    world.get(&path).bearer(&club.token).send().await.expect(200);
}

/// LIVE-03, LIVE-05, FIND-48: a second reader gets the kept day, until five minutes have passed or an owner changes it.
#[tokio::test]
async fn a_day_is_kept_until_it_changes() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let path = format!("/api/courts/{}/availability?date={MONDAY}", text(&court["id"]));
    let ask = async || world.get(&path).bearer(&club.token).send().await.expect(200);
    assert_eq!(ask().await["cacheStatus"], "MISS");
    assert_eq!(ask().await["cacheStatus"], "HIT");
    world.clock.advance(SignedDuration::from_secs(299));
    assert_eq!(ask().await["cacheStatus"], "HIT");
    world.clock.advance(SignedDuration::from_secs(2));
    assert_eq!(ask().await["cacheStatus"], "MISS");

    let id = text(&court["id"]);
    let version = json!({ "version": 1, "basePriceCents": 3000 });
    let changes = [
        ("PUT", format!("/api/courts/{id}"), version, 200),
        (
            "PUT",
            format!("/api/courts/{id}/availability/windows"),
            json!({ "windows": every_day("09:00", "12:00") }),
            200,
        ),
        ("POST", format!("/api/courts/{id}/availability/overrides"), json!({ "date": MONDAY }), 201),
        ("PUT", format!("/api/courts/{id}/pricing"), json!({}), 200),
    ];
    for (method, change, body, status) in changes {
        assert_eq!(ask().await["cacheStatus"], "HIT");
        world.call(method, &change).bearer(&club.token).json(&body).send().await.expect(status);
        assert_eq!(ask().await["cacheStatus"], "MISS", "after {method} {change}");
    }
    assert_eq!(lines(&ask().await), ["09:00 BLOCKED 3000", "10:30 BLOCKED 3000"]);
}

/// AUTHZ-15, COURT-33: a court that becomes visible is shown at once, whoever looked at it while it was hidden.
#[tokio::test]
async fn a_hidden_day_is_not_kept() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    club.set_standing(&world, false, "NOT_STARTED").await;
    let court = club.open_court(&world, json!({})).await;
    let (_, customer) = world.person(Role::Customer).await;
    let path = format!("/api/courts/{}/availability?date={MONDAY}", text(&court["id"]));
    world.get(&path).bearer(&customer).send().await.refused(404, "COURT_NOT_FOUND");
    let own = world.get(&path).bearer(&club.token).send().await.expect(200);
    assert_eq!(own["cacheStatus"], "MISS");
    club.set_standing(&world, true, "NOT_STARTED").await;
    assert_eq!(lines(&world.get(&path).bearer(&customer).send().await.expect(200)).len(), 10);
}

/// LIVE-09: a kept hold ends on time without any message.
#[tokio::test]
async fn a_kept_hold_ends_by_the_clock() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    club.open(&world, &court, &every_day("09:00", "10:30")).await;
    take(&world, &court, MONDAY, "09:00", "10:30", Taken::HeldUntil(in_minutes(&world, 1))).await;
    let path = format!("/api/courts/{}/availability?date={MONDAY}", text(&court["id"]));
    let ask = async || world.get(&path).bearer(&club.token).send().await.expect(200);
    assert_eq!(lines(&ask().await), ["09:00 TEMPORARILY_HELD 2000"]);
    world.clock.advance(SignedDuration::from_mins(1));
    let later = ask().await;
    assert_eq!((lines(&later), &later["cacheStatus"]), (vec!["09:00 AVAILABLE 2000".to_owned()], &json!("HIT")));
}

/// LIVE-16, EVT-17: an event of the other service drops the kept day of its court and date, and no other.
#[tokio::test]
async fn events_of_bookings_drop_the_kept_day() {
    let world = World::new().await;
    world.run_tasks();
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    club.open(&world, &court, &every_day("09:00", "10:30")).await;
    let ask = async |date: &str| {
        let path = format!("/api/courts/{}/availability?date={date}", text(&court["id"]));
        world.get(&path).bearer(&club.token).send().await.expect(200)
    };
    // The follower clears everything when it begins, and hears of the new windows: wait until both are over.
    eventually("both days are kept", PATIENCE, async || {
        let kept = [ask(MONDAY).await, ask("2026-06-02").await];
        kept.iter().all(|day| day["cacheStatus"] == "HIT").then_some(())
    })
    .await;
    take(&world, &court, MONDAY, "09:00", "10:30", Taken::HeldUntil(in_minutes(&world, 5))).await;
    let held = SlotHeld {
        court_id: CourtId(text(&court["id"]).parse().expect("an id")),
        slot: Slot {
            date: MONDAY.parse().expect("a date"),
            start_time: TimeOfDay::new(9, 0).expect("a time"),
            end_time: TimeOfDay::new(10, 30).expect("a time"),
        },
        hold_expires_at: in_minutes(&world, 5),
        held_by_user_id: None,
    };
    publish(&world, held).await;
    eventually("the hold is seen", PATIENCE, async || {
        (lines(&ask(MONDAY).await) == ["09:00 TEMPORARILY_HELD 2000"]).then_some(())
    })
    .await;
}

async fn validate(world: &World, court: &Value, query: &str) -> crate::support::Answer {
    let path = format!("/internal/courts/{}/validate-slot?{query}", text(&court["id"]));
    world.internal("GET", &path).header("x-internal-api-key", INTERNAL_KEY).send().await
}

/// BOOK-11, BOOK-12, COURT-32: the first reason why a slot cannot be booked, asked of the database and not of a cache.
#[tokio::test]
async fn a_slot_is_validated() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({ "durationMinutes": 60 })).await;
    let reason = async |start: &str, end: &str| {
        let query = format!("date={MONDAY}&startTime={start}&endTime={end}");
        let answer = validate(&world, &court, &query).await.expect(200);
        assert_eq!(answer["available"], json!(answer["reason"].is_null()));
        answer["reason"].as_str().map(str::to_owned)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(reason("08:00", "09:00").await, None);
    assert_eq!(reason("08:00", "11:00").await, None);
    assert_eq!(reason("07:00", "08:00").await, some("OUTSIDE_AVAILABILITY_WINDOW"));
    assert_eq!(reason("22:30", "23:30").await, some("OUTSIDE_AVAILABILITY_WINDOW"));
    assert_eq!(reason("10:07", "11:07").await, some("SLOT_DURATION_MISMATCH"));
    assert_eq!(reason("10:00", "11:30").await, some("SLOT_DURATION_MISMATCH"));

    take(&world, &court, MONDAY, "12:00", "13:00", Taken::Booked).await;
    take(&world, &court, MONDAY, "14:00", "15:00", Taken::HeldUntil(in_minutes(&world, 5))).await;
    assert_eq!(reason("12:00", "13:00").await, some("SLOT_CONFLICT"));
    assert_eq!(reason("14:00", "15:00").await, some("SLOT_CONFLICT"));
    // LIVE-09: an expired hold counts no longer, cleaned up or not.
    world.clock.advance(SignedDuration::from_mins(5));
    assert_eq!(reason("14:00", "15:00").await, None);

    let block = json!({ "date": MONDAY, "startTime": "16:00", "endTime": "17:00", "reason": "New nets" });
    let path = format!("/api/courts/{}/availability/overrides", text(&court["id"]));
    world.post(&path).bearer(&club.token).json(&block).send().await.expect(201);
    let blocked = validate(&world, &court, &format!("date={MONDAY}&startTime=16:00&endTime=17:00")).await.expect(200);
    assert_eq!((&blocked["reason"], &blocked["overrideReason"]), (&json!("OVERRIDE_BLOCKED"), &json!("New nets")));

    club.set_standing(&world, true, "DISABLED").await;
    assert_eq!(reason("08:00", "09:00").await, some("COURT_NOT_VISIBLE"));
    club.set_standing(&world, false, "ACTIVE").await;
    assert_eq!(reason("08:00", "09:00").await, some("COURT_OWNER_NOT_VERIFIED"));
}

/// BOOK-22, BOOK-23: impossible times and absurd dates are 400.
#[tokio::test]
async fn impossible_slots_are_refused() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    for query in ["date=2027-03-28&startTime=03:30&endTime=05:00", "date=2027-03-28&startTime=02:00&endTime=03:30"] {
        validate(&world, &court, query).await.refused(400, "INVALID_TIME_DST_GAP");
    }
    for (query, field) in [
        ("date=2026-06-01&startTime=10:00&endTime=10:00", "endTime"),
        ("date=2026-06-01&startTime=23:00&endTime=01:00", "endTime"),
        ("date=2026-06-01&startTime=23:00&endTime=24:00", "endTime"),
        ("date=2026-06-01&startTime=10:0&endTime=11:00", "startTime"),
        ("date=9999-12-31&startTime=10:00&endTime=11:00", "date"),
        ("startTime=10:00&endTime=11:00", "date"),
    ] {
        assert_eq!(validate(&world, &court, query).await.wrong_fields(), [field], "{query}");
    }
}

/// LIVE-41, LIVE-42, BOOK-06: whole days with hold ends and prices, never from the cache.
#[tokio::test]
async fn the_other_service_reads_whole_days() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    club.open(&world, &court, &every_day("09:00", "12:00")).await;
    let until = in_minutes(&world, 5);
    take(&world, &court, MONDAY, "09:00", "10:30", Taken::HeldUntil(until)).await;
    let id = text(&court["id"]);
    let ask = async |query: &str| {
        let path = format!("/internal/courts/{id}/availability?{query}");
        world.internal("GET", &path).header("x-internal-api-key", INTERNAL_KEY).send().await
    };
    let range = ask("fromDate=2026-06-01&toDate=2026-06-14").await.expect(200);
    let days = range["days"].as_array().expect("a list");
    assert_eq!((days.len(), &range["timezone"]), (14, &json!("Europe/Athens")));
    assert_eq!(
        days[0]["slots"],
        json!([
            { "startTime": "09:00", "endTime": "10:30", "status": "HELD", "holdExpiresAt": until, "priceCents": 2000 },
            { "startTime": "10:30", "endTime": "12:00", "status": "AVAILABLE", "priceCents": 2000 },
        ])
    );
    assert_eq!(days[1]["slots"][0]["status"], "AVAILABLE");
    let double = ask("fromDate=2026-06-02&toDate=2026-06-02&durationMinutes=180").await.expect(200);
    assert_eq!(double["days"][0]["slots"].as_array().map(Vec::len), Some(1));
    assert_eq!(double["days"][0]["slots"][0]["priceCents"], 4000);
    for query in [
        "fromDate=2026-06-02&toDate=2026-06-01",
        "fromDate=2026-06-01&toDate=2026-12-01",
        "fromDate=2026-06-01&toDate=9999-12-31",
        "fromDate=-009999-01-01&toDate=2026-06-01",
        "fromDate=2026-06-01&toDate=2026-06-01&durationMinutes=-90",
        "fromDate=2026-06-01&toDate=2026-06-01&durationMinutes=91",
    ] {
        ask(query).await.refused(400, "VALIDATION_ERROR");
    }
}
