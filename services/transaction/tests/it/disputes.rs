//! Disputes: frozen, answered, decided (PAY-47 to PAY-50).

use contracts::identity::Role;
use contracts::ids::UserId;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, Club, World, fresh_key};

struct Disputed {
    world: World,
    club: Club,
    customer: UserId,
    booking: String,
    payment: String,
    dispute: Value,
}

/// A paid booking whose charge the bank takes back; the report has come.
async fn disputed() -> Disputed {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await["id"].as_str().expect("an id").to_owned();
    let intent = world.intents_of(&booking).await[0]["id"].as_str().expect("an id").to_owned();
    let dispute = world.dispute(&intent).await;
    assert_eq!(world.report("evt_dispute", "charge.dispute.created", &dispute).await.status, 200);
    let payment = world.payment_id(&booking).await;
    Disputed { world, club, customer, booking, payment, dispute }
}

impl Disputed {
    async fn ask(&self, token: &str) -> Answer {
        self.world.get(&format!("/api/payments/{}/dispute", self.payment)).bearer(token).send().await
    }

    async fn submit(&self, token: &str, body: Value) -> Answer {
        let path = format!("/api/payments/{}/dispute/evidence", self.payment);
        self.world.post(&path).bearer(token).json(&body).send().await
    }

    async fn admin(&self) -> String {
        self.world.person(Role::PlatformAdmin).await.1
    }

    async fn resolve(&self, admin: &str, body: Value) -> Answer {
        let listed = self.world.get("/api/admin/disputes").bearer(admin).send().await.expect(200);
        let id = listed["disputes"][0]["id"].as_str().expect("an id").to_owned();
        self.world.post(&format!("/api/admin/disputes/{id}/resolve")).bearer(admin).json(&body).send().await
    }

    async fn closed(&self, outcome: &str) {
        let closed = self.world.decide_dispute(&self.dispute, outcome).await;
        assert_eq!(self.world.report("evt_closed", "charge.dispute.closed", &closed).await.status, 200);
        self.world.run_jobs().await;
    }

    async fn schedule(&self) -> Value {
        let account = format!("acct_{}", self.club.owner.0.simple());
        let account = self.world.stripe_get(&format!("accounts/{account}")).await;
        account["settings"]["payouts"]["schedule"]["interval"].clone()
    }
}

/// PAY-47: the payment is DISPUTED, nobody can call the booking off, the owner is told and is not paid out.
#[tokio::test]
async fn a_dispute_freezes_the_booking() {
    let case = disputed().await;
    assert_eq!(case.world.payment_of(&case.booking).await.0, "DISPUTED");
    for token in [case.world.token(case.customer, Role::Customer), case.club.token.clone()] {
        let call = case.world.post(&format!("/api/bookings/{}/cancel", case.booking)).bearer(&token).key(fresh_key());
        call.json(&json!({})).send().await.refused(422, "BOOKING_DISPUTED");
    }
    assert_eq!(case.world.status_of(&case.booking).await, "CONFIRMED");
    let told = case.world.events("NOTIFICATION_REQUESTED").await;
    let told = told.iter().find(|event| event["payload"]["notificationType"] == "PAYMENT_DISPUTE").expect("a message");
    assert_eq!(
        (&told["payload"]["userId"], &told["payload"]["urgency"]),
        (&json!(case.club.owner), &json!("CRITICAL"))
    );
    let counted = case.world.events("REVENUE_ANALYTICS").await;
    assert_eq!(counted.last().expect("an event")["payload"]["eventType"], "DISPUTE_OPENED");

    assert_eq!(case.schedule().await, "daily");
    case.world.run_jobs().await;
    assert_eq!(case.schedule().await, "manual", "PAY-47: no payout");
    let refused = case.world.platform("PUT", "/api/users/me/stripe-connect/payout-schedule").bearer(&case.club.token);
    refused.json(&json!({ "schedule": "DAILY" })).send().await.refused(422, "PAYOUTS_ON_HOLD");
    case.world.books_agree().await;
}

/// PAY-49: the parties and admins see it, strangers do not.
#[tokio::test]
async fn the_parties_see_the_dispute() {
    let case = disputed().await;
    let (_, stranger) = case.world.customer().await;
    for token in [case.world.token(case.customer, Role::Customer), case.club.token.clone(), case.admin().await] {
        let shown = case.ask(&token).await.expect(200);
        assert_eq!((&shown["paymentId"], &shown["bookingId"]), (&json!(case.payment), &json!(case.booking)));
        assert_eq!((&shown["amountCents"], &shown["status"]), (&json!(5000), &json!("OPEN")));
        assert_eq!((&shown["reason"], &shown["evidenceDueBy"]), (&json!("fraudulent"), &json!("2026-05-18T09:00:00Z")));
    }
    case.ask(&stranger).await.refused(404, "DISPUTE_NOT_FOUND");
    case.submit(&Club::new(&case.world).await.token, json!({ "explanation": "mine" }))
        .await
        .refused(404, "DISPUTE_NOT_FOUND");
}

/// PAY-49: WON restores CAPTURED and pays the owner again; the ledger is as before.
#[tokio::test]
async fn a_won_dispute_restores_everything() {
    let case = disputed().await;
    case.world.run_jobs().await;
    case.closed("won").await;
    assert_eq!(case.world.payment_of(&case.booking).await.0, "CAPTURED");
    assert_eq!(case.ask(&case.club.token).await.expect(200)["status"], "WON");
    assert_eq!(case.schedule().await, "daily");
    assert_eq!(
        (case.world.ledger(&case.booking, "OWNER").await, case.world.ledger(&case.booking, "DISPUTE").await),
        (4500, 0)
    );
    case.world.books_agree().await;
    let call = case.world.post(&format!("/api/bookings/{}/cancel", case.booking)).bearer(&case.club.token);
    call.key(fresh_key()).json(&json!({})).send().await.expect(200);
    case.world.run_jobs().await;
    case.world.books_agree().await;
}

/// PAY-49: LOST sets REFUNDED, takes the net back from the owner; the commission is the platform's loss.
#[tokio::test]
async fn a_lost_dispute_is_borne_by_the_owner() {
    let case = disputed().await;
    case.closed("lost").await;
    assert_eq!(case.world.payment_of(&case.booking).await.0, "REFUNDED");
    for (account, cents) in [("STRIPE", 0), ("OWNER", 0), ("COMMISSION", 0), ("DISPUTE", 0)] {
        assert_eq!(case.world.ledger(&case.booking, account).await, cents, "{account}");
    }
    assert_eq!(case.schedule().await, "daily");
    assert_eq!(
        case.world.count("SELECT count(*) FROM transaction.transfer_reversals WHERE status = 'COMPLETED'").await,
        1
    );
}

/// PAY-41, PAY-42: each report of a dispute 0, 1, 2 and 5 times, in every order: the end is the same.
#[tokio::test]
async fn the_order_of_reports_does_not_matter() {
    for outcome in ["won", "lost"] {
        for order in [vec![0, 1, 2], vec![2, 1, 0], vec![1, 2, 0], vec![2, 0], vec![2]] {
            for times in [1, 2, 5] {
                let world = World::new().await;
                let club = Club::new(&world).await;
                let (_, token) = world.customer().await;
                let booking = club.book(&world, &token, "10:00").await["id"].as_str().expect("an id").to_owned();
                let intent = world.intents_of(&booking).await[0]["id"].as_str().expect("an id").to_owned();
                let created = world.dispute(&intent).await;
                let mut updated = created.clone();
                updated["status"] = json!("under_review");
                let closed = world.decide_dispute(&created, outcome).await;
                let reports = [
                    ("charge.dispute.created", &created),
                    ("charge.dispute.updated", &updated),
                    ("charge.dispute.closed", &closed),
                ];
                for (place, at) in order.iter().enumerate() {
                    for _ in 0..times {
                        let (kind, object) = reports[*at];
                        assert_eq!(world.report(&format!("evt_{place}"), kind, object).await.status, 200);
                    }
                }
                world.run_jobs().await;
                let expected = if outcome == "won" { "CAPTURED" } else { "REFUNDED" };
                assert_eq!(world.payment_of(&booking).await.0, expected, "{outcome} {order:?} x{times}");
                let steps = world.count("SELECT count(*) FROM transaction.ledger WHERE step LIKE 'DISPUTE%'").await;
                assert_eq!(steps, if outcome == "won" { 2 } else { 3 });
                assert_eq!(world.ledger(&booking, "DISPUTE").await, 0);
            }
        }
    }
}

/// PAY-42: a dispute that is reported before its payment is: Stripe is asked, and the end is the same.
#[tokio::test]
async fn a_dispute_may_overtake_its_payment() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let held = club.try_to_book(&world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
    let booking = held["id"].as_str().expect("an id").to_owned();
    let intent = world.intents_of(&booking).await[0]["id"].as_str().expect("an id").to_owned();
    world.authenticate(&intent, "complete").await;
    let dispute = world.dispute(&intent).await;
    assert_eq!(world.report("evt_dispute", "charge.dispute.created", &dispute).await.status, 200);
    let paid = world.stripe_get(&format!("payment_intents/{intent}")).await;
    assert_eq!(world.report("evt_paid", "payment_intent.succeeded", &paid).await.status, 200);
    assert_eq!(world.status_of(&booking).await, "CONFIRMED");
    assert_eq!(world.payment_of(&booking).await.0, "DISPUTED");
    world.books_agree().await;
}

/// PAY-48: the evidence reaches Stripe once, with the booking's confirmation and what is recorded of it; HTML goes.
#[tokio::test]
async fn evidence_is_passed_on() {
    let case = disputed().await;
    let body = json!({ "explanation": "She <b>played</b>.", "usageLog": "10:02 gate opened" });
    let taken = case.submit(&case.club.token, body).await.expect(202);
    assert_eq!(taken["paymentId"], case.payment);
    case.world.run_jobs().await;
    let id = case.dispute["id"].as_str().expect("an id");
    let at_stripe = case.world.stripe_get(&format!("disputes/{id}")).await;
    assert_eq!(
        (&at_stripe["status"], &at_stripe["evidence_details"]["submission_count"]),
        (&json!("under_review"), &json!(1))
    );
    let evidence = &at_stripe["evidence"];
    assert_eq!(
        (&evidence["uncategorized_text"], &evidence["service_date"]),
        (&json!("She played."), &json!("2026-05-19"))
    );
    let log = evidence["access_activity_log"].as_str().expect("a log");
    assert!(log.starts_with("10:02 gate opened") && log.contains("BOOKING_CREATED"), "OWN-44: {log}");
    assert!(evidence["product_description"].as_str().is_some_and(|text| text.contains(&case.booking)));

    assert_eq!(case.submit(&case.club.token, json!({ "explanation": " " })).await.wrong_fields(), ["explanation"]);
    case.world.advance(SignedDuration::from_hours(24 * 14));
    let late = case.submit(&case.world.token(case.club.owner, Role::CourtOwner), json!({ "explanation": "x" })).await;
    late.refused(422, "DISPUTE_CLOSED");
}

/// PAY-50: the list of admins, its filter, and what each decision does.
#[tokio::test]
async fn an_admin_gives_in() {
    let case = disputed().await;
    let admin = case.admin().await;
    let listed = case.world.get("/api/admin/disputes?status=OPEN").bearer(&admin).send().await.expect(200);
    assert_eq!((&listed["totalElements"], &listed["disputes"][0]["bookingId"]), (&json!(1), &json!(case.booking)));
    let none = case.world.get("/api/admin/disputes?status=RESOLVED").bearer(&admin).send().await.expect(200);
    assert_eq!(none["disputes"], json!([]));
    let wrong = case.resolve(&admin, json!({ "resolution": "PARTIAL_REFUND" })).await;
    assert_eq!(wrong.wrong_fields(), ["refundPercentage"]);
    let wrong = case.resolve(&admin, json!({ "resolution": "REFUND_CUSTOMER", "refundPercentage": 5 })).await;
    assert_eq!(wrong.wrong_fields(), ["refundPercentage"]);

    let decided =
        case.resolve(&admin, json!({ "resolution": "PARTIAL_REFUND", "refundPercentage": 50, "notes": "both" })).await;
    assert_eq!(decided.expect(200)["status"], "RESOLVED");
    case.resolve(&admin, json!({ "resolution": "SIDE_WITH_OWNER" })).await.refused(422, "DISPUTE_ALREADY_RESOLVED");
    case.world.run_jobs().await;
    case.world.run_jobs().await;
    assert_eq!(case.world.payment_of(&case.booking).await.0, "REFUNDED");
    assert_eq!(case.world.ledger(&case.booking, "OWNER").await, 2250, "the owner bears half of the net");
    let id = case.dispute["id"].as_str().expect("an id");
    assert_eq!(case.world.stripe_get(&format!("disputes/{id}")).await["status"], "lost");
    assert_eq!(
        case.world.count("SELECT count(*) FROM transaction.audit_log WHERE action = 'DISPUTE_RESOLVED'").await,
        1
    );
    let unknown = case.world.post(&format!("/api/admin/disputes/{}/resolve", fresh_key())).bearer(&admin);
    unknown.json(&json!({ "resolution": "SIDE_WITH_OWNER" })).send().await.refused(404, "DISPUTE_NOT_FOUND");
}

/// PAY-50: siding with the owner contests, and leaves the money with them even if the bank disagrees.
#[tokio::test]
async fn siding_with_the_owner_leaves_them_their_money() {
    let case = disputed().await;
    case.resolve(&case.admin().await, json!({ "resolution": "SIDE_WITH_OWNER" })).await.expect(200);
    case.world.run_jobs().await;
    let id = case.dispute["id"].as_str().expect("an id");
    assert_eq!(case.world.stripe_get(&format!("disputes/{id}")).await["status"], "under_review");
    case.closed("lost").await;
    assert_eq!(case.world.ledger(&case.booking, "OWNER").await, 4500);
    assert_eq!(case.world.ledger(&case.booking, "COMMISSION").await, -4500, "the platform's loss");
}

/// PAY-50: a won dispute can still end with a refund.
#[tokio::test]
async fn a_won_dispute_may_still_be_refunded() {
    let case = disputed().await;
    case.closed("won").await;
    case.resolve(&case.admin().await, json!({ "resolution": "REFUND_CUSTOMER" })).await.expect(200);
    case.world.run_jobs().await;
    assert_eq!(case.world.payment_of(&case.booking).await.0, "REFUNDED");
    assert_eq!(case.world.ledger(&case.booking, "COMMISSION").await, 500);
    case.world.books_agree().await;
}
