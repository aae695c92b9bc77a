//! What platform publishes and what it does to bookings: blocks, removed and transferred courts, deleted accounts (BOOK-39,
//! HOL-33, HOL-34, AUTH-40, EVT-21).

use contracts::court::TimeOfDay;
use contracts::events::{
    AccountDeleted, AvailabilityChange, AvailabilityUpdated, BlockedTime, CourtDeleted, CourtUpdated, DateRange,
};
use contracts::identity::Role;
use contracts::ids::{BookingId, CourtId, OverrideId};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::support::{Club, World, fresh_key};

fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

fn court(club: &Club) -> CourtId {
    club.court.parse().expect("an id")
}

fn block(world: &World, club: &Club, bookings: &[&Value]) -> AvailabilityUpdated {
    let day = date(2026, 5, 19);
    AvailabilityUpdated {
        court_id: court(club),
        court_owner_id: club.owner,
        change_type: AvailabilityChange::OverrideCreated,
        affected_date_range: Some(DateRange { from: day, to: day }),
        blocked: Some(BlockedTime {
            override_id: OverrideId(world.new_id()),
            date: day,
            start_time: None::<TimeOfDay>,
            end_time: None,
            reason: "Holiday".to_owned(),
        }),
        cancel_booking_ids: Some(
            bookings.iter().map(|booking| BookingId(id(booking).parse().expect("an id"))).collect(),
        ),
        cancellation_reason: Some("Holiday".to_owned()),
        customers_told: None,
    }
}

/// HOL-35: platform has told the customer of all bookings in one message, so no other one follows; the owner's own copy does.
#[tokio::test]
async fn customers_that_platform_has_told_are_not_told_again() {
    for told in [None, Some(true)] {
        let world = World::new().await;
        let club = Club::new(&world).await;
        let (customer, token) = world.customer().await;
        let booking = club.book(&world, &token, "10:00").await;

        world.hear(AvailabilityUpdated { customers_told: told, ..block(&world, &club, &[&booking]) }).await;

        assert_eq!(world.status_of(id(&booking)).await, "CANCELLED");
        let heard = world.events("NOTIFICATION_REQUESTED").await;
        let cancelled = |user: &Value| {
            let of_user = |event: &&Value| {
                event["payload"]["notificationType"] == "BOOKING_CANCELLED" && &event["payload"]["userId"] == user
            };
            heard.iter().filter(of_user).count()
        };
        assert_eq!(cancelled(&json!(customer)), usize::from(told.is_none()));
        assert_eq!(cancelled(&json!(club.owner)), 1);
    }
}

/// HOL-33, HOL-34, BOOK-39: the named bookings are called off as the owner's doing, with the whole net back, once however
/// often the message comes; others stay, and what is over already is left alone.
#[tokio::test]
async fn a_block_calls_its_bookings_off() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let (one, two, stays) = (
        club.book(&world, &token, "10:00").await,
        club.book(&world, &token, "11:00").await,
        club.book(&world, &token, "12:00").await,
    );
    let body = json!({ "courtId": club.court, "date": "2026-05-19", "startTime": "14:00" });
    let manual = world.post("/api/bookings/manual").bearer(&club.token).json(&body).send().await.expect(201);
    let cancel = world.post(&format!("/api/bookings/{}/cancel", id(&two))).bearer(&token).key(fresh_key());
    cancel.send().await.expect(200);

    for _ in 0..3 {
        world.hear(block(&world, &club, &[&one, &two, &manual])).await;
    }

    assert_eq!(world.status_of(id(&stays)).await, "CONFIRMED");
    assert_eq!(world.status_of(id(&manual)).await, "CANCELLED");
    let detail = world.get(&format!("/api/bookings/{}", id(&one))).bearer(&token).send().await.expect(200);
    assert_eq!((&detail["cancelledBy"], &detail["cancellationReason"]), (&json!("COURT_OWNER"), &json!("Holiday")));
    assert_eq!(detail["refundedAmountCents"], 4_500);
    let cancelled = world.events("BOOKING_CANCELLED").await;
    assert_eq!(cancelled.len(), 3, "one each, the customer's own included");
    assert_eq!(world.count("SELECT count(*) FROM transaction.refunds").await, 2);
    let told = world.events("NOTIFICATION_REQUESTED").await;
    assert!(told.iter().any(|event| event["payload"]["notificationType"] == "BOOKING_CANCELLED"
        && event["payload"]["data"]["bookingId"] == one["id"]
        && event["payload"]["body"]["en"].as_str().is_some_and(|text| text.contains("Holiday"))));
}

/// HOL-34: a booking whose payment is being decided at that moment is called off afterwards.
#[tokio::test]
async fn a_block_waits_for_a_payment_that_is_being_decided() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    let capturing = "UPDATE transaction.payments SET pending_step = 'CAPTURE', step_started_at = now()";
    sqlx::query(capturing).execute(&world.admin).await.expect("a payment");
    world.hear(block(&world, &club, &[&booking])).await;
    assert_eq!(world.status_of(id(&booking)).await, "PENDING_CONFIRMATION");
    let done = "UPDATE transaction.payments SET pending_step = NULL, step_started_at = NULL";
    sqlx::query(done).execute(&world.admin).await.expect("a payment");
    for _ in 0..10 {
        world.advance(jiff::SignedDuration::from_mins(10));
        world.run_jobs().await;
    }
    assert_eq!(world.status_of(id(&booking)).await, "CANCELLED");
}

/// AUTH-40: a customer who leaves has future bookings called off by policy; an owner's leaving calls nothing off here.
#[tokio::test]
async fn a_deleted_account_calls_its_bookings_off() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (customer, token) = world.customer().await;
    let (_, other) = world.customer().await;
    let (mine, theirs) = (club.book(&world, &token, "10:00").await, club.book(&world, &other, "11:00").await);
    world.hear(AccountDeleted { user_id: club.owner, role: Role::CourtOwner }).await;
    assert_eq!(world.status_of(id(&mine)).await, "CONFIRMED");
    for _ in 0..2 {
        world.hear(AccountDeleted { user_id: customer, role: Role::Customer }).await;
    }
    assert_eq!(
        (world.status_of(id(&mine)).await.as_str(), world.status_of(id(&theirs)).await.as_str()),
        ("CANCELLED", "CONFIRMED")
    );
    let cancelled = &world.events("BOOKING_CANCELLED").await;
    assert_eq!((cancelled.len(), &cancelled[0]["payload"]["cancelledBy"]), (1, &json!("CUSTOMER")));
    assert_eq!(cancelled[0]["payload"]["refundAmountCents"], 4_500);
}

fn updated(club: &Club, owner: contracts::ids::UserId, previous: Option<contracts::ids::UserId>) -> CourtUpdated {
    CourtUpdated {
        court_id: court(club),
        court_owner_id: owner,
        previous_court_owner_id: previous,
        changed_fields: vec!["ownerId".to_owned()],
        court_name: None,
        court_type: None,
        location_type: None,
        booking_duration_minutes: None,
        max_capacity: None,
        confirmation_mode: None,
        confirmation_timeout_hours: None,
        waitlist_enabled: None,
        version: None,
    }
}

/// A transferred court takes its future bookings along: the new owner sees and handles them, the old one keeps the past.
#[tokio::test]
async fn a_transferred_court_takes_its_bookings_along() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let (past, future) = (club.book(&world, &token, "10:00").await, club.book(&world, &token, "20:00").await);
    let played: jiff::Timestamp = "2026-05-19T09:00:00Z".parse().expect("an instant");
    world.advance(played.duration_since(crate::support::begin()));
    world.sweep().await;
    let (heir, _) = world.person(Role::CourtOwner).await;
    world.hear(updated(&club, club.owner, None)).await;
    world.hear(updated(&club, heir, Some(club.owner))).await;
    let world = &world;
    let listed = |token: String| async move {
        world.get("/api/bookings").bearer(&token).send().await.expect(200)["bookings"].clone()
    };
    let of_heir = listed(world.token(heir, Role::CourtOwner)).await;
    assert_eq!((of_heir.as_array().map(Vec::len), &of_heir[0]["id"]), (Some(1), &future["id"]));
    let of_owner = listed(world.token(club.owner, Role::CourtOwner)).await;
    assert_eq!((of_owner.as_array().map(Vec::len), &of_owner[0]["id"]), (Some(1), &past["id"]));
}

/// EVT-21: what slipped in before a court was removed is called off with everything back; the past stays.
#[tokio::test]
async fn a_removed_court_calls_off_what_slipped_in() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let booking = club.book(&world, &token, "10:00").await;
    world.hear(CourtDeleted { court_id: court(&club), court_owner_id: club.owner }).await;
    assert_eq!(world.status_of(id(&booking)).await, "CANCELLED");
    assert_eq!(world.events("BOOKING_CANCELLED").await[0]["payload"]["refundAmountCents"], 4_500);
}
