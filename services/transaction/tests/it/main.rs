//! Tests of the transaction service over HTTP, on a real PostgreSQL and beside the real platform service. One file per
//! route or promise; only the vendors are stood in for.

mod support;

mod boundary;
mod calendar_guard;
mod cancel;
mod confirm;
mod crash;
mod crash_everywhere;
mod create;
mod disputes;
mod idempotency;
mod late_payment;
mod ledger;
mod manual;
mod payment_methods;
mod payouts;
mod race;
mod reading;
mod receipts;
mod reconciliation;
mod refunds;
mod realtime;
mod routes;
mod stripe_requests;
mod sweep;
mod three_d_secure;
mod webhook_orders;
mod webhooks;
