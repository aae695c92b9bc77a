//! `security-events`: abuse that a rule noticed (SEC-23).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::limits::{BrokenRule, Limits, require};
use crate::identity::Role;
use crate::ids::UserId;
use crate::wire_text::wire_text;

/// Kinds of abuse (SEC-24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum AlertType {
    /// Too many bookings or cancellations.
    BookingAbuse,
    /// Money that does not add up.
    PaymentFraud,
    /// Reading in bulk.
    Scraping,
    /// Guessing a way in.
    BruteForce,
    /// A sign-in from nowhere.
    SuspiciousLogin,
    /// Too many calls.
    RateLimitExceeded,
    /// An old webhook sent again.
    WebhookReplay,
    /// A used refresh token came back.
    AccountTakeover,
}

wire_text!(AlertType {
    BookingAbuse => "BOOKING_ABUSE",
    PaymentFraud => "PAYMENT_FRAUD",
    Scraping => "SCRAPING",
    BruteForce => "BRUTE_FORCE",
    SuspiciousLogin => "SUSPICIOUS_LOGIN",
    RateLimitExceeded => "RATE_LIMIT_EXCEEDED",
    WebhookReplay => "WEBHOOK_REPLAY",
    AccountTakeover => "ACCOUNT_TAKEOVER",
});

/// How bad it is; the two upper ones start automatic reactions (EVT-24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum Severity {
    /// Worth noting.
    Low,
    /// Worth looking at.
    Medium,
    /// Acted on.
    High,
    /// Acted on at once.
    Critical,
}

wire_text!(Severity { Low => "LOW", Medium => "MEDIUM", High => "HIGH", Critical => "CRITICAL" });

/// What the rule saw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct AlertMetadata {
    /// Path that was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub endpoint: Option<String>,
    /// Calls counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub request_count: Option<i64>,
    /// Time they were counted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub window_seconds: Option<i64>,
    /// Number that was passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub threshold: Option<i64>,
    /// Client as it calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub user_agent: Option<String>,
    /// Country of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub geo_location: Option<String>,
    /// Event at Stripe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub stripe_event_id: Option<String>,
}

/// An abuse rule fired.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecurityAlert {
    /// Kind.
    pub alert_type: AlertType,
    /// How bad.
    pub severity: Severity,
    /// Who, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub user_id: Option<UserId>,
    /// From where, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub ip_address: Option<String>,
    /// In words, for staff.
    pub description: String,
    /// What the rule saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<AlertMetadata>,
}

impl SecurityAlert {
    /// The key: the person, else a hash of the address, so that keys in broker tools show no address. An alert with
    /// neither is kept in order with its kind.
    pub(super) fn person_or_address(&self) -> String {
        match (self.user_id, &self.ip_address) {
            (Some(user_id), _) => user_id.to_string(),
            (None, Some(address)) => {
                let digest = Sha256::digest(address.as_bytes());
                digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
            }
            (None, None) => self.alert_type.to_string(),
        }
    }
}

impl Limits for SecurityAlert {
    fn limits(&self) -> Result<(), BrokenRule> {
        require(!self.description.trim().is_empty(), "description", "written")
    }
}

/// A person left for good (AUTH-44): other services let go of what is still ahead of them. Named by the rule book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountDeleted {
    /// Who; the id stays known, the person does not.
    pub user_id: UserId,
    /// In which role.
    pub role: Role,
}

impl Limits for AccountDeleted {}

/// An account was shut out (AUTHZ-12): whatever it has open anywhere is closed. Named by the rule book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountSuspended {
    /// Who.
    pub user_id: UserId,
    /// In which role.
    pub role: Role,
}

impl Limits for AccountSuspended {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_text::tests::agrees_with_serde;

    #[test]
    fn texts_agree_with_serde() {
        agrees_with_serde::<AlertType>();
        agrees_with_serde::<Severity>();
    }
}
