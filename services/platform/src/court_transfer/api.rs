//! Transfers over HTTP.

use axum::extract::State;
use contracts::codes;
use contracts::identity::Role;
use contracts::ids::{CourtId, CourtTransferId, UserId};
use garde::Validate;
use jiff::Timestamp;
use kit::auth::{Admin, Caller, Owner};
use kit::http::{Json, Path, RequestContext, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::{Over, TransferStatus, masked};
use super::ops::{self, TransferError};
use super::store::ListedTransfer;
use crate::accounts::SubscribedOwner;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::audit::Actor;
use crate::state::AppState;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(transfer_court_ownership))
        .routes(routes!(list_court_transfers))
        .routes(routes!(confirm_court_transfer))
        .routes(routes!(withdraw_court_transfer))
        .routes(routes!(reassign_courts))
}

/// Who is to have the court.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransferRequest {
    /// Address of the other owner's account.
    #[garde(length(chars, min = 3, max = 320))]
    #[schema(min_length = 3, max_length = 320, format = Email)]
    target_owner_email: String,
}

/// Where a transfer stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = CourtTransferStatus)]
pub enum StatusBody {
    PendingTargetConfirmation,
    Completed,
    Withdrawn,
    Expired,
}

impl From<TransferStatus> for StatusBody {
    fn from(status: TransferStatus) -> Self {
        match status {
            TransferStatus::PendingTargetConfirmation => Self::PendingTargetConfirmation,
            TransferStatus::Completed => Self::Completed,
            TransferStatus::Withdrawn => Self::Withdrawn,
            TransferStatus::Expired => Self::Expired,
        }
    }
}

/// A transfer that waits for the target.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StartedTransfer {
    transfer_id: CourtTransferId,
    status: StatusBody,
    /// Masked.
    #[schema(example = "k***@example.com")]
    target_owner_email: String,
    expires_at: Timestamp,
}

/// A court that has gone over.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CompletedTransfer {
    transfer_id: CourtTransferId,
    status: StatusBody,
    court_id: CourtId,
    new_owner_id: UserId,
}

/// A transfer that the source has taken back.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawnTransfer {
    transfer_id: CourtTransferId,
    status: StatusBody,
    court_id: CourtId,
}

/// Whether the caller gives or gets the court.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum TransferDirection {
    Outgoing,
    Incoming,
}

/// One of the caller's transfers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CourtTransfer)]
pub struct TransferBody {
    transfer_id: CourtTransferId,
    direction: TransferDirection,
    status: StatusBody,
    court_id: CourtId,
    /// Greek name.
    court_name: String,
    /// Masked.
    target_owner_email: String,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl TransferBody {
    fn of(listed: ListedTransfer, reader: UserId, now: Timestamp) -> Self {
        let outgoing = listed.transfer.from == reader;
        Self {
            transfer_id: listed.transfer.id,
            direction: if outgoing { TransferDirection::Outgoing } else { TransferDirection::Incoming },
            status: listed.transfer.status_at(now).into(),
            court_id: listed.transfer.court_id,
            court_name: listed.court_name,
            target_owner_email: masked(&listed.target_email),
            created_at: listed.transfer.created_at,
            expires_at: listed.transfer.expires_at,
        }
    }
}

/// The caller's transfers.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferList {
    transfers: Vec<TransferBody>,
}

/// Offers a court to another owner, who has seven days to confirm.
#[utoipa::path(
    post,
    path = "/api/courts/{courtId}/transfer",
    operation_id = "transferCourtOwnership",
    tag = "courts",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts")),
    request_body = TransferRequest,
    responses(
        (status = 200, description = "Waits for the target", body = StartedTransfer),
        (status = 404, description = "No such court", body = ErrorResponse),
        (status = 409, description = "Another transfer of the court waits", body = ErrorResponse),
        (status = 422, description = "The target may not have it; `details.reason` tells", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn transfer_court_ownership(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(id): Path<CourtId>,
    ValidJson(body): ValidJson<TransferRequest>,
) -> ApiResult<Json<StartedTransfer>> {
    let email = body.target_owner_email.trim();
    let transfer = ops::start_transfer(&state, owner.actor(), id, email).await?;
    Ok(Json(StartedTransfer {
        transfer_id: transfer.id,
        status: transfer.status.into(),
        target_owner_email: masked(email),
        expires_at: transfer.expires_at,
    }))
}

/// The newest transfers that the caller gives or gets.
#[utoipa::path(
    get,
    path = "/api/courts/transfers",
    operation_id = "listCourtTransfers",
    tag = "courts",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "Newest first, at most 100", body = TransferList), CallerErrors)
)]
pub async fn list_court_transfers(
    State(state): State<AppState>,
    caller: Caller<Owner>,
) -> ApiResult<Json<TransferList>> {
    let now = state.env.clock.now();
    let transfers = ops::show_transfers(&state, caller.user_id).await?;
    let transfers = transfers.into_iter().map(|listed| TransferBody::of(listed, caller.user_id, now)).collect();
    Ok(Json(TransferList { transfers }))
}

/// Takes an offered court over, with its settings, openings and future bookings.
#[utoipa::path(
    post,
    path = "/api/courts/transfers/{transferId}/confirm",
    operation_id = "confirmCourtTransfer",
    tag = "courts",
    security(("BearerAuth" = [])),
    params(("transferId" = CourtTransferId, Path, description = "A transfer to the caller")),
    responses(
        (status = 200, description = "The court is the caller's", body = CompletedTransfer),
        (status = 404, description = "No such transfer to the caller", body = ErrorResponse),
        (status = 409, description = "Decided already, or a slot is being booked just now", body = ErrorResponse),
        (status = 410, description = "The seven days are over", body = ErrorResponse),
        (status = 422, description = "The caller may not have it now; `details.reason` tells", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn confirm_court_transfer(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(id): Path<CourtTransferId>,
) -> ApiResult<Json<CompletedTransfer>> {
    let transfer = ops::confirm_transfer(&state, owner.actor(), id).await?;
    Ok(Json(CompletedTransfer {
        transfer_id: transfer.id,
        status: transfer.status.into(),
        court_id: transfer.court_id,
        new_owner_id: transfer.to,
    }))
}

/// Takes an offer back before the target has confirmed.
#[utoipa::path(
    post,
    path = "/api/courts/transfers/{transferId}/withdraw",
    operation_id = "withdrawCourtTransfer",
    tag = "courts",
    security(("BearerAuth" = [])),
    params(("transferId" = CourtTransferId, Path, description = "A transfer of the caller")),
    responses(
        (status = 200, description = "The court stays", body = WithdrawnTransfer),
        (status = 404, description = "No such transfer of the caller", body = ErrorResponse),
        (status = 409, description = "Decided already", body = ErrorResponse),
        (status = 410, description = "The seven days are over", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn withdraw_court_transfer(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    context: RequestContext,
    Path(id): Path<CourtTransferId>,
) -> ApiResult<Json<WithdrawnTransfer>> {
    let actor = Actor { user: caller.user_id, role: Role::CourtOwner, ip: context.client_ip };
    let transfer = ops::withdraw_transfer(&state, actor, id).await?;
    Ok(Json(WithdrawnTransfer {
        transfer_id: transfer.id,
        status: transfer.status.into(),
        court_id: transfer.court_id,
    }))
}

/// Who is to have the courts.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReassignCourtsRequest {
    /// A verified owner whom Stripe pays.
    #[garde(skip)]
    new_owner_id: UserId,
}

/// Courts that have gone over.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReassignedCourts {
    new_owner_id: UserId,
    court_ids: Vec<CourtId>,
}

/// Gives all courts of an owner who left to another one.
#[utoipa::path(
    post,
    path = "/api/admin/users/{userId}/reassign-courts",
    operation_id = "reassignCourts",
    tag = "admin",
    security(("BearerAuth" = [])),
    params(("userId" = UserId, Path, description = "An owner whose account was deleted")),
    request_body = ReassignCourtsRequest,
    responses(
        (status = 200, description = "The courts that went over; none if there were none left", body = ReassignedCourts),
        (status = 404, description = "No such owner", body = ErrorResponse),
        (status = 409, description = "The owner has not left", body = ErrorResponse),
        (status = 422, description = "The new owner may not have them; `details.reason` tells", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn reassign_courts(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    context: RequestContext,
    Path(from): Path<UserId>,
    ValidJson(body): ValidJson<ReassignCourtsRequest>,
) -> ApiResult<Json<ReassignedCourts>> {
    let actor = Actor { user: caller.user_id, role: caller.role, ip: context.client_ip };
    let done = ops::reassign_courts(&state, actor, from, body.new_owner_id).await?;
    Ok(Json(ReassignedCourts { new_owner_id: done.to, court_ids: done.courts }))
}

impl From<TransferError> for ApiError {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Court(cause) => cause.into(),
            TransferError::NotFound => Self::new(&codes::TRANSFER_NOT_FOUND),
            TransferError::OwnerNotFound => Self::new(&codes::USER_NOT_FOUND),
            TransferError::OwnerNotDeleted => Self::new(&codes::ACCOUNT_NOT_DELETED),
            TransferError::ToOneself => Self::validation(
                "targetOwnerEmail",
                "must be the address of another owner",
                "πρέπει να είναι η διεύθυνση άλλου ιδιοκτήτη",
            ),
            TransferError::NotEligible(problem) => {
                Self::new(&codes::TARGET_NOT_ELIGIBLE).with("reason", problem.as_str())
            }
            TransferError::Pending { existing } => {
                Self::new(&codes::TRANSFER_ALREADY_PENDING).with("transferId", existing)
            }
            TransferError::Over(Over::Expired) => Self::new(&codes::TRANSFER_EXPIRED),
            TransferError::Over(Over::Decided) => Self::new(&codes::TRANSFER_ALREADY_DECIDED),
        }
    }
}
