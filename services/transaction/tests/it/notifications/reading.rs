//! The person's own list.

use contracts::events::{NotificationData, NotificationType};
use contracts::identity::Role;
use contracts::ids::BookingId;
use serde_json::{Value, json};

use super::{ask, deliver_all, greek_customer, hear, on_the_bus, request};
use crate::support::{Club, World};

async fn list(world: &World, token: &str, query: &str) -> Value {
    world.get(&format!("/api/notifications{query}")).bearer(token).send().await.expect(200)
}

/// NOTE-40, NOTE-08: newest first, one entry per message however many ways it went, in the reader's language, and nobody
/// else's.
#[tokio::test]
async fn a_person_reads_the_own_messages() {
    let world = World::new().await;
    let (maria, marias) = greek_customer(&world, "maria").await;
    let (nikos, nikoss) = world.customer().await;
    for kind in [NotificationType::BookingConfirmed, NotificationType::RefundCompleted] {
        ask(&world, &request(maria, kind)).await;
        world.advance(jiff::SignedDuration::from_secs(1));
    }
    ask(&world, &request(nikos, NotificationType::PaymentFailed)).await;
    deliver_all(&world).await;
    let found = list(&world, &marias, "").await;
    let kinds: Vec<&str> = found["notifications"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["notificationType"].as_str())
        .collect();
    assert_eq!(kinds, ["REFUND_COMPLETED", "BOOKING_CONFIRMED"]);
    assert_eq!(
        (&found["unreadCount"], &found["totalElements"], &found["page"], &found["size"]),
        (&json!(2), &json!(2), &json!(0), &json!(20))
    );
    let newest = &found["notifications"][0];
    assert_eq!(
        (&newest["title"], &newest["body"], &newest["read"]),
        (&json!("Τίτλος"), &json!("Κείμενο"), &json!(false))
    );
    assert_eq!((&newest["urgency"], &newest["data"]), (&json!("STANDARD"), &json!({ "deepLink": "/here" })));
    assert_eq!(
        list(&world, &marias, "?page=1&size=1").await["notifications"][0]["notificationType"],
        "BOOKING_CONFIRMED"
    );
    assert_eq!(list(&world, &nikoss, "").await["notifications"][0]["title"], "Title");
    let wrong = world.get("/api/notifications?size=0&page=-1").bearer(&marias).send().await.wrong_fields();
    assert_eq!(wrong, ["page", "size"]);
}

/// NOTE-41, NOTE-10: reading is repeatable, shows in the counts and in the delivery, and a foreign message does not exist.
#[tokio::test]
async fn what_was_read_stays_read() {
    let world = World::new().await;
    let ((maria, marias), (_, nikoss)) = (world.customer().await, world.customer().await);
    for kind in [NotificationType::BookingConfirmed, NotificationType::RefundCompleted, NotificationType::WeatherAlert]
    {
        ask(&world, &request(maria, kind)).await;
    }
    deliver_all(&world).await;
    let id = list(&world, &marias, "").await["notifications"][0]["id"].as_str().expect("an id").to_owned();
    let read = format!("/api/notifications/{id}/read");
    world.post(&read).bearer(&nikoss).send().await.refused(404, "NOTIFICATION_NOT_FOUND");
    for _ in 0..2 {
        world.post(&read).bearer(&marias).send().await.expect(204);
    }
    assert_eq!(list(&world, &marias, "").await["unreadCount"], 2);
    let unread = list(&world, &marias, "?unreadOnly=true").await;
    assert_eq!((unread["notifications"].as_array().map(Vec::len), &unread["totalElements"]), (Some(2), &json!(2)));
    let statuses: Vec<String> = sqlx::query_scalar(
        "SELECT status FROM transaction.notification_deliveries WHERE channel = 'IN_APP' AND notification_id = $1::uuid",
    )
    .bind(&id)
    .fetch_all(&world.admin)
    .await
    .expect("a delivery");
    assert_eq!(statuses, ["READ"]);
    for _ in 0..2 {
        world.post("/api/notifications/read-all").bearer(&marias).send().await.expect(204);
        assert_eq!(list(&world, &marias, "").await["unreadCount"], 0);
    }
    world
        .post(&format!("/api/notifications/{}/read", world.new_id()))
        .bearer(&marias)
        .send()
        .await
        .refused(404, "NOTIFICATION_NOT_FOUND");
}

/// NOTE-01: names are filled in from the ids when somebody reads, in the list as in the mail; the stored request names
/// nobody.
#[tokio::test]
async fn names_are_filled_in_on_delivery() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, marias) = world.customer().await;
    let booking = club.book(&world, &marias, "10:00").await;
    let mut wanted = request(club.owner, NotificationType::BookingConfirmed);
    wanted.body.en = "{customerName} has booked".to_owned();
    let id: BookingId = booking["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    wanted.data = Some(NotificationData { booking_id: Some(id), ..NotificationData::default() });
    ask(&world, &wanted).await;
    deliver_all(&world).await;
    let found = list(&world, &club.token, "").await;
    assert_eq!(found["notifications"][0]["body"], "Maria Dimitriou has booked");
    let mails = super::mails(&world, club.owner).await;
    let text = mails[0]["text"].as_str().expect("a text");
    assert!(text.contains("Maria Dimitriou has booked") && text.contains("Syntagma Court"), "{text}");
    assert!(text.contains("19/05/2026") && text.contains("10:00-11:00"), "{text}");
    let stored: String = sqlx::query_scalar("SELECT notification::text FROM transaction.notifications notification")
        .fetch_one(&world.admin)
        .await
        .expect("a row");
    assert!(!stored.contains("Maria") && !stored.contains("example.test"), "{stored}");
}

/// NOTE-17: a type that this build does not know is stored and shown, and leads nowhere; NOTE-13: its own urgency counts.
#[tokio::test]
async fn an_unknown_type_is_shown_as_text() {
    let world = World::new().await;
    let (maria, marias) = greek_customer(&world, "maria").await;
    let mut payload = serde_json::to_value(request(maria, NotificationType::WeatherAlert)).expect("JSON");
    payload["notificationType"] = "SOMETHING_NEW".into();
    payload["urgency"] = "CRITICAL".into();
    payload["channels"] = json!(["PUSH", "IN_APP", "PIGEON"]);
    hear(&world, &on_the_bus(&world, world.new_id(), &payload)).await;
    deliver_all(&world).await;
    let shown = &list(&world, &marias, "").await["notifications"][0];
    assert_eq!(
        (&shown["notificationType"], &shown["title"], &shown["data"]),
        (&json!("SOMETHING_NEW"), &json!("Τίτλος"), &json!({}))
    );
    let pushed = super::pushes(&world, "maria").await;
    assert_eq!((pushed.len(), &pushed[0]["message"]["data"]["deepLink"]), (1, &Value::Null));
}

/// AUTH-44: when an account is gone, so is what was written to it, and its devices.
#[tokio::test]
async fn a_deleted_account_leaves_nothing() {
    let world = World::new().await;
    let (maria, _) = greek_customer(&world, "maria").await;
    ask(&world, &request(maria, NotificationType::BookingConfirmed)).await;
    deliver_all(&world).await;
    let event = contracts::events::AccountDeleted { user_id: maria, role: Role::Customer };
    let mut message = on_the_bus(&world, world.new_id(), &serde_json::to_value(&event).expect("JSON"));
    let mut envelope: Value = serde_json::from_slice(&message.payload).expect("JSON");
    envelope["eventType"] = "ACCOUNT_DELETED".into();
    message.partition.topic = "security-events".to_owned();
    message.payload = envelope.to_string().into_bytes().into();
    hear(&world, &message).await;
    for table in ["notifications", "notification_deliveries", "notification_devices"] {
        let left: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM transaction.{table}")))
            .fetch_one(&world.admin)
            .await
            .expect("a count");
        assert_eq!(left, 0, "{table}");
    }
}
