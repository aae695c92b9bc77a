//! Registering devices, and losing them.

use contracts::events::{Channel, NotificationType};
use contracts::identity::Role;
use serde_json::{Value, json};

use super::{ask, deliver, phone, pushes, request, stands};
use crate::support::World;

async fn stored(world: &World) -> i64 {
    world.count("SELECT count(*) FROM transaction.notification_devices").await
}

/// A subscription at the sandbox's push service, as a browser prints it.
pub fn subscription(world: &World, id: &str) -> Value {
    json!({
        "endpoint": format!("{}/webpush/{id}", world.place.sandbox_url()),
        "keys": {
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        },
    })
}

/// NOTE-33, NOTE-34: several devices for one person; a token that registers again moves to whoever is signed in, and a new
/// token takes the place of the device's old one.
#[tokio::test]
async fn a_token_belongs_to_one_person() {
    let world = World::new().await;
    let ((maria, marias), (nikos, nikoss)) = (world.customer().await, world.customer().await);
    phone(&world, &marias, "one").await;
    phone(&world, &marias, "two").await;
    phone(&world, &marias, "two").await;
    assert_eq!(stored(&world).await, 2);
    // Somebody else signs in on the second phone.
    phone(&world, &nikoss, "two").await;
    // The first phone gets another token.
    let renewed = json!({ "deviceToken": "renewed", "platform": "ANDROID", "deviceId": "one" });
    world.post("/api/notifications/device").bearer(&marias).json(&renewed).send().await.expect(201);
    assert_eq!(stored(&world).await, 2);
    for person in [maria, nikos] {
        ask(&world, &request(person, NotificationType::RefundCompleted)).await;
    }
    deliver(&world, Channel::Push).await;
    for (token, count) in [("one", 0), ("renewed", 1), ("two", 1)] {
        assert_eq!(pushes(&world, token).await.len(), count, "{token}");
    }
}

/// NOTE-35: signing out takes the own device away, twice is once, and nobody takes away somebody else's.
#[tokio::test]
async fn a_device_is_taken_away_by_its_person_only() {
    let world = World::new().await;
    let ((_, marias), (_, nikoss)) = (world.customer().await, world.customer().await);
    phone(&world, &marias, "one").await;
    let gone = json!({ "deviceToken": "one" });
    for (token, left) in [(&nikoss, 1), (&marias, 0), (&marias, 0)] {
        world.call("DELETE", "/api/notifications/device").bearer(token).json(&gone).send().await.expect(204);
        assert_eq!(stored(&world).await, left);
    }
}

/// NOTE-37: neither tokens nor keys are readable in the database, and a row copied to another person opens nothing.
#[tokio::test]
async fn tokens_are_encrypted_at_rest() {
    let world = World::new().await;
    let (maria, marias) = world.customer().await;
    let body = json!({ "deviceToken": "a-token-of-a-phone", "platform": "IOS", "deviceId": "phone" });
    world.post("/api/notifications/device").bearer(&marias).json(&body).send().await.expect(201);
    let body = json!({ "deviceToken": "b", "platform": "WEB", "pushSubscription": subscription(&world, "maria") });
    world.post("/api/notifications/device").bearer(&marias).json(&body).send().await.expect(201);
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT encode(convert_to(device::text, 'UTF8'), 'escape') FROM transaction.notification_devices device",
    )
    .fetch_all(&world.admin)
    .await
    .expect("rows");
    for secret in ["a-token-of-a-phone", "webpush", "BTBZMqHH6r4Tts7J_aSIgg"] {
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!rows.iter().any(|row| row.contains(secret) || row.contains(&hex)), "{secret} is readable: {rows:?}");
    }
    let (nikos, _) = world.customer().await;
    sqlx::query("UPDATE transaction.notification_devices SET user_id = $1, device_id = NULL WHERE user_id = $2")
        .bind(nikos.0)
        .bind(maria.0)
        .execute(&world.admin)
        .await
        .expect("a copied row");
    ask(&world, &request(nikos, NotificationType::RefundCompleted)).await;
    deliver(&world, Channel::Push).await;
    assert_eq!(stands(&world, nikos, Channel::Push).await.0, "FAILED");
    assert_eq!(pushes(&world, "a-token-of-a-phone").await.len(), 0);
}

/// NOTE-36, NOTE-39: a token or a subscription that its vendor does not know any more is forgotten at that failure; the
/// person's other devices and ways are not touched.
#[tokio::test]
async fn dead_devices_are_forgotten_at_once() {
    let world = World::new().await;
    let (owner, token) = world.person(Role::CourtOwner).await;
    for name in ["unregistered-1", "invalid-2", "alive"] {
        phone(&world, &token, name).await;
    }
    for id in ["gone-browser", "browser"] {
        let body = json!({ "deviceToken": id, "platform": "WEB", "pushSubscription": subscription(&world, id) });
        world.post("/api/notifications/device").bearer(&token).json(&body).send().await.expect(201);
    }
    ask(&world, &request(owner, NotificationType::PayoutCompleted)).await;
    super::deliver_all(&world).await;
    assert_eq!(stored(&world).await, 2, "the living ones");
    for to in ["alive", "browser"] {
        assert_eq!(pushes(&world, to).await.len(), 1, "{to}");
    }
    for channel in [Channel::Push, Channel::WebPush, Channel::Email, Channel::InApp] {
        assert_eq!(stands(&world, owner, channel).await, ("SENT".to_owned(), 0, None), "{channel:?}");
    }
}

/// NOTE-33, NOTE-38: what cannot be used is refused by name, above all an address that is no push service: it would let
/// anybody make the service call any machine it can reach.
#[tokio::test]
async fn wrong_registrations_are_refused() {
    let world = World::new().await;
    let (_, token) = world.customer().await;
    let good = subscription(&world, "x");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = json!({ "deviceToken": "x", "platform": "WEB", "pushSubscription": good });
        change(&mut body);
        body
    };
    for (body, field) in [
        (json!({ "deviceToken": " ", "platform": "IOS" }), "deviceToken"),
        (json!({ "deviceToken": "x".repeat(5_000), "platform": "IOS" }), "deviceToken"),
        (json!({ "deviceToken": "x", "platform": "WATCH" }), "platform"),
        (json!({ "deviceToken": "x", "platform": "IOS", "pushSubscription": good }), "pushSubscription"),
        (
            with(&|body| body["pushSubscription"]["endpoint"] = "http://169.254.169.254/latest".into()),
            "pushSubscription.endpoint",
        ),
        (
            with(&|body| body["pushSubscription"]["endpoint"] = world.place.platform_url().into()),
            "pushSubscription.endpoint",
        ),
        (with(&|body| body["pushSubscription"]["keys"]["auth"] = "short".into()), "pushSubscription.keys.auth"),
        (with(&|body| body["pushSubscription"]["keys"]["p256dh"] = "AAAA".into()), "pushSubscription.keys.p256dh"),
    ] {
        let answer = world.post("/api/notifications/device").bearer(&token).json(&body).send().await;
        assert_eq!(answer.wrong_fields(), [field], "{body:#}");
    }
    assert_eq!(stored(&world).await, 0);
}

/// NOTE-38: a browser subscribes with the public key, and the keys it then gets messages by are told to nobody.
#[tokio::test]
async fn browsers_get_the_public_key() {
    let world = World::new().await;
    let (_, token) = world.person(Role::CourtOwner).await;
    let answer = world.get("/api/notifications/web-push-key").bearer(&token).send().await.expect(200);
    assert_eq!(answer["publicKey"].as_str().map(str::len), Some(87), "65 bytes of base64url");
}
