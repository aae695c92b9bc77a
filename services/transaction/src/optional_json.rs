//! A JSON body that may be left out. An absent or empty one means the default; one that is sent is checked like any
//! other.

use axum::body::HttpBody as _;
use axum::extract::{FromRequest, Request};
use garde::Validate;
use kit::ApiError;
use kit::http::{Json, validated};
use serde::de::DeserializeOwned;

/// A body, or the default.
#[derive(Debug, Clone, Copy, Default)]
pub struct OptionalJson<T>(pub T);

impl<S, T> FromRequest<S> for OptionalJson<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Default + Validate,
    T::Context: Default,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        if request.body().is_end_stream() {
            return Ok(Self(T::default()));
        }
        let Json(body) = Json::<T>::from_request(request, state).await?;
        validated(body).map(Self)
    }
}
