//! Customers, owners, timeouts, webhooks, reconciliation, banks and admins at once and in any order, on the real database
//! and beside the sandbox's Stripe. The order is drawn from a seed that is printed; `COURTSIDE_SEED` plays one schedule
//! again. The pure twin of this is `payments::domain::interleaving`, which tries thousands.

use std::collections::BTreeMap;
use std::sync::Mutex;

use contracts::identity::Role;
use contracts::ids::UserId;
use futures::FutureExt as _;
use futures::future::{BoxFuture, join_all};
use jiff::SignedDuration;
use serde_json::{Value, json};
use transaction::payments::ops::reconcile_at_start;

use crate::support::{Answer, Club, DAY, World, booking_body, fresh_key};

const SCHEDULES: u64 = 24;
const STEPS: usize = 16;

/// Numbers that follow from their seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(limit).expect("a small number")).expect("a small number")
    }

    fn one_of<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        if choices.is_empty() { None } else { Some(&choices[self.below(choices.len())]) }
    }
}

#[derive(Clone)]
struct Booked {
    id: String,
    customer: UserId,
    club: usize,
}

/// Of every payment: whether it was captured, and the cents that have gone back.
type Money = BTreeMap<String, (bool, i64)>;

struct Stage {
    world: World,
    clubs: [Club; 2],
    admin: UserId,
    booked: Mutex<Vec<Booked>>,
    /// Everything Stripe ever said, to be delivered late and again.
    said: Mutex<Vec<(&'static str, Value)>>,
    /// How every booking and payment was after the step before.
    before: Mutex<(BTreeMap<String, String>, Money)>,
}

/// What a client may be told; anything else, above all 500, is a failure.
fn expected(what: &str, answer: &Answer) {
    let status = answer.status.as_u16();
    assert!([200, 201, 202, 400, 402, 404, 409, 422].contains(&status), "{what}: {status} {:#}", answer.body);
}

impl Stage {
    async fn new() -> Self {
        let world = World::new().await;
        let clubs = [Club::new(&world).await, Club::confirming_by_hand(&world).await];
        let rules = json!({ "rules": [{
            "dayOfWeek": "TUESDAY", "startTime": "18:00", "endTime": "23:00", "multiplier": 1.5, "label": "Peak",
        }] });
        let path = format!("/api/courts/{}/pricing", clubs[0].court);
        world.platform("PUT", &path).bearer(&clubs[0].token).json(&rules).send().await.expect(200);
        let (admin, _) = world.person(Role::PlatformAdmin).await;
        Self { world, clubs, admin, booked: Mutex::default(), said: Mutex::default(), before: Mutex::default() }
    }

    fn any_booking(&self, dice: &mut Dice) -> Option<Booked> {
        dice.one_of(&self.booked.lock().expect("not poisoned")).cloned()
    }

    /// Somebody's next step; what it is and about what is decided now, what happens then is up to the race.
    fn act(&self, dice: &mut Dice) -> BoxFuture<'_, ()> {
        let choice = dice.below(15);
        let booked = self.any_booking(dice);
        let number = dice.below(1000);
        match (choice, booked) {
            (0..=3, _) | (_, None) => {
                let club = dice.below(2);
                let hour = 17 + dice.below(3);
                let minutes = 60 * (1 + dice.below(2));
                let card = ["pm_card_visa", "pm_card_visa", "pm_card_authenticationRequired", "pm_card_chargeDeclined"];
                self.book(club, hour, minutes, card[dice.below(4)]).boxed()
            }
            (4, Some(booked)) => self.ask(booked, "confirm", true, json!({})).boxed(),
            (5, Some(booked)) => self.ask(booked, "reject", true, json!({ "reason": "Full" })).boxed(),
            (6, Some(booked)) => self.ask(booked, "cancel", number.is_multiple_of(3), json!({})).boxed(),
            (7, Some(booked)) => self.modify(booked, 17 + number % 5).boxed(),
            (8, _) => self.finish_at_the_bank(number).boxed(),
            (9 | 10, _) => self.deliver(number).boxed(),
            (11, _) => async {
                self.world.sweep().await;
            }
            .boxed(),
            (12, _) => async {
                reconcile_at_start(&self.world.node.state).await.expect("reconciliation");
                self.world.run_jobs().await;
            }
            .boxed(),
            (13, _) => self.contest(number).boxed(),
            _ => self.decide(number).boxed(),
        }
    }

    async fn book(&self, club: usize, hour: usize, minutes: usize, card: &str) {
        let (customer, token) = self.world.customer().await;
        let mut body = booking_body(&self.clubs[club].court, DAY, &format!("{hour:02}:00"), card);
        body["durationMinutes"] = json!(minutes);
        let answer = self.world.post("/api/bookings").bearer(&token).key(fresh_key()).json(&body).send().await;
        expected("book", &answer);
        if let Some(id) = answer.body["id"].as_str().filter(|_| answer.status == 201) {
            self.booked.lock().expect("not poisoned").push(Booked { id: id.to_owned(), customer, club });
        }
    }

    async fn ask(&self, booked: Booked, action: &str, by_owner: bool, body: Value) {
        let token = if by_owner {
            self.world.token(self.clubs[booked.club].owner, Role::CourtOwner)
        } else {
            self.world.token(booked.customer, Role::Customer)
        };
        let call = self.world.post(&format!("/api/bookings/{}/{action}", booked.id)).bearer(&token).key(fresh_key());
        expected(action, &call.json(&body).send().await);
    }

    async fn modify(&self, booked: Booked, hour: usize) {
        let token = self.world.token(booked.customer, Role::Customer);
        let body = json!({ "newDate": DAY, "newStartTime": format!("{hour:02}:00") });
        let call = self.world.call("PUT", &format!("/api/bookings/{}/modify", booked.id)).bearer(&token);
        expected("modify", &call.json(&body).send().await);
    }

    async fn intents(&self) -> Vec<Value> {
        self.world.stripe_get("payment_intents?limit=100").await["data"].as_array().expect("a list").clone()
    }

    /// A customer passes or fails 3-D Secure, or pays the difference of a move.
    async fn finish_at_the_bank(&self, number: usize) {
        let intents = self.intents().await;
        let waits = |intent: &&Value| {
            ["requires_action", "requires_confirmation"].contains(&intent["status"].as_str().expect("a status"))
        };
        let waiting: Vec<&Value> = intents.iter().filter(waits).collect();
        let Some(intent) = (!waiting.is_empty()).then(|| waiting[number % waiting.len()]) else { return };
        let id = intent["id"].as_str().expect("an id");
        // Whoever was faster may have ended it: then the bank refuses, which changes nothing.
        if intent["status"] == "requires_action" {
            let outcome = if number.is_multiple_of(4) { "fail" } else { "complete" };
            self.world.sandbox("POST", &format!("/stripe/3ds/{id}/{outcome}")).send().await;
        } else {
            let path = format!("/stripe/v1/payment_intents/{id}/confirm");
            self.world.sandbox("POST", &path).bearer("sk_test_courtside_sandbox").form("").send().await;
        }
    }

    /// A report, however old, once or several times.
    async fn deliver(&self, number: usize) {
        let report = {
            let said = self.said.lock().expect("not poisoned");
            if said.is_empty() {
                return;
            }
            let at = number % said.len();
            (at, said[at].clone())
        };
        let (at, (kind, object)) = report;
        for time in 0..=number % 3 {
            // The same event again, or the same words in another one.
            let answer = self.world.report(&format!("evt_{at}_{}", time / 2), kind, &object).await;
            // A dispute of a payment that is being settled right now comes again.
            assert!([200, 500].contains(&answer.status.as_u16()), "{kind}: {} {:#}", answer.status, answer.body);
            assert!(answer.status == 200 || kind.starts_with("charge.dispute."), "{kind}: {:#}", answer.body);
        }
    }

    /// A bank takes a charge back.
    async fn contest(&self, number: usize) {
        let intents = self.intents().await;
        let collected: Vec<&Value> = intents.iter().filter(|intent| intent["status"] == "succeeded").collect();
        let Some(intent) = (!collected.is_empty()).then(|| collected[number % collected.len()]) else { return };
        let path = format!("/stripe/payment_intents/{}/dispute", intent["id"].as_str().expect("an id"));
        let answer = self.world.sandbox("POST", &path).send().await;
        if answer.status == 200 {
            self.said.lock().expect("not poisoned").push(("charge.dispute.created", answer.body));
        }
    }

    /// The bank decides, or an admin does.
    async fn decide(&self, number: usize) {
        let admin = self.world.token(self.admin, Role::PlatformAdmin);
        let listed = self.world.get("/api/admin/disputes").bearer(&admin).send().await.expect(200);
        let listed = listed["disputes"].as_array().cloned().unwrap_or_default();
        if number.is_multiple_of(3) && !listed.is_empty() {
            let id = listed[number % listed.len()]["id"].as_str().expect("an id").to_owned();
            let body = match number % 2 {
                0 => json!({ "resolution": "REFUND_CUSTOMER" }),
                _ => json!({ "resolution": "SIDE_WITH_OWNER" }),
            };
            let call = self.world.post(&format!("/api/admin/disputes/{id}/resolve")).bearer(&admin).json(&body);
            expected("resolve", &call.send().await);
        } else {
            self.close_disputes(Some(number)).await;
        }
    }

    /// The bank decides one dispute or all that are open.
    async fn close_disputes(&self, only: Option<usize>) {
        let disputes = self.world.stripe_get("disputes?limit=100").await["data"].as_array().expect("a list").clone();
        for (at, dispute) in disputes.iter().enumerate() {
            if only.is_some_and(|only| only % disputes.len() != at) {
                continue;
            }
            let outcome = if only.is_some_and(|only| only.is_multiple_of(2)) { "lost" } else { "won" };
            let path = format!("/stripe/disputes/{}/close", dispute["id"].as_str().expect("an id"));
            self.world.sandbox("POST", &path).json(&json!({ "status": outcome })).send().await;
        }
    }

    /// Writes down what Stripe says now, so that it can be delivered at any later time.
    async fn listen(&self) {
        let mut fresh = Vec::new();
        for intent in self.intents().await {
            let kind = match intent["status"].as_str().expect("a status") {
                "succeeded" => "payment_intent.succeeded",
                "requires_capture" => "payment_intent.amount_capturable_updated",
                "requires_payment_method" => "payment_intent.payment_failed",
                "canceled" => "payment_intent.canceled",
                _ => continue,
            };
            fresh.push((kind, intent));
        }
        for charge in self.world.stripe_get("charges?limit=100").await["data"].as_array().expect("a list") {
            if charge["amount_refunded"].as_i64().is_some_and(|back| back > 0) {
                fresh.push(("charge.refunded", charge.clone()));
            }
        }
        for dispute in self.world.stripe_get("disputes?limit=100").await["data"].as_array().expect("a list") {
            if ["won", "lost"].contains(&dispute["status"].as_str().expect("a status")) {
                fresh.push(("charge.dispute.closed", dispute.clone()));
            }
        }
        let mut said = self.said.lock().expect("not poisoned");
        for report in fresh {
            if !said.contains(&report) {
                said.push(report);
            }
        }
    }

    /// What holds after every step.
    async fn check(&self, what: &str) {
        for (promise, statement) in PROMISES {
            assert_eq!(self.world.count(statement).await, 0, "{what}: {promise}");
        }
        let ends: Vec<(String, String)> = sqlx::query_as(
            "SELECT id::text, status || ' ' || coalesce(reason, '') FROM transaction.bookings
             WHERE status IN ('COMPLETED', 'CANCELLED', 'REJECTED')
                OR status = 'DROPPED' AND reason IS DISTINCT FROM 'HOLD_EXPIRED'",
        )
        .fetch_all(&self.world.admin)
        .await
        .expect("the ends");
        let taken: Vec<(String, bool, i64)> =
            sqlx::query_as("SELECT id::text, captured_at IS NOT NULL, refunded_cents FROM transaction.payments")
                .fetch_all(&self.world.admin)
                .await
                .expect("the payments");
        let (ends, taken): (BTreeMap<_, _>, BTreeMap<_, _>) = (
            ends.into_iter().collect(),
            taken.into_iter().map(|(id, captured, refunded)| (id, (captured, refunded))).collect(),
        );
        let mut before = self.before.lock().expect("not poisoned");
        for (booking, end) in &before.0 {
            assert_eq!(ends.get(booking), Some(end), "{what}: BOOK-31: what is over stays over");
        }
        for (payment, (captured, refunded)) in &before.1 {
            let (still, now) = taken.get(payment).expect("payments stay");
            assert!((!*captured || *still) && now >= refunded, "{what}: PAY-42: {payment} went back");
        }
        *before = (ends, taken);
    }

    /// Time passes, banks decide, reports arrive and reconciliation does its rounds.
    async fn come_to_rest(&self) {
        for round in 0..4 {
            self.close_disputes(None).await;
            self.listen().await;
            let said = self.said.lock().expect("not poisoned").clone();
            for (at, (kind, object)) in said.iter().enumerate().filter(|(_, (kind, _))| kind.starts_with("charge.")) {
                self.world.report(&format!("evt_rest_{round}_{at}"), kind, object).await;
            }
            self.world.advance(SignedDuration::from_hours(13));
            self.world.sweep().await;
            reconcile_at_start(&self.world.node.state).await.expect("reconciliation");
            self.world.run_jobs().await;
        }
    }

    async fn check_rest(&self, what: &str) {
        let open = "SELECT (SELECT count(*) FROM transaction.payments WHERE pending_step IS NOT NULL)
             + (SELECT count(*) FROM transaction.refunds WHERE status = 'INITIATED')
             + (SELECT count(*) FROM transaction.bookings WHERE status IN ('PENDING_PAYMENT', 'PENDING_CONFIRMATION'))";
        assert_eq!(self.world.count(open).await, 0, "{what}: PAY-43: nothing is left open");
        self.world.books_agree().await;
        let state = self.world.sandbox("GET", "/stripe/_state").send().await.expect(200);
        for intent in state["paymentIntents"].as_array().expect("intents") {
            assert_ne!(intent["status"], "requires_capture", "{what}: a hold outlives its booking");
            let cents = |name: &str| intent[name].as_i64().expect("cents");
            let Some(payment) = intent["metadata"]["payment_id"].as_str() else { continue };
            if cents("captured") == cents("refunded") {
                continue;
            }
            // Money that stayed is that of a booking, or what the policy leaves of one that was called off, or a bank's.
            let status: String = sqlx::query_scalar(
                "SELECT booking.status FROM transaction.payments payment
                 JOIN transaction.bookings booking ON booking.id = payment.booking_id WHERE payment.id = $1::uuid",
            )
            .bind(payment)
            .fetch_one(&self.world.admin)
            .await
            .expect("a booking");
            let disputed = intent["dispute"]["status"] == "lost";
            let of_booking = ["CONFIRMED", "COMPLETED", "CANCELLED"].contains(&status.as_str());
            assert!(of_booking || disputed, "{what}: charged without a booking: {status} {intent:#}");
        }
    }
}

/// Each counts what must not be.
const PROMISES: [(&str, &str); 5] = [
    (
        "BOOK-03: slots never overlap",
        "SELECT count(*) FROM transaction.bookings one JOIN transaction.bookings other
         ON one.court_id = other.court_id AND one.id < other.id AND one.period && other.period
         WHERE one.status IN ('PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'CONFIRMED', 'COMPLETED')
           AND other.status IN ('PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'CONFIRMED', 'COMPLETED')",
    ),
    (
        "nobody has a booking that is not paid or held",
        "SELECT count(*) FROM transaction.bookings booking JOIN transaction.payments payment
         ON payment.booking_id = booking.id AND payment.purpose = 'BOOKING'
         WHERE booking.status IN ('CONFIRMED', 'COMPLETED') AND payment.captured_at IS NULL
            OR booking.status = 'PENDING_CONFIRMATION' AND payment.status <> 'AUTHORIZED'",
    ),
    (
        "the ledger has what payments have taken",
        "SELECT count(*) FROM transaction.payments payment
         WHERE (CASE WHEN captured_at IS NULL THEN 0 ELSE amount_cents END) <> (
             SELECT coalesce(sum(posting.amount_cents), 0) FROM transaction.ledger posting
             WHERE posting.payment_id = payment.id AND posting.step = 'CAPTURE' AND posting.debit = 'STRIPE')",
    ),
    (
        "the ledger has what payments give back",
        "SELECT count(*) FROM transaction.payments payment
         WHERE refunded_cents <> (
             SELECT coalesce(sum(posting.amount_cents), 0) FROM transaction.ledger posting
             WHERE posting.payment_id = payment.id AND posting.credit = 'REFUND' AND posting.debit <> 'STRIPE')",
    ),
    (
        "nothing of the customer's lies around",
        "SELECT count(*) FROM (
             SELECT payment_id FROM transaction.ledger WHERE 'CUSTOMER' IN (debit, credit) GROUP BY payment_id
             HAVING sum(CASE WHEN credit = 'CUSTOMER' THEN amount_cents ELSE -amount_cents END) <> 0) AS odd",
    ),
];

async fn play(seed: u64) {
    let mut dice = Dice(seed);
    let stage = Stage::new().await;
    for step in 0..STEPS {
        let what = format!("COURTSIDE_SEED={seed}, step {step}");
        let together = 1 + dice.below(4);
        let acts: Vec<_> = (0..together).map(|_| stage.act(&mut dice)).collect();
        join_all(acts).await;
        stage.listen().await;
        stage.check(&what).await;
        if dice.below(3) == 0 {
            let minutes = if dice.below(6) == 0 { 24 * 60 } else { 1 + dice.below(6) };
            stage.world.advance(SignedDuration::from_mins(i64::try_from(minutes).expect("a few")));
        }
    }
    let what = format!("COURTSIDE_SEED={seed}, at rest");
    stage.come_to_rest().await;
    stage.check(&what).await;
    stage.check_rest(&what).await;
}

/// BOOK-03, BOOK-31, PAY-32, PAY-42, PAY-43: some dozens of schedules in which up to four act at once; slots never overlap,
/// what is over stays over, ledger, payments and Stripe say the same, and nobody is charged without a booking.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_schedule_keeps_the_promises() {
    let seeds = match std::env::var("COURTSIDE_SEED") {
        Ok(seed) => {
            let seed: u64 = seed.parse().expect("COURTSIDE_SEED is a number");
            seed..seed + 1
        }
        Err(_) => 1..SCHEDULES + 1,
    };
    for seed in seeds {
        println!("COURTSIDE_SEED={seed}");
        play(seed).await;
    }
}
