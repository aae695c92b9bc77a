//! Ratings of courts by customers who have played on them.

use contracts::identity::Role;
use contracts::ids::UserId;
use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::club::{Club, text};
use crate::support::{Answer, World};

/// A booking as the transaction service would have stored it: on a past day, one hour from `hour`.
async fn booking(world: &World, court: &Value, customer: UserId, hour: u8, status: &str) -> Uuid {
    let id = world.new_id();
    sqlx::query(
        "INSERT INTO transaction.bookings (id, court_id, owner_id, customer_id, kind, status, booking_date, start_time,
             end_time, duration_minutes, timezone, period, court_name_el, court_type, confirmation_mode, completed_at,
             trace_id, created_at, updated_at)
         VALUES ($1, $2::uuid, $3::uuid, $4, 'CUSTOMER', $5, '2026-05-01', $6::time, $6::time + interval '1 hour', 60,
             'Europe/Athens', tstzrange(('2026-05-01'::date + $6::time) AT TIME ZONE 'Europe/Athens',
                 ('2026-05-01'::date + $6::time + interval '1 hour') AT TIME ZONE 'Europe/Athens'),
             'Court', 'PADEL', 'INSTANT', CASE WHEN $5 = 'COMPLETED' THEN now() END, 'trace', now(), now())",
    )
    .bind(id)
    .bind(text(&court["id"]))
    .bind(text(&court["ownerId"]))
    .bind(customer.0)
    .bind(status)
    .bind(format!("{hour:02}:00"))
    .execute(&world.database.admin().await)
    .await
    .expect("a booking");
    id
}

fn path(court: &Value) -> String {
    format!("/api/courts/{}/ratings", text(&court["id"]))
}

async fn rate(world: &World, court: &Value, token: &str, body: Value) -> Answer {
    world.post(&path(court)).bearer(token).json(&body).send().await
}

async fn details(world: &World, court: &Value, token: &str) -> Value {
    world.get(&format!("/api/courts/{}", text(&court["id"]))).bearer(token).send().await.expect(200)
}

/// COURT-43, COURT-45, FIND-27, SEC-39: a rating appears cleaned, in the list and in the details, with a new average.
#[tokio::test]
async fn ratings_appear_with_a_new_average() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let (customer, token) = world.person(Role::Customer).await;
    let fresh = world.get(&path(&court)).bearer(&token).send().await.expect(200);
    assert_eq!(fresh, json!({ "averageRating": null, "totalReviews": 0, "reviews": [], "page": 0, "size": 20 }));
    sqlx::query("UPDATE users SET name = 'Maria Papadopoulou'").execute(&world.pool).await.expect("a person");

    let played = booking(&world, &court, customer, 9, "COMPLETED").await;
    let comment = "Καλό <b>δάπεδο</b><script>alert(1)</script>";
    let review = rate(&world, &court, &token, json!({ "bookingId": played, "rating": 5, "comment": comment })).await;
    let review = review.expect(201);
    assert_eq!((&review["rating"], &review["comment"]), (&json!(5), &json!("Καλό δάπεδο")));
    assert_eq!((&review["customerName"], &review["createdAt"]), (&json!("Maria P."), &json!("2026-05-04T09:00:00Z")));
    for (hour, stars) in [(10, 4), (11, 4)] {
        world.clock.advance(SignedDuration::from_mins(1));
        let played = booking(&world, &court, customer, hour, "COMPLETED").await;
        rate(&world, &court, &token, json!({ "bookingId": played, "rating": stars })).await.expect(201);
    }

    let listed = world.get(&path(&court)).bearer(&club.token).send().await.expect(200);
    assert_eq!((&listed["averageRating"], &listed["totalReviews"]), (&json!(4.33), &json!(3)));
    let stars: Vec<_> = listed["reviews"].as_array().expect("a list").iter().map(|one| one["rating"].clone()).collect();
    assert_eq!(stars, [4, 4, 5], "the newest first");
    assert_eq!(listed["reviews"][2], review);
    assert_eq!(listed["reviews"][0]["comment"], Value::Null);
    let shown = details(&world, &court, &token).await;
    assert_eq!((&shown["averageRating"], &shown["totalReviews"]), (&json!(4.33), &json!(3)));
    assert_eq!(shown["latestReviews"], listed["reviews"]);
    assert_eq!(shown["version"], 1, "a rating is no change by the owner");

    let second = world.get(&format!("{}?page=1&size=2", path(&court))).bearer(&token).send().await.expect(200);
    assert_eq!((&second["reviews"], &second["page"], &second["size"]), (&json!([review]), &json!(1), &json!(2)));
    for query in ["page=-1", "size=0", "size=101", "page=x"] {
        world.get(&format!("{}?{query}", path(&court))).bearer(&token).send().await.refused(400, "VALIDATION_ERROR");
    }

    // SEC-43: whoever has left is not named any more.
    sqlx::query("UPDATE users SET status = 'DELETED' WHERE id = $1")
        .bind(customer.0)
        .execute(&world.pool)
        .await
        .expect("left");
    let listed = world.get(&path(&court)).bearer(&club.token).send().await.expect(200);
    assert_eq!((&listed["reviews"][0]["customerName"], &listed["totalReviews"]), (&Value::Null, &json!(3)));
}

/// COURT-43, COURT-44: only an own booking of this court that has taken place.
#[tokio::test]
async fn only_those_who_played_may_rate() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (court, other) = (club.court(&world, json!({})).await, club.court(&world, json!({})).await);
    let ((customer, token), (stranger, _)) = (world.person(Role::Customer).await, world.person(Role::Customer).await);
    let bookings = [
        booking(&world, &court, customer, 9, "CONFIRMED").await,
        booking(&world, &other, customer, 9, "COMPLETED").await,
        booking(&world, &court, stranger, 10, "COMPLETED").await,
        world.new_id(),
    ];
    for booking in bookings {
        let answer = rate(&world, &court, &token, json!({ "bookingId": booking, "rating": 5 })).await;
        answer.refused(400, "NO_COMPLETED_BOOKING");
    }
    assert_eq!(details(&world, &court, &token).await["totalReviews"], 0);

    let played = booking(&world, &court, customer, 11, "COMPLETED").await;
    for (body, field) in [
        (json!({ "bookingId": played, "rating": 0 }), "rating"),
        (json!({ "bookingId": played, "rating": 6 }), "rating"),
        (json!({ "bookingId": played, "rating": 4.5 }), "rating"),
        (json!({ "bookingId": played }), "rating"),
        (json!({ "rating": 5 }), "bookingId"),
        (json!({ "bookingId": "x", "rating": 5 }), "bookingId"),
        (json!({ "bookingId": played, "rating": 5, "comment": "α".repeat(1001) }), "comment"),
    ] {
        assert_eq!(rate(&world, &court, &token, body.clone()).await.wrong_fields(), [field], "{body}");
    }
    let longest = json!({ "bookingId": played, "rating": 5, "comment": "α".repeat(1000) });
    rate(&world, &court, &token, longest).await.expect(201);
    let again = rate(&world, &court, &token, json!({ "bookingId": played, "rating": 1 })).await;
    again.refused(409, "ALREADY_RATED");
    assert_eq!(details(&world, &court, &token).await["averageRating"], 5.0);

    // COURT-33: what is hidden is not there to be rated, and its reviews are not either.
    let unknown = json!({ "id": world.new_id() });
    rate(&world, &unknown, &token, json!({ "bookingId": played, "rating": 5 })).await.refused(404, "COURT_NOT_FOUND");
    club.set_standing(&world, false, "ACTIVE").await;
    world.get(&path(&court)).bearer(&token).send().await.refused(404, "COURT_NOT_FOUND");
    world.get(&path(&court)).bearer(&club.token).send().await.expect(200);
}

/// COURT-44, COURT-45: of many ratings at once none is lost from the average, and one booking counts once.
#[tokio::test]
async fn parallel_ratings_all_count() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.court(&world, json!({})).await;
    let mut customers = Vec::new();
    for hour in 8..18 {
        let (customer, token) = world.person(Role::Customer).await;
        customers.push((token, booking(&world, &court, customer, hour, "COMPLETED").await, u64::from(hour) % 5 + 1));
    }
    // Each rates twice at once: ten are taken, ten are refused.
    let calls = customers
        .iter()
        .chain(&customers)
        .map(|(token, booking, stars)| rate(&world, &court, token, json!({ "bookingId": booking, "rating": stars })));
    let answers = futures::future::join_all(calls).await;
    let mut taken = 0;
    for answer in answers {
        if answer.status == 201 {
            taken += 1;
        } else {
            answer.refused(409, "ALREADY_RATED");
        }
    }
    assert_eq!(taken, 10);
    let shown = details(&world, &court, &club.token).await;
    assert_eq!((&shown["averageRating"], &shown["totalReviews"]), (&json!(3.0), &json!(10)));
    assert_eq!(world.count("SELECT rating_sum FROM courts").await, 30);
}

/// COURT-45: the race is real: two transactions that read the number first and write it back lose one rating. The
/// statement of the service adds to what is stored and does not.
#[tokio::test]
async fn reading_before_writing_would_lose_a_rating() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    club.court(&world, json!({})).await;
    let (mut one, mut two) =
        (kit::db::begin(&world.pool).await.expect("one"), kit::db::begin(&world.pool).await.expect("two"));
    let read = "SELECT total_reviews FROM courts";
    let first: i32 = sqlx::query_scalar(read).fetch_one(&mut *one).await.expect("a court");
    let second: i32 = sqlx::query_scalar(read).fetch_one(&mut *two).await.expect("a court");
    let write = "UPDATE courts SET total_reviews = $1";
    sqlx::query(write).bind(first + 1).execute(&mut *one).await.expect("a court");
    one.commit().await.expect("one");
    sqlx::query(write).bind(second + 1).execute(&mut *two).await.expect("a court");
    two.commit().await.expect("two");
    assert_eq!(world.count("SELECT total_reviews::bigint FROM courts").await, 1, "one of the two is lost");
}
