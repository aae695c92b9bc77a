//! The service dies at every place where a flow waits: for the database, for Stripe, for platform. Afterwards a new
//! process looks for what is open, and booking, ledger and Stripe agree in every case (PAY-05, PAY-06, PAY-43).
//!
//! The process that dies is a runtime of its own with one thread. Whenever that thread has nothing left to do, everything
//! in it waits; at the n-th time the whole runtime is thrown away, with its tasks and connections, and that is what a
//! killed process leaves behind. It is repeated for n = 0, 1, 2 ... until the flow comes to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use contracts::identity::Role;
use contracts::ids::UserId;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::{SignedDuration, ToSpan as _};
use serde_json::{Value, json};
use testkit::{PATIENCE, eventually};
use tokio::sync::Notify;
use transaction::checkpoint::Checkpoints;
use transaction::payments::ops::reconcile_at_start;

use crate::support::{Call, Club, Node, World, begin, booking_body, fresh_key};

/// How long it takes until somebody looks: shorter than a hold.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// What is killed: a process, and what the case prepared for it.
type Flow = fn(Node, Case) -> BoxFuture<'static, ()>;

#[derive(Clone, Default)]
struct Case {
    booking: String,
    body: Value,
    customer: String,
    owner: String,
}

struct Stage {
    world: World,
    club: Club,
    customer: UserId,
    /// Slots taken so far: 13 a day, from the day after next.
    slots: u32,
}

impl Stage {
    async fn new(by_hand: bool) -> Self {
        let world = World::new().await;
        let club = if by_hand { Club::confirming_by_hand(&world).await } else { Club::new(&world).await };
        let (customer, _) = world.customer().await;
        Self { world, club, customer, slots: 0 }
    }

    /// A request for a slot of its own.
    fn case(&mut self, card: &str) -> Case {
        let (day, hour) = (self.slots / 13, self.slots % 13);
        self.slots += 1;
        let date = begin().to_zoned(jiff::tz::TimeZone::UTC).date() + (2 + i64::from(day)).days();
        let body = booking_body(&self.club.court, &date.to_string(), &format!("{:02}:00", 9 + hour), card);
        Case {
            booking: String::new(),
            body,
            customer: self.world.token(self.customer, Role::Customer),
            owner: self.world.token(self.club.owner, Role::CourtOwner),
        }
    }

    /// A booking in a slot of its own.
    async fn booked(&mut self, card: &str) -> Case {
        // Somebody new each time: who calls off again and again is kept from the court (BOOK-17).
        self.customer = self.world.customer().await.0;
        let case = self.case(card);
        let call = self.world.post("/api/bookings").bearer(&case.customer).key(fresh_key()).json(&case.body);
        let booking = call.send().await.expect(201)["id"].as_str().expect("an id").to_owned();
        Case { booking, ..case }
    }

    /// Runs `flow` in a process of its own that dies when it waits for the time after `waits`. Tells whether the flow
    /// came to its end before.
    fn dies_after(&self, waits: usize, flow: Flow, case: Case) -> bool {
        let (counting, parked, now) =
            (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let watch = {
            let (counting, parked, now) = (counting.clone(), parked.clone(), now.clone());
            move || {
                if counting.load(Ordering::SeqCst) && parked.fetch_add(1, Ordering::SeqCst) == waits {
                    now.notify_one();
                }
            }
        };
        let process = tokio::runtime::Builder::new_current_thread().enable_all().on_thread_park(watch).build();
        let process = process.expect("a runtime");
        let ended = process.block_on(async {
            let node = self.world.another_node(Checkpoints::default()).await;
            counting.store(true, Ordering::SeqCst);
            tokio::select! {
                biased;
                () = now.notified() => false,
                () = flow(node, case) => true,
            }
        });
        process.shutdown_background();
        ended
    }

    /// The service's connections that the database knows of.
    async fn backends(&self) -> Vec<i32> {
        let pids = "SELECT pid FROM pg_stat_activity
                    WHERE datname = current_database() AND usename = 'courtside_transaction'";
        sqlx::query_scalar(pids).fetch_all(&self.world.admin).await.expect("the connections")
    }

    /// Waits until the database has noticed that a process died: a statement that was on its way is still carried out, and
    /// only then does its connection end.
    async fn buried(&self, alive: &[i32]) {
        eventually("the connections of the dead process have ended", PATIENCE, || async {
            self.backends().await.iter().all(|pid| alive.contains(pid)).then_some(())
        })
        .await;
    }

    /// Whether a step with Stripe, a refund or a job stands there unfinished.
    async fn is_open(&self) -> bool {
        let open = "SELECT (SELECT count(*) FROM transaction.payments WHERE pending_step IS NOT NULL)
                 + (SELECT count(*) FROM transaction.refunds WHERE status = 'INITIATED')";
        self.world.count(open).await > 0
    }

    /// The new process: it looks for what is open, again and again, as its rounds do.
    async fn recover(&self) {
        // What the dead process was doing is free once its lease has lapsed.
        sqlx::query(
            "UPDATE transaction.jobs SET lease_until = clock_timestamp() - interval '1 second' WHERE state = 'RUNNING'",
        )
        .execute(&self.world.admin)
        .await
        .expect("the jobs");
        for _ in 0..3 {
            reconcile_at_start(&self.world.node.state).await.expect("reconciliation");
            self.world.run_jobs().await;
        }
    }

    /// Nothing is left open, every booking fits its payment and was told once, and ledger, rows and Stripe say the same.
    async fn agrees(&self, what: &str) {
        let odd: Vec<(String, String, String, Option<String>)> = sqlx::query_as(
            "SELECT booking.id::text, booking.status, payment.status, payment.pending_step
             FROM transaction.bookings booking JOIN transaction.payments payment ON payment.booking_id = booking.id
             WHERE payment.pending_step IS NOT NULL OR (booking.status, payment.status) NOT IN (
                 ('CONFIRMED', 'CAPTURED'), ('PENDING_CONFIRMATION', 'AUTHORIZED'), ('DROPPED', 'FAILED'),
                 ('CANCELLED', 'REFUNDED'), ('REJECTED', 'REFUNDED'))",
        )
        .fetch_all(&self.world.admin)
        .await
        .expect("the bookings");
        assert!(odd.is_empty(), "{what}: {odd:?}");
        let told = "SELECT count(*) FROM transaction.bookings booking
             WHERE booking.status IN ('CONFIRMED', 'PENDING_CONFIRMATION') AND 1 <> (
                 SELECT count(*) FROM transaction.outbox event
                 WHERE event.payload::jsonb ->> 'eventType' = 'BOOKING_CREATED'
                   AND event.payload::jsonb #>> '{payload,bookingId}' = booking.id::text)";
        assert_eq!(self.world.count(told).await, 0, "{what}: BOOK-14: told exactly once");
        let unsent = "SELECT count(*) FROM transaction.refunds WHERE status = 'INITIATED'";
        assert_eq!(self.world.count(unsent).await, 0, "{what}: PAY-30: every refund was sent");
        self.world.books_agree().await;
        let state = self.world.sandbox("GET", "/stripe/_state").send().await.expect(200);
        let taken = |intent: &&Value| intent["captured"] != 0;
        let intents = state["paymentIntents"].as_array().expect("intents").iter().filter(taken);
        let mut bookings: Vec<&Value> = intents.map(|intent| &intent["metadata"]["booking_id"]).collect();
        let charged = bookings.len();
        bookings.sort_by_key(|booking| booking.to_string());
        bookings.dedup();
        assert_eq!(charged, bookings.len(), "{what}: PAY-05: charged once");
    }
}

/// Walks at most, until one of them has died in the middle of a step.
const WALKS: usize = 8;

/// Kills `flow` at one place, with a case of its own, and looks at what is left once a new process has recovered. Answers
/// whether the flow came to its end before that place.
async fn killed_after(
    name: &str,
    points: usize,
    stage: &mut Stage,
    (begin, flow): (AsyncBegin, Flow),
    left_open: &mut usize,
) -> bool {
    let case = begin(stage).await;
    let alive = stage.backends().await;
    let ended = tokio::task::block_in_place(|| {
        std::thread::scope(|threads| {
            let doomed = threads.spawn(|| stage.dies_after(points, flow, case));
            doomed.join().expect("the doomed process does not panic")
        })
    });
    stage.buried(&alive).await;
    *left_open += usize::from(!ended && stage.is_open().await);
    stage.world.advance(PAUSE);
    stage.recover().await;
    if ended || points.is_multiple_of(5) {
        stage.agrees(&format!("{name}, killed after {points} waits")).await;
    }
    ended
}

/// Kills `flow` at every place where it waits, each time with a case of its own, and prints how many places there were.
async fn killed_everywhere(name: &str, by_hand: bool, asks_stripe: bool, begin: AsyncBegin, flow: Flow) {
    let mut stage = Stage::new(by_hand).await;
    let (mut points, mut left_open) = (0, 0);
    // Where a flow waits differs a little from time to time, so one walk may miss the few places in its middle.
    for _ in 0..WALKS {
        points = 0;
        while !killed_after(name, points, &mut stage, (begin, flow), &mut left_open).await {
            points += 1;
        }
        if left_open > 0 || !asks_stripe {
            break;
        }
    }
    assert!(points > 5, "{name} waits for something");
    // A flow that asks Stripe leaves half of itself behind; one that is a single transaction leaves nothing or everything.
    assert!(left_open > 0 || !asks_stripe, "{name}: none of these deaths needs reconciliation");
    println!("{name}: killed at each of {points} places, {left_open} of them left something to finish");
}

type AsyncBegin = for<'a> fn(&'a mut Stage) -> BoxFuture<'a, Case>;

fn call(node: &Node, path: &str, token: &str, body: &Value) -> Call {
    Call::new(node.router.clone(), "POST", path).bearer(token).key(fresh_key()).json(body)
}

fn create(node: Node, case: Case) -> BoxFuture<'static, ()> {
    async move {
        call(&node, "/api/bookings", &case.customer, &case.body).send().await;
    }
    .boxed()
}

fn act(node: Node, case: Case, action: &'static str, by_owner: bool, body: Value) -> BoxFuture<'static, ()> {
    async move {
        let token = if by_owner { &case.owner } else { &case.customer };
        let answer = call(&node, &format!("/api/bookings/{}/{action}", case.booking), token, &body).send().await;
        assert_eq!(answer.status, 200, "{:#}", answer.body);
    }
    .boxed()
}

/// What a process does when nobody asks it for anything.
fn rounds(node: Node, _: Case) -> BoxFuture<'static, ()> {
    async move {
        reconcile_at_start(&node.state).await.expect("reconciliation");
        node.jobs.run_due().await.expect("jobs run");
    }
    .boxed()
}

/// PAY-06: booking on a court that confirms at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn booking_survives_every_death() {
    killed_everywhere("create", false, true, |stage| async { stage.case("pm_card_visa") }.boxed(), create).await;
}

/// PAY-06: booking where the owner confirms; the card only holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requesting_survives_every_death() {
    killed_everywhere("create by hand", true, true, |stage| async { stage.case("pm_card_visa") }.boxed(), create).await;
}

/// PAY-04: a card that is declined.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decline_survives_every_death() {
    killed_everywhere("decline", false, true, |stage| async { stage.case("pm_card_chargeDeclined") }.boxed(), create)
        .await;
}

/// PAY-07: the owner accepts and the amount is collected.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn confirming_survives_every_death() {
    let confirm: Flow = |node, case| act(node, case, "confirm", true, json!({}));
    killed_everywhere("confirm", true, true, |stage| stage.booked("pm_card_visa").boxed(), confirm).await;
}

/// PAY-28: the owner turns it down.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rejecting_survives_every_death() {
    let reject: Flow = |node, case| act(node, case, "reject", true, json!({ "reason": "Rain" }));
    killed_everywhere("reject", true, false, |stage| stage.booked("pm_card_visa").boxed(), reject).await;
}

/// PAY-29: the customer calls a paid booking off.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_survives_every_death() {
    let cancel: Flow = |node, case| act(node, case, "cancel", false, json!({}));
    killed_everywhere("cancel", false, false, |stage| stage.booked("pm_card_visa").boxed(), cancel).await;
}

/// PAY-30: the refund is on its way to Stripe.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refunding_survives_every_death() {
    let begin: AsyncBegin = |stage| {
        async {
            let case = stage.booked("pm_card_visa").await;
            let path = format!("/api/bookings/{}/cancel", case.booking);
            let call = stage.world.post(&path).bearer(&case.customer).key(fresh_key()).json(&json!({}));
            call.send().await.expect(200);
            case
        }
        .boxed()
    };
    killed_everywhere("refund", false, true, begin, rounds).await;
}

/// PAY-43: reconciliation itself dies while it finishes a charge that a dead process left, and one after the next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reconciling_survives_every_death() {
    let begin: AsyncBegin = |stage| {
        async {
            let case = stage.case("pm_card_visa");
            // A process that died right after the hold: the step is written down, Stripe was not asked.
            let half = tokio::task::block_in_place(|| {
                std::thread::scope(|threads| {
                    let case = case.clone();
                    threads.spawn(|| dies_once_held(stage, case)).join().expect("no panic")
                })
            });
            assert!(half, "it is held");
            case
        }
        .boxed()
    };
    killed_everywhere("reconcile", false, true, begin, rounds).await;
}

/// Runs a checkout in a process that dies once its hold is placed.
fn dies_once_held(stage: &Stage, case: Case) -> bool {
    use transaction::checkpoint::{Checkpoint, Place};

    struct Stop(Notify);

    impl Checkpoint for Stop {
        fn pass(&self, place: Place) -> BoxFuture<'_, ()> {
            async move {
                if place == Place::AfterHold {
                    self.0.notify_one();
                    std::future::pending::<()>().await;
                }
            }
            .boxed()
        }
    }

    let process = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let stop = Arc::new(Stop(Notify::new()));
    let held = process.block_on(async {
        let node = stage.world.another_node(Checkpoints::new(stop.clone())).await;
        tokio::select! {
            () = create(node, case) => false,
            () = stop.0.notified() => true,
        }
    });
    process.shutdown_background();
    held
}
