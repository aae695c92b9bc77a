//! What people may ask for about their own data: a copy of it, and its end.

use axum::extract::State;
use http::StatusCode;
use jiff::Timestamp;
use kit::ApiResult;
use kit::auth::{AnyRole, Caller};
use kit::http::{Json, RequestContext};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::accounts::ops::{self, ExportSummary};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::audit::Actor;
use crate::state::AppState;

/// A copy of the caller's data that was asked for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataExport {
    export_id: Uuid,
    /// PENDING, READY, FAILED or EXPIRED.
    #[schema(pattern = "^(PENDING|READY|FAILED|EXPIRED)$")]
    status: String,
    requested_at: Timestamp,
    /// When the file goes; absent before it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_bytes: Option<i64>,
    /// A ZIP archive with one JSON document and one CSV file per table. The address is good for some minutes; ask again
    /// for a fresh one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uri")]
    download_url: Option<String>,
}

impl From<ExportSummary> for DataExport {
    fn from(export: ExportSummary) -> Self {
        Self {
            export_id: export.id,
            status: export.status,
            requested_at: export.requested_at,
            expires_at: export.expires_at,
            size_bytes: export.size_bytes,
            download_url: export.download_url,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct DataExportList {
    exports: Vec<DataExport>,
}

/// Asks for a copy of everything the platform holds of the caller.
#[utoipa::path(
    post,
    path = "/api/users/me/data-export",
    operation_id = "requestDataExport",
    tag = "accounts",
    security(("BearerAuth" = [])),
    responses((status = 202, description = "Begun; the caller is told when it is ready", body = DataExport), CallerErrors)
)]
pub async fn request_data_export(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    context: RequestContext,
) -> ApiResult<(StatusCode, Json<DataExport>)> {
    let export = ops::request_export(&state, &actor(&caller, &context)).await?;
    Ok((StatusCode::ACCEPTED, Json(export.into())))
}

/// The caller's copies, the newest first.
#[utoipa::path(
    get,
    path = "/api/users/me/data-exports",
    operation_id = "getDataExports",
    tag = "accounts",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "With a link where the file is ready", body = DataExportList), CallerErrors)
)]
pub async fn get_data_exports(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
) -> ApiResult<Json<DataExportList>> {
    let exports = ops::list_exports(&state, caller.user_id).await?;
    Ok(Json(DataExportList { exports: exports.into_iter().map(DataExport::from).collect() }))
}

/// Closes the caller's account for good.
#[utoipa::path(
    post,
    path = "/api/users/me/delete",
    operation_id = "requestAccountDeletion",
    tag = "accounts",
    security(("BearerAuth" = [])),
    responses(
        (status = 202, description = "Closed; bookings ahead are cancelled and the person is taken out of all records"),
        (status = 409, description = "Somebody still counts on the owner's courts", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn request_account_deletion(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    context: RequestContext,
) -> ApiResult<StatusCode> {
    ops::close_account(&state, &actor(&caller, &context)).await?;
    Ok(StatusCode::ACCEPTED)
}

fn actor(caller: &Caller<AnyRole>, context: &RequestContext) -> Actor {
    Actor { user: caller.user_id, role: caller.role, ip: context.client_ip }
}
