//! Handing a court over: `POST /api/courts/{courtId}/transfer`, confirming, withdrawing, listing.

use contracts::identity::Role;
use contracts::ids::UserId;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::club::{Booked, Club, MONDAY, Taken, in_minutes, take, text};
use crate::support::{Answer, World};

/// A verified owner whom Stripe pays, with an address that can be typed.
async fn heir(world: &World) -> Club {
    let heir = Club::new(world).await;
    heir.set_standing(world, true, "ACTIVE").await;
    sqlx::query("UPDATE users SET email = $2 WHERE id = $1")
        .bind(heir.owner)
        .bind(format!("heir-{}@example.test", heir.owner))
        .execute(&world.pool)
        .await
        .expect("an owner");
    heir
}

fn address(heir: &Club) -> String {
    // In another case than it is stored.
    format!("HEIR-{}@Example.test", heir.owner)
}

async fn start(world: &World, club: &Club, court: &Value, email: &str) -> Answer {
    let path = format!("/api/courts/{}/transfer", text(&court["id"]));
    world.post(&path).bearer(&club.token).json(&json!({ "targetOwnerEmail": email })).send().await
}

async fn decide(world: &World, club: &Club, transfer: &Value, verb: &str) -> Answer {
    let path = format!("/api/courts/transfers/{}/{verb}", text(&transfer["transferId"]));
    world.post(&path).bearer(&club.token).send().await
}

/// Tokens last 15 minutes; after a longer wait people have new ones.
fn signed_in_again(world: &World, club: &Club) -> Club {
    Club { owner: club.owner, token: world.token(UserId(club.owner), Role::CourtOwner) }
}

/// COURT-56, COURT-58, COURT-59: two consents, then court, settings and both logs move at once, with the event by which
/// the bookings follow; the old owner has nothing left to say.
#[tokio::test]
async fn a_court_changes_hands() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let heir = heir(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let id = text(&court["id"]);
    world
        .post(&format!("/api/courts/{id}/availability/overrides"))
        .bearer(&club.token)
        .json(&json!({ "date": MONDAY }))
        .send()
        .await
        .expect(201);
    Booked { date: "2026-06-02", ..Booked::default() }.store(&world, &court).await;

    let started = start(&world, &club, &court, &address(&heir)).await.expect(200);
    assert_eq!(started["status"], "PENDING_TARGET_CONFIRMATION");
    assert_eq!(started["targetOwnerEmail"], "H***@Example.test");
    assert_eq!(started["expiresAt"], "2026-05-11T09:00:00Z");
    // Nothing has moved, and only the target may move it.
    let path = format!("/api/courts/{id}");
    world.put(&path).bearer(&heir.token).json(&json!({ "version": 1 })).send().await.refused(403, "AUTHZ_NOT_OWNER");
    for nobody in [&club, &Club::new(&world).await] {
        decide(&world, nobody, &started, "confirm").await.refused(404, "TRANSFER_NOT_FOUND");
    }
    let told = world.events("NOTIFICATION_REQUESTED").await;
    assert_eq!((told.len(), &told[0].0), (1, &heir.owner.to_string()));

    let done = decide(&world, &heir, &started, "confirm").await.expect(200);
    assert_eq!((&done["status"], &done["courtId"]), (&json!("COMPLETED"), &court["id"]));
    assert_eq!(done["newOwnerId"], heir.owner.to_string());
    decide(&world, &heir, &started, "confirm").await.refused(409, "TRANSFER_ALREADY_DECIDED");
    let change = json!({ "version": 2, "maxCapacity": 6 });
    world.put(&path).bearer(&club.token).json(&change).send().await.refused(403, "AUTHZ_NOT_OWNER");
    world.put(&path).bearer(&heir.token).json(&change).send().await.expect(200);
    for tail in ["windows", "overrides"] {
        let listed = world.get(&format!("{path}/availability/{tail}")).bearer(&heir.token).send().await.expect(200);
        assert!(!listed[tail].as_array().expect("a list").is_empty(), "{tail}");
    }
    let events = world.events("COURT_UPDATED").await;
    let payload = &events[0].1["payload"];
    assert_eq!((&events[0].0, &payload["changedFields"]), (&id.to_owned(), &json!(["courtOwnerId"])));
    assert_eq!(payload["courtOwnerId"], heir.owner.to_string());
    assert_eq!((&payload["previousCourtOwnerId"], &payload["version"]), (&json!(club.owner), &json!(2)));
    let logs: Vec<(uuid::Uuid, uuid::Uuid, Value)> = sqlx::query_as(
        "SELECT owner_id, actor_id, state_after FROM audit_log WHERE action = 'COURT_TRANSFERRED' ORDER BY id",
    )
    .fetch_all(&world.pool)
    .await
    .expect("the log");
    assert_eq!(logs.iter().map(|row| row.0).collect::<Vec<_>>(), [club.owner, heir.owner]);
    assert!(logs.iter().all(|row| row.1 == heir.owner && row.2["ownerId"] == heir.owner.to_string()));
    assert_eq!(world.events("NOTIFICATION_REQUESTED").await[1].0, club.owner.to_string());
}

/// COURT-32, COURT-59: whether customers see the court follows its new owner at once.
#[tokio::test]
async fn visibility_follows_the_new_owner() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let heir = heir(&world).await;
    let court = club.open_court(&world, json!({})).await;
    club.set_standing(&world, true, "RESTRICTED").await;
    let path = format!("/api/courts/{}", text(&court["id"]));
    assert_eq!(world.get(&path).bearer(&club.token).send().await.expect(200)["status"], "HIDDEN");
    let started = start(&world, &club, &court, &address(&heir)).await.expect(200);
    decide(&world, &heir, &started, "confirm").await.expect(200);
    let (_, customer) = world.person(Role::Customer).await;
    assert_eq!(world.get(&path).bearer(&customer).send().await.expect(200)["status"], "VISIBLE");
}

/// COURT-59, COURT-60, HOL-13: blocks go with the court, the old owner's holidays do not: removing the holiday with all its
/// blocks leaves the court of the new owner as it is.
#[tokio::test]
async fn holidays_of_the_old_owner_stay_behind() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let heir = heir(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let day_off = json!({ "nameEl": "Αργία συλλόγου", "date": MONDAY });
    let holiday = world.post("/api/holidays/custom").bearer(&club.token).json(&day_off).send().await.expect(201);
    let apply = json!({ "holidayIds": [holiday["id"]], "courtIds": [court["id"]] });
    world.post("/api/holidays/apply").bearer(&club.token).json(&apply).send().await.expect(200);
    let started = start(&world, &club, &court, &address(&heir)).await.expect(200);
    decide(&world, &heir, &started, "confirm").await.expect(200);
    let path = format!("/api/holidays/custom/{}?deleteOverrides=DELETE_ALL", text(&holiday["id"]));
    world.delete(&path).bearer(&club.token).send().await.expect(204);
    let path = format!("/api/courts/{}/availability/overrides", text(&court["id"]));
    let blocks = world.get(&path).bearer(&heir.token).send().await.expect(200);
    assert_eq!(blocks["overrides"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&blocks["overrides"][0]["date"], &blocks["overrides"][0]["holidayTemplateId"]),
        (&json!(MONDAY), &Value::Null)
    );
    assert_eq!(world.count("SELECT count(*) FROM court_holidays").await, 0);
}

/// COURT-57: who is no verified owner with a payout account cannot have the court, at the start or at the end.
#[tokio::test]
async fn the_target_must_be_eligible_twice() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let heir = heir(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let reason = |answer: Answer| answer.refused(422, "TARGET_NOT_ELIGIBLE")["details"]["reason"].clone();
    let (customer, _) = world.person(Role::Customer).await;
    let nobodies = ["nobody@example.test".to_owned(), format!("{customer}@example.test")];
    for nobody in nobodies {
        assert_eq!(reason(start(&world, &club, &court, &nobody).await), "USER_NOT_FOUND");
    }
    for (verified, stripe, expected) in [
        (false, "ACTIVE", "NOT_VERIFIED"),
        (true, "PENDING", "STRIPE_NOT_CONNECTED"),
        (true, "RESTRICTED", "STRIPE_NOT_CONNECTED"),
    ] {
        heir.set_standing(&world, verified, stripe).await;
        assert_eq!(reason(start(&world, &club, &court, &address(&heir)).await), expected);
    }
    assert_eq!(start(&world, &club, &court, &format!("{}@example.test", club.owner)).await.status, 422);
    club.set_standing(&world, true, "ACTIVE").await;
    let own = start(&world, &club, &court, &format!("{}@example.test", club.owner)).await;
    assert_eq!(own.wrong_fields(), ["targetOwnerEmail"]);

    heir.set_standing(&world, true, "ACTIVE").await;
    let started = start(&world, &club, &court, &address(&heir)).await.expect(200);
    heir.set_standing(&world, true, "DISABLED").await;
    assert_eq!(reason(decide(&world, &heir, &started, "confirm").await), "STRIPE_NOT_CONNECTED");
    // It can still be confirmed once the obstacle is gone.
    heir.set_standing(&world, true, "ACTIVE").await;
    decide(&world, &heir, &started, "confirm").await.expect(200);
}

/// COURT-56, COURT-58: seven days, one transfer of a court at a time, and the source may think better of it.
#[tokio::test]
async fn transfers_end_by_time_and_by_the_source() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let heir = heir(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let first = start(&world, &club, &court, &address(&heir)).await.expect(200);
    let second = start(&world, &club, &court, &address(&heir)).await.refused(409, "TRANSFER_ALREADY_PENDING");
    assert_eq!(second["details"]["transferId"], first["transferId"]);
    decide(&world, &heir, &first, "withdraw").await.refused(404, "TRANSFER_NOT_FOUND");
    assert_eq!(decide(&world, &club, &first, "withdraw").await.expect(200)["status"], "WITHDRAWN");
    decide(&world, &club, &first, "withdraw").await.refused(409, "TRANSFER_ALREADY_DECIDED");
    decide(&world, &heir, &first, "confirm").await.refused(409, "TRANSFER_ALREADY_DECIDED");

    world.clock.advance(SignedDuration::from_secs(1));
    let second = start(&world, &club, &court, &address(&heir)).await.expect(200);
    world.clock.advance(SignedDuration::from_hours(7 * 24));
    let (club, heir) = (signed_in_again(&world, &club), signed_in_again(&world, &heir));
    decide(&world, &heir, &second, "confirm").await.refused(410, "TRANSFER_EXPIRED");
    decide(&world, &club, &second, "withdraw").await.refused(410, "TRANSFER_EXPIRED");
    let third = start(&world, &club, &court, &address(&heir)).await.expect(200);

    let list = async |reader: &Club| {
        let listed = world.get("/api/courts/transfers").bearer(&reader.token).send().await.expect(200);
        let rows = listed["transfers"].as_array().expect("a list").clone();
        rows.into_iter().map(|row| (row["direction"].clone(), row["status"].clone())).collect::<Vec<_>>()
    };
    let expected = |direction: &str| {
        ["PENDING_TARGET_CONFIRMATION", "EXPIRED", "WITHDRAWN"].map(|status| (json!(direction), json!(status))).to_vec()
    };
    assert_eq!(list(&club).await, expected("OUTGOING"));
    assert_eq!(list(&heir).await, expected("INCOMING"));
    assert_eq!(list(&Club::new(&world).await).await, []);
    // COURT-22: a removed court goes to nobody.
    let path = format!("/api/courts/{}", text(&court["id"]));
    world.delete(&path).bearer(&club.token).send().await.expect(204);
    decide(&world, &heir, &third, "confirm").await.refused(409, "TRANSFER_ALREADY_DECIDED");
}

/// COURT-59: a slot that is being paid for would become a booking of the wrong owner, so the court waits for it; and a
/// booking that was checked before the court moved is refused after it, by the number of the calendar.
#[tokio::test]
async fn no_booking_is_left_behind() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let heir = heir(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let started = start(&world, &club, &court, &address(&heir)).await.expect(200);
    take(&world, &court, MONDAY, "10:00", "11:30", Taken::HeldUntil(in_minutes(&world, 3))).await;
    decide(&world, &heir, &started, "confirm").await.refused(409, "SLOT_BEING_BOOKED");
    world.clock.advance(SignedDuration::from_mins(3));
    let calendar = async || {
        sqlx::query_scalar::<_, i64>("SELECT calendar_version FROM courts WHERE id = $1::uuid")
            .bind(text(&court["id"]))
            .fetch_one(&world.pool)
            .await
            .expect("a court")
    };
    let before = calendar().await;
    decide(&world, &heir, &started, "confirm").await.expect(200);
    assert!(calendar().await > before);
}

/// COURT-58: of many confirmations at once one moves the court, and of confirming and withdrawing one happens.
#[tokio::test]
async fn a_transfer_is_decided_once() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let heir = heir(&world).await;
    for _ in 0..5 {
        let court = club.open_court(&world, json!({})).await;
        let started = start(&world, &club, &court, &address(&heir)).await.expect(200);
        let (one, other, back) = tokio::join!(
            decide(&world, &heir, &started, "confirm"),
            decide(&world, &heir, &started, "confirm"),
            decide(&world, &club, &started, "withdraw"),
        );
        let mut statuses = [one.status.as_u16(), other.status.as_u16(), back.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409]);
        let owner: uuid::Uuid = sqlx::query_scalar("SELECT owner_id FROM courts WHERE id = $1::uuid")
            .bind(text(&court["id"]))
            .fetch_one(&world.pool)
            .await
            .expect("a court");
        assert_eq!(owner == club.owner, back.status == 200);
    }
}
