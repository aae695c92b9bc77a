//! Refund tiers of a court: how much of a cancelled booking comes back, by the hours left to its start.
//! Refund amounts are computed by the transaction service from these tiers; nothing here knows money.

use serde::{Deserialize, Serialize};

/// The most tiers a policy may have; more would only confuse.
pub const MOST_TIERS: usize = 10;
/// The farthest threshold: one year.
const FARTHEST_THRESHOLD_HOURS: u32 = 8760;

/// From `threshold_hours` before the start on, `refund_percent` of the refundable amount comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// Real hours before the start.
    pub threshold_hours: u32,
    /// 0 to 100.
    pub refund_percent: u32,
}

/// Tiers in falling order that end at zero hours, so every moment before the start has exactly one tier (PAY-22, PAY-23).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Tier>")]
pub struct Policy(Vec<Tier>);

/// Why tiers are no policy, with the place of the tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyProblem {
    /// A policy has at least one tier and at most [`MOST_TIERS`].
    #[error("a policy has 1 to {MOST_TIERS} tiers")]
    TierCount,
    /// Thresholds fall strictly.
    #[error("tier {index} does not have fewer hours than the one before it")]
    NotFalling {
        /// Place in the list.
        index: usize,
    },
    /// The last threshold is zero.
    #[error("the last tier must begin at 0 hours")]
    LastIsNotZero,
    /// At most one year ahead.
    #[error("tier {index} lies too far ahead")]
    TooFarAhead {
        /// Place in the list.
        index: usize,
    },
    /// More than everything cannot come back.
    #[error("tier {index} refunds more than 100 percent")]
    PercentOutOfRange {
        /// Place in the list.
        index: usize,
    },
}

impl TryFrom<Vec<Tier>> for Policy {
    type Error = PolicyProblem;

    fn try_from(tiers: Vec<Tier>) -> Result<Self, Self::Error> {
        Self::from_tiers(tiers)
    }
}

impl Policy {
    /// Reads tiers in the order they were sent.
    ///
    /// # Errors
    /// The first [`PolicyProblem`].
    pub fn from_tiers(tiers: Vec<Tier>) -> Result<Self, PolicyProblem> {
        if tiers.is_empty() || tiers.len() > MOST_TIERS {
            return Err(PolicyProblem::TierCount);
        }
        for (index, tier) in tiers.iter().enumerate() {
            if tier.threshold_hours > FARTHEST_THRESHOLD_HOURS {
                return Err(PolicyProblem::TooFarAhead { index });
            }
            if tier.refund_percent > 100 {
                return Err(PolicyProblem::PercentOutOfRange { index });
            }
            if index > 0 && tiers[index - 1].threshold_hours <= tier.threshold_hours {
                return Err(PolicyProblem::NotFalling { index });
            }
        }
        if tiers.last().is_some_and(|tier| tier.threshold_hours != 0) {
            return Err(PolicyProblem::LastIsNotZero);
        }
        Ok(Self(tiers))
    }

    /// What holds for a court that has no tiers of its own (PAY-24).
    #[must_use]
    pub fn standard() -> Self {
        let tier = |threshold_hours, refund_percent| Tier { threshold_hours, refund_percent };
        Self(vec![tier(24, 100), tier(12, 50), tier(0, 0)])
    }

    /// The tiers, by falling hours.
    #[must_use]
    pub fn tiers(&self) -> &[Tier] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tiers: &[(u32, u32)]) -> Result<Policy, PolicyProblem> {
        Policy::from_tiers(
            tiers.iter().map(|&(threshold_hours, refund_percent)| Tier { threshold_hours, refund_percent }).collect(),
        )
    }

    /// PAY-23: strictly falling, the last at zero, percent within 0..100.
    #[test]
    fn only_gapless_falling_tiers_are_a_policy() {
        assert_eq!(read(&[(24, 100), (12, 50), (0, 0)]), Ok(Policy::standard()));
        assert!(read(&[(0, 100)]).is_ok());
        assert_eq!(read(&[]), Err(PolicyProblem::TierCount));
        assert_eq!(read(&[(1, 0); 11]), Err(PolicyProblem::TierCount));
        assert_eq!(read(&[(12, 50), (24, 100), (0, 0)]), Err(PolicyProblem::NotFalling { index: 1 }));
        assert_eq!(read(&[(12, 50), (12, 40), (0, 0)]), Err(PolicyProblem::NotFalling { index: 1 }));
        assert_eq!(read(&[(24, 100), (12, 50)]), Err(PolicyProblem::LastIsNotZero));
        assert_eq!(read(&[(24, 101), (0, 0)]), Err(PolicyProblem::PercentOutOfRange { index: 0 }));
        assert_eq!(read(&[(u32::MAX, 100), (0, 0)]), Err(PolicyProblem::TooFarAhead { index: 0 }));
    }
}
