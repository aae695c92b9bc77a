//! `GET /api/courts/map`.

use std::time::{Duration, Instant};

use contracts::events::{MatchCloseReason, MatchClosed};
use contracts::identity::Role;
use contracts::ids::MatchId;
use serde_json::{Value, json};
use testkit::{PATIENCE, eventually};

use crate::club::{Club, LATITUDE, LONGITUDE, MONDAY, Taken, publish, take, text};
use crate::forecasters::{Forecasters, Mood, OPENWEATHERMAP, WEATHERAPI, with_both};
use crate::support::{Answer, World};

/// Tomorrow in every test.
const TOMORROW: &str = "2026-05-05";

async fn answer(world: &World, token: &str, query: &str) -> Answer {
    world.get(&format!("/api/courts/map?{query}")).bearer(token).send().await
}

async fn map(world: &World, token: &str, query: &str) -> Value {
    answer(world, token, &format!("latitude={LATITUDE}&longitude={LONGITUDE}&{query}")).await.expect(200)
}

/// Puts a table in the place of the other service's view, with one open match on each of `courts`.
pub async fn open_matches(world: &World, creator: uuid::Uuid, courts: &[&Value], date: &str) {
    let admin = world.database.admin().await;
    for statement in [
        "CREATE TABLE transaction.some_matches AS SELECT * FROM transaction.v_open_matches",
        "GRANT SELECT ON transaction.some_matches TO courtside_transaction",
        "CREATE OR REPLACE VIEW transaction.v_open_matches AS SELECT * FROM transaction.some_matches",
    ] {
        sqlx::query(statement).execute(&admin).await.expect("a view");
    }
    for court in courts {
        sqlx::query(
            "INSERT INTO transaction.some_matches
             VALUES (gen_random_uuid(), $1::uuid, $2, 4, 3, 5, 2, 4, 1250, $3::date, '18:00', true)",
        )
        .bind(text(&court["id"]))
        .bind(creator)
        .bind(date)
        .execute(&admin)
        .await
        .expect("a match");
    }
}

/// FIND-17, FIND-18: courts, matches and weather in one answer, without warnings when all is well.
#[tokio::test]
async fn a_map_has_all_parts() {
    let world = World::with(with_both).await;
    let vendors = Forecasters::of(&world).await;
    vendors.set(TOMORROW, 21.0, 10, 9.0).await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let (_, token) = world.person(Role::Customer).await;
    let shown = map(&world, &token, &format!("date={TOMORROW}&startTime=18:00")).await;
    assert!(shown["courts"].as_array().expect("a list").is_empty(), "18:00 is off the grid of 90 minutes");
    let shown = map(&world, &token, &format!("date={TOMORROW}&startTime=18:30")).await;
    assert_eq!(
        (&shown["courts"][0]["id"], &shown["courts"][0]["availabilityStatus"]),
        (&court["id"], &json!("AVAILABLE"))
    );
    assert_eq!(
        (&shown["openMatches"], &shown["warnings"]),
        (&json!([]), &json!([])),
        "no matches yet, which is no failure"
    );
    assert_eq!((&shown["weather"]["temperature"], &shown["weather"]["time"]), (&json!(21.0), &json!("18:30")));
    assert_eq!(shown["weather"]["recommendation"], "OUTDOOR_RECOMMENDED");
    // FIND-39: inside another answer a date beyond the forecast is no failure.
    let far = map(&world, &token, &format!("date={MONDAY}")).await;
    assert_eq!(far["weather"], json!({ "date": MONDAY, "time": null, "available": false }));
    assert_eq!(far["warnings"], json!([]));
}

/// FIND-05, FIND-13, FIND-14, FIND-17: the filters of a search hold on the map too, box included.
#[tokio::test]
async fn filters_hold_on_the_map() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let padel = club.open_court(&world, json!({ "durationMinutes": 60 })).await;
    let tennis = club
        .open_court(
            &world,
            json!({ "courtType": "TENNIS", "durationMinutes": 60, "locationType": "INDOOR",
        "latitude": LATITUDE + 0.05 }),
        )
        .await;
    take(&world, &padel, MONDAY, "18:00", "19:00", Taken::Booked).await;
    let (_, token) = world.person(Role::Customer).await;
    let ids = async |query: &str| {
        let shown = map(&world, &token, query).await;
        let courts = shown["courts"].as_array().expect("a list").clone();
        courts.iter().map(|court| text(&court["id"]).to_owned()).collect::<Vec<_>>()
    };
    let id = |court: &Value| text(&court["id"]).to_owned();
    let date = format!("date={MONDAY}");
    assert_eq!(ids(&date).await, [id(&padel), id(&tennis)]);
    assert_eq!(ids(&format!("{date}&courtType=TENNIS")).await, [id(&tennis)]);
    assert_eq!(ids(&format!("{date}&locationType=OUTDOOR")).await, [id(&padel)]);
    assert_eq!(ids(&format!("{date}&startTime=18:00")).await, [id(&tennis)]);
    assert_eq!(ids(&format!("{date}&radiusKm=2")).await, [id(&padel)]);
    assert_eq!(ids(&format!("{date}&minLat=38&maxLat=39&minLng=23&maxLng=24")).await, [id(&tennis)]);
    club.set_standing(&world, false, "ACTIVE").await;
    assert!(ids(&date).await.is_empty(), "FIND-06");
}

/// FIND-22, FIND-49: open matches with all their fields, only those within the map and on visible courts; kept for half a
/// minute.
#[tokio::test]
async fn open_matches_are_shown() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let here = club.open_court(&world, json!({})).await;
    let far = club.open_court(&world, json!({ "latitude": LATITUDE + 1.0 })).await;
    let hidden = club.open_court(&world, json!({ "enabled": false })).await;
    let (creator, token) = world.person(Role::Customer).await;
    open_matches(&world, creator.0, &[&here, &far, &hidden], MONDAY).await;
    let date = format!("date={MONDAY}");
    let shown = map(&world, &token, &date).await;
    let matches = shown["openMatches"].as_array().expect("a list");
    assert_eq!(matches.len(), 1);
    let mut open = matches[0].clone();
    assert!(open["matchId"].is_string());
    open["matchId"] = Value::Null;
    assert_eq!(
        open,
        json!({
            "matchId": null, "courtId": here["id"], "courtName": "Syntagma Court", "courtType": "PADEL",
            "latitude": LATITUDE, "longitude": LONGITUDE, "creatorName": "Somebody", "creatorSkillLevel": 4,
            "skillRangeMin": 3, "skillRangeMax": 5, "currentPlayers": 2, "maxPlayers": 4, "costPerPlayerCents": 1250,
            "date": MONDAY, "startTime": "18:00", "autoAccept": true,
        })
    );
    assert_eq!(map(&world, &token, &format!("{date}&courtType=TENNIS")).await["openMatches"], json!([]));
    assert_eq!(map(&world, &token, "date=2026-06-02").await["openMatches"], json!([]));
    let wide = map(&world, &token, &format!("{date}&radiusKm=200")).await;
    assert_eq!(wide["openMatches"].as_array().expect("a list").len(), 2);
    // A match that closes is gone after half a minute at the latest, and not before anybody says so.
    sqlx::query("DELETE FROM transaction.some_matches").execute(&world.database.admin().await).await.expect("matches");
    assert_eq!(map(&world, &token, &date).await["openMatches"].as_array().expect("a list").len(), 1);
    world.clock.advance(jiff::SignedDuration::from_secs(30));
    assert_eq!(map(&world, &token, &date).await["openMatches"], json!([]));
}

/// FIND-49, FIND-51: what happens to a match, or to the court it is on, is seen at once.
#[tokio::test]
async fn an_event_makes_open_matches_old() {
    let world = World::new().await;
    world.run_tasks();
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let (creator, token) = world.person(Role::Customer).await;
    open_matches(&world, creator.0, &[&court], MONDAY).await;
    let admin = world.database.admin().await;
    let count = async || {
        let shown = map(&world, &token, &format!("date={MONDAY}")).await;
        shown["openMatches"].as_array().expect("a list").len()
    };
    assert_eq!(count().await, 1);
    sqlx::query("DELETE FROM transaction.some_matches").execute(&admin).await.expect("no match");
    assert_eq!(count().await, 1, "kept until somebody says otherwise: the clock stands still");
    let closed = MatchClosed {
        match_id: MatchId(world.new_id()),
        court_id: text(&court["id"]).parse().expect("an id"),
        close_reason: MatchCloseReason::Full,
    };
    publish(&world, closed).await;
    eventually("the closed match", PATIENCE, async || (count().await == 0).then_some(())).await;
}

/// FIND-19, FIND-43: a part that fails is null with a warning, both at once too, and the rest is there.
#[tokio::test]
async fn parts_fail_alone() {
    let world = World::with(|config| {
        with_both(config);
        config.weather.failures_to_skip = 1_000;
    })
    .await;
    let vendors = Forecasters::of(&world).await;
    let club = Club::new(&world).await;
    club.open_court(&world, json!({})).await;
    let (_, token) = world.person(Role::Customer).await;
    let date = format!("date={TOMORROW}");
    let parts = async || {
        let shown = map(&world, &token, &date).await;
        assert_eq!(shown["courts"].as_array().expect("a list").len(), 1);
        (shown["weather"].is_null(), shown["openMatches"].is_null(), shown["warnings"].clone())
    };
    vendors.make(OPENWEATHERMAP, Mood::Down).await;
    vendors.make(WEATHERAPI, Mood::Down).await;
    assert_eq!(parts().await, (true, false, json!(["WEATHER_UNAVAILABLE"])));
    let admin = world.database.admin().await;
    let revoke = "REVOKE SELECT ON transaction.v_open_matches FROM courtside_platform";
    sqlx::query(revoke).execute(&admin).await.expect("a right less");
    world.clock.advance(jiff::SignedDuration::from_secs(31));
    assert_eq!(parts().await, (true, true, json!(["WEATHER_UNAVAILABLE", "MATCHES_UNAVAILABLE"])));
    vendors.make(OPENWEATHERMAP, Mood::Fine).await;
    assert_eq!(parts().await, (false, true, json!(["MATCHES_UNAVAILABLE"])));
    let grant = "GRANT SELECT ON transaction.v_open_matches TO courtside_platform";
    sqlx::query(grant).execute(&admin).await.expect("the right again");
    assert_eq!(parts().await, (false, false, json!([])), "everything heals by itself");
}

/// FIND-21: parts that hang are given up after the limit, together and not one after the other.
#[tokio::test]
async fn slow_parts_hold_nothing_up() {
    let world = World::with(|config| {
        with_both(config);
        config.discovery.part_timeout_ms = 700;
        config.weather.timeout_ms = 700;
    })
    .await;
    let vendors = Forecasters::of(&world).await;
    let club = Club::new(&world).await;
    club.open_court(&world, json!({})).await;
    let (_, token) = world.person(Role::Customer).await;
    for vendor in [OPENWEATHERMAP, WEATHERAPI] {
        vendors.make(vendor, Mood::Slow(30_000)).await;
    }
    let admin = world.database.admin().await;
    let mut lock = kit::db::begin(&admin).await.expect("a transaction");
    sqlx::query("LOCK TABLE transaction.v_open_matches IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *lock)
        .await
        .expect("a lock");
    let began = Instant::now();
    let shown = map(&world, &token, &format!("date={TOMORROW}")).await;
    let took = began.elapsed();
    assert_eq!(shown["courts"].as_array().expect("a list").len(), 1);
    assert_eq!(shown["warnings"], json!(["WEATHER_UNAVAILABLE", "MATCHES_UNAVAILABLE"]));
    assert!(took >= Duration::from_millis(600), "{took:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    lock.rollback().await.expect("the end");
}

/// FIND-20: without the courts there is no map; an empty list hides nothing.
#[tokio::test]
async fn without_courts_there_is_no_map() {
    let world = World::new().await;
    let (_, token) = world.person(Role::Customer).await;
    let admin = world.database.admin().await;
    sqlx::query("REVOKE SELECT ON transaction.v_slot_occupancy FROM courtside_platform")
        .execute(&admin)
        .await
        .expect("a right less");
    let club = Club::new(&world).await;
    club.court(&world, json!({})).await;
    let query = format!("latitude={LATITUDE}&longitude={LONGITUDE}&date={MONDAY}&startTime=18:00");
    let refused = answer(&world, &token, &query).await;
    assert!(refused.headers.contains_key("retry-after"));
    refused.refused(503, "SERVICE_UNAVAILABLE");
}

/// FIND-02, FIND-13, FIND-17: place and date are required, and nonsense is 400.
#[tokio::test]
async fn nonsense_is_refused() {
    let world = World::new().await;
    let (_, token) = world.person(Role::Customer).await;
    for (query, field) in [
        ("longitude=0&date=2026-06-01", "latitude"),
        ("latitude=0&date=2026-06-01", "longitude"),
        ("latitude=0&longitude=0", "date"),
        ("latitude=0&longitude=0&date=2026-06-01&radiusKm=0", "radiusKm"),
        ("latitude=0&longitude=0&date=2026-06-01&minLat=0", "minLat"),
        ("latitude=0&longitude=0&date=2026-06-01&startTime=9:00", "startTime"),
        ("latitude=0&longitude=0&date=2026-06-01&courtType=GOLF", "courtType"),
    ] {
        assert_eq!(answer(&world, &token, query).await.wrong_fields(), [field], "{query}");
    }
    for query in ["latitude=90.1&longitude=0", "latitude=0&longitude=0&minLat=-91&maxLat=0&minLng=0&maxLng=1"] {
        answer(&world, &token, &format!("{query}&date=2026-06-01")).await.refused(400, "INVALID_COORDINATES");
    }
    world.get("/api/courts/map?latitude=0&longitude=0&date=2026-06-01").send().await.refused(401, "AUTH_REQUIRED");
}

/// FIND-23: the server keeps no state of a map: each box is answered by itself, whatever was asked before and by whom.
#[tokio::test]
async fn zooming_and_panning_only_ask_again() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    for step in 0..4 {
        club.open_court(&world, json!({ "latitude": LATITUDE + f64::from(step) * 0.02 })).await;
    }
    let (_, token) = world.person(Role::Customer).await;
    let (_, other) = world.person(Role::Customer).await;
    let boxed = |south: f64, north: f64| {
        format!("date={MONDAY}&minLat={south}&maxLat={north}&minLng={}&maxLng={}", LONGITUDE - 0.1, LONGITUDE + 0.1)
    };
    let whole = boxed(LATITUDE - 0.01, LATITUDE + 0.07);
    let boxes = [
        (whole.clone(), 4),
        (boxed(LATITUDE - 0.01, LATITUDE + 0.03), 2),
        (boxed(LATITUDE + 0.03, LATITUDE + 0.07), 2),
        (boxed(LATITUDE + 0.05, LATITUDE + 0.07), 1),
        (boxed(LATITUDE + 0.5, LATITUDE + 0.6), 0),
    ];
    let mut alone = Vec::new();
    for (query, courts) in &boxes {
        let shown = map(&world, &token, query).await["courts"].clone();
        assert_eq!(shown.as_array().expect("a list").len(), *courts, "{query}");
        alone.push(shown);
    }
    // The same views in another order, between those of somebody else.
    for (index, (query, _)) in boxes.iter().enumerate().rev() {
        map(&world, &other, &whole).await;
        assert_eq!(map(&world, &token, query).await["courts"], alone[index], "{query}");
    }
}
