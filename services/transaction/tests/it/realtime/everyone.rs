//! Every role listens to everything it may have while people book, cancel, confirm and block, and everything that arrives is
//! looked through for what its reader may not know.

use std::collections::HashSet;

use contracts::identity::Role;
use contracts::socket::Destination;
use serde_json::{Value, json};
use testkit::TestWorld;
use testkit::world::{Client, Court, WorldOptions};
use tokio::task::JoinHandle;

use super::stomp::{Heard, Socket};
use super::{DAY, act, book, book_by_hand, slots_of};

/// The owner's own entry that ends the script on each court; whoever watches the court hears of it last.
const LAST: &str = "20:00";

/// Somebody who listens, and what they heard.
struct Reader {
    person: Client,
    name: &'static str,
    role: Role,
}

/// Asks for every destination: those that the role may have on one line, which is kept; each other one on a line of its
/// own, which must end.
async fn listen(world: &TestWorld, reader: &Reader, courts: [&Court; 2]) -> JoinHandle<Vec<Heard>> {
    let mut all: Vec<String> =
        ["bookings", "notifications", "matches", "system"].map(|queue| format!("/user/queue/{queue}")).into();
    for court in courts {
        all.extend([slots_of(court), format!("/topic/courts/{}/matches", court.id)]);
    }
    let mut socket = Socket::connect(world, &reader.person).await;
    for (number, text) in all.iter().enumerate() {
        let destination = Destination::parse(text).expect("a destination");
        if destination.allows(reader.role) {
            socket.subscribe(&number.to_string(), text).await;
        } else {
            let mut denied = Socket::connect(world, &reader.person).await;
            denied.subscribe("denied", text).await;
            denied.fails("AUTH_DENIED", 4002).await;
        }
    }
    // Taken once it is answered: frames of a line are obeyed in their order.
    socket.say("UNSUBSCRIBE\nid:none\nreceipt:all\n\n\0").await;
    let mut heard = Vec::new();
    let answered = socket.until(|frame| {
        heard.push(frame.clone());
        frame.command == "RECEIPT"
    });
    answered.await;
    let mut waiting: HashSet<String> = courts.iter().map(|court| court.id.to_string()).collect();
    tokio::spawn(async move {
        while !waiting.is_empty() {
            let frame = socket.frame().await;
            let slots = frame.body["slots"].as_array().cloned().unwrap_or_default();
            if slots.iter().any(|slot| slot["startTime"] == LAST && slot["status"] == "BOOKED") {
                waiting.remove(frame.body["courtId"].as_str().unwrap_or_default());
            }
            heard.push(frame);
        }
        heard
    })
}

/// LIVE-12, LIVE-32 to LIVE-39, EVT-17: customers, owners and staff listen to everything during a busy hour on two courts.
/// Nobody hears of a booking that is neither theirs nor on their court, availability and match topics tell of no person at
/// all, and nobody reads a stranger's id, name or address anywhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_hears_what_is_not_theirs() {
    let patient = |config: &mut transaction::Config| config.realtime.heartbeat_ms = 600_000;
    let world = TestWorld::start_with(WorldOptions::default().transaction(patient)).await;
    let (eleni, rival) = (world.owner("eleni").await, world.owner("rivalos").await);
    let (maria, nikos) = (world.customer("marialena").await, world.customer("nikolaos").await);
    let agent = world.staff("agentis", Role::SupportAgent).await;
    let admin = world.staff("adamantia", Role::PlatformAdmin).await;
    let stranger = world.customer("xenofon").await;
    let asked = world.court(&eleni, json!({ "confirmationMode": "MANUAL", "confirmationTimeoutHours": 24 })).await;
    let instant = world.court(&rival, json!({})).await;
    let reader = |person: &Client, name, role| Reader { person: person.clone(), name, role };
    let readers = [
        reader(&maria, "marialena", Role::Customer),
        reader(&nikos, "nikolaos", Role::Customer),
        reader(&stranger, "xenofon", Role::Customer),
        reader(&eleni, "eleni", Role::CourtOwner),
        reader(&rival, "rivalos", Role::CourtOwner),
        reader(&agent, "agentis", Role::SupportAgent),
        reader(&admin, "adamantia", Role::PlatformAdmin),
    ];
    let mut listening = Vec::new();
    for reader in &readers {
        listening.push(listen(&world, reader, [&asked, &instant]).await);
    }

    // The busy hour. Whose the bookings are: the customer, and the owner of the court.
    let mut bookings: Vec<(Value, [&str; 2])> = Vec::new();
    for start in ["08:00", "11:00", "14:00"] {
        let (hers, his) =
            tokio::join!(book(&world, &maria, &asked, DAY, start), book(&world, &nikos, &instant, DAY, start),);
        bookings.push((hers["id"].clone(), ["marialena", "eleni"]));
        bookings.push((his["id"].clone(), ["nikolaos", "rivalos"]));
        match start {
            "08:00" => drop(tokio::join!(
                act(&eleni, &hers, "confirm", json!({})),
                act(&nikos, &his, "cancel", json!({ "reason": "Sprained ankle" })),
            )),
            "11:00" => drop(tokio::join!(
                act(&eleni, &hers, "reject", json!({ "reason": "Wet floor" })),
                act(&rival, &his, "cancel", json!({ "reason": "Power cut" })),
            )),
            _ => {}
        }
    }
    let by_hand = book_by_hand(&eleni, &asked, DAY, "17:00").await;
    bookings.push((by_hand["id"].clone(), ["eleni", "eleni"]));
    for (owner, court, name) in [(&eleni, &asked, "eleni"), (&rival, &instant, "rivalos")] {
        let last = book_by_hand(owner, court, DAY, LAST).await;
        bookings.push((last["id"].clone(), [name, name]));
    }

    for (reader, heard) in readers.iter().zip(listening) {
        let heard = heard.await.expect("heard everything");
        assert!(heard.len() >= 4, "{} heard the busy hour", reader.name);
        // Whom a reader may know of: the people of the bookings that are theirs.
        let known: HashSet<&str> = bookings
            .iter()
            .filter(|(_, people)| people.contains(&reader.name))
            .flat_map(|(_, people)| *people)
            .chain([reader.name])
            .collect();
        for frame in heard.iter().filter(|frame| frame.command == "MESSAGE") {
            let destination = frame.header("destination");
            let public = destination.starts_with("/topic/");
            for (booking, people) in &bookings {
                let id = booking.as_str().expect("an id");
                assert!(
                    !frame.text.contains(id) || (!public && people.contains(&reader.name)),
                    "{} hears of a booking of {people:?} on {destination}: {}",
                    reader.name,
                    frame.text
                );
            }
            for other in &readers {
                if !public && known.contains(other.name) {
                    continue;
                }
                for secret in [other.person.user_id().to_string(), other.name.to_owned()] {
                    assert!(
                        !frame.text.contains(&secret),
                        "{} reads {secret} on {destination}: {}",
                        reader.name,
                        frame.text
                    );
                }
            }
            for private in ["Grandmother", "Sprained ankle", "Wet floor", "Power cut"] {
                assert!(!(public && frame.text.contains(private)), "{private} on {destination}");
            }
        }
        let of_bookings = heard.iter().filter(|frame| frame.kind() == "BOOKING_STATUS_UPDATE").count();
        let has_bookings = known.len() > 1;
        assert_eq!(of_bookings > 0, has_bookings, "{} hears of bookings only with some", reader.name);
    }
}
