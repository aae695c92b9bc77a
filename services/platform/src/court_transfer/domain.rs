//! What a transfer is, when it can still be decided, and who may take a court over. No storage, no HTTP.

use contracts::identity::ConnectStatus;
use contracts::ids::{CourtId, CourtTransferId, UserId};
use jiff::{SignedDuration, Timestamp};

/// How long the target has (COURT-56).
pub const TIME_TO_CONFIRM: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferStatus {
    /// The target has to say yes.
    PendingTargetConfirmation,
    /// The court has moved.
    Completed,
    /// The source has thought better of it.
    Withdrawn,
    /// Nobody said anything in time.
    Expired,
}

impl TransferStatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::PendingTargetConfirmation, Self::Completed, Self::Withdrawn, Self::Expired];

    /// As stored and as sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PendingTargetConfirmation => "PENDING_TARGET_CONFIRMATION",
            Self::Completed => "COMPLETED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Expired => "EXPIRED",
        }
    }

    /// The status behind a stored text.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A court on its way, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Its id.
    pub id: CourtTransferId,
    /// The court.
    pub court_id: CourtId,
    /// Who gives it away.
    pub from: UserId,
    /// Who is to have it.
    pub to: UserId,
    /// As stored; whether time is over is told by [`Transfer::status_at`].
    pub status: TransferStatus,
    /// When the source started it.
    pub created_at: Timestamp,
    /// First instant at which the target is too late.
    pub expires_at: Timestamp,
}

/// Why a transfer cannot be decided any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Over {
    /// Seven days have passed.
    #[error("the transfer has expired")]
    Expired,
    /// It was completed or withdrawn.
    #[error("the transfer has been decided")]
    Decided,
}

impl Transfer {
    /// Where it stands at `now`: one that waits past its end has expired.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> TransferStatus {
        match self.status {
            TransferStatus::PendingTargetConfirmation if now >= self.expires_at => TransferStatus::Expired,
            stored => stored,
        }
    }

    /// Whether somebody may still confirm or withdraw it.
    ///
    /// # Errors
    /// [`Over`].
    pub fn check_open(&self, now: Timestamp) -> Result<(), Over> {
        match self.status_at(now) {
            TransferStatus::PendingTargetConfirmation => Ok(()),
            TransferStatus::Expired => Err(Over::Expired),
            TransferStatus::Completed | TransferStatus::Withdrawn => Err(Over::Decided),
        }
    }
}

/// The owner who is to have a court, as far as it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Who.
    pub id: UserId,
    /// Whether the platform has verified this owner.
    pub verified: bool,
    /// What Stripe lets the account do.
    pub stripe_status: ConnectStatus,
}

/// Why somebody cannot take a court over (COURT-57).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotEligible {
    /// No living owner account has this address.
    #[error("there is no such owner")]
    UserNotFound,
    /// The owner is not verified.
    #[error("the owner is not verified")]
    NotVerified,
    /// The owner cannot be paid.
    #[error("the owner has no active Stripe account")]
    StripeNotConnected,
}

impl NotEligible {
    /// As clients read it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserNotFound => "USER_NOT_FOUND",
            Self::NotVerified => "NOT_VERIFIED",
            Self::StripeNotConnected => "STRIPE_NOT_CONNECTED",
        }
    }
}

/// The owner who may take a court over (COURT-57).
///
/// # Errors
/// [`NotEligible`].
pub fn check_target(target: Option<Target>) -> Result<Target, NotEligible> {
    let target = target.ok_or(NotEligible::UserNotFound)?;
    if !target.verified {
        return Err(NotEligible::NotVerified);
    }
    if target.stripe_status != ConnectStatus::Active {
        return Err(NotEligible::StripeNotConnected);
    }
    Ok(target)
}

/// An address that its holder recognises and nobody else learns: `k***@gmail.com` (COURT-56).
#[must_use]
pub fn masked(email: &str) -> String {
    let (name, host) = email.rsplit_once('@').unwrap_or((email, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}***@{host}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn transfer(status: TransferStatus) -> Transfer {
        Transfer {
            id: CourtTransferId(Uuid::from_u128(1)),
            court_id: CourtId(Uuid::from_u128(2)),
            from: UserId(Uuid::from_u128(3)),
            to: UserId(Uuid::from_u128(4)),
            status,
            created_at: Timestamp::UNIX_EPOCH,
            expires_at: Timestamp::UNIX_EPOCH + TIME_TO_CONFIRM,
        }
    }

    /// COURT-56, COURT-58: seven days, and only once.
    #[test]
    fn a_transfer_is_decided_once_and_in_time() {
        let end = Timestamp::UNIX_EPOCH + TIME_TO_CONFIRM;
        let pending = transfer(TransferStatus::PendingTargetConfirmation);
        assert_eq!(pending.check_open(end - SignedDuration::from_secs(1)), Ok(()));
        assert_eq!(pending.check_open(end), Err(Over::Expired));
        assert_eq!(transfer(TransferStatus::Expired).check_open(end), Err(Over::Expired));
        for decided in [TransferStatus::Completed, TransferStatus::Withdrawn] {
            assert_eq!(transfer(decided).check_open(Timestamp::UNIX_EPOCH), Err(Over::Decided));
        }
        for status in TransferStatus::ALL {
            assert_eq!(TransferStatus::of_text(status.as_str()), Some(status));
        }
    }

    /// COURT-57: verified and paid by Stripe, nothing less.
    #[test]
    fn a_target_is_verified_and_can_be_paid() {
        let target = |verified, stripe_status| {
            check_target(Some(Target { id: UserId(Uuid::from_u128(4)), verified, stripe_status })).err()
        };
        assert_eq!(check_target(None).err(), Some(NotEligible::UserNotFound));
        assert_eq!(target(false, ConnectStatus::Active), Some(NotEligible::NotVerified));
        for status in
            [ConnectStatus::NotStarted, ConnectStatus::Pending, ConnectStatus::Restricted, ConnectStatus::Disabled]
        {
            assert_eq!(target(true, status), Some(NotEligible::StripeNotConnected));
        }
        assert_eq!(target(true, ConnectStatus::Active), None);
    }

    proptest! {
        /// COURT-56: of the name before the `@` one character is shown, whatever it is.
        #[test]
        fn masks_hide_the_name(name in "[a-zα-ω0-9.@]{2,20}", host in "[a-z]{1,10}\\.[a-z]{2,3}") {
            let shown = masked(&format!("{name}@{host}"));
            let first: String = name.chars().take(1).collect();
            prop_assert_eq!(shown, format!("{first}***@{host}"));
        }
    }
}
