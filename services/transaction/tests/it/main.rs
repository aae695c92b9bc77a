//! Tests of the transaction service over HTTP, on a real PostgreSQL and beside the real platform service. One file per
//! route or promise; only the vendors are stood in for.

mod support;

mod abuse;
mod afterwards;
mod atomic_events;
mod boundary;
mod calendar;
mod calendar_guard;
mod cancel;
mod clocks;
mod confirm;
mod crash;
mod crash_everywhere;
mod create;
mod dead_letters;
mod delivery;
mod disputes;
mod guards;
mod idempotency;
mod interleavings;
mod late_payment;
mod ledger;
mod manual;
mod modify;
mod notifications;
mod owner_standing;
mod payment_methods;
mod payouts;
mod platform_news;
mod race;
mod reading;
mod realtime;
mod receipts;
mod reconciliation;
mod recurring;
mod refunds;
mod refunds_behind_disputes;
mod reminders;
mod repricing;
mod routes;
mod stripe_requests;
mod sweep;
mod three_d_secure;
mod webhook_orders;
mod webhooks;
