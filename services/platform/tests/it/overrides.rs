//! `GET` and `POST /api/courts/{courtId}/availability/overrides`, `DELETE` of one.

use serde_json::{Value, json};

use crate::club::{Club, MONDAY, text};
use crate::support::World;

/// COURT-28, COURT-29, COURT-31: created, listed, deleted, each change with its event.
#[tokio::test]
async fn a_block_is_created_listed_and_lifted() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let path = format!("/api/courts/{}/availability/overrides", text(&court["id"]));
    let part = json!({ "date": MONDAY, "startTime": "10:00", "endTime": "12:00", "reason": "New nets" });
    let created = world.post(&path).bearer(&club.token).json(&part).send().await.expect(201);
    assert_eq!((&created["source"], &created["reason"]), (&json!("MANUAL"), &json!("New nets")));
    assert_eq!((&created["startTime"], &created["endTime"]), (&json!("10:00"), &json!("12:00")));
    let whole = json!({ "date": "2026-06-02" });
    let whole = world.post(&path).bearer(&club.token).json(&whole).send().await.expect(201);
    assert_eq!((&whole["startTime"], &whole["endTime"]), (&Value::Null, &Value::Null));

    let list = async |query: &str| {
        let listed = world.get(&format!("{path}{query}")).bearer(&club.token).send().await.expect(200);
        listed["overrides"].as_array().expect("a list").iter().map(|one| one["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(list("").await, [created["id"].clone(), whole["id"].clone()]);
    assert_eq!(list("?fromDate=2026-06-02").await, [whole["id"].clone()]);
    assert_eq!(list("?toDate=2026-06-01").await, [created["id"].clone()]);

    let one = format!("{path}/{}", text(&created["id"]));
    world.delete(&one).bearer(&club.token).send().await.expect(204);
    world.delete(&one).bearer(&club.token).send().await.refused(404, "OVERRIDE_NOT_FOUND");
    assert_eq!(list("").await, [whole["id"].clone()]);

    let events = world.events("AVAILABILITY_UPDATED").await;
    let kinds: Vec<&str> = events.iter().map(|(_, event)| text(&event["payload"]["changeType"])).collect();
    assert_eq!(kinds, ["RECURRING_WINDOWS_UPDATED", "OVERRIDE_CREATED", "OVERRIDE_CREATED", "OVERRIDE_DELETED"]);
    assert_eq!(events[1].1["payload"]["affectedDateRange"], json!({ "from": MONDAY, "to": MONDAY }));
    assert_eq!(events[1].1["payload"]["override"]["overrideId"], created["id"]);
}

/// COURT-28, COURT-29: overlaps and nonsense are refused.
#[tokio::test]
async fn wrong_blocks_are_refused() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let path = format!("/api/courts/{}/availability/overrides", text(&court["id"]));
    let post = async |body: Value| world.post(&path).bearer(&club.token).json(&body).send().await;
    post(json!({ "date": MONDAY, "startTime": "10:00", "endTime": "12:00" })).await.expect(201);
    for overlapping in [
        json!({ "date": MONDAY }),
        json!({ "date": MONDAY, "startTime": "11:59", "endTime": "13:00" }),
        json!({ "date": MONDAY, "startTime": "09:00", "endTime": "23:00" }),
    ] {
        post(overlapping).await.refused(409, "OVERRIDE_OVERLAP");
    }
    post(json!({ "date": MONDAY, "startTime": "12:00", "endTime": "13:00" })).await.expect(201);
    for (wrong, field) in [
        (json!({}), "date"),
        (json!({ "date": "2026-02-30" }), "date"),
        (json!({ "date": "9999-12-31" }), "date"),
        (json!({ "date": "-009999-01-01" }), "date"),
        (json!({ "date": MONDAY, "startTime": "15:00" }), "startTime"),
        (json!({ "date": MONDAY, "startTime": "15:00", "endTime": "15:00" }), "endTime"),
        (json!({ "date": MONDAY, "startTime": "15:00", "endTime": "24:00" }), "endTime"),
        (json!({ "date": MONDAY, "reason": "x".repeat(201) }), "reason"),
    ] {
        assert_eq!(post(wrong.clone()).await.wrong_fields(), [field], "{wrong}");
    }
    let backwards = world.get(&format!("{path}?fromDate=2026-06-02&toDate=2026-06-01")).bearer(&club.token);
    assert_eq!(backwards.send().await.wrong_fields(), ["toDate"]);
    // COURT-24: another court's block is not there.
    let other = club.court(&world, json!({})).await;
    let foreign = format!("/api/courts/{}/availability/overrides/{}", text(&other["id"]), world.new_id());
    world.delete(&foreign).bearer(&club.token).send().await.refused(404, "OVERRIDE_NOT_FOUND");
}
