//! Bulk changes over HTTP: always 207 with one result per court (COURT-40), unless the request itself makes no sense.

use std::collections::HashSet;

use axum::extract::State;
use contracts::court::ConfirmationMode;
use contracts::ids::CourtId;
use contracts::money::Cents;
use garde::Validate;
use http::StatusCode;
use kit::http::{Json, Path, RequestContext, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ops::{self, BulkChange};
use crate::accounts::SubscribedOwner;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::availability::ops::AvailabilityError;
use crate::availability::{MOST_WINDOWS, WindowInput, read_windows};
use crate::cancellation_policy::CancellationPolicy;
use crate::courts::price_in_range;
use crate::state::AppState;

/// Most courts of one request.
const MOST_COURTS: usize = 200;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(bulk_update_courts)).routes(routes!(clone_court_settings))
}

/// New values for all named courts; absent ones stay.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkCourtChanges {
    #[garde(inner(custom(price_in_range)))]
    #[schema(minimum = 1, maximum = 10_000_000)]
    base_price_cents: Option<Cents>,
    #[garde(skip)]
    confirmation_mode: Option<ConfirmationMode>,
    #[garde(skip)]
    waitlist_enabled: Option<bool>,
    #[garde(skip)]
    cancellation_policy: Option<CancellationPolicy>,
    #[garde(inner(length(max = MOST_WINDOWS)))]
    #[schema(max_items = 168)]
    availability_windows: Option<Vec<WindowInput>>,
    /// The owner's own switch.
    #[garde(skip)]
    enabled: Option<bool>,
}

impl BulkCourtChanges {
    fn is_empty(&self) -> bool {
        self.base_price_cents.is_none()
            && self.confirmation_mode.is_none()
            && self.waitlist_enabled.is_none()
            && self.cancellation_policy.is_none()
            && self.availability_windows.is_none()
            && self.enabled.is_none()
    }

    /// What to do; values that no court could have are refused before any is touched.
    fn into_change(self) -> ApiResult<BulkChange> {
        if self.is_empty() {
            return Err(ApiError::validation(
                "changes",
                "must name at least one change",
                "πρέπει να περιέχει τουλάχιστον μία αλλαγή",
            ));
        }
        let windows = self
            .availability_windows
            .map(|windows| read_windows(windows, "changes.availabilityWindows"))
            .transpose()?;
        Ok(BulkChange {
            base_price: self.base_price_cents,
            confirmation_mode: self.confirmation_mode,
            waitlist_enabled: self.waitlist_enabled,
            policy: self.cancellation_policy.map(CancellationPolicy::into_policy).transpose()?,
            windows,
            enabled: self.enabled,
        })
    }
}

/// The same change for several courts.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkUpdateRequest {
    /// One that is named twice is changed once.
    #[garde(length(min = 1, max = MOST_COURTS))]
    #[schema(min_items = 1, max_items = 200)]
    court_ids: Vec<CourtId>,
    #[garde(dive)]
    changes: BulkCourtChanges,
    /// The owner's yes to what the change means for bookings.
    #[garde(skip)]
    #[serde(default)]
    confirmed: bool,
}

/// Which courts get the settings.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CloneSettingsRequest {
    /// One that is named twice is changed once.
    #[garde(length(min = 1, max = MOST_COURTS))]
    #[schema(min_items = 1, max_items = 200)]
    target_court_ids: Vec<CourtId>,
    /// The owner's yes to what the change means for bookings.
    #[garde(skip)]
    #[serde(default)]
    confirmed: bool,
}

/// Whether a court was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum BulkStatus {
    Success,
    Failed,
}

/// Why a court was not changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkError {
    /// Stable code for programs.
    code: String,
    /// Text for people.
    message: String,
    /// What the code is about, for example the affected bookings.
    details: Value,
}

/// What became of one court.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkCourtResult {
    court_id: CourtId,
    status: BulkStatus,
    error: Option<BulkError>,
}

impl BulkCourtResult {
    fn of(
        court_id: CourtId,
        outcome: Result<(), AvailabilityError>,
        context: &RequestContext,
        state: &AppState,
    ) -> Self {
        let Err(error) = outcome else { return Self { court_id, status: BulkStatus::Success, error: None } };
        let error = ApiError::from(error);
        if error.status().is_server_error() {
            tracing::error!(court = %court_id, error = ?error, "a court of a bulk change could not be changed");
        }
        let mut body = error.body(context.locale, &context.trace_id, state.env.clock.now());
        let error = BulkError {
            code: error.code().id.to_owned(),
            message: error.message(context.locale, &context.trace_id),
            details: body["details"].take(),
        };
        Self { court_id, status: BulkStatus::Failed, error: Some(error) }
    }
}

/// What became of all of them, in the order they were named.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkCourtUpdateResult {
    results: Vec<BulkCourtResult>,
    success_count: usize,
    failure_count: usize,
}

impl From<Vec<BulkCourtResult>> for BulkCourtUpdateResult {
    fn from(results: Vec<BulkCourtResult>) -> Self {
        let success_count = results.iter().filter(|result| result.status == BulkStatus::Success).count();
        Self { failure_count: results.len() - success_count, success_count, results }
    }
}

/// Each court once, in the order of the request.
fn each_once(courts: Vec<CourtId>) -> Vec<CourtId> {
    let mut seen = HashSet::new();
    courts.into_iter().filter(|court| seen.insert(*court)).collect()
}

/// Gives several courts the same new values; each one on its own.
#[utoipa::path(
    post,
    path = "/api/courts/bulk-update",
    operation_id = "bulkUpdateCourts",
    tag = "courts",
    security(("BearerAuth" = [])),
    request_body = BulkUpdateRequest,
    responses(
        (status = 207, description = "One result per court", body = BulkCourtUpdateResult),
        CallerErrors,
    )
)]
pub async fn bulk_update_courts(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    context: RequestContext,
    ValidJson(body): ValidJson<BulkUpdateRequest>,
) -> ApiResult<(StatusCode, Json<BulkCourtUpdateResult>)> {
    let change = body.changes.into_change()?;
    let mut results = Vec::with_capacity(body.court_ids.len());
    for court in each_once(body.court_ids) {
        let outcome = ops::change_one(&state, owner.actor(), court, &change, body.confirmed).await;
        results.push(BulkCourtResult::of(court, outcome, &context, &state));
    }
    Ok((StatusCode::MULTI_STATUS, Json(results.into())))
}

/// Copies length, capacity, prices, mode, timeout, waitlist, refund tiers and windows of a court to others.
#[utoipa::path(
    post,
    path = "/api/courts/{courtId}/clone-settings",
    operation_id = "cloneCourtSettings",
    tag = "courts",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "The court of the caller whose settings are copied")),
    request_body = CloneSettingsRequest,
    responses(
        (status = 207, description = "One result per target", body = BulkCourtUpdateResult),
        (status = 404, description = "No such court to copy from", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn clone_court_settings(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    context: RequestContext,
    Path(source): Path<CourtId>,
    ValidJson(body): ValidJson<CloneSettingsRequest>,
) -> ApiResult<(StatusCode, Json<BulkCourtUpdateResult>)> {
    let settings = ops::settings_of(&state, owner.user_id, source).await?;
    let mut results = Vec::with_capacity(body.target_court_ids.len());
    for court in each_once(body.target_court_ids) {
        let outcome = ops::apply(&state, owner.actor(), court, &settings, body.confirmed).await;
        results.push(BulkCourtResult::of(court, outcome, &context, &state));
    }
    Ok((StatusCode::MULTI_STATUS, Json(results.into())))
}
