//! The rules of payments, pure: what a PaymentIntent's state means for the booking it pays.

pub mod payment;
pub mod settlement;
pub mod status;
