//! The one error type that leaves a service over HTTP (QA-49 to QA-55).
//!
//! It owns the shape of error bodies and their texts in both languages. It never shows a cause to a client: causes are
//! logged by the chassis next to the trace id that the client receives as `correlationId`.

use std::fmt;

use axum::response::{IntoResponse, Response};
use contracts::codes::{self, Code};
use http::StatusCode;
use http::header::{HeaderValue, RETRY_AFTER};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::http::Locale;

/// What handlers return.
pub type ApiResult<T> = Result<T, ApiError>;

/// Seconds a client is asked to wait when a temporary refusal names no time of its own (QA-52).
const DEFAULT_RETRY_AFTER_SECONDS: u64 = 1;

/// One wrong field of a request, with its text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON path, e.g. `players[0].email`, or the name of a parameter.
    pub field: String,
    /// English text.
    pub en: String,
    /// Greek text.
    pub el: String,
}

impl FieldError {
    /// A wrong field with its two texts.
    pub fn new(field: impl Into<String>, en: impl Into<String>, el: impl Into<String>) -> Self {
        Self { field: field.into(), en: en.into(), el: el.into() }
    }
}

/// An answer that is not the asked one: a stable code, its status, details and, for the log only, a cause.
#[derive(Clone)]
pub struct ApiError(Box<Parts>);

#[derive(Clone)]
struct Parts {
    code: &'static Code,
    details: Map<String, Value>,
    members: Map<String, Value>,
    fields: Vec<FieldError>,
    retry_after_seconds: Option<u64>,
    cause: Option<std::sync::Arc<anyhow::Error>>,
}

impl ApiError {
    /// An error with the status and texts of `code`.
    #[must_use]
    pub fn new(code: &'static Code) -> Self {
        Self(Box::new(Parts {
            code,
            details: Map::new(),
            members: Map::new(),
            fields: Vec::new(),
            retry_after_seconds: None,
            cause: None,
        }))
    }

    /// A 500 that logs `cause` and shows nothing of it (QA-55).
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::new(&codes::INTERNAL_SERVICE_ERROR).caused_by(cause)
    }

    /// A 503 that logs `cause` and asks the client to come back in `seconds` (QA-52).
    pub fn unavailable(cause: impl Into<anyhow::Error>, seconds: u64) -> Self {
        Self::new(&codes::SERVICE_UNAVAILABLE).caused_by(cause).retry_after(seconds)
    }

    /// A 400 `VALIDATION_ERROR` about one field (QA-50); more are added with [`ApiError::field`].
    pub fn validation(field: impl Into<String>, en: impl Into<String>, el: impl Into<String>) -> Self {
        Self::new(&codes::VALIDATION_ERROR).field(field, en, el)
    }

    /// Puts a value into `details` and into the placeholder `{key}` of the texts.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.0.details.insert(key.to_owned(), value);
        self
    }

    /// Puts a value beside `error` and into `details` as well, for answers whose contract has a member of its own.
    #[must_use]
    pub fn with_member(mut self, key: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.0.members.insert(key.to_owned(), value.clone());
        self.0.details.insert(key.to_owned(), value);
        self
    }

    /// Merges the members of an object into `details`; any other value stands under `details.value`.
    #[must_use]
    pub fn details(mut self, details: impl Serialize) -> Self {
        match serde_json::to_value(details).unwrap_or(Value::Null) {
            Value::Object(members) => self.0.details.extend(members),
            Value::Null => {}
            other => {
                self.0.details.insert("value".to_owned(), other);
            }
        }
        self
    }

    /// Names a wrong field, e.g. `players[0].email`.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>, en: impl Into<String>, el: impl Into<String>) -> Self {
        self.0.fields.push(FieldError::new(field, en, el));
        self
    }

    /// Names several wrong fields.
    #[must_use]
    pub fn fields(mut self, fields: impl IntoIterator<Item = FieldError>) -> Self {
        self.0.fields.extend(fields);
        self
    }

    /// Seconds after which the same call may succeed; sent as `Retry-After` (QA-52).
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    /// Remembers why, for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.0.cause = Some(std::sync::Arc::new(cause.into()));
        self
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static Code {
        self.0.code
    }

    /// The status of the code.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The wrong fields, in the order they were named.
    #[must_use]
    pub fn field_errors(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// Why it happened, as far as known. For logs, never for clients.
    #[must_use]
    pub fn cause(&self) -> Option<&anyhow::Error> {
        self.0.cause.as_deref()
    }

    /// Seconds for `Retry-After`; always present for 429 and 503.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        let temporary = matches!(self.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        self.0.retry_after_seconds.or(temporary.then_some(DEFAULT_RETRY_AFTER_SECONDS))
    }

    /// The text for a person. Placeholders come from `details`; every text may also name `{correlationId}` and
    /// `{retryAfterSeconds}`.
    #[must_use]
    pub fn message(&self, locale: Locale, correlation_id: &str) -> String {
        let template = match locale {
            Locale::En => self.0.code.en,
            Locale::El => self.0.code.el,
        };
        let mut values = self.0.details.clone();
        values.insert("correlationId".to_owned(), json!(correlation_id));
        if let Some(seconds) = self.retry_after_seconds() {
            values.insert("retryAfterSeconds".to_owned(), json!(seconds));
        }
        fill_placeholders(template, &values)
    }

    /// The body every error answer has: `error`, `message`, `details`, `timestamp`, `correlationId` and, when fields
    /// are wrong, `errors` at top level and again in `details` (QA-49, QA-50).
    #[must_use]
    pub fn body(&self, locale: Locale, correlation_id: &str, now: Timestamp) -> Value {
        let mut details = self.0.details.clone();
        let mut body = json!({
            "error": self.0.code.id,
            "message": self.message(locale, correlation_id),
            "timestamp": now,
            "correlationId": correlation_id,
        });
        if !self.0.fields.is_empty() {
            let errors: Vec<Value> = self.0.fields.iter().map(|wrong| field_json(wrong, locale)).collect();
            body["errors"] = json!(errors);
            details.insert("errors".to_owned(), json!(errors));
        }
        for (key, value) in &self.0.members {
            body[key.as_str()] = value.clone();
        }
        body["details"] = if details.is_empty() { Value::Null } else { Value::Object(details) };
        body
    }
}

fn field_json(wrong: &FieldError, locale: Locale) -> Value {
    let message = match locale {
        Locale::En => &wrong.en,
        Locale::El => &wrong.el,
    };
    json!({ "field": wrong.field, "message": message })
}

fn fill_placeholders(template: &str, values: &Map<String, Value>) -> String {
    let mut text = template.to_owned();
    for (key, value) in values {
        let shown = match value {
            Value::String(words) => words.clone(),
            other => other.to_string(),
        };
        text = text.replace(&format!("{{{key}}}"), &shown);
    }
    text
}

/// Leaves the error in the response's extensions; [`crate::http::chassis`] writes the body, because only it knows the
/// language and the trace of the request.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Some(seconds) = self.retry_after_seconds() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ApiError")
            .field("code", &self.0.code.id)
            .field("status", &self.0.code.status)
            .field("details", &self.0.details)
            .field("fields", &self.0.fields)
            .field("cause", &self.0.cause)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Some(cause) => write!(formatter, "{}: {cause:#}", self.0.code.id),
            None => formatter.write_str(self.0.code.id),
        }
    }
}

impl std::error::Error for ApiError {}

impl From<anyhow::Error> for ApiError {
    fn from(cause: anyhow::Error) -> Self {
        Self::internal(cause)
    }
}

/// A database that is busy or away is temporary (503 with `Retry-After`); anything else is ours to repair (500).
impl From<sqlx::Error> for ApiError {
    fn from(cause: sqlx::Error) -> Self {
        if is_temporary(&cause) { Self::unavailable(cause, DEFAULT_RETRY_AFTER_SECONDS) } else { Self::internal(cause) }
    }
}

fn is_temporary(cause: &sqlx::Error) -> bool {
    match cause {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
        // Serialisation failure, deadlock, lock not available, statement cancelled, too many connections, shutting down.
        sqlx::Error::Database(database) => database.code().is_some_and(|code| {
            ["40001", "40P01", "55P03", "57014", "53300", "57P01", "57P03"].contains(&code.as_ref())
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-03-01T10:00:00Z".parse().expect("a literal instant")
    }

    /// QA-49: the five members are always there, `details` may be null.
    #[test]
    fn a_plain_error_has_the_five_members() {
        let body = ApiError::new(&codes::NOT_FOUND).body(Locale::En, "trace-1", now());
        assert_eq!(body["error"], "NOT_FOUND");
        assert_eq!(body["correlationId"], "trace-1");
        assert_eq!(body["timestamp"], "2026-03-01T10:00:00Z");
        assert_eq!(body["details"], Value::Null);
        assert!(body["message"].as_str().is_some_and(|text| !text.is_empty()));
        assert!(body.get("errors").is_none());
    }

    /// QA-50: all wrong fields at once, at top level and in `details`, in the caller's language.
    #[test]
    fn wrong_fields_stand_in_both_places() {
        let error = ApiError::validation("a", "is wrong", "είναι λάθος").field("b[0].c", "is missing", "λείπει");
        let body = error.body(Locale::El, "trace-1", now());
        assert_eq!(body["errors"], body["details"]["errors"]);
        assert_eq!(body["errors"][1], json!({ "field": "b[0].c", "message": "λείπει" }));
    }

    /// A member of the contract stands in both places, and never in place of the five.
    #[test]
    fn own_members_stand_beside_the_five() {
        let error = ApiError::new(&codes::HOLIDAY_CONFLICTS).with_member("conflicts", ["one"]);
        let body = error.body(Locale::En, "trace-1", now());
        assert_eq!((&body["conflicts"], &body["details"]["conflicts"]), (&json!(["one"]), &json!(["one"])));
        assert_eq!(body["error"], "HOLIDAY_CONFLICTS");
    }

    /// QA-55: nothing of the cause reaches the body.
    #[test]
    fn causes_stay_inside() {
        let error = ApiError::internal(anyhow::anyhow!("password of the database is hunter2"));
        assert!(!error.body(Locale::En, "trace-1", now()).to_string().contains("hunter2"));
        assert_eq!(error.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }

    /// QA-52: 429 and 503 never lack `Retry-After`.
    #[test]
    fn temporary_refusals_carry_retry_after() {
        let limited = ApiError::new(&codes::RATE_LIMIT_EXCEEDED).into_response();
        assert_eq!(limited.headers()[RETRY_AFTER], "1");
        let busy = ApiError::from(sqlx::Error::PoolTimedOut).retry_after(7).into_response();
        assert_eq!((busy.status().as_u16(), busy.headers()[RETRY_AFTER].to_str().expect("ascii")), (503, "7"));
    }

    #[test]
    fn placeholders_are_filled_from_details() {
        let values = Map::from_iter([("days".to_owned(), json!(30)), ("name".to_owned(), json!("Α"))]);
        assert_eq!(fill_placeholders("{name}: {days} days, {other}", &values), "Α: 30 days, {other}");
    }
}
