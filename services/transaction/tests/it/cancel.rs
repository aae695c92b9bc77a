//! `POST /api/bookings/{bookingId}/cancel`: tiers, owner's cancellations, refunds at Stripe.

use contracts::identity::Role;
use contracts::ids::UserId;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, Club, World, fresh_key};

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

async fn cancel(world: &World, token: &str, booking: &Value, body: Value) -> Answer {
    let path = format!("/api/bookings/{}/cancel", id(booking));
    world.post(&path).bearer(token).key(fresh_key()).json(&body).send().await
}

/// Moves the clock to `hours` before the booking's start, 10:00 in Athens on 19 May.
fn hours_before_start(world: &World, hours: i64) {
    let start: jiff::Timestamp = "2026-05-19T07:00:00Z".parse().expect("a literal instant");
    world.clock.set(start - SignedDuration::from_hours(hours));
}

async fn booked(world: &World) -> (Club, UserId, Value) {
    let club = Club::new(world).await;
    let (customer, token) = world.customer().await;
    let booking = club.book(world, &token, "10:00").await;
    (club, customer, booking)
}

/// PAY-20 to PAY-24, PAY-26, BOOK-54, BOOK-56: each tier of the default policy, at its very edge.
#[tokio::test]
async fn a_customer_gets_the_tiers_share_of_the_net() {
    for (hours, percent, refund, threshold, status) in [
        (24, 100, 4500, 24, "PROCESSING"),
        (23, 50, 2250, 12, "PROCESSING"),
        (12, 50, 2250, 12, "PROCESSING"),
        (11, 0, 0, 0, "NONE"),
    ] {
        let world = World::new().await;
        let (_, customer, booking) = booked(&world).await;
        hours_before_start(&world, hours);
        let token = world.token(customer, Role::Customer);

        let result = cancel(&world, &token, &booking, json!({ "reason": "Rain" })).await.expect(200);

        assert_eq!(
            result,
            json!({
                "bookingId": booking["id"], "status": "CANCELLED", "refundAmountCents": refund,
                "refundPercentage": percent, "platformFeeRetainedCents": 500, "refundStatus": status,
                "policyTierApplied": { "thresholdHours": threshold, "refundPercentage": percent },
                "holdReleased": false,
            }),
            "{hours} hours before"
        );
        let cancelled = &world.events("BOOKING_CANCELLED").await[0]["payload"];
        assert_eq!((&cancelled["cancelledBy"], &cancelled["refundAmountCents"]), (&json!("CUSTOMER"), &json!(refund)));
        assert_eq!(cancelled["cancellationReason"], "Rain");

        world.run_jobs().await;
        let intent = world.intents_of(id(&booking)).await[0]["id"].as_str().expect("an id").to_owned();
        let charge = world.stripe_get(&format!("payment_intents/{intent}?expand[]=latest_charge")).await;
        assert_eq!(charge["latest_charge"]["amount_refunded"], refund, "at Stripe");
        let fee = charge["latest_charge"]["application_fee"].as_str().expect("a fee").to_owned();
        let fee = world.stripe_get(&format!("application_fees/{fee}")).await;
        assert_eq!(fee["amount_refunded"], 0, "PAY-20: the commission stays");
    }
}

/// PAY-27, BOOK-57: an owner's cancellation gives back the whole net however late, takes it from the owner, and frees the
/// slot.
#[tokio::test]
async fn an_owner_gives_back_everything_but_the_commission() {
    let world = World::new().await;
    let (club, _, booking) = booked(&world).await;
    hours_before_start(&world, 2);
    let token = world.token(club.owner, Role::CourtOwner);

    let result = cancel(&world, &token, &booking, json!({})).await.expect(200);

    assert_eq!((&result["refundAmountCents"], &result["refundPercentage"]), (&json!(4500), &json!(100)));
    assert_eq!(result["policyTierApplied"], Value::Null);
    let cancelled = &world.events("BOOKING_CANCELLED").await[0]["payload"];
    assert_eq!(cancelled["cancelledBy"], "COURT_OWNER");
    world.run_jobs().await;
    let refunds = world.stripe_get("refunds?limit=10").await;
    assert!(refunds["data"][0]["transfer_reversal"].is_string(), "PAY-27: the transfer is reversed");
    let (customer, _) = world.customer().await;
    club.book(&world, &world.token(customer, Role::Customer), "10:00").await;
}

/// PAY-25: the policy that counts is the court's at the time of the cancellation.
#[tokio::test]
async fn the_courts_own_policy_counts() {
    let world = World::new().await;
    let (club, customer, booking) = booked(&world).await;
    let path = format!("/api/courts/{}/cancellation-policy", club.court);
    let tiers = json!({ "tiers": [
        { "thresholdHours": 48, "refundPercentage": 80 }, { "thresholdHours": 0, "refundPercentage": 10 },
    ] });
    world.platform("PUT", &path).bearer(&club.token).json(&tiers).send().await.expect(200);
    hours_before_start(&world, 47);
    let token = world.token(customer, Role::Customer);
    let result = cancel(&world, &token, &booking, json!({})).await.expect(200);
    assert_eq!((&result["refundPercentage"], &result["refundAmountCents"]), (&json!(10), &json!(450)));
}

/// BOOK-56, PAY-28: calling off what is pending lets the card's hold go; nothing was taken, nothing is kept.
#[tokio::test]
async fn a_pending_booking_costs_nothing() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;

    let result = cancel(&world, &token, &booking, json!({})).await.expect(200);

    assert_eq!((&result["refundStatus"], &result["holdReleased"]), (&json!("NONE"), &json!(true)));
    assert_eq!(result["platformFeeRetainedCents"], 0);
    assert_eq!(world.payment_of(id(&booking)).await, ("AUTHORIZED".to_owned(), Some("RELEASE".to_owned())));
    world.run_jobs().await;
    assert_eq!(world.intents_of(id(&booking)).await[0]["status"], "canceled");
    assert_eq!(world.payment_of(id(&booking)).await, ("REFUNDED".to_owned(), None));
    assert_eq!(world.count("SELECT count(*) FROM transaction.refunds").await, 0);
}

/// BOOK-02: repetitions at the same moment cancel once and hear one answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_repetitions_cancel_once() {
    let world = World::new().await;
    let (_, customer, booking) = booked(&world).await;
    let token = world.token(customer, Role::Customer);
    let (path, key) = (format!("/api/bookings/{}/cancel", id(&booking)), fresh_key());
    let calls = (0..8).map(|_| world.post(&path).bearer(&token).key(key).send());
    let answers: Vec<Value> =
        futures::future::join_all(calls).await.into_iter().map(|answer| answer.expect(200)).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(world.count("SELECT count(*) FROM transaction.refunds").await, 1);
}

/// BOOK-55, BOOK-02: twice is refused, unless it is the same request again.
#[tokio::test]
async fn what_is_over_cannot_be_cancelled() {
    let world = World::new().await;
    let (club, customer, booking) = booked(&world).await;
    let token = world.token(customer, Role::Customer);
    let path = format!("/api/bookings/{}/cancel", id(&booking));
    let key = fresh_key();
    let first = world.post(&path).bearer(&token).key(key).send().await.expect(200);
    assert_eq!(world.post(&path).bearer(&token).key(key).send().await.expect(200), first);
    cancel(&world, &token, &booking, json!({})).await.refused(422, "BOOKING_ALREADY_CANCELLED");
    assert_eq!(world.events("BOOKING_CANCELLED").await.len(), 1);
    assert_eq!(world.count("SELECT count(*) FROM transaction.refunds").await, 1, "PAY-32: one refund");
    world.post(&path).bearer(&token).send().await.refused(400, "IDEMPOTENCY_KEY_REQUIRED");

    let second = club.book(&world, &token, "12:00").await;
    world.clock.set("2026-05-19T10:00:00Z".parse().expect("a literal instant"));
    let token = world.token(customer, Role::Customer);
    let over = cancel(&world, &token, &second, json!({})).await.refused(422, "BOOKING_ALREADY_COMPLETED");
    assert_eq!(over["details"]["completedAt"], "2026-05-19T10:00:00Z");
}

/// AUTHZ-09, BOOK-60: somebody else's booking does not exist.
#[tokio::test]
async fn strangers_find_nothing() {
    let world = World::new().await;
    let (_, _, booking) = booked(&world).await;
    let (_, stranger) = world.customer().await;
    let other = Club::new(&world).await;
    for token in [&stranger, &other.token] {
        cancel(&world, token, &booking, json!({})).await.refused(404, "BOOKING_NOT_FOUND");
    }
    assert_eq!(world.status_of(id(&booking)).await, "CONFIRMED");
}

/// PAY-30: while Stripe does not answer the refund waits and is tried again; the money goes back once.
#[tokio::test]
async fn a_refund_is_tried_until_stripe_takes_it() {
    let world = World::impatient().await;
    let (_, customer, booking) = booked(&world).await;
    world.chaos(json!({ "vendor": "stripe", "operation": "POST /v1/refunds", "action": "timeout_after_effect", "times": 0 })).await;
    let token = world.token(customer, Role::Customer);
    let result = cancel(&world, &token, &booking, json!({})).await.expect(200);
    assert_eq!(result["refundStatus"], "PROCESSING", "the customer does not wait for Stripe");

    world.run_jobs().await;
    assert_eq!(world.count("SELECT count(*) FROM transaction.refunds WHERE status = 'INITIATED'").await, 1);
    world.calm().await;
    world.advance(SignedDuration::from_hours(1));
    world.run_jobs().await;

    assert_eq!(world.count("SELECT count(*) FROM transaction.refunds WHERE status = 'PROCESSING'").await, 1);
    let refunds = world.stripe_get("refunds?limit=10").await;
    assert_eq!(refunds["data"].as_array().expect("a list").len(), 1, "PAY-05: once");
}

/// PAY-29, PAY-30, NOTE-20: Stripe's report completes the refund and the customer is told.
#[tokio::test]
async fn the_report_completes_the_refund() {
    let world = World::new().await;
    let (_, customer, booking) = booked(&world).await;
    let token = world.token(customer, Role::Customer);
    cancel(&world, &token, &booking, json!({})).await.expect(200);
    world.run_jobs().await;
    let intent = world.intents_of(id(&booking)).await[0]["id"].as_str().expect("an id").to_owned();
    let whole = world.stripe_get(&format!("payment_intents/{intent}?expand[]=latest_charge")).await;
    for event in ["evt_refund", "evt_refund", "evt_refund_again"] {
        assert_eq!(world.report(event, "charge.refunded", &whole["latest_charge"]).await.status, 200);
    }
    assert_eq!(world.count("SELECT count(*) FROM transaction.refunds WHERE status = 'COMPLETED'").await, 1);
    let told = world.events("NOTIFICATION_REQUESTED").await;
    let completed = told.iter().filter(|event| event["payload"]["notificationType"] == "REFUND_COMPLETED").count();
    assert_eq!(completed, 1);
    let shown = world.get(&format!("/api/bookings/{}", id(&booking))).bearer(&token).send().await.expect(200);
    let timeline: Vec<_> =
        shown["paymentTimeline"].as_array().expect("a list").iter().map(|entry| &entry["event"]).collect();
    assert_eq!(timeline, ["CAPTURED", "REFUND_INITIATED", "REFUND_COMPLETED"]);
}
