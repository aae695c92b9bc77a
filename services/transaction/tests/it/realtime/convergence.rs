//! However events and subscriptions race, a reader who applies what arrives ends up with the truth.

use std::collections::BTreeMap;

use futures::future::join_all;
use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::TestWorld;
use testkit::world::{Client, Court};

use super::stomp::{Heard, Socket};
use super::{act, book, slots_of, time_of};

/// What an application keeps of a court: the newest state of each day.
#[derive(Default)]
struct Screen {
    days: BTreeMap<String, Value>,
    last: Option<Timestamp>,
}

impl Screen {
    fn apply(&mut self, message: &Heard) {
        let time = time_of(&message.body);
        assert!(self.last.is_none_or(|last| time > last), "LIVE-43: {time} after {:?}", self.last);
        self.last = Some(time);
        match message.kind() {
            "AVAILABILITY_SNAPSHOT" => {
                for day in message.body["dates"].as_array().expect("days") {
                    self.days.insert(day["date"].as_str().expect("a date").to_owned(), day["slots"].clone());
                }
            }
            "AVAILABILITY_UPDATE" => {
                assert!(!self.days.is_empty(), "the snapshot comes first");
                let date = message.body["date"].as_str().expect("a date");
                self.days.insert(date.to_owned(), message.body["slots"].clone());
            }
            other => panic!("{other} on a court's topic"),
        }
    }

    fn status(&self, date: &str, start: &str) -> String {
        let slots = self.days[date].as_array().expect("slots");
        let slot = slots.iter().find(|slot| slot["startTime"] == start).expect("a slot");
        slot["status"].as_str().expect("a status").to_owned()
    }
}

/// What the database says through REST, which reads beside all of this.
async fn truth(reader: &Client, court: &Court, dates: &[&str]) -> BTreeMap<(String, String), String> {
    let mut states = BTreeMap::new();
    for date in dates {
        let path = format!("/api/courts/{}/availability?date={date}", court.id);
        let day = reader.get(&path).await.expect(200);
        for slot in day["slots"].as_array().expect("slots") {
            let start = slot["startTime"].as_str().expect("a start").to_owned();
            let status = slot["status"].as_str().expect("a status").replace("TEMPORARILY_HELD", "HELD");
            states.insert(((*date).to_owned(), start), status);
        }
    }
    states
}

/// LIVE-14, LIVE-42, LIVE-43: bookings and cancellations on three days race with readers who come at any time; each
/// reader's state, built from the snapshot and the updates, ends equal to a direct read. Times never go back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_converge_under_racing_bookings() {
    let world = TestWorld::start().await;
    let owner = world.owner("eleni").await;
    let court = world.court(&owner, json!({ "durationMinutes": 60 })).await;
    let (maria, nikos) = (world.customer("maria").await, world.customer("nikos").await);
    let dates = ["2026-05-06", "2026-05-07", "2026-05-08"];
    let starts = ["08:00", "09:00", "10:00", "11:00", "12:00", "13:00"];
    let booked = dates.iter().flat_map(|date| starts.iter().map(move |start| (*date, *start)));

    let bookings = booked.enumerate().map(|(number, (date, start))| {
        let (world, court, maria, nikos) = (&world, &court, &maria, &nikos);
        async move {
            let customer = if number % 2 == 0 { maria } else { nikos };
            let card = if number % 5 == 4 { "pm_card_chargeDeclined" } else { "pm_card_visa" };
            let answer = world.book(customer, court, (date, start), card).await;
            if card == "pm_card_chargeDeclined" {
                assert_eq!(answer.status.as_u16(), 402);
                return;
            }
            let booking = answer.expect(201);
            if number % 3 == 0 {
                act(customer, &booking, "cancel", json!({})).await;
            }
        }
    });
    // Readers come while bookings are made, one after the other.
    let reading = async {
        let mut readers = Vec::new();
        for _ in 0..6 {
            let mut screen = Screen::default();
            let (socket, snapshot) = Socket::watch(&world, &nikos, &slots_of(&court)).await;
            screen.apply(&snapshot);
            readers.push((socket, screen));
        }
        readers
    };
    let (_, readers) = tokio::join!(join_all(bookings), reading);

    // One more booking marks the end: a court's events come in order, so what is heard of it was read after all others.
    // Its day is its own: a late event of another booking of that day would show it before its time.
    let (last_date, last_start) = ("2026-05-09", "14:00");
    book(&world, &maria, &court, last_date, last_start).await;
    let expected = truth(&nikos, &court, &dates).await;
    assert!(expected.values().any(|status| status == "BOOKED"));
    for (mut socket, mut screen) in readers {
        while screen.status(last_date, last_start) != "BOOKED" {
            screen.apply(&socket.frame().await);
        }
        for ((date, start), status) in &expected {
            assert_eq!(screen.status(date, start), *status, "{date} {start}");
        }
    }
}
