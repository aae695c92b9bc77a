//! `X-Idempotency-Key` on operations that do not keep their own key: the key is taken before the work begins, the first
//! answer is kept and given again, and a repetition that comes while the first request is running waits for it (BOOK-02).

use std::future::Future;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use contracts::ids::UserId;
use http::StatusCode;
use jiff::SignedDuration;
use kit::http::Json;
use kit::{ApiError, ApiResult};
use serde_json::Value;
use uuid::Uuid;

use crate::bookings::ops::BookingError;
use crate::bookings::store;
use crate::idempotency::IdempotencyKey;
use crate::state::AppState;

/// A request that has had no answer for so long was left behind by a process that died.
const ABANDONED: SignedDuration = SignedDuration::from_secs(60);
/// How often a running request is looked at by its repetition.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Does `work`, or answers as it was answered the first time. Failures are not kept: they may be tried again.
///
/// # Errors
/// What `work` refuses, 422 for a key that was used for another request, and 409 while the first request is running.
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
    if let Some(answer) = claim_or_wait(state, user, key, &request_hash).await? {
        return Ok(answer);
    }
    let outcome = work.await;
    let mut connection = state.pool.acquire().await?;
    match outcome {
        Ok((status, body)) => {
            store::store_answer(&mut connection, user, key, (status.as_u16(), &body)).await?;
            Ok((status, Json(body)).into_response())
        }
        Err(refusal) => {
            store::give_up_key(&mut connection, user, key).await?;
            Err(refusal)
        }
    }
}

/// Takes the key, or answers as the first request was answered.
async fn claim_or_wait(
    state: &AppState,
    user: UserId,
    key: Uuid,
    request_hash: &[u8],
) -> Result<Option<Response>, ApiError> {
    let mut looks = u64::from(state.config.bookings.repeat_wait_seconds) * 10;
    loop {
        let now = state.env.clock.now();
        let mut connection = state.pool.acquire().await?;
        if store::claim_key(&mut connection, user, key, request_hash, now - ABANDONED, now).await? {
            return Ok(None);
        }
        // Freed between the two statements: the next look takes it.
        if let Some(stored) = store::find_answer(&mut connection, user, key).await? {
            if stored.request_hash != request_hash {
                return Err(BookingError::KeyReused.into());
            }
            if let Some((status, body)) = stored.answer {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
                return Ok(Some((status, Json(body)).into_response()));
            }
        }
        drop(connection);
        if looks == 0 {
            return Err(BookingError::InProgress.into());
        }
        looks -= 1;
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
