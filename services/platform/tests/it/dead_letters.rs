//! `/api/admin/dead-letters/platform*`: the same as in the transaction service, on this service's own table and log.

use contracts::identity::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::World;

const BASE: &str = "/api/admin/dead-letters/platform";

async fn park(world: &World, payload: &str) -> Uuid {
    sqlx::query_scalar(
        "INSERT INTO dead_letters (consumer_group, topic, partition, message_offset, event_id, message_key, headers,
             payload, error, attempts, parked_at)
         VALUES ('platform.favorite-alerts', 'booking-events', 0, 7, $1, 'court', '{}', $2, 'broken', 8, now())
         RETURNING entry_id",
    )
    .bind(world.new_id())
    .bind(payload.as_bytes())
    .fetch_one(&world.pool)
    .await
    .expect("parked")
}

/// EVT-05, OWN-35: what platform's consumers parked is listed, shown masked, sent again once and put away, each change with
/// its row in the audit log.
#[tokio::test]
async fn parked_messages_are_settled() {
    let world = World::new().await;
    let (admin_id, admin) = world.person(Role::PlatformAdmin).await;
    let envelope = json!({ "eventType": "BOOKING_CANCELLED", "payload": { "cancellationReason": "My knee" } });
    let first = park(&world, &envelope.to_string()).await;
    let second = park(&world, "{}").await;

    let list = world.get(&format!("{BASE}?topic=booking-events")).bearer(&admin).send().await.expect(200);
    assert_eq!(list["totalElements"], 2);
    let shown = world.get(&format!("{BASE}/{first}")).bearer(&admin).send().await.expect(200);
    assert_eq!((&shown["eventType"], &shown["attempts"]), (&json!("BOOKING_CANCELLED"), &json!(8)));
    assert_eq!(shown["payload"]["payload"]["cancellationReason"], "[masked]");

    let path = format!("{BASE}/{first}/replay");
    world.post(&path).bearer(&admin).send().await.expect(200);
    world.post(&path).bearer(&admin).send().await.refused(409, "DEAD_LETTER_NOT_PARKED");
    let headers: Vec<Value> = sqlx::query_scalar("SELECT headers FROM outbox WHERE topic = 'booking-events'")
        .fetch_all(&world.pool)
        .await
        .expect("the outbox");
    let [headers] = headers.as_slice() else { panic!("{headers:?}") };
    assert_eq!(headers["courtside-replay-for"], "platform.favorite-alerts");

    let path = format!("{BASE}/{second}/discard");
    world.post(&path).bearer(&admin).json(&json!({})).send().await.refused(400, "VALIDATION_ERROR");
    world
        .post(&path)
        .bearer(&admin)
        .json(&json!({ "reason": "<b> </b>" }))
        .send()
        .await
        .refused(400, "VALIDATION_ERROR");
    let answer = world.post(&path).bearer(&admin).json(&json!({ "reason": "The court is <i>gone</i>" })).send().await;
    assert_eq!(answer.status, 204);
    let both = json!({ "ids": [first, second] });
    let result = world.post(&format!("{BASE}/replay")).bearer(&admin).json(&both).send().await.expect(200);
    assert_eq!(result, json!({ "replayed": [], "skipped": [first, second] }));

    let audited: Vec<(String, Uuid, Uuid)> = sqlx::query_as(
        "SELECT action, resource_id, actor_id FROM audit_log WHERE resource_type = 'DEAD_LETTER' ORDER BY id",
    )
    .fetch_all(&world.pool)
    .await
    .expect("the audit log");
    let expected = [("DEAD_LETTER_REPLAYED", first), ("DEAD_LETTER_DISCARDED", second)];
    assert_eq!(audited, expected.map(|(action, id)| (action.to_owned(), id, admin_id.0)));
    let kept: Value = sqlx::query_scalar("SELECT state_after FROM audit_log WHERE action = 'DEAD_LETTER_DISCARDED'")
        .fetch_one(&world.pool)
        .await
        .expect("one audit row");
    assert_eq!(kept, json!({ "state": "DISCARDED", "reason": "The court is gone" }));
}
