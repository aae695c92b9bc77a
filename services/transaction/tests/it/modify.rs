//! `PUT /api/bookings/{bookingId}/modify`: a customer moves a booking (BOOK-51 to BOOK-53).

use contracts::identity::Role;
use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};
use transaction::payments::ops::reconcile_at_start;

use crate::support::{Answer, Club, DAY, World, booking_body, fresh_key};

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

async fn modify(world: &World, token: &str, booking: &Value, start: &str) -> Answer {
    let body = json!({ "newDate": DAY, "newStartTime": start });
    world.call("PUT", &format!("/api/bookings/{}/modify", id(booking))).bearer(token).json(&body).send().await
}

async fn shown(world: &World, token: &str, booking: &Value) -> Value {
    world.get(&format!("/api/bookings/{}", id(booking))).bearer(token).send().await.expect(200)
}

/// A club at which everything from 18:00 on costs one and a half times as much.
async fn with_peak(world: &World) -> Club {
    let club = Club::new(world).await;
    let rules = json!({ "rules": [{
        "dayOfWeek": "TUESDAY", "startTime": "18:00", "endTime": "23:00", "multiplier": 1.5, "label": "Peak",
    }] });
    let path = format!("/api/courts/{}/pricing", club.court);
    world.platform("PUT", &path).bearer(&club.token).json(&rules).send().await.expect(200);
    club
}

/// The customer confirms an intent the way the payment form does.
async fn pay(world: &World, intent: &str) {
    let path = format!("/stripe/v1/payment_intents/{intent}/confirm");
    world.sandbox("POST", &path).bearer("sk_test_courtside_sandbox").form("").send().await.expect(200);
}

async fn unpaid_intent(world: &World) -> Value {
    let all = world.stripe_get("payment_intents?limit=100").await;
    let open = |intent: &&Value| intent["status"] == "requires_confirmation";
    all["data"].as_array().expect("a list").iter().find(open).expect("an unpaid intent").clone()
}

/// BOOK-51, BOOK-14: at the same price the slot moves at once; the owner is told, both days are announced, nobody pays.
#[tokio::test]
async fn a_move_at_the_same_price_is_done_at_once() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;

    let moved = modify(&world, &token, &booking, "12:00").await.expect(200);

    assert_eq!((&moved["status"], &moved["priceDifferenceCents"]), (&json!("MODIFIED"), &json!(0)));
    assert_eq!((&moved["additionalPaymentRequired"], &moved["refundStatus"]), (&json!(false), &json!("NONE")));
    assert_eq!((&moved["booking"]["startTime"], &moved["booking"]["endTime"]), (&json!("12:00"), &json!("13:00")));
    let event = &world.events("BOOKING_MODIFIED").await[0]["payload"];
    assert_eq!((&event["previousStartTime"], &event["newStartTime"]), (&json!("10:00"), &json!("12:00")));
    let told = world.events("NOTIFICATION_REQUESTED").await;
    let of_owner = |event: &&Value| event["payload"]["userId"] == json!(club.owner);
    assert!(told.iter().filter(of_owner).any(|event| event["payload"]["title"]["en"] == "A booking was moved"));
    // The old slot is free for others, the new one is not.
    let (_, other) = world.customer().await;
    club.book(&world, &other, "10:00").await;
    club.try_to_book(&world, &other, "12:00", "pm_card_visa").await.refused(409, "TIME_SLOT_UNAVAILABLE");
    // BOOK-62: the audit log knows both places.
    let audit = shown(&world, &token, &booking).await["auditTrail"].clone();
    let entry = audit.as_array().expect("a list").iter().find(|entry| entry["action"] == "BOOKING_MODIFIED");
    assert!(entry.is_some_and(|entry| entry["details"].as_str().is_some_and(|text| text.contains("12:00"))));
}

/// BOOK-53, PAY-20, PAY-32: a cheaper slot gives the owner's part of the difference back; the commission stays, and what a
/// later cancellation gives back is what is left.
#[tokio::test]
async fn a_cheaper_slot_gives_money_back() {
    let world = World::with_webhooks().await;
    let club = with_peak(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "18:00").await;
    assert_eq!(booking["amountCents"], 7_500);

    let moved = modify(&world, &token, &booking, "10:00").await.expect(200);

    assert_eq!((&moved["priceDifferenceCents"], &moved["refundAmountCents"]), (&json!(-2_500), &json!(2_250)));
    assert_eq!(moved["refundStatus"], "PROCESSING");
    world.run_jobs().await;
    let charge = &world.intents_of(id(&booking)).await[0]["latest_charge"];
    let charge = world.stripe_get(&format!("charges/{}", charge.as_str().expect("a charge"))).await;
    assert_eq!(charge["amount_refunded"], 2_250);
    let detail = shown(&world, &token, &booking).await;
    assert_eq!((&detail["platformFeeCents"], &detail["courtOwnerNetCents"]), (&json!(750), &json!(4_500)));

    let cancel = world.post(&format!("/api/bookings/{}/cancel", id(&booking))).bearer(&token).key(fresh_key());
    assert_eq!(cancel.send().await.expect(200)["refundAmountCents"], 4_500);
    world.run_jobs().await;
    let back = world.count("SELECT sum(amount_cents)::bigint FROM transaction.refunds WHERE status <> 'FAILED'").await;
    assert_eq!(back, 6_750, "everything but the commission");
}

/// BOOK-53: a dearer slot is held while the old one is kept; the report that the difference is paid moves the booking, and a
/// cancellation gives back from both payments.
#[tokio::test]
async fn a_dearer_slot_waits_for_its_difference() {
    let world = World::new().await;
    let club = with_peak(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;

    let open = modify(&world, &token, &booking, "18:00").await.expect(200);

    assert_eq!((&open["priceDifferenceCents"], &open["additionalPaymentRequired"]), (&json!(2_500), &json!(true)));
    let secret = open["paymentIntentClientSecret"].as_str().expect("a secret").to_owned();
    assert_eq!(open["booking"]["startTime"], "10:00");
    // Both slots are taken for everybody else.
    let (_, other) = world.customer().await;
    for start in ["10:00", "18:00"] {
        club.try_to_book(&world, &other, start, "pm_card_visa").await.refused(409, "TIME_SLOT_UNAVAILABLE");
    }
    // It is no booking of its own in anybody's list, but its booking shows it.
    let list = world.get("/api/bookings").bearer(&token).send().await.expect(200);
    assert_eq!(list["totalElements"], 1);
    let pending = shown(&world, &token, &booking).await["pendingChange"].clone();
    assert_eq!((&pending["newStartTime"], &pending["amountCents"]), (&json!("18:00"), &json!(2_500)));
    assert_eq!(pending["paymentIntentClientSecret"], json!(secret));

    let intent = unpaid_intent(&world).await;
    pay(&world, intent["id"].as_str().expect("an id")).await;
    let paid = world.stripe_get(&format!("payment_intents/{}", intent["id"].as_str().expect("an id"))).await;
    for _ in 0..2 {
        world.report(&format!("evt_{}", fresh_key()), "payment_intent.succeeded", &paid).await.expect(200);
    }

    let detail = shown(&world, &token, &booking).await;
    assert_eq!((&detail["startTime"], &detail["amountCents"]), (&json!("18:00"), &json!(7_500)));
    assert_eq!((&detail["platformFeeCents"], &detail["courtOwnerNetCents"]), (&json!(750), &json!(6_750)));
    assert_eq!(detail["pendingChange"], Value::Null);
    assert_eq!(world.events("BOOKING_MODIFIED").await.len(), 1);
    club.book(&world, &other, "10:00").await;

    let cancel = world.post(&format!("/api/bookings/{}/cancel", id(&booking))).bearer(&token).key(fresh_key());
    assert_eq!(cancel.send().await.expect(200)["refundAmountCents"], 6_750);
    world.run_jobs().await;
    // PAY-45: both payments are compared with Stripe, each by itself.
    world.books_agree().await;
    let intents = world.stripe_get("charges?limit=100").await;
    let back: i64 = intents["data"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|charge| charge["amount_refunded"].as_i64())
        .sum();
    assert_eq!(back, 6_750);
}

/// BOOK-53, LIVE-10: nobody pays in five minutes: the new slot is free again, the booking is where it was, and the intent
/// cannot be paid any more.
#[tokio::test]
async fn an_unpaid_move_lapses() {
    let world = World::new().await;
    let club = with_peak(&world).await;
    let (customer, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    modify(&world, &token, &booking, "18:00").await.expect(200);
    let intent = unpaid_intent(&world).await;

    world.advance(SignedDuration::from_secs(300));
    world.sweep().await;
    world.run_jobs().await;

    let token = world.token(customer, Role::Customer);
    let detail = shown(&world, &token, &booking).await;
    assert_eq!((&detail["startTime"], &detail["amountCents"]), (&json!("10:00"), &json!(5_000)));
    let intent = world.stripe_get(&format!("payment_intents/{}", intent["id"].as_str().expect("an id"))).await;
    assert_eq!(intent["status"], "canceled");
    let (_, other) = world.customer().await;
    club.book(&world, &other, "18:00").await;
}

/// BOOK-53, LIVE-11: the difference is paid after the hold lapsed: while the slot is free the booking moves after all, and
/// when somebody else has it all of the difference goes back.
#[tokio::test]
async fn a_late_difference_moves_or_goes_back() {
    for taken in [false, true] {
        let world = World::new().await;
        let club = with_peak(&world).await;
        let (customer, token) = world.customer().await;
        let booking = club.book(&world, &token, "10:00").await;
        modify(&world, &token, &booking, "18:00").await.expect(200);
        let intent = unpaid_intent(&world).await["id"].as_str().expect("an id").to_owned();
        pay(&world, &intent).await;
        world.advance(SignedDuration::from_secs(301));
        world.sweep().await;
        if taken {
            let (_, other) = world.customer().await;
            club.book(&world, &other, "18:00").await;
        }
        // The webhook was lost; finishing the lapsed hold finds that it was paid.
        world.run_jobs().await;
        reconcile_at_start(&world.node.state).await.expect("reconciliation");
        world.run_jobs().await;

        let detail = shown(&world, &world.token(customer, Role::Customer), &booking).await;
        let paid = world.stripe_get(&format!("payment_intents/{intent}")).await;
        let charge = world.stripe_get(&format!("charges/{}", paid["latest_charge"].as_str().expect("an id"))).await;
        if taken {
            assert_eq!((&detail["startTime"], &charge["amount_refunded"]), (&json!("10:00"), &json!(2_500)));
        } else {
            assert_eq!((&detail["startTime"], &charge["amount_refunded"]), (&json!("18:00"), &json!(0)));
        }
    }
}

/// BOOK-57: cancelling the booking ends its open move; a difference that is paid afterwards goes back whole.
#[tokio::test]
async fn cancelling_ends_an_open_move() {
    let world = World::new().await;
    let club = with_peak(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    modify(&world, &token, &booking, "18:00").await.expect(200);
    let cancel = world.post(&format!("/api/bookings/{}/cancel", id(&booking))).bearer(&club.token).key(fresh_key());
    cancel.send().await.expect(200);
    world.run_jobs().await;
    let all = world.stripe_get("payment_intents?limit=100").await;
    assert!(all["data"].as_array().expect("a list").iter().all(|intent| intent["status"] != "requires_confirmation"));
    let (_, other) = world.customer().await;
    club.book(&world, &other, "18:00").await;
}

/// BOOK-51, BOOK-52: what cannot be moved, by whom and whither.
#[tokio::test]
async fn what_cannot_be_moved_is_said() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let (_, stranger) = world.customer().await;
    modify(&world, &stranger, &booking, "12:00").await.refused(404, "BOOKING_NOT_FOUND");
    assert_eq!(modify(&world, &token, &booking, "10:00").await.wrong_fields(), ["newStartTime"]);
    club.book(&world, &stranger, "14:00").await;
    let refused = modify(&world, &token, &booking, "14:00").await.refused(409, "NEW_SLOT_UNAVAILABLE");
    assert_eq!(refused["details"]["alternativeSlots"].as_array().map(Vec::len), Some(3));
    modify(&world, &token, &booking, "07:00").await.refused(422, "OUTSIDE_AVAILABILITY_WINDOW");
    let far = json!({ "newDate": "2026-07-19", "newStartTime": "10:00" });
    let path = format!("/api/bookings/{}/modify", id(&booking));
    let too_far = world.call("PUT", &path).bearer(&token).json(&far).send().await;
    too_far.refused(422, "BOOKING_WINDOW_EXCEEDED");
    // Half an hour before the start it is too late to move it away.
    world.advance(
        "2026-05-19T06:30:00Z".parse::<jiff::Timestamp>().expect("an instant").duration_since(crate::support::begin()),
    );
    let token = world.token(customer, Role::Customer);
    modify(&world, &token, &booking, "20:00").await.refused(422, "MINIMUM_NOTICE_NOT_MET");
    let cancel = world.post(&format!("/api/bookings/{}/cancel", id(&booking))).bearer(&token).key(fresh_key());
    cancel.send().await.expect(200);
    modify(&world, &token, &booking, "20:00").await.refused(422, "BOOKING_ALREADY_CANCELLED");
    let by_hand = Club::confirming_by_hand(&world).await;
    let body = booking_body(&by_hand.court, DAY, "20:00", "pm_card_visa");
    let pending = world.post("/api/bookings").bearer(&token).key(fresh_key()).json(&body).send().await.expect(201);
    modify(&world, &token, &pending, "21:00").await.refused(422, "BOOKING_NOT_MODIFIABLE");
}

/// BOOK-52, BOOK-04: many bookings want to move into the same slot: exactly one does, everybody else hears 409 and keeps its
/// place. BOOK-03: without the constraint several would.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_moves_into_a_slot() {
    for guarded in [true, false] {
        let world = World::new().await;
        let club = Club::new(&world).await;
        let tokens = world.customers(10).await;
        let starts: Vec<String> = (8..18).map(|hour| format!("{hour:02}:00")).collect();
        let mut bookings = Vec::new();
        for (token, start) in tokens.iter().zip(&starts) {
            bookings.push(club.book(&world, token, start).await);
        }
        if !guarded {
            for statement in [
                "ALTER TABLE transaction.bookings DROP CONSTRAINT bookings_no_overlap",
                "ALTER TABLE transaction.bookings ADD CONSTRAINT bookings_no_overlap EXCLUDE USING gist (id WITH =)",
            ] {
                sqlx::query(statement).execute(&world.admin).await.expect("the administrator may");
            }
        }
        let calls = tokens.iter().zip(&bookings).map(|(token, booking)| modify(&world, token, booking, "20:00"));
        let answers = join_all(calls).await;
        let moved = answers.iter().filter(|answer| answer.status == 200).count();
        if guarded {
            assert_eq!(moved, 1);
            for answer in answers.into_iter().filter(|answer| answer.status != 200) {
                answer.refused(409, "NEW_SLOT_UNAVAILABLE");
            }
        } else {
            assert!(moved > 1, "the slot went to several");
        }
        let stand = world.count("SELECT count(*) FROM transaction.bookings WHERE status = 'CONFIRMED'").await;
        assert_eq!(stand, 10, "nobody lost a place");
    }
}
