//! The plumbing both services stand on: configuration, HTTP, sign-in checks, telemetry, database, bus, jobs, cache.
//!
//! It owns how things run and never what they mean: no domain word is known here beyond the four roles.
//! A service is a [`Service`]: routers, background tasks and health checks, built from an [`Env`].

pub mod auth;
pub mod batch;
pub mod bus;
pub mod cache;
pub mod clock;
pub mod config;
pub mod db;
pub mod dead_letters;
pub mod error;
pub mod health;
pub mod http;
pub mod ids;
pub mod inbox;
pub mod jobs;
pub mod lane;
pub mod limits;
pub mod metrics;
pub mod outbox;
pub mod plain_text;
pub mod redis;
pub mod retry;
pub mod sealing;
pub mod service;
pub mod telemetry;
pub mod trace;

pub use error::{ApiError, ApiResult, FieldError};
pub use health::Check;
pub use service::{Env, Service, Task};
