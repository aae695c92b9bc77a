//! `POST /api/bookings/manual`: an owner enters a booking by hand (BOOK-44, BOOK-45, BOOK-47).

use contracts::identity::{Role, SubscriptionStatus};
use serde_json::{Value, json};

use crate::support::{Answer, Club, DAY, World, booking_body, fresh_key};

async fn enter(world: &World, token: &str, body: &Value) -> Answer {
    world.post("/api/bookings/manual").bearer(token).json(body).send().await
}

/// BOOK-44, BOOK-45, BOOK-47: it stands at once, without money, and blocks customers.
#[tokio::test]
async fn a_manual_booking_blocks_customers() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let body = json!({
        "courtId": club.court, "date": DAY, "startTime": "10:00", "durationMinutes": 120,
        "customerName": "Γιώργος", "customerPhone": "+30 6900000000", "customerEmail": "g@example.test", "notes": "cash",
    });
    let booking = enter(&world, &club.token, &body).await.expect(201);
    assert_eq!((&booking["status"], &booking["type"]), (&json!("CONFIRMED"), &json!("MANUAL")));
    assert_eq!((&booking["paymentStatus"], &booking["isManual"]), (&json!("NOT_REQUIRED"), &json!(true)));
    assert_eq!((&booking["endTime"], &booking["customerName"]), (&json!("12:00"), &json!("Γιώργος")));
    let created = &world.events("BOOKING_CREATED").await[0]["payload"];
    assert_eq!((&created["bookingType"], &created["userId"]), (&json!("MANUAL"), &Value::Null));
    assert!(!created.to_string().contains("Γιώργος"), "EVT-09");

    let (_, token) = world.customer().await;
    club.try_to_book(&world, &token, "11:00", "pm_card_visa").await.refused(409, "TIME_SLOT_UNAVAILABLE");
    let shown = world.get(&format!("/api/bookings/{}", booking["id"].as_str().expect("an id")));
    let shown = shown.bearer(&club.token).send().await.expect(200);
    assert_eq!((&shown["customerPhone"], &shown["notes"]), (&json!("+30 6900000000"), &json!("cash")));
}

/// BOOK-45: a conflict names the booking in the way, to the owner alone.
#[tokio::test]
async fn a_conflict_names_what_is_in_the_way() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booked = club.book(&world, &token, "10:00").await;
    let body = json!({ "courtId": club.court, "date": DAY, "startTime": "09:30" });
    let refused = enter(&world, &club.token, &body).await.refused(409, "TIME_SLOT_UNAVAILABLE");
    assert_eq!(refused["details"]["conflictingBookingId"], booked["id"]);
}

/// BOOK-47: neither notice nor window bind an owner, and no Stripe account is needed.
#[tokio::test]
async fn owners_are_bound_by_no_limits() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    sqlx::query("UPDATE platform.users SET stripe_status = 'DISABLED'").execute(&world.admin).await.expect("owners");
    for date in ["2026-05-04", "2027-05-04"] {
        let body = json!({ "courtId": club.court, "date": date, "startTime": "12:00" });
        enter(&world, &club.token, &body).await.expect(201);
    }
}

/// AUTHZ-02, BOOK-49: another owner's court, a lapsed subscription, a customer.
#[tokio::test]
async fn only_the_owner_with_a_live_subscription_may() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let other = Club::new(&world).await;
    let (_, customer) = world.customer().await;
    let body = json!({ "courtId": club.court, "date": DAY, "startTime": "10:00" });
    enter(&world, &other.token, &body).await.refused(403, "AUTHZ_NOT_OWNER");
    enter(&world, &customer, &body).await.refused(403, "AUTHZ_INSUFFICIENT_ROLE");
    for lapsed in [Some(SubscriptionStatus::Expired), Some(SubscriptionStatus::None), None] {
        let token = world.token_with(club.owner, Role::CourtOwner, lapsed);
        enter(&world, &token, &body).await.refused(403, "SUBSCRIPTION_EXPIRED");
    }
    let nowhere = json!({ "courtId": fresh_key(), "date": DAY, "startTime": "10:00" });
    enter(&world, &club.token, &nowhere).await.refused(404, "COURT_NOT_FOUND");
}

/// SEC-38, BOOK-02: wrong fields are named; a repeated key enters once.
#[tokio::test]
async fn input_is_checked_and_keys_are_honoured() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let good = json!({ "courtId": club.court, "date": DAY, "startTime": "10:00" });
    for (field, wrong) in [
        ("customerEmail", json!("nobody")),
        ("customerName", json!("")),
        ("recurring.durationWeeks", json!(13)),
        ("recurring.frequencyWeeks", json!(2)),
        ("startTime", json!("23:30")),
    ] {
        let mut body = good.clone();
        match field.split_once('.') {
            Some((outer, inner)) => body[outer] = json!({ inner: wrong }),
            None => body[field] = wrong,
        }
        assert_eq!(enter(&world, &club.token, &body).await.wrong_fields(), [field]);
    }
    let mut odd = good.clone();
    odd["durationMinutes"] = json!(45);
    enter(&world, &club.token, &odd).await.refused(422, "SLOT_DURATION_MISMATCH");
    let key = fresh_key();
    let post = || world.post("/api/bookings/manual").bearer(&club.token).key(key).json(&good).send();
    let first = post().await.expect(201);
    assert_eq!(post().await.expect(201), first);
}

/// LIVE-09: an owner's entry, too, takes the place of a hold that has expired.
#[tokio::test]
async fn an_expired_hold_gives_way_to_the_owner() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let body = booking_body(&club.court, DAY, "10:00", "pm_card_authenticationRequired");
    let held = world.post("/api/bookings").bearer(&token).key(fresh_key()).json(&body).send().await.expect(201);
    world.advance(jiff::SignedDuration::from_secs(300));
    let entry = json!({ "courtId": club.court, "date": DAY, "startTime": "10:00" });
    enter(&world, &world.token(club.owner, Role::CourtOwner), &entry).await.expect(201);
    assert_eq!(world.status_of(held["id"].as_str().expect("an id")).await, "DROPPED");
}
