//! Messages to those who like a court (FIND-36).

use contracts::booking::{CancelledBy, Slot};
use contracts::events::BookingCancelled;
use contracts::identity::Role;
use contracts::ids::{BookingId, UserId};
use serde_json::{Value, json};
use testkit::{PATIENCE, eventually};

use crate::club::{Club, MONDAY, Taken, publish, take, text};
use crate::support::World;

/// Somebody who likes `court`.
async fn fan(world: &World, court: &Value, preferences: Value) -> UserId {
    let (id, token) = world.person(Role::Customer).await;
    world.put(&format!("/api/users/me/favorites/{}", text(&court["id"]))).bearer(&token).send().await.expect(204);
    world.put("/api/users/me/preferences").bearer(&token).json(&preferences).send().await.expect(200);
    id
}

/// Everybody who was told, each as often as it happened, sorted.
async fn told(world: &World) -> Vec<String> {
    let events = world.events("NOTIFICATION_REQUESTED").await;
    let mut people: Vec<String> = events
        .into_iter()
        .filter(|(_, event)| event["payload"]["notificationType"] == "FAVORITE_COURT_ALERT")
        .map(|(person, _)| person)
        .collect();
    people.sort();
    people
}

fn sorted<const N: usize>(people: [UserId; N]) -> Vec<String> {
    let mut people = people.map(|person| person.0.to_string()).to_vec();
    people.sort();
    people
}

/// Publishes and waits until the consumer has handled it.
async fn happens(world: &World, event: BookingCancelled) {
    let id = publish(world, event).await;
    eventually("the event is handled", PATIENCE, async || {
        let handled: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM inbox WHERE consumer_group = 'platform.favorite-alerts' AND event_id = $1)",
        )
        .bind(id)
        .fetch_one(&world.pool)
        .await
        .expect("the inbox");
        handled.then_some(())
    })
    .await;
}

/// Waits until the consumer follows the topics: it begins with what comes next.
async fn following(world: &World) {
    world.run_tasks();
    eventually("the group follows", PATIENCE, async || {
        let partitions: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM bus.group_partitions WHERE consumer_group = 'platform.favorite-alerts' AND owner_id IS NOT NULL",
        )
        .fetch_one(&world.database.admin().await)
        .await
        .expect("the bus");
        (partitions > 0).then_some(())
    })
    .await;
}

fn cancelled(
    world: &World,
    court: &Value,
    date: &str,
    (start, end): (&str, &str),
    by: Option<UserId>,
) -> BookingCancelled {
    let time = |text: &str| text.parse().expect("a time");
    BookingCancelled {
        booking_id: BookingId(world.new_id()),
        court_id: text(&court["id"]).parse().expect("an id"),
        slot: Slot { date: date.parse().expect("a date"), start_time: time(start), end_time: time(end) },
        cancelled_by: CancelledBy::Customer,
        cancellation_reason: "plans".to_owned(),
        user_id: by,
        court_owner_id: None,
        refund_amount_cents: None,
        refund_percentage: None,
        waitlist_enabled: None,
    }
}

/// A day within the two weeks that messages reach: Thursday 7 May.
const THURSDAY: &str = "2026-05-07";

/// FIND-36: a cancelled booking is told to who likes the court at that day and time and wants to hear of it, once a day,
/// and not to whoever cancelled.
#[tokio::test]
async fn a_freed_slot_is_told_to_who_wants_it() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({ "durationMinutes": 60 })).await;
    following(&world).await;
    let anytime = fan(&world, &court, json!({})).await;
    let fitting = json!({ "preferredDays": ["THURSDAY"], "preferredStartTime": "17:00", "preferredEndTime": "20:00" });
    let thursdays = fan(&world, &court, fitting).await;
    fan(&world, &court, json!({ "preferredDays": ["MONDAY"] })).await;
    fan(&world, &court, json!({ "preferredStartTime": "08:00", "preferredEndTime": "18:30" })).await;
    fan(&world, &court, json!({ "notificationPreferences": { "favoriteCourtAlerts": false } })).await;
    fan(&world, &court, json!({ "notificationPreferences": { "promotionalNotifications": false } })).await;
    let canceller = fan(&world, &court, json!({})).await;
    world.person(Role::Customer).await;

    happens(&world, cancelled(&world, &court, THURSDAY, ("18:00", "19:00"), Some(canceller))).await;
    assert_eq!(told(&world).await, sorted([anytime, thursdays]));
    let (_, event) = world.events("NOTIFICATION_REQUESTED").await.remove(0);
    let message = &event["payload"];
    assert_eq!((&message["urgency"], &message["data"]["courtId"]), (&json!("PROMOTIONAL"), &court["id"]));
    let body = text(&message["body"]["en"]);
    assert!(body.contains("07/05/2026") && body.contains("18:00"), "{body}");
    assert_eq!(message["data"]["deepLink"], json!(format!("/courts/{}?date={THURSDAY}", text(&court["id"]))));
    assert!(text(&message["title"]["el"]).contains("Γήπεδο Σύνταγμα"));

    // The same day there is nothing more, whatever happens; the next day there is.
    happens(&world, cancelled(&world, &court, THURSDAY, ("18:00", "19:00"), Some(canceller))).await;
    assert_eq!(told(&world).await.len(), 2);
    world.clock.advance(jiff::SignedDuration::from_hours(24));
    happens(&world, cancelled(&world, &court, THURSDAY, ("18:00", "19:00"), Some(canceller))).await;
    assert_eq!(told(&world).await.len(), 4);
}

/// FIND-36: what is taken again, has begun, lies far ahead or is on a hidden court is no news.
#[tokio::test]
async fn only_what_can_be_booked_is_told() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({ "durationMinutes": 60 })).await;
    following(&world).await;
    let person = fan(&world, &court, json!({})).await;
    take(&world, &court, THURSDAY, "18:00", "19:00", Taken::Booked).await;
    for (date, times) in
        [(THURSDAY, ("18:00", "19:00")), ("2026-05-04", ("08:00", "09:00")), (MONDAY, ("18:00", "19:00"))]
    {
        happens(&world, cancelled(&world, &court, date, times, None)).await;
    }
    assert!(told(&world).await.is_empty());
    club.set_standing(&world, false, "ACTIVE").await;
    happens(&world, cancelled(&world, &court, THURSDAY, ("20:00", "21:00"), None)).await;
    assert!(told(&world).await.is_empty());
    club.set_standing(&world, true, "ACTIVE").await;
    happens(&world, cancelled(&world, &court, THURSDAY, ("20:00", "21:00"), None)).await;
    assert_eq!(told(&world).await, sorted([person]));
}

/// FIND-36: a changed price and a lifted block are told too, by the owner's own calls; together at most once a day.
#[tokio::test]
async fn prices_and_lifted_blocks_are_told() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({ "durationMinutes": 60 })).await;
    following(&world).await;
    let path = |part: &str| format!("/api/courts/{}/{part}", text(&court["id"]));
    let mondays = fan(&world, &court, json!({ "preferredDays": ["MONDAY"] })).await;
    let block = json!({ "date": THURSDAY });
    let created = world.post(&path("availability/overrides")).bearer(&club.token).json(&block).send().await.expect(201);
    let thursdays = fan(&world, &court, json!({ "preferredDays": ["THURSDAY"] })).await;
    let lifted = path(&format!("availability/overrides/{}", text(&created["id"])));
    world.delete(&lifted).bearer(&club.token).send().await.expect(204);
    eventually("the lifted block", PATIENCE, async || (told(&world).await == sorted([thursdays])).then_some(())).await;
    let prices = json!({ "basePriceCents": 2500, "rules": [], "specialDates": [] });
    let answer = world.put(&path("pricing")).bearer(&club.token).json(&prices).send().await;
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    eventually("the price", PATIENCE, async || (told(&world).await == sorted([mondays, thursdays])).then_some(()))
        .await;
    let titles: Vec<String> = world
        .events("NOTIFICATION_REQUESTED")
        .await
        .into_iter()
        .map(|(_, event)| text(&event["payload"]["title"]["en"]).to_owned())
        .collect();
    assert_eq!(titles, ["Free time: Syntagma Court", "New prices: Syntagma Court"]);
}

/// FIND-36: the same event twice, and two processes at once, tell nobody twice.
#[tokio::test]
async fn repeated_events_tell_nobody_twice() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({ "durationMinutes": 60 })).await;
    let person = fan(&world, &court, json!({})).await;
    following(&world).await;
    world.run_tasks();
    for _ in 0..10 {
        happens(&world, cancelled(&world, &court, THURSDAY, ("18:00", "19:00"), None)).await;
    }
    assert_eq!(told(&world).await, sorted([person]));
    // Old memories go.
    world.run_jobs().await;
    world.clock.advance(jiff::SignedDuration::from_hours(24 * 4));
    world.run_jobs().await;
    assert_eq!(world.count("SELECT count(*) FROM favorite_alerts").await, 0);
}
