//! Reports that come 0, 1, 2 and 5 times, late, and in every order of the pairs that can cross: the end is the same (PAY-37,
//! PAY-41, PAY-42). Disputes have their own such test in `disputes.rs`.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Club, World, fresh_key};

const TIMES: [usize; 4] = [0, 1, 2, 5];

/// Where everything stands, without ids and times: what must not depend on the order of reports.
async fn end_state(world: &World) -> Value {
    sqlx::query_scalar(
        "SELECT jsonb_build_object(
             'bookings', (SELECT jsonb_agg(jsonb_build_array(booking.status, payment.status, payment.pending_step,
                 payment.refunded_cents, payment.captured_at IS NOT NULL) ORDER BY booking.created_at, booking.id)
                 FROM transaction.bookings booking JOIN transaction.payments payment ON payment.booking_id = booking.id),
             'refunds', (SELECT jsonb_agg(jsonb_build_array(status, amount_cents, returns_fee) ORDER BY initiated_at)
                 FROM transaction.refunds),
             'ledger', (SELECT jsonb_agg(jsonb_build_array(step, debit, credit, amount_cents) ORDER BY step, debit, credit)
                 FROM transaction.ledger),
             'told', (SELECT jsonb_agg(payload::jsonb ->> 'eventType' ORDER BY payload::jsonb ->> 'eventType')
                 FROM transaction.outbox WHERE topic = 'booking-events'))",
    )
    .fetch_one(&world.admin)
    .await
    .expect("the end")
}

/// Delivers each report as often as it says, in the order given, and lets the service finish.
async fn deliver(world: &World, reports: &[(&str, &Value)], order: &[usize], times: usize) {
    for at in order {
        let (kind, object) = reports[*at];
        for _ in 0..times {
            let answer = world.report(&format!("evt_{at}"), kind, object).await;
            assert_eq!(answer.status, 200, "{kind}: {:#}", answer.body);
        }
        world.run_jobs().await;
    }
    world.run_jobs().await;
    world.run_jobs().await;
}

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

async fn intent_of(world: &World, booking: &Value) -> String {
    world.intents_of(id(booking)).await[0]["id"].as_str().expect("an id").to_owned()
}

/// The two orders of a pair.
const ORDERS: [[usize; 2]; 2] = [[0, 1], [1, 0]];

/// PAY-42: 3-D Secure failed at first and then passed: failure and success cross.
#[tokio::test]
async fn success_and_an_earlier_failure() {
    let mut ends = Vec::new();
    for order in ORDERS {
        for times in [1, 2, 5] {
            let world = World::new().await;
            let club = Club::new(&world).await;
            let (_, token) = world.customer().await;
            let held = club.try_to_book(&world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
            let intent = intent_of(&world, &held).await;
            let mut failed = world.stripe_get(&format!("payment_intents/{intent}")).await;
            failed["status"] = json!("requires_payment_method");
            world.authenticate(&intent, "complete").await;
            let paid = world.stripe_get(&format!("payment_intents/{intent}")).await;
            let reports = [("payment_intent.succeeded", &paid), ("payment_intent.payment_failed", &failed)];
            deliver(&world, &reports, &order, times).await;
            world.books_agree().await;
            ends.push((order, times, end_state(&world).await));
        }
    }
    assert!(ends.iter().all(|(.., end)| *end == ends[0].2), "{ends:#?}");
    assert_eq!(ends[0].2["bookings"][0][0], "CONFIRMED");
}

/// PAY-41: a report that never comes changes nothing: reconciliation finds the same.
#[tokio::test]
async fn a_report_that_never_comes_is_not_missed() {
    let mut ends = Vec::new();
    for times in TIMES {
        let world = World::new().await;
        let club = Club::new(&world).await;
        let (_, token) = world.customer().await;
        let booking = club.book(&world, &token, "10:00").await;
        let intent = intent_of(&world, &booking).await;
        let paid = world.stripe_get(&format!("payment_intents/{intent}")).await;
        deliver(&world, &[("payment_intent.succeeded", &paid)], &[0], times).await;
        world.books_agree().await;
        ends.push(end_state(&world).await);
    }
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:#?}");
}

/// PAY-30, PAY-42: two refunds of one charge reported backwards, and the report of the payment after both.
#[tokio::test]
async fn refunds_and_the_payment_they_undo() {
    let mut ends = Vec::new();
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1], [0, 2, 1], [1, 2, 0]] {
        for times in [1, 2, 5] {
            let world = World::new().await;
            let club = Club::new(&world).await;
            let (_, token) = world.customer().await;
            let booking = club.book(&world, &token, "10:00").await;
            let intent = intent_of(&world, &booking).await;
            let paid = world.stripe_get(&format!("payment_intents/{intent}")).await;
            part_back(&world, id(&booking), 1000).await;
            world.run_jobs().await;
            let whole = format!("payment_intents/{intent}?expand[]=latest_charge");
            let first = world.stripe_get(&whole).await["latest_charge"].clone();
            world.advance(SignedDuration::from_secs(1));
            part_back(&world, id(&booking), 500).await;
            world.run_jobs().await;
            let second = world.stripe_get(&whole).await["latest_charge"].clone();
            let reports =
                [("payment_intent.succeeded", &paid), ("charge.refunded", &first), ("charge.refunded", &second)];
            deliver(&world, &reports, &order, times).await;
            world.books_agree().await;
            ends.push((order, times, end_state(&world).await));
        }
    }
    assert!(ends.iter().all(|(.., end)| *end == ends[0].2), "{ends:#?}");
    assert_eq!(ends[0].2["refunds"], json!([["COMPLETED", 1000, false], ["COMPLETED", 500, false]]));
}

/// PAY-31, PAY-42: a bank sends a refund back; that report and the one that it was done cross.
#[tokio::test]
async fn a_refund_and_its_failure() {
    let mut ends = Vec::new();
    for order in ORDERS {
        for times in [1, 2, 5] {
            let world = World::new().await;
            let club = Club::new(&world).await;
            let (_, token) = world.customer().await;
            let booking = club.book(&world, &token, "10:00").await;
            let intent = intent_of(&world, &booking).await;
            part_back(&world, id(&booking), 1000).await;
            world.run_jobs().await;
            let whole = format!("payment_intents/{intent}?expand[]=latest_charge");
            let done = world.stripe_get(&whole).await["latest_charge"].clone();
            let refund = world.stripe_get("refunds?limit=1").await["data"][0]["id"].as_str().expect("an id").to_owned();
            let failed = world.sandbox("POST", &format!("/stripe/refunds/{refund}/fail")).send().await.expect(200);
            deliver(&world, &[("charge.refunded", &done), ("refund.failed", &failed)], &order, times).await;
            world.books_agree().await;
            ends.push((order, times, end_state(&world).await));
        }
    }
    assert!(ends.iter().all(|(.., end)| *end == ends[0].2), "{ends:#?}");
    assert_eq!(ends[0].2["refunds"][0][0], "FAILED");
}

/// PAY-19, PAY-41: that a card was removed is noted once, however often it is reported.
#[tokio::test]
async fn a_removed_card() {
    let mut ends = Vec::new();
    for times in [1, 2, 5] {
        let world = World::new().await;
        let club = Club::confirming_by_hand(&world).await;
        let (_, token) = world.customer().await;
        club.book(&world, &token, "10:00").await;
        let method: String = sqlx::query_scalar("SELECT payment_method_id FROM transaction.payments")
            .fetch_one(&world.admin)
            .await
            .expect("a payment");
        let object = json!({ "id": method, "object": "payment_method", "type": "card", "customer": null });
        deliver(&world, &[("payment_method.detached", &object)], &[0], times).await;
        world.books_agree().await;
        ends.push(end_state(&world).await);
    }
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:#?}");
    assert_eq!(ends[0]["bookings"][0][0], "PENDING_CONFIRMATION");
}

/// A part of a payment goes back, as when a booking becomes cheaper.
async fn part_back(world: &World, booking: &str, cents: i64) {
    use contracts::ids::BookingId;
    use contracts::money::Cents;

    let mut transaction = kit::db::begin(&world.node.state.pool).await.expect("a transaction");
    let booking = BookingId(booking.parse().expect("an id"));
    let payment = transaction::payments::store::lock_for_booking(&mut transaction, booking).await.expect("a payment");
    let payment = payment.expect("a payment");
    let refund =
        transaction::payments::ops::refund_part(&world.node.state, &mut transaction, &payment, Cents(cents), "Cheaper");
    assert!(refund.await.expect("a refund").is_some());
    transaction.commit().await.expect("a commit");
}

/// PAY-28, PAY-42: the customer calls a pending booking off while the report that the card holds is on its way.
#[tokio::test]
async fn a_hold_and_its_release() {
    let mut ends = Vec::new();
    for order in ORDERS {
        for times in [1, 2, 5] {
            let world = World::new().await;
            let club = Club::confirming_by_hand(&world).await;
            let (_, token) = world.customer().await;
            let booking = club.book(&world, &token, "10:00").await;
            let intent = intent_of(&world, &booking).await;
            let held = world.stripe_get(&format!("payment_intents/{intent}")).await;
            let call = world.post(&format!("/api/bookings/{}/cancel", id(&booking))).bearer(&token).key(fresh_key());
            call.json(&json!({})).send().await.expect(200);
            world.run_jobs().await;
            let gone = world.stripe_get(&format!("payment_intents/{intent}")).await;
            let reports = [("payment_intent.amount_capturable_updated", &held), ("payment_intent.canceled", &gone)];
            deliver(&world, &reports, &order, times).await;
            world.books_agree().await;
            ends.push((order, times, end_state(&world).await));
        }
    }
    assert!(ends.iter().all(|(.., end)| *end == ends[0].2), "{ends:#?}");
    assert_eq!(ends[0].2["bookings"][0][1], "REFUNDED");
}

/// LIVE-11, PAY-42: a payment that comes after its slot was given away, and the report that it went back.
#[tokio::test]
async fn a_late_payment_and_its_return() {
    let mut ends = Vec::new();
    for order in ORDERS {
        for times in [1, 2, 5] {
            let world = World::new().await;
            let club = Club::new(&world).await;
            let (_, token) = world.customer().await;
            let held = club.try_to_book(&world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
            let intent = intent_of(&world, &held).await;
            world.authenticate(&intent, "complete").await;
            world.advance(SignedDuration::from_secs(301));
            let (_, other) = world.customer().await;
            club.book(&world, &other, "10:00").await;
            world.run_jobs().await;
            let paid = world.stripe_get(&format!("payment_intents/{intent}")).await;
            let whole = world.stripe_get(&format!("payment_intents/{intent}?expand[]=latest_charge")).await;
            let reports = [("payment_intent.succeeded", &paid), ("charge.refunded", &whole["latest_charge"])];
            deliver(&world, &reports, &order, times).await;
            world.books_agree().await;
            let mut end = end_state(&world).await;
            // Whether the report of the return came before the money had left is all that may differ.
            end["refunds"][0][0] = json!("DONE");
            ends.push((order, times, end));
        }
    }
    assert!(ends.iter().all(|(.., end)| *end == ends[0].2), "{ends:#?}");
}
