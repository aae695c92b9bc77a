//! Weekly series of customers (BOOK-34 to BOOK-38) and of owners (BOOK-44, BOOK-46).

use contracts::identity::Role;
use serde_json::{Value, json};

use crate::support::{Answer, Club, DAY, World, fresh_key};

fn series(club: &Club, weeks: i32) -> Value {
    json!({ "courtId": club.court, "startDate": DAY, "startTime": "10:00", "weeks": weeks, "paymentMethodId": "pm_card_visa" })
}

async fn create(world: &World, token: &str, body: &Value) -> Answer {
    world.post("/api/bookings/recurring").bearer(token).key(fresh_key()).json(body).send().await
}

fn dates(bookings: &Value) -> Vec<&str> {
    bookings.as_array().expect("a list").iter().map(|booking| booking["date"].as_str().expect("a date")).collect()
}

/// BOOK-34, BOOK-35, BOOK-37: every date is a booking of its own with its own payment, linked, far beyond the window of a
/// single one; the list shows them to the customer and the owner.
#[tokio::test]
async fn a_series_books_every_date() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;

    let result = create(&world, &token, &series(&club, 12)).await.expect(201);

    assert_eq!((&result["totalCreated"], &result["totalConflicts"]), (&json!(12), &json!(0)));
    let booked = dates(&result["createdBookings"]);
    assert_eq!((booked[0], booked[1], booked[11]), (DAY, "2026-05-26", "2026-08-04"));
    let group = result["recurringGroupId"].as_str().expect("an id");
    for booking in result["createdBookings"].as_array().expect("a list") {
        assert_eq!((&booking["isRecurring"], &booking["recurringGroupId"]), (&json!(true), &json!(group)));
        assert_eq!((&booking["startTime"], &booking["status"]), (&json!("10:00"), &json!("CONFIRMED")));
    }
    assert_eq!(world.stripe_get("payment_intents?limit=100").await["data"].as_array().map(Vec::len), Some(12));
    let created = world.events("BOOKING_CREATED").await;
    assert!(created.iter().all(|event| event["payload"]["recurringGroupId"] == json!(group)));
    for reader in [&token, &club.token] {
        let path = format!("/api/bookings/recurring/{group}");
        let shown = world.get(&path).bearer(reader).send().await.expect(200);
        assert_eq!((shown["totalInstances"].clone(), dates(&shown["instances"])), (json!(12), booked.clone()));
    }
    let (_, stranger) = world.customer().await;
    let path = format!("/api/bookings/recurring/{group}");
    world.get(&path).bearer(&stranger).send().await.refused(404, "BOOKING_NOT_FOUND");
}

/// BOOK-36: taken dates are named and the others booked; when none is free nothing is. BOOK-39: instances are called off one
/// by one.
#[tokio::test]
async fn a_partly_taken_series_books_the_rest() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let body = json!({ "courtId": club.court, "date": "2026-05-26", "startTime": "10:00" });
    world.post("/api/bookings/manual").bearer(&club.token).json(&body).send().await.expect(201);
    let block = json!({ "date": "2026-06-02", "reason": "Tournament" });
    let path = format!("/api/courts/{}/availability/overrides", club.court);
    world.platform("POST", &path).bearer(&club.token).json(&block).send().await.expect(201);

    let result = create(&world, &token, &series(&club, 4)).await.expect(207);

    assert_eq!(dates(&result["createdBookings"]), [DAY, "2026-06-09"]);
    assert_eq!(result["conflictingDates"], json!(["2026-05-26", "2026-06-02"]));
    assert_eq!(result["conflicts"][0]["reason"], "TIME_SLOT_UNAVAILABLE");
    assert_eq!(result["conflicts"][1]["reason"], "OVERRIDE_BLOCKED");

    let (_, other) = world.customer().await;
    let mut none = series(&club, 2);
    none["startDate"] = json!("2026-05-19");
    none["weeks"] = json!(3);
    let refused = create(&world, &other, &none).await.refused(409, "TIME_SLOT_UNAVAILABLE");
    assert_eq!(refused["details"]["conflictingDates"], json!([DAY, "2026-05-26", "2026-06-02"]));

    let first = result["createdBookings"][0]["id"].as_str().expect("an id");
    let cancel = world.post(&format!("/api/bookings/{first}/cancel")).bearer(&token).key(fresh_key());
    cancel.send().await.expect(200);
    let second = result["createdBookings"][1]["id"].as_str().expect("an id");
    assert_eq!(
        (world.status_of(first).await.as_str(), world.status_of(second).await.as_str()),
        ("CANCELLED", "CONFIRMED")
    );
}

/// BOOK-34, BOOK-37, BOOK-07: what is wrong with the request or the card is said, and nothing is booked or left behind.
#[tokio::test]
async fn a_series_that_cannot_be_says_why() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    for weeks in [1, 13, -1] {
        assert_eq!(create(&world, &token, &series(&club, weeks)).await.wrong_fields(), ["weeks"]);
    }
    let mut far = series(&club, 2);
    far["startDate"] = json!("2026-06-09");
    create(&world, &token, &far).await.refused(422, "BOOKING_WINDOW_EXCEEDED");
    let mut broke = series(&club, 4);
    broke["paymentMethodId"] = json!("pm_card_chargeDeclined");
    create(&world, &token, &broke).await.refused(402, "PAYMENT_CARD_DECLINED");
    assert_eq!(
        world.stripe_get("payment_intents?limit=100").await["data"].as_array().map(Vec::len),
        Some(1),
        "asked once"
    );
    assert_eq!(world.count("SELECT count(*) FROM transaction.bookings WHERE status <> 'DROPPED'").await, 0);
}

/// BOOK-02: the same key books a series once, also when the first try died before it could answer.
#[tokio::test]
async fn a_repeated_series_books_once() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let key = fresh_key();
    let post = || world.post("/api/bookings/recurring").bearer(&token).key(key).json(&series(&club, 3)).send();
    let first = post().await.expect(201);
    assert_eq!(post().await.expect(201), first);
    // What a crash leaves behind: the instances, and a key without an answer.
    sqlx::query("UPDATE transaction.idempotency_keys SET response_status = NULL, response_body = NULL WHERE key = $1")
        .bind(key)
        .execute(&world.admin)
        .await
        .expect("a key");
    world.advance(jiff::SignedDuration::from_secs(61));
    let again = post().await.expect(201);
    assert_eq!(dates(&again["createdBookings"]), dates(&first["createdBookings"]));
    assert_eq!(world.count("SELECT count(*) FROM transaction.bookings").await, 3);
}

/// BOOK-38: all remaining instances are called off at once, each by policy; what is over stays.
#[tokio::test]
async fn the_rest_of_a_series_is_called_off() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    let result = create(&world, &token, &series(&club, 3)).await.expect(201);
    let group = result["recurringGroupId"].as_str().expect("an id");
    // Thirteen hours before the second date: its tier is 50 %.
    world.advance(
        "2026-05-25T18:00:00Z".parse::<jiff::Timestamp>().expect("an instant").duration_since(crate::support::begin()),
    );
    world.sweep().await;
    let token = world.token(customer, Role::Customer);
    let path = format!("/api/bookings/recurring/{group}/cancel");
    let cancelled = world.post(&path).bearer(&token).json(&json!({ "reason": "Injury" })).send().await.expect(200);
    assert_eq!(cancelled["totalCancelled"], 2);
    let refunds: Vec<_> =
        cancelled["cancelled"].as_array().expect("a list").iter().map(|one| &one["refundAmountCents"]).collect();
    assert_eq!(refunds, [&json!(2_250), &json!(4_500)]);
    assert_eq!(world.post(&path).bearer(&token).send().await.expect(200)["totalCancelled"], 0);
    let (_, stranger) = world.customer().await;
    world.post(&path).bearer(&stranger).send().await.refused(404, "BOOKING_NOT_FOUND");
}

/// BOOK-21, BOOK-34: a series over the clock change in Athens keeps its local time, and its instants move by an hour.
#[tokio::test]
async fn a_series_keeps_its_time_over_the_clock_change() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    world.advance(
        "2026-10-01T09:00:00Z".parse::<jiff::Timestamp>().expect("an instant").duration_since(crate::support::begin()),
    );
    let (_, token) = world.customer().await;
    let mut body = series(&club, 3);
    body["startDate"] = json!("2026-10-13");
    let result = create(&world, &token, &body).await.expect(201);
    assert_eq!(dates(&result["createdBookings"]), ["2026-10-13", "2026-10-20", "2026-10-27"]);
    let hours: Vec<i32> = sqlx::query_scalar(
        "SELECT extract(hour FROM lower(period) AT TIME ZONE 'UTC')::integer FROM transaction.bookings ORDER BY booking_date",
    )
    .fetch_all(&world.admin)
    .await
    .expect("hours");
    assert_eq!(hours, [7, 7, 8]);
}

/// BOOK-44, BOOK-46: an owner's series is a list, or names what was entered and what was taken; none free is 409.
#[tokio::test]
async fn an_owner_enters_a_series() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let enter = |body: Value| world.post("/api/bookings/manual").bearer(&club.token).json(&body).send();
    let body = |start: &str, weeks: i32| {
        json!({ "courtId": club.court, "date": DAY, "startTime": start, "customerName": "School",
                "recurring": { "frequencyWeeks": 1, "durationWeeks": weeks } })
    };
    let all = enter(body("10:00", 12)).await.expect(201);
    assert_eq!((all.as_array().map(Vec::len), &all[11]["date"]), (Some(12), &json!("2026-08-04")));
    assert!(all.as_array().expect("a list").iter().all(|one| one["type"] == "MANUAL" && one["isRecurring"] == true));
    let four = json!({ "courtId": club.court, "date": DAY, "startTime": "12:00", "recurring": {} });
    assert_eq!(enter(four).await.expect(201).as_array().map(Vec::len), Some(4), "four weeks when nobody says");

    let single = json!({ "courtId": club.court, "date": "2026-05-26", "startTime": "15:00" });
    enter(single).await.expect(201);
    let partly = enter(body("15:00", 3)).await.expect(207);
    let entered: Vec<_> = partly["created"].as_array().expect("a list").iter().map(|one| &one["date"]).collect();
    assert_eq!(entered, [&json!(DAY), &json!("2026-06-02")]);
    assert_eq!(partly["conflicts"], json!([{ "date": "2026-05-26", "reason": "TIME_SLOT_UNAVAILABLE" }]));
    enter(body("15:00", 3)).await.refused(409, "TIME_SLOT_UNAVAILABLE");
}
