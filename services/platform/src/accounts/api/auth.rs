//! `/api/auth/*` and the public keys: registering, signing in, keeping and ending sessions, linking providers.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::identity::{IdentityProvider, Language, Role};
use garde::Validate;
use http::StatusCode;
use jiff::Timestamp;
use kit::auth::{AnyRole, Caller, Jwks};
use kit::http::{Json, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::profile::UserProfile;
use super::transport::{Client, cleared_cookie, refresh_cookie, with_cookie};
use crate::accounts::domain::{LinkedIdentity, Proof};
use crate::accounts::ops::{
    self, AccountError, IssuedChallenge, LogoutTarget, Registration, SignIn, SignInOutcome, SignedIn,
};
use crate::api_docs::{CallerErrors, ErrorResponse, PublicErrors};
use crate::state::AppState;

/// Longest provider token that is looked at.
pub const PROVIDER_TOKEN_LIMIT: usize = 16_384;

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegisterRequest {
    #[garde(skip)]
    oauth_provider: IdentityProvider,
    /// ID token of Google or Apple, access token of Facebook.
    #[garde(length(min = 1, max = PROVIDER_TOKEN_LIMIT))]
    #[schema(min_length = 1, max_length = 16384)]
    oauth_token: String,
    /// CUSTOMER or COURT_OWNER; staff roles are refused.
    #[garde(skip)]
    role: Role,
    #[garde(skip)]
    terms_accepted: bool,
    #[garde(skip)]
    #[serde(default)]
    language: Language,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoginRequest {
    #[garde(skip)]
    oauth_provider: IdentityProvider,
    /// ID token of Google or Apple, access token of Facebook.
    #[garde(length(min = 1, max = PROVIDER_TOKEN_LIMIT))]
    #[schema(min_length = 1, max_length = 16384)]
    oauth_token: String,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkProviderRequest {
    #[garde(skip)]
    oauth_provider: IdentityProvider,
    #[garde(length(min = 1, max = PROVIDER_TOKEN_LIMIT))]
    #[schema(min_length = 1, max_length = 16384)]
    oauth_token: String,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefreshRequest {
    /// Absent for web clients, whose token is in the cookie.
    #[garde(inner(length(min = 1, max = 512)))]
    #[schema(min_length = 1, max_length = 512)]
    refresh_token: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthResponse {
    access_token: String,
    /// Absent for web clients: it is in an HttpOnly cookie then.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Seconds until the access token expires.
    expires_in: i64,
    user: UserProfile,
}

/// No tokens yet: another proof is needed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInChallenge {
    /// A code of the authenticator app, or a recovery code, goes to `/api/auth/2fa/verify`.
    two_factor_required: bool,
    /// The code that was mailed goes to `/api/auth/confirm-sign-in`.
    confirmation_required: bool,
    /// Names this sign-in in the second call.
    challenge_id: String,
    expires_at: Timestamp,
}

impl From<IssuedChallenge> for SignInChallenge {
    fn from(challenge: IssuedChallenge) -> Self {
        Self {
            two_factor_required: challenge.proof == Proof::SecondFactor,
            confirmation_required: challenge.proof == Proof::MailedCode,
            challenge_id: challenge.id,
            expires_at: challenge.expires_at,
        }
    }
}

/// What a sign-in may be answered with.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the two answers, which are written one by one")]
pub enum LoginResponse {
    SignedIn(Box<AuthResponse>),
    Waits(SignInChallenge),
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OAuthProvider {
    provider: IdentityProvider,
    linked_at: Timestamp,
    #[schema(format = "email")]
    email: String,
}

#[derive(Serialize, ToSchema)]
pub struct LinkedProviders {
    providers: Vec<OAuthProvider>,
}

impl From<Vec<LinkedIdentity>> for LinkedProviders {
    fn from(identities: Vec<LinkedIdentity>) -> Self {
        let providers = identities.into_iter().map(|identity| OAuthProvider {
            provider: identity.provider,
            linked_at: identity.linked_at,
            email: identity.email,
        });
        Self { providers: providers.collect() }
    }
}

/// Opens an account for a provider identity and signs it in.
#[utoipa::path(
    post,
    path = "/api/auth/register",
    operation_id = "registerUser",
    tag = "accounts",
    security(()),
    params(TransportHeaders),
    request_body = RegisterRequest,
    responses(
        (status = 201, description = "The account is open and signed in", body = AuthResponse),
        (status = 401, description = "The provider does not stand behind the token", body = ErrorResponse),
        (status = 409, description = "The identity or its email has an account", body = ErrorResponse),
        (status = 503, description = "The provider does not answer", body = ErrorResponse),
        PublicErrors,
    )
)]
pub async fn register_user(
    State(state): State<AppState>,
    client: Client,
    ValidJson(body): ValidJson<RegisterRequest>,
) -> ApiResult<Response> {
    let registration = Registration {
        provider: body.oauth_provider,
        provider_token: body.oauth_token,
        role: body.role,
        terms_accepted: body.terms_accepted,
        language: body.language,
        device: client.device(state.env.ids.new_id()),
    };
    let signed_in = ops::register(&state, registration).await?;
    Ok(signed_in_answer(&state, StatusCode::CREATED, signed_in, client.cookie()))
}

/// Signs in with any linked identity.
#[utoipa::path(
    post,
    path = "/api/auth/login",
    operation_id = "loginUser",
    tag = "accounts",
    security(()),
    params(TransportHeaders),
    request_body = LoginRequest,
    responses(
        (status = 200, description = "Signed in, or another proof is needed before that", body = LoginResponse),
        (status = 401, description = "A bad provider token, or nobody's", body = ErrorResponse),
        (status = 403, description = "The account is suspended", body = ErrorResponse),
        (status = 503, description = "The provider does not answer", body = ErrorResponse),
        PublicErrors,
    )
)]
pub async fn login_user(
    State(state): State<AppState>,
    client: Client,
    ValidJson(body): ValidJson<LoginRequest>,
) -> ApiResult<Response> {
    let sign_in = SignIn {
        provider: body.oauth_provider,
        provider_token: body.oauth_token,
        device: client.device(state.env.ids.new_id()),
        replaces: client.token_held(),
    };
    let outcome = ops::login(&state, sign_in).await?;
    Ok(outcome_answer(&state, outcome, &client))
}

/// Exchanges a refresh token, from the body or the cookie, for a new pair.
#[utoipa::path(
    post,
    path = "/api/auth/refresh",
    operation_id = "refreshToken",
    tag = "accounts",
    security(()),
    params(TransportHeaders),
    request_body(content = Option<RefreshRequest>, description = "Missing for web clients, whose token is in the cookie"),
    responses(
        (status = 200, description = "A new pair; the old refresh token is dead", body = AuthResponse),
        (status = 401, description = "Expired, revoked, unknown or used before", body = ErrorResponse),
        (status = 403, description = "The account is suspended", body = ErrorResponse),
        PublicErrors,
    )
)]
pub async fn refresh_token(
    State(state): State<AppState>,
    client: Client,
    body: Option<ValidJson<RefreshRequest>>,
) -> ApiResult<Response> {
    let from_body = body.and_then(|ValidJson(body)| body.refresh_token);
    let presented = client.presented(from_body).ok_or_else(|| client.missing_token())?;
    match ops::refresh(&state, &presented, &client.origin("/api/auth/refresh")).await {
        Ok(signed_in) => Ok(signed_in_answer(&state, StatusCode::OK, signed_in, client.cookie())),
        // A cookie is worthless now: without it the web client asks for a sign-in instead of trying again.
        Err(error) => match client.cookie() {
            Some(name) if error.ends_the_session() => {
                Ok(with_cookie(ApiError::from(error), cleared_cookie(name, &state.config.sessions)))
            }
            _ => Err(error.into()),
        },
    }
}

/// Ends the session of the calling device.
#[utoipa::path(
    post,
    path = "/api/auth/logout",
    operation_id = "logoutUser",
    tag = "accounts",
    security(("BearerAuth" = [])),
    request_body(content = Option<RefreshRequest>, description = "May name the device's refresh token; the access token names the session as well"),
    responses((status = 204, description = "Signed out on this device"), CallerErrors)
)]
pub async fn logout_user(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    client: Client,
    body: Option<ValidJson<RefreshRequest>>,
) -> ApiResult<Response> {
    let from_body = body.and_then(|ValidJson(body)| body.refresh_token);
    let target = LogoutTarget { session: caller.claims.sid, refresh_token: client.presented(from_body) };
    ops::logout(&state, caller.user_id, target).await?;
    let done = StatusCode::NO_CONTENT;
    Ok(match client.cookie() {
        Some(name) => with_cookie(done, cleared_cookie(name, &state.config.sessions)),
        None => done.into_response(),
    })
}

/// The identities that lead to the caller's account.
#[utoipa::path(
    get,
    path = "/api/auth/providers",
    operation_id = "getLinkedProviders",
    tag = "accounts",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "Linked identities, the oldest first", body = LinkedProviders), CallerErrors)
)]
pub async fn get_linked_providers(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
) -> ApiResult<Json<LinkedProviders>> {
    Ok(Json(ops::linked_providers(&state, caller.user_id).await?.into()))
}

/// Adds an identity to the caller's account.
#[utoipa::path(
    post,
    path = "/api/auth/providers/link",
    operation_id = "linkProvider",
    tag = "accounts",
    security(("BearerAuth" = [])),
    request_body = LinkProviderRequest,
    responses(
        (status = 200, description = "Linked; all identities of the account", body = LinkedProviders),
        (status = 409, description = "The identity belongs to another account", body = ErrorResponse),
        (status = 503, description = "The provider does not answer", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn link_provider(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    ValidJson(body): ValidJson<LinkProviderRequest>,
) -> ApiResult<Json<LinkedProviders>> {
    let linked = ops::link_provider(&state, caller.user_id, body.oauth_provider, &body.oauth_token).await?;
    Ok(Json(linked.into()))
}

/// The public keys that prove access tokens: the signing one, the next one and, after a change, the one before.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    operation_id = "getSigningKeys",
    tag = "accounts",
    security(()),
    responses((status = 200, description = "RSA public keys (RFC 7517)", body = Jwks))
)]
pub async fn get_signing_keys(State(state): State<AppState>) -> Json<Jwks> {
    Json(state.accounts.issuer.jwks())
}

/// Headers that choose how the refresh token travels and name the device.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes headers that `Client` reads")]
pub struct TransportHeaders {
    /// `cookie` or, for the portal, `portal-cookie`: the refresh token is set as an HttpOnly cookie and left out of the
    /// body. A cookie counts only in calls that carry this header.
    #[param(rename = "X-Session-Transport", required = false)]
    session_transport: Option<String>,
    /// Stable on one device; a new sign-in with it takes the place of the device's old session.
    #[param(rename = "X-Device-Id", required = false)]
    device_id: Option<String>,
}

/// The answer to a sign-in, or to one of its further proofs.
pub fn outcome_answer(state: &AppState, outcome: SignInOutcome, client: &Client) -> Response {
    match outcome {
        SignInOutcome::SignedIn(signed_in) => signed_in_answer(state, StatusCode::OK, *signed_in, client.cookie()),
        SignInOutcome::Waits(challenge) => Json(SignInChallenge::from(challenge)).into_response(),
    }
}

/// The answer with a fresh pair of tokens.
pub fn signed_in_answer(state: &AppState, status: StatusCode, signed_in: SignedIn, cookie: Option<&str>) -> Response {
    let SignedIn { account, access_token, expires_in, refresh_token, refresh_expires_in, now } = signed_in;
    let user = UserProfile::of(account, now);
    let cookie = cookie.map(|name| refresh_cookie(name, &refresh_token, refresh_expires_in, &state.config.sessions));
    let refresh_token = cookie.is_none().then_some(refresh_token);
    let body = (status, Json(AuthResponse { access_token, refresh_token, expires_in, user }));
    match cookie {
        Some(cookie) => with_cookie(body, cookie),
        None => body.into_response(),
    }
}

impl AccountError {
    /// Whether the presented refresh token can never work again.
    fn ends_the_session(&self) -> bool {
        matches!(
            self,
            Self::RefreshTokenInvalid | Self::RefreshTokenExpired | Self::RefreshTokenReplayed | Self::SessionIdle
        )
    }
}
