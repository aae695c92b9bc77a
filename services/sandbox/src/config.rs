//! What the sandbox can be told: where it stands, who exists, where webhooks go. The defaults make a working stand-in.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The whole configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The address under which browsers and services reach this router, without a trailing slash.
    pub public_url: String,
    /// Folder for state, signing key and stored objects; without one everything is forgotten at the end.
    pub data_dir: Option<PathBuf>,
    /// Google, Apple and Facebook.
    pub identities: IdentitiesConfig,
    /// Stripe.
    pub stripe: StripeConfig,
    /// SendGrid.
    pub sendgrid: SendgridConfig,
    /// Firebase Cloud Messaging.
    pub fcm: FcmConfig,
    /// OpenWeatherMap.
    pub openweathermap: OpenWeatherMapConfig,
    /// WeatherAPI.com.
    pub weatherapi: WeatherApiConfig,
    /// The S3 store.
    pub s3: S3Config,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080/sandbox".to_owned(),
            data_dir: None,
            identities: IdentitiesConfig::default(),
            stripe: StripeConfig::default(),
            sendgrid: SendgridConfig::default(),
            fcm: FcmConfig::default(),
            openweathermap: OpenWeatherMapConfig::default(),
            weatherapi: WeatherApiConfig::default(),
            s3: S3Config::default(),
        }
    }
}

/// Identity providers: known clients and the demo people of the authorize page.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentitiesConfig {
    /// Client ids Google accepts; the first is the audience of directly issued tokens.
    pub google_client_ids: Vec<String>,
    /// Client ids Apple accepts; the first is the audience of directly issued tokens.
    pub apple_client_ids: Vec<String>,
    /// The Facebook app.
    pub facebook_app_id: String,
    /// The Facebook app's secret.
    pub facebook_app_secret: String,
    /// Hosts that a redirect may lead to, besides this machine and the host of `public_url`.
    pub redirect_hosts: Vec<String>,
    /// How long an issued token is valid, in seconds.
    pub token_lifetime_seconds: i64,
    /// People listed on the authorize page.
    pub people: Vec<Person>,
}

impl Default for IdentitiesConfig {
    fn default() -> Self {
        Self {
            google_client_ids: vec!["courtside-google".to_owned()],
            apple_client_ids: vec!["courtside-apple".to_owned()],
            facebook_app_id: "courtside-facebook".to_owned(),
            facebook_app_secret: "sandbox-facebook-secret".to_owned(),
            redirect_hosts: Vec::new(),
            token_lifetime_seconds: 3600,
            people: demo_people(),
        }
    }
}

/// One demo person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Verified mail address.
    pub email: String,
    /// Full name.
    pub name: String,
    /// A word under the name on the authorize page, e.g. what this person may do.
    #[serde(default)]
    pub note: String,
}

fn demo_people() -> Vec<Person> {
    let person = |email: &str, name: &str, note: &str| Person {
        email: email.to_owned(),
        name: name.to_owned(),
        note: note.to_owned(),
    };
    vec![
        person("maria@courtside.test", "Μαρία Δημητρίου", "customer"),
        person("nikos@courtside.test", "Νίκος Αντωνίου", "customer"),
        person("owner@courtside.test", "Ελένη Γεωργίου", "owner"),
        person("agent@courtside.test", "Support Agent", "agent"),
        person("admin@courtside.test", "Platform Admin", "admin"),
    ]
}

/// Stripe: keys, webhook targets, what exists from the start.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StripeConfig {
    /// Secret key of the platform.
    pub secret_key: String,
    /// Publishable key of the platform, as browsers use it.
    pub publishable_key: String,
    /// Where events are sent.
    pub webhooks: Vec<WebhookTarget>,
    /// Wait before the first delivery. Stripe's reports come some time after the answer to the call that caused them; with
    /// none here they race it, which is what tests want.
    pub webhook_delay_ms: u64,
    /// Wait before the second delivery; doubles with each further one, up to a minute.
    pub webhook_first_retry_ms: u64,
    /// How often an event is sent at most.
    pub webhook_attempts: u32,
    /// How long a receiver may take to answer.
    pub webhook_timeout_ms: u64,
    /// Stripe's own fee in hundredths of a percent of the charge.
    pub fee_basis_points: i64,
    /// The fixed part of Stripe's own fee, in cents.
    pub fee_fixed_cents: i64,
    /// Connected accounts that exist from the start.
    pub accounts: Vec<SeedAccount>,
    /// Customers that exist from the start.
    pub customers: Vec<SeedCustomer>,
}

impl Default for StripeConfig {
    fn default() -> Self {
        Self {
            secret_key: "sk_test_courtside_sandbox".to_owned(),
            publishable_key: "pk_test_courtside_sandbox".to_owned(),
            webhooks: Vec::new(),
            webhook_delay_ms: 0,
            webhook_first_retry_ms: 500,
            webhook_attempts: 15,
            webhook_timeout_ms: 10_000,
            fee_basis_points: 150,
            fee_fixed_cents: 25,
            accounts: Vec::new(),
            customers: Vec::new(),
        }
    }
}

/// One webhook endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookTarget {
    /// Short name shown on the page.
    pub name: String,
    /// Where events are posted.
    pub url: String,
    /// Signing secret.
    pub secret: String,
    /// Whether it gets the events of connected accounts (`true`) or those of the platform (`false`).
    #[serde(default)]
    pub connect: bool,
    /// Event types it wants; empty means all.
    #[serde(default)]
    pub events: Vec<String>,
}

/// A connected account with a known id.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedAccount {
    /// `acct_...`.
    pub id: String,
    /// The owner's mail address.
    pub email: String,
    /// Whether onboarding is done: charges and payouts enabled.
    #[serde(default)]
    pub complete: bool,
}

/// A customer with a known id.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedCustomer {
    /// `cus_...`.
    pub id: String,
    /// The customer's mail address.
    pub email: String,
    /// The customer's name.
    #[serde(default)]
    pub name: String,
}

/// SendGrid.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SendgridConfig {
    /// The key that callers present.
    pub api_key: String,
}

impl Default for SendgridConfig {
    fn default() -> Self {
        Self { api_key: "SG.courtside-sandbox".to_owned() }
    }
}

/// Firebase Cloud Messaging.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FcmConfig {
    /// The Firebase project.
    pub project_id: String,
}

impl Default for FcmConfig {
    fn default() -> Self {
        Self { project_id: "courtside-sandbox".to_owned() }
    }
}

/// OpenWeatherMap.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OpenWeatherMapConfig {
    /// The key that callers present.
    pub api_key: String,
}

impl Default for OpenWeatherMapConfig {
    fn default() -> Self {
        Self { api_key: "courtside-sandbox".to_owned() }
    }
}

/// WeatherAPI.com.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WeatherApiConfig {
    /// The key that callers present.
    pub api_key: String,
}

impl Default for WeatherApiConfig {
    fn default() -> Self {
        Self { api_key: "courtside-sandbox".to_owned() }
    }
}

/// The S3 store.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct S3Config {
    /// Access key id.
    pub access_key_id: String,
    /// Secret access key; presigned addresses are checked with it.
    pub secret_access_key: String,
    /// Region in the scope of a signature.
    pub region: String,
    /// Buckets whose objects anyone may read, as behind a content network.
    pub public_buckets: Vec<String>,
}

impl Default for S3Config {
    fn default() -> Self {
        Self {
            access_key_id: "courtside".to_owned(),
            secret_access_key: "courtside-sandbox-secret".to_owned(),
            region: "eu-central-1".to_owned(),
            public_buckets: vec!["courtside-public".to_owned()],
        }
    }
}
