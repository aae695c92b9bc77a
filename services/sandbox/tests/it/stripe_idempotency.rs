//! Idempotency keys: replay, mismatch, parallel use, and what is forgotten.

use reqwest::StatusCode;
use serde_json::json;

use crate::bench::{Bench, eventually, text};

const CHARGE: [(&str, &str); 4] =
    [("amount", "5000"), ("currency", "eur"), ("confirm", "true"), ("payment_method", "pm_card_visa")];

/// PAY-05: the same key with the same parameters gives the first answer again and charges once.
#[tokio::test]
async fn the_same_key_replays_the_first_answer() {
    let bench = Bench::start().await;
    let first = bench.stripe_keyed("booking-1:charge", "payment_intents", &CHARGE).await;
    assert!(!first.headers.contains_key("idempotent-replayed"));
    let mut other_order = CHARGE;
    other_order.reverse();
    let second = bench.stripe_keyed("booking-1:charge", "payment_intents", &other_order).await;
    assert_eq!((second.status, &second.body), (StatusCode::OK, &first.body));
    assert_eq!(second.headers["idempotent-replayed"], "true");
    assert_eq!(second.headers["request-id"], first.headers["request-id"]);
    let list = bench.stripe_get("payment_intents", &[]).await.body;
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
}

/// A refused card is an answer as well: it is replayed, not tried again.
#[tokio::test]
async fn a_decline_is_replayed() {
    let bench = Bench::start().await;
    let form =
        [("amount", "5000"), ("currency", "eur"), ("confirm", "true"), ("payment_method", "pm_card_chargeDeclined")];
    let first = bench.stripe_keyed("k", "payment_intents", &form).await;
    let second = bench.stripe_keyed("k", "payment_intents", &form).await;
    assert_eq!((first.status, second.status), (StatusCode::PAYMENT_REQUIRED, StatusCode::PAYMENT_REQUIRED));
    assert_eq!(second.body["error"]["payment_intent"]["id"], first.body["error"]["payment_intent"]["id"]);
    assert_eq!(second.headers["idempotent-replayed"], "true");
}

/// Other parameters, another path or another account under the same key are told apart.
#[tokio::test]
async fn a_key_belongs_to_its_parameters() {
    let bench = Bench::start().await;
    bench.stripe_keyed("k", "payment_intents", &CHARGE).await;
    let other = bench.stripe_keyed("k", "payment_intents", &[("amount", "5001"), ("currency", "eur")]).await;
    assert_eq!((other.status, &other.body["error"]["type"]), (StatusCode::BAD_REQUEST, &json!("idempotency_error")));
    let elsewhere = bench.stripe_keyed("k", "customers", &[]).await;
    assert_eq!(elsewhere.body["error"]["type"], "idempotency_error");
    let owner = bench.owner_account().await;
    let request = bench
        .stripe_request(reqwest::Method::POST, "customers", &[])
        .header("idempotency-key", "k")
        .header("stripe-account", &owner);
    assert_eq!(bench.send(request).await.status, StatusCode::OK);
    let too_long = bench.stripe_keyed(&"k".repeat(256), "customers", &[]).await;
    assert_eq!(too_long.status, StatusCode::BAD_REQUEST);
}

/// A request that never began leaves its key free.
#[tokio::test]
async fn a_malformed_request_does_not_use_up_its_key() {
    let bench = Bench::start().await;
    let wrong = bench.stripe_keyed("k", "payment_intents", &[("currency", "eur")]).await;
    assert_eq!(wrong.body["error"]["code"], "parameter_missing");
    let right = bench.stripe_keyed("k", "payment_intents", &CHARGE).await;
    assert_eq!((right.status, &right.body["status"]), (StatusCode::OK, &json!("succeeded")));
}

/// While the first request runs, the second is 409; afterwards it is replayed.
#[tokio::test]
async fn parallel_use_of_a_key_is_a_conflict() {
    let bench = Bench::start().await;
    bench
        .post_json(
            "/chaos",
            &json!({ "vendor": "stripe", "operation": "POST /v1/payment_intents", "action": "delay", "delayMs": 1500 }),
        )
        .await;
    let first = bench.stripe_keyed("k", "payment_intents", &CHARGE);
    let second = async {
        eventually("the first request is under way", || async {
            let rules = bench.get("/chaos").await.body;
            rules["rules"].as_array().is_some_and(Vec::is_empty).then_some(())
        })
        .await;
        bench.stripe_keyed("k", "payment_intents", &CHARGE).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(
        (second.status, &second.body["error"]["code"]),
        (StatusCode::CONFLICT, &json!("idempotency_key_in_use"))
    );
    let third = bench.stripe_keyed("k", "payment_intents", &CHARGE).await;
    assert_eq!(text(&third.body, "id"), text(&first.body, "id"));
}

/// Keys are forgotten after a day; then the same request is a new one.
#[tokio::test]
async fn keys_are_forgotten_after_a_day() {
    let bench = Bench::start().await;
    let first = bench.stripe_keyed("k", "payment_intents", &CHARGE).await;
    bench.clock.advance(jiff::SignedDuration::from_hours(23));
    let within = bench.stripe_keyed("k", "payment_intents", &CHARGE).await;
    assert_eq!(text(&within.body, "id"), text(&first.body, "id"));
    bench.clock.advance(jiff::SignedDuration::from_hours(1));
    let after = bench.stripe_keyed("k", "payment_intents", &CHARGE).await;
    assert_ne!(text(&after.body, "id"), text(&first.body, "id"));
}

/// A caller that gives up after the charge finds the charge with the same key.
#[tokio::test]
async fn a_timeout_is_not_a_failure() {
    let bench = Bench::start().await;
    bench.post_json("/chaos", &json!({ "vendor": "stripe", "operation": "payment_intents", "action": "timeout_after_effect", "delayMs": 60000 })).await;
    let request = bench
        .stripe_request(reqwest::Method::POST, "payment_intents", &CHARGE)
        .header("idempotency-key", "k")
        .timeout(std::time::Duration::from_millis(300));
    assert!(request.send().await.is_err_and(|error| error.is_timeout()));
    // The first request still hangs, so its key is in use; Stripe's clients wait and ask again, and so may a lookup.
    let list = bench.stripe_get("payment_intents", &[]).await.body;
    assert_eq!((list["data"].as_array().map(Vec::len), &list["data"][0]["status"]), (Some(1), &json!("succeeded")));
}
