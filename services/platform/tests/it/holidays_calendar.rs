//! `GET /api/holidays/calendar`, `GET /api/courts/{courtId}/holidays` and `DELETE` of one.

use serde_json::{Value, json};

use crate::club::{Club, Taken, take, text};
use crate::holidays::{apply, block_events, custom, dates, edit_by_hand, national};
use crate::support::World;

/// HOL-45, HOL-46, HOL-47, HOL-49: all courts merged by date and holiday, blocks by hand beside them, bookings marked;
/// one court on request; extending is another call.
#[tokio::test]
async fn the_calendar_merges_courts() {
    let world = World::new().await;
    let (club, rival) = (Club::new(&world).await, Club::new(&world).await);
    let one = club.open_court(&world, json!({ "name": { "el": "Ένα" } })).await;
    let two = club.open_court(&world, json!({ "name": { "el": "Δύο" } })).await;
    let theirs = rival.open_court(&world, json!({})).await;
    let christmas = national(&world, "Christmas Day").await;
    let party = json!({ "nameEl": "Γιορτή", "date": "2026-12-25", "startTime": "20:00", "endTime": "23:00" });
    let party = custom(&world, &club, party).await;
    apply(&world, &club, &[&christmas, &party], &[&one], json!({})).await.expect(200);
    apply(&world, &club, &[&christmas], &[&one, &two], json!({})).await.expect(200);
    apply(&world, &rival, &[&christmas], &[&theirs], json!({})).await.expect(200);
    let by_hand = json!({ "date": "2026-12-24", "reason": "Works" });
    let path = format!("/api/courts/{}/availability/overrides", text(&two["id"]));
    world.post(&path).bearer(&club.token).json(&by_hand).send().await.expect(201);
    take(&world, &two, "2026-12-25", "10:00", "11:30", Taken::Booked).await;

    let calendar = async |query: &str| {
        let path = format!("/api/holidays/calendar?{query}");
        world.get(&path).bearer(&club.token).send().await
    };
    let december = "fromDate=2026-12-01&toDate=2026-12-31";
    let answer = calendar(december).await.expect(200);
    let court = |court: &Value, name: &str| json!({ "courtId": court["id"], "courtName": name });
    let expected = json!([
        {
            "date": "2026-12-24", "courts": [court(&two, "Δύο")], "holidayName": null, "holidayId": null,
            "reason": "Works", "source": "MANUAL", "isFullDay": true, "startTime": null, "endTime": null,
            "hasBookingConflicts": false,
        },
        {
            "date": "2026-12-25", "courts": [court(&two, "Δύο"), court(&one, "Ένα")], "holidayName": "Χριστούγεννα",
            "holidayId": christmas["id"], "reason": null, "source": "HOLIDAY_NATIONAL", "isFullDay": true,
            "startTime": null, "endTime": null, "hasBookingConflicts": true,
        },
        {
            "date": "2026-12-25", "courts": [court(&one, "Ένα")], "holidayName": "Γιορτή", "holidayId": party["id"],
            "reason": null, "source": "HOLIDAY_CUSTOM", "isFullDay": false, "startTime": "20:00", "endTime": "23:00",
            "hasBookingConflicts": false,
        },
    ]);
    assert_eq!(answer["entries"], expected);
    let only = calendar(&format!("{december}&courtId={}", text(&one["id"]))).await.expect(200);
    assert_eq!(only["entries"].as_array().expect("a list").len(), 2);
    assert_eq!(only["entries"][0]["hasBookingConflicts"], false);
    assert_eq!(calendar("fromDate=2026-12-26&toDate=2027-01-31").await.expect(200)["entries"], json!([]));

    calendar(&format!("{december}&courtId={}", text(&theirs["id"]))).await.refused(403, "AUTHZ_NOT_OWNER");
    calendar(&format!("{december}&courtId={}", world.new_id())).await.refused(404, "COURT_NOT_FOUND");
    for (wrong, field) in [
        ("fromDate=2026-12-01", "toDate"),
        ("toDate=2026-12-01", "fromDate"),
        ("fromDate=2026-12-02&toDate=2026-12-01", "toDate"),
        ("fromDate=2026-12-01&toDate=2028-12-01", "toDate"),
        ("fromDate=soon&toDate=2026-12-01", "fromDate"),
        ("fromDate=2026-12-01&toDate=2026-12-02&courtId=7", "courtId"),
    ] {
        assert_eq!(calendar(wrong).await.wrong_fields(), [field], "{wrong}");
    }
}

/// HOL-50: what a court follows and what blocks it in a year.
#[tokio::test]
async fn a_court_lists_its_holidays() {
    let world = World::new().await;
    let (club, rival) = (Club::new(&world).await, Club::new(&world).await);
    let court = club.open_court(&world, json!({})).await;
    let path = format!("/api/courts/{}/holidays", text(&court["id"]));
    let christmas = national(&world, "Christmas Day").await;
    let fair = json!({ "nameEl": "Πανηγύρι", "date": "2026-09-01", "endDate": "2026-09-02", "isRecurring": true });
    let fair = custom(&world, &club, fair).await;
    apply(&world, &club, &[&christmas], &[&court], json!({ "years": [2026, 2027] })).await.expect(200);
    apply(&world, &club, &[&fair], &[&court], json!({ "autoRenew": false })).await.expect(200);
    let list = async |query: &str| world.get(&format!("{path}{query}")).bearer(&club.token).send().await;
    let expected = json!({ "holidays": [
        {
            "holidayId": fair["id"], "holidayName": "Πανηγύρι", "holidayNameEn": null, "source": "HOLIDAY_CUSTOM",
            "dates": ["2026-09-01", "2026-09-02"], "autoRenew": false, "createdAt": "2026-05-04T09:00:00Z",
        },
        {
            "holidayId": christmas["id"], "holidayName": "Χριστούγεννα", "holidayNameEn": "Christmas Day",
            "source": "HOLIDAY_NATIONAL", "dates": ["2026-12-25"], "autoRenew": true,
            "createdAt": "2026-05-04T09:00:00Z",
        },
    ] });
    assert_eq!(list("").await.expect(200), expected);
    assert_eq!(list("?year=2026").await.expect(200), expected);
    let next = list("?year=2027").await.expect(200);
    assert_eq!(
        (next["holidays"].as_array().expect("a list").len(), &next["holidays"][0]["dates"]),
        (1, &json!(["2027-12-25"]))
    );
    for wrong in ["?year=1999", "?year=2200", "?year=soon", "?year=99999"] {
        assert_eq!(list(wrong).await.wrong_fields(), ["year"], "{wrong}");
    }
    world.get(&path).bearer(&rival.token).send().await.refused(403, "AUTHZ_NOT_OWNER");
    let nobody = format!("/api/courts/{}/holidays", world.new_id());
    world.get(&nobody).bearer(&club.token).send().await.refused(404, "COURT_NOT_FOUND");
}

/// HOL-41, HOL-51, HOL-52, HOL-43: removal ends the subscription and takes what lies after today, all, or nothing; what was
/// edited by hand stays; slots are free again at once.
#[tokio::test]
async fn a_court_lets_go_of_a_holiday() {
    let world = World::new().await;
    let (club, rival) = (Club::new(&world).await, Club::new(&world).await);
    let today = json!({ "nameEl": "Ιδρυτική", "date": "2026-05-04", "isRecurring": true });
    let holiday = custom(&world, &club, today).await;
    for (query, left, deleted) in [
        ("", vec!["2026-05-04", "2028-05-04"], vec!["2027-05-04"]),
        ("?deleteOverrides=DELETE_FUTURE", vec!["2026-05-04", "2028-05-04"], vec!["2027-05-04"]),
        ("?deleteOverrides=DELETE_ALL", vec!["2028-05-04"], vec!["2026-05-04", "2027-05-04"]),
        ("?deleteOverrides=KEEP", vec!["2026-05-04", "2027-05-04", "2028-05-04"], vec![]),
    ] {
        let court = club.open_court(&world, json!({})).await;
        apply(&world, &club, &[&holiday], &[&court], json!({ "years": [2026, 2027, 2028] })).await.expect(200);
        edit_by_hand(&world, &club, &court, "2028-05-04").await;
        let told = block_events(&world, &court).await.len();
        let slots = format!("/api/courts/{}/availability?date=2027-05-04", text(&court["id"]));
        let before = world.get(&slots).bearer(&club.token).send().await.expect(200);
        assert_eq!(before["slots"][0]["status"], "BLOCKED");
        let path = format!("/api/courts/{}/holidays/{}{query}", text(&court["id"]), text(&holiday["id"]));
        world.delete(&path).bearer(&rival.token).send().await.refused(403, "AUTHZ_NOT_OWNER");
        world.delete(&path).bearer(&club.token).send().await.expect(204);
        assert_eq!(dates(&world, &court).await, left, "{query}");
        let after = world.get(&slots).bearer(&club.token).send().await.expect(200);
        let expected = if left.contains(&"2027-05-04") { "BLOCKED" } else { "AVAILABLE" };
        assert_eq!(after["slots"][0]["status"], expected, "{query}");
        let events = block_events(&world, &court).await;
        let ranges: Vec<_> = events[told..].iter().collect();
        match (deleted.first(), deleted.last()) {
            (Some(first), Some(last)) => {
                assert_eq!(ranges, [&("OVERRIDE_DELETED".to_owned(), (*first).to_owned(), (*last).to_owned())]);
            }
            _ => assert!(ranges.is_empty(), "{ranges:?}"),
        }
        let again = world.delete(&path).bearer(&club.token).send().await;
        // Blocks that were kept still answer for the holiday; without any there is nothing to end.
        let known = crate::holidays::blocks(&world, &court).await.iter().any(|block| block.5);
        if known { drop(again.expect(204)) } else { drop(again.refused(404, "HOLIDAY_NOT_FOUND")) }
    }
    assert_eq!(world.count("SELECT count(*) FROM court_holidays").await, 0);
    let court = club.open_court(&world, json!({})).await;
    let never = format!("/api/courts/{}/holidays/{}", text(&court["id"]), text(&holiday["id"]));
    world.delete(&never).bearer(&club.token).send().await.refused(404, "HOLIDAY_NOT_FOUND");
    let wrong = world.delete(&format!("{never}?deleteOverrides=SOME")).bearer(&club.token).send().await;
    assert_eq!(wrong.wrong_fields(), ["deleteOverrides"]);
}
