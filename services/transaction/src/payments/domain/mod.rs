//! The rules of payments, pure: what a PaymentIntent's state means for the booking it pays.

pub mod method;
pub mod payment;
pub mod refund;
pub mod settlement;
pub mod status;
