//! Courts: what an owner offers for booking. Owns table `courts`.
//!
//! Invariants: a court belongs to one owner and only that owner changes it; every change raises the version by one and
//! leaves one event with it in the same transaction; whether customers see a court follows the owner's account at once,
//! because triggers of the database keep `owner_may_show` and nothing else writes it.
//!
//! Routes: `/api/courts` (POST), `/api/courts/{courtId}`, `/api/courts/owner/me`,
//! `/api/courts/{courtId}/confirmation-mode`, `/api/courts/{courtId}/waitlist-config`. Searching is `discovery`'s
//! business, opening hours are `availability`'s, prices beyond the base price are `pricing`'s.

mod api;
mod details;
pub mod domain;
mod events;
pub mod ops;
mod requests;
mod settings_api;
mod sheets;
mod store;

pub use api::{LocalizedText, router};
pub use details::shown_to_everybody;
pub use events::{announce_new_owner, append_court_updated as announce_court};
pub use ops::read_court;
pub use requests::price_in_range;
pub use sheets::CourtSheets;
pub use store::courts_of_owner as courts_of;
pub use store::{find_court, lock_court};
