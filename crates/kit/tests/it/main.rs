//! kit's parts on a real PostgreSQL.

mod bus;
mod cache;
mod consumer;
mod database;
mod jobs;
mod outbox;
mod world;

#[path = "../../../testkit/src/template.rs"]
mod template;
