//! `POST /api/courts/bulk-update` and `POST /api/courts/{courtId}/clone-settings`.

use contracts::identity::Role;
use serde_json::{Value, json};

use crate::club::{Booked, Club, every_day, text};
use crate::support::{Answer, World};

async fn bulk(world: &World, club: &Club, body: Value) -> Answer {
    world.post("/api/courts/bulk-update").bearer(&club.token).json(&body).send().await
}

fn codes(answer: &Value) -> Vec<&str> {
    let results = answer["results"].as_array().expect("a list").iter();
    results.map(|one| one["error"]["code"].as_str().unwrap_or("SUCCESS")).collect()
}

/// COURT-39, COURT-40: each court on its own, always 207, foreign and unknown ones fail by themselves, unsent fields stay.
#[tokio::test]
async fn every_court_has_its_own_result() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let rival = Club::new(&world).await;
    let first = club.court(&world, json!({ "basePriceCents": 1500 })).await;
    let second = club.court(&world, json!({ "maxCapacity": 2 })).await;
    let foreign = rival.court(&world, json!({})).await;
    let unknown = world.new_id();
    let changes = json!({
        "basePriceCents": 3300, "confirmationMode": "MANUAL", "waitlistEnabled": true, "enabled": false,
        "cancellationPolicy": { "tiers": [{ "thresholdHours": 0, "refundPercentage": 40 }] },
        "availabilityWindows": every_day("09:00", "21:00"),
    });
    // One that is named twice is changed once.
    let ids = json!([first["id"], foreign["id"], unknown, second["id"], first["id"]]);
    let answer = bulk(&world, &club, json!({ "courtIds": ids, "changes": changes })).await.expect(207);
    assert_eq!(codes(&answer), ["SUCCESS", "AUTHZ_NOT_OWNER", "COURT_NOT_FOUND", "SUCCESS"]);
    assert_eq!((&answer["successCount"], &answer["failureCount"]), (&json!(2), &json!(2)));
    let failed = &answer["results"][1];
    assert_eq!((&failed["courtId"], &failed["status"]), (&foreign["id"], &json!("FAILED")));
    assert!(!text(&failed["error"]["message"]).is_empty());
    assert_eq!(answer["results"][0]["error"], Value::Null);

    for (court, capacity) in [(&first, 4), (&second, 2)] {
        let path = format!("/api/courts/{}", text(&court["id"]));
        let stored = world.get(&path).bearer(&club.token).send().await.expect(200);
        assert_eq!((&stored["basePriceCents"], &stored["confirmationMode"]), (&json!(3300), &json!("MANUAL")));
        assert_eq!((&stored["waitlistEnabled"], &stored["enabled"]), (&json!(true), &json!(false)));
        assert_eq!((&stored["maxCapacity"], &stored["name"]), (&json!(capacity), &court["name"]));
        assert_eq!(stored["cancellationPolicy"]["tiers"][0]["refundPercentage"], 40);
        let windows = world.get(&format!("{path}/availability/windows")).bearer(&club.token).send().await.expect(200);
        assert_eq!(windows["windows"].as_array().map(Vec::len), Some(7));
    }
    let path = format!("/api/courts/{}", text(&foreign["id"]));
    assert_eq!(world.get(&path).bearer(&rival.token).send().await.expect(200)["version"], 1);
    for kind in ["COURT_UPDATED", "PRICING_UPDATED", "CANCELLATION_POLICY_UPDATED", "AVAILABILITY_UPDATED"] {
        assert_eq!(world.events(kind).await.len(), 2, "{kind}");
    }
}

/// COURT-41: an item that succeeded may be sent again: nothing changes, nobody hears of it.
#[tokio::test]
async fn sending_again_does_no_harm() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let body = json!({ "courtIds": [court["id"]], "changes": {
        "basePriceCents": 3300,
        "cancellationPolicy": { "tiers": [{ "thresholdHours": 0, "refundPercentage": 40 }] },
        "availabilityWindows": every_day("09:00", "21:00"),
    }});
    bulk(&world, &club, body.clone()).await.expect(207);
    let (events, rows) =
        (world.count("SELECT count(*) FROM outbox").await, world.count("SELECT count(*) FROM audit_log").await);
    let again = bulk(&world, &club, body).await.expect(207);
    assert_eq!(again["successCount"], 1);
    assert_eq!(world.count("SELECT count(*) FROM outbox").await, events);
    assert_eq!(world.count("SELECT count(*) FROM audit_log").await, rows);
    let path = format!("/api/courts/{}", text(&court["id"]));
    assert_eq!(world.get(&path).bearer(&club.token).send().await.expect(200)["version"], 2);
}

/// COURT-40, COURT-30: a court whose bookings are in the way fails whole, the others go on; a yes lets it through.
#[tokio::test]
async fn a_failed_court_changes_nothing_of_itself() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let free = club.open_court(&world, json!({})).await;
    let booked = club.open_court(&world, json!({})).await;
    let booking = Booked::default().store(&world, &booked).await;
    let mut body = json!({ "courtIds": [booked["id"], free["id"]], "changes": {
        "basePriceCents": 3300, "availabilityWindows": every_day("18:00", "21:00"),
    }});
    let answer = bulk(&world, &club, body.clone()).await.expect(207);
    assert_eq!(codes(&answer), ["CHANGE_AFFECTS_BOOKINGS", "SUCCESS"]);
    let details = &answer["results"][0]["error"]["details"];
    assert_eq!(
        (&details["affectedBookings"][0]["bookingId"], &details["requiresConfirmation"]),
        (&json!(booking), &json!(true))
    );
    let path = format!("/api/courts/{}", text(&booked["id"]));
    let stored = world.get(&path).bearer(&club.token).send().await.expect(200);
    assert_eq!((&stored["basePriceCents"], &stored["version"]), (&json!(2000), &json!(1)));
    body["confirmed"] = json!(true);
    assert_eq!(codes(&bulk(&world, &club, body).await.expect(207)), ["SUCCESS", "SUCCESS"]);
    let events = world.events("AVAILABILITY_UPDATED").await;
    assert_eq!(events.last().expect("an event").1["payload"]["cancelBookingIds"], json!([booking]));
}

/// COURT-06, COURT-40: an unverified owner cannot show courts in bulk either.
#[tokio::test]
async fn showing_needs_verification() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    club.set_standing(&world, false, "NOT_STARTED").await;
    let court = club.court(&world, json!({})).await;
    let show = json!({ "courtIds": [court["id"]], "changes": { "enabled": true } });
    assert_eq!(codes(&bulk(&world, &club, show).await.expect(207)), ["COURT_OWNER_NOT_VERIFIED"]);
}

/// QA-50: a request that makes no sense for any court is refused as a whole.
#[tokio::test]
async fn nonsense_is_refused_as_a_whole() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let with = |changes: Value| json!({ "courtIds": [court["id"]], "changes": changes });
    for (body, field) in [
        (json!({ "courtIds": [], "changes": { "enabled": true } }), "courtIds"),
        (json!({ "courtIds": ["x"], "changes": { "enabled": true } }), "courtIds[0]"),
        (json!({ "courtIds": [court["id"]] }), "changes"),
        (with(json!({})), "changes"),
        (with(json!({ "basePriceCents": 0 })), "changes.basePriceCents"),
        (with(json!({ "confirmationMode": "SOON" })), "changes.confirmationMode"),
        (
            with(
                json!({ "availabilityWindows": [{ "dayOfWeek": "MONDAY", "startTime": "10:00", "endTime": "09:00" }] }),
            ),
            "changes.availabilityWindows[0].endTime",
        ),
    ] {
        assert_eq!(bulk(&world, &club, body.clone()).await.wrong_fields(), [field], "{body}");
    }
    let gap = json!({ "cancellationPolicy": { "tiers": [{ "thresholdHours": 5, "refundPercentage": 1 }] } });
    bulk(&world, &club, with(gap)).await.refused(400, "INVALID_CANCELLATION_POLICY");
    let path = format!("/api/courts/{}", text(&court["id"]));
    assert_eq!(world.get(&path).bearer(&club.token).send().await.expect(200)["version"], 1);
}

/// COURT-42: settings go over, identity does not; foreign targets fail by themselves.
#[tokio::test]
async fn settings_are_copied() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let rival = Club::new(&world).await;
    let source = club
        .court(
            &world,
            json!({
                "durationMinutes": 120, "maxCapacity": 8, "basePriceCents": 4400, "confirmationMode": "MANUAL",
                "confirmationTimeoutHours": 12, "waitlistEnabled": true, "availabilityWindows": every_day("10:00", "22:00"),
                "cancellationPolicy": { "tiers": [{ "thresholdHours": 0, "refundPercentage": 70 }] },
            }),
        )
        .await;
    let prices = json!({
        "rules": [{ "dayOfWeek": "FRIDAY", "startTime": "18:00", "endTime": "22:00", "multiplier": 1.5, "label": "Peak" }],
        "specialDates": [{ "date": "2026-12-25", "multiplier": 2.0 }],
    });
    let of = |court: &Value, tail: &str| format!("/api/courts/{}{tail}", text(&court["id"]));
    world.put(&of(&source, "/pricing")).bearer(&club.token).json(&prices).send().await.expect(200);
    let target =
        club.open_court(&world, json!({ "name": { "el": "Άλλο" }, "address": "Αλλού 3", "enabled": false })).await;
    let special = json!({ "rules": [], "specialDates": [{ "date": "2026-08-15", "multiplier": 1.2 }] });
    world.put(&of(&target, "/pricing")).bearer(&club.token).json(&special).send().await.expect(200);
    let foreign = rival.court(&world, json!({})).await;

    let path = of(&source, "/clone-settings");
    let body = json!({ "targetCourtIds": [target["id"], foreign["id"]] });
    let answer = world.post(&path).bearer(&club.token).json(&body).send().await.expect(207);
    assert_eq!(codes(&answer), ["SUCCESS", "AUTHZ_NOT_OWNER"]);
    let stored = world.get(&of(&target, "")).bearer(&club.token).send().await.expect(200);
    let given = world.get(&of(&source, "")).bearer(&club.token).send().await.expect(200);
    for field in [
        "durationMinutes",
        "maxCapacity",
        "basePriceCents",
        "confirmationMode",
        "confirmationTimeoutHours",
        "waitlistEnabled",
        "cancellationPolicy",
    ] {
        assert_eq!(stored[field], given[field], "{field}");
    }
    for field in ["name", "address", "enabled", "courtType", "imageUrls"] {
        assert_eq!(stored[field], target[field], "{field}");
    }
    assert_eq!(stored["pricingRules"]["rules"], given["pricingRules"]["rules"]);
    assert_eq!(stored["pricingRules"]["specialDates"][0]["date"], "2026-08-15");
    let windows = world.get(&of(&target, "/availability/windows")).bearer(&club.token).send().await.expect(200);
    assert_eq!(windows["windows"][0]["startTime"], "10:00");
    // One event about the prices of the target, with the new rules in it.
    let prices = world.events("PRICING_UPDATED").await;
    let of_target: Vec<_> = prices.iter().filter(|(key, _)| key == text(&target["id"])).collect();
    assert_eq!(of_target.len(), 2);
    assert_eq!(of_target[1].1["payload"]["pricingRules"][0]["label"], "Peak");
    assert_eq!(of_target[1].1["payload"]["basePriceCents"], 4400);

    // COURT-24: nobody copies from the courts of others.
    let (_, stranger) = world.person(Role::CourtOwner).await;
    world.post(&path).bearer(&stranger).json(&body).send().await.refused(403, "AUTHZ_NOT_OWNER");
    let unknown = format!("/api/courts/{}/clone-settings", world.new_id());
    world.post(&unknown).bearer(&club.token).json(&body).send().await.refused(404, "COURT_NOT_FOUND");
    let none = json!({ "targetCourtIds": [] });
    assert_eq!(world.post(&path).bearer(&club.token).json(&none).send().await.wrong_fields(), ["targetCourtIds"]);
}
