//! How a court confirms, seen from the customer who books and from the owner who answers, across both services.

use serde_json::{Value, json};
use testkit::world::{Client, TestWorld};
use testkit::{PATIENCE, eventually};

const DATE: &str = "2026-05-06";

fn id_of(booking: &Value) -> String {
    booking["bookingId"].as_str().expect("an id").to_owned()
}

async fn read(client: &Client, booking: &Value) -> Value {
    client.get(&format!("/api/bookings/{}", id_of(booking))).await.expect(200)
}

/// The same caller with an idempotency key of its own.
fn with_key(world: &TestWorld, client: &Client) -> Client {
    let key = uuid::Builder::from_random_bytes(world.env().ids.new_id().into_bytes()).into_uuid();
    client.clone().with_header("x-idempotency-key", &key.to_string())
}

async fn set_mode(owner: &Client, court: uuid::Uuid, mode: Value) {
    let _done = owner.put(&format!("/api/courts/{court}/confirmation-mode"), &mode).await.expect(200);
}

/// COURT-37, FIND-28, FIND-29: another mode or timeout holds for later bookings only; each keeps the mode and the deadline
/// it was made with. A booking that says no length takes the court's, none takes more people than the court holds, and one
/// that waits says until when.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_booking_keeps_the_mode_it_was_made_with() {
    let world = TestWorld::start().await;
    let (owner, customer) = (world.owner("eleni").await, world.customer("maria").await);
    let court = world.court(&owner, json!({ "durationMinutes": 60, "maxCapacity": 4 })).await;
    let book = async |start: &str| world.book(&customer, &court, (DATE, start), "pm_card_visa").await.expect(201);

    let instant = book("09:00").await;
    assert_eq!((&instant["status"], &instant["confirmationMode"]), (&json!("CONFIRMED"), &json!("INSTANT")));
    assert_eq!((&instant["durationMinutes"], &instant["endTime"]), (&json!(60), &json!("10:00")));
    assert!(instant["confirmationDeadline"].is_null(), "nobody has to answer: {instant:#}");

    set_mode(&owner, court.id, json!({ "mode": "MANUAL", "confirmationTimeoutHours": 12 })).await;
    let pending = book("10:00").await;
    assert_eq!((&pending["status"], &pending["confirmationMode"]), (&json!("PENDING_CONFIRMATION"), &json!("MANUAL")));
    let deadline = pending["confirmationDeadline"].clone();
    assert_eq!(deadline, json!("2026-05-04T21:00:00Z"), "twelve hours from now: {pending:#}");

    set_mode(&owner, court.id, json!({ "mode": "MANUAL", "confirmationTimeoutHours": 3 })).await;
    assert_eq!(book("11:00").await["confirmationDeadline"], json!("2026-05-04T12:00:00Z"));
    set_mode(&owner, court.id, json!({ "mode": "INSTANT" })).await;
    let kept = [read(&customer, &instant).await, read(&customer, &pending).await];
    assert_eq!((&kept[0]["status"], &kept[0]["confirmationMode"]), (&json!("CONFIRMED"), &json!("INSTANT")));
    assert_eq!((&kept[1]["status"], &kept[1]["confirmationMode"]), (&json!("PENDING_CONFIRMATION"), &json!("MANUAL")));
    assert_eq!(kept[1]["confirmationDeadline"], deadline);
    assert_eq!(book("12:00").await["status"], "CONFIRMED");

    let wish = json!({
        "courtId": court.id, "date": DATE, "startTime": "15:00", "numberOfPeople": 5, "paymentMethodId": "pm_card_visa",
    });
    let crowd = with_key(&world, &customer).post("/api/bookings", &wish).await;
    assert!(matches!(crowd.status.as_u16(), 400 | 422), "{:#}", crowd.body);
    assert!(crowd.body.to_string().contains("numberOfPeople"), "{:#}", crowd.body);
}

/// OWN-35, OWN-45: what an owner does with a booking is in the log that platform keeps, once, even when it is handed over
/// again; what customers do is not, and another owner sees none of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_owners_do_with_bookings_is_in_their_log() {
    let world = TestWorld::start().await;
    let (owner, other) = (world.owner("eleni").await, world.owner("petros").await);
    let customer = world.customer("maria").await;
    let court = world.court(&owner, json!({ "confirmationMode": "MANUAL" })).await;
    let booking = world.book(&customer, &court, (DATE, "11:00"), "pm_card_visa").await.expect(201);
    let booking = id_of(&booking);
    let _done = owner.post(&format!("/api/bookings/{booking}/confirm"), &json!({})).await.expect(200);
    let log = async |client: &Client| {
        let log = client.get("/api/audit-log?resourceType=BOOKING").await.expect(200);
        log["content"].as_array().expect("entries").clone()
    };
    let entries = eventually("the confirmation is in the log", PATIENCE, || async {
        let entries = log(&owner).await;
        entries.iter().any(|entry| entry["actionType"] == "BOOKING_CONFIRMED").then_some(entries)
    })
    .await;
    let confirmed: Vec<_> = entries.iter().filter(|entry| entry["actionType"] == "BOOKING_CONFIRMED").collect();
    assert_eq!(confirmed.len(), 1, "{entries:#?}");
    assert_eq!((&confirmed[0]["resourceId"], &confirmed[0]["actorId"]), (&json!(booking), &json!(owner.user_id())));
    assert!(entries.iter().all(|entry| entry["actorId"] == json!(owner.user_id())), "{entries:#?}");
    assert_eq!(log(&other).await.len(), 0);

    // As after a crash between platform's answer and the note of it here.
    let again = "insert into transaction.audit_handover (audit_id, entry_id)
                 select id, $2 from transaction.audit_log where booking_id = $1::uuid and action = 'BOOKING_CONFIRMED'";
    let entry: uuid::Uuid = confirmed[0]["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    sqlx::query(again).bind(&booking).bind(entry).execute(world.admin()).await.expect("it waits again");
    eventually("it was handed over again", PATIENCE, || async {
        let waiting: i64 = sqlx::query_scalar("select count(*) from transaction.audit_handover")
            .fetch_one(world.admin())
            .await
            .expect("a count");
        (waiting == 0).then_some(())
    })
    .await;
    assert_eq!(log(&owner).await.len(), entries.len());
}

/// LIVE-15, EVT-01: everything on the bus has the members of an envelope, from whichever service.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_has_an_envelope() {
    let world = TestWorld::start().await;
    let (owner, customer) = (world.owner("eleni").await, world.customer("maria").await);
    let court = world.court(&owner, json!({})).await;
    let booking = world.book(&customer, &court, (DATE, "11:00"), "pm_card_visa").await.expect(201);
    let cancel = format!("/api/bookings/{}/cancel", id_of(&booking));
    let _done = with_key(&world, &customer).post(&cancel, &json!({})).await.expect(200);
    let payloads: Vec<String> = eventually("the cancellation is on the bus", PATIENCE, || async {
        let payloads: Vec<String> = sqlx::query_scalar("select convert_from(payload, 'UTF8') from bus.messages")
            .fetch_all(world.admin())
            .await
            .expect("messages");
        payloads.iter().any(|payload| payload.contains("BOOKING_CANCELLED")).then_some(payloads)
    })
    .await;
    let events: Vec<Value> = payloads.iter().map(|payload| serde_json::from_str(payload).expect("JSON")).collect();
    let mut ids = std::collections::BTreeSet::new();
    for event in &events {
        for member in ["eventId", "eventType", "source", "timestamp", "traceId", "spanId"] {
            assert!(event[member].as_str().is_some_and(|text| !text.is_empty()), "no {member}: {event:#}");
        }
        assert!(event["payload"].is_object(), "{event:#}");
        assert!(ids.insert(event["eventId"].to_string()), "twice: {event:#}");
    }
    for source in ["PLATFORM", "TRANSACTION"] {
        let from = |event: &&Value| event["source"].as_str().is_some_and(|text| text.to_uppercase().contains(source));
        assert!(events.iter().any(|event| from(&event)), "nothing from {source}");
    }
}
