//! A change of a booking and its event are one: while the outbox takes nothing, nothing changes.

use serde_json::{Value, json};

use crate::support::{Answer, Club, DAY, World, fresh_key};

/// Lets the outbox refuse every row, or take them again.
async fn set_outbox(world: &World, refuses: bool) {
    let statements: &[&str] = if refuses {
        &[
            "CREATE FUNCTION transaction.refuse_row() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'the outbox is full'; END $$",
            "CREATE TRIGGER full_outbox BEFORE INSERT ON transaction.outbox
                 FOR EACH ROW EXECUTE FUNCTION transaction.refuse_row()",
        ]
    } else {
        &["DROP TRIGGER full_outbox ON transaction.outbox", "DROP FUNCTION transaction.refuse_row()"]
    };
    for statement in statements {
        sqlx::query(*statement).execute(&world.admin).await.expect("a trigger");
    }
}

/// What the tables say of all bookings, their history and their events.
async fn state(world: &World) -> (Vec<(String, String, i64)>, i64) {
    let bookings = sqlx::query_as(
        "SELECT status, lower(period)::text,
                (SELECT count(*) FROM transaction.booking_status_history step WHERE step.booking_id = booking.id)
         FROM transaction.bookings booking ORDER BY id",
    )
    .fetch_all(&world.admin)
    .await
    .expect("bookings");
    (bookings, world.count("SELECT count(*) FROM transaction.outbox").await)
}

async fn cancel(world: &World, token: &str, booking: &str) -> Answer {
    let path = format!("/api/bookings/{booking}/cancel");
    world.post(&path).bearer(token).key(fresh_key()).json(&json!({})).send().await
}

async fn modify(world: &World, token: &str, booking: &str) -> Answer {
    let body = json!({ "newDate": DAY, "newStartTime": "14:00" });
    world.call("PUT", &format!("/api/bookings/{booking}/modify")).bearer(token).json(&body).send().await
}

/// LIVE-13: hold, confirmation, move, rejection and cancellation fail as a whole when their event cannot be stored, and
/// succeed as a whole afterwards.
#[tokio::test]
async fn nothing_changes_without_its_event() {
    let world = World::new().await;
    let (club, by_hand) = (Club::new(&world).await, Club::confirming_by_hand(&world).await);
    let (_, token) = world.customer().await;
    let id = |booking: &Value| booking["id"].as_str().expect("an id").to_owned();
    let booked = id(&club.book(&world, &token, "10:00").await);
    let pending = id(&by_hand.book(&world, &token, "12:00").await);
    let before = state(&world).await;

    set_outbox(&world, true).await;
    let hold = club.try_to_book(&world, &token, "16:00", "pm_card_visa").await;
    let confirm = world.post(&format!("/api/bookings/{pending}/confirm")).bearer(&by_hand.token).json(&json!({}));
    let reject = world.post(&format!("/api/bookings/{pending}/reject")).bearer(&by_hand.token);
    let answers = [
        ("hold", hold),
        ("move", modify(&world, &token, &booked).await),
        ("cancellation", cancel(&world, &token, &booked).await),
        ("rejection", reject.json(&json!({ "reason": "No" })).send().await),
        ("confirmation", confirm.send().await),
    ];
    for (what, answer) in answers {
        assert!(answer.status.as_u16() >= 500, "{what}: {answer:?}");
    }
    assert_eq!(state(&world).await, before);

    set_outbox(&world, false).await;
    club.try_to_book(&world, &token, "16:00", "pm_card_visa").await.expect(201);
    modify(&world, &token, &booked).await.expect(200);
    cancel(&world, &token, &booked).await.expect(200);
    for event in ["SLOT_HELD", "BOOKING_CREATED", "BOOKING_MODIFIED", "BOOKING_CANCELLED"] {
        assert!(!world.events(event).await.is_empty(), "{event}");
    }
}
