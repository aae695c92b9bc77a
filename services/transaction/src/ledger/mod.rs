//! The ledger: every cent that moves for a booking, double entry (PAY-08, PAY-20, PAY-45).
//!
//! Owns the table `ledger`. A row is written by the statement that makes the step of money, so neither is there without
//! the other; rows are never changed. Nothing is decided by the ledger: it is what the payments, refunds and disputes are
//! held against, see [`ops::audit_books`].

pub mod domain;
pub mod ops;
pub mod store;
