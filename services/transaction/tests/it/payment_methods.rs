//! `/api/payments/methods` and `/api/payments/setup-intent`: saved cards live at Stripe (PAY-16, PAY-17).

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};
use transaction::payments::ops::check_methods;

use crate::support::{Answer, Club, World};

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

/// PAY-18: cards from a phone's wallet are kept and paid with like any other, and shown as what they are.
#[tokio::test]
async fn wallets_work_like_cards() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    for (card, kind, start) in
        [("pm_card_applePay", "APPLE_PAY", "10:00"), ("pm_card_googlePay", "GOOGLE_PAY", "12:00")]
    {
        let (_, token) = world.customer().await;
        let setup_intent = begin(&world, &token).await;
        enter_card(&world, &setup_intent, card).await;
        let saved = save(&world, &token, &setup_intent).await.expect(201);
        assert_eq!(saved["type"], kind);
        let booked = club.try_to_book(&world, &token, start, saved["id"].as_str().expect("an id")).await.expect(201);
        assert_eq!(booked["paymentStatus"], "CAPTURED");
    }
}

/// PAY-15: however many calls begin at once, one user has one customer at Stripe.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_calls_make_one_customer() {
    let world = World::new().await;
    let (_, token) = world.customer().await;
    let calls = (0..8).map(|_| begin(&world, &token));
    futures::future::join_all(calls).await;
    let customers = world.stripe_get("customers?limit=100").await;
    assert_eq!(customers["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(world.count("SELECT count(*) FROM transaction.stripe_customers").await, 1);
}

/// A pending booking paid with a saved card that the customer then removes; Stripe has reported it.
async fn with_a_removed_card(world: &World) -> (contracts::ids::UserId, String) {
    let club = Club::confirming_by_hand(world).await;
    let (customer, token) = world.customer().await;
    let setup_intent = begin(world, &token).await;
    enter_card(world, &setup_intent, "pm_card_visa").await;
    let card = save(world, &token, &setup_intent).await.expect(201)["id"].as_str().expect("an id").to_owned();
    let booking = club.try_to_book(world, &token, "10:00", &card).await.expect(201);
    let detach = world.sandbox("POST", &format!("/stripe/v1/payment_methods/{card}/detach"));
    let detached = detach.bearer("sk_test_courtside_sandbox").send().await.expect(200);
    assert_eq!(world.report("evt_gone", "payment_method.detached", &detached).await.status, 200);
    check_methods(&world.node.state).await.expect("a round");
    check_methods(&world.node.state).await.expect("a round");
    let told = world.events("NOTIFICATION_REQUESTED").await;
    let told: Vec<_> = told.iter().filter(|event| event["payload"]["notificationType"] == "PAYMENT_FAILED").collect();
    assert_eq!(told.len(), 1, "PAY-19: asked once");
    assert_eq!(told[0]["payload"]["userId"], json!(customer));
    (customer, booking["id"].as_str().expect("an id").to_owned())
}

/// PAY-19: the customer is asked, does nothing for 24 hours, and the booking is called off with its hold let go.
#[tokio::test]
async fn a_removed_card_ends_a_pending_booking() {
    let world = World::new().await;
    let (_, booking) = with_a_removed_card(&world).await;
    // The owner has longer than that.
    sqlx::query("UPDATE transaction.bookings SET confirmation_deadline = confirmation_deadline + interval '3 days'")
        .execute(&world.admin)
        .await
        .expect("a booking");
    world.advance(SignedDuration::from_secs(24 * 3600 - 1));
    check_methods(&world.node.state).await.expect("a round");
    assert_eq!(world.status_of(&booking).await, "PENDING_CONFIRMATION", "not a second early");
    world.advance(SignedDuration::from_secs(1));
    check_methods(&world.node.state).await.expect("a round");
    world.run_jobs().await;
    assert_eq!(world.status_of(&booking).await, "CANCELLED");
    assert_eq!(world.payment_of(&booking).await, ("REFUNDED".to_owned(), None));
    assert_eq!(world.intents_of(&booking).await[0]["status"], "canceled");
    world.books_agree().await;
}

/// PAY-19: another card in time keeps the booking.
#[tokio::test]
async fn another_card_keeps_the_booking() {
    let world = World::new().await;
    let (customer, booking) = with_a_removed_card(&world).await;
    let token = world.token(customer, Role::Customer);
    let setup_intent = begin(&world, &token).await;
    enter_card(&world, &setup_intent, "pm_card_mastercard").await;
    save(&world, &token, &setup_intent).await.expect(201);
    check_methods(&world.node.state).await.expect("a round");
    world.advance(SignedDuration::from_hours(23));
    let cleared = "SELECT count(*) FROM transaction.payments WHERE method_update_due IS NULL";
    assert_eq!(world.count(cleared).await, 1);
    assert_eq!(world.status_of(&booking).await, "PENDING_CONFIRMATION");
}

/// PAY-19: a card that works, and one that was never saved, is left alone.
#[tokio::test]
async fn cards_that_work_are_left_alone() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    club.book(&world, &token, "12:00").await;
    let setup_intent = begin(&world, &token).await;
    enter_card(&world, &setup_intent, "pm_card_visa").await;
    let card = save(&world, &token, &setup_intent).await.expect(201)["id"].as_str().expect("an id").to_owned();
    let booking = club.try_to_book(&world, &token, "10:00", &card).await.expect(201);
    check_methods(&world.node.state).await.expect("a round");
    assert_eq!(world.count("SELECT count(*) FROM transaction.payments WHERE method_update_due IS NOT NULL").await, 0);
    // Years later the card has expired.
    world.clock.set("2040-01-01T00:00:00Z".parse().expect("a literal instant"));
    check_methods(&world.node.state).await.expect("a round");
    assert_eq!(world.count("SELECT count(*) FROM transaction.payments WHERE method_update_due IS NOT NULL").await, 1);
    assert_eq!(world.status_of(booking["id"].as_str().expect("an id")).await, "PENDING_CONFIRMATION");
}
