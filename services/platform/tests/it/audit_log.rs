//! `GET /api/audit-log` and `GET /api/admin/audit-log`.

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::club::{Club, text};
use crate::support::World;

fn actions(page: &Value) -> Vec<&str> {
    page["content"].as_array().expect("a list").iter().map(|entry| text(&entry["actionType"])).collect()
}

/// Two owners who have done a few things on two days.
async fn busy(world: &World) -> (Club, Club, Value) {
    let (club, rival) = (Club::new(world).await, Club::new(world).await);
    let court = club.court(world, json!({})).await;
    rival.court(world, json!({})).await;
    let path = format!("/api/courts/{}", text(&court["id"]));
    world.clock.advance(SignedDuration::from_mins(1));
    let change = json!({ "version": 1, "maxCapacity": 6 });
    world.put(&path).bearer(&club.token).json(&change).send().await.expect(200);
    world.clock.advance(SignedDuration::from_hours(24));
    let club = Club { token: world.token(contracts::ids::UserId(club.owner), Role::CourtOwner), ..club };
    let tiers = json!({ "tiers": [{ "thresholdHours": 0, "refundPercentage": 10 }] });
    world.put(&format!("{path}/cancellation-policy")).bearer(&club.token).json(&tiers).send().await.expect(200);
    (club, rival, court)
}

/// OWN-36, OWN-38, OWN-39: the own entries, newest first, filtered by day and kind, in pages, without any address.
#[tokio::test]
async fn owners_read_their_own_log() {
    let world = World::new().await;
    let (club, _, court) = busy(&world).await;
    let get =
        async |query: &str| world.get(&format!("/api/audit-log{query}")).bearer(&club.token).send().await.expect(200);
    let all = get("").await;
    assert_eq!(actions(&all), ["CANCELLATION_POLICY_UPDATED", "COURT_UPDATED", "COURT_CREATED"]);
    assert_eq!((&all["page"], &all["size"]), (&json!(0), &json!(50)));
    assert_eq!((&all["totalElements"], &all["totalPages"]), (&json!(3), &json!(1)));
    let change = &all["content"][1];
    assert_eq!((&change["resourceType"], &change["resourceId"]), (&json!("COURT"), &court["id"]));
    assert_eq!((&change["actorId"], &change["timestamp"]), (&json!(club.owner), &json!("2026-05-04T09:01:00Z")));
    assert_eq!((&change["before"]["maxCapacity"], &change["after"]["maxCapacity"]), (&json!(4), &json!(6)));
    assert_eq!(all["content"][2]["before"], Value::Null);
    let members: Vec<&String> = change.as_object().expect("an entry").keys().collect();
    assert_eq!(
        members,
        ["actionType", "actorId", "after", "before", "id", "metadata", "resourceId", "resourceType", "timestamp"]
    );

    assert_eq!(actions(&get("?sort=timestamp,asc&size=2").await), ["COURT_CREATED", "COURT_UPDATED"]);
    let second = get("?sort=timestamp,asc&size=2&page=1").await;
    assert_eq!((actions(&second), &second["totalPages"]), (vec!["CANCELLATION_POLICY_UPDATED"], &json!(2)));
    assert_eq!(actions(&get("?page=7").await), Vec::<&str>::new());
    assert_eq!(actions(&get("?resourceType=COURT").await), ["COURT_UPDATED", "COURT_CREATED"]);
    let listed = get("?actionType=COURT_CREATED,CANCELLATION_POLICY_UPDATED").await;
    assert_eq!(actions(&listed), ["CANCELLATION_POLICY_UPDATED", "COURT_CREATED"]);
    assert_eq!(actions(&get("?to=2026-05-04").await), ["COURT_UPDATED", "COURT_CREATED"]);
    assert_eq!(actions(&get("?from=2026-05-05").await), ["CANCELLATION_POLICY_UPDATED"]);
    // Nobody reads the log of somebody else by naming them.
    assert_eq!(get(&format!("?courtOwnerId={}", world.new_id())).await["totalElements"], 3);
}

/// OWN-38, QA-50: nonsense is named.
#[tokio::test]
async fn wrong_questions_are_refused() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    for (query, field) in [
        ("from=yesterday", "from"),
        ("from=2026-05-05&to=2026-05-04", "to"),
        ("page=-1", "page"),
        ("size=0", "size"),
        ("size=201", "size"),
        ("sort=name,asc", "sort"),
        ("courtOwnerId=me", "courtOwnerId"),
    ] {
        let answer = world.get(&format!("/api/audit-log?{query}")).bearer(&club.token).send().await;
        assert_eq!(answer.wrong_fields(), [field], "{query}");
    }
}

/// OWN-43, OWN-36: admins read anyone's log, with a hash in place of the address.
#[tokio::test]
async fn admins_read_every_log() {
    let world = World::new().await;
    let (club, rival, _) = busy(&world).await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let get =
        async |query: &str| world.get(&format!("/api/admin/audit-log{query}")).bearer(&admin).send().await.expect(200);
    assert_eq!(get("").await["totalElements"], 4);
    assert_eq!(actions(&get(&format!("?courtOwnerId={}", rival.owner)).await), ["COURT_CREATED"]);
    let own = get(&format!("?courtOwnerId={}&actionType=COURT_UPDATED", club.owner)).await;
    assert_eq!(own["content"][0]["ipHash"].as_str().map(str::len), Some(64));
}

/// OWN-40: the database refuses to change or remove a row, even to the service's own role.
#[tokio::test]
async fn rows_are_for_ever() {
    let world = World::new().await;
    busy(&world).await;
    for statement in ["UPDATE audit_log SET action = 'X'", "DELETE FROM audit_log"] {
        let refused = sqlx::query(statement).execute(&world.pool).await.expect_err("append-only");
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    assert_eq!(world.count("SELECT count(*) FROM audit_log").await, 4);
}
