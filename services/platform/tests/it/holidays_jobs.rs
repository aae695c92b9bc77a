//! The yearly generation of holidays and the reminders before the great feasts.

use serde_json::{Value, json};

use crate::club::{Club, Taken, take, text};
use crate::holidays::{apply, block_events, custom, dates, edit_by_hand, national, notices_to};
use crate::support::World;

async fn at(world: &World, instant: &str) {
    world.clock.set(instant.parse().expect("an instant"));
    world.run_jobs().await;
}

/// HOL-38, HOL-40: on 1 January of the court, not before, its holidays are there through the horizon; twice changes nothing;
/// the owner reads every new date in one message.
#[tokio::test]
async fn a_new_year_brings_its_dates() {
    let world = World::new().await;
    world.run_jobs().await;
    let club = Club::new(&world).await;
    let athens = club.open_court(&world, json!({})).await;
    let tokyo = club.open_court(&world, json!({ "timezone": "Asia/Tokyo" })).await;
    let christmas = national(&world, "Christmas Day").await;
    let clean_monday = national(&world, "Clean Monday").await;
    apply(&world, &club, &[&christmas, &clean_monday], &[&athens], json!({})).await.expect(200);
    apply(&world, &club, &[&christmas], &[&tokyo], json!({ "years": [2026, 2027] })).await.expect(200);
    let told = world.events("NOTIFICATION_REQUESTED").await.len();

    // New Year has come to Tokyo, not to Athens.
    at(&world, "2026-12-31T15:05:00Z").await;
    let in_tokyo = ["2026-12-25", "2027-12-25", "2028-12-25", "2029-12-25"];
    assert_eq!(dates(&world, &tokyo).await, in_tokyo);
    assert_eq!(dates(&world, &athens).await, ["2026-12-25"]);
    at(&world, "2026-12-31T21:05:00Z").await;
    assert_eq!(dates(&world, &athens).await, ["2026-12-25"]);
    at(&world, "2026-12-31T22:05:00Z").await;
    let in_athens = ["2026-12-25", "2027-03-15", "2027-12-25", "2028-02-28", "2028-12-25", "2029-02-19", "2029-12-25"];
    assert_eq!(dates(&world, &athens).await, in_athens);
    let created = ("OVERRIDE_CREATED".to_owned(), "2027-03-15".to_owned(), "2029-12-25".to_owned());
    assert_eq!(block_events(&world, &athens).await.last(), Some(&created));

    let notices: Vec<_> = notices_to(&world, club.owner).await.into_iter().skip(told).collect();
    assert_eq!(notices.len(), 2, "one for each New Year: {notices:?}");
    let (kind, title, body) = &notices[1];
    assert_eq!((kind.as_str(), title.as_str()), ("REMINDER_ALERT", "Your holidays were renewed"));
    assert_eq!(
        body,
        "New closed dates:\n15/03/2027 Clean Monday (1 court)\n25/12/2027 Christmas Day (1 court)\n\
         28/02/2028 Clean Monday (1 court)\n25/12/2028 Christmas Day (1 court)\n\
         19/02/2029 Clean Monday (1 court)\n25/12/2029 Christmas Day (1 court)"
    );

    let events = world.count("SELECT count(*) FROM outbox").await;
    at(&world, "2026-12-31T23:05:00Z").await;
    at(&world, "2027-01-02T10:05:00Z").await;
    assert_eq!(
        (dates(&world, &athens).await, dates(&world, &tokyo).await),
        (in_athens.map(str::to_owned).to_vec(), in_tokyo.map(str::to_owned).to_vec())
    );
    assert_eq!(world.count("SELECT count(*) FROM outbox").await, events);
}

/// HOL-39: dates with bookings stay open and the owner is told which.
#[tokio::test]
async fn booked_dates_stay_open_and_are_reported() {
    let world = World::new().await;
    world.run_jobs().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let christmas = national(&world, "Christmas Day").await;
    apply(&world, &club, &[&christmas], &[&court], json!({})).await.expect(200);
    take(&world, &court, "2028-12-25", "10:00", "11:30", Taken::Booked).await;
    at(&world, "2027-01-01T10:00:00Z").await;
    assert_eq!(dates(&world, &court).await, ["2026-12-25", "2027-12-25", "2029-12-25"]);
    let notices = notices_to(&world, club.owner).await;
    let summary = notices.iter().find(|(_, title, _)| title == "Your holidays were renewed").expect("a summary");
    assert!(
        summary.2.ends_with("\n\nLeft open because of bookings:\n25/12/2028 Christmas Day (1 court)"),
        "{summary:?}"
    );
}

/// HOL-38, HOL-41, HOL-43, HOL-08: what was switched off, ended or disabled is not renewed, other holidays are; a date that
/// the owner took away or edited by hand does not come back.
#[tokio::test]
async fn only_what_is_followed_is_renewed() {
    let world = World::new().await;
    world.run_jobs().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let id = text(&court["id"]);
    let [christmas, ochi, feast, whit] = [
        national(&world, "Christmas Day").await,
        national(&world, "Ochi Day").await,
        national(&world, "Assumption of Mary").await,
        national(&world, "Whit Monday").await,
    ];
    let own = custom(&world, &club, json!({ "nameEl": "Δική μας", "date": "2026-09-01", "isRecurring": true })).await;
    let once = custom(&world, &club, json!({ "nameEl": "Μία φορά", "date": "2026-09-03" })).await;
    let all: [&Value; 6] = [&christmas, &ochi, &feast, &whit, &own, &once];
    apply(&world, &club, &all, &[&court], json!({ "years": [2026, 2027] })).await.expect(200);
    apply(&world, &club, &[&ochi], &[&court], json!({ "autoRenew": false })).await.expect(200);
    let end = format!("/api/courts/{id}/holidays/{}?deleteOverrides=KEEP", text(&feast["id"]));
    world.delete(&end).bearer(&club.token).send().await.expect(204);
    let disable = world.put(&format!("/api/holidays/custom/{}", text(&own["id"]))).bearer(&club.token);
    disable.json(&json!({ "isActive": false })).send().await.expect(200);
    edit_by_hand(&world, &club, &court, "2027-12-25").await;
    sqlx::query("DELETE FROM court_overrides WHERE date = '2027-05-31' OR date = '2027-06-21'")
        .execute(&world.pool)
        .await
        .expect("a lifted block");

    at(&world, "2027-01-01T10:00:00Z").await;
    let later: Vec<String> =
        dates(&world, &court).await.into_iter().filter(|date| date.as_str() > "2027-01-01").collect();
    assert_eq!(
        later,
        [
            "2027-08-15",
            "2027-09-01",
            "2027-10-28",
            "2027-12-25",
            "2028-06-05",
            "2028-12-25",
            "2029-05-28",
            "2029-12-25",
        ]
    );
    let by_hand: Vec<String> = sqlx::query_scalar("SELECT date::text FROM court_overrides WHERE source = 'MANUAL'")
        .fetch_all(&world.pool)
        .await
        .expect("blocks");
    assert_eq!(by_hand, ["2027-12-25"]);
}

/// HOL-38: an owner whose courts cannot be renewed holds up nobody else, and is seen to when it works again.
#[tokio::test]
async fn one_owners_failure_holds_up_nobody() {
    let world = World::new().await;
    world.run_jobs().await;
    let christmas = national(&world, "Christmas Day").await;
    let mut courts = Vec::new();
    for _ in 0..3 {
        let club = Club::new(&world).await;
        let court = club.open_court(&world, json!({})).await;
        apply(&world, &club, &[&christmas], &[&court], json!({})).await.expect(200);
        courts.push(court);
    }
    let breaks = format!(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
         CREATE TRIGGER fails BEFORE INSERT ON court_overrides FOR EACH ROW WHEN (NEW.court_id = '{}')
             EXECUTE FUNCTION fail();",
        text(&courts[1]["id"])
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(breaks)).execute(&world.pool).await.expect("a trigger");
    at(&world, "2027-01-01T10:00:00Z").await;
    for (number, court) in courts.iter().enumerate() {
        assert_eq!(dates(&world, court).await.len(), if number == 1 { 1 } else { 4 }, "{number}");
    }
    sqlx::raw_sql("DROP TRIGGER fails ON court_overrides").execute(&world.pool).await.expect("no trigger");
    at(&world, "2027-01-01T11:05:00Z").await;
    assert_eq!(dates(&world, &courts[1]).await.len(), 4);
}

/// HOL-44: 30 days before the feast, by the owner's clock, once per feast and year, to owners with courts.
#[tokio::test]
async fn owners_are_reminded_of_feasts() {
    let world = World::new().await;
    world.run_jobs().await;
    let club = Club::new(&world).await;
    club.open_court(&world, json!({})).await;
    club.open_court(&world, json!({})).await;
    let without_courts = Club::new(&world).await;
    let titles = async |owner| {
        let notices = notices_to(&world, owner).await;
        notices.into_iter().map(|(kind, title, _)| (kind, title)).collect::<Vec<_>>()
    };
    let reminder = |title: &str| ("REMINDER_ALERT".to_owned(), title.to_owned());
    // 16 July begins in Athens at 21:00 UTC of the day before.
    at(&world, "2026-07-15T20:35:00Z").await;
    assert_eq!(titles(club.owner).await, []);
    at(&world, "2026-07-15T21:35:00Z").await;
    assert_eq!(titles(club.owner).await, [reminder("15 August is near")]);
    at(&world, "2026-07-16T21:35:00Z").await;
    at(&world, "2026-11-25T10:00:00Z").await;
    at(&world, "2026-11-26T10:00:00Z").await;
    at(&world, "2027-04-02T10:00:00Z").await;
    at(&world, "2027-07-16T10:00:00Z").await;
    assert_eq!(
        titles(club.owner).await,
        [
            reminder("15 August is near"),
            reminder("Christmas is near"),
            reminder("Easter is near"),
            reminder("15 August is near")
        ]
    );
    assert_eq!(titles(without_courts.owner).await, []);
    let text = &notices_to(&world, club.owner).await[1].2;
    assert!(text.starts_with("In 30 days, on 25/12/2026."), "{text}");
}
