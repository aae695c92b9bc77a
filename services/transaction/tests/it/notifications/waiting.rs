//! What waits: quiet hours, and preferences that change meanwhile.

use contracts::events::{Channel, NotificationData, NotificationType};
use contracts::ids::{BookingId, UserId};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{ask, deliver_all, greek_customer, mails, pushes, request, stands};
use crate::support::{Club, World};

async fn prefer(world: &World, token: &str, change: Value) {
    world.platform("PUT", "/api/users/me/preferences").bearer(token).json(&change).send().await.expect(200);
}

async fn count(world: &World, user: UserId, phone: &str) -> (usize, usize) {
    (pushes(world, phone).await.len(), mails(world, user).await.len())
}

/// NOTE-13, NOTE-29, NOTE-30: in quiet hours a critical message arrives at once, others when the window ends, in order.
#[tokio::test]
async fn quiet_hours_hold_back_what_may_wait() {
    let world = World::new().await;
    let (maria, token) = greek_customer(&world, "maria").await;
    // It is noon in Athens.
    prefer(&world, &token, json!({ "doNotDisturbStart": "11:00", "doNotDisturbEnd": "13:00" })).await;
    for (number, kind) in
        [NotificationType::RefundCompleted, NotificationType::BookingCancelled, NotificationType::PaymentReceived]
            .into_iter()
            .enumerate()
    {
        let mut wanted = request(maria, kind);
        wanted.title.el = number.to_string();
        ask(&world, &wanted).await;
    }
    deliver_all(&world).await;
    assert_eq!(count(&world, maria, "maria").await, (1, 1), "the critical one");
    world.advance(SignedDuration::from_mins(59));
    deliver_all(&world).await;
    assert_eq!(count(&world, maria, "maria").await, (1, 1), "not a minute too early");
    world.advance(SignedDuration::from_mins(1));
    deliver_all(&world).await;
    let titles: Vec<Value> = pushes(&world, "maria").await.iter().rev().map(|push| push["title"].clone()).collect();
    assert_eq!(titles, ["1", "0", "2"]);
    assert_eq!(mails(&world, maria).await.len(), 3);
}

/// NOTE-32: a change of preferences counts for what waits too: ended quiet hours let it go within minutes, a switch
/// turned off drops it.
#[tokio::test]
async fn a_change_counts_for_what_waits() {
    let world = World::new().await;
    let (maria, token) = greek_customer(&world, "maria").await;
    prefer(&world, &token, json!({ "doNotDisturbStart": "11:00", "doNotDisturbEnd": "23:00" })).await;
    ask(&world, &request(maria, NotificationType::RefundCompleted)).await;
    deliver_all(&world).await;
    prefer(
        &world,
        &token,
        json!({
            "doNotDisturbStart": null, "doNotDisturbEnd": null,
            "notificationPreferences": { "emailNotifications": false },
        }),
    )
    .await;
    world.advance(SignedDuration::from_mins(5));
    deliver_all(&world).await;
    assert_eq!(count(&world, maria, "maria").await, (1, 0));
    assert_eq!(stands(&world, maria, Channel::Email).await, ("DROPPED".to_owned(), 0, Some("SWITCHED_OFF".to_owned())));
}

/// NOTE-30: what waited until its booking was called off is dropped.
#[tokio::test]
async fn what_has_become_pointless_is_dropped() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (maria, token) = greek_customer(&world, "maria").await;
    let booking = club.book(&world, &token, "10:00").await;
    let id: BookingId = booking["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    prefer(&world, &token, json!({ "doNotDisturbStart": "11:00", "doNotDisturbEnd": "13:00" })).await;
    let mut reminder = request(maria, NotificationType::BookingReminder);
    reminder.data = Some(NotificationData { booking_id: Some(id), ..NotificationData::default() });
    ask(&world, &reminder).await;
    deliver_all(&world).await;
    world
        .post(&format!("/api/bookings/{id}/cancel"))
        .bearer(&token)
        .key(crate::support::fresh_key())
        .json(&json!({ "reason": "rain" }))
        .send()
        .await
        .expect(200);
    world.advance(SignedDuration::from_hours(1));
    deliver_all(&world).await;
    assert_eq!(pushes(&world, "maria").await.len(), 0);
    assert_eq!(stands(&world, maria, Channel::Push).await.2.as_deref(), Some("POINTLESS"));
}

/// NOTE-28: with everything switched off, what is critical is still in the app.
#[tokio::test]
async fn what_is_critical_is_at_least_in_the_app() {
    let world = World::new().await;
    let (maria, token) = greek_customer(&world, "maria").await;
    let off = json!({ "bookingEvents": false, "emailNotifications": false, "pushNotifications": false });
    prefer(&world, &token, json!({ "notificationPreferences": off })).await;
    ask(&world, &request(maria, NotificationType::BookingCancelled)).await;
    ask(&world, &request(maria, NotificationType::BookingReminder)).await;
    deliver_all(&world).await;
    assert_eq!(count(&world, maria, "maria").await, (0, 0));
    let list = world.get("/api/notifications").bearer(&token).send().await.expect(200);
    let kinds: Vec<&Value> =
        list["notifications"].as_array().expect("a list").iter().map(|one| &one["notificationType"]).collect();
    assert_eq!(kinds, ["BOOKING_CANCELLED"]);
}

async fn owner_prefers(world: &World, token: &str, change: Value) {
    world
        .platform("PUT", "/api/settings/notification-preferences")
        .bearer(token)
        .json(&change)
        .send()
        .await
        .expect(200);
}

/// NOTE-31, NOTE-14: with the digest on, the mail of a day is one letter at eight in the morning; push goes at once, and so
/// does critical mail. A morning without news brings no mail.
#[tokio::test]
async fn a_digest_is_one_letter_in_the_morning() {
    let world = World::new().await;
    let (owner, token) = world.person(contracts::identity::Role::CourtOwner).await;
    super::phone(&world, &token, "phone").await;
    owner_prefers(&world, &token, json!({ "emailDigest": { "enabled": true, "frequency": "DAILY" } })).await;
    for (kind, title) in [
        (NotificationType::PayoutCompleted, "First"),
        (NotificationType::BookingCancelled, "Critical"),
        (NotificationType::SubscriptionRenewed, "Second"),
    ] {
        let mut wanted = request(owner, kind);
        wanted.title.en = title.to_owned();
        ask(&world, &wanted).await;
    }
    deliver_all(&world).await;
    assert_eq!(count(&world, owner, "phone").await, (3, 1));
    // From noon to eight in the morning, with a look before.
    world.advance(SignedDuration::from_mins(20 * 60 - 1));
    deliver_all(&world).await;
    assert_eq!(mails(&world, owner).await.len(), 1);
    world.advance(SignedDuration::from_mins(1));
    deliver_all(&world).await;
    let letters = mails(&world, owner).await;
    assert_eq!((letters.len(), &letters[0]["categories"]), (2, &json!(["digest"])));
    let text = letters[0]["text"].as_str().expect("a text");
    let place = |words: &str| text.find(words).expect(words);
    assert!(place("First") < place("Second") && !text.contains("Critical"), "{text}");
    world.advance(SignedDuration::from_hours(24));
    deliver_all(&world).await;
    assert_eq!(mails(&world, owner).await.len(), 2, "no events, no mail");
}
