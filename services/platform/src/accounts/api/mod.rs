//! Accounts over HTTP: what requests and answers look like, where the refresh token travels, and which status and
//! code a failed use case gets. Decides nothing else.

mod auth;
mod profile;
mod transport;

use contracts::codes;
use kit::ApiError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::{RegistrationRefused, SignInRefused};
use super::ops::AccountError;
use crate::state::AppState;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(auth::register_user))
        .routes(routes!(auth::login_user))
        .routes(routes!(auth::refresh_token))
        .routes(routes!(auth::logout_user))
        .routes(routes!(auth::get_linked_providers))
        .routes(routes!(auth::link_provider))
        .routes(routes!(auth::get_signing_keys))
        .routes(routes!(profile::get_current_user, profile::update_current_user))
        .routes(routes!(profile::get_sessions))
        .routes(routes!(profile::end_session))
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Registration(RegistrationRefused::TermsNotAccepted) => Self::new(&codes::TERMS_NOT_ACCEPTED),
            AccountError::Registration(RegistrationRefused::RoleNotSelfRegisterable) => {
                Self::new(&codes::ROLE_NOT_SELF_REGISTERABLE)
            }
            AccountError::SignIn(SignInRefused::Suspended) => Self::new(&codes::ACCOUNT_SUSPENDED),
            // A deleted account is as if it had never been (AUTH-13).
            AccountError::SignIn(SignInRefused::Deleted) | AccountError::UnknownIdentity => {
                Self::new(&codes::AUTH_UNKNOWN_IDENTITY)
            }
            AccountError::ProviderTokenRejected(reason) => {
                Self::new(&codes::AUTH_INVALID_PROVIDER).caused_by(anyhow::anyhow!(reason))
            }
            AccountError::IdentityInsufficient(refused) => {
                Self::new(&codes::AUTH_INVALID_PROVIDER).with("reason", "IDENTITY_INCOMPLETE").caused_by(refused)
            }
            AccountError::ProviderUnavailable { provider, cause } => {
                Self::new(&codes::OAUTH_PROVIDER_UNAVAILABLE).with("provider", provider).retry_after(5).caused_by(cause)
            }
            AccountError::UserAlreadyExists => Self::new(&codes::USER_ALREADY_EXISTS),
            AccountError::RefreshTokenInvalid => Self::new(&codes::AUTH_TOKEN_INVALID),
            AccountError::RefreshTokenExpired => Self::new(&codes::AUTH_TOKEN_EXPIRED),
            AccountError::RefreshTokenReplayed => Self::new(&codes::AUTH_TOKEN_REPLAYED),
            AccountError::ProviderAlreadyLinked => Self::new(&codes::PROVIDER_ALREADY_LINKED),
            AccountError::ProviderTaken => {
                Self::new(&codes::PROVIDER_ALREADY_LINKED).with("reason", "ANOTHER_IDENTITY_OF_THIS_PROVIDER")
            }
            AccountError::EmailInUse => Self::new(&codes::EMAIL_ALREADY_IN_USE),
            AccountError::AccountNotFound => Self::new(&codes::USER_NOT_FOUND),
            AccountError::SessionNotFound => Self::new(&codes::SESSION_NOT_FOUND),
            AccountError::Storage(cause) => cause.into(),
            AccountError::Signing(cause) | AccountError::Event(cause) => Self::internal(cause),
        }
    }
}
