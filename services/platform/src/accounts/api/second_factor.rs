//! The further proofs of a sign-in (`/api/auth/*`) and the second factor of an owner (`/api/users/me/2fa*`).

use axum::extract::State;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use garde::Validate;
use http::StatusCode;
use kit::auth::{Caller, Owner};
use kit::http::{Json, ValidJson};
use kit::{ApiError, ApiResult};
use qrcode::QrCode;
use qrcode::render::svg;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::{AuthResponse, LoginResponse, TransportHeaders, outcome_answer};
use super::transport::Client;
use crate::accounts::domain::Proof;
use crate::accounts::ops;
use crate::api_docs::{CallerErrors, ErrorResponse, PublicErrors};
use crate::state::AppState;

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChallengeAnswer {
    /// From the answer to the sign-in.
    #[garde(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    challenge_id: String,
    /// Six digits, or one of the recovery codes where the second factor is asked for.
    #[garde(length(min = 6, max = 40))]
    #[schema(min_length = 6, max_length = 40)]
    code: String,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecondFactorCode {
    /// Six digits of the app; a recovery code counts where the second factor is taken away.
    #[garde(length(min = 6, max = 40))]
    #[schema(min_length = 6, max_length = 40)]
    code: String,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnlockRequest {
    /// What the link in the mail carries.
    #[garde(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    token: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecondFactorSetup {
    /// For apps that cannot scan, in base32.
    secret: String,
    /// What the picture says.
    otpauth_uri: String,
    /// A QR picture as an SVG data address.
    qr_image: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodes {
    /// Each lets in once. They are never shown again.
    recovery_codes: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecondFactorState {
    enabled: bool,
    /// How many recovery codes have not been used.
    recovery_codes_left: i64,
}

/// Completes a sign-in with a code of the second factor.
#[utoipa::path(
    post,
    path = "/api/auth/2fa/verify",
    operation_id = "verifySecondFactor",
    tag = "accounts",
    security(()),
    params(TransportHeaders),
    request_body = ChallengeAnswer,
    responses(
        (status = 200, description = "Signed in", body = AuthResponse),
        (status = 401, description = "A wrong or used code, or the sign-in took too long", body = ErrorResponse),
        (status = 403, description = "The account is suspended", body = ErrorResponse),
        PublicErrors,
    )
)]
pub async fn verify_second_factor(
    State(state): State<AppState>,
    client: Client,
    ValidJson(body): ValidJson<ChallengeAnswer>,
) -> ApiResult<Response> {
    let (id, code) = (&body.challenge_id, &body.code);
    let outcome = ops::answer_challenge(&state, Proof::SecondFactor, id, code, client.address()).await?;
    Ok(outcome_answer(&state, outcome, &client))
}

/// Goes on with a sign-in from nowhere, with the code that was mailed.
#[utoipa::path(
    post,
    path = "/api/auth/confirm-sign-in",
    operation_id = "confirmSignIn",
    tag = "accounts",
    security(()),
    params(TransportHeaders),
    request_body = ChallengeAnswer,
    responses(
        (status = 200, description = "Signed in, or the second factor is needed before that", body = LoginResponse),
        (status = 401, description = "A wrong code, or the sign-in took too long", body = ErrorResponse),
        (status = 403, description = "The account is suspended", body = ErrorResponse),
        PublicErrors,
    )
)]
pub async fn confirm_sign_in(
    State(state): State<AppState>,
    client: Client,
    ValidJson(body): ValidJson<ChallengeAnswer>,
) -> ApiResult<Response> {
    let (id, code) = (&body.challenge_id, &body.code);
    let outcome = ops::answer_challenge(&state, Proof::MailedCode, id, code, client.address()).await?;
    Ok(outcome_answer(&state, outcome, &client))
}

/// Lifts a lock with the link that was mailed.
#[utoipa::path(
    post,
    path = "/api/auth/unlock",
    operation_id = "unlockAccount",
    tag = "accounts",
    security(()),
    request_body = UnlockRequest,
    responses(
        (status = 204, description = "The lock is lifted"),
        (status = 410, description = "The link is unknown, used or too old", body = ErrorResponse),
        PublicErrors,
    )
)]
pub async fn unlock_account(
    State(state): State<AppState>,
    ValidJson(body): ValidJson<UnlockRequest>,
) -> ApiResult<StatusCode> {
    ops::protection::unlock(&state, &body.token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether the caller's second factor is on.
#[utoipa::path(
    get,
    path = "/api/users/me/2fa",
    operation_id = "getSecondFactor",
    tag = "accounts",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "How it stands", body = SecondFactorState), CallerErrors)
)]
pub async fn get_second_factor(
    State(state): State<AppState>,
    caller: Caller<Owner>,
) -> ApiResult<Json<SecondFactorState>> {
    let status = ops::second_factor_status(&state, caller.user_id).await?;
    Ok(Json(SecondFactorState { enabled: status.on, recovery_codes_left: status.recovery_codes_left }))
}

/// Makes a secret for the caller's authenticator app. It does nothing until it is confirmed.
#[utoipa::path(
    post,
    path = "/api/users/me/2fa/setup",
    operation_id = "setUpSecondFactor",
    tag = "accounts",
    security(("BearerAuth" = [])),
    responses(
        (status = 200, description = "The secret, as text and as a picture", body = SecondFactorSetup),
        (status = 409, description = "The second factor is on", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn set_up_second_factor(
    State(state): State<AppState>,
    caller: Caller<Owner>,
) -> ApiResult<Json<SecondFactorSetup>> {
    let secret = ops::set_up_second_factor(&state, caller.user_id).await?;
    let qr_image = picture(&secret.uri).map_err(ApiError::internal)?;
    Ok(Json(SecondFactorSetup { secret: secret.text, otpauth_uri: secret.uri, qr_image }))
}

/// Switches the second factor on with the first code of the app.
#[utoipa::path(
    post,
    path = "/api/users/me/2fa/confirm",
    operation_id = "confirmSecondFactor",
    tag = "accounts",
    security(("BearerAuth" = [])),
    request_body = SecondFactorCode,
    responses(
        (status = 200, description = "On; the recovery codes, shown once", body = RecoveryCodes),
        (status = 401, description = "A wrong code", body = ErrorResponse),
        (status = 409, description = "Nothing was set up, or it is on already", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn confirm_second_factor(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    client: Client,
    ValidJson(body): ValidJson<SecondFactorCode>,
) -> ApiResult<Json<RecoveryCodes>> {
    let codes = ops::confirm_second_factor(&state, caller.user_id, &body.code, client.address()).await?;
    Ok(Json(RecoveryCodes { recovery_codes: codes }))
}

/// Takes the second factor away.
#[utoipa::path(
    delete,
    path = "/api/users/me/2fa",
    operation_id = "removeSecondFactor",
    tag = "accounts",
    security(("BearerAuth" = [])),
    request_body = SecondFactorCode,
    responses(
        (status = 204, description = "Off"),
        (status = 401, description = "A wrong or used code", body = ErrorResponse),
        (status = 409, description = "It is not on", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn remove_second_factor(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    client: Client,
    ValidJson(body): ValidJson<SecondFactorCode>,
) -> ApiResult<StatusCode> {
    ops::remove_second_factor(&state, caller.user_id, &body.code, client.address()).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn picture(text: &str) -> anyhow::Result<String> {
    let drawn = QrCode::new(text)?.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    Ok(format!("data:image/svg+xml;base64,{}", STANDARD.encode(drawn)))
}
