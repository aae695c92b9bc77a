//! `GET /api/public/*`: what somebody sees who has not signed in, and what nobody outside is told.

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::club::{Club, LATITUDE, LONGITUDE, MONDAY, Taken, in_minutes, take, text};
use crate::support::{Answer, World};

async fn ask(world: &World, path: &str) -> Answer {
    world.get(&format!("/api/public/{path}")).send().await
}

fn members(answer: &Value) -> Vec<&str> {
    answer.as_object().expect("an object").keys().map(String::as_str).collect()
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["courts"].as_array().expect("a list").iter().map(|court| text(&court["id"])).collect()
}

/// Names the owner's business, as the verification would.
async fn call_business(world: &World, club: &Club, name: &str, kind: &str) {
    sqlx::query(
        "INSERT INTO business_profiles (owner_id, business_name, business_type, updated_at) VALUES ($1, $2, $3, now())
         ON CONFLICT (owner_id) DO UPDATE SET business_name = $2, business_type = $3",
    )
    .bind(club.owner)
    .bind(name)
    .bind(kind)
    .execute(&world.pool)
    .await
    .expect("a business");
}

/// FIND-58: a visible court is shown to everybody, without anything of a person or of the owner's dealings.
#[tokio::test]
async fn a_court_is_shown_without_sign_in() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({ "durationMinutes": 60, "maxCapacity": 4 })).await;
    let id = text(&court["id"]);
    let shown = ask(&world, &format!("courts/{id}")).await.expect(200);
    assert_eq!(
        members(&shown),
        [
            "address",
            "amenities",
            "averageRating",
            "basePriceCents",
            "cancellationPolicy",
            "clubId",
            "clubName",
            "confirmationMode",
            "confirmationTimeoutHours",
            "courtType",
            "description",
            "durationMinutes",
            "id",
            "imageUrls",
            "latitude",
            "locationType",
            "longitude",
            "maxCapacity",
            "name",
            "timezone",
            "totalReviews",
        ]
    );
    for member in ["name", "description", "address", "basePriceCents", "durationMinutes", "amenities", "timezone"] {
        assert_eq!(shown[member], court[member], "{member}");
    }
    assert_eq!((&shown["clubId"], &shown["clubName"]), (&json!(club.owner), &Value::Null));
    assert_eq!(shown["cancellationPolicy"]["tiers"][0], json!({ "thresholdHours": 24, "refundPercentage": 100 }));
    assert!(!shown.to_string().contains("Somebody"), "the owner is not named: {shown}");

    // A token changes nothing: the owner sees here what everybody sees, and of a hidden court nothing.
    let path = format!("/api/public/courts/{id}");
    assert_eq!(world.get(&path).bearer(&club.token).send().await.expect(200), shown);
    club.set_standing(&world, false, "ACTIVE").await;
    for _ in 0..2 {
        ask(&world, &format!("courts/{id}")).await.refused(404, "COURT_NOT_FOUND");
        world.get(&path).bearer(&club.token).send().await.refused(404, "COURT_NOT_FOUND");
    }
    ask(&world, &format!("courts/{}", world.new_id())).await.refused(404, "COURT_NOT_FOUND");
    assert_eq!(ask(&world, "courts/padel").await.wrong_fields(), ["courtId"]);
}

/// FIND-59, FIND-62: of a day the free slots are told with their prices; taken, held and blocked ones do not exist. The
/// day is the one that is kept for everybody.
#[tokio::test]
async fn of_a_day_only_free_slots_are_told() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({ "durationMinutes": 60 })).await;
    club.open(&world, &court, &crate::club::every_day("09:00", "14:00")).await;
    take(&world, &court, MONDAY, "10:00", "11:00", Taken::Booked).await;
    take(&world, &court, MONDAY, "11:00", "12:00", Taken::HeldUntil(in_minutes(&world, 5))).await;
    let id = text(&court["id"]);
    let block = json!({ "date": MONDAY, "startTime": "12:00", "endTime": "12:30", "reason": "Nets" });
    let blocks = format!("/api/courts/{id}/availability/overrides");
    world.post(&blocks).bearer(&club.token).json(&block).send().await.expect(201);

    let day = ask(&world, &format!("courts/{id}/availability?date={MONDAY}")).await.expect(200);
    assert_eq!(
        day["slots"],
        json!([
            { "startTime": "09:00", "endTime": "10:00", "status": "AVAILABLE", "priceCents": 2000 },
            { "startTime": "13:00", "endTime": "14:00", "status": "AVAILABLE", "priceCents": 2000 },
        ])
    );
    assert_eq!((&day["timezone"], &day["cacheStatus"]), (&json!("Europe/Athens"), &json!("MISS")));
    let (_, customer) = world.person(Role::Customer).await;
    let signed_in = format!("/api/courts/{id}/availability?date={MONDAY}");
    assert_eq!(world.get(&signed_in).bearer(&customer).send().await.expect(200)["cacheStatus"], "HIT");
    let double = ask(&world, &format!("courts/{id}/availability?date={MONDAY}&durationMinutes=120")).await.expect(200);
    assert_eq!(double["slots"], json!([]));

    for (query, field) in [
        ("", "date"),
        ("date=2026-02-30", "date"),
        ("date=9999-12-31", "date"),
        ("date=2026-06-01&durationMinutes=61", "durationMinutes"),
        ("date=2026-06-01&durationMinutes=-60", "durationMinutes"),
    ] {
        assert_eq!(ask(&world, &format!("courts/{id}/availability?{query}")).await.wrong_fields(), [field], "{query}");
    }
    club.set_standing(&world, true, "RESTRICTED").await;
    let hidden = ask(&world, &format!("courts/{id}/availability?date=2026-06-02")).await;
    hidden.refused(404, "COURT_NOT_FOUND");
}

/// FIND-60: a club is its visible courts under the name of its company or association; a proprietor stays unnamed.
#[tokio::test]
async fn a_club_lists_what_it_shows() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let other = Club::new(&world).await;
    let path = format!("clubs/{}", club.owner);
    ask(&world, &path).await.refused(404, "CLUB_NOT_FOUND");
    let first = club.open_court(&world, json!({})).await;
    world.clock.advance(SignedDuration::from_secs(1));
    let second = club.open_court(&world, json!({ "courtType": "TENNIS" })).await;
    club.open_court(&world, json!({ "enabled": false })).await;
    other.open_court(&world, json!({})).await;

    let shown = ask(&world, &path).await.expect(200);
    assert_eq!(ids(&shown), [text(&first["id"]), text(&second["id"])]);
    assert_eq!((members(&shown), &shown["name"]), (vec!["clubId", "courts", "name"], &Value::Null));
    assert!(shown["courts"][0].get("ownerId").is_none() && !shown.to_string().contains("Somebody"));

    for (kind, told) in [
        ("ASSOCIATION", json!("Όμιλος Κέντρου")),
        ("COMPANY", json!("Όμιλος Κέντρου")),
        ("SOLE_PROPRIETOR", Value::Null),
    ] {
        call_business(&world, &club, "Όμιλος Κέντρου", kind).await;
        assert_eq!(ask(&world, &path).await.expect(200)["name"], told, "{kind}");
        let court = ask(&world, &format!("courts/{}", text(&first["id"]))).await.expect(200);
        assert_eq!(court["clubName"], told, "{kind}");
    }
    club.set_standing(&world, false, "ACTIVE").await;
    ask(&world, &path).await.refused(404, "CLUB_NOT_FOUND");
    ask(&world, &format!("clubs/{}", world.new_id())).await.refused(404, "CLUB_NOT_FOUND");
    // A customer's id is no club's.
    let (customer, _) = world.person(Role::Customer).await;
    ask(&world, &format!("clubs/{}", customer.0)).await.refused(404, "CLUB_NOT_FOUND");
    assert_eq!(ask(&world, "clubs/1").await.wrong_fields(), ["clubId"]);
}

/// FIND-61: the twelve nearest visible courts, and nothing that depends on who asks.
#[tokio::test]
async fn the_nearest_courts_are_listed() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let mut nearest_first = Vec::new();
    for step in 0..13 {
        let place = json!({ "latitude": LATITUDE + f64::from(step) / 111.0, "courtType": "TENNIS" });
        nearest_first.push(text(&club.open_court(&world, place).await["id"]).to_owned());
    }
    let padel = club.open_court(&world, json!({ "latitude": LATITUDE + 30.0 / 111.0 })).await;
    club.open_court(&world, json!({ "enabled": false })).await;
    let near = async |query: &str| {
        ask(&world, &format!("courts?latitude={LATITUDE}&longitude={LONGITUDE}{query}")).await.expect(200)
    };
    let shown = near("").await;
    assert_eq!(
        (ids(&shown), &shown["totalElements"]),
        (nearest_first[..12].iter().map(String::as_str).collect(), &json!(13))
    );
    assert_eq!(
        (&shown["courts"][0]["isFavorite"], &shown["courts"][0]["name"]),
        (&json!(false), &json!("Syntagma Court"))
    );
    assert_eq!(ids(&near("&radiusKm=0.5").await), [&nearest_first[0]]);
    assert_eq!(ids(&near("&radiusKm=50&courtType=PADEL").await), [text(&padel["id"])]);
    assert_eq!(ids(&near("&courtType=FOOTBALL_5X5").await), Vec::<&str>::new());

    assert_eq!(ask(&world, "courts").await.wrong_fields(), ["latitude", "longitude"]);
    ask(&world, "courts?latitude=91&longitude=0").await.refused(400, "INVALID_COORDINATES");
    for (query, field) in [
        ("latitude=38", "longitude"),
        ("latitude=38&longitude=23&radiusKm=0", "radiusKm"),
        ("latitude=38&longitude=23&radiusKm=501", "radiusKm"),
        ("latitude=38&longitude=23&courtType=CHESS", "courtType"),
    ] {
        assert_eq!(ask(&world, &format!("courts?{query}")).await.wrong_fields(), [field], "{query}");
    }
}
