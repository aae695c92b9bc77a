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
use super::json::validated;
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
        parse_query(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

impl<S, T> FromRequestParts<S> for ValidQuery<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate,
    T::Context: Default,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let Query(query) = Query::<T>::from_request_parts(parts, state).await?;
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

fn parse_query<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    if let Some((name, _)) = form_urlencoded::parse(query.as_bytes()).find(|(_, value)| value.contains('\0')) {
        return Err(ApiError::new(&codes::VALIDATION_ERROR).fields([field_texts::unusable_character(&name)]));
    }
    let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let field = field_texts::wrong_type(&error.path().to_string(), &error.inner().to_string());
        ApiError::new(&codes::VALIDATION_ERROR).fields([field])
    })
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

    /// SEC-38: the refused parameter is named.
    #[test]
    fn wrong_parameters_are_named() {
        for (query, field) in [
            ("pageSize=many", "pageSize"),
            ("", "pageSize"),
            ("pageSize=1&text=a%00b", "text"),
            ("pageSize=70000", "pageSize"),
        ] {
            let error = parse_query::<Page>(query).expect_err("the query is wrong");
            assert_eq!(
                (error.code().id, error.field_errors()[0].field.as_str()),
                ("VALIDATION_ERROR", field),
                "{query}"
            );
        }
        assert_eq!(parse_query::<Page>("pageSize=20&unknown=1").expect("a good query").page_size, 20);
    }
}
