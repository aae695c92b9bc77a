//! Weather: forecasts for courts from several vendors behind one interface (FIND-38 to FIND-46). Owns `booking_weather`. It
//! decides nothing: where it fails, others go on without it.
//!
//! Invariants: vendors are asked in the configured order, and one that keeps failing is left alone for a while; equal
//! questions within minutes cost one call; what is shown never repeats a vendor's own words; the customer of a booking
//! is told at most once that its weather turns.
//!
//! Route: `/api/weather`.

mod api;
pub mod domain;
mod events;
pub mod jobs;
pub mod ops;
mod providers;
mod store;
mod watch;

pub use api::{WeatherForecast, router};
pub use ops::{Embedded, Weather};
