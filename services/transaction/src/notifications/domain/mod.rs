//! What delivery decides: who is reached by which way and when, in which words, and when it is tried again. Pure.

pub mod backoff;
pub mod digest;
pub mod endpoint;
pub mod plan;
pub mod quiet_hours;
pub mod text;
pub mod unsubscribing;

/// What a person's day looks like where the profile says nothing (NOTE-29).
pub const DEFAULT_ZONE: &str = "Europe/Athens";
