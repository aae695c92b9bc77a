//! What a lapsed subscription leaves an owner: everything may be read, nothing about courts may be changed.

use serde_json::{Value, json};

use crate::club::{Club, MONDAY, court_body, text};
use crate::support::World;

/// Every operation that changes courts or what belongs to them.
fn changes(court: &str, block: &str) -> Vec<(&'static str, String, Value)> {
    let of_court = |tail: &str| format!("/api/courts/{court}{tail}");
    vec![
        ("POST", "/api/courts".to_owned(), court_body(json!({}))),
        ("PUT", of_court(""), json!({ "version": 1, "maxCapacity": 2 })),
        ("DELETE", of_court(""), Value::Null),
        ("PUT", of_court("/confirmation-mode"), json!({ "mode": "MANUAL" })),
        ("PUT", of_court("/waitlist-config"), json!({ "enabled": true })),
        ("POST", of_court("/clone-settings"), json!({ "targetCourtIds": [court] })),
        ("POST", of_court("/transfer"), json!({ "targetOwnerEmail": "other@example.test" })),
        ("POST", format!("/api/courts/transfers/{court}/confirm"), Value::Null),
        ("POST", "/api/courts/bulk-update".to_owned(), json!({ "courtIds": [court], "changes": { "enabled": false } })),
        ("PUT", "/api/settings/court-defaults".to_owned(), json!({ "defaultCapacity": 2 })),
        ("PUT", of_court("/availability/windows"), json!({ "windows": [] })),
        ("POST", of_court("/availability/overrides"), json!({ "date": "2026-06-02" })),
        ("PUT", of_court(&format!("/availability/overrides/{block}")), json!({ "date": "2026-06-03" })),
        ("DELETE", of_court(&format!("/availability/overrides/{block}")), Value::Null),
        ("POST", of_court("/images"), json!({})),
        ("PUT", of_court("/images"), json!({ "version": 1, "imageUrls": [] })),
        ("DELETE", of_court("/images/1?version=1"), Value::Null),
        ("PUT", of_court("/pricing"), json!({ "rules": [], "specialDates": [] })),
        ("POST", "/api/holidays/custom".to_owned(), json!({ "nameEl": "Γιορτή", "date": "2026-09-01" })),
        ("PUT", format!("/api/holidays/custom/{court}"), json!({ "nameEl": "Γιορτή" })),
        ("DELETE", format!("/api/holidays/custom/{court}"), Value::Null),
        ("POST", "/api/holidays/apply".to_owned(), json!({ "holidayIds": [court], "courtIds": [court] })),
        ("DELETE", of_court(&format!("/holidays/{block}")), Value::Null),
        ("PUT", of_court("/cancellation-policy"), json!({ "tiers": [{ "thresholdHours": 0, "refundPercentage": 0 }] })),
    ]
}

async fn set_subscription(world: &World, club: &Club, status: &str, trial_ends_in_hours: i64) {
    let ends = crate::club::in_minutes(world, 60 * trial_ends_in_hours);
    sqlx::query("UPDATE users SET subscription_status = $2, trial_ends_at = $3 WHERE id = $1")
        .bind(club.owner)
        .bind(status)
        .bind(jiff_sqlx::Timestamp::from(ends))
        .execute(&world.pool)
        .await
        .expect("an owner");
}

/// AUTH-53, SUB-15, SUB-16: the stored status decides at once, whatever the token says; reading goes on and a paid
/// subscription lets changes through again.
#[tokio::test]
async fn a_lapsed_owner_reads_and_changes_nothing() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let id = text(&court["id"]);
    let blocks = format!("/api/courts/{id}/availability/overrides");
    let block = world.post(&blocks).bearer(&club.token).json(&json!({ "date": MONDAY })).send().await.expect(201);
    let events = world.count("SELECT count(*) FROM outbox").await;
    // A trial past its end counts as lapsed before any job has said so.
    for (status, hours) in [("EXPIRED", 240), ("NONE", 240), ("TRIAL", 0)] {
        set_subscription(&world, &club, status, hours).await;
        for (method, path, body) in changes(id, text(&block["id"])) {
            let call = world.call(method, &path).bearer(&club.token);
            let call = if body.is_null() { call } else { call.json(&body) };
            call.send().await.refused(403, "SUBSCRIPTION_EXPIRED");
        }
        for path in ["", "/availability/windows", "/availability/overrides", "/pricing", "/cancellation-policy"] {
            world.get(&format!("/api/courts/{id}{path}")).bearer(&club.token).send().await.expect(200);
        }
        // COURT-34, SUB-17: the courts stay where customers find them.
        let own = world.get("/api/courts/owner/me").bearer(&club.token).send().await.expect(200);
        assert_eq!(own["courts"][0]["status"], "VISIBLE");
    }
    assert_eq!(world.count("SELECT count(*) FROM outbox").await, events);
    assert_eq!(world.count("SELECT count(*) FROM courts").await, 1);
    for (status, hours) in [("ACTIVE", 0), ("TRIAL", 1)] {
        set_subscription(&world, &club, status, hours).await;
        world.post("/api/courts").bearer(&club.token).json(&court_body(json!({}))).send().await.expect(201);
    }
}
