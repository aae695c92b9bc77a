//! When a booking looks like the owner's own. Pure.

use contracts::events::Severity;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why payouts wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HoldReason {
    /// A bank has taken a charge back.
    Dispute,
    /// The owner is suspected of booking their own court.
    Fraud,
}

impl HoldReason {
    /// As it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dispute => "DISPUTE",
            Self::Fraud => "FRAUD",
        }
    }

    /// From the stored text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Dispute, Self::Fraud].into_iter().find(|reason| reason.as_str() == text)
    }
}

/// Where a hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HoldStatus {
    /// Nobody has decided.
    Held,
    /// An admin lets the money go, or the reason is gone.
    Released,
    /// An admin keeps holding it.
    Kept,
}

impl HoldStatus {
    /// As it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "HELD",
            Self::Released => "RELEASED",
            Self::Kept => "KEPT",
        }
    }

    /// From the stored text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Held, Self::Released, Self::Kept].into_iter().find(|status| status.as_str() == text)
    }
}

/// What was seen when a booking was looked at (PAY-60).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signals {
    /// The customer signs in from the owner's last known address.
    pub same_ip: bool,
    /// Both have signed in from one device.
    pub same_device: bool,
    /// The customer's account was made less than a day before the booking.
    pub new_account: bool,
}

/// How bad that is (PAY-60, PAY-61). A young account strengthens a suspicion, and alone is only worth noting: otherwise
/// nearly every new customer would be one.
#[must_use]
pub const fn severity(signals: Signals) -> Option<Severity> {
    match signals {
        Signals { same_ip: true, .. } | Signals { same_device: true, .. } => Some(Severity::Critical),
        Signals { new_account: true, .. } => Some(Severity::Low),
        _ => None,
    }
}

/// In words, for staff.
#[must_use]
pub fn description(signals: Signals) -> String {
    let seen: Vec<&str> = [
        (signals.same_ip, "the owner's address"),
        (signals.same_device, "the owner's device"),
        (signals.new_account, "an account of less than 24 hours"),
    ]
    .into_iter()
    .filter_map(|(seen, words)| seen.then_some(words))
    .collect();
    format!("A booking was made from {}", seen.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PAY-60, PAY-61: all eight cases.
    #[test]
    fn address_or_device_are_critical_a_young_account_is_not() {
        for same_ip in [false, true] {
            for same_device in [false, true] {
                for new_account in [false, true] {
                    let found = severity(Signals { same_ip, same_device, new_account });
                    let expected = match (same_ip || same_device, new_account) {
                        (true, _) => Some(Severity::Critical),
                        (false, true) => Some(Severity::Low),
                        (false, false) => None,
                    };
                    assert_eq!(found, expected);
                }
            }
        }
        let all = Signals { same_ip: true, same_device: true, new_account: true };
        assert!(description(all).contains("device and an account"));
    }

    #[test]
    fn texts_survive_storage() {
        for reason in [HoldReason::Dispute, HoldReason::Fraud] {
            assert_eq!(HoldReason::parse(reason.as_str()), Some(reason));
        }
        for status in [HoldStatus::Held, HoldStatus::Released, HoldStatus::Kept] {
            assert_eq!(HoldStatus::parse(status.as_str()), Some(status));
        }
    }
}
