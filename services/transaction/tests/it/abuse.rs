//! How often people may book and call off (BOOK-16 to BOOK-19).

use contracts::identity::Role;
use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};
use transaction::config::BookingsConfig;

use crate::support::{Answer, Club, DAY, World, booking_body, fresh_key};

async fn cancel(world: &World, token: &str, booking: &Value) {
    let path = format!("/api/bookings/{}/cancel", booking["id"].as_str().expect("an id"));
    world.post(&path).bearer(token).key(fresh_key()).send().await.expect(200);
}

/// BOOK-16: the sixth booking of an hour is 429 with the time to wait; others are not touched, and after the wait it works.
#[tokio::test]
async fn the_sixth_booking_of_an_hour_waits() {
    let world = World::with_rules(BookingsConfig::default()).await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    for hour in 8..13 {
        club.book(&world, &token, &format!("{hour:02}:00")).await;
    }
    world.advance(SignedDuration::from_mins(10));
    club.try_to_book(&world, &token, "14:00", "pm_card_visa").await.refused(429, "BOOKING_VELOCITY_EXCEEDED");
    let (_, other) = world.customer().await;
    club.book(&world, &other, "14:00").await;
    world.advance(SignedDuration::from_mins(50));
    club.book(&world, &world.token(customer, Role::Customer), "15:00").await;
}

/// BOOK-16: ten of a day are enough.
#[tokio::test]
async fn the_eleventh_booking_of_a_day_waits() {
    let world = World::with_rules(BookingsConfig::default()).await;
    let club = Club::new(&world).await;
    let (customer, _) = world.customer().await;
    for hour in 8..18 {
        let token = world.token(customer, Role::Customer);
        club.book(&world, &token, &format!("{hour:02}:00")).await;
        world.advance(SignedDuration::from_mins(30));
    }
    world.advance(SignedDuration::from_hours(1));
    let token = world.token(customer, Role::Customer);
    club.try_to_book(&world, &token, "20:00", "pm_card_visa").await.refused(429, "BOOKING_VELOCITY_EXCEEDED");
}

/// BOOK-16: a burst is counted as well: of twenty requests at once five are booked, and declined cards do not count.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_is_counted() {
    let world = World::with_rules(BookingsConfig::default()).await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    for _ in 0..6 {
        club.try_to_book(&world, &token, "08:00", "pm_card_chargeDeclined").await.refused(402, "PAYMENT_CARD_DECLINED");
    }
    let starts: Vec<String> = (8..23).map(|hour| format!("{hour:02}:00")).collect();
    let calls = starts.iter().map(|start| club.try_to_book(&world, &token, start, "pm_card_visa"));
    let answers: Vec<Answer> = join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 5);
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        answer.refused(429, "BOOKING_VELOCITY_EXCEEDED");
    }
}

/// BOOK-16: a series counts once, however many dates it has.
#[tokio::test]
async fn a_series_counts_once() {
    let world = World::with_rules(BookingsConfig::default()).await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let series = |start: &str| json!({ "courtId": club.court, "startDate": DAY, "startTime": start, "weeks": 12, "paymentMethodId": "pm_card_visa" });
    for start in ["08:00", "09:00", "10:00", "11:00", "12:00"] {
        let made =
            world.post("/api/bookings/recurring").bearer(&token).key(fresh_key()).json(&series(start)).send().await;
        assert_eq!(made.expect(201)["totalCreated"], 12);
    }
    let sixth =
        world.post("/api/bookings/recurring").bearer(&token).key(fresh_key()).json(&series("13:00")).send().await;
    sixth.refused(429, "BOOKING_VELOCITY_EXCEEDED");
}

/// BOOK-17: the fourth booking made and called off on one court closes it to the customer for a day, and is reported.
#[tokio::test]
async fn booking_and_calling_off_closes_a_court() {
    let world = World::new().await;
    let (club, elsewhere) = (Club::new(&world).await, Club::new(&world).await);
    let (customer, token) = world.customer().await;
    for round in 0..4 {
        assert!(world.events("SECURITY_ALERT").await.is_empty(), "{round}");
        let booking = club.book(&world, &token, "10:00").await;
        cancel(&world, &token, &booking).await;
    }
    let refused = club.try_to_book(&world, &token, "10:00", "pm_card_visa").await.refused(403, "COURT_BOOKING_BLOCKED");
    assert_eq!(refused["details"]["blockedUntil"], "2026-05-05T09:00:00Z");
    let alerts = world.events("SECURITY_ALERT").await;
    assert_eq!(alerts.len(), 1);
    assert_eq!(
        (&alerts[0]["payload"]["alertType"], &alerts[0]["payload"]["userId"]),
        (&json!("BOOKING_ABUSE"), &json!(customer))
    );
    elsewhere.book(&world, &token, "10:00").await;
    let (_, other) = world.customer().await;
    let theirs = club.book(&world, &other, "10:00").await;
    cancel(&world, &club.token, &theirs).await;
    world.advance(SignedDuration::from_hours(24));
    club.book(&world, &world.token(customer, Role::Customer), "12:00").await;
}

/// BOOK-18: the sixth peak slot called off in a week is reported, and with the setting the customer may only book courts
/// that confirm at once.
#[tokio::test]
async fn calling_off_peak_slots_is_reported() {
    let rules = BookingsConfig {
        max_per_hour: 100,
        max_per_day: 100,
        instant_only_after_peak_abuse: true,
        ..BookingsConfig::default()
    };
    let world = World::with_rules(rules).await;
    let by_hand = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    let peak =
        json!({ "rules": [{ "dayOfWeek": "TUESDAY", "startTime": "18:00", "endTime": "23:00", "multiplier": 1.5 }] });
    for round in 0..6 {
        let club = Club::new(&world).await;
        let path = format!("/api/courts/{}/pricing", club.court);
        world.platform("PUT", &path).bearer(&club.token).json(&peak).send().await.expect(200);
        // Calling off at other times is nobody's business.
        let booking = club.book(&world, &token, "10:00").await;
        cancel(&world, &token, &booking).await;
        assert!(world.events("SECURITY_ALERT").await.is_empty(), "{round}");
        let booking = club.book(&world, &token, "18:00").await;
        cancel(&world, &token, &booking).await;
    }
    let alerts = world.events("SECURITY_ALERT").await;
    assert_eq!((alerts.len(), &alerts[0]["payload"]["metadata"]["requestCount"]), (1, &json!(6)));
    by_hand.try_to_book(&world, &token, "10:00", "pm_card_visa").await.refused(403, "INSTANT_COURTS_ONLY");
    Club::new(&world).await.book(&world, &token, "10:00").await;
}

/// BOOK-19: the same customer, the same slot, within five seconds and under another key: a slip. Later it is simply taken.
#[tokio::test]
async fn a_second_click_is_told_apart() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    club.book(&world, &token, "10:00").await;
    let again = || club.try_to_book(&world, &token, "10:00", "pm_card_visa");
    again().await.refused(409, "DUPLICATE_BOOKING_ATTEMPT");
    let body = booking_body(&club.court, DAY, "10:00", "pm_card_visa");
    let (_, other) = world.customer().await;
    let theirs = world.post("/api/bookings").bearer(&other).key(fresh_key()).json(&body).send().await;
    theirs.refused(409, "TIME_SLOT_UNAVAILABLE");
    world.advance(SignedDuration::from_secs(5));
    again().await.refused(409, "TIME_SLOT_UNAVAILABLE");
}
