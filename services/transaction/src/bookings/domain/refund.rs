//! What a cancellation gives back (PAY-20 to PAY-28). Commission is never refunded.

use contracts::money::Cents;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::state::Party;

/// One step of a court's policy: with at least this many hours left, this share comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tier {
    /// Least hours left to the start.
    #[schema(minimum = 0)]
    pub threshold_hours: i32,
    /// Share of the owner's net that is refunded, in percent.
    #[schema(minimum = 0, maximum = 100)]
    pub refund_percentage: i32,
}

/// PAY-24: the policy of a court without one.
pub const DEFAULT_POLICY: [Tier; 3] = [
    Tier { threshold_hours: 24, refund_percentage: 100 },
    Tier { threshold_hours: 12, refund_percentage: 50 },
    Tier { threshold_hours: 0, refund_percentage: 0 },
];

/// What one cancellation gives back and by which tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundQuote {
    /// To the customer.
    pub refund: Cents,
    /// Of the owner's net, in percent.
    pub percentage: i32,
    /// The customer's tier; none when the owner or the system cancels.
    pub tier: Option<Tier>,
}

/// The tier with the largest threshold not above the time left, counted in real hours (PAY-22). Once the booking has
/// started no tier is left and nothing comes back.
#[must_use]
pub fn tier_for(policy: &[Tier], left: SignedDuration) -> Tier {
    policy
        .iter()
        .copied()
        .filter(|tier| SignedDuration::from_hours(i64::from(tier.threshold_hours)) <= left)
        .max_by_key(|tier| tier.threshold_hours)
        .unwrap_or(Tier { threshold_hours: 0, refund_percentage: 0 })
}

/// Quotes the refund of a captured booking.
///
/// A customer gets the tier's share of the net (PAY-21); an owner's or the system's cancellation gives the whole net
/// back (PAY-27). An empty policy means the default one.
#[must_use]
pub fn quote(net: Cents, by: Party, policy: &[Tier], left: SignedDuration) -> RefundQuote {
    let tier = match by {
        Party::Customer => Some(tier_for(if policy.is_empty() { &DEFAULT_POLICY } else { policy }, left)),
        Party::CourtOwner | Party::System => None,
    };
    let percentage = tier.map_or(100, |tier| tier.refund_percentage.clamp(0, 100));
    // A share of at most 100 % of a valid amount is always in range.
    let refund = net.percent_half_up(percentage.unsigned_abs()).unwrap_or(Cents::ZERO);
    RefundQuote { refund, percentage, tier }
}

/// Takes `amount` from several payments, from each at most what is left in it, the first ones first. The parts stand in
/// the order of `left`.
#[must_use]
pub fn spread(amount: Cents, left: impl IntoIterator<Item = Cents>) -> Vec<Cents> {
    let mut open = amount.max(Cents::ZERO);
    left.into_iter()
        .map(|available| {
            let part = open.min(available).max(Cents::ZERO);
            open = Cents(open.0 - part.0);
            part
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn percent_at(left: SignedDuration) -> i32 {
        tier_for(&DEFAULT_POLICY, left).refund_percentage
    }

    /// PAY-22, PAY-24: exactly 24 hours left counts as 24; a microsecond less does not.
    #[test]
    fn a_threshold_counts_to_the_microsecond() {
        let day = SignedDuration::from_hours(24);
        let tick = SignedDuration::from_micros(1);
        assert_eq!(percent_at(day), 100);
        assert_eq!(percent_at(day - tick), 50);
        assert_eq!(percent_at(SignedDuration::from_hours(12)), 50);
        assert_eq!(percent_at(SignedDuration::from_hours(12) - tick), 0);
        assert_eq!(percent_at(SignedDuration::ZERO), 0);
        assert_eq!(percent_at(-tick), 0);
    }

    /// PAY-20, PAY-21: 5000 at 50 % gives 2250; the commission of 500 stays.
    #[test]
    fn half_of_the_net_comes_back() {
        let quoted = quote(Cents(4_500), Party::Customer, &[], SignedDuration::from_hours(13));
        assert_eq!((quoted.refund, quoted.percentage), (Cents(2_250), 50));
        assert_eq!(quoted.tier, Some(DEFAULT_POLICY[1]));
    }

    /// PAY-27: an owner's cancellation gives back the whole net, however late.
    #[test]
    fn an_owner_gives_everything_but_the_commission_back() {
        let quoted = quote(Cents(4_500), Party::CourtOwner, &DEFAULT_POLICY, SignedDuration::ZERO);
        assert_eq!((quoted.refund, quoted.percentage, quoted.tier), (Cents(4_500), 100, None));
    }

    /// PAY-22: the order in which tiers are stored does not matter.
    #[test]
    fn tiers_may_come_in_any_order() {
        let shuffled = [DEFAULT_POLICY[2], DEFAULT_POLICY[0], DEFAULT_POLICY[1]];
        assert_eq!(tier_for(&shuffled, SignedDuration::from_hours(30)), DEFAULT_POLICY[0]);
    }

    proptest! {
        /// PAY-20, PAY-32: a refund is never negative and never touches the commission.
        #[test]
        fn a_refund_stays_within_the_net(net in 0..10_000_000_i64, hours in -100..400_i64,
            tiers in prop::collection::vec((0..200_i32, 0..=100_i32), 0..5)) {
            let policy: Vec<Tier> = tiers.into_iter()
                .map(|(threshold_hours, refund_percentage)| Tier { threshold_hours, refund_percentage }).collect();
            for by in [Party::Customer, Party::CourtOwner, Party::System] {
                let quoted = quote(Cents(net), by, &policy, SignedDuration::from_hours(hours));
                prop_assert!(quoted.refund >= Cents::ZERO && quoted.refund <= Cents(net));
            }
        }

        /// PAY-32: parts add up to the amount as far as there is something left, and none exceeds what its payment has.
        #[test]
        fn a_refund_is_spread_within_bounds(amount in 0..100_000_i64, left in prop::collection::vec(0..50_000_i64, 0..5)) {
            let parts = spread(Cents(amount), left.iter().map(|&cents| Cents(cents)));
            prop_assert_eq!(parts.len(), left.len());
            for (part, &available) in parts.iter().zip(&left) {
                prop_assert!(*part >= Cents::ZERO && part.0 <= available);
            }
            let total: i64 = parts.iter().map(|part| part.0).sum();
            prop_assert_eq!(total, amount.min(left.iter().sum()));
        }

        /// With a falling policy, waiting never raises a refund.
        #[test]
        fn waiting_never_pays(net in 0..10_000_000_i64, earlier in 0..400_i64, later in 0..400_i64) {
            let (later, earlier) = (later.min(earlier), later.max(earlier));
            let at = |hours| quote(Cents(net), Party::Customer, &[], SignedDuration::from_hours(hours)).refund;
            prop_assert!(at(later) <= at(earlier));
        }
    }
}
