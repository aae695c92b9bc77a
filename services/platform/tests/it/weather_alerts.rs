//! Messages about the weather of bookings (FIND-46).

use jiff::SignedDuration;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::club::{Club, Taken, take, text};
use crate::forecasters::{Forecasters, Mood, OPENWEATHERMAP, WEATHERAPI, with_both};
use crate::support::World;

const DAY: &str = "2026-05-07";

/// A confirmed booking of a customer.
async fn booked(world: &World, court: &Value, date: &str, start: &str, end: &str) -> (Uuid, Uuid) {
    let booking = take(world, court, date, start, end, Taken::Booked).await;
    let customer = world.new_id();
    sqlx::query("UPDATE transaction.bookings SET kind = 'CUSTOMER', customer_id = $2 WHERE id = $1")
        .bind(booking)
        .bind(customer)
        .execute(&world.database.admin().await)
        .await
        .expect("a booking");
    (booking, customer)
}

/// Half an hour later the forecasts are looked at again, with nothing kept.
async fn half_an_hour_later(world: &World) {
    world.clock.advance(SignedDuration::from_mins(30));
    world.run_jobs().await;
}

async fn told(world: &World) -> Vec<Value> {
    let events = world.events("NOTIFICATION_REQUESTED").await;
    events.into_iter().map(|(_, event)| event["payload"].clone()).collect()
}

/// FIND-46: a forecast that flips is told once, to the customer, with the booking; one that stays is not.
#[tokio::test]
async fn a_turn_for_the_worse_is_told_once() {
    let world = World::with(with_both).await;
    let vendors = Forecasters::of(&world).await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let hall = club.open_court(&world, json!({ "locationType": "INDOOR" })).await;
    let (booking, customer) = booked(&world, &court, DAY, "18:30", "20:00").await;
    booked(&world, &hall, DAY, "18:30", "20:00").await;
    take(&world, &court, DAY, "09:30", "11:00", Taken::Booked).await;
    vendors.set(DAY, 22.0, 10, 10.0).await;
    world.run_jobs().await;
    half_an_hour_later(&world).await;
    assert!(told(&world).await.is_empty(), "nothing has changed");
    vendors.set(DAY, 22.0, 30, 10.0).await;
    half_an_hour_later(&world).await;
    assert!(told(&world).await.is_empty(), "twenty points more are no clear turn");
    vendors.set(DAY, 22.0, 85, 10.0).await;
    half_an_hour_later(&world).await;
    let messages = told(&world).await;
    assert_eq!(messages.len(), 1, "{messages:#?}");
    let message = &messages[0];
    assert_eq!((&message["notificationType"], &message["urgency"]), (&json!("WEATHER_ALERT"), &json!("STANDARD")));
    assert_eq!(message["userId"], json!(customer.to_string()));
    assert_eq!(message["data"]["bookingId"], json!(booking.to_string()));
    assert_eq!(message["data"]["courtId"], court["id"]);
    let body = text(&message["body"]["en"]);
    assert!(body.contains("18:30") && body.contains("85%") && body.contains("Syntagma Court"), "{body}");
    // Neither worse weather nor better weather in between brings a second one.
    for rain in [95, 5, 95] {
        vendors.set(DAY, 22.0, rain, 50.0).await;
        half_an_hour_later(&world).await;
    }
    assert_eq!(told(&world).await.len(), 1);
}

/// FIND-46: bad weather that was bad from the start is no turn; what first got better can turn.
#[tokio::test]
async fn bad_from_the_start_is_no_news() {
    let world = World::with(with_both).await;
    let vendors = Forecasters::of(&world).await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    booked(&world, &court, DAY, "18:30", "20:00").await;
    vendors.set(DAY, 22.0, 70, 10.0).await;
    world.run_jobs().await;
    half_an_hour_later(&world).await;
    vendors.set(DAY, 22.0, 90, 10.0).await;
    half_an_hour_later(&world).await;
    assert!(told(&world).await.is_empty());
    vendors.set(DAY, 22.0, 10, 10.0).await;
    half_an_hour_later(&world).await;
    vendors.set(DAY, 22.0, 60, 10.0).await;
    half_an_hour_later(&world).await;
    assert_eq!(told(&world).await.len(), 1);
}

/// FIND-46: a moved booking begins anew; one that is cancelled, has begun or lies beyond the forecast is left alone; an
/// outage of the vendors is waited out.
#[tokio::test]
async fn only_what_can_turn_is_watched() {
    let world = World::with(|config| {
        with_both(config);
        config.weather.failures_to_skip = 1_000;
    })
    .await;
    let vendors = Forecasters::of(&world).await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let (cancelled, _) = booked(&world, &court, DAY, "09:30", "11:00").await;
    let (moved, _) = booked(&world, &court, DAY, "18:30", "20:00").await;
    booked(&world, &court, "2026-06-20", "18:30", "20:00").await;
    vendors.set(DAY, 22.0, 10, 10.0).await;
    world.run_jobs().await;
    half_an_hour_later(&world).await;
    let rows = async || world.count("SELECT count(*) FROM booking_weather").await;
    assert_eq!(rows().await, 2);
    let admin = world.database.admin().await;
    let cancel = format!(
        "UPDATE transaction.bookings SET status = 'CANCELLED', cancelled_by = 'CUSTOMER', reason = 'no' WHERE id = '{cancelled}'"
    );
    sqlx::query(AssertSqlSafe(cancel)).execute(&admin).await.expect("a cancellation");
    vendors.make(OPENWEATHERMAP, Mood::Down).await;
    vendors.make(WEATHERAPI, Mood::Down).await;
    vendors.set(DAY, 22.0, 85, 10.0).await;
    vendors.set("2026-05-08", 22.0, 85, 10.0).await;
    half_an_hour_later(&world).await;
    assert!(told(&world).await.is_empty(), "nobody knows anything");
    // Moved to a day that is wet already: no turn.
    let shift = format!(
        "UPDATE transaction.bookings SET booking_date = booking_date + 1,
             period = tstzrange(lower(period) + interval '1 day', upper(period) + interval '1 day') WHERE id = '{moved}'"
    );
    sqlx::query(AssertSqlSafe(shift)).execute(&admin).await.expect("a move");
    vendors.make(OPENWEATHERMAP, Mood::Fine).await;
    half_an_hour_later(&world).await;
    half_an_hour_later(&world).await;
    assert!(told(&world).await.is_empty());
    vendors.set("2026-05-08", 22.0, 10, 10.0).await;
    half_an_hour_later(&world).await;
    vendors.set("2026-05-08", 22.0, 85, 10.0).await;
    half_an_hour_later(&world).await;
    assert_eq!(told(&world).await.len(), 1);
    // When the time has come nothing is remembered.
    world.clock.advance(SignedDuration::from_hours(24 * 8));
    world.run_jobs().await;
    assert_eq!(rows().await, 0);
}
