//! How big a request body may be (SEC-42). Says nothing about what is in it.

use std::future::Future;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use contracts::codes;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use http_body_util::Limited;

use super::HttpConfig;
use crate::error::ApiError;

/// The limit that holds for a request; put into its extensions by the chassis.
#[derive(Debug, Clone, Copy)]
pub(super) struct BodyLimit(pub(super) usize);

impl BodyLimit {
    /// The limit of this request; axum's own default where no chassis stands in front.
    pub(super) fn of(request: &Request) -> Self {
        const AXUM_DEFAULT: usize = 2 * 1024 * 1024;
        request.extensions().get().copied().unwrap_or(Self(AXUM_DEFAULT))
    }

    /// 413 with the limit in its text.
    pub(super) fn exceeded(self) -> ApiError {
        ApiError::new(&codes::PAYLOAD_TOO_LARGE).with("limitBytes", self.0)
    }

    fn for_request(request: &Request, config: &HttpConfig) -> Self {
        let content_type =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let upload = content_type.trim_start().get(..10).is_some_and(|start| start.eq_ignore_ascii_case("multipart/"));
        Self(if upload { config.upload_limit_bytes } else { config.body_limit_bytes })
    }
}

/// Whether an answer has nothing to say beyond its status: no body, or a plain text.
pub(super) fn is_bare(response: &Response) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    content_type.is_none_or(|value| value.starts_with(b"text/plain"))
}

/// Refuses a body whose announced length is over the limit and cuts off one that grows over it while it is read.
pub(super) fn limit_body(
    config: &HttpConfig,
    mut request: Request,
    next: Next,
) -> impl Future<Output = Response> + Send + use<> {
    let limit = BodyLimit::for_request(&request, config);
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    async move {
        if announced.is_some_and(|length| length > limit.0 as u64) {
            return limit.exceeded().into_response();
        }
        request.extensions_mut().insert(limit);
        let request = request.map(|body| Body::new(Limited::new(body, limit.0)));
        let response = next.run(request).await;
        let foreign = response.extensions().get::<ApiError>().is_none() && is_bare(&response);
        // A foreign extractor stopped reading at the limit; only here the limit is known.
        if foreign && response.status() == StatusCode::PAYLOAD_TOO_LARGE {
            limit.exceeded().into_response()
        } else {
            response
        }
    }
}
