//! kit's parts in process: the chassis over real requests, the rest on a real PostgreSQL.

mod across_processes;
mod app;
mod bus;
mod cache;
mod chassis;
mod consumer;
mod database;
mod dead_letters;
mod health;
mod http_client;
mod jobs;
mod outbox;
mod rate_limit;
#[path = "../../../testkit/src/redis_server.rs"]
mod redis_server;
mod sign_in;
mod telemetry;
mod world;

#[path = "../../../testkit/src/template.rs"]
mod template;
