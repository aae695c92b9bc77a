//! `DELETE /api/courts/{courtId}`.

use contracts::identity::Role;
use serde_json::json;

use crate::club::{Booked, Club, MONDAY, Taken, court_body, in_minutes, take, text};
use crate::support::World;

/// COURT-22: 204, one event, and nobody finds the court any more, its owner included; the row stays for its history.
#[tokio::test]
async fn a_court_is_removed() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let kept = club.court(&world, json!({})).await;
    let path = format!("/api/courts/{}", text(&court["id"]));
    world.delete(&path).bearer(&club.token).send().await.expect(204);
    world.delete(&path).bearer(&club.token).send().await.refused(404, "COURT_NOT_FOUND");
    world.get(&path).bearer(&club.token).send().await.refused(404, "COURT_NOT_FOUND");
    let own = world.get("/api/courts/owner/me").bearer(&club.token).send().await.expect(200);
    assert_eq!(own["courts"].as_array().map(Vec::len), Some(1));
    assert_eq!(own["courts"][0]["id"], kept["id"]);
    let events = world.events("COURT_DELETED").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].0, text(&court["id"]));
    assert_eq!(events[0].1["payload"], json!({ "courtId": court["id"], "courtOwnerId": club.owner }));
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM platform.v_court_summary WHERE court_id = $1::uuid")
        .bind(text(&court["id"]))
        .fetch_one(&world.pool)
        .await
        .expect("a count");
    assert_eq!((seen, world.count("SELECT count(*) FROM courts").await), (0, 2));
    assert_eq!(
        world.count("SELECT count(*) FROM audit_log WHERE action = 'COURT_DELETED' AND state_after IS NULL").await,
        1
    );
    // COURT-11: its name is free for another one.
    world.post("/api/courts").bearer(&club.token).json(&court_body(json!({}))).send().await.expect(201);
}

/// COURT-22, COURT-23: bookings ahead keep a court, confirmed or waiting; those of the past do not.
#[tokio::test]
async fn bookings_ahead_keep_a_court() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    Booked { date: "2026-05-01", ..Booked::default() }.store(&world, &court).await;
    Booked { date: "2026-06-08", ..Booked::default() }.store(&world, &court).await;
    let waiting = Booked { status: "PENDING_CONFIRMATION", customer: Some(world.new_id()), ..Booked::default() };
    waiting.store(&world, &court).await;
    let path = format!("/api/courts/{}", text(&court["id"]));
    let refused = world.delete(&path).bearer(&club.token).send().await.refused(409, "COURT_HAS_FUTURE_BOOKINGS");
    assert_eq!(refused["details"], json!({ "bookingCount": 2, "nextBookingDate": MONDAY }));
    assert_eq!(world.events("COURT_DELETED").await.len(), 0);
    world.get(&path).bearer(&club.token).send().await.expect(200);
    forget_bookings(&world, "booking_date > '2026-05-02'").await;
    world.delete(&path).bearer(&club.token).send().await.expect(204);
}

async fn forget_bookings(world: &World, condition: &str) {
    let statement = format!(
        "UPDATE transaction.bookings SET status = 'CANCELLED', cancelled_by = 'COURT_OWNER', reason = 'test' WHERE {condition}"
    );
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&world.database.admin().await).await.expect("cancelled");
}

/// COURT-22: a slot that is being paid for may be a booking in a moment.
#[tokio::test]
async fn a_payment_under_way_keeps_a_court() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    take(&world, &court, MONDAY, "10:00", "11:30", Taken::HeldUntil(in_minutes(&world, 2))).await;
    let path = format!("/api/courts/{}", text(&court["id"]));
    world.delete(&path).bearer(&club.token).send().await.refused(409, "SLOT_BEING_BOOKED");
    world.clock.advance(jiff::SignedDuration::from_mins(2));
    world.delete(&path).bearer(&club.token).send().await.expect(204);
}

/// COURT-23: money of past bookings that has not reached the owner keeps a court as well.
#[tokio::test]
async fn unsettled_payouts_keep_a_court() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({})).await;
    let customer = world.new_id();
    let booking =
        Booked { date: "2026-05-01", customer: Some(customer), ..Booked::default() }.store(&world, &court).await;
    let admin = world.database.admin().await;
    sqlx::query(
        "INSERT INTO transaction.payments (id, booking_id, user_id, owner_id, status, capture_method, amount_cents,
             commission_cents, owner_net_cents, refunded_cents, payment_method_id, stripe_customer_id, destination_account,
             captured_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, 'PARTIALLY_REFUNDED', 'AUTOMATIC', 2000, 200, 1800, 300, 'pm_1', 'cus_1', 'acct_1',
             now(), now(), now())",
    )
    .bind(world.new_id())
    .bind(booking)
    .bind(customer)
    .bind(club.owner)
    .execute(&admin)
    .await
    .expect("a payment");
    let path = format!("/api/courts/{}", text(&court["id"]));
    let refused = world.delete(&path).bearer(&club.token).send().await.refused(409, "COURT_HAS_PENDING_PAYOUTS");
    assert_eq!(refused["details"], json!({ "pendingAmountCents": 1500 }));
    sqlx::query("UPDATE transaction.payments SET settled_at = now()").execute(&admin).await.expect("settled");
    world.delete(&path).bearer(&club.token).send().await.expect(204);
}

/// COURT-24: others are refused, unknown ones do not exist.
#[tokio::test]
async fn only_the_owner_removes() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let (_, rival) = world.person(Role::CourtOwner).await;
    let path = format!("/api/courts/{}", text(&court["id"]));
    world.delete(&path).bearer(&rival).send().await.refused(403, "AUTHZ_NOT_OWNER");
    let unknown = format!("/api/courts/{}", world.new_id());
    world.delete(&unknown).bearer(&club.token).send().await.refused(404, "COURT_NOT_FOUND");
    assert_eq!(world.get(&path).bearer(&club.token).send().await.expect(200)["version"], 1);
    assert_eq!(world.delete("/api/courts/1").bearer(&club.token).send().await.wrong_fields(), ["courtId"]);
}
