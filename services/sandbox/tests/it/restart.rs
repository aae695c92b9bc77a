//! What a restart keeps: payments, keys, accounts, mails, people, signing key; and what it survives.

use std::io::Write as _;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::bench::{Bench, Folder, text};
use crate::receiver::Receiver;

const CHARGE: [(&str, &str); 5] = [
    ("amount", "5000"),
    ("currency", "eur"),
    ("confirm", "true"),
    ("payment_method", "pm_card_visa"),
    ("capture_method", "manual"),
];

async fn in_folder(folder: &Folder) -> Bench {
    let path = folder.0.clone();
    Bench::start_with(|config| config.data_dir = Some(path)).await
}

/// A sandbox that starts again on its folder goes on where the last one was cut off, without any farewell.
#[tokio::test]
async fn a_restart_keeps_everything() {
    let folder = Folder::new();
    let before = in_folder(&folder).await;
    let owner = before.owner_account().await;
    let customer = text(&before.stripe_ok("customers", &[("email", "maria@courtside.test")]).await, "id");
    let mut form = CHARGE.to_vec();
    form.extend_from_slice(&[
        ("customer", &customer),
        ("transfer_data[destination]", &owner),
        ("application_fee_amount", "500"),
    ]);
    let held = before.stripe_keyed("booking-1", "payment_intents", &form).await;
    let id = text(&held.body, "id");
    let token = text(
        &before.post_json("/identities/facebook", &json!({ "email": "maria@courtside.test" })).await.body,
        "token",
    );
    let mail = json!({ "personalizations": [{ "to": [{ "email": "a@b.test" }] }], "from": { "email": "c@d.test" }, "subject": "kept", "content": [{ "type": "text/plain", "value": "v" }] });
    before
        .send(
            before
                .client
                .post(before.url("/sendgrid/v3/mail/send"))
                .bearer_auth("SG.courtside-sandbox")
                .body(mail.to_string()),
        )
        .await;
    let keys = before.get("/google/oauth2/v3/certs").await.body;
    let summary = before.summary(&id).await;
    before.stop();

    let after = in_folder(&folder).await;
    assert_eq!(after.summary(&id).await, summary);
    let replayed = after.stripe_keyed("booking-1", "payment_intents", &form).await;
    assert_eq!((&replayed.body["id"], replayed.headers.contains_key("idempotent-replayed")), (&json!(id), true));
    let captured = after.stripe_ok(&format!("payment_intents/{id}/capture"), &[]).await;
    assert_eq!((&captured["status"], after.balance(&owner).await), (&json!("succeeded"), 4500));
    assert_eq!(after.stripe_get(&format!("customers/{customer}"), &[]).await.body["email"], "maria@courtside.test");
    assert_eq!(after.get(&format!("/facebook/me?access_token={token}")).await.body["name"], "Μαρία Δημητρίου");
    assert_eq!(after.get("/outbox/mail").await.body["mails"][0]["subject"], "kept");
    assert_eq!(after.get("/google/oauth2/v3/certs").await.body, keys);
}

/// A line torn by a kill is dropped; everything before it is kept.
#[tokio::test]
async fn a_torn_last_line_is_survived() {
    let folder = Folder::new();
    let before = in_folder(&folder).await;
    let id = text(&before.stripe_ok("payment_intents", &CHARGE).await, "id");
    before.stop();
    let mut file = std::fs::OpenOptions::new().append(true).open(folder.0.join("state.jsonl")).expect("the state");
    file.write_all(b"{\"table\":\"stripe.customers\",\"key\":\"cus_").expect("a torn line");
    let after = in_folder(&folder).await;
    assert_eq!(after.summary(&id).await["status"], "requires_capture");
    assert_eq!(after.stripe_ok(&format!("payment_intents/{id}/cancel"), &[]).await["status"], "canceled");
}

/// An event that nobody took before the end is delivered after the start.
#[tokio::test]
async fn undelivered_events_are_taken_up_again() {
    let folder = Folder::new();
    let path = folder.0.clone();
    let nobody = sandbox::config::WebhookTarget {
        url: "http://127.0.0.1:1/hook".to_owned(),
        ..Receiver::start().await.target(false)
    };
    let before = Bench::start_with(|config| {
        config.data_dir = Some(path.clone());
        config.stripe.webhooks = vec![nobody];
        config.stripe.webhook_first_retry_ms = 60_000;
    })
    .await;
    before.stripe_ok("customers", &[("email", "maria@courtside.test")]).await;
    crate::bench::eventually("one attempt failed", || async {
        (before.get("/stripe/deliveries").await.body["deliveries"][0]["attempts"] == 1).then_some(())
    })
    .await;
    before.stop();

    let receiver = Receiver::start().await;
    let target = receiver.target(false);
    let _after = Bench::start_with(|config| {
        config.data_dir = Some(path);
        config.stripe.webhooks = vec![target];
    })
    .await;
    let delivery = receiver.wait_for("customer.created", 1).await.remove(0);
    assert_eq!(delivery.event["data"]["object"]["email"], "maria@courtside.test");
}

/// The page and its files need nothing from elsewhere; unknown addresses say so.
#[tokio::test]
async fn the_board_stands_on_its_own() {
    let bench = Bench::start().await;
    let page = bench.send(bench.client.get(&bench.base).header("accept-language", "el")).await;
    let with_slash = bench.send(bench.client.get(bench.url("/")).header("accept-language", "el")).await;
    assert_eq!((page.status, &with_slash.body), (StatusCode::OK, &page.body));
    let html = page.body.as_str().expect("a page");
    assert!(html.contains("lang=\"el\"") && !html.contains("http://") && !html.contains("https://"), "{html}");
    let policy = page.headers["content-security-policy"].to_str().expect("text");
    assert!(
        policy.contains("script-src 'self'")
            && !policy.contains("unsafe")
            && policy.contains("frame-ancestors 'self';"),
        "{policy}"
    );
    for file in ["sandbox.css", "elements.js", "parts.js", "board.js", "card_form.js", "form_post.js"] {
        let asset = bench.get(&format!("/assets/{file}")).await;
        assert_eq!(asset.status, StatusCode::OK);
        assert!(
            asset.body.as_str().is_some_and(|text| !text.contains("http://") && !text.contains("https://")),
            "{file}"
        );
    }
    let unknown = bench.get("/nothing/here").await;
    assert_eq!(
        (unknown.status, &unknown.body["error"]),
        (StatusCode::NOT_FOUND, &Value::from("the sandbox has no GET /sandbox/nothing/here"))
    );
}
