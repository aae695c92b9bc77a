//! Accounts over HTTP: what requests and answers look like, where the refresh token travels, and which status and
//! code a failed use case gets. Decides nothing else.

mod auth;
mod privacy;
mod profile;
mod second_factor;
mod staff;
mod transport;

use contracts::codes::{self, Code};
use kit::ApiError;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::staff::AdministrationRefused;
use super::domain::{Proof, RegistrationRefused, SignInRefused};
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
        .routes(routes!(second_factor::verify_second_factor))
        .routes(routes!(second_factor::confirm_sign_in))
        .routes(routes!(second_factor::unlock_account))
        .routes(routes!(second_factor::get_second_factor, second_factor::remove_second_factor))
        .routes(routes!(second_factor::set_up_second_factor))
        .routes(routes!(second_factor::confirm_second_factor))
        .routes(routes!(privacy::request_data_export))
        .routes(routes!(privacy::get_data_exports))
        .routes(routes!(privacy::request_account_deletion))
        .routes(routes!(staff::accept_invitation))
        .routes(routes!(staff::admin_list_users, staff::admin_invite_staff))
        .routes(routes!(staff::admin_suspend_user))
        .routes(routes!(staff::admin_unsuspend_user))
        .routes(routes!(staff::admin_assign_role))
}

/// What only the other service may call.
pub fn internal_router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(profile::note_session_activity))
}

fn code_of(proof: Proof) -> &'static Code {
    match proof {
        Proof::SecondFactor => &codes::TOTP_INVALID,
        Proof::MailedCode => &codes::SIGN_IN_CODE_INVALID,
    }
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
            AccountError::SessionIdle => Self::new(&codes::SESSION_IDLE_TIMEOUT),
            AccountError::Locked { retry_after } => Self::new(&codes::ACCOUNT_LOCKED).retry_after(retry_after),
            AccountError::TooManyCalls { retry_after } => {
                Self::new(&codes::RATE_LIMIT_EXCEEDED).retry_after(retry_after)
            }
            // The client has to begin anew: no code will help this challenge.
            AccountError::ChallengeOver(proof) => Self::new(code_of(proof)).with("reason", "CHALLENGE_OVER"),
            AccountError::CodeRejected(proof) => Self::new(code_of(proof)),
            AccountError::SecondFactorOn => Self::new(&codes::TOTP_ALREADY_ENABLED),
            AccountError::SecondFactorMissing => Self::new(&codes::TOTP_NOT_SET_UP),
            AccountError::Administration(AdministrationRefused::NotAnAdmin) => {
                Self::new(&codes::AUTHZ_INSUFFICIENT_ROLE)
            }
            AccountError::Administration(AdministrationRefused::OwnAccount) | AccountError::LastAdmin => {
                Self::new(&codes::OWN_ACCOUNT_PROTECTED)
            }
            AccountError::Administration(AdministrationRefused::NotAStaffRole) => Self::validation(
                "role",
                "must be SUPPORT_AGENT or PLATFORM_ADMIN",
                "πρέπει να είναι SUPPORT_AGENT ή PLATFORM_ADMIN",
            ),
            AccountError::Administration(AdministrationRefused::OwnerStaysOwner) => {
                Self::new(&codes::ROLE_CHANGE_NOT_ALLOWED)
            }
            AccountError::Administration(AdministrationRefused::Gone) => Self::new(&codes::USER_NOT_FOUND),
            AccountError::FutureBookings(count) => Self::new(&codes::FUTURE_BOOKINGS_EXIST).with("count", count),
            AccountError::TooManyExports { limit, retry_after } => {
                Self::new(&codes::EXPORT_LIMIT_REACHED).with("limit", limit).retry_after(retry_after)
            }
            AccountError::LinkExpired => Self::new(&codes::LINK_EXPIRED),
            AccountError::ProviderAlreadyLinked => Self::new(&codes::PROVIDER_ALREADY_LINKED),
            AccountError::ProviderTaken => {
                Self::new(&codes::PROVIDER_ALREADY_LINKED).with("reason", "ANOTHER_IDENTITY_OF_THIS_PROVIDER")
            }
            AccountError::EmailInUse => Self::new(&codes::EMAIL_ALREADY_IN_USE),
            AccountError::AccountNotFound => Self::new(&codes::USER_NOT_FOUND),
            AccountError::SessionNotFound => Self::new(&codes::SESSION_NOT_FOUND),
            AccountError::Storage(cause) => cause.into(),
            AccountError::Signing(cause) | AccountError::Event(cause) | AccountError::Sealing(cause) => {
                Self::internal(cause)
            }
        }
    }
}
