//! What an owner wants to be reminded of. Owns `reminder_rules` and `reminder_rule_courts`.
//!
//! Invariants: an owner has at most ten active rules, however many requests come at once (NOTE-44); a rule names only the
//! owner's own courts; every new owner account begins with one rule (NOTE-55). It reminds nobody: the transaction
//! service reads the active rules through a view, finds what they match, and tells.
//!
//! Routes: `/api/settings/reminder-rules`, `/api/settings/reminder-rules/{ruleId}`.

mod api;
pub mod domain;
pub mod ops;
mod store;

pub use api::router;
pub use ops::begin_with_default_rule;
