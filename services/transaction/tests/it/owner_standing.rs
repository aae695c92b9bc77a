//! What an owner may do while Stripe or the subscription says no, and what goes on all the same.

use contracts::identity::{Role, SubscriptionStatus};
use serde_json::{Value, json};

use crate::support::{Answer, Club, DAY, World, booking_body, fresh_key};

async fn set_account(world: &World, club: &Club, status: &str) {
    sqlx::query("UPDATE platform.users SET stripe_status = $2 WHERE id = $1")
        .bind(club.owner.0)
        .bind(status)
        .execute(&world.admin)
        .await
        .expect("an owner");
}

async fn enter(world: &World, token: &str, court: &str, start: &str) -> Answer {
    let body = json!({ "courtId": court, "date": DAY, "startTime": start });
    world.post("/api/bookings/manual").bearer(token).json(&body).send().await
}

/// PAY-53, PAY-55: until the account is ACTIVE, and again while it is RESTRICTED or DISABLED, customers are refused before
/// anything is held or charged and the owner's own bookings go on; ACTIVE again undoes it.
#[tokio::test]
async fn customers_book_only_with_owners_who_can_be_paid() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let mut hour = 9;
    for status in ["NOT_STARTED", "PENDING", "RESTRICTED", "DISABLED"] {
        set_account(&world, &club, status).await;
        let (_, token) = world.customer().await;
        let (wanted, by_hand) = (format!("{hour:02}:00"), format!("{:02}:00", hour + 1));
        club.try_to_book(&world, &token, &wanted, "pm_card_visa").await.refused(422, "COURT_NOT_BOOKABLE");
        enter(&world, &club.token, &club.court, &by_hand).await.expect(201);
        set_account(&world, &club, "ACTIVE").await;
        club.book(&world, &token, &wanted).await;
        hour += 2;
    }
    assert_eq!(world.count("SELECT count(*) FROM transaction.payments").await, 4, "one for each that was booked");
}

/// BOOK-48, BOOK-49: in the trial an owner may do everything; once it has lapsed no manual booking can be entered, while
/// what was booked stays, can be seen and confirmed, and customers go on booking.
#[tokio::test]
async fn a_lapsed_subscription_ends_manual_bookings_only() {
    let world = World::new().await;
    let club = Club::confirming_by_hand(&world).await;
    let entered = enter(&world, &club.token, &club.court, "09:00").await.expect(201);
    let (_, token) = world.customer().await;
    let pending = club.book(&world, &token, "10:00").await;

    let lapsed = world.token_with(club.owner, Role::CourtOwner, Some(SubscriptionStatus::Expired));
    enter(&world, &lapsed, &club.court, "12:00").await.refused(403, "SUBSCRIPTION_EXPIRED");
    let id = |booking: &Value| booking["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/bookings/{}", id(&entered));
    assert_eq!(world.get(&path).bearer(&lapsed).send().await.expect(200)["status"], "CONFIRMED");
    let confirm = world.post(&format!("/api/bookings/{}/confirm", id(&pending))).bearer(&lapsed);
    assert_eq!(confirm.send().await.expect(200)["status"], "CONFIRMED");
    let listed = world.get("/api/bookings").bearer(&lapsed).send().await.expect(200);
    assert_eq!(listed["totalElements"], 2);
    club.book(&world, &token, "12:00").await;
}

/// AUTH-52, AUTH-54: the owner's stored standing decides at the moment of a booking, and nothing in the customer's token;
/// courts of an owner who is not verified are set up and shown for the owner alone.
#[tokio::test]
async fn the_owners_stored_standing_decides() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    let book = async |start: &str| {
        let body = booking_body(&club.court, DAY, start, "pm_card_visa");
        world.post("/api/bookings").bearer(&token).key(fresh_key()).json(&body).send().await
    };
    let verify = async |verified: bool| {
        sqlx::query("UPDATE platform.users SET verified = $2 WHERE id = $1")
            .bind(club.owner.0)
            .bind(verified)
            .execute(&world.admin)
            .await
            .expect("an owner")
    };
    set_account(&world, &club, "PENDING").await;
    book("18:00").await.refused(422, "COURT_NOT_BOOKABLE");
    enter(&world, &club.token, &club.court, "10:00").await.expect(201);
    set_account(&world, &club, "ACTIVE").await;
    book("18:00").await.expect(201);

    verify(false).await;
    let path = format!("/api/courts/{}", club.court);
    world.platform("GET", &path).bearer(&token).send().await.refused(404, "COURT_NOT_FOUND");
    let shown = world.platform("GET", &path).bearer(&club.token).send().await.expect(200);
    assert_eq!(shown["status"], "HIDDEN");
    let change = json!({ "version": shown["version"], "maxCapacity": 6 });
    world.platform("PUT", &path).bearer(&club.token).json(&change).send().await.expect(200);
    book("19:00").await.refused(422, "COURT_OWNER_NOT_VERIFIED");
    verify(true).await;
    world.platform("GET", &path).bearer(&token).send().await.expect(200);
    book("19:00").await.expect(201);
}
