//! The database keeps the other service out of everything but the agreed views (AUTHZ-19).

use sqlx::{AssertSqlSafe, PgPool};

use crate::support::World;

/// What the other service may read.
const VIEWS: [&str; 9] = [
    "v_court_cancellation_tiers",
    "v_court_summary",
    "v_customer_notification_preferences",
    "v_owner_billing",
    "v_owner_notification_preferences",
    "v_reminder_rules",
    "v_sign_in_traces",
    "v_user_basic",
    "v_user_skill_level",
];

/// The names of all relations of one kind in schema `platform`, as the catalog knows them.
async fn relations(admin: &PgPool, kinds: &str) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT class.relname::text FROM pg_class AS class
         WHERE class.relnamespace = 'platform'::regnamespace AND class.relkind::text = ANY(string_to_array($1, ','))
         ORDER BY class.relname",
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

/// A column that could be written: the server looks at generated ones before it looks at rights.
async fn first_column(admin: &PgPool, relation: &str) -> String {
    sqlx::query_scalar(
        "SELECT attname::text FROM pg_attribute
         WHERE attrelid = ('platform.' || quote_ident($1))::regclass AND attnum > 0
           AND attidentity = '' AND attgenerated = '' ORDER BY attnum LIMIT 1",
    )
    .bind(relation)
    .fetch_one(admin)
    .await
    .expect("a column")
}

/// AUTHZ-19: the other service's role is refused every table of platform, for reading and for writing.
#[tokio::test]
async fn every_table_is_closed() {
    let world = World::new().await;
    let admin = world.database.admin().await;
    let foreign = world.database.transaction().await;
    let tables = relations(&admin, "r,p,m,f").await;
    for expected in ["users", "sessions", "refresh_tokens", "outbox", "courts"] {
        assert!(tables.iter().any(|table| table == expected), "{expected} is not among {tables:?}");
    }
    for table in &tables {
        let column = first_column(&admin, table).await;
        for statement in [
            format!("SELECT 1 FROM platform.\"{table}\" LIMIT 1"),
            format!("INSERT INTO platform.\"{table}\" DEFAULT VALUES"),
            format!("UPDATE platform.\"{table}\" SET \"{column}\" = \"{column}\""),
            format!("DELETE FROM platform.\"{table}\""),
            format!("TRUNCATE platform.\"{table}\""),
        ] {
            assert_denied(sqlx::query(AssertSqlSafe(statement.clone())).execute(&foreign).await, &statement);
        }
    }
}

/// AUTHZ-19: sequences are closed as well, and nothing can be added to the schema.
#[tokio::test]
async fn nothing_else_is_open() {
    let world = World::new().await;
    let admin = world.database.admin().await;
    let foreign = world.database.transaction().await;
    for sequence in relations(&admin, "S").await {
        let statement = format!("SELECT nextval('platform.\"{sequence}\"')");
        assert_denied(sqlx::query(AssertSqlSafe(statement.clone())).execute(&foreign).await, &statement);
    }
    for statement in ["CREATE TABLE platform.mine (id int)", "CREATE VIEW platform.v_mine AS SELECT 1"] {
        assert_denied(sqlx::query(statement).execute(&foreign).await, statement);
    }
}

/// AUTHZ-19: exactly these views can be read, and none of them can be written.
#[tokio::test]
async fn agreed_views_can_be_read() {
    let world = World::new().await;
    let admin = world.database.admin().await;
    let foreign = world.database.transaction().await;
    let readable: Vec<String> = sqlx::query_scalar(
        "SELECT class.relname::text FROM pg_class AS class
         WHERE class.relnamespace = 'platform'::regnamespace AND class.relkind IN ('r', 'p', 'v', 'm', 'f')
           AND (has_table_privilege('courtside_transaction', class.oid, 'SELECT')
                OR has_any_column_privilege('courtside_transaction', class.oid, 'SELECT'))
         ORDER BY class.relname",
    )
    .fetch_all(&admin)
    .await
    .expect("the catalog");
    assert_eq!(readable, VIEWS);
    for view in VIEWS {
        let statement = format!("SELECT * FROM platform.{view}");
        sqlx::query(AssertSqlSafe(statement)).fetch_all(&foreign).await.expect("a readable view");
        let column = first_column(&admin, view).await;
        for statement in [
            format!("INSERT INTO platform.{view} ({column}) VALUES (NULL)"),
            format!("UPDATE platform.{view} SET {column} = {column}"),
            format!("DELETE FROM platform.{view}"),
        ] {
            let outcome = sqlx::query(AssertSqlSafe(statement.clone())).execute(&foreign).await;
            let error = outcome.expect_err("a view that nobody writes");
            let code = error.as_database_error().and_then(|refusal| refusal.code().map(std::borrow::Cow::into_owned));
            // 55000: a view over several tables cannot be written by anybody.
            assert!(matches!(code.as_deref(), Some("42501" | "55000")), "{statement}: {error}");
        }
    }
}

/// AUTHZ-19, EVT-09: the views show what they are meant to show and no more.
#[tokio::test]
async fn the_views_have_the_agreed_columns() {
    let world = World::new().await;
    let admin = world.database.admin().await;
    for (view, expected) in [
        ("v_user_basic", "user_id, role, status, name, email, phone, language"),
        ("v_user_skill_level", "user_id, court_type, skill_level"),
        ("v_owner_billing", "owner_id, subscription_status, vat_registered, vat_number"),
        (
            "v_owner_notification_preferences",
            "owner_id, preferences, do_not_disturb_enabled, do_not_disturb_start, do_not_disturb_end, \
             email_digest_enabled, timezone",
        ),
        (
            "v_reminder_rules",
            "rule_id, owner_id, trigger_type, days_before_event, hours_before_threshold, court_ids, channels",
        ),
        ("v_sign_in_traces", "user_id, device_id, ip, last_used_at, account_created_at"),
    ] {
        let columns: String = sqlx::query_scalar(
            "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns
             WHERE table_schema = 'platform' AND table_name = $1",
        )
        .bind(view)
        .fetch_one(&admin)
        .await
        .expect("the catalog");
        assert_eq!(columns, expected);
    }
}
