//! Mails and pushes: taken as the vendors take them, and seen afterwards.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::bench::{Answer, Bench, text};

async fn mail(bench: &Bench, key: &str, body: &Value) -> Answer {
    bench
        .send(
            bench
                .client
                .post(bench.url("/sendgrid/v3/mail/send"))
                .bearer_auth(key)
                .header("content-type", "application/json")
                .body(body.to_string()),
        )
        .await
}

fn letter(to: &str) -> Value {
    json!({
        "personalizations": [{ "to": [{ "email": to, "name": "Maria" }], "substitutions": { "-name-": "Maria" } }],
        "from": { "email": "no-reply@courtside.test", "name": "Courtside" },
        "subject": "Hello -name-",
        "content": [{ "type": "text/plain", "value": "Dear -name-" }, { "type": "text/html", "value": "<script>alert(1)</script><p>Dear -name-</p>" }],
        "attachments": [{ "content": "aGVsbG8=", "filename": "receipt.txt", "type": "text/plain" }],
    })
}

/// A mail is accepted with 202, found by its recipient, shown fenced in, and cleared.
#[tokio::test]
async fn mails_are_taken_and_shown() {
    let bench = Bench::start().await;
    let sent = mail(&bench, "SG.courtside-sandbox", &letter("Maria@courtside.test")).await;
    assert_eq!(sent.status, StatusCode::ACCEPTED);
    assert!(sent.headers.contains_key("x-message-id"));
    mail(&bench, "SG.courtside-sandbox", &letter("nikos@courtside.test")).await;

    let mine = bench.get("/outbox/mail?to=maria@courtside.test").await.body;
    assert_eq!((&mine["total"], mine["mails"].as_array().map(Vec::len)), (&json!(2), Some(1)));
    let shown = &mine["mails"][0];
    assert_eq!(
        (&shown["subject"], &shown["text"], &shown["from"]),
        (&json!("Hello Maria"), &json!("Dear Maria"), &json!("Courtside <no-reply@courtside.test>"))
    );
    let page = bench.get(&format!("/outbox/mail/{}/html", text(shown, "id"))).await;
    assert!(
        page.headers["content-security-policy"].to_str().expect("text").starts_with("sandbox "),
        "{:?}",
        page.headers
    );
    let attachment = bench.get(&format!("/outbox/mail/{}/attachments/0", text(shown, "id"))).await;
    assert_eq!(
        (attachment.body, &attachment.headers["content-disposition"]),
        (json!("hello"), &"attachment".parse().expect("a header"))
    );
    let browser = bench.send(bench.client.get(bench.url("/outbox/mail")).header("accept", "text/html")).await;
    assert_eq!(
        (browser.status, browser.headers["location"].to_str().expect("text")),
        (StatusCode::SEE_OTHER, bench.url("/#mails").as_str())
    );
    bench.send(bench.client.delete(bench.url("/outbox/mail"))).await;
    assert_eq!(bench.get("/outbox/mail").await.body, json!({ "mails": [], "total": 0 }));
}

/// What SendGrid refuses is refused with the field at fault.
#[tokio::test]
async fn malformed_mails_are_refused() {
    let bench = Bench::start().await;
    assert_eq!(mail(&bench, "SG.wrong", &letter("a@b.test")).await.status, StatusCode::UNAUTHORIZED);
    let mut without_content = letter("a@b.test");
    without_content["content"] = json!([]);
    let mut without_subject = letter("a@b.test");
    without_subject["subject"] = Value::Null;
    for (body, field) in
        [(letter("nobody"), "personalizations.0.to.email"), (without_content, "content"), (without_subject, "subject")]
    {
        let answer = mail(&bench, "SG.courtside-sandbox", &body).await;
        assert_eq!((answer.status, &answer.body["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!(field)));
    }
    assert_eq!(mail(&bench, "SG.courtside-sandbox", &json!({})).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(bench.get("/outbox/mail").await.body["total"], 0);
}

async fn service_account_token(bench: &Bench, lifetime: i64) -> Answer {
    let account = bench.get("/fcm/service-account.json").await.body;
    let pem: String = text(&account, "private_key").lines().filter(|line| !line.starts_with('-')).collect();
    let key = RsaKeyPair::from_pkcs8(&STANDARD.decode(pem).expect("base64")).expect("a key");
    let now = bench.now();
    let claims = json!({ "iss": account["client_email"], "aud": account["token_uri"], "scope": "https://www.googleapis.com/auth/firebase.messaging", "iat": now, "exp": now + lifetime });
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(json!({ "alg": "RS256", "typ": "JWT" }).to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).expect("a signature");
    let assertion = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion.as_str())];
    bench.send(bench.client.post(text(&account, "token_uri")).form(&form)).await
}

/// Firebase: a service account's token sends to a device; an unknown device is told apart (NOTE-36).
#[tokio::test]
async fn firebase_takes_pushes_of_its_service_account() {
    let bench = Bench::start().await;
    assert_eq!(service_account_token(&bench, 7200).await.body["error"], "invalid_grant");
    let token = text(&service_account_token(&bench, 3600).await.body, "access_token");
    let send = async |token: &str, message: Value| {
        let url = bench.url("/fcm/v1/projects/courtside-sandbox/messages:send");
        bench
            .send(
                bench
                    .client
                    .post(url)
                    .bearer_auth(token)
                    .header("content-type", "application/json")
                    .body(json!({ "message": message }).to_string()),
            )
            .await
    };
    let message = json!({ "token": "device-1", "notification": { "title": "Hello", "body": "There" }, "data": { "bookingId": "b-1" } });
    assert_eq!(send("guess", message.clone()).await.status, StatusCode::UNAUTHORIZED);
    let sent = send(&token, message.clone()).await;
    assert!(text(&sent.body, "name").starts_with("projects/courtside-sandbox/messages/"), "{}", sent.body);
    let pushes = bench.get("/outbox/push?to=device-1").await.body;
    assert_eq!(
        (&pushes["pushes"][0]["title"], &pushes["pushes"][0]["message"]["data"]["bookingId"]),
        (&json!("Hello"), &json!("b-1"))
    );
    let wrong = send(&token, json!({ "token": "device-1", "data": { "count": 1 } })).await;
    assert_eq!((wrong.status, &wrong.body["error"]["status"]), (StatusCode::BAD_REQUEST, &json!("INVALID_ARGUMENT")));
    bench.send(bench.client.put(bench.url("/outbox/push/gone/device-1"))).await;
    let gone = send(&token, message.clone()).await;
    assert_eq!(
        (gone.status, &gone.body["error"]["details"][0]["errorCode"]),
        (StatusCode::NOT_FOUND, &json!("UNREGISTERED"))
    );
    bench.clock.advance(jiff::SignedDuration::from_hours(1));
    assert_eq!(send(&token, message).await.status, StatusCode::UNAUTHORIZED);
}

/// Web Push: the VAPID token is verified; a gone subscription is 410 (NOTE-39).
#[tokio::test]
async fn web_push_checks_the_sender() {
    let bench = Bench::start().await;
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let origin = bench.base.trim_end_matches("/sandbox").to_owned();
    let vapid = |audience: &str, hours: i64| {
        let claims = json!({ "aud": audience, "exp": bench.now() + hours * 3600, "sub": "mailto:ops@courtside.test" });
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(json!({ "alg": "ES256", "typ": "JWT" }).to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).expect("a signature");
        format!(
            "vapid t={signed}.{}, k={}",
            URL_SAFE_NO_PAD.encode(signature),
            URL_SAFE_NO_PAD.encode(pair.public_key().as_ref())
        )
    };
    let mut body = vec![7_u8; 16];
    body.extend_from_slice(&4096_u32.to_be_bytes());
    body.push(65);
    body.push(4);
    body.extend_from_slice(&[9; 64 + 60]);
    let send = async |id: &str, authorization: &str, encoding: &str| {
        let request = bench
            .client
            .post(bench.url(&format!("/webpush/{id}")))
            .header("ttl", "60")
            .header("authorization", authorization);
        bench.send(request.header("content-encoding", encoding).body(body.clone())).await
    };
    assert_eq!(send("s-1", &vapid(&origin, 12), "aes128gcm").await.status, StatusCode::CREATED);
    assert_eq!(bench.get("/outbox/push?to=s-1").await.body["pushes"][0]["message"]["ttl"], 60);
    assert_eq!(send("s-1", "Bearer x", "aes128gcm").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(send("s-1", &vapid("https://elsewhere.test", 12), "aes128gcm").await.status, StatusCode::FORBIDDEN);
    assert_eq!(send("s-1", &vapid(&origin, 25), "aes128gcm").await.status, StatusCode::FORBIDDEN);
    assert_eq!(send("s-1", &vapid(&origin, 12), "aesgcm").await.status, StatusCode::BAD_REQUEST);
    let mut tampered = vapid(&origin, 12);
    tampered = tampered.replacen("vapid t=ey", "vapid t=eX", 1);
    assert_eq!(send("s-1", &tampered, "aes128gcm").await.status, StatusCode::FORBIDDEN);
    assert_eq!(send("gone-1", &vapid(&origin, 12), "aes128gcm").await.status, StatusCode::GONE);
}
