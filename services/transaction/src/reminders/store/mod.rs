//! All SQL of reminders. Decides nothing.

mod alerts;
mod candidates;
mod upcoming;

pub use alerts::{
    CourtAlert, court_dismissals, dismiss_booking, dismiss_court, dismiss_known, dismissed_bookings, note_booking,
    note_court,
};
pub use candidates::{Candidate, candidates, empty_courts};
pub use upcoming::{near, settle, settled, slot_known_since};
