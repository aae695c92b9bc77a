//! Connected accounts: onboarding, payouts, transfers, and lists.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::bench::{Bench, text};

/// PAY-51, PAY-52: the onboarding page finishes an account with one button; its link works once and for five minutes.
#[tokio::test]
async fn onboarding_is_one_button() {
    let bench = Bench::start().await;
    let account = text(
        &bench
            .stripe_ok("accounts", &[("type", "express"), ("country", "GR"), ("email", "owner@courtside.test")])
            .await,
        "id",
    );
    let before = bench.stripe_get(&format!("accounts/{account}"), &[]).await.body;
    assert_eq!((&before["charges_enabled"], &before["details_submitted"]), (&json!(false), &json!(false)));
    assert!(before["requirements"]["currently_due"].as_array().is_some_and(|due| !due.is_empty()));
    let form = [
        ("account", account.as_str()),
        ("type", "account_onboarding"),
        ("return_url", "http://127.0.0.1/back"),
        ("refresh_url", "http://127.0.0.1/again"),
    ];
    let link = text(&bench.stripe_ok("account_links", &form).await, "url");
    let page = bench.send(bench.client.get(&link).header("accept-language", "el")).await;
    assert!(
        page.body.as_str().is_some_and(|html| html.contains("Ολοκλήρωση") && html.contains("owner@courtside.test")),
        "{}",
        page.body
    );
    let done = bench.send(bench.client.post(&link)).await;
    assert_eq!(
        (done.status, done.headers["location"].to_str().expect("text")),
        (StatusCode::SEE_OTHER, "http://127.0.0.1/back")
    );
    let after = bench.stripe_get(&format!("accounts/{account}"), &[]).await.body;
    assert_eq!(
        (&after["charges_enabled"], &after["payouts_enabled"], &after["requirements"]["currently_due"]),
        (&json!(true), &json!(true), &json!([]))
    );
    assert_eq!(bench.send(bench.client.post(&link)).await.status, StatusCode::GONE);

    let late = text(&bench.stripe_ok("account_links", &form).await, "url");
    bench.clock.advance(jiff::SignedDuration::from_secs(301));
    assert_eq!(bench.send(bench.client.get(&late)).await.headers["location"], "http://127.0.0.1/again");
}

/// PAY-57, PAY-58: an account reads its own balance and payouts, changes its schedule, and cannot pay out what it lacks.
#[tokio::test]
async fn payouts_come_from_the_accounts_own_balance() {
    let bench = Bench::start().await;
    let owner = bench.owner_account().await;
    let as_owner = |method: Method, path: &str, form: &[(&str, &str)]| {
        bench.stripe_request(method, path, form).header("stripe-account", &owner)
    };
    let form = [
        ("amount", "5000"),
        ("currency", "eur"),
        ("confirm", "true"),
        ("payment_method", "pm_card_visa"),
        ("application_fee_amount", "500"),
        ("transfer_data[destination]", owner.as_str()),
    ];
    bench.stripe_ok("payment_intents", &form).await;
    let balance = bench.send(as_owner(Method::GET, "balance", &[])).await.body;
    assert_eq!(balance["available"], json!([{ "amount": 4500, "currency": "eur", "source_types": { "card": 4500 } }]));

    let too_much = bench.send(as_owner(Method::POST, "payouts", &[("amount", "4501"), ("currency", "eur")])).await;
    assert_eq!(
        (too_much.status, &too_much.body["error"]["code"]),
        (StatusCode::BAD_REQUEST, &json!("balance_insufficient"))
    );
    let payout = bench.send(as_owner(Method::POST, "payouts", &[("amount", "3000"), ("currency", "eur")])).await.body;
    assert_eq!((&payout["status"], bench.balance(&owner).await), (&json!("in_transit"), 1500));
    bench.post_json(&format!("/stripe/payouts/{}/failed", text(&payout, "id")), &Value::Null).await;
    assert_eq!(bench.balance(&owner).await, 4500);
    bench.post_json(&format!("/stripe/accounts/{owner}/payout"), &Value::Null).await;
    let list = bench.send(as_owner(Method::GET, "payouts", &[])).await.body;
    let shown: Vec<(&Value, &Value)> =
        list["data"].as_array().expect("a list").iter().map(|payout| (&payout["amount"], &payout["status"])).collect();
    assert_eq!(shown, [(&json!(4500), &json!("in_transit")), (&json!(3000), &json!("failed"))]);
    assert_eq!(bench.stripe_get("payouts", &[]).await.body["data"], json!([]));

    let schedule =
        [("settings[payouts][schedule][interval]", "weekly"), ("settings[payouts][schedule][weekly_anchor]", "friday")];
    let updated = bench.stripe_ok(&format!("accounts/{owner}"), &schedule).await;
    assert_eq!(
        updated["settings"]["payouts"]["schedule"],
        json!({ "delay_days": 7, "interval": "weekly", "weekly_anchor": "friday" })
    );
    let foreign =
        bench.send(bench.stripe_request(Method::GET, "balance", &[]).header("stripe-account", "acct_foreign")).await;
    assert_eq!((foreign.status, &foreign.body["error"]["code"]), (StatusCode::FORBIDDEN, &json!("account_invalid")));
}

/// A transfer is reversed in parts, never beyond itself.
#[tokio::test]
async fn transfers_are_reversed_in_parts() {
    let bench = Bench::start().await;
    let owner = bench.owner_account().await;
    let poor = bench.stripe("transfers", &[("amount", "1000"), ("currency", "eur"), ("destination", &owner)]).await;
    assert_eq!(poor.body["error"]["code"], "balance_insufficient");
    bench
        .stripe_ok(
            "payment_intents",
            &[("amount", "5000"), ("currency", "eur"), ("confirm", "true"), ("payment_method", "pm_card_visa")],
        )
        .await;
    let transfer = bench
        .stripe_ok(
            "transfers",
            &[("amount", "1000"), ("currency", "eur"), ("destination", &owner), ("metadata[matchId]", "m-1")],
        )
        .await;
    assert_eq!(transfer["metadata"]["matchId"], "m-1");
    let path = format!("transfers/{}/reversals", text(&transfer, "id"));
    bench.stripe_ok(&path, &[("amount", "400")]).await;
    let too_much = bench.stripe(&path, &[("amount", "601")]).await;
    assert_eq!((too_much.status, &too_much.body["error"]["param"]), (StatusCode::BAD_REQUEST, &json!("amount")));
    bench.stripe_ok(&path, &[]).await;
    assert_eq!(bench.balance(&owner).await, 0);
    let after = bench.stripe_get(&format!("transfers/{}", text(&transfer, "id")), &[]).await.body;
    assert_eq!((&after["reversed"], &after["amount_reversed"]), (&json!(true), &json!(1000)));
}

/// Seeded and demo accounts and customers exist without being made.
#[tokio::test]
async fn seeds_exist_from_the_start() {
    let bench = Bench::start_with(|config| {
        config.stripe.accounts = vec![sandbox::config::SeedAccount {
            id: "acct_owner".to_owned(),
            email: "owner@courtside.test".to_owned(),
            complete: true,
        }];
        config.stripe.customers = vec![sandbox::config::SeedCustomer {
            id: "cus_maria".to_owned(),
            email: "maria@courtside.test".to_owned(),
            name: String::new(),
        }];
    })
    .await;
    assert_eq!(bench.stripe_get("accounts/acct_owner", &[]).await.body["payouts_enabled"], true);
    assert_eq!(bench.stripe_get("customers/cus_maria", &[]).await.body["email"], "maria@courtside.test");
    assert_eq!(bench.stripe_get("accounts/acct_demo_7", &[]).await.body["charges_enabled"], true);
    let put = bench
        .send(
            bench
                .client
                .put(bench.url("/stripe/accounts/acct_new"))
                .header("content-type", "application/json")
                .body(r#"{"email":"x@y.test","complete":true}"#),
        )
        .await;
    assert_eq!(put.body["charges_enabled"], true);
}

/// Lists come newest first, in pages.
#[tokio::test]
async fn lists_come_in_pages() {
    let bench = Bench::start().await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(text(&bench.stripe_ok("customers", &[("name", &number.to_string())]).await, "id"));
    }
    ids.reverse();
    let page = bench.stripe_get("customers", &[("limit", "2")]).await.body;
    let shown =
        |page: &Value| page["data"].as_array().expect("a list").iter().map(|row| text(row, "id")).collect::<Vec<_>>();
    assert_eq!((shown(&page), &page["has_more"]), (ids[..2].to_vec(), &json!(true)));
    let last = bench.stripe_get("customers", &[("limit", "3"), ("starting_after", &ids[1])]).await.body;
    assert_eq!((shown(&last), &last["has_more"]), (ids[2..].to_vec(), &json!(false)));
    let wrong = bench.stripe_get("customers", &[("limit", "0")]).await;
    assert_eq!((wrong.status, &wrong.body["error"]["param"]), (StatusCode::BAD_REQUEST, &json!("limit")));
}
