//! A refund is decided, and a bank contests the charge before Stripe has sent it (PAY-30, PAY-49): it waits, and then either
//! goes out once, or was paid by the bank. Whatever order the reports come in, the customer gets it once.

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Club, World, fresh_key};

struct Contested {
    world: World,
    booking: String,
    payment: String,
    customer: contracts::ids::UserId,
    dispute: Value,
}

/// A paid booking of 50 € that its customer called off so many hours before it, and whose charge the bank then took back.
async fn contested(hours: i64) -> Contested {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await["id"].as_str().expect("an id").to_owned();
    let intent = world.intents_of(&booking).await[0]["id"].as_str().expect("an id").to_owned();
    let start: jiff::Timestamp = "2026-05-19T07:00:00Z".parse().expect("a literal instant");
    world.clock.set(start - SignedDuration::from_hours(hours));
    let call = world.post(&format!("/api/bookings/{booking}/cancel")).key(fresh_key());
    call.bearer(&world.token(customer, Role::Customer)).json(&json!({})).send().await.expect(200);
    let dispute = world.dispute(&intent).await;
    let payment = world.payment_id(&booking).await;
    Contested { world, booking, payment, customer, dispute }
}

/// When our service hears of the dispute, beside its refused attempt at the refund.
#[derive(Debug, Clone, Copy)]
enum Heard {
    AfterTheRefusal,
    BeforeTheRefusal,
    OnlyOfItsEnd,
}

impl Contested {
    async fn opened(&self) {
        assert_eq!(self.world.report("evt_opened", "charge.dispute.created", &self.dispute).await.status, 200);
    }

    /// The refund's status, whether it waits, and how often Stripe has refused it.
    async fn refund(&self) -> (String, bool, i32) {
        sqlx::query_as("SELECT status, waits_for_dispute, attempt FROM transaction.refunds")
            .fetch_one(&self.world.admin)
            .await
            .expect("one refund")
    }

    async fn ends(&self, outcome: &str, heard: Heard) {
        match heard {
            Heard::AfterTheRefusal => {
                self.world.run_jobs().await;
                assert_eq!(self.refund().await, ("INITIATED".to_owned(), false, 1), "tried again");
                self.opened().await;
                self.world.advance(SignedDuration::from_hours(1));
                self.world.run_jobs().await;
                assert_eq!(self.refund().await, ("INITIATED".to_owned(), true, 1), "it waits");
            }
            Heard::BeforeTheRefusal => {
                self.opened().await;
                self.world.run_jobs().await;
                assert_eq!(self.refund().await, ("INITIATED".to_owned(), true, 0), "it waits");
            }
            Heard::OnlyOfItsEnd => {}
        }
        let closed = self.world.decide_dispute(&self.dispute, outcome).await;
        for event in ["evt_closed", "evt_closed", "evt_closed_again"] {
            assert_eq!(self.world.report(event, "charge.dispute.closed", &closed).await.status, 200);
        }
        self.world.advance(SignedDuration::from_hours(1));
        self.world.run_jobs().await;
    }

    async fn transfer(&self) -> Value {
        let intent = self.world.intents_of(&self.booking).await[0]["id"].as_str().expect("an id").to_owned();
        let whole = self.world.stripe_get(&format!("payment_intents/{intent}?expand[]=latest_charge.transfer")).await;
        whole["latest_charge"]["transfer"].clone()
    }
}

const WAYS: [Heard; 3] = [Heard::AfterTheRefusal, Heard::BeforeTheRefusal, Heard::OnlyOfItsEnd];

/// PAY-30, PAY-49: the owner wins, the money is back, and the refund that was owed all the time goes out.
#[tokio::test]
async fn a_refund_goes_out_once_the_dispute_is_won() {
    for heard in WAYS {
        for (hours, cents) in [(24, 4500), (23, 2250)] {
            let case = contested(hours).await;
            case.ends("won", heard).await;
            let what = format!("{heard:?} {cents}");
            assert_eq!(case.refund().await.0, "PROCESSING", "{what}");
            let refunds = case.world.stripe_get("refunds?limit=10").await;
            let amounts: Vec<&Value> =
                refunds["data"].as_array().expect("a list").iter().map(|one| &one["amount"]).collect();
            assert_eq!(amounts, [&json!(cents)], "{what}: PAY-05: once");
            assert_eq!(case.world.ledger(&case.booking, "OWNER").await, 4500 - cents, "{what}");
            assert_eq!(case.world.ledger(&case.booking, "REFUND").await, 0, "{what}");
            case.world.books_agree().await;
        }
    }
}

/// PAY-49: the customer wins and has it all: the refund is not sent beside it, and the owner pays what they owed.
#[tokio::test]
async fn a_lost_dispute_covers_the_refund() {
    for heard in WAYS {
        for hours in [24, 23] {
            let case = contested(hours).await;
            case.ends("lost", heard).await;
            let what = format!("{heard:?}, {hours} hours before");
            assert_eq!(case.refund().await.0, "COMPLETED", "{what}");
            assert_eq!(case.world.stripe_get("refunds?limit=10").await["data"], json!([]), "{what}");
            for account in ["STRIPE", "OWNER", "COMMISSION", "REFUND", "DISPUTE"] {
                assert_eq!(case.world.ledger(&case.booking, account).await, 0, "{what}: {account}");
            }
            assert_eq!(case.transfer().await["amount_reversed"], 4500, "{what}: the owner's whole part, once");
            assert_eq!(case.world.payment_of(&case.booking).await.0, "REFUNDED", "{what}");
            case.world.books_agree().await;
        }
    }
}

/// PAY-31: what waits for a bank is no failure: nobody is called, and the customer sees it under way.
#[tokio::test]
async fn waiting_is_no_failure() {
    let case = contested(24).await;
    case.opened().await;
    case.world.run_jobs().await;
    case.world.advance(SignedDuration::from_hours(24));
    transaction::payments::ops::reconcile_at_start(&case.world.node.state).await.expect("reconciliation");
    case.world.run_jobs().await;
    assert_eq!(
        case.refund().await,
        ("INITIATED".to_owned(), true, 0),
        "Stripe is not asked again before the bank decides"
    );
    let token = case.world.token(case.customer, Role::Customer);
    let seen =
        case.world.get(&format!("/api/payments/{}/refund", case.payment)).bearer(&token).send().await.expect(200);
    assert_eq!((&seen["status"], &seen["completedAt"]), (&json!("INITIATED"), &Value::Null));
    assert_eq!(case.world.events("SECURITY_ALERT").await, Vec::<Value>::new());
    assert_eq!(case.world.reviews().await, json!([]));
}
