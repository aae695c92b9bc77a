//! `POST /api/bookings/{bookingId}/confirm` and `/reject`, deadlines, and what happens when all of them come at once.

use contracts::identity::Role;
use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, Call, Club, World, fresh_key};

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

async fn pending(world: &World) -> (Club, String, Value) {
    let club = Club::confirming_by_hand(world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(world, &token, "10:00").await;
    (club, token, booking)
}

fn act(world: &World, booking: &Value, action: &str) -> Call {
    world.post(&format!("/api/bookings/{}/{action}", id(booking)))
}

/// BOOK-27, PAY-08: the owner's yes captures, confirms and tells the customer the owner's words.
#[tokio::test]
async fn a_confirmation_captures() {
    let world = World::new().await;
    let (club, token, booking) = pending(&world).await;

    let confirm = act(&world, &booking, "confirm").bearer(&club.token).json(&json!({ "message": "See you" }));
    let result = confirm.send().await.expect(200);

    assert_eq!((&result["bookingId"], &result["status"]), (&booking["id"], &json!("CONFIRMED")));
    assert_eq!(result["paymentStatus"], "CAPTURED");
    assert_eq!((&result["capturedAmountCents"], &result["courtOwnerNetCents"]), (&json!(5000), &json!(4500)));
    let intent = &world.intents_of(id(&booking)).await[0];
    assert_eq!((&intent["status"], &intent["amount_received"]), (&json!("succeeded"), &json!(5000)));
    let confirmed = &world.events("BOOKING_CONFIRMED").await[0]["payload"];
    assert_eq!((&confirmed["confirmedBy"], &confirmed["platformFeeCents"]), (&json!(club.owner), &json!(500)));
    let told = world.events("NOTIFICATION_REQUESTED").await;
    assert!(told.iter().any(|event| event["payload"]["notificationType"] == "BOOKING_CONFIRMED"
        && event["payload"]["body"]["en"].as_str().is_some_and(|body| body.contains("See you"))));
    let shown = world.get(&format!("/api/bookings/{}", id(&booking))).bearer(&token).send().await.expect(200);
    let states: Vec<_> =
        shown["statusHistory"].as_array().expect("a list").iter().map(|entry| &entry["status"]).collect();
    assert_eq!(states, ["PENDING_PAYMENT", "PENDING_CONFIRMATION", "CONFIRMED"]);

    // BOOK-28, BOOK-31: a repeat has no second effect.
    let again = act(&world, &booking, "confirm").bearer(&club.token).send().await.refused(400, "BOOKING_NOT_PENDING");
    assert_eq!(again["details"]["currentStatus"], "CONFIRMED");
    assert_eq!(world.events("BOOKING_CONFIRMED").await.len(), 1);
}

/// BOOK-29, PAY-28: the owner's no lets the hold go and costs nobody anything.
#[tokio::test]
async fn a_rejection_releases_the_hold() {
    let world = World::new().await;
    let (club, token, booking) = pending(&world).await;

    assert_eq!(
        act(&world, &booking, "reject").bearer(&club.token).json(&json!({})).send().await.wrong_fields(),
        ["reason"]
    );
    let blank = act(&world, &booking, "reject").bearer(&club.token).json(&json!({ "reason": "  " })).send().await;
    assert_eq!(blank.wrong_fields(), ["reason"]);
    let reject = act(&world, &booking, "reject").bearer(&club.token).json(&json!({ "reason": "Maintenance" }));
    let result = reject.send().await.expect(200);

    assert_eq!((&result["status"], &result["holdReleased"]), (&json!("REJECTED"), &json!(true)));
    let cancelled = &world.events("BOOKING_CANCELLED").await[0]["payload"];
    assert_eq!(
        (&cancelled["cancelledBy"], &cancelled["cancellationReason"]),
        (&json!("COURT_OWNER"), &json!("Maintenance"))
    );
    let told = world.events("NOTIFICATION_REQUESTED").await;
    assert!(told.iter().any(|event| event["payload"]["notificationType"] == "BOOKING_REJECTED"));
    world.run_jobs().await;
    assert_eq!(world.intents_of(id(&booking)).await[0]["status"], "canceled");
    let shown = world.get(&format!("/api/bookings/{}", id(&booking))).bearer(&token).send().await.expect(200);
    assert_eq!((&shown["status"], &shown["cancellationReason"]), (&json!("REJECTED"), &json!("Maintenance")));
    club.book(&world, &token, "10:00").await;
}

/// AUTHZ-09: another owner's pending booking does not exist, and a customer may not decide.
#[tokio::test]
async fn only_the_owner_decides() {
    let world = World::new().await;
    let (_, token, booking) = pending(&world).await;
    let other = Club::new(&world).await;
    let reason = json!({ "reason": "Mine" });
    act(&world, &booking, "confirm").bearer(&other.token).send().await.refused(404, "BOOKING_NOT_FOUND");
    act(&world, &booking, "reject").bearer(&other.token).json(&reason).send().await.refused(404, "BOOKING_NOT_FOUND");
    act(&world, &booking, "confirm").bearer(&token).send().await.refused(403, "AUTHZ_INSUFFICIENT_ROLE");
    assert_eq!(world.status_of(id(&booking)).await, "PENDING_CONFIRMATION");
}

/// PAY-07, EVT-20: an owner who cannot be paid cannot capture; the hold stays until its deadline.
#[tokio::test]
async fn an_owner_who_cannot_be_paid_cannot_capture() {
    let world = World::new().await;
    let (club, _, booking) = pending(&world).await;
    sqlx::query("UPDATE platform.users SET stripe_status = 'RESTRICTED' WHERE id = $1")
        .bind(club.owner.0)
        .execute(&world.admin)
        .await
        .expect("an owner");
    let refused = act(&world, &booking, "confirm").bearer(&club.token).send().await;
    assert_eq!(refused.refused(422, "PAYMENT_CAPTURE_FAILED")["details"]["reason"], "ACCOUNT_RESTRICTED");
    assert_eq!(world.payment_of(id(&booking)).await, ("AUTHORIZED".to_owned(), None));
    assert_eq!(world.status_of(id(&booking)).await, "PENDING_CONFIRMATION");
}

/// PAY-07, PAY-43: the account is shut between the owner's yes and the capture that a crash left open: nothing is captured,
/// the hold stays, and the owner may say yes again.
#[tokio::test]
async fn a_late_capture_asks_again_whether_the_owner_can_be_paid() {
    let world = World::new().await;
    let (club, _, booking) = pending(&world).await;
    sqlx::query("UPDATE transaction.payments SET pending_step = 'CAPTURE', step_started_at = '2026-05-04T08:00:00Z'")
        .execute(&world.admin)
        .await
        .expect("a payment");
    let account = async |status: &str| {
        sqlx::query("UPDATE platform.users SET stripe_status = $2 WHERE id = $1")
            .bind(club.owner.0)
            .bind(status)
            .execute(&world.admin)
            .await
            .expect("an owner");
    };
    account("DISABLED").await;
    transaction::payments::ops::reconcile_at_start(&world.node.state).await.expect("reconciliation");
    world.run_jobs().await;
    assert_eq!(world.payment_of(id(&booking)).await, ("AUTHORIZED".to_owned(), None));
    assert_eq!(world.intents_of(id(&booking)).await[0]["status"], "requires_capture");
    account("ACTIVE").await;
    act(&world, &booking, "confirm").bearer(&club.token).send().await.expect(200);
    world.books_agree().await;
}

/// BOOK-28: a hold that the card's bank has ended cannot be captured, and the booking is called off.
#[tokio::test]
async fn an_expired_authorisation_cannot_be_captured() {
    let world = World::new().await;
    let (club, _, booking) = pending(&world).await;
    sqlx::query("UPDATE transaction.payments SET authorization_expires_at = '2026-05-04T08:00:00Z'")
        .execute(&world.admin)
        .await
        .expect("a payment");
    let refused = act(&world, &booking, "confirm").bearer(&club.token).send().await;
    let body = refused.refused(422, "AUTHORIZATION_EXPIRED");
    assert_eq!(body["details"]["expiredAt"], "2026-05-04T08:00:00Z");

    sqlx::query("UPDATE transaction.payments SET authorization_expires_at = NULL")
        .execute(&world.admin)
        .await
        .expect("a payment");
    let intent = world.intents_of(id(&booking)).await[0]["id"].as_str().expect("an id").to_owned();
    let cancel = world.sandbox("POST", &format!("/stripe/v1/payment_intents/{intent}/cancel"));
    cancel.bearer("sk_test_courtside_sandbox").send().await.expect(200);
    act(&world, &booking, "confirm").bearer(&club.token).send().await.refused(422, "AUTHORIZATION_EXPIRED");
    assert_eq!(world.status_of(id(&booking)).await, "CANCELLED");
    assert_eq!(world.events("BOOKING_CANCELLED").await[0]["payload"]["cancelledBy"], "SYSTEM");
}

/// BOOK-30: at the deadline the system calls off, releases and tells the customer; not a microsecond before.
#[tokio::test]
async fn an_unanswered_booking_times_out() {
    let world = World::new().await;
    let (_, _, booking) = pending(&world).await;
    world.advance(SignedDuration::from_hours(24) - SignedDuration::from_micros(1));
    // The owner is reminded, nothing else happens.
    assert_eq!((world.sweep().await, world.sweep().await), (1, 0));
    assert_eq!(world.status_of(id(&booking)).await, "PENDING_CONFIRMATION");
    world.advance(SignedDuration::from_micros(1));
    assert_eq!((world.sweep().await, world.sweep().await), (1, 0));
    assert_eq!(world.status_of(id(&booking)).await, "CANCELLED");
    assert_eq!(world.events("BOOKING_CANCELLED").await[0]["payload"]["cancelledBy"], "SYSTEM");
    world.run_jobs().await;
    assert_eq!(world.intents_of(id(&booking)).await[0]["status"], "canceled");
    assert_eq!(world.payment_of(id(&booking)).await, ("REFUNDED".to_owned(), None));
}

/// BOOK-31: confirm, reject, cancel and timeout at once: exactly one outcome, one event about it, and money that fits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exactly_one_outcome_wins() {
    for round in 0..6 {
        let world = World::new().await;
        let club = Club::confirming_by_hand(&world).await;
        let (customer, token) = world.customer().await;
        let booking = club.book(&world, &token, "10:00").await;
        world.advance(SignedDuration::from_hours(24));
        let (customer, owner) = (world.token(customer, Role::Customer), world.token(club.owner, Role::CourtOwner));

        let confirm = || act(&world, &booking, "confirm").bearer(&owner).send();
        let reject = || act(&world, &booking, "reject").bearer(&owner).json(&json!({ "reason": "Full" })).send();
        let cancel = || act(&world, &booking, "cancel").bearer(&customer).key(fresh_key()).send();
        let mut calls: Vec<futures::future::BoxFuture<'_, Answer>> = Vec::new();
        for _ in 0..3 {
            calls.extend([Box::pin(confirm()) as _, Box::pin(reject()) as _, Box::pin(cancel()) as _]);
        }
        calls.rotate_left(round);
        let (answers, _) = tokio::join!(join_all(calls), world.sweep());
        world.run_jobs().await;

        let status = world.status_of(id(&booking)).await;
        let (confirmed, ended) =
            (world.events("BOOKING_CONFIRMED").await.len(), world.events("BOOKING_CANCELLED").await.len());
        let (payment, step) = world.payment_of(id(&booking)).await;
        assert_eq!(step, None, "round {round}: nothing is left open");
        let intent = world.intents_of(id(&booking)).await[0]["status"].clone();
        match status.as_str() {
            "CONFIRMED" => {
                assert_eq!((confirmed, ended), (1, 0));
                assert_eq!((payment.as_str(), &intent), ("CAPTURED", &json!("succeeded")));
            }
            // A customer may call off what was confirmed a moment before; then the refund follows the policy.
            "CANCELLED" if confirmed == 1 => {
                assert_eq!(ended, 1);
                assert_eq!((payment.as_str(), &intent), ("REFUNDED", &json!("succeeded")));
            }
            "CANCELLED" | "REJECTED" => {
                assert_eq!((confirmed, ended), (0, 1));
                assert_eq!((payment.as_str(), &intent), ("REFUNDED", &json!("canceled")));
            }
            other => panic!("round {round}: {other}"),
        }
        let done = answers.iter().filter(|answer| answer.status == 200).count();
        assert!(done <= 2, "round {round}: {answers:?}");
        assert!(answers.iter().all(|answer| [200, 400, 409, 422].contains(&answer.status.as_u16())), "{answers:?}");
    }
}

/// BOOK-31, PAY-06: while Stripe has not answered a capture nobody else decides, and the answer is found out about.
#[tokio::test]
async fn a_capture_without_an_answer_is_finished_later() {
    let world = World::impatient().await;
    let club = Club::with(&world, json!({ "confirmationMode": "MANUAL", "confirmationTimeoutHours": 1 })).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    world
        .chaos(json!({ "vendor": "stripe", "operation": "/capture", "action": "timeout_after_effect", "times": 0 }))
        .await;

    let asked = act(&world, &booking, "confirm").bearer(&club.token).send().await;
    asked.refused(503, "PAYMENT_PROVIDER_UNAVAILABLE");
    assert_eq!(world.payment_of(id(&booking)).await, ("AUTHORIZED".to_owned(), Some("CAPTURE".to_owned())));
    act(&world, &booking, "cancel").bearer(&token).key(fresh_key()).send().await.refused(409, "REQUEST_IN_PROGRESS");
    let reject = act(&world, &booking, "reject").bearer(&club.token).json(&json!({ "reason": "Full" }));
    reject.send().await.refused(409, "REQUEST_IN_PROGRESS");
    world.advance(SignedDuration::from_hours(1));
    assert_eq!(world.sweep().await, 0, "the deadline stands back as well");

    world.calm().await;
    world.run_jobs().await;
    assert_eq!(world.status_of(id(&booking)).await, "CONFIRMED");
    assert_eq!(world.payment_of(id(&booking)).await, ("CAPTURED".to_owned(), None));
    assert_eq!(world.events("BOOKING_CONFIRMED").await.len(), 1);
}

/// BOOK-02: a key is honoured here as well: the repetition hears the first answer.
#[tokio::test]
async fn a_repeated_confirmation_hears_the_first_answer() {
    let world = World::new().await;
    let (club, _, booking) = pending(&world).await;
    let key = fresh_key();
    let first = act(&world, &booking, "confirm").bearer(&club.token).key(key).send().await.expect(200);
    assert_eq!(act(&world, &booking, "confirm").bearer(&club.token).key(key).send().await.expect(200), first);
}
