//! Payments that succeed after their hold has lapsed: booked if the slot is still free, else given back whole (LIVE-11).

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Club, World, fresh_key};

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

/// A hold that waits for its holder and then lapses, and the intent that is about to be paid.
async fn lapsed_hold(world: &World, club: &Club) -> (Value, String, contracts::ids::UserId) {
    let (customer, token) = world.customer().await;
    let held = club.try_to_book(world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
    let intent = world.intents_of(id(&held)).await[0]["id"].as_str().expect("an id").to_owned();
    world.advance(SignedDuration::from_secs(301));
    assert_eq!(world.sweep().await, 1);
    (held, intent, customer)
}

/// LIVE-11: the slot is still free, so the late payment gets it.
#[tokio::test]
async fn a_late_payment_gets_a_slot_that_is_still_free() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (held, intent, customer) = lapsed_hold(&world, &club).await;

    // The holder agrees before the intent is let go; the job that wanted to do so finds it paid.
    world.authenticate(&intent, "complete").await;
    world.run_jobs().await;

    assert_eq!(world.status_of(id(&held)).await, "CONFIRMED");
    assert_eq!(world.payment_of(id(&held)).await, ("CAPTURED".to_owned(), None));
    assert_eq!(world.event_types().await, ["SLOT_HELD", "SLOT_RELEASED", "BOOKING_CREATED"]);
    let token = world.token(customer, Role::Customer);
    let shown = world.get(&format!("/api/bookings/{}", id(&held))).bearer(&token).send().await.expect(200);
    assert_eq!(shown["status"], "CONFIRMED");
}

/// LIVE-11, PAY-44: somebody else has the slot, so all of the money goes back, our commission included, and the customer
/// is told.
#[tokio::test]
async fn a_late_payment_for_a_taken_slot_is_given_back_whole() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (held, intent, customer) = lapsed_hold(&world, &club).await;
    let (_, other) = world.customer().await;
    let winner = club.book(&world, &other, "10:00").await;

    world.authenticate(&intent, "complete").await;
    // The report comes twice; it gives the money back once.
    let object = world.stripe_get(&format!("payment_intents/{intent}")).await;
    for event in ["evt_late_1", "evt_late_1", "evt_late_2"] {
        assert_eq!(world.report(event, "payment_intent.succeeded", &object).await.status, 200);
        world.run_jobs().await;
    }

    assert_eq!(world.status_of(id(&held)).await, "DROPPED");
    assert_eq!(world.status_of(id(&winner)).await, "CONFIRMED");
    assert_eq!(world.payment_of(id(&held)).await, ("REFUNDED".to_owned(), None));
    let refunds = world.stripe_get(&format!("refunds?payment_intent={intent}")).await;
    let refunds = refunds["data"].as_array().expect("a list").clone();
    assert_eq!(refunds.len(), 1);
    assert_eq!(refunds[0]["amount"], 5000, "all of it");
    let charge = world.stripe_get(&format!("payment_intents/{intent}?expand[]=latest_charge")).await;
    assert_eq!(charge["latest_charge"]["amount_refunded"], 5000);
    let told = world.events("NOTIFICATION_REQUESTED").await;
    assert!(told.iter().any(|event| event["payload"]["userId"] == json!(customer)
        && event["payload"]["notificationType"] == "PAYMENT_FAILED"));
}

/// LIVE-11: on a MANUAL court nothing was taken yet, so the card's hold is let go.
#[tokio::test]
async fn a_late_authorisation_for_a_taken_slot_is_let_go() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (held, intent, _) = lapsed_hold(&world, &club).await;
    let (_, other) = world.customer().await;
    club.book(&world, &other, "10:00").await;

    world.authenticate(&intent, "complete").await;
    world.run_jobs().await;

    assert_eq!(world.status_of(id(&held)).await, "DROPPED");
    assert_eq!(world.intents_of(id(&held)).await[0]["status"], "canceled");
    assert_eq!(world.payment_of(id(&held)).await.1, None);
}

/// LIVE-10, LIVE-11: what a customer gave up is never booked, however the payment ends.
#[tokio::test]
async fn a_payment_for_something_given_up_is_returned() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let held = club.try_to_book(&world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
    let intent = world.intents_of(id(&held)).await[0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/bookings/{}/cancel", id(&held));
    world.post(&path).bearer(&token).key(fresh_key()).send().await.expect(200);

    world.authenticate(&intent, "complete").await;
    world.run_jobs().await;

    assert_eq!(world.status_of(id(&held)).await, "DROPPED");
    let charge = world.stripe_get(&format!("payment_intents/{intent}?expand[]=latest_charge")).await;
    assert_eq!(charge["latest_charge"]["amount_refunded"], 5000);
}
