//! `/internal/promo-codes/*`, as long as there are no codes.

use serde_json::{Value, json};

use crate::support::{Call, INTERNAL_KEY, World};

fn call(world: &World, action: &str) -> Call {
    world.internal("POST", &format!("/internal/promo-codes/{action}")).header("x-internal-api-key", INTERNAL_KEY)
}

fn question(changes: Value) -> Value {
    let mut body = json!({
        "code": "SUMMER10", "userId": "0198c3de-7a10-7000-8000-0000000000aa",
        "courtId": "0198c3de-7a10-7000-8000-0000000000bb", "bookingAmountCents": 5000, "bookingDate": "2026-06-01",
        "courtType": "PADEL",
    });
    for (name, value) in changes.as_object().expect("an object of changes") {
        body[name] = value.clone();
    }
    body
}

/// PRICE-42, PRICE-43, PRICE-44: a code that nobody knows is answered with 200 and the reason, in the shape of the contract.
#[tokio::test]
async fn an_unknown_code_does_not_count() {
    let world = World::new().await;
    let answer = call(&world, "validate").json(&question(json!({}))).send().await.expect(200);
    assert_eq!((&answer["valid"], &answer["errorCode"]), (&json!(false), &json!("PROMO_NOT_FOUND")));
    assert!(answer["errorMessage"].is_string());
    for nothing in [
        "promoCodeId",
        "discountType",
        "discountValue",
        "discountAmountCents",
        "maxDiscountCents",
        "remainingUses",
        "userRemainingUses",
    ] {
        assert_eq!(answer.get(nothing), Some(&Value::Null), "{nothing}");
    }
    for (changes, field) in [
        (json!({ "code": " " }), "code"),
        (json!({ "code": "X".repeat(51) }), "code"),
        (json!({ "bookingAmountCents": -1 }), "bookingAmountCents"),
        (json!({ "courtType": "CHESS" }), "courtType"),
        (json!({ "userId": "seven" }), "userId"),
    ] {
        let wrong = call(&world, "validate").json(&question(changes)).send().await;
        assert_eq!(wrong.wrong_fields(), [field]);
    }
}

/// PRICE-47, PRICE-50: nothing can be used of an unknown code, nor taken back.
#[tokio::test]
async fn an_unknown_code_is_neither_used_nor_given_back() {
    let world = World::new().await;
    let id = "0198c3de-7a10-7000-8000-0000000000aa";
    let used = json!({ "promoCodeId": id, "bookingId": id, "userId": id, "discountAmountCents": 500 });
    call(&world, "redeem").json(&used).send().await.refused(400, "PROMO_CODE_NOT_FOUND");
    let mut wrong = used.clone();
    wrong["discountAmountCents"] = json!(-5);
    assert_eq!(call(&world, "redeem").json(&wrong).send().await.wrong_fields(), ["discountAmountCents"]);
    let back = json!({ "promoCodeId": id, "bookingId": id, "reason": "BOOKING_CANCELLED" });
    call(&world, "rollback").json(&back).send().await.refused(400, "PROMO_CODE_NOT_FOUND");
    let wrong = json!({ "promoCodeId": id, "bookingId": id, "reason": "BAD_MOOD" });
    assert_eq!(call(&world, "rollback").json(&wrong).send().await.wrong_fields(), ["reason"]);
}
