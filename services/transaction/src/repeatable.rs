//! `X-Idempotency-Key` on operations that do not need it to be correct, because their effect excludes its repetition:
//! the first answer is kept and given again (BOOK-02).

use std::future::Future;

use axum::response::{IntoResponse, Response};
use contracts::ids::UserId;
use http::StatusCode;
use kit::http::Json;
use kit::{ApiError, ApiResult};
use serde_json::Value;

use crate::bookings::ops::BookingError;
use crate::bookings::store;
use crate::idempotency::IdempotencyKey;
use crate::state::AppState;

/// Does `work`, or answers as it was answered the first time. Failures are not kept: they may be tried again.
///
/// # Errors
/// What `work` refuses, and 422 for a key that was used for another request.
pub async fn repeatable<Work>(
    state: &AppState,
    user: UserId,
    key: Option<IdempotencyKey>,
    request_hash: [u8; 32],
    work: Work,
) -> ApiResult<Response>
where
    Work: Future<Output = Result<(StatusCode, Value), ApiError>>,
{
    let Some(IdempotencyKey(key)) = key else {
        let (status, body) = work.await?;
        return Ok((status, Json(body)).into_response());
    };
    let mut connection = state.pool.acquire().await?;
    if let Some(stored) = store::find_answer(&mut connection, user, key).await? {
        if stored.request_hash != request_hash {
            return Err(BookingError::KeyReused.into());
        }
        let (status, body) = stored.answer.ok_or(BookingError::InProgress)?;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
        return Ok((status, Json(body)).into_response());
    }
    drop(connection);
    let (status, body) = work.await?;
    let mut connection = state.pool.acquire().await?;
    let now = state.env.clock.now();
    store::remember_answer(&mut connection, user, key, &request_hash, None, (status.as_u16(), &body), now).await?;
    Ok((status, Json(body)).into_response())
}
