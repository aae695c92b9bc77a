//! The life of a booking. A state carries the data that only it has, and a transition consumes the state it leaves, so
//! a second outcome cannot be built from a booking that already has one (BOOK-31).
//!
//! ```text
//! Held ── settle ──► PendingConfirmation ── confirm ──► Confirmed ── complete ──► Completed
//!  │                   │        │                          │
//!  └─ release          │ reject └ cancel ──► Cancelled ◄───┘ cancel
//!      ▼               ▼
//!    Dropped        Rejected        (a Dropped hold whose payment came late may still settle: LIVE-11)
//! ```

use contracts::booking::{BookingStatus, ReleaseReason};
use contracts::court::ConfirmationMode;
use jiff::Timestamp;
use thiserror::Error;

/// Who caused a change: the customer, the owner of the court, or a deadline.
pub use contracts::booking::CancelledBy as Party;

/// Why a hold ended without a booking (LIVE-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// Nobody paid in time.
    HoldExpired,
    /// The card was declined or 3-D Secure failed.
    PaymentFailed,
    /// The customer gave up.
    UserAbandoned,
    /// It lapsed, and when the payment came after all somebody else had the slot. Stored only: the release itself was
    /// announced when it lapsed.
    SlotTaken,
    /// It was held for a booking that moved into its place (BOOK-53). Stored only: the move is what is announced.
    Moved,
}

impl Release {
    /// As it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HoldExpired => "HOLD_EXPIRED",
            Self::PaymentFailed => "PAYMENT_FAILED",
            Self::UserAbandoned => "USER_ABANDONED",
            Self::SlotTaken => "SLOT_TAKEN",
            Self::Moved => "MOVED",
        }
    }

    /// The reason an event names; a slot taken meanwhile was announced before.
    #[must_use]
    pub const fn announced(self) -> Option<ReleaseReason> {
        match self {
            Self::HoldExpired => Some(ReleaseReason::HoldExpired),
            Self::PaymentFailed => Some(ReleaseReason::PaymentFailed),
            Self::UserAbandoned => Some(ReleaseReason::UserAbandoned),
            Self::SlotTaken | Self::Moved => None,
        }
    }

    /// From the stored text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::HoldExpired, Self::PaymentFailed, Self::UserAbandoned, Self::SlotTaken, Self::Moved]
            .into_iter()
            .find(|why| why.as_str() == text)
    }
}

/// The bare status as stored; [`State`] without its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Held while it is being paid.
    PendingPayment,
    /// Paid in advance, waiting for the owner.
    PendingConfirmation,
    /// Stands.
    Confirmed,
    /// Its end has passed.
    Completed,
    /// Called off.
    Cancelled,
    /// Turned down by the owner.
    Rejected,
    /// A hold that became no booking; never shown to anybody.
    Dropped,
}

impl Status {
    const ALL: [Self; 7] = [
        Self::PendingPayment,
        Self::PendingConfirmation,
        Self::Confirmed,
        Self::Completed,
        Self::Cancelled,
        Self::Rejected,
        Self::Dropped,
    ];

    /// As it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingPayment => "PENDING_PAYMENT",
            Self::PendingConfirmation => "PENDING_CONFIRMATION",
            Self::Confirmed => "CONFIRMED",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
            Self::Rejected => "REJECTED",
            Self::Dropped => "DROPPED",
        }
    }

    /// The status people get to see; none for a hold that became no booking.
    #[must_use]
    pub const fn shown(self) -> Option<BookingStatus> {
        match self {
            Self::PendingPayment => Some(BookingStatus::PendingPayment),
            Self::PendingConfirmation => Some(BookingStatus::PendingConfirmation),
            Self::Confirmed => Some(BookingStatus::Confirmed),
            Self::Completed => Some(BookingStatus::Completed),
            Self::Cancelled => Some(BookingStatus::Cancelled),
            Self::Rejected => Some(BookingStatus::Rejected),
            Self::Dropped => None,
        }
    }

    /// From the stored text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// Where a booking stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The slot is kept while the customer pays.
    Held {
        /// From here on somebody else may take the slot (LIVE-09).
        expires_at: Timestamp,
    },
    /// The card is authorised, the owner has not answered.
    PendingConfirmation {
        /// The system cancels then (BOOK-30).
        deadline: Timestamp,
    },
    /// Stands.
    Confirmed,
    /// Its end has passed.
    Completed {
        /// When that was noticed.
        at: Timestamp,
    },
    /// Called off.
    Cancelled {
        /// By whom.
        by: Party,
        /// Why, in the canceller's words.
        reason: String,
    },
    /// Turned down by the owner.
    Rejected {
        /// Shown to the customer (BOOK-29).
        reason: String,
    },
    /// A hold that became no booking.
    Dropped {
        /// Why.
        release: Release,
    },
}

/// A change that the booking's state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused {
    /// BOOK-55; a rejected or dropped booking counts as cancelled.
    #[error("already cancelled")]
    AlreadyCancelled,
    /// BOOK-55.
    #[error("already completed at {at}")]
    AlreadyCompleted {
        /// When.
        at: Timestamp,
    },
    /// BOOK-28.
    #[error("not waiting for confirmation but {}", status.as_str())]
    NotPending {
        /// What it is instead.
        status: Status,
    },
    /// Only a hold can be paid or released.
    #[error("no longer a hold but {}", status.as_str())]
    NotHeld {
        /// What it is instead.
        status: Status,
    },
    /// BOOK-52: only what is confirmed can move.
    #[error("not movable but {}", status.as_str())]
    NotMovable {
        /// What it is instead.
        status: Status,
    },
    /// BOOK-24.
    #[error("not confirmed but {}", status.as_str())]
    NotConfirmed {
        /// What it is instead.
        status: Status,
    },
}

impl State {
    /// The bare status.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::Held { .. } => Status::PendingPayment,
            Self::PendingConfirmation { .. } => Status::PendingConfirmation,
            Self::Confirmed => Status::Confirmed,
            Self::Completed { .. } => Status::Completed,
            Self::Cancelled { .. } => Status::Cancelled,
            Self::Rejected { .. } => Status::Rejected,
            Self::Dropped { .. } => Status::Dropped,
        }
    }

    /// The payment went through: an INSTANT booking stands, a MANUAL one waits for the owner until `deadline` (PAY-03).
    /// A hold that had lapsed may still settle; whether its slot is free is for the database to say (LIVE-11).
    ///
    /// # Errors
    /// [`Refused::NotHeld`] unless it is a hold, or one that lapsed.
    pub fn settle(self, mode: ConfirmationMode, deadline: Timestamp) -> Result<Self, Refused> {
        match self {
            Self::Held { .. } | Self::Dropped { release: Release::HoldExpired } => Ok(match mode {
                ConfirmationMode::Instant => Self::Confirmed,
                ConfirmationMode::Manual => Self::PendingConfirmation { deadline },
            }),
            other => Err(Refused::NotHeld { status: other.status() }),
        }
    }

    /// The hold ends without a booking.
    ///
    /// # Errors
    /// [`Refused::NotHeld`].
    pub fn release(self, release: Release) -> Result<Self, Refused> {
        match self {
            Self::Held { .. } => Ok(Self::Dropped { release }),
            other => Err(Refused::NotHeld { status: other.status() }),
        }
    }

    /// The hold was for a booking that has now moved into its place: it ends without becoming one itself (BOOK-53). One
    /// that had lapsed may still be used, if the database finds its slot free.
    ///
    /// # Errors
    /// [`Refused::NotHeld`].
    pub fn absorb(self) -> Result<Self, Refused> {
        match self {
            Self::Held { .. } | Self::Dropped { release: Release::HoldExpired } => {
                Ok(Self::Dropped { release: Release::Moved })
            }
            other => Err(Refused::NotHeld { status: other.status() }),
        }
    }

    /// A booking that may move to another slot stays what it is (BOOK-51).
    ///
    /// # Errors
    /// [`Refused::NotMovable`] (BOOK-52), or that it is over.
    pub fn relocate(self) -> Result<Self, Refused> {
        match self {
            Self::Confirmed => Ok(Self::Confirmed),
            Self::Completed { at } => Err(Refused::AlreadyCompleted { at }),
            Self::Cancelled { .. } | Self::Rejected { .. } | Self::Dropped { .. } => Err(Refused::AlreadyCancelled),
            other => Err(Refused::NotMovable { status: other.status() }),
        }
    }

    /// The owner accepts (BOOK-27).
    ///
    /// # Errors
    /// [`Refused::NotPending`] (BOOK-28).
    pub fn confirm(self) -> Result<Self, Refused> {
        match self {
            Self::PendingConfirmation { .. } => Ok(Self::Confirmed),
            other => Err(Refused::NotPending { status: other.status() }),
        }
    }

    /// The owner turns it down (BOOK-29).
    ///
    /// # Errors
    /// [`Refused::NotPending`].
    pub fn reject(self, reason: String) -> Result<Self, Refused> {
        match self {
            Self::PendingConfirmation { .. } => Ok(Self::Rejected { reason }),
            other => Err(Refused::NotPending { status: other.status() }),
        }
    }

    /// Somebody calls it off (BOOK-54). A customer who gives up a hold drops it instead.
    ///
    /// # Errors
    /// [`Refused::AlreadyCancelled`], [`Refused::AlreadyCompleted`] (BOOK-55).
    pub fn cancel(self, by: Party, reason: String) -> Result<Self, Refused> {
        match self {
            Self::Held { .. } => Ok(Self::Dropped { release: Release::UserAbandoned }),
            Self::PendingConfirmation { .. } | Self::Confirmed => Ok(Self::Cancelled { by, reason }),
            Self::Cancelled { .. } | Self::Rejected { .. } | Self::Dropped { .. } => Err(Refused::AlreadyCancelled),
            Self::Completed { at } => Err(Refused::AlreadyCompleted { at }),
        }
    }

    /// Its end has passed (BOOK-24).
    ///
    /// # Errors
    /// [`Refused::NotConfirmed`].
    pub fn complete(self, at: Timestamp) -> Result<Self, Refused> {
        match self {
            Self::Confirmed => Ok(Self::Completed { at }),
            other => Err(Refused::NotConfirmed { status: other.status() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn instant() -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn any_state() -> impl Strategy<Value = State> {
        let release = prop::sample::select(vec![Release::HoldExpired, Release::PaymentFailed, Release::UserAbandoned]);
        prop_oneof![
            Just(State::Held { expires_at: instant() }),
            Just(State::PendingConfirmation { deadline: instant() }),
            Just(State::Confirmed),
            Just(State::Completed { at: instant() }),
            Just(State::Cancelled { by: Party::Customer, reason: String::new() }),
            Just(State::Rejected { reason: String::new() }),
            release.prop_map(|release| State::Dropped { release }),
        ]
    }

    #[derive(Debug, Clone, Copy)]
    enum Change {
        Settle(ConfirmationMode),
        Release,
        Confirm,
        Reject,
        Cancel(Party),
        Complete,
    }

    fn apply(state: State, change: Change) -> Result<State, Refused> {
        match change {
            Change::Settle(mode) => state.settle(mode, instant()),
            Change::Release => state.release(Release::HoldExpired),
            Change::Confirm => state.confirm(),
            Change::Reject => state.reject("full".to_owned()),
            Change::Cancel(by) => state.cancel(by, "rain".to_owned()),
            Change::Complete => state.complete(instant()),
        }
    }

    fn any_change() -> impl Strategy<Value = Change> {
        prop::sample::select(vec![
            Change::Settle(ConfirmationMode::Instant),
            Change::Settle(ConfirmationMode::Manual),
            Change::Release,
            Change::Confirm,
            Change::Reject,
            Change::Cancel(Party::Customer),
            Change::Cancel(Party::System),
            Change::Complete,
        ])
    }

    /// How far along a state is; no change ever goes back, except a lapsed hold that is paid after all (LIVE-11).
    fn rank(state: &State) -> u8 {
        match state.status() {
            Status::PendingPayment => 0,
            Status::PendingConfirmation => 1,
            Status::Confirmed => 2,
            Status::Completed | Status::Cancelled | Status::Rejected | Status::Dropped => 3,
        }
    }

    proptest! {
        /// BOOK-31, PAY-42: every accepted change moves forward, so a repeat is refused.
        #[test]
        fn changes_only_move_forward(state in any_state(), change in any_change()) {
            let before = state.clone();
            if let Ok(after) = apply(state, change) {
                let late_payment = matches!(before, State::Dropped { release: Release::HoldExpired });
                prop_assert!(late_payment || rank(&after) > rank(&before), "{before:?} -> {after:?}");
                prop_assert!(apply(after, change).is_err(), "{change:?} happened twice");
            }
        }

        /// BOOK-31: of confirm, reject and cancel only the first has an effect, in whatever order they come; a booking
        /// that was confirmed may still be called off.
        #[test]
        fn one_outcome_wins(changes in prop::collection::vec(any_change(), 0..12)) {
            let mut state = State::PendingConfirmation { deadline: instant() };
            let mut decided = 0;
            for change in changes {
                if let Ok(next) = apply(state.clone(), change) {
                    decided += usize::from(matches!(state, State::PendingConfirmation { .. }));
                    state = next;
                }
            }
            prop_assert!(decided <= 1);
        }
    }

    /// BOOK-55.
    #[test]
    fn what_is_over_cannot_be_cancelled() {
        let completed = State::Completed { at: instant() };
        assert_eq!(completed.cancel(Party::Customer, String::new()), Err(Refused::AlreadyCompleted { at: instant() }));
        let rejected = State::Rejected { reason: "full".to_owned() };
        assert_eq!(rejected.cancel(Party::Customer, String::new()), Err(Refused::AlreadyCancelled));
    }

    #[test]
    fn texts_survive_storage() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.as_str()), Some(status));
            assert!(status.shown().is_none_or(|shown| shown.as_str() == status.as_str()));
        }
        for release in
            [Release::HoldExpired, Release::PaymentFailed, Release::UserAbandoned, Release::SlotTaken, Release::Moved]
        {
            assert_eq!(Release::parse(release.as_str()), Some(release));
        }
    }
}
