//! The rules of bookings, pure: no clock, no database, no network. "Now" and every stored fact come in as arguments.

pub mod booking;
pub mod commission;
pub mod deadline;
pub mod limits;
pub mod refund;
pub mod slot;
pub mod state;
