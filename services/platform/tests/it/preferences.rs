//! `/api/users/me/preferences`.

use contracts::identity::Role;
use serde_json::{Value, json};

use crate::club::{Club, LATITUDE, LONGITUDE};
use crate::support::{Answer, INTERNAL_KEY, World};

const PATH: &str = "/api/users/me/preferences";

async fn put(world: &World, token: &str, body: &Value) -> Answer {
    world.put(PATH).bearer(token).json(body).send().await
}

/// FIND-33, FIND-35, FIND-14: who has saved nothing has the defaults; absent members stay, null removes.
#[tokio::test]
async fn preferences_are_saved_member_by_member() {
    let world = World::new().await;
    let (_, token) = world.person(Role::Customer).await;
    let defaults = json!({
        "preferredDays": [], "preferredStartTime": null, "preferredEndTime": null, "maxSearchDistanceKm": 10.0,
        "notificationPreferences": {
            "bookingEvents": true, "favoriteCourtAlerts": true, "promotionalNotifications": true,
            "emailNotifications": true, "pushNotifications": true,
        },
        "doNotDisturbStart": null, "doNotDisturbEnd": null,
    });
    assert_eq!(world.get(PATH).bearer(&token).send().await.expect(200), defaults);
    let wanted = json!({
        "preferredDays": ["SUNDAY", "MONDAY", "SUNDAY"], "preferredStartTime": "18:00", "preferredEndTime": "21:30",
        "maxSearchDistanceKm": 25.5,
        "notificationPreferences": { "promotionalNotifications": false },
        "doNotDisturbStart": "23:00", "doNotDisturbEnd": "07:00",
    });
    let saved = put(&world, &token, &wanted).await.expect(200);
    assert_eq!(saved["preferredDays"], json!(["MONDAY", "SUNDAY"]));
    assert_eq!((&saved["preferredStartTime"], &saved["preferredEndTime"]), (&json!("18:00"), &json!("21:30")));
    assert_eq!((&saved["doNotDisturbStart"], &saved["doNotDisturbEnd"]), (&json!("23:00"), &json!("07:00")));
    assert_eq!(saved["maxSearchDistanceKm"], json!(25.5));
    assert_eq!(saved["notificationPreferences"]["promotionalNotifications"], json!(false));
    assert_eq!(saved["notificationPreferences"]["emailNotifications"], json!(true));
    assert_eq!(world.get(PATH).bearer(&token).send().await.expect(200), saved);

    let kept = put(&world, &token, &json!({ "maxSearchDistanceKm": 5 })).await.expect(200);
    assert_eq!(kept["notificationPreferences"], saved["notificationPreferences"]);
    assert_eq!((&kept["preferredDays"], &kept["doNotDisturbEnd"]), (&saved["preferredDays"], &json!("07:00")));
    let cleared = json!({
        "preferredDays": [], "preferredStartTime": null, "preferredEndTime": null,
        "doNotDisturbStart": null, "doNotDisturbEnd": null, "maxSearchDistanceKm": 10,
        "notificationPreferences": { "promotionalNotifications": true },
    });
    assert_eq!(put(&world, &token, &cleared).await.expect(200), defaults);
    // Nobody else's have changed.
    let (_, other) = world.person(Role::Customer).await;
    assert_eq!(world.get(PATH).bearer(&other).send().await.expect(200), defaults);
}

/// FIND-34: a change counts in the very next search, in the list and on the map.
#[tokio::test]
async fn the_next_search_knows() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    club.open_court(&world, json!({ "latitude": LATITUDE + 8.0 / 111.0 })).await;
    let (_, token) = world.person(Role::Customer).await;
    let found = async || {
        let place = format!("latitude={LATITUDE}&longitude={LONGITUDE}");
        let list = world.get(&format!("/api/courts?{place}")).bearer(&token).send().await.expect(200);
        let map = format!("/api/courts/map?{place}&date=2026-06-01");
        let map = world.get(&map).bearer(&token).send().await.expect(200);
        [&list, &map].map(|answer| answer["courts"].as_array().expect("a list").len())
    };
    assert_eq!(found().await, [1, 1]);
    put(&world, &token, &json!({ "maxSearchDistanceKm": 7 })).await.expect(200);
    assert_eq!(found().await, [0, 0]);
    put(&world, &token, &json!({ "maxSearchDistanceKm": 9 })).await.expect(200);
    assert_eq!(found().await, [1, 1]);
}

/// FIND-37: wrong days, times and distances are 400 naming the field, and change nothing.
#[tokio::test]
async fn nonsense_changes_nothing() {
    let world = World::new().await;
    let (_, token) = world.person(Role::Customer).await;
    let saved =
        put(&world, &token, &json!({ "preferredDays": ["FRIDAY"], "maxSearchDistanceKm": 3 })).await.expect(200);
    for (body, field) in [
        (json!({ "preferredDays": ["FUNDAY"] }), "preferredDays[0]"),
        (json!({ "preferredDays": "MONDAY" }), "preferredDays"),
        (json!({ "maxSearchDistanceKm": 0.09 }), "maxSearchDistanceKm"),
        (json!({ "maxSearchDistanceKm": 500.1, "preferredDays": ["MONDAY"] }), "maxSearchDistanceKm"),
        (json!({ "maxSearchDistanceKm": -1 }), "maxSearchDistanceKm"),
        (json!({ "maxSearchDistanceKm": "far" }), "maxSearchDistanceKm"),
        (json!({ "preferredStartTime": "25:00" }), "preferredStartTime"),
        (json!({ "preferredStartTime": "18:00" }), "preferredEndTime"),
        (json!({ "preferredStartTime": "18:00", "preferredEndTime": "18:00" }), "preferredEndTime"),
        (json!({ "preferredStartTime": "20:00", "preferredEndTime": "18:00" }), "preferredEndTime"),
        (json!({ "doNotDisturbEnd": "07:00" }), "doNotDisturbEnd"),
        (json!({ "doNotDisturbStart": "07:00", "doNotDisturbEnd": "07:00" }), "doNotDisturbEnd"),
        (
            json!({ "notificationPreferences": { "emailNotifications": "yes" } }),
            "notificationPreferences.emailNotifications",
        ),
    ] {
        assert_eq!(put(&world, &token, &body).await.wrong_fields(), [field], "{body}");
    }
    let eight = json!({ "preferredDays": vec!["MONDAY"; 8] });
    assert_eq!(put(&world, &token, &eight).await.wrong_fields(), ["preferredDays"]);
    assert_eq!(world.get(PATH).bearer(&token).send().await.expect(200), saved);
    let several = json!({ "maxSearchDistanceKm": 0, "preferredStartTime": "09:00", "preferredEndTime": "08:00" });
    assert_eq!(put(&world, &token, &several).await.wrong_fields(), ["maxSearchDistanceKm", "preferredEndTime"]);
}

/// NOTE-24: who delivers messages sees what was chosen, and nothing of where people play.
#[tokio::test]
async fn delivery_reads_what_was_chosen() {
    let world = World::new().await;
    let (id, token) = world.person(Role::Customer).await;
    let wanted = json!({
        "notificationPreferences": { "emailNotifications": false },
        "doNotDisturbStart": "23:00", "doNotDisturbEnd": "07:00",
    });
    put(&world, &token, &wanted).await.expect(200);
    let row: (bool, bool, String) = sqlx::query_as(
        "SELECT email_notifications, push_notifications, do_not_disturb_start::text
         FROM platform.v_customer_notification_preferences WHERE user_id = $1",
    )
    .bind(id.0)
    .fetch_one(&world.database.transaction().await)
    .await
    .expect("a row");
    assert_eq!(row, (false, true, "23:00:00".to_owned()));
}

/// Two devices that save different halves at the same time lose neither.
#[tokio::test]
async fn halves_saved_at_once_are_both_kept() {
    let world = World::new().await;
    let (_, token) = world.person(Role::Customer).await;
    for round in 1..=10 {
        let (distance, days) = (json!({ "maxSearchDistanceKm": round }), json!({ "preferredDays": ["TUESDAY"] }));
        let none = json!({ "preferredDays": [] });
        put(&world, &token, &none).await.expect(200);
        let (first, second) = tokio::join!(put(&world, &token, &distance), put(&world, &token, &days));
        first.expect(200);
        second.expect(200);
        let saved = world.get(PATH).bearer(&token).send().await.expect(200);
        assert_eq!(
            (&saved["maxSearchDistanceKm"], &saved["preferredDays"]),
            (&json!(f64::from(round)), &json!(["TUESDAY"]))
        );
    }
}

/// NOTE-13: delivery may end promotions for somebody who used the link of a mail; nothing else changes, a second time is the
/// first, and nobody who does not exist is remembered.
#[tokio::test]
async fn promotions_are_ended_from_a_mail() {
    let world = World::new().await;
    let (id, token) = world.person(Role::Customer).await;
    put(&world, &token, &json!({ "doNotDisturbStart": "23:00", "doNotDisturbEnd": "07:00" })).await.expect(200);
    let end = async |user: &str| {
        let path = format!("/internal/users/{user}/promotions-off");
        world.internal("POST", &path).header("x-internal-api-key", INTERNAL_KEY).send().await
    };
    for _ in 0..2 {
        end(&id.to_string()).await.expect(204);
        let saved = world.get(PATH).bearer(&token).send().await.expect(200);
        let wishes = &saved["notificationPreferences"];
        assert_eq!(
            (&wishes["promotionalNotifications"], &wishes["emailNotifications"], &saved["doNotDisturbStart"]),
            (&json!(false), &json!(true), &json!("23:00"))
        );
    }
    end("0198c3de-7a10-7000-8000-0000000000aa").await.refused(404, "USER_NOT_FOUND");
}
