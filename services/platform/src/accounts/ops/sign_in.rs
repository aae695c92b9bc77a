//! Registering and signing in with a provider's token.

use contracts::identity::{IdentityProvider, Language, Role};
use contracts::ids::SessionId;
use jiff::Timestamp;
use kit::db::is_unique_violation;
use sqlx::PgConnection;

use super::challenges::{self, IssuedChallenge};
use super::{AccountError, SignedIn, begin_session, protection, sign, token_hash};
use crate::accounts::domain::{Account, Device, EndReason, NewAccount, VerifiedIdentity, account};
use crate::accounts::store;
use crate::reminder_rules::begin_with_default_rule;
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

/// What a good provider token leads to.
#[derive(Debug)]
pub enum SignInOutcome {
    SignedIn(Box<SignedIn>),
    /// No tokens yet: another proof is needed.
    Waits(IssuedChallenge),
}

/// Opens an account for an identity nobody has used yet and signs it in.
pub async fn register(state: &AppState, request: Registration) -> Result<SignedIn, AccountError> {
    account::check_registration(request.role, request.terms_accepted)?;
    let ip = request.device.ip.as_deref();
    let identity = prove(state, request.provider, &request.provider_token, ip).await?;
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

    let mut transaction = kit::db::begin(&state.pool).await?;
    // The constraints decide, also between two registrations at once. A known address is refused as well: it may be
    // another person's, so nothing is merged by it (AUTH-09).
    store::insert_account(&mut transaction, &account)
        .await
        .map_err(|error| already_exists(error, &["users_email_unique"]))?;
    store::insert_identity(&mut transaction, state.env.ids.new_id(), account.id, &identity, now)
        .await
        .map_err(|error| already_exists(error, &["user_identities_subject_unique"]))?;
    if account.is_owner() {
        begin_with_default_rule(&mut transaction, &state.env, account.id).await?;
    }
    let begun = complete(state, &mut transaction, account, &request.device, None).await?;
    transaction.commit().await?;
    begun.sign(state)
}

/// Signs in through any linked identity; always the same account (AUTH-10).
pub async fn login(state: &AppState, request: SignIn) -> Result<SignInOutcome, AccountError> {
    let device = &request.device;
    let identity = prove(state, request.provider, &request.provider_token, device.ip.as_deref()).await?;
    let now = state.env.clock.now();

    let mut transaction = kit::db::begin(&state.pool).await?;
    let holder = store::identity_holder(&mut transaction, identity.provider, &identity.subject).await?;
    let holder = holder.ok_or(AccountError::UnknownIdentity)?;
    let account = store::account_locked(&mut transaction, holder).await?.ok_or(AccountError::UnknownIdentity)?;
    account.check_may_sign_in()?;
    protection::check_account(state, &mut transaction, account.id, now).await?;
    store::refresh_identity(&mut transaction, &identity, now).await?;
    let replaces = match &request.replaces {
        Some(old) => store::refresh_token(&mut transaction, &token_hash(old)).await?.map(|old| old.session_id),
        None => None,
    };
    if let Some(proof) = challenges::needed(&mut transaction, &account, device).await? {
        let issued = challenges::issue(state, &mut transaction, &account, device, replaces, proof).await?;
        transaction.commit().await?;
        state.wake.wake();
        return Ok(SignInOutcome::Waits(issued));
    }
    let begun = complete(state, &mut transaction, account, device, replaces).await?;
    transaction.commit().await?;
    begun.sign(state).map(|signed_in| SignInOutcome::SignedIn(Box::new(signed_in)))
}

/// A session that has begun in a transaction; its access token is signed after the commit.
pub(super) struct Begun {
    account: Account,
    session: SessionId,
    refresh_token: String,
    now: Timestamp,
}

impl Begun {
    pub(super) fn sign(self, state: &AppState) -> Result<SignedIn, AccountError> {
        sign(state, self.account, self.session, self.refresh_token, self.now)
    }
}

/// Ends what the sign-in takes the place of and begins its session. The account's row must be locked.
pub(super) async fn complete(
    state: &AppState,
    connection: &mut PgConnection,
    account: Account,
    device: &Device,
    replaces: Option<SessionId>,
) -> Result<Begun, AccountError> {
    let now = state.env.clock.now();
    if let Some(old) = replaces {
        // Only a session of this very person ends: whose it was is checked in the statement.
        store::end_sessions(connection, account.id, &[old], EndReason::Replaced, now).await?;
    }
    protection::succeeded(connection, account.id, device.ip.as_deref()).await?;
    let (session, refresh_token) = begin_session(state, connection, &account, device, now).await?;
    Ok(Begun { account, session, refresh_token, now })
}

/// Checks a provider token at the door: a locked address is refused, a false token is remembered.
pub(super) async fn prove(
    state: &AppState,
    provider: IdentityProvider,
    token: &str,
    ip: Option<&str>,
) -> Result<VerifiedIdentity, AccountError> {
    protection::check_address(state, ip).await?;
    let verified = verify(state, provider, token).await;
    if verified.as_ref().is_err_and(AccountError::is_false_proof) {
        protection::provider_token_failed(state, ip, provider, token).await?;
    }
    verified
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
