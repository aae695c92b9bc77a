//! Court defaults over HTTP.

use axum::extract::State;
use contracts::codes;
use contracts::court::{ConfirmationMode, DayOfWeek, TimeOfDay};
use garde::Validate;
use kit::auth::{Caller, Owner};
use kit::http::{Json, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::{CourtDefaults, DefaultsProblem};
use super::ops;
use crate::accounts::SubscribedOwner;
use crate::api_docs::CallerErrors;
use crate::availability::domain::Window;
use crate::availability::{MOST_WINDOWS, WindowInput, read_windows};
use crate::cancellation_policy::domain::Tier;
use crate::state::AppState;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_court_defaults, update_court_defaults))
}

/// One step of the default policy.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DefaultTier {
    /// Real hours before the start from which the step counts.
    #[schema(minimum = 0, maximum = 8760)]
    threshold_hours: u32,
    #[schema(minimum = 0, maximum = 100)]
    refund_percent: u32,
}

/// Steps by falling hours; the last begins at 0.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DefaultPolicy {
    #[schema(min_items = 1, max_items = 10)]
    tiers: Vec<DefaultTier>,
}

/// One opening period of the template.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DefaultWindow {
    day_of_week: DayOfWeek,
    start_time: TimeOfDay,
    /// Later than the start, on the same day.
    end_time: TimeOfDay,
}

/// Opening times of new courts.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
pub struct DefaultTemplate {
    #[garde(length(max = MOST_WINDOWS))]
    #[schema(max_items = 168)]
    windows: Vec<DefaultWindow>,
}

/// What new courts begin with. Absent or null leaves it to the sport.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CourtDefaults)]
pub struct CourtDefaultsBody {
    #[garde(inner(range(min = 15, max = 720)))]
    #[schema(minimum = 15, maximum = 720)]
    default_duration_minutes: Option<u32>,
    #[garde(inner(range(min = 1, max = 200)))]
    #[schema(minimum = 1, maximum = 200)]
    default_capacity: Option<u32>,
    #[garde(skip)]
    default_confirmation_mode: Option<ConfirmationMode>,
    #[garde(inner(range(min = 1, max = 144)))]
    #[schema(minimum = 1, maximum = 144)]
    default_confirmation_timeout_hours: Option<u32>,
    #[garde(skip)]
    default_cancellation_policy: Option<DefaultPolicy>,
    #[garde(dive)]
    default_availability_template: Option<DefaultTemplate>,
}

impl From<CourtDefaults> for CourtDefaultsBody {
    fn from(defaults: CourtDefaults) -> Self {
        let tier =
            |tier: &Tier| DefaultTier { threshold_hours: tier.threshold_hours, refund_percent: tier.refund_percent };
        let window = |window: &Window| DefaultWindow {
            day_of_week: DayOfWeek::from(window.weekday),
            start_time: TimeOfDay::from_time(window.start),
            end_time: TimeOfDay::from_time(window.end),
        };
        Self {
            default_duration_minutes: defaults.duration_minutes,
            default_capacity: defaults.max_capacity,
            default_confirmation_mode: defaults.confirmation_mode,
            default_confirmation_timeout_hours: defaults.confirmation_timeout_hours,
            default_cancellation_policy: defaults
                .policy
                .map(|policy| DefaultPolicy { tiers: policy.tiers().iter().map(tier).collect() }),
            default_availability_template: (!defaults.windows.is_empty())
                .then(|| DefaultTemplate { windows: defaults.windows.iter().map(window).collect() }),
        }
    }
}

/// What the caller's new courts begin with.
#[utoipa::path(
    get,
    path = "/api/settings/court-defaults",
    operation_id = "getCourtDefaults",
    tag = "settings",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "Null where nothing is set", body = CourtDefaultsBody), CallerErrors)
)]
pub async fn get_court_defaults(
    State(state): State<AppState>,
    caller: Caller<Owner>,
) -> ApiResult<Json<CourtDefaultsBody>> {
    Ok(Json(ops::show_defaults(&state, caller.user_id).await?.into()))
}

/// Replaces what the caller's new courts begin with; courts that exist stay as they are.
#[utoipa::path(
    put,
    path = "/api/settings/court-defaults",
    operation_id = "updateCourtDefaults",
    tag = "settings",
    security(("BearerAuth" = [])),
    request_body = CourtDefaultsBody,
    responses((status = 200, description = "The stored defaults", body = CourtDefaultsBody), CallerErrors)
)]
pub async fn update_court_defaults(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    ValidJson(body): ValidJson<CourtDefaultsBody>,
) -> ApiResult<Json<CourtDefaultsBody>> {
    let tiers = body.default_cancellation_policy.map(|policy| {
        let tier =
            |tier: DefaultTier| Tier { threshold_hours: tier.threshold_hours, refund_percent: tier.refund_percent };
        policy.tiers.into_iter().map(tier).collect()
    });
    let sent = body.default_availability_template.map(|template| template.windows).unwrap_or_default();
    let sent = sent.into_iter().map(|window| WindowInput::new(window.day_of_week, window.start_time, window.end_time));
    let windows = read_windows(sent.collect(), "defaultAvailabilityTemplate.windows")?;
    let defaults = CourtDefaults {
        duration_minutes: body.default_duration_minutes,
        max_capacity: body.default_capacity,
        confirmation_mode: body.default_confirmation_mode,
        confirmation_timeout_hours: body.default_confirmation_timeout_hours,
        ..CourtDefaults::default()
    };
    let defaults = defaults.with_template(tiers, windows).map_err(|problem| match problem {
        DefaultsProblem::Tiers(problem) => {
            ApiError::new(&codes::INVALID_CANCELLATION_POLICY).with("reason", problem.to_string())
        }
        DefaultsProblem::Windows(_) => {
            let field = "defaultAvailabilityTemplate.windows";
            ApiError::new(&codes::AVAILABILITY_OVERLAP).field(field, "overlap", "επικαλύπτονται")
        }
    })?;
    Ok(Json(ops::save_defaults(&state, owner.actor(), defaults).await?.into()))
}
