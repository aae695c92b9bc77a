//! Delivery of messages on a real database, beside the real platform and the sandbox's vendors. One file per promise.

mod arrival;
mod devices;
mod reading;
mod sockets;
mod unsubscribing;
mod waiting;
mod workers;

use contracts::events::{Channel, LocalisedText, NotificationData, NotificationRequested, NotificationType};
use contracts::identity::Role;
use contracts::ids::UserId;
use kit::bus::Handler as _;
use serde_json::{Value, json};
use transaction::notifications::consumers::Requests;
use transaction::notifications::ops;
use uuid::Uuid;

use crate::support::World;

const TRACE: &str = "0123456789abcdef0123456789abcdef";

/// A request with words of no meaning.
fn request(user: UserId, kind: NotificationType) -> NotificationRequested {
    NotificationRequested {
        user_id: user,
        notification_type: kind,
        urgency: kind.urgency(),
        title: LocalisedText { el: "Τίτλος".to_owned(), en: "Title".to_owned() },
        body: LocalisedText { el: "Κείμενο".to_owned(), en: "Text".to_owned() },
        data: Some(NotificationData { deep_link: Some("/here".to_owned()), ..NotificationData::default() }),
        channels: None,
    }
}

/// A message of the bus.
fn on_the_bus(world: &World, event_id: Uuid, payload: &Value) -> kit::bus::Message {
    let envelope = json!({
        "eventId": event_id, "eventType": "NOTIFICATION_REQUESTED", "source": "platform-service",
        "timestamp": world.clock_now(), "traceId": TRACE, "spanId": "0123456789abcdef", "payload": payload,
    });
    kit::bus::Message {
        partition: kit::bus::Partition { topic: "notification-events".to_owned(), number: 0 },
        offset: 0,
        event_id,
        key: payload["userId"].as_str().expect("an id").to_owned(),
        headers: [("traceparent".to_owned(), format!("00-{TRACE}-0123456789abcdef-01"))].into(),
        payload: envelope.to_string().into_bytes().into(),
        published_at: world.clock_now(),
    }
}

async fn hear(world: &World, message: &kit::bus::Message) {
    let mut connection = world.node.state.pool.acquire().await.expect("a connection");
    Requests::new(world.node.state.clone()).handle(&mut connection, message).await.expect("it is handled");
}

/// Asks for a message, as both services do.
async fn ask(world: &World, request: &NotificationRequested) {
    let payload = serde_json::to_value(request).expect("JSON");
    hear(world, &on_the_bus(world, world.new_id(), &payload)).await;
}

/// Does what the workers of the first process do, once for each way.
async fn deliver_all(world: &World) {
    for channel in [Channel::InApp, Channel::Push, Channel::WebPush, Channel::Email] {
        deliver(world, channel).await;
    }
}

async fn deliver(world: &World, channel: Channel) {
    ops::deliver_due(&world.node.state, channel).await.expect("deliveries");
}

/// Registers a phone; messages to it are found under `phone`.
async fn phone(world: &World, token: &str, phone: &str) {
    let body = json!({ "deviceToken": phone, "platform": "ANDROID", "deviceId": phone });
    world.post("/api/notifications/device").bearer(token).json(&body).send().await.expect(201);
}

/// What arrived at a phone or a browser, newest first.
async fn pushes(world: &World, to: &str) -> Vec<Value> {
    let sent = world.sandbox("GET", &format!("/outbox/push?to={to}")).send().await.expect(200);
    sent["pushes"].as_array().expect("pushes").clone()
}

/// What arrived in a mailbox, newest first.
async fn mails(world: &World, user: UserId) -> Vec<Value> {
    let sent = world.sandbox("GET", &format!("/outbox/mail?to={}@example.test", user.0)).send().await.expect(200);
    sent["mails"].as_array().expect("mails").clone()
}

/// Status, failed tries and reason of a person's only delivery by `channel`.
async fn stands(world: &World, user: UserId, channel: Channel) -> (String, i32, Option<String>) {
    sqlx::query_as(
        "SELECT status, tries, failure_reason FROM transaction.notification_deliveries
         WHERE user_id = $1 AND channel = $2",
    )
    .bind(user.0)
    .bind(channel.as_str())
    .fetch_one(&world.admin)
    .await
    .expect("one delivery")
}

/// Somebody who reads Greek, with a phone called `phone`.
async fn greek_customer(world: &World, name: &str) -> (UserId, String) {
    let (user, token) = world.person(Role::Customer).await;
    sqlx::query("UPDATE platform.users SET language = 'el' WHERE id = $1")
        .bind(user.0)
        .execute(&world.admin)
        .await
        .expect("a language");
    phone(world, &token, name).await;
    (user, token)
}
