//! What counts as a difference between our rows and Stripe's. Pure.

use contracts::money::Cents;
use serde::Serialize;
use utoipa::ToSchema;

use crate::ledger::domain::Facts;

/// What a person has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A booking stands and nothing was paid for it.
    ConfirmedUnpaid,
    /// We know of a payment, Stripe does not.
    UnknownToStripe,
    /// Stripe has money for a booking of ours, and we know of no such payment.
    UnknownToUs,
    /// What was collected.
    CaptureDiffers,
    /// What was given back.
    RefundDiffers,
    /// What the owner got.
    TransferDiffers,
    /// What the platform took.
    FeeDiffers,
    /// The ledger and its rows.
    LedgerDiffers,
    /// Stripe refused to send a refund, or the bank to take it.
    RefundFailed,
    /// The bank refused a payout.
    PayoutFailed,
}

impl Kind {
    /// As it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConfirmedUnpaid => "CONFIRMED_UNPAID",
            Self::UnknownToStripe => "UNKNOWN_TO_STRIPE",
            Self::UnknownToUs => "UNKNOWN_TO_US",
            Self::CaptureDiffers => "CAPTURE_DIFFERS",
            Self::RefundDiffers => "REFUND_DIFFERS",
            Self::TransferDiffers => "TRANSFER_DIFFERS",
            Self::FeeDiffers => "FEE_DIFFERS",
            Self::LedgerDiffers => "LEDGER_DIFFERS",
            Self::RefundFailed => "REFUND_FAILED",
            Self::PayoutFailed => "PAYOUT_FAILED",
        }
    }
}

/// The money of one payment, as one side sees it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Money {
    /// Collected from the card.
    pub captured_cents: i64,
    /// Given back to it.
    pub refunded_cents: i64,
    /// Handed on to the owner and not taken back; the platform's fee is paid out of it.
    pub handed_on_cents: i64,
    /// Kept by the platform.
    pub fee_cents: i64,
}

/// What our rows say, once everything they ask for is done.
#[must_use]
pub const fn by_our_rows(facts: &Facts) -> Money {
    if !facts.captured {
        return Money { captured_cents: 0, refunded_cents: 0, handed_on_cents: 0, fee_cents: 0 };
    }
    let given_back = facts.refunds_of_nothing.0 > 0;
    Money {
        captured_cents: facts.gross.0,
        refunded_cents: facts.refunds_sent.0,
        handed_on_cents: if given_back {
            0
        } else {
            facts.gross.0 - facts.refunds_of_owner.0 - facts.dispute_of_owner.0
        },
        fee_cents: if given_back { 0 } else { facts.commission.0 },
    }
}

/// Something that is decided and that Stripe has not been told of yet; comparing would find a difference that goes by
/// itself.
#[must_use]
pub const fn is_under_way(facts: &Facts) -> bool {
    facts.refunds_of_owner.0 + facts.refunds_of_nothing.0 != facts.refunds_sent.0 + facts.refunds_covered.0
}

/// What differs between the two sides.
#[must_use]
pub fn differences(ours: Money, stripes: Money) -> Vec<Kind> {
    [
        (ours.captured_cents != stripes.captured_cents, Kind::CaptureDiffers),
        (ours.refunded_cents != stripes.refunded_cents, Kind::RefundDiffers),
        (ours.handed_on_cents != stripes.handed_on_cents, Kind::TransferDiffers),
        (ours.fee_cents != stripes.fee_cents, Kind::FeeDiffers),
    ]
    .into_iter()
    .filter_map(|(differs, kind)| differs.then_some(kind))
    .collect()
}

/// How many of an owner's payments, oldest first, are covered by what was paid out.
#[must_use]
pub fn covered(parts: &[Cents], paid_out: Cents) -> usize {
    let mut left = paid_out.0;
    parts
        .iter()
        .take_while(|part| {
            left = left.saturating_sub(part.0);
            left >= 0
        })
        .count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn captured() -> Facts {
        Facts { captured: true, gross: Cents(5000), commission: Cents(500), net: Cents(4500), ..Facts::default() }
    }

    /// PAY-45: each side of the comparison is told apart.
    #[test]
    fn each_difference_has_its_name() {
        let ours = by_our_rows(&captured());
        assert_eq!(differences(ours, ours), []);
        let stripes = Money { captured_cents: 5000, refunded_cents: 2250, handed_on_cents: 2750, fee_cents: 500 };
        assert_eq!(differences(ours, stripes), [Kind::RefundDiffers, Kind::TransferDiffers]);
        let nothing = Money::default();
        assert_eq!(differences(ours, nothing), [Kind::CaptureDiffers, Kind::TransferDiffers, Kind::FeeDiffers]);
        let refunded = Facts { refunds_of_owner: Cents(2250), refunds_sent: Cents(2250), ..captured() };
        assert_eq!(differences(by_our_rows(&refunded), stripes), []);
        assert!(is_under_way(&Facts { refunds_sent: Cents::ZERO, ..refunded }) && !is_under_way(&refunded));
    }

    /// LIVE-11: what was given back whole leaves nothing anywhere.
    #[test]
    fn money_given_back_leaves_nothing() {
        let facts = Facts {
            commission: Cents::ZERO,
            net: Cents(5000),
            refunds_of_nothing: Cents(5000),
            refunds_sent: Cents(5000),
            ..captured()
        };
        let expected = Money { captured_cents: 5000, refunded_cents: 5000, handed_on_cents: 0, fee_cents: 0 };
        assert_eq!(by_our_rows(&facts), expected);
    }

    proptest! {
        /// COURT-23: what is covered never exceeds what was paid out, and the next payment would.
        #[test]
        fn payouts_cover_the_oldest_payments(parts in prop::collection::vec(0..10_000_i64, 0..20), paid in 0..60_000_i64) {
            let parts: Vec<Cents> = parts.into_iter().map(Cents).collect();
            let count = covered(&parts, Cents(paid));
            let sum: i64 = parts.iter().take(count).map(|part| part.0).sum();
            prop_assert!(sum <= paid);
            if let Some(next) = parts.get(count) {
                prop_assert!(sum + next.0 > paid);
            }
        }
    }
}
