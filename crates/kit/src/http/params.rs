//! Parameters in the path and the query. Every refusal is 400 `VALIDATION_ERROR` naming the parameter (SEC-38).

use axum::extract::FromRequestParts;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use contracts::codes;
use garde::Validate;
use http::request::Parts;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::field_texts;
use super::json::{broken_rules, validated};
use super::wrong_fields::{self, Document as _, MOST_FIELDS, QueryPairs};
use crate::error::{ApiError, FieldError};

/// The query string as a struct. Lists are not supported: a parameter stands once.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<T>(pub T);

/// A query string that also passes its [`garde::Validate`] rules.
#[derive(Debug, Clone, Copy, Default)]
pub struct ValidQuery<T>(pub T);

/// Parameters of the path.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<S, T> FromRequestParts<S> for Query<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        parse_query(parts.uri.query().unwrap_or_default(), |_| Vec::new()).map(Self)
    }
}

impl<S, T> FromRequestParts<S> for ValidQuery<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate,
    T::Context: Default,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let query = parse_query(parts.uri.query().unwrap_or_default(), broken_rules::<T>)?;
        validated(query).map(Self)
    }
}

impl<S, T> FromRequestParts<S> for Path<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        if parts.uri.path().contains("%00") {
            return Err(ApiError::new(&codes::VALIDATION_ERROR).fields([field_texts::unusable_character("path")]));
        }
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(wrong_path(rejection)),
        }
    }
}

/// Reads a query; `rules` are asked about the rest of one with parameters of wrong type, so that both are told at once.
pub(super) fn parse_query<T: DeserializeOwned>(
    query: &str,
    rules: impl Fn(&T) -> Vec<FieldError>,
) -> Result<T, ApiError> {
    let pairs = QueryPairs(form_urlencoded::parse(query.as_bytes()).into_owned().collect());
    if let Some((name, _)) = pairs.0.iter().find(|(_, value)| value.contains('\0')) {
        return Err(ApiError::new(&codes::VALIDATION_ERROR).fields([field_texts::unusable_character(name)]));
    }
    if let Ok(value) = pairs.read() {
        return Ok(value);
    }
    match wrong_fields::find_all(pairs, MOST_FIELDS) {
        Some(findings) => Err(findings.into_error(rules)),
        None => Err(ApiError::new(&codes::BAD_REQUEST)),
    }
}

fn wrong_path(rejection: PathRejection) -> ApiError {
    let PathRejection::FailedToDeserializePathParams(failure) = rejection else {
        // The route declares no parameters though the handler asks for some: a mistake of ours.
        return ApiError::internal(rejection);
    };
    let name = match failure.kind() {
        ErrorKind::ParseErrorAtKey { key, .. }
        | ErrorKind::InvalidUtf8InPathParam { key }
        | ErrorKind::DeserializeError { key, .. } => key.clone(),
        ErrorKind::WrongNumberOfParameters { .. } | ErrorKind::UnsupportedType { .. } => {
            return ApiError::internal(failure);
        }
        _ => "path".to_owned(),
    };
    let field = FieldError::new(name, "has the wrong type or format", "έχει λάθος τύπο ή μορφή");
    ApiError::new(&codes::VALIDATION_ERROR).fields([field])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Page {
        page_size: u16,
        #[expect(dead_code, reason = "only its deserialisation is tested")]
        text: Option<String>,
    }

    /// QA-50: all of them are named at once.
    #[test]
    fn several_wrong_parameters_are_named_together() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only its deserialisation is tested")]
        struct Search {
            latitude: f64,
            longitude: f64,
            day: Option<jiff::civil::Date>,
            court: Option<uuid::Uuid>,
            indoor: Option<bool>,
        }
        let query = "latitude=north&day=soon&court=1&indoor=maybe";
        let error = parse_query::<Search>(query, |_| Vec::new()).expect_err("the query is wrong");
        let mut names: Vec<_> = error.field_errors().iter().map(|wrong| wrong.field.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["court", "day", "indoor", "latitude", "longitude"]);
    }

    /// SEC-38: the refused parameter is named.
    #[test]
    fn wrong_parameters_are_named() {
        for (query, field) in [
            ("pageSize=many", "pageSize"),
            ("", "pageSize"),
            ("pageSize=1&text=a%00b", "text"),
            ("pageSize=70000", "pageSize"),
        ] {
            let error = parse_query::<Page>(query, |_| Vec::new()).expect_err("the query is wrong");
            assert_eq!(
                (error.code().id, error.field_errors()[0].field.as_str()),
                ("VALIDATION_ERROR", field),
                "{query}"
            );
        }
        assert_eq!(parse_query::<Page>("pageSize=20&unknown=1", |_| Vec::new()).expect("a good query").page_size, 20);
    }
}
