//! `GET /api/payments/{paymentId}/refund`, completion by Stripe's report, and refunds that fail (PAY-29 to PAY-32).

use contracts::identity::Role;
use serde_json::{Value, json};

use crate::support::{Answer, Club, World, fresh_key};

struct Refunded {
    world: World,
    club: Club,
    customer: contracts::ids::UserId,
    booking: String,
    payment: String,
}

async fn cancelled() -> Refunded {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await["id"].as_str().expect("an id").to_owned();
    let call = world.post(&format!("/api/bookings/{booking}/cancel")).bearer(&token).key(fresh_key());
    call.json(&json!({})).send().await.expect(200);
    let payment = world.payment_id(&booking).await;
    Refunded { world, club, customer, booking, payment }
}

impl Refunded {
    async fn ask(&self, token: &str) -> Answer {
        self.world.get(&format!("/api/payments/{}/refund", self.payment)).bearer(token).send().await
    }

    async fn charge(&self) -> Value {
        let intent = self.world.intents_of(&self.booking).await[0]["id"].as_str().expect("an id").to_owned();
        let whole = self.world.stripe_get(&format!("payment_intents/{intent}?expand[]=latest_charge")).await;
        whole["latest_charge"].clone()
    }
}

/// PAY-30, PAY-31: decided, sent, done; the customer is told once, however often Stripe reports it.
#[tokio::test]
async fn a_refund_is_followed_to_its_end() {
    let case = cancelled().await;
    let token = case.world.token(case.customer, Role::Customer);
    let decided = case.ask(&token).await.expect(200);
    let expected = json!({
        "paymentId": case.payment, "refundAmountCents": 4500, "status": "INITIATED",
        "initiatedAt": "2026-05-04T09:00:00Z", "completedAt": null,
    });
    assert_eq!(decided, expected);

    case.world.run_jobs().await;
    assert_eq!(case.ask(&token).await.expect(200)["status"], "PROCESSING");
    case.world.books_agree().await;

    case.world.advance(jiff::SignedDuration::from_secs(60));
    let charge = case.charge().await;
    for event in ["evt_refund_1", "evt_refund_1", "evt_refund_2"] {
        assert_eq!(case.world.report(event, "charge.refunded", &charge).await.status, 200);
    }
    let done = case.ask(&token).await.expect(200);
    assert_eq!((&done["status"], &done["completedAt"]), (&json!("COMPLETED"), &json!("2026-05-04T09:01:00Z")));
    let told = case.world.events("NOTIFICATION_REQUESTED").await;
    let told: Vec<_> = told.iter().filter(|event| event["payload"]["notificationType"] == "REFUND_COMPLETED").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(case.ask(&case.world.token(case.club.owner, Role::CourtOwner)).await.expect(200)["status"], "COMPLETED");
    case.world.books_agree().await;
}

/// PAY-42: the report that the money is back may be here before the answer to the call that sent it.
#[tokio::test]
async fn the_report_may_overtake_the_answer() {
    let case = cancelled().await;
    let mut charge = case.charge().await;
    charge["amount_refunded"] = json!(4500);
    assert_eq!(case.world.report("evt_early", "charge.refunded", &charge).await.status, 200);
    case.world.run_jobs().await;
    assert_eq!(case.world.ledger(&case.booking, "REFUND").await, 0);
    assert_eq!(case.world.count("SELECT count(*) FROM transaction.ledger WHERE step = 'REFUND_SENT'").await, 1);
}

/// PAY-31, SEC-43: nothing refunded, strangers and unknown payments are 404.
#[tokio::test]
async fn strangers_see_no_refund() {
    let case = cancelled().await;
    let (_, stranger) = case.world.customer().await;
    case.ask(&stranger).await.refused(404, "REFUND_NOT_FOUND");
    let other = Club::new(&case.world).await;
    case.ask(&other.token).await.refused(404, "REFUND_NOT_FOUND");
    let booking = other.book(&case.world, &stranger, "10:00").await;
    let payment = case.world.payment_id(booking["id"].as_str().expect("an id")).await;
    let none = case.world.get(&format!("/api/payments/{payment}/refund")).bearer(&stranger).send().await;
    none.refused(404, "REFUND_NOT_FOUND");
    let wrong = case.world.get("/api/payments/nonsense/refund").bearer(&stranger).send().await;
    assert_eq!(wrong.wrong_fields(), ["paymentId"]);
}

/// PAY-31: Stripe refuses for good: FAILED, an alert, and a row for somebody to look at; the money stays owed.
#[tokio::test]
async fn a_refused_refund_alerts_the_admins() {
    let case = cancelled().await;
    // Somebody gave the money back by hand, in Stripe's own dashboard.
    let intent = case.world.intents_of(&case.booking).await[0]["id"].as_str().expect("an id").to_owned();
    let by_hand = case.world.sandbox("POST", "/stripe/v1/refunds").bearer("sk_test_courtside_sandbox");
    by_hand.form(&format!("payment_intent={intent}")).send().await.expect(200);
    case.world.run_jobs().await;
    let token = case.world.token(case.customer, Role::Customer);
    assert_eq!(case.ask(&token).await.expect(200)["status"], "FAILED");
    let alerts = case.world.events("SECURITY_ALERT").await;
    assert_eq!(alerts.len(), 1);
    assert_eq!(
        (&alerts[0]["payload"]["alertType"], &alerts[0]["payload"]["severity"]),
        (&json!("PAYMENT_FRAUD"), &json!("HIGH"))
    );
    assert_eq!(case.world.reviews().await[0]["kind"], "REFUND_FAILED");
    assert_eq!(case.world.ledger(&case.booking, "REFUND").await, 4500);
}

/// PAY-31, PAY-45: a bank sends a refund back after it was completed, and Stripe reports it by itself: owed again, and what
/// we have written down is what Stripe has.
#[tokio::test]
async fn a_refund_that_fails_at_the_bank_is_noticed() {
    let world = World::with_webhooks().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await["id"].as_str().expect("an id").to_owned();
    let call = world.post(&format!("/api/bookings/{booking}/cancel")).bearer(&token).key(crate::support::fresh_key());
    call.json(&json!({})).send().await.expect(200);
    world.run_jobs().await;
    let status_is = async |wanted: &str| {
        testkit::eventually("the report has come", testkit::PATIENCE, async || {
            let statuses: Vec<String> = sqlx::query_scalar("SELECT status FROM transaction.refunds")
                .fetch_all(&world.admin)
                .await
                .expect("rows");
            (statuses == [wanted]).then_some(())
        })
        .await;
    };
    status_is("COMPLETED").await;
    let refund = world.stripe_get("refunds?limit=1").await["data"][0]["id"].as_str().expect("an id").to_owned();
    world.sandbox("POST", &format!("/stripe/refunds/{refund}/fail")).send().await.expect(200);
    status_is("FAILED").await;
    assert_eq!(world.ledger(&booking, "REFUND").await, 4500);
    assert_eq!(world.ledger(&booking, "STRIPE").await, -5000);
    assert_eq!(world.events("SECURITY_ALERT").await.len(), 1);
    world.books_agree().await;
}

/// PAY-31: the bank sends a refund back: the money is at Stripe again and owed, in the ledger too.
#[tokio::test]
async fn a_refund_that_comes_back_is_owed_again() {
    let case = cancelled().await;
    case.world.run_jobs().await;
    let refunds = case.world.stripe_get("refunds?limit=1").await;
    let mut refund = refunds["data"][0].clone();
    refund["status"] = json!("failed");
    for event in ["evt_back_1", "evt_back_1", "evt_back_2"] {
        assert_eq!(case.world.report(event, "refund.failed", &refund).await.status, 200);
    }
    let token = case.world.token(case.customer, Role::Customer);
    assert_eq!(case.ask(&token).await.expect(200)["status"], "FAILED");
    assert_eq!(case.world.events("SECURITY_ALERT").await.len(), 1);
    assert_eq!(case.world.ledger(&case.booking, "REFUND").await, 4500);
    assert_eq!(case.world.ledger(&case.booking, "STRIPE").await, -5000);
}
