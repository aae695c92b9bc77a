//! What every request knows about itself: its trace, its id, its language and where it came from.
//!
//! The chassis makes it; handlers read it through extractors that never fail. Nothing here decides about rights.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use http::request::Parts;

/// The two languages of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    /// Greek.
    El,
    /// English, also for anything unknown.
    #[default]
    En,
}

impl Locale {
    /// The wire value, `el` or `en`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::El => "el",
            Self::En => "en",
        }
    }

    /// The language a browser prefers most among the two; English when it names neither.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Self {
        headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map_or(Self::En, Self::from_accept_language)
    }

    fn from_accept_language(header: &str) -> Self {
        let mut best = (0.0_f32, Self::En);
        for range in header.split(',') {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1.0, |text| text.trim().parse().unwrap_or(0.0));
            let primary = tag.split('-').next().unwrap_or_default();
            let locale = match primary.to_ascii_lowercase().as_str() {
                "el" => Self::El,
                "en" => Self::En,
                _ => continue,
            };
            if weight > best.0 {
                best = (weight, locale);
            }
        }
        best.1
    }
}

/// A request's own facts.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// W3C trace id, 32 hex digits; clients see it as `correlationId`.
    pub trace_id: String,
    /// The span of this request, 16 hex digits.
    pub span_id: String,
    /// `X-Request-Id` of the client, or one made here (OPS-11).
    pub request_id: String,
    /// The caller's address; a forwarded one only when it came through a trusted hop.
    pub client_ip: IpAddr,
    /// The language of texts in the answer.
    pub locale: Locale,
}

impl RequestContext {
    /// The facts of a request that passed no chassis: no trace, no address, the language of its headers.
    fn without_chassis(headers: &HeaderMap) -> Self {
        Self {
            trace_id: "0".repeat(32),
            span_id: "0".repeat(16),
            request_id: String::new(),
            client_ip: IpAddr::from([0, 0, 0, 0]),
            locale: Locale::from_headers(headers),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for RequestContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self::without_chassis(&parts.headers)))
    }
}

impl<S: Sync> FromRequestParts<S> for Locale {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::from_headers(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_wins() {
        for (header, expected) in [
            ("el", Locale::El),
            ("el-GR,el;q=0.9,en;q=0.8", Locale::El),
            ("en-US,el;q=0.9", Locale::En),
            ("en;q=0.3, EL;q=0.7", Locale::El),
            ("fr, de;q=0.5", Locale::En),
            ("fr, el;q=0.1", Locale::El),
            ("el;q=0", Locale::En),
            ("el;q=nonsense,,;", Locale::En),
            ("", Locale::En),
        ] {
            assert_eq!(Locale::from_accept_language(header), expected, "{header}");
        }
    }
}
