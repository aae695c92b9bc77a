//! The HTTP chassis: everything about a request that is the same for every endpoint.
//!
//! Extractors whose refusals are proper errors, the layers around every router, the listener, and the client for
//! outgoing calls. No endpoint lives here and no rule of the business is known here.

mod body_limit;
mod chassis;
mod client;
mod config;
mod context;
mod field_texts;
mod json;
mod params;
mod serve;

pub use chassis::chassis;
pub use client::{HttpClient, HttpClientConfig, HttpClientError};
pub use config::{HttpConfig, RateLimitConfig};
pub use context::{Locale, RequestContext};
pub use json::{Json, ValidJson, validated};
pub use params::{Path, Query, ValidQuery};
pub use serve::serve;
