//! Roles as extractor types: a handler names the right it needs in its argument list (AUTHZ-02, AUTHZ-07).
//!
//! `caller: Caller<Customer>` answers 401 without a good token, 403 for another role and 403 or 401 for an account that
//! was suspended or deleted since the token was issued.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use contracts::codes;
use contracts::identity::{AccessClaims, AccountStatus, Role};
use contracts::ids::UserId;
use futures::future::BoxFuture;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::verifier::{AuthError, Verifier};
use crate::clock::SharedClock;
use crate::error::ApiError;
use crate::telemetry;

/// A set of roles that may call a handler.
pub trait Allowed: Send + Sync + 'static {
    /// The roles, for the check and for tests that walk every route.
    const ROLES: &'static [Role];
}

macro_rules! allowed {
    ($($(#[$doc:meta])+ $name:ident = [$($role:ident),+];)+) => {$(
        $(#[$doc])+
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        impl Allowed for $name {
            const ROLES: &'static [Role] = &[$(Role::$role),+];
        }
    )+};
}

allowed! {
    /// Everyone who is signed in.
    AnyRole = [Customer, CourtOwner, SupportAgent, PlatformAdmin];
    /// Customers.
    Customer = [Customer];
    /// Court owners.
    Owner = [CourtOwner];
    /// Customers and court owners.
    CustomerOrOwner = [Customer, CourtOwner];
    /// Customers, court owners and platform admins.
    CustomerOwnerOrAdmin = [Customer, CourtOwner, PlatformAdmin];
    /// Support agents.
    Agent = [SupportAgent];
    /// Platform admins.
    Admin = [PlatformAdmin];
    /// Support agents and platform admins.
    Staff = [SupportAgent, PlatformAdmin];
}

/// Tells whether an account still stands. Answers may be a few seconds old, never older.
pub trait AccountSource: Send + Sync + 'static {
    /// The account's status; `None` when there is no such account.
    fn account_status(&self, user: UserId) -> BoxFuture<'_, anyhow::Result<Option<AccountStatus>>>;

    /// Whatever is known of the account is old: the next answer is read anew. Does nothing unless answers are kept.
    fn forget(&self, _user: UserId) {}

    /// Told of every call of an account that stands, so that its session stays awake (AUTH-28). Does nothing unless
    /// the source keeps sessions.
    fn seen<'a>(&'a self, _claims: &'a AccessClaims) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// What a router's state must offer so that its handlers can ask for a [`Caller`].
#[derive(Clone)]
pub struct Auth {
    /// Checks tokens.
    pub verifier: Arc<Verifier>,
    /// Checks accounts.
    pub accounts: Arc<dyn AccountSource>,
    /// Tells whether a token has expired.
    pub clock: SharedClock,
}

/// The claims of a request whose bearer token an outer layer has verified already, so that it is verified once.
#[derive(Debug, Clone)]
pub(crate) struct ProvenToken(pub(crate) AccessClaims);

/// The proven caller of a handler.
#[derive(Debug, Clone)]
pub struct Caller<A> {
    /// Who calls.
    pub user_id: UserId,
    /// With which role; always one of `A`'s.
    pub role: Role,
    /// The whole token. Its owner claims are up to 15 minutes old (AUTHZ-06).
    pub claims: AccessClaims,
    allowed: PhantomData<fn() -> A>,
}

impl Auth {
    /// Proves the bearer token of a request, or of a socket's CONNECT frame, without looking at roles.
    ///
    /// # Errors
    /// 401 without a good token or for a deleted account, 403 for a suspended one, 503 when the keys or the account
    /// cannot be read.
    pub async fn authenticate(&self, token: &str) -> Result<AccessClaims, ApiError> {
        let claims = self.verifier.verify(token, self.clock.now()).await.map_err(ApiError::from)?;
        self.account_stands(claims).await
    }

    async fn authenticate_request(&self, parts: &Parts) -> Result<Option<AccessClaims>, ApiError> {
        let Some(token) = bearer_token(&parts.headers)? else {
            return Ok(None);
        };
        match parts.extensions.get::<ProvenToken>() {
            Some(ProvenToken(claims)) => self.account_stands(claims.clone()).await.map(Some),
            None => self.authenticate(token).await.map(Some),
        }
    }

    async fn account_stands(&self, claims: AccessClaims) -> Result<AccessClaims, ApiError> {
        telemetry::record_user(claims.sub);
        match self.accounts.account_status(claims.sub).await.map_err(|error| ApiError::unavailable(error, 1))? {
            Some(AccountStatus::Active) => {
                self.accounts.seen(&claims).await;
                Ok(claims)
            }
            Some(AccountStatus::Suspended) => Err(ApiError::new(&codes::ACCOUNT_SUSPENDED)),
            Some(AccountStatus::Deleted) | None => Err(ApiError::new(&codes::AUTH_TOKEN_INVALID)),
        }
    }
}

impl<A: Allowed> Caller<A> {
    /// Admits the holder of `claims` when `A` names the role.
    ///
    /// # Errors
    /// 403 `AUTHZ_INSUFFICIENT_ROLE`.
    pub fn admit(claims: AccessClaims) -> Result<Self, ApiError> {
        if !A::ROLES.contains(&claims.role) {
            return Err(ApiError::new(&codes::AUTHZ_INSUFFICIENT_ROLE));
        }
        Ok(Self { user_id: claims.sub, role: claims.role, claims, allowed: PhantomData })
    }
}

impl<S, A> FromRequestParts<S> for Caller<A>
where
    S: Send + Sync,
    A: Allowed,
    Auth: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let claims = Auth::from_ref(state).authenticate_request(parts).await?;
        Self::admit(claims.ok_or_else(|| ApiError::new(&codes::AUTH_REQUIRED))?)
    }
}

/// `Option<Caller<A>>`: nobody without an `Authorization` header, but a bad token stays an error.
impl<S, A> OptionalFromRequestParts<S> for Caller<A>
where
    S: Send + Sync,
    A: Allowed,
    Auth: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Self::Rejection> {
        Auth::from_ref(state).authenticate_request(parts).await?.map(Self::admit).transpose()
    }
}

/// The bearer token of a request; `None` without an `Authorization` header, an error for any other scheme.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        return Ok(None);
    };
    let token = header
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty());
    token.map(Some).ok_or_else(|| ApiError::new(&codes::AUTH_TOKEN_INVALID))
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Expired => Self::new(&codes::AUTH_TOKEN_EXPIRED),
            AuthError::Invalid(reason) => Self::new(&codes::AUTH_TOKEN_INVALID).caused_by(anyhow::anyhow!(reason)),
            AuthError::KeysUnavailable(cause) => Self::unavailable(cause, 5),
        }
    }
}
