//! What time alone changes: bookings end (BOOK-24); the rest stands with holds and confirmations.

use futures::future::join_all;
use serde_json::json;

use crate::support::{Club, World};

/// BOOK-24: when the end passes a confirmed booking is completed, once, however many processes look.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ended_booking_is_completed_once() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let id = booking["id"].as_str().expect("an id");

    world.clock.set("2026-05-19T07:59:59.999999Z".parse().expect("a literal instant"));
    assert_eq!(world.sweep().await, 0);
    world.clock.set("2026-05-19T08:00:00Z".parse().expect("a literal instant"));
    let sweeps = join_all((0..4).map(|_| world.sweep())).await;
    assert_eq!(sweeps.iter().sum::<usize>(), 1);

    assert_eq!(world.status_of(id).await, "COMPLETED");
    let completed = world.events("BOOKING_COMPLETED").await;
    assert_eq!(completed.len(), 1);
    let payload = &completed[0]["payload"];
    assert_eq!((&payload["userId"], &payload["courtOwnerNetCents"]), (&json!(customer), &json!(4500)));
    let steps: Vec<_> =
        world.events("BOOKING_ANALYTICS").await.iter().map(|event| event["payload"]["eventType"].clone()).collect();
    assert_eq!(steps, ["BOOKED", "COMPLETED"]);
}
