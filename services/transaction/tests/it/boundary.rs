//! The database keeps the platform service out of everything but the view of occupied slots, which says nothing of whom.

use sqlx::{AssertSqlSafe, PgPool};

use crate::support::{Club, World};

async fn relations(admin: &PgPool, kinds: &str) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT class.relname::text FROM pg_class AS class
         WHERE class.relnamespace = 'transaction'::regnamespace
           AND class.relkind::text = ANY(string_to_array($1, ',')) ORDER BY class.relname",
    )
    .bind(kinds)
    .fetch_all(admin)
    .await
    .expect("the catalog")
}

#[track_caller]
fn assert_denied<T: std::fmt::Debug>(outcome: Result<T, sqlx::Error>, what: &str) {
    let error = outcome.expect_err(what);
    let code = error.as_database_error().and_then(|refusal| refusal.code().map(std::borrow::Cow::into_owned));
    assert_eq!(code.as_deref(), Some("42501"), "{what}: {error}");
}

/// Each service has its own role: platform's reads no table of this one and writes nothing.
#[tokio::test]
async fn the_other_service_reads_views_and_writes_nothing() {
    let world = World::new().await;
    let foreign = world.place.database.platform().await;
    let tables = relations(&world.admin, "r,p").await;
    for expected in ["bookings", "payments", "outbox", "audit_log"] {
        assert!(tables.iter().any(|table| table == expected), "{expected} is not among {tables:?}");
    }
    for table in &tables {
        for statement in [
            format!("SELECT 1 FROM transaction.\"{table}\" LIMIT 1"),
            format!("INSERT INTO transaction.\"{table}\" DEFAULT VALUES"),
            format!("DELETE FROM transaction.\"{table}\""),
            format!("TRUNCATE transaction.\"{table}\""),
        ] {
            assert_denied(sqlx::query(AssertSqlSafe(statement.clone())).execute(&foreign).await, &statement);
        }
    }
    let views = relations(&world.admin, "v,m").await;
    assert_eq!(
        views,
        ["v_court_bookings", "v_court_pending_payouts", "v_open_matches", "v_payout_holds", "v_slot_occupancy"]
    );
    for statement in [
        "INSERT INTO transaction.v_slot_occupancy (court_id) VALUES (NULL)",
        "UPDATE transaction.v_slot_occupancy SET court_id = court_id",
        "DELETE FROM transaction.v_slot_occupancy",
    ] {
        let refused = sqlx::query(statement).execute(&foreign).await;
        assert!(refused.is_err(), "{statement}");
    }
}

/// LIVE-12: the view knows when a slot is held or booked, and nothing of the person.
#[tokio::test]
async fn the_view_shows_slots_without_people() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let (_, token) = world.customer().await;
    club.book(&world, &token, "10:00").await;
    club.try_to_book(&world, &token, "12:00", "pm_card_authenticationRequired").await.expect(201);
    club.try_to_book(&world, &token, "14:00", "pm_card_chargeDeclined").await.refused(402, "PAYMENT_CARD_DECLINED");
    let foreign = world.place.database.platform().await;
    let seen: Vec<(String, String, bool)> = sqlx::query_as(
        "SELECT to_char(start_time, 'HH24:MI'), kind, hold_expires_at IS NOT NULL
         FROM transaction.v_slot_occupancy ORDER BY start_time",
    )
    .fetch_all(&foreign)
    .await
    .expect("the view");
    let row = |start: &str, kind: &str, expires| (start.to_owned(), kind.to_owned(), expires);
    assert_eq!(seen, [row("10:00", "BOOKED", false), row("12:00", "HELD", true)]);
    let columns: Vec<String> = sqlx::query_scalar(
        "SELECT column_name::text FROM information_schema.columns
         WHERE table_schema = 'transaction' AND table_name = 'v_slot_occupancy' ORDER BY ordinal_position",
    )
    .fetch_all(&world.admin)
    .await
    .expect("the catalog");
    assert_eq!(
        columns,
        ["court_id", "date", "start_time", "end_time", "starts_at", "ends_at", "kind", "hold_expires_at"]
    );
}
