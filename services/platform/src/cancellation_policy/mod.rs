//! Cancellation policies: how much of a cancelled booking comes back, by the hours left. Owns `cancellation_tiers`.
//!
//! Invariants: tiers fall strictly and end at zero hours; a court without tiers has the standard policy (PAY-24); a
//! change replaces all tiers at once and leaves one event with it.
//!
//! Route: `/api/courts/{courtId}/cancellation-policy`. Refunds themselves are the transaction service's business.

mod api;
pub mod domain;
mod events;
pub mod ops;
mod store;

pub use api::{CancellationPolicy, router};
pub use ops::{policy_of_court, replace_policy_of_locked};
pub use store::{find_policy, replace_policy as store_policy};
