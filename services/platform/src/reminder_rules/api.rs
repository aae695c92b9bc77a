//! Reminder rules over HTTP.

use axum::extract::State;
use contracts::codes;
use contracts::ids::{CourtId, ReminderRuleId};
use contracts::owner_settings::{ReminderChannel, ReminderTrigger};
use garde::Validate;
use http::StatusCode;
use jiff::Timestamp;
use kit::auth::{Caller, Owner};
use kit::http::{Json, Path, RequestContext, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::{MOST_ACTIVE, ReminderRule, RuleCourts, RuleTerms};
use super::ops::{self, RuleError};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::audit::Actor;
use crate::state::AppState;

/// Courts that one rule may name.
const MOST_COURTS: usize = 500;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_reminder_rules, create_reminder_rule))
        .routes(routes!(update_reminder_rule, delete_reminder_rule))
}

/// The word for all courts.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub enum AllCourts {
    #[serde(rename = "ALL")]
    All,
}

/// Some courts, or the word for all.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum CourtChoice {
    All(AllCourts),
    Named(Vec<CourtId>),
}

/// What a rule is to say.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateReminderRuleRequest {
    #[garde(skip)]
    trigger_type: ReminderTrigger,
    #[garde(range(min = 1, max = 30))]
    #[schema(minimum = 1, maximum = 30)]
    days_before_event: u32,
    #[garde(range(min = 1, max = 72))]
    #[schema(minimum = 1, maximum = 72)]
    hours_before_threshold: u32,
    #[garde(skip)]
    court_ids: CourtChoice,
    #[garde(length(min = 1, max = 3))]
    #[schema(min_items = 1, max_items = 3)]
    channels: Vec<ReminderChannel>,
    #[garde(skip)]
    active: bool,
}

/// A stored rule.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReminderRule)]
pub struct ReminderRuleBody {
    rule_id: ReminderRuleId,
    trigger_type: ReminderTrigger,
    #[schema(minimum = 1, maximum = 30)]
    days_before_event: u32,
    #[schema(minimum = 1, maximum = 72)]
    hours_before_threshold: u32,
    court_ids: CourtChoice,
    channels: Vec<ReminderChannel>,
    active: bool,
    created_at: Timestamp,
}

/// The caller's rules.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReminderRuleList {
    /// Oldest first.
    rules: Vec<ReminderRuleBody>,
    total_count: usize,
}

impl From<ReminderRule> for ReminderRuleBody {
    fn from(rule: ReminderRule) -> Self {
        Self {
            rule_id: rule.id,
            trigger_type: rule.terms.trigger,
            days_before_event: rule.terms.days_before_event,
            hours_before_threshold: rule.terms.hours_before_threshold,
            court_ids: match rule.terms.courts {
                RuleCourts::All => CourtChoice::All(AllCourts::All),
                RuleCourts::Named(courts) => CourtChoice::Named(courts.into_iter().collect()),
            },
            channels: rule.terms.channels.into_iter().collect(),
            active: rule.terms.active,
            created_at: rule.created_at,
        }
    }
}

impl CreateReminderRuleRequest {
    fn terms(self) -> Result<RuleTerms, ApiError> {
        let courts = match self.court_ids {
            CourtChoice::All(AllCourts::All) => RuleCourts::All,
            CourtChoice::Named(courts) if courts.is_empty() => {
                return Err(ApiError::validation(
                    "courtIds",
                    "names no court; say ALL for all of them",
                    "δεν αναφέρει κανένα γήπεδο· γράψτε ALL για όλα",
                ));
            }
            CourtChoice::Named(courts) if courts.len() > MOST_COURTS => {
                return Err(ApiError::validation(
                    "courtIds",
                    "names more than 500 courts; say ALL for all of them",
                    "αναφέρει πάνω από 500 γήπεδα· γράψτε ALL για όλα",
                ));
            }
            CourtChoice::Named(courts) => RuleCourts::Named(courts.into_iter().collect()),
        };
        Ok(RuleTerms {
            trigger: self.trigger_type,
            days_before_event: self.days_before_event,
            hours_before_threshold: self.hours_before_threshold,
            courts,
            channels: self.channels.into_iter().collect(),
            active: self.active,
        })
    }
}

/// The caller's rules.
#[utoipa::path(
    get,
    path = "/api/settings/reminder-rules",
    operation_id = "listReminderRules",
    tag = "settings",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "Active and sleeping ones", body = ReminderRuleList), CallerErrors)
)]
pub async fn list_reminder_rules(
    State(state): State<AppState>,
    caller: Caller<Owner>,
) -> ApiResult<Json<ReminderRuleList>> {
    let rules = ops::list(&state, caller.user_id).await?;
    Ok(Json(ReminderRuleList { total_count: rules.len(), rules: rules.into_iter().map(Into::into).collect() }))
}

/// Adds a rule.
#[utoipa::path(
    post,
    path = "/api/settings/reminder-rules",
    operation_id = "createReminderRule",
    tag = "settings",
    security(("BearerAuth" = [])),
    request_body = CreateReminderRuleRequest,
    responses(
        (status = 201, description = "The rule", body = ReminderRuleBody),
        (status = 422, description = "Ten rules are active already", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn create_reminder_rule(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    context: RequestContext,
    ValidJson(body): ValidJson<CreateReminderRuleRequest>,
) -> ApiResult<(StatusCode, Json<ReminderRuleBody>)> {
    let rule = ops::create(&state, actor(&caller, &context), body.terms()?).await?;
    Ok((StatusCode::CREATED, Json(rule.into())))
}

/// Replaces what a rule says.
#[utoipa::path(
    put,
    path = "/api/settings/reminder-rules/{ruleId}",
    operation_id = "updateReminderRule",
    tag = "settings",
    security(("BearerAuth" = [])),
    params(("ruleId" = Uuid, Path)),
    request_body = CreateReminderRuleRequest,
    responses(
        (status = 200, description = "The rule after the change", body = ReminderRuleBody),
        (status = 404, description = "No such rule of the caller", body = ErrorResponse),
        (status = 422, description = "Ten other rules are active already", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn update_reminder_rule(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    context: RequestContext,
    Path(id): Path<ReminderRuleId>,
    ValidJson(body): ValidJson<CreateReminderRuleRequest>,
) -> ApiResult<Json<ReminderRuleBody>> {
    Ok(Json(ops::replace(&state, actor(&caller, &context), id, body.terms()?).await?.into()))
}

/// Removes a rule.
#[utoipa::path(
    delete,
    path = "/api/settings/reminder-rules/{ruleId}",
    operation_id = "deleteReminderRule",
    tag = "settings",
    security(("BearerAuth" = [])),
    params(("ruleId" = Uuid, Path)),
    responses(
        (status = 204, description = "Removed"),
        (status = 404, description = "No such rule of the caller", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn delete_reminder_rule(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    context: RequestContext,
    Path(id): Path<ReminderRuleId>,
) -> ApiResult<StatusCode> {
    ops::remove(&state, actor(&caller, &context), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn actor(caller: &Caller<Owner>, context: &RequestContext) -> Actor {
    Actor { user: caller.user_id, role: caller.role, ip: context.client_ip }
}

impl From<RuleError> for ApiError {
    fn from(error: RuleError) -> Self {
        match error {
            RuleError::NotFound => Self::new(&codes::REMINDER_RULE_NOT_FOUND),
            RuleError::ForeignCourt(court) => Self::new(&codes::AUTHZ_NOT_OWNER).with("courtId", court),
            RuleError::TooManyActive(full) => {
                Self::new(&codes::MAX_RULES_REACHED).with("limit", MOST_ACTIVE).with("currentCount", full.current)
            }
            RuleError::Database(cause) => cause.into(),
        }
    }
}
