//! `POST /api/webhooks/stripe`: believed only when signed, effective once, in any order (PAY-37 to PAY-42).

use contracts::identity::Role;
use jiff::SignedDuration;
use secrecy::SecretString;
use serde_json::{Value, json};
use testkit::{PATIENCE, eventually};
use transaction::stripe::signature;

use crate::support::{Answer, Club, World};

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

async fn send(world: &World, header: Option<&str>, body: &str) -> Answer {
    let call = world.post("/api/webhooks/stripe").text(body);
    match header {
        Some(header) => call.header("stripe-signature", header).send().await,
        None => call.send().await,
    }
}

/// PAY-38: unsigned, altered, signed by somebody else or malformed is 400 and changes nothing.
#[tokio::test]
async fn only_signed_reports_are_believed() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let held = club.try_to_book(&world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
    let mut intent = world.intents_of(id(&held)).await[0].clone();
    intent["status"] = json!("succeeded");
    let body =
        json!({ "id": "evt_forged", "type": "payment_intent.succeeded", "data": { "object": intent } }).to_string();
    let now = crate::support::begin();
    let good = signature::sign(body.as_bytes(), &world.webhook_secret(), now);
    let foreign = signature::sign(body.as_bytes(), &SecretString::from("whsec_other"), now);

    send(&world, None, &body).await.refused(400, "WEBHOOK_SIGNATURE_INVALID");
    send(&world, Some("nonsense"), &body).await.refused(400, "WEBHOOK_SIGNATURE_INVALID");
    send(&world, Some(&foreign), &body).await.refused(400, "WEBHOOK_SIGNATURE_INVALID");
    send(&world, Some(&good), &body.replace("succeeded", "succeeded ")).await.refused(400, "WEBHOOK_SIGNATURE_INVALID");
    assert_eq!(world.status_of(id(&held)).await, "PENDING_PAYMENT");
    assert_eq!(world.count("SELECT count(*) FROM transaction.stripe_events").await, 0);

    let nonsense = "{\"id\": 5}";
    let header = signature::sign(nonsense.as_bytes(), &world.webhook_secret(), now);
    send(&world, Some(&header), nonsense).await.refused(400, "MALFORMED_JSON");
}

/// Every kind of report that has an effect.
const KINDS: [&str; 10] = [
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "payment_intent.amount_capturable_updated",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "payment_method.detached",
    "refund.failed",
];

/// PAY-38, PAY-39: whatever it says, a report that is badly signed, too old, or signed with the secret of another endpoint
/// is 400 and changes nothing.
#[tokio::test]
async fn no_kind_is_believed_unsigned() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let before = world.payment_of(id(&booking)).await;
    let intent = world.intents_of(id(&booking)).await[0].clone();
    let now = crate::support::begin();
    for kind in KINDS {
        let body = json!({ "id": "evt_forged", "type": kind, "data": { "object": intent } }).to_string();
        let foreign = SecretString::from("whsec_connect_of_the_tests");
        let of_another_endpoint = signature::sign(body.as_bytes(), &foreign, now);
        let long_ago = now - SignedDuration::from_secs(301);
        let old = signature::sign(body.as_bytes(), &world.webhook_secret(), long_ago);
        let altered = signature::sign(format!("{body} ").as_bytes(), &world.webhook_secret(), now);
        for header in [of_another_endpoint, old, altered] {
            send(&world, Some(&header), &body).await.refused(400, "WEBHOOK_SIGNATURE_INVALID");
        }
    }
    assert_eq!(world.count("SELECT count(*) FROM transaction.stripe_events").await, 0);
    assert_eq!(world.payment_of(id(&booking)).await, before);
    assert_eq!(world.status_of(id(&booking)).await, "CONFIRMED");
}

/// PAY-40: the ingress lets nobody but the listed addresses to the webhooks, lists nobody unless told to, and asks for no
/// token there; the route itself asks for none either.
#[tokio::test]
async fn webhooks_come_from_listed_addresses_without_a_token() {
    let server = include_str!("../../../../deploy/nginx/courtside-server.conf");
    let location = server.split("location /api/webhooks/ {").nth(1).and_then(|rest| rest.split('}').next());
    let location = location.expect("the ingress has a place for webhooks").trim_start();
    assert!(location.starts_with("if ($webhook_source = 0) { return 403;"), "{location}");
    let one_machine = include_str!("../../../../deploy/nginx/one-machine.conf");
    assert!(one_machine.contains("geo $webhook_source { default 0;"), "nobody unless listed");
    let common = include_str!("../../../../deploy/nginx/courtside.conf");
    assert!(common.contains("\"~^/api/webhooks/\"           1;"), "open without a token");

    let world = World::new().await;
    assert_eq!(world.report("evt_1", "invoice.paid", &json!({ "id": "in_1" })).await.status, 200);
}

/// PAY-38: a good signature that is older than five minutes is a replay and raises an alert.
#[tokio::test]
async fn an_old_report_is_a_replay() {
    let world = World::new().await;
    let body = json!({ "id": "evt_old", "type": "payment_intent.succeeded", "data": { "object": {} } }).to_string();
    let header = signature::sign(body.as_bytes(), &world.webhook_secret(), crate::support::begin());
    world.advance(SignedDuration::from_secs(301));
    send(&world, Some(&header), &body).await.refused(400, "WEBHOOK_SIGNATURE_INVALID");
    let alert = &world.events("SECURITY_ALERT").await[0]["payload"];
    assert_eq!(
        (&alert["alertType"], &alert["metadata"]["stripeEventId"]),
        (&json!("WEBHOOK_REPLAY"), &json!("evt_old"))
    );
}

/// PAY-37: types and intents nobody here knows are accepted and ignored.
#[tokio::test]
async fn unknown_reports_are_accepted() {
    let world = World::new().await;
    for (event, kind, object) in [
        ("evt_1", "invoice.paid", json!({ "id": "in_1" })),
        ("evt_2", "payment_intent.succeeded", json!({ "id": "pi_of_somebody_else", "status": "succeeded" })),
        ("evt_3", "charge.refunded", json!({ "id": "ch_1", "payment_intent": null })),
        ("evt_4", "payment_intent.canceled", json!({ "id": "pi_x", "status": "a_word_of_tomorrow" })),
    ] {
        assert_eq!(world.report(event, kind, &object).await.status, 200, "{kind}");
    }
}

/// PAY-41: the event's id and its effect are one transaction: a repeat is 200 without effect, and what failed comes again.
#[tokio::test]
async fn a_report_takes_effect_once() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let held = club.try_to_book(&world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
    let intent = world.intents_of(id(&held)).await[0]["id"].as_str().expect("an id").to_owned();
    world.authenticate(&intent, "complete").await;
    let object = world.stripe_get(&format!("payment_intents/{intent}")).await;

    // An object that cannot be read fails the whole transaction: 500, and the id is not used up.
    assert_eq!(world.report("evt_paid", "payment_intent.succeeded", &json!({ "id": 5 })).await.status, 500);
    assert_eq!(world.count("SELECT count(*) FROM transaction.stripe_events").await, 0);

    let reports = (0..5).map(|_| world.report("evt_paid", "payment_intent.succeeded", &object));
    for answer in futures::future::join_all(reports).await {
        assert_eq!(answer.status, 200, "{:#}", answer.body);
    }
    assert_eq!(world.report("evt_other", "payment_intent.succeeded", &object).await.status, 200);
    assert_eq!(world.status_of(id(&held)).await, "CONFIRMED");
    assert_eq!(world.events("BOOKING_CREATED").await.len(), 1);
}

/// PAY-42: a late failure or cancellation does not undo what was captured.
#[tokio::test]
async fn a_late_failure_undoes_nothing() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let mut intent = world.intents_of(id(&booking)).await[0].clone();
    for (number, (kind, status)) in [
        ("payment_intent.payment_failed", "requires_payment_method"),
        ("payment_intent.canceled", "canceled"),
        ("payment_intent.amount_capturable_updated", "requires_capture"),
    ]
    .into_iter()
    .enumerate()
    {
        intent["status"] = json!(status);
        assert_eq!(world.report(&format!("evt_late_{number}"), kind, &intent).await.status, 200);
        world.run_jobs().await;
    }
    assert_eq!(world.status_of(id(&booking)).await, "CONFIRMED");
    assert_eq!(world.payment_of(id(&booking)).await, ("CAPTURED".to_owned(), None));
    assert_eq!(world.event_types().await, ["SLOT_HELD", "BOOKING_CREATED"]);
}

/// PAY-42: an out-of-date report about a hold that is over does not bring it back.
#[tokio::test]
async fn an_outdated_report_books_nothing() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    let held = club.try_to_book(&world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
    let mut intent = world.intents_of(id(&held)).await[0].clone();
    world.advance(SignedDuration::from_secs(301));
    world.sweep().await;
    world.run_jobs().await;
    assert_eq!(world.payment_of(id(&held)).await, ("FAILED".to_owned(), None));

    intent["status"] = json!("requires_capture");
    assert_eq!(world.report("evt_stale", "payment_intent.amount_capturable_updated", &intent).await.status, 200);
    world.run_jobs().await;
    assert_eq!(world.status_of(id(&held)).await, "DROPPED", "the intent is looked at afresh: it was let go");
}

/// BOOK-28: Stripe ends the card's hold while the booking is pending: the system calls it off.
#[tokio::test]
async fn a_cancelled_hold_calls_a_pending_booking_off() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let mut intent = world.intents_of(id(&booking)).await[0].clone();
    intent["status"] = json!("canceled");
    assert_eq!(world.report("evt_gone", "payment_intent.canceled", &intent).await.status, 200);
    assert_eq!(world.status_of(id(&booking)).await, "CANCELLED");
    assert_eq!(world.payment_of(id(&booking)).await, ("REFUNDED".to_owned(), None));
}

/// PAY-42, BOOK-05: webhooks that are delivered twice, in another order and before the call that caused them has
/// answered lead to the same one booking.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn disorderly_deliveries_change_nothing() {
    let world = World::with_webhooks().await;
    for action in ["repeat", "reorder"] {
        world.chaos(json!({ "vendor": "stripe-webhook", "action": action, "times": 0, "delayMs": 200 })).await;
    }
    // The answer to the charge comes late, the report about it early.
    world.chaos(json!({ "vendor": "stripe", "operation": "POST /v1/payment_intents", "action": "timeout_after_effect", "times": 1, "delayMs": 900 })).await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    assert_eq!(booking["status"], "CONFIRMED");
    eventually("the reports have come", PATIENCE, async || {
        (world
            .count("SELECT count(*) FROM transaction.stripe_events WHERE event_type = 'payment_intent.succeeded'")
            .await
            > 0)
        .then_some(())
    })
    .await;
    assert_eq!(world.events("BOOKING_CREATED").await.len(), 1);
    assert_eq!(world.intents_of(id(&booking)).await.len(), 1, "PAY-05: charged once");
    let token = world.token(customer, Role::Customer);
    let mine = world.get("/api/bookings").bearer(&token).send().await.expect(200);
    assert_eq!(mine["totalElements"], 1);
}
