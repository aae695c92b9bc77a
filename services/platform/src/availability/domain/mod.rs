//! When a court can be played: weekly windows minus blocks and bookings, cut into slots of local time.
//!
//! Pure rules only: the clock, the zone and what is stored come in as arguments. Prices belong to the pricing slice.

mod block;
mod day;
mod local_time;
mod window;

pub use block::{Block, BlockProblem, BlockedTime};
pub use day::{CourtDay, Occupation, Occupied, Refusal, Slot, SlotStatus};
pub use local_time::{exists, first_instant, is_plannable, minutes_between};
pub use window::{Window, WindowProblem, problems_of_windows, same_windows};
