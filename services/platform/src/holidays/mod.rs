//! Holidays: which days courts close by the calendar. Owns `holiday_templates`, `court_holidays`, `holiday_reminders`, and
//! in `court_overrides` the rows that holidays make; blocks made or edited by hand belong to `availability`.
//!
//! Invariants: a date is computed from its template by one pure function; blocks, what is said of them and the bookings
//! they give up commit together, under the calendar locks of all courts they touch, so no booking is ever blocked
//! unnoticed (HOL-37); the same block exists once (the database's unique index decides); a date that the owner took away
//! or edited by hand never comes back by itself.
//!
//! Routes: `/api/holidays/national`, `/api/holidays/custom[/{holidayId}]`, `/api/holidays/apply`,
//! `/api/holidays/calendar`, `/api/courts/{courtId}/holidays[/{holidayId}]`, `/api/admin/holidays[/{holidayId}]`.

mod api;
pub mod domain;
mod events;
pub mod jobs;
pub mod ops;
mod store;
mod texts;

pub use api::router;
