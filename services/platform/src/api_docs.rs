//! The parts of the API document that many operations share: the error body and the statuses that stand for
//! themselves. Only for the document; nothing here runs during a request.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// What every answer with an error looks like.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorResponse {
    /// Stable code for programs.
    error: String,
    /// Text for people, in the language of `Accept-Language`.
    message: String,
    /// What the code is about; may be null.
    details: Option<serde_json::Value>,
    timestamp: Timestamp,
    /// Names this request in the logs.
    correlation_id: String,
    /// With `VALIDATION_ERROR`: all wrong fields.
    errors: Option<Vec<WrongField>>,
}

/// One wrong field.
#[derive(Serialize, ToSchema)]
pub struct WrongField {
    /// JSON path or name of the parameter.
    field: String,
    message: String,
}

/// Errors of operations without sign-in.
pub struct PublicErrors;

/// Errors of operations that need a caller.
pub struct CallerErrors;

/// Errors of `/internal/*`.
pub struct InternalErrors;

impl IntoResponses for PublicErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        [error(400, "Something in the request is wrong"), error(429, "Too many requests; see `Retry-After`")].into()
    }
}

impl IntoResponses for CallerErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        [
            error(400, "Something in the request is wrong"),
            error(401, "No access token, or not a good one"),
            error(403, "The role, the resource or the state of the account does not allow it"),
            error(429, "Too many requests; see `Retry-After`"),
        ]
        .into()
    }
}

impl IntoResponses for InternalErrors {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        [
            error(400, "Something in the request is wrong"),
            error(401, "No internal key, or a wrong one"),
            error(404, "There is no such thing"),
            error(500, "Something failed here"),
        ]
        .into()
    }
}

/// Says of every operation that reads a body what becomes of one that is too large or of another type (SEC-41, SEC-42).
pub fn add_body_errors(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post, &mut item.put, &mut item.delete].into_iter().flatten() {
            if operation.request_body.is_some() {
                operation.responses.responses.extend([
                    error(413, "The body is too large"),
                    error(415, "The body is not of the documented content type"),
                ]);
            }
        }
    }
}

fn error(status: u16, description: &str) -> (String, RefOr<Response>) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorResponse"))).build();
    let response = ResponseBuilder::new().description(description).content("application/json", content).build();
    (status.to_string(), RefOr::T(response))
}
