//! Databases for tests: one template per state of the migrations, one fresh copy per test.
//!
//! It knows how to make, copy and drop databases; what is in them is the caller's business. A copy is dropped with its
//! [`Scratch`]; what a killed test process left behind is dropped by the next one.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};

/// Names the server that tests may make databases on: `postgres://superuser@host:port/postgres`.
pub const SERVER_VARIABLE: &str = "COURTSIDE_TEST_DATABASE_URL";

/// Any number will do as long as nothing else in the server's maintenance database uses it.
const TEMPLATE_LOCK: i64 = 0x7465_6d70_6c61_7465;

static COPIES: AtomicU32 = AtomicU32::new(0);

/// A database of one test.
pub struct Scratch {
    server: PgConnectOptions,
    name: String,
}

impl Scratch {
    /// A copy of the template `template`, which `prepare` fills the first time anybody asks for it. `prepare` gets the
    /// administrator's url of the server and the name of the database to fill.
    ///
    /// # Errors
    /// When the variable is missing, the server is away, or `prepare` fails.
    pub async fn copy_of<F, Done>(template: &str, prepare: F) -> anyhow::Result<Self>
    where
        F: FnOnce(String, String) -> Done,
        Done: Future<Output = anyhow::Result<()>>,
    {
        let url = std::env::var(SERVER_VARIABLE).with_context(|| {
            format!("{SERVER_VARIABLE} must name a PostgreSQL server for tests; `make test` sets it")
        })?;
        let server: PgConnectOptions = url.parse().context("the address of the test server cannot be read")?;
        let mut maintenance = server.connect().await.context("the test server cannot be reached")?;
        maintenance.execute("set client_min_messages = warning").await?;
        ensure_template(&mut maintenance, &url, template, prepare).await?;
        let number = COPIES.fetch_add(1, Ordering::Relaxed);
        let name = format!("courtside_test_{}_{number}", std::process::id());
        maintenance
            .execute(AssertSqlSafe(format!("create database \"{name}\" template \"{template}\"")))
            .await
            .context("the template cannot be copied")?;
        maintenance.close().await?;
        Ok(Self { server, name })
    }

    /// The address of this database for `role`; the server trusts its own machine.
    #[must_use]
    pub fn url_for(&self, role: &str) -> String {
        let options = self.server.clone().username(role).database(&self.name);
        let mut url = options.to_url_lossy();
        // The parameters sqlx adds are its own defaults; without them the address can be read by a person.
        url.set_query(None);
        url.into()
    }

    /// The address of this database for the administrator.
    #[must_use]
    pub fn admin_url(&self) -> String {
        self.url_for(self.server.get_username())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A thread of its own: the test's runtime may be stopping, and dropping is not async.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut maintenance = server.connect().await?;
                drop_database(&mut maintenance, &name).await?;
                maintenance.close().await?;
                anyhow::Ok(())
            })
        });
        if let Ok(Err(error)) = dropping.join() {
            eprintln!("a test database was left behind: {error:#}");
        }
    }
}

async fn ensure_template<F, Done>(
    maintenance: &mut PgConnection,
    url: &str,
    template: &str,
    prepare: F,
) -> anyhow::Result<()>
where
    F: FnOnce(String, String) -> Done,
    Done: Future<Output = anyhow::Result<()>>,
{
    if exists(maintenance, template).await? {
        return Ok(());
    }
    // Tests start together, also in several processes: one makes the template, the others wait for it.
    maintenance.execute(AssertSqlSafe(format!("select pg_advisory_lock({TEMPLATE_LOCK})"))).await?;
    let made = async {
        if exists(maintenance, template).await? {
            return Ok(());
        }
        drop_leftovers(maintenance).await?;
        // Filled under another name, so that a failure half way never looks like a template.
        let draft = format!("{template}_draft");
        drop_database(maintenance, &draft).await?;
        maintenance.execute(AssertSqlSafe(format!("create database \"{draft}\""))).await?;
        prepare(url.to_owned(), draft.clone()).await.context("the template database could not be filled")?;
        maintenance.execute(AssertSqlSafe(format!("alter database \"{draft}\" rename to \"{template}\""))).await?;
        anyhow::Ok(())
    }
    .await;
    maintenance.execute(AssertSqlSafe(format!("select pg_advisory_unlock({TEMPLATE_LOCK})"))).await?;
    made
}

async fn exists(maintenance: &mut PgConnection, name: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(maintenance)
        .await
}

/// Drops the databases of test processes that are gone.
async fn drop_leftovers(maintenance: &mut PgConnection) -> anyhow::Result<()> {
    let names: Vec<String> =
        sqlx::query_scalar("select datname from pg_database where datname like 'courtside\\_test\\_%'")
            .fetch_all(&mut *maintenance)
            .await?;
    for name in names {
        let process = name.trim_start_matches("courtside_test_").split('_').next().unwrap_or_default();
        if !std::path::Path::new("/proc").join(process).exists() {
            drop_database(maintenance, &name).await?;
        }
    }
    Ok(())
}

async fn drop_database(maintenance: &mut PgConnection, name: &str) -> Result<(), sqlx::Error> {
    maintenance.execute(AssertSqlSafe(format!("drop database if exists \"{name}\" with (force)"))).await?;
    Ok(())
}
