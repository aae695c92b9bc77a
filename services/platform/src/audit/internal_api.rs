//! Where the other service hands over what owners did there (OWN-45).

use axum::extract::State;
use contracts::internal::{AuditHandover, MOST_AUDIT_ENTRIES};
use http::StatusCode;
use kit::auth::InternalKey;
use kit::http::Json;
use kit::{ApiError, ApiResult};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::is_name;
use super::ops;
use crate::api_docs::InternalErrors;
use crate::state::AppState;

pub fn internal_router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(take_over_audit_entries))
}

/// Stores what owners did in the other service in their log. What is there already stays as it is.
#[utoipa::path(
    post,
    path = "/internal/audit-entries",
    operation_id = "takeOverAuditEntries",
    tag = "audit",
    security(("InternalApiKey" = [])),
    request_body = AuditHandover,
    responses((status = 204, description = "All of them are stored, each once"), InternalErrors)
)]
async fn take_over_audit_entries(
    State(state): State<AppState>,
    _: InternalKey,
    Json(handover): Json<AuditHandover>,
) -> ApiResult<StatusCode> {
    if handover.entries.len() > MOST_AUDIT_ENTRIES {
        return Err(ApiError::validation("entries", "holds at most 100 entries", "έχει έως 100 εγγραφές"));
    }
    for (index, entry) in handover.entries.iter().enumerate() {
        for (field, text) in [("actionType", &entry.action_type), ("resourceType", &entry.resource_type)] {
            if !is_name(text) {
                let field = format!("entries[{index}].{field}");
                return Err(ApiError::validation(
                    field,
                    "must be a name like BOOKING",
                    "πρέπει να είναι όνομα όπως BOOKING",
                ));
            }
        }
        if entry.trace_id.len() > 64 {
            let field = format!("entries[{index}].traceId");
            return Err(ApiError::validation(field, "has at most 64 characters", "έχει έως 64 χαρακτήρες"));
        }
    }
    ops::take_over(&state, &handover.entries).await?;
    Ok(StatusCode::NO_CONTENT)
}
