//! The process dies between the steps of a checkout. After the restart the booking is finished or undone: never charged
//! without a booking, never booked without its event (PAY-06, PAY-43, BOOK-14).
//!
//! A checkpoint holds the checkout at one place for ever and the test drops it there, which is what a killed process
//! leaves behind: what was committed is there, what was in memory is not. Then a new process starts on the same database.

use contracts::identity::Role;
use contracts::ids::UserId;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::Notify;
use transaction::checkpoint::{Checkpoint, Checkpoints, Place};
use transaction::payments::ops::reconcile_at_start;
use uuid::Uuid;

use crate::support::{Call, Club, DAY, World, booking_body, fresh_key};

struct StopAt {
    place: Place,
    reached: Notify,
}

impl Checkpoint for StopAt {
    fn pass(&self, place: Place) -> BoxFuture<'_, ()> {
        async move {
            if place == self.place {
                self.reached.notify_one();
                std::future::pending::<()>().await;
            }
        }
        .boxed()
    }
}

struct Crashed {
    world: World,
    club: Club,
    customer: UserId,
    key: Uuid,
    body: Value,
}

/// A customer books, and the process dies at `place`.
async fn crash(place: Place, by_hand: bool) -> Crashed {
    let mut world = World::new().await;
    let club = if by_hand { Club::confirming_by_hand(&world).await } else { Club::new(&world).await };
    let (customer, token) = world.customer().await;
    let stop = Arc::new(StopAt { place, reached: Notify::new() });
    let doomed = world.another_node(Checkpoints::new(stop.clone())).await;
    let (key, body) = (fresh_key(), booking_body(&club.court, DAY, "10:00", "pm_card_visa"));
    let call = Call::new(doomed.router.clone(), "POST", "/api/bookings").bearer(&token).key(key).json(&body);
    tokio::select! {
        answer = call.send() => panic!("it went on: {answer:?}"),
        () = stop.reached.notified() => {}
    }
    drop(doomed);
    world.restart().await;
    Crashed { world, club, customer, key, body }
}

impl Crashed {
    /// What the new process does at its start.
    async fn recover(&self) {
        reconcile_at_start(&self.world.node.state).await.expect("reconciliation");
        self.world.run_jobs().await;
    }

    /// The client tries again with the same key.
    fn retry(&self) -> Call {
        let token = self.world.token(self.customer, Role::Customer);
        self.world.post("/api/bookings").bearer(&token).key(self.key).json(&self.body)
    }

    /// Money and booking fit, and the booking was told exactly once.
    async fn consistent(&self) -> String {
        let booking = self.world.only_booking().await;
        let intents = self.world.intents_of(&booking).await;
        let charged =
            intents.iter().any(|intent| intent["status"] == "succeeded" || intent["status"] == "requires_capture");
        let status = self.world.status_of(&booking).await;
        let stands = status == "CONFIRMED" || status == "PENDING_CONFIRMATION";
        assert_eq!(charged, stands, "{status} with {intents:#?}");
        assert_eq!(self.world.events("BOOKING_CREATED").await.len(), usize::from(stands), "{status}");
        assert!(intents.iter().filter(|intent| intent["amount_received"] != 0).count() <= 1, "charged at most once");
        assert_eq!(self.world.payment_of(&booking).await.1, None, "no step is left open");
        status
    }
}

/// Died after the hold, before Stripe was asked: while the hold lasts the booking is finished.
#[tokio::test]
async fn after_the_hold_the_booking_is_finished() {
    let crashed = crash(Place::AfterHold, false).await;
    assert!(crashed.world.intents_of(&crashed.world.only_booking().await).await.is_empty(), "Stripe knows nothing");
    crashed.recover().await;
    assert_eq!(crashed.consistent().await, "CONFIRMED");
    let answer = crashed.retry().send().await.expect(201);
    assert_eq!((&answer["status"], &answer["paymentStatus"]), (&json!("CONFIRMED"), &json!("CAPTURED")));
    crashed.consistent().await;
}

/// The same, but the process comes back only after the hold has lapsed: nothing is charged any more, the slot is free.
#[tokio::test]
async fn after_the_hold_a_late_restart_undoes_it() {
    let crashed = crash(Place::AfterHold, false).await;
    crashed.world.advance(SignedDuration::from_secs(301));
    crashed.recover().await;
    crashed.world.sweep().await;
    crashed.world.run_jobs().await;
    assert_eq!(crashed.consistent().await, "DROPPED");
    assert_eq!(crashed.world.event_types().await, ["SLOT_HELD", "SLOT_RELEASED"]);
    crashed.retry().send().await.refused(409, "HOLD_EXPIRED");

    // Should the dead process's call still be on its way, its key is used up: it cannot charge.
    let payment: Uuid =
        sqlx::query_scalar("SELECT id FROM transaction.payments").fetch_one(&crashed.world.admin).await.expect("one");
    let mut connection = crashed.world.node.state.pool.acquire().await.expect("a connection");
    let payment =
        transaction::payments::store::find(&mut connection, payment.into()).await.expect("reads").expect("one");
    let late = transaction::stripe::Charge {
        payment_id: payment.id.0,
        booking_id: payment.booking_id.0,
        amount_cents: payment.money.gross.0,
        commission_cents: payment.money.commission.0,
        currency: &payment.currency,
        capture_later: false,
        customer: &payment.stripe_customer_id,
        payment_method: &payment.payment_method_id,
        destination: &payment.destination_account,
    };
    let refused = crashed.world.node.state.stripe.charge(&late).await;
    assert!(matches!(refused, Err(transaction::stripe::StripeError::KeyReused)), "{refused:?}");
    let token = crashed.world.token(crashed.customer, Role::Customer);
    crashed.club.book(&crashed.world, &token, "10:00").await;
}

/// Died after the charge: the customer paid, so the booking is finished, once.
#[tokio::test]
async fn after_the_charge_the_booking_is_finished() {
    let crashed = crash(Place::AfterCharge, false).await;
    assert_eq!(crashed.world.status_of(&crashed.world.only_booking().await).await, "PENDING_PAYMENT");
    crashed.recover().await;
    assert_eq!(crashed.consistent().await, "CONFIRMED");
    let answer = crashed.retry().send().await.expect(201);
    assert_eq!(answer["status"], "CONFIRMED");
}

/// Died after the charge and came back late: the slot is still free, so the paid booking gets it (LIVE-11).
#[tokio::test]
async fn after_the_charge_a_late_restart_books_a_free_slot() {
    let crashed = crash(Place::AfterCharge, false).await;
    crashed.world.advance(SignedDuration::from_secs(301));
    crashed.world.sweep().await;
    crashed.recover().await;
    assert_eq!(crashed.consistent().await, "CONFIRMED");
}

/// Died after the charge, came back late, and somebody else has the slot: every cent goes back (LIVE-11).
#[tokio::test]
async fn after_the_charge_a_taken_slot_means_all_money_back() {
    let crashed = crash(Place::AfterCharge, false).await;
    let world = &crashed.world;
    let first = world.only_booking().await;
    world.advance(SignedDuration::from_secs(301));
    let (_, other) = world.customer().await;
    crashed.club.book(world, &other, "10:00").await;

    crashed.recover().await;
    world.run_jobs().await;

    assert_eq!(world.status_of(&first).await, "DROPPED");
    assert_eq!(world.payment_of(&first).await, ("REFUNDED".to_owned(), None));
    let intent = world.intents_of(&first).await[0]["id"].as_str().expect("an id").to_owned();
    let whole = world.stripe_get(&format!("payment_intents/{intent}?expand[]=latest_charge")).await;
    assert_eq!(whole["latest_charge"]["amount_refunded"], 5000);
}

/// Died before the event, with everything in hand: booking and event are one statement, so neither was there before and
/// both are afterwards.
#[tokio::test]
async fn before_the_event_neither_booking_nor_event_exists() {
    for by_hand in [false, true] {
        let crashed = crash(Place::BeforeEvent, by_hand).await;
        assert_eq!(crashed.world.status_of(&crashed.world.only_booking().await).await, "PENDING_PAYMENT");
        assert!(crashed.world.events("BOOKING_CREATED").await.is_empty());
        crashed.recover().await;
        let expected = if by_hand { "PENDING_CONFIRMATION" } else { "CONFIRMED" };
        assert_eq!(crashed.consistent().await, expected);
    }
}

/// The client tries again before anybody has looked: it waits for the outcome and hears it, whoever finishes it.
#[tokio::test]
async fn a_retry_waits_for_the_outcome() {
    let crashed = crash(Place::AfterCharge, false).await;
    let (answer, ()) = tokio::join!(crashed.retry().send(), crashed.recover());
    assert_eq!(answer.expect(201)["status"], "CONFIRMED");
    assert_eq!(crashed.consistent().await, "CONFIRMED");
}

/// PAY-05, PAY-46: many processes start at once and all look for what is open: it is finished once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_recover_once() {
    let crashed = crash(Place::AfterCharge, false).await;
    let mut nodes = Vec::new();
    for _ in 0..4 {
        nodes.push(crashed.world.another_node(Checkpoints::default()).await);
    }
    let rounds = nodes.iter().map(async |node| {
        reconcile_at_start(&node.state).await.expect("reconciliation");
        node.jobs.run_due().await.expect("jobs run");
    });
    futures::future::join_all(rounds).await;
    assert_eq!(crashed.consistent().await, "CONFIRMED");
}

/// PAY-43: the vendor's answer got lost. The client hears that it is not known yet; the round finds out.
#[tokio::test]
async fn a_lost_answer_is_found_out_about() {
    let world = World::impatient().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    world.chaos(json!({ "vendor": "stripe", "operation": "POST /v1/payment_intents", "action": "timeout_after_effect", "times": 0 })).await;
    club.try_to_book(&world, &token, "10:00", "pm_card_visa").await.refused(503, "PAYMENT_PROVIDER_UNAVAILABLE");
    let booking = world.only_booking().await;
    assert_eq!(world.status_of(&booking).await, "PENDING_PAYMENT", "nothing is concluded from silence");
    world.calm().await;
    world.run_jobs().await;
    assert_eq!(world.status_of(&booking).await, "CONFIRMED");
    assert_eq!(world.intents_of(&booking).await.len(), 1, "charged once");
}

/// PAY-43: the round of every 15 minutes finds what a crash left, also when nobody looked at the start.
#[tokio::test]
async fn the_regular_round_finds_a_lost_charge() {
    let crashed = crash(Place::AfterCharge, false).await;
    crashed.world.run_jobs().await;
    let booking = crashed.world.only_booking().await;
    assert_eq!(crashed.world.status_of(&booking).await, "PENDING_PAYMENT", "a minute is left to whoever is at it");
    crashed.world.advance(SignedDuration::from_mins(15));
    crashed.world.run_jobs().await;
    crashed.world.run_jobs().await;
    assert_eq!(crashed.consistent().await, "CONFIRMED");
}

/// PAY-43: money held for more than 30 minutes for a booking that no longer waits for it is let go.
#[tokio::test]
async fn the_regular_round_lets_stranded_holds_go() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let id = booking["id"].as_str().expect("an id");
    sqlx::query(
        "UPDATE transaction.bookings SET status = 'REJECTED', cancelled_by = 'COURT_OWNER', reason = 'by hand'",
    )
    .execute(&world.admin)
    .await
    .expect("a booking that was changed behind everybody's back");
    // A schedule begins with the first process that knows it.
    world.run_jobs().await;
    world.advance(SignedDuration::from_mins(31));
    world.run_jobs().await;
    world.run_jobs().await;
    assert_eq!(world.intents_of(id).await[0]["status"], "canceled");
    assert_eq!(world.payment_of(id).await, ("REFUNDED".to_owned(), None));
}
