//! Reconciliation with Stripe: what our rows say beside what Stripe says, day by day (PAY-45), what a person has to look
//! at, and which payments an owner's payouts have covered.
//!
//! Owns the tables `payment_reviews` and `owner_payouts`, and `settled_at` of payments. It changes no money: what can be
//! finished by itself is finished by `payments::ops::finish_payment`. Routes: `/api/admin/payment-reviews`,
//! `/api/admin/payments/reconcile`.

mod api;
pub mod domain;
mod events;
pub mod jobs;
pub mod ops;
pub mod store;

pub use api::router;
