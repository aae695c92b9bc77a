//! The way to PostgreSQL: pools, migrations, the bootstrap of a database, and names for what the server refused.
//!
//! It owns no table and no query of a slice. Every service connects with its own role, and the pool's `search_path`
//! decides which schema unqualified names mean.

use std::str::FromStr as _;
use std::time::Duration;

use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Postgres, Transaction};
use tracing::Instrument as _;

/// The SQL that an administrator runs once per database.
pub const BOOTSTRAP_SQL: &str = include_str!("../migrations/bootstrap.sql");

/// The tables that kit needs in the schema of every service, which copies this text as its first migration.
pub const SERVICE_TABLES_SQL: &str = include_str!("../migrations/service_tables.up.sql");

/// What kit added to the table of parked messages; every service copies this text as a migration.
pub const DEAD_LETTER_DESK_SQL: &str = include_str!("../migrations/dead_letter_desk.up.sql");

/// How a service reaches its schema. Durations are texts such as `"5s"` or `"250ms"`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `postgres://role:password@host:port/database`
    pub url: SecretString,
    /// Connections at most; background tasks keep about four of them for themselves.
    #[serde(default = "default_max_connections")]
    pub max_connections: u32,
    /// Connections kept open when idle.
    #[serde(default)]
    pub min_connections: u32,
    /// How long a request waits for a connection.
    #[serde(
        default = "default_acquire_timeout",
        with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required"
    )]
    pub acquire_timeout: Duration,
    /// How long one statement may take, waiting for locks included.
    #[serde(
        default = "default_statement_timeout",
        with = "jiff::fmt::serde::unsigned_duration::friendly::compact::required"
    )]
    pub statement_timeout: Duration,
}

fn default_max_connections() -> u32 {
    20
}

fn default_acquire_timeout() -> Duration {
    Duration::from_secs(5)
}

fn default_statement_timeout() -> Duration {
    Duration::from_secs(10)
}

impl DatabaseConfig {
    /// The defaults for the database at `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: SecretString::from(url.into()),
            max_connections: default_max_connections(),
            min_connections: 0,
            acquire_timeout: default_acquire_timeout(),
            statement_timeout: default_statement_timeout(),
        }
    }
}

/// A connection that was idle for longer is asked whether it still stands before it is handed out.
const ASK_AFTER: Duration = Duration::from_secs(1);

/// Opens a pool whose unqualified names mean `schema`, then `public` (where the extensions live).
///
/// # Errors
/// When the url cannot be read or the server cannot be reached within the acquire timeout.
pub async fn connect(config: &DatabaseConfig, schema: &str) -> anyhow::Result<PgPool> {
    let options = PgConnectOptions::from_str(config.url.expose_secret())
        .context("the database url cannot be read")?
        .application_name(&format!("courtside-{schema}"))
        .options([
            ("search_path", format!("{schema},public")),
            ("statement_timeout", config.statement_timeout.as_millis().to_string()),
            ("timezone", "UTC".to_owned()),
            // Our statements are short; compiling one takes longer than running it.
            ("jit", "off".to_owned()),
        ]);
    PgPoolOptions::new()
        .max_connections(config.max_connections)
        .min_connections(config.min_connections)
        .acquire_timeout(config.acquire_timeout)
        // A connection that was just used is fine; asking each one every time would be a round trip per request.
        .test_before_acquire(false)
        .before_acquire(|connection, metadata| {
            Box::pin(async move {
                if metadata.idle_for > ASK_AFTER {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await
        .with_context(|| format!("cannot connect to the database for schema {schema}"))
}

/// Begins a transaction in a task of its own, which goes on when the caller is given up. A request that its client left
/// while BEGIN was under way would otherwise hand a connection back with a transaction that nobody knows of: whoever got it
/// next would write into it and never commit. Dropping what this returns rolls back.
///
/// # Errors
/// When there is no connection in time, or the database refuses.
#[expect(clippy::disallowed_methods, reason = "the one place that may")]
pub async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin().await }.in_current_span()).await;
    begun.unwrap_or_else(|ended| match ended.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        // Nobody aborts it, so the runtime is ending.
        Err(_) => Err(sqlx::Error::WorkerCrashed),
    })
}

/// Brings the pool's schema up to date. Several processes may call it together: one works, the others wait and then
/// find nothing left to do.
///
/// # Errors
/// When a migration fails, or one that already ran has changed since.
pub async fn migrate(pool: &PgPool, migrator: &Migrator) -> anyhow::Result<()> {
    // Waiting for another process, or rewriting a large table, may take longer than any request is allowed to.
    let options = pool.connect_options().as_ref().clone().options([("statement_timeout", "0")]);
    let patient =
        PgPoolOptions::new().max_connections(1).connect_with(options).await.context("no connection to migrate with")?;
    let outcome = migrator.run(&patient).await;
    patient.close().await;
    outcome.context("a migration failed")
}

/// Passwords for the roles of the services; `None` leaves a role as it is (local clusters trust their own host).
#[derive(Debug, Default)]
pub struct RolePasswords {
    /// Password of `courtside_platform`.
    pub platform: Option<SecretString>,
    /// Password of `courtside_transaction`.
    pub transaction: Option<SecretString>,
}

/// Makes the database if it is missing and everything in it that needs an administrator. Safe to repeat, and safe
/// when several processes do it together.
///
/// # Errors
/// When `admin_url` is not an administrator of the server, or the server lacks PostGIS.
pub async fn bootstrap(admin_url: &SecretString, database: &str, passwords: &RolePasswords) -> anyhow::Result<()> {
    let server =
        PgConnectOptions::from_str(admin_url.expose_secret()).context("the administrator url cannot be read")?;
    let mut maintenance = PgConnection::connect_with(&server).await.context("cannot connect as administrator")?;
    // Roles belong to the whole cluster, so the lock must be taken in one place for all of its databases.
    maintenance.execute(AssertSqlSafe(format!("select pg_advisory_lock({BOOTSTRAP_LOCK})"))).await?;

    let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(database)
        .fetch_one(&mut maintenance)
        .await?;
    if !exists {
        maintenance
            .execute(AssertSqlSafe(format!("create database {}", quote_identifier(database))))
            .await
            .with_context(|| format!("cannot create database {database}"))?;
    }

    let mut inside = PgConnection::connect_with(&server.clone().database(database)).await?;
    inside.execute("set client_min_messages = warning").await?;
    sqlx::raw_sql(BOOTSTRAP_SQL).execute(&mut inside).await.context("the bootstrap of the database failed")?;
    for (role, password) in
        [("courtside_platform", &passwords.platform), ("courtside_transaction", &passwords.transaction)]
    {
        if let Some(password) = password {
            let statement = format!("alter role {role} password {}", quote_literal(password.expose_secret()));
            inside
                .execute(AssertSqlSafe(statement))
                .await
                .with_context(|| format!("cannot set the password of {role}"))?;
        }
    }
    inside.close().await?;
    maintenance.close().await?;
    Ok(())
}

/// Any number will do as long as nothing else in the cluster's maintenance database uses it.
const BOOTSTRAP_LOCK: i64 = 0x636f_7572_7473_6964;

/// `name` as a quoted SQL identifier.
#[must_use]
pub fn quote_identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `text` as a quoted SQL string. Only for statements that take no parameters; everything else binds.
fn quote_literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Whether the server refused the statement because of the unique constraint or index `constraint`.
#[must_use]
pub fn is_unique_violation(error: &sqlx::Error, constraint: &str) -> bool {
    violates(error, "23505", constraint)
}

/// Whether the server refused the statement because of the exclusion constraint `constraint`.
#[must_use]
pub fn is_exclusion_violation(error: &sqlx::Error, constraint: &str) -> bool {
    violates(error, "23P01", constraint)
}

/// Whether the server refused the statement because of the foreign key `constraint`.
#[must_use]
pub fn is_foreign_key_violation(error: &sqlx::Error, constraint: &str) -> bool {
    violates(error, "23503", constraint)
}

/// Whether the server refused the statement because of the check constraint `constraint`.
#[must_use]
pub fn is_check_violation(error: &sqlx::Error, constraint: &str) -> bool {
    violates(error, "23514", constraint)
}

/// Whether the transaction was chosen as the victim of a deadlock. Two writers for one slot can meet like that: the
/// loser retries once, then it is a conflict.
#[must_use]
pub fn is_deadlock(error: &sqlx::Error) -> bool {
    has_code(error, "40P01")
}

/// Whether the transaction could not be serialised with another one and may be tried again.
#[must_use]
pub fn is_serialization(error: &sqlx::Error) -> bool {
    has_code(error, "40001")
}

/// Whether the statement was ended by the statement timeout or by an administrator.
#[must_use]
pub fn is_query_canceled(error: &sqlx::Error) -> bool {
    has_code(error, "57014")
}

fn violates(error: &sqlx::Error, code: &str, constraint: &str) -> bool {
    let sqlx::Error::Database(refusal) = error else { return false };
    refusal.code().as_deref() == Some(code) && refusal.constraint() == Some(constraint)
}

fn has_code(error: &sqlx::Error, code: &str) -> bool {
    matches!(error, sqlx::Error::Database(refusal) if refusal.code().as_deref() == Some(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_cannot_leave_their_quotes() {
        assert_eq!(quote_identifier(r#"a"b"#), r#""a""b""#);
        assert_eq!(quote_literal(r"it's \ here"), r"E'it\'s \\ here'");
    }

    #[test]
    fn a_configuration_needs_only_its_url_and_refuses_unknown_keys() {
        let config: DatabaseConfig =
            toml::from_str("url = 'postgres://localhost/x'\nacquire_timeout = '250ms'").expect("valid");
        assert_eq!(config.acquire_timeout, Duration::from_millis(250));
        assert_eq!(config.statement_timeout, Duration::from_secs(10));
        assert!(toml::from_str::<DatabaseConfig>("url = 'x'\nmax_conections = 3").is_err());
    }
}
