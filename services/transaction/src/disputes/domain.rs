//! What a dispute is and what may become of it. Pure.

use contracts::ids::{BookingId, PaymentId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;
use uuid::Uuid;

/// Where the bank's decision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Evidence is waited for.
    Open,
    /// The bank has the evidence.
    UnderReview,
    /// The money is back.
    Won,
    /// The money is gone.
    Lost,
}

impl Status {
    /// As it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::UnderReview => "UNDER_REVIEW",
            Self::Won => "WON",
            Self::Lost => "LOST",
        }
    }

    /// From the stored text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::UnderReview, Self::Won, Self::Lost].into_iter().find(|status| status.as_str() == text)
    }

    /// From Stripe's word; one it adds later counts as open.
    #[must_use]
    pub fn of_stripe(word: &str) -> Self {
        match word {
            "under_review" | "warning_under_review" => Self::UnderReview,
            "won" | "warning_closed" | "prevented" => Self::Won,
            "lost" => Self::Lost,
            _ => Self::Open,
        }
    }

    /// Decided for good.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Won | Self::Lost)
    }

    /// The status after a report that says `reported`: forwards only, and never out of a decision (PAY-42).
    #[must_use]
    pub fn after(self, reported: Self) -> Self {
        if self.is_closed() { self } else { self.max(reported) }
    }
}

/// Whether Stripe has taken the money; an enquiry leaves it where it is.
#[must_use]
pub fn takes_money(word: &str) -> bool {
    !word.starts_with("warning_") && word != "prevented"
}

/// Where the platform's own look at it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Review {
    /// Nobody has done anything.
    Open,
    /// The owner has submitted evidence.
    InReview,
    /// An admin has decided, or the bank has.
    Resolved,
}

impl Review {
    /// As it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::InReview => "IN_REVIEW",
            Self::Resolved => "RESOLVED",
        }
    }

    /// From the stored text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::InReview, Self::Resolved].into_iter().find(|review| review.as_str() == text)
    }
}

/// What an admin decides (PAY-50).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Resolution {
    /// The customer gets the money, the owner bears it.
    RefundCustomer,
    /// The owner keeps the money, whatever the bank says.
    SideWithOwner,
    /// The owner bears a part.
    PartialRefund,
}

impl Resolution {
    /// As it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RefundCustomer => "REFUND_CUSTOMER",
            Self::SideWithOwner => "SIDE_WITH_OWNER",
            Self::PartialRefund => "PARTIAL_REFUND",
        }
    }

    /// From the stored text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::RefundCustomer, Self::SideWithOwner, Self::PartialRefund]
            .into_iter()
            .find(|resolution| resolution.as_str() == text)
    }
}

/// A decision with its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub resolution: Resolution,
    /// Of the owner's part, for [`Resolution::PartialRefund`] alone.
    pub percentage: Option<u32>,
}

impl Decision {
    /// How much of what is left of the net the owner bears when the money goes to the customer, in percent.
    #[must_use]
    pub fn owner_percent(self) -> u32 {
        match self.resolution {
            Resolution::RefundCustomer => 100,
            Resolution::SideWithOwner => 0,
            Resolution::PartialRefund => self.percentage.unwrap_or(0).min(100),
        }
    }
}

/// The owner bears a lost dispute unless somebody decided otherwise.
#[must_use]
pub fn owner_percent(decision: Option<Decision>) -> u32 {
    decision.map_or(100, Decision::owner_percent)
}

/// One dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Our id.
    pub id: Uuid,
    /// Stripe's.
    pub stripe_id: String,
    /// Of which payment.
    pub payment_id: PaymentId,
    /// For which booking.
    pub booking_id: BookingId,
    /// Who disputes.
    pub customer_id: UserId,
    /// Whose court it was.
    pub owner_id: UserId,
    /// How much.
    pub amount: Cents,
    /// In Stripe's word.
    pub reason: String,
    /// Where the bank's decision stands.
    pub status: Status,
    /// Stripe has taken the money.
    pub withdrawn: bool,
    /// Until when evidence is taken.
    pub evidence_due_by: Option<Timestamp>,
    /// Where our own look stands.
    pub review: Review,
    /// What was decided.
    pub decision: Option<Decision>,
    /// When Stripe told of it.
    pub created_at: Timestamp,
}

/// Why a step of a dispute is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused {
    /// The bank has decided, or the time for evidence is over.
    #[error("the dispute is closed")]
    Closed,
    /// An admin has decided.
    #[error("the dispute is resolved")]
    AlreadyResolved,
}

impl Dispute {
    /// Evidence is taken while the bank has not decided and its deadline is ahead (PAY-48).
    ///
    /// # Errors
    /// [`Refused::Closed`].
    pub fn takes_evidence(&self, now: Timestamp) -> Result<(), Refused> {
        let late = self.evidence_due_by.is_some_and(|due| due <= now);
        if self.status.is_closed() || late { Err(Refused::Closed) } else { Ok(()) }
    }

    /// What follows from a decision (PAY-50). A lost dispute leaves nothing to decide: the money is with the customer.
    ///
    /// # Errors
    /// [`Refused::AlreadyResolved`], [`Refused::Closed`].
    pub fn decide(&self, decision: Decision) -> Result<Consequence, Refused> {
        if self.decision.is_some() {
            return Err(Refused::AlreadyResolved);
        }
        match (self.status, decision.resolution) {
            (Status::Lost, _) => Err(Refused::Closed),
            (Status::Won, Resolution::SideWithOwner) => Ok(Consequence::Nothing),
            (Status::Won, _) => Ok(Consequence::Refund { percent: decision.owner_percent() }),
            (Status::Open | Status::UnderReview, Resolution::SideWithOwner) => Ok(Consequence::Contest),
            (Status::Open | Status::UnderReview, _) => Ok(Consequence::GiveIn),
        }
    }
}

/// What a decision sets going.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequence {
    /// The bank has said so already.
    Nothing,
    /// The dispute was won, and the customer gets a part all the same.
    Refund {
        /// Of what is left of the owner's part.
        percent: u32,
    },
    /// The bank gets what speaks for the owner.
    Contest,
    /// The bank is told that the customer may keep the money.
    GiveIn,
}

/// What becomes of a refund that Stripe refuses because a bank contests the charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// The bank has not decided: so does the refund wait.
    Waits,
    /// No dispute stands in its way, as far as we know: Stripe may know of one before we do, or we of its end before Stripe
    /// acts on it. It is tried again.
    TriedAgain,
    /// The bank gave the customer the money in this dispute, so the refund is paid.
    Covered(Uuid),
}

/// Decides it by all disputes of the payment, oldest first.
#[must_use]
pub fn owed(disputes: &[(Uuid, Status)]) -> Owed {
    if disputes.iter().any(|(_, status)| !status.is_closed()) {
        return Owed::Waits;
    }
    let lost = disputes.iter().rev().find(|(_, status)| *status == Status::Lost);
    lost.map_or(Owed::TriedAgain, |(dispute, _)| Owed::Covered(*dispute))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn statuses() -> impl Strategy<Value = Status> {
        prop_oneof![Just(Status::Open), Just(Status::UnderReview), Just(Status::Won), Just(Status::Lost)]
    }

    fn dispute(status: Status, decision: Option<Decision>) -> Dispute {
        let at = Timestamp::UNIX_EPOCH;
        Dispute {
            id: Uuid::nil(),
            stripe_id: "dp_1".to_owned(),
            payment_id: PaymentId(Uuid::nil()),
            booking_id: BookingId(Uuid::nil()),
            customer_id: UserId(Uuid::nil()),
            owner_id: UserId(Uuid::nil()),
            amount: Cents(5000),
            reason: "fraudulent".to_owned(),
            status,
            withdrawn: true,
            evidence_due_by: Some(at),
            review: Review::Open,
            decision,
            created_at: at,
        }
    }

    proptest! {
        /// PAY-49: a refund is never sent while a bank contests its charge, and never paid twice.
        #[test]
        fn a_refund_follows_the_bank(statuses in prop::collection::vec(statuses(), 0..4)) {
            let disputes: Vec<_> = (1_u128..).map(Uuid::from_u128).zip(statuses).collect();
            let any = |wanted: fn(&Status) -> bool| disputes.iter().any(|(_, status)| wanted(status));
            match owed(&disputes) {
                Owed::Waits => prop_assert!(any(|status| !status.is_closed())),
                Owed::Covered(by) => {
                    prop_assert!(disputes.contains(&(by, Status::Lost)) && !any(|status| !status.is_closed()));
                }
                Owed::TriedAgain => prop_assert!(!any(|status| *status != Status::Won)),
            }
        }
    }

    #[test]
    fn texts_survive_storage() {
        for status in [Status::Open, Status::UnderReview, Status::Won, Status::Lost] {
            assert_eq!(Status::parse(status.as_str()), Some(status));
        }
        for review in [Review::Open, Review::InReview, Review::Resolved] {
            assert_eq!(Review::parse(review.as_str()), Some(review));
        }
        for resolution in [Resolution::RefundCustomer, Resolution::SideWithOwner, Resolution::PartialRefund] {
            assert_eq!(Resolution::parse(resolution.as_str()), Some(resolution));
        }
    }

    /// PAY-48: to the second of the deadline, and not beyond.
    #[test]
    fn evidence_is_taken_until_the_deadline() {
        let open = dispute(Status::Open, None);
        let second = jiff::SignedDuration::from_secs(1);
        assert_eq!(open.takes_evidence(Timestamp::UNIX_EPOCH - second), Ok(()));
        assert_eq!(open.takes_evidence(Timestamp::UNIX_EPOCH), Err(Refused::Closed));
        let won = Dispute { evidence_due_by: None, ..dispute(Status::Won, None) };
        assert_eq!(won.takes_evidence(Timestamp::UNIX_EPOCH), Err(Refused::Closed));
    }

    /// PAY-50: each decision in each status.
    #[test]
    fn decisions_have_their_consequences() {
        let refund = Decision { resolution: Resolution::RefundCustomer, percentage: None };
        let owner = Decision { resolution: Resolution::SideWithOwner, percentage: None };
        let half = Decision { resolution: Resolution::PartialRefund, percentage: Some(50) };
        for status in [Status::Open, Status::UnderReview] {
            assert_eq!(dispute(status, None).decide(refund), Ok(Consequence::GiveIn));
            assert_eq!(dispute(status, None).decide(half), Ok(Consequence::GiveIn));
            assert_eq!(dispute(status, None).decide(owner), Ok(Consequence::Contest));
        }
        assert_eq!(dispute(Status::Won, None).decide(half), Ok(Consequence::Refund { percent: 50 }));
        assert_eq!(dispute(Status::Won, None).decide(owner), Ok(Consequence::Nothing));
        assert_eq!(dispute(Status::Lost, None).decide(refund), Err(Refused::Closed));
        assert_eq!(dispute(Status::Open, Some(half)).decide(refund), Err(Refused::AlreadyResolved));
        assert_eq!((owner_percent(None), owner_percent(Some(owner)), owner_percent(Some(half))), (100, 0, 50));
    }

    proptest! {
        /// PAY-42: whatever order reports come in, a decision stays and nothing moves backwards.
        #[test]
        fn a_status_never_moves_backwards(reports in prop::collection::vec(statuses(), 0..8)) {
            let mut now = Status::Open;
            for report in reports {
                let next = now.after(report);
                prop_assert!(next >= now);
                prop_assert!(!now.is_closed() || next == now);
                now = next;
            }
        }
    }
}
