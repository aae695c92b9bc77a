//! Prices over HTTP: what requests and answers look like and which status and code a failed use case gets.

use axum::extract::State;
use contracts::codes;
use contracts::court::{DayOfWeek, TimeOfDay};
use contracts::ids::CourtId;
use contracts::local_date::LocalDate;
use contracts::money::{Cents, Multiplier};
use garde::Validate;
use kit::auth::{AnyRole, Caller};
use kit::http::{Json, Path, ValidJson};
use kit::{ApiError, ApiResult, FieldError, plain_text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::{Misplaced, PriceList, PriceRule, PricingProblem, SpecialDate};
use super::ops::{self, PricingError, TimeProblem, WantedPrices};
use crate::accounts::SubscribedOwner;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::courts::domain::Court;
use crate::state::AppState;
use crate::weekday::weekday_of;

/// Most weekly rules of one court: every hour of the week.
const MOST_RULES: usize = 168;
/// Most special dates of one court: two years of them.
const MOST_SPECIAL_DATES: usize = 732;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_pricing_rules, update_pricing_rules))
}

/// A weekly window with its own price factor.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PricingRuleBody {
    day_of_week: DayOfWeek,
    start_time: TimeOfDay,
    /// Not part of the rule.
    end_time: TimeOfDay,
    multiplier: Multiplier,
    #[schema(max_length = 50)]
    #[serde(default)]
    label: Option<String>,
}

/// One date with its own price factor.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SpecialDateBody {
    date: LocalDate,
    multiplier: Multiplier,
    #[schema(max_length = 100)]
    #[serde(default)]
    label: Option<String>,
}

/// All prices of a court.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PricingRules {
    /// Price of one session without rule.
    base_price_cents: Cents,
    rules: Vec<PricingRuleBody>,
    special_dates: Vec<SpecialDateBody>,
}

impl PricingRules {
    /// The body of a price list.
    #[must_use]
    pub fn of(list: &PriceList) -> Self {
        Self {
            base_price_cents: list.base,
            rules: list
                .rules
                .iter()
                .map(|rule| PricingRuleBody {
                    day_of_week: DayOfWeek::from(rule.weekday),
                    start_time: TimeOfDay::from_time(rule.start),
                    end_time: TimeOfDay::from_time(rule.end),
                    multiplier: rule.multiplier,
                    label: rule.label.clone(),
                })
                .collect(),
            special_dates: list
                .special_dates
                .iter()
                .map(|special| SpecialDateBody {
                    date: special.date.into(),
                    multiplier: special.multiplier,
                    label: special.label.clone(),
                })
                .collect(),
        }
    }
}

/// All prices of a court with the version of the court they belong to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CourtPricing {
    court_id: CourtId,
    /// Version of the court; send it back to notice somebody else's change.
    version: i64,
    #[serde(flatten)]
    prices: PricingRules,
}

/// Replaces all rules and special dates.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdatePricingRequest {
    /// Another base price; the stored one stays when absent.
    #[garde(skip)]
    #[schema(minimum = 1, maximum = 10_000_000)]
    base_price_cents: Option<Cents>,
    #[garde(length(max = MOST_RULES))]
    #[serde(default)]
    #[schema(max_items = 168)]
    rules: Vec<PricingRuleBody>,
    #[garde(length(max = MOST_SPECIAL_DATES))]
    #[serde(default)]
    #[schema(max_items = 732)]
    special_dates: Vec<SpecialDateBody>,
    /// The version that the client read; without it the last writer wins.
    #[garde(skip)]
    version: Option<i64>,
}

/// The prices of a court.
#[utoipa::path(
    get,
    path = "/api/courts/{courtId}/pricing",
    operation_id = "getPricingRules",
    tag = "pricing",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "The court")),
    responses(
        (status = 200, description = "All prices", body = CourtPricing),
        (status = 404, description = "No such court, or not shown to this caller", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_pricing_rules(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    Path(id): Path<CourtId>,
) -> ApiResult<Json<CourtPricing>> {
    let (court, list) = ops::show_prices(&state, id, caller.user_id, caller.role).await?;
    Ok(Json(body_of(&court, &list)))
}

/// Replaces the prices of a court.
#[utoipa::path(
    put,
    path = "/api/courts/{courtId}/pricing",
    operation_id = "updatePricingRules",
    tag = "pricing",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts")),
    request_body = UpdatePricingRequest,
    responses(
        (status = 200, description = "All prices after the change", body = CourtPricing),
        (status = 404, description = "No such court", body = ErrorResponse),
        (status = 409, description = "Somebody else saved first; `details.currentVersion` tells", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn update_pricing_rules(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(id): Path<CourtId>,
    ValidJson(body): ValidJson<UpdatePricingRequest>,
) -> ApiResult<Json<CourtPricing>> {
    let wanted = WantedPrices {
        base: body.base_price_cents,
        rules: body
            .rules
            .into_iter()
            .map(|rule| PriceRule {
                weekday: weekday_of(rule.day_of_week),
                start: rule.start_time.time(),
                end: rule.end_time.time(),
                multiplier: rule.multiplier,
                label: cleaned(rule.label),
            })
            .collect(),
        special_dates: body
            .special_dates
            .into_iter()
            .map(|special| SpecialDate {
                date: special.date.date(),
                multiplier: special.multiplier,
                label: cleaned(special.label),
            })
            .collect(),
        version: body.version,
    };
    let (court, list) = ops::replace_prices(&state, owner.actor(), id, wanted).await?;
    Ok(Json(body_of(&court, &list)))
}

/// A label as it is stored (SEC-39); one that says nothing is none.
fn cleaned(label: Option<String>) -> Option<String> {
    label.map(|label| plain_text::line(&label)).filter(|label| !label.is_empty())
}

fn body_of(court: &Court, list: &PriceList) -> CourtPricing {
    CourtPricing { court_id: court.id, version: court.version, prices: PricingRules::of(list) }
}

impl From<PricingError> for ApiError {
    fn from(error: PricingError) -> Self {
        match error {
            PricingError::Court(cause) => cause.into(),
            PricingError::BasePrice(problem) => {
                Self::new(&codes::VALIDATION_ERROR).fields([field_error("basePriceCents".to_owned(), problem)])
            }
            PricingError::Wrong { rules, special_dates } => {
                let of_rules = rules.into_iter().map(|misplaced| misplaced_field("rules", misplaced));
                let of_dates = special_dates.into_iter().map(|misplaced| misplaced_field("specialDates", misplaced));
                Self::new(&codes::VALIDATION_ERROR).fields(of_rules.chain(of_dates))
            }
            PricingError::Time(TimeProblem::Skipped) => Self::new(&codes::INVALID_TIME_DST_GAP),
            PricingError::Time(TimeProblem::EndNotAfterStart) => {
                Self::validation("endTime", "must be later than startTime", "πρέπει να είναι μετά το startTime")
            }
            PricingError::Time(TimeProblem::NotWholeSessions { session_minutes }) => Self::validation(
                "endTime",
                format!("must be a whole multiple of {session_minutes} minutes after startTime"),
                format!("πρέπει να απέχει από το startTime ακέραιο πολλαπλάσιο των {session_minutes} λεπτών"),
            ),
        }
    }
}

fn misplaced_field(list: &str, misplaced: Misplaced) -> FieldError {
    let member = match misplaced.problem {
        PricingProblem::MultiplierOutOfRange => ".multiplier",
        PricingProblem::EndNotAfterStart => ".endTime",
        PricingProblem::LabelTooLong => ".label",
        PricingProblem::DateTwice => ".date",
        PricingProblem::RulesOverlap | PricingProblem::BasePriceOutOfRange => "",
    };
    field_error(format!("{list}[{}]{member}", misplaced.index), misplaced.problem)
}

fn field_error(field: String, problem: PricingProblem) -> FieldError {
    let (en, el) = match problem {
        PricingProblem::MultiplierOutOfRange => (
            "must lie between 0.10 and 5.00 with at most two decimals",
            "πρέπει να είναι από 0.10 έως 5.00 με το πολύ δύο δεκαδικά",
        ),
        PricingProblem::EndNotAfterStart => ("must be later than startTime", "πρέπει να είναι μετά το startTime"),
        PricingProblem::LabelTooLong => ("is too long", "είναι πολύ μεγάλο"),
        PricingProblem::RulesOverlap => {
            ("overlaps another rule of that day", "επικαλύπτεται με άλλον κανόνα της ίδιας ημέρας")
        }
        PricingProblem::DateTwice => ("appears twice", "εμφανίζεται δύο φορές"),
        PricingProblem::BasePriceOutOfRange => {
            ("must lie between 1 and 10000000", "πρέπει να είναι από 1 έως 10000000")
        }
    };
    FieldError::new(field, en, el)
}
