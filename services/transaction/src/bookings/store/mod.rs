//! All SQL about bookings. Reads rows into domain types and writes them back; decides nothing.

mod abuse;
mod calendar;
mod checkout;
mod court_changes;
mod idempotency;
mod marks;
mod moves;
mod price_changes;
mod reading;
mod rows;
mod transitions;

pub use abuse::{CalledOff, Restriction, called_off, just_tried, restrict};
pub use calendar::{feed_since, owner_of_feed, remove_feed, rotate_feed};
pub use checkout::{Held, NewHold, Paid, Settling, book, calendar_stands, hold, hold_manual};
pub use court_changes::{active_of_customer, active_on_court, reassign};
pub use idempotency::{
    StoredAnswer, claim_key, find_answer, forget_old_keys, give_up_key, remember_answer, store_answer,
};
pub use marks::{flag_no_show, mark_paid, note_reminders, unreminded};
pub use moves::{find_open_move, lock_moved, lock_open_move, relocate, take_over_difference};
pub use price_changes::{
    OpenPriceChange, PriceNews, begin_price_change, close_price_change, due_notices, open_price_change, plan_notice,
    repriceable, repriced_since, retry_price_change, set_money, take_news, unpaid_price_changes,
};
pub use reading::{
    BookingFilter, HistoryEntry, ListedBooking, Reader, TimelineEntry, audit_trail, count, history, list, timeline,
};
pub use rows::{RowError, due_confirmations, ended_bookings, expired_holds, expired_holds_at, find, lock, occupant};
pub use transitions::{AuditEntry, Change, append_audit, save};
