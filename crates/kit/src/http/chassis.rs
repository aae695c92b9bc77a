//! The layers around every router, in one place.
//!
//! From outside in: compression; the observer (context, trace, answer to errors, headers, metrics, access line); CORS;
//! the guard (body limit, time limit); panics. Handlers therefore run with everything known, and nothing that they do
//! leaves unrendered.

use std::any::Any;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use contracts::codes;
use http::header::{
    ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER,
};
use http::{HeaderMap, Method, StatusCode};
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate, SizeAbove};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tracing::Span;
use uuid::Uuid;

use super::HttpConfig;
use super::body_limit::{is_bare, limit_body};
use super::config::Origin;
use super::context::{Locale, RequestContext};
use super::forwarded::client_address;
use super::security_headers::SecurityHeaders;
use crate::clock::SharedClock;
use crate::error::ApiError;
use crate::service::Env;
use crate::telemetry::{redacted_query, redacted_text};
use crate::trace::{self, TraceContext};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Seconds a client waits after its call was given up.
const RETRY_AFTER_TIMEOUT: u64 = 5;
/// Browsers may remember a preflight this long.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(600);

struct Chassis {
    config: HttpConfig,
    security: SecurityHeaders,
    clock: SharedClock,
}

/// Puts all layers around `router`. Apply it once, to the outermost router with all routes and fallbacks in it.
///
/// Every answer of a router in it is complete: errors have the body of QA-49, also unknown paths, wrong methods,
/// refusals of axum's own extractors, panics and timeouts. Answers with a content type of their own other than plain
/// text are left as they are.
pub fn chassis(router: Router, config: &HttpConfig, env: &Env) -> Router {
    let chassis = Arc::new(Chassis {
        config: config.clone(),
        security: SecurityHeaders::new(&config.content_security_policy),
        clock: env.clock.clone(),
    });
    router.layer(
        ServiceBuilder::new()
            .layer(compression())
            .layer(middleware::from_fn_with_state(chassis.clone(), observe))
            .layer(cors(&config.cors_origins))
            .layer(middleware::from_fn_with_state(chassis, guard))
            .layer(CatchPanicLayer::custom(answer_panic))
            .layer(DefaultBodyLimit::disable()),
    )
}

/// Quick rather than tight, and only where it saves a packet.
fn compression() -> CompressionLayer<impl Predicate> {
    const WORTHWHILE_BYTES: u64 = 1024;
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(DefaultPredicate::new().and(SizeAbove::new(WORTHWHILE_BYTES)))
}

/// SEC-47, SEC-48.
fn cors(origins: &[Origin]) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().map(|origin| origin.header_value().clone())))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            ACCEPT,
            ACCEPT_LANGUAGE,
            HeaderName::from_static("x-idempotency-key"),
            REQUEST_ID,
        ])
        .expose_headers([REQUEST_ID, RETRY_AFTER])
        .max_age(PREFLIGHT_MAX_AGE)
}

/// Gives a request its context and its answer the final shape.
async fn observe(State(chassis): State<Arc<Chassis>>, mut request: Request, next: Next) -> Response {
    let started = tokio::time::Instant::now();
    let facts = Facts::of(&request, &chassis.config);
    let span = facts.span();
    let here = trace::enter(TraceContext::from_http(request.headers()), &span);
    let locale = Locale::from_headers(request.headers());
    request.extensions_mut().insert(RequestContext {
        trace_id: here.trace_id(),
        span_id: here.span_id(),
        request_id: facts.request_id.clone(),
        client_ip: facts.client_ip,
        locale,
    });
    let work = async {
        let response = next.run(request).await;
        let mut response = render(response, locale, &here, &chassis.clock);
        chassis.security.apply(response.headers_mut());
        if let Ok(value) = HeaderValue::from_str(&facts.request_id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        facts.account_for(response.status(), started.elapsed(), &Span::current());
        response
    };
    trace::scope(here, tracing::Instrument::instrument(work, span)).await
}

/// Refuses what is too big and gives up what takes too long. Runs inside of the observer and of CORS, so that its
/// refusals look like all others.
async fn guard(State(chassis): State<Arc<Chassis>>, request: Request, next: Next) -> Response {
    let time = Duration::from_secs(chassis.config.request_timeout_seconds);
    match tokio::time::timeout(time, limit_body(&chassis.config, request, next)).await {
        Ok(response) => response,
        Err(_) => ApiError::unavailable(
            anyhow::anyhow!("gave up after {} s", chassis.config.request_timeout_seconds),
            RETRY_AFTER_TIMEOUT,
        )
        .into_response(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the signature belongs to the panic layer")]
fn answer_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let said = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("nothing readable");
    ApiError::internal(anyhow::anyhow!("a handler panicked: {said}")).into_response()
}

/// Writes the body of an error answer, the only place that does.
fn render(mut response: Response, locale: Locale, here: &TraceContext, clock: &SharedClock) -> Response {
    if let Some(error) = response.extensions_mut().remove::<ApiError>().or_else(|| foreign_error(&response)) {
        log_cause(&error);
        let body = error.body(locale, &here.trace_id(), clock.now()).to_string();
        response.headers_mut().remove(CONTENT_LENGTH);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        if let Some(seconds) = error.retry_after_seconds() {
            response.headers_mut().entry(RETRY_AFTER).or_insert(HeaderValue::from(seconds));
        }
        *response.body_mut() = Body::from(body);
    } else if response.headers().get(CONTENT_TYPE).is_some_and(|value| value == "application/json") {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
    response
}

/// The error that a bare status stands for: the router's own 404 and 405, refusals of foreign extractors and layers.
fn foreign_error(response: &Response) -> Option<ApiError> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    if !is_bare(response) {
        return None;
    }
    let code = match status {
        StatusCode::NOT_FOUND => &codes::NOT_FOUND,
        StatusCode::METHOD_NOT_ALLOWED => &codes::METHOD_NOT_ALLOWED,
        StatusCode::REQUEST_TIMEOUT => &codes::REQUEST_TIMEOUT,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => &codes::UNSUPPORTED_MEDIA_TYPE,
        StatusCode::BAD_REQUEST => &codes::BAD_REQUEST,
        StatusCode::INTERNAL_SERVER_ERROR => &codes::INTERNAL_SERVICE_ERROR,
        StatusCode::SERVICE_UNAVAILABLE => &codes::SERVICE_UNAVAILABLE,
        // Other statuses have no code to speak for them, so their answer stays.
        _ => return None,
    };
    Some(ApiError::new(code))
}

fn log_cause(error: &ApiError) {
    let code = error.code().id;
    let cause = error.cause().map(|cause| format!("{cause:#}"));
    match (error.status().is_server_error(), cause) {
        (true, cause) => tracing::error!(code, cause, "request failed"),
        (false, Some(cause)) => tracing::debug!(code, cause, "request refused"),
        (false, None) => {}
    }
}

/// What the span, the metrics and the access line tell about a request.
struct Facts {
    method: &'static str,
    route: Option<MatchedPath>,
    path: String,
    query: Option<String>,
    client_ip: IpAddr,
    request_id: String,
}

impl Facts {
    fn of(request: &Request, config: &HttpConfig) -> Self {
        let peer = request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
        Self {
            method: known_method(request.method()),
            route: request.extensions().get::<MatchedPath>().cloned(),
            path: redacted_text(request.uri().path()).into_owned(),
            query: request.uri().query().map(redacted_query),
            client_ip: client_address(peer, request.headers(), &config.trusted_proxies),
            request_id: request_id(request.headers()),
        }
    }

    /// The template of the route, so that neither metrics nor span names grow with ids in paths.
    fn route(&self) -> &str {
        self.route.as_ref().map_or("unmatched", MatchedPath::as_str)
    }

    fn span(&self) -> Span {
        // At the highest level, so that even a log of errors alone knows request and user.
        tracing::error_span!(
            parent: None,
            "http.request",
            otel.name = format!("{} {}", self.method, self.route()),
            otel.kind = "server",
            otel.status_code = tracing::field::Empty,
            http.request.method = self.method,
            http.route = self.route(),
            http.response.status_code = tracing::field::Empty,
            url.path = self.path,
            client.address = %self.client_ip,
            client.request.id = self.request_id,
            user.id = tracing::field::Empty,
        )
    }

    fn account_for(&self, status: StatusCode, took: Duration, span: &Span) {
        span.record("http.response.status_code", status.as_u16());
        if status.is_server_error() {
            span.record("otel.status_code", "ERROR");
        }
        let route = self.route().to_owned();
        metrics::counter!(
            "http_requests_total",
            "method" => self.method, "route" => route.clone(), "status" => status.as_str().to_owned()
        )
        .increment(1);
        metrics::histogram!("http_request_duration_seconds", "method" => self.method, "route" => route)
            .record(took.as_secs_f64());
        let duration_ms = took.as_secs_f64() * 1000.0;
        let query = self.query.as_deref();
        // Probes and scrapes come every few seconds and tell nothing when they succeed.
        if status.is_success() && (self.path.starts_with("/health/") || self.path == "/metrics") {
            tracing::debug!(target: "http.access", duration_ms, "answered");
        } else {
            tracing::info!(target: "http.access", duration_ms, query, "answered");
        }
    }
}

/// Methods as constants: an invented one must not become a new time series.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

/// The client's own id when it is short and plain, a new one otherwise (OPS-11).
fn request_id(headers: &HeaderMap) -> String {
    const LONGEST: usize = 128;
    headers
        .get(&REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| !id.is_empty() && id.len() <= LONGEST)
        .filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':')))
        .map_or_else(|| Uuid::from_bytes(crate::ids::random_bytes()).to_string(), str::to_owned)
}
