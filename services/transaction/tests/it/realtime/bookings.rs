//! Who hears of a booking, and what: its customer and the court's owner, nobody else.

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::TestWorld;
use testkit::world::{Client, WorldOptions};

use super::stomp::{Heard, Socket};
use super::{DAY, act, book, book_by_hand};

const QUEUE: &str = "/user/queue/bookings";

/// Hears of `booking` until it stands at `status`. An event is only a hint and what is told is the present, so a step may
/// be told twice; nothing else may come between.
async fn told(socket: &mut Socket, booking: &Value, status: &str) -> Heard {
    socket
        .until(|message| {
            assert_eq!((message.kind(), message.header("destination")), ("BOOKING_STATUS_UPDATE", QUEUE));
            assert_eq!(message.body["bookingId"], booking["id"]);
            message.body["status"] == status
        })
        .await
}

async fn speak(person: &Client, language: &str) {
    let profile = person.put("/api/users/me", &json!({ "language": language })).await.expect(200);
    assert_eq!(profile["language"], language);
}

/// LIVE-33, LIVE-37, LIVE-44, LIVE-48: the customer hears of the own booking and the owner of the one on the own court,
/// each with the court's name in their language and the trace of the request; another customer and another owner hear
/// nothing of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customer_and_owner_hear_and_nobody_else() {
    let world = TestWorld::start().await;
    let (owner, rival) = (world.owner("eleni").await, world.owner("rival").await);
    let (maria, nikos) = (world.customer("maria").await, world.customer("nikos").await);
    speak(&maria, "en").await;
    speak(&owner, "el").await;
    let court = world.court(&owner, json!({})).await;
    let rivals_court = world.court(&rival, json!({})).await;
    let mut sockets = Vec::new();
    for person in [&maria, &owner, &nikos, &rival] {
        sockets.push(Socket::bookings(&world, person).await);
    }
    let [mut marias, mut owners, mut nikoss, mut rivals] = sockets.try_into().ok().expect("four");

    let trace = "0000000000000000000000000000abcd";
    let traced = maria.clone().with_header("traceparent", &format!("00-{trace}-00000000000000aa-01"));
    let booking = book(&world, &traced, &court, DAY, "11:00").await;
    let to_maria = told(&mut marias, &booking, "CONFIRMED").await;
    let to_owner = told(&mut owners, &booking, "CONFIRMED").await;
    let expected = json!({
        "messageType": "BOOKING_STATUS_UPDATE",
        "bookingId": booking["id"], "courtId": court.id, "courtName": "Test court",
        "date": DAY, "startTime": "11:00", "endTime": "12:30",
        "status": "CONFIRMED", "paymentStatus": "CAPTURED", "noShow": false,
        "timestamp": to_maria.body["timestamp"], "traceId": trace,
    });
    assert_eq!(to_maria.body, expected);
    assert_eq!(to_owner.body["courtName"], "Γήπεδο δοκιμών");
    assert_eq!(to_owner.body["traceId"], trace);
    assert!(!to_owner.text.contains(&maria.user_id().to_string()));

    // A later booking of theirs is the first thing the strangers hear of.
    let theirs = book(&world, &nikos, &rivals_court, DAY, "11:00").await;
    told(&mut nikoss, &theirs, "CONFIRMED").await;
    told(&mut rivals, &theirs, "CONFIRMED").await;
}

/// LIVE-33, LIVE-35, LIVE-39: staff have neither bookings nor matches and owners no matches of their own: asking closes
/// the connection with 4002. What every role may have is had (LIVE-34, LIVE-36).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn destinations_belong_to_roles() {
    let world = TestWorld::start().await;
    let owner = world.owner("eleni").await;
    let matches = format!("/topic/courts/{}/matches", world.court(&owner, json!({})).await.id);
    let agent = world.staff("alex", Role::SupportAgent).await;
    let admin = world.staff("ada", Role::PlatformAdmin).await;
    let (public, own) = (matches.as_str(), "/user/queue/matches");
    for (person, denied) in
        [(&agent, vec![QUEUE, public, own]), (&admin, vec![QUEUE, public, own]), (&owner, vec![own])]
    {
        for destination in denied {
            let mut socket = Socket::connect(&world, person).await;
            socket.subscribe_with_receipt("n", "/user/queue/notifications").await;
            socket.subscribe_with_receipt("s", "/user/queue/system").await;
            socket.subscribe("denied", destination).await;
            socket.fails("AUTH_DENIED", 4002).await;
        }
    }
    let mut socket = Socket::connect(&world, &owner).await;
    socket.subscribe_with_receipt("m", public).await;
    let mut socket = Socket::connect(&world, &world.customer("maria").await).await;
    socket.subscribe_with_receipt("m", public).await;
    socket.subscribe_with_receipt("o", own).await;
}

/// LIVE-44: each step tells where the booking stands and stood, who ended it and why, and what goes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_is_told_with_the_one_before() {
    let world = TestWorld::start().await;
    let (owner, maria) = (world.owner("eleni").await, world.customer("maria").await);
    let court = world.court(&owner, json!({ "confirmationMode": "MANUAL", "confirmationTimeoutHours": 24 })).await;
    let mut socket = Socket::bookings(&world, &maria).await;

    let booking = book(&world, &maria, &court, DAY, "11:00").await;
    let step = told(&mut socket, &booking, "PENDING_CONFIRMATION").await;
    assert_eq!((&step.body["previousStatus"], &step.body["paymentStatus"]), (&Value::Null, &json!("AUTHORIZED")));

    act(&owner, &booking, "confirm", json!({})).await;
    let step = told(&mut socket, &booking, "CONFIRMED").await;
    assert_eq!(step.body["previousStatus"], "PENDING_CONFIRMATION");
    assert_eq!(step.body["paymentStatus"], "CAPTURED");

    let outcome = act(&maria, &booking, "cancel", json!({ "reason": "It rains" })).await;
    let step = told(&mut socket, &booking, "CANCELLED").await;
    assert_eq!(step.body["previousStatus"], "CONFIRMED");
    assert_eq!((&step.body["cancelledBy"], &step.body["cancellationReason"]), (&json!("CUSTOMER"), &json!("It rains")));
    assert!(step.body["refundAmountCents"].as_i64() > Some(0));
    assert_eq!(step.body["refundAmountCents"], outcome["refundAmountCents"]);

    let second = book(&world, &maria, &court, DAY, "14:00").await;
    told(&mut socket, &second, "PENDING_CONFIRMATION").await;
    act(&owner, &second, "reject", json!({ "reason": "Maintenance" })).await;
    let step = told(&mut socket, &second, "REJECTED").await;
    assert_eq!(step.body["previousStatus"], "PENDING_CONFIRMATION");
    assert_eq!(step.body["cancelledBy"], "COURT_OWNER");
    assert_eq!(step.body["cancellationReason"], "Maintenance");
}

/// LIVE-44: when the time has passed, a booking that stood is completed; the owner's own entry is told to the owner.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn completion_and_entries_by_hand_are_told() {
    let forty_days = 40 * 24 * 3_600;
    let options = WorldOptions::default().platform(move |config| config.auth.access_token_seconds = forty_days);
    let world = TestWorld::start_with(options).await;
    let (owner, maria) = (world.owner("eleni").await, world.customer("maria").await);
    let court = world.court(&owner, json!({})).await;
    let (mut marias, mut owners) = (Socket::bookings(&world, &maria).await, Socket::bookings(&world, &owner).await);

    let by_hand = book_by_hand(&owner, &court, "2026-05-07", "11:00").await;
    let entered = told(&mut owners, &by_hand, "CONFIRMED").await;
    assert_eq!(
        (&entered.body["paymentStatus"], &entered.body["previousStatus"]),
        (&json!("NOT_REQUIRED"), &Value::Null)
    );
    assert!(!entered.text.contains("Grandmother"));

    let booking = book(&world, &maria, &court, DAY, "11:00").await;
    told(&mut marias, &booking, "CONFIRMED").await;
    // Wednesday, an hour after the end.
    world.advance(SignedDuration::from_hours(49));
    let step = told(&mut marias, &booking, "COMPLETED").await;
    assert_eq!(step.body["previousStatus"], "CONFIRMED");
}
