//! Parked messages over HTTP, for admins alone.

use axum::extract::State;
use contracts::codes;
use kit::auth::{Admin, Caller};
use kit::dead_letters::{
    DeadLetterDetail, DeadLetterState, DeadLettersPage, DeadLettersQuery, DiscardRequest, ReplayRequest, ReplayResult,
    Replayed,
};
use kit::http::{Json, Path, ValidJson, ValidQuery};
use kit::{ApiError, ApiResult};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::ops;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::state::AppState;

/// The routes of this slice.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(admin_list_transaction_dead_letters))
        .routes(routes!(admin_replay_transaction_dead_letters))
        .routes(routes!(admin_get_transaction_dead_letter))
        .routes(routes!(admin_replay_transaction_dead_letter))
        .routes(routes!(admin_discard_transaction_dead_letter))
}

/// Messages that a consumer of this service failed to handle too often.
#[utoipa::path(
    get,
    path = "/api/admin/dead-letters/transaction",
    operation_id = "adminListTransactionDeadLetters",
    tag = "admin",
    params(DeadLettersQuery),
    responses((status = 200, description = "One page, what was parked last first", body = DeadLettersPage), CallerErrors)
)]
pub async fn admin_list_transaction_dead_letters(
    State(state): State<AppState>,
    _: Caller<Admin>,
    ValidQuery(query): ValidQuery<DeadLettersQuery>,
) -> ApiResult<Json<DeadLettersPage>> {
    Ok(Json(ops::list(&state, &query).await?))
}

/// One parked message with what it says, everything personal masked.
#[utoipa::path(
    get,
    path = "/api/admin/dead-letters/transaction/{deadLetterId}",
    operation_id = "adminGetTransactionDeadLetter",
    tag = "admin",
    params(("deadLetterId" = Uuid, Path)),
    responses(
        (status = 200, description = "The message", body = DeadLetterDetail),
        (status = 404, description = "No such message", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_get_transaction_dead_letter(
    State(state): State<AppState>,
    _: Caller<Admin>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<DeadLetterDetail>> {
    ops::find(&state, id).await?.map(Json).ok_or_else(|| ApiError::new(&codes::DEAD_LETTER_NOT_FOUND))
}

/// Sends one message once more, to the group that parked it and nobody else.
#[utoipa::path(
    post,
    path = "/api/admin/dead-letters/transaction/{deadLetterId}/replay",
    operation_id = "adminReplayTransactionDeadLetter",
    tag = "admin",
    params(("deadLetterId" = Uuid, Path)),
    responses(
        (status = 200, description = "On its way", body = ReplayResult),
        (status = 404, description = "No such message", body = ErrorResponse),
        (status = 409, description = "It is not parked any more", body = ErrorResponse),
        (status = 422, description = "It is no text and can be nobody's event", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_replay_transaction_dead_letter(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<ReplayResult>> {
    match ops::replay(&state, caller.user_id, id).await? {
        Replayed::Sent { .. } => Ok(Json(ReplayResult { replayed: vec![id], skipped: Vec::new() })),
        Replayed::NotParked(found) => Err(not_parked(found)),
        Replayed::Unreadable => Err(ApiError::new(&codes::DEAD_LETTER_UNREADABLE)),
        Replayed::Unknown => Err(ApiError::new(&codes::DEAD_LETTER_NOT_FOUND)),
    }
}

/// Sends several once more, each by itself: what cannot be sent is named and does not hold back the others.
#[utoipa::path(
    post,
    path = "/api/admin/dead-letters/transaction/replay",
    operation_id = "adminReplayTransactionDeadLetters",
    tag = "admin",
    request_body = ReplayRequest,
    responses((status = 200, description = "What became of each", body = ReplayResult), CallerErrors)
)]
pub async fn admin_replay_transaction_dead_letters(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    ValidJson(request): ValidJson<ReplayRequest>,
) -> ApiResult<Json<ReplayResult>> {
    let mut result = ReplayResult::default();
    for id in request.ids {
        match ops::replay(&state, caller.user_id, id).await? {
            Replayed::Sent { .. } => result.replayed.push(id),
            Replayed::NotParked(_) | Replayed::Unreadable | Replayed::Unknown => result.skipped.push(id),
        }
    }
    Ok(Json(result))
}

/// Puts a message away: nobody will handle it. The reason stands in the audit log.
#[utoipa::path(
    post,
    path = "/api/admin/dead-letters/transaction/{deadLetterId}/discard",
    operation_id = "adminDiscardTransactionDeadLetter",
    tag = "admin",
    params(("deadLetterId" = Uuid, Path)),
    request_body = DiscardRequest,
    responses(
        (status = 204, description = "Put away"),
        (status = 404, description = "No such message", body = ErrorResponse),
        (status = 409, description = "It is not parked any more", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_discard_transaction_dead_letter(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    Path(id): Path<Uuid>,
    ValidJson(request): ValidJson<DiscardRequest>,
) -> ApiResult<http::StatusCode> {
    let reason = request
        .reason()
        .ok_or_else(|| ApiError::validation("reason", "must not be blank", "δεν μπορεί να είναι κενό"))?;
    match ops::discard(&state, caller.user_id, id, &reason).await? {
        Some(DeadLetterState::Parked) => Ok(http::StatusCode::NO_CONTENT),
        Some(found) => Err(not_parked(found)),
        None => Err(ApiError::new(&codes::DEAD_LETTER_NOT_FOUND)),
    }
}

fn not_parked(found: DeadLetterState) -> ApiError {
    ApiError::new(&codes::DEAD_LETTER_NOT_PARKED).with("state", found)
}
