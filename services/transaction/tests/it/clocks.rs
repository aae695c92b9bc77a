//! Court-local time on the real database: both clock changes of Athens and of a zone that moves by half an hour, leap days,
//! and a customer who is somewhere else (BOOK-20, BOOK-21). The arithmetic itself is proved in `bookings::domain`.

use contracts::identity::Role;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::{Club, World, begin, booking_body, fresh_key};

/// Moves the clock to an instant.
fn go_to(world: &World, instant: &str) {
    let instant: Timestamp = instant.parse().expect("a literal instant");
    world.advance(instant.duration_since(begin()));
}

/// What the database has of every booking: the clock of its court, and the instant in UTC.
async fn starts(world: &World) -> Vec<(String, String)> {
    sqlx::query_as(
        "SELECT to_char(lower(period) AT TIME ZONE timezone, 'YYYY-MM-DD HH24:MI'),
                to_char(lower(period) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
         FROM transaction.bookings ORDER BY booking_date",
    )
    .fetch_all(&world.admin)
    .await
    .expect("the bookings")
}

/// BOOK-21, BOOK-34: ten o'clock stays ten o'clock in a series over each of the four clock changes; the instants move by as
/// much as the clock does, which on Lord Howe Island is half an hour.
#[tokio::test]
async fn a_series_over_each_clock_change() {
    for (zone, now, first, instants) in [
        ("Europe/Athens", "2026-10-01T09:00:00Z", "2026-10-19", ["2026-10-19 07:00", "2026-10-26 08:00"]),
        ("Europe/Athens", "2027-03-10T09:00:00Z", "2027-03-22", ["2027-03-22 08:00", "2027-03-29 07:00"]),
        ("Australia/Lord_Howe", "2026-09-20T09:00:00Z", "2026-09-29", ["2026-09-28 23:30", "2026-10-05 23:00"]),
        ("Australia/Lord_Howe", "2027-03-20T09:00:00Z", "2027-03-30", ["2027-03-29 23:00", "2027-04-05 23:30"]),
    ] {
        let world = World::new().await;
        let club = Club::with(&world, json!({ "timezone": zone })).await;
        let (customer, _) = world.customer().await;
        go_to(&world, now);
        let body = json!({ "courtId": club.court, "startDate": first, "startTime": "10:00", "weeks": 2,
                           "paymentMethodId": "pm_card_visa" });
        let token = world.token(customer, Role::Customer);
        let made = world.post("/api/bookings/recurring").bearer(&token).key(fresh_key()).json(&body).send().await;
        let made = made.expect(201);
        for booking in made["createdBookings"].as_array().expect("a list") {
            assert_eq!((&booking["startTime"], &booking["timezone"]), (&json!("10:00"), &json!(zone)));
        }
        let starts = starts(&world).await;
        assert!(starts.iter().all(|(local, _)| local.ends_with(" 10:00")), "{zone}: {starts:?}");
        assert_eq!(starts.iter().map(|(_, instant)| instant.as_str()).collect::<Vec<_>>(), instants, "{zone}");
    }
}

/// BOOK-20, BOOK-23: the 29th of February exists in leap years only, and is a day like any other.
#[tokio::test]
async fn a_leap_day() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, _) = world.customer().await;
    go_to(&world, "2028-02-20T09:00:00Z");
    let token = world.token(customer, Role::Customer);
    let book = async |date: &str| {
        let body = booking_body(&club.court, date, "10:00", "pm_card_visa");
        world.post("/api/bookings").bearer(&token).key(fresh_key()).json(&body).send().await
    };
    assert_eq!(book("2028-02-29").await.expect(201)["date"], "2028-02-29");
    assert_eq!(book("2028-03-01").await.expect(201)["date"], "2028-03-01");
    assert_eq!(book("2027-02-29").await.status, 400);
    let starts = starts(&world).await;
    assert_eq!(starts[0].1, "2028-02-29 08:00");
}

/// BOOK-10, BOOK-20: a customer in Athens books on Lord Howe Island: dates, times and notice are those of the court, and the
/// answer names its zone.
#[tokio::test]
async fn a_customer_in_another_zone() {
    let world = World::new().await;
    let club = Club::with(&world, json!({ "timezone": "Australia/Lord_Howe" })).await;
    let (_, token) = world.customer().await;
    // Noon in Athens, half past seven in the evening there.
    let book = async |date: &str, start: &str| {
        let body = booking_body(&club.court, date, start, "pm_card_visa");
        world.post("/api/bookings").bearer(&token).key(fresh_key()).json(&body).send().await
    };
    book("2026-05-04", "20:00").await.refused(422, "MINIMUM_NOTICE_NOT_MET");
    book("2026-05-04", "14:00").await.refused(422, "MINIMUM_NOTICE_NOT_MET");
    let booking: Value = book("2026-05-04", "21:00").await.expect(201);
    let shown = (&booking["date"], &booking["startTime"], &booking["timezone"]);
    assert_eq!(shown, (&json!("2026-05-04"), &json!("21:00"), &json!("Australia/Lord_Howe")));
    assert_eq!(starts(&world).await[0].1, "2026-05-04 10:30");
}
