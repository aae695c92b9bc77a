//! Failed sign-ins: what locks, what does not, and how a lock is lifted.

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, World, id};

const HOME: &str = "203.0.113.10";
const OFFICE: &str = "198.51.100.20";

async fn login(world: &World, from: &str, token: String) -> Answer {
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": token });
    world.post("/api/auth/login").header("x-forwarded-for", from).json(&body).send().await
}

/// A token that speaks of a person and that no provider stands behind.
fn false_token(world: &World, name: &str) -> String {
    world.vendors.google(name).with("aud", json!("somebody-else")).sign()
}

async fn fail(world: &World, from: &str, name: &str, times: usize) {
    for _ in 0..times {
        login(world, from, false_token(world, name)).await.refused(401, "AUTH_INVALID_PROVIDER");
    }
}

#[track_caller]
fn locked(answer: Answer) -> u64 {
    let seconds = answer.headers.get("retry-after").expect("Retry-After").to_str().expect("text").to_owned();
    answer.refused(429, "ACCOUNT_LOCKED");
    seconds.parse().expect("seconds")
}

/// AUTH-31, SEC-01: the fifth failure locks the address and the account for half an hour, then both are free again.
#[tokio::test]
async fn five_failures_lock_address_and_account() {
    let world = World::new().await;
    let eleni = world.register("eleni", Role::Customer).await;
    world.register("nikos", Role::Customer).await;
    fail(&world, HOME, "eleni", 5).await;

    // The address, whoever signs in from it; the account, wherever it signs in from.
    assert_eq!(locked(login(&world, HOME, world.vendors.google_token("nikos")).await), 1800);
    assert_eq!(locked(login(&world, OFFICE, world.vendors.google_token("eleni")).await), 1800);
    let body = json!({
        "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("new"), "role": "CUSTOMER",
        "termsAccepted": true,
    });
    let register = world.post("/api/auth/register").header("x-forwarded-for", HOME).json(&body).send().await;
    locked(register);
    // Sessions that exist go on: failing in somebody's name signs nobody out.
    world.refresh(&eleni["refreshToken"]).await.expect(200);
    login(&world, OFFICE, world.vendors.google_token("nikos")).await.expect(200);

    world.clock.advance(SignedDuration::from_secs(1799));
    assert_eq!(locked(login(&world, HOME, world.vendors.google_token("nikos")).await), 1);
    world.clock.advance(SignedDuration::from_secs(1));
    login(&world, HOME, world.vendors.google_token("eleni")).await.expect(200);
    // A lock begins a new row: the next failure is the first.
    fail(&world, HOME, "eleni", 4).await;
    login(&world, HOME, world.vendors.google_token("eleni")).await.expect(200);
}

/// AUTH-31: only failures in a row count, and only young ones.
#[tokio::test]
async fn a_success_or_time_breaks_the_row() {
    let world = World::new().await;
    world.register("eleni", Role::Customer).await;
    fail(&world, HOME, "eleni", 4).await;
    login(&world, HOME, world.vendors.google_token("eleni")).await.expect(200);
    fail(&world, HOME, "eleni", 4).await;
    world.clock.advance(SignedDuration::from_mins(15));
    fail(&world, HOME, "eleni", 4).await;
    login(&world, HOME, world.vendors.google_token("eleni")).await.expect(200);
    assert_eq!(world.count("SELECT count(*) FROM auth_locks").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM failed_auth_attempts").await, 12, "all are kept for review");
}

/// SEC-01: an account that is tried from many addresses is locked; the addresses are not.
#[tokio::test]
async fn many_addresses_lock_the_account() {
    let world = World::new().await;
    world.register("eleni", Role::Customer).await;
    world.register("nikos", Role::Customer).await;
    for number in 1..=5 {
        fail(&world, &format!("203.0.113.{number}"), "eleni", 1).await;
    }
    locked(login(&world, OFFICE, world.vendors.google_token("eleni")).await);
    login(&world, "203.0.113.1", world.vendors.google_token("nikos")).await.expect(200);
}

/// AUTH-31: parallel failures are counted one after the other; without that all of them would see a short row.
#[tokio::test]
async fn parallel_failures_are_all_counted() {
    let world = World::new().await;
    world.register("eleni", Role::Customer).await;
    let calls = (0..5).map(|_| login(&world, HOME, false_token(&world, "eleni")));
    for answer in futures::future::join_all(calls).await {
        answer.refused(401, "AUTH_INVALID_PROVIDER");
    }
    locked(login(&world, HOME, world.vendors.google_token("eleni")).await);
    assert_eq!(world.count("SELECT count(*) FROM auth_locks WHERE ip IS NOT NULL").await, 1);
    assert_eq!(world.count("SELECT count(*) FROM auth_locks WHERE user_id IS NOT NULL").await, 1);
}

/// AUTH-31: locks are rows, so another process knows them: here one that opens the same database anew.
#[tokio::test]
async fn locks_hold_in_every_process() {
    let world = World::new().await;
    world.register("eleni", Role::Customer).await;
    fail(&world, HOME, "eleni", 5).await;
    let other = world.beside().await;
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni") });
    locked(other.post("/api/auth/login").header("x-forwarded-for", OFFICE).json(&body).send().await);
}

/// SEC-02: the person is told, with a link; following it lifts the lock of the account and of the address, once.
#[tokio::test]
async fn the_link_in_the_mail_unlocks() {
    let world = World::new().await;
    let eleni = world.register("eleni", Role::Customer).await;
    fail(&world, HOME, "eleni", 5).await;
    let told = world.events("NOTIFICATION_REQUESTED").await;
    let [(key, event)] = told.as_slice() else { panic!("one message: {told:?}") };
    assert_eq!(*key, id(&eleni["user"]).to_string());
    assert_eq!(event["payload"]["notificationType"], "SECURITY_NOTICE");
    assert_eq!((&event["payload"]["urgency"], &event["payload"]["channels"]), (&json!("CRITICAL"), &json!(["EMAIL"])));
    let link = event["payload"]["data"]["deepLink"].as_str().expect("a link");
    let token = link.strip_prefix("/unlock?token=").expect("a token").to_owned();
    let stored: Vec<u8> = sqlx::query_scalar("SELECT unlock_hash FROM auth_locks WHERE user_id IS NOT NULL")
        .fetch_one(&world.pool)
        .await
        .expect("a lock");
    assert_ne!(stored, token.as_bytes());

    let unlock = |token: &str| world.post("/api/auth/unlock").json(&json!({ "token": token })).send();
    unlock("made-up").await.refused(410, "LINK_EXPIRED");
    assert_eq!(unlock(&token).await.status, 204);
    login(&world, HOME, world.vendors.google_token("eleni")).await.expect(200);
    unlock(&token).await.refused(410, "LINK_EXPIRED");
}

/// SEC-02: a link does nothing once its lock has ended by itself.
#[tokio::test]
async fn an_old_link_does_nothing() {
    let world = World::new().await;
    world.register("eleni", Role::Customer).await;
    fail(&world, HOME, "eleni", 5).await;
    let (_, event) = world.events("NOTIFICATION_REQUESTED").await.remove(0);
    let link = event["payload"]["data"]["deepLink"].as_str().expect("a link");
    world.clock.advance(SignedDuration::from_mins(30));
    let body = json!({ "token": link.strip_prefix("/unlock?token=").expect("a token") });
    world.post("/api/auth/unlock").json(&body).send().await.refused(410, "LINK_EXPIRED");
}

/// SEC-04: twenty failures within five minutes, refused ones included, shut an address out for a day and alarm staff,
/// once.
#[tokio::test]
async fn stuffing_is_told_and_stopped() {
    let world = World::new().await;
    fail(&world, HOME, "nobody", 5).await;
    for _ in 0..15 {
        locked(login(&world, HOME, false_token(&world, "nobody")).await);
    }
    let alerts = world.events("SECURITY_ALERT").await;
    let [(_, alert)] = alerts.as_slice() else { panic!("one alert: {alerts:?}") };
    let payload = &alert["payload"];
    assert_eq!((&payload["alertType"], &payload["severity"]), (&json!("BRUTE_FORCE"), &json!("CRITICAL")));
    assert_eq!((&payload["ipAddress"], &payload["metadata"]["requestCount"]), (&json!(HOME), &json!(20)));
    let seconds = locked(login(&world, HOME, false_token(&world, "nobody")).await);
    assert_eq!(seconds, 86_400);
    world.clock.advance(SignedDuration::from_hours(24));
    login(&world, HOME, world.vendors.google_token("nobody")).await.refused(401, "AUTH_UNKNOWN_IDENTITY");
    assert_eq!(world.events("SECURITY_ALERT").await.len(), 1);
}

/// AUTH-31: a good token of somebody unknown is no guess; new people may look for their account before they register.
#[tokio::test]
async fn strangers_are_not_guessers() {
    let world = World::new().await;
    for number in 0..8 {
        let token = world.vendors.google_token(&format!("stranger-{number}"));
        login(&world, HOME, token).await.refused(401, "AUTH_UNKNOWN_IDENTITY");
    }
    world.register("eleni", Role::Customer).await;
}

/// AUTH-31: one account answers so many sign-in calls a minute, whatever addresses they come from.
#[tokio::test]
async fn calls_for_one_account_are_limited() {
    let world = World::with(|config| config.protection.calls_per_account_per_minute = 3).await;
    world.register("eleni", Role::Customer).await;
    world.register("nikos", Role::Customer).await;
    for number in 0..3 {
        let from = format!("203.0.113.{number}");
        login(&world, &from, world.vendors.google_token("eleni")).await.expect(200);
    }
    let refused = login(&world, OFFICE, world.vendors.google_token("eleni")).await;
    assert_eq!(refused.headers["retry-after"], "20");
    refused.refused(429, "RATE_LIMIT_EXCEEDED");
    login(&world, OFFICE, world.vendors.google_token("nikos")).await.expect(200);
    world.clock.advance(SignedDuration::from_secs(20));
    login(&world, OFFICE, world.vendors.google_token("eleni")).await.expect(200);
}

/// AUTH-31: the texts exist in both languages and say how long to wait.
#[tokio::test]
async fn the_refusal_is_told_in_greek_too() {
    let world = World::new().await;
    fail(&world, HOME, "eleni", 5).await;
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": "x" });
    let call = world.post("/api/auth/login").header("x-forwarded-for", HOME).header("accept-language", "el");
    let refused: Value = call.json(&body).send().await.refused(429, "ACCOUNT_LOCKED");
    let text = refused["message"].as_str().expect("a text");
    assert!(text.contains("1800") && text.contains("δευτερόλεπτα"), "{text}");
}
