//! Headers that make browsers careful (SEC-45, SEC-46). The same on every answer but the content policy.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use http::HeaderMap;
use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS, X_XSS_PROTECTION,
};

const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains; preload")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(self)"),
    ),
    (X_XSS_PROTECTION, HeaderValue::from_static("0")),
];

/// What a page gets that brings no policy of its own.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static("default-src 'self'; frame-ancestors 'none'");

/// The headers for all answers of a chassis.
pub(super) struct SecurityHeaders {
    content_policy: Option<HeaderValue>,
}

impl SecurityHeaders {
    /// `content_policy` is for answers that are no pages; a text that is no header value counts as none.
    pub(super) fn new(content_policy: &str) -> Self {
        let content_policy = HeaderValue::from_str(content_policy).ok().filter(|value| !value.is_empty());
        Self { content_policy }
    }

    pub(super) fn apply(&self, headers: &mut HeaderMap) {
        let says_who_may_frame_it = headers.get(CONTENT_SECURITY_POLICY).is_some_and(names_frame_ancestors);
        for (name, value) in ALWAYS {
            if name == X_FRAME_OPTIONS && says_who_may_frame_it {
                continue;
            }
            headers.insert(name, value);
        }
        if headers.contains_key(CONTENT_SECURITY_POLICY) {
            return;
        }
        let is_page = headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
        let policy = if is_page { Some(PAGE_POLICY) } else { self.content_policy.clone() };
        if let Some(policy) = policy {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// Whether a policy lets other pages show this one in a frame. The older header knows only "nobody" and would contradict
/// it; where the policy says "nobody" as well, both are sent.
fn names_frame_ancestors(policy: &HeaderValue) -> bool {
    policy.to_str().is_ok_and(|policy| {
        policy.split(';').any(|rule| {
            let mut words = rule.split_whitespace();
            words.next() == Some("frame-ancestors") && words.next().is_some_and(|source| source != "'none'")
        })
    })
}

/// Gives all answers of `router` this Content-Security-Policy unless they bring their own: for routers that serve pages.
///
/// # Errors
/// When the policy is no header value.
pub fn with_content_security_policy(router: Router, policy: &str) -> anyhow::Result<Router> {
    let policy = HeaderValue::from_str(policy)?;
    Ok(router.layer(middleware::from_fn(move |request: Request, next: Next| {
        let policy = policy.clone();
        async move {
            let mut response = next.run(request).await;
            response.headers_mut().entry(CONTENT_SECURITY_POLICY).or_insert(policy);
            response
        }
    })))
}
