//! JSON bodies in and out. Owns the texts for wrong bodies; every refusal is an [`ApiError`] with the field's path.
//!
//! Nothing here knows what a body means. Strings with a NUL are refused for everyone, because PostgreSQL text cannot hold
//! them and no endpoint wants them.

use axum::body::HttpBody as _;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, OptionalFromRequest, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use contracts::codes;
use garde::Validate;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::body_limit::BodyLimit;
use super::wrong_fields::{self, LONGEST_SEARCHED, MOST_FIELDS};
use super::{field_texts, sound_text};
use crate::error::{ApiError, FieldError};

/// A JSON body, always an object. As an argument: 415 for another content type, 413 when too big, 400 `MALFORMED_JSON`
/// for broken text, 400 `VALIDATION_ERROR` with the field's path for wrong types, unknown enum values and missing fields (QA-50, SEC-38,
/// SEC-41, SEC-42). As an answer: `application/json; charset=utf-8` (SEC-44).
#[derive(Debug, Clone, Copy, Default)]
pub struct Json<T>(pub T);

/// A JSON body that also passes its [`garde::Validate`] rules; all broken rules are listed at once (QA-50).
#[derive(Debug, Clone, Copy, Default)]
pub struct ValidJson<T>(pub T);

impl<S, T> FromRequest<S> for Json<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let body = json_text(request, state).await?;
        parse(&body, |_| Vec::new()).map(Self)
    }
}

impl<S, T> FromRequest<S> for ValidJson<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate,
    T::Context: Default,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let body = json_text(request, state).await?;
        validated(parse(&body, broken_rules::<T>)?).map(Self)
    }
}

/// `Option<Json<T>>`: nothing was sent, neither body nor length; whatever is sent is read like any other body.
impl<S, T> OptionalFromRequest<S> for Json<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Self::Rejection> {
        if request.body().is_end_stream() {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

/// `Option<ValidJson<T>>`: as `Option<Json<T>>`, with the rules checked.
impl<S, T> OptionalFromRequest<S> for ValidJson<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate,
    T::Context: Default,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Self::Rejection> {
        if request.body().is_end_stream() {
            return Ok(None);
        }
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                ([(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))], body).into_response()
            }
            Err(error) => ApiError::internal(error).into_response(),
        }
    }
}

/// Checks the `garde` rules of a value and names every broken one.
///
/// # Errors
/// 400 `VALIDATION_ERROR` with all wrong fields.
pub fn validated<T>(value: T) -> Result<T, ApiError>
where
    T: Validate,
    T::Context: Default,
{
    let fields = broken_rules(&value);
    if fields.is_empty() { Ok(value) } else { Err(ApiError::new(&codes::VALIDATION_ERROR).fields(fields)) }
}

pub(super) fn broken_rules<T>(value: &T) -> Vec<FieldError>
where
    T: Validate,
    T::Context: Default,
{
    let report = value.validate().err();
    let broken = report.iter().flat_map(garde::Report::iter);
    broken.map(|(path, error)| field_texts::broken_rule(&path.to_string(), error.message())).collect()
}

async fn json_text<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    if !is_json(request.headers()) {
        return Err(ApiError::new(&codes::UNSUPPORTED_MEDIA_TYPE));
    }
    let limit = BodyLimit::of(&request);
    Bytes::from_request(request, state).await.map_err(|rejection| unreadable_body(rejection, limit))
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Turns a body that could not be read into 413 or 400.
fn unreadable_body(rejection: BytesRejection, limit: BodyLimit) -> ApiError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        limit.exceeded()
    } else {
        ApiError::new(&codes::MALFORMED_JSON).caused_by(rejection)
    }
}

/// Reads a body; `rules` are asked about the rest of one with fields of wrong type, so that both are told at once.
fn parse<T: DeserializeOwned>(body: &[u8], rules: impl Fn(&T) -> Vec<FieldError>) -> Result<T, ApiError> {
    // Past this nothing is wrong with the text, so whatever serde still refuses is a field: it calls `null` in place of
    // an enum a mistake in the syntax.
    let text = sound_text::read(body).map_err(|error| malformed(&error))?;
    if !text.is_object {
        let field = field_texts::wrong_type("", "not an object");
        return Err(ApiError::new(&codes::VALIDATION_ERROR).fields([field]));
    }
    if text.holds_nul
        && let Some(field) = field_with_nul(body)
    {
        return Err(ApiError::new(&codes::VALIDATION_ERROR).fields([field]));
    }
    serde_json::from_slice(body).map_err(|error| wrong_data(body, &error, rules))
}

fn malformed(error: &serde_json::Error) -> ApiError {
    ApiError::new(&codes::MALFORMED_JSON).with("line", error.line()).with("column", error.column())
}

fn wrong_data<T: DeserializeOwned>(
    body: &[u8],
    first: &serde_json::Error,
    rules: impl Fn(&T) -> Vec<FieldError>,
) -> ApiError {
    let document = match serde_json::from_slice::<Value>(body) {
        Ok(document) => document,
        Err(error) => return malformed(&error),
    };
    let most_fields = if body.len() > LONGEST_SEARCHED { 1 } else { MOST_FIELDS };
    match wrong_fields::find_all(document, most_fields) {
        Some(findings) => findings.into_error(rules),
        // Only the text itself is refused, e.g. a member that stands twice.
        None => {
            let field = field_texts::wrong_type("", &first.to_string());
            ApiError::new(&codes::VALIDATION_ERROR).fields([field])
        }
    }
}

/// The first field whose text, or whose name, holds a NUL.
fn field_with_nul(body: &[u8]) -> Option<FieldError> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let path = path_of_nul(&value, "")?;
    Some(field_texts::unusable_character(&path))
}

fn path_of_nul(value: &Value, path: &str) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(|| path.to_owned()),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| path_of_nul(item, &format!("{path}[{index}]")))
        }
        Value::Object(members) => members.iter().find_map(|(key, member)| {
            let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            if key.contains('\0') { Some(path.to_owned()) } else { path_of_nul(member, &inner) }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Party {
        #[expect(dead_code, reason = "only its deserialisation is tested")]
        first_guest: Guest,
    }

    #[derive(Debug, Deserialize)]
    struct Guest {
        #[expect(dead_code, reason = "only its deserialisation is tested")]
        name: String,
        #[expect(dead_code, reason = "only its deserialisation is tested")]
        seats: Vec<u8>,
        #[serde(default)]
        #[expect(dead_code, reason = "only its deserialisation is tested")]
        mood: Mood,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    enum Mood {
        #[default]
        Calm,
        Wild,
    }

    fn refused(body: &str) -> ApiError {
        parse::<Party>(body.as_bytes(), |_| Vec::new()).expect_err("the body is wrong")
    }

    /// SEC-38: a wrong type names the path of the field.
    #[test]
    fn data_errors_name_the_field() {
        for (body, field) in [
            (r#"{"firstGuest":{"name":"a","seats":[1,"x"]}}"#, "firstGuest.seats[1]"),
            (r#"{"firstGuest":{"name":7,"seats":[]}}"#, "firstGuest.name"),
            (r#"{"firstGuest":{"seats":[]}}"#, "firstGuest.name"),
            (r#"{}"#, "firstGuest"),
            (r#""text""#, "body"),
            (r#"{"firstGuest":{"name":"a","seats":[]},"firstGuest":{"name":"a","seats":[]}}"#, "body"),
            (r#"{"firstGuest":{"name":"a","seats":[300]}}"#, "firstGuest.seats[0]"),
            (r#"{"other":1}"#, "other"),
            ("{\"firstGuest\":{\"name\":\"a\\u0000b\",\"seats\":[]}}", "firstGuest.name"),
        ] {
            let error = refused(body);
            assert_eq!(error.code().id, "VALIDATION_ERROR", "{body}");
            assert_eq!(error.field_errors()[0].field, field, "{body}");
        }
    }

    /// SEC-38, QA-50: whatever stands where an enum belongs, the field is named and the allowed values are told.
    #[test]
    fn no_value_in_place_of_an_enum_passes_for_broken_text() {
        for value in
            ["null", "7", "1.5", "true", "\"\"", "\"PARTY\"", "\"calm\"", "[]", "[\"CALM\"]", "{}", "{\"SAD\":1}"]
        {
            let body = format!(r#"{{"firstGuest":{{"name":"a","seats":[],"mood":{value}}}}}"#);
            let error = refused(&body);
            assert_eq!(error.code().id, "VALIDATION_ERROR", "{body}");
            let fields: Vec<_> = error.field_errors().iter().map(|wrong| wrong.field.as_str()).collect();
            assert_eq!(fields, ["firstGuest.mood"], "{body}");
        }
    }

    /// SEC-38: `null` is a wrong type like any other, and other wrong fields are named with it.
    #[test]
    fn null_is_a_wrong_type() {
        let error = refused(r#"{"firstGuest":{"name":null,"seats":null,"mood":null}}"#);
        let mut fields: Vec<_> = error.field_errors().iter().map(|wrong| wrong.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(
            (error.code().id, fields),
            ("VALIDATION_ERROR", vec!["firstGuest.mood", "firstGuest.name", "firstGuest.seats"])
        );
        assert_eq!(refused("null").field_errors()[0].field, "body");
    }

    /// SEC-38: a list is no object, even when it holds what the object needs in its order.
    #[test]
    fn only_objects_are_bodies() {
        for body in [r#"[{"name":"a","seats":[]}]"#, "[]", "7", "1.5", "true", "\"text\""] {
            let error = refused(body);
            assert_eq!(
                (error.code().id, error.field_errors()[0].field.as_str()),
                ("VALIDATION_ERROR", "body"),
                "{body}"
            );
        }
    }

    #[test]
    fn broken_text_is_malformed() {
        for body in [
            "\"\\ud800\"",
            "1e400",
            "NaN",
            "[1,]",
            "'a'",
            "{\"a\":\"\u{1}\"}",
            "",
            "{",
            "{\"firstGuest\":",
            "nonsense",
            "{} trailing",
            "\u{feff}{}",
        ] {
            let error = parse::<Value>(body.as_bytes(), |_| Vec::new()).expect_err("the body is broken");
            assert_eq!((error.code().id, error.status().as_u16()), ("MALFORMED_JSON", 400), "{body}");
        }
    }

    /// QA-49, SEC-38: what nobody reads must be JSON too.
    #[test]
    fn broken_text_in_unknown_members_is_malformed() {
        #[derive(Debug, Deserialize)]
        struct Nothing {}
        let deep = [b"{\"a\":".repeat(10_000), b"1".to_vec(), b"}".repeat(10_000)].concat();
        let bodies: [&[u8]; 5] =
            [b"{\"a\":1e400}", b"{\"a\":\"\\ud800\"}", b"{\"a\":\"\xff\"}", b"{\"\xff\":1}", &deep];
        for body in bodies {
            let error = parse::<Nothing>(body, |_| Vec::new()).expect_err("the body is broken");
            assert_eq!(error.code().id, "MALFORMED_JSON", "{}", body.escape_ascii());
        }
        parse::<Nothing>(br#"{"a":[1,-2,3.5,true,null,"\u03b1",{}],"b":{"c":{}}}"#, |_| Vec::new()).expect("sound");
    }
}
