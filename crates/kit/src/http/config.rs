//! `[http]` of the configuration, with the defaults of the rule book.

use std::str::FromStr;

use http::HeaderValue;
use serde::Deserialize;
use url::Url;

use super::forwarded::AddressRange;

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
    /// Origins that browsers may call from (SEC-47).
    pub cors_origins: Vec<Origin>,
    /// Addresses or CIDR ranges of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<AddressRange>,
    /// Content-Security-Policy of answers that are no pages and bring none of their own.
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

/// Scheme, host and port of a web page, e.g. `https://app.courtbooking.gr`; never `*`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(HeaderValue);

/// A text that is no origin.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an origin such as https://app.example")]
pub struct NotAnOrigin(String);

impl Origin {
    /// The value of an `Origin` header.
    #[must_use]
    pub fn header_value(&self) -> &HeaderValue {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotAnOrigin(text.to_owned());
        let (scheme, authority) = text.split_once("://").ok_or_else(wrong)?;
        let plain_scheme = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_lowercase());
        let plain_authority = authority.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']')
        });
        // The parser still finds broken hosts and ports; schemes of native apps are opaque to it.
        if !plain_scheme || authority.is_empty() || !plain_authority || Url::parse(text).is_err() {
            return Err(wrong());
        }
        HeaderValue::try_from(text).map(Self).map_err(|_| wrong())
    }
}

impl TryFrom<String> for Origin {
    type Error = NotAnOrigin;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SEC-47: a star, a path or a pattern is no origin.
    #[test]
    fn only_plain_origins_are_accepted() {
        for text in ["https://app.courtbooking.gr", "http://localhost:5173", "capacitor://localhost"] {
            assert!(text.parse::<Origin>().is_ok(), "{text}");
        }
        for text in ["*", "https://*.example", "https://a.example/", "https://a.example/path", "null", ""] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }
}
