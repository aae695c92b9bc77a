//! New prices of a series that waits for its owner (BOOK-40 to BOOK-43).

use contracts::events::PricingUpdated;
use contracts::identity::Role;
use contracts::money::Cents;
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use crate::support::{Answer, Club, DAY, World, fresh_key};

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

struct Waiting {
    world: World,
    club: Club,
    customer: contracts::ids::UserId,
    token: String,
    series: Value,
}

impl Waiting {
    /// A series of three that its owner has not answered.
    async fn new() -> Self {
        let world = World::new().await;
        let club = Club::confirming_by_hand(&world).await;
        let (customer, token) = world.customer().await;
        let body = json!({ "courtId": club.court, "startDate": DAY, "startTime": "10:00", "weeks": 3, "paymentMethodId": "pm_card_visa" });
        let made = world.post("/api/bookings/recurring").bearer(&token).key(fresh_key()).json(&body).send().await;
        let series = made.expect(201);
        Self { world, club, customer, token, series }
    }

    fn instance(&self, place: usize) -> &Value {
        &self.series["createdBookings"][place]
    }

    /// The owner sets another base price, and the service hears of it.
    async fn reprice(&self, cents: i64, effective_from: Date) {
        let path = format!("/api/courts/{}/pricing", self.club.court);
        let owner = self.world.token(self.club.owner, Role::CourtOwner);
        let body = json!({ "basePriceCents": cents, "rules": [] });
        self.world.platform("PUT", &path).bearer(&owner).json(&body).send().await.expect(200);
        let event = PricingUpdated {
            court_id: self.club.court.parse().expect("an id"),
            court_owner_id: self.club.owner,
            court_name: None,
            previous_base_price_cents: None,
            base_price_cents: Some(Cents(cents)),
            pricing_rules: None,
            effective_from,
            changed_by: None,
        };
        self.world.hear(event).await;
    }

    async fn shown(&self, place: usize) -> Value {
        let path = format!("/api/bookings/{}", id(self.instance(place)));
        let token = self.world.token(self.customer, Role::Customer);
        self.world.get(&path).bearer(&token).send().await.expect(200)
    }

    async fn notices(&self) -> Vec<Value> {
        let told = self.world.events("NOTIFICATION_REQUESTED").await;
        told.into_iter()
            .filter(|event| event["payload"]["notificationType"] == "RECURRING_BOOKING_PRICE_CHANGED")
            .collect()
    }

    async fn confirm(&self, place: usize) -> Answer {
        let path = format!("/api/bookings/{}/confirm", id(self.instance(place)));
        let owner = self.world.token(self.club.owner, Role::CourtOwner);
        self.world.post(&path).bearer(&owner).send().await
    }

    /// What Stripe holds or took for a booking, intent by intent.
    async fn states(&self, place: usize) -> Vec<(i64, String)> {
        let mut states: Vec<_> = self
            .world
            .intents_of(id(self.instance(place)))
            .await
            .iter()
            .map(|intent| {
                (intent["amount"].as_i64().expect("cents"), intent["status"].as_str().expect("a state").to_owned())
            })
            .collect();
        states.sort();
        states
    }
}

/// BOOK-40, BOOK-41, EVT-18: pending instances from the date on get the new price, the new hold stands before the old one is let go;
/// confirmed ones and earlier dates keep theirs. A later capture takes the new amount.
#[tokio::test]
async fn pending_instances_follow_the_price() {
    let waiting = Waiting::new().await;
    waiting.confirm(0).await.expect(200);
    waiting.reprice(6_000, date(2026, 6, 2)).await;

    assert_eq!(waiting.shown(0).await["amountCents"], 5_000, "confirmed");
    assert_eq!(waiting.shown(1).await["amountCents"], 5_000, "before the date");
    let repriced = waiting.shown(2).await;
    assert_eq!((&repriced["amountCents"], &repriced["platformFeeCents"]), (&json!(6_000), &json!(600)));
    assert_eq!((&repriced["courtOwnerNetCents"], &repriced["status"]), (&json!(5_400), &json!("PENDING_CONFIRMATION")));
    let audit = repriced["auditTrail"].as_array().expect("a list").clone();
    assert!(audit.iter().any(|entry| entry["action"] == "BOOKING_REPRICED"));
    let expected = vec![(5_000, "canceled".to_owned()), (6_000, "requires_capture".to_owned())];
    assert_eq!(waiting.states(2).await, expected);

    let confirmed = waiting.confirm(2).await.expect(200);
    assert_eq!((&confirmed["capturedAmountCents"], &confirmed["courtOwnerNetCents"]), (&json!(6_000), &json!(5_400)));
    // A date in the past means all future ones.
    waiting.reprice(7_000, date(2026, 1, 1)).await;
    assert_eq!(waiting.shown(1).await["amountCents"], 7_000);
    assert_eq!(waiting.shown(2).await["amountCents"], 6_000, "captured");
    // PAY-45: a hold that was replaced is no missing payment.
    waiting.world.books_agree().await;
}

/// BOOK-42, EVT-16: one message per series and hour, with both prices, how many and where to look.
#[tokio::test]
async fn a_series_is_told_once_an_hour() {
    let waiting = Waiting::new().await;
    waiting.reprice(6_000, date(2026, 1, 1)).await;
    let told = waiting.notices().await;
    assert_eq!(told.len(), 1);
    let payload = &told[0]["payload"];
    let text = payload["body"]["en"].as_str().expect("a text");
    for part in ["Syntagma Court", "Tuesday", "€50.00", "€60.00", "3 bookings", "19/05/2026"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!((&payload["urgency"], &payload["userId"]), (&json!("STANDARD"), &json!(waiting.customer)));
    let group = waiting.series["recurringGroupId"].as_str().expect("an id");
    assert_eq!(payload["data"]["deepLink"], json!(format!("/bookings/recurring/{group}")));

    waiting.reprice(6_500, date(2026, 1, 1)).await;
    waiting.world.advance(SignedDuration::from_mins(1));
    waiting.reprice(7_000, date(2026, 1, 1)).await;
    waiting.world.sweep().await;
    assert_eq!(waiting.notices().await.len(), 1, "not twice in an hour");
    waiting.world.advance(SignedDuration::from_hours(1));
    waiting.world.sweep().await;
    waiting.world.sweep().await;
    let told = waiting.notices().await;
    assert_eq!(told.len(), 2);
    let text = told[1]["payload"]["body"]["en"].as_str().expect("a text");
    assert!(text.contains("€60.00") && text.contains("€70.00"), "{text}");
}

/// Makes the customer's card refuse everything from now on.
async fn break_card(waiting: &Waiting) {
    sqlx::query(
        "UPDATE transaction.payments SET payment_method_id = 'pm_card_chargeDeclined' WHERE booking_id = $1::uuid",
    )
    .bind(id(waiting.instance(1)))
    .execute(&waiting.world.admin)
    .await
    .expect("a payment");
}

/// BOOK-41: a card that does not hold the new price: the customer is told and has a day; until then the old hold stays, and
/// the owner cannot confirm. Another card settles it.
#[tokio::test]
async fn another_card_settles_a_new_price() {
    let waiting = Waiting::new().await;
    break_card(&waiting).await;
    waiting.reprice(6_000, date(2026, 1, 1)).await;

    let shown = waiting.shown(1).await;
    assert_eq!((&shown["amountCents"], &shown["pendingPrice"]["amountCents"]), (&json!(5_000), &json!(6_000)));
    assert_eq!(shown["pendingPrice"]["cardDueAt"], "2026-05-05T09:00:00Z");
    assert_eq!(waiting.shown(0).await["amountCents"], 6_000, "the others followed");
    let refused = waiting.confirm(1).await.refused(422, "PAYMENT_CAPTURE_FAILED");
    assert_eq!(refused["details"]["reason"], "PRICE_CHANGE_UNPAID");
    let told = waiting.world.events("NOTIFICATION_REQUESTED").await;
    assert!(told.iter().any(|event| event["payload"]["title"]["en"] == "Another card is needed"));

    let path = format!("/api/bookings/{}/payment-method", id(waiting.instance(1)));
    let give = |card: &str| {
        let body = json!({ "paymentMethodId": card });
        waiting.world.post(&path).bearer(&waiting.token).json(&body).send()
    };
    let (_, stranger) = waiting.world.customer().await;
    let theirs = waiting.world.post(&path).bearer(&stranger).json(&json!({ "paymentMethodId": "pm_card_visa" }));
    theirs.send().await.refused(404, "BOOKING_NOT_FOUND");
    give("pm_card_chargeDeclined").await.refused(402, "PAYMENT_FAILED");
    assert_eq!(give("pm_card_visa").await.expect(200)["amountCents"], 6_000);
    waiting.world.run_jobs().await;
    give("pm_card_visa").await.refused(422, "NO_CARD_NEEDED");
    let held: Vec<_> = waiting.states(1).await.into_iter().filter(|(_, state)| state == "requires_capture").collect();
    assert_eq!(held, [(6_000, "requires_capture".to_owned())]);
    waiting.confirm(1).await.expect(200);
}

/// BOOK-41: nobody gives another card within a day: the booking is called off and nothing is charged.
#[tokio::test]
async fn an_unpaid_price_ends_the_booking() {
    let _alone = COUNTING.lock().await;
    let waiting = Waiting::new().await;
    sqlx::query("UPDATE transaction.bookings SET confirmation_deadline = confirmation_deadline + interval '48 hours'")
        .execute(&waiting.world.admin)
        .await
        .expect("bookings");
    break_card(&waiting).await;
    waiting.reprice(6_000, date(2026, 1, 1)).await;
    waiting.world.advance(SignedDuration::from_hours(24) - SignedDuration::from_micros(1));
    waiting.world.sweep().await;
    assert_eq!(waiting.shown(1).await["status"], "PENDING_CONFIRMATION");
    waiting.world.advance(SignedDuration::from_micros(1));
    waiting.world.sweep().await;
    waiting.world.run_jobs().await;
    let shown = waiting.shown(1).await;
    assert_eq!((&shown["status"], &shown["cancelledBy"]), (&json!("CANCELLED"), &json!("SYSTEM")));
    assert!(waiting.states(1).await.iter().all(|(_, state)| state == "canceled" || state == "requires_payment_method"));
    assert_eq!(waiting.shown(0).await["status"], "PENDING_CONFIRMATION");
}

/// Held by tests in which a booking ends after its price has changed: they share the counters of this process.
static COUNTING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A counter of this process; other tests may count new prices at the same time, so of those only growth is asked for.
fn counted(name: &str) -> u64 {
    static METRICS: std::sync::OnceLock<kit::metrics::Metrics> = std::sync::OnceLock::new();
    let metrics = METRICS.get_or_init(|| kit::metrics::Metrics::install().expect("nobody else installs a recorder"));
    let page = metrics.render();
    let line = page.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.rsplit(' ').next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// BOOK-43: new prices, the messages about them, and cancellations within a day of one are counted; a later cancellation is
/// no consequence any more.
#[tokio::test]
async fn new_prices_and_what_follows_are_counted() {
    const UPDATES: &str = "recurring_booking_price_updates_total";
    const NOTICES: &str = "recurring_booking_price_update_notifications_total";
    const CONSEQUENCES: &str = "recurring_booking_cancellations_after_price_change_total";
    let _alone = COUNTING.lock().await;
    let before = [UPDATES, NOTICES, CONSEQUENCES].map(counted);
    let waiting = Waiting::new().await;
    waiting.reprice(6_000, date(2026, 1, 1)).await;
    assert!(counted(UPDATES) >= before[0] + 3, "one for each instance");
    assert!(counted(NOTICES) > before[1]);
    let path = format!("/api/bookings/{}/cancel", id(waiting.instance(2)));
    waiting.world.post(&path).bearer(&waiting.token).key(fresh_key()).send().await.expect(200);
    assert_eq!(counted(CONSEQUENCES), before[2] + 1);

    // Prices of a series that was confirmed long ago: more than a day later.
    sqlx::query("UPDATE transaction.bookings SET confirmation_deadline = confirmation_deadline + interval '72 hours'")
        .execute(&waiting.world.admin)
        .await
        .expect("bookings");
    waiting.world.advance(SignedDuration::from_hours(24) + SignedDuration::from_secs(1));
    let path = format!("/api/bookings/{}/cancel", id(waiting.instance(1)));
    let token = waiting.world.token(waiting.customer, Role::Customer);
    waiting.world.post(&path).bearer(&token).key(fresh_key()).send().await.expect(200);
    assert_eq!(counted(CONSEQUENCES), before[2] + 1);
}
