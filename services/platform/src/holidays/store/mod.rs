//! All SQL of the holidays slice: `holiday_templates`, `court_holidays`, `holiday_reminders`, the blocks in
//! `court_overrides` that holidays make, and the transaction service's views of bookings and holds.

mod blocks;
mod bookings;
mod courts;
mod reminders;
mod subscriptions;
mod templates;

pub use blocks::{
    blocks_between, blocks_of_court, delete_blocks, delete_blocks_of_holiday, insert_blocks, rename_blocks,
    stored_keys, stored_of_holiday,
};
pub use bookings::bookings_on;
pub use courts::{CourtSite, courts_of_owner, courts_with_holiday, find_courts};
pub use reminders::{remember_reminders, zones_of_owners};
pub use subscriptions::{
    due_of_owner, end_subscription, follow, mark_renewed, owners_to_renew, subscriptions_of_court, unfollow,
};
pub use templates::{
    custom_holidays, delete_holiday, find_holiday, find_holidays, insert_holiday, keep_holidays, lock_holiday,
    national_holidays, save_holiday,
};
