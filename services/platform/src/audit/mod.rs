//! The audit log of this service: who did what to accounts, courts and templates, with the state before and after. It
//! owns `platform.audit_log`, whose rows are appended in the transaction of the change they tell of and never touched
//! again; it decides nothing.

mod store;

pub use store::{Entry, append};
