//! The rules of bookings, pure: no clock, no database, no network. "Now" and every stored fact come in as arguments.

pub mod abuse;
pub mod afterwards;
pub mod booking;
pub mod commission;
pub mod deadline;
pub mod ical;
pub mod limits;
pub mod moving;
pub mod refund;
#[cfg(test)]
pub mod samples;
pub mod series;
pub mod slot;
pub mod state;
