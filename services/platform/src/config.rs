//! Configuration of the platform service. Owns names, defaults and units; never reads files or the environment itself.

use kit::http::HttpClientConfig;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

/// Everything the service needs to start. Unknown keys are refused.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub database: kit::db::DatabaseConfig,
    /// What carries events; set by the process from `[bus]`, because both services must use the same.
    #[serde(skip)]
    pub bus: kit::bus::BusConfig,
    /// What all processes share; set by the process from `[redis]`.
    #[serde(skip)]
    pub redis: kit::redis::RedisConfig,
    /// What callers of `/internal/*` show in `X-Internal-Api-Key` (AUTHZ-17).
    pub internal_api_key: SecretString,
    /// The key before, accepted while the two services change to a new one (AUTHZ-18).
    pub previous_internal_api_key: Option<SecretString>,
    /// Signing keys and life time of access tokens.
    pub auth: kit::auth::AuthConfig,
    #[serde(default)]
    pub sessions: SessionsConfig,
    #[serde(default)]
    pub accounts: AccountsConfig,
    #[serde(default)]
    pub protection: ProtectionConfig,
    pub second_factor: SecondFactorConfig,
    pub providers: ProvidersConfig,
    pub stripe: StripeConfig,
    pub s3: S3Config,
    #[serde(default)]
    pub courts: CourtsConfig,
    #[serde(default)]
    pub holidays: HolidaysConfig,
    #[serde(default)]
    pub discovery: DiscoveryConfig,
    #[serde(default)]
    pub weather: WeatherConfig,
    #[serde(default)]
    pub client: ClientConfig,
}

/// Refresh tokens and the devices that hold them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionsConfig {
    /// AUTH-20.
    pub refresh_days: u32,
    /// AUTH-25.
    pub per_user: u32,
    /// Minutes without a call after which an owner has to sign in again (AUTH-28).
    pub owner_idle_minutes: u32,
    /// Whether the refresh cookie of web clients is sent over HTTPS only. Off only for plain HTTP on one machine.
    pub cookie_secure: bool,
}

impl Default for SessionsConfig {
    fn default() -> Self {
        Self { refresh_days: 30, per_user: 5, owner_idle_minutes: 30, cookie_secure: true }
    }
}

/// What failed sign-ins lead to (AUTH-31, SEC-01 to SEC-05).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProtectionConfig {
    /// Failures in a row that lock an address and the account aimed at.
    pub failed_sign_ins: u32,
    /// Only failures this young count.
    pub window_minutes: u32,
    pub lock_minutes: u32,
    /// Failures of one address, of whatever accounts, that count as credential stuffing.
    pub stuffing_failures: u32,
    pub stuffing_window_minutes: u32,
    pub stuffing_lock_hours: u32,
    /// Sign-ins, refreshes and codes of one account.
    pub calls_per_account_per_minute: u32,
    /// Header in which the ingress says the country of the address, as a code of two letters; it must overwrite what
    /// clients send. Without one, no sign-in is held back for its country.
    pub country_header: Option<String>,
}

impl Default for ProtectionConfig {
    fn default() -> Self {
        Self {
            failed_sign_ins: 5,
            window_minutes: 15,
            lock_minutes: 30,
            stuffing_failures: 20,
            stuffing_window_minutes: 5,
            stuffing_lock_hours: 24,
            calls_per_account_per_minute: 30,
            country_header: None,
        }
    }
}

/// The second factor of owners.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondFactorConfig {
    /// Encrypts the stored secrets: 32 random bytes as 64 hexadecimal digits (AUTH-32).
    pub encryption_key: SecretString,
    /// The key before, which still opens what it encrypted.
    pub previous_encryption_key: Option<SecretString>,
}

/// How courts are shown.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CourtsConfig {
    /// Where browsers load images from; the stored key of an image is appended to it.
    pub image_base_url: String,
}

impl Default for CourtsConfig {
    fn default() -> Self {
        Self { image_base_url: "/sandbox/s3/courtside-images/".to_owned() }
    }
}

impl CourtsConfig {
    /// The addresses of stored images.
    pub fn image_urls(&self, keys: &[String]) -> Vec<String> {
        let base = self.image_base_url.trim_end_matches('/');
        keys.iter().map(|key| format!("{base}/{key}")).collect()
    }
}

/// How far holidays are planned.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HolidaysConfig {
    /// Years after the current one that may be planned, and that the yearly job fills (HOL-24, HOL-38).
    pub horizon_years: u8,
}

impl Default for HolidaysConfig {
    fn default() -> Self {
        Self { horizon_years: 2 }
    }
}

/// Beginnings of accounts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountsConfig {
    /// Length of an owner's trial (AUTH-17).
    pub trial_days: u32,
    /// Copies of the own data that a person may ask for within 24 hours (AUTH-39).
    pub exports_per_day: u32,
    /// Days after which another key signs access tokens (SEC-61).
    pub signing_key_days: u32,
}

impl Default for AccountsConfig {
    fn default() -> Self {
        Self { trial_days: 30, exports_per_day: 10, signing_key_days: 90 }
    }
}

/// The three identity providers (AUTH-01).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvidersConfig {
    pub google: OidcConfig,
    pub apple: OidcConfig,
    pub facebook: FacebookConfig,
    /// How long their answers are waited for.
    #[serde(default = "people_are_waiting")]
    pub http: HttpClientConfig,
}

/// Google or Apple.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    pub issuer: Url,
    /// Where the signing keys are; looked up in the issuer's discovery document when absent.
    pub jwks_url: Option<Url>,
    /// Audiences that count. The first one is the web client's.
    pub client_ids: Vec<String>,
    /// Where a browser begins to sign in.
    pub authorize_url: Url,
    /// Where a browser exchanges its code.
    pub token_url: Url,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacebookConfig {
    pub graph_url: Url,
    pub app_id: String,
    pub app_secret: SecretString,
    pub authorize_url: Url,
    pub token_url: Url,
}

/// Stripe Connect: the owners' payout accounts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StripeConfig {
    /// Without the version: `https://api.stripe.com`.
    pub api_url: Url,
    pub secret_key: SecretString,
    /// Handed to clients.
    pub publishable_key: String,
    /// Signs `POST /api/webhooks/stripe-connect` (PAY-39).
    pub connect_webhook_secret: SecretString,
    /// Country of new Express accounts.
    #[serde(default = "greece")]
    pub country: String,
    #[serde(default)]
    pub http: HttpClientConfig,
}

/// The S3 store: pictures that everybody sees, documents that few may read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Config {
    /// The store without a bucket: `https://s3.eu-central-1.amazonaws.com`.
    pub endpoint: Url,
    /// The same store as browsers reach it, where that is another address; links are made for it.
    pub browser_endpoint: Option<Url>,
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: SecretString,
    #[serde(default)]
    pub addressing: S3Addressing,
    /// What everybody may read, usually through a content network; see `courts.image_base_url`.
    pub public_bucket: String,
    /// What only holders of a link may read.
    pub private_bucket: String,
    /// Seconds that a link to a private object is good for.
    #[serde(default = "five_minutes")]
    pub link_seconds: u32,
    #[serde(default)]
    pub http: HttpClientConfig,
}

/// Where the name of a bucket stands in an address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum S3Addressing {
    /// `https://store/bucket/key`
    #[default]
    Path,
    /// `https://bucket.store/key`
    VirtualHost,
}

/// Search and map.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DiscoveryConfig {
    /// FIND-21: milliseconds after which a part of the map counts as failed.
    pub part_timeout_ms: u64,
}

impl Default for DiscoveryConfig {
    fn default() -> Self {
        Self { part_timeout_ms: 3_000 }
    }
}

/// Forecasts (FIND-38 to FIND-46).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WeatherConfig {
    /// Asked in this order; without any, everything works but says nothing about the weather.
    pub providers: Vec<WeatherProviderName>,
    pub openweathermap: WeatherProviderConfig,
    pub weatherapi: WeatherProviderConfig,
    /// FIND-43: milliseconds a vendor may take, and other answers wait for a forecast.
    pub timeout_ms: u64,
    /// FIND-44: failures in a row after which a vendor is left alone, and for how many seconds.
    pub failures_to_skip: u32,
    pub skip_seconds: u32,
    /// FIND-45: seconds a forecast is kept, 300 to 600.
    pub cache_seconds: u32,
    /// FIND-46: how many points the chance of rain must rise for a message about a booking.
    pub alert_rain_rise: u8,
    /// FIND-41.
    pub thresholds: crate::weather::domain::Thresholds,
}

/// A vendor of forecasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WeatherProviderName {
    Openweathermap,
    Weatherapi,
}

/// Where a vendor of forecasts is and what it wants to see.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeatherProviderConfig {
    pub api_url: Url,
    pub api_key: SecretString,
}

impl Default for WeatherConfig {
    fn default() -> Self {
        let provider =
            |path: &str| WeatherProviderConfig { api_url: sandbox_url(path), api_key: "courtside-sandbox".into() };
        Self {
            providers: vec![WeatherProviderName::Openweathermap, WeatherProviderName::Weatherapi],
            openweathermap: provider("openweathermap"),
            weatherapi: provider("weatherapi"),
            timeout_ms: 3_000,
            failures_to_skip: 3,
            skip_seconds: 60,
            cache_seconds: 420,
            alert_rain_rise: 30,
            thresholds: crate::weather::domain::Thresholds::default(),
        }
    }
}

/// What web and mobile clients are told at their start.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClientConfig {
    /// Map tiles of the operator; clients use the ones they bring along when absent.
    pub map_tile_url: Option<String>,
    /// Switches by name.
    pub features: std::collections::BTreeMap<String, bool>,
}

/// Somebody looks at a sign-in page meanwhile.
fn people_are_waiting() -> HttpClientConfig {
    HttpClientConfig { connect_timeout_ms: 1_000, timeout_ms: 3_000, retries: 1, ..HttpClientConfig::default() }
}

fn five_minutes() -> u32 {
    300
}

fn greece() -> String {
    "GR".to_owned()
}

/// The vendors' stand-in of one machine.
fn sandbox_url(path: &str) -> Url {
    format!("http://127.0.0.1:8080/sandbox/{path}").parse().expect("an address")
}
