//! What the transaction service asks about slots. Always read directly, never from the cache.

use axum::extract::State;
use contracts::court::{self, TimeOfDay};
use contracts::ids::CourtId;
use contracts::internal::{
    CourtAvailability, CourtAvailabilityQuery, DayAvailability, SlotAvailability, SlotRefusal, SlotValidationResult,
    ValidateSlotQuery,
};
use jiff::ToSpan as _;
use kit::ApiResult;
use kit::auth::InternalKey;
use kit::http::{Json, Path, Query};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::cache::{KnownDay, PricedSlot};
use super::domain::{Refusal, SlotStatus};
use super::ops::{self, SlotProblem};
use crate::api_docs::InternalErrors;
use crate::state::AppState;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(validate_slot)).routes(routes!(get_availability_range))
}

/// Whether a customer could book a slot right now.
#[utoipa::path(
    get,
    path = "/internal/courts/{courtId}/validate-slot",
    operation_id = "validateSlot",
    tag = "internal",
    security(("InternalApiKey" = [])),
    params(("courtId" = CourtId, Path, description = "The court"), ValidateSlotQuery),
    responses((status = 200, description = "Yes, or the first reason why not", body = SlotValidationResult), InternalErrors)
)]
pub async fn validate_slot(
    _key: InternalKey,
    State(state): State<AppState>,
    Path(id): Path<CourtId>,
    Query(query): Query<ValidateSlotQuery>,
) -> ApiResult<Json<SlotValidationResult>> {
    let verdict = ops::validate_slot(&state, id, query.date, query.start_time.time(), query.end_time.time()).await?;
    Ok(Json(validation_result(verdict)))
}

/// A verdict as the transaction service reads it.
pub fn validation_result(verdict: Result<(), SlotProblem>) -> SlotValidationResult {
    let (reason, override_reason) = match verdict {
        Ok(()) => (None, None),
        Err(SlotProblem::OwnerNotVerified) => (Some(SlotRefusal::CourtOwnerNotVerified), None),
        Err(SlotProblem::NotVisible) => (Some(SlotRefusal::CourtNotVisible), None),
        Err(SlotProblem::Refused(Refusal::OutsideWindow)) => (Some(SlotRefusal::OutsideAvailabilityWindow), None),
        Err(SlotProblem::Refused(Refusal::DurationMismatch)) => (Some(SlotRefusal::SlotDurationMismatch), None),
        Err(SlotProblem::Refused(Refusal::Blocked { reason })) => (Some(SlotRefusal::OverrideBlocked), Some(reason)),
        Err(SlotProblem::Refused(Refusal::Conflict)) => (Some(SlotRefusal::SlotConflict), None),
    };
    SlotValidationResult {
        available: reason.is_none(),
        reason,
        // The view of taken slots carries no identity, so the booking in the way cannot be named here.
        conflicting_booking_id: None,
        override_reason,
    }
}

/// The slots of a court on consecutive dates.
#[utoipa::path(
    get,
    path = "/internal/courts/{courtId}/availability",
    operation_id = "getAvailabilityRange",
    tag = "internal",
    security(("InternalApiKey" = [])),
    params(("courtId" = CourtId, Path, description = "The court"), CourtAvailabilityQuery),
    responses((status = 200, description = "One entry per date", body = CourtAvailability), InternalErrors)
)]
pub async fn get_availability_range(
    _key: InternalKey,
    State(state): State<AppState>,
    Path(id): Path<CourtId>,
    Query(query): Query<CourtAvailabilityQuery>,
) -> ApiResult<Json<CourtAvailability>> {
    let calendar = ops::calendar(&state, id, query.from_date, query.to_date).await?;
    // A negative length is as wrong as one that is no multiple.
    let wanted = query.duration_minutes.map(|minutes| u32::try_from(minutes).unwrap_or(0));
    let sessions = ops::sessions_of(calendar.session_minutes, wanted)?;
    let now = state.env.clock.now();
    let days = query
        .from_date
        .series(1.day())
        .take_while(|date| *date <= query.to_date)
        .map(|date| DayAvailability {
            date,
            slots: KnownDay::of(&calendar, date).priced_slots(sessions, now).map(slot_body).collect(),
        })
        .collect();
    Ok(Json(CourtAvailability { court_id: id, timezone: calendar.timezone.clone(), days }))
}

fn slot_body(priced: PricedSlot) -> SlotAvailability {
    let (status, hold_expires_at) = match priced.slot.status {
        SlotStatus::Available => (court::SlotStatus::Available, None),
        SlotStatus::Booked => (court::SlotStatus::Booked, None),
        SlotStatus::Held { expires_at } => (court::SlotStatus::Held, Some(expires_at)),
        SlotStatus::Blocked => (court::SlotStatus::Blocked, None),
    };
    SlotAvailability {
        start_time: TimeOfDay::from_time(priced.slot.start),
        end_time: TimeOfDay::from_time(priced.slot.end),
        status,
        hold_expires_at,
        price_cents: priced.price,
    }
}
