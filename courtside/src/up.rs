//! `courtside up`: a whole installation on one machine, with everything it needs started, filled and explained.
//!
//! Owns the state folder: the private PostgreSQL cluster, the secrets made at the first start, signing keys, and what the
//! vendors' stand-ins remember. A second start finds all of it and goes on.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use clap::Args;
use cluster::{Cluster, Durability};
use contracts::identity::Role;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use kit::Env;
use kit::db::RolePasswords;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::commands::{self, SeedOptions};
use crate::process::{self, Faces, Listeners};
use crate::seed::people::DEMO_PEOPLE;
use crate::settings::{self, Settings};

const DATABASE: &str = "courtside";

/// What can be chosen on the command line.
#[derive(Args, Debug)]
pub struct Options {
    /// Port of the one public address.
    #[arg(long, default_value_t = 8080, env = "COURTSIDE_PORT")]
    port: u16,
    /// Folder for the database and everything else that stays.
    #[arg(long, default_value = ".courtside", env = "COURTSIDE_STATE")]
    state: PathBuf,
    /// Start with an empty world.
    #[arg(long)]
    no_seed: bool,
    /// Another number gives another demo world.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Give up durability for speed; for tests.
    #[arg(long, hide = true)]
    disposable: bool,
}

/// Starts everything, serves until Ctrl-C, stops everything.
///
/// # Errors
/// Says what is missing or taken.
pub async fn run(file: Option<&Path>, options: Options) -> anyhow::Result<()> {
    let display = Display::new();
    let shutdown = CancellationToken::new();
    tokio::spawn(kit::service::cancel_on_signal(shutdown.clone()));
    // The port first: a second copy should fail before it touches anything.
    let any = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    let listeners = Listeners::open(SocketAddr::new(any.ip(), options.port), any).await?;

    let step = display.step("PostgreSQL");
    let durability = if options.disposable { Durability::Disposable } else { Durability::Durable };
    let state = options.state.clone();
    let cluster = tokio::task::spawn_blocking(move || {
        let cluster = Cluster::locate(&state, durability)?;
        cluster.start()?;
        anyhow::Ok(cluster)
    })
    .await??;
    step.done();

    let outcome = run_on(&cluster, listeners, file, &options, &display, shutdown).await;
    let step = display.step("Stopping PostgreSQL");
    tokio::task::spawn_blocking(move || cluster.stop()).await??;
    step.done();
    outcome
}

async fn run_on(
    cluster: &Cluster,
    listeners: Listeners,
    file: Option<&Path>,
    options: &Options,
    display: &Display,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let state = options.state.canonicalize()?;
    let secrets = Secrets::load_or_make(&state.join("secrets.toml"))?;
    let doors = Doors {
        public: format!("http://{}", listeners.public.local_addr()?),
        internal: format!("http://{}", listeners.internal.local_addr()?),
    };
    let overlay = overlay(cluster, &secrets, &doors, &state)?;
    let settings = settings::load_with(&overlay, file)?;
    let _telemetry = kit::telemetry::init(&settings.telemetry)?;
    let env = Env::system();

    let step = display.step("Migrations");
    let passwords = RolePasswords {
        platform: Some(SecretString::from(secrets.platform_password.clone())),
        transaction: Some(SecretString::from(secrets.transaction_password.clone())),
    };
    let admin_url = SecretString::from(cluster.admin_url("postgres")?);
    kit::db::bootstrap(&admin_url, DATABASE, &passwords).await?;
    commands::migrate_services(&settings).await?;
    commands::set_up_topics(&settings).await?;
    step.done();

    if !options.no_seed {
        seed(&settings, &env, options, display).await.context("cannot make the demo world")?;
    }

    let step = display.step("Services");
    let sandbox = sandbox::build(settings.sandbox.clone(), env.clone(), shutdown.clone())?;
    let platform = platform::build(settings.platform.clone(), env.clone(), shutdown.clone()).await?;
    let transaction = transaction::build(settings.transaction.clone(), env.clone(), shutdown.clone()).await?;
    step.done();

    let address = listeners.public.local_addr()?;
    display.explain(address, &settings);
    // For scripts that let the system choose the port.
    std::fs::write(state.join("address"), format!("http://{address}\n"))?;
    let faces = Faces {
        pages: Some(crate::web::router(&settings.web)),
        // As a service, so that /sandbox/ is answered as well as /sandbox.
        beside: Some(
            Router::new().nest_service("/sandbox", sandbox.public).merge(transaction::notifications::preview_router()),
        ),
    };
    process::serve(listeners, vec![platform, transaction], faces, &settings, &env, shutdown).await
}

/// Fills the world against a sandbox of its own, which remembers what happened but tells nobody: the webhooks of
/// thousands of payments that are stored already would be the first thing the services have to digest.
async fn seed(settings: &Settings, env: &Env, options: &Options, display: &Display) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let base = format!("http://{}/sandbox", listener.local_addr()?);
    let closing = CancellationToken::new();
    let mut silent = settings.sandbox.clone();
    silent.stripe.webhooks.clear();
    let sandbox = sandbox::build(silent, env.clone(), closing.clone())?;
    let door =
        tokio::spawn(kit::http::serve(listener, Router::new().nest("/sandbox", sandbox.public), closing.clone()));
    let chores = tokio::spawn(kit::service::run(sandbox.tasks, closing.clone()));
    let mut settings = settings.clone();
    let own_store = format!("{}/s3", settings.sandbox.public_url);
    if settings.platform.s3.endpoint.as_str() == own_store {
        settings.platform.s3.endpoint = format!("{base}/s3").parse()?;
    }
    settings.sandbox.public_url.clone_from(&base);
    settings.platform.stripe.api_url = format!("{base}/stripe").parse()?;
    let step = display.counted("Demo world (first start only)");
    let choices = SeedOptions { seed: options.seed, pictures: None };
    let outcome = commands::seed_once(&settings, env, &choices, &step.bar).await;
    closing.cancel();
    door.await??;
    chores.await?;
    if outcome? {
        step.done();
    } else {
        step.bar.finish_and_clear();
    }
    Ok(())
}

/// What this installation made for itself at its first start.
#[derive(Debug, Serialize, Deserialize)]
struct Secrets {
    platform_password: String,
    transaction_password: String,
    internal_api_key: String,
    stripe_webhook_secret: String,
    stripe_connect_webhook_secret: String,
    /// Absent in installations that are older than second factors.
    second_factor_key: Option<String>,
    /// Absent in installations that are older than messages.
    notifications_key: Option<String>,
    vapid_key: Option<String>,
}

impl Secrets {
    fn load_or_make(path: &Path) -> anyhow::Result<Self> {
        if path.exists() {
            let text = std::fs::read_to_string(path)?;
            let mut secrets: Self =
                toml::from_str(&text).with_context(|| format!("{} cannot be read", path.display()))?;
            let newer = [&mut secrets.second_factor_key, &mut secrets.notifications_key, &mut secrets.vapid_key];
            let mut made = false;
            for key in newer.into_iter().filter(|key| key.is_none()) {
                *key = Some(encryption_key());
                made = true;
            }
            if made {
                cluster::write_secret(path, &toml::to_string(&secrets)?)?;
            }
            return Ok(secrets);
        }
        let secrets = Self {
            platform_password: cluster::random_password(),
            transaction_password: cluster::random_password(),
            internal_api_key: cluster::random_password(),
            stripe_webhook_secret: format!("whsec_{}", cluster::random_password()),
            stripe_connect_webhook_secret: format!("whsec_{}", cluster::random_password()),
            second_factor_key: Some(encryption_key()),
            notifications_key: Some(encryption_key()),
            vapid_key: Some(encryption_key()),
        };
        cluster::write_secret(path, &toml::to_string(&secrets)?)?;
        Ok(secrets)
    }
}

/// The push services of the common browsers.
const PUSH_SERVICES: [&str; 4] =
    ["fcm.googleapis.com", "updates.push.services.mozilla.com", "*.notify.windows.com", "*.push.apple.com"];

/// 32 random bytes as hexadecimal digits.
fn encryption_key() -> String {
    cluster::random_password() + &cluster::random_password()
}

/// Under which addresses an installation is reached.
#[derive(Args, Debug)]
pub struct Doors {
    /// By everyone: scheme, host and port.
    #[arg(long)]
    public: String,
    /// By the other service.
    #[arg(long)]
    internal: String,
}

/// The configuration of an installation in `state` whose processes are started one by one: what `up` would find out by
/// itself. Secrets are made at the first call.
///
/// # Errors
/// When there is no cluster, or the folder cannot be used.
pub fn configuration(state: &Path, doors: &Doors) -> anyhow::Result<String> {
    let cluster = Cluster::locate(state, Durability::Durable)?;
    let state = state.canonicalize()?;
    let secrets = Secrets::load_or_make(&state.join("secrets.toml"))?;
    Ok(toml::to_string(&overlay(&cluster, &secrets, doors, &state)?)?)
}

/// What only a running installation knows: addresses, secrets, folders.
fn overlay(cluster: &Cluster, secrets: &Secrets, doors: &Doors, state: &Path) -> anyhow::Result<toml::Table> {
    let Doors { public, internal } = doors;
    let sandbox = format!("{public}/sandbox");
    let platform_database = cluster.role_url("courtside_platform", &secrets.platform_password, DATABASE)?;
    let transaction_database = cluster.role_url("courtside_transaction", &secrets.transaction_password, DATABASE)?;
    let keys = state.join("keys");
    let sandbox_data = state.join("sandbox");
    let mut overlay = toml::Table::new();
    let mut set = |path: &str, value: &str| insert(&mut overlay, path, toml::Value::String(value.to_owned()));
    set("telemetry.log_filter", "warn");
    set("telemetry.log_format", "text");
    set("platform.database.url", &platform_database);
    set("platform.internal_api_key", &secrets.internal_api_key);
    if let Some(key) = &secrets.second_factor_key {
        set("platform.second_factor.encryption_key", key);
    }
    set("platform.auth.key_folder", &keys.display().to_string());
    set("platform.stripe.api_url", &format!("{sandbox}/stripe"));
    set("platform.s3.endpoint", &format!("{sandbox}/s3"));
    set("platform.weather.openweathermap.api_url", &format!("{sandbox}/openweathermap"));
    set("platform.weather.weatherapi.api_url", &format!("{sandbox}/weatherapi"));
    set("platform.stripe.connect_webhook_secret", &secrets.stripe_connect_webhook_secret);
    for (provider, paths) in [
        ("google", [("issuer", "google"), ("authorize_url", "google/o/oauth2/v2/auth"), ("token_url", "google/token")]),
        ("apple", [("issuer", "apple"), ("authorize_url", "apple/auth/authorize"), ("token_url", "apple/auth/token")]),
        (
            "facebook",
            [
                ("graph_url", "facebook"),
                ("authorize_url", "facebook/dialog/oauth"),
                ("token_url", "facebook/oauth/access_token"),
            ],
        ),
    ] {
        for (key, path) in paths {
            set(&format!("platform.providers.{provider}.{key}"), &format!("{sandbox}/{path}"));
        }
    }
    set("transaction.database.url", &transaction_database);
    set("transaction.auth.jwks_url", &format!("{internal}/.well-known/jwks.json"));
    set("transaction.platform.internal_url", internal);
    set("transaction.platform.internal_api_key", &secrets.internal_api_key);
    set("transaction.stripe.api_url", &format!("{sandbox}/stripe"));
    set("transaction.stripe.webhook_secret", &secrets.stripe_webhook_secret);
    if let (Some(encryption), Some(vapid)) = (&secrets.notifications_key, &secrets.vapid_key) {
        set("transaction.notifications.encryption_key", encryption);
        set("transaction.notifications.web_push.private_key", vapid);
    }
    set("transaction.notifications.customer_url", public);
    set("transaction.notifications.owner_url", &format!("{public}/admin"));
    set("transaction.notifications.api_url", public);
    set("transaction.notifications.mail.api_url", &format!("{sandbox}/sendgrid"));
    set("transaction.notifications.fcm.api_url", &format!("{sandbox}/fcm"));
    set("transaction.notifications.fcm.service_account", &format!("{sandbox}/fcm/service-account.json"));
    set("sandbox.public_url", &sandbox);
    set("sandbox.data_dir", &sandbox_data.display().to_string());
    insert(&mut overlay, "platform.sessions.cookie_secure", toml::Value::Boolean(false));
    // Browsers of this machine subscribe at the sandbox, or at their vendors' own services.
    let services = PUSH_SERVICES.iter().copied().chain([public.as_str()]);
    let services = services.map(|service| toml::Value::String(service.to_owned())).collect();
    insert(&mut overlay, "transaction.notifications.web_push.services", toml::Value::Array(services));
    // The people of the demo world are those of the sign-in page.
    let people = DEMO_PEOPLE.iter().map(|person| {
        let note = match person.role {
            Role::Customer => "customer",
            Role::CourtOwner => "owner",
            Role::SupportAgent => "agent",
            Role::PlatformAdmin => "admin",
        };
        let fields = [("email", person.email), ("name", person.name), ("note", note)];
        toml::Value::Table(fields.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect())
    });
    insert(&mut overlay, "sandbox.identities.people", toml::Value::Array(people.collect()));
    // Only what the services act on: everything else would be one more call per booking for nothing.
    const PAYMENT_EVENTS: [&str; 7] = [
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
        "payment_intent.amount_capturable_updated",
        "charge.refunded",
        "charge.dispute.created",
        "charge.dispute.closed",
    ];
    const ACCOUNT_EVENTS: [&str; 2] = ["account.updated", "account.application.deauthorized"];
    let webhook = |name: &str, path: &str, secret: &str, connect: bool| {
        let mut target = toml::Table::new();
        target.insert("name".into(), name.into());
        target.insert("url".into(), format!("{public}{path}").into());
        target.insert("secret".into(), secret.into());
        target.insert("connect".into(), connect.into());
        let events: &[&str] = if connect { &ACCOUNT_EVENTS } else { &PAYMENT_EVENTS };
        target.insert("events".into(), toml::Value::Array(events.iter().map(|event| (*event).into()).collect()));
        toml::Value::Table(target)
    };
    let webhooks = vec![
        webhook("payments", "/api/webhooks/stripe", &secrets.stripe_webhook_secret, false),
        webhook("connect", "/api/webhooks/stripe-connect", &secrets.stripe_connect_webhook_secret, true),
    ];
    insert(&mut overlay, "sandbox.stripe.webhooks", toml::Value::Array(webhooks));
    Ok(overlay)
}

/// Sets the value at a dotted path, making the tables on the way.
fn insert(table: &mut toml::Table, path: &str, value: toml::Value) {
    match path.split_once('.') {
        None => {
            table.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let below = table.entry(first).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            if let toml::Value::Table(below) = below {
                insert(below, rest, value);
            }
        }
    }
}

/// Progress on the terminal, one line a step.
struct Display {
    lines: MultiProgress,
}

struct Step {
    bar: ProgressBar,
    name: &'static str,
    started: std::time::Instant,
}

impl Display {
    fn new() -> Self {
        Self { lines: MultiProgress::new() }
    }

    fn step(&self, name: &'static str) -> Step {
        let bar = self.lines.add(ProgressBar::new_spinner());
        bar.set_style(ProgressStyle::with_template("  {spinner} {msg}").expect("a valid template"));
        bar.set_message(name);
        bar.enable_steady_tick(Duration::from_millis(120));
        Step { bar, name, started: std::time::Instant::now() }
    }

    fn counted(&self, name: &'static str) -> Step {
        let bar = self.lines.add(ProgressBar::new(0));
        let style =
            ProgressStyle::with_template("  {spinner} {msg} [{bar:30}] {pos}/{len} {eta}").expect("a valid template");
        bar.set_style(style.progress_chars("=> "));
        bar.set_message(name);
        bar.enable_steady_tick(Duration::from_millis(120));
        Step { bar, name, started: std::time::Instant::now() }
    }

    fn explain(&self, address: SocketAddr, settings: &Settings) {
        let base = format!("http://{address}");
        println!("\n  Courtside is running.\n");
        println!("    Players        {base}/");
        println!("    Owners, staff  {base}/admin/");
        println!("    Sandbox        {base}/sandbox/   mails, pushes, charges");
        println!("\n  Sign in with any provider's button and pick one of:\n");
        for person in DEMO_PEOPLE {
            println!("    {:24} {}", person.email, person.purpose);
        }
        println!("\n  Test card: 4242 4242 4242 4242, any future date, any CVC.");
        if !settings.web.is_built() {
            println!("\n  The web apps are not built: run scripts/web-build, or use `make up`.");
        }
        println!("\n  Ctrl-C stops everything; the data stays in the state folder.\n");
    }
}

impl Step {
    fn done(self) {
        self.bar.finish_and_clear();
        println!("  ✓ {} ({:.1} s)", self.name, self.started.elapsed().as_secs_f64());
    }
}
