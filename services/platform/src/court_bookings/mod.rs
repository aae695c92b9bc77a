//! What lies ahead on a court: the bookings and holds that a change of the court could hit. Owns nothing; it reads the
//! views of the transaction service and decides, purely, which bookings a change touches. It cancels nothing: a use case
//! commits the wish to cancel with its change, and the transaction service carries it out (COURT-30, HOL-34).
//!
//! Whoever decides by what is read here holds the court's calendar lock, so that no booking can be placed meanwhile.

pub mod api;
pub mod domain;
mod store;

pub use store::{bookings_ahead, live_holds, pending_payout};
