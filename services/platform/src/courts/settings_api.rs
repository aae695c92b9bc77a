//! How a court takes bookings, over HTTP: the confirmation mode and the waitlist.

use axum::extract::State;
use contracts::court::ConfirmationMode;
use contracts::ids::CourtId;
use garde::Validate;
use kit::ApiResult;
use kit::http::{Json, Path, ValidJson};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::CourtBody;
use super::domain::{CourtChange, DEFAULT_CONFIRMATION_TIMEOUT_HOURS};
use super::ops::{self, ReadAt};
use crate::accounts::SubscribedOwner;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::state::AppState;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(set_confirmation_mode)).routes(routes!(set_waitlist_config))
}

/// Whether bookings wait for the owner, and how long at most.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmationModeRequest {
    #[garde(skip)]
    mode: ConfirmationMode,
    #[garde(inner(range(min = 1, max = 144)))]
    #[schema(minimum = 1, maximum = 144, default = 24)]
    confirmation_timeout_hours: Option<u32>,
}

/// Decides whether later bookings of a court wait for the owner.
#[utoipa::path(
    put,
    path = "/api/courts/{courtId}/confirmation-mode",
    operation_id = "setConfirmationMode",
    tag = "courts",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts")),
    request_body = ConfirmationModeRequest,
    responses(
        (status = 200, description = "The court", body = CourtBody),
        (status = 404, description = "No such court", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn set_confirmation_mode(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(id): Path<CourtId>,
    ValidJson(body): ValidJson<ConfirmationModeRequest>,
) -> ApiResult<Json<CourtBody>> {
    let change = CourtChange {
        confirmation_mode: Some(body.mode),
        confirmation_timeout_hours: Some(body.confirmation_timeout_hours.unwrap_or(DEFAULT_CONFIRMATION_TIMEOUT_HOURS)),
        ..CourtChange::default()
    };
    let court = ops::change_court(&state, owner.actor(), id, ReadAt::Whatever, change, false).await?;
    Ok(Json(CourtBody::of(court, &state)))
}

/// Whether a full court takes waiting customers.
#[derive(Debug, Deserialize, ToSchema)]
pub struct WaitlistConfigRequest {
    enabled: bool,
}

/// Switches the waitlist of a court.
#[utoipa::path(
    put,
    path = "/api/courts/{courtId}/waitlist-config",
    operation_id = "setWaitlistConfig",
    tag = "courts",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts")),
    request_body = WaitlistConfigRequest,
    responses(
        (status = 200, description = "The court", body = CourtBody),
        (status = 404, description = "No such court", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn set_waitlist_config(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(id): Path<CourtId>,
    Json(body): Json<WaitlistConfigRequest>,
) -> ApiResult<Json<CourtBody>> {
    let change = CourtChange { waitlist_enabled: Some(body.enabled), ..CourtChange::default() };
    let court = ops::change_court(&state, owner.actor(), id, ReadAt::Whatever, change, false).await?;
    Ok(Json(CourtBody::of(court, &state)))
}
