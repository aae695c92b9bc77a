//! `GET` and `PUT /api/settings/court-defaults`, and what new courts make of them.

use serde_json::{Value, json};

use crate::club::{Club, text};
use crate::support::World;

const PATH: &str = "/api/settings/court-defaults";

fn all() -> Value {
    json!({
        "defaultDurationMinutes": 120,
        "defaultCapacity": 8,
        "defaultConfirmationMode": "MANUAL",
        "defaultConfirmationTimeoutHours": 48,
        "defaultCancellationPolicy": { "tiers": [
            { "thresholdHours": 48, "refundPercent": 100 }, { "thresholdHours": 0, "refundPercent": 25 },
        ]},
        "defaultAvailabilityTemplate": { "windows": [
            { "dayOfWeek": "MONDAY", "startTime": "08:00", "endTime": "12:00" },
            { "dayOfWeek": "SUNDAY", "startTime": "10:00", "endTime": "14:00" },
        ]},
    })
}

fn nothing() -> Value {
    json!({
        "defaultDurationMinutes": null, "defaultCapacity": null, "defaultConfirmationMode": null,
        "defaultConfirmationTimeoutHours": null, "defaultCancellationPolicy": null, "defaultAvailabilityTemplate": null,
    })
}

/// COURT-12: stored, answered, replaced as a whole, and each owner has the own ones.
#[tokio::test]
async fn defaults_are_kept_per_owner() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let other = Club::new(&world).await;
    let get = async |token: &str| world.get(PATH).bearer(token).send().await.expect(200);
    let put = async |body: Value| world.put(PATH).bearer(&club.token).json(&body).send().await.expect(200);
    assert_eq!(get(&club.token).await, nothing());
    assert_eq!(put(all()).await, all());
    assert_eq!(get(&club.token).await, all());
    assert_eq!(get(&other.token).await, nothing());
    let fewer = put(json!({ "defaultCapacity": 6 })).await;
    assert_eq!((&fewer["defaultCapacity"], &fewer["defaultAvailabilityTemplate"]), (&json!(6), &Value::Null));
    assert_eq!(get(&club.token).await, fewer);
    // OWN-35: settings leave rows too.
    assert_eq!(world.count("SELECT count(*) FROM audit_log WHERE action = 'SETTINGS_UPDATED'").await, 2);
}

/// COURT-13, COURT-10, COURT-36: defaults fill what is not sent, windows and tiers too; what is sent wins; other owners
/// and courts that exist are untouched.
#[tokio::test]
async fn new_courts_begin_with_the_defaults() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let before = club.court(&world, json!({})).await;
    world.put(PATH).bearer(&club.token).json(&all()).send().await.expect(200);
    let filled = club.court(&world, json!({})).await;
    assert_eq!((&filled["durationMinutes"], &filled["maxCapacity"]), (&json!(120), &json!(8)));
    assert_eq!((&filled["confirmationMode"], &filled["confirmationTimeoutHours"]), (&json!("MANUAL"), &json!(48)));
    let of = async |court: &Value, tail: &str| {
        let path = format!("/api/courts/{}{tail}", text(&court["id"]));
        world.get(&path).bearer(&club.token).send().await.expect(200)
    };
    let days = async |court: &Value| {
        let windows = of(court, "/availability/windows").await["windows"].clone();
        windows.as_array().expect("a list").iter().map(|one| text(&one["dayOfWeek"]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(days(&filled).await, ["MONDAY", "SUNDAY"]);
    let tiers = of(&filled, "/cancellation-policy").await["tiers"].clone();
    assert_eq!(tiers[1], json!({ "thresholdHours": 0, "refundPercentage": 25 }));

    let chosen = club
        .court(
            &world,
            json!({
                "durationMinutes": 60, "maxCapacity": 2, "confirmationMode": "INSTANT", "confirmationTimeoutHours": 3,
                "availabilityWindows": [],
                "cancellationPolicy": { "tiers": [{ "thresholdHours": 0, "refundPercentage": 100 }] },
            }),
        )
        .await;
    assert_eq!((&chosen["durationMinutes"], &chosen["maxCapacity"]), (&json!(60), &json!(2)));
    assert_eq!((&chosen["confirmationMode"], &chosen["confirmationTimeoutHours"]), (&json!("INSTANT"), &json!(3)));
    assert_eq!(days(&chosen).await, Vec::<String>::new());
    assert_eq!(of(&chosen, "/cancellation-policy").await["tiers"].as_array().map(Vec::len), Some(1));

    // COURT-09, PAY-24: courts without defaults keep to the sport and to the standard policy.
    assert_eq!(of(&before, "").await["durationMinutes"], 90);
    assert_eq!(days(&before).await, Vec::<String>::new());
    let stranger = Club::new(&world).await.court(&world, json!({})).await;
    assert_eq!((&stranger["durationMinutes"], &stranger["confirmationMode"]), (&json!(90), &json!("INSTANT")));
}

/// COURT-12, QA-50: what no court could have is refused with its field and changes nothing.
#[tokio::test]
async fn wrong_defaults_are_refused() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    world.put(PATH).bearer(&club.token).json(&all()).send().await.expect(200);
    let put = async |body: Value| world.put(PATH).bearer(&club.token).json(&body).send().await;
    for (wrong, field) in [
        (json!({ "defaultDurationMinutes": 14 }), "defaultDurationMinutes"),
        (json!({ "defaultCapacity": 0 }), "defaultCapacity"),
        (json!({ "defaultConfirmationMode": "LATER" }), "defaultConfirmationMode"),
        (json!({ "defaultConfirmationTimeoutHours": 145 }), "defaultConfirmationTimeoutHours"),
        (json!({ "defaultCancellationPolicy": {} }), "defaultCancellationPolicy.tiers"),
        (
            json!({ "defaultAvailabilityTemplate": { "windows": [
                { "dayOfWeek": "MONDAY", "startTime": "12:00", "endTime": "08:00" },
            ]}}),
            "defaultAvailabilityTemplate.windows[0].endTime",
        ),
    ] {
        assert_eq!(put(wrong.clone()).await.wrong_fields(), [field], "{wrong}");
    }
    let gap = json!({ "defaultCancellationPolicy": { "tiers": [{ "thresholdHours": 24, "refundPercent": 100 }] } });
    put(gap).await.refused(400, "INVALID_CANCELLATION_POLICY");
    let window = |start: &str| json!({ "dayOfWeek": "MONDAY", "startTime": start, "endTime": "20:00" });
    let overlap = json!({ "defaultAvailabilityTemplate": { "windows": [window("08:00"), window("10:00")] } });
    let refused = put(overlap).await.refused(400, "AVAILABILITY_OVERLAP");
    assert_eq!(refused["errors"][0]["field"], "defaultAvailabilityTemplate.windows[1]");
    assert_eq!(world.get(PATH).bearer(&club.token).send().await.expect(200), all());
}
