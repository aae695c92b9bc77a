//! Availability: when a court is open, blocked, taken or free. Owns `court_windows` and `court_overrides`, and reads the
//! transaction service's view of taken slots; it never writes a booking.
//!
//! Invariants: windows of one court and day never overlap (the database's constraint decides); slots are computed by
//! one pure function from what is stored; the cache answers readers of the public endpoint and nobody else, and every
//! change of windows, blocks, prices, bookings and holds drops what it has kept.
//!
//! Routes: `/api/courts/{courtId}/availability`, `.../availability/windows`, `.../availability/overrides[/{overrideId}]`,
//! `/internal/courts/{courtId}/validate-slot`, `/internal/courts/{courtId}/availability`.

mod api;
mod cache;
mod consumers;
pub mod domain;
mod events;
mod internal_api;
mod lane;
pub mod ops;
mod overrides_api;
pub(crate) mod store;

pub use api::{
    AvailabilityQuery, AvailabilityResponse, MOST_WINDOWS, TimeSlot, WindowInput, free_day, free_slots, read_windows,
    router,
};
pub use cache::Availability;
pub use consumers::cache_task;
pub use events::announce_new_grid;
pub use internal_api::{router as internal_router, validation_result};
pub use ops::replace_windows_of_locked;
pub use store::{
    Calendar, load_calendar, lock_calendar, lock_calendars, replace_windows as store_windows, windows_of_court,
};
