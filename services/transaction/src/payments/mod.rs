//! Payments: what a PaymentIntent means for a booking, refunds, saved cards, and finishing what was left open.
//!
//! Owns the tables `payments`, `payment_timeline`, `refunds`, `stripe_customers` and `stripe_events`. Invariants: a step
//! is written down before Stripe is asked and closed with its answer (PAY-06); a state never moves backwards (PAY-42);
//! refunds never touch the commission (PAY-20, PAY-32). Routes: `/api/payments/methods`, `/api/payments/setup-intent`,
//! `/api/payments/{paymentId}/refund`.

mod api;
pub mod domain;
pub mod jobs;
pub mod ops;
pub mod store;

pub use api::router;
