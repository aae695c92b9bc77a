//! What tests ask and tell about money: the stand-in of Stripe, payments, the ledger, disputes.

use super::*;

impl World {
    /// What Stripe has on its books.
    pub async fn stripe_get(&self, path: &str) -> Value {
        self.sandbox("GET", &format!("/stripe/v1/{path}")).bearer("sk_test_courtside_sandbox").send().await.expect(200)
    }

    /// The intents Stripe knows of a booking.
    pub async fn intents_of(&self, booking: &str) -> Vec<Value> {
        let all = self.stripe_get("payment_intents?limit=100").await;
        let of_booking = |intent: &&Value| intent["metadata"]["booking_id"] == booking;
        all["data"].as_array().expect("a list").iter().filter(of_booking).cloned().collect()
    }

    /// Finishes 3-D Secure the way the customer does in the browser.
    pub async fn authenticate(&self, intent: &str, outcome: &str) {
        let path = format!("/stripe/3ds/{intent}/{outcome}");
        let answer = self.sandbox("POST", &path).send().await;
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{} {:#}", answer.status, answer.body);
    }

    /// Stripe reports `kind` about `object`, signed as it should be.
    pub async fn report(&self, event_id: &str, kind: &str, object: &Value) -> Answer {
        let body = json!({ "id": event_id, "type": kind, "data": { "object": object } }).to_string();
        let header = signature::sign(body.as_bytes(), &SecretString::from(WEBHOOK_SECRET), self.clock.now());
        self.post("/api/webhooks/stripe").header("stripe-signature", &header).text(body).send().await
    }

    pub fn webhook_secret(&self) -> SecretString {
        SecretString::from(WEBHOOK_SECRET)
    }

    /// The stored status and open step of a booking's payment.
    pub async fn payment_of(&self, booking: &str) -> (String, Option<String>) {
        sqlx::query_as("SELECT status, pending_step FROM transaction.payments WHERE booking_id = $1::uuid")
            .bind(booking)
            .fetch_one(&self.admin)
            .await
            .expect("a payment")
    }

    /// The id of a booking's payment.
    pub async fn payment_id(&self, booking: &str) -> String {
        sqlx::query_scalar("SELECT id::text FROM transaction.payments WHERE booking_id = $1::uuid")
            .bind(booking)
            .fetch_one(&self.admin)
            .await
            .expect("a payment")
    }

    /// The balance of one account of a booking's ledger: what was put in less what was taken out.
    pub async fn ledger(&self, booking: &str, account: &str) -> i64 {
        sqlx::query_scalar(
            "SELECT coalesce(sum(CASE WHEN credit = $2 THEN amount_cents ELSE -amount_cents END), 0)::bigint
             FROM transaction.ledger WHERE booking_id = $1::uuid AND $2 IN (debit, credit)",
        )
        .bind(booking)
        .bind(account)
        .fetch_one(&self.admin)
        .await
        .expect("the ledger")
    }

    /// The same of one payment: a booking that moved has one for what it cost more.
    async fn ledger_of_payment(&self, payment: &str, account: &str) -> i64 {
        sqlx::query_scalar(
            "SELECT coalesce(sum(CASE WHEN credit = $2 THEN amount_cents ELSE -amount_cents END), 0)::bigint
             FROM transaction.ledger WHERE payment_id = $1::uuid AND $2 IN (debit, credit)",
        )
        .bind(payment)
        .bind(account)
        .fetch_one(&self.admin)
        .await
        .expect("the ledger")
    }

    /// Debits equal credits, the ledger equals its rows, and both equal what Stripe has: by the service's own comparison,
    /// and once more by the sandbox's books (PAY-45).
    pub async fn books_agree(&self) {
        let (since, until) =
            (begin() - SignedDuration::from_hours(24), self.clock.now() + SignedDuration::from_hours(1));
        let compared = transaction::reconciliation::ops::compare(&self.node.state, since, until, None)
            .await
            .expect("a comparison");
        assert_eq!(compared.total_findings(), 0, "{:#}", self.reviews().await);
        let unbalanced =
            self.count("SELECT coalesce(sum(amount_cents - amount_cents), 0)::bigint FROM transaction.ledger");
        assert_eq!(unbalanced.await, 0);
        let state = self.sandbox("GET", "/stripe/_state").send().await.expect(200);
        for intent in state["paymentIntents"].as_array().expect("intents") {
            let Some(payment) = intent["metadata"]["payment_id"].as_str() else { continue };
            let cents = |name: &str| intent[name].as_i64().expect("cents");
            let withdrawn = match intent["dispute"]["status"].as_str() {
                None | Some("won") => 0,
                Some(_) => cents("captured") - cents("refunded"),
            };
            let at_stripe = cents("captured") - cents("refunded") - withdrawn;
            assert_eq!(-self.ledger_of_payment(payment, "STRIPE").await, at_stripe, "{intent:#}");
            let fee = cents("applicationFee") - cents("applicationFeeRefunded");
            let fee = if cents("captured") == 0 { 0 } else { fee };
            let owner = cents("transferred") - cents("reversed") - fee;
            assert_eq!(self.ledger_of_payment(payment, "OWNER").await, owner, "{intent:#}");
            assert_eq!(self.ledger_of_payment(payment, "CUSTOMER").await, 0, "{intent:#}");
        }
    }

    /// What waits for manual review.
    pub async fn reviews(&self) -> Value {
        let rows: Vec<Value> = sqlx::query_scalar(
            "SELECT jsonb_build_object('kind', kind, 'subject', subject, 'details', details)
             FROM transaction.payment_reviews WHERE status = 'OPEN' ORDER BY kind, subject",
        )
        .fetch_all(&self.admin)
        .await
        .expect("the reviews");
        Value::Array(rows)
    }

    /// A bank takes the charge of an intent back.
    pub async fn dispute(&self, intent: &str) -> Value {
        self.sandbox("POST", &format!("/stripe/payment_intents/{intent}/dispute")).send().await.expect(200)
    }

    /// The bank decides: `won` or `lost`.
    pub async fn decide_dispute(&self, dispute: &Value, status: &str) -> Value {
        let path = format!("/stripe/disputes/{}/close", dispute["id"].as_str().expect("an id"));
        self.sandbox("POST", &path).json(&json!({ "status": status })).send().await.expect(200)
    }
}
