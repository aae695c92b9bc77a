//! `GET /api/bookings/{bookingId}/receipt`: issued once, as JSON and PDF, with or without tax (PAY-34 to PAY-36).

use jiff::SignedDuration;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::support::{Answer, Club, World};

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

async fn receipt(world: &World, token: &str, booking: &str) -> Answer {
    world.get(&format!("/api/bookings/{booking}/receipt")).bearer(token).send().await
}

/// Type, and bytes, of the answer to a request for a PDF.
async fn pdf(world: &World, token: &str, booking: &str, language: &str) -> (String, Vec<u8>) {
    let request = http::Request::get(format!("/api/bookings/{booking}/receipt"))
        .header("authorization", format!("Bearer {token}"))
        .header("accept", "application/pdf")
        .header("accept-language", language)
        .body(axum::body::Body::empty())
        .expect("a request");
    let answer = world.node.router.clone().oneshot(request).await.expect("routers do not fail");
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"].to_str().expect("text").to_owned();
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 22).await.expect("a body");
    (kind, bytes.to_vec())
}

/// PAY-34: everything a receipt shows, for the customer and for the owner; a stranger has none.
#[tokio::test]
async fn a_paid_booking_has_a_receipt() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let shown = receipt(&world, &token, id(&booking)).await.expect(200);
    let intent = world.intents_of(id(&booking)).await[0]["id"].clone();
    let payment = world.payment_id(id(&booking)).await;
    let expected = json!({
        "number": shown["number"], "bookingId": id(&booking), "paymentId": payment, "transactionId": intent,
        "courtName": "Syntagma Court", "courtAddress": "Πλατεία Συντάγματος 1", "date": "2026-05-19",
        "startTime": "10:00", "endTime": "11:00", "durationMinutes": 60, "amountCents": 5000, "discountCents": null,
        "totalChargedCents": 5000, "platformFeeCents": 500, "courtOwnerNetCents": 4500, "currency": "EUR",
        "paymentMethod": "VISA 4242", "cardLast4": "4242", "vat": null, "issuedAt": "2026-05-04T09:00:00Z",
    });
    assert_eq!(shown, expected);
    assert!(shown["number"].as_str().is_some_and(|number| number.starts_with("2026-")));
    assert_eq!(receipt(&world, &club.token, id(&booking)).await.expect(200), expected);
    let (_, stranger) = world.customer().await;
    receipt(&world, &stranger, id(&booking)).await.refused(404, "BOOKING_NOT_FOUND");
    receipt(&world, &Club::new(&world).await.token, id(&booking)).await.refused(404, "BOOKING_NOT_FOUND");
    let greek = world.get(&format!("/api/bookings/{}/receipt", id(&booking))).bearer(&token);
    let greek = greek.header("accept-language", "el").send().await.expect(200);
    assert_eq!(greek["courtName"], "Γήπεδο Σύνταγμα", "I18N-11");
}

/// PAY-36: nothing was paid yet: 404. PAY-34: once the owner confirms, there is one.
#[tokio::test]
async fn there_is_none_before_the_money_is_collected() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    receipt(&world, &token, id(&booking)).await.refused(404, "RECEIPT_NOT_FOUND");
    world.post(&format!("/api/bookings/{}/confirm", id(&booking))).bearer(&club.token).send().await.expect(200);
    receipt(&world, &token, id(&booking)).await.expect(200);
    let held = club.try_to_book(&world, &token, "12:00", "pm_card_authenticationRequired").await.expect(201);
    receipt(&world, &token, id(&held)).await.refused(404, "BOOKING_NOT_FOUND");
}

/// PAY-35: an owner who is registered shows the number and the tax in the amount; the receipt stays as it was issued.
#[tokio::test]
async fn registered_owners_show_vat() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let register = "UPDATE platform.users SET vat_registered = $2, vat_number = 'EL123456789' WHERE id = $1";
    for registered in [true, false] {
        sqlx::query(register).bind(club.owner.0).bind(registered).execute(&world.admin).await.expect("an owner");
        let shown = receipt(&world, &token, id(&booking)).await.expect(200);
        assert_eq!(shown["vat"], json!({ "vatNumber": "EL123456789", "ratePercent": 24, "includedCents": 968 }));
    }
    let later = club.book(&world, &token, "12:00").await;
    assert_eq!(receipt(&world, &token, id(&later)).await.expect(200)["vat"], Value::Null);
}

/// PAY-36: as PDF by `Accept`, with Greek letters in an embedded font.
#[tokio::test]
async fn a_receipt_is_a_pdf_too() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    for language in ["el", "en"] {
        let (kind, bytes) = pdf(&world, &token, id(&booking), language).await;
        assert_eq!(kind, "application/pdf");
        assert!(bytes.starts_with(b"%PDF-") && bytes.len() < 200_000, "{} bytes", bytes.len());
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("DejaVuSans") && text.contains("/ToUnicode"), "the font is embedded and can be searched");
    }
}

/// PAY-36: the round issues what nobody asked for, and asks for one mail, however often it runs.
#[tokio::test]
async fn the_receipt_is_mailed_once() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    world.run_jobs().await;
    for _ in 0..3 {
        world.advance(SignedDuration::from_secs(60));
        world.run_jobs().await;
    }
    receipt(&world, &token, id(&booking)).await;
    let asked = world.events("NOTIFICATION_REQUESTED").await;
    let asked: Vec<_> =
        asked.iter().filter(|event| event["payload"]["notificationType"] == "PAYMENT_RECEIVED").collect();
    assert_eq!(asked.len(), 1);
    let payload = &asked[0]["payload"];
    assert_eq!((&payload["userId"], &payload["channels"]), (&json!(customer), &json!(["EMAIL", "IN_APP"])));
    assert_eq!(payload["data"]["deepLink"], format!("/bookings/{}/receipt", id(&booking)));
    assert_eq!(world.count("SELECT count(*) FROM transaction.receipts").await, 1);
}
