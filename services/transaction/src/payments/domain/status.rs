//! Where a payment stands and which step with Stripe is under way (PAY-06, PAY-12).

use contracts::court::ConfirmationMode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Status of a payment; on bookings two more say that no card was involved (PAY-12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentStatus {
    /// Asked for, not yet answered; or waiting for 3-D Secure.
    Pending,
    /// Held on the card.
    Authorized,
    /// Collected.
    Captured,
    /// Everything that can come back did; a hold that was let go counts as well.
    Refunded,
    /// A part came back.
    PartiallyRefunded,
    /// Declined or given up.
    Failed,
    /// The customer's bank disputes it.
    Disputed,
    /// A manual booking.
    NotRequired,
    /// A manual booking the owner was paid for directly.
    PaidExternally,
}

impl PaymentStatus {
    const ALL: [Self; 9] = [
        Self::Pending,
        Self::Authorized,
        Self::Captured,
        Self::Refunded,
        Self::PartiallyRefunded,
        Self::Failed,
        Self::Disputed,
        Self::NotRequired,
        Self::PaidExternally,
    ];

    /// As it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Authorized => "AUTHORIZED",
            Self::Captured => "CAPTURED",
            Self::Refunded => "REFUNDED",
            Self::PartiallyRefunded => "PARTIALLY_REFUNDED",
            Self::Failed => "FAILED",
            Self::Disputed => "DISPUTED",
            Self::NotRequired => "NOT_REQUIRED",
            Self::PaidExternally => "PAID_EXTERNALLY",
        }
    }

    /// From the stored text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// The step that is written down before Stripe is asked and cleared with the answer (PAY-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Create and confirm the PaymentIntent.
    Charge,
    /// Collect what is held; the owner has said yes.
    Capture,
    /// Let go of a hold, or of an intent that was never paid.
    Release,
}

impl Step {
    /// As it is stored, and as part of the idempotency key at Stripe.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Charge => "CHARGE",
            Self::Capture => "CAPTURE",
            Self::Release => "RELEASE",
        }
    }

    /// From the stored text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Charge, Self::Capture, Self::Release].into_iter().find(|step| step.as_str() == text)
    }
}

/// Whether Stripe collects at once or only holds (PAY-01, PAY-02).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureMethod {
    /// Collect at once.
    Automatic,
    /// Hold until captured.
    Manual,
}

impl CaptureMethod {
    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "AUTOMATIC",
            Self::Manual => "MANUAL",
        }
    }

    /// From the stored text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Automatic, Self::Manual].into_iter().find(|method| method.as_str() == text)
    }
}

impl From<ConfirmationMode> for CaptureMethod {
    /// PAY-01, PAY-02: an INSTANT court collects, a MANUAL one holds.
    fn from(mode: ConfirmationMode) -> Self {
        match mode {
            ConfirmationMode::Instant => Self::Automatic,
            ConfirmationMode::Manual => Self::Manual,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_survive_storage() {
        for status in PaymentStatus::ALL {
            assert_eq!(PaymentStatus::parse(status.as_str()), Some(status));
        }
        for step in [Step::Charge, Step::Capture, Step::Release] {
            assert_eq!(Step::parse(step.as_str()), Some(step));
        }
    }
}
