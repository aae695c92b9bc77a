//! `/api/users/me/favorites`, and where favourites show.

use contracts::identity::Role;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::club::{Club, LATITUDE, LONGITUDE, Taken, every_day, take, text};
use crate::support::{Answer, World};

const PATH: &str = "/api/users/me/favorites";

fn path(court: &Value) -> String {
    format!("{PATH}/{}", text(&court["id"]))
}

async fn add(world: &World, token: &str, court: &Value) -> Answer {
    world.put(&path(court)).bearer(token).send().await
}

async fn list(world: &World, token: &str) -> Vec<Value> {
    let answer = world.get(PATH).bearer(token).send().await.expect(200);
    answer["favorites"].as_array().expect("a list").clone()
}

fn ids(list: &[Value]) -> Vec<&str> {
    list.iter().map(|favorite| text(&favorite["id"])).collect()
}

/// FIND-30, FIND-32, FIND-53: adding and removing can be repeated and show everywhere, to this person only.
#[tokio::test]
async fn favourites_come_and_go() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let first = club.open_court(&world, json!({})).await;
    let second = club.open_court(&world, json!({ "latitude": LATITUDE + 0.02 })).await;
    let (_, token) = world.person(Role::Customer).await;
    let (_, other) = world.person(Role::Customer).await;
    assert!(list(&world, &token).await.is_empty());
    for court in [&first, &second, &first] {
        add(&world, &token, court).await.expect(204);
        world.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    assert_eq!(ids(&list(&world, &token).await), [text(&second["id"]), text(&first["id"])], "newest first");
    assert!(list(&world, &other).await.is_empty());
    let seen = async |token: &str| {
        let place = format!("latitude={LATITUDE}&longitude={LONGITUDE}");
        let get = async |path: String| world.get(&path).bearer(token).send().await.expect(200);
        let search = get(format!("/api/courts?{place}")).await["courts"][0].clone();
        let map = get(format!("/api/courts/map?{place}&date=2026-06-01")).await["courts"][0].clone();
        let detail = get(format!("/api/courts/{}", text(&first["id"]))).await;
        [search, map, detail].map(|court| court["isFavorite"] == true)
    };
    assert_eq!(seen(&token).await, [true; 3]);
    assert_eq!(seen(&other).await, [false; 3]);
    for _ in 0..2 {
        world.delete(&path(&first)).bearer(&token).send().await.expect(204);
        world.delete(&path(&second)).bearer(&token).send().await.expect(204);
    }
    assert_eq!(seen(&token).await, [false; 3]);
    assert!(list(&world, &token).await.is_empty());
}

/// FIND-30, COURT-33: an unknown, hidden or deleted court is 404 for who has not got it; removing never is.
#[tokio::test]
async fn unknown_courts_are_not_found() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let hidden = club.court(&world, json!({ "enabled": false })).await;
    let unknown = json!({ "id": world.new_id().to_string() });
    let (_, token) = world.person(Role::Customer).await;
    for court in [&hidden, &unknown] {
        add(&world, &token, court).await.refused(404, "COURT_NOT_FOUND");
        world.delete(&path(court)).bearer(&token).send().await.expect(204);
    }
    let nonsense = world.put(&format!("{PATH}/nonsense")).bearer(&token).send().await;
    assert_eq!(nonsense.wrong_fields(), ["courtId"]);
    assert_eq!(world.count("SELECT count(*) FROM favorite_courts").await, 0);
}

/// FIND-31: the next free slot skips what is taken or has begun; a court without one says null.
#[tokio::test]
async fn the_next_free_slot_is_told() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({ "durationMinutes": 60 })).await;
    let (_, token) = world.person(Role::Customer).await;
    add(&world, &token, &court).await.expect(204);
    let next = async || list(&world, &token).await[0]["nextFreeSlot"].clone();
    assert_eq!(next().await, Value::Null, "no windows");
    // It is Monday 4 May, 12:00 in Athens.
    club.open(&world, &court, &every_day("11:00", "14:00")).await;
    let slot = |date: &str, start: &str, end: &str| json!({ "date": date, "startTime": start, "endTime": end });
    assert_eq!(next().await, slot("2026-05-04", "13:00", "14:00"));
    take(&world, &court, "2026-05-04", "13:00", "14:00", Taken::Booked).await;
    assert_eq!(next().await, slot("2026-05-05", "11:00", "12:00"));
    let fridays = json!([{ "dayOfWeek": "FRIDAY", "startTime": "18:00", "endTime": "19:00" }]);
    // The booking of Tuesday is in the way of the new windows, so they are confirmed (COURT-30).
    let path = format!("/api/courts/{}/availability/windows", text(&court["id"]));
    let windows = json!({ "windows": fridays, "confirmed": true });
    world.put(&path).bearer(&club.token).json(&windows).send().await.expect(200);
    assert_eq!(next().await, slot("2026-05-08", "18:00", "19:00"));
    take(&world, &court, "2026-05-08", "18:00", "19:00", Taken::Booked).await;
    assert_eq!(next().await, slot("2026-05-15", "18:00", "19:00"));
    take(&world, &court, "2026-05-15", "18:00", "19:00", Taken::Booked).await;
    assert_eq!(next().await, Value::Null, "nothing in two weeks");
}

/// FIND-31: a favourite that becomes hidden stays, marked; shown again it is as before.
#[tokio::test]
async fn a_hidden_favourite_is_marked() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let (_, token) = world.person(Role::Customer).await;
    add(&world, &token, &court).await.expect(204);
    let state = async || {
        let favorites = list(&world, &token).await;
        (favorites[0]["available"] == true, favorites[0]["nextFreeSlot"].is_object())
    };
    assert_eq!(state().await, (true, true));
    club.set_standing(&world, false, "ACTIVE").await;
    assert_eq!(state().await, (false, false));
    add(&world, &token, &court).await.expect(204);
    club.set_standing(&world, true, "ACTIVE").await;
    assert_eq!(state().await, (true, true));
    sqlx::query("UPDATE courts SET deleted_at = now()").execute(&world.pool).await.expect("courts");
    assert_eq!(state().await, (false, false));
}

/// FIND-10, FIND-30: a list is bounded, also when the last two places are raced for.
#[tokio::test]
async fn a_list_is_bounded() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let one = club.court(&world, json!({})).await;
    let two = club.court(&world, json!({})).await;
    let (user, token) = world.person(Role::Customer).await;
    let copies =
        "INSERT INTO courts (id, owner_id, name_el, court_type, location_type, address, location, duration_minutes,
                      max_capacity, base_price_cents, owner_may_show, search_text, created_at, updated_at)
                  SELECT gen_random_uuid(), owner_id, name_el, court_type, location_type, address, location,
                         duration_minutes, max_capacity, base_price_cents, true, search_text, now(), now()
                  FROM courts, generate_series(1, 199) WHERE id = $1::uuid RETURNING id";
    let others: Vec<Uuid> =
        sqlx::query_scalar(copies).bind(text(&one["id"])).fetch_all(&world.pool).await.expect("courts");
    for court in &others {
        sqlx::query("INSERT INTO favorite_courts VALUES ($1, $2, now())")
            .bind(user.0)
            .bind(court)
            .execute(&world.pool)
            .await
            .expect("a favourite");
    }
    let (first, second) = tokio::join!(add(&world, &token, &one), add(&world, &token, &two));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    let refused = if first.status == 409 { first } else { second };
    assert_eq!(refused.refused(409, "FAVORITES_LIMIT_REACHED")["details"]["limit"], json!(200));
    // What is a favourite already can be added again, and the whole list is read at once.
    add(&world, &token, &json!({ "id": others[0].to_string() })).await.expect(204);
    assert_eq!(list(&world, &token).await.len(), 200);
    let statement = format!("SELECT count(*) FROM favorite_courts WHERE user_id = '{}'", user.0);
    let count: i64 = sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(&world.pool).await.expect("a count");
    assert_eq!(count, 200);
}
