//! Alerts of reminder rules over HTTP.

use axum::extract::State;
use contracts::booking::{BookingStatus, BookingType, PaymentStatus};
use contracts::codes;
use contracts::court::TimeOfDay;
use contracts::events::LocalisedText;
use contracts::ids::{BookingId, CourtId, ReminderAlertId, ReminderRuleId};
use contracts::owner_settings::ReminderTrigger;
use http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use kit::auth::{Caller, Owner};
use kit::http::{Json, Locale, Path};
use kit::{ApiError, ApiResult};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ops::{self, Alert, ReminderError};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::state::AppState;

/// Alerts that are shown at once.
const MOST_SHOWN: usize = 100;

/// The routes of this slice.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_reminder_alerts)).routes(routes!(dismiss_reminder_alert))
}

/// What can be done about an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReminderAction {
    /// Look at the booking.
    View,
    /// Confirm or reject it.
    Answer,
    /// Write to the guest or call.
    Contact,
    /// Note that it was paid.
    MarkPaid,
    /// Call the booking off.
    Cancel,
    /// Put the alert aside.
    Dismiss,
}

/// A mail that only has to be sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmailDraft {
    to: String,
    subject: String,
    body: String,
}

/// How to reach the guest of a booking, from the owner's own notes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReminderContact {
    email_draft: Option<EmailDraft>,
    /// `tel:` and the number.
    call_link: Option<String>,
}

/// The booking an alert is about.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReminderBooking {
    #[schema(value_type = Uuid)]
    booking_id: BookingId,
    /// Court-local.
    #[schema(value_type = String, format = "date")]
    date: Date,
    start_time: TimeOfDay,
    end_time: TimeOfDay,
    /// IANA zone of the local times here.
    timezone: String,
    starts_at: Timestamp,
    status: BookingStatus,
    payment_status: PaymentStatus,
    #[serde(rename = "type")]
    kind: BookingType,
    /// Masked for customers, the owner's own note for guests.
    customer_name: Option<String>,
    /// Null where nothing is noted, and for customers: their contacts stand in the booking itself.
    contact: Option<ReminderContact>,
}

/// Something that a rule matches now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReminderAlert {
    #[schema(value_type = Uuid)]
    alert_id: ReminderAlertId,
    #[schema(value_type = Uuid)]
    rule_id: ReminderRuleId,
    trigger_type: ReminderTrigger,
    /// Why, in the language of the request.
    reason: String,
    #[schema(value_type = Uuid)]
    court_id: CourtId,
    /// In the language of the request.
    court_name: String,
    /// Null for a court that nobody books.
    booking: Option<ReminderBooking>,
    actions: Vec<ReminderAction>,
}

/// Everything that the caller's rules match now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReminderAlertList {
    /// The soonest first, courts without bookings last; at most 100.
    alerts: Vec<ReminderAlert>,
    total_count: usize,
}

impl ReminderAlert {
    fn of(alert: Alert, locale: Locale) -> Self {
        let words = |text: LocalisedText| match locale {
            Locale::El => text.el,
            Locale::En => text.en,
        };
        let actions = actions(&alert);
        let booking = alert.booking.map(|booking| ReminderBooking {
            booking_id: booking.id,
            date: booking.date,
            start_time: booking.start,
            end_time: booking.end,
            timezone: booking.timezone,
            starts_at: booking.starts_at,
            status: booking.status,
            payment_status: booking.payment_status,
            kind: if booking.manual { BookingType::Manual } else { BookingType::Customer },
            customer_name: booking.customer_name,
            contact: booking.contact.map(|contact| {
                let (subject, body) = (words(contact.subject), words(contact.body));
                ReminderContact {
                    email_draft: contact.email.map(|to| EmailDraft { to, subject, body }),
                    call_link: contact.phone.map(|phone| {
                        let dialled: String =
                            phone.chars().filter(|sign| sign.is_ascii_digit() || *sign == '+').collect();
                        format!("tel:{dialled}")
                    }),
                }
            }),
        });
        Self {
            alert_id: alert.id,
            rule_id: alert.rule,
            trigger_type: alert.trigger,
            reason: words(alert.reason),
            court_id: alert.court,
            court_name: words(alert.court_name),
            booking,
            actions,
        }
    }
}

fn actions(alert: &Alert) -> Vec<ReminderAction> {
    let Some(booking) = &alert.booking else { return vec![ReminderAction::Dismiss] };
    let mut actions = vec![ReminderAction::View];
    if booking.status == BookingStatus::PendingConfirmation {
        actions.push(ReminderAction::Answer);
    }
    if booking.contact.is_some() {
        actions.push(ReminderAction::Contact);
    }
    if booking.manual && booking.payment_status == PaymentStatus::NotRequired {
        actions.push(ReminderAction::MarkPaid);
    }
    actions.extend([ReminderAction::Cancel, ReminderAction::Dismiss]);
    actions
}

/// What the caller's active rules match right now, told already or not, and not put aside.
#[utoipa::path(
    get,
    path = "/api/settings/reminder-alerts",
    operation_id = "listReminderAlerts",
    tag = "settings",
    responses((status = 200, description = "The soonest first", body = ReminderAlertList), CallerErrors)
)]
pub async fn list_reminder_alerts(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    locale: Locale,
) -> ApiResult<Json<ReminderAlertList>> {
    let page = ops::list_alerts(&state, caller.user_id, MOST_SHOWN).await?;
    Ok(Json(ReminderAlertList {
        alerts: page.alerts.into_iter().map(|alert| ReminderAlert::of(alert, locale)).collect(),
        total_count: page.total,
    }))
}

/// Puts an alert aside for good. Doing so again changes nothing.
#[utoipa::path(
    post,
    path = "/api/settings/reminder-alerts/{alertId}/dismiss",
    operation_id = "dismissReminderAlert",
    tag = "settings",
    params(("alertId" = Uuid, Path)),
    responses(
        (status = 204, description = "Put aside"),
        (status = 404, description = "No such alert of the caller", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn dismiss_reminder_alert(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    Path(id): Path<ReminderAlertId>,
) -> ApiResult<StatusCode> {
    ops::dismiss(&state, caller.user_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<ReminderError> for ApiError {
    fn from(error: ReminderError) -> Self {
        match error {
            ReminderError::NotFound => Self::new(&codes::REMINDER_ALERT_NOT_FOUND),
            ReminderError::Database(cause) => cause.into(),
            ReminderError::Event(cause) => Self::internal(cause),
            ReminderError::Row(cause) => Self::internal(cause),
        }
    }
}
