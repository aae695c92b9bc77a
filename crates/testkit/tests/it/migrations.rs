//! What the migrations of both services promise together.

use std::path::Path;

use sqlx::migrate::Migrator;
use testkit::TestDatabase;

/// Each service carries kit's tables verbatim: one that changed them alone would be found by nobody else.
#[test]
fn services_carry_the_tables_of_kit_unchanged() {
    let services = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services");
    for (service, desk) in [("platform", "0140_dead_letter_desk"), ("transaction", "0130_dead_letter_desk")] {
        for (name, ours) in
            [("0001_service_tables", kit::db::SERVICE_TABLES_SQL), (desk, kit::db::DEAD_LETTER_DESK_SQL)]
        {
            let copy = services.join(service).join(format!("migrations/{name}.up.sql"));
            let text = std::fs::read_to_string(&copy).expect("the migration");
            assert!(text == ours, "{} differs from kit's", copy.display());
        }
    }
}

/// Every migration can be undone and done again, by the role of its service alone.
#[tokio::test]
async fn every_migration_goes_down_and_up_again() {
    let database = TestDatabase::new().await;
    let services = [
        ("transaction", database.transaction().await, transaction::migrator()),
        ("platform", database.platform().await, platform::migrator()),
    ];
    for (service, pool, migrator) in &services {
        for migration in migrator.iter().filter(|migration| migration.migration_type.is_up_migration()) {
            let down = migrator
                .iter()
                .any(|other| other.version == migration.version && other.migration_type.is_down_migration());
            assert!(down, "{service}: migration {} has no way back", migration.version);
        }
        undo(service, pool, migrator).await;
    }
    for (service, pool, migrator) in services.iter().rev() {
        kit::db::migrate(pool, migrator).await.unwrap_or_else(|error| panic!("{service} up again: {error:#}"));
    }
}

async fn undo(service: &str, pool: &sqlx::PgPool, migrator: &Migrator) {
    migrator.undo(pool, 0).await.unwrap_or_else(|error| panic!("{service} down: {error}"));
    let left: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class
         where relnamespace = current_schema()::regnamespace and relkind in ('r', 'v', 'm') and relname <> '_sqlx_migrations'",
    )
    .fetch_all(pool)
    .await
    .expect("the catalogue");
    assert!(left.is_empty(), "{service} leaves {left:?} behind");
}
