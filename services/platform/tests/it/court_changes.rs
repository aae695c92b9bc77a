//! Changes of a court that bookings depend on: who is asked, who is told, who is first.

use std::collections::BTreeSet;

use contracts::identity::Role;
use serde_json::{Value, json};

use crate::club::{Booked, Club, MONDAY, Taken, in_minutes, take, text};
use crate::support::World;

/// COURT-18, COURT-19: a change that customers would notice waits for a yes; then it applies and each of them is told once.
#[tokio::test]
async fn affected_customers_are_asked_about_and_told() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let (customer, _) = world.person(Role::Customer).await;
    let booked = |start, end| Booked { start, end, customer: Some(customer.0), ..Booked::default() };
    let first = booked("08:00", "09:30").store(&world, &court).await;
    booked("11:00", "12:30").store(&world, &court).await;
    let manual = Booked { start: "14:00", end: "15:30", ..Booked::default() }.store(&world, &court).await;

    let path = format!("/api/courts/{}", text(&court["id"]));
    let mut change = json!({ "version": 1, "durationMinutes": 60, "locationType": "INDOOR" });
    let asked = world.put(&path).bearer(&club.token).json(&change).send().await;
    let details = asked.refused(422, "CHANGE_AFFECTS_BOOKINGS")["details"].clone();
    assert_eq!(details["requiresConfirmation"], true);
    let affected = details["affectedBookings"].as_array().expect("a list");
    assert_eq!(affected.len(), 3);
    assert_eq!(
        affected[0],
        json!({
            "bookingId": first, "date": MONDAY,
            "impact": "LOCATION_TYPE_CHANGED", "impacts": ["LOCATION_TYPE_CHANGED", "DURATION_CHANGED"],
        })
    );
    assert_eq!(affected[2]["bookingId"], manual.to_string());
    assert_eq!(world.get(&path).bearer(&club.token).send().await.expect(200)["version"], 1);
    assert_eq!(world.count("SELECT count(*) FROM outbox WHERE payload LIKE '%COURT_UPDATED%'").await, 0);

    change["confirmed"] = json!(true);
    let changed = world.put(&path).bearer(&club.token).json(&change).send().await.expect(200);
    assert_eq!((&changed["version"], &changed["durationMinutes"]), (&json!(2), &json!(60)));
    let told = world.events("NOTIFICATION_REQUESTED").await;
    assert_eq!(told.len(), 1, "one customer, one message");
    let (key, message) = &told[0];
    let payload = &message["payload"];
    assert_eq!((key, &payload["notificationType"]), (&customer.0.to_string(), &json!("COURT_CHANGED")));
    assert_eq!((&payload["data"]["bookingId"], &payload["data"]["courtId"]), (&json!(first), &court["id"]));
    let words = text(&payload["body"]["en"]);
    assert!(words.contains("01/06/2026 08:00 (and 1 more) stands as agreed"), "{words}");
    // COURT-21: the event carries the state after the change.
    let (_, event) = &world.events("COURT_UPDATED").await[0];
    assert_eq!(event["payload"]["changedFields"], json!(["locationType", "durationMinutes"]));
    assert_eq!(event["payload"]["bookingDurationMinutes"], 60);
}

/// COURT-18, COURT-19: what bookings do not depend on needs no yes, and past bookings count no more.
#[tokio::test]
async fn harmless_changes_ask_nobody() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let (customer, _) = world.person(Role::Customer).await;
    Booked { customer: Some(customer.0), people: Some(4), ..Booked::default() }.store(&world, &court).await;
    let path = format!("/api/courts/{}", text(&court["id"]));
    let harmless = json!({
        "version": 1, "basePriceCents": 9900, "name": { "el": "Άλλο" }, "maxCapacity": 6, "amenities": [],
        "confirmationMode": "MANUAL", "waitlistEnabled": true, "enabled": false, "courtType": "PADEL",
    });
    world.put(&path).bearer(&club.token).json(&harmless).send().await.expect(200);
    assert_eq!(world.events("NOTIFICATION_REQUESTED").await.len(), 0);
    // A booking of the past is nobody's concern any more.
    world.clock.advance(jiff::SignedDuration::from_hours(24 * 40));
    let token = world.token(contracts::ids::UserId(club.owner), Role::CourtOwner);
    sqlx::query("UPDATE users SET subscription_status = 'ACTIVE'").execute(&world.pool).await.expect("paid");
    let later = json!({ "version": 2, "courtType": "TENNIS", "maxCapacity": 2 });
    world.put(&path).bearer(&token).json(&later).send().await.expect(200);
}

/// COURT-20: the capacity never falls below those who come, confirmed or not.
#[tokio::test]
async fn capacity_stays_above_the_head_count() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let crowded =
        Booked { people: Some(4), status: "PENDING_CONFIRMATION", customer: Some(world.new_id()), ..Booked::default() };
    let crowded = crowded.store(&world, &court).await;
    Booked { start: "14:00", end: "15:30", people: Some(2), ..Booked::default() }.store(&world, &court).await;
    let path = format!("/api/courts/{}", text(&court["id"]));
    for confirmed in [false, true] {
        let change = json!({ "version": 1, "maxCapacity": 3, "confirmed": confirmed });
        let refused = world.put(&path).bearer(&club.token).json(&change).send().await;
        let details = refused.refused(422, "CHANGE_AFFECTS_BOOKINGS")["details"].clone();
        assert_eq!(details["requiresConfirmation"], false);
        let only =
            json!({ "bookingId": crowded, "date": MONDAY, "impact": "OVER_CAPACITY", "impacts": ["OVER_CAPACITY"] });
        assert_eq!(details["affectedBookings"], json!([only]));
    }
    let stored = world.get(&path).bearer(&club.token).send().await.expect(200);
    assert_eq!((&stored["version"], &stored["maxCapacity"]), (&json!(1), &json!(4)));
}

/// COURT-18: while somebody pays for a slot nobody knows whom a change would hit, so it waits for the payment and no
/// longer; changes that bookings do not depend on do not wait.
#[tokio::test]
async fn a_change_waits_for_a_payment_under_way() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    take(&world, &court, MONDAY, "10:00", "11:30", Taken::HeldUntil(in_minutes(&world, 4))).await;
    let path = format!("/api/courts/{}", text(&court["id"]));
    let change = json!({ "version": 1, "maxCapacity": 2, "confirmed": true });
    let waits = world.put(&path).bearer(&club.token).json(&change).send().await;
    assert_eq!(waits.headers["retry-after"], "240");
    waits.refused(409, "SLOT_BEING_BOOKED");
    let price = json!({ "version": 1, "basePriceCents": 2100 });
    world.put(&path).bearer(&club.token).json(&price).send().await.expect(200);
    world.clock.advance(jiff::SignedDuration::from_mins(4));
    let change = json!({ "version": 2, "maxCapacity": 2 });
    world.put(&path).bearer(&club.token).json(&change).send().await.expect(200);
}

/// COURT-17, OWN-50, OWN-51: without the version the later of two tabs wipes out the earlier one; with it exactly one of
/// many wins, the others learn the current version, and nothing of theirs is stored.
#[tokio::test]
async fn one_of_many_tabs_wins() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let id = text(&court["id"]);

    // The loss that the version prevents: both tabs read, both write what they read with their own change in it.
    let write_all = async |address: &str, capacity: i32| {
        sqlx::query("UPDATE courts SET address = $2, max_capacity = $3 WHERE id = $1::uuid")
            .bind(id)
            .bind(address)
            .bind(capacity)
            .execute(&world.pool)
            .await
            .expect("a write")
    };
    write_all("First tab", 4).await;
    write_all("Πλατεία Συντάγματος 1", 8).await;
    let lost: String = sqlx::query_scalar("SELECT address FROM courts").fetch_one(&world.pool).await.expect("a court");
    assert_ne!(lost, "First tab", "the first tab's change is lost without anybody noticing");

    let path = format!("/api/courts/{id}");
    let tabs = (0..8_u32).map(|tab| {
        let change = match tab % 2 {
            0 => json!({ "version": 1, "basePriceCents": 3000 + tab }),
            _ => json!({ "version": 1, "maxCapacity": 10 + tab }),
        };
        world.put(&path).bearer(&club.token).json(&change).send()
    });
    let answers = futures::future::join_all(tabs).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(won.len(), 1);
    for answer in lost {
        assert_eq!(answer.refused(409, "CONCURRENT_MODIFICATION")["details"]["currentVersion"], 2);
    }
    let stored = world.get(&path).bearer(&club.token).send().await.expect(200);
    let winner = &won[0].body;
    assert_eq!(stored["version"], 2);
    for field in ["basePriceCents", "maxCapacity", "address"] {
        assert_eq!(stored[field], winner[field], "{field}");
    }
    assert_eq!(world.events("COURT_UPDATED").await.len(), 1);
}

/// COURT-38: the waitlist is switched per court, with an event; the same again changes nothing.
#[tokio::test]
async fn the_waitlist_is_switched() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let path = format!("/api/courts/{}/waitlist-config", text(&court["id"]));
    let set = async |body: Value| world.put(&path).bearer(&club.token).json(&body).send().await;
    let on = set(json!({ "enabled": true })).await.expect(200);
    assert_eq!((&on["waitlistEnabled"], &on["version"]), (&json!(true), &json!(2)));
    assert_eq!(set(json!({ "enabled": true })).await.expect(200)["version"], 2);
    assert_eq!(set(json!({ "enabled": false })).await.expect(200)["waitlistEnabled"], false);
    for wrong in [json!({}), json!({ "enabled": "yes" }), json!({ "enabled": null })] {
        assert_eq!(set(wrong).await.wrong_fields(), ["enabled"]);
    }
    let events = world.events("COURT_UPDATED").await;
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].1["payload"]["changedFields"], json!(["waitlistEnabled"]));
    assert_eq!(events[0].1["payload"]["waitlistEnabled"], true);
}

/// SEC-39: what owners type is stored without markup, and a name of nothing but markup is no name.
#[tokio::test]
async fn typed_text_is_cleaned() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club
        .court(
            &world,
            json!({
                "name": { "el": "Γήπεδο <b>Νο 1</b>", "en": "Court\u{202e} <script>alert(1)</script>One" },
                "description": { "el": "Δύο\nγραμμές <i>εδώ</i>" },
                "address": "Οδός <img src=x onerror=alert(1)> 5",
                "amenities": ["<u>Showers</u>"],
            }),
        )
        .await;
    assert_eq!(court["name"], json!({ "el": "Γήπεδο Νο 1", "en": "Court One" }));
    assert_eq!(court["description"]["el"], "Δύο\nγραμμές εδώ");
    assert_eq!((&court["address"], &court["amenities"]), (&json!("Οδός 5"), &json!(["Showers"])));
    let path = format!("/api/courts/{}", text(&court["id"]));
    let nothing = json!({ "version": 1, "name": { "el": "<script>x</script>" }, "address": "<p></p>" });
    let fields: BTreeSet<_> =
        world.put(&path).bearer(&club.token).json(&nothing).send().await.wrong_fields().into_iter().collect();
    assert_eq!(fields, BTreeSet::from(["name.el".to_owned(), "address".to_owned()]));
}

/// OWN-35, OWN-36, OWN-45: creating, changing and switching leave a row each with both states and no readable address;
/// what is refused leaves none.
#[tokio::test]
async fn every_change_is_recorded() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let path = format!("/api/courts/{}", text(&court["id"]));
    let send = async |method: &str, path: String, body: Value| {
        world.call(method, &path).bearer(&club.token).json(&body).send().await
    };
    send("PUT", path.clone(), json!({ "version": 1, "maxCapacity": 6 })).await.expect(200);
    send("PUT", path.clone(), json!({ "version": 1, "maxCapacity": 7 })).await.refused(409, "CONCURRENT_MODIFICATION");
    let tiers = json!({ "tiers": [{ "thresholdHours": 0, "refundPercentage": 10 }] });
    send("PUT", format!("{path}/cancellation-policy"), tiers).await.expect(200);
    send("PUT", format!("{path}/pricing"), json!({ "rules": [] })).await.expect(200);
    let windows = json!({ "windows": [{ "dayOfWeek": "MONDAY", "startTime": "08:00", "endTime": "20:00" }] });
    send("PUT", format!("{path}/availability/windows"), windows).await.expect(200);
    type Row = (String, String, String, Option<Value>, Option<Value>, String);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT action, resource_type, resource_id::text, state_before, state_after, ip FROM audit_log
         WHERE owner_id = $1 AND actor_id = $1 AND actor_role = 'COURT_OWNER' ORDER BY id",
    )
    .bind(club.owner)
    .fetch_all(&world.pool)
    .await
    .expect("the log");
    let names: Vec<(&str, &str)> = rows.iter().map(|row| (row.0.as_str(), row.1.as_str())).collect();
    assert_eq!(
        names,
        [
            ("COURT_CREATED", "COURT"),
            ("COURT_UPDATED", "COURT"),
            ("CANCELLATION_POLICY_UPDATED", "CANCELLATION_POLICY"),
            ("PRICING_UPDATED", "PRICING_RULE"),
            ("AVAILABILITY_CHANGED", "AVAILABILITY"),
        ]
    );
    assert!(rows.iter().all(|row| row.2 == text(&court["id"]) && row.5.len() == 64), "{rows:?}");
    assert_eq!(rows[0].3, None);
    let (before, after) = (rows[1].3.as_ref().expect("before"), rows[1].4.as_ref().expect("after"));
    assert_eq!((&before["maxCapacity"], &after["maxCapacity"]), (&json!(4), &json!(6)));
    assert_eq!((&before["version"], &after["version"]), (&json!(1), &json!(2)));
}
