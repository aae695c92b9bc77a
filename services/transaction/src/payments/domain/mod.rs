//! The rules of payments, pure: how a payment may change, and what a PaymentIntent's state means for the booking it pays.

#[cfg(test)]
mod interleaving;
pub mod method;
pub mod payment;
pub mod refund;
pub mod settlement;
pub mod state;
pub mod status;
