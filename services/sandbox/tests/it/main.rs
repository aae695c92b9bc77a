//! The sandbox as its users meet it: over HTTP, one server per test.

mod bench;
mod chaos;
mod identities;
mod outbox;
mod receiver;
mod restart;
mod storage;
mod stripe_accounts;
mod stripe_idempotency;
mod stripe_payments;
mod stripe_webhooks;
mod weather;
