//! `POST /api/holidays/apply` without bookings in the way; what is in the way stands in `holidays_conflicts`.

use std::time::Instant;

use serde_json::{Value, json};

use crate::club::{Club, text};
use crate::holidays::{apply, block_events, blocks, custom, dates, national};
use crate::support::World;

async fn all_national(world: &World) -> Vec<Value> {
    let list = world.get("/api/holidays/national").send().await.expect(200);
    list["holidays"].as_array().expect("a list").clone()
}

/// HOL-19, HOL-22, HOL-23, HOL-24, HOL-25, HOL-26, HOL-27, HOL-28, HOL-52: blocks of the current year from today on, one event per court, a row that remembers;
/// again makes nothing new.
#[tokio::test]
async fn holidays_close_courts() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let courts = [club.open_court(&world, json!({})).await, club.open_court(&world, json!({})).await];
    let holidays = all_national(&world).await;
    let holidays: Vec<&Value> = holidays.iter().collect();
    let wanted = [&courts[0], &courts[1], &courts[0]];
    let applied = apply(&world, &club, &holidays, &wanted, json!({})).await.expect(200);
    let expected = json!({
        "success": true, "courtsAffected": 2, "holidaysApplied": 5, "overridesCreated": 10, "skippedDates": [],
        "cancelledBookings": [],
    });
    assert_eq!(applied, expected);
    for court in &courts {
        let stored = blocks(&world, court).await;
        let dates: Vec<&str> = stored.iter().map(|block| block.0.as_str()).collect();
        assert_eq!(dates, ["2026-06-01", "2026-08-15", "2026-10-28", "2026-12-25", "2026-12-26"]);
        assert_eq!(
            stored[3],
            ("2026-12-25".to_owned(), None, None, "Χριστούγεννα".to_owned(), "HOLIDAY_NATIONAL".to_owned(), true)
        );
        let created = ("OVERRIDE_CREATED".to_owned(), "2026-06-01".to_owned(), "2026-12-26".to_owned());
        assert_eq!(block_events(&world, court).await, [created]);
        // HOL-26: to customers the day is blocked like any other.
        let path = format!("/api/courts/{}/availability?date=2026-12-25", text(&court["id"]));
        let day = world.get(&path).bearer(&club.token).send().await.expect(200);
        let slots = day["slots"].as_array().expect("slots");
        assert!(!slots.is_empty() && slots.iter().all(|slot| slot["status"] == "BLOCKED"), "{day:#}");
    }
    assert_eq!(world.count("SELECT count(*) FROM court_holidays WHERE auto_renew").await, 26);
    assert_eq!(world.count("SELECT count(*) FROM audit_log WHERE action = 'HOLIDAY_APPLIED'").await, 13);

    let again = apply(&world, &club, &holidays, &wanted, json!({})).await.expect(200);
    assert_eq!((&again["overridesCreated"], &again["courtsAffected"]), (&json!(0), &json!(0)));
    let skipped = again["skippedDates"].as_array().expect("a list");
    assert_eq!(skipped.len(), 10);
    assert!(skipped.iter().all(|one| one["reason"] == "ALREADY_BLOCKED"), "{again:#}");
    assert_eq!(world.count("SELECT count(*) FROM court_overrides").await, 10);
    assert_eq!(world.count("SELECT count(*) FROM court_holidays").await, 26);
    assert_eq!(block_events(&world, &courts[0]).await.len(), 1);
}

/// HOL-27: the same court, date and hours exist once whatever the source, nulls included, even past the service's checks.
#[tokio::test]
async fn the_same_block_exists_once() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let path = format!("/api/courts/{}/availability/overrides", text(&court["id"]));
    let by_hand = json!({ "date": "2026-12-25", "reason": "Closed" });
    world.post(&path).bearer(&club.token).json(&by_hand).send().await.expect(201);
    let christmas = national(&world, "Christmas Day").await;
    let applied = apply(&world, &club, &[&christmas], &[&court], json!({})).await.expect(200);
    assert_eq!(
        (&applied["overridesCreated"], &applied["skippedDates"][0]["reason"]),
        (&json!(0), &json!("ALREADY_BLOCKED"))
    );
    assert_eq!(blocks(&world, &court).await[0].4, "MANUAL");
    let twice = sqlx::query(
        "INSERT INTO court_overrides (id, court_id, date, reason, source, created_by, created_at)
         SELECT $1, court_id, date, '', 'HOLIDAY_CUSTOM', created_by, created_at FROM court_overrides",
    );
    let refused = twice.bind(world.new_id()).execute(&world.pool).await.expect_err("a second one");
    assert!(kit::db::is_unique_violation(&refused, "court_overrides_same_block"), "{refused}");
}

/// HOL-29: a holiday over a narrower block leaves it alone, and the other way round.
#[tokio::test]
async fn narrower_blocks_coexist() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let path = format!("/api/courts/{}/availability/overrides", text(&court["id"]));
    let morning = json!({ "date": "2026-12-25", "startTime": "08:00", "endTime": "10:00" });
    world.post(&path).bearer(&club.token).json(&morning).send().await.expect(201);
    let christmas = national(&world, "Christmas Day").await;
    let evening = json!({ "nameEl": "Βραδιά", "date": "2026-12-25", "startTime": "20:00", "endTime": "22:00" });
    let evening = custom(&world, &club, evening).await;
    let applied = apply(&world, &club, &[&christmas, &evening], &[&court], json!({})).await.expect(200);
    assert_eq!(applied["overridesCreated"], 2);
    let hours: Vec<_> = blocks(&world, &court).await.into_iter().map(|block| (block.1, block.4)).collect();
    let hour = |text: &str| Some(text.to_owned());
    assert_eq!(
        hours,
        [
            (None, "HOLIDAY_NATIONAL".to_owned()),
            (hour("08:00"), "MANUAL".to_owned()),
            (hour("20:00"), "HOLIDAY_CUSTOM".to_owned())
        ]
    );
}

/// HOL-21, HOL-22: one court or holiday that is not the caller's fails the whole call.
#[tokio::test]
async fn one_bad_id_fails_everything() {
    let world = World::new().await;
    let (club, rival) = (Club::new(&world).await, Club::new(&world).await);
    let court = club.open_court(&world, json!({})).await;
    let theirs = rival.open_court(&world, json!({})).await;
    let christmas = national(&world, "Christmas Day").await;
    let nobody = json!({ "id": world.new_id() });
    apply(&world, &club, &[&christmas], &[&court, &theirs], json!({})).await.refused(403, "AUTHZ_NOT_OWNER");
    apply(&world, &club, &[&christmas], &[&court, &nobody], json!({})).await.refused(404, "COURT_NOT_FOUND");
    apply(&world, &club, &[&christmas, &nobody], &[&court], json!({})).await.refused(404, "HOLIDAY_NOT_FOUND");
    assert_eq!(world.count("SELECT count(*) FROM court_overrides").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM court_holidays").await, 0);
    let moved = "SELECT count(*) FROM courts WHERE calendar_version > 2";
    assert_eq!(world.count(moved).await, 0, "no calendar moved by a refused call");
}

/// HOL-22: whatever fails late takes everything back.
#[tokio::test]
async fn a_late_failure_leaves_nothing_behind() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let christmas = national(&world, "Christmas Day").await;
    let events = world.count("SELECT count(*) FROM outbox").await;
    let breaks = "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
                  CREATE TRIGGER fails BEFORE INSERT ON court_holidays FOR EACH ROW EXECUTE FUNCTION fail();";
    sqlx::raw_sql(breaks).execute(&world.pool).await.expect("a trigger");
    apply(&world, &club, &[&christmas], &[&court], json!({})).await.refused(500, "INTERNAL_SERVICE_ERROR");
    assert_eq!(world.count("SELECT count(*) FROM court_overrides").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM outbox").await, events);
    sqlx::raw_sql("DROP TRIGGER fails ON court_holidays").execute(&world.pool).await.expect("no trigger");
    apply(&world, &club, &[&christmas], &[&court], json!({})).await.expect(200);
}

/// HOL-19, HOL-24: years up to the horizon, which is configured; nonsense is refused with its field.
#[tokio::test]
async fn years_end_at_the_horizon() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let new_year = national(&world, "New Year's Day").await;
    let years = async |years: Value| apply(&world, &club, &[&new_year], &[&court], json!({ "years": years })).await;
    assert_eq!(years(json!([2026, 2029])).await.wrong_fields(), ["years[1]"]);
    assert_eq!(years(json!([])).await.wrong_fields(), ["years"]);
    assert_eq!(years(json!([1999])).await.wrong_fields(), ["years[0]"]);
    assert_eq!(years(json!(["soon"])).await.wrong_fields(), ["years[0]"]);
    let past = years(json!([2025, 2026])).await.expect(200);
    assert_eq!(past["overridesCreated"], 0, "1 January 2026 is past");
    years(json!([2027, 2028])).await.expect(200);
    assert_eq!(dates(&world, &court).await, ["2027-01-01", "2028-01-01"]);
    for (change, field) in [
        (json!({ "holidayIds": [] }), "holidayIds"),
        (json!({ "courtIds": [] }), "courtIds"),
        (json!({ "conflictResolution": "FORCE" }), "conflictResolution"),
        (json!({ "courtIds": ["court-7"] }), "courtIds[0]"),
        (json!({ "holidayIds": Value::Null }), "holidayIds"),
    ] {
        let answer = apply(&world, &club, &[&new_year], &[&court], change.clone()).await;
        assert_eq!(answer.wrong_fields(), [field], "{change}");
    }

    let near = World::with(|config| config.holidays.horizon_years = 0).await;
    let club = Club::new(&near).await;
    let court = club.open_court(&near, json!({})).await;
    let new_year = national(&near, "New Year's Day").await;
    let next = apply(&near, &club, &[&new_year], &[&court], json!({ "years": [2027] })).await;
    assert_eq!(next.wrong_fields(), ["years[0]"]);
}

/// HOL-24: "today" is the court's: on the evening of 14 August in UTC the feast has begun in Auckland and is to come in
/// Athens; a day later it is past in Auckland only.
#[tokio::test]
async fn each_court_has_its_own_today() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let athens = club.open_court(&world, json!({})).await;
    let auckland = club.open_court(&world, json!({ "timezone": "Pacific/Auckland" })).await;
    world.clock.set("2026-08-15T15:00:00Z".parse().expect("an instant"));
    let club = crate::holidays::renewed_token(&world, &club).await;
    let feast = national(&world, "Assumption of Mary").await;
    let applied = apply(&world, &club, &[&feast], &[&athens, &auckland], json!({})).await.expect(200);
    assert_eq!((&applied["overridesCreated"], &applied["courtsAffected"]), (&json!(1), &json!(1)));
    assert_eq!(dates(&world, &athens).await, ["2026-08-15"]);
}

/// HOL-28, HOL-41: a row per court and holiday, once; renewal is switched off for one holiday while others go on.
#[tokio::test]
async fn renewal_is_remembered_and_switched_off() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let christmas = national(&world, "Christmas Day").await;
    let ochi = national(&world, "Ochi Day").await;
    apply(&world, &club, &[&christmas, &ochi], &[&court], json!({ "years": [2026] })).await.expect(200);
    apply(&world, &club, &[&christmas, &ochi], &[&court], json!({ "years": [2027] })).await.expect(200);
    let rows: Vec<(Vec<i32>, bool)> = sqlx::query_as("SELECT covered_years, auto_renew FROM court_holidays")
        .fetch_all(&world.pool)
        .await
        .expect("rows");
    assert_eq!(rows, vec![(vec![2026, 2027], true); 2]);
    apply(&world, &club, &[&ochi], &[&court], json!({ "autoRenew": false })).await.expect(200);
    let renewing: Vec<String> = sqlx::query_scalar(
        "SELECT name_en FROM court_holidays JOIN holiday_templates ON id = holiday_id WHERE auto_renew",
    )
    .fetch_all(&world.pool)
    .await
    .expect("rows");
    assert_eq!(renewing, ["Christmas Day"]);
    assert_eq!(dates(&world, &court).await, ["2026-10-28", "2026-12-25", "2027-10-28", "2027-12-25"]);
    // Without renewal nothing is remembered in the first place.
    let feast = national(&world, "Assumption of Mary").await;
    apply(&world, &club, &[&feast], &[&court], json!({ "autoRenew": false })).await.expect(200);
    assert_eq!(world.count("SELECT count(*) FROM court_holidays").await, 2);
}

/// HOL-22: 13 holidays on 50 courts for 3 years are one transaction and stay quick, for the owner who waits and for the
/// customers whose bookings wait behind the calendar locks.
#[tokio::test]
async fn a_whole_club_is_closed_quickly() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let mut courts = Vec::new();
    for _ in 0..50 {
        courts.push(club.court(&world, json!({})).await);
    }
    let courts: Vec<&Value> = courts.iter().collect();
    let holidays = all_national(&world).await;
    let holidays: Vec<&Value> = holidays.iter().collect();
    let started = Instant::now();
    let years = json!({ "years": [2026, 2027, 2028] });
    let applied = apply(&world, &club, &holidays, &courts, years).await.expect(200);
    let taken = started.elapsed();
    // Of 2026 five are still to come.
    assert_eq!(applied["overridesCreated"], 50 * (5 + 13 + 13));
    println!("1550 blocks on 50 courts: {taken:?}");
    assert!(taken.as_secs_f64() < 5.0, "{taken:?}");
    let transactions = "SELECT count(DISTINCT xmin::text) FROM court_overrides";
    assert_eq!(world.count(transactions).await, 1);
    assert_eq!(world.events("AVAILABILITY_UPDATED").await.len(), 50);
}

/// One call cannot make more blocks than a database transaction should hold.
#[tokio::test]
async fn a_call_has_its_limits() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let mut holidays = Vec::new();
    for number in 0..100 {
        let body = json!({
            "nameEl": format!("Γιορτή {number}"), "date": "2026-09-01", "endDate": "2026-10-01", "isRecurring": true,
            "startTime": format!("{:02}:{:02}", number / 60, number % 60), "endTime": "23:00",
        });
        holidays.push(custom(&world, &club, body).await);
    }
    let holidays: Vec<&Value> = holidays.iter().collect();
    let years: Vec<i32> = (2009..=2028).collect();
    let refused = apply(&world, &club, &holidays, &[&court], json!({ "years": years })).await;
    assert_eq!(refused.wrong_fields(), ["courtIds"]);
    assert!(blocks(&world, &court).await.is_empty());
    let many: Vec<Value> = (0..201).map(|_| json!({ "id": world.new_id() })).collect();
    let many: Vec<&Value> = many.iter().collect();
    assert_eq!(apply(&world, &club, &many[..101], &[&court], json!({})).await.wrong_fields(), ["holidayIds"]);
    assert_eq!(apply(&world, &club, &holidays[..1], &many, json!({})).await.wrong_fields(), ["courtIds"]);
}

/// HOL-20: what the portal needs to pick all courts of a type is in the list of own courts, and the API closes exactly
/// the ids it is given.
#[tokio::test]
async fn courts_are_picked_by_their_type() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    for kind in ["TENNIS", "PADEL", "PADEL", "BASKETBALL", "FOOTBALL_5X5"] {
        club.open_court(&world, json!({ "courtType": kind })).await;
    }
    let own = world.get("/api/courts/owner/me").bearer(&club.token).send().await.expect(200);
    let own = own["courts"].as_array().expect("courts");
    let christmas = national(&world, "Christmas Day").await;
    for kind in ["PADEL", "TENNIS", "BASKETBALL", "FOOTBALL_5X5"] {
        let picked: Vec<&Value> = own.iter().filter(|court| court["courtType"] == kind).collect();
        assert_eq!(picked.len(), if kind == "PADEL" { 2 } else { 1 });
        for court in own {
            let is_closed = !blocks(&world, court).await.is_empty();
            assert!(!(is_closed && court["courtType"] == kind), "nobody has picked {kind} yet");
        }
        let applied = apply(&world, &club, &[&christmas], &picked, json!({})).await.expect(200);
        assert_eq!(applied["courtsAffected"], json!(picked.len()));
        for court in picked {
            assert_eq!(blocks(&world, court).await.len(), 1);
        }
    }
}
