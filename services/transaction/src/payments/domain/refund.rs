//! What a payment's refunds look like as one (PAY-31). Pure.

use contracts::money::Cents;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundStatus {
    /// Decided.
    Initiated,
    /// Accepted by Stripe.
    Processing,
    /// Back on the card.
    Completed,
    /// Refused; an admin looks at it.
    Failed,
}

impl RefundStatus {
    /// From the stored text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "INITIATED" => Some(Self::Initiated),
            "PROCESSING" => Some(Self::Processing),
            "COMPLETED" => Some(Self::Completed),
            "FAILED" => Some(Self::Failed),
            _ => None,
        }
    }
}

/// One refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// How much.
    pub amount: Cents,
    /// Where it stands.
    pub status: RefundStatus,
    /// When it was decided.
    pub initiated_at: Timestamp,
    /// When it was done.
    pub completed_at: Option<Timestamp>,
}

/// All refunds of a payment as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    /// How much in all.
    pub amount: Cents,
    /// The least advanced part decides, a failed one before all.
    pub status: RefundStatus,
    /// When the first was decided.
    pub initiated_at: Timestamp,
    /// When the last was done, once all are.
    pub completed_at: Option<Timestamp>,
}

/// Puts the parts together; none make no whole.
#[must_use]
pub fn whole(parts: &[Part]) -> Option<Whole> {
    let initiated_at = parts.iter().map(|part| part.initiated_at).min()?;
    let any = |status| parts.iter().any(|part| part.status == status);
    let status = [RefundStatus::Failed, RefundStatus::Initiated, RefundStatus::Processing]
        .into_iter()
        .find(|status| any(*status))
        .unwrap_or(RefundStatus::Completed);
    let done = parts.iter().filter_map(|part| part.completed_at).max();
    Some(Whole {
        amount: Cents::checked_sum(parts.iter().map(|part| part.amount))?,
        status,
        initiated_at,
        completed_at: done.filter(|_| status == RefundStatus::Completed),
    })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    /// PAY-31: two refunds of one payment are shown as one that is done when both are.
    #[test]
    fn the_slowest_part_decides() {
        let at = Timestamp::UNIX_EPOCH;
        let later = at + SignedDuration::from_hours(1);
        let part = |status, completed_at| Part { amount: Cents(100), status, initiated_at: at, completed_at };
        let done = part(RefundStatus::Completed, Some(later));
        assert_eq!(whole(&[]), None);
        let both = whole(&[done, part(RefundStatus::Processing, None)]).expect("two parts");
        assert_eq!((both.amount, both.status, both.completed_at), (Cents(200), RefundStatus::Processing, None));
        let failed = whole(&[part(RefundStatus::Failed, None), part(RefundStatus::Initiated, None)]);
        assert_eq!(failed.map(|failed| failed.status), Some(RefundStatus::Failed));
        assert_eq!(whole(&[done, done]).and_then(|whole| whole.completed_at), Some(later));
    }
}
