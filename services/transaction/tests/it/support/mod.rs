//! The service in process, beside the real platform service and the sandbox, each with a listener of its own. A test has
//! its own database and a clock that stands still until it moves it.

mod call;
mod club;
mod money;
mod stripe_api;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, RwLock};

use axum::Router;
use contracts::identity::{AccessClaims, Role, SubscriptionStatus};
use contracts::ids::UserId;
use jiff::{SignedDuration, Timestamp};
use kit::Env;
use kit::auth::{AuthConfig, Issuer, Verifier};
use kit::clock::{Clock as _, FixedClock};
use kit::db::DatabaseConfig;
use kit::http::{HttpClientConfig, HttpConfig, RateLimitConfig, chassis};
use kit::ids::RandomIds;
use kit::jobs::Jobs;
use secrecy::SecretString;
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::TestDatabase;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use transaction::checkpoint::Checkpoints;
use transaction::config::{BookingsConfig, Config, PaymentsConfig, PlatformConfig, RealtimeConfig};
use transaction::notifications::config::{FcmConfig, MailConfig, NotificationsConfig, WebPushConfig};
use transaction::state::AppState;
use transaction::stripe::{StripeConfig, signature};
use uuid::Uuid;

pub use call::{Answer, Call};
pub use club::{Club, DAY, booking_body};
pub use stripe_api::StripeApi;

const INTERNAL_KEY: &str = "internal-key-of-the-tests";
const WEBHOOK_SECRET: &str = "whsec_of_the_tests";

/// When every test begins: a Monday, noon in Athens.
pub fn begin() -> Timestamp {
    "2026-05-04T09:00:00Z".parse().expect("a literal instant")
}

/// An idempotency key that no other call of this test run has: version 4 as clients make it, counted instead of drawn.
pub fn fresh_key() -> Uuid {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// The transaction service as one process of it: its parts, its jobs, its routes.
pub struct Node {
    pub state: AppState,
    pub jobs: Jobs,
    pub router: Router,
}

pub struct World {
    /// Looks into both schemas.
    pub admin: PgPool,
    pub clock: Arc<FixedClock>,
    pub node: Node,
    pub place: Place,
    platform: Router,
    sandbox: Router,
    /// Who answers on the listener that webhooks are sent to.
    receiver: Arc<RwLock<Router>>,
    vendors: CancellationToken,
    /// Holds every request to Stripe against its published description.
    pub stripe_api: Arc<StripeApi>,
}

/// What a process of the service finds around it, and what outlives it.
pub struct Place {
    pub database: TestDatabase,
    env: Env,
    issuer: Issuer,
    platform_url: String,
    sandbox_url: String,
    stripe_retries: u32,
    commission_by_tier: BTreeMap<SubscriptionStatus, u16>,
    bookings: BookingsConfig,
    shutdown: CancellationToken,
}

impl World {
    /// A world in which Stripe reports nothing by itself; a test reports what it wants with [`World::report`].
    pub async fn new() -> Self {
        Self::start(false, 1, unhurried()).await
    }

    /// The same with other rules of booking.
    pub async fn with_rules(bookings: BookingsConfig) -> Self {
        Self::start(false, 1, bookings).await
    }

    /// The same, and a call to Stripe without an answer is not made again at once.
    pub async fn impatient() -> Self {
        Self::start(false, 0, unhurried()).await
    }

    /// A world in which Stripe's webhooks arrive.
    pub async fn with_webhooks() -> Self {
        Self::start(true, 1, unhurried()).await
    }

    /// A world in which owners of some tiers pay another share.
    pub async fn with_commission(tiers: impl IntoIterator<Item = (SubscriptionStatus, u16)>) -> Self {
        let mut world = Self::start(false, 1, unhurried()).await;
        world.place.commission_by_tier = tiers.into_iter().collect();
        world.restart().await;
        world
    }

    async fn start(webhooks: bool, stripe_retries: u32, bookings: BookingsConfig) -> Self {
        let database = TestDatabase::new().await;
        let clock = FixedClock::at(begin());
        let env = Env { clock: clock.clone(), ids: RandomIds::shared(clock.clone()) };
        let shutdown = CancellationToken::new();
        let issuer = Issuer::open(token_keys()).expect("the key folder of the tests");

        let receiver = Arc::new(RwLock::new(Router::new()));
        let webhook_url = serve_current(receiver.clone(), &shutdown).await;
        let vendors = shutdown.child_token();
        let stripe_api = StripeApi::new();
        let (sandbox, sandbox_url) = start_sandbox(&env, webhooks.then_some(webhook_url), &stripe_api, &vendors).await;
        let (platform, platform_url) = start_platform(&env, &database, &sandbox_url, &shutdown).await;

        let admin = database.admin().await;
        let place = Place {
            env,
            database,
            issuer,
            platform_url,
            sandbox_url,
            stripe_retries,
            commission_by_tier: BTreeMap::new(),
            bookings,
            shutdown,
        };
        let node = place.start_node(Checkpoints::default()).await;
        let world = Self { admin, clock, node, place, platform, sandbox, receiver, vendors, stripe_api };
        world.receive_here(&world.node);
        world
    }

    /// Another process of the service on the same database. Its checkouts report to `checkpoints`.
    pub async fn another_node(&self, checkpoints: Checkpoints) -> Node {
        self.place.start_node(checkpoints).await
    }

    /// The process dies and a new one starts: what was only in memory is gone.
    pub async fn restart(&mut self) {
        self.node = self.another_node(Checkpoints::default()).await;
        self.receive_here(&self.node);
    }

    fn receive_here(&self, node: &Node) {
        *self.receiver.write().expect("not poisoned") = node.router.clone();
    }

    pub fn get(&self, path: &str) -> Call {
        Call::new(self.node.router.clone(), "GET", path)
    }

    pub fn post(&self, path: &str) -> Call {
        Call::new(self.node.router.clone(), "POST", path)
    }

    pub fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.node.router.clone(), method, path)
    }

    /// A call of the other service's public routes.
    pub fn platform(&self, method: &str, path: &str) -> Call {
        Call::new(self.platform.clone(), method, path)
    }

    /// A call of the sandbox.
    pub fn sandbox(&self, method: &str, path: &str) -> Call {
        Call::new(self.sandbox.clone(), method, path)
    }

    /// Disturbs the sandbox, see its `POST /chaos`.
    pub async fn chaos(&self, rule: Value) {
        let answer = self.sandbox("POST", "/chaos").json(&rule).send().await;
        assert!(answer.status.is_success(), "{:#}", answer.body);
    }

    /// Ends all disturbances.
    pub async fn calm(&self) {
        let answer = self.sandbox("DELETE", "/chaos").send().await;
        assert!(answer.status.is_success(), "{:#}", answer.body);
    }

    /// The vendors' listener closes: they cannot be reached any more.
    pub fn stop_vendors(&self) {
        self.vendors.cancel();
    }

    /// Does all jobs that are due.
    pub async fn run_jobs(&self) {
        self.node.jobs.run_due().await.expect("jobs run");
    }

    /// Looks for what time has changed, as the background task does.
    pub async fn sweep(&self) -> usize {
        transaction::bookings::ops::sweep(&self.node.state).await.expect("a sweep")
    }

    /// What time it is.
    pub fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
    }

    pub fn new_id(&self) -> Uuid {
        self.place.env.ids.new_id()
    }

    /// Puts a person into the database and answers an access token for it.
    pub async fn person(&self, role: Role) -> (UserId, String) {
        let id = self.new_id();
        let owner = role == Role::CourtOwner;
        sqlx::query(
            "INSERT INTO platform.users (id, email, name, phone, role, terms_accepted_at, verified,
                 subscription_status, trial_ends_at, created_at, updated_at)
             VALUES ($1, $1::text || '@example.test', $2, '+30 2100000000', $3, now(), $4, $5, $6, now(), now())",
        )
        .bind(id)
        .bind(if owner { "Eleni Georgiou" } else { "Maria Dimitriou" })
        .bind(role.as_str())
        .bind(owner)
        .bind(if owner { SubscriptionStatus::Trial } else { SubscriptionStatus::None }.as_str())
        .bind(owner.then(|| jiff_sqlx::Timestamp::from(begin() + SignedDuration::from_hours(24 * 30))))
        .execute(&self.admin)
        .await
        .expect("a person");
        (UserId(id), self.token(UserId(id), role))
    }

    pub async fn customer(&self) -> (UserId, String) {
        self.person(Role::Customer).await
    }

    /// Tokens of `count` customers, put into the database at once.
    pub async fn customers(&self, count: i32) -> Vec<String> {
        let ids: Vec<Uuid> = (0..count).map(|_| self.new_id()).collect();
        sqlx::query(
            "INSERT INTO platform.users (id, email, name, phone, role, terms_accepted_at, verified,
                 subscription_status, created_at, updated_at)
             SELECT id, id::text || '@example.test', 'Maria Dimitriou', '+30 2100000000', 'CUSTOMER', now(), false,
                    'NONE', now(), now() FROM unnest($1::uuid[]) AS id",
        )
        .bind(&ids)
        .execute(&self.admin)
        .await
        .expect("customers");
        ids.into_iter().map(|id| self.token(UserId(id), Role::Customer)).collect()
    }

    /// Tells the service what platform published, as the bus would.
    pub async fn hear(&self, payload: impl contracts::events::Payload) {
        use kit::bus::Handler as _;
        let event_id = self.new_id();
        let envelope = contracts::events::Envelope {
            event_id: contracts::ids::EventId(event_id),
            source: contracts::events::Source::PlatformService,
            timestamp: self.clock.now(),
            trace_id: "0123456789abcdef0123456789abcdef".to_owned(),
            span_id: "0123456789abcdef".to_owned(),
            correlation_id: None,
            payload,
        };
        let message = kit::bus::Message {
            partition: kit::bus::Partition { topic: envelope.payload.topic().to_string(), number: 0 },
            offset: 0,
            event_id,
            key: envelope.payload.key(),
            headers: kit::bus::Headers::new(),
            payload: serde_json::to_vec(&envelope).expect("JSON").into(),
            published_at: self.clock.now(),
        };
        let news = transaction::bookings::consumers::PlatformNews::new(self.node.state.clone());
        let mut connection = self.node.state.pool.acquire().await.expect("a connection");
        news.handle(&mut connection, &message).await.expect("it is handled");
        drop(connection);
        self.run_jobs().await;
    }

    /// An access token that is valid from now on; take a new one after moving the clock.
    pub fn token(&self, user: UserId, role: Role) -> String {
        self.token_with(user, role, Some(SubscriptionStatus::Trial))
    }

    pub fn token_with(&self, user: UserId, role: Role, subscription: Option<SubscriptionStatus>) -> String {
        let now = self.clock.now().as_second();
        let owner = role == Role::CourtOwner;
        let claims = AccessClaims {
            sub: user,
            role,
            email: "somebody@example.test".to_owned(),
            verified: owner.then_some(true),
            stripe_connected: owner.then_some(true),
            subscription_status: subscription.filter(|_| owner),
            sid: None,
            iat: now,
            exp: now + 40 * 24 * 3600,
        };
        self.place.issuer.sign(&claims).expect("a token")
    }

    /// The events of one type in the outbox, in their order.
    pub async fn events(&self, event_type: &str) -> Vec<Value> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT payload FROM transaction.outbox WHERE payload::jsonb ->> 'eventType' = $1 ORDER BY seq",
        )
        .bind(event_type)
        .fetch_all(&self.admin)
        .await
        .expect("the outbox");
        rows.into_iter().map(|text| serde_json::from_str(&text).expect("JSON")).collect()
    }

    /// The types of all events about one court, in their order.
    pub async fn event_types(&self) -> Vec<String> {
        sqlx::query_scalar(
            "SELECT payload::jsonb ->> 'eventType' FROM transaction.outbox WHERE topic = 'booking-events' ORDER BY seq",
        )
        .fetch_all(&self.admin)
        .await
        .expect("the outbox")
    }

    pub async fn count(&self, statement: &'static str) -> i64 {
        sqlx::query_scalar(statement).fetch_one(&self.admin).await.expect("a count")
    }

    /// The stored status of a booking, dropped holds included.
    pub async fn status_of(&self, booking: &str) -> String {
        sqlx::query_scalar("SELECT status FROM transaction.bookings WHERE id = $1::uuid")
            .bind(booking)
            .fetch_one(&self.admin)
            .await
            .expect("a booking")
    }

    /// The one booking row there is.
    pub async fn only_booking(&self) -> String {
        sqlx::query_scalar("SELECT id::text FROM transaction.bookings")
            .fetch_one(&self.admin)
            .await
            .expect("one booking")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.place.shutdown.cancel();
        let broken = self.stripe_api.broken();
        if !std::thread::panicking() {
            assert!(broken.is_empty(), "requests that Stripe would refuse: {broken:#?}");
        }
    }
}

/// The usual rules, without a limit on how often a person books: tests book a lot in no time.
fn unhurried() -> BookingsConfig {
    BookingsConfig { max_per_hour: u32::MAX, max_per_day: u32::MAX, ..BookingsConfig::default() }
}

fn http_config() -> HttpConfig {
    HttpConfig { rate_limit: RateLimitConfig { enabled: false, ..RateLimitConfig::default() }, ..HttpConfig::default() }
}

async fn listen(router: Router, shutdown: &CancellationToken) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(kit::http::serve(listener, router, shutdown.clone()));
    url
}

/// A listener that hands every request to whichever router stands in `current`.
async fn serve_current(current: Arc<RwLock<Router>>, shutdown: &CancellationToken) -> String {
    let forward = move |request: axum::extract::Request| {
        let router = current.read().expect("not poisoned").clone();
        async move { tower::ServiceExt::oneshot(router, request).await.expect("routers do not fail") }
    };
    listen(Router::new().fallback(forward), shutdown).await
}

async fn start_sandbox(
    env: &Env,
    webhook: Option<String>,
    stripe_api: &Arc<StripeApi>,
    shutdown: &CancellationToken,
) -> (Router, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let mut config = sandbox::Config { public_url: url.clone(), ..sandbox::Config::default() };
    if let Some(target) = webhook {
        config.stripe.webhooks.push(sandbox::config::WebhookTarget {
            name: "transaction".to_owned(),
            url: format!("{target}/api/webhooks/stripe"),
            secret: WEBHOOK_SECRET.to_owned(),
            connect: false,
            events: Vec::new(),
        });
        config.stripe.webhook_first_retry_ms = 50;
    }
    let service = sandbox::build(config, env.clone(), shutdown.clone()).expect("the sandbox");
    tokio::spawn(kit::http::serve(listener, stripe_api.before(service.public.clone()), shutdown.clone()));
    (service.public, url)
}

async fn start_platform(
    env: &Env,
    database: &TestDatabase,
    sandbox_url: &str,
    shutdown: &CancellationToken,
) -> (Router, String) {
    use platform::config as settings;
    let url = |path: &str| format!("{sandbox_url}{path}").parse().expect("an address");
    let oidc = |name: &str| settings::OidcConfig {
        issuer: url(&format!("/{name}")),
        jwks_url: None,
        client_ids: vec![format!("courtside-{name}")],
        authorize_url: url(&format!("/{name}/authorize")),
        token_url: url(&format!("/{name}/token")),
    };
    let config = platform::Config {
        database: DatabaseConfig { max_connections: 16, ..DatabaseConfig::new(database.platform_url()) },
        bus: kit::bus::BusConfig::default(),
        redis: kit::redis::RedisConfig::default(),
        internal_api_key: INTERNAL_KEY.into(),
        previous_internal_api_key: None,
        auth: AuthConfig { key_folder: token_keys().display().to_string(), ..AuthConfig::default() },
        sessions: settings::SessionsConfig::default(),
        accounts: settings::AccountsConfig::default(),
        protection: settings::ProtectionConfig::default(),
        second_factor: settings::SecondFactorConfig {
            encryption_key: "01".repeat(32).into(),
            previous_encryption_key: None,
        },
        providers: settings::ProvidersConfig {
            google: oidc("google"),
            apple: oidc("apple"),
            facebook: settings::FacebookConfig {
                graph_url: url("/facebook"),
                app_id: "courtside-facebook".to_owned(),
                app_secret: "sandbox-facebook-secret".into(),
                authorize_url: url("/facebook/dialog/oauth"),
                token_url: url("/facebook/oauth/access_token"),
            },
            http: HttpClientConfig::default(),
        },
        stripe: settings::StripeConfig {
            api_url: url("/stripe"),
            secret_key: "sk_test_courtside_sandbox".into(),
            publishable_key: "pk_test_courtside_sandbox".to_owned(),
            connect_webhook_secret: "whsec_connect_of_the_tests".into(),
            country: "GR".to_owned(),
            http: HttpClientConfig::default(),
        },
        s3: settings::S3Config {
            endpoint: url("/s3"),
            browser_endpoint: None,
            region: "eu-central-1".to_owned(),
            access_key_id: "courtside".to_owned(),
            secret_access_key: "courtside-sandbox-secret".into(),
            addressing: settings::S3Addressing::Path,
            public_bucket: "courtside-public".to_owned(),
            private_bucket: "courtside-private".to_owned(),
            link_seconds: 300,
            http: HttpClientConfig::default(),
        },
        holidays: settings::HolidaysConfig::default(),
        courts: settings::CourtsConfig::default(),
        discovery: settings::DiscoveryConfig::default(),
        weather: settings::WeatherConfig { providers: Vec::new(), ..settings::WeatherConfig::default() },
        client: settings::ClientConfig::default(),
    };
    let service = platform::build(config, env.clone(), shutdown.clone()).await.expect("the platform service");
    let internal_url = listen(chassis(service.internal, &http_config(), env), shutdown).await;
    (chassis(service.public, &http_config(), env), internal_url)
}

impl Place {
    /// Where the sandbox listens.
    pub fn sandbox_url(&self) -> &str {
        &self.sandbox_url
    }

    /// Where platform's inner door is.
    pub fn platform_url(&self) -> &str {
        &self.platform_url
    }

    /// Delivery to the sandbox, which has every vendor's dialect.
    fn notifications(&self) -> NotificationsConfig {
        let url = |path: &str| format!("{}{path}", self.sandbox_url).parse().expect("an address");
        let http =
            HttpClientConfig { retries: 0, breaker_failures: 20, timeout_ms: 3_000, ..HttpClientConfig::default() };
        NotificationsConfig {
            encryption_key: "02".repeat(32).into(),
            previous_encryption_key: None,
            customer_url: "https://courtside.example".parse().expect("an address"),
            owner_url: "https://courtside.example/admin".parse().expect("an address"),
            api_url: "https://api.courtside.example".parse().expect("an address"),
            keep_days: 90,
            socket_ms: 500,
            parallel: 16,
            per_second: 1_000_000,
            mail: MailConfig {
                api_url: url("/sendgrid"),
                api_key: "SG.courtside-sandbox".into(),
                from_email: "courtside@example.test".to_owned(),
                from_name: "Courtside".to_owned(),
                http: http.clone(),
            },
            fcm: FcmConfig {
                api_url: url("/fcm"),
                project_id: "courtside-sandbox".to_owned(),
                service_account: format!("{}/fcm/service-account.json", self.sandbox_url),
                http: http.clone(),
            },
            web_push: WebPushConfig {
                subject: "mailto:courtside@example.test".to_owned(),
                private_key: "02".repeat(32).into(),
                services: vec![self.sandbox_url.clone()],
                http,
            },
        }
    }

    async fn start_node(&self, checkpoints: Checkpoints) -> Node {
        let config = Config {
            database: DatabaseConfig { max_connections: 24, ..DatabaseConfig::new(self.database.transaction_url()) },
            bus: kit::bus::BusConfig::default(),
            redis: kit::redis::RedisConfig::default(),
            auth: AuthConfig::default(),
            platform: PlatformConfig {
                internal_url: self.platform_url.parse().expect("an address"),
                internal_api_key: INTERNAL_KEY.into(),
                client: HttpClientConfig::default(),
                account_status_seconds: 2,
            },
            stripe: StripeConfig {
                api_url: format!("{}/stripe", self.sandbox_url).parse().expect("an address"),
                secret_key: "sk_test_courtside_sandbox".into(),
                webhook_secret: WEBHOOK_SECRET.into(),
                timeout_seconds: 2,
                retries: self.stripe_retries,
            },
            bookings: self.bookings.clone(),
            payments: PaymentsConfig {
                commission_by_tier: self.commission_by_tier.clone(),
                ..PaymentsConfig::default()
            },
            notifications: self.notifications(),
            realtime: RealtimeConfig::default(),
        };
        let pool = kit::db::connect(&config.database, transaction::NAME).await.expect("the database of the test");
        let verifier = Arc::new(Verifier::with_keys(&self.issuer.jwks()).expect("the keys of the tests"));
        let (state, jobs) =
            transaction::assemble(config, self.env.clone(), pool, verifier, checkpoints, &self.shutdown)
                .expect("the transaction service");
        let router = chassis(transaction::routes(&state), &http_config(), &self.env);
        Node { state, jobs, router }
    }
}

/// One folder of signing keys for all tests: making RSA keys is slow.
fn token_keys() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER
        .get_or_init(|| std::env::temp_dir().join(format!("courtside-test-token-keys-{}", std::process::id())))
        .clone()
}
