//! The sandbox as its users meet it: over HTTP, one server per test.

mod bench;
mod identities;
mod stripe_payments;

