//! One payment: one PaymentIntent and what is known of it.

use contracts::ids::{BookingId, PaymentId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;

use super::settlement::Money;
use super::state::{Collected, State};
use super::status::{CaptureMethod, PaymentStatus, Purpose, Step};
use crate::bookings::domain::commission::Split;

/// A payment row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Our id.
    pub id: PaymentId,
    /// What it pays.
    pub booking_id: BookingId,
    /// Its part in paying it.
    pub purpose: Purpose,
    /// Who pays.
    pub user_id: UserId,
    /// Who is paid.
    pub owner_id: UserId,
    /// Where it stands, as stored; [`Payment::state`] is what can be changed.
    pub status: PaymentStatus,
    /// Collected at once or later.
    pub capture: CaptureMethod,
    /// The step with Stripe that has not been answered yet (PAY-06).
    pub pending_step: Option<Step>,
    /// Amount and shares.
    pub money: Split,
    /// Given back so far.
    pub refunded: Cents,
    /// ISO code.
    pub currency: String,
    /// Stripe's card.
    pub payment_method_id: String,
    /// Stripe's customer.
    pub stripe_customer_id: String,
    /// The owner's connected account.
    pub destination_account: String,
    /// Stripe's intent, once known.
    pub intent_id: Option<String>,
    /// What the browser needs while 3-D Secure is open.
    pub client_secret: Option<String>,
    /// When the amount was held.
    pub authorized_at: Option<Timestamp>,
    /// Until when it can be collected.
    pub authorization_expires_at: Option<Timestamp>,
    /// When it was collected.
    pub captured_at: Option<Timestamp>,
}

impl Payment {
    /// Collected and still standing, at least in part: it can give something back.
    #[must_use]
    pub const fn is_collected(&self) -> bool {
        matches!(self.status, PaymentStatus::Captured | PaymentStatus::PartiallyRefunded)
    }

    /// What refunds may still take from it: the owner's share that has not gone back yet (PAY-32).
    #[must_use]
    pub fn refundable(&self) -> Cents {
        if self.is_collected() { self.money.net.checked_sub(self.refunded).unwrap_or(Cents::ZERO) } else { Cents::ZERO }
    }

    /// Where it stands, with what may follow.
    #[must_use]
    pub fn state(&self) -> State {
        let collected = Collected { net: self.money.net, refunded: self.refunded };
        // Only rows of customer bookings become payments; the words of manual ones never stand there.
        State::of(self.status, self.captured_at.is_some(), collected).unwrap_or(State::Pending)
    }

    /// What the rules of settlement need to know.
    #[must_use]
    pub const fn standing(&self) -> Money {
        Money { taken: self.captured_at.is_some(), letting_go: matches!(self.pending_step, Some(Step::Release)) }
    }
}
