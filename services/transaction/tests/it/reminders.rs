//! Reminders: customers of bookings that are near, and owners by their rules.

use contracts::booking::PaymentStatus;
use contracts::identity::Role;
use futures::future::join_all;
use jiff::Timestamp;
use kit::clock::Clock as _;
use serde_json::{Value, json};
use transaction::checkpoint::Checkpoints;
use transaction::reminders::ops;

use crate::support::{Answer, Club, DAY, World, booking_body, fresh_key};

const ALERTS: &str = "/api/settings/reminder-alerts";
/// A Saturday inside the booking window.
const SATURDAY: &str = "2026-05-23";

/// Moves the clock to an instant.
fn go_to(world: &World, instant: &str) {
    let instant: Timestamp = instant.parse().expect("an instant");
    world.advance(instant.duration_since(world.clock.now()));
}

async fn rule(world: &World, club: &Club, changes: Value) -> Value {
    let mut body = json!({
        "triggerType": "UNPAID_BOOKING", "daysBeforeEvent": 3, "hoursBeforeThreshold": 10, "courtIds": "ALL",
        "channels": ["PUSH", "IN_APP"], "active": true,
    });
    for (name, value) in changes.as_object().expect("an object of changes") {
        body[name] = value.clone();
    }
    let token = world.token(club.owner, Role::CourtOwner);
    world.platform("POST", "/api/settings/reminder-rules").bearer(&token).json(&body).send().await.expect(201)
}

async fn manual(world: &World, club: &Club, changes: Value) -> Value {
    let mut body = json!({ "courtId": club.court, "date": SATURDAY, "startTime": "10:00" });
    for (name, value) in changes.as_object().expect("an object of changes") {
        body[name] = value.clone();
    }
    let token = world.token(club.owner, Role::CourtOwner);
    world.post("/api/bookings/manual").bearer(&token).json(&body).send().await.expect(201)
}

/// The payloads of all requested messages of one type.
async fn told(world: &World, kind: &str) -> Vec<Value> {
    let events = world.events("NOTIFICATION_REQUESTED").await;
    let payloads = events.into_iter().map(|event| event["payload"].clone());
    payloads.filter(|payload| payload["notificationType"] == kind).collect()
}

async fn evaluate(world: &World) -> usize {
    ops::evaluate_rules(&world.node.state).await.expect("an evaluation")
}

async fn remind(world: &World) -> usize {
    ops::remind_customers(&world.node.state).await.expect("a look at what is near")
}

async fn alerts(world: &World, club: &Club) -> Vec<Value> {
    let token = world.token(club.owner, Role::CourtOwner);
    let page = world.get(ALERTS).bearer(&token).send().await.expect(200);
    let alerts = page["alerts"].as_array().expect("a list").clone();
    assert_eq!(page["totalCount"], json!(alerts.len()));
    alerts
}

async fn dismiss(world: &World, club: &Club, alert: &Value) -> Answer {
    let token = world.token(club.owner, Role::CourtOwner);
    let id = alert["alertId"].as_str().expect("an id");
    world.post(&format!("{ALERTS}/{id}/dismiss")).bearer(&token).send().await
}

/// NOTE-27, NOTE-45, NOTE-50, NOTE-51, NOTE-52, NOTE-53, NOTE-54: the example of the book, told once by whatever many processes and
/// restarts, in both languages, without names, by the channels of the rule; marking it paid clears it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unpaid_booking_is_told_once() {
    let mut world = World::new().await;
    let club = Club::new(&world).await;
    let rule = rule(&world, &club, json!({})).await;
    let booking = manual(&world, &club, json!({ "customerName": "Giorgos", "customerPhone": "+30 6900000000" })).await;
    let (_, token) = world.customer().await;
    let body = booking_body(&club.court, SATURDAY, "12:00", "pm_card_visa");
    world.post("/api/bookings").bearer(&token).key(fresh_key()).json(&body).send().await.expect(201);

    go_to(&world, "2026-05-19T20:59:59Z");
    assert_eq!(evaluate(&world).await, 0);
    assert_eq!(alerts(&world, &club).await, Vec::<Value>::new());
    go_to(&world, "2026-05-19T21:00:00Z");
    let other = world.another_node(Checkpoints::default()).await;
    let both = [&world.node.state, &other.state, &world.node.state, &other.state];
    let counts = join_all(both.map(ops::evaluate_rules)).await;
    assert_eq!(counts.into_iter().map(|count| count.expect("an evaluation")).sum::<usize>(), 1);
    world.restart().await;
    world.run_jobs().await;
    assert_eq!(evaluate(&world).await, 0);

    let told = told(&world, "REMINDER_ALERT").await;
    assert_eq!(told.len(), 1, "{told:#?}");
    let alert = &told[0];
    assert_eq!((&alert["userId"], &alert["urgency"]), (&json!(club.owner), &json!("STANDARD")));
    assert_eq!(alert["channels"], json!(["PUSH", "WEB_PUSH", "IN_APP"]));
    assert_eq!(alert["data"]["bookingId"], booking["id"]);
    let text = alert["body"]["en"].as_str().expect("a text");
    for part in
        ["{customerName}", "Syntagma Court", "23/05/2026", "10:00-11:00", "not been paid", "contact the customer"]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    for part in ["cancel the booking", "mark it as paid", "extend the deadline"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(alert["body"]["el"].as_str().expect("a text").contains("Γήπεδο Σύνταγμα"));
    assert!(!alert.to_string().contains("Giorgos"), "{alert}");
    let logged: (String, String, jiff_sqlx::Timestamp) =
        sqlx::query_as("SELECT rule_id::text, booking_id::text, told_at FROM transaction.reminder_alerts")
            .fetch_one(&world.admin)
            .await
            .expect("one delivery");
    assert_eq!((json!(logged.0), json!(logged.1)), (rule["ruleId"].clone(), booking["id"].clone()));
    assert_eq!(logged.2.to_jiff().to_string(), "2026-05-19T21:00:00Z");

    // The key stands below all of this: a second row of the pair is refused.
    let second = sqlx::query(
        "INSERT INTO transaction.reminder_alerts SELECT gen_random_uuid(), rule_id, booking_id, owner_id, told_at
         FROM transaction.reminder_alerts",
    );
    let refused = second.execute(&world.admin).await.expect_err("a second delivery").to_string();
    assert!(refused.contains("reminder_alerts_once"), "{refused}");

    let token = world.token(club.owner, Role::CourtOwner);
    assert_eq!(alerts(&world, &club).await.len(), 1);
    let paid = format!("/api/bookings/{}/mark-paid", booking["id"].as_str().expect("an id"));
    world.post(&paid).bearer(&token).json(&json!({ "paymentMethod": "cash" })).send().await.expect(200);
    assert_eq!(alerts(&world, &club).await, Vec::<Value>::new());
}

/// NOTE-46, NOTE-47, NOTE-48: each trigger tells of what it names and of nothing else; an answer clears it.
#[tokio::test]
async fn each_trigger_has_its_bookings() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let far = json!({ "daysBeforeEvent": 30, "hoursBeforeThreshold": 1 });
    let with = |trigger: &str, changes: &Value| {
        let mut changes = changes.clone();
        changes["triggerType"] = json!(trigger);
        changes
    };
    rule(&world, &club, with("PAYMENT_HELD_NOT_CAPTURED", &far)).await;
    rule(&world, &club, with("PENDING_CONFIRMATION", &json!({ "hoursBeforeThreshold": 6 }))).await;
    rule(&world, &club, with("NO_CONTACT_MANUAL", &json!({ "daysBeforeEvent": 1 }))).await;
    let (_, token) = world.customer().await;
    let pending = club.book(&world, &token, "10:00").await;
    assert_eq!(pending["paymentStatus"], json!(PaymentStatus::Authorized));
    let silent = manual(&world, &club, json!({ "startTime": "12:00", "customerName": "Giorgos" })).await;
    manual(&world, &club, json!({ "startTime": "14:00", "customerEmail": "guest@example.test" })).await;

    let shown = async || {
        let alerts = alerts(&world, &club).await;
        let mut shown: Vec<(String, Value)> = alerts
            .iter()
            .map(|alert| {
                (alert["triggerType"].as_str().expect("a word").to_owned(), alert["booking"]["bookingId"].clone())
            })
            .collect();
        shown.sort_by(|one, other| one.0.cmp(&other.0));
        shown
    };
    let held = ("PAYMENT_HELD_NOT_CAPTURED".to_owned(), pending["id"].clone());
    let waiting = ("PENDING_CONFIRMATION".to_owned(), pending["id"].clone());
    let nameless = ("NO_CONTACT_MANUAL".to_owned(), silent["id"].clone());
    assert_eq!(shown().await, std::slice::from_ref(&held));
    assert_eq!(evaluate(&world).await, 1);
    world.advance(jiff::SignedDuration::from_secs(6 * 3600 + 1));
    assert_eq!(shown().await, [held.clone(), waiting.clone()]);
    assert_eq!(evaluate(&world).await, 1);
    go_to(&world, "2026-05-05T09:00:00Z");
    // The day's grace to answer is over as well; whoever asks before the sweep still sees it.
    assert_eq!(shown().await, [nameless.clone(), held, waiting]);
    assert_eq!(evaluate(&world).await, 1);
    assert_eq!(told(&world, "REMINDER_ALERT").await.len(), 3);
    world.sweep().await;
    assert_eq!(shown().await, [nameless]);
}

/// NOTE-49: a court without bookings is told of once per rule in its span, by whatever many processes; a booking in the span
/// keeps it silent; it suggests a promotion.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_court_is_told_once_in_its_span() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    rule(&world, &club, json!({ "triggerType": "LOW_OCCUPANCY", "daysBeforeEvent": 2 })).await;
    let other = world.another_node(Checkpoints::default()).await;
    let both = [&world.node.state, &other.state, &world.node.state, &other.state];
    let counts = join_all(both.map(ops::evaluate_rules)).await;
    assert_eq!(counts.into_iter().map(|count| count.expect("an evaluation")).sum::<usize>(), 1);
    let first = told(&world, "REMINDER_ALERT").await;
    assert_eq!(first[0]["data"]["courtId"], json!(club.court));
    assert!(first[0]["body"]["en"].as_str().expect("a text").contains("promotion"), "{first:#?}");
    go_to(&world, "2026-05-06T08:59:59Z");
    assert_eq!(evaluate(&world).await, 0);
    go_to(&world, "2026-05-06T09:00:00Z");
    assert_eq!(evaluate(&world).await, 1);
    // Somebody books within the next span.
    go_to(&world, "2026-05-08T09:00:00Z");
    manual(&world, &club, json!({ "date": "2026-05-10", "startTime": "11:00" })).await;
    assert_eq!(evaluate(&world).await, 0);
    assert_eq!(alerts(&world, &club).await, Vec::<Value>::new());
    go_to(&world, "2026-05-10T09:00:00Z");
    assert_eq!(evaluate(&world).await, 1);
}

/// NOTE-56, NOTE-57: what matches now is listed with what is needed to act on it, told or not; what is put aside is gone and
/// is never told, before its first message as after; strangers do not see it.
#[tokio::test]
async fn alerts_are_listed_and_put_aside() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let stranger = Club::new(&world).await;
    rule(&world, &club, json!({})).await;
    rule(&world, &club, json!({ "triggerType": "LOW_OCCUPANCY", "daysBeforeEvent": 1 })).await;
    rule(&world, &stranger, json!({})).await;
    let guest = json!({
        "customerName": "Giorgos", "customerPhone": "+30 6900000000", "customerEmail": "giorgos@example.test",
    });
    let first = manual(&world, &club, guest).await;
    let second = manual(&world, &club, json!({ "startTime": "12:00" })).await;
    go_to(&world, "2026-05-20T12:00:00Z");
    let listed = alerts(&world, &club).await;
    assert_eq!(listed.len(), 3, "{listed:#?}");
    let (one, two, court) = (&listed[0], &listed[1], &listed[2]);
    assert_eq!((&one["booking"]["bookingId"], &two["booking"]["bookingId"]), (&first["id"], &second["id"]));
    assert_eq!((&one["courtId"], &one["booking"]["customerName"]), (&json!(club.court), &json!("Giorgos")));
    assert_eq!(one["booking"]["contact"]["callLink"], "tel:+306900000000");
    let draft = &one["booking"]["contact"]["emailDraft"];
    assert_eq!(draft["to"], "giorgos@example.test");
    for part in ["Syntagma Court", "23/05/2026", "10:00"] {
        assert!(draft["subject"].as_str().expect("a subject").contains(part), "{draft}");
    }
    assert!(draft["body"].as_str().expect("a text").contains("not been paid"), "{draft}");
    assert_eq!(one["actions"], json!(["VIEW", "CONTACT", "MARK_PAID", "CANCEL", "DISMISS"]));
    assert_eq!((&two["booking"]["contact"], &two["actions"][1]), (&Value::Null, &json!("MARK_PAID")));
    assert_eq!((&court["booking"], &court["triggerType"]), (&Value::Null, &json!("LOW_OCCUPANCY")));
    assert_eq!(alerts(&world, &stranger).await, Vec::<Value>::new());

    dismiss(&world, &stranger, one).await.refused(404, "REMINDER_ALERT_NOT_FOUND");
    // One before it is told, one after, and each twice.
    for _ in 0..2 {
        dismiss(&world, &club, one).await.expect(204);
        dismiss(&world, &club, court).await.expect(204);
    }
    assert_eq!(alerts(&world, &club).await, std::slice::from_ref(two));
    assert_eq!(evaluate(&world).await, 1);
    dismiss(&world, &club, two).await.expect(204);
    assert_eq!(alerts(&world, &club).await, Vec::<Value>::new());
    go_to(&world, "2026-05-21T11:00:00Z");
    assert_eq!(evaluate(&world).await, 0);
    let told = told(&world, "REMINDER_ALERT").await;
    assert_eq!(told.iter().map(|alert| &alert["data"]["bookingId"]).collect::<Vec<_>>(), [&second["id"]]);
    let unknown = json!({ "alertId": world.new_id() });
    dismiss(&world, &club, &unknown).await.refused(404, "REMINDER_ALERT_NOT_FOUND");
    // A court is silent for the span of the rule and no longer.
    go_to(&world, "2026-05-21T12:00:00Z");
    assert_eq!(evaluate(&world).await, 1);
}

/// NOTE-22, NOTE-23: a day and two hours before, to the customer, once by whatever many processes and restarts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_are_reminded_twice() {
    let mut world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    manual(&world, &club, json!({ "date": DAY, "startTime": "12:00" })).await;
    go_to(&world, "2026-05-18T06:59:59Z");
    assert_eq!(remind(&world).await, 0);
    for (instant, count) in [("2026-05-18T07:00:00Z", 1), ("2026-05-19T05:00:00Z", 2)] {
        go_to(&world, instant);
        let other = world.another_node(Checkpoints::default()).await;
        let both = [&world.node.state, &other.state, &world.node.state, &other.state];
        let sent = join_all(both.map(ops::remind_customers)).await;
        assert_eq!(sent.into_iter().map(|sent| sent.expect("a look")).sum::<usize>(), 1);
        world.restart().await;
        world.run_jobs().await;
        assert_eq!(told(&world, "BOOKING_REMINDER").await.len(), count);
    }
    let told = told(&world, "BOOKING_REMINDER").await;
    for reminder in &told {
        assert_eq!((&reminder["userId"], &reminder["urgency"]), (&json!(customer), &json!("STANDARD")));
        assert_eq!(reminder["data"]["bookingId"], booking["id"]);
        assert!(reminder["body"]["en"].as_str().expect("a text").contains("Syntagma Court, 19/05/2026, 10:00-11:00"));
        assert!(reminder["body"]["el"].as_str().expect("a text").contains("Γήπεδο Σύνταγμα"));
    }
}

/// NOTE-23: whoever ran nothing for two days reminds once of what is still ahead and not of what has begun. The schedule
/// itself finds it.
#[tokio::test]
async fn missed_reminders_are_caught_up() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    club.book(&world, &token, "09:00").await;
    let ahead = club.book(&world, &token, "10:00").await;
    // The first look at a schedule only notes when it is due.
    world.run_jobs().await;
    go_to(&world, "2026-05-19T06:30:00Z");
    world.run_jobs().await;
    let reminders = told(&world, "BOOKING_REMINDER").await;
    assert_eq!(reminders.len(), 1, "{reminders:#?}");
    assert_eq!(reminders[0]["data"]["bookingId"], ahead["id"]);
    assert_eq!(remind(&world).await, 0);
}

/// NOTE-22: cancelled bookings send none, moved ones the new one, pending ones none, and one made within the last hours does
/// not remind of itself.
#[tokio::test]
async fn only_what_stands_is_reminded_of() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let by_hand = Club::confirming_by_hand(&world).await;
    let (customer, token) = world.customer().await;
    let cancelled = club.book(&world, &token, "09:00").await;
    let moved = club.book(&world, &token, "10:00").await;
    by_hand.book(&world, &token, "10:00").await;
    let act = async |booking: &Value, method: &str, action: &str, body: &Value| {
        let path = format!("/api/bookings/{}/{action}", booking["id"].as_str().expect("an id"));
        let token = world.token(customer, Role::Customer);
        world.call(method, &path).bearer(&token).key(fresh_key()).json(body).send().await.expect(200)
    };
    go_to(&world, "2026-05-18T07:00:00Z");
    assert_eq!(remind(&world).await, 2);
    act(&cancelled, "POST", "cancel", &json!({})).await;
    let later = json!({ "newDate": "2026-05-20", "newStartTime": "18:00" });
    act(&moved, "PUT", "modify", &later).await;
    for (instant, expected) in [
        // Two hours before the old slots, a day and two hours before the new one.
        ("2026-05-19T05:00:00Z", 0),
        ("2026-05-19T14:59:59Z", 0),
        ("2026-05-19T15:00:00Z", 1),
        ("2026-05-20T12:59:59Z", 0),
        ("2026-05-20T13:00:00Z", 1),
    ] {
        go_to(&world, instant);
        assert_eq!(remind(&world).await, expected, "{instant}");
    }
    let token = world.token(customer, Role::Customer);
    let body = booking_body(&club.court, "2026-05-20", "19:00", "pm_card_visa");
    world.post("/api/bookings").bearer(&token).key(fresh_key()).json(&body).send().await.expect(201);
    assert_eq!(remind(&world).await, 0, "five hours before: a day before has passed");
    go_to(&world, "2026-05-20T14:00:00Z");
    assert_eq!(remind(&world).await, 1);
}

/// NOTE-22: the instant follows the court's clock as it is when the reminder is due.
#[tokio::test]
async fn reminders_follow_the_courts_zone() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    club.book(&world, &token, "10:00").await;
    sqlx::query("UPDATE platform.courts SET timezone = 'Europe/London' WHERE id = $1::uuid")
        .bind(&club.court)
        .execute(&world.admin)
        .await
        .expect("a court");
    go_to(&world, "2026-05-18T08:59:59Z");
    assert_eq!(remind(&world).await, 0);
    go_to(&world, "2026-05-18T09:00:00Z");
    assert_eq!(remind(&world).await, 1);
}
