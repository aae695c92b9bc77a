//! Tests of the platform service over HTTP, on a real PostgreSQL. One file per group of routes; only the vendors are
//! stood in for.

mod support;

mod boundary;
mod client_config;
mod contract;
mod identity_providers;
mod login;
mod logout;
mod profile;
mod refresh;
mod register;
mod routes;
mod sessions;
mod signing_keys;
mod stripe_connect;
