//! `GET` and `PUT /api/courts/{courtId}/pricing`, `/internal/courts/{courtId}/calculate-price`, cancellation policy.

use contracts::identity::Role;
use serde_json::{Value, json};

use crate::club::{Club, text};
use crate::support::{INTERNAL_KEY, World};

fn peak(day: &str, start: &str, end: &str, multiplier: f64) -> Value {
    json!({ "dayOfWeek": day, "startTime": start, "endTime": end, "multiplier": multiplier, "label": "Peak" })
}

/// PRICE-01, PRICE-02, PRICE-03, PRICE-07: the whole list is replaced and announced.
#[tokio::test]
async fn prices_are_replaced_as_a_whole() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let path = format!("/api/courts/{}/pricing", text(&court["id"]));
    let wanted = json!({
        "basePriceCents": 2200,
        "rules": [peak("SUNDAY", "18:00", "22:00", 1.5), peak("MONDAY", "18:00", "22:00", 1.15)],
        "specialDates": [{ "date": "2026-12-25", "multiplier": 2, "label": "Christmas" }],
    });
    let stored = world.put(&path).bearer(&club.token).json(&wanted).send().await.expect(200);
    assert_eq!((&stored["basePriceCents"], &stored["version"]), (&json!(2200), &json!(2)));
    let (_, customer) = world.person(Role::Customer).await;
    let shown = world.get(&path).bearer(&customer).send().await.expect(200);
    assert_eq!(shown["rules"][0], peak("MONDAY", "18:00", "22:00", 1.15));
    assert_eq!(shown["rules"][1], peak("SUNDAY", "18:00", "22:00", 1.5));
    assert_eq!(shown["specialDates"], json!([{ "date": "2026-12-25", "multiplier": 2.0, "label": "Christmas" }]));

    // Without base price the stored one stays, and rules that are not sent are gone.
    let emptied = world.put(&path).bearer(&club.token).json(&json!({})).send().await.expect(200);
    assert_eq!((&emptied["basePriceCents"], &emptied["rules"]), (&json!(2200), &json!([])));
    let events = world.events("PRICING_UPDATED").await;
    assert_eq!(events.len(), 2, "one event per save");
    let first = &events[0].1["payload"];
    assert_eq!((&first["previousBasePriceCents"], &first["basePriceCents"]), (&json!(2000), &json!(2200)));
    assert_eq!((&first["effectiveFrom"], &first["changedBy"]), (&json!("2026-05-04"), &json!(club.owner.to_string())));
    assert_eq!(first["pricingRules"].as_array().map(Vec::len), Some(2));

    let stale = json!({ "basePriceCents": 2300, "version": 1 });
    let stale = world.put(&path).bearer(&club.token).json(&stale).send().await;
    assert_eq!(stale.refused(409, "CONCURRENT_MODIFICATION")["details"]["currentVersion"], 2);
}

/// PRICE-02 to PRICE-05: wrong prices are named by their place and change nothing.
#[tokio::test]
async fn wrong_prices_change_nothing() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let path = format!("/api/courts/{}/pricing", text(&court["id"]));
    let put = async |body: Value| world.put(&path).bearer(&club.token).json(&body).send().await;
    for (wrong, field) in [
        (json!({ "rules": [peak("MONDAY", "18:00", "22:00", 5.01)] }), "rules[0].multiplier"),
        (json!({ "rules": [peak("MONDAY", "18:00", "22:00", 0.09)] }), "rules[0].multiplier"),
        (json!({ "rules": [peak("MONDAY", "18:00", "22:00", 1.155)] }), "rules[0].multiplier"),
        (json!({ "rules": [peak("MONDAY", "22:00", "18:00", 1.1)] }), "rules[0].endTime"),
        (
            json!({ "rules": [peak("MONDAY", "18:00", "22:00", 1.1), peak("MONDAY", "21:00", "23:00", 1.2)] }),
            "rules[1]",
        ),
        (json!({ "specialDates": [{ "date": "2026-13-01", "multiplier": 1 }] }), "specialDates[0].date"),
        (
            json!({ "specialDates": [{ "date": "2026-12-25", "multiplier": 1 }, { "date": "2026-12-25", "multiplier": 2 }] }),
            "specialDates[1].date",
        ),
        (
            json!({ "specialDates": [{ "date": "2026-12-25", "multiplier": 1, "label": "x".repeat(101) }] }),
            "specialDates[0].label",
        ),
        (json!({ "basePriceCents": -5 }), "basePriceCents"),
        (json!({ "rules": {} }), "rules"),
    ] {
        assert_eq!(put(wrong.clone()).await.wrong_fields(), [field], "{wrong}");
    }
    assert!(world.events("PRICING_UPDATED").await.is_empty());
}

/// PRICE-06, PRICE-16 to PRICE-19, PRICE-22, PRICE-25: the one place where a price is computed.
#[tokio::test]
async fn a_price_is_calculated() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({ "basePriceCents": 2550, "durationMinutes": 60 })).await;
    let id = text(&court["id"]);
    let prices = json!({
        "rules": [peak("MONDAY", "18:00", "22:00", 1.15)],
        "specialDates": [{ "date": "2026-06-08", "multiplier": 2, "label": "Holy Spirit" }],
    });
    let path = format!("/api/courts/{id}/pricing");
    world.put(&path).bearer(&club.token).json(&prices).send().await.expect(200);
    let ask = async |query: &str| {
        let path = format!("/internal/courts/{id}/calculate-price?{query}");
        world.internal("GET", &path).header("x-internal-api-key", INTERNAL_KEY).send().await
    };
    let peak = ask("date=2026-06-01&startTime=18:00&endTime=19:00").await.expect(200);
    assert_eq!((&peak["basePriceCents"], &peak["multiplier"]), (&json!(2550), &json!(1.15)));
    assert_eq!((&peak["subtotalCents"], &peak["finalPriceCents"]), (&json!(2933), &json!(2933)));
    assert_eq!((&peak["multiplierLabel"], &peak["promoCodeValid"]), (&json!("Peak"), &Value::Null));
    let plain = ask("date=2026-06-02&startTime=18:00&endTime=19:00").await.expect(200);
    assert_eq!((&plain["multiplier"], &plain["finalPriceCents"]), (&json!(1.0), &json!(2550)));
    // Two sessions: the rule of the start counts for both.
    let two = ask("date=2026-06-01&startTime=21:00&endTime=23:00").await.expect(200);
    assert_eq!((&two["basePriceCents"], &two["finalPriceCents"]), (&json!(2550), &json!(5865)));
    let special = ask("date=2026-06-08&startTime=18:00&endTime=19:00").await.expect(200);
    assert_eq!((&special["specialDateMultiplier"], &special["finalPriceCents"]), (&json!(2.0), &json!(5865)));
    let promo = ask("date=2026-06-01&startTime=10:00&endTime=11:00&promoCode=SUMMER").await.expect(200);
    assert_eq!((&promo["promoCodeValid"], &promo["promoCodeError"]), (&json!(false), &json!("PROMO_NOT_FOUND")));
    assert_eq!(promo["promoDiscountCents"], 0);

    for (query, field) in [
        ("startTime=18:00&endTime=19:00", "date"),
        ("date=9999-12-31&startTime=18:00&endTime=19:00", "date"),
        ("date=-009999-01-01&startTime=18:00&endTime=19:00", "date"),
        ("date=2026-06-01&startTime=24:00&endTime=19:00", "startTime"),
        ("date=2026-06-01&startTime=19:00&endTime=18:00", "endTime"),
        ("date=2026-06-01&startTime=18:00&endTime=18:07", "endTime"),
        ("date=2026-06-01&startTime=18:00&endTime=19:00&promoCode=123456789012345678901", "promoCode"),
        ("date=2026-06-01&startTime=18:00&endTime=19:00&courtType=GOLF", "courtType"),
    ] {
        assert_eq!(ask(query).await.wrong_fields(), [field], "{query}");
    }
    // BOOK-22: an hour that the clock skips.
    ask("date=2027-03-28&startTime=03:00&endTime=04:00").await.refused(400, "INVALID_TIME_DST_GAP");
    let path =
        format!("/internal/courts/{}/calculate-price?date=2026-06-01&startTime=18:00&endTime=19:00", world.new_id());
    let unknown = world.internal("GET", &path).header("x-internal-api-key", INTERNAL_KEY).send().await;
    unknown.refused(404, "COURT_NOT_FOUND");
    for key in ["", "wrong"] {
        let refused = world.internal("GET", &path).header("x-internal-api-key", key).send().await;
        refused.refused(401, "INTERNAL_KEY_INVALID");
    }
}

/// PAY-23, PAY-24, PAY-25: the standard policy until there is one of its own; changes are announced.
#[tokio::test]
async fn a_cancellation_policy_is_replaced_as_a_whole() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let path = format!("/api/courts/{}/cancellation-policy", text(&court["id"]));
    let (_, customer) = world.person(Role::Customer).await;
    let tier = |hours: i64, percent: i64| json!({ "thresholdHours": hours, "refundPercentage": percent });
    let standard = world.get(&path).bearer(&customer).send().await.expect(200);
    assert_eq!(standard["tiers"], json!([tier(24, 100), tier(12, 50), tier(0, 0)]));

    let own = json!({ "tiers": [tier(48, 90), tier(0, 10)] });
    world.put(&path).bearer(&club.token).json(&own).send().await.expect(200);
    assert_eq!(world.get(&path).bearer(&customer).send().await.expect(200), own);
    for wrong in [
        json!([]),
        json!([tier(12, 50)]),
        json!([tier(12, 50), tier(24, 100), tier(0, 0)]),
        json!([tier(12, 50), tier(12, 60), tier(0, 0)]),
        json!([tier(24, 101), tier(0, 0)]),
    ] {
        let answer = world.put(&path).bearer(&club.token).json(&json!({ "tiers": wrong })).send().await;
        answer.refused(400, "INVALID_CANCELLATION_POLICY");
    }
    let negative = json!({ "tiers": [tier(0, -1)] });
    let negative = world.put(&path).bearer(&club.token).json(&negative).send().await;
    assert_eq!(negative.wrong_fields(), ["tiers[0].refundPercentage"]);
    let events = world.events("CANCELLATION_POLICY_UPDATED").await;
    assert_eq!(events.len(), 1);
    let expected = json!([{ "thresholdHours": 48, "refundPercent": 90 }, { "thresholdHours": 0, "refundPercent": 10 }]);
    assert_eq!(events[0].1["payload"]["tiers"], expected);
    // The other service reads the tiers from its view.
    let seen: Vec<(i32, i32)> = sqlx::query_as(
        "SELECT threshold_hours, refund_percent FROM platform.v_court_cancellation_tiers
         WHERE court_id = $1::uuid ORDER BY threshold_hours DESC",
    )
    .bind(text(&court["id"]))
    .fetch_all(&world.database.transaction().await)
    .await
    .expect("the view");
    assert_eq!(seen, [(48, 90), (0, 10)]);
}

/// PRICE-02, PRICE-03, SEC-39: labels are plain text of one line; one that says nothing is none.
#[tokio::test]
async fn labels_are_plain_text() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let path = format!("/api/courts/{}/pricing", text(&court["id"]));
    let mut rule = peak("MONDAY", "18:00", "22:00", 1.5);
    rule["label"] = json!(" <b>Peak</b>\n\u{202e}time<script>x</script> ");
    let special = |date: &str, label: &str| json!({ "date": date, "multiplier": 2, "label": label });
    let wanted = json!({
        "rules": [rule],
        "specialDates": [special("2026-12-24", "Eve\u{7}<br>"), special("2026-12-25", " <i></i>\t ")],
    });
    let stored = world.put(&path).bearer(&club.token).json(&wanted).send().await.expect(200);
    assert_eq!(stored["rules"][0]["label"], "Peak time");
    assert_eq!(
        (&stored["specialDates"][0]["label"], &stored["specialDates"][1]["label"]),
        (&json!("Eve"), &Value::Null)
    );
}
