//! Cards that ask their holder: the hold waits, the client goes on, a webhook or the clock ends it (BOOK-08).

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::{PATIENCE, eventually};

use crate::support::{Club, World, fresh_key};

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

/// BOOK-08: 201 with PENDING_PAYMENT and a secret; once the holder agrees, the webhook makes it a booking.
#[tokio::test]
async fn the_booking_stands_once_the_holder_agrees() {
    let world = World::with_webhooks().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;

    let held = club.try_to_book(&world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
    assert_eq!((&held["status"], &held["paymentStatus"]), (&json!("PENDING_PAYMENT"), &json!("PENDING")));
    assert_eq!(held["holdExpiresAt"], "2026-05-04T09:05:00Z");
    let secret = held["paymentIntentClientSecret"].as_str().expect("a secret");
    let intent = secret.split_once("_secret").expect("Stripe's form").0;
    assert_eq!(world.event_types().await, ["SLOT_HELD"], "nothing is booked yet");

    // An app that crashed finds its way back (BOOK-08).
    let open = world.get("/api/bookings?status=PENDING_PAYMENT").bearer(&token).send().await.expect(200);
    assert_eq!(open["bookings"][0]["paymentIntentClientSecret"], secret);

    world.authenticate(intent, "complete").await;
    eventually("the webhook books", PATIENCE, async || (world.status_of(id(&held)).await == "CONFIRMED").then_some(()))
        .await;

    assert_eq!(world.event_types().await, ["SLOT_HELD", "BOOKING_CREATED"]);
    let shown = world.get(&format!("/api/bookings/{}", id(&held))).bearer(&token).send().await.expect(200);
    assert_eq!(shown["paymentStatus"], "CAPTURED");
    assert!(shown.get("paymentIntentClientSecret").is_none(), "SEC-54: the secret is gone");
}

/// BOOK-08, PAY-02: on a MANUAL court the finished authentication leads to a pending booking.
#[tokio::test]
async fn a_manual_court_waits_for_its_owner_afterwards() {
    let world = World::with_webhooks().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    let held = club.try_to_book(&world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
    let intent = world.intents_of(id(&held)).await[0]["id"].as_str().expect("an id").to_owned();
    world.authenticate(&intent, "complete").await;
    eventually("the webhook books", PATIENCE, async || {
        (world.status_of(id(&held)).await == "PENDING_CONFIRMATION").then_some(())
    })
    .await;
    assert_eq!(world.payment_of(id(&held)).await, ("AUTHORIZED".to_owned(), None));
}

/// BOOK-07: a holder who fails the check loses the hold at once, and the intent cannot be paid any more.
#[tokio::test]
async fn a_failed_check_frees_the_slot() {
    let world = World::with_webhooks().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let held = club.try_to_book(&world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
    let intent = world.intents_of(id(&held)).await[0]["id"].as_str().expect("an id").to_owned();

    world.authenticate(&intent, "fail").await;
    eventually("the webhook drops the hold", PATIENCE, async || {
        (world.status_of(id(&held)).await == "DROPPED").then_some(())
    })
    .await;

    assert_eq!(world.events("SLOT_RELEASED").await[0]["payload"]["releaseReason"], "PAYMENT_FAILED");
    world.run_jobs().await;
    assert_eq!(world.intents_of(id(&held)).await[0]["status"], "canceled");
    club.book(&world, &token, "10:00").await;
}

/// BOOK-08, LIVE-09, LIVE-10: unfinished after exactly five minutes the booking is dropped and the intent let go.
#[tokio::test]
async fn an_unfinished_check_is_dropped_after_five_minutes() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    let held = club.try_to_book(&world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);

    world.advance(SignedDuration::from_secs(300) - SignedDuration::from_micros(1));
    assert_eq!(world.sweep().await, 0);
    world.advance(SignedDuration::from_micros(1));
    assert_eq!(world.sweep().await, 1);
    assert_eq!(world.sweep().await, 0, "once");

    assert_eq!(world.event_types().await, ["SLOT_HELD", "SLOT_RELEASED"]);
    let released = &world.events("SLOT_RELEASED").await[0]["payload"];
    assert_eq!((&released["releaseReason"], &released["startTime"]), (&json!("HOLD_EXPIRED"), &json!("10:00")));
    assert!(released.get("heldByUserId").is_none() && released.get("userId").is_none(), "LIVE-12");
    world.run_jobs().await;
    assert_eq!(world.intents_of(id(&held)).await[0]["status"], "canceled");
    assert_eq!(world.payment_of(id(&held)).await, ("FAILED".to_owned(), None));
    let token = world.token(customer, Role::Customer);
    let gone = world.get(&format!("/api/bookings/{}", id(&held))).bearer(&token).send().await;
    gone.refused(404, "BOOKING_NOT_FOUND");
}

/// LIVE-10: a customer who gives up frees the slot with USER_ABANDONED.
#[tokio::test]
async fn giving_up_frees_the_slot() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let held = club.try_to_book(&world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
    let path = format!("/api/bookings/{}/cancel", id(&held));
    // The owner knows nothing of a hold.
    world.post(&path).bearer(&club.token).key(fresh_key()).send().await.refused(404, "BOOKING_NOT_FOUND");

    let result = world.post(&path).bearer(&token).key(fresh_key()).send().await.expect(200);
    assert_eq!((&result["refundStatus"], &result["holdReleased"]), (&json!("NONE"), &json!(true)));
    assert_eq!(world.events("SLOT_RELEASED").await[0]["payload"]["releaseReason"], "USER_ABANDONED");
    world.run_jobs().await;
    assert_eq!(world.intents_of(id(&held)).await[0]["status"], "canceled");
    club.book(&world, &token, "10:00").await;
}
