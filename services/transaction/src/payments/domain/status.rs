//! Where a payment stands and which step with Stripe is under way (PAY-06, PAY-12).

pub use contracts::booking::PaymentStatus;
use contracts::court::ConfirmationMode;

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

/// What a PaymentIntent is for. A booking has one of the first kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The booking itself.
    Booking,
    /// What a move to a dearer slot costs on top (BOOK-53).
    Difference,
    /// A hold for the new price of a pending booking, until it takes the first one's place (BOOK-41).
    Replacement,
    /// The hold that was replaced; it is let go.
    Replaced,
}

impl Purpose {
    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Booking => "BOOKING",
            Self::Difference => "DIFFERENCE",
            Self::Replacement => "REPLACEMENT",
            Self::Replaced => "REPLACED",
        }
    }

    /// From the stored text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Booking, Self::Difference, Self::Replacement, Self::Replaced]
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
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
        for step in [Step::Charge, Step::Capture, Step::Release] {
            assert_eq!(Step::parse(step.as_str()), Some(step));
        }
        for purpose in [Purpose::Booking, Purpose::Difference, Purpose::Replacement, Purpose::Replaced] {
            assert_eq!(Purpose::parse(purpose.as_str()), Some(purpose));
        }
    }
}
