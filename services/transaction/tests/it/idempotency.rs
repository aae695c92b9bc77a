//! `X-Idempotency-Key`: the same key and body get the first answer, another body is refused (BOOK-02).

use futures::future::join_all;
use serde_json::json;

use crate::support::{Club, DAY, World, booking_body, fresh_key};

/// BOOK-02: a repetition gets the very same answer and books, charges and tells nothing again.
#[tokio::test]
async fn a_repetition_gets_the_first_answer() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let key = fresh_key();
    let body = booking_body(&club.court, DAY, "10:00", "pm_card_visa");
    let first = world.post("/api/bookings").bearer(&token).key(key).json(&body).send().await.expect(201);

    // Members in another order and a default spelt out are the same request.
    let again = json!({ "paymentMethodId": "pm_card_visa", "startTime": "10:00", "date": DAY, "courtId": club.court, "openMatch": false });
    let second = world.post("/api/bookings").bearer(&token).key(key).json(&again).send().await.expect(201);

    assert_eq!(first, second);
    assert_eq!(world.events("BOOKING_CREATED").await.len(), 1);
    assert_eq!(world.intents_of(first["id"].as_str().expect("an id")).await.len(), 1);
}

/// BOOK-02: the same key for another request is 422; the same key of another user is nobody's business.
#[tokio::test]
async fn a_key_belongs_to_one_request_of_one_user() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let (_, other) = world.customer().await;
    let key = fresh_key();
    let ten = booking_body(&club.court, DAY, "10:00", "pm_card_visa");
    let eleven = booking_body(&club.court, DAY, "11:00", "pm_card_visa");
    let first = world.post("/api/bookings").bearer(&token).key(key).json(&ten).send().await.expect(201);

    let reused = world.post("/api/bookings").bearer(&token).key(key).json(&eleven).send().await;
    reused.refused(422, "IDEMPOTENCY_KEY_REUSED");
    let cancel = world.post(&format!("/api/bookings/{}/cancel", first["id"].as_str().expect("an id")));
    cancel.bearer(&token).key(key).send().await.refused(422, "IDEMPOTENCY_KEY_REUSED");
    world.post("/api/bookings").bearer(&other).key(key).json(&eleven).send().await.expect(201);
}

/// BOOK-02, BOOK-04: a client that sends the same request many times at once books once and hears one answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_repetitions_book_once() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let key = fresh_key();
    let body = booking_body(&club.court, DAY, "10:00", "pm_card_visa");
    let calls = (0..12).map(|_| world.post("/api/bookings").bearer(&token).key(key).json(&body).send());
    let answers: Vec<_> = join_all(calls).await.into_iter().map(|answer| answer.expect(201)).collect();
    assert!(answers.iter().all(|answer| answer["id"] == answers[0]["id"] && answer["status"] == "CONFIRMED"));
    assert_eq!(world.count("SELECT count(*) FROM transaction.bookings").await, 1);
    assert_eq!(world.events("SLOT_HELD").await.len(), 1);
}

/// BOOK-02: refusals are first answers as well, in the language of the repetition.
#[tokio::test]
async fn a_refusal_is_repeated_too() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let key = fresh_key();
    let body = booking_body(&club.court, DAY, "10:00", "pm_card_chargeDeclined");
    let post = || world.post("/api/bookings").bearer(&token).key(key).json(&body);
    let first = post().send().await.refused(402, "PAYMENT_CARD_DECLINED");
    let second = post().header("accept-language", "el").send().await.refused(402, "PAYMENT_CARD_DECLINED");
    assert_eq!(first["details"], second["details"]);
    assert_ne!(first["message"], second["message"], "Greek the second time");
    assert_eq!(world.count("SELECT count(*) FROM transaction.payments").await, 1, "the card was asked once");

    let late = fresh_key();
    let far = booking_body(&club.court, "2027-01-01", "10:00", "pm_card_visa");
    for _ in 0..2 {
        let answer = world.post("/api/bookings").bearer(&token).key(late).json(&far).send().await;
        answer.refused(422, "BOOKING_WINDOW_EXCEEDED");
    }
}

/// BOOK-02: keys are forgotten after 24 hours.
#[tokio::test]
async fn keys_are_forgotten_after_a_day() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    club.book(&world, &token, "10:00").await;
    world.run_jobs().await;
    assert_eq!(world.count("SELECT count(*) FROM transaction.idempotency_keys").await, 1);
    world.advance(jiff::SignedDuration::from_hours(25));
    world.run_jobs().await;
    assert_eq!(world.count("SELECT count(*) FROM transaction.idempotency_keys").await, 0);
}
