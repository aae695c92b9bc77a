//! The use cases of accounts. Each owns its database transaction; providers are asked before it begins.

mod challenges;
mod closing;
mod export;
mod identities;
mod keys;
mod profile;
pub mod protection;
mod refresh;
mod second_factor;
mod sign_in;
mod staff;

pub use challenges::{IssuedChallenge, answer as answer_challenge};
pub use closing::{anonymise, anonymise_overdue, close_account};
pub use export::{ExportSummary, expire_exports, list_exports, make_export, request_export};
pub use identities::{link_provider, linked_providers};
pub use keys::{follow_signing_keys, retire_signing_key, rotate_signing_key, rotate_signing_key_when_due};
pub use profile::{change_profile, current_account, update_profile};
pub use refresh::{LogoutTarget, end_session, list_sessions, logout, refresh};
pub use second_factor::{
    NewSecret, SecondFactorStatus, confirm_second_factor, remove_second_factor, second_factor_status,
    set_up_second_factor,
};
pub use sign_in::{Registration, SignIn, SignInOutcome, login, register};
pub use staff::{
    Acceptance, ListedUser, NewStaff, UserFilter, accept_invitation, assign_role, invite_staff, list_users,
    suspend_user, unsuspend_user,
};

use contracts::identity::{AccessClaims, IdentityProvider};
use contracts::ids::{SessionId, UserId};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::domain::staff::AdministrationRefused;
use super::domain::{Account, Device, EndReason, IdentityRefused, Proof, RegistrationRefused, SignInRefused, session};
use super::providers::ProviderError;
use super::store::{self, NewRefreshToken};
use crate::state::AppState;

/// Bytes of randomness in a refresh token.
const REFRESH_TOKEN_BYTES: usize = 32;

#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error(transparent)]
    Registration(#[from] RegistrationRefused),
    #[error(transparent)]
    SignIn(#[from] SignInRefused),
    #[error("the provider token was refused: {0}")]
    ProviderTokenRejected(String),
    #[error(transparent)]
    IdentityInsufficient(#[from] IdentityRefused),
    #[error("{provider} is unavailable")]
    ProviderUnavailable { provider: IdentityProvider, cause: anyhow::Error },
    #[error("nobody signs in with this identity")]
    UnknownIdentity,
    #[error("the identity or its address has an account")]
    UserAlreadyExists,
    #[error("the refresh token is not known or was revoked")]
    RefreshTokenInvalid,
    #[error("the refresh token has expired")]
    RefreshTokenExpired,
    #[error("the refresh token was exchanged before")]
    RefreshTokenReplayed,
    #[error("the session was idle for too long")]
    SessionIdle,
    #[error("locked for {retry_after} s")]
    Locked { retry_after: u64 },
    #[error("too many calls for one account")]
    TooManyCalls { retry_after: u64 },
    #[error("the challenge is unknown, passed, dead or too old")]
    ChallengeOver(Proof),
    #[error("the code is wrong or was used")]
    CodeRejected(Proof),
    #[error("the second factor is on already")]
    SecondFactorOn,
    #[error("there is no second factor")]
    SecondFactorMissing,
    #[error("the link is unknown, used or too old")]
    LinkExpired,
    #[error(transparent)]
    Administration(#[from] AdministrationRefused),
    #[error("the last admin stays")]
    LastAdmin,
    #[error("{0} bookings are still ahead")]
    FutureBookings(i64),
    #[error("enough exports for one day")]
    TooManyExports { limit: u32, retry_after: u64 },
    #[error("the identity belongs to another account")]
    ProviderAlreadyLinked,
    #[error("the account has another identity of this provider")]
    ProviderTaken,
    #[error("the address is in use")]
    EmailInUse,
    #[error("no such account")]
    AccountNotFound,
    #[error("no such session")]
    SessionNotFound,
    #[error(transparent)]
    Storage(#[from] sqlx::Error),
    #[error("the access token could not be signed")]
    Signing(#[source] anyhow::Error),
    #[error("a secret could not be kept or read")]
    Sealing(#[source] anyhow::Error),
    #[error("the event could not be written")]
    Event(#[source] anyhow::Error),
}

impl AccountError {
    /// Whether it says that somebody tried with something false, as guessers do.
    fn is_false_proof(&self) -> bool {
        matches!(self, Self::ProviderTokenRejected(_))
    }

    fn from_provider(provider: IdentityProvider, error: ProviderError) -> Self {
        match error {
            ProviderError::Rejected(reason) => Self::ProviderTokenRejected(reason),
            ProviderError::Insufficient(refused) => Self::IdentityInsufficient(refused),
            ProviderError::Unavailable(cause) => Self::ProviderUnavailable { provider, cause },
        }
    }
}

/// What a successful sign-in, registration or refresh gives.
#[derive(Debug)]
pub struct SignedIn {
    pub account: Account,
    pub access_token: String,
    /// Seconds the access token lives.
    pub expires_in: i64,
    pub refresh_token: String,
    /// Seconds the refresh token lives, for the cookie.
    pub refresh_expires_in: i64,
    pub now: Timestamp,
}

/// Only this hash of a refresh token is stored (AUTH-20).
fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Begins a session of `account` on `device` and gives its first refresh token. The account's row must be locked.
async fn begin_session(
    state: &AppState,
    connection: &mut PgConnection,
    account: &Account,
    device: &Device,
    now: Timestamp,
) -> Result<(SessionId, String), AccountError> {
    store::end_session_of_device(connection, account.id, &device.id, EndReason::Replaced, now).await?;
    let live = store::live_sessions(connection, account.id, now).await?;
    let limit = usize::try_from(state.config.sessions.per_user).unwrap_or(usize::MAX);
    for (ended, reason) in session::sessions_giving_way(&live, &device.id, limit) {
        store::end_sessions(connection, account.id, &[ended], reason, now).await?;
    }
    let session = SessionId(state.env.ids.new_id());
    store::insert_session(connection, session, account.id, device, now).await?;
    let (_, refresh_token) = add_refresh_token(state, connection, account.id, session, now).await?;
    Ok((session, refresh_token))
}

/// Gives `session` a new refresh token. The one before it must be rotated already.
async fn add_refresh_token(
    state: &AppState,
    connection: &mut PgConnection,
    user: UserId,
    session: SessionId,
    now: Timestamp,
) -> Result<(uuid::Uuid, String), AccountError> {
    let id = state.env.ids.new_id();
    let secret = new_refresh_secret(state);
    insert_refresh_token(state, connection, user, session, id, &secret, now).await?;
    Ok((id, secret))
}

fn new_refresh_secret(state: &AppState) -> String {
    state.env.ids.secret(REFRESH_TOKEN_BYTES)
}

async fn insert_refresh_token(
    state: &AppState,
    connection: &mut PgConnection,
    user: UserId,
    session: SessionId,
    id: uuid::Uuid,
    secret: &str,
    now: Timestamp,
) -> Result<(), AccountError> {
    let hash = token_hash(secret);
    let expires_at = now + SignedDuration::from_secs(refresh_seconds(state));
    let token = NewRefreshToken { id, session, user, hash: &hash, expires_at };
    store::insert_refresh_token(connection, &token, now).await?;
    Ok(())
}

fn refresh_seconds(state: &AppState) -> i64 {
    i64::from(state.config.sessions.refresh_days) * 86_400
}

/// Signs the access token that goes with `refresh_token`; its owner claims are what is stored now (AUTH-16).
fn sign(
    state: &AppState,
    account: Account,
    session: SessionId,
    refresh_token: String,
    now: Timestamp,
) -> Result<SignedIn, AccountError> {
    let expires_in = state.config.auth.access_token_seconds;
    let claims = access_claims(&account, session, now, expires_in);
    let access_token = state.accounts.issuer.sign(&claims).map_err(AccountError::Signing)?;
    let refresh_expires_in = refresh_seconds(state);
    Ok(SignedIn { account, access_token, expires_in, refresh_token, refresh_expires_in, now })
}

/// AUTH-14, AUTH-15: the owner claims are only in owners' tokens.
fn access_claims(account: &Account, session: SessionId, now: Timestamp, lifetime_seconds: i64) -> AccessClaims {
    let owner = account.is_owner();
    AccessClaims {
        sub: account.id,
        role: account.role,
        email: account.email.clone(),
        verified: owner.then_some(account.verified),
        stripe_connected: owner.then(|| account.stripe_connected()),
        subscription_status: owner.then(|| account.subscription_at(now)),
        sid: Some(session),
        iat: now.as_second(),
        exp: now.as_second() + lifetime_seconds,
    }
}
