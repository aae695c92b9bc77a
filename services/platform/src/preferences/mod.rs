//! Preferences of customers: when and how far away they like to play, and which messages they want. Owns
//! `search_preferences` and `customer_notification_preferences`; delivery reads the latter through a view.
//!
//! Invariants: a change is valid as a whole or changes nothing (FIND-37); who has saved nothing has the defaults; nothing
//! here is ever kept in a shared cache (FIND-53), so the next search sees a change (FIND-34).
//!
//! Routes: `/api/users/me/preferences`, `/internal/users/*/promotions-off`.

mod api;
pub mod domain;
mod internal_api;
pub mod ops;
mod store;

pub use api::router;
pub use internal_api::router as internal_router;
pub use store::saved_radius_km;
