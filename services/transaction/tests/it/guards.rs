//! Races about one booking, each twice: with the statement as the service writes it, and with its guard taken away, to show
//! that the race is there (BOOK-31, LIVE-11, PAY-41, PAY-42). What excludes two bookings of one slot is in `race.rs`.

use std::time::Duration;

use contracts::identity::Role;
use futures::future::{BoxFuture, join_all};
use jiff::SignedDuration;
use serde_json::Value;
use tokio::sync::Barrier;
use transaction::checkpoint::Checkpoints;
use transaction::payments::ops::reconcile_at_start;

use crate::support::{Answer, Club, World, fresh_key};

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

/// The longest that anybody may wait for an answer in a race of a few.
const PATIENCE: Duration = Duration::from_secs(20);

/// Several decide about a booking from what they read before anybody has written, and write without asking whether it is
/// still so. Answers how many thought that it was theirs to decide.
async fn decide_without_guard(world: &World, booking: &str, from: &str, outcomes: &[&str]) -> usize {
    let everybody_has_read = Barrier::new(outcomes.len());
    let decisions = outcomes.iter().map(|outcome| {
        let everybody_has_read = &everybody_has_read;
        async move {
            let mut transaction = kit::db::begin(&world.admin).await.expect("a transaction");
            let seen: String = sqlx::query_scalar("SELECT status FROM transaction.bookings WHERE id = $1::uuid")
                .bind(booking)
                .fetch_one(&mut *transaction)
                .await
                .expect("a booking");
            everybody_has_read.wait().await;
            if seen != from {
                return 0;
            }
            let written = sqlx::query(
                "WITH decided AS (
                     UPDATE transaction.bookings
                     SET status = $2, hold_expires_at = NULL, confirmation_deadline = NULL,
                         cancelled_by = CASE WHEN $2 IN ('CANCELLED', 'REJECTED') THEN 'SYSTEM' END, reason = 'Decided',
                         version = version + 1
                     WHERE id = $1::uuid RETURNING id)
                 INSERT INTO transaction.booking_status_history (booking_id, status, changed_at, changed_by)
                 SELECT id, $2, now(), 'SYSTEM' FROM decided",
            )
            .bind(booking)
            .bind(outcome)
            .execute(&mut *transaction)
            .await
            .expect("written");
            transaction.commit().await.expect("a commit");
            usize::try_from(written.rows_affected()).expect("few")
        }
    });
    join_all(decisions).await.into_iter().sum()
}

/// How often a status was reached.
async fn times_reached(world: &World, booking: &str, statuses: &[&str]) -> i64 {
    sqlx::query_scalar(
        "SELECT count(*) FROM transaction.booking_status_history WHERE booking_id = $1::uuid AND status = ANY($2)",
    )
    .bind(booking)
    .bind(statuses)
    .fetch_one(&world.admin)
    .await
    .expect("the history")
}

/// BOOK-31: the owner confirms, the customer cancels and the deadline passes at once, in every round one outcome; without
/// the lock and the version on the row all three happen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn confirm_cancel_and_timeout() {
    let ends = ["CONFIRMED", "CANCELLED", "REJECTED"];
    for round in 0..4 {
        let world = World::new().await;
        let club = Club::confirming_by_hand(&world).await;
        let (customer, token) = world.customer().await;
        let booking = club.book(&world, &token, "10:00").await;
        world.advance(SignedDuration::from_hours(24));
        let (customer, owner) = (world.token(customer, Role::Customer), world.token(club.owner, Role::CourtOwner));
        let path = |action: &str| format!("/api/bookings/{}/{action}", id(&booking));
        let confirm = world.post(&path("confirm")).bearer(&owner);
        let cancel = world.post(&path("cancel")).bearer(&customer).key(fresh_key());
        let mut calls: Vec<BoxFuture<'_, Answer>> = vec![Box::pin(confirm.send()), Box::pin(cancel.send())];
        calls.rotate_left(round % 2);
        let (answers, _) = tokio::join!(join_all(calls), world.sweep());
        for answer in &answers {
            assert!([200, 400, 409, 422].contains(&answer.status.as_u16()), "{} {:#}", answer.status, answer.body);
        }
        world.run_jobs().await;
        // Calling off what was confirmed a moment ago is a second decision about another state.
        let decided = times_reached(&world, id(&booking), &ends).await;
        let confirmed = times_reached(&world, id(&booking), &["CONFIRMED"]).await;
        assert!(decided == 1 || (decided == 2 && confirmed == 1), "round {round}: {decided} decisions");
        world.books_agree().await;
    }

    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let outcomes = ["CONFIRMED", "CANCELLED", "REJECTED"];
    let decided = decide_without_guard(&world, id(&booking), "PENDING_CONFIRMATION", &outcomes).await;
    assert_eq!(decided, 3, "everybody decided");
    assert_eq!(times_reached(&world, id(&booking), &ends).await, 3);
}

/// BOOK-31, PAY-05: ten confirmations at once collect once and confirm once. What keeps the second from Stripe is that a
/// step is written down only where none is; without that condition both would go.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_confirmations() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let path = format!("/api/bookings/{}/confirm", id(&booking));
    let calls = (0..10).map(|_| world.post(&path).bearer(&club.token).send());
    let answers = join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| [200, 400, 409].contains(&answer.status.as_u16())), "{answers:?}");
    assert_eq!(world.events("BOOKING_CONFIRMED").await.len(), 1);
    assert_eq!(world.count("SELECT count(*) FROM transaction.ledger WHERE step = 'CAPTURE'").await, 3);
    world.books_agree().await;

    let begin_step = async |guard: &str| {
        let statement = format!(
            "UPDATE transaction.payments SET pending_step = 'CAPTURE', step_started_at = now()
             WHERE booking_id = $1::uuid{guard}"
        );
        let step = || sqlx::query(sqlx::AssertSqlSafe(statement.clone())).bind(id(&booking)).execute(&world.admin);
        let (one, other) = tokio::join!(step(), step());
        sqlx::query("UPDATE transaction.payments SET pending_step = NULL, step_started_at = NULL")
            .execute(&world.admin)
            .await
            .expect("the step is over");
        one.expect("written").rows_affected() + other.expect("written").rows_affected()
    };
    assert_eq!(begin_step(" AND pending_step IS NULL").await, 1);
    assert_eq!(begin_step("").await, 2, "both would ask Stripe");
}

/// A hold whose customer has just passed 3-D Secure; the report of it has not come yet.
async fn paid_and_unknown(world: &World, club: &Club) -> (Value, Value) {
    let (_, token) = world.customer().await;
    let held = club.try_to_book(world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
    let intent = world.intents_of(id(&held)).await[0]["id"].as_str().expect("an id").to_owned();
    world.authenticate(&intent, "complete").await;
    let paid = world.stripe_get(&format!("payment_intents/{intent}")).await;
    (held, paid)
}

/// LIVE-11, BOOK-31: a hold expires in the moment in which its payment is reported: it is booked once, whoever comes first.
/// Without the version on the row the expiry drops what was booked meanwhile, and somebody has paid for nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expiry_and_late_payment() {
    for round in 0..6 {
        let world = World::new().await;
        let club = Club::new(&world).await;
        let (held, paid) = paid_and_unknown(&world, &club).await;
        world.advance(SignedDuration::from_secs(301));
        let report = |event: &'static str| world.report(event, "payment_intent.succeeded", &paid);
        let sweeps = async {
            if round % 2 == 0 {
                tokio::task::yield_now().await;
            }
            world.sweep().await + world.sweep().await
        };
        let race = async { tokio::join!(report("evt_1"), sweeps, report("evt_2")) };
        let (first, _, second) = tokio::time::timeout(PATIENCE, race).await.expect("nobody waits for ever");
        assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 200));
        world.run_jobs().await;
        assert_eq!(world.status_of(id(&held)).await, "CONFIRMED", "round {round}");
        assert_eq!(world.events("BOOKING_CREATED").await.len(), 1, "round {round}");
        world.books_agree().await;
    }

    for guarded in [true, false] {
        let world = World::new().await;
        let club = Club::new(&world).await;
        let (held, paid) = paid_and_unknown(&world, &club).await;
        let version: i64 = sqlx::query_scalar("SELECT version::bigint FROM transaction.bookings")
            .fetch_one(&world.admin)
            .await
            .expect("a row");
        world.report("evt_1", "payment_intent.succeeded", &paid).await.expect(200);
        let guard = if guarded { " AND version = $2" } else { " AND $2::bigint IS NOT NULL" };
        let expire = format!(
            "UPDATE transaction.bookings SET status = 'DROPPED', reason = 'HOLD_EXPIRED' WHERE id = $1::uuid{guard}"
        );
        sqlx::query(sqlx::AssertSqlSafe(expire))
            .bind(id(&held))
            .bind(version)
            .execute(&world.admin)
            .await
            .expect("the expiry");
        let charged_for_nothing = world
            .count(
                "SELECT count(*) FROM transaction.bookings booking JOIN transaction.payments payment
                 ON payment.booking_id = booking.id WHERE booking.status = 'DROPPED' AND payment.status = 'CAPTURED'",
            )
            .await;
        assert_eq!(charged_for_nothing, i64::from(!guarded));
    }
}

/// PAY-41, PAY-43, PAY-46: webhooks and the polling of two processes find the same payment at once: it is booked, told and
/// posted once. Without the lock each of them would book it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhook_and_polling() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (held, paid) = paid_and_unknown(&world, &club).await;
    // What polling looks for: a step without an answer.
    sqlx::query("UPDATE transaction.payments SET pending_step = 'CHARGE', step_started_at = '2026-05-04T08:00:00Z'")
        .execute(&world.admin)
        .await
        .expect("a payment");
    let other = world.another_node(Checkpoints::default()).await;
    let poll = async |node: &crate::support::Node| {
        reconcile_at_start(&node.state).await.expect("reconciliation");
        node.jobs.run_due().await.expect("jobs run");
    };
    let events: Vec<String> = (0..5).map(|number| format!("evt_{number}")).collect();
    let reports = join_all(events.iter().map(|event| world.report(event, "payment_intent.succeeded", &paid)));
    let (answers, (), ()) = tokio::join!(reports, poll(&world.node), poll(&other));
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    world.run_jobs().await;
    assert_eq!(world.status_of(id(&held)).await, "CONFIRMED");
    assert_eq!(times_reached(&world, id(&held), &["CONFIRMED"]).await, 1);
    assert_eq!(world.events("BOOKING_CREATED").await.len(), 1);
    assert_eq!(world.count("SELECT count(*) FROM transaction.ledger WHERE step = 'CAPTURE'").await, 3);
    world.books_agree().await;

    let world = World::new().await;
    let club = Club::new(&world).await;
    let (held, _) = paid_and_unknown(&world, &club).await;
    let booked = decide_without_guard(&world, id(&held), "PENDING_PAYMENT", &["CONFIRMED", "CONFIRMED"]).await;
    assert_eq!(booked, 2, "both would have told of it");
}
