//! Payout accounts over HTTP: the owner's own view, Stripe's webhook, and what the other service asks.

use axum::body::Bytes;
use axum::extract::State;
use contracts::codes;
use contracts::identity::ConnectStatus;
use contracts::ids::UserId;
use contracts::internal::{PayoutSchedule, StripeConnectStatusResponse};
use garde::Validate;
use http::{HeaderMap, StatusCode};
use jiff::civil::Date;
use kit::auth::{Caller, InternalKey, Owner};
use kit::http::{Json, Path, RequestContext, ValidJson};
use kit::{ApiError, ApiResult};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::{PayoutAccount, SignatureRefused, check_signature};
use super::ops::{self, ConnectEvent, StripeConnectError};
use super::{payout_api, payouts};
use crate::api_docs::{CallerErrors, ErrorResponse, InternalErrors};
use crate::state::AppState;

const SIGNATURE_HEADER: &str = "stripe-signature";

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_stripe_connect_status))
        .routes(routes!(initiate_stripe_onboarding))
        .routes(routes!(receive_connect_webhook))
        .merge(payout_api::router())
}

pub fn internal_router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_owner_connect_status))
}

/// The caller's payout account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StripeConnectStatus {
    status: ConnectStatus,
    payout_schedule: Option<PayoutSchedule>,
    /// Absent while nothing is scheduled.
    #[schema(value_type = Option<String>, format = "date")]
    next_payout_date: Option<Date>,
    /// Stripe waits for the owner.
    requires_action: bool,
    /// What Stripe wants (PAY-55).
    restriction_reason: Option<String>,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OnboardingRequest {
    /// Where Stripe sends the owner afterwards.
    #[garde(custom(is_web_address))]
    #[schema(value_type = String, format = "uri")]
    return_url: Url,
    /// Where Stripe sends the owner when the link is no longer good.
    #[garde(custom(is_web_address))]
    #[schema(value_type = String, format = "uri")]
    refresh_url: Url,
}

fn is_web_address(url: &Url, _: &()) -> garde::Result {
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        Ok(())
    } else {
        Err(garde::Error::new("must be a web address | πρέπει να είναι διεύθυνση ιστού"))
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OnboardingLink {
    #[schema(format = "uri")]
    onboarding_url: String,
}

/// The caller's payout account, asked of Stripe on the way.
#[utoipa::path(
    get,
    path = "/api/users/me/stripe-connect",
    operation_id = "getStripeConnectStatus",
    tag = "stripe-connect",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "Where the account stands", body = StripeConnectStatus), CallerErrors)
)]
async fn get_stripe_connect_status(
    State(state): State<AppState>,
    caller: Caller<Owner>,
) -> ApiResult<Json<StripeConnectStatus>> {
    let account = ops::own_payout_account(&state, caller.user_id).await?;
    let next_payout_date = match (&account.stripe_account_id, account.status) {
        (Some(stripe_account), ConnectStatus::Active) => payouts::next_arrival(&state, stripe_account).await,
        _ => None,
    };
    Ok(Json(StripeConnectStatus {
        status: account.status,
        payout_schedule: account.payout_schedule,
        next_payout_date,
        requires_action: account.requires_action,
        restriction_reason: account.restriction_reason,
    }))
}

/// A page at Stripe to begin, or go on with, onboarding.
#[utoipa::path(
    post,
    path = "/api/users/me/stripe-connect/onboard",
    operation_id = "initiateStripeOnboarding",
    tag = "stripe-connect",
    security(("BearerAuth" = [])),
    request_body = OnboardingRequest,
    responses(
        (status = 200, description = "Send the owner there", body = OnboardingLink),
        (status = 503, description = "Stripe does not answer", body = ErrorResponse),
        CallerErrors,
    )
)]
async fn initiate_stripe_onboarding(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    ValidJson(body): ValidJson<OnboardingRequest>,
) -> ApiResult<Json<OnboardingLink>> {
    let onboarding_url =
        ops::onboard(&state, caller.user_id, body.return_url.as_str(), body.refresh_url.as_str()).await?;
    Ok(Json(OnboardingLink { onboarding_url }))
}

/// Connect events of Stripe, proven by their signature over the raw body.
#[utoipa::path(
    post,
    path = "/api/webhooks/stripe-connect",
    operation_id = "receiveStripeConnectWebhook",
    tag = "stripe-connect",
    security(()),
    params(("Stripe-Signature" = String, Header, description = "Time and signatures, as Stripe writes them")),
    request_body(content = Object, description = "An event of Stripe"),
    responses(
        (status = 200, description = "Taken; repeated, late and unknown events as well"),
        (status = 400, description = "Unsigned, altered, too old or unreadable", body = ErrorResponse),
    )
)]
async fn receive_connect_webhook(
    State(state): State<AppState>,
    context: RequestContext,
    headers: HeaderMap,
    body: Bytes,
) -> ApiResult<StatusCode> {
    let header = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let secret = state.config.stripe.connect_webhook_secret.expose_secret();
    if let Err(refused) = check_signature(header, &body, secret, state.env.clock.now()) {
        if refused == SignatureRefused::OutOfTime {
            ops::report_replay(&state, context.client_ip.to_string()).await?;
        }
        return Err(ApiError::new(&codes::WEBHOOK_SIGNATURE_INVALID).caused_by(refused));
    }
    let event: ConnectEvent =
        serde_json::from_slice(&body).map_err(|error| ApiError::new(&codes::MALFORMED_JSON).caused_by(error))?;
    ops::take_event(&state, event).await?;
    Ok(StatusCode::OK)
}

/// Whether an owner can be paid, as stored now.
#[utoipa::path(
    get,
    path = "/internal/users/{userId}/stripe-connect-status",
    operation_id = "getOwnerStripeConnectStatus",
    tag = "stripe-connect",
    security(("InternalApiKey" = [])),
    params(("userId" = UserId, Path, description = "A court owner")),
    responses(
        (status = 200, description = "Where the owner's account stands", body = StripeConnectStatusResponse),
        InternalErrors,
    )
)]
async fn get_owner_connect_status(
    State(state): State<AppState>,
    _: InternalKey,
    Path(owner): Path<UserId>,
) -> ApiResult<Json<StripeConnectStatusResponse>> {
    Ok(Json(internal_answer(ops::payout_account(&state, owner).await?)))
}

fn internal_answer(account: PayoutAccount) -> StripeConnectStatusResponse {
    StripeConnectStatusResponse {
        user_id: account.owner,
        can_receive_payments: account.status.can_receive_payments(),
        stripe_connect_account_id: account.stripe_account_id,
        status: account.status,
        requires_action: account.requires_action,
        restriction_reason: account.restriction_reason,
        payout_schedule: account.payout_schedule,
        last_webhook_at: account.last_webhook_at,
        status_changed_at: account.status_changed_at,
    }
}

impl From<StripeConnectError> for ApiError {
    fn from(error: StripeConnectError) -> Self {
        match error {
            StripeConnectError::OwnerNotFound => Self::new(&codes::USER_NOT_FOUND),
            StripeConnectError::Stripe(cause) => {
                Self::new(&codes::PAYMENT_PROVIDER_UNAVAILABLE).retry_after(5).caused_by(cause)
            }
            StripeConnectError::NoPayoutAccount => Self::new(&codes::PAYOUT_ACCOUNT_MISSING),
            StripeConnectError::PayoutsOnHold => Self::new(&codes::PAYOUTS_ON_HOLD),
            StripeConnectError::Storage(cause) => cause.into(),
            StripeConnectError::Event(cause) => Self::internal(cause),
        }
    }
}
