//! A block and a booking at the same moment: one of them always knows of the other (HOL-37). The block is made here in
//! SQL, step by step as platform does it, so that the booking can be caught in between.

use contracts::court::calendar_lock_key;
use contracts::ids::CourtId;
use jiff::SignedDuration;
use sqlx::Acquire as _;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::support::{Answer, Club, DAY, World};

async fn raise_calendar(block: &mut PgConnection, court: Uuid) {
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(calendar_lock_key(CourtId(court)))
        .execute(&mut *block)
        .await
        .expect("the lock");
    sqlx::query("UPDATE platform.courts SET calendar_version = calendar_version + 1 WHERE id = $1")
        .bind(court)
        .execute(block)
        .await
        .expect("the court");
}

async fn write_block(block: &mut PgConnection, court: Uuid) {
    sqlx::query(
        "INSERT INTO platform.court_overrides (id, court_id, date, reason, source, created_by, created_at)
         VALUES (gen_random_uuid(), $1, $2::date, 'Renovation', 'MANUAL', gen_random_uuid(), now())",
    )
    .bind(court)
    .bind(DAY)
    .execute(block)
    .await
    .expect("the block");
}

/// What the owner would be told is in the way.
async fn bookings_in_the_way(block: &mut PgConnection, court: Uuid) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM transaction.v_slot_occupancy WHERE court_id = $1 AND date = $2::date")
        .bind(court)
        .bind(DAY)
        .fetch_one(block)
        .await
        .expect("the view")
}

/// Begins a block, lets a customer book meanwhile, and ends the block. Answers what the owner saw and what became of the
/// booking.
async fn block_while_somebody_books(guarded: bool) -> (i64, Answer) {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court: Uuid = club.court.parse().expect("an id");
    let (_, token) = world.customer().await;
    let mut connection = world.admin.acquire().await.expect("a connection");
    let mut block = connection.begin().await.expect("a transaction");
    if guarded {
        raise_calendar(&mut block, court).await;
    }
    write_block(&mut block, court).await;

    let booking = club.try_to_book(&world, &token, "10:00", "pm_card_visa");
    let mut booking = Box::pin(booking);
    // Platform still sees no block, so the booking goes on: into the lock, or through.
    let waiting = async {
        loop {
            let waits: bool = sqlx::query_scalar(
                "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
                                WHERE datname = current_database() AND locktype = 'advisory' AND mode = 'ShareLock'
                                  AND NOT granted)",
            )
            .fetch_one(&world.admin)
            .await
            .expect("the server's locks");
            if waits {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    let through = tokio::select! {
        answer = &mut booking => Some(answer),
        () = waiting => None,
    };
    assert_eq!(through.is_none(), guarded, "the lock alone makes the booking wait");
    // The owner's look happened before the booking of the unguarded case was there: its snapshot is the block's first.
    let seen = if guarded { bookings_in_the_way(&mut block, court).await } else { 0 };
    block.commit().await.expect("committed");
    let answer = match through {
        Some(answer) => answer,
        None => booking.await,
    };
    drop(connection);
    (seen, answer)
}

/// HOL-37: the owner was told that nobody is in the way, so the booking that came at the same moment is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_booking_that_meets_a_block_under_way_is_refused() {
    let (seen, answer) = block_while_somebody_books(true).await;
    assert_eq!(seen, 0);
    answer.refused(422, "OVERRIDE_BLOCKED");
}

/// HOL-37: the same meeting without the lock ends with a booking on a blocked date that nobody was told of. It shows that
/// the test above would notice the loss of the guard.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_lock_a_blocked_date_has_a_booking() {
    let (seen, answer) = block_while_somebody_books(false).await;
    assert_eq!(seen, 0);
    answer.expect(201);
}

/// HOL-37: a booking that was first is seen by the block that waited for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_block_sees_the_booking_it_waited_for() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court: Uuid = club.court.parse().expect("an id");
    let (_, token) = world.customer().await;
    let mut booking = world.admin.acquire().await.expect("a connection");
    let mut booking = booking.begin().await.expect("a transaction");
    sqlx::query("SELECT transaction.calendar_version_under_lock($1, $2)")
        .bind(court)
        .bind(calendar_lock_key(CourtId(court)))
        .execute(&mut *booking)
        .await
        .expect("the shared lock");
    // Others may book at the same time: the lock is shared among them.
    club.book(&world, &token, "10:00").await;

    let mut owner = world.admin.acquire().await.expect("a connection");
    let mut block = owner.begin().await.expect("a transaction");
    let free = sqlx::query_scalar::<_, bool>("SELECT pg_try_advisory_xact_lock($1)")
        .bind(calendar_lock_key(CourtId(court)))
        .fetch_one(&mut *block)
        .await
        .expect("an answer");
    assert!(!free, "a block waits for the bookings under way");
    booking.commit().await.expect("committed");
    raise_calendar(&mut block, court).await;
    assert_eq!(bookings_in_the_way(&mut block, court).await, 1);
}

/// HOL-37, LIVE-11: a payment that comes after its hold lapsed takes the slot only while the calendar is the one it was
/// offered by; otherwise the money goes back.
#[tokio::test]
async fn a_late_payment_does_not_book_behind_a_block() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court: Uuid = club.court.parse().expect("an id");
    let (_, token) = world.customer().await;
    let held = club.try_to_book(&world, &token, "10:00", "pm_card_authenticationRequired").await.expect(201);
    let booking = held["id"].as_str().expect("an id").to_owned();
    let intent = world.intents_of(&booking).await[0]["id"].as_str().expect("an id").to_owned();
    world.advance(SignedDuration::from_secs(301));
    assert_eq!(world.sweep().await, 1);
    let mut owner = world.admin.acquire().await.expect("a connection");
    let mut block = owner.begin().await.expect("a transaction");
    raise_calendar(&mut block, court).await;
    write_block(&mut block, court).await;
    block.commit().await.expect("committed");

    world.authenticate(&intent, "complete").await;
    world.run_jobs().await;

    assert_eq!(world.status_of(&booking).await, "DROPPED");
    assert_eq!(world.payment_of(&booking).await, ("REFUNDED".to_owned(), None));
}
