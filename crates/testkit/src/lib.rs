//! What tests of several crates share. Dev-only: nothing that is shipped depends on it.
//!
//! It owns databases and whole worlds for tests, never a rule of a service. Every test gets a database of its own, so
//! tests run side by side and leave nothing behind.

pub mod database;
mod patience;
pub mod redis_server;
pub mod rights;
pub mod template;
pub mod world;

pub use database::TestDatabase;
pub use patience::{PATIENCE, eventually};
pub use world::TestWorld;
