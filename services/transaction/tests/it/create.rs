//! `POST /api/bookings`: what is booked, what it writes, and what is refused.

use std::time::{Duration, Instant};

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::json;

use crate::support::{Club, DAY, World, booking_body, fresh_key};

/// BOOK-01, BOOK-05, PAY-01, PAY-03, PAY-09: an INSTANT court charges at once; booking, payment and events stand.
#[tokio::test]
async fn an_instant_booking_is_charged_and_confirmed() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;

    let booking = club.book(&world, &token, "10:00").await;

    assert_eq!(booking["status"], "CONFIRMED");
    assert_eq!(booking["paymentStatus"], "CAPTURED");
    assert_eq!(booking["id"], booking["bookingId"]);
    assert_eq!(booking["customerId"], json!(customer));
    assert_eq!(
        (&booking["date"], &booking["startTime"], &booking["endTime"], &booking["timezone"]),
        (&json!(DAY), &json!("10:00"), &json!("11:00"), &json!("Europe/Athens"))
    );
    assert_eq!((&booking["totalAmountCents"], &booking["amountCents"]), (&json!(5000), &json!(5000)));
    assert_eq!(booking["type"], "CUSTOMER");
    assert!(booking.get("paymentIntentClientSecret").is_none());

    // PAY-01: the owner's account gets the money, the platform 10 %.
    let intents = world.intents_of(booking["id"].as_str().expect("an id")).await;
    assert_eq!(intents.len(), 1);
    assert_eq!(intents[0]["status"], "succeeded");
    assert_eq!((&intents[0]["amount_received"], &intents[0]["application_fee_amount"]), (&json!(5000), &json!(500)));
    let account = format!("acct_{}", club.owner.0.simple());
    assert_eq!(intents[0]["transfer_data"]["destination"], json!(account));

    // BOOK-14: the hold and the booking are told in their order, with the booking's own data and nobody's name.
    assert_eq!(world.event_types().await, ["SLOT_HELD", "BOOKING_CREATED"]);
    let created = &world.events("BOOKING_CREATED").await[0];
    assert_eq!(created["payload"]["status"], "CONFIRMED");
    assert_eq!(created["payload"]["bookingId"], booking["id"]);
    assert_eq!(created["payload"]["totalAmountCents"], 5000);
    let told: Vec<_> = world.events("NOTIFICATION_REQUESTED").await;
    assert_eq!(told.len(), 2, "customer and owner");
    assert!(told.iter().all(|event| event["payload"]["notificationType"] == "BOOKING_CONFIRMED"));
    assert!(!format!("{told:?}").contains("Maria"), "EVT-09: no names of people");
    assert_eq!(world.events("REVENUE_ANALYTICS").await[0]["payload"]["platformFeeCents"], 500);

    // PAY-08: gross = commission + net, and no step is left open.
    let money: (i64, i64, i64) = sqlx::query_as(
        "SELECT amount_cents, commission_cents, owner_net_cents FROM transaction.payments WHERE pending_step IS NULL",
    )
    .fetch_one(&world.admin)
    .await
    .expect("one payment");
    assert_eq!(money, (5000, 500, 4500));
}

/// BOOK-25, PAY-02, BOOK-30: a MANUAL court only holds the amount and waits for the owner.
#[tokio::test]
async fn a_manual_court_only_holds_the_amount() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;

    let booking = club.book(&world, &token, "10:00").await;

    assert_eq!((&booking["status"], &booking["paymentStatus"]), (&json!("PENDING_CONFIRMATION"), &json!("AUTHORIZED")));
    assert_eq!(booking["heldAmountCents"], 5000);
    // Creation plus the court's 24 hours is the earliest of the three limits.
    assert_eq!(booking["confirmationDeadline"], "2026-05-05T09:00:00Z");
    let intent = &world.intents_of(booking["id"].as_str().expect("an id")).await[0];
    assert_eq!((&intent["status"], &intent["amount_capturable"]), (&json!("requires_capture"), &json!(5000)));
    assert!(world.events("REVENUE_ANALYTICS").await.is_empty(), "nothing was collected yet");
    let kinds: Vec<_> = world.events("NOTIFICATION_REQUESTED").await;
    assert!(kinds.iter().any(|event| event["payload"]["userId"] == json!(club.owner)
        && event["payload"]["notificationType"] == "BOOKING_PENDING_CONFIRMATION"));
}

/// BOOK-07, PAY-04: a decline is 402 with Stripe's reason, and the slot is free for the next one at once.
#[tokio::test]
async fn a_declined_card_frees_the_slot_at_once() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, poor) = world.customer().await;
    let (_, rich) = world.customer().await;

    let refused = club.try_to_book(&world, &poor, "10:00", "pm_card_chargeDeclinedInsufficientFunds").await;
    let body = refused.refused(402, "PAYMENT_CARD_DECLINED");
    assert_eq!(body["details"]["reason"], "insufficient_funds");

    assert_eq!(world.event_types().await, ["SLOT_HELD", "SLOT_RELEASED"]);
    assert_eq!(world.events("SLOT_RELEASED").await[0]["payload"]["releaseReason"], "PAYMENT_FAILED");
    let told = &world.events("NOTIFICATION_REQUESTED").await[0];
    assert_eq!(told["payload"]["notificationType"], "PAYMENT_FAILED");
    let mine = world.get("/api/bookings").bearer(&poor).send().await.expect(200);
    assert_eq!(mine["totalElements"], 0, "no booking remains");

    assert_eq!(club.book(&world, &rich, "10:00").await["status"], "CONFIRMED");
}

/// BOOK-06: the conflict names the slot and up to three free ones of that date with their prices.
#[tokio::test]
async fn a_taken_slot_comes_with_alternatives() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, first) = world.customer().await;
    let (_, second) = world.customer().await;
    club.book(&world, &first, "10:00").await;

    let taken = club.try_to_book(&world, &second, "10:00", "pm_card_visa").await;
    let details = &taken.refused(409, "TIME_SLOT_UNAVAILABLE")["details"];

    assert_eq!(details["conflictingSlot"], json!({ "date": DAY, "startTime": "10:00" }));
    let offered = details["alternativeSlots"].as_array().expect("a list");
    assert_eq!(offered.len(), 3);
    assert!(offered.iter().all(|slot| slot["startTime"] != "10:00" && slot["priceCents"] == 5000));
    assert!(details.get("conflictingBookingId").is_none(), "LIVE-12: customers do not learn whose it is");
    let start = offered[0]["startTime"].as_str().expect("a time");
    club.book(&world, &second, start).await;
}

/// BOOK-09, BOOK-10: too far ahead and too late, with the limits in the details.
#[tokio::test]
async fn window_and_notice_are_kept() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let ask = async |date: &str, start: &str| {
        let body = booking_body(&club.court, date, start, "pm_card_visa");
        world.post("/api/bookings").bearer(&token).key(fresh_key()).json(&body).send().await
    };

    let body = ask("2026-06-04", "10:00").await.refused(422, "BOOKING_WINDOW_EXCEEDED");
    assert_eq!(body["details"], json!({ "maxAdvanceDays": 30, "requestedDate": "2026-06-04" }));
    for absurd in ["9999-12-31", "-004713-01-01", "2026-02-30"] {
        assert_eq!(ask(absurd, "10:00").await.wrong_fields(), ["date"], "{absurd}");
    }

    // It is noon in Athens: 12:00 and 12:59 are too soon, 13:00 is exactly an hour away.
    let body = ask("2026-05-04", "12:00").await.refused(422, "MINIMUM_NOTICE_NOT_MET");
    assert_eq!(body["details"]["minimumNoticeHours"], 1);
    assert_eq!(body["details"]["bookingStartTime"], "2026-05-04T09:00:00Z");
    ask("2026-05-03", "10:00").await.refused(422, "MINIMUM_NOTICE_NOT_MET");
    ask("2026-05-04", "13:00").await.expect(201);
    ask("2026-06-03", "10:00").await.expect(201);
}

/// BOOK-11, BOOK-12: outside of the windows, off the grid, no whole multiple, too many people.
#[tokio::test]
async fn the_slot_must_fit_the_court() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let ask = async |changes: serde_json::Value| {
        let mut body = booking_body(&club.court, DAY, "10:00", "pm_card_visa");
        for (name, value) in changes.as_object().expect("changes") {
            body[name] = value.clone();
        }
        world.post("/api/bookings").bearer(&token).key(fresh_key()).json(&body).send().await
    };

    ask(json!({ "startTime": "06:00" })).await.refused(422, "OUTSIDE_AVAILABILITY_WINDOW");
    ask(json!({ "startTime": "10:30" })).await.refused(422, "SLOT_DURATION_MISMATCH");
    let body = ask(json!({ "durationMinutes": 90 })).await.refused(422, "SLOT_DURATION_MISMATCH");
    assert_eq!(body["details"]["durationMinutes"], 60);
    for people in [0, -1, 5] {
        let body = ask(json!({ "numberOfPeople": people })).await.refused(422, "CAPACITY_EXCEEDED");
        assert_eq!(body["details"]["maxCapacity"], 4);
    }
    assert_eq!(ask(json!({ "startTime": "23:30" })).await.wrong_fields(), ["startTime"], "BOOK-23");
    ask(json!({ "courtId": fresh_key() })).await.refused(404, "COURT_NOT_FOUND");
    assert_eq!(world.count("SELECT count(*) FROM transaction.bookings").await, 0, "nothing was held");

    // BOOK-12: two sessions cost twice as much.
    let double = ask(json!({ "durationMinutes": 120, "numberOfPeople": 4 })).await.expect(201);
    assert_eq!((&double["endTime"], &double["totalAmountCents"]), (&json!("12:00"), &json!(10000)));
}

/// BOOK-22: an hour that the clock jumps over cannot be booked.
#[tokio::test]
async fn a_skipped_hour_cannot_be_booked() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    world.clock.set("2026-03-20T09:00:00Z".parse().expect("a literal instant"));
    let (customer, _) = world.customer().await;
    let token = world.token(customer, Role::Customer);
    let body = booking_body(&club.court, "2026-03-29", "03:00", "pm_card_visa");
    let answer = world.post("/api/bookings").bearer(&token).key(fresh_key()).json(&body).send().await;
    let details = &answer.refused(400, "INVALID_TIME_DST_GAP")["details"];
    assert_eq!((&details["time"], &details["timezone"]), (&json!("03:00"), &json!("Europe/Athens")));
}

/// BOOK-13, AUTHZ-14, EVT-20: a court whose owner cannot be paid is refused before anything is held or charged; only an
/// active account takes bookings.
#[tokio::test]
async fn an_owner_without_payouts_takes_no_bookings() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let set = async |status: &str| {
        sqlx::query("UPDATE platform.users SET stripe_status = $2 WHERE id = $1")
            .bind(club.owner.0)
            .bind(status)
            .execute(&world.admin)
            .await
            .expect("an owner");
    };
    for status in ["NOT_STARTED", "PENDING", "RESTRICTED", "DISABLED"] {
        set(status).await;
        let refused = club.try_to_book(&world, &token, "10:00", "pm_card_visa").await;
        assert!(refused.status.as_u16() == 422 || refused.status.as_u16() == 404, "{status}: {refused:?}");
        assert!(
            ["COURT_NOT_BOOKABLE", "COURT_NOT_FOUND"].contains(&refused.body["error"].as_str().unwrap_or_default())
        );
        assert_eq!(world.count("SELECT count(*) FROM transaction.payments").await, 0, "{status}");
    }
    set("ACTIVE").await;
    club.try_to_book(&world, &token, "10:00", "pm_card_visa").await.expect(201);
}

/// LIVE-09: a hold that has expired is taken over in the same transaction, before the clean-up came by.
#[tokio::test]
async fn an_expired_hold_gives_way_at_once() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, slow) = world.customer().await;
    let (quick_id, quick) = world.customer().await;
    let held = club.try_to_book(&world, &slow, "10:00", "pm_card_authenticationRequired").await.expect(201);
    assert_eq!(held["status"], "PENDING_PAYMENT");
    club.try_to_book(&world, &quick, "10:00", "pm_card_visa").await.refused(409, "TIME_SLOT_UNAVAILABLE");

    world.advance(SignedDuration::from_secs(300));
    let quick = world.token(quick_id, Role::Customer);
    assert_eq!(club.book(&world, &quick, "10:00").await["status"], "CONFIRMED");

    assert_eq!(world.status_of(held["id"].as_str().expect("an id")).await, "DROPPED");
    let types = world.event_types().await;
    assert_eq!(types, ["SLOT_HELD", "SLOT_RELEASED", "SLOT_HELD", "BOOKING_CREATED"], "in their order");
}

/// OPS-09: when Stripe cannot even be reached nothing was charged: 503, and the slot is free at once.
#[tokio::test]
async fn an_unreachable_stripe_keeps_no_slot() {
    let world = World::impatient().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    club.book(&world, &token, "10:00").await;
    world.stop_vendors();
    testkit::eventually("nobody listens any more", testkit::PATIENCE, async || {
        let answer = world.get("/api/payments/methods").bearer(&token).send().await;
        (answer.status == 503).then_some(())
    })
    .await;
    let answer = club.try_to_book(&world, &token, "12:00", "pm_card_visa").await;
    answer.refused(503, "PAYMENT_PROVIDER_UNAVAILABLE");
    assert_eq!(world.count("SELECT count(*) FROM transaction.bookings WHERE status = 'DROPPED'").await, 1);
    assert_eq!(world.count("SELECT count(*) FROM transaction.payments WHERE pending_step IS NOT NULL").await, 0);
}

/// PAY-15: parallel first payments of one user make one Stripe customer.
#[tokio::test]
async fn a_user_has_one_stripe_customer() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let starts = ["08:00", "09:00", "10:00", "11:00", "12:00", "13:00"];
    let bookings = starts.map(|start| club.book(&world, &token, start));
    futures::future::join_all(bookings).await;
    let customers = world.stripe_get("customers?limit=100").await;
    assert_eq!(customers["data"].as_array().expect("a list").len(), 1);
    assert_eq!(world.count("SELECT count(*) FROM transaction.stripe_customers").await, 1);
}

/// SEC-38, BOOK-02: wrong input is 400 with the fields that are wrong, and a key is required.
#[tokio::test]
async fn wrong_input_is_named() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let post = || world.post("/api/bookings").bearer(&token).key(fresh_key());

    let body = booking_body(&club.court, DAY, "10:00", "pm_card_visa");
    world.post("/api/bookings").bearer(&token).json(&body).send().await.refused(400, "IDEMPOTENCY_KEY_REQUIRED");
    let odd = world.post("/api/bookings").bearer(&token).header("x-idempotency-key", "1").json(&body).send().await;
    odd.refused(400, "IDEMPOTENCY_KEY_REQUIRED");
    post().text("{").send().await.refused(400, "MALFORMED_JSON");
    for (field, wrong) in [
        ("courtId", json!("court-7")),
        ("date", json!("2026-02-30")),
        ("startTime", json!("25:00")),
        ("paymentMethodId", json!("../customers")),
        ("paymentMethodId", json!("")),
        ("durationMinutes", json!("60")),
        ("openMatch", json!(true)),
        ("splitPayment", json!(true)),
    ] {
        let mut changed = body.clone();
        changed[field] = wrong.clone();
        assert_eq!(post().json(&changed).send().await.wrong_fields(), [field], "{wrong}");
    }
    let mut unknown_card = body.clone();
    unknown_card["paymentMethodId"] = json!("pm_nobody_knows");
    post().json(&unknown_card).send().await.refused(402, "PAYMENT_METHOD_INVALID");
    assert_eq!(club.book(&world, &token, "10:00").await["status"], "CONFIRMED", "the slot stayed free");
}

/// PAY-11: euros everywhere, and written down with each booking and payment so that others can follow.
#[tokio::test]
async fn everything_is_in_euros() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    assert_eq!(booking["currency"], "EUR");
    let kept: (String, String) = sqlx::query_as(
        "SELECT booking.currency, payment.currency FROM transaction.bookings booking
         JOIN transaction.payments payment ON payment.booking_id = booking.id",
    )
    .fetch_one(&world.admin)
    .await
    .expect("a booking");
    assert_eq!(kept, ("EUR".to_owned(), "EUR".to_owned()));
    let intents = world.stripe_get("payment_intents?limit=1").await;
    assert_eq!(intents["data"][0]["currency"], "eur");
}

/// BOOK-15, PAY-13: of forty bookings made and confirmed one after the other, the 95th of a hundred takes at most a second to
/// make and two seconds to collect, the answers of the sandbox's Stripe included. On a machine that is busy with something
/// else, a plain read says by how much more patience is fair.
#[tokio::test]
async fn bookings_and_payments_are_quick() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (mut reads, mut creations, mut captures) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..40 {
        let (_, token) = world.customer().await;
        let date = ["2026-05-19", "2026-05-20", "2026-05-21"][number / 14];
        let body = booking_body(&club.court, date, &format!("{:02}:00", 8 + number % 14), "pm_card_visa");
        let begun = Instant::now();
        world.get("/api/bookings").bearer(&token).send().await.expect(200);
        reads.push(begun.elapsed());
        let begun = Instant::now();
        let booking = world.post("/api/bookings").bearer(&token).key(fresh_key()).json(&body).send().await.expect(201);
        creations.push(begun.elapsed());
        let path = format!("/api/bookings/{}/confirm", booking["id"].as_str().expect("an id"));
        let begun = Instant::now();
        world.post(&path).bearer(&club.token).send().await.expect(200);
        captures.push(begun.elapsed());
    }
    let p95 = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() * 95 / 100 - 1]
    };
    let (read, creation, capture) = (p95(reads), p95(creations), p95(captures));
    println!("p95: {read:.0?} to read, {creation:.0?} to book, {capture:.0?} to collect");
    // A read of a free machine takes a few milliseconds; one of a busy machine scales what is asked for.
    let busy = (read.as_secs_f64() / 0.025).max(1.0);
    assert!(creation <= Duration::from_secs(1).mul_f64(busy), "{creation:?} to book, {read:?} to read");
    assert!(capture <= Duration::from_secs(2).mul_f64(busy), "{capture:?} to collect, {read:?} to read");
}
