//! The whole house in process: what every other test of it relies on.

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::world::{Client, TestWorld, WorldOptions};
use testkit::{PATIENCE, eventually};

async fn slot(reader: &Client, court: uuid::Uuid, start: &str) -> Value {
    let path = format!("/api/courts/{court}/availability?date=2026-05-06");
    let day = reader.get(&path).await.expect(200);
    let slots = day["slots"].as_array().expect("slots");
    slots.iter().find(|slot| slot["startTime"] == start).expect("a slot at that time").clone()
}

/// A booking from tap to event: a customer finds a free slot, pays, and holds a confirmed booking; the slot is taken for
/// everybody, the owner sees it, and its events have left the outbox.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_booking_goes_through_the_whole_house() {
    let world = TestWorld::start().await;
    let (owner, customer) = (world.owner("eleni").await, world.customer("maria").await);
    assert_eq!(owner.session()["user"]["role"], "COURT_OWNER");
    let court = world.court(&owner, json!({})).await;
    assert_eq!(slot(&customer, court.id, "11:00").await["status"], "AVAILABLE");

    let booking = world.book(&customer, &court, ("2026-05-06", "11:00"), "pm_card_visa").await.expect(201);
    assert_eq!(booking["status"], "CONFIRMED", "{booking:#}");
    assert_eq!(slot(&customer, court.id, "11:00").await["status"], "BOOKED");
    assert_eq!(slot(&customer, court.id, "12:30").await["status"], "AVAILABLE");
    let id = booking["bookingId"].as_str().or(booking["id"].as_str()).expect("an id");
    let seen = owner.get(&format!("/api/bookings/{id}")).await.expect(200);
    assert_eq!(seen["status"], "CONFIRMED");

    eventually("the event of the booking is on the bus", PATIENCE, || async {
        let published: i64 = sqlx::query_scalar(
            "select count(*) from bus.messages
             where topic = 'booking-events' and convert_from(payload, 'UTF8')::jsonb ->> 'eventType' = 'BOOKING_CREATED'",
        )
        .fetch_one(world.admin())
        .await
        .expect("a count");
        (published == 1).then_some(())
    })
    .await;
}

/// Everybody gets in through the door that is theirs: people by a provider, staff with their role, the other service
/// with its key at the inner door only.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_staff_and_services_get_in() {
    let world = TestWorld::start_with(WorldOptions::default().with_sequential_ids()).await;
    let admin = world.staff("ada", Role::PlatformAdmin).await;
    let me = admin.get("/api/users/me").await.expect(200);
    assert_eq!(me["role"], "PLATFORM_ADMIN");
    world.anonymous().get("/api/users/me").await.refused(401, "AUTH_REQUIRED");

    let owner = world.owner("eleni").await;
    let path = format!("/internal/users/{}/stripe-connect-status", owner.user_id());
    assert_eq!(world.anonymous().get(&path).await.status, 404, "not at the outer door");
    assert_eq!(world.service().get(&path).await.expect(200)["status"], "ACTIVE");
}

/// AUTH-28: an owner who works with bookings alone is at work: the service that keeps the session hears of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_in_one_service_keeps_the_session_of_the_other_awake() {
    let world = TestWorld::start().await;
    let owner = world.owner("eleni").await;
    world.advance(SignedDuration::from_mins(5));
    owner.get("/api/bookings/0198c3de-7a10-7000-8000-0000000000aa").await.refused(404, "BOOKING_NOT_FOUND");
    eventually("the session was used five minutes after it began", PATIENCE, || async {
        let awake: bool = sqlx::query_scalar(
            "select max(last_used_at) = timestamptz '2026-05-04T09:05:00Z' from platform.sessions where user_id = $1",
        )
        .bind(owner.user_id())
        .fetch_one(world.admin())
        .await
        .expect("a session");
        awake.then_some(())
    })
    .await;
}

/// A world stops as a process does, and its database outlives it until the test ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_world_stops_in_order() {
    let mut world = TestWorld::start().await;
    let _ready = world.anonymous().get("/health/ready").await.expect(200);
    world.stop().await;
    let members: Vec<String> = sqlx::query_scalar("select consumer_group from bus.group_members")
        .fetch_all(world.admin())
        .await
        .expect("the members");
    assert!(members.is_empty(), "these consumers have not said good-bye: {members:?}");
}
