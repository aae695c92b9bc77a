//! The way out of promotional mail: delivery has proven whose link was used, and the preference is kept here.

use axum::extract::State;
use contracts::codes;
use contracts::ids::UserId;
use http::StatusCode;
use kit::auth::InternalKey;
use kit::http::Path;
use kit::{ApiError, ApiResult};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ops;
use crate::api_docs::{ErrorResponse, InternalErrors};
use crate::state::AppState;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(switch_promotions_off))
}

/// Ends promotional messages for a person; a second time changes nothing.
#[utoipa::path(
    post,
    path = "/internal/users/{userId}/promotions-off",
    operation_id = "switchPromotionsOff",
    tag = "internal",
    security(("InternalApiKey" = [])),
    params(("userId" = UserId, Path, description = "The person")),
    responses(
        (status = 204, description = "Nothing promotional any more"),
        (status = 404, description = "No such person", body = ErrorResponse),
        InternalErrors,
    )
)]
pub async fn switch_promotions_off(
    _key: InternalKey,
    State(state): State<AppState>,
    Path(user): Path<UserId>,
) -> ApiResult<StatusCode> {
    if ops::switch_promotions_off(&state, user).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::new(&codes::USER_NOT_FOUND))
    }
}
