//! `/api/admin/dead-letters/transaction*`: what consumers of this service have parked, as admins see and settle it. That a
//! replay reaches its group alone is shown where consumers are tested, on both buses.

use contracts::identity::Role;
use kit::clock::Clock as _;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::World;

const BASE: &str = "/api/admin/dead-letters/transaction";

/// Parks a message of `group` and answers its id.
async fn park(world: &World, group: &str, payload: &[u8]) -> Uuid {
    sqlx::query_scalar(
        "INSERT INTO transaction.dead_letters (consumer_group, topic, partition, message_offset, event_id, message_key,
             headers, payload, error, attempts, parked_at)
         VALUES ($1, 'court-update-events', 0, 7, $2, 'court', '{\"traceparent\": \"00-aa\"}', $3,
             'no court for maria@example.test', 8, $4)
         RETURNING entry_id",
    )
    .bind(group)
    .bind(world.new_id())
    .bind(payload)
    .bind(jiff_sqlx::ToSqlx::to_sqlx(world.clock.now()))
    .fetch_one(&world.admin)
    .await
    .expect("parked")
}

fn envelope() -> Value {
    json!({
        "eventType": "COURT_DELETED", "source": "platform-service", "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
        "payload": { "courtId": "0198c3de-7a10-7000-8000-0000000000aa", "courtName": "Grandmother's court" },
    })
}

async fn rows(world: &World, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&world.admin).await.expect("a count")
}

/// EVT-05, EVT-09: an admin sees topic, key, type, error and tries of what was parked, narrowed by state, topic and group;
/// the message itself with everything masked that a person wrote or that tells who they are.
#[tokio::test]
async fn parked_messages_are_shown_masked() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let parked = park(&world, "transaction.bookings", envelope().to_string().as_bytes()).await;
    park(&world, "transaction.notifications", b"no json").await;

    let list = world.get(BASE).bearer(&admin).send().await.expect(200);
    assert_eq!(list["totalElements"], 2);
    let path = format!("{BASE}?state=PARKED&topic=court-update-events&consumerGroup=transaction.bookings");
    let list = world.get(&path).bearer(&admin).send().await.expect(200);
    let [letter] = list["content"].as_array().expect("a list").as_slice() else { panic!("{list}") };
    assert_eq!(letter["id"], json!(parked));
    let told = ["consumerGroup", "topic", "key", "eventType", "error", "attempts", "replays", "state"];
    assert_eq!(
        told.map(|field| letter[field].clone()),
        [
            json!("transaction.bookings"),
            json!("court-update-events"),
            json!("court"),
            json!("COURT_DELETED"),
            json!("no court for [masked]"),
            json!(8),
            json!(0),
            json!("PARKED"),
        ]
    );
    let none = world.get(&format!("{BASE}?state=HANDLED")).bearer(&admin).send().await.expect(200);
    assert_eq!((&none["totalElements"], &none["content"]), (&json!(0), &json!([])));
    world.get(&format!("{BASE}?state=LOST")).bearer(&admin).send().await.refused(400, "VALIDATION_ERROR");
    world.get(&format!("{BASE}?size=101")).bearer(&admin).send().await.refused(400, "VALIDATION_ERROR");

    let shown = world.get(&format!("{BASE}/{parked}")).bearer(&admin).send().await.expect(200);
    assert_eq!(shown["payload"]["payload"]["courtId"], envelope()["payload"]["courtId"]);
    assert!(!shown.to_string().contains("Grandmother"), "{shown}");
    let path = format!("{BASE}/{}", Uuid::nil());
    world.get(&path).bearer(&admin).send().await.refused(404, "DEAD_LETTER_NOT_FOUND");
}

/// EVT-05, EVT-01: a replay, its audit row and the event for the group are one transaction; asking again is refused and
/// sends nothing.
#[tokio::test]
async fn a_message_is_sent_again_once() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let parked = park(&world, "transaction.bookings", envelope().to_string().as_bytes()).await;
    let path = format!("{BASE}/{parked}/replay");
    let (first, second) =
        tokio::join!(world.post(&path).bearer(&admin).send(), world.post(&path).bearer(&admin).send(),);
    let (sent, refused) = if first.status.is_success() { (first, second) } else { (second, first) };
    assert_eq!(sent.expect(200)["replayed"], json!([parked]));
    assert_eq!(refused.refused(409, "DEAD_LETTER_NOT_PARKED")["details"]["state"], "REPLAYING");

    let (topic, key, headers, payload): (String, String, Value, String) =
        sqlx::query_as("SELECT topic, message_key, headers, payload FROM transaction.outbox")
            .fetch_one(&world.admin)
            .await
            .expect("one event");
    assert_eq!((topic.as_str(), key.as_str()), ("court-update-events", "court"));
    assert_eq!(headers["courtside-replay-for"], "transaction.bookings");
    assert_eq!(headers["traceparent"], "00-aa", "the trace goes on (EVT-08)");
    assert_eq!(serde_json::from_str::<Value>(&payload).expect("JSON"), envelope());
    let audited = "SELECT count(*) FROM transaction.audit_log WHERE action = 'DEAD_LETTER_REPLAYED'";
    assert_eq!(rows(&world, audited).await, 1);
}

/// EVT-05: several are sent each by itself; what cannot be sent is named and untouched.
#[tokio::test]
async fn several_are_sent_again() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let one = park(&world, "transaction.bookings", b"{}").await;
    let two = park(&world, "transaction.bookings", b"{}").await;
    let unreadable = park(&world, "transaction.bookings", &[0xff]).await;
    let unknown = world.new_id();
    let body = json!({ "ids": [one, unreadable, unknown, two, one] });
    let path = format!("{BASE}/replay");
    let result = world.post(&path).bearer(&admin).json(&body).send().await.expect(200);
    assert_eq!(result, json!({ "replayed": [one, two], "skipped": [unreadable, unknown, one] }));
    assert_eq!(rows(&world, "SELECT count(*) FROM transaction.outbox").await, 2);
    world.post(&path).bearer(&admin).json(&json!({ "ids": [] })).send().await.refused(400, "VALIDATION_ERROR");
    let alone = world.post(&format!("{BASE}/{unreadable}/replay")).bearer(&admin).send().await;
    alone.refused(422, "DEAD_LETTER_UNREADABLE");
}

/// EVT-05: what is put away is not sent any more; who did it and why stand in the audit log.
#[tokio::test]
async fn a_message_is_put_away() {
    let world = World::new().await;
    let (admin_id, admin) = world.person(Role::PlatformAdmin).await;
    let parked = park(&world, "transaction.bookings", b"{}").await;
    let path = format!("{BASE}/{parked}/discard");
    let why = json!({ "reason": "The court is <i>gone</i>" });
    world.post(&path).bearer(&admin).json(&json!({ "reason": " " })).send().await.refused(400, "VALIDATION_ERROR");
    let answer = world.post(&path).bearer(&admin).json(&why).send().await;
    assert_eq!(answer.status, 204);
    world.post(&path).bearer(&admin).json(&why).send().await.refused(409, "DEAD_LETTER_NOT_PARKED");
    let replay = world.post(&format!("{BASE}/{parked}/replay")).bearer(&admin).send().await;
    replay.refused(409, "DEAD_LETTER_NOT_PARKED");
    let unknown = world.post(&format!("{BASE}/{}/discard", Uuid::nil())).bearer(&admin).json(&why).send().await;
    unknown.refused(404, "DEAD_LETTER_NOT_FOUND");
    assert_eq!(rows(&world, "SELECT count(*) FROM transaction.outbox").await, 0);
    let (actor, after): (Uuid, Value) = sqlx::query_as(
        "SELECT actor_id, state_after FROM transaction.audit_log WHERE action = 'DEAD_LETTER_DISCARDED'",
    )
    .fetch_one(&world.admin)
    .await
    .expect("one audit row");
    let expected = json!({ "deadLetterId": parked, "state": "DISCARDED", "reason": "The court is gone" });
    assert_eq!((actor, after), (admin_id.0, expected));
}
