//! The use cases of payments. Stripe is asked outside of database transactions; what is about to be asked is written
//! down before (PAY-06), and one function, [`settle_intent`], writes what an answer means, whoever brings it.

mod capture_hold;
mod charge_difference;
mod charge_hold;
mod finish_payment;
mod method_updates;
mod partial_refund;
mod payment_methods;
mod read_refund;
mod replace_hold;
mod send_refund;
mod settle_intent;

use thiserror::Error;

pub use capture_hold::{CaptureOutcome, capture_hold};
pub use charge_difference::ask_for_difference;
pub use charge_hold::{ChargeOutcome, charge_hold};
pub use finish_payment::{finish_payment, reconcile, reconcile_at_start};
pub use method_updates::check_methods;
pub use partial_refund::{ensure_not_disputed, refund_part};
pub use payment_methods::{MethodKind, SavedMethod, ensure_customer, list_methods, save_method, start_saving};
pub use read_refund::show_refund;
pub use replace_hold::try_replacement;
pub use send_refund::{enqueue_refund, send_refund, tell_refund_failed};
pub(crate) use settle_intent::is_slot_gone;
pub use settle_intent::{IntentReport, Settled, settle_intent, settle_intent_in};

use crate::stripe::StripeError;

/// Why a use case of payments did not happen.
#[derive(Debug, Error)]
pub enum PaymentError {
    /// Stripe does not know it, or it is somebody else's.
    #[error("no such card or setup intent")]
    UnknownMethod,
    /// The customer has not finished saving the card.
    #[error("the card is not saved yet")]
    NotSaved,
    /// Stripe said no or nothing.
    #[error(transparent)]
    Stripe(#[from] StripeError),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}
