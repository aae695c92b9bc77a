//! The comparison with Stripe: what it finds, what it leaves alone, and what admins see (PAY-43, PAY-45, PAY-46).

use contracts::identity::Role;
use jiff::SignedDuration;
use kit::clock::Clock as _;
use serde_json::{Value, json};
use transaction::reconciliation::ops::compare;

use crate::support::{Club, World, begin, fresh_key};

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

async fn kinds(world: &World) -> Vec<String> {
    let (since, until) = (begin() - SignedDuration::from_hours(1), world.clock.now() + SignedDuration::from_hours(1));
    compare(&world.node.state, since, until, None).await.expect("a comparison");
    let reviews = world.reviews().await;
    let kind = |review: &Value| review["kind"].as_str().expect("a kind").to_owned();
    reviews.as_array().expect("a list").iter().map(kind).collect()
}

/// PAY-45: a day of bookings of all kinds agrees with Stripe in every account.
#[tokio::test]
async fn an_ordinary_day_agrees() {
    let world = World::new().await;
    let (club, by_hand) = (Club::new(&world).await, Club::confirming_by_hand(&world).await);
    let (_, token) = world.customer().await;
    for start in ["09:00", "10:00", "11:00"] {
        club.book(&world, &token, start).await;
    }
    club.try_to_book(&world, &token, "12:00", "pm_card_chargeDeclined").await.refused(402, "PAYMENT_CARD_DECLINED");
    let pending = by_hand.book(&world, &token, "10:00").await;
    by_hand.book(&world, &token, "11:00").await;
    world.post(&format!("/api/bookings/{}/confirm", id(&pending))).bearer(&by_hand.token).send().await.expect(200);
    let call = world.post(&format!("/api/bookings/{}/cancel", id(&pending))).bearer(&token).key(fresh_key());
    call.json(&json!({})).send().await.expect(200);
    world.run_jobs().await;
    world.books_agree().await;
}

/// PAY-45: a refund by hand at Stripe, a booking without money, an intent nobody knows: each is found and named, once.
#[tokio::test]
async fn differences_go_to_manual_review() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let refunded = club.book(&world, &token, "10:00").await;
    let unpaid = club.book(&world, &token, "11:00").await;
    let lost = club.book(&world, &token, "12:00").await;
    let intent = world.intents_of(id(&refunded)).await[0]["id"].as_str().expect("an id").to_owned();
    let by_hand = world.sandbox("POST", "/stripe/v1/refunds").bearer("sk_test_courtside_sandbox");
    by_hand.form(&format!("payment_intent={intent}&amount=100")).send().await.expect(200);
    for (statement, booking) in [
        ("UPDATE transaction.payments SET stripe_payment_intent_id = 'pi_nowhere' WHERE booking_id = $1::uuid", &lost),
        ("UPDATE transaction.payments SET captured_at = NULL, status = 'PENDING' WHERE booking_id = $1::uuid", &unpaid),
    ] {
        sqlx::query(statement).bind(id(booking)).execute(&world.admin).await.expect("a damaged row");
    }
    let expected = [
        "CAPTURE_DIFFERS",
        "CONFIRMED_UNPAID",
        "FEE_DIFFERS",
        "LEDGER_DIFFERS",
        "REFUND_DIFFERS",
        "TRANSFER_DIFFERS",
        "UNKNOWN_TO_STRIPE",
        "UNKNOWN_TO_US",
    ];
    assert_eq!(kinds(&world).await, expected);
    assert_eq!(kinds(&world).await, expected, "what lasts is one row");
}

/// PAY-45: what is decided and on its way is no difference.
#[tokio::test]
async fn what_is_under_way_is_left_alone() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let call = world.post(&format!("/api/bookings/{}/cancel", id(&booking))).bearer(&token).key(fresh_key());
    call.json(&json!({})).send().await.expect(200);
    assert!(kinds(&world).await.is_empty(), "the refund was not sent yet");
    world.run_jobs().await;
    assert!(kinds(&world).await.is_empty());
}

/// PAY-45, PAY-46: admins run it, see what it found, and close it; each run and each closing is audited.
#[tokio::test]
async fn admins_review_what_was_found() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let intent = world.intents_of(id(&booking)).await[0]["id"].as_str().expect("an id").to_owned();
    let by_hand = world.sandbox("POST", "/stripe/v1/refunds").bearer("sk_test_courtside_sandbox");
    by_hand.form(&format!("payment_intent={intent}&amount=100")).send().await.expect(200);

    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let run = async |since: &str, until: &str| {
        let body = json!({ "since": since, "until": until });
        world.post("/api/admin/payments/reconcile").bearer(&admin).json(&body).send().await
    };
    assert_eq!(run("2026-05-04T00:00:00Z", "2026-05-04T00:00:00Z").await.wrong_fields(), ["until"]);
    assert_eq!(run("2026-05-04T00:00:00Z", "2026-07-04T00:00:00Z").await.wrong_fields(), ["until"]);
    let found = run("2026-05-04T00:00:00Z", "2026-05-05T00:00:00Z").await.expect(200);
    assert_eq!((&found["paymentsCompared"], &found["findings"]), (&json!(1), &json!({ "REFUND_DIFFERS": 1 })));

    let open = world.get("/api/admin/payment-reviews?status=OPEN").bearer(&admin).send().await.expect(200);
    assert_eq!((&open["totalElements"], &open["reviews"][0]["bookingId"]), (&json!(1), &json!(id(&booking))));
    assert_eq!(open["reviews"][0]["details"]["stripe"]["refundedCents"], 100);
    let review = open["reviews"][0]["id"].as_str().expect("an id");
    let close = async |review: &str, notes: &str| {
        let call = world.post(&format!("/api/admin/payment-reviews/{review}/resolve")).bearer(&admin);
        call.json(&json!({ "notes": notes })).send().await
    };
    assert_eq!(close(review, "  ").await.wrong_fields(), ["notes"]);
    assert_eq!(close(review, "A gesture by phone").await.status, 200);
    assert_eq!(close(review, "again").await.status, 200);
    close(&fresh_key().to_string(), "x").await.refused(404, "PAYMENT_REVIEW_NOT_FOUND");
    let done = world.get("/api/admin/payment-reviews?status=OPEN").bearer(&admin).send().await.expect(200);
    assert_eq!(done["totalElements"], 0);
    for action in ["PAYMENTS_RECONCILED", "PAYMENT_REVIEW_RESOLVED"] {
        let audited: i64 = sqlx::query_scalar("SELECT count(*) FROM transaction.audit_log WHERE action = $1")
            .bind(action)
            .fetch_one(&world.admin)
            .await
            .expect("the audit log");
        assert_eq!(audited, 1, "{action}");
    }
}

/// PAY-45: the daily round runs by itself, over the last days.
#[tokio::test]
async fn the_daily_round_runs() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    club.book(&world, &token, "10:00").await;
    world.run_jobs().await;
    world.advance(SignedDuration::from_hours(24));
    world.run_jobs().await;
    let runs = world.count(
        "SELECT count(*) FROM transaction.audit_log WHERE action = 'PAYMENTS_RECONCILED' AND state_after ->> 'payments' = '1'",
    );
    assert_eq!(runs.await, 1);
}

/// COURT-23: a payout settles the oldest payments it covers, and is counted for their courts; until then platform sees
/// what is pending.
#[tokio::test]
async fn payouts_settle_payments() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    for start in ["10:00", "11:00", "12:00"] {
        club.book(&world, &token, start).await;
        world.advance(SignedDuration::from_secs(1));
    }
    let pending = async || {
        let platform = world.place.database.platform().await;
        sqlx::query_scalar::<_, i64>(
            "SELECT pending_amount_cents FROM transaction.v_court_pending_payouts WHERE court_id = $1::uuid",
        )
        .bind(&club.court)
        .fetch_optional(&platform)
        .await
        .expect("the view")
    };
    assert_eq!(pending().await, Some(13_500));
    let account = format!("acct_{}", club.owner.0.simple());
    let payout = world.sandbox("POST", "/stripe/v1/payouts").bearer("sk_test_courtside_sandbox");
    let payout = payout.header("stripe-account", &account).form("amount=10000&currency=eur").send().await.expect(200);
    assert!(kinds(&world).await.is_empty());
    assert_eq!(pending().await, Some(13_500), "on its way is not there");
    let path = format!("/stripe/payouts/{}/paid", payout["id"].as_str().expect("an id"));
    world.sandbox("POST", &path).send().await.expect(200);
    assert!(kinds(&world).await.is_empty());
    assert_eq!(pending().await, Some(4_500), "two of three are covered");
    assert!(kinds(&world).await.is_empty());
    let counted = world.events("REVENUE_ANALYTICS").await;
    let counted: Vec<_> = counted.iter().filter(|event| event["payload"]["eventType"] == "PAYOUT_COMPLETED").collect();
    assert_eq!(counted.len(), 1);
    assert_eq!(counted[0]["payload"]["amountCents"], 9_000);
}
