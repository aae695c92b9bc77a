//! A booking with everything that is known of it. Facts do not change after creation; [`State`] does.

use contracts::court::{ConfirmationMode, CourtType};
use contracts::ids::{BookingId, CourtId, RecurringGroupId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::commission::Split;
use super::slot::Slot;
use super::state::State;

/// Who a booking is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Booker {
    /// A customer who pays.
    Customer(UserId),
    /// Somebody the owner wrote down; nothing is paid here.
    Guest(Guest),
}

/// What an owner noted of a guest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guest {
    /// Who plays.
    pub name: Option<String>,
    /// How to reach them.
    pub phone: Option<String>,
    /// How to reach them.
    pub email: Option<String>,
    /// Anything else.
    pub notes: Option<String>,
}

/// The court as it was when it was booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedCourt {
    /// Which one.
    pub id: CourtId,
    /// Whose it is.
    pub owner_id: UserId,
    /// Greek name.
    pub name_el: String,
    /// English name, where there is one.
    pub name_en: Option<String>,
    /// Sport.
    pub court_type: CourtType,
    /// Whether the owner had to confirm.
    pub mode: ConfirmationMode,
}

/// What an owner notes on a booking afterwards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// Nobody came (BOOK-63).
    pub no_show_at: Option<Timestamp>,
    /// Paid at the desk (BOOK-50).
    pub external_payment: Option<ExternalPayment>,
}

/// How a guest paid the owner directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalPayment {
    /// How.
    pub method: ExternalMethod,
    /// The owner's note.
    pub notes: Option<String>,
    /// When the owner said so.
    pub paid_at: Timestamp,
}

/// Ways to pay past the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExternalMethod {
    /// At the desk.
    Cash,
    /// To the owner's account.
    BankTransfer,
}

impl ExternalMethod {
    /// As it is stored and sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::BankTransfer => "bank_transfer",
        }
    }

    /// From the stored text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Cash, Self::BankTransfer].into_iter().find(|method| method.as_str() == text)
    }
}

/// One booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Its id; a hold keeps it when it becomes a booking.
    pub id: BookingId,
    /// Where.
    pub court: BookedCourt,
    /// For whom.
    pub booker: Booker,
    /// When.
    pub slot: Slot,
    /// How many come, if said.
    pub people: Option<i32>,
    /// Price and shares, fixed at creation; zero for guests.
    pub money: Split,
    /// Taken off the price by a promo code, in cents.
    pub discount_cents: i64,
    /// The promo code.
    pub promo_code: Option<String>,
    /// ISO code.
    pub currency: String,
    /// Priced above the court's base when it was booked (BOOK-18).
    pub peak: bool,
    /// The weekly series it is an instance of.
    pub group: Option<RecurringGroupId>,
    /// A hold that becomes no booking of its own: once paid, this booking moves into its slot (BOOK-53).
    pub moves: Option<BookingId>,
    /// What its owner noted afterwards.
    pub marks: Marks,
    /// Where it stands.
    pub state: State,
    /// The trace of the request that made it.
    pub trace_id: String,
    /// Grows with every change.
    pub version: i64,
    /// When the hold began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Booking {
    /// The customer, unless it was entered by the owner.
    #[must_use]
    pub const fn customer(&self) -> Option<UserId> {
        match self.booker {
            Booker::Customer(customer) => Some(customer),
            Booker::Guest(_) => None,
        }
    }

    /// Entered by the owner.
    #[must_use]
    pub const fn is_manual(&self) -> bool {
        matches!(self.booker, Booker::Guest(_))
    }
}
