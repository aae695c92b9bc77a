//! Prices: weekly rules and special dates on top of a court's base price. Owns `pricing_rules` and
//! `pricing_special_dates`; the base price is a column of the court.
//!
//! Invariants: a price is computed in one place ([`domain::PriceList::quote`]) from whole cents and whole hundredths and
//! rounded once; saving replaces all rules at once and leaves one event with it.
//!
//! Routes: `/api/courts/{courtId}/pricing`, `/internal/courts/{courtId}/calculate-price`.

mod api;
pub mod domain;
mod events;
mod internal_api;
pub mod ops;
mod store;

pub use api::{PricingRules, router};
pub use internal_api::router as internal_router;
pub use ops::{announce_base_price, announce_rules, copy_rules, price_list_of_court};
pub use store::load_price_list;
