//! How many calls a user or an address may make (SEC-19, SEC-21, AUTH-31).
//!
//! Only `/api/*` is limited, and not `/api/webhooks/*`: vendors call from few addresses and prove themselves by
//! signature. Counting is `kit::limits`; what a call may do is decided elsewhere.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use contracts::codes;
use contracts::identity::AccessClaims;
use http::Method;

use super::config::RateLimitConfig;
use super::context::RequestContext;
use crate::auth::{ProvenToken, Verifier, bearer_token};
use crate::clock::SharedClock;
use crate::error::ApiError;
use crate::limits::{Decision, Limit, SharedLimiter};
use crate::redis::Redis;
use crate::service::Env;

/// Callers whose buckets are kept in memory, per limit.
const CALLERS_KEPT: usize = 100_000;

/// The limits in front of a router.
struct RateLimits {
    verifier: Arc<Verifier>,
    clock: SharedClock,
    reads: SharedLimiter,
    writes: SharedLimiter,
    sign_in: SharedLimiter,
}

/// Puts the limits in front of a service's `router`: inside of [`super::chassis`], around everything that serves `/api`.
/// Users are told apart by their proven token; whoever has none, or a bad one, is counted by address. With `redis` all
/// processes count together.
pub fn rate_limited(
    router: Router,
    config: &RateLimitConfig,
    verifier: Arc<Verifier>,
    redis: Option<&Redis>,
    env: &Env,
) -> Router {
    if !config.enabled {
        return router;
    }
    let per_minute =
        |kind: Kind, burst| SharedLimiter::new(redis.cloned(), kind.name(), Limit::per_minute(burst), CALLERS_KEPT);
    let limits = RateLimits {
        verifier,
        clock: env.clock.clone(),
        reads: per_minute(Kind::Read, config.reads_per_minute),
        writes: per_minute(Kind::Write, config.writes_per_minute),
        sign_in: per_minute(Kind::SignIn, config.auth_per_minute),
    };
    router.layer(middleware::from_fn_with_state(Arc::new(limits), admit))
}

/// The buckets of the three limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Read,
    Write,
    SignIn,
}

impl Kind {
    /// `None` for what is not limited.
    fn of(method: &Method, path: &str) -> Option<Self> {
        if !path.starts_with("/api/") || path.starts_with("/api/webhooks/") || method == Method::OPTIONS {
            None
        } else if path.starts_with("/api/auth/") {
            Some(Self::SignIn)
        } else if matches!(*method, Method::GET | Method::HEAD) {
            Some(Self::Read)
        } else {
            Some(Self::Write)
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::SignIn => "auth",
        }
    }
}

async fn admit(State(limits): State<Arc<RateLimits>>, mut request: Request, next: Next) -> Response {
    let Some(kind) = Kind::of(request.method(), request.uri().path()) else {
        return next.run(request).await;
    };
    let address =
        request.extensions().get::<RequestContext>().map_or(IpAddr::from([0, 0, 0, 0]), |context| context.client_ip);
    // Sign-in calls are counted by address alone: a token must not buy further attempts.
    let token = match kind {
        Kind::SignIn => None,
        Kind::Read | Kind::Write => bearer_token(request.headers()).ok().flatten().map(str::to_owned),
    };
    let key = match limits.proven(token.as_deref()).await {
        Some(claims) => {
            let key = format!("user:{}", claims.sub);
            request.extensions_mut().insert(ProvenToken(claims));
            key
        }
        None => format!("ip:{address}"),
    };
    match limits.of(kind).take(&key, limits.clock.now()).await {
        Decision::Allowed { .. } => next.run(request).await,
        Decision::Refused { retry_after } => {
            metrics::counter!("rate_limited_requests_total", "kind" => kind.name()).increment(1);
            // Rounded up, or the client comes back a moment too early.
            let seconds = retry_after.as_millis().div_ceil(1000).max(1);
            ApiError::new(&codes::RATE_LIMIT_EXCEEDED)
                .retry_after(u64::try_from(seconds).unwrap_or(u64::MAX))
                .into_response()
        }
    }
}

impl RateLimits {
    async fn proven(&self, token: Option<&str>) -> Option<AccessClaims> {
        self.verifier.verify(token?, self.clock.now()).await.ok()
    }

    fn of(&self, kind: Kind) -> &SharedLimiter {
        match kind {
            Kind::Read => &self.reads,
            Kind::Write => &self.writes,
            Kind::SignIn => &self.sign_in,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SEC-19, SEC-21: which limit a call falls under.
    #[test]
    fn calls_fall_under_one_limit() {
        for (method, path, expected) in [
            (Method::GET, "/api/courts", Some(Kind::Read)),
            (Method::HEAD, "/api/courts", Some(Kind::Read)),
            (Method::POST, "/api/bookings", Some(Kind::Write)),
            (Method::DELETE, "/api/courts/1", Some(Kind::Write)),
            (Method::POST, "/api/auth/login", Some(Kind::SignIn)),
            (Method::GET, "/api/auth/providers", Some(Kind::SignIn)),
            (Method::POST, "/api/webhooks/stripe", None),
            (Method::OPTIONS, "/api/courts", None),
            (Method::GET, "/health/live", None),
            (Method::GET, "/admin/assets/app.js", None),
        ] {
            assert_eq!(Kind::of(&method, path), expected, "{method} {path}");
        }
    }
}
