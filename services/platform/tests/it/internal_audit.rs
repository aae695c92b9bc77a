//! `POST /internal/audit-entries`: what owners did in the other service arrives in their log, once.

use contracts::internal::{AuditHandover, AuditHandoverEntry};
use serde_json::{Value, json};

use crate::club::Club;
use crate::support::{Answer, INTERNAL_KEY, World};

const PATH: &str = "/internal/audit-entries";

fn entry(world: &World, club: &Club, action: &str) -> AuditHandoverEntry {
    AuditHandoverEntry {
        id: world.new_id(),
        owner_id: contracts::ids::UserId(club.owner),
        timestamp: "2026-05-04T08:59:30Z".parse().expect("an instant"),
        action_type: action.to_owned(),
        resource_type: "BOOKING".to_owned(),
        resource_id: world.new_id(),
        before: Some(json!({ "status": "PENDING_CONFIRMATION" })),
        after: Some(json!({ "status": "CONFIRMED" })),
        trace_id: "0af7651916cd43dd8448eb211c80319c".to_owned(),
    }
}

async fn hand_over(world: &World, body: &impl serde::Serialize) -> Answer {
    world.internal("POST", PATH).header("x-internal-api-key", INTERNAL_KEY).json(body).send().await
}

async fn log(world: &World, club: &Club) -> Value {
    world.get("/api/audit-log?resourceType=BOOKING").bearer(&club.token).send().await.expect(200)
}

/// OWN-45, OWN-36: entries are stored as they happened, each once however often and by however many it is handed over,
/// and only their owner reads them.
#[tokio::test]
async fn entries_are_stored_once() {
    let world = World::new().await;
    let (club, other) = (Club::new(&world).await, Club::new(&world).await);
    let entries = vec![entry(&world, &club, "BOOKING_CONFIRMED"), entry(&world, &club, "BOOKING_NO_SHOW")];
    let handover = AuditHandover { entries: entries.clone() };
    let together = futures::future::join_all((0..8).map(|_| hand_over(&world, &handover))).await;
    assert!(together.iter().all(|answer| answer.status == 204), "{together:?}");
    // One more beside those that are here already.
    let more = AuditHandover { entries: [entries.clone(), vec![entry(&world, &club, "BOOKING_REJECTED")]].concat() };
    hand_over(&world, &more).await.expect(204);

    let log = log(&world, &club).await;
    assert_eq!(log["totalElements"], 3, "{log:#}");
    let stored = log["content"].as_array().expect("entries");
    let confirmed = stored.iter().find(|stored| stored["actionType"] == "BOOKING_CONFIRMED").expect("an entry");
    assert_eq!(
        *confirmed,
        json!({
            "id": entries[0].id, "timestamp": "2026-05-04T08:59:30Z", "actorId": club.owner,
            "actionType": "BOOKING_CONFIRMED", "resourceType": "BOOKING", "resourceId": entries[0].resource_id,
            "before": { "status": "PENDING_CONFIRMATION" }, "after": { "status": "CONFIRMED" }, "metadata": null,
        })
    );
    assert_eq!(self::log(&world, &other).await["totalElements"], 0);
}

/// OWN-45: a handover with anything wrong in it stores nothing of it.
#[tokio::test]
async fn a_wrong_handover_stores_nothing() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let good = serde_json::to_value(entry(&world, &club, "BOOKING_CONFIRMED")).expect("JSON");
    for (member, value, field) in [
        ("actionType", json!(""), "entries[1].actionType"),
        ("actionType", json!("booking confirmed"), "entries[1].actionType"),
        ("resourceType", json!("X".repeat(101)), "entries[1].resourceType"),
        ("traceId", json!("x".repeat(65)), "entries[1].traceId"),
        ("ownerId", json!("nobody"), "entries[1].ownerId"),
        ("timestamp", json!("yesterday"), "entries[1].timestamp"),
        ("id", Value::Null, "entries[1].id"),
    ] {
        let mut wrong = good.clone();
        wrong[member] = value;
        let body = json!({ "entries": [good, wrong] });
        assert_eq!(hand_over(&world, &body).await.wrong_fields(), [field]);
    }
    let many: Vec<_> = (0..101).map(|_| entry(&world, &club, "BOOKING_CONFIRMED")).collect();
    assert_eq!(hand_over(&world, &AuditHandover { entries: many }).await.wrong_fields(), ["entries"]);
    assert_eq!(log(&world, &club).await["totalElements"], 0);
}
