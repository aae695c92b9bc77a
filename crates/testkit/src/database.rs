//! A database with everything both services expect, for one test.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::path::Path;

use anyhow::Context as _;
use kit::db::{self, DatabaseConfig, RolePasswords};
use secrecy::SecretString;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPool;

use crate::template::Scratch;

/// A migrated database without data, dropped at the end of the test.
pub struct TestDatabase {
    scratch: Scratch,
}

impl TestDatabase {
    /// A fresh database on the server that `COURTSIDE_TEST_DATABASE_URL` names.
    ///
    /// # Panics
    /// When there is no such server or a migration fails: no test can go on from there.
    pub async fn new() -> Self {
        Self::try_new().await.expect("a database for the test")
    }

    async fn try_new() -> anyhow::Result<Self> {
        let services =
            [("platform", migrations_of("platform").await?), ("transaction", migrations_of("transaction").await?)];
        let template = format!("courtside_template_{:016x}", fingerprint(&services));
        let scratch = Scratch::copy_of(&template, |server, database| async move {
            db::bootstrap(&SecretString::from(server.clone()), &database, &RolePasswords::default()).await?;
            for (service, migrator) in &services {
                let mut url: url::Url = server.parse()?;
                url.set_path(&database);
                url.set_username(&format!("courtside_{service}")).ok().context("an address without a host")?;
                let pool = db::connect(&DatabaseConfig::new(url), service).await?;
                db::migrate(&pool, migrator).await.with_context(|| format!("migrations of {service}"))?;
                pool.close().await;
            }
            Ok(())
        })
        .await?;
        Ok(Self { scratch })
    }

    /// The address for the administrator.
    #[must_use]
    pub fn admin_url(&self) -> String {
        self.scratch.admin_url()
    }

    /// The address for platform's role.
    #[must_use]
    pub fn platform_url(&self) -> String {
        self.scratch.url_for("courtside_platform")
    }

    /// The address for transaction's role.
    #[must_use]
    pub fn transaction_url(&self) -> String {
        self.scratch.url_for("courtside_transaction")
    }

    /// A small pool as the administrator, who may look into both schemas.
    ///
    /// # Panics
    /// When the server is gone.
    pub async fn admin(&self) -> PgPool {
        self.pool(self.admin_url(), "public").await
    }

    /// A small pool as platform's role in its schema.
    ///
    /// # Panics
    /// When the server is gone.
    pub async fn platform(&self) -> PgPool {
        self.pool(self.platform_url(), "platform").await
    }

    /// A small pool as transaction's role in its schema.
    ///
    /// # Panics
    /// When the server is gone.
    pub async fn transaction(&self) -> PgPool {
        self.pool(self.transaction_url(), "transaction").await
    }

    async fn pool(&self, url: String, schema: &str) -> PgPool {
        let config = DatabaseConfig { max_connections: 8, ..DatabaseConfig::new(url) };
        db::connect(&config, schema).await.expect("the database of the test")
    }
}

/// The migrations as they stand in the tree, so that this needs no service to compile.
async fn migrations_of(service: &str) -> anyhow::Result<Migrator> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services").join(service).join("migrations");
    Migrator::new(folder).await.with_context(|| format!("the migrations of {service} cannot be read"))
}

/// Changes whenever the bootstrap or a migration does.
fn fingerprint(services: &[(&str, Migrator)]) -> u64 {
    let mut hasher = DefaultHasher::new();
    db::BOOTSTRAP_SQL.hash(&mut hasher);
    for (service, migrator) in services {
        service.hash(&mut hasher);
        for migration in migrator.iter() {
            (migration.version, migration.checksum.as_ref()).hash(&mut hasher);
        }
    }
    hasher.finish()
}
