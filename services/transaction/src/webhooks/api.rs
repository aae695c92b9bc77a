//! The webhook over HTTP. There is no sign-in: the signature over the raw body is the proof (PAY-38).

use axum::extract::State;
use bytes::Bytes;
use contracts::codes;
use http::{HeaderMap, StatusCode};
use kit::http::RequestContext;
use kit::{ApiError, ApiResult};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ops;
use crate::api_docs::ErrorResponse;
use crate::state::AppState;
use crate::stripe::signature::{self, SignatureError};
use crate::stripe::wire::Event;

/// The routes of this slice.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(handle_stripe_webhook))
}

/// Takes a signed report of Stripe. Repeats are accepted without effect; after a failure Stripe sends it again.
#[utoipa::path(
    post,
    path = "/api/webhooks/stripe",
    operation_id = "handleStripeWebhook",
    tag = "webhooks",
    security(()),
    params(("Stripe-Signature" = String, Header)),
    request_body(content = Object, content_type = "application/json"),
    responses(
        (status = 200, description = "Noted"),
        (status = 400, description = "Unsigned, altered, too old or unreadable", body = ErrorResponse),
    )
)]
pub async fn handle_stripe_webhook(
    State(state): State<AppState>,
    context: RequestContext,
    headers: HeaderMap,
    body: Bytes,
) -> ApiResult<StatusCode> {
    let header = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
    let now = state.env.clock.now();
    if let Err(error) = signature::verify(header, &body, &state.config.stripe.webhook_secret, now) {
        if error == SignatureError::Replayed {
            ops::report_replay(&state, &body, context.client_ip).await?;
        }
        return Err(ApiError::new(&codes::WEBHOOK_SIGNATURE_INVALID).caused_by(error));
    }
    let event: Event =
        serde_json::from_slice(&body).map_err(|error| ApiError::new(&codes::MALFORMED_JSON).caused_by(error))?;
    ops::handle(&state, event).await?;
    Ok(StatusCode::OK)
}
