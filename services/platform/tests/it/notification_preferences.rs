//! `/api/settings/notification-preferences`.

use contracts::identity::Role;
use serde_json::{Value, json};

use crate::club::Club;
use crate::support::{Answer, World};

const PATH: &str = "/api/settings/notification-preferences";
const KINDS: [&str; 8] = [
    "NEW_BOOKING",
    "CANCELLATION",
    "PENDING_CONFIRMATION",
    "PAYMENT_RECEIVED",
    "PAYOUT_COMPLETED",
    "PAYMENT_DISPUTE",
    "REMINDER_ALERT",
    "SUBSCRIPTION_BILLING",
];

async fn put(world: &World, token: &str, body: &Value) -> Answer {
    world.put(PATH).bearer(token).json(body).send().await
}

fn defaults() -> Value {
    let on = json!({ "email": true, "push": true, "inApp": true });
    json!({
        "preferences": KINDS.map(|kind| json!({ "eventType": kind, "channels": on })),
        "doNotDisturb": null,
        "emailDigest": { "enabled": false, "frequency": "DAILY" },
    })
}

/// The switches of one kind of event in an answer.
fn channels<'a>(answer: &'a Value, kind: &str) -> &'a Value {
    let all = answer["preferences"].as_array().expect("a list");
    &all.iter().find(|one| one["eventType"] == kind).expect("a kind of event")["channels"]
}

/// NOTE-25, NOTE-26, OWN-30, OWN-31: all on by default; each channel is switched alone; what is not named stays; the log
/// tells of each change and of no repetition.
#[tokio::test]
async fn channels_are_switched_one_by_one() {
    let world = World::new().await;
    let (_, token) = world.person(Role::CourtOwner).await;
    assert_eq!(world.get(PATH).bearer(&token).send().await.expect(200), defaults());
    let wanted = json!({
        "preferences": [
            { "eventType": "PAYOUT_COMPLETED", "channels": { "email": false } },
            { "eventType": "REMINDER_ALERT", "channels": { "email": false, "push": false, "inApp": false } },
        ],
        "doNotDisturb": { "enabled": true, "startTime": "23:00", "endTime": "07:00" },
        "emailDigest": { "enabled": true, "frequency": "DAILY" },
    });
    let saved = put(&world, &token, &wanted).await.expect(200);
    assert_eq!(channels(&saved, "PAYOUT_COMPLETED"), &json!({ "email": false, "push": true, "inApp": true }));
    assert_eq!(channels(&saved, "REMINDER_ALERT"), &json!({ "email": false, "push": false, "inApp": false }));
    assert_eq!(channels(&saved, "CANCELLATION"), channels(&defaults(), "CANCELLATION"));
    assert_eq!(saved["doNotDisturb"], wanted["doNotDisturb"]);
    assert_eq!(saved["emailDigest"], wanted["emailDigest"]);
    assert_eq!(world.get(PATH).bearer(&token).send().await.expect(200), saved);
    put(&world, &token, &wanted).await.expect(200);
    assert_eq!(world.count("SELECT count(*) FROM audit_log WHERE action = 'SETTINGS_UPDATED'").await, 1);

    let off = put(&world, &token, &json!({ "doNotDisturb": { "enabled": false } })).await.expect(200);
    assert_eq!(off["doNotDisturb"], json!({ "enabled": false, "startTime": "23:00", "endTime": "07:00" }));
    assert_eq!((&off["preferences"], &off["emailDigest"]), (&saved["preferences"], &saved["emailDigest"]));
    let cleared = json!({ "doNotDisturb": null, "emailDigest": null });
    let cleared = put(&world, &token, &cleared).await.expect(200);
    assert_eq!((&cleared["doNotDisturb"], &cleared["emailDigest"]["enabled"]), (&Value::Null, &json!(false)));
    // Nobody else's have changed.
    let (_, other) = world.person(Role::CourtOwner).await;
    assert_eq!(world.get(PATH).bearer(&other).send().await.expect(200), defaults());
}

/// NOTE-28: what cannot wait stays in the portal when everything is switched off; the rest may be silenced.
#[tokio::test]
async fn what_cannot_wait_is_heard() {
    let world = World::new().await;
    let (_, token) = world.person(Role::CourtOwner).await;
    let off = json!({ "email": false, "push": false, "inApp": false });
    let all_off = json!({ "preferences": KINDS.map(|kind| json!({ "eventType": kind, "channels": off })) });
    let saved = put(&world, &token, &all_off).await.expect(200);
    for kind in KINDS {
        let critical = ["NEW_BOOKING", "CANCELLATION", "PENDING_CONFIRMATION", "PAYMENT_DISPUTE"].contains(&kind);
        assert_eq!(channels(&saved, kind), &json!({ "email": false, "push": false, "inApp": critical }), "{kind}");
    }
    // The table would not take silence either.
    let silenced = sqlx::query("UPDATE owner_notification_channels SET in_app = false").execute(&world.pool).await;
    let error = silenced.expect_err("silence").to_string();
    assert!(error.contains("owner_notification_channels_critical_heard"), "{error}");
}

/// NOTE-25, NOTE-26, NOTE-29: what makes no sense is 400 naming the field, and changes nothing.
#[tokio::test]
async fn nonsense_changes_nothing() {
    let world = World::new().await;
    let (_, token) = world.person(Role::CourtOwner).await;
    let one = |kind: &str| json!({ "eventType": kind, "channels": { "push": false } });
    for (body, field) in [
        (json!({ "preferences": [one("NEW_FRIEND")] }), "preferences[0].eventType"),
        (json!({ "preferences": [one("CANCELLATION"), one("CANCELLATION")] }), "preferences[1].eventType"),
        (
            json!({ "preferences": [{ "eventType": "CANCELLATION", "channels": { "push": "no" } }] }),
            "preferences[0].channels.push",
        ),
        (json!({ "preferences": [{ "channels": {} }] }), "preferences[0].eventType"),
        (json!({ "doNotDisturb": { "enabled": true } }), "doNotDisturb.endTime"),
        (json!({ "doNotDisturb": { "startTime": "23:00" } }), "doNotDisturb.endTime"),
        (json!({ "doNotDisturb": { "startTime": "07:00", "endTime": "07:00" } }), "doNotDisturb.endTime"),
        (json!({ "doNotDisturb": { "startTime": "24:00", "endTime": "07:00" } }), "doNotDisturb.startTime"),
        (json!({ "emailDigest": { "enabled": true, "frequency": "HOURLY" } }), "emailDigest.frequency"),
    ] {
        assert_eq!(put(&world, &token, &body).await.wrong_fields(), [field], "{body}");
    }
    let nine = json!({ "preferences": vec![one("CANCELLATION"); 9] });
    assert_eq!(put(&world, &token, &nine).await.wrong_fields(), ["preferences"]);
    assert_eq!(world.get(PATH).bearer(&token).send().await.expect(200), defaults());
}

/// What delivery sees of one owner: switches, whether quiet hours count and from when, digest, clock.
type Delivered = (Value, bool, Option<String>, bool, String);

async fn delivered(world: &World, owner: uuid::Uuid) -> Option<Delivered> {
    sqlx::query_as(
        "SELECT preferences, do_not_disturb_enabled, do_not_disturb_start::text, email_digest_enabled, timezone
         FROM platform.v_owner_notification_preferences WHERE owner_id = $1",
    )
    .bind(owner)
    .fetch_optional(&world.database.transaction().await)
    .await
    .expect("a view")
}

/// NOTE-26, NOTE-29, NOTE-32: delivery sees each owner complete, with defaults where nothing was saved, a change at once,
/// and the clock of the oldest court; customers are not among them.
#[tokio::test]
async fn delivery_reads_what_was_chosen() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let preferences = defaults()["preferences"].clone();
    let untouched = (preferences, false, None, false, "Europe/Athens".to_owned());
    assert_eq!(delivered(&world, club.owner).await, Some(untouched));
    let (customer, _) = world.person(Role::Customer).await;
    assert_eq!(delivered(&world, customer.0).await, None);

    for (zone, minutes) in [("Europe/London", 0), ("Asia/Tokyo", 1)] {
        let court = club.court(&world, json!({})).await;
        sqlx::query(
            "UPDATE courts SET timezone = $2, created_at = created_at + make_interval(mins => $3) WHERE id = $1::uuid",
        )
        .bind(court["id"].as_str())
        .bind(zone)
        .bind(minutes)
        .execute(&world.pool)
        .await
        .expect("a court");
    }
    let wanted = json!({
        "preferences": [{ "eventType": "NEW_BOOKING", "channels": { "email": false } }],
        "doNotDisturb": { "enabled": true, "startTime": "22:30", "endTime": "06:00" },
        "emailDigest": { "enabled": true },
    });
    let saved = put(&world, &club.token, &wanted).await.expect(200);
    let expected = (saved["preferences"].clone(), true, Some("22:30:00".to_owned()), true, "Europe/London".to_owned());
    assert_eq!(delivered(&world, club.owner).await, Some(expected));
}

/// Two devices that save different halves at the same time lose neither.
#[tokio::test]
async fn halves_saved_at_once_are_both_kept() {
    let world = World::new().await;
    let (_, token) = world.person(Role::CourtOwner).await;
    for round in 0..10 {
        let on = round % 2 == 0;
        let digest = json!({ "emailDigest": { "enabled": on } });
        let quiet = json!({ "doNotDisturb": { "enabled": on, "startTime": "23:00", "endTime": "07:00" } });
        let (first, second) = tokio::join!(put(&world, &token, &digest), put(&world, &token, &quiet));
        first.expect(200);
        second.expect(200);
        let saved = world.get(PATH).bearer(&token).send().await.expect(200);
        assert_eq!((&saved["emailDigest"]["enabled"], &saved["doNotDisturb"]["enabled"]), (&json!(on), &json!(on)));
    }
}
