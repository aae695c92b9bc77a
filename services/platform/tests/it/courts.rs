//! `POST /api/courts`, `GET` and `PUT /api/courts/{courtId}`, `GET /api/courts/owner/me`, confirmation mode.

use contracts::identity::Role;
use serde_json::{Value, json};

use crate::club::{Club, MONDAY, court_body, text};
use crate::support::World;

/// COURT-03, COURT-04, COURT-08, COURT-09: 201 with all stored fields, gaps filled from the sport.
#[tokio::test]
async fn a_new_court_comes_back_with_everything() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    assert_eq!(court["id"], court["courtId"]);
    assert_eq!(court["ownerId"], club.owner.to_string());
    assert_eq!(court["name"], json!({ "el": "Γήπεδο Σύνταγμα", "en": "Syntagma Court" }));
    assert_eq!((&court["durationMinutes"], &court["maxCapacity"]), (&json!(90), &json!(4)));
    assert_eq!((&court["timezone"], &court["basePriceCents"]), (&json!("Europe/Athens"), &json!(2000)));
    assert_eq!((&court["confirmationMode"], &court["confirmationTimeoutHours"]), (&json!("INSTANT"), &json!(24)));
    assert_eq!((&court["visible"], &court["status"]), (&json!(true), &json!("VISIBLE")));
    assert_eq!((&court["version"], &court["createdAt"]), (&json!(1), &json!("2026-05-04T09:00:00Z")));
    assert_eq!(court["amenities"], json!(["Showers"]));

    world.clock.advance(jiff::SignedDuration::from_secs(1));
    let football = club.court(&world, json!({ "courtType": "FOOTBALL_5X5", "durationMinutes": 120 })).await;
    assert_eq!((&football["durationMinutes"], &football["maxCapacity"]), (&json!(120), &json!(10)));
    // COURT-01, COURT-11: any number, mixed sports, the same name twice.
    let own = world.get("/api/courts/owner/me").bearer(&club.token).send().await.expect(200);
    let ids: Vec<&Value> = own["courts"].as_array().expect("a list").iter().map(|court| &court["id"]).collect();
    assert_eq!(ids, [&court["id"], &football["id"]]);
}

/// COURT-05, COURT-07, COURT-08: wrong input is named and stores nothing.
#[tokio::test]
async fn wrong_input_stores_nothing() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let create =
        async |changes: Value| world.post("/api/courts").bearer(&club.token).json(&court_body(changes)).send().await;
    for (changes, field) in [
        (json!({ "name": { "en": "English only" } }), "name.el"),
        (json!({ "name": { "el": "  " } }), "name.el"),
        (json!({ "name": "plain" }), "name"),
        (json!({ "name": { "el": "α".repeat(121) } }), "name.el"),
        (json!({ "courtType": "GOLF" }), "courtType"),
        (json!({ "locationType": "SPACE" }), "locationType"),
        (json!({ "address": "" }), "address"),
        (json!({ "latitude": "north" }), "latitude"),
        (json!({ "durationMinutes": 0 }), "durationMinutes"),
        (json!({ "durationMinutes": -90 }), "durationMinutes"),
        (json!({ "maxCapacity": 1_000_000_000_000_i64 }), "maxCapacity"),
        (json!({ "basePriceCents": 0 }), "basePriceCents"),
        (json!({ "basePriceCents": 10_000_001 }), "basePriceCents"),
        (json!({ "basePriceCents": 19.99 }), "basePriceCents"),
        (json!({ "confirmationTimeoutHours": 145 }), "confirmationTimeoutHours"),
        (json!({ "amenities": ["", "x"] }), "amenities[0]"),
        (json!({ "timezone": "Europe/Atlantis" }), "timezone"),
        (json!({ "timezone": "'; DROP TABLE courts" }), "timezone"),
    ] {
        let fields = create(changes.clone()).await.wrong_fields();
        assert_eq!(fields, [field], "{changes}");
    }
    for place in [(90.01, 0.0), (-90.01, 0.0), (0.0, 180.01), (0.0, -180.01), (1e308, 0.0)] {
        let answer = create(json!({ "latitude": place.0, "longitude": place.1 })).await;
        answer.refused(400, "INVALID_COORDINATES");
    }
    assert_eq!(world.count("SELECT count(*) FROM courts").await, 0);
}

/// COURT-08, BOOK-20: another zone is kept under its canonical name.
#[tokio::test]
async fn a_court_may_be_elsewhere() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({ "timezone": "asia/kolkata" })).await;
    assert_eq!(court["timezone"], "Asia/Kolkata");
}

/// COURT-06, COURT-46, AUTHZ-13: an unverified owner's courts are hidden; only showing one is refused.
#[tokio::test]
async fn an_unverified_owner_prepares_hidden_courts() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    club.set_standing(&world, false, "NOT_STARTED").await;
    let court = club.court(&world, json!({})).await;
    assert_eq!((&court["visible"], &court["status"]), (&json!(false), &json!("HIDDEN")));

    let path = format!("/api/courts/{}", text(&court["id"]));
    let rename = json!({ "version": 1, "name": { "el": "Νέο" } });
    let renamed = world.put(&path).bearer(&club.token).json(&rename).send().await.expect(200);
    assert_eq!((&renamed["name"]["el"], &renamed["status"]), (&json!("Νέο"), &json!("HIDDEN")));
    for attempt in [json!({ "version": 2, "enabled": true }), json!({ "version": 2, "visible": true })] {
        let answer = world.put(&path).bearer(&club.token).json(&attempt).send().await;
        answer.refused(403, "COURT_OWNER_NOT_VERIFIED");
    }
    let shown = world.post("/api/courts").bearer(&club.token).json(&court_body(json!({ "visible": true })));
    shown.send().await.refused(403, "COURT_OWNER_NOT_VERIFIED");

    // AUTHZ-15: approval shows them without another step.
    club.set_standing(&world, true, "NOT_STARTED").await;
    let seen = world.get(&path).bearer(&club.token).send().await.expect(200);
    assert_eq!((&seen["visible"], &seen["status"]), (&json!(true), &json!("VISIBLE")));
}

/// COURT-32, COURT-33, AUTHZ-14: a hidden court is 404 for everyone but its owner and admins.
#[tokio::test]
async fn hidden_courts_do_not_exist_for_others() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let id = text(&court["id"]);
    let mut tokens = Vec::new();
    for role in [Role::Customer, Role::CourtOwner, Role::SupportAgent] {
        tokens.push(world.person(role).await.1);
    }
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    for (verified, stripe_status, visible) in [
        (true, "NOT_STARTED", true),
        (true, "PENDING", true),
        (true, "ACTIVE", true),
        (true, "RESTRICTED", false),
        (true, "DISABLED", false),
        (false, "ACTIVE", false),
    ] {
        club.set_standing(&world, verified, stripe_status).await;
        for path in [
            format!("/api/courts/{id}"),
            format!("/api/courts/{id}/pricing"),
            format!("/api/courts/{id}/cancellation-policy"),
        ] {
            for token in &tokens {
                let answer = world.get(&path).bearer(token).send().await;
                if visible {
                    answer.expect(200);
                } else {
                    answer.refused(404, "COURT_NOT_FOUND");
                }
            }
            for token in [&club.token, &admin] {
                world.get(&path).bearer(token).send().await.expect(200);
            }
        }
    }
    club.set_standing(&world, true, "ACTIVE").await;
    let hide = json!({ "version": 1, "enabled": false });
    let path = format!("/api/courts/{id}");
    assert_eq!(world.put(&path).bearer(&club.token).json(&hide).send().await.expect(200)["status"], "HIDDEN");
    world.get(&path).bearer(&tokens[0]).send().await.refused(404, "COURT_NOT_FOUND");
}

/// COURT-16, COURT-17, COURT-21: partial, versioned, one event per change.
#[tokio::test]
async fn a_change_needs_the_current_version() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let path = format!("/api/courts/{}", text(&court["id"]));
    let change = json!({ "version": 1, "maxCapacity": 6, "basePriceCents": 2500, "description": { "en": "" } });
    let changed = world.put(&path).bearer(&club.token).json(&change).send().await.expect(200);
    assert_eq!((&changed["version"], &changed["maxCapacity"]), (&json!(2), &json!(6)));
    assert_eq!(changed["description"], json!({ "el": "Στο κέντρο", "en": null }));
    assert_eq!(changed["address"], court["address"]);

    let stale = world.put(&path).bearer(&club.token).json(&change).send().await;
    let body = stale.refused(409, "CONCURRENT_MODIFICATION");
    assert_eq!(body["details"]["currentVersion"], 2);
    let unversioned = world.put(&path).bearer(&club.token).json(&json!({ "maxCapacity": 8 })).send().await;
    assert_eq!(unversioned.wrong_fields(), ["version"]);

    let events = world.events("COURT_UPDATED").await;
    assert_eq!(events.len(), 1);
    let (key, event) = &events[0];
    assert_eq!(key, text(&court["id"]));
    assert_eq!(event["payload"]["changedFields"], json!(["description", "maxCapacity", "basePriceCents"]));
    assert_eq!((&event["payload"]["version"], &event["payload"]["bookingDurationMinutes"]), (&json!(2), &json!(90)));
    // PRICE-07: a base price that changed with the court is announced as a price as well.
    let prices = world.events("PRICING_UPDATED").await;
    assert_eq!(prices.len(), 1);
    assert_eq!(prices[0].1["payload"]["previousBasePriceCents"], 2000);
    assert_eq!(prices[0].1["payload"]["basePriceCents"], 2500);

    // Nothing that differs: no new version and no event.
    let same = json!({ "version": 2, "maxCapacity": 6 });
    assert_eq!(world.put(&path).bearer(&club.token).json(&same).send().await.expect(200)["version"], 2);
    assert_eq!(world.events("COURT_UPDATED").await.len(), 1);
}

/// COURT-17: of two writers who read the same version one wins and the other learns of it.
#[tokio::test]
async fn two_writers_cannot_both_win() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let path = format!("/api/courts/{}", text(&court["id"]));
    let write = |capacity: u32| {
        let body = json!({ "version": 1, "maxCapacity": capacity });
        world.put(&path).bearer(&club.token).json(&body).send()
    };
    let (first, second) = tokio::join!(write(5), write(6));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let stored = world.get(&path).bearer(&club.token).send().await.expect(200);
    assert_eq!(stored["version"], 2);
}

/// COURT-24, AUTHZ-09: other owners are refused, unknown courts do not exist, other roles may not try.
#[tokio::test]
async fn only_the_owner_changes_a_court() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let id = text(&court["id"]);
    let (_, rival) = world.person(Role::CourtOwner).await;
    let unknown = world.new_id().to_string();
    let bodies = [
        ("PUT", "", json!({ "version": 1, "maxCapacity": 2 })),
        ("PUT", "/confirmation-mode", json!({ "mode": "MANUAL" })),
        ("PUT", "/availability/windows", json!({ "windows": [] })),
        ("POST", "/availability/overrides", json!({ "date": MONDAY })),
        ("PUT", "/pricing", json!({ "rules": [], "specialDates": [] })),
        ("PUT", "/cancellation-policy", json!({ "tiers": [{ "thresholdHours": 0, "refundPercentage": 0 }] })),
        ("GET", "/availability/windows", Value::Null),
        ("GET", "/availability/overrides", Value::Null),
    ];
    for (method, tail, body) in &bodies {
        let call = |id: &str, token: &str| {
            let call = world.call(method, &format!("/api/courts/{id}{tail}")).bearer(token);
            if body.is_null() { call } else { call.json(body) }
        };
        call(id, &rival).send().await.refused(403, "AUTHZ_NOT_OWNER");
        call(&unknown, &club.token).send().await.refused(404, "COURT_NOT_FOUND");
        assert_eq!(call("not-a-court", &club.token).send().await.wrong_fields(), ["courtId"]);
        let (_, customer) = world.person(Role::Customer).await;
        call(id, &customer).send().await.refused(403, "AUTHZ_INSUFFICIENT_ROLE");
    }
    let stored = world.get(&format!("/api/courts/{id}")).bearer(&club.token).send().await.expect(200);
    assert_eq!(stored["version"], 1);
}

/// COURT-25: hidden courts are listed, other owners' are not.
#[tokio::test]
async fn owners_list_their_own_courts() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let rival = Club::new(&world).await;
    let hidden = club.court(&world, json!({ "enabled": false })).await;
    rival.court(&world, json!({})).await;
    let own = world.get("/api/courts/owner/me").bearer(&club.token).send().await.expect(200);
    assert_eq!(own["courts"].as_array().expect("a list").len(), 1);
    assert_eq!((&own["courts"][0]["id"], &own["courts"][0]["status"]), (&hidden["id"], &json!("HIDDEN")));
}

/// COURT-35, COURT-36: mode and timeout, 1 to 144 hours, 24 when not sent.
#[tokio::test]
async fn the_confirmation_mode_is_set() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let path = format!("/api/courts/{}/confirmation-mode", text(&court["id"]));
    let set = async |body: Value| world.put(&path).bearer(&club.token).json(&body).send().await;
    let manual = set(json!({ "mode": "MANUAL", "confirmationTimeoutHours": 144 })).await.expect(200);
    assert_eq!((&manual["confirmationMode"], &manual["confirmationTimeoutHours"]), (&json!("MANUAL"), &json!(144)));
    let instant = set(json!({ "mode": "INSTANT" })).await.expect(200);
    assert_eq!((&instant["confirmationMode"], &instant["confirmationTimeoutHours"]), (&json!("INSTANT"), &json!(24)));
    for hours in [0, 145, -1] {
        let fields = set(json!({ "mode": "MANUAL", "confirmationTimeoutHours": hours })).await.wrong_fields();
        assert_eq!(fields, ["confirmationTimeoutHours"]);
    }
    assert_eq!(set(json!({ "mode": "LATER" })).await.wrong_fields(), ["mode"]);
    assert_eq!(world.events("COURT_UPDATED").await.len(), 2);
}

/// FIND-27: the details page has everything a customer decides by.
#[tokio::test]
async fn details_hold_everything() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let (_, customer) = world.person(Role::Customer).await;
    let path = format!("/api/courts/{}?date={MONDAY}", text(&court["id"]));
    let detail = world.get(&path).bearer(&customer).send().await.expect(200);
    assert_eq!((&detail["id"], &detail["ownerName"]), (&court["id"], &json!("Somebody")));
    // FIND-39: a date beyond the forecast.
    assert_eq!((&detail["isFavorite"], &detail["weather"]["available"]), (&json!(false), &json!(false)));
    assert_eq!(detail["pricingRules"], json!({ "basePriceCents": 2000, "rules": [], "specialDates": [] }));
    // PAY-24: the standard policy.
    assert_eq!(detail["cancellationPolicy"]["tiers"][0], json!({ "thresholdHours": 24, "refundPercentage": 100 }));
    let slots = detail["availableSlots"].as_array().expect("a list");
    assert_eq!(slots.len(), 10);
    assert_eq!(
        slots[0],
        json!({ "startTime": "08:00", "endTime": "09:30", "status": "AVAILABLE", "priceCents": 2000 })
    );
    let today = world.get(&format!("/api/courts/{}", text(&court["id"]))).bearer(&customer).send().await.expect(200);
    assert_eq!(today["availableSlots"].as_array().map(Vec::len), Some(10));
    for date in ["yesterday", "9999-12-31", "-009999-01-01", "2026-02-30", "2026-05-04T10:00"] {
        let path = format!("/api/courts/{}?date={date}", text(&court["id"]));
        assert_eq!(world.get(&path).bearer(&customer).send().await.wrong_fields(), ["date"], "{date}");
    }
}

/// COURT-02: a roof or none must be said, in one of the two words, for a new court and in every change of it.
#[tokio::test]
async fn a_court_says_whether_it_has_a_roof() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let mut without = court_body(json!({}));
    without.as_object_mut().expect("a body").remove("locationType");
    for wrong in [json!(null), json!("BOTH"), json!("indoor"), json!(""), json!(1), json!(["INDOOR"])] {
        let body = court_body(json!({ "locationType": wrong }));
        let answer = world.post("/api/courts").bearer(&club.token).json(&body).send().await;
        assert_eq!(answer.wrong_fields(), ["locationType"], "{wrong}");
    }
    let answer = world.post("/api/courts").bearer(&club.token).json(&without).send().await;
    assert_eq!(answer.wrong_fields(), ["locationType"]);
    assert_eq!(world.count("SELECT count(*) FROM courts").await, 0);

    let court = club.court(&world, json!({ "locationType": "INDOOR" })).await;
    let path = format!("/api/courts/{}", text(&court["id"]));
    let change = json!({ "version": 1, "locationType": "BOTH" });
    let answer = world.put(&path).bearer(&club.token).json(&change).send().await;
    assert_eq!(answer.wrong_fields(), ["locationType"]);
    let emptied = sqlx::query("UPDATE courts SET location_type = NULL").execute(&world.pool).await;
    assert!(emptied.is_err(), "the database wants it as well");
    let shown = world.get(&path).bearer(&club.token).send().await.expect(200);
    assert_eq!(shown["locationType"], "INDOOR");
}
