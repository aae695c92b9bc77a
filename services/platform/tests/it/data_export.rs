//! `POST /api/users/me/data-export` and `GET /api/users/me/data-exports`.

use std::io::{Cursor, Read as _};

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};
use zip::ZipArchive;

use crate::club::{Club, MONDAY, Taken, take, text};
use crate::support::{Answer, World, id};

async fn ask(world: &World, token: &str) -> Answer {
    world.post("/api/users/me/data-export").bearer(token).send().await
}

async fn exports(world: &World, token: &str) -> Value {
    world.get("/api/users/me/data-exports").bearer(token).send().await.expect(200)["exports"].clone()
}

/// The files of the newest export, by name.
async fn fetch(world: &World, token: &str) -> Vec<(String, String)> {
    let url = text(&exports(world, token).await[0]["downloadUrl"]).to_owned();
    let answer = reqwest::get(url).await.expect("an answer").error_for_status().expect("a file");
    let mut archive = ZipArchive::new(Cursor::new(answer.bytes().await.expect("bytes"))).expect("an archive");
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).expect("a file");
            let mut content = String::new();
            file.read_to_string(&mut content).expect("text");
            (file.name().expect("a name").into_owned(), content)
        })
        .collect()
}

fn document(files: &[(String, String)]) -> Value {
    let (_, json) = files.iter().find(|(name, _)| name == "export.json").expect("the document");
    serde_json::from_str(json).expect("JSON")
}

/// AUTH-38, AUTH-39: an owner gets person, courts, bookings and revenue, as JSON and CSV, by a link, and is told.
#[tokio::test]
async fn an_owner_gets_everything() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    let club = Club { owner: id(&owner["user"]), token: text(&owner["accessToken"]).to_owned() };
    let court = club.open_court(&world, json!({ "name": { "el": "Γήπεδο, το \"Α\"" } })).await;
    let booking = take(&world, &court, MONDAY, "10:00", "11:30", Taken::Booked).await;
    // Somebody else's court and booking, which must not be in it.
    let other = Club::new(&world).await;
    let foreign = other.open_court(&world, json!({})).await;
    take(&world, &foreign, MONDAY, "10:00", "11:30", Taken::Booked).await;

    let asked = ask(&world, &club.token).await.expect(202);
    assert_eq!((&asked["status"], asked.get("downloadUrl")), (&json!("PENDING"), None));
    world.run_jobs().await;
    let listed = exports(&world, &club.token).await;
    assert_eq!((&listed[0]["exportId"], &listed[0]["status"]), (&asked["exportId"], &json!("READY")));
    assert_eq!(listed[0]["expiresAt"], "2026-05-11T09:00:00Z");
    let (key, told) = world.events("NOTIFICATION_REQUESTED").await.pop().expect("a message");
    assert_eq!((key, &told["payload"]["notificationType"]), (club.owner.to_string(), &json!("DATA_EXPORT_READY")));

    let files = fetch(&world, &club.token).await;
    let mut names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let expected = [
        "account.csv",
        "bookings.csv",
        "courts.csv",
        "export.json",
        "revenue.csv",
        "sessions.csv",
        "signInProviders.csv",
    ];
    assert_eq!(names, expected);
    let document = document(&files);
    assert_eq!(document["account"][0]["email"], "giorgos@example.test");
    assert_eq!(
        (&document["courts"][0]["courtId"], document["courts"].as_array().map(Vec::len)),
        (&court["id"], Some(1))
    );
    assert_eq!(document["bookings"][0]["bookingId"], json!(booking));
    assert_eq!(document["bookings"].as_array().map(Vec::len), Some(1));
    assert_eq!((&document["revenue"][0]["month"], &document["revenue"][0]["bookings"]), (&json!("2026-06"), &json!(1)));
    let (_, courts) = files.iter().find(|(name, _)| name == "courts.csv").expect("a table");
    assert!(courts.contains("\"Γήπεδο, το \"\"Α\"\"\""), "{courts}");
    assert!(files.iter().all(|(_, content)| !content.contains(&other.owner.to_string())));
}

/// AUTH-38: a customer gets the own bookings, without what the owner earns by them.
#[tokio::test]
async fn a_customer_gets_the_own_bookings() {
    let world = World::new().await;
    let eleni = world.register("eleni", Role::Customer).await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let own = take(&world, &court, MONDAY, "10:00", "11:30", Taken::Booked).await;
    take(&world, &court, MONDAY, "12:00", "13:30", Taken::Booked).await;
    sqlx::query(
        "UPDATE transaction.bookings SET kind = 'CUSTOMER', customer_id = $2, amount_cents = 2000,
             owner_net_cents = 1800, commission_cents = 200 WHERE id = $1",
    )
    .bind(own)
    .bind(id(&eleni["user"]))
    .execute(&world.database.admin().await)
    .await
    .expect("a booking");
    let token = text(&eleni["accessToken"]);
    ask(&world, token).await.expect(202);
    world.run_jobs().await;
    let document = document(&fetch(&world, token).await);
    assert_eq!(document["bookings"].as_array().map(Vec::len), Some(1));
    assert_eq!(document["bookings"][0]["bookingId"], json!(own));
    assert_eq!(
        (&document["bookings"][0]["totalAmountCents"], &document["bookings"][0]["ownerNetCents"]),
        (&json!(2000), &json!(null))
    );
    assert_eq!(document["sessions"].as_array().map(Vec::len), Some(1));
    assert_eq!(document.get("revenue"), None);
}

/// AUTH-39: ten within a day, also when they come at once; the eleventh says how long to wait; each is in the audit log.
#[tokio::test]
async fn the_eleventh_waits() {
    let world = World::new().await;
    let (owner, token) = world.person(Role::CourtOwner).await;
    let answers = futures::future::join_all((0..12).map(|_| ask(&world, &token))).await;
    let accepted = answers.iter().filter(|answer| answer.status == 202).count();
    assert_eq!(accepted, 10);
    world.clock.advance(SignedDuration::from_hours(1));
    let token = world.token(owner, Role::CourtOwner);
    let refused = ask(&world, &token).await;
    assert_eq!(refused.headers["retry-after"], "82800");
    let refused = refused.refused(429, "EXPORT_LIMIT_REACHED");
    assert_eq!(refused["details"]["limit"], 10);
    let audited = "SELECT count(*) FROM audit_log WHERE action = 'DATA_EXPORTED' AND owner_id IS NOT NULL";
    assert_eq!(world.count(audited).await, 10);
    world.clock.advance(SignedDuration::from_hours(23));
    let token = world.token(owner, Role::CourtOwner);
    ask(&world, &token).await.expect(202);
}

/// AUTH-38: a file goes after a week, and its link with it.
#[tokio::test]
async fn a_file_goes_after_a_week() {
    let world = World::new().await;
    let (user, token) = world.person(Role::Customer).await;
    world.run_jobs().await;
    ask(&world, &token).await.expect(202);
    world.run_jobs().await;
    let link = text(&exports(&world, &token).await[0]["downloadUrl"]).to_owned();
    assert_eq!(reqwest::get(&link).await.expect("an answer").status(), 200);
    world.clock.advance(SignedDuration::from_hours(8 * 24));
    // Once to see that it is old, once to throw it away.
    world.run_jobs().await;
    world.clock.advance(SignedDuration::from_hours(1));
    world.run_jobs().await;
    let listed = exports(&world, &world.token(user, Role::Customer)).await;
    assert_eq!((&listed[0]["status"], listed[0].get("downloadUrl")), (&json!("EXPIRED"), None));
    assert_eq!(world.count("SELECT count(*) FROM loose_objects").await, 0);
}

/// AUTH-40, AUTH-44: whoever leaves takes the copies along: nothing names the file any more, so it is thrown away.
#[tokio::test]
async fn copies_leave_with_their_person() {
    let world = World::new().await;
    let (_, token) = world.person(Role::Customer).await;
    ask(&world, &token).await.expect(202);
    world.run_jobs().await;
    assert_eq!(world.post("/api/users/me/delete").bearer(&token).send().await.status, 202);
    world.run_jobs().await;
    assert_eq!(world.count("SELECT count(*) FROM data_exports").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM loose_objects").await, 1, "the file waits for its removal");
}
