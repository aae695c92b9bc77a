//! How events leave the service: with their change and in their envelope.

use serde_json::{Value, json};

use crate::support::{Club, World, fresh_key};

/// LIVE-13, LIVE-15, EVT-01: what happens to a booking and the event that tells of it are written by one transaction, which
/// the database itself says (`xmin`); and every event carries who, when and in which trace around its payload.
#[tokio::test]
async fn a_change_and_its_event_are_one_transaction() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, customer) = world.customer().await;
    let booking = club.book(&world, &customer, "11:00").await;
    let path = format!("/api/bookings/{}/cancel", booking["id"].as_str().expect("an id"));
    world.post(&path).bearer(&customer).key(fresh_key()).json(&json!({})).send().await.expect(200);

    let rows: Vec<(String, bool)> = sqlx::query_as(
        "SELECT event.payload,
                EXISTS (SELECT 1 FROM transaction.booking_status_history step WHERE step.xmin = event.xmin)
         FROM transaction.outbox event WHERE event.topic = 'booking-events' ORDER BY event.seq",
    )
    .fetch_all(&world.admin)
    .await
    .expect("the outbox");
    let mut told = Vec::new();
    for (payload, with_its_change) in rows {
        let event: Value = serde_json::from_str(&payload).expect("JSON");
        let kind = event["eventType"].as_str().expect("a type").to_owned();
        for field in ["eventId", "source", "timestamp", "traceId", "spanId"] {
            assert!(event[field].is_string(), "{kind} has no {field}");
        }
        assert_eq!(event["source"], "transaction-service");
        assert!(event["payload"].is_object(), "{kind}");
        assert!(with_its_change || kind == "SLOT_HELD", "{kind} was written apart from its change");
        told.push(kind);
    }
    assert_eq!(told, ["SLOT_HELD", "BOOKING_CREATED", "BOOKING_CANCELLED"]);
}
