//! Holiday templates: `/api/holidays/national`, `/api/holidays/custom`, `/api/admin/holidays`. What the other holiday files
//! share stands here too.

use contracts::identity::Role;
use contracts::ids::UserId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::club::{Club, text};
use crate::support::{Answer, World};

/// The national holiday of a name.
pub async fn national(world: &World, name_en: &str) -> Value {
    let list = world.get("/api/holidays/national").send().await.expect(200);
    let found = list["holidays"].as_array().expect("a list").iter().find(|holiday| holiday["nameEn"] == name_en);
    found.unwrap_or_else(|| panic!("no {name_en}: {list:#}")).clone()
}

/// Creates a holiday of the club.
pub async fn custom(world: &World, club: &Club, body: Value) -> Value {
    world.post("/api/holidays/custom").bearer(&club.token).json(&body).send().await.expect(201)
}

/// Applies holidays to courts; `changes` are laid over the plain request.
pub async fn apply(world: &World, club: &Club, holidays: &[&Value], courts: &[&Value], changes: Value) -> Answer {
    let ids = |things: &[&Value]| things.iter().map(|thing| thing["id"].clone()).collect::<Vec<_>>();
    let mut body = json!({ "holidayIds": ids(holidays), "courtIds": ids(courts) });
    for (name, value) in changes.as_object().expect("an object of changes") {
        body[name] = value.clone();
    }
    world.post("/api/holidays/apply").bearer(&club.token).json(&body).send().await
}

/// A block as it is stored: date, hours, reason, source, whether it knows its holiday.
pub type Stored = (String, Option<String>, Option<String>, String, String, bool);

/// All blocks of a court by date.
pub async fn blocks(world: &World, court: &Value) -> Vec<Stored> {
    sqlx::query_as(
        "SELECT date::text, to_char(start_time, 'HH24:MI'), to_char(end_time, 'HH24:MI'), reason, source,
                holiday_template_id IS NOT NULL
         FROM court_overrides WHERE court_id = $1::uuid ORDER BY date, start_time NULLS FIRST",
    )
    .bind(text(&court["id"]))
    .fetch_all(&world.pool)
    .await
    .expect("the blocks")
}

/// The dates of a court's blocks.
pub async fn dates(world: &World, court: &Value) -> Vec<String> {
    blocks(world, court).await.into_iter().map(|(date, ..)| date).collect()
}

/// The change types and ranges of `AVAILABILITY_UPDATED` of a court that are about blocks, in their order.
pub async fn block_events(world: &World, court: &Value) -> Vec<(String, String, String)> {
    let events = world.events("AVAILABILITY_UPDATED").await;
    let of_court = events.into_iter().filter(|(key, _)| *key == text(&court["id"]));
    let blocks = of_court.filter(|(_, event)| event["payload"]["changeType"] != "RECURRING_WINDOWS_UPDATED");
    blocks
        .map(|(_, event)| {
            let range = &event["payload"]["affectedDateRange"];
            let part = |value: &Value| text(value).to_owned();
            (part(&event["payload"]["changeType"]), part(&range["from"]), part(&range["to"]))
        })
        .collect()
}

/// Edits a block by hand, which makes it the owner's own (HOL-43).
pub async fn edit_by_hand(world: &World, club: &Club, court: &Value, date: &str) {
    let blocks = format!("/api/courts/{}/availability/overrides", text(&court["id"]));
    let on_date = format!("{blocks}?fromDate={date}&toDate={date}");
    let stored = world.get(&on_date).bearer(&club.token).send().await.expect(200);
    let one = format!("{blocks}/{}", text(&stored["overrides"][0]["id"]));
    let hours = json!({ "date": date, "startTime": "08:00", "endTime": "09:00" });
    let edited = world.put(&one).bearer(&club.token).json(&hours).send().await.expect(200);
    assert_eq!((&edited["source"], &edited["holidayTemplateId"]), (&json!("MANUAL"), &Value::Null));
}

/// HOL-01, HOL-02, HOL-03, HOL-05: the thirteen holidays with their patterns and the dates of three years, for anybody.
#[tokio::test]
async fn everybody_sees_the_national_holidays() {
    let world = World::new().await;
    let answer = world.get("/api/holidays/national").send().await;
    assert_eq!(answer.headers["cache-control"], "public, max-age=300");
    let tag = answer.headers["etag"].to_str().expect("text").to_owned();
    let list = answer.expect(200);
    let patterns: Vec<(&str, &str)> = list["holidays"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|holiday| (text(&holiday["nameEn"]), text(&holiday["datePattern"])))
        .collect();
    assert_eq!(
        patterns,
        [
            ("New Year's Day", "FIXED:01-01"),
            ("Epiphany", "FIXED:01-06"),
            ("Clean Monday", "EASTER_OFFSET:-48"),
            ("Independence Day", "FIXED:03-25"),
            ("Orthodox Good Friday", "EASTER_OFFSET:-2"),
            ("Orthodox Easter Sunday", "EASTER_OFFSET:0"),
            ("Orthodox Easter Monday", "EASTER_OFFSET:1"),
            ("Labour Day", "FIXED:05-01"),
            ("Whit Monday", "EASTER_OFFSET:50"),
            ("Assumption of Mary", "FIXED:08-15"),
            ("Ochi Day", "FIXED:10-28"),
            ("Christmas Day", "FIXED:12-25"),
            ("Second Day of Christmas", "FIXED:12-26"),
        ]
    );
    let easter = national(&world, "Orthodox Easter Sunday").await;
    assert_eq!(
        easter["upcomingDates"],
        json!([
            { "year": 2026, "date": "2026-04-12" }, { "year": 2027, "date": "2027-05-02" },
            { "year": 2028, "date": "2028-04-16" },
        ])
    );
    assert!(!text(&easter["nameEl"]).is_ascii());

    // Whoever has the list already is told so.
    let again = world.get("/api/holidays/national").header("if-none-match", &tag).send().await;
    assert_eq!((again.status.as_u16(), &again.headers["etag"].to_str().expect("text")), (304, &tag.as_str()));
    world.get("/api/holidays/national").header("if-none-match", "\"another\"").send().await.expect(200);
}

/// HOL-06: the seed of the migration, run once more, adds nothing; national ones have no owner.
#[tokio::test]
async fn seeding_twice_adds_nothing() {
    let world = World::new().await;
    let migration = include_str!("../../migrations/0050_holidays.up.sql");
    let seed = migration.split_once("INSERT INTO holiday_templates").expect("the seed").1;
    let again = sqlx::raw_sql(sqlx::AssertSqlSafe(format!("INSERT INTO holiday_templates{seed}")));
    let added = again.execute(&world.pool).await.expect("the seed");
    assert_eq!(added.rows_affected(), 0);
    let seeded = "SELECT count(*) FROM holiday_templates WHERE is_national AND owner_id IS NULL AND is_active";
    assert_eq!(world.count(seeded).await, 13);
    assert_eq!(world.count("SELECT count(*) FROM holiday_templates").await, 13);
}

/// HOL-07, HOL-08: an admin adds, changes and disables; a disabled one is off the list and makes no blocks, what it has
/// blocked stays.
#[tokio::test]
async fn admins_keep_the_national_holidays() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let post = async |body: Value| world.post("/api/admin/holidays").bearer(&admin).json(&body).send().await;
    let polytechnic = json!({ "nameEl": "<b>Πολυτεχνείο</b>", "nameEn": "Polytechnic", "datePattern": "FIXED:11-17" });
    let created = post(polytechnic.clone()).await.expect(201);
    assert_eq!((&created["nameEl"], &created["isActive"]), (&json!("Πολυτεχνείο"), &json!(true)));
    post(polytechnic).await.refused(409, "HOLIDAY_NAME_EXISTS");
    apply(&world, &club, &[&created], &[&court], json!({})).await.expect(200);
    assert_eq!(dates(&world, &court).await, ["2026-11-17"]);

    let one = format!("/api/admin/holidays/{}", text(&created["id"]));
    let put = async |path: &str, body: Value| world.put(path).bearer(&admin).json(&body).send().await;
    let moved = put(&one, json!({ "datePattern": "EASTER_OFFSET:7" })).await.expect(200);
    assert_eq!(moved["upcomingDates"][0]["date"], "2026-04-19");
    assert_eq!((&moved["nameEl"], &moved["nameEn"]), (&created["nameEl"], &created["nameEn"]));
    put(&one, json!({ "isActive": false })).await.expect(200);
    let listed = world.get("/api/holidays/national").send().await.expect(200);
    assert!(!listed.to_string().contains("Polytechnic"), "{listed:#}");
    let all = world.get("/api/admin/holidays").bearer(&admin).send().await.expect(200);
    let found = all["holidays"].as_array().expect("a list").iter().find(|holiday| holiday["nameEn"] == "Polytechnic");
    assert_eq!(found.expect("admins see it")["isActive"], false);
    apply(&world, &club, &[&created], &[&court], json!({})).await.refused(404, "HOLIDAY_NOT_FOUND");
    assert_eq!(dates(&world, &court).await, ["2026-11-17"]);

    for (wrong, field) in [
        (json!({ "nameEn": "X", "datePattern": "FIXED:01-01" }), "nameEl"),
        (json!({ "nameEl": "  ", "nameEn": "X", "datePattern": "FIXED:01-01" }), "nameEl"),
        (json!({ "nameEl": "Ω", "datePattern": "FIXED:01-01" }), "nameEn"),
        (json!({ "nameEl": "Ω", "nameEn": "X", "datePattern": "FIXED:02-30" }), "datePattern"),
        (json!({ "nameEl": "Ω", "nameEn": "X", "datePattern": "WEEKLY:MONDAY" }), "datePattern"),
        (json!({ "nameEl": "Ω", "nameEn": "x".repeat(256), "datePattern": "FIXED:01-01" }), "nameEn"),
    ] {
        assert_eq!(post(wrong.clone()).await.wrong_fields(), [field], "{wrong}");
    }
    let nobody = format!("/api/admin/holidays/{}", world.new_id());
    put(&nobody, json!({ "isActive": false })).await.refused(404, "HOLIDAY_NOT_FOUND");
    // HOL-13: an owner's own holiday is none of an admin's national ones.
    let own = custom(&world, &club, json!({ "nameEl": "Δική μας", "date": "2026-09-01" })).await;
    let own = format!("/api/admin/holidays/{}", text(&own["id"]));
    put(&own, json!({ "isActive": false })).await.refused(404, "HOLIDAY_NOT_FOUND");
    assert_eq!(world.count("SELECT count(*) FROM audit_log WHERE action LIKE 'NATIONAL_HOLIDAY%'").await, 3);
}

/// HOL-09, HOL-10, HOL-14: once, every year, relative to Easter, ranges, hours.
#[tokio::test]
async fn owners_make_holidays_of_their_own() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let once = custom(&world, &club, json!({ "nameEl": " Τουρνουά <i>Μαΐου</i> ", "date": "2026-09-01" })).await;
    assert_eq!((&once["nameEl"], &once["nameEn"]), (&json!("Τουρνουά Μαΐου"), &Value::Null));
    assert_eq!((&once["datePattern"], &once["isRecurring"]), (&json!("DATE:2026-09-01"), &json!(false)));
    assert_eq!((&once["isActive"], &once["appliedCourtsCount"]), (&json!(true), &json!(0)));
    assert!(text(&once["createdAt"]).starts_with("2026-05-04T09:00:00"));
    let yearly = json!({
        "nameEl": "Πανηγύρι", "nameEn": "Fair", "date": "2026-12-30", "endDate": "2027-01-02", "isRecurring": true,
        "startTime": "18:00", "endTime": "23:00",
    });
    // The list is by age.
    world.clock.advance(jiff::SignedDuration::from_secs(1));
    let yearly = custom(&world, &club, yearly).await;
    assert_eq!((&yearly["datePattern"], &yearly["endDate"]), (&json!("FIXED:12-30"), &json!("2027-01-02")));
    assert_eq!((&yearly["startTime"], &yearly["endTime"]), (&json!("18:00"), &json!("23:00")));
    let easter = json!({ "nameEl": "Απόκριες", "date": "2026-02-22", "easterOffsetDays": -49 });
    world.clock.advance(jiff::SignedDuration::from_secs(1));
    let easter = custom(&world, &club, easter).await;
    assert_eq!((&easter["datePattern"], &easter["isRecurring"]), (&json!("EASTER_OFFSET:-49"), &json!(true)));
    assert_eq!(easter["upcomingDates"][0]["date"], "2026-02-22");

    let listed = world.get("/api/holidays/custom").bearer(&club.token).send().await.expect(200);
    let names: Vec<&str> =
        listed["holidays"].as_array().expect("a list").iter().map(|one| text(&one["nameEl"])).collect();
    assert_eq!(names, ["Τουρνουά Μαΐου", "Πανηγύρι", "Απόκριες"]);
    // HOL-19: a range over New Year is applied as one.
    let court = club.open_court(&world, json!({})).await;
    apply(&world, &club, &[&yearly], &[&court], json!({})).await.expect(200);
    let stored = blocks(&world, &court).await;
    let expected = ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"].map(|date| {
        let hour = |text: &str| Some(text.to_owned());
        (date.to_owned(), hour("18:00"), hour("23:00"), "Πανηγύρι".to_owned(), "HOLIDAY_CUSTOM".to_owned(), true)
    });
    assert_eq!(stored, expected);
    let listed = world.get("/api/holidays/custom").bearer(&club.token).send().await.expect(200);
    assert_eq!(listed["holidays"][1]["appliedCourtsCount"], 1);
}

/// HOL-09, HOL-10, HOL-11: what cannot be is refused with its field.
#[tokio::test]
async fn impossible_holidays_are_refused() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let base = json!({ "nameEl": "Γιορτή", "date": "2026-09-01" });
    for (change, field) in [
        (json!({ "nameEl": Value::Null }), "nameEl"),
        (json!({ "nameEl": "" }), "nameEl"),
        (json!({ "nameEl": "<b></b>" }), "nameEl"),
        (json!({ "nameEl": "x".repeat(256) }), "nameEl"),
        (json!({ "nameEn": "x".repeat(256) }), "nameEn"),
        (json!({ "date": Value::Null }), "date"),
        (json!({ "date": "2026-02-29" }), "date"),
        (json!({ "date": "1999-01-01" }), "date"),
        (json!({ "endDate": "2026-08-31" }), "endDate"),
        (json!({ "endDate": "2026-10-02" }), "endDate"),
        (json!({ "startTime": "10:00" }), "startTime"),
        (json!({ "endTime": "10:00" }), "startTime"),
        (json!({ "startTime": "10:00", "endTime": "10:00" }), "endTime"),
        (json!({ "startTime": "12:00", "endTime": "10:00" }), "endTime"),
        (json!({ "startTime": "25:00", "endTime": "26:00" }), "startTime"),
        (json!({ "easterOffsetDays": 231 }), "easterOffsetDays"),
        (json!({ "easterOffsetDays": 1, "isRecurring": false }), "isRecurring"),
        (json!({ "isRecurring": "yes" }), "isRecurring"),
    ] {
        let mut body = base.clone();
        for (name, value) in change.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let answer = world.post("/api/holidays/custom").bearer(&club.token).json(&body).send().await;
        assert!(answer.wrong_fields().contains(&field.to_owned()), "{change}");
    }
    let longest = json!({ "nameEl": "Γιορτή", "date": "2026-09-01", "endDate": "2026-10-01" });
    custom(&world, &club, longest).await;
    assert_eq!(world.count("SELECT count(*) FROM holiday_templates WHERE NOT is_national").await, 1);
}

/// HOL-12: the database lets one of two through, also when they come together; owners may share a name.
#[tokio::test]
async fn a_name_is_taken_once_per_owner() {
    let world = World::new().await;
    let (club, rival) = (Club::new(&world).await, Club::new(&world).await);
    let body = json!({ "nameEl": "Γιορτή", "date": "2026-09-01" });
    let post = || world.post("/api/holidays/custom").bearer(&club.token).json(&body).send();
    let answers = futures::future::join_all((0..4).map(|_| post())).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!((made.len(), refused.len()), (1, 3));
    for answer in refused {
        answer.refused(409, "HOLIDAY_NAME_EXISTS");
    }
    custom(&world, &rival, body.clone()).await;
    let other = custom(&world, &club, json!({ "nameEl": "Άλλη", "date": "2026-09-01" })).await;
    let path = format!("/api/holidays/custom/{}", text(&other["id"]));
    let rename = world.put(&path).bearer(&club.token).json(&json!({ "nameEl": "Γιορτή" }));
    rename.send().await.refused(409, "HOLIDAY_NAME_EXISTS");
}

/// HOL-13: another owner's holiday is not there, whatever is tried; a national one is nobody's own.
#[tokio::test]
async fn holidays_of_others_do_not_exist() {
    let world = World::new().await;
    let (club, rival) = (Club::new(&world).await, Club::new(&world).await);
    let court = club.open_court(&world, json!({})).await;
    let theirs = custom(&world, &rival, json!({ "nameEl": "Γιορτή", "date": "2026-09-01" })).await;
    let christmas = national(&world, "Christmas Day").await;
    for holiday in [&theirs, &christmas, &json!({ "id": world.new_id() })] {
        let path = format!("/api/holidays/custom/{}", text(&holiday["id"]));
        let change = world.put(&path).bearer(&club.token).json(&json!({ "nameEl": "Δική μου" }));
        change.send().await.refused(404, "HOLIDAY_NOT_FOUND");
        world.delete(&path).bearer(&club.token).send().await.refused(404, "HOLIDAY_NOT_FOUND");
    }
    apply(&world, &club, &[&christmas, &theirs], &[&court], json!({})).await.refused(404, "HOLIDAY_NOT_FOUND");
    assert!(blocks(&world, &court).await.is_empty());
    let listed = world.get("/api/holidays/custom").bearer(&club.token).send().await.expect(200);
    assert_eq!(listed["holidays"], json!([]));
}

/// HOL-15, HOL-08: names and activity change alone; a disabled one leaves the list and comes back when wanted.
#[tokio::test]
async fn a_disabled_holiday_leaves_the_list() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let made = custom(&world, &club, json!({ "nameEl": "Γιορτή", "nameEn": "Feast", "date": "2026-09-01" })).await;
    apply(&world, &club, &[&made], &[&court], json!({})).await.expect(200);
    let path = format!("/api/holidays/custom/{}", text(&made["id"]));
    let put = async |body: Value| world.put(&path).bearer(&club.token).json(&body).send().await;
    let changed = put(json!({ "nameEn": Value::Null, "isActive": false })).await.expect(200);
    assert_eq!((&changed["nameEl"], &changed["nameEn"]), (&json!("Γιορτή"), &Value::Null));
    assert_eq!((&changed["isActive"], &changed["datePattern"]), (&json!(false), &made["datePattern"]));
    let listed = async |query: &str| {
        let list = world.get(&format!("/api/holidays/custom{query}")).bearer(&club.token).send().await.expect(200);
        list["holidays"].as_array().expect("a list").len()
    };
    assert_eq!((listed("").await, listed("?includeInactive=true").await), (0, 1));
    apply(&world, &club, &[&made], &[&court], json!({})).await.refused(404, "HOLIDAY_NOT_FOUND");
    assert_eq!(dates(&world, &court).await, ["2026-09-01"]);
    put(json!({ "isActive": true })).await.expect(200);
    assert_eq!(listed("").await, 1);
    for (wrong, field) in [
        (json!({ "nameEl": " " }), "nameEl"),
        (json!({ "applyTo": "ALL" }), "applyTo"),
        (json!({ "startTime": "10:00" }), "startTime"),
        (json!({ "endDate": "2026-08-01" }), "endDate"),
    ] {
        assert_eq!(put(wrong.clone()).await.wrong_fields(), [field], "{wrong}");
    }
}

/// HOL-16, HOL-42, HOL-43: without a word about them blocks stay; with FUTURE_INSTANCES those after today follow, except
/// those edited by hand and those with bookings in the way.
#[tokio::test]
async fn future_blocks_follow_a_changed_holiday() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    // The clock of the tests stands at 4 May 2026.
    let made = json!({ "nameEl": "Ιδρυτική", "date": "2026-05-04", "isRecurring": true });
    let made = custom(&world, &club, made).await;
    let years = json!({ "years": [2026, 2027, 2028] });
    apply(&world, &club, &[&made], &[&court], years).await.expect(200);
    let path = format!("/api/holidays/custom/{}", text(&made["id"]));
    let put = async |body: Value| world.put(&path).bearer(&club.token).json(&body).send().await;
    put(json!({ "nameEl": "Επέτειος", "date": "2026-05-10" })).await.expect(200);
    assert_eq!(dates(&world, &court).await, ["2026-05-04", "2027-05-04", "2028-05-04"]);
    put(json!({ "date": "2026-05-04", "applyTo": "NONE" })).await.expect(200);
    let before = block_events(&world, &court).await.len();

    crate::club::take(&world, &court, "2028-06-01", "10:00", "11:30", crate::club::Taken::Booked).await;
    let changed =
        json!({ "date": "2026-06-01", "startTime": "09:00", "endTime": "12:00", "applyTo": "FUTURE_INSTANCES" });
    let changed = put(changed).await.expect(200);
    let skipped = json!([{ "courtId": court["id"], "date": "2028-06-01", "reason": "EXISTING_BOOKINGS" }]);
    assert_eq!(changed["skippedDates"], skipped);
    let stored = blocks(&world, &court).await;
    let hour = |text: &str| Some(text.to_owned());
    assert_eq!(
        stored,
        [
            ("2026-05-04".to_owned(), None, None, "Ιδρυτική".to_owned(), "HOLIDAY_CUSTOM".to_owned(), true),
            (
                "2027-06-01".to_owned(),
                hour("09:00"),
                hour("12:00"),
                "Επέτειος".to_owned(),
                "HOLIDAY_CUSTOM".to_owned(),
                true
            ),
        ]
    );
    let events = block_events(&world, &court).await;
    let kind = |kind: &str, from: &str, to: &str| (kind.to_owned(), from.to_owned(), to.to_owned());
    assert_eq!(
        events[before..],
        [kind("OVERRIDE_DELETED", "2027-05-04", "2028-05-04"), kind("OVERRIDE_CREATED", "2027-06-01", "2027-06-01")]
    );

    edit_by_hand(&world, &club, &court, "2027-06-01").await;
    put(json!({ "date": "2026-07-01", "applyTo": "FUTURE_INSTANCES" })).await.expect(200);
    assert_eq!(dates(&world, &court).await, ["2026-05-04", "2027-06-01"]);
}

/// HOL-17, HOL-18: kept blocks forget their holiday and go on blocking, future or all of them go.
#[tokio::test]
async fn a_removed_holiday_leaves_or_takes_its_blocks() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let rival = Club::new(&world).await;
    for (query, expected, known) in [
        ("", vec!["2026-05-04", "2027-05-04"], false),
        ("?deleteOverrides=KEEP", vec!["2026-05-04", "2027-05-04"], false),
        ("?deleteOverrides=DELETE_FUTURE", vec!["2026-05-04"], false),
        ("?deleteOverrides=DELETE_ALL", vec![], false),
    ] {
        let court = club.open_court(&world, json!({})).await;
        let body = json!({ "nameEl": format!("Γιορτή {query}"), "date": "2026-05-04", "isRecurring": true });
        let made = custom(&world, &club, body).await;
        apply(&world, &club, &[&made], &[&court], json!({ "years": [2026, 2027] })).await.expect(200);
        let path = format!("/api/holidays/custom/{}", text(&made["id"]));
        world.delete(&format!("{path}{query}")).bearer(&rival.token).send().await.refused(404, "HOLIDAY_NOT_FOUND");
        world.delete(&format!("{path}{query}")).bearer(&club.token).send().await.expect(204);
        let left = blocks(&world, &court).await;
        assert_eq!(left.iter().map(|block| block.0.as_str()).collect::<Vec<_>>(), expected, "{query}");
        assert!(left.iter().all(|block| block.5 == known && block.4 == "HOLIDAY_CUSTOM"), "{query}");
        let deleted = block_events(&world, &court).await.into_iter().filter(|(kind, ..)| kind == "OVERRIDE_DELETED");
        assert_eq!(deleted.count(), usize::from(expected.len() < 2), "{query}");
        world.delete(&path).bearer(&club.token).send().await.refused(404, "HOLIDAY_NOT_FOUND");
    }
    assert_eq!(world.count("SELECT count(*) FROM court_holidays").await, 0);
    let wrong = format!("/api/holidays/custom/{}?deleteOverrides=SOME", world.new_id());
    assert_eq!(world.delete(&wrong).bearer(&club.token).send().await.wrong_fields(), ["deleteOverrides"]);
}

/// An access token of the club's owner that is good at the clock of now, with a subscription that runs.
pub async fn renewed_token(world: &World, club: &Club) -> Club {
    sqlx::query("UPDATE users SET subscription_status = 'ACTIVE' WHERE id = $1")
        .bind(club.owner)
        .execute(&world.pool)
        .await
        .expect("an owner");
    Club { owner: club.owner, token: world.token(UserId(club.owner), Role::CourtOwner) }
}

/// The owner's notices in the outbox, as English title and body.
pub async fn notices_to(world: &World, person: Uuid) -> Vec<(String, String, String)> {
    let events = world.events("NOTIFICATION_REQUESTED").await;
    let to_person = events.into_iter().filter(|(_, event)| event["payload"]["userId"] == json!(person));
    to_person
        .map(|(_, event)| {
            let payload = &event["payload"];
            let part = |value: &Value| text(value).to_owned();
            (part(&payload["notificationType"]), part(&payload["title"]["en"]), part(&payload["body"]["en"]))
        })
        .collect()
}
