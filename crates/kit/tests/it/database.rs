//! Pools, migrations and the names of refusals.

use kit::db::{self, DatabaseConfig, RolePasswords};
use secrecy::SecretString;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};

use crate::world::{World, count};

async fn refusal(world: &World, sql: &'static str) -> sqlx::Error {
    world.pool.execute(sql).await.expect_err("the server refuses")
}

#[tokio::test]
async fn refusals_are_known_by_the_name_of_their_constraint() {
    let world = World::new().await;
    world
        .pool
        .execute(
            "create table slots (
                 court integer constraint slots_court_unique unique constraint slots_court_positive check (court > 0),
                 period int4range, constraint slots_no_overlap exclude using gist (period with &&));
             insert into slots values (1, '[1,5)')",
        )
        .await
        .expect("made");
    let twice = refusal(&world, "insert into slots values (1, '[7,8)')").await;
    assert!(db::is_unique_violation(&twice, "slots_court_unique"));
    assert!(!db::is_unique_violation(&twice, "slots_no_overlap"));
    assert!(!db::is_exclusion_violation(&twice, "slots_court_unique"));
    let overlap = refusal(&world, "insert into slots values (2, '[4,6)')").await;
    assert!(db::is_exclusion_violation(&overlap, "slots_no_overlap"));
    let negative = refusal(&world, "insert into slots values (-1, '[7,8)')").await;
    assert!(db::is_check_violation(&negative, "slots_court_positive"));
    assert!(!db::is_deadlock(&negative) && !db::is_serialization(&negative));
}

#[tokio::test]
async fn the_victim_of_a_deadlock_is_recognised() {
    let world = World::new().await;
    world.pool.execute("create table locks as select generate_series(1, 2) as id").await.expect("made");
    let (mut one, mut two) =
        (db::begin(&world.pool).await.expect("begun"), db::begin(&world.pool).await.expect("begun"));
    one.execute("update locks set id = id where id = 1").await.expect("locked");
    two.execute("update locks set id = id where id = 2").await.expect("locked");
    let (first, second) = tokio::join!(
        async {
            let outcome = one.execute("update locks set id = id where id = 2").await;
            one.rollback().await.ok();
            outcome
        },
        async {
            let outcome = two.execute("update locks set id = id where id = 1").await;
            two.rollback().await.ok();
            outcome
        }
    );
    let victims = [first, second].into_iter().filter_map(Result::err).collect::<Vec<_>>();
    assert_eq!(victims.len(), 1);
    assert!(db::is_deadlock(&victims[0]), "{:?}", victims[0]);
}

/// Several processes that start together migrate once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_together_migrate_once() {
    let world = World::new().await;
    let migrator = || {
        let step = |version, sql: &str| {
            let sql = AssertSqlSafe(sql.to_owned()).into_sql_str();
            Migration::new(version, "step".into(), MigrationType::ReversibleUp, sql, false)
        };
        Migrator::with_migrations(vec![
            step(1, "create table migrated (id integer)"),
            step(2, "insert into migrated values (1)"),
        ])
    };
    let mut processes = tokio::task::JoinSet::new();
    for _ in 0..5 {
        let (pool, migrator) = (world.pool.clone(), migrator());
        processes.spawn(async move { db::migrate(&pool, &migrator).await });
    }
    while let Some(process) = processes.join_next().await {
        process.expect("a process").expect("migrated");
    }
    assert_eq!(count(&world.pool, "select count(*) from migrated").await, 1);
    assert_eq!(count(&world.pool, "select count(*) from transaction._sqlx_migrations").await, 2);
}

/// Bootstrapping again changes nothing, and a service sees its own tables only.
#[tokio::test]
async fn the_bootstrap_can_be_repeated_and_roles_stay_apart() {
    let world = World::new().await;
    let database: String =
        sqlx::query_scalar("select current_database()").fetch_one(&world.pool).await.expect("a name");
    let admin = SecretString::from(world.scratch.admin_url());
    db::bootstrap(&admin, &database, &RolePasswords::default()).await.expect("nothing to do");
    for foreign in [
        "select from platform.outbox",
        "create table platform.intruder (id integer)",
        "create table public.intruder (id integer)",
        "create table bus.intruder (id integer)",
    ] {
        let refused = refusal(&world, foreign).await;
        let code = refused.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
        assert_eq!(code.as_deref(), Some("42501"), "{foreign}: {refused}");
    }
    assert_eq!(count(&world.pool, "select count(*) from bus.messages").await, 0);
}

/// A statement that takes too long is ended, so that one bad query cannot hold a connection for ever.
#[tokio::test]
async fn the_statement_timeout_holds() {
    let world = World::new().await;
    let config = DatabaseConfig {
        statement_timeout: std::time::Duration::from_millis(50),
        ..DatabaseConfig::new(world.scratch.url_for("courtside_transaction"))
    };
    let hasty = db::connect(&config, "transaction").await.expect("connected");
    let ended = hasty.execute("select pg_sleep(60)").await.expect_err("too long");
    assert!(db::is_query_canceled(&ended));
}

/// Writes 100 notes, each after a transaction was given up at its beginning, and counts what two connections see of them.
async fn notes_after_beginnings_given_up<Begin>(pool: &sqlx::PgPool, begin: impl Fn() -> Begin) -> [i64; 2]
where
    Begin: Future<Output = Result<sqlx::Transaction<'static, sqlx::Postgres>, sqlx::Error>>,
{
    pool.execute("create table notes (number integer)").await.expect("made");
    for number in 0..100 {
        let mut begin = Box::pin(begin());
        // Far enough for BEGIN to be sent, not for its answer to be read.
        for _ in 0..number % 5 {
            if futures::poll!(&mut begin).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(begin);
        sqlx::query("insert into notes values ($1)").bind(number).execute(pool).await.expect("written");
    }
    // One connection cannot be two: the second one sees only what was committed.
    let (mut one, mut other) =
        (pool.acquire().await.expect("a connection"), pool.acquire().await.expect("another one"));
    let mut seen = [0; 2];
    for (connection, seen) in [&mut one, &mut other].into_iter().zip(&mut seen) {
        *seen = sqlx::query_scalar("select count(*) from notes").fetch_one(&mut **connection).await.expect("a count");
    }
    seen
}

/// A caller that goes away while BEGIN is under way leaves no open transaction in the pool: what the next one writes is
/// there for everybody.
#[tokio::test]
async fn a_transaction_given_up_at_its_beginning_reaches_nobody_else() {
    let world = World::new().await;
    assert_eq!(notes_after_beginnings_given_up(&world.pool, || db::begin(&world.pool)).await, [100, 100]);
}

/// The same begun in the caller's own task: what is written afterwards is seen by nobody else. It shows that the test above
/// rests on the task.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "shows what it does")]
async fn begun_by_its_caller_a_transaction_given_up_swallows_what_is_written() {
    let world = World::new().await;
    let seen = notes_after_beginnings_given_up(&world.pool, || world.pool.begin()).await;
    assert!(seen.iter().any(|seen| *seen < 100), "{seen:?}");
}

/// A connection comes back to its pool as long as nothing is wrong with it: opening one costs a hundred times a query.
#[tokio::test]
async fn a_connection_is_used_again_and_again() {
    let world = World::new().await;
    let config =
        DatabaseConfig { max_connections: 1, ..DatabaseConfig::new(world.scratch.url_for("courtside_transaction")) };
    let pool = db::connect(&config, "transaction").await.expect("connected");
    let mut backends = std::collections::BTreeSet::new();
    for _ in 0..5 {
        let backend: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&pool).await.expect("an id");
        let mut transaction = db::begin(&pool).await.expect("begun");
        sqlx::query("select 1").execute(&mut *transaction).await.expect("done");
        transaction.commit().await.expect("committed");
        drop(db::begin(&pool).await.expect("begun"));
        backends.insert(backend);
    }
    assert_eq!(backends.len(), 1, "{backends:?}");
}
