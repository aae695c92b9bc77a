//! SEC-05: sign-ins from a new device, a new address and a new country.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, World, id};

/// A world whose ingress tells countries.
async fn world() -> World {
    World::with(|config| config.protection.country_header = Some("x-country".to_owned())).await
}

async fn register(world: &World, country: &str) -> Value {
    let body = json!({
        "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni"), "role": "CUSTOMER",
        "termsAccepted": true,
    });
    let call = world.post("/api/auth/register").header("x-forwarded-for", "203.0.113.1");
    call.header("x-device-id", "phone").header("x-country", country).json(&body).send().await.expect(201)
}

async fn login(world: &World, device: &str, ip: &str, country: &str) -> Answer {
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni") });
    let call = world.post("/api/auth/login").header("x-forwarded-for", ip).header("x-device-id", device);
    call.header("x-country", country).json(&body).send().await
}

async fn confirm(world: &World, challenge: &Value, code: &str) -> Answer {
    world.post("/api/auth/confirm-sign-in").json(&json!({ "challengeId": challenge, "code": code })).send().await
}

/// The code of the newest mail.
async fn mailed_code(world: &World) -> String {
    let (_, event) = world.events("NOTIFICATION_REQUESTED").await.pop().expect("a mail");
    assert_eq!(event["payload"]["channels"], json!(["EMAIL"]));
    let text = event["payload"]["body"]["en"].as_str().expect("a text").to_owned();
    assert!(event["payload"]["body"]["el"].as_str().expect("a text").contains(&digits(&text)));
    digits(&text)
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// SEC-05: all three new: no tokens until the mailed code is shown, and staff are told.
#[tokio::test]
async fn a_sign_in_from_nowhere_is_confirmed_by_mail() {
    let world = world().await;
    let eleni = register(&world, "GR").await;
    let waits = login(&world, "laptop", "198.51.100.7", "BR").await.expect(200);
    assert_eq!((&waits["confirmationRequired"], waits.get("accessToken")), (&json!(true), None));
    let alerts = world.events("SECURITY_ALERT").await;
    let [(key, alert)] = alerts.as_slice() else { panic!("one alert: {alerts:?}") };
    assert_eq!(*key, id(&eleni["user"]).to_string());
    assert_eq!(
        (&alert["payload"]["alertType"], &alert["payload"]["severity"]),
        (&json!("SUSPICIOUS_LOGIN"), &json!("MEDIUM"))
    );
    assert_eq!(alert["payload"]["metadata"]["geoLocation"], "BR");

    let code = mailed_code(&world).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    confirm(&world, &waits["challengeId"], wrong).await.refused(401, "SIGN_IN_CODE_INVALID");
    let signed_in = confirm(&world, &waits["challengeId"], &code).await.expect(200);
    assert_eq!(signed_in["user"]["id"], eleni["user"]["id"]);
    confirm(&world, &waits["challengeId"], &code).await.refused(401, "SIGN_IN_CODE_INVALID");
    // The place is known from now on.
    let again = login(&world, "tablet", "198.51.100.99", "BR").await.expect(200);
    assert!(again["accessToken"].is_string());
}

/// SEC-05: two of three are not suspicious, and neither is a country that nobody can name.
#[tokio::test]
async fn one_known_thing_is_enough() {
    let world = world().await;
    register(&world, "GR").await;
    for (device, ip, country) in [
        ("phone", "198.51.100.7", "BR"),
        ("laptop", "203.0.113.1", "IT"),
        ("tablet", "198.51.100.8", "GR"),
        ("console", "198.51.100.9", "unknown"),
    ] {
        let answer = login(&world, device, ip, country).await.expect(200);
        assert!(answer["accessToken"].is_string(), "{device} {ip} {country}");
    }
    assert_eq!(world.events("SECURITY_ALERT").await.len(), 0);
}

/// SEC-05: the mailed code is good for a quarter of an hour.
#[tokio::test]
async fn a_mailed_code_grows_old() {
    let world = world().await;
    register(&world, "GR").await;
    let waits = login(&world, "laptop", "198.51.100.7", "BR").await.expect(200);
    world.clock.advance(SignedDuration::from_mins(15));
    let code = mailed_code(&world).await;
    let over = confirm(&world, &waits["challengeId"], &code).await.refused(401, "SIGN_IN_CODE_INVALID");
    assert_eq!(over["details"]["reason"], "CHALLENGE_OVER");
}

/// A challenge of one kind is not answered at the door of the other.
#[tokio::test]
async fn a_mailed_code_is_no_second_factor() {
    let world = world().await;
    register(&world, "GR").await;
    let waits = login(&world, "laptop", "198.51.100.7", "BR").await.expect(200);
    let code = mailed_code(&world).await;
    let body = json!({ "challengeId": waits["challengeId"], "code": code });
    world.post("/api/auth/2fa/verify").json(&body).send().await.refused(401, "TOTP_INVALID");
}

/// Nobody but the ingress says where an address is: without the setting, headers of clients mean nothing.
#[tokio::test]
async fn clients_do_not_say_where_they_are() {
    let world = World::new().await;
    register(&world, "GR").await;
    assert!(login(&world, "laptop", "198.51.100.7", "BR").await.expect(200)["accessToken"].is_string());
    assert_eq!(world.count("SELECT count(*) FROM sessions WHERE country IS NOT NULL").await, 0);
}
