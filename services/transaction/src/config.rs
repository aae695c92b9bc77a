//! Configuration of the transaction service. Owns names, defaults and units; never reads files or the environment itself.

use std::collections::BTreeMap;

use contracts::identity::SubscriptionStatus;
use kit::http::HttpClientConfig;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::bookings::domain::abuse::Pace;
use crate::bookings::domain::commission::CommissionRate;
use crate::bookings::domain::limits::BookingLimits;
use crate::notifications::config::NotificationsConfig;
use crate::stripe::StripeConfig;

/// Everything the service needs to start. Unknown keys are refused.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The schema `transaction`, as its own role.
    pub database: kit::db::DatabaseConfig,
    /// What carries events; set by the process from `[bus]`, because both services must use the same.
    #[serde(skip)]
    pub bus: kit::bus::BusConfig,
    /// What all processes share; set by the process from `[redis]`.
    #[serde(skip)]
    pub redis: kit::redis::RedisConfig,
    /// Where public keys of access tokens are read.
    pub auth: kit::auth::AuthConfig,
    /// The other service.
    pub platform: PlatformConfig,
    /// The payment provider.
    pub stripe: StripeConfig,
    /// Rules of booking that an operator may change.
    #[serde(default)]
    pub bookings: BookingsConfig,
    /// Rules of payments that an operator may change.
    #[serde(default)]
    pub payments: PaymentsConfig,
    /// How people are reached.
    pub notifications: NotificationsConfig,
    /// Live connections.
    #[serde(default)]
    pub realtime: RealtimeConfig,
}

/// Live connections.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RealtimeConfig {
    /// Connections that one process takes (LIVE-26).
    pub max_connections: usize,
    /// Milliseconds between heartbeats; after two that are missed a connection is closed (LIVE-27).
    pub heartbeat_ms: u32,
}

impl Default for RealtimeConfig {
    fn default() -> Self {
        use contracts::socket::{HEARTBEAT_SECONDS, MAX_CONNECTIONS};
        Self { max_connections: MAX_CONNECTIONS as usize, heartbeat_ms: HEARTBEAT_SECONDS * 1_000 }
    }
}

/// How platform's `/internal/*` is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformConfig {
    /// Base of the internal listener, e.g. `http://127.0.0.1:8081`.
    pub internal_url: Url,
    /// Shown in `X-Internal-Api-Key` (AUTHZ-17).
    pub internal_api_key: SecretString,
    /// Time limits and breaker.
    #[serde(default)]
    pub client: HttpClientConfig,
    /// Seconds an account's status may be remembered between requests (AUTHZ-07).
    #[serde(default = "two")]
    pub account_status_seconds: u32,
}

/// Rules of booking.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BookingsConfig {
    /// BOOK-09.
    pub max_advance_days: i32,
    /// BOOK-10.
    pub minimum_notice_hours: i32,
    /// LIVE-09.
    pub hold_seconds: u32,
    /// How often expired holds, deadlines and ended bookings are looked for; at most every 10 s (LIVE-10).
    pub sweep_seconds: u32,
    /// BOOK-02.
    pub idempotency_hours: u32,
    /// How long a repeated request waits for the first one to finish, in seconds.
    pub repeat_wait_seconds: u32,
    /// Hours after which an owner is told again of a booking that waits (BOOK-26).
    pub reminder_hours: Vec<u32>,
    /// Hours before the start at which a customer is told of a booking that is near (NOTE-22).
    pub customer_reminder_hours: Vec<u32>,
    /// Bookings a person may make in any hour (BOOK-16).
    pub max_per_hour: u32,
    /// Bookings a person may make in any 24 hours (BOOK-16).
    pub max_per_day: u32,
    /// Whoever calls off too many peak slots may only book courts that confirm at once, for a week (BOOK-18).
    pub instant_only_after_peak_abuse: bool,
}

impl Default for BookingsConfig {
    fn default() -> Self {
        Self {
            max_advance_days: 30,
            minimum_notice_hours: 1,
            hold_seconds: 300,
            sweep_seconds: 5,
            idempotency_hours: 24,
            repeat_wait_seconds: 10,
            reminder_hours: vec![1, 4, 12],
            customer_reminder_hours: vec![24, 2],
            max_per_hour: 5,
            max_per_day: 10,
            instant_only_after_peak_abuse: false,
        }
    }
}

impl BookingsConfig {
    /// BOOK-16.
    #[must_use]
    pub const fn pace(&self) -> Pace {
        Pace { per_hour: self.max_per_hour, per_day: self.max_per_day }
    }

    /// BOOK-09, BOOK-10.
    #[must_use]
    pub const fn limits(&self) -> BookingLimits {
        BookingLimits { max_advance_days: self.max_advance_days, minimum_notice_hours: self.minimum_notice_hours }
    }
}

/// Rules of payments.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PaymentsConfig {
    /// The platform's share in hundredths of a percent (PAY-09).
    pub commission_basis_points: u16,
    /// The same for owners of one subscription tier, where it differs (PAY-09).
    pub commission_by_tier: BTreeMap<SubscriptionStatus, u16>,
    /// Days a card's hold lasts when Stripe does not say.
    pub authorization_days: i64,
    /// Minutes after which held money without a waiting booking is let go (PAY-43).
    pub stranded_minutes: i64,
    /// Seconds a step may be without an answer before it is looked into.
    pub unfinished_seconds: i64,
}

impl Default for PaymentsConfig {
    fn default() -> Self {
        Self {
            commission_basis_points: 1_000,
            commission_by_tier: BTreeMap::new(),
            authorization_days: 7,
            stranded_minutes: 30,
            unfinished_seconds: 60,
        }
    }
}

impl PaymentsConfig {
    /// PAY-09.
    ///
    /// # Errors
    /// When more than the whole amount would be taken, of whichever tier.
    pub fn commission(&self) -> anyhow::Result<CommissionRate> {
        for (tier, basis_points) in &self.commission_by_tier {
            anyhow::ensure!(*basis_points <= 10_000, "payments.commission_by_tier.{tier} is above 10000");
        }
        CommissionRate::from_basis_points(self.commission_basis_points)
            .ok_or_else(|| anyhow::anyhow!("payments.commission_basis_points is above 10000"))
    }

    /// The share of an owner's tier, checked at the start; `usual` where the tier has none of its own (PAY-09).
    #[must_use]
    pub fn commission_of(&self, tier: Option<SubscriptionStatus>, usual: CommissionRate) -> CommissionRate {
        let own = tier.and_then(|tier| self.commission_by_tier.get(&tier)).copied();
        own.and_then(CommissionRate::from_basis_points).unwrap_or(usual)
    }
}

const fn two() -> u32 {
    2
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PAY-09: a tier with a share of its own pays that, all others the usual one; more than everything is refused.
    #[test]
    fn each_tier_has_its_share() {
        let tiers = BTreeMap::from([(SubscriptionStatus::Trial, 0), (SubscriptionStatus::Active, 750)]);
        let config = PaymentsConfig { commission_by_tier: tiers, ..PaymentsConfig::default() };
        let usual = config.commission().expect("in range");
        let rate = |basis_points| CommissionRate::from_basis_points(basis_points).expect("in range");
        assert_eq!(config.commission_of(Some(SubscriptionStatus::Trial), usual), rate(0));
        assert_eq!(config.commission_of(Some(SubscriptionStatus::Active), usual), rate(750));
        assert_eq!(config.commission_of(Some(SubscriptionStatus::Expired), usual), rate(1_000));
        assert_eq!(config.commission_of(None, usual), rate(1_000));
        let greedy = BTreeMap::from([(SubscriptionStatus::Active, 10_001)]);
        assert!(PaymentsConfig { commission_by_tier: greedy, ..PaymentsConfig::default() }.commission().is_err());
    }
}
