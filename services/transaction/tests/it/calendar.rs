//! `GET /api/bookings/calendar/ical` and the secret address for calendar programs (BOOK-65).

use contracts::identity::Role;
use serde_json::{Value, json};

use crate::support::{Club, World, fresh_key};

const CALENDAR: &str = "text/calendar; charset=utf-8";

fn unfolded(text: &str) -> Vec<String> {
    text.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
}

/// BOOK-65, BOOK-59: the caller's bookings with court, instants, state and who comes, narrowed as asked; names of customers
/// are masked, what people typed cannot break out of its line.
#[tokio::test]
async fn an_owner_downloads_the_calendar() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let other = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    other.book(&world, &token, "10:00").await;
    let cancelled = club.book(&world, &token, "12:00").await;
    let cancel = world.post(&format!("/api/bookings/{}/cancel", cancelled["id"].as_str().expect("an id")));
    cancel.bearer(&token).key(fresh_key()).send().await.expect(200);
    let guest =
        json!({ "courtId": club.court, "date": "2026-05-20", "startTime": "10:00", "customerName": "Nikos; x, y" });
    world.post("/api/bookings/manual").bearer(&club.token).json(&guest).send().await.expect(201);

    let lines = unfolded(&world.get("/api/bookings/calendar/ical").bearer(&club.token).text_of(CALENDAR).await);

    let has = |line: &str| assert!(lines.iter().any(|found| found == line), "{line} in {lines:#?}");
    has(&format!("UID:{}@courtside", booking["id"].as_str().expect("an id")));
    has("DTSTART:20260519T070000Z");
    has("DTEND:20260519T080000Z");
    has("SUMMARY:Γήπεδο Σύνταγμα: M*** D***");
    has("SUMMARY:Γήπεδο Σύνταγμα: Nikos\\; x\\, y");
    has("STATUS:CANCELLED");
    assert_eq!(lines.iter().filter(|line| *line == "BEGIN:VEVENT").count(), 3, "nothing of the other club");
    let path = format!("/api/bookings/calendar/ical?courtId={}&fromDate=2026-05-20&toDate=2026-05-20", club.court);
    let narrowed = unfolded(&world.get(&path).bearer(&club.token).text_of(CALENDAR).await);
    assert_eq!(narrowed.iter().filter(|line| *line == "BEGIN:VEVENT").count(), 1);
    let wrong = world.get("/api/bookings/calendar/ical?fromDate=tomorrow").bearer(&club.token).send().await;
    assert_eq!(wrong.wrong_fields(), ["fromDate"]);
}

/// BOOK-65: a secret address needs no sign-in, is shown once, and means nothing once it is replaced or taken away.
#[tokio::test]
async fn a_secret_address_can_be_replaced() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    club.book(&world, &token, "10:00").await;
    let subscription = "/api/bookings/calendar/subscription";
    let none = world.get(subscription).bearer(&club.token).send().await.expect(200);
    assert_eq!(none["active"], false);
    let made = world.post(subscription).bearer(&club.token).send().await.expect(201);
    let path = made["path"].as_str().expect("a path").to_owned();
    assert!(path.len() > "/api/bookings/calendar/ical/".len() + 40, "{path} can be guessed");

    let text = world.get(&path).text_of(CALENDAR).await;
    assert!(text.contains("DTSTART:20260519T070000Z"));
    let stored =
        world.count("SELECT count(*) FROM transaction.calendar_feeds WHERE octet_length(token_hash) = 32").await;
    assert_eq!(stored, 1, "only a hash is kept");
    let shown = world.get(subscription).bearer(&club.token).send().await.expect(200);
    assert_eq!((&shown["active"], shown.get("path")), (&json!(true), None));

    let replaced = world.post(subscription).bearer(&club.token).send().await.expect(201);
    world.get(&path).send().await.refused(404, "NOT_FOUND");
    let path = replaced["path"].as_str().expect("a path");
    world.get(path).text_of(CALENDAR).await;
    let (_, stranger) = world.person(Role::CourtOwner).await;
    world.call("DELETE", subscription).bearer(&stranger).send().await.expect(204);
    world.get(path).text_of(CALENDAR).await;
    assert_eq!(world.call("DELETE", subscription).bearer(&club.token).send().await.expect(204), Value::Null);
    world.get(path).send().await.refused(404, "NOT_FOUND");
    let key = fresh_key();
    let post = || world.post(subscription).bearer(&club.token).key(key).send();
    assert_eq!(post().await.expect(201), post().await.expect(201), "BOOK-02");
}
