//! The audit log over HTTP: owners read their own, admins anyone's. Nothing here writes (OWN-40).

use axum::extract::State;
use contracts::ids::UserId;
use contracts::local_date::LocalDate;
use garde::Validate;
use jiff::Timestamp;
use kit::auth::{Admin, Caller, Owner};
use kit::http::{Json, ValidQuery};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::domain::{Question, days, names};
use super::ops::{self, EntryPage};
use super::store::StoredEntry;
use crate::api_docs::CallerErrors;
use crate::state::AppState;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_audit_log)).routes(routes!(admin_get_audit_log))
}

/// Which part of the log is asked for.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct AuditLogQuery {
    /// First day, by the clock of Athens.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = Date)]
    from: Option<LocalDate>,
    /// Last day, by the clock of Athens.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = Date)]
    to: Option<LocalDate>,
    /// Actions, separated by commas.
    #[garde(inner(length(chars, max = 500)))]
    #[param(max_length = 500, example = "COURT_UPDATED,PRICING_UPDATED")]
    action_type: Option<String>,
    /// Kinds of resources, separated by commas.
    #[garde(inner(length(chars, max = 500)))]
    #[param(max_length = 500, example = "COURT")]
    resource_type: Option<String>,
    #[garde(inner(range(max = 1_000_000)))]
    #[param(minimum = 0, maximum = 1_000_000, default = 0)]
    page: Option<u32>,
    #[garde(inner(range(min = 1, max = 200)))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    size: Option<u32>,
    /// `timestamp,desc` or `timestamp,asc`.
    #[garde(inner(custom(known_order)))]
    #[param(default = "timestamp,desc")]
    sort: Option<String>,
    /// For admins: whose log; everyone's when absent. Owners read their own, whatever stands here.
    #[garde(skip)]
    #[param(value_type = Option<Uuid>)]
    court_owner_id: Option<UserId>,
}

const OLDEST_FIRST: &str = "timestamp,asc";
const NEWEST_FIRST: &str = "timestamp,desc";

fn known_order(sort: &str, _: &()) -> garde::Result {
    if [OLDEST_FIRST, NEWEST_FIRST].contains(&sort) {
        Ok(())
    } else {
        Err(garde::Error::new("must be timestamp,desc or timestamp,asc"))
    }
}

impl AuditLogQuery {
    fn question(&self, owner: Option<UserId>) -> ApiResult<Question> {
        if let (Some(from), Some(to)) = (self.from, self.to)
            && to < from
        {
            return Err(ApiError::validation("to", "must not be before from", "δεν πρέπει να είναι πριν το from"));
        }
        let (since, before) = days(self.from, self.to);
        Ok(Question {
            owner,
            since,
            before,
            actions: names(self.action_type.as_deref()),
            resource_types: names(self.resource_type.as_deref()),
            oldest_first: self.sort.as_deref() == Some(OLDEST_FIRST),
        })
    }

    fn place(&self) -> (u32, u32) {
        (self.page.unwrap_or(0), self.size.unwrap_or(50))
    }
}

/// One thing that was done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditLogEntry {
    id: Uuid,
    timestamp: Timestamp,
    /// Null for what the system did by itself.
    actor_id: Option<UserId>,
    action_type: String,
    resource_type: String,
    resource_id: Uuid,
    /// Null for what was new.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// Null for what is gone.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
}

/// One thing that was done, as admins see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminAuditLogEntry {
    #[serde(flatten)]
    entry: AuditLogEntry,
    /// Tells equal addresses apart from others.
    ip_hash: Option<String>,
}

impl From<StoredEntry> for AuditLogEntry {
    fn from(stored: StoredEntry) -> Self {
        Self {
            id: stored.id,
            timestamp: stored.at,
            actor_id: stored.actor,
            action_type: stored.action,
            resource_type: stored.resource_type,
            resource_id: stored.resource_id,
            before: stored.before,
            after: stored.after,
            metadata: stored.metadata,
        }
    }
}

impl From<StoredEntry> for AdminAuditLogEntry {
    fn from(mut stored: StoredEntry) -> Self {
        Self { ip_hash: stored.ip_hash.take(), entry: stored.into() }
    }
}

/// A page of an owner's log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditLogResponse {
    content: Vec<AuditLogEntry>,
    page: u32,
    size: u32,
    total_elements: u64,
    total_pages: u64,
}

/// A page of the log as admins see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminAuditLogResponse {
    content: Vec<AdminAuditLogEntry>,
    page: u32,
    size: u32,
    total_elements: u64,
    total_pages: u64,
}

/// What the caller has done, or others to what is the caller's.
#[utoipa::path(
    get,
    path = "/api/audit-log",
    operation_id = "getAuditLog",
    tag = "audit",
    security(("BearerAuth" = [])),
    params(AuditLogQuery),
    responses((status = 200, description = "Newest first unless asked otherwise", body = AuditLogResponse), CallerErrors)
)]
pub async fn get_audit_log(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    ValidQuery(query): ValidQuery<AuditLogQuery>,
) -> ApiResult<Json<AuditLogResponse>> {
    let (page, size) = query.place();
    let EntryPage { entries, total } =
        ops::read_page(&state, &query.question(Some(caller.user_id))?, page, size).await?;
    Ok(Json(AuditLogResponse {
        content: entries.into_iter().map(AuditLogEntry::from).collect(),
        page,
        size,
        total_elements: total,
        total_pages: total.div_ceil(u64::from(size)),
    }))
}

/// What was done, in one owner's log or in all.
#[utoipa::path(
    get,
    path = "/api/admin/audit-log",
    operation_id = "adminGetAuditLog",
    tag = "audit",
    security(("BearerAuth" = [])),
    params(AuditLogQuery),
    responses(
        (status = 200, description = "Newest first unless asked otherwise", body = AdminAuditLogResponse),
        CallerErrors,
    )
)]
pub async fn admin_get_audit_log(
    State(state): State<AppState>,
    _caller: Caller<Admin>,
    ValidQuery(query): ValidQuery<AuditLogQuery>,
) -> ApiResult<Json<AdminAuditLogResponse>> {
    let (page, size) = query.place();
    let EntryPage { entries, total } =
        ops::read_page(&state, &query.question(query.court_owner_id)?, page, size).await?;
    Ok(Json(AdminAuditLogResponse {
        content: entries.into_iter().map(AdminAuditLogEntry::from).collect(),
        page,
        size,
        total_elements: total,
        total_pages: total.div_ceil(u64::from(size)),
    }))
}
