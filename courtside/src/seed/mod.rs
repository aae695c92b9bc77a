//! The demo world: clubs, courts, people and four weeks of bookings around today.
//!
//! `plan` decides everything from a seed number and a date and does no I/O; `store` writes a plan through each
//! service's own database role; `stripe` makes the vendor's side of it true; `pictures` draws the courts.
//! Nothing here runs unless the database has no courts yet.

pub mod geography;
pub mod people;
pub mod pictures;
pub mod plan;
pub mod store;
pub mod stripe;
