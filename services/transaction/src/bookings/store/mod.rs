//! All SQL about bookings. Reads rows into domain types and writes them back; decides nothing.

mod checkout;
mod idempotency;
mod reading;
mod rows;
mod transitions;

pub use checkout::{Held, NewHold, Paid, Settling, book, calendar_stands, hold, hold_manual};
pub use idempotency::{StoredAnswer, find_answer, forget_old_keys, remember_answer, store_answer};
pub use reading::{
    BookingFilter, HistoryEntry, ListedBooking, Reader, TimelineEntry, audit_trail, count, history, list, timeline,
};
pub use rows::{RowError, due_confirmations, ended_bookings, expired_holds, expired_holds_at, find, lock, occupant};
pub use transitions::{AuditEntry, Change, append_audit, save};
