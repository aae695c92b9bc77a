//! The tools that tests stand on.

mod confirmation;
mod migrations;
mod rights;
mod walk;
mod world;

use testkit::TestDatabase;

/// Two databases share nothing, each role works in its own schema, and both are gone afterwards.
#[tokio::test]
async fn every_test_has_a_database_of_its_own() {
    let (one, other) = (TestDatabase::new().await, TestDatabase::new().await);
    let name_of = async |pool: &sqlx::PgPool| -> (String, String) {
        sqlx::query_as("select current_database()::text, current_schema()::text").fetch_one(pool).await.expect("a name")
    };
    let (platform, transaction) = (one.platform().await, one.transaction().await);
    let (first, schema) = name_of(&platform).await;
    assert_eq!((name_of(&transaction).await, schema.as_str()), ((first.clone(), "transaction".to_owned()), "platform"));
    let (second, _) = name_of(&other.platform().await).await;
    assert_ne!(first, second);
    sqlx::query("insert into inbox values ('group', gen_random_uuid(), now())")
        .execute(&platform)
        .await
        .expect("stored");
    let elsewhere: i64 =
        sqlx::query_scalar("select count(*) from inbox").fetch_one(&other.platform().await).await.expect("a count");
    assert_eq!(elsewhere, 0);

    let admin = other.admin().await;
    drop(one);
    let left: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(&first)
        .fetch_one(&admin)
        .await
        .expect("an answer");
    assert!(!left, "{first} is dropped with its handle");
}
