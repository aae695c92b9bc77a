//! The public API, as far as it is measured.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, ensure};
use futures::future::BoxFuture;
use jiff::ToSpan as _;
use jiff::civil::Date;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::pace::Outcome;

/// Days that the demo world leaves free, ahead of today.
pub const FREE_DAYS: std::ops::Range<i64> = 15..29;
/// Days that sockets hear of, of which the later ones are mostly free.
pub const WATCHED_DAYS: std::ops::Range<i64> = 1..14;
/// Courts whose free slots are collected.
const COURTS: usize = 100;
const ATHENS: (f64, f64) = (37.98, 23.73);

pub struct Api {
    pub base: String,
    http: reqwest::Client,
    today: Date,
    next_slot: AtomicUsize,
}

/// Somebody signed in.
#[derive(Clone)]
pub struct Person {
    pub token: String,
}

#[derive(Clone)]
pub struct Court {
    pub id: String,
}

#[derive(Clone)]
pub struct Slot {
    pub court: String,
    pub date: String,
    pub start: String,
    minutes: i64,
}

type Call = Box<dyn FnMut() -> BoxFuture<'static, Outcome> + Send>;

impl Api {
    pub fn new(base: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().pool_max_idle_per_host(256).build()?;
        let today = jiff::Timestamp::from_second(epoch_seconds()?)?.in_tz("Europe/Athens")?.date();
        Ok(Self { base: base.trim_end_matches('/').to_owned(), http, today, next_slot: AtomicUsize::new(0) })
    }

    pub async fn sign_in(&self, email: &str) -> anyhow::Result<Person> {
        let proof = self
            .json(self.http.post(self.url("/sandbox/identities/google")).json(&json!({"email": email, "name": "Demo"})))
            .await?;
        let body = json!({"oauthProvider": "GOOGLE", "oauthToken": proof["token"]});
        let session = self.json(self.http.post(self.url("/api/auth/login")).json(&body)).await?;
        Ok(Person { token: session["accessToken"].as_str().context("no token")?.to_owned() })
    }

    /// So many customers with an account of their own. One customer who books all day would be no load but a curiosity:
    /// their pace is looked at before each booking, and what they are told of arrives in order.
    pub async fn customers(&self, count: usize) -> anyhow::Result<Vec<Person>> {
        let mut people = Vec::with_capacity(count);
        for number in 0..count {
            let who = json!({"email": format!("bench-{}-{number}@courtside.test", fresh_key()), "name": "Bench"});
            let proof = self.json(self.http.post(self.url("/sandbox/identities/google")).json(&who)).await?;
            let body = json!({
                "oauthProvider": "GOOGLE", "oauthToken": proof["token"], "role": "CUSTOMER", "termsAccepted": true,
            });
            let session = self.json(self.http.post(self.url("/api/auth/register")).json(&body)).await?;
            let person = Person { token: session["accessToken"].as_str().context("no token")?.to_owned() };
            // Whoever pays for the first time is introduced to Stripe; that is no part of a booking's price.
            let introduction = self.http.post(self.url("/api/payments/setup-intent")).bearer_auth(&person.token);
            self.json(introduction.header("X-Idempotency-Key", fresh_key())).await?;
            people.push(person);
        }
        Ok(people)
    }

    /// Bookable courts around Athens that confirm at once.
    pub async fn courts(&self, person: &Person) -> anyhow::Result<Vec<Court>> {
        self.courts_around(person, ATHENS).await
    }

    /// A page of courts around a place.
    pub async fn courts_around(&self, person: &Person, place: (f64, f64)) -> anyhow::Result<Vec<Court>> {
        let (latitude, longitude) = place;
        let path = format!("/api/courts?latitude={latitude}&longitude={longitude}&radiusKm=30&size=100");
        let answer = self.json(self.get(&path, person)).await?;
        let courts = answer["courts"].as_array().context("no courts")?;
        Ok(courts.iter().filter_map(|court| Some(Court { id: court["id"].as_str()?.to_owned() })).collect())
    }

    pub async fn own_court(&self, owner: &Person) -> anyhow::Result<Court> {
        let answer = self.json(self.get("/api/courts/owner/me", owner)).await?;
        let courts = answer["courts"].as_array().or(answer.as_array()).context("no courts")?;
        let id = courts.first().and_then(|court| court["id"].as_str()).context("the owner has no court")?;
        Ok(Court { id: id.to_owned() })
    }

    pub async fn free_slots(
        &self,
        person: &Person,
        courts: &[Court],
        days: std::ops::Range<i64>,
    ) -> anyhow::Result<Vec<Slot>> {
        let mut slots = Vec::new();
        for court in courts.iter().take(COURTS) {
            for ahead in days.clone() {
                let date = self.today.checked_add(ahead.days())?;
                let answer =
                    self.json(self.get(&format!("/api/courts/{}/availability?date={date}", court.id), person)).await?;
                for slot in answer["slots"].as_array().context("no slots")? {
                    if slot["status"] == "AVAILABLE" {
                        let text = |name: &str| slot[name].as_str().map(str::to_owned).context("a slot has no times");
                        let (start, end) = (text("startTime")?, text("endTime")?);
                        let minutes = minute_of(&end)? - minute_of(&start)?;
                        slots.push(Slot { court: court.id.clone(), date: date.to_string(), start, minutes });
                    }
                }
            }
        }
        ensure!(!slots.is_empty(), "no free slot to book");
        Ok(slots)
    }

    pub async fn enter_booking(&self, owner: &Person, slot: &Slot) -> anyhow::Result<()> {
        let body = json!({
            "courtId": slot.court, "date": slot.date, "startTime": slot.start, "durationMinutes": slot.minutes,
            "customerName": "Bench",
        });
        let request = self.http.post(self.url("/api/bookings/manual")).bearer_auth(&owner.token);
        self.json(request.header("X-Idempotency-Key", fresh_key()).json(&body)).await?;
        Ok(())
    }

    pub fn live(self: Arc<Self>, _client: usize) -> Call {
        Box::new(move || {
            let request = self.http.get(self.url("/health/live"));
            Box::pin(async move { Some(is_fine(request.send().await).await) })
        })
    }

    pub fn day(self: Arc<Self>, person: &Person, courts: &[Court], client: usize) -> Call {
        let (person, courts) = (person.clone(), courts.to_vec());
        let mut turn = client * 7;
        Box::new(move || {
            turn += 1;
            let court = &courts[turn % courts.len()];
            let date = self.today.saturating_add(((turn / courts.len() % 14) as i64).days());
            let request = self.get(&format!("/api/courts/{}/availability?date={date}", court.id), &person);
            Box::pin(async move { Some(is_fine(request.send().await).await) })
        })
    }

    /// Another day of another court each time, so that no answer is one that was kept.
    pub fn day_ahead(self: Arc<Self>, person: &Person, courts: &[Court], days: i64, client: usize) -> Call {
        let (person, courts) = (person.clone(), courts.to_vec());
        let mut turn = client * 997;
        Box::new(move || {
            turn += 1;
            let court = &courts[turn / days as usize % courts.len()];
            let date = self.today.saturating_add((turn as i64 % days).days());
            let request = self.get(&format!("/api/courts/{}/availability?date={date}", court.id), &person);
            Box::pin(async move { Some(is_fine(request.send().await).await) })
        })
    }

    /// A search within ten kilometres of somewhere near `middle`, for courts that are free one evening if `free`.
    pub fn search_around(self: Arc<Self>, person: &Person, middle: (f64, f64), client: usize, free: bool) -> Call {
        let filter =
            if free { format!("&date={}&startTime=18:00", self.today.saturating_add(3.days())) } else { String::new() };
        self.searching(person, middle, client, &filter)
    }

    pub fn search(self: Arc<Self>, person: &Person, client: usize) -> Call {
        self.searching(person, ATHENS, client, "")
    }

    pub fn search_free(self: Arc<Self>, person: &Person, client: usize) -> Call {
        let date = self.today.saturating_add(3.days());
        self.searching(person, ATHENS, client, &format!("&date={date}&startTime=18:00"))
    }

    fn searching(self: Arc<Self>, person: &Person, middle: (f64, f64), client: usize, filter: &str) -> Call {
        let (person, filter) = (person.clone(), filter.to_owned());
        let mut turn = client;
        Box::new(move || {
            turn += 1;
            // A little further each time, as people pan a map.
            let (latitude, longitude) = (middle.0 + (turn % 40) as f64 * 0.001, middle.1 + (turn % 23) as f64 * 0.001);
            let path = format!("/api/courts?latitude={latitude}&longitude={longitude}&radiusKm=10&size=20{filter}");
            let request = self.get(&path, &person);
            Box::pin(async move { Some(is_fine(request.send().await).await) })
        })
    }

    pub fn book(self: Arc<Self>, people: Arc<Vec<Person>>, slots: Arc<Vec<Slot>>) -> Call {
        Box::new(move || {
            let turn = self.next_slot.fetch_add(1, Ordering::Relaxed);
            let slot = slots.get(turn).cloned();
            let api = self.clone();
            let token = people[turn % people.len()].token.clone();
            Box::pin(async move {
                let slot = slot?;
                let body = json!({
                    "courtId": slot.court, "date": slot.date, "startTime": slot.start,
                    "paymentMethodId": "pm_card_visa", "numberOfPeople": 2,
                });
                let request = api.http.post(api.url("/api/bookings")).bearer_auth(token);
                let request = request.header("X-Idempotency-Key", fresh_key()).json(&body);
                Some(is_fine(request.send().await).await)
            })
        })
    }

    fn get(&self, path: &str, person: &Person) -> RequestBuilder {
        self.http.get(self.url(path)).bearer_auth(&person.token)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    async fn json(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        let answer = request.send().await?;
        let (status, address) = (answer.status(), answer.url().clone());
        let body: Value = answer.json().await?;
        ensure!(status.is_success(), "{address}: {status} {body}");
        Ok(body)
    }
}

/// Reads the whole answer, as a client would.
async fn is_fine(answer: reqwest::Result<Response>) -> bool {
    match answer {
        Ok(answer) => answer.status().is_success() && answer.bytes().await.is_ok(),
        Err(_) => false,
    }
}

/// An idempotency key that nobody used before.
#[expect(clippy::disallowed_methods, reason = "a client makes its keys by chance; nothing here is foretold")]
fn fresh_key() -> String {
    Uuid::new_v4().to_string()
}

fn minute_of(text: &str) -> anyhow::Result<i64> {
    let (hour, minute) = text.split_once(':').context("no time")?;
    Ok(hour.parse::<i64>()? * 60 + minute.parse::<i64>()?)
}

fn epoch_seconds() -> anyhow::Result<i64> {
    let since = std::time::UNIX_EPOCH.elapsed()?;
    Ok(i64::try_from(since.as_secs())?)
}
