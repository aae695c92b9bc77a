//! The service in process, with a database of its own, a clock that stands still and vendors that do as they are told.

mod call;
mod vendors;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use axum::Router;
use contracts::identity::{AccessClaims, AccountStatus, ConnectStatus, Role, SubscriptionStatus};
use contracts::ids::UserId;
use jiff::{SignedDuration, Timestamp};
use kit::Env;
use kit::auth::{AuthConfig, Issuer};
use kit::clock::FixedClock;
use kit::db::DatabaseConfig;
use kit::http::{HttpClientConfig, HttpConfig, RateLimitConfig, chassis};
use kit::ids::{RandomIds, SharedIds};
use platform::config::{
    AccountsConfig, ClientConfig, Config, CourtsConfig, DiscoveryConfig, FacebookConfig, OidcConfig, ProtectionConfig,
    ProvidersConfig, S3Addressing, S3Config, SecondFactorConfig, SessionsConfig, StripeConfig, WeatherConfig,
};
use platform::state::AppState;
use serde_json::Value;
use sqlx::PgPool;
use testkit::TestDatabase;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use call::{Answer, Call, Part};
pub use vendors::{FACEBOOK_APP, GOOGLE_CLIENT, STRIPE_WEBHOOK_SECRET, Vendors, signing_keys, stripe_signature};

/// What `/internal/*` wants to see.
pub const INTERNAL_KEY: &str = "internal-key-of-the-tests";

/// When every test begins.
pub fn begin() -> Timestamp {
    "2026-05-04T09:00:00Z".parse().expect("a literal instant")
}

pub struct World {
    pub database: TestDatabase,
    /// Platform's own role.
    pub pool: PgPool,
    pub clock: Arc<FixedClock>,
    pub vendors: Vendors,
    /// For use cases that have no route yet.
    pub state: AppState,
    ids: SharedIds,
    issuer: Issuer,
    public: Router,
    internal: Router,
    http: HttpConfig,
    jobs: kit::jobs::Jobs,
    tasks: Vec<kit::Task>,
    shutdown: CancellationToken,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A world whose configuration differs from the usual one.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let database = TestDatabase::new().await;
        let clock = FixedClock::at(begin());
        let env = Env { clock: clock.clone(), ids: RandomIds::shared(clock.clone()) };
        let vendors = Vendors::start(&env).await;
        let mut config = configuration(&database, &vendors);
        change(&mut config);
        let shutdown = CancellationToken::new();
        let state = platform::open(config, env.clone()).await.expect("the service");
        let service = platform::service(&state, shutdown.clone()).expect("the service");
        let http = HttpConfig {
            rate_limit: RateLimitConfig { enabled: false, ..RateLimitConfig::default() },
            // What calls in process come from: tests say another address with `X-Forwarded-For`.
            trusted_proxies: vec!["0.0.0.0/32".parse().expect("an address")],
            ..HttpConfig::default()
        };
        let pool = database.platform().await;
        let jobs = platform::jobs(&state).expect("the schedules");
        Self {
            pool,
            state,
            clock,
            vendors,
            ids: env.ids.clone(),
            issuer: Issuer::open(token_keys()).expect("the key folder of the tests"),
            public: chassis(service.public, &http, &env),
            internal: chassis(service.internal, &http, &env),
            http,
            jobs,
            tasks: service.tasks,
            shutdown,
            database,
        }
    }

    /// The same service once more, as another process would be: what it knows, it knows from the database.
    pub async fn beside(&self) -> Beside {
        let state = platform::open((*self.state.config).clone(), self.state.env.clone()).await.expect("the service");
        let service = platform::service(&state, self.shutdown.clone()).expect("the schedules");
        Beside { public: chassis(service.public, &self.http, &self.state.env), state }
    }

    /// Runs the service's background tasks until the world ends.
    pub fn run_tasks(&self) {
        tokio::spawn(kit::service::run(self.tasks.clone(), self.shutdown.clone()));
    }

    /// Does every job that is due by the clock of the world; answers how many ran. A schedule begins at the first call.
    pub async fn run_jobs(&self) -> usize {
        self.jobs.run_due().await.expect("the database")
    }

    pub fn get(&self, path: &str) -> Call {
        Call::new(self.public.clone(), "GET", path)
    }

    pub fn post(&self, path: &str) -> Call {
        Call::new(self.public.clone(), "POST", path)
    }

    pub fn put(&self, path: &str) -> Call {
        Call::new(self.public.clone(), "PUT", path)
    }

    pub fn delete(&self, path: &str) -> Call {
        Call::new(self.public.clone(), "DELETE", path)
    }

    pub fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.public.clone(), method, path)
    }

    /// A call on the listener of the other service.
    pub fn internal(&self, method: &str, path: &str) -> Call {
        Call::new(self.internal.clone(), method, path)
    }

    /// Registers a person who has not been here before and answers what the service answered.
    pub async fn register(&self, name: &str, role: Role) -> Value {
        let token = self.vendors.google_token(name);
        let body = serde_json::json!({
            "oauthProvider": "GOOGLE", "oauthToken": token, "role": role, "termsAccepted": true,
        });
        self.post("/api/auth/register").json(&body).send().await.expect(201)
    }

    /// Signs a registered person in again.
    pub async fn login(&self, name: &str) -> Value {
        let body = serde_json::json!({ "oauthProvider": "GOOGLE", "oauthToken": self.vendors.google_token(name) });
        self.post("/api/auth/login").json(&body).send().await.expect(200)
    }

    pub async fn refresh(&self, token: &Value) -> Answer {
        self.post("/api/auth/refresh").json(&serde_json::json!({ "refreshToken": token })).send().await
    }

    /// Puts a person with `role` into the database and answers an access token for it: staff cannot register.
    pub async fn person(&self, role: Role) -> (UserId, String) {
        let id = self.new_id();
        let owner = role == Role::CourtOwner;
        sqlx::query(
            "INSERT INTO users (id, email, name, role, terms_accepted_at, verified, subscription_status,
                                trial_ends_at, created_at, updated_at)
             VALUES ($1, $1::text || '@example.test', 'Somebody', $2, now(), $3, $4, $5, now(), now())",
        )
        .bind(id)
        .bind(role.as_str())
        .bind(owner)
        .bind(if owner { SubscriptionStatus::Trial } else { SubscriptionStatus::None }.as_str())
        .bind(owner.then(|| jiff_sqlx::Timestamp::from(begin() + SignedDuration::from_hours(240))))
        .execute(&self.pool)
        .await
        .expect("a person");
        (UserId(id), self.token(UserId(id), role))
    }

    pub fn new_id(&self) -> Uuid {
        self.ids.new_id()
    }

    /// An access token signed by the service's own key.
    pub fn token(&self, user: UserId, role: Role) -> String {
        let now = kit::clock::Clock::now(&*self.clock).as_second();
        self.sign(&claims(user, role, now, now + 900))
    }

    pub fn sign(&self, claims: &AccessClaims) -> String {
        self.issuer.sign(claims).expect("a token")
    }

    pub fn token_keys(&self) -> kit::auth::Jwks {
        self.issuer.jwks()
    }

    /// Changes an account behind the service's back and waits until no answer about it is kept.
    pub async fn set_status(&self, user: &Value, status: AccountStatus) {
        sqlx::query("UPDATE users SET status = $2 WHERE id = $1::uuid")
            .bind(id(user))
            .bind(status.as_str())
            .execute(&self.pool)
            .await
            .expect("an account");
        self.clock.advance(SignedDuration::from_secs(3));
    }

    /// The events of one type in the outbox, in their order.
    pub async fn events(&self, event_type: &str) -> Vec<(String, Value)> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT message_key, payload FROM outbox WHERE payload::jsonb ->> 'eventType' = $1 ORDER BY seq",
        )
        .bind(event_type)
        .fetch_all(&self.pool)
        .await
        .expect("the outbox");
        rows.into_iter().map(|(key, text)| (key, serde_json::from_str(&text).expect("JSON"))).collect()
    }

    pub async fn count(&self, statement: &'static str) -> i64 {
        sqlx::query_scalar(statement).fetch_one(&self.pool).await.expect("a count")
    }
}

/// A second process of the service.
pub struct Beside {
    public: Router,
    pub state: AppState,
}

impl Beside {
    pub fn get(&self, path: &str) -> Call {
        Call::new(self.public.clone(), "GET", path)
    }

    pub fn post(&self, path: &str) -> Call {
        Call::new(self.public.clone(), "POST", path)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

pub fn id(user: &Value) -> Uuid {
    user["id"].as_str().expect("an id").parse().expect("a UUID")
}

pub fn claims(user: UserId, role: Role, iat: i64, exp: i64) -> AccessClaims {
    let owner = role == Role::CourtOwner;
    AccessClaims {
        sub: user,
        role,
        email: "somebody@example.test".to_owned(),
        verified: owner.then_some(true),
        stripe_connected: owner.then_some(ConnectStatus::Active == ConnectStatus::NotStarted),
        subscription_status: owner.then_some(SubscriptionStatus::Trial),
        sid: None,
        iat,
        exp,
    }
}

/// Reads the claims of a token without proving it.
pub fn read_claims(token: &Value) -> Value {
    use base64::Engine as _;
    let part = token.as_str().expect("a token").split('.').nth(1).expect("three parts");
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&json).expect("JSON")
}

/// One folder of signing keys for all tests: making RSA keys is slow.
fn token_keys() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER
        .get_or_init(|| std::env::temp_dir().join(format!("courtside-test-token-keys-{}", std::process::id())))
        .clone()
}

fn configuration(database: &TestDatabase, vendors: &Vendors) -> Config {
    let url = |path: &str| vendors.url(path).parse().expect("an address");
    let oidc = |name: &str, client: &str| OidcConfig {
        issuer: url(&format!("/{name}")),
        jwks_url: None,
        client_ids: vec![client.to_owned(), format!("{client}.ios")],
        authorize_url: url(&format!("/{name}/authorize")),
        token_url: url(&format!("/{name}/token")),
    };
    let quick =
        HttpClientConfig { timeout_ms: 2_000, retries: 0, breaker_failures: 1_000, ..HttpClientConfig::default() };
    Config {
        database: DatabaseConfig { max_connections: 16, ..DatabaseConfig::new(database.platform_url()) },
        bus: kit::bus::BusConfig::default(),
        redis: kit::redis::RedisConfig::default(),
        internal_api_key: INTERNAL_KEY.into(),
        previous_internal_api_key: None,
        auth: AuthConfig { key_folder: token_keys().display().to_string(), ..AuthConfig::default() },
        sessions: SessionsConfig::default(),
        accounts: AccountsConfig::default(),
        // A test calls faster than a person.
        protection: ProtectionConfig { calls_per_account_per_minute: 1_000, ..ProtectionConfig::default() },
        second_factor: SecondFactorConfig { encryption_key: "01".repeat(32).into(), previous_encryption_key: None },
        providers: ProvidersConfig {
            google: oidc("google", GOOGLE_CLIENT),
            apple: oidc("apple", vendors::APPLE_CLIENT),
            facebook: FacebookConfig {
                graph_url: url("/facebook"),
                app_id: FACEBOOK_APP.to_owned(),
                app_secret: "facebook-secret".into(),
                authorize_url: url("/facebook/dialog"),
                token_url: url("/facebook/token"),
            },
            http: quick.clone(),
        },
        stripe: StripeConfig {
            api_url: url("/stripe"),
            secret_key: "sk_test_1".into(),
            publishable_key: "pk_test_1".to_owned(),
            connect_webhook_secret: STRIPE_WEBHOOK_SECRET.into(),
            country: "GR".to_owned(),
            http: quick.clone(),
        },
        s3: S3Config {
            endpoint: url("/sandbox/s3"),
            browser_endpoint: None,
            region: "eu-central-1".to_owned(),
            access_key_id: "courtside".to_owned(),
            secret_access_key: "courtside-sandbox-secret".into(),
            addressing: S3Addressing::Path,
            public_bucket: "courtside-public".to_owned(),
            private_bucket: "courtside-private".to_owned(),
            link_seconds: 300,
            http: quick,
        },
        holidays: platform::config::HolidaysConfig::default(),
        courts: CourtsConfig { image_base_url: vendors.url("/sandbox/s3/courtside-public/") },
        discovery: DiscoveryConfig::default(),
        // No vendor answers here; a test of the weather brings its own.
        weather: WeatherConfig { providers: Vec::new(), ..WeatherConfig::default() },
        client: ClientConfig::default(),
    }
}
