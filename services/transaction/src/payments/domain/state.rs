//! The life of a payment. A transition consumes the state it leaves, so that money can be taken, given back or lost once
//! and never backwards (PAY-12, PAY-42).
//!
//! ```text
//! Pending ── hold ──► Authorized ── capture ──► Collected ── dispute ──► Disputed ── lose ──► Lost
//!    │  │                 │                     │      ▲                    │
//!    │  └──── capture ────┼────────────────────►│      └──────── win ───────┘
//!    ▼ fail               ▼ let_go              └─ refund ──► Collected, with less of it left
//!  Failed             Released
//! ```
//!
//! A payment that failed may still be held or taken when the customer finished it in the last moment (LIVE-11). What was
//! collected stays collected, and of what went back nothing returns.

use contracts::booking::PaymentStatus;
use contracts::money::Cents;
use thiserror::Error;

/// Money that was collected, and how much of the owner's part of it went back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collected {
    /// What may go back at most: all but the commission (PAY-32).
    pub net: Cents,
    /// What has gone back.
    pub refunded: Cents,
}

impl Collected {
    fn status(self) -> PaymentStatus {
        if self.refunded <= Cents::ZERO {
            PaymentStatus::Captured
        } else if self.refunded < self.net {
            PaymentStatus::PartiallyRefunded
        } else {
            PaymentStatus::Refunded
        }
    }

    /// What may still go back.
    #[must_use]
    pub fn left(self) -> Cents {
        self.net.checked_sub(self.refunded).unwrap_or(Cents::ZERO)
    }
}

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Asked for; nothing is known to be held.
    Pending,
    /// Refused, or never paid.
    Failed,
    /// Held on the card.
    Authorized,
    /// Held once and let go: nobody paid anything (PAY-28).
    Released,
    /// Taken.
    Collected(Collected),
    /// A bank takes it back, the outcome is open (PAY-47).
    Disputed(Collected),
    /// A bank took it back for good (PAY-49).
    Lost(Collected),
}

/// What can happen to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The card was refused.
    Fail,
    /// The amount is held.
    Hold,
    /// The amount is collected.
    Capture,
    /// The hold, or an intent nobody paid, is let go.
    LetGo,
    /// Taken without a booking: all of it goes back.
    GiveBack,
    /// A part goes back.
    Refund,
    /// A bank contests it.
    Dispute,
    /// The bank gave it back.
    Win,
    /// The bank keeps it.
    Lose,
}

/// A change that the payment's state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{change:?} is not possible for a payment that is {}", from.as_str())]
pub struct Refused {
    /// What was wanted.
    pub change: Change,
    /// How it stands instead.
    pub from: PaymentStatus,
}

impl State {
    /// As it is stored and shown.
    #[must_use]
    pub fn status(self) -> PaymentStatus {
        match self {
            Self::Pending => PaymentStatus::Pending,
            Self::Failed => PaymentStatus::Failed,
            Self::Authorized => PaymentStatus::Authorized,
            Self::Released | Self::Lost(_) => PaymentStatus::Refunded,
            Self::Collected(collected) => collected.status(),
            Self::Disputed(_) => PaymentStatus::Disputed,
        }
    }

    /// From what is stored. A payment of a manual booking has no row, so its words mean nothing here.
    #[must_use]
    pub fn of(status: PaymentStatus, captured: bool, collected: Collected) -> Option<Self> {
        Some(match status {
            PaymentStatus::Pending => Self::Pending,
            PaymentStatus::Failed => Self::Failed,
            PaymentStatus::Authorized => Self::Authorized,
            PaymentStatus::Captured | PaymentStatus::PartiallyRefunded => Self::Collected(collected),
            PaymentStatus::Refunded if !captured => Self::Released,
            PaymentStatus::Refunded if collected.left() > Cents::ZERO => Self::Lost(collected),
            PaymentStatus::Refunded => Self::Collected(collected),
            PaymentStatus::Disputed => Self::Disputed(collected),
            PaymentStatus::NotRequired | PaymentStatus::PaidExternally => return None,
        })
    }

    fn refuse(self, change: Change) -> Refused {
        Refused { change, from: self.status() }
    }

    /// The card was refused, or nothing ever reached Stripe.
    ///
    /// # Errors
    /// [`Refused`] once something was held or taken.
    pub fn fail(self) -> Result<Self, Refused> {
        match self {
            Self::Pending | Self::Failed => Ok(Self::Failed),
            other => Err(other.refuse(Change::Fail)),
        }
    }

    /// The amount is held until the owner answers (PAY-02).
    ///
    /// # Errors
    /// [`Refused`] unless nothing is held or taken yet.
    pub fn hold(self) -> Result<Self, Refused> {
        match self {
            Self::Pending | Self::Failed => Ok(Self::Authorized),
            other => Err(other.refuse(Change::Hold)),
        }
    }

    /// The amount is collected; `net` of it is the owner's (PAY-08).
    ///
    /// # Errors
    /// [`Refused`] when it was taken or let go before.
    pub fn capture(self, net: Cents) -> Result<Self, Refused> {
        match self {
            Self::Pending | Self::Failed | Self::Authorized => {
                Ok(Self::Collected(Collected { net, refunded: Cents::ZERO }))
            }
            other => Err(other.refuse(Change::Capture)),
        }
    }

    /// Nothing is held any more (PAY-28).
    ///
    /// # Errors
    /// [`Refused`] once money was taken.
    pub fn let_go(self) -> Result<Self, Refused> {
        match self {
            Self::Authorized | Self::Released => Ok(Self::Released),
            Self::Pending | Self::Failed => Ok(Self::Failed),
            other => Err(other.refuse(Change::LetGo)),
        }
    }

    /// It was taken although there is no booking for it: all of `gross` goes back, our commission included (LIVE-11).
    ///
    /// # Errors
    /// [`Refused`] when the taking was recorded before.
    pub fn give_back(self, gross: Cents) -> Result<Self, Refused> {
        match self {
            Self::Pending | Self::Failed | Self::Authorized | Self::Released => {
                Ok(Self::Collected(Collected { net: gross, refunded: gross }))
            }
            other => Err(other.refuse(Change::GiveBack)),
        }
    }

    /// `amount` of the owner's part goes back (PAY-29).
    ///
    /// # Errors
    /// [`Refused`] unless it is collected and that much is left of it (PAY-32).
    pub fn refund(self, amount: Cents) -> Result<Self, Refused> {
        match self {
            Self::Collected(before) if amount > Cents::ZERO && amount <= before.left() => {
                let refunded = before.refunded.checked_add(amount).unwrap_or(before.net);
                Ok(Self::Collected(Collected { refunded, ..before }))
            }
            other => Err(other.refuse(Change::Refund)),
        }
    }

    /// A bank contests it; a second dispute about the same payment keeps it contested (PAY-47).
    ///
    /// # Errors
    /// [`Refused`] unless money was taken.
    pub fn dispute(self) -> Result<Self, Refused> {
        match self {
            Self::Collected(collected) | Self::Disputed(collected) | Self::Lost(collected) => {
                Ok(Self::Disputed(collected))
            }
            other => Err(other.refuse(Change::Dispute)),
        }
    }

    /// The bank gave it back: it is again what the refunds made of it (PAY-49).
    ///
    /// # Errors
    /// [`Refused`] unless it is contested.
    pub fn win(self) -> Result<Self, Refused> {
        match self {
            Self::Disputed(collected) => Ok(Self::Collected(collected)),
            other => Err(other.refuse(Change::Win)),
        }
    }

    /// The bank keeps it (PAY-49).
    ///
    /// # Errors
    /// [`Refused`] unless it is contested.
    pub fn lose(self) -> Result<Self, Refused> {
        match self {
            Self::Disputed(collected) => Ok(Self::Lost(collected)),
            other => Err(other.refuse(Change::Lose)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NET: Cents = Cents(4_500);

    fn any_state() -> impl Strategy<Value = State> {
        let collected = (0..=NET.0).prop_map(|cents| Collected { net: NET, refunded: Cents(cents) });
        prop_oneof![
            Just(State::Pending),
            Just(State::Failed),
            Just(State::Authorized),
            Just(State::Released),
            collected.clone().prop_map(State::Collected),
            collected.clone().prop_map(State::Disputed),
            collected.prop_map(State::Lost),
        ]
    }

    fn any_change() -> impl Strategy<Value = (Change, i64)> {
        let change = prop::sample::select(vec![
            Change::Fail,
            Change::Hold,
            Change::Capture,
            Change::LetGo,
            Change::GiveBack,
            Change::Refund,
            Change::Dispute,
            Change::Win,
            Change::Lose,
        ]);
        (change, 1..=NET.0)
    }

    fn apply(state: State, (change, cents): (Change, i64)) -> Result<State, Refused> {
        match change {
            Change::Fail => state.fail(),
            Change::Hold => state.hold(),
            Change::Capture => state.capture(NET),
            Change::LetGo => state.let_go(),
            Change::GiveBack => state.give_back(Cents(5_000)),
            Change::Refund => state.refund(Cents(cents)),
            Change::Dispute => state.dispute(),
            Change::Win => state.win(),
            Change::Lose => state.lose(),
        }
    }

    const fn collected(state: State) -> Option<Collected> {
        match state {
            State::Collected(collected) | State::Disputed(collected) | State::Lost(collected) => Some(collected),
            _ => None,
        }
    }

    proptest! {
        /// PAY-42: what was taken stays taken: no report turns it into something that never was paid.
        #[test]
        fn a_capture_is_never_undone(state in any_state(), change in any_change()) {
            if let (Some(before), Ok(after)) = (collected(state), apply(state, change)) {
                let after = collected(after);
                prop_assert!(after.is_some_and(|after| after.refunded >= before.refunded), "{state:?} {change:?}");
            }
        }

        /// PAY-32: whatever happens in whatever order, never more goes back than the amount less the commission; only
        /// money without a booking goes back whole.
        #[test]
        fn refunds_are_bounded(changes in prop::collection::vec(any_change(), 0..40)) {
            let mut state = State::Pending;
            for change in changes {
                state = apply(state, change).unwrap_or(state);
                if let Some(money) = collected(state) {
                    prop_assert!(money.refunded <= money.net, "{state:?}");
                    prop_assert!(money.net == NET || money.refunded == Cents(5_000), "{state:?}");
                }
            }
        }

        /// PAY-05: taken once, let go once, contested and decided once: a repeat is refused or changes nothing.
        #[test]
        fn nothing_happens_twice(state in any_state(), change in any_change()) {
            prop_assume!(change.0 != Change::Refund);
            if let Ok(after) = apply(state, change) {
                let again = apply(after, change);
                prop_assert!(again.is_err() || again == Ok(after), "{state:?} {change:?} {again:?}");
            }
        }

        /// What is stored says which state it was.
        #[test]
        fn states_survive_storage(state in any_state()) {
            let money = collected(state).unwrap_or(Collected { net: NET, refunded: Cents::ZERO });
            let read = State::of(state.status(), collected(state).is_some(), money);
            let whole = matches!(state, State::Lost(lost) if lost.left() == Cents::ZERO);
            prop_assert!(read == Some(state) || whole, "{state:?} {read:?}");
        }
    }

    /// PAY-12: the words of manual bookings are no state of a payment.
    #[test]
    fn manual_bookings_have_no_payment() {
        let nothing = Collected { net: NET, refunded: Cents::ZERO };
        for status in [PaymentStatus::NotRequired, PaymentStatus::PaidExternally] {
            assert_eq!(State::of(status, false, nothing), None);
        }
    }
}
