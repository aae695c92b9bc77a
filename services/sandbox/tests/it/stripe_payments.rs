//! Payments: automatic and manual capture, cancelling, declines, 3-D Secure, refunds, and where the money is after.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::bench::{Bench, text};

fn charge_form<'a>(destination: &'a str, method: &'a str, capture: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("amount", "5000"),
        ("currency", "eur"),
        ("confirm", "true"),
        ("payment_method", method),
        ("capture_method", capture),
        ("application_fee_amount", "500"),
        ("transfer_data[destination]", destination),
        ("metadata[bookingId]", "b-1"),
    ]
}

/// PAY-01, PAY-08: an automatic charge is captured at once and splits into commission and the owner's net.
#[tokio::test]
async fn an_automatic_charge_splits_into_fee_and_net() {
    let bench = Bench::start().await;
    let owner = bench.owner_account().await;
    let intent = bench.stripe_ok("payment_intents", &charge_form(&owner, "pm_card_visa", "automatic")).await;
    assert_eq!(intent["status"], "succeeded");
    assert_eq!(intent["amount_received"], 5000);
    assert_eq!(intent["metadata"]["bookingId"], "b-1");
    assert_eq!(intent["transfer_data"]["destination"], owner.as_str());

    let summary = bench.summary(&text(&intent, "id")).await;
    assert_eq!(
        (&summary["captured"], &summary["applicationFee"], &summary["transferred"]),
        (&json!(5000), &json!(500), &json!(5000))
    );
    assert_eq!(bench.balance(&owner).await, 4500);
    // The commission, less Stripe's own fee of 1.5 % and 25 cents.
    assert_eq!(bench.balance("platform").await, 500 - 100);

    let charge = bench
        .stripe_get(&format!("charges/{}", text(&intent, "latest_charge")), &[("expand[]", "balance_transaction")])
        .await
        .body;
    assert_eq!(charge["payment_method_details"]["card"]["last4"], "4242");
    assert_eq!(charge["balance_transaction"]["net"], 4900);
    assert_eq!(charge["application_fee_amount"], 500);
}

/// PAY-02, PAY-28: a manual charge is only held; capture moves the money, cancelling lets it go.
#[tokio::test]
async fn a_hold_is_captured_or_released() {
    let bench = Bench::start().await;
    let owner = bench.owner_account().await;
    let held = bench.stripe_ok("payment_intents", &charge_form(&owner, "pm_card_visa", "manual")).await;
    assert_eq!(
        (&held["status"], &held["amount_capturable"], &held["amount_received"]),
        (&json!("requires_capture"), &json!(5000), &json!(0))
    );
    assert_eq!(bench.balance(&owner).await, 0);

    let id = text(&held, "id");
    let captured = bench.stripe_ok(&format!("payment_intents/{id}/capture"), &[]).await;
    assert_eq!((&captured["status"], &captured["amount_received"]), (&json!("succeeded"), &json!(5000)));
    assert_eq!(bench.balance(&owner).await, 4500);
    let again = bench.stripe(&format!("payment_intents/{id}/capture"), &[]).await;
    assert_eq!(
        (again.status, &again.body["error"]["code"]),
        (StatusCode::BAD_REQUEST, &json!("payment_intent_unexpected_state"))
    );
    assert_eq!(again.body["error"]["payment_intent"]["status"], "succeeded");

    let other = bench.stripe_ok("payment_intents", &charge_form(&owner, "pm_card_visa", "manual")).await;
    let other_id = text(&other, "id");
    let cancelled = bench
        .stripe_ok(&format!("payment_intents/{other_id}/cancel"), &[("cancellation_reason", "requested_by_customer")])
        .await;
    assert_eq!((&cancelled["status"], &cancelled["amount_capturable"]), (&json!("canceled"), &json!(0)));
    let charge = bench.stripe_get(&format!("charges/{}", text(&other, "latest_charge")), &[]).await.body;
    assert_eq!((&charge["captured"], &charge["refunded"]), (&json!(false), &json!(true)));
    assert_eq!(bench.summary(&other_id).await["captured"], 0);
    assert_eq!(bench.balance(&owner).await, 4500);
    let late = bench.stripe(&format!("payment_intents/{other_id}/capture"), &[]).await;
    assert_eq!(late.body["error"]["code"], "payment_intent_unexpected_state");
}

/// A part of a hold can be captured, more than the hold cannot.
#[tokio::test]
async fn a_part_of_a_hold_can_be_captured() {
    let bench = Bench::start().await;
    let owner = bench.owner_account().await;
    let held = bench.stripe_ok("payment_intents", &charge_form(&owner, "pm_card_visa", "manual")).await;
    let path = format!("payment_intents/{}/capture", text(&held, "id"));
    let too_much = bench.stripe(&path, &[("amount_to_capture", "5001")]).await;
    assert_eq!(
        (too_much.status, &too_much.body["error"]["code"]),
        (StatusCode::BAD_REQUEST, &json!("amount_too_large"))
    );
    let captured = bench.stripe_ok(&path, &[("amount_to_capture", "2000"), ("application_fee_amount", "200")]).await;
    assert_eq!((&captured["amount_received"], &captured["amount_capturable"]), (&json!(2000), &json!(0)));
    assert_eq!(bench.balance(&owner).await, 1800);
}

/// PAY-04: a refused card answers 402 with the bank's reason and leaves the intent open for another card.
#[tokio::test]
async fn declines_carry_the_reason() {
    let bench = Bench::start().await;
    let owner = bench.owner_account().await;
    for (method, code, decline_code) in [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ] {
        let answer = bench.stripe("payment_intents", &charge_form(&owner, method, "automatic")).await;
        let error = &answer.body["error"];
        assert_eq!(answer.status, StatusCode::PAYMENT_REQUIRED);
        assert_eq!(
            (&error["type"], &error["code"], &error["decline_code"]),
            (&json!("card_error"), &json!(code), &json!(decline_code))
        );
        assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
        assert_eq!(error["payment_intent"]["last_payment_error"]["decline_code"], decline_code);
        let intent = text(&error["payment_intent"], "id");
        let paid = bench
            .stripe_ok(&format!("payment_intents/{intent}/confirm"), &[("payment_method", "pm_card_mastercard")])
            .await;
        assert_eq!(paid["status"], "succeeded");
    }
    assert_eq!(bench.balance(&owner).await, 3 * 4500);
}

/// A card that asks its holder waits in `requires_action`; the holder's answer decides.
#[tokio::test]
async fn the_holder_decides_in_three_d_secure() {
    let bench = Bench::start().await;
    let owner = bench.owner_account().await;
    let mut form = charge_form(&owner, "pm_card_authenticationRequired", "automatic");
    form.push(("return_url", "http://127.0.0.1/back"));
    let asked = bench.stripe_ok("payment_intents", &form).await;
    assert_eq!(asked["status"], "requires_action");
    let page = text(&asked["next_action"]["redirect_to_url"], "url");
    assert!(page.starts_with(&bench.url("/stripe/3ds/pi_")), "{page}");
    let shown = bench.send(bench.client.get(&page).header("accept-language", "el")).await;
    assert!(
        shown.body.as_str().is_some_and(|html| html.contains("50.00 €") && html.contains("Επιβεβαίωση")),
        "{}",
        shown.body
    );
    let stranger = bench.get(&format!("/stripe/3ds/{}?client_secret=guess", text(&asked, "id"))).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);

    let path = format!("/stripe/3ds/{}/complete", text(&asked, "id"));
    let back = bench.send(bench.client.post(bench.url(&path)).header("accept", "text/html")).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    assert!(back.headers["location"].to_str().expect("text").contains("redirect_status=succeeded"));
    assert_eq!(bench.summary(&text(&asked, "id")).await["status"], "succeeded");

    let refused =
        bench.stripe_ok("payment_intents", &charge_form(&owner, "pm_card_authenticationRequired", "manual")).await;
    let answer = bench.post_json(&format!("/stripe/3ds/{}/fail", text(&refused, "id")), &Value::Null).await;
    assert_eq!(answer.body["status"], "requires_payment_method");
    assert_eq!(answer.body["last_payment_error"]["code"], "payment_intent_authentication_failure");

    let mut absent = charge_form(&owner, "pm_card_authenticationRequired", "automatic");
    absent.push(("off_session", "true"));
    let answer = bench.stripe("payment_intents", &absent).await;
    assert_eq!(
        (answer.status, &answer.body["error"]["code"]),
        (StatusCode::PAYMENT_REQUIRED, &json!("authentication_required"))
    );
}

/// PAY-20, PAY-21: a refund of half the net takes it back from the owner; the commission stays.
#[tokio::test]
async fn a_refund_with_reversal_leaves_the_commission() {
    let bench = Bench::start().await;
    let owner = bench.owner_account().await;
    let intent = bench.stripe_ok("payment_intents", &charge_form(&owner, "pm_card_visa", "automatic")).await;
    let id = text(&intent, "id");
    let refund = bench
        .stripe_ok(
            "refunds",
            &[
                ("payment_intent", &id),
                ("amount", "2250"),
                ("reverse_transfer", "true"),
                ("metadata[bookingId]", "b-1"),
            ],
        )
        .await;
    assert_eq!((&refund["status"], &refund["amount"]), (&json!("succeeded"), &json!(2250)));
    assert_eq!(bench.balance(&owner).await, 2250);
    assert_eq!(bench.balance("platform").await, 500 - 100);
    let summary = bench.summary(&id).await;
    assert_eq!(
        (&summary["refunded"], &summary["reversed"], &summary["applicationFeeRefunded"]),
        (&json!(2250), &json!(2250), &json!(0))
    );
}

/// Refunds never exceed what was captured, in one piece or in several.
#[tokio::test]
async fn refunds_are_bounded_by_the_capture() {
    let bench = Bench::start().await;
    let owner = bench.owner_account().await;
    let intent = bench.stripe_ok("payment_intents", &charge_form(&owner, "pm_card_visa", "automatic")).await;
    let id = text(&intent, "id");
    let too_much = bench.stripe("refunds", &[("payment_intent", &id), ("amount", "5001")]).await;
    assert_eq!((too_much.status, &too_much.body["error"]["param"]), (StatusCode::BAD_REQUEST, &json!("amount")));
    bench.stripe_ok("refunds", &[("payment_intent", &id), ("amount", "3000")]).await;
    let rest_and_more = bench.stripe("refunds", &[("payment_intent", &id), ("amount", "2001")]).await;
    assert_eq!(rest_and_more.status, StatusCode::BAD_REQUEST);
    bench
        .stripe_ok(
            "refunds",
            &[("payment_intent", &id), ("refund_application_fee", "true"), ("reverse_transfer", "true")],
        )
        .await;
    let none_left = bench.stripe("refunds", &[("payment_intent", &id)]).await;
    assert_eq!(none_left.body["error"]["code"], "charge_already_refunded");
    assert_eq!(bench.summary(&id).await["refunded"], 5000);
    assert_eq!(bench.summary(&id).await["applicationFeeRefunded"], 200);

    let held = bench.stripe_ok("payment_intents", &charge_form(&owner, "pm_card_visa", "manual")).await;
    let uncaptured = bench.stripe("refunds", &[("payment_intent", &text(&held, "id"))]).await;
    assert_eq!(
        (uncaptured.status, &uncaptured.body["error"]["code"]),
        (StatusCode::BAD_REQUEST, &json!("charge_not_refundable"))
    );
}

/// Wrong requests are told apart as Stripe tells them apart.
#[tokio::test]
async fn wrong_requests_are_refused_by_name() {
    let bench = Bench::start().await;
    let pending = text(&bench.stripe_ok("accounts", &[("type", "express")]).await, "id");
    for (form, code, param) in [
        (vec![("currency", "eur")], "parameter_missing", "amount"),
        (vec![("amount", "ten"), ("currency", "eur")], "parameter_invalid_integer", "amount"),
        (vec![("amount", "49"), ("currency", "eur")], "amount_too_small", "amount"),
        (vec![("amount", "-5"), ("currency", "eur")], "parameter_invalid_integer", "amount"),
        (vec![("amount", "5000"), ("currency", "eur"), ("amout", "1")], "parameter_unknown", "amout"),
        (vec![("amount", "5000"), ("currency", "eur"), ("customer", "cus_none")], "resource_missing", "customer"),
        (
            vec![("amount", "5000"), ("currency", "eur"), ("payment_method", "pm_none")],
            "resource_missing",
            "payment_method",
        ),
        (
            vec![("amount", "5000"), ("currency", "eur"), ("transfer_data[destination]", "acct_none")],
            "resource_missing",
            "transfer_data[destination]",
        ),
        (
            vec![("amount", "5000"), ("currency", "eur"), ("transfer_data[destination]", pending.as_str())],
            "insufficient_capabilities_for_transfer",
            "transfer_data[destination]",
        ),
    ] {
        let answer = bench.stripe("payment_intents", &form).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{form:?}");
        assert_eq!(
            (&answer.body["error"]["code"], &answer.body["error"]["param"]),
            (&json!(code), &json!(param)),
            "{form:?}"
        );
    }
    let missing = bench.stripe_get("payment_intents/pi_none", &[]).await;
    assert_eq!((missing.status, &missing.body["error"]["code"]), (StatusCode::NOT_FOUND, &json!("resource_missing")));
    let unknown = bench.stripe("widgets", &[]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let nobody = bench.send(bench.client.get(bench.url("/stripe/v1/customers"))).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    let wrong_key = bench.send(bench.client.get(bench.url("/stripe/v1/customers")).bearer_auth("sk_test_wrong")).await;
    assert_eq!(wrong_key.status, StatusCode::UNAUTHORIZED);
    let browser = bench
        .send(bench.client.get(bench.url("/stripe/v1/customers")).bearer_auth(&bench.config.stripe.publishable_key))
        .await;
    assert_eq!(
        (browser.status, &browser.body["error"]["code"]),
        (StatusCode::FORBIDDEN, &json!("secret_key_required"))
    );
}

/// PAY-16, PAY-17: a card is saved through a setup intent, listed, used, and never used for somebody else.
#[tokio::test]
async fn a_saved_card_belongs_to_its_customer() {
    let bench = Bench::start().await;
    let customer =
        text(&bench.stripe_ok("customers", &[("email", "maria@courtside.test"), ("name", "Maria")]).await, "id");
    let setup = bench.stripe_ok("setup_intents", &[("customer", &customer), ("usage", "off_session")]).await;
    assert_eq!(setup["status"], "requires_payment_method");
    let typed = bench
        .post_json(
            "/stripe/card-form",
            &json!({ "number": "4000 0025 0000 3155", "expMonth": 12, "expYear": 34, "cvc": "123", "setupIntent": setup["id"], "clientSecret": setup["client_secret"] }),
        )
        .await;
    assert_eq!(typed.body["status"], "requires_action", "{}", typed.body);
    let finished = bench.post_json(&format!("/stripe/3ds/{}/complete", text(&setup, "id")), &Value::Null).await;
    assert_eq!(finished.body["status"], "succeeded");

    let cards = bench.stripe_get("payment_methods", &[("customer", customer.as_str()), ("type", "card")]).await.body;
    assert_eq!(cards["data"].as_array().map(Vec::len), Some(1));
    let card = &cards["data"][0];
    assert_eq!((&card["card"]["last4"], &card["card"]["exp_year"]), (&json!("3155"), &json!(2034)));
    let id = text(card, "id");
    let paid = bench
        .stripe_ok(
            "payment_intents",
            &[
                ("amount", "1000"),
                ("currency", "eur"),
                ("customer", &customer),
                ("payment_method", &id),
                ("confirm", "true"),
                ("off_session", "true"),
            ],
        )
        .await;
    assert_eq!(paid["status"], "succeeded");

    let other = text(&bench.stripe_ok("customers", &[("email", "nikos@courtside.test")]).await, "id");
    let foreign = bench
        .stripe(
            "payment_intents",
            &[
                ("amount", "1000"),
                ("currency", "eur"),
                ("customer", &other),
                ("payment_method", &id),
                ("confirm", "true"),
            ],
        )
        .await;
    assert_eq!(
        (foreign.status, &foreign.body["error"]["code"]),
        (StatusCode::BAD_REQUEST, &json!("payment_method_customer_mismatch"))
    );
    bench.stripe_ok(&format!("payment_methods/{id}/detach"), &[]).await;
    let cards = bench.stripe_get("payment_methods", &[("customer", customer.as_str())]).await.body;
    assert_eq!(cards["data"], json!([]));
    let declined = bench.stripe("payment_methods/pm_card_chargeDeclined/attach", &[("customer", &customer)]).await;
    assert_eq!(
        (declined.status, &declined.body["error"]["code"]),
        (StatusCode::PAYMENT_REQUIRED, &json!("card_declined"))
    );
}

/// The typed number is checked and never answered back.
#[tokio::test]
async fn the_card_form_gives_an_id_and_no_number() {
    let bench = Bench::start().await;
    let good = bench
        .post_json(
            "/stripe/card-form",
            &json!({ "number": "4242 4242 4242 4242", "expMonth": 11, "expYear": 2026, "cvc": "123" }),
        )
        .await;
    assert!(text(&good.body, "paymentMethod").starts_with("pm_"), "{}", good.body);
    assert!(!good.body.to_string().contains("42424242"));
    for (number, month, year, code) in [
        ("4242 4242 4242 4241", 12, 34, "incorrect_number"),
        ("4242424242424242", 13, 34, "invalid_expiry_month"),
        ("4242424242424242", 10, 26, "invalid_expiry_year"),
    ] {
        let wrong = bench
            .post_json(
                "/stripe/card-form",
                &json!({ "number": number, "expMonth": month, "expYear": year, "cvc": "1" }),
            )
            .await;
        assert_eq!((wrong.status, &wrong.body["error"]["code"]), (StatusCode::PAYMENT_REQUIRED, &json!(code)));
    }
    let foreign = bench
        .post_json("/stripe/card-form", &json!({ "number": "4242424242424242", "expMonth": 12, "expYear": 34, "cvc": "1", "returnUrl": "https://elsewhere.example/" }))
        .await;
    assert_eq!((foreign.status, &foreign.body["error"]["param"]), (StatusCode::BAD_REQUEST, &json!("returnUrl")));
}
