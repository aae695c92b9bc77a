//! The short commands: migrate, seed, rotate-key, openapi.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::{Args, ValueEnum};
use contracts::events::Topic;
use indicatif::ProgressBar;
use jiff::tz::TimeZone;
use kit::Env;
use kit::bus::{BusKind, KafkaBus};
use kit::db::{DatabaseConfig, RolePasswords};
use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::sync::CancellationToken;

use crate::seed::{self, pictures, stripe};
use crate::settings::Settings;

/// A service with an API document.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Documented {
    Platform,
    Transaction,
}

/// How the demo world comes about.
#[derive(Args, Debug)]
pub struct SeedOptions {
    /// Another number gives another world.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Also write the pictures into this folder.
    #[arg(long)]
    pub pictures: Option<PathBuf>,
}

/// Prints the document of one service.
///
/// # Errors
/// When standard output is closed.
pub fn openapi(service: Documented) -> anyhow::Result<()> {
    let document = match service {
        Documented::Platform => platform::openapi(),
        Documented::Transaction => transaction::openapi(),
    };
    println!("{}", serde_json::to_string_pretty(&document)?);
    Ok(())
}

/// Brings the database to the state this version needs.
///
/// # Errors
/// When the server refuses something; nothing half-done is left by a failed migration.
pub async fn migrate(settings: Settings, admin_url: Option<SecretString>, database: &str) -> anyhow::Result<()> {
    if let Some(admin_url) = admin_url {
        let passwords = RolePasswords {
            platform: password_of(&settings.platform.database),
            transaction: password_of(&settings.transaction.database),
        };
        kit::db::bootstrap(&admin_url, database, &passwords).await?;
    }
    migrate_services(&settings).await?;
    set_up_topics(&settings).await
}

/// Makes the topics of all events where a broker carries them; the bus on PostgreSQL makes its own.
///
/// # Errors
/// When the broker is away or refuses.
pub async fn set_up_topics(settings: &Settings) -> anyhow::Result<()> {
    if settings.bus.kind != BusKind::Kafka {
        return Ok(());
    }
    let topics: Vec<String> = Topic::ALL.iter().map(|topic| topic.as_str().to_owned()).collect();
    let bus = KafkaBus::start(settings.bus.kafka.clone(), Env::system().clock, CancellationToken::new())?;
    for difference in bus.set_up(&topics).await.context("the topics cannot be made")? {
        println!("left as it is: {difference}");
    }
    println!("{} topics are in place.", topics.len());
    Ok(())
}

/// Runs the migrations of both services, each with its own role.
///
/// # Errors
/// When a migration fails.
pub async fn migrate_services(settings: &Settings) -> anyhow::Result<()> {
    let platform = kit::db::connect(&settings.platform.database, "platform").await?;
    kit::db::migrate(&platform, &platform::migrator()).await.context("schema platform")?;
    let transaction = kit::db::connect(&settings.transaction.database, "transaction").await?;
    kit::db::migrate(&transaction, &transaction::migrator()).await.context("schema transaction")?;
    platform.close().await;
    transaction.close().await;
    Ok(())
}

fn password_of(database: &DatabaseConfig) -> Option<SecretString> {
    let url = url::Url::parse(database.url.expose_secret()).ok()?;
    url.password().map(SecretString::from)
}

/// Changes the key that signs access tokens at once, e.g. because it may be known to others (SEC-61).
///
/// # Errors
/// When the database or the key folder cannot be used.
pub async fn rotate_key(settings: Settings) -> anyhow::Result<()> {
    let state = platform::open(settings.platform, Env::system()).await?;
    platform::accounts::ops::rotate_signing_key(&state).await?;
    println!("Another key signs from now on; the one before proves its tokens until they have expired.");
    Ok(())
}

/// Fills an empty database; a filled one is left alone.
///
/// # Errors
/// When the database or the vendors' stand-ins refuse something.
pub async fn seed(settings: Settings, options: SeedOptions) -> anyhow::Result<()> {
    let progress = ProgressBar::new(0);
    let written = seed_once(&settings, &Env::system(), &options, &progress).await?;
    progress.finish_and_clear();
    println!(
        "{}",
        if written { "The demo world is in place." } else { "There are courts already: nothing was changed." }
    );
    Ok(())
}

/// As [`seed`], showing `progress`; tells whether anything was written.
///
/// # Errors
/// As [`seed`].
pub async fn seed_once(
    settings: &Settings,
    env: &Env,
    options: &SeedOptions,
    progress: &ProgressBar,
) -> anyhow::Result<bool> {
    let platform = kit::db::connect(&settings.platform.database, "platform").await?;
    let transaction = kit::db::connect(&settings.transaction.database, "transaction").await?;
    let mut platform_side = platform.acquire().await?;
    if !seed::store::is_empty(&mut platform_side).await? {
        return Ok(false);
    }
    let now = env.clock.now();
    let zone = TimeZone::get(seed::plan::ZONE).context("the time-zone database lacks the demo's zone")?;
    let plan = seed::plan::plan(options.seed, now.to_zoned(zone).date(), now);
    let pictures = tokio::task::spawn_blocking(pictures::draw_all).await??;
    if let Some(folder) = &options.pictures {
        for picture in &pictures {
            let path = folder.join(&picture.key);
            std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
            std::fs::write(path, &picture.jpeg)?;
        }
    }
    let http = reqwest::Client::new();
    store_of(settings)?.upload(&http, pictures, now).await?;
    let desk = stripe::Desk::new(
        http,
        settings.platform.stripe.api_url.as_str(),
        settings.platform.stripe.secret_key.expose_secret(),
    );
    let ids = desk.open(&plan, progress).await?;
    ensure!(ids.accounts.len() == plan.clubs.len(), "an account is missing");
    let mut transaction_side = transaction.acquire().await?;
    seed::store::write(&mut platform_side, &mut transaction_side, &plan, &ids, &pictures::assign(&plan), now).await?;
    Ok(true)
}

/// Where owners' pictures go as well.
fn store_of(settings: &Settings) -> anyhow::Result<pictures::Store> {
    let s3 = &settings.platform.s3;
    Ok(pictures::Store {
        bucket: platform::object_store::bucket(s3, &s3.endpoint, &s3.public_bucket)?,
        credentials: platform::object_store::credentials(s3),
    })
}
