//! Payout accounts: `/api/users/me/stripe-connect*`, Stripe's webhook and what the other service asks.

use contracts::identity::Role;
use kit::clock::Clock as _;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, INTERNAL_KEY, STRIPE_WEBHOOK_SECRET, World, id, stripe_signature};

const WEBHOOK: &str = "/api/webhooks/stripe-connect";

async fn onboard(world: &World, owner: &Value) -> Answer {
    let body = json!({ "returnUrl": "https://app.example.test/done", "refreshUrl": "https://app.example.test/again" });
    world.post("/api/users/me/stripe-connect/onboard").bearer(owner).json(&body).send().await
}

fn account(change: Value) -> Value {
    let mut account = json!({
        "id": "acct_1", "object": "account", "charges_enabled": true, "payouts_enabled": true,
        "details_submitted": true, "requirements": { "currently_due": [], "past_due": [], "disabled_reason": null },
        "settings": { "payouts": { "schedule": { "interval": "daily" } } },
    });
    for (name, value) in change.as_object().expect("an object") {
        account[name] = value.clone();
    }
    account
}

async fn deliver(world: &World, event_id: &str, kind: &str, created: i64, object: Value) -> Answer {
    let event = json!({
        "id": event_id, "object": "event", "type": kind, "created": created, "account": "acct_1",
        "data": { "object": object },
    });
    let body = event.to_string();
    let signature = stripe_signature(&body, world.clock.now().as_second(), STRIPE_WEBHOOK_SECRET);
    world.post(WEBHOOK).header("stripe-signature", &signature).text(body).send().await
}

async fn ask_internally(world: &World, owner: Uuid) -> Answer {
    let path = format!("/internal/users/{owner}/stripe-connect-status");
    world.internal("GET", &path).header("x-internal-api-key", INTERNAL_KEY).send().await
}

/// PAY-51, PAY-52: onboarding makes one account, leads to Stripe's page, and begins as PENDING; again it resumes.
#[tokio::test]
async fn onboarding_makes_one_account() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    let before = ask_internally(&world, id(&owner["user"])).await.expect(200);
    assert_eq!((&before["status"], &before["canReceivePayments"]), (&json!("NOT_STARTED"), &json!(false)));

    let first = onboard(&world, &owner).await.expect(200);
    let link = first["onboardingUrl"].as_str().expect("an address");
    assert!(link.contains("/onboarding/acct_1?return=https://app.example.test/done"), "{link}");
    onboard(&world, &owner).await.expect(200);
    let accounts = world.vendors.stripe_accounts();
    assert_eq!(accounts.len(), 1);
    assert_eq!((&accounts[0]["type"], &accounts[0]["email"]), (&json!("express"), &json!("giorgos@example.test")));

    let after = ask_internally(&world, id(&owner["user"])).await.expect(200);
    assert_eq!((&after["status"], &after["stripeConnectAccountId"]), (&json!("PENDING"), &json!("acct_1")));
    let events = world.events("STRIPE_CONNECT_STATUS_CHANGED").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].1["payload"]["newStatus"], "PENDING");
}

/// PAY-51: owners who press the button twice at once still get one account.
#[tokio::test]
async fn parallel_onboarding_makes_one_account() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    let answers = futures::future::join_all((0..6).map(|_| onboard(&world, &owner))).await;
    for answer in answers {
        answer.expect(200);
    }
    assert_eq!(world.vendors.stripe_accounts().len(), 1);
    assert_eq!(world.events("STRIPE_CONNECT_STATUS_CHANGED").await.len(), 1);
}

/// PAY-54: `account.updated` changes the status at once, tells the other service, and the next token says so.
#[tokio::test]
async fn a_report_of_stripe_changes_the_status() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    onboard(&world, &owner).await.expect(200);
    let now = world.clock.now().as_second();
    deliver(&world, "evt_1", "account.updated", now, account(json!({}))).await.expect(200);

    let status = ask_internally(&world, id(&owner["user"])).await.expect(200);
    let expected = json!({
        "userId": owner["user"]["id"], "stripeConnectAccountId": "acct_1", "status": "ACTIVE",
        "canReceivePayments": true, "requiresAction": false, "restrictionReason": null, "payoutSchedule": "DAILY",
        "lastWebhookAt": "2026-05-04T09:00:00Z", "statusChangedAt": "2026-05-04T09:00:00Z",
    });
    assert_eq!(status, expected);
    let events = world.events("STRIPE_CONNECT_STATUS_CHANGED").await;
    let (key, event) = events.last().expect("an event");
    assert_eq!(key, owner["user"]["id"].as_str().expect("an id"));
    assert_eq!(event["payload"]["previousStatus"], "PENDING");
    assert_eq!(event["payload"]["newStatus"], "ACTIVE");
    assert_eq!(event["payload"]["affectedCourtIds"], json!([]));
    assert_eq!(world.refresh(&owner["refreshToken"]).await.expect(200)["user"]["stripeConnected"], true);
}

/// PAY-54, PAY-56: webhooks come twice, late and out of order; each counts once and an old one undoes nothing.
#[tokio::test]
async fn repeated_and_late_reports_change_nothing() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    onboard(&world, &owner).await.expect(200);
    let now = world.clock.now().as_second();
    let restricted = account(json!({
        "charges_enabled": false, "requirements": { "currently_due": ["external_account"], "past_due": [] },
    }));
    deliver(&world, "evt_2", "account.updated", now, account(json!({}))).await.expect(200);
    deliver(&world, "evt_1", "account.updated", now - 10, restricted.clone()).await.expect(200);
    deliver(&world, "evt_2", "account.updated", now, account(json!({}))).await.expect(200);
    let status = ask_internally(&world, id(&owner["user"])).await.expect(200);
    assert_eq!(status["status"], "ACTIVE");
    assert_eq!(world.events("STRIPE_CONNECT_STATUS_CHANGED").await.len(), 2, "PENDING and ACTIVE");

    deliver(&world, "evt_3", "account.updated", now + 1, restricted).await.expect(200);
    let status = ask_internally(&world, id(&owner["user"])).await.expect(200);
    assert_eq!((&status["status"], &status["restrictionReason"]), (&json!("RESTRICTED"), &json!("external_account")));
    assert_eq!(status["requiresAction"], true);

    deliver(&world, "evt_4", "account.application.deauthorized", now + 2, json!({ "id": "ca_1" })).await.expect(200);
    let status = ask_internally(&world, id(&owner["user"])).await.expect(200);
    assert_eq!((&status["status"], &status["canReceivePayments"]), (&json!("DISABLED"), &json!(false)));
}

/// PAY-51, PAY-54: a webhook may be faster than the answer to the call that made the account.
#[tokio::test]
async fn a_report_may_come_before_the_account_is_known() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    let early = account(json!({ "metadata": { "courtside_user_id": owner["user"]["id"] } }));
    deliver(&world, "evt_1", "account.updated", world.clock.now().as_second(), early).await.expect(200);
    let status = ask_internally(&world, id(&owner["user"])).await.expect(200);
    assert_eq!((&status["status"], &status["stripeConnectAccountId"]), (&json!("ACTIVE"), &json!("acct_1")));
}

/// PAY-37, PAY-39: events of nobody and events of other kinds are taken and ignored.
#[tokio::test]
async fn foreign_events_are_ignored() {
    let world = World::new().await;
    let now = world.clock.now().as_second();
    deliver(&world, "evt_1", "account.updated", now, account(json!({}))).await.expect(200);
    deliver(&world, "evt_2", "payout.paid", now, json!({ "id": "po_1" })).await.expect(200);
    deliver(&world, "evt_3", "account.updated", now, json!("nonsense")).await.expect(200);
    deliver(&world, "evt_4", "account.updated", i64::MAX, account(json!({}))).await.expect(200);
    assert_eq!(world.count("SELECT count(*) FROM outbox").await, 0);
}

/// PAY-38: unsigned, altered, foreign and old webhooks are 400; an old one raises the alarm.
#[tokio::test]
async fn webhooks_are_proven() {
    let world = World::new().await;
    let now = world.clock.now().as_second();
    let body =
        json!({ "id": "evt_1", "type": "account.updated", "created": now, "data": { "object": {} } }).to_string();
    let good = stripe_signature(&body, now, STRIPE_WEBHOOK_SECRET);
    world.post(WEBHOOK).text(body.clone()).send().await.refused(400, "WEBHOOK_SIGNATURE_INVALID");
    for (signature, body) in [
        (good.clone(), body.replace("evt_1", "evt_2")),
        (stripe_signature(&body, now, "whsec_of_somebody"), body.clone()),
        ("nonsense".to_owned(), body.clone()),
    ] {
        let call = world.post(WEBHOOK).header("stripe-signature", &signature).text(body);
        call.send().await.refused(400, "WEBHOOK_SIGNATURE_INVALID");
    }
    assert_eq!(world.events("SECURITY_ALERT").await.len(), 0);

    let old = stripe_signature(&body, now - 301, STRIPE_WEBHOOK_SECRET);
    let call = world.post(WEBHOOK).header("stripe-signature", &old).text(body.clone());
    call.send().await.refused(400, "WEBHOOK_SIGNATURE_INVALID");
    let alerts = world.events("SECURITY_ALERT").await;
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].1["payload"]["alertType"], "WEBHOOK_REPLAY");

    let unreadable = stripe_signature("{", now, STRIPE_WEBHOOK_SECRET);
    let call = world.post(WEBHOOK).header("stripe-signature", &unreadable).text("{");
    call.send().await.refused(400, "MALFORMED_JSON");
    world.post(WEBHOOK).header("stripe-signature", &good).text(body).send().await.expect(200);
}

/// PAY-57: the owner's own look asks Stripe, and shows what is stored while Stripe is away.
#[tokio::test]
async fn the_owner_sees_the_truth_before_the_webhook() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    let look = || world.get("/api/users/me/stripe-connect").bearer(&owner).send();
    assert_eq!(look().await.expect(200)["status"], "NOT_STARTED");
    onboard(&world, &owner).await.expect(200);
    world.vendors.change_stripe_account("acct_1", |stored| *stored = account(json!({})));
    world.vendors.stop_stripe(true);
    assert_eq!(look().await.expect(200)["status"], "PENDING");
    world.vendors.stop_stripe(false);
    let seen = look().await.expect(200);
    assert_eq!((&seen["status"], &seen["payoutSchedule"]), (&json!("ACTIVE"), &json!("DAILY")));
    // The webhook of the same second adds nothing.
    let now = world.clock.now().as_second();
    deliver(&world, "evt_1", "account.updated", now, account(json!({}))).await.expect(200);
    assert_eq!(world.events("STRIPE_CONNECT_STATUS_CHANGED").await.len(), 2, "PENDING and ACTIVE");
}

/// PAY-51: with Stripe away nothing is begun, and trying again works.
#[tokio::test]
async fn onboarding_waits_for_stripe() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    world.vendors.stop_stripe(true);
    onboard(&world, &owner).await.refused(503, "PAYMENT_PROVIDER_UNAVAILABLE");
    world.vendors.stop_stripe(false);
    onboard(&world, &owner).await.expect(200);
    let body = json!({ "returnUrl": "javascript:alert(1)", "refreshUrl": "ftp://example.test" });
    let answer = world.post("/api/users/me/stripe-connect/onboard").bearer(&owner).json(&body).send().await;
    let mut fields = answer.wrong_fields();
    fields.sort_unstable();
    assert_eq!(fields, ["refreshUrl", "returnUrl"]);
}

/// AUTHZ-17, PAY-07: the other service needs the key, and asks about owners only.
#[tokio::test]
async fn the_internal_question_is_guarded() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    let customer = world.register("eleni", Role::Customer).await;
    let path = format!("/internal/users/{}/stripe-connect-status", id(&owner["user"]));
    world.internal("GET", &path).send().await.refused(401, "INTERNAL_KEY_INVALID");
    let wrong = world.internal("GET", &path).header("x-internal-api-key", "guess");
    wrong.send().await.refused(401, "INTERNAL_KEY_INVALID");
    world.internal("GET", &path).bearer(&owner).send().await.refused(401, "INTERNAL_KEY_INVALID");
    // AUTH-55: on the public listener the path does not exist.
    world.get(&path).header("x-internal-api-key", INTERNAL_KEY).send().await.refused(404, "NOT_FOUND");
    ask_internally(&world, id(&customer["user"])).await.refused(404, "USER_NOT_FOUND");
    ask_internally(&world, world.new_id()).await.refused(404, "USER_NOT_FOUND");
    let wrong = world.internal("GET", "/internal/users/somebody/stripe-connect-status");
    let wrong = wrong.header("x-internal-api-key", INTERNAL_KEY).send().await;
    assert_eq!(wrong.wrong_fields(), ["userId"]);
}
