//! Tests of the platform service over HTTP, on a real PostgreSQL. One file per group of routes; only the vendors are
//! stood in for.

mod support;

mod account_walls;
mod admin_users;
mod availability;
mod blocks_and_bookings;
mod boundary;
mod client_config;
mod closing;
mod club;
mod contract;
mod court_bulk;
mod court_changes;
mod court_defaults;
mod court_removal;
mod court_transfer;
mod courts;
mod data_export;
mod identity_providers;
mod idle_owners;
mod images;
mod internal_parameters;
mod locks;
mod login;
mod logout;
mod object_store;
mod overrides;
mod pricing;
mod profile;
mod refresh;
mod register;
mod routes;
mod search;
mod second_factor;
mod sessions;
mod signing_keys;
mod staff_invitations;
mod stripe_connect;
mod subscription_guard;
mod suspicious_sign_in;
mod windows;
