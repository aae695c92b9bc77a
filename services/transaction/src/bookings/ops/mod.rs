//! The use cases of bookings, one function each. A function owns its database transaction; Stripe and platform are asked
//! outside of it.

mod abuse_limits;
mod bulk_action;
mod calendar;
mod cancel_booking;
mod confirm_booking;
mod court_events;
mod create_booking;
mod create_manual_booking;
mod hold_slot;
mod lanes;
mod mark_booking;
mod modify_booking;
mod read_bookings;
mod reject_booking;
mod remind_owner;
mod repeat_request;
mod reprice_series;
mod series;
mod sweep;

use contracts::booking::PaymentStatus;
use contracts::court::TimeOfDay;
use contracts::events::InvalidPayload;
use contracts::ids::{BookingId, UserId};
use contracts::internal::{PromoCodeError, SlotRefusal};
use contracts::money::Cents;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sqlx::PgConnection;
use thiserror::Error;

pub use abuse_limits::CustomerLines;
pub use bulk_action::{BulkAction, act_on_each};
pub use calendar::{CalendarFilter, export_calendar, feed_since, read_feed, remove_feed, rotate_feed};
pub use cancel_booking::{CancelRequest, Cancellation, Canceller, cancel_booking, cancel_once};
pub use confirm_booking::{ConfirmedBooking, confirm_booking};
pub use court_events::{
    CancelPayload, RepricePayload, account_deleted, availability_updated, cancel_named, court_deleted, court_updated,
    pricing_updated,
};
pub use create_booking::{Checkout, SeriesPlace, create_booking};
pub use create_manual_booking::{ManualBooking, create_manual_booking};
pub(crate) use hold_slot::enqueue_finish;
pub use hold_slot::release_hold;
pub use lanes::Lanes;
pub use mark_booking::{flag_no_show, mark_paid};
pub(crate) use modify_booking::{FinishedMove, finish_move};
pub use modify_booking::{Move, Moved, OpenMove, modify_booking};
pub(crate) use read_bookings::mask;
pub use read_bookings::{
    BookingDetails, BookingPage, ListedItem, WaitingPrice, list_bookings, list_pending, show_booking,
};
pub use reject_booking::{call_off_pending, reject_booking, time_out};
pub use repeat_request::{Answer, remember_refusal};
pub(crate) use reprice_series::{card_failed, price_accepted};
pub use reprice_series::{give_card, reprice_court};
pub use series::{Instance, Series, SeriesRequest, cancel_series, create_manual_series, create_series, list_series};
pub use sweep::{complete_booking, expire_hold, sweep};

use super::domain::afterwards::MarkRefused;
use super::domain::booking::Booking;
use super::domain::limits::LimitError;
use super::domain::slot::SlotError;
use super::domain::state::{Party, Refused, State};
use super::store::{self, AuditEntry, RowError};
use crate::payments::domain::payment::Payment;
use crate::payments::store::PaymentRowError;
use crate::platform_port::PlatformError;

/// Makes the answer that is stored under a client's key and sent (BOOK-02). The API layer brings it along, so that this
/// layer stays free of it.
pub type Render<'a> = &'a (dyn Fn(&Booking, Option<&Payment>) -> Value + Send + Sync);

/// A free slot offered instead of a taken one (BOOK-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alternative {
    /// Court-local start.
    pub start: TimeOfDay,
    /// Court-local end.
    pub end: TimeOfDay,
    /// What it costs.
    pub price: Cents,
}

/// Why a use case did not happen.
#[derive(Debug, Error)]
pub enum BookingError {
    /// No such booking, or none of the caller's.
    #[error("no such booking")]
    NotFound,
    /// The court belongs to somebody else.
    #[error("not the owner of the court")]
    NotOwner,
    /// No such court.
    #[error("no such court")]
    CourtNotFound,
    /// The key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The first request with this key, or another change of this booking, is still under way.
    #[error("still in progress")]
    InProgress,
    /// The slot itself is impossible.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// Too far ahead, too late or too many people.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// The booking's state does not allow it.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Somebody else has the slot.
    #[error("the slot is taken")]
    SlotTaken {
        /// The court-local date.
        date: Date,
        /// The court-local start.
        start: TimeOfDay,
        /// Up to three free slots of that date.
        alternatives: Vec<Alternative>,
        /// What is in the way, for the owner of the court only.
        conflicting: Option<BookingId>,
    },
    /// Somebody else has the slot a booking was to move to.
    #[error("the new slot is taken")]
    NewSlotTaken {
        /// The court-local date.
        date: Date,
        /// The court-local start.
        start: TimeOfDay,
        /// Up to three free slots of that date.
        alternatives: Vec<Alternative>,
    },
    /// The booking is there already.
    #[error("that is the slot it has")]
    SameSlot,
    /// No date of a series is free.
    #[error("no date of the series is free")]
    SeriesTaken {
        /// The dates that were asked for.
        dates: Vec<Date>,
    },
    /// Too many bookings in a short time (BOOK-16).
    #[error("booked too often")]
    TooFast {
        /// Until there is room again.
        wait: SignedDuration,
    },
    /// Made and called off on this court too often (BOOK-17).
    #[error("may not book this court for a while")]
    CourtBlocked {
        /// Until then.
        until: Timestamp,
    },
    /// Only courts that confirm at once, for a while (BOOK-18).
    #[error("may only book courts that confirm at once")]
    InstantOnly {
        /// Until then.
        until: Timestamp,
    },
    /// The same person asked for the same slot a moment ago (BOOK-19).
    #[error("the same slot was asked for a moment ago")]
    DuplicateAttempt,
    /// The owner's subscription has lapsed (BOOK-49).
    #[error("the subscription has lapsed")]
    SubscriptionExpired,
    /// A mark that the booking does not take.
    #[error(transparent)]
    Mark(#[from] MarkRefused),
    /// No price of the booking waits for a card.
    #[error("no card is needed")]
    NoCardNeeded,
    /// A secret calendar address that is nobody's.
    #[error("no such calendar")]
    FeedUnknown,
    /// Platform says the slot cannot be booked.
    #[error("platform refuses the slot: {}", refusal.as_str())]
    SlotRefused {
        /// Why.
        refusal: SlotRefusal,
        /// What the owner wrote on a block.
        override_reason: Option<String>,
        /// The court's own length.
        court_minutes: i32,
    },
    /// The owner cannot be paid (BOOK-13).
    #[error("the court takes no paid bookings")]
    NotBookable,
    /// The promo code does not count.
    #[error("promo code refused: {}", .0.as_str())]
    PromoRefused(PromoCodeError),
    /// The card was refused (BOOK-07).
    #[error("the card was refused")]
    Declined {
        /// Stripe's code.
        code: Option<String>,
        /// The bank's reason.
        decline_code: Option<String>,
        /// Stripe's words.
        message: Option<String>,
    },
    /// Stripe does not know the card.
    #[error("the payment method cannot be used")]
    PaymentMethodInvalid,
    /// The payment was refused for a reason that is not the card's.
    #[error("the payment failed")]
    PaymentFailed,
    /// Stripe did not answer; the payment is looked into.
    #[error("the payment provider does not answer")]
    PaymentUnavailable,
    /// The hold lapsed before the payment was through.
    #[error("the hold has lapsed")]
    HoldLapsed,
    /// The card's hold can no longer be collected (BOOK-28).
    #[error("the authorisation lapsed")]
    AuthorizationExpired {
        /// When.
        expired_at: Option<Timestamp>,
    },
    /// The held amount could not be collected (PAY-07).
    #[error("the capture failed: {reason}")]
    CaptureFailed {
        /// For the owner.
        reason: String,
    },
    /// A bank takes the money back: nothing may be done until it has decided (PAY-47).
    #[error("the payment is disputed")]
    Disputed,
    /// An event would break its contract.
    #[error(transparent)]
    Event(#[from] InvalidPayload),
    /// A row could not be read.
    #[error(transparent)]
    Row(#[from] RowError),
    /// A payment row could not be read.
    #[error(transparent)]
    PaymentRow(#[from] PaymentRowError),
    /// The payment's own side refused.
    #[error(transparent)]
    Payment(#[from] crate::payments::ops::PaymentError),
    /// Platform gave no answer.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// Something that cannot be.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

impl BookingError {
    /// Whether the request was judged and the answer would be the same the next time: then it is the first answer under
    /// its key (BOOK-02).
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Limit(_)
                | Self::Refused(_)
                | Self::SlotTaken { .. }
                | Self::SlotRefused { .. }
                | Self::NotBookable
                | Self::PromoRefused(_)
                | Self::Declined { .. }
                | Self::PaymentMethodInvalid
                | Self::PaymentFailed
                | Self::HoldLapsed
        )
    }

    /// Whether it says something about one date only, so that the other dates of a series may still be had.
    #[must_use]
    pub const fn is_about_one_date(&self) -> bool {
        matches!(
            self,
            Self::SlotTaken { .. }
                | Self::SlotRefused { .. }
                | Self::Slot(SlotError::SkippedHour { .. })
                | Self::HoldLapsed
                | Self::DuplicateAttempt
        )
    }

    /// Whether the card did not work, so that asking it again for another date is of no use.
    #[must_use]
    pub const fn is_about_the_card(&self) -> bool {
        matches!(
            self,
            Self::Declined { .. } | Self::PaymentMethodInvalid | Self::PaymentFailed | Self::PaymentUnavailable
        )
    }
}

/// What the audit log keeps of a booking: its state and money, no person.
pub(crate) fn snapshot(state: &State, payment: Option<PaymentStatus>) -> Value {
    let mut kept = json!({ "status": state.status().as_str() });
    match state {
        State::Cancelled { by, reason } => {
            kept["cancelledBy"] = json!(by.as_str());
            kept["reason"] = json!(reason);
        }
        State::Rejected { reason } => kept["reason"] = json!(reason),
        State::Dropped { release } => kept["reason"] = json!(release.as_str()),
        _ => {}
    }
    if let Some(payment) = payment {
        kept["paymentStatus"] = json!(payment.as_str());
    }
    kept
}

/// Writes a booking's next state with history and audit in the caller's transaction, which holds its lock.
#[expect(clippy::too_many_arguments, reason = "the facts of one change; a struct would only rename them")]
pub(crate) async fn change_state(
    connection: &mut PgConnection,
    booking: &Booking,
    next: &State,
    action: &str,
    by: Party,
    actor: Option<UserId>,
    now: Timestamp,
    trace_id: &str,
) -> Result<(), BookingError> {
    if !store::save(connection, store::Change { booking, state: next, by, actor, now }).await? {
        return Err(anyhow::anyhow!("booking {} changed under its lock", booking.id).into());
    }
    store::append_audit(
        connection,
        &AuditEntry {
            booking: Some(booking.id),
            payment: None,
            action,
            actor,
            role: by.as_str(),
            before: Some(snapshot(&booking.state, None)),
            after: Some(snapshot(next, None)),
            now,
            trace_id,
        },
    )
    .await?;
    Ok(())
}
