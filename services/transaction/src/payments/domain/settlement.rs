//! What to do when Stripe says where a PaymentIntent stands. One table of decisions serves the checkout, the webhook
//! and reconciliation, so the three can race and repeat each other without doing anything twice (PAY-42, LIVE-11).

use crate::bookings::domain::state::{Release, State};

/// What Stripe says about a PaymentIntent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntentStatus {
    /// Declined; another card could be tried.
    RequiresPaymentMethod,
    /// Made but not confirmed.
    RequiresConfirmation,
    /// The customer has to finish 3-D Secure.
    RequiresAction,
    /// The bank has not answered.
    Processing,
    /// Held on the card.
    RequiresCapture,
    /// Collected.
    Succeeded,
    /// Let go.
    Canceled,
}

/// What follows for the booking and its money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The hold becomes a booking.
    Book,
    /// The hold had lapsed: it becomes a booking if the slot is still free, else the money goes back whole (LIVE-11).
    BookIfFree,
    /// The customer has to do something first; the hold stays.
    Wait,
    /// The hold ends, the slot is free again.
    Drop,
    /// The held amount was collected: the pending booking stands.
    Confirm,
    /// The hold on the card is gone: the system calls the pending booking off.
    CallOff,
    /// Nothing is booked for this money: let the card's hold go.
    LetGo,
    /// Nothing is booked for this money: give all of it back.
    GiveBack,
    /// The card's hold is gone, as it should be.
    NoteReleased,
    /// All is as it should be.
    Nothing,
}

/// What our own row says about the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Money {
    /// A capture is recorded, whether or not it was given back since.
    pub taken: bool,
    /// The card's hold is being let go right now.
    pub letting_go: bool,
}

/// Decides.
#[must_use]
pub const fn settle(booking: &State, intent: IntentStatus, money: Money) -> Verdict {
    match booking {
        State::Held { .. } => settle_hold(intent),
        State::Dropped { release } => settle_dropped(*release, intent, money),
        State::PendingConfirmation { .. } => match intent {
            IntentStatus::Succeeded => Verdict::Confirm,
            IntentStatus::Canceled => Verdict::CallOff,
            _ => Verdict::Nothing,
        },
        State::Cancelled { .. } | State::Rejected { .. } => match intent {
            IntentStatus::Succeeded if !money.taken => Verdict::GiveBack,
            IntentStatus::RequiresCapture if !money.letting_go => Verdict::LetGo,
            IntentStatus::Canceled if !money.taken => Verdict::NoteReleased,
            _ => Verdict::Nothing,
        },
        State::Confirmed | State::Completed { .. } => Verdict::Nothing,
    }
}

const fn settle_hold(intent: IntentStatus) -> Verdict {
    match intent {
        IntentStatus::Succeeded | IntentStatus::RequiresCapture => Verdict::Book,
        IntentStatus::RequiresAction | IntentStatus::RequiresConfirmation | IntentStatus::Processing => Verdict::Wait,
        IntentStatus::RequiresPaymentMethod | IntentStatus::Canceled => Verdict::Drop,
    }
}

const fn settle_dropped(release: Release, intent: IntentStatus, money: Money) -> Verdict {
    match (intent, release) {
        (IntentStatus::Succeeded, _) if money.taken => Verdict::Nothing,
        (IntentStatus::Canceled, _) => Verdict::NoteReleased,
        // A declined card: nothing is held, and the customer never got what it takes to try again.
        (IntentStatus::RequiresPaymentMethod, Release::PaymentFailed) => Verdict::Nothing,
        (IntentStatus::Succeeded, Release::HoldExpired) => Verdict::BookIfFree,
        (IntentStatus::RequiresCapture, Release::HoldExpired) if !money.letting_go => Verdict::BookIfFree,
        // The customer was told that nothing is booked, or somebody else has the slot: that stays true.
        (IntentStatus::Succeeded, _) => Verdict::GiveBack,
        _ if money.letting_go => Verdict::Nothing,
        _ => Verdict::LetGo,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::bookings::domain::state::Party;

    const INTENTS: [IntentStatus; 7] = [
        IntentStatus::RequiresPaymentMethod,
        IntentStatus::RequiresConfirmation,
        IntentStatus::RequiresAction,
        IntentStatus::Processing,
        IntentStatus::RequiresCapture,
        IntentStatus::Succeeded,
        IntentStatus::Canceled,
    ];

    fn states() -> Vec<State> {
        let at = Timestamp::UNIX_EPOCH;
        let mut states = vec![
            State::Held { expires_at: at },
            State::PendingConfirmation { deadline: at },
            State::Confirmed,
            State::Completed { at },
            State::Cancelled { by: Party::System, reason: String::new() },
            State::Rejected { reason: String::new() },
        ];
        for release in [Release::HoldExpired, Release::PaymentFailed, Release::UserAbandoned, Release::SlotTaken] {
            states.push(State::Dropped { release });
        }
        states
    }

    /// Never charged without a booking: money that was taken ends in a booking or goes back.
    #[test]
    fn taken_money_is_booked_or_returned() {
        for state in states() {
            let verdict = settle(&state, IntentStatus::Succeeded, Money::default());
            let accounted =
                matches!(verdict, Verdict::Book | Verdict::BookIfFree | Verdict::Confirm | Verdict::GiveBack)
                    || matches!(state, State::Confirmed | State::Completed { .. });
            assert!(accounted, "{state:?} -> {verdict:?}");
        }
    }

    /// A hold on a card never outlives the booking it was for.
    #[test]
    fn held_money_is_used_or_let_go() {
        for state in states() {
            let verdict = settle(&state, IntentStatus::RequiresCapture, Money::default());
            let over = matches!(state, State::Dropped { .. } | State::Cancelled { .. } | State::Rejected { .. });
            assert_eq!(over, matches!(verdict, Verdict::LetGo | Verdict::BookIfFree), "{state:?} -> {verdict:?}");
        }
    }

    /// PAY-41: a report that comes again after the money went back changes nothing, and does not book either.
    #[test]
    fn returned_money_stays_returned() {
        for state in states() {
            let verdict = settle(&state, IntentStatus::Succeeded, Money { taken: true, letting_go: false });
            assert!(!matches!(verdict, Verdict::GiveBack | Verdict::BookIfFree), "{state:?} -> {verdict:?}");
        }
    }

    /// PAY-42: whatever arrives late, a booking that stands is not touched.
    #[test]
    fn a_confirmed_booking_is_never_undone_by_a_report() {
        for intent in INTENTS {
            assert_eq!(settle(&State::Confirmed, intent, Money { taken: true, letting_go: false }), Verdict::Nothing);
        }
    }

    /// BOOK-07: a decline drops the hold; LIVE-11: only a lapsed hold may still be booked.
    #[test]
    fn only_a_lapsed_hold_may_be_taken_again() {
        for state in states() {
            for intent in INTENTS {
                if settle(&state, intent, Money::default()) == Verdict::BookIfFree {
                    assert_eq!(state, State::Dropped { release: Release::HoldExpired });
                }
            }
        }
        let held = State::Held { expires_at: Timestamp::UNIX_EPOCH };
        assert_eq!(settle(&held, IntentStatus::RequiresPaymentMethod, Money::default()), Verdict::Drop);
    }
}
