//! `/api/payments/methods` and `/api/payments/setup-intent`: saved cards live at Stripe (PAY-16, PAY-17).

use serde_json::{Value, json};

use crate::support::{Answer, World};

async fn begin(world: &World, token: &str) -> String {
    let begun = world.post("/api/payments/setup-intent").bearer(token).send().await.expect(200);
    begun["clientSecret"].as_str().expect("a secret").split_once("_secret").expect("Stripe's form").0.to_owned()
}

/// What the payment form does in the browser.
async fn enter_card(world: &World, setup_intent: &str, card: &str) {
    let path = format!("/stripe/v1/setup_intents/{setup_intent}/confirm");
    let call = world.sandbox("POST", &path).bearer("sk_test_courtside_sandbox");
    let call = call.form(&format!("payment_method={card}"));
    call.send().await.expect(200);
}

async fn save(world: &World, token: &str, setup_intent: &str) -> Answer {
    world.post("/api/payments/methods").bearer(token).json(&json!({ "setupIntentId": setup_intent })).send().await
}

/// PAY-14, PAY-16, PAY-17: begin, enter the card at Stripe, keep it, see it with brand and last four digits only.
#[tokio::test]
async fn a_card_is_saved_and_listed() {
    let world = World::new().await;
    let (_, token) = world.customer().await;
    let none = world.get("/api/payments/methods").bearer(&token).send().await.expect(200);
    assert_eq!(none, json!({ "methods": [] }));

    let setup_intent = begin(&world, &token).await;
    assert_eq!(save(&world, &token, &setup_intent).await.wrong_fields(), ["setupIntentId"], "not finished yet");
    enter_card(&world, &setup_intent, "pm_card_visa").await;
    let saved = save(&world, &token, &setup_intent).await.expect(201);
    assert_eq!((&saved["type"], &saved["brand"], &saved["last4"]), (&json!("CARD"), &json!("visa"), &json!("4242")));

    let listed = world.get("/api/payments/methods").bearer(&token).send().await.expect(200);
    assert_eq!(listed["methods"], Value::Array(vec![saved.clone()]));
    assert!(saved["expiryMonth"].is_i64() && saved["expiryYear"].is_i64() && saved["isDefault"].is_boolean());
}

/// PAY-17, SEC-43: cards and setup intents of others do not exist.
#[tokio::test]
async fn other_peoples_cards_do_not_exist() {
    let world = World::new().await;
    let (_, token) = world.customer().await;
    let (_, other) = world.customer().await;
    let setup_intent = begin(&world, &token).await;
    enter_card(&world, &setup_intent, "pm_card_visa").await;
    save(&world, &token, &setup_intent).await.expect(201);

    assert_eq!(save(&world, &other, &setup_intent).await.wrong_fields(), ["setupIntentId"]);
    assert_eq!(save(&world, &other, "seti_nobody_knows").await.wrong_fields(), ["setupIntentId"]);
    assert_eq!(save(&world, &other, "../customers").await.wrong_fields(), ["setupIntentId"]);
    let listed = world.get("/api/payments/methods").bearer(&other).send().await.expect(200);
    assert_eq!(listed, json!({ "methods": [] }));
}

/// OPS-09: while Stripe is away the answer is 503, never a 500.
#[tokio::test]
async fn without_stripe_there_is_no_list() {
    let world = World::new().await;
    let (_, token) = world.customer().await;
    begin(&world, &token).await;
    world.chaos(json!({ "vendor": "stripe", "action": "drop", "times": 0 })).await;
    let answer = world.get("/api/payments/methods").bearer(&token).send().await;
    answer.refused(503, "PAYMENT_PROVIDER_UNAVAILABLE");
}
