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
mod forwarded;
mod idempotency;
mod json;
mod params;
mod rate_limit;
mod security_headers;
mod serve;
mod sound_text;
mod upload;
mod wrong_fields;

pub use chassis::chassis;
pub use client::{HttpClient, HttpClientConfig, HttpClientError, install_crypto_provider};
pub use config::{HttpConfig, NotAnOrigin, Origin, RateLimitConfig};
pub use context::{Locale, RequestContext};
pub use forwarded::{AddressRange, NotARange};
pub use idempotency::IdempotencyKey;
pub use json::{Json, ValidJson, validated};
pub use params::{Path, Query, ValidQuery};
pub use rate_limit::rate_limited;
pub use security_headers::with_content_security_policy;
pub use serve::serve;
pub use upload::{UploadForm, UploadedFile};
