//! `GET` and `PUT /api/courts/{courtId}/availability/windows`.

use serde_json::{Value, json};

use crate::club::{Club, every_day, text};
use crate::support::World;

fn window(day: &str, start: &str, end: &str) -> Value {
    json!({ "dayOfWeek": day, "startTime": start, "endTime": end })
}

/// COURT-26, COURT-31: the set replaces the stored one, in order of the week, with one event.
#[tokio::test]
async fn a_set_of_windows_replaces_the_stored_one() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    club.open(&world, &court, &every_day("08:00", "22:00")).await;
    let set = json!([
        window("SUNDAY", "10:00", "14:00"),
        window("MONDAY", "17:00", "23:00"),
        window("MONDAY", "08:00", "12:00"),
        window("MONDAY", "12:00", "13:30"),
    ]);
    club.open(&world, &court, &set).await;
    let path = format!("/api/courts/{}/availability/windows", text(&court["id"]));
    let stored = world.get(&path).bearer(&club.token).send().await.expect(200);
    let times: Vec<String> = stored["windows"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|stored| {
            format!("{} {}-{}", text(&stored["dayOfWeek"]), text(&stored["startTime"]), text(&stored["endTime"]))
        })
        .collect();
    assert_eq!(times, ["MONDAY 08:00-12:00", "MONDAY 12:00-13:30", "MONDAY 17:00-23:00", "SUNDAY 10:00-14:00"]);
    let events = world.events("AVAILABILITY_UPDATED").await;
    assert_eq!(events.len(), 2);
    assert_eq!(events[1].0, text(&court["id"]));
    assert_eq!(events[1].1["payload"]["changeType"], "RECURRING_WINDOWS_UPDATED");
    assert_eq!(events[1].1["payload"]["courtOwnerId"], club.owner.to_string());
    // An empty set closes the court.
    assert_eq!(club.open(&world, &court, &json!([])).await["windows"], json!([]));
}

/// COURT-26, COURT-27: overlaps and times that are none change nothing.
#[tokio::test]
async fn wrong_windows_change_nothing() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    club.open(&world, &court, &json!([window("FRIDAY", "08:00", "22:00")])).await;
    let path = format!("/api/courts/{}/availability/windows", text(&court["id"]));
    let put =
        async |windows: Value| world.put(&path).bearer(&club.token).json(&json!({ "windows": windows })).send().await;
    let overlap = put(json!([window("MONDAY", "08:00", "12:00"), window("MONDAY", "11:59", "13:00")])).await;
    let body = overlap.refused(400, "AVAILABILITY_OVERLAP");
    assert_eq!(body["details"]["dayOfWeek"], "MONDAY");
    assert_eq!(body["errors"][0]["field"], "windows[1]");
    for (wrong, field) in [
        (window("MONDAY", "12:00", "12:00"), "windows[0].endTime"),
        (window("MONDAY", "22:00", "02:00"), "windows[0].endTime"),
        (window("MONDAY", "20:00", "24:00"), "windows[0].endTime"),
        (window("MONDAY", "8:00", "10:00"), "windows[0].startTime"),
        (window("MONDAY", "08:00:00", "10:00"), "windows[0].startTime"),
        (window("MONDAY", "25:00", "23:00"), "windows[0].startTime"),
        (window("SOMEDAY", "08:00", "10:00"), "windows[0].dayOfWeek"),
        (json!({ "dayOfWeek": "MONDAY", "startTime": "08:00" }), "windows[0].endTime"),
    ] {
        assert_eq!(put(json!([wrong.clone()])).await.wrong_fields(), [field], "{wrong}");
    }
    assert_eq!(put(json!(vec![window("MONDAY", "08:00", "09:00"); 169])).await.wrong_fields(), ["windows"]);
    let stored = world.get(&path).bearer(&club.token).send().await.expect(200);
    assert_eq!(stored["windows"].as_array().map(Vec::len), Some(1));
    assert_eq!(world.events("AVAILABILITY_UPDATED").await.len(), 1);
}

/// COURT-27: the database refuses an overlap even when no code has looked.
#[tokio::test]
async fn the_database_refuses_overlapping_windows() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    club.open(&world, &court, &json!([window("FRIDAY", "08:00", "22:00")])).await;
    let insert = async |day: &str, start: &str, end: &str| {
        sqlx::query(
            "INSERT INTO court_windows (id, court_id, day_of_week, start_time, end_time)
             VALUES (gen_random_uuid(), $1::uuid, $2, $3::time, $4::time)",
        )
        .bind(text(&court["id"]))
        .bind(day)
        .bind(start)
        .bind(end)
        .execute(&world.pool)
        .await
    };
    let refused = insert("FRIDAY", "21:59", "23:00").await.expect_err("it overlaps");
    assert!(kit::db::is_exclusion_violation(&refused, "court_windows_no_overlap"), "{refused}");
    insert("FRIDAY", "22:00", "23:00").await.expect("touching windows are fine");
    insert("SATURDAY", "08:00", "22:00").await.expect("another day is another day");
}
