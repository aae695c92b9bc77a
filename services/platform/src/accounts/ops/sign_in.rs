//! Registering and signing in with a provider's token.

use contracts::identity::{IdentityProvider, Language, Role};
use kit::db::is_unique_violation;

use super::{AccountError, SignedIn, begin_session, sign, token_hash};
use crate::accounts::domain::{Account, Device, EndReason, NewAccount, VerifiedIdentity, account};
use crate::accounts::store;
use crate::state::AppState;

/// `POST /api/auth/register` after its body was read.
#[derive(Debug)]
pub struct Registration {
    pub provider: IdentityProvider,
    pub provider_token: String,
    pub role: Role,
    pub terms_accepted: bool,
    pub language: Language,
    pub device: Device,
}

/// `POST /api/auth/login` after its body was read.
#[derive(Debug)]
pub struct SignIn {
    pub provider: IdentityProvider,
    pub provider_token: String,
    pub device: Device,
    /// The refresh token a browser still holds from before; its session gives way to the new one.
    pub replaces: Option<String>,
}

/// Opens an account for an identity nobody has used yet and signs it in.
pub async fn register(state: &AppState, request: Registration) -> Result<SignedIn, AccountError> {
    account::check_registration(request.role, request.terms_accepted)?;
    let identity = verify(state, request.provider, &request.provider_token).await?;
    let now = state.env.clock.now();
    let new_account = NewAccount {
        id: state.env.ids.new_id().into(),
        email: identity.email.clone(),
        name: identity.name.clone(),
        role: request.role,
        terms_accepted: request.terms_accepted,
        language: request.language,
    };
    let account = Account::register(new_account, state.config.accounts.trial_days, now)?;

    let mut transaction = state.pool.begin().await?;
    // The constraints decide, also between two registrations at once. A known address is refused as well: it may be
    // another person's, so nothing is merged by it (AUTH-09).
    store::insert_account(&mut transaction, &account)
        .await
        .map_err(|error| already_exists(error, &["users_email_unique"]))?;
    store::insert_identity(&mut transaction, state.env.ids.new_id(), account.id, &identity, now)
        .await
        .map_err(|error| already_exists(error, &["user_identities_subject_unique"]))?;
    let (session, refresh_token) = begin_session(state, &mut transaction, &account, &request.device, now).await?;
    transaction.commit().await?;
    sign(state, account, session, refresh_token, now)
}

/// Signs in through any linked identity; always the same account (AUTH-10).
pub async fn login(state: &AppState, request: SignIn) -> Result<SignedIn, AccountError> {
    let identity = verify(state, request.provider, &request.provider_token).await?;
    let now = state.env.clock.now();

    let mut transaction = state.pool.begin().await?;
    let holder = store::identity_holder(&mut transaction, identity.provider, &identity.subject).await?;
    let holder = holder.ok_or(AccountError::UnknownIdentity)?;
    let account = store::account_locked(&mut transaction, holder).await?.ok_or(AccountError::UnknownIdentity)?;
    account.check_may_sign_in()?;
    store::refresh_identity(&mut transaction, &identity, now).await?;
    if let Some(old) = request.replaces
        && let Some(old) = store::refresh_token(&mut transaction, &token_hash(&old)).await?
    {
        // Only a session of this very person ends: whose token it was is checked in the statement.
        store::end_sessions(&mut transaction, account.id, &[old.session_id], EndReason::Replaced, now).await?;
    }
    let (session, refresh_token) = begin_session(state, &mut transaction, &account, &request.device, now).await?;
    transaction.commit().await?;
    sign(state, account, session, refresh_token, now)
}

pub(super) async fn verify(
    state: &AppState,
    provider: IdentityProvider,
    token: &str,
) -> Result<VerifiedIdentity, AccountError> {
    let verified = state.accounts.providers.verify(provider, token, state.env.clock.now()).await;
    verified.map_err(|error| AccountError::from_provider(provider, error))
}

fn already_exists(error: sqlx::Error, constraints: &[&str]) -> AccountError {
    if constraints.iter().any(|constraint| is_unique_violation(&error, constraint)) {
        AccountError::UserAlreadyExists
    } else {
        error.into()
    }
}
