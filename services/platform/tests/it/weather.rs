//! `GET /api/weather`, and the vendors behind it.

use std::time::{Duration, Instant};

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::club::{LATITUDE, LONGITUDE, text};
use crate::forecasters::{Forecasters, Mood, OPENWEATHERMAP, WEATHERAPI, with_both};
use crate::support::{Answer, World};

/// Today in every test.
const TODAY: &str = "2026-05-04";

async fn ask(world: &World, query: &str) -> Answer {
    let (_, token) = world.person(Role::Customer).await;
    world.get(&format!("/api/weather?{query}")).bearer(&token).send().await
}

async fn here(world: &World, query: &str) -> Value {
    ask(world, &format!("latitude={LATITUDE}&longitude={LONGITUDE}&{query}")).await.expect(200)
}

/// FIND-38, FIND-40, FIND-41: all values in our words, and what to make of them.
#[tokio::test]
async fn a_forecast_has_values_and_advice() {
    let world = World::with(with_both).await;
    let vendors = Forecasters::of(&world).await;
    for (date, temperature, rain, wind, advice) in [
        ("2026-05-05", 22.0, 10, 12.0, "OUTDOOR_RECOMMENDED"),
        ("2026-05-06", 22.0, 80, 12.0, "INDOOR_RECOMMENDED"),
        ("2026-05-07", 38.5, 0, 12.0, "INDOOR_RECOMMENDED"),
        ("2026-05-08", 22.0, 0, 54.0, "INDOOR_RECOMMENDED"),
        ("2026-05-09", 12.0, 10, 12.0, "NEUTRAL"),
    ] {
        vendors.set(date, temperature, rain, wind).await;
        world.clock.advance(SignedDuration::from_mins(11));
        for time in ["", "&time=18:30"] {
            let forecast = here(&world, &format!("date={date}{time}")).await;
            assert_eq!(forecast["recommendation"], advice, "{forecast:#}");
            assert_eq!(
                (&forecast["temperature"], &forecast["precipitationProbability"], &forecast["windSpeedKmh"]),
                (&json!(temperature), &json!(rain), &json!(wind))
            );
            let humidity = forecast["humidity"].as_u64().expect("a number");
            assert!(humidity <= 100);
            let expected = if rain >= 50 { ("RAIN", "rain") } else { ("CLEAR", "clear-day") };
            assert_eq!((text(&forecast["condition"]), text(&forecast["icon"])), expected);
            assert_eq!((&forecast["date"], &forecast["available"]), (&json!(date), &json!(true)));
            let shown = if time.is_empty() { Value::Null } else { json!("18:30") };
            assert_eq!(forecast["time"], shown);
        }
    }
}

/// FIND-39: today through seven days ahead by the clock of the place; beyond it the answer says to look again.
#[tokio::test]
async fn seven_days_are_foretold() {
    let world = World::with(with_both).await;
    let vendors = Forecasters::of(&world).await;
    for date in [TODAY, "2026-05-05", "2026-05-11"] {
        assert_eq!(here(&world, &format!("date={date}")).await["date"], date);
    }
    let asked = vendors.asked(OPENWEATHERMAP).await;
    for date in ["2026-05-03", "2026-05-12", "2027-01-01", "2000-01-01"] {
        let query = format!("latitude={LATITUDE}&longitude={LONGITUDE}&date={date}");
        let refused = ask(&world, &query).await.refused(404, "FORECAST_NOT_AVAILABLE");
        assert!(text(&refused["message"]).contains("nearer the date"), "{refused:#}");
    }
    assert_eq!(vendors.asked(OPENWEATHERMAP).await, asked, "nobody is asked for what nobody knows");
    // At 23:30 in Athens the 12th is one day closer than in London.
    world.clock.advance(SignedDuration::from_hours(12));
    world.clock.advance(SignedDuration::from_mins(30));
    assert_eq!(here(&world, "date=2026-05-12").await["available"], json!(true));
    let query = format!("latitude={LATITUDE}&longitude={LONGITUDE}&date={TODAY}");
    ask(&world, &query).await.refused(404, "FORECAST_NOT_AVAILABLE");
}

/// FIND-45: equal questions cost one call, asked one after the other or all at once; minutes later there is another.
#[tokio::test]
async fn equal_questions_cost_one_call() {
    let world = World::with(with_both).await;
    let vendors = Forecasters::of(&world).await;
    vendors.make(OPENWEATHERMAP, Mood::Slow(100)).await;
    let (_, token) = world.person(Role::Customer).await;
    let near = |offset: f64| {
        // Within the same tenth of a degree.
        let path = format!("/api/weather?latitude={}&longitude={LONGITUDE}&date={TODAY}&time=18:00", 37.98 + offset);
        world.get(&path).bearer(&token).send()
    };
    let together = futures::future::join_all((0..20_u8).map(|step| near(f64::from(step) / 1000.0))).await;
    assert!(together.into_iter().all(|answer| answer.status == 200));
    assert_eq!(vendors.asked(OPENWEATHERMAP).await, 1);
    // Another hour and another day of the same place were in the same answer.
    here(&world, "date=2026-05-06").await;
    assert_eq!(vendors.asked(OPENWEATHERMAP).await, 1);
    world.clock.advance(SignedDuration::from_mins(4));
    here(&world, &format!("date={TODAY}")).await;
    assert_eq!(vendors.asked(OPENWEATHERMAP).await, 1);
    world.clock.advance(SignedDuration::from_mins(6));
    here(&world, &format!("date={TODAY}")).await;
    assert_eq!(vendors.asked(OPENWEATHERMAP).await, 2);
    // Another place is another question.
    ask(&world, &format!("latitude=40.6&longitude=22.9&date={TODAY}")).await.expect(200);
    assert_eq!((vendors.asked(OPENWEATHERMAP).await, vendors.asked(WEATHERAPI).await), (3, 0));
}

/// FIND-44: the second vendor stands in for the first, which is left alone after some failures and asked again later.
#[tokio::test]
async fn the_next_vendor_stands_in() {
    let world = World::with(|config| {
        with_both(config);
        config.weather.failures_to_skip = 2;
        config.weather.skip_seconds = 60;
    })
    .await;
    let vendors = Forecasters::of(&world).await;
    vendors.set("2026-05-05", 21.5, 5, 10.0).await;
    vendors.make(OPENWEATHERMAP, Mood::Down).await;
    let mut places = 0..;
    let mut another_place = async || {
        let longitude = f64::from(places.next().expect("a number")) / 2.0 + 20.0;
        ask(&world, &format!("latitude=10&longitude={longitude}&date={TODAY}")).await
    };
    for _ in 0..3 {
        another_place().await.expect(200);
    }
    // The first vendor failed twice and was then not asked.
    assert_eq!((vendors.asked(OPENWEATHERMAP).await, vendors.asked(WEATHERAPI).await), (2, 3));
    // Both say the same in our words.
    assert_eq!(here(&world, "date=2026-05-05&time=12:00").await["temperature"], json!(21.5));
    // After the pause the first one gets its chance, and keeps it.
    vendors.make(OPENWEATHERMAP, Mood::Fine).await;
    world.clock.advance(SignedDuration::from_secs(61));
    another_place().await.expect(200);
    another_place().await.expect(200);
    assert_eq!((vendors.asked(OPENWEATHERMAP).await, vendors.asked(WEATHERAPI).await), (4, 4));
    // With both down the endpoint says so, and when to come back.
    vendors.make(OPENWEATHERMAP, Mood::Down).await;
    vendors.make(WEATHERAPI, Mood::Down).await;
    let down = another_place().await;
    assert!(down.headers.contains_key("retry-after"));
    down.refused(503, "SERVICE_UNAVAILABLE");
}

/// FIND-43, FIND-44: a vendor that is too slow counts as failed.
#[tokio::test]
async fn a_slow_vendor_is_not_waited_for() {
    let world = World::with(|config| {
        with_both(config);
        config.weather.timeout_ms = 300;
    })
    .await;
    let vendors = Forecasters::of(&world).await;
    vendors.make(OPENWEATHERMAP, Mood::Slow(20_000)).await;
    let began = Instant::now();
    here(&world, &format!("date={TODAY}")).await;
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!((vendors.asked(OPENWEATHERMAP).await, vendors.asked(WEATHERAPI).await), (1, 1));
}

/// FIND-02, FIND-38: nonsense is 400 with a stable code.
#[tokio::test]
async fn nonsense_is_refused() {
    let world = World::new().await;
    for query in ["latitude=91&longitude=0", "latitude=0&longitude=-180.1", "latitude=NaN&longitude=0"] {
        ask(&world, &format!("{query}&date={TODAY}")).await.refused(400, "INVALID_COORDINATES");
    }
    for (query, field) in [
        ("longitude=0&date=2026-05-04", "latitude"),
        ("latitude=0&date=2026-05-04", "longitude"),
        ("latitude=0&longitude=0", "date"),
        ("latitude=0&longitude=0&date=tomorrow", "date"),
        ("latitude=0&longitude=0&date=2026-05-04&time=25:00", "time"),
    ] {
        assert_eq!(ask(&world, query).await.wrong_fields(), [field], "{query}");
    }
}
