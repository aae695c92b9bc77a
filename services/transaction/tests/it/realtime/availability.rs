//! What readers of a court hear: everything that changes its slots, and nothing about people.

use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::world::{Client, Court};
use testkit::{PATIENCE, TestWorld, eventually};

use super::stomp::{Heard, Socket};
use super::{DAY, act, book, book_by_hand, day, slot, slots_of, time_of};

struct Scene {
    world: TestWorld,
    owner: Client,
    maria: Client,
    court: Court,
}

async fn scene() -> Scene {
    let world = TestWorld::start().await;
    let (owner, maria) = (world.owner("eleni").await, world.customer("maria").await);
    let court = world.court(&owner, json!({})).await;
    Scene { world, owner, maria, court }
}

/// The next update in which the slot at `start` has `status`. Whatever comes before it is about the same court.
async fn heard(reader: &mut Socket, court: &Court, start: &str, status: &str) -> Heard {
    loop {
        let message = reader.update().await;
        assert_eq!((&message.body["courtId"], &message.body["date"]), (&json!(court.id), &json!(DAY)));
        if slot(&message.body, start)["status"] == status {
            return message;
        }
    }
}

/// LIVE-42: every subscription begins with the fourteen days from the court's today, whole and in order; so does one after
/// leaving.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_begins_with_a_snapshot() {
    let Scene { world, maria, court, .. } = scene().await;
    book(&world, &maria, &court, DAY, "11:00").await;

    let (mut reader, snapshot) = Socket::watch(&world, &maria, &slots_of(&court)).await;
    assert_eq!((snapshot.header("destination"), snapshot.header("subscription")), (&*slots_of(&court), "watched"));
    assert_eq!(snapshot.header("content-type"), "application/json");
    let dates: Vec<&str> = snapshot.body["dates"]
        .as_array()
        .expect("days")
        .iter()
        .map(|day| day["date"].as_str().expect("a date"))
        .collect();
    let expected: Vec<String> = (4..18).map(|day| format!("2026-05-{day:02}")).collect();
    assert_eq!(dates, expected);
    let booked = day(&snapshot.body, DAY);
    assert_eq!(slot(booked, "11:00"), &json!({ "startTime": "11:00", "endTime": "12:30", "status": "BOOKED" }));
    assert_eq!(slot(booked, "12:30")["status"], "AVAILABLE");

    // Changes after leaving are not heard; coming back brings a new snapshot and nothing that was missed.
    reader.say("UNSUBSCRIBE\nid:watched\nreceipt:left\n\n\0").await;
    reader.until(|frame| frame.command == "RECEIPT").await;
    book(&world, &maria, &court, DAY, "14:00").await;
    reader.subscribe("again", &slots_of(&court)).await;
    let second = reader.frame().await;
    assert_eq!((second.kind(), second.header("subscription")), ("AVAILABILITY_SNAPSHOT", "again"));
    assert_eq!(slot(day(&second.body, DAY), "14:00")["status"], "BOOKED");
    assert!(time_of(&second.body) > time_of(&snapshot.body));
}

/// LIVE-08, LIVE-41: a hold shows with its end, and becomes free when that end has come and nobody has paid (LIVE-10).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_shows_with_its_end_and_ends() {
    let Scene { world, maria, court, .. } = scene().await;
    let (mut reader, _) = Socket::watch(&world, &world.customer("nikos").await, &slots_of(&court)).await;

    let _held = world.book(&maria, &court, (DAY, "11:00"), "pm_card_authenticationRequired").await.expect(201);
    let update = heard(&mut reader, &court, "11:00", "HELD").await;
    let expected = json!({
        "startTime": "11:00", "endTime": "12:30", "status": "HELD", "holdExpiresAt": "2026-05-04T09:05:00Z"
    });
    assert_eq!(slot(&update.body, "11:00"), &expected);
    let others = update.body["slots"].as_array().expect("slots").iter().filter(|slot| slot["startTime"] != "11:00");
    assert!(others.clone().count() > 5, "the whole day");
    assert!(others.into_iter().all(|slot| slot["status"] == "AVAILABLE" && slot.get("holdExpiresAt").is_none()));

    world.advance(SignedDuration::from_secs(301));
    heard(&mut reader, &court, "11:00", "AVAILABLE").await;
}

/// LIVE-17, LIVE-37, LIVE-48, EVT-17: booking, cancellation and the owner's own entries are heard, each with the trace of
/// the request that caused it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bookings_and_cancellations_are_heard_with_their_trace() {
    let Scene { world, owner, maria, court } = scene().await;
    let (mut reader, _) = Socket::watch(&world, &maria, &slots_of(&court)).await;
    let traced = |person: &Client, number: u32| {
        let trace = format!("{number:032x}");
        (person.clone().with_header("traceparent", &format!("00-{trace}-00000000000000aa-01")), trace)
    };

    let (customer, trace) = traced(&maria, 1);
    let booking = book(&world, &customer, &court, DAY, "11:00").await;
    caused_by(&mut reader, &trace, "11:00", "BOOKED").await;

    let (customer, trace) = traced(&maria, 2);
    act(&customer, &booking, "cancel", json!({})).await;
    caused_by(&mut reader, &trace, "11:00", "AVAILABLE").await;

    let (by_hand, trace) = traced(&owner, 3);
    book_by_hand(&by_hand, &court, DAY, "12:30").await;
    caused_by(&mut reader, &trace, "12:30", "BOOKED").await;
}

/// Waits for an update that the request with `trace` has caused and that shows what it did. Updates of requests before
/// may show it as well, because each shows the present.
async fn caused_by(reader: &mut Socket, trace: &str, start: &str, status: &str) {
    loop {
        let message = reader.update().await;
        if message.body["traceId"] == trace && slot(&message.body, start)["status"] == status {
            return;
        }
    }
}

/// LIVE-18: a booking whose card is declined was only ever a hold; it ends free and was never shown as booked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declined_card_never_shows_as_booked() {
    let Scene { world, maria, court, .. } = scene().await;
    let (mut reader, _) = Socket::watch(&world, &maria, &slots_of(&court)).await;
    let refused = world.book(&maria, &court, (DAY, "11:00"), "pm_card_chargeDeclined").await;
    assert_eq!(refused.status.as_u16(), 402, "{:#}", refused.body);
    // A booking afterwards marks the end of what the declined one may say.
    book(&world, &maria, &court, DAY, "14:00").await;
    let end = loop {
        let message = reader.update().await;
        assert_ne!(slot(&message.body, "11:00")["status"], "BOOKED");
        if slot(&message.body, "14:00")["status"] == "BOOKED" {
            break message;
        }
    };
    assert_eq!(slot(&end.body, "11:00")["status"], "AVAILABLE");
}

/// LIVE-17, EVT-17: when the owner changes the opening hours, readers get all days anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changed_windows_are_heard() {
    let Scene { world, owner, maria, court } = scene().await;
    let (mut reader, before) = Socket::watch(&world, &maria, &slots_of(&court)).await;
    assert_eq!(slot(day(&before.body, DAY), "08:00")["status"], "AVAILABLE");
    let windows = json!({ "windows": [{ "dayOfWeek": "WEDNESDAY", "startTime": "15:00", "endTime": "18:00" }] });
    let _windows = owner.put(&format!("/api/courts/{}/availability/windows", court.id), &windows).await.expect(200);
    let after = reader
        .until(|message| {
            assert_eq!(message.kind(), "AVAILABILITY_SNAPSHOT");
            day(&message.body, DAY)["slots"].as_array().is_some_and(|slots| slots.len() == 2)
        })
        .await;
    assert_eq!(slot(day(&after.body, DAY), "16:30")["status"], "AVAILABLE");
    assert_eq!(day(&after.body, "2026-05-07")["slots"], json!([]), "Thursdays are closed now");
    assert!(time_of(&after.body) > time_of(&before.body));
}

/// LIVE-42: a day that readers do not see is not told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_beyond_the_horizon_are_not_told() {
    let Scene { world, maria, court, .. } = scene().await;
    let (mut reader, _) = Socket::watch(&world, &maria, &slots_of(&court)).await;
    book(&world, &maria, &court, "2026-05-18", "11:00").await;
    book(&world, &maria, &court, "2026-05-17", "11:00").await;
    let first = reader.update().await;
    assert_eq!(first.body["date"], "2026-05-17", "the last visible day, and not the one after it");
}

/// LIVE-12, LIVE-32, LIVE-38: whatever happens, no message of a court has an id, name or address of a person in it, nor
/// members beyond the agreed ones; and a reader hears only of the court that was asked for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_message_of_a_court_knows_a_person() {
    let Scene { world, owner, maria, court } = scene().await;
    let other = world.court(&owner, json!({})).await;
    let nikos = world.customer("nikos").await;
    let (mut reader, snapshot) = Socket::watch(&world, &nikos, &slots_of(&court)).await;

    book(&world, &maria, &other, DAY, "11:00").await;
    let _held = world.book(&maria, &court, (DAY, "08:00"), "pm_card_authenticationRequired").await.expect(201);
    let booking = book(&world, &maria, &court, DAY, "11:00").await;
    act(&maria, &booking, "cancel", json!({ "reason": "Grandmother" })).await;
    book_by_hand(&owner, &court, DAY, "12:30").await;

    let mut messages = vec![snapshot];
    loop {
        let message = heard(&mut reader, &court, "08:00", "HELD").await;
        let done = slot(&message.body, "12:30")["status"] == "BOOKED";
        messages.push(message);
        if done {
            break;
        }
    }
    let booking_id = booking["id"].as_str().expect("an id").to_owned();
    let people = [maria.user_id().to_string(), owner.user_id().to_string(), nikos.user_id().to_string(), booking_id];
    let names = ["maria", "nikos", "eleni", "Grandmother", "@example.test", "eldByUserId", "userId", "price"];
    for message in &messages {
        for secret in people.iter().map(String::as_str).chain(names) {
            assert!(!message.text.contains(secret), "{secret} in {}", message.text);
        }
        for slot in slots(&message.body) {
            let members: Vec<&str> = slot.as_object().expect("a slot").keys().map(String::as_str).collect();
            let known = ["startTime", "endTime", "status", "holdExpiresAt"];
            assert!(members.iter().all(|member| known.contains(member)), "{members:?}");
        }
    }
}

fn slots(message: &Value) -> Vec<&Value> {
    let days = message["dates"].as_array().map_or_else(|| vec![message], |days| days.iter().collect());
    days.into_iter().flat_map(|day| day["slots"].as_array().expect("slots")).collect()
}

/// LIVE-21: the time from an event to the queues of its readers is measured with every change that is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_of_a_change_is_measured() {
    let metrics = kit::metrics::Metrics::install().expect("metrics of this process");
    let measured = || -> u64 {
        let text = metrics.render();
        let line = text.lines().find_map(|line| line.strip_prefix("availability_update_latency_seconds_count "));
        line.and_then(|count| count.parse().ok()).unwrap_or(0)
    };
    let Scene { world, maria, court, .. } = scene().await;
    let (mut reader, _) = Socket::watch(&world, &maria, &slots_of(&court)).await;
    let before = measured();
    book(&world, &maria, &court, DAY, "11:00").await;
    heard(&mut reader, &court, "11:00", "BOOKED").await;
    eventually("the change is measured", PATIENCE, || async { (measured() > before).then_some(()) }).await;
}
