//! `/ws` on a whole world: real sockets, real bookings, the real bus. One file per promise.

mod admission;
mod availability;
mod bookings;
mod convergence;
mod everyone;
mod hidden;
mod limits;
mod outages;
mod pace;
mod processes;
mod rough;
mod shut_out;
pub mod stomp;
mod tokens;

use contracts::ids::CourtId;
use jiff::Timestamp;
use serde_json::{Value, json};
use testkit::TestWorld;
use testkit::world::{Client, Court};

use crate::support::fresh_key;

/// A Wednesday, two days after every world begins.
const DAY: &str = "2026-05-06";

/// Where a court's slots are told.
fn slots_of(court: &Court) -> String {
    contracts::socket::Destination::CourtAvailability(CourtId(court.id)).to_string()
}

/// One day of a snapshot.
fn day<'a>(snapshot: &'a Value, date: &str) -> &'a Value {
    let days = snapshot["dates"].as_array().expect("days");
    days.iter().find(|day| day["date"] == date).expect("the day is in the snapshot")
}

/// One slot of a day, whether the day stands in a snapshot or is an update.
fn slot<'a>(day: &'a Value, start: &str) -> &'a Value {
    let slots = day["slots"].as_array().expect("slots");
    slots.iter().find(|slot| slot["startTime"] == start).expect("a slot at that time")
}

/// Does something to a booking, under a key of its own.
async fn act(person: &Client, booking: &Value, action: &str, body: Value) -> Value {
    let id = booking["id"].as_str().expect("an id");
    let key = fresh_key().to_string();
    let person = person.clone().with_header("x-idempotency-key", &key);
    person.post(&format!("/api/bookings/{id}/{action}"), &body).await.expect(200)
}

/// The owner takes a time without a customer.
async fn book_by_hand(owner: &Client, court: &Court, date: &str, start: &str) -> Value {
    let owner = owner.clone().with_header("x-idempotency-key", &fresh_key().to_string());
    let body = json!({ "courtId": court.id, "date": date, "startTime": start, "customerName": "Grandmother" });
    owner.post("/api/bookings/manual", &body).await.expect(201)
}

/// A customer's booking that stands.
async fn book(world: &TestWorld, customer: &Client, court: &Court, date: &str, start: &str) -> Value {
    world.book(customer, court, (date, start), "pm_card_visa").await.expect(201)
}

/// When a message's state was read.
fn time_of(message: &Value) -> Timestamp {
    message["timestamp"].as_str().and_then(|text| text.parse().ok()).expect("a time")
}
