//! From a tap to a phone, a browser and a mailbox: the whole house, with all its background work.

use serde_json::{Value, json};
use testkit::world::Client;
use testkit::{PATIENCE, TestWorld, eventually};

const DAY: &str = "2026-05-06";
const TRACE: &str = "0000000000000000000000000000beef";

async fn phone(person: &Client, name: &str) {
    let body = json!({ "deviceToken": name, "platform": "IOS" });
    assert_eq!(person.post("/api/notifications/device", &body).await.status, 201);
}

/// The first message to `to` whose text has `words`.
async fn arrives(world: &TestWorld, list: &str, to: &str, words: &str) -> Value {
    eventually(&format!("{words} arrives at {to}"), PATIENCE, || async {
        let sent = world.sandbox().get(&format!("/outbox/{list}?to={to}")).await.expect(200);
        let found = sent[if list == "mail" { "mails" } else { "pushes" }].as_array().expect("a list").clone();
        found.into_iter().find(|one| one.to_string().contains(words))
    })
    .await
}

/// NOTE-02, NOTE-04, NOTE-19 to NOTE-21, OPS-09: a booking and its end reach the customer's phone and mailbox and the
/// owner's, in the language of each, and the trace of the request is on every message.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_booking_reaches_everybody_under_its_trace() {
    let world = TestWorld::start().await;
    let (owner, maria) = (world.owner("eleni").await, world.customer("maria").await);
    let _profile = owner.put("/api/users/me", &json!({ "language": "el" })).await.expect(200);
    phone(&maria, "marias-phone").await;
    phone(&owner, "owners-phone").await;
    let court = world.court(&owner, json!({})).await;
    let traced = maria.clone().with_header("traceparent", &format!("00-{TRACE}-00000000000000aa-01"));
    let booking = world.book(&traced, &court, (DAY, "11:00"), "pm_card_visa").await.expect(201);

    let push = arrives(&world, "push", "marias-phone", "Booking confirmed").await;
    let data = &push["message"]["data"];
    assert_eq!((&data["traceId"], &data["bookingId"]), (&json!(TRACE), &booking["id"]));
    assert_eq!(data["notificationType"], "BOOKING_CONFIRMED");
    let mail = arrives(&world, "mail", "maria@example.test", "Booking confirmed").await;
    assert_eq!(mail["customArgs"]["trace_id"], TRACE);
    assert_eq!(mail["categories"], json!(["booking"]));
    let to_owner = arrives(&world, "push", "owners-phone", "Νέα κράτηση").await;
    assert_eq!(to_owner["message"]["data"]["traceId"], TRACE);
    assert!(to_owner["body"].as_str().is_some_and(|body| body.starts_with("maria: ")), "{to_owner:#}");
    let to_owner = arrives(&world, "mail", "eleni@example.test", "Νέα κράτηση").await;
    assert_eq!(to_owner["customArgs"]["trace_id"], TRACE);

    let id = booking["id"].as_str().expect("an id");
    let key = crate::support::fresh_key().to_string();
    let canceller = maria.clone().with_header("x-idempotency-key", &key);
    let _cancelled =
        canceller.post(&format!("/api/bookings/{id}/cancel"), &json!({ "reason": "rain" })).await.expect(200);
    let mail = arrives(&world, "mail", "eleni@example.test", "Η κράτηση ακυρώθηκε").await;
    assert!(mail["text"].as_str().is_some_and(|text| text.contains("rain") && text.contains("Επιστροφή")), "{mail:#}");
    arrives(&world, "push", "marias-phone", "Booking cancelled").await;
}

/// NOTE-06, NOTE-38, RFC 8291: an owner's browser gets the message encrypted, signed by our VAPID key, and nobody between
/// can read it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_is_reached_while_the_portal_is_closed() {
    let world = TestWorld::start().await;
    let (owner, maria) = (world.owner("eleni").await, world.customer("maria").await);
    let body = json!({
        "deviceToken": "browser", "platform": "WEB",
        "pushSubscription": {
            "endpoint": format!("{}/sandbox/webpush/elenis-browser", world.base_url()),
            "keys": {
                "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
                "auth": "BTBZMqHH6r4Tts7J_aSIgg",
            },
        },
    });
    assert_eq!(owner.post("/api/notifications/device", &body).await.status, 201);
    let court = world.court(&owner, json!({})).await;
    let _booking = world.book(&maria, &court, (DAY, "11:00"), "pm_card_visa").await.expect(201);
    let push = arrives(&world, "push", "elenis-browser", "webpush").await;
    assert_eq!((&push["channel"], &push["message"]["urgency"]), (&json!("webpush"), &json!("high")));
    assert_eq!(push["message"]["subject"], "mailto:courtside@example.test");
    assert!(push["message"]["body"].as_str().is_some_and(|body| body.len() > 200));
}

/// NOTE-11: a mailbox vendor that does not answer holds up neither the phone of the same person nor anybody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hanging_vendor_holds_up_nobody() {
    let world = TestWorld::start().await;
    let (owner, maria) = (world.owner("eleni").await, world.customer("maria").await);
    phone(&maria, "marias-phone").await;
    let court = world.court(&owner, json!({})).await;
    let slow = json!({ "vendor": "sendgrid", "action": "delay", "delayMs": 60_000, "times": 0 });
    assert!(world.sandbox().post("/chaos", &slow).await.status.is_success());
    for start in ["09:30", "11:00", "12:30"] {
        let _booking = world.book(&maria, &court, (DAY, start), "pm_card_visa").await.expect(201);
        arrives(&world, "push", "marias-phone", &format!("{start}-")).await;
    }
    let sent = world.sandbox().get("/outbox/mail?to=maria@example.test").await.expect(200);
    assert_eq!(sent["mails"], json!([]), "the mails still hang");
}

/// NOTE-02: what platform asks for arrives by the same way: a copy of the own data can be fetched.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_of_the_platform_arrive() {
    let world = TestWorld::start().await;
    let maria = world.customer("maria").await;
    phone(&maria, "marias-phone").await;
    let asked = maria.post("/api/users/me/data-export", &json!({})).await;
    assert!(asked.status.is_success(), "{asked:?}");
    arrives(&world, "mail", "maria@example.test", "Your data is ready").await;
}
