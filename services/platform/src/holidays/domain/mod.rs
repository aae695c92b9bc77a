//! When holidays are, which blocks they make, and what happens when a booking is in the way.
//!
//! Pure rules only: the clock, the zones of courts and what is stored come in as arguments.

mod calendar;
mod conflicts;
mod easter;
mod holiday;
mod pattern;
mod plan;
mod reminders;
mod rewrite;

pub use calendar::{CalendarRow, Entry, merged};
pub use conflicts::{
    BlockKey, BookingInTheWay, BookingState, Changes, Conflict, Decision, Resolution, SkipReason, Skipped, decide,
};
pub use easter::orthodox_easter;
pub use holiday::{DateProblem, DatesInput, Holiday, LONGEST_RANGE_DAYS, Names};
pub use pattern::{DatePattern, EASTER_OFFSETS, NotAPattern};
pub use plan::{Block, MOST_BLOCKS, Site, Years, YearsRefused, check_years, most_blocks, planned, planned_for};
pub use reminders::{Occasion, Reminder, due_reminders};
pub use rewrite::{Rewrite, StoredBlock, rewrite};
