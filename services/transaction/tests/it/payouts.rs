//! Payouts: history, balance and schedule as Stripe has them, unusual ones, and those that wait because an owner seems to
//! book their own court (PAY-57 to PAY-62).

use contracts::identity::Role;
use contracts::ids::UserId;
use jiff::SignedDuration;
use kit::clock::Clock as _;
use secrecy::SecretString;
use serde_json::{Value, json};
use transaction::stripe::signature;

use crate::support::{Answer, Club, World, fresh_key};

const SANDBOX_KEY: &str = "sk_test_courtside_sandbox";

fn account_of(club: &Club) -> String {
    format!("acct_{}", club.owner.0.simple())
}

async fn pay_out(world: &World, club: &Club, cents: i64) -> Value {
    let call = world.sandbox("POST", "/stripe/v1/payouts").bearer(SANDBOX_KEY);
    let call = call.header("stripe-account", &account_of(club));
    call.form(&format!("amount={cents}&currency=eur")).send().await.expect(200)
}

/// Stripe reports a payout to platform, signed for its own endpoint.
async fn report(world: &World, event: &str, kind: &str, account: &str, payout: &Value) {
    let body = json!({
        "id": event, "object": "event", "type": kind, "created": world.clock.now().as_second(), "account": account,
        "data": { "object": payout },
    });
    let body = body.to_string();
    let secret = SecretString::from("whsec_connect_of_the_tests");
    let header = signature::sign(body.as_bytes(), &secret, world.clock.now());
    let call = world.platform("POST", "/api/webhooks/stripe-connect").header("stripe-signature", &header);
    assert_eq!(call.text(body).send().await.status, 200);
}

async fn mine(world: &World, club: &Club, path: &str) -> Answer {
    let path = format!("/api/users/me/stripe-connect{path}");
    world.platform("GET", &path).bearer(&club.token).send().await
}

/// PAY-57: what the owner sees is what Stripe has: newest first, in pages, with the balance that is left.
#[tokio::test]
async fn payouts_are_read_from_stripe() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    for start in ["10:00", "11:00"] {
        club.book(&world, &token, start).await;
    }
    let first = pay_out(&world, &club, 3_000).await;
    let path = format!("/stripe/payouts/{}/paid", first["id"].as_str().expect("an id"));
    world.sandbox("POST", &path).send().await.expect(200);
    pay_out(&world, &club, 2_000).await;

    let shown = mine(&world, &club, "/payouts").await.expect(200);
    assert_eq!((&shown["totalElements"], &shown["page"], &shown["size"]), (&json!(2), &json!(0), &json!(20)));
    let entry = |amount, status: &str| json!([amount, "EUR", status, "2026-05-06"]);
    let seen =
        |payout: &Value| json!([payout["amountCents"], payout["currency"], payout["status"], payout["arrivalDate"]]);
    let seen: Vec<Value> = shown["payouts"].as_array().expect("a list").iter().map(seen).collect();
    assert_eq!(seen, [entry(2_000, "IN_TRANSIT"), entry(3_000, "PAID")]);
    let second = mine(&world, &club, "/payouts?page=1&size=1").await.expect(200);
    assert_eq!((&second["payouts"][0]["amountCents"], &second["totalElements"]), (&json!(3_000), &json!(2)));
    assert_eq!(mine(&world, &club, "/payouts?size=0").await.wrong_fields(), ["size"]);

    let balance = mine(&world, &club, "/balance").await.expect(200);
    assert_eq!(balance, json!({ "availableCents": 4_000, "pendingCents": 0, "currency": "EUR" }));
    let status = mine(&world, &club, "").await.expect(200);
    assert_eq!((&status["status"], &status["nextPayoutDate"]), (&json!("ACTIVE"), &json!("2026-05-06")));
}

/// PAY-57: an owner without an account has no payouts and no balance; without Stripe it is 503.
#[tokio::test]
async fn without_an_account_there_is_nothing() {
    let world = World::new().await;
    let (_, token) = world.person(Role::CourtOwner).await;
    let ask = |path: &str| world.platform("GET", &format!("/api/users/me/stripe-connect{path}")).bearer(&token).send();
    assert_eq!(ask("/payouts").await.expect(200)["payouts"], json!([]));
    assert_eq!(ask("/balance").await.expect(200)["availableCents"], 0);
    let change = world.platform("PUT", "/api/users/me/stripe-connect/payout-schedule").bearer(&token);
    change.json(&json!({ "schedule": "DAILY" })).send().await.refused(422, "PAYOUT_ACCOUNT_MISSING");

    let club = Club::new(&world).await;
    world.chaos(json!({ "vendor": "stripe", "action": "drop", "times": 0 })).await;
    mine(&world, &club, "/payouts").await.refused(503, "PAYMENT_PROVIDER_UNAVAILABLE");
}

/// PAY-58: each schedule reaches Stripe; others are refused.
#[tokio::test]
async fn the_schedule_is_stripes() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    for (schedule, interval) in [("WEEKLY", "weekly"), ("MONTHLY", "monthly"), ("DAILY", "daily")] {
        let change = world.platform("PUT", "/api/users/me/stripe-connect/payout-schedule").bearer(&club.token);
        assert_eq!(change.json(&json!({ "schedule": schedule })).send().await.status, 200);
        let account = world.stripe_get(&format!("accounts/{}", account_of(&club))).await;
        assert_eq!(account["settings"]["payouts"]["schedule"]["interval"], interval);
        assert_eq!(mine(&world, &club, "").await.expect(200)["payoutSchedule"], schedule);
    }
    let change = world.platform("PUT", "/api/users/me/stripe-connect/payout-schedule").bearer(&club.token);
    assert_eq!(change.json(&json!({ "schedule": "HOURLY" })).send().await.wrong_fields(), ["schedule"]);
}

/// PAY-59: unusual payouts are flagged once, whatever is repeated, and admins see them.
#[tokio::test]
async fn unusual_payouts_are_flagged() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let payout = |id: &str, amount: i64, status: &str| {
        let now = world.clock.now().as_second();
        json!({ "id": id, "amount": amount, "status": status, "arrival_date": now, "created": now })
    };
    let account = account_of(&club);
    report(&world, "evt_1", "payout.created", &account, &payout("po_small", 100_000, "in_transit")).await;
    report(&world, "evt_2", "payout.created", &account, &payout("po_large", 500_001, "in_transit")).await;
    report(&world, "evt_2", "payout.created", &account, &payout("po_large", 500_001, "in_transit")).await;
    report(&world, "evt_3", "payout.paid", &account, &payout("po_large", 500_001, "paid")).await;
    world.advance(SignedDuration::from_hours(24 * 8));
    report(&world, "evt_4", "payout.created", &account, &payout("po_week", 499_000, "in_transit")).await;
    world.advance(SignedDuration::from_secs(60));
    report(&world, "evt_5", "payout.created", &account, &payout("po_more", 499_999, "in_transit")).await;
    world.advance(SignedDuration::from_secs(60));
    report(&world, "evt_6", "payout.created", &account, &payout("po_most", 2_000, "in_transit")).await;

    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let shown = world.platform("GET", "/api/admin/payouts/flagged").bearer(&admin).send().await.expect(200);
    let seen: Vec<Value> =
        shown["payouts"].as_array().expect("a list").iter().map(|one| json!([one["id"], one["flags"]])).collect();
    assert_eq!(seen, [json!(["po_most", ["WEEKLY_AMOUNT"]]), json!(["po_large", ["SINGLE_AMOUNT"]])]);
    let told: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM platform.outbox WHERE payload::jsonb #>> '{payload,notificationType}' = 'PAYOUT_COMPLETED'",
    )
    .fetch_one(&world.admin)
    .await
    .expect("the outbox");
    assert_eq!(told, 1);
}

async fn sign_in(world: &World, user: UserId, device: &str, ip: &str) {
    sqlx::query(
        "INSERT INTO platform.sessions (id, user_id, device_id, ip, created_at, last_used_at)
         VALUES ($1, $2, $3, $4, now(), now())",
    )
    .bind(world.new_id())
    .bind(user.0)
    .bind(device)
    .bind(ip)
    .execute(&world.admin)
    .await
    .expect("a session");
}

async fn made_before(world: &World, user: UserId, hours: i64) {
    sqlx::query("UPDATE platform.users SET created_at = $2 WHERE id = $1")
        .bind(user.0)
        .bind(jiff_sqlx::Timestamp::from(world.clock.now() - SignedDuration::from_hours(hours)))
        .execute(&world.admin)
        .await
        .expect("an account");
}

/// Looks at all bookings and tells Stripe.
async fn screen(world: &World) {
    world.run_jobs().await;
    world.advance(SignedDuration::from_secs(60));
    world.run_jobs().await;
    world.run_jobs().await;
}

async fn interval(world: &World, club: &Club) -> Value {
    let account = world.stripe_get(&format!("accounts/{}", account_of(club))).await;
    account["settings"]["payouts"]["schedule"]["interval"].clone()
}

/// PAY-60, PAY-61: the owner's address or device raises a CRITICAL alert once and holds the payouts until an admin decides.
#[tokio::test]
async fn an_owner_who_books_their_own_court_waits_for_money() {
    for (device, ip, suspicious) in
        [("phone-1", "203.0.113.9", true), ("phone-2", "203.0.113.7", true), ("phone-2", "203.0.113.9", false)]
    {
        let world = World::new().await;
        let club = Club::new(&world).await;
        sign_in(&world, club.owner, "phone-1", "203.0.113.7").await;
        let (customer, token) = world.customer().await;
        made_before(&world, customer, 48).await;
        sign_in(&world, customer, device, ip).await;
        club.book(&world, &token, "10:00").await;
        screen(&world).await;
        let alerts = world.events("SECURITY_ALERT").await;
        assert_eq!(alerts.len(), usize::from(suspicious), "{device} {ip}");
        assert_eq!(interval(&world, &club).await, if suspicious { "manual" } else { "daily" });
        if !suspicious {
            continue;
        }
        assert_eq!(
            (&alerts[0]["payload"]["alertType"], &alerts[0]["payload"]["severity"]),
            (&json!("PAYMENT_FRAUD"), &json!("CRITICAL"))
        );
        let (_, admin) = world.person(Role::PlatformAdmin).await;
        let held = world.get("/api/admin/payout-holds?status=HELD").bearer(&admin).send().await.expect(200);
        assert_eq!((&held["totalElements"], &held["holds"][0]["reason"]), (&json!(1), &json!("FRAUD")));
        let hold = held["holds"][0]["id"].as_str().expect("an id");
        let decide = async |id: &str, decision: &str| {
            let call = world.post(&format!("/api/admin/payout-holds/{id}/decide")).bearer(&admin);
            call.json(&json!({ "decision": decision })).send().await
        };
        decide(hold, "KEEP").await.expect(200);
        world.run_jobs().await;
        assert_eq!(interval(&world, &club).await, "manual");
        assert_eq!(decide(hold, "RELEASE").await.expect(200)["status"], "RELEASED");
        world.run_jobs().await;
        assert_eq!(interval(&world, &club).await, "daily");
        decide(hold, "RELEASE").await.refused(422, "PAYOUT_HOLD_OVER");
        decide(&fresh_key().to_string(), "KEEP").await.refused(404, "PAYOUT_HOLD_NOT_FOUND");
        assert_eq!(decide(hold, "PERHAPS").await.wrong_fields(), ["decision"]);
    }
}

/// PAY-60: a young account alone is only noted.
#[tokio::test]
async fn a_young_account_alone_is_only_noted() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    made_before(&world, customer, 23).await;
    sign_in(&world, customer, "phone-2", "203.0.113.9").await;
    club.book(&world, &token, "10:00").await;
    screen(&world).await;
    let alerts = world.events("SECURITY_ALERT").await;
    assert_eq!((alerts.len(), &alerts[0]["payload"]["severity"]), (1, &json!("LOW")));
    assert_eq!(interval(&world, &club).await, "daily");
    assert_eq!(world.count("SELECT count(*) FROM transaction.payout_holds").await, 0);
}

/// PAY-62: while Stripe wants the owner to prove themselves again, platform says so and nobody can book.
#[tokio::test]
async fn new_bank_details_wait_for_stripe() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let account = account_of(&club);
    world.sandbox("POST", &format!("/stripe/accounts/{account}/restrict")).send().await.expect(200);
    let object = world.stripe_get(&format!("accounts/{account}")).await;
    world.advance(SignedDuration::from_secs(1));
    report(&world, "evt_restricted", "account.updated", &account, &object).await;
    let token = world.token(club.owner, Role::CourtOwner);
    let status = world.platform("GET", "/api/users/me/stripe-connect").bearer(&token).send().await.expect(200);
    assert_eq!((&status["status"], &status["requiresAction"]), (&json!("RESTRICTED"), &json!(true)));
    let change = world.platform("PUT", "/api/users/me/stripe-connect/payout-schedule").bearer(&token);
    change.json(&json!({ "schedule": "DAILY" })).send().await.refused(422, "PAYOUT_ACCOUNT_MISSING");
    let (customer, _) = world.customer().await;
    let refused = club.try_to_book(&world, &world.token(customer, Role::Customer), "10:00", "pm_card_visa").await;
    refused.refused(422, "COURT_NOT_BOOKABLE");
}
