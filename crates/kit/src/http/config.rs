//! `[http]` of the configuration, with the defaults of the rule book.

use serde::Deserialize;

/// How requests are received.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpConfig {
    /// Largest JSON body in bytes (SEC-42).
    pub body_limit_bytes: usize,
    /// Largest multipart body in bytes (SEC-42).
    pub upload_limit_bytes: usize,
    /// Seconds a handler may take before the client gets 503 with `Retry-After`.
    pub request_timeout_seconds: u64,
    /// Origins that browsers may call from, e.g. `https://app.courtbooking.gr`; never `*` (SEC-47).
    pub cors_origins: Vec<String>,
    /// Addresses or CIDR ranges of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// Content-Security-Policy of answers that bring none of their own.
    pub content_security_policy: String,
    /// How many calls are accepted (SEC-19, SEC-21).
    pub rate_limit: RateLimitConfig,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            body_limit_bytes: 1024 * 1024,
            upload_limit_bytes: 10 * 1024 * 1024,
            request_timeout_seconds: 30,
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            content_security_policy: "default-src 'none'; frame-ancestors 'none'".to_owned(),
            rate_limit: RateLimitConfig::default(),
        }
    }
}

/// Calls a minute, per user or, for anonymous calls, per address.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimitConfig {
    /// Off only for load tests.
    pub enabled: bool,
    /// GET, HEAD and OPTIONS calls a minute (SEC-19).
    pub reads_per_minute: u32,
    /// All other calls a minute (SEC-19).
    pub writes_per_minute: u32,
    /// Calls a minute to `/api/auth/*`, per address (SEC-21, AUTH-31).
    pub auth_per_minute: u32,
}

impl Default for RateLimitConfig {
    fn default() -> Self {
        Self { enabled: true, reads_per_minute: 100, writes_per_minute: 30, auth_per_minute: 20 }
    }
}
