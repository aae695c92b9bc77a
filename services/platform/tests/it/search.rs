//! `GET /api/courts`.

use std::collections::BTreeSet;

use contracts::identity::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::club::{Club, LATITUDE, LONGITUDE, MONDAY, Taken, every_day, in_minutes, take, text};
use crate::support::{Answer, World};

struct Searcher<'a> {
    world: &'a World,
    id: Uuid,
    token: String,
}

impl<'a> Searcher<'a> {
    async fn new(world: &'a World) -> Self {
        let (id, token) = world.person(Role::Customer).await;
        Self { world, id: id.0, token }
    }

    async fn answer(&self, query: &str) -> Answer {
        self.world.get(&format!("/api/courts?{query}")).bearer(&self.token).send().await
    }

    /// Searches around the middle of Athens.
    async fn near(&self, query: &str) -> Value {
        self.answer(&format!("latitude={LATITUDE}&longitude={LONGITUDE}&{query}")).await.expect(200)
    }

    /// Ids of the first page.
    async fn ids(&self, query: &str) -> Vec<String> {
        ids(&self.near(query).await)
    }
}

fn ids(answer: &Value) -> Vec<String> {
    answer["courts"].as_array().expect("a list").iter().map(|court| text(&court["id"]).to_owned()).collect()
}

fn id_of(court: &Value) -> String {
    text(&court["id"]).to_owned()
}

fn ids_of<const N: usize>(courts: [&Value; N]) -> BTreeSet<String> {
    courts.map(id_of).into()
}

/// Some kilometres north of the middle of Athens.
fn north(kilometres: f64) -> Value {
    json!({ "latitude": LATITUDE + kilometres / 111.0 })
}

/// FIND-03, FIND-04, FIND-10, FIND-13, FIND-14: the radius limits, exactly on it is inside, nearest first.
#[tokio::test]
async fn the_radius_limits_and_orders() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let far = club.court(&world, north(9.0)).await;
    let near = club.court(&world, north(1.0)).await;
    club.court(&world, north(30.0)).await;
    let searcher = Searcher::new(&world).await;
    let both = searcher.near("").await;
    assert_eq!(ids(&both), [id_of(&near), id_of(&far)]);
    assert_eq!((&both["totalElements"], &both["page"], &both["size"]), (&json!(2), &json!(0), &json!(50)));
    assert_eq!(both["suggestion"], Value::Null);

    let exact = both["courts"][1]["distanceKm"].as_f64().expect("a distance");
    assert!((8.9..9.2).contains(&exact), "{exact}");
    assert_eq!(searcher.ids(&format!("radiusKm={exact}")).await.len(), 2);
    assert_eq!(searcher.ids(&format!("radiusKm={}", exact - 0.001)).await, [id_of(&near)]);
    assert_eq!(searcher.ids("radiusKm=100").await.len(), 3);

    // FIND-14: a saved distance is the default, an explicit one wins.
    sqlx::query("INSERT INTO search_preferences (user_id, max_search_distance_km) VALUES ($1, 5)")
        .bind(searcher.id)
        .execute(&world.pool)
        .await
        .expect("a preference");
    assert_eq!(searcher.ids("").await, [id_of(&near)]);
    assert_eq!(searcher.ids("radiusKm=10").await.len(), 2);
    let other = Searcher::new(&world).await;
    assert_eq!(other.ids("").await.len(), 2);
}

/// FIND-13: a complete box replaces the default radius, and both limit when the radius is explicit.
#[tokio::test]
async fn a_box_limits_what_a_map_shows() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let near = club.court(&world, north(1.0)).await;
    let far = club.court(&world, north(60.0)).await;
    let searcher = Searcher::new(&world).await;
    let all = "minLat=37&maxLat=39&minLng=23&maxLng=24";
    assert_eq!(searcher.ids(all).await, [id_of(&near), id_of(&far)]);
    assert_eq!(searcher.ids(&format!("{all}&radiusKm=10")).await, [id_of(&near)]);
    assert_eq!(searcher.ids("minLat=38.2&maxLat=39&minLng=23&maxLng=24").await, [id_of(&far)]);
    assert_eq!(searcher.ids("minLat=-90&maxLat=90&minLng=-180&maxLng=180").await.len(), 2);
    // A court on the edge of the box is inside.
    let edge = near["latitude"].as_f64().expect("a latitude");
    assert_eq!(searcher.ids(&format!("minLat={edge}&maxLat={edge}&minLng=23&maxLng=24")).await, [id_of(&near)]);
}

/// FIND-05, FIND-07: filters combine with AND and hits have everything a list shows.
#[tokio::test]
async fn filters_combine() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let padel_in = club.open_court(&world, json!({ "locationType": "INDOOR" })).await;
    let padel_out = club.open_court(&world, json!({ "locationType": "OUTDOOR" })).await;
    let tennis_in = club.open_court(&world, json!({ "courtType": "TENNIS", "locationType": "INDOOR" })).await;
    let searcher = Searcher::new(&world).await;
    let set = async |query: &str| searcher.ids(query).await.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(set("courtType=PADEL").await, ids_of([&padel_in, &padel_out]));
    assert_eq!(set("locationType=INDOOR").await, ids_of([&padel_in, &tennis_in]));
    assert_eq!(set("courtType=PADEL&locationType=INDOOR").await, ids_of([&padel_in]));
    assert_eq!(set(&format!("courtType=TENNIS&date={MONDAY}&startTime=08:00")).await, ids_of([&tennis_in]));
    let hit = &searcher.near("courtType=TENNIS").await["courts"][0];
    assert_eq!((&hit["name"], &hit["courtType"]), (&json!("Syntagma Court"), &json!("TENNIS")));
    assert_eq!((&hit["latitude"], &hit["longitude"]), (&json!(LATITUDE), &json!(LONGITUDE)));
    assert_eq!((&hit["basePriceCents"], &hit["distanceKm"]), (&json!(2000), &json!(0.0)));
    assert_eq!((&hit["averageRating"], &hit["isFavorite"]), (&Value::Null, &json!(false)));
    assert_eq!(hit["availabilityStatus"], "AVAILABLE");
}

/// COURT-32, COURT-33, FIND-06: only visible courts appear.
#[tokio::test]
async fn hidden_courts_are_not_found() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    club.court(&world, json!({ "enabled": false })).await;
    let searcher = Searcher::new(&world).await;
    for (verified, stripe_status, found) in [
        (true, "NOT_STARTED", true),
        (true, "ACTIVE", true),
        (true, "RESTRICTED", false),
        (true, "DISABLED", false),
        (false, "ACTIVE", false),
    ] {
        club.set_standing(&world, verified, stripe_status).await;
        let expected = if found { vec![id_of(&court)] } else { Vec::new() };
        assert_eq!(searcher.ids("").await, expected, "{verified} {stripe_status}");
    }
    club.set_standing(&world, true, "ACTIVE").await;
    sqlx::query("UPDATE courts SET deleted_at = now()").execute(&world.pool).await.expect("courts");
    assert!(searcher.ids("").await.is_empty());
}

/// FIND-09, LIVE-09: with date and time only courts with a free session starting then.
#[tokio::test]
async fn free_at_a_time_means_bookable_then() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let hour = |name: &str| json!({ "durationMinutes": 60, "name": { "el": name } });
    let free = club.open_court(&world, hour("Free")).await;
    let booked = club.open_court(&world, hour("Booked")).await;
    let held = club.open_court(&world, hour("Held")).await;
    let expired = club.open_court(&world, hour("Expired")).await;
    let blocked = club.open_court(&world, hour("Blocked")).await;
    let closed = club.court(&world, hour("Closed")).await;
    let off_grid = club.court(&world, hour("Off grid")).await;
    club.open(&world, &off_grid, &every_day("08:30", "23:00")).await;
    let short = club.court(&world, hour("Short")).await;
    club.open(&world, &short, &every_day("08:00", "18:30")).await;
    take(&world, &booked, MONDAY, "18:00", "19:00", Taken::Booked).await;
    take(&world, &held, MONDAY, "18:00", "19:00", Taken::HeldUntil(in_minutes(&world, 5))).await;
    take(&world, &expired, MONDAY, "18:00", "19:00", Taken::HeldUntil(in_minutes(&world, 0))).await;
    let block = json!({ "date": MONDAY, "startTime": "18:30", "endTime": "18:45" });
    let path = format!("/api/courts/{}/availability/overrides", text(&blocked["id"]));
    world.post(&path).bearer(&club.token).json(&block).send().await.expect(201);

    let searcher = Searcher::new(&world).await;
    let set = async |query: &str| searcher.ids(query).await.into_iter().collect::<BTreeSet<_>>();
    let at = |start: &str| format!("date={MONDAY}&startTime={start}");
    assert_eq!(set(&at("18:00")).await, ids_of([&free, &expired]));
    // An hour before, only the closed one and those off the grid are missing.
    assert_eq!(set(&at("17:00")).await, ids_of([&free, &booked, &held, &expired, &blocked, &short]));
    assert_eq!(set(&at("17:30")).await, ids_of([&off_grid]));
    assert!(set(&at("22:30")).await.is_empty());
    assert!(set(&at("23:00")).await.is_empty());
    assert!(set(&at("10:07")).await.is_empty());
    // With the date alone: open that day.
    let open = set(&format!("date={MONDAY}")).await;
    assert_eq!(open.len(), 7);
    assert!(!open.contains(&id_of(&closed)));
    // What has begun is not free: it is 12:00 in Athens on the day the test begins.
    assert!(set("date=2026-05-04&startTime=12:00").await.is_empty());
    assert_eq!(set("date=2026-05-04&startTime=13:00").await.len(), 6);
    let answer = searcher.near(&at("18:00")).await;
    assert!(answer["courts"].as_array().expect("a list").iter().all(|hit| hit["availabilityStatus"] == "AVAILABLE"));
}

/// BOOK-22: nothing is free in an hour that the clock skips.
#[tokio::test]
async fn nothing_is_free_in_a_skipped_hour() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({ "durationMinutes": 60 })).await;
    club.open(&world, &court, &every_day("01:00", "06:00")).await;
    let searcher = Searcher::new(&world).await;
    for (start, hits) in [("01:00", 1), ("02:00", 0), ("03:00", 0), ("04:00", 1)] {
        assert_eq!(searcher.ids(&format!("date=2027-03-28&startTime={start}")).await.len(), hits, "{start}");
    }
}

/// FIND-08: full courts say so, and whether one can wait.
#[tokio::test]
async fn the_day_status_is_told() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let full = club.court(&world, json!({ "latitude": LATITUDE + 0.001 })).await;
    let waitlist = club.court(&world, json!({ "latitude": LATITUDE + 0.002, "waitlistEnabled": true })).await;
    let free = club.court(&world, json!({ "latitude": LATITUDE + 0.003 })).await;
    for court in [&full, &waitlist, &free] {
        club.open(&world, court, &every_day("18:00", "19:30")).await;
    }
    for court in [&full, &waitlist] {
        take(&world, court, MONDAY, "18:00", "19:30", Taken::Booked).await;
        take(&world, court, "2026-05-04", "18:00", "19:30", Taken::Booked).await;
    }
    let searcher = Searcher::new(&world).await;
    // Without a date it is today's state that counts.
    for query in [format!("date={MONDAY}"), String::new()] {
        let answer = searcher.near(&query).await;
        let statuses: Vec<&str> =
            answer["courts"].as_array().expect("a list").iter().map(|hit| text(&hit["availabilityStatus"])).collect();
        assert_eq!(statuses, ["FULLY_BOOKED", "WAITLIST_AVAILABLE", "AVAILABLE"], "{query}");
    }
    let tuesday = searcher.near("date=2026-06-02").await;
    assert!(tuesday["courts"].as_array().expect("a list").iter().all(|hit| hit["availabilityStatus"] == "AVAILABLE"));
}

/// FIND-10, FIND-11: favourites first, then distance, then id; pages neither repeat nor lose a court.
#[tokio::test]
async fn pages_are_stable() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let mut same_place = Vec::new();
    for _ in 0..7 {
        same_place.push(id_of(&club.court(&world, json!({})).await));
    }
    let favourite = id_of(&club.court(&world, north(5.0)).await);
    let searcher = Searcher::new(&world).await;
    sqlx::query("INSERT INTO favorite_courts (user_id, court_id, created_at) VALUES ($1, $2::uuid, now())")
        .bind(searcher.id)
        .bind(&favourite)
        .execute(&world.pool)
        .await
        .expect("a favourite");
    same_place.sort();
    let expected: Vec<String> = std::iter::once(favourite.clone()).chain(same_place).collect();
    let mut seen = Vec::new();
    for page in 0..4 {
        let answer = searcher.near(&format!("page={page}&size=3")).await;
        assert_eq!((&answer["totalElements"], &answer["page"]), (&json!(8), &json!(page)));
        assert_eq!(answer["suggestion"], Value::Null);
        seen.extend(ids(&answer));
    }
    assert_eq!(seen, expected);
    let first = &searcher.near("size=1").await["courts"][0];
    assert_eq!((&first["id"], &first["isFavorite"]), (&json!(favourite), &json!(true)));
    // FIND-53: nobody else sees this person's favourites.
    let other = Searcher::new(&world).await;
    assert_eq!(other.near("size=1").await["courts"][0]["isFavorite"], json!(false));
}

/// FIND-12: what to try when nothing is found.
#[tokio::test]
async fn nothing_found_suggests_something() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    club.open(&world, &court, &json!([{ "dayOfWeek": "TUESDAY", "startTime": "09:00", "endTime": "21:00" }])).await;
    let searcher = Searcher::new(&world).await;
    let suggestion = async |query: &str| {
        let answer = searcher.near(query).await;
        assert_eq!((&answer["courts"], &answer["totalElements"]), (&json!([]), &json!(0)), "{query}");
        text(&answer["suggestion"]).to_owned()
    };
    assert_eq!(suggestion("courtType=TENNIS").await, "REMOVE_FILTERS");
    assert_eq!(suggestion("locationType=INDOOR&date=2026-06-02").await, "REMOVE_FILTERS");
    assert_eq!(suggestion(&format!("date={MONDAY}")).await, "TRY_DIFFERENT_DATE");
    assert_eq!(suggestion(&format!("courtType=PADEL&date={MONDAY}&startTime=10:00")).await, "TRY_DIFFERENT_DATE");
    assert_eq!(suggestion(&format!("courtType=TENNIS&date={MONDAY}")).await, "EXPAND_RADIUS");
    let nowhere = searcher.answer("latitude=0&longitude=0").await.expect(200);
    assert_eq!(nowhere["suggestion"], "EXPAND_RADIUS");
}

/// FIND-15: the caller's language, else Greek and flagged; and a text search in both languages.
#[tokio::test]
async fn names_follow_the_language() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let both = club.court(&world, json!({ "name": { "el": "Πάντελ Κουκάκι", "en": "Koukaki Padel" } })).await;
    let greek = club.court(&world, json!({ "name": { "el": "Γήπεδο Άλιμος" }, "latitude": LATITUDE + 0.01 })).await;
    let searcher = Searcher::new(&world).await;
    let names = async |language: &str| {
        let path = format!("/api/courts?latitude={LATITUDE}&longitude={LONGITUDE}");
        let call = world.get(&path).bearer(&searcher.token).header("accept-language", language);
        let answer = call.send().await.expect(200);
        let hits = answer["courts"].as_array().expect("a list").clone();
        hits.iter().map(|hit| (text(&hit["name"]).to_owned(), hit["nameTranslated"] == true)).collect::<Vec<_>>()
    };
    let name = |text: &str, translated| (text.to_owned(), translated);
    assert_eq!(names("en").await, [name("Koukaki Padel", true), name("Γήπεδο Άλιμος", false)]);
    assert_eq!(names("el").await, [name("Πάντελ Κουκάκι", true), name("Γήπεδο Άλιμος", true)]);
    assert_eq!(searcher.ids("q=KOUKAKI").await, [id_of(&both)]);
    // "αλιμος" without accents finds "Άλιμος".
    assert_eq!(searcher.ids("q=%CE%B1%CE%BB%CE%B9%CE%BC%CE%BF%CF%82").await, [id_of(&greek)]);
    assert!(searcher.ids("q=%25").await.is_empty(), "a percent sign is a percent sign");
    assert_eq!(searcher.ids("q=%20").await.len(), 2);
}

/// FIND-16, FIND-57: among two thousand near courts every search is far below half a second, also with a time.
#[tokio::test]
async fn many_courts_do_not_slow_a_search_down() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({ "durationMinutes": 60 })).await;
    for statement in [
        "INSERT INTO courts (id, owner_id, name_el, court_type, location_type, address, location, duration_minutes,
             max_capacity, base_price_cents, owner_may_show, search_text, created_at, updated_at)
         SELECT gen_random_uuid(), owner_id, name_el, court_type, location_type, address,
                ST_Project(location, n * 4.5, n), duration_minutes, max_capacity, base_price_cents, true, search_text,
                now(), now()
         FROM courts, generate_series(1, 2000) AS n WHERE id = $1::uuid",
        "INSERT INTO court_windows (id, court_id, day_of_week, start_time, end_time)
         SELECT gen_random_uuid(), court.id, opening.day_of_week, opening.start_time, opening.end_time
         FROM courts court, court_windows opening WHERE opening.court_id = $1::uuid AND court.id <> $1::uuid",
    ] {
        sqlx::query(statement).bind(text(&court["id"])).execute(&world.pool).await.expect("many courts");
    }
    sqlx::query("ANALYZE courts, court_windows").execute(&world.pool).await.expect("statistics");
    let searcher = Searcher::new(&world).await;
    for query in [String::new(), format!("date={MONDAY}"), format!("date={MONDAY}&startTime=18:00")] {
        let mut times = Vec::new();
        for _ in 0..20 {
            let began = std::time::Instant::now();
            let answer = searcher.near(&format!("{query}&size=100")).await;
            times.push(began.elapsed());
            assert_eq!(answer["totalElements"], json!(2001));
        }
        times.sort();
        assert!(times[18] < std::time::Duration::from_millis(500), "{query}: {times:?}");
    }
}

/// FIND-01, FIND-02, FIND-13: nonsense is 400 with a stable code.
#[tokio::test]
async fn nonsense_is_refused() {
    let world = World::new().await;
    let searcher = Searcher::new(&world).await;
    for query in [
        "latitude=90.01&longitude=0",
        "latitude=-91&longitude=0",
        "latitude=0&longitude=180.5",
        "latitude=NaN&longitude=0",
        "latitude=inf&longitude=0",
        "latitude=0&longitude=0&minLat=-91&maxLat=0&minLng=0&maxLng=1",
        "latitude=0&longitude=0&minLat=0&maxLat=0&minLng=0&maxLng=181",
        "latitude=0&longitude=0&minLat=NaN&maxLat=0&minLng=0&maxLng=1",
    ] {
        let body = searcher.answer(query).await.refused(400, "INVALID_COORDINATES");
        let message = text(&body["message"]);
        assert!(message.contains("-90") && message.contains("180"), "{message}");
    }
    for (query, field) in [
        ("longitude=0", "latitude"),
        ("latitude=north&longitude=0", "latitude"),
        ("latitude=0&longitude=0&radiusKm=0", "radiusKm"),
        ("latitude=0&longitude=0&radiusKm=-1", "radiusKm"),
        ("latitude=0&longitude=0&radiusKm=501", "radiusKm"),
        ("latitude=0&longitude=0&radiusKm=NaN", "radiusKm"),
        ("latitude=0&longitude=0&radiusKm=1e999", "radiusKm"),
        ("latitude=0&longitude=0&minLat=0", "minLat"),
        ("latitude=0&longitude=0&minLat=1&maxLat=0&minLng=0&maxLng=1", "minLat"),
        ("latitude=0&longitude=0&courtType=GOLF", "courtType"),
        ("latitude=0&longitude=0&locationType=SPACE", "locationType"),
        ("latitude=0&longitude=0&date=9999-12-31", "date"),
        ("latitude=0&longitude=0&date=-009999-01-01", "date"),
        ("latitude=0&longitude=0&date=2026-06-01&startTime=24:00", "startTime"),
        ("latitude=0&longitude=0&date=2026-06-01&startTime=7:00", "startTime"),
        ("latitude=0&longitude=0&startTime=10:00", "date"),
        ("latitude=0&longitude=0&page=-1", "page"),
        ("latitude=0&longitude=0&page=4294967295", "page"),
        ("latitude=0&longitude=0&size=0", "size"),
        ("latitude=0&longitude=0&size=101", "size"),
    ] {
        assert_eq!(searcher.answer(query).await.wrong_fields(), [field], "{query}");
    }
    for extreme in ["latitude=90&longitude=180", "latitude=-90&longitude=-180", "latitude=0&longitude=0&radiusKm=500"] {
        assert_eq!(searcher.answer(extreme).await.expect(200)["courts"], json!([]));
    }
    world.get("/api/courts?latitude=0&longitude=0").send().await.refused(401, "AUTH_REQUIRED");
}

/// FIND-26: each tab and each filter of the app is a value of `courtType` and `locationType`, and All leaves it out.
#[tokio::test]
async fn every_tab_and_filter_finds_its_courts() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (tabs, filters) = (["TENNIS", "PADEL", "BASKETBALL", "FOOTBALL_5X5"], ["INDOOR", "OUTDOOR"]);
    let mut courts = Vec::new();
    for tab in tabs {
        for filter in filters {
            courts.push(club.open_court(&world, json!({ "courtType": tab, "locationType": filter })).await);
        }
    }
    let searcher = Searcher::new(&world).await;
    for tab in tabs.map(Some).into_iter().chain([None]) {
        for filter in filters.map(Some).into_iter().chain([None]) {
            let mut query = String::new();
            tab.into_iter().for_each(|tab| query += &format!("&courtType={tab}"));
            filter.into_iter().for_each(|filter| query += &format!("&locationType={filter}"));
            let found: BTreeSet<_> = searcher.ids(&query).await.into_iter().collect();
            let expected: BTreeSet<_> = courts
                .iter()
                .filter(|court| {
                    tab.is_none_or(|tab| court["courtType"] == tab)
                        && filter.is_none_or(|filter| court["locationType"] == filter)
                })
                .map(id_of)
                .collect();
            assert_eq!(found, expected, "{query}");
        }
    }
}

/// AUTHZ-16, OWN-63: a subscription that has lapsed hides nothing from customers, not in the list, on the map, in details
/// or in the day.
#[tokio::test]
async fn a_lapsed_subscription_hides_no_court() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let searcher = Searcher::new(&world).await;
    for status in ["EXPIRED", "NONE", "ACTIVE"] {
        sqlx::query("UPDATE users SET subscription_status = $2, trial_ends_at = NULL WHERE id = $1")
            .bind(club.owner)
            .bind(status)
            .execute(&world.pool)
            .await
            .expect("an owner");
        assert_eq!(searcher.ids("").await, [id_of(&court)], "{status}");
        let map = format!("/api/courts/map?latitude={LATITUDE}&longitude={LONGITUDE}&date={MONDAY}");
        let map = world.get(&map).bearer(&searcher.token).send().await.expect(200);
        assert_eq!(ids(&map), [id_of(&court)], "{status}");
        let details = format!("/api/courts/{}", id_of(&court));
        let shown = world.get(&details).bearer(&searcher.token).send().await.expect(200);
        assert_eq!(shown["visible"], true, "{status}");
        let day = world.get(&format!("{details}/availability?date={MONDAY}")).bearer(&searcher.token).send().await;
        let day = day.expect(200);
        let slots = day["slots"].as_array().expect("slots");
        assert!(slots.iter().any(|slot| slot["status"] == "AVAILABLE"), "{status}: {day:#}");
    }
}
