//! Faults on calls: who asks for one gets exactly that one.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::bench::{Bench, text};

const CHARGE: [(&str, &str); 4] =
    [("amount", "5000"), ("currency", "eur"), ("confirm", "true"), ("payment_method", "pm_card_visa")];

async fn rule(bench: &Bench, rule: Value) -> u64 {
    let answer = bench.post_json("/chaos", &rule).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.body["id"].as_u64().expect("an id")
}

async fn charges(bench: &Bench) -> usize {
    bench.stripe_get("payment_intents", &[("limit", "100")]).await.body["data"].as_array().expect("a list").len()
}

/// A failed call has no effect and the vendor's own error; a rule strikes as often as asked.
#[tokio::test]
async fn a_failing_call_has_no_effect() {
    let bench = Bench::start().await;
    rule(&bench, json!({ "vendor": "stripe", "operation": "POST /v1/payment_intents", "action": "fail", "times": 2 }))
        .await;
    for _ in 0..2 {
        let failed = bench.stripe_keyed("k", "payment_intents", &CHARGE).await;
        assert_eq!(
            (failed.status, &failed.body["error"]["type"]),
            (StatusCode::SERVICE_UNAVAILABLE, &json!("api_error"))
        );
    }
    assert_eq!(charges(&bench).await, 0);
    assert_eq!(bench.stripe_keyed("k", "payment_intents", &CHARGE).await.body["status"], "succeeded");
    rule(&bench, json!({ "vendor": "stripe", "action": "fail", "status": 429 })).await;
    let limited = bench.stripe("customers", &[]).await;
    assert_eq!((limited.status, &limited.body["error"]["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!("rate_limit")));
}

/// A delayed call comes late and whole; a dropped one breaks the connection without effect.
#[tokio::test]
async fn calls_can_be_late_or_lost() {
    let bench = Bench::start().await;
    rule(&bench, json!({ "vendor": "stripe", "action": "delay", "delayMs": 300 })).await;
    let started = Instant::now();
    assert_eq!(bench.stripe("payment_intents", &CHARGE).await.body["status"], "succeeded");
    assert!(started.elapsed() >= Duration::from_millis(300));
    rule(&bench, json!({ "vendor": "stripe", "operation": "POST", "action": "drop" })).await;
    let lost = async {
        let response = bench.stripe_request(Method::POST, "payment_intents", &CHARGE).send().await?;
        response.text().await
    };
    assert!(lost.await.is_err());
    assert_eq!(charges(&bench).await, 1);
}

/// A call that happens twice charges twice, unless it has an idempotency key.
#[tokio::test]
async fn only_a_key_protects_from_a_repeated_call() {
    let bench = Bench::start().await;
    rule(&bench, json!({ "vendor": "stripe", "operation": "payment_intents", "action": "repeat" })).await;
    let keyed = bench.stripe_keyed("k", "payment_intents", &CHARGE).await;
    assert_eq!(keyed.headers["idempotent-replayed"], "true");
    assert_eq!(charges(&bench).await, 1);
    rule(&bench, json!({ "vendor": "stripe", "operation": "POST /v1/payment_intents", "action": "repeat" })).await;
    bench.stripe("payment_intents", &CHARGE).await;
    assert_eq!(charges(&bench).await, 3);
    rule(&bench, json!({ "vendor": "sendgrid", "action": "repeat" })).await;
    let mail = json!({ "personalizations": [{ "to": [{ "email": "a@b.test" }] }], "from": { "email": "c@d.test" }, "subject": "s", "content": [{ "type": "text/plain", "value": "v" }] });
    bench
        .send(
            bench
                .client
                .post(bench.url("/sendgrid/v3/mail/send"))
                .bearer_auth("SG.courtside-sandbox")
                .body(mail.to_string()),
        )
        .await;
    assert_eq!(bench.get("/outbox/mail").await.body["total"], 2);
}

/// A reordered call lets the next one pass first.
#[tokio::test]
async fn calls_can_overtake_each_other() {
    let bench = Bench::start().await;
    rule(
        &bench,
        json!({ "vendor": "stripe", "operation": "POST /v1/customers", "action": "reorder", "delayMs": 10000 }),
    )
    .await;
    let first = bench.stripe("customers", &[("name", "first")]);
    let second = async {
        crate::bench::eventually("the first call waits", || async {
            bench.get("/chaos").await.body["rules"].as_array().is_some_and(Vec::is_empty).then_some(())
        })
        .await;
        bench.stripe("customers", &[("name", "second")]).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::OK));
    let newest_first = bench.stripe_get("customers", &[]).await.body;
    assert_eq!(
        (&newest_first["data"][0]["name"], &newest_first["data"][1]["name"]),
        (&json!("first"), &json!("second"))
    );
}

/// AUTH-12: one provider is down until the rule is removed, the others are not.
#[tokio::test]
async fn a_provider_can_be_taken_down() {
    let bench = Bench::start().await;
    let id = rule(&bench, json!({ "vendor": "google", "action": "fail", "times": 0 })).await;
    for _ in 0..3 {
        let down = bench.get("/google/oauth2/v3/certs").await;
        assert_eq!(
            (down.status, &down.body["error"]),
            (StatusCode::SERVICE_UNAVAILABLE, &json!("temporarily_unavailable"))
        );
    }
    assert_eq!(bench.get("/apple/auth/keys").await.status, StatusCode::OK);
    assert_eq!(bench.get("/chaos").await.body["rules"][0]["struck"], 3);
    bench.send(bench.client.delete(bench.url(&format!("/chaos/{id}")))).await;
    assert_eq!(bench.get("/google/oauth2/v3/certs").await.status, StatusCode::OK);
}

/// Rules are checked, listed and cleared by vendor.
#[tokio::test]
async fn rules_are_checked_and_cleared() {
    let bench = Bench::start().await;
    for wrong in [
        json!({ "vendor": "paypal", "action": "fail" }),
        json!({ "vendor": "stripe", "action": "explode" }),
        json!({ "vendor": "stripe", "action": "fail", "status": 200 }),
        json!({ "vendor": "stripe", "action": "delay", "delayMs": 600_001 }),
        json!({ "vendor": "stripe", "action": "fail", "often": 2 }),
    ] {
        let answer = bench.post_json("/chaos", &wrong).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(!text(&answer.body, "error").is_empty());
    }
    rule(&bench, json!({ "vendor": "stripe", "action": "fail" })).await;
    rule(&bench, json!({ "vendor": "s3", "action": "fail" })).await;
    bench.send(bench.client.delete(bench.url("/chaos?vendor=stripe"))).await;
    let left = bench.get("/chaos").await.body;
    assert_eq!((left["rules"].as_array().map(Vec::len), &left["rules"][0]["vendor"]), (Some(1), &json!("s3")));
    bench.send(bench.client.delete(bench.url("/chaos"))).await;
    assert_eq!(bench.get("/chaos").await.body, json!({ "rules": [] }));
}
