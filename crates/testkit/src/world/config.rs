//! The configuration of a world: what an operator would write, with the addresses of this one.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use serde::de::DeserializeOwned;

use crate::TestDatabase;

/// What the services show each other.
pub const INTERNAL_KEY: &str = "internal-key-of-the-tests";
const WEBHOOK_SECRET: &str = "whsec_of_the_tests";
const SECOND_FACTOR_KEY: &str = "0101010101010101010101010101010101010101010101010101010101010101";
const NOTIFICATIONS_KEY: &str = "0202020202020202020202020202020202020202020202020202020202020202";
const CONNECT_WEBHOOK_SECRET: &str = "whsec_connect_of_the_tests";

pub struct Configs {
    pub platform: platform::Config,
    pub transaction: transaction::Config,
    pub sandbox: sandbox::Config,
}

impl Configs {
    /// Everything that has no default; the rest is as outside.
    pub fn new(database: &TestDatabase, public: SocketAddr, internal: SocketAddr) -> anyhow::Result<Self> {
        let sandbox = format!("http://{public}/sandbox");
        let platform = format!(
            r#"
            internal_api_key = "{INTERNAL_KEY}"
            database = {{ url = "{database}", max_connections = 16 }}
            auth = {{ key_folder = "{keys}" }}
            sessions = {{ cookie_secure = false }}
            second_factor = {{ encryption_key = "{SECOND_FACTOR_KEY}" }}
            [providers.google]
            issuer = "{sandbox}/google"
            client_ids = ["courtside-google"]
            authorize_url = "{sandbox}/google/o/oauth2/v2/auth"
            token_url = "{sandbox}/google/token"
            [providers.apple]
            issuer = "{sandbox}/apple"
            client_ids = ["courtside-apple"]
            authorize_url = "{sandbox}/apple/auth/authorize"
            token_url = "{sandbox}/apple/auth/token"
            [providers.facebook]
            graph_url = "{sandbox}/facebook"
            app_id = "courtside-facebook"
            app_secret = "sandbox-facebook-secret"
            authorize_url = "{sandbox}/facebook/dialog/oauth"
            token_url = "{sandbox}/facebook/oauth/access_token"
            [stripe]
            api_url = "{sandbox}/stripe"
            secret_key = "sk_test_courtside_sandbox"
            publishable_key = "pk_test_courtside_sandbox"
            connect_webhook_secret = "{CONNECT_WEBHOOK_SECRET}"
            [s3]
            endpoint = "{sandbox}/s3"
            region = "eu-central-1"
            access_key_id = "courtside"
            secret_access_key = "courtside-sandbox-secret"
            public_bucket = "courtside-public"
            private_bucket = "courtside-private"
            [weather]
            openweathermap = {{ api_url = "{sandbox}/openweathermap", api_key = "courtside-sandbox" }}
            weatherapi = {{ api_url = "{sandbox}/weatherapi", api_key = "courtside-sandbox" }}
            "#,
            database = database.platform_url(),
            keys = key_folder().display(),
        );
        let transaction = format!(
            r#"
            database = {{ url = "{database}", max_connections = 16 }}
            auth = {{ jwks_url = "http://{internal}/.well-known/jwks.json" }}
            platform = {{ internal_url = "http://{internal}", internal_api_key = "{INTERNAL_KEY}" }}
            [stripe]
            api_url = "{sandbox}/stripe"
            secret_key = "sk_test_courtside_sandbox"
            webhook_secret = "{WEBHOOK_SECRET}"
            [notifications]
            encryption_key = "{NOTIFICATIONS_KEY}"
            customer_url = "http://{public}"
            owner_url = "http://{public}/admin"
            api_url = "http://{public}"
            [notifications.mail]
            api_url = "{sandbox}/sendgrid"
            api_key = "SG.courtside-sandbox"
            from_email = "courtside@example.test"
            from_name = "Courtside"
            [notifications.fcm]
            api_url = "{sandbox}/fcm"
            project_id = "courtside-sandbox"
            service_account = "{sandbox}/fcm/service-account.json"
            [notifications.web_push]
            subject = "mailto:courtside@example.test"
            private_key = "{NOTIFICATIONS_KEY}"
            services = ["http://{public}"]
            "#,
            database = database.transaction_url(),
        );
        let sandbox = format!(
            r#"
            public_url = "{sandbox}"
            [stripe]
            webhook_first_retry_ms = 20
            [[stripe.webhooks]]
            name = "payments"
            url = "http://{public}/api/webhooks/stripe"
            secret = "{WEBHOOK_SECRET}"
            [[stripe.webhooks]]
            name = "connect"
            url = "http://{public}/api/webhooks/stripe-connect"
            secret = "{CONNECT_WEBHOOK_SECRET}"
            connect = true
            "#
        );
        Ok(Self {
            platform: read("platform", &platform)?,
            transaction: read("transaction", &transaction)?,
            sandbox: read("sandbox", &sandbox)?,
        })
    }
}

fn read<T: DeserializeOwned>(service: &str, text: &str) -> anyhow::Result<T> {
    toml::from_str(text).with_context(|| format!("the configuration of {service} in tests"))
}

/// One folder of signing keys for all worlds of a process: making RSA keys is slow.
fn key_folder() -> PathBuf {
    std::env::temp_dir().join(format!("courtside-test-keys-{}", std::process::id()))
}
