//! The ledger: every cent twice, once, and never changed.

use contracts::identity::{Role, SubscriptionStatus};
use jiff::SignedDuration;
use kit::clock::Clock as _;
use serde_json::{Value, json};

use crate::support::{Club, World, fresh_key};

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

/// PAY-08, PAY-20, PAY-21, PAY-45: collected, half of the net refunded: every account as the rule book's example has it.
#[tokio::test]
async fn the_example_of_the_rule_book() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let booking = id(&booking);
    assert_eq!(world.ledger(booking, "STRIPE").await, -5000);
    assert_eq!((world.ledger(booking, "OWNER").await, world.ledger(booking, "COMMISSION").await), (4500, 500));
    world.books_agree().await;

    let start: jiff::Timestamp = "2026-05-19T07:00:00Z".parse().expect("a literal instant");
    world.clock.set(start - SignedDuration::from_hours(13));
    let call = world.post(&format!("/api/bookings/{booking}/cancel"));
    call.bearer(&world.token(customer, Role::Customer)).key(fresh_key()).json(&json!({})).send().await.expect(200);
    assert_eq!((world.ledger(booking, "OWNER").await, world.ledger(booking, "REFUND").await), (2250, 2250));
    assert_eq!(world.ledger(booking, "STRIPE").await, -5000, "not sent yet");

    world.run_jobs().await;
    assert_eq!((world.ledger(booking, "REFUND").await, world.ledger(booking, "STRIPE").await), (0, -2750));
    assert_eq!(world.ledger(booking, "COMMISSION").await, 500, "PAY-20: the commission stays");
    world.books_agree().await;
}

/// PAY-02, PAY-28: a hold is no money; collecting it is, letting it go is not.
#[tokio::test]
async fn a_hold_is_no_money() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    let kept = club.book(&world, &token, "10:00").await;
    let dropped = club.book(&world, &token, "12:00").await;
    assert_eq!(world.count("SELECT count(*) FROM transaction.ledger").await, 0);

    let confirm = world.post(&format!("/api/bookings/{}/confirm", id(&kept))).bearer(&club.token);
    confirm.send().await.expect(200);
    let reject = world.post(&format!("/api/bookings/{}/reject", id(&dropped))).bearer(&club.token);
    reject.json(&json!({ "reason": "Rain" })).send().await.expect(200);
    world.run_jobs().await;

    assert_eq!(world.ledger(id(&kept), "OWNER").await, 4500);
    assert_eq!(world.count("SELECT count(*) FROM transaction.ledger").await, 3, "one capture, nothing else");
    world.books_agree().await;
}

/// LIVE-11: money for which there is no booking comes in and goes out whole, commission included.
#[tokio::test]
async fn returned_money_leaves_nothing_behind() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let held = club.try_to_book(&world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
    world.advance(SignedDuration::from_secs(301));
    let (_, other) = world.customer().await;
    club.book(&world, &other, "10:00").await;
    let intent = world.intents_of(id(&held)).await[0]["id"].as_str().expect("an id").to_owned();
    let mut late = world.intents_of(id(&held)).await[0].clone();
    if late["status"] == "requires_action" {
        world.authenticate(&intent, "complete").await;
        late = world.stripe_get(&format!("payment_intents/{intent}")).await;
    }
    world.report("evt_late", "payment_intent.succeeded", &late).await;
    world.run_jobs().await;
    for account in ["STRIPE", "CUSTOMER", "OWNER", "COMMISSION", "REFUND"] {
        assert_eq!(world.ledger(id(&held), account).await, 0, "{account}");
    }
    world.books_agree().await;
}

/// Rows are appended and never touched again, by nobody.
#[tokio::test]
async fn the_ledger_is_append_only() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    club.book(&world, &token, "10:00").await;
    let service = world.place.database.transaction().await;
    for statement in [
        "UPDATE transaction.ledger SET amount_cents = amount_cents + 1",
        "DELETE FROM transaction.ledger",
        "TRUNCATE transaction.ledger",
    ] {
        for pool in [&service, &world.admin] {
            let refused = sqlx::query(statement).execute(pool).await.expect_err(statement);
            let code = refused.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
            assert_eq!(code.as_deref(), Some("42501"), "{statement}: {refused}");
        }
    }
    // A step is written once, whoever tries again.
    let again = sqlx::query(
        "INSERT INTO transaction.ledger (payment_id, booking_id, step, debit, credit, amount_cents, occurred_at)
         SELECT payment_id, booking_id, step, debit, credit, amount_cents, occurred_at FROM transaction.ledger",
    );
    let refused = again.execute(&world.admin).await.expect_err("a second capture");
    assert!(kit::db::is_unique_violation(&refused, "ledger_step_once"), "{refused}");
}

/// PAY-45: the audit finds a row that is missing.
#[tokio::test]
async fn a_hole_in_the_ledger_is_found() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    for statement in [
        "ALTER TABLE transaction.ledger DISABLE TRIGGER ledger_append_only",
        "DELETE FROM transaction.ledger WHERE credit = 'COMMISSION'",
    ] {
        sqlx::query(statement).execute(&world.admin).await.expect("a damaged ledger");
    }
    let until = world.clock.now() + SignedDuration::from_hours(1);
    let mut connection = world.admin.acquire().await.expect("a connection");
    let audited = transaction::ledger::ops::audit_books(&mut connection, crate::support::begin(), until).await;
    let audited = audited.expect("an audit");
    assert_eq!(audited.differences.len(), 1);
    assert_eq!(audited.differences[0].booking.to_string(), id(&booking));
    assert_eq!(audited.differences[0].by_rows.commission_cents, 500);
}

/// PAY-09: the share of the owner's tier is fixed on the booking when it is made.
#[tokio::test]
async fn the_share_is_that_of_the_owners_tier() {
    let world = World::with_commission([(SubscriptionStatus::Active, 750)]).await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let trial = club.book(&world, &token, "10:00").await;
    sqlx::query("UPDATE platform.users SET subscription_status = 'ACTIVE' WHERE id = $1")
        .bind(club.owner.0)
        .execute(&world.admin)
        .await
        .expect("an owner");
    let active = club.book(&world, &token, "12:00").await;
    assert_eq!(
        (world.ledger(id(&trial), "COMMISSION").await, world.ledger(id(&active), "COMMISSION").await),
        (500, 375)
    );
    assert_eq!(world.ledger(id(&active), "OWNER").await, 4625);
    world.books_agree().await;
}
