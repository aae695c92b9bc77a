//! What owners do beside answering: no-shows, money at the desk, many answers at once, reminders (BOOK-26, 33, 50, 63, 64).

use contracts::identity::Role;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::{Answer, Club, DAY, World, begin, fresh_key};

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

fn until(instant: &str) -> SignedDuration {
    instant.parse::<Timestamp>().expect("an instant").duration_since(begin())
}

async fn act(world: &World, token: &str, booking: &Value, action: &str, body: &Value) -> Answer {
    world.post(&format!("/api/bookings/{}/{action}", id(booking))).bearer(token).json(body).send().await
}

/// BOOK-63, BOOK-64: within a day after the end, by the owner alone; it costs nothing and is counted.
#[tokio::test]
async fn a_no_show_is_noted_within_a_day() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let early = act(&world, &club.token, &booking, "no-show", &json!({})).await.refused(422, "BOOKING_NOT_COMPLETED");
    assert_eq!(early["details"]["currentStatus"], "CONFIRMED");
    // Eleven o'clock in Athens is the end; the job that completes it has not come by.
    world.advance(until("2026-05-19T08:00:00Z"));
    let owner = world.token(club.owner, Role::CourtOwner);
    let (_, stranger) = world.person(Role::CourtOwner).await;
    act(&world, &stranger, &booking, "no-show", &json!({})).await.refused(404, "BOOKING_NOT_FOUND");
    let noted = act(&world, &owner, &booking, "no-show", &json!({ "notes": "Nobody" })).await.expect(200);
    assert_eq!((&noted["noShow"], &noted["flaggedAt"]), (&json!(true), &json!("2026-05-19T08:00:00Z")));
    world.advance(SignedDuration::from_hours(1));
    let again = act(&world, &owner, &booking, "no-show", &json!({})).await.expect(200);
    assert_eq!(again, noted, "saying it again changes nothing");
    let shown = world.get(&format!("/api/bookings/{}", id(&booking))).bearer(&world.token(customer, Role::Customer));
    let shown = shown.send().await.expect(200);
    assert_eq!((&shown["status"], &shown["noShow"]), (&json!("COMPLETED"), &json!(true)));
    assert_eq!(shown["noShowFlaggedAt"], "2026-05-19T08:00:00Z");
    assert_eq!((&shown["refundedAmountCents"], &shown["amountCents"]), (&json!(0), &json!(5_000)));
    let counted = world.events("BOOKING_ANALYTICS").await;
    assert_eq!(counted.iter().filter(|event| event["payload"]["eventType"] == "NO_SHOW").count(), 1);
}

/// BOOK-63: after 24 hours it is too late.
#[tokio::test]
async fn a_late_no_show_is_refused() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    world.advance(until("2026-05-20T08:00:00.000001Z"));
    world.sweep().await;
    let owner = world.token(club.owner, Role::CourtOwner);
    let late = act(&world, &owner, &booking, "no-show", &json!({})).await.refused(422, "NO_SHOW_WINDOW_EXPIRED");
    assert_eq!(late["details"]["windowClosedAt"], "2026-05-20T08:00:00Z");
}

/// BOOK-50: only what was entered by hand is paid at the desk, once, and then it counts as paid everywhere.
#[tokio::test]
async fn a_manual_booking_is_paid_at_the_desk() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let paid_online = club.book(&world, &token, "12:00").await;
    let body = json!({ "courtId": club.court, "date": DAY, "startTime": "10:00" });
    let manual = world.post("/api/bookings/manual").bearer(&club.token).json(&body).send().await.expect(201);

    let cash = json!({ "paymentMethod": "cash", "notes": "50 euros" });
    act(&world, &club.token, &paid_online, "mark-paid", &cash).await.refused(422, "NOT_A_MANUAL_BOOKING");
    for wrong in ["cheque", "CASH", ""] {
        let body = json!({ "paymentMethod": wrong });
        assert_eq!(act(&world, &club.token, &manual, "mark-paid", &body).await.wrong_fields(), ["paymentMethod"]);
    }
    let (_, stranger) = world.person(Role::CourtOwner).await;
    act(&world, &stranger, &manual, "mark-paid", &cash).await.refused(404, "BOOKING_NOT_FOUND");

    let unpaid = world.get("/api/bookings?paymentStatus=UNPAID").bearer(&club.token).send().await.expect(200);
    assert_eq!(unpaid["totalElements"], 1);
    let marked = act(&world, &club.token, &manual, "mark-paid", &cash).await.expect(200);
    assert_eq!(
        (&marked["paymentStatus"], &marked["paidAt"]),
        (&json!("PAID_EXTERNALLY"), &json!("2026-05-04T09:00:00Z"))
    );
    let later = json!({ "paymentMethod": "bank_transfer" });
    assert_eq!(act(&world, &club.token, &manual, "mark-paid", &later).await.expect(200), marked);
    let shown = world.get(&format!("/api/bookings/{}", id(&manual))).bearer(&club.token).send().await.expect(200);
    assert_eq!(shown["externalPayment"], json!({ "method": "cash", "notes": "50 euros", "paidAt": marked["paidAt"] }));
    let unpaid = world.get("/api/bookings?paymentStatus=UNPAID").bearer(&club.token).send().await.expect(200);
    assert_eq!(unpaid["totalElements"], 0);
}

/// BOOK-33: each booking is treated alone, in the order they were named.
#[tokio::test]
async fn many_are_answered_at_once() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    let mut bookings = Vec::new();
    for start in ["10:00", "11:00", "12:00"] {
        bookings.push(club.book(&world, &token, start).await);
    }
    act(&world, &club.token, &bookings[1], "reject", &json!({ "reason": "Full" })).await.expect(200);
    let nobody = fresh_key();
    let bulk = |body: Value| world.post("/api/bookings/bulk-action").bearer(&club.token).json(&body).send();
    let ids = json!([bookings[0]["id"], bookings[1]["id"], nobody, bookings[2]["id"]]);

    assert_eq!(bulk(json!({ "bookingIds": ids, "action": "REJECT" })).await.wrong_fields(), ["reason"]);
    assert_eq!(bulk(json!({ "bookingIds": [], "action": "CONFIRM" })).await.wrong_fields(), ["bookingIds"]);
    let result = bulk(json!({ "bookingIds": ids, "action": "CONFIRM", "message": "Welcome" })).await.expect(207);

    assert_eq!((&result["successCount"], &result["failureCount"]), (&json!(2), &json!(2)));
    let states: Vec<_> = result["results"].as_array().expect("a list").iter().map(|one| &one["status"]).collect();
    assert_eq!(states, ["SUCCESS", "FAILED", "FAILED", "SUCCESS"]);
    assert_eq!(result["results"][1]["error"]["code"], "BOOKING_NOT_PENDING");
    assert_eq!(result["results"][2]["error"]["code"], "BOOKING_NOT_FOUND");
    assert_eq!(world.events("BOOKING_CONFIRMED").await.len(), 2);
    let more = club.book(&world, &token, "13:00").await;
    let result = bulk(json!({ "bookingIds": [more["id"]], "action": "REJECT", "reason": "Rain" })).await.expect(207);
    assert_eq!(result["successCount"], 1);
    assert_eq!(world.status_of(id(&more)).await, "REJECTED");
}

/// BOOK-26: one, four and twelve hours after creation, once each although several processes sweep, and never after an answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn owners_are_reminded() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let answered = club.book(&world, &token, "12:00").await;
    act(&world, &club.token, &answered, "confirm", &json!({})).await.expect(200);
    let reminders = || async {
        let told = world.events("NOTIFICATION_REQUESTED").await;
        told.iter()
            .filter(|event| event["payload"]["notificationType"] == "PENDING_CONFIRMATION_REMINDER")
            .inspect(|event| assert_eq!(event["payload"]["userId"], json!(club.owner)))
            .filter(|event| event["payload"]["data"]["bookingId"] == booking["id"])
            .count()
    };
    world.sweep().await;
    assert_eq!(reminders().await, 0);
    let mut expected = 0;
    for hours in [1, 3, 8] {
        world.advance(SignedDuration::from_hours(hours));
        join_all((0..4).map(|_| world.sweep())).await;
        expected += 1;
        assert_eq!(reminders().await, expected);
    }
    assert_eq!(world.count("SELECT count(*) FROM transaction.bookings WHERE confirmation_reminders > 0").await, 1);
}
