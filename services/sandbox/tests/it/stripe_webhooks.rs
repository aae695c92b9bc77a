//! Webhooks: signatures, retries, order, and the accounts' own endpoint.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use crate::bench::{Bench, eventually, text};
use crate::receiver::{Delivery, Receiver, SECRET};

async fn bench_with(receiver: &Receiver, connect: bool) -> Bench {
    let target = receiver.target(connect);
    Bench::start_with(|config| config.stripe.webhooks = vec![target]).await
}

async fn pay(bench: &Bench) -> String {
    let form = [
        ("amount", "5000"),
        ("currency", "eur"),
        ("confirm", "true"),
        ("payment_method", "pm_card_visa"),
        ("metadata[bookingId]", "b-1"),
    ];
    text(&bench.stripe_ok("payment_intents", &form).await, "id")
}

// Computed with another library than the sandbox uses.
fn is_signed(delivery: &Delivery, secret: &str) -> bool {
    let fields: std::collections::HashMap<&str, &str> =
        delivery.signature.split(',').filter_map(|part| part.split_once('=')).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let expected = hex::encode(hmac::sign(&key, format!("{}.{}", fields["t"], delivery.raw).as_bytes()));
    fields["v1"] == expected
}

/// PAY-37, PAY-38: events carry the object and a signature over the raw body.
#[tokio::test]
async fn events_are_signed_and_carry_the_object() {
    let receiver = Receiver::start().await;
    let bench = bench_with(&receiver, false).await;
    let intent = pay(&bench).await;
    let delivery = receiver.wait_for("payment_intent.succeeded", 1).await.remove(0);
    assert!(is_signed(&delivery, SECRET), "{}", delivery.signature);
    assert!(!is_signed(&delivery, "whsec_other"));
    assert!(delivery.signature.starts_with("t=1795168800,v1="), "{}", delivery.signature);
    let event = &delivery.event;
    assert_eq!((&event["object"], &event["data"]["object"]["id"]), (&json!("event"), &json!(intent)));
    assert_eq!(event["data"]["object"]["metadata"]["bookingId"], "b-1");
    assert!(event.get("account").is_none());

    let charge = text(&event["data"]["object"], "latest_charge");
    bench.stripe_ok("refunds", &[("charge", &charge), ("amount", "1000")]).await;
    let refunded = receiver.wait_for("charge.refunded", 1).await.remove(0);
    assert_eq!(refunded.event["data"]["object"]["amount_refunded"], 1000);
    // PAY-31: the bank of the card sends it back, once.
    let refund = text(&bench.stripe_get("refunds", &[("charge", &charge)]).await.body["data"][0], "id");
    bench.post_json(&format!("/stripe/refunds/{refund}/fail"), &json!({})).await;
    let failed = receiver.wait_for("refund.failed", 1).await.remove(0);
    assert_eq!(
        (&failed.event["data"]["object"]["id"], &failed.event["data"]["object"]["status"]),
        (&json!(refund), &json!("failed"))
    );
    assert_eq!(bench.stripe_get(&format!("charges/{charge}"), &[]).await.body["amount_refunded"], 0);
    let again = bench.post_json(&format!("/stripe/refunds/{refund}/fail"), &json!({})).await;
    assert_eq!(again.body["error"]["code"], "refund_failed");
    let dispute = bench
        .post_json(&format!("/stripe/payment_intents/{intent}/dispute"), &json!({ "reason": "product_not_received" }))
        .await
        .body;
    assert_eq!(
        receiver.wait_for("charge.dispute.created", 1).await[0].event["data"]["object"]["reason"],
        "product_not_received"
    );
    bench.post_json(&format!("/stripe/disputes/{}/close", text(&dispute, "id")), &json!({ "status": "won" })).await;
    assert_eq!(receiver.wait_for("charge.dispute.closed", 1).await[0].event["data"]["object"]["status"], "won");
    let listed = bench.stripe_get("events", &[("type", "charge.dispute.closed")]).await.body;
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
}

/// PAY-41: a refused delivery comes again, with the same event id, until it is taken.
#[tokio::test]
async fn refused_deliveries_come_again() {
    let receiver = Receiver::start().await;
    let bench = Bench::start_with(|config| {
        config.stripe.webhooks = vec![sandbox::config::WebhookTarget {
            events: vec!["payment_intent.succeeded".to_owned()],
            ..receiver.target(false)
        }];
    })
    .await;
    receiver.refuse(3);
    pay(&bench).await;
    let seen = receiver.wait_for("payment_intent.succeeded", 4).await;
    assert!(seen.iter().all(|delivery| delivery.event["id"] == seen[0].event["id"] && is_signed(delivery, SECRET)));
    assert_eq!(receiver.seen().len(), 4);
    let delivery = eventually("delivered", || async {
        let list = bench.get("/stripe/deliveries").await.body;
        Some(list["deliveries"][0].clone()).filter(|delivery| delivery["state"] == "delivered")
    })
    .await;
    assert_eq!((&delivery["attempts"], &delivery["lastStatus"]), (&json!(4), &json!(200)));
    let resent = bench.post_json(&format!("/stripe/deliveries/{}/resend", text(&delivery, "id")), &Value::Null).await;
    assert_eq!(resent.status, reqwest::StatusCode::ACCEPTED);
    receiver.wait_for("payment_intent.succeeded", 5).await;
}

/// A delivery is given up after the configured number of attempts.
#[tokio::test]
async fn deliveries_are_given_up_in_the_end() {
    let receiver = Receiver::start().await;
    let target = receiver.target(false);
    let bench = Bench::start_with(|config| {
        config.stripe.webhooks = vec![target];
        config.stripe.webhook_attempts = 2;
    })
    .await;
    receiver.refuse(100);
    bench.stripe_ok("customers", &[("email", "a@b.test")]).await;
    let delivery = eventually("given up", || async {
        let list = bench.get("/stripe/deliveries").await.body;
        Some(list["deliveries"][0].clone()).filter(|delivery| delivery["state"] == "failed")
    })
    .await;
    assert_eq!((&delivery["attempts"], &delivery["lastStatus"]), (&json!(2), &json!(500)));
}

/// PAY-39, PAY-54: changes of connected accounts go to the Connect endpoint and name the account.
#[tokio::test]
async fn account_events_go_to_the_connect_endpoint() {
    let receiver = Receiver::start().await;
    let bench = bench_with(&receiver, true).await;
    let owner = bench.owner_account().await;
    let updated = receiver.wait_for("account.updated", 1).await.remove(0).event;
    assert_eq!((&updated["account"], &updated["data"]["object"]["charges_enabled"]), (&json!(owner), &json!(true)));
    assert_eq!(updated["data"]["previous_attributes"]["charges_enabled"], false);

    bench.post_json(&format!("/stripe/accounts/{owner}/restrict"), &Value::Null).await;
    let restricted = receiver.wait_for("account.updated", 2).await.remove(1).event;
    assert_eq!(restricted["data"]["object"]["payouts_enabled"], false);
    assert_eq!(restricted["data"]["object"]["requirements"]["past_due"], json!(["individual.verification.document"]));
    pay(&bench).await;
    bench.post_json(&format!("/stripe/accounts/{owner}/deauthorize"), &Value::Null).await;
    receiver.wait_for("account.application.deauthorized", 1).await;
    assert!(receiver.seen().iter().all(|delivery| delivery.event["account"] == owner.as_str()));
}

/// An endpoint made over the API gets its own secret and only the events it asked for.
#[tokio::test]
async fn endpoints_can_be_made_over_the_api() {
    let receiver = Receiver::start().await;
    let bench = Bench::start().await;
    let endpoint = bench
        .stripe_ok("webhook_endpoints", &[("url", &receiver.url), ("enabled_events[]", "payment_intent.succeeded")])
        .await;
    pay(&bench).await;
    let delivery = receiver.wait_for("payment_intent.succeeded", 1).await.remove(0);
    assert!(is_signed(&delivery, &text(&endpoint, "secret")));
    assert_eq!(receiver.seen().len(), 1);
}

/// Chaos between Stripe and us: lost, doubled, overtaken, and an answer that never came back.
#[tokio::test]
async fn deliveries_can_be_disturbed() {
    let receiver = Receiver::start().await;
    let bench = bench_with(&receiver, false).await;
    let chaos =
        async |rule: Value| assert_eq!(bench.post_json("/chaos", &rule).await.status, reqwest::StatusCode::CREATED);

    chaos(json!({ "vendor": "stripe-webhook", "operation": "payment_intent.succeeded", "action": "drop" })).await;
    chaos(json!({ "vendor": "stripe-webhook", "operation": "charge.succeeded", "action": "repeat" })).await;
    pay(&bench).await;
    let doubled = receiver.wait_for("charge.succeeded", 2).await;
    assert_eq!(doubled[0].event["id"], doubled[1].event["id"]);
    eventually("dropped", || async {
        let list = bench.get("/stripe/deliveries").await.body;
        list["deliveries"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|delivery| delivery["state"] == "dropped")
            .then_some(())
    })
    .await;
    assert!(receiver.seen_of("payment_intent.succeeded").is_empty());

    chaos(json!({ "vendor": "stripe-webhook", "operation": "payment_intent.created", "action": "reorder", "delayMs": 10000 })).await;
    let before = receiver.seen().len();
    pay(&bench).await;
    receiver.wait_for("payment_intent.created", 2).await;
    let order: Vec<String> = receiver.seen()[before..].iter().map(|delivery| text(&delivery.event, "type")).collect();
    assert_ne!(order[0], "payment_intent.created", "{order:?}");

    chaos(json!({ "vendor": "stripe-webhook", "operation": "customer.created", "action": "timeout_after_effect" }))
        .await;
    bench.stripe_ok("customers", &[]).await;
    let again = receiver.wait_for("customer.created", 2).await;
    assert_eq!(again[0].event["id"], again[1].event["id"]);
}
