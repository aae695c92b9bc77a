//! `GET /api/courts/{courtId}` for those who decide where to play: what is in it, and what is kept of it.

use contracts::events::Source;
use contracts::identity::Role;
use serde_json::{Value, json};
use testkit::{PATIENCE, eventually};

use crate::club::{Club, LATITUDE, LONGITUDE, MONDAY, Taken, publish_from, take, text};
use crate::forecasters::{Forecasters, Mood, OPENWEATHERMAP, WEATHERAPI, with_both};
use crate::support::World;

/// Tomorrow in every test.
const TOMORROW: &str = "2026-05-05";

async fn details(world: &World, token: &str, court: &Value, query: &str) -> Value {
    let path = format!("/api/courts/{}?{query}", text(&court["id"]));
    world.get(&path).bearer(token).send().await.expect(200)
}

/// FIND-27, FIND-42: everything a customer decides by, for the asked day and from the asked place.
#[tokio::test]
async fn a_court_is_shown_in_full() {
    let world = World::with(with_both).await;
    let vendors = Forecasters::of(&world).await;
    vendors.set(TOMORROW, 19.5, 60, 12.0).await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({ "durationMinutes": 60, "latitude": LATITUDE + 1.0 / 111.0 })).await;
    take(&world, &court, TOMORROW, "09:00", "10:00", Taken::Booked).await;
    let (_, token) = world.person(Role::Customer).await;
    let query = format!("date={TOMORROW}&latitude={LATITUDE}&longitude={LONGITUDE}");
    let shown = details(&world, &token, &court, &query).await;
    assert_eq!((&shown["durationMinutes"], &shown["maxCapacity"]), (&json!(60), &json!(4)));
    assert_eq!((&shown["locationType"], &shown["ownerName"]), (&json!("OUTDOOR"), &json!("Somebody")));
    assert_eq!((&shown["amenities"], &shown["imageUrls"]), (&json!(["Showers"]), &json!([])));
    assert_eq!(shown["cancellationPolicy"]["tiers"][0], json!({ "thresholdHours": 24, "refundPercentage": 100 }));
    assert!(shown["pricingRules"].is_object());
    assert_eq!((&shown["averageRating"], &shown["isFavorite"]), (&Value::Null, &json!(false)));
    let distance = shown["distanceKm"].as_f64().expect("a distance");
    assert!((0.99..1.01).contains(&distance), "{distance}");
    let starts: Vec<&str> =
        shown["availableSlots"].as_array().expect("slots").iter().map(|slot| text(&slot["startTime"])).collect();
    assert_eq!((starts.len(), starts[0], starts[1]), (14, "08:00", "10:00"));
    assert_eq!((&shown["weather"]["date"], &shown["weather"]["temperature"]), (&json!(TOMORROW), &json!(19.5)));
    assert_eq!(shown["weather"]["recommendation"], "INDOOR_RECOMMENDED");
    // Without place and date: no distance, today's slots and weather.
    let plain = details(&world, &token, &court, "").await;
    assert_eq!((&plain["distanceKm"], &plain["weather"]["date"]), (&Value::Null, &json!("2026-05-04")));
    // An indoor court carries its weather as well.
    let hall = club.open_court(&world, json!({ "locationType": "INDOOR" })).await;
    assert_eq!(details(&world, &token, &hall, "").await["weather"]["available"], json!(true));
    // Beyond the forecast, and without a vendor (FIND-39, FIND-43).
    let far = details(&world, &token, &court, &format!("date={MONDAY}")).await;
    assert_eq!(far["weather"]["available"], json!(false));
    vendors.make(OPENWEATHERMAP, Mood::Down).await;
    vendors.make(WEATHERAPI, Mood::Down).await;
    world.clock.advance(jiff::SignedDuration::from_mins(10));
    let without = details(&world, &token, &court, &format!("date={TOMORROW}")).await;
    assert_eq!((&without["weather"], without["availableSlots"].as_array().map(Vec::len)), (&Value::Null, Some(14)));
}

/// FIND-02, FIND-27: half a place and places off the globe are refused.
#[tokio::test]
async fn half_a_place_is_refused() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let (_, token) = world.person(Role::Customer).await;
    let ask = |query: &str| {
        let path = format!("/api/courts/{}?{query}", text(&court["id"]));
        world.get(&path).bearer(&token).send()
    };
    assert_eq!(ask("latitude=1").await.wrong_fields(), ["longitude"]);
    assert_eq!(ask("longitude=1").await.wrong_fields(), ["latitude"]);
    ask("latitude=91&longitude=1").await.refused(400, "INVALID_COORDINATES");
}

/// FIND-47, FIND-50, FIND-51: a kept court is never an old one, even when nobody heard of the change.
#[tokio::test]
async fn kept_details_are_never_old() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let (_, token) = world.person(Role::Customer).await;
    let name = async || details(&world, &token, &court, "").await["name"]["en"].clone();
    assert_eq!(name().await, "Syntagma Court");
    // Behind the service's back, without any event.
    sqlx::query("UPDATE courts SET name_en = 'Renamed'").execute(&world.pool).await.expect("courts");
    assert_eq!(name().await, "Renamed");
    // The owner's own changes of what stands in other tables.
    let path = |part: &str| format!("/api/courts/{}/{part}", text(&court["id"]));
    let policy = json!({ "tiers": [{ "thresholdHours": 0, "refundPercentage": 77 }] });
    world.put(&path("cancellation-policy")).bearer(&club.token).json(&policy).send().await.expect(200);
    assert_eq!(details(&world, &token, &court, "").await["cancellationPolicy"], policy);
    sqlx::query("UPDATE users SET name = 'Eleni' WHERE id = $1")
        .bind(club.owner)
        .execute(&world.pool)
        .await
        .expect("an owner");
    assert_eq!(details(&world, &token, &court, "").await["ownerName"], "Eleni");
    // COURT-33: hidden at once.
    club.set_standing(&world, false, "ACTIVE").await;
    let hidden = format!("/api/courts/{}", text(&court["id"]));
    world.get(&hidden).bearer(&token).send().await.refused(404, "COURT_NOT_FOUND");
    world.get(&hidden).bearer(&club.token).send().await.expect(200);
}

/// FIND-47, FIND-56: what is kept costs no statement more, and is dropped by what other processes say.
#[tokio::test]
async fn an_event_of_another_process_drops_what_is_kept() {
    let world = World::new().await;
    world.run_tasks();
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let (_, token) = world.person(Role::Customer).await;
    let tiers = async || details(&world, &token, &court, "").await["cancellationPolicy"]["tiers"][0].clone();
    let standard = tiers().await;
    // Another process stores a policy; this one only hears of it.
    sqlx::query("INSERT INTO cancellation_tiers VALUES ($1::uuid, 0, 33)")
        .bind(text(&court["id"]))
        .execute(&world.pool)
        .await
        .expect("a tier");
    assert_eq!(tiers().await, standard, "kept until somebody says otherwise");
    let event = contracts::events::CancellationPolicyUpdated {
        court_id: text(&court["id"]).parse().expect("an id"),
        court_owner_id: contracts::ids::UserId(club.owner),
        tiers: vec![contracts::events::CancellationTier { threshold_hours: 0, refund_percent: 33 }],
    };
    publish_from(&world, Source::PlatformService, event).await;
    eventually("the event", PATIENCE, async || (tiers().await["refundPercentage"] == json!(33)).then_some(())).await;
}
