//! The administration of accounts: listing, suspending, giving roles, inviting staff (AUTH-48, AUTH-51, SEC-34, SEC-35).
//!
//! Whether the caller is an admin is read from the database under lock, because a token is up to 15 minutes old.

use contracts::events::AccountSuspended;
use contracts::identity::{AccountStatus, ConnectStatus, IdentityProvider, Language, Role, SubscriptionStatus};
use contracts::ids::UserId;
use jiff::{SignedDuration, Timestamp};
use kit::db::is_unique_violation;
use kit::plain_text;
use serde_json::json;
use sqlx::{PgConnection, Postgres, Transaction};

use super::sign_in::{complete, prove};
use super::{AccountError, SignedIn, protection, token_hash};
use crate::accounts::domain::{Account, Device, EndReason, staff};
use crate::accounts::store::staff as rows;
pub use crate::accounts::store::staff::{ListedUser, UserFilter};
use crate::accounts::{events, store};
use crate::audit::{self, Actor, Entry};
use crate::outbox;
use crate::state::AppState;

/// How long an invitation waits.
const INVITATION_LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Accounts that fit, the newest first, and how many there are.
pub async fn list_users(
    state: &AppState,
    filter: &UserFilter,
    page: u32,
    size: u32,
) -> Result<(Vec<ListedUser>, i64), AccountError> {
    let mut connection = state.pool.acquire().await?;
    let total = rows::count_users(&mut connection, filter).await?;
    let users = rows::users(&mut connection, filter, i64::from(size), i64::from(page) * i64::from(size)).await?;
    Ok((users, total))
}

/// Shuts an account out: all sessions end, calls are refused from now on (AUTHZ-12). Suspending again changes the reason.
pub async fn suspend_user(
    state: &AppState,
    actor: &Actor,
    user: UserId,
    reason: Option<&str>,
) -> Result<ListedUser, AccountError> {
    let reason = reason.map(plain_text::lines).filter(|text| !text.is_empty());
    change_suspension(state, actor, user, AccountStatus::Suspended, reason).await
}

/// Lets an account in again; its people sign in anew.
pub async fn unsuspend_user(state: &AppState, actor: &Actor, user: UserId) -> Result<ListedUser, AccountError> {
    change_suspension(state, actor, user, AccountStatus::Active, None).await
}

async fn change_suspension(
    state: &AppState,
    actor: &Actor,
    user: UserId,
    status: AccountStatus,
    reason: Option<String>,
) -> Result<ListedUser, AccountError> {
    let now = state.env.clock.now();
    let (mut transaction, admin, mut target) = begin_with_both(state, actor.user, user).await?;
    staff::check_administration(&admin, &target)?;
    if status != AccountStatus::Active {
        store::end_all_sessions(&mut transaction, user, EndReason::AccountClosed, now).await?;
    }
    rows::set_suspension(&mut transaction, user, status, reason.as_deref(), now).await?;
    let action = if status == AccountStatus::Active { "USER_UNSUSPENDED" } else { "USER_SUSPENDED" };
    let (before, after) = (json!({ "status": target.status }), json!({ "status": status, "reason": reason }));
    record(&mut transaction, actor, action, user, before, after, now).await?;
    if status == AccountStatus::Suspended && target.status != status {
        let event = AccountSuspended { user_id: user, role: target.role };
        outbox::append(&state.env, &mut transaction, event, now).await.map_err(AccountError::Event)?;
    }
    transaction.commit().await?;
    state.accounts.statuses.invalidate(user);
    state.wake.wake();
    target.status = status;
    Ok(ListedUser { account: target, suspension_reason: reason })
}

/// Gives a staff role. The person's sessions end: what they show was given to somebody else.
pub async fn assign_role(
    state: &AppState,
    actor: &Actor,
    user: UserId,
    role: Role,
) -> Result<ListedUser, AccountError> {
    staff::check_given_role(role)?;
    let now = state.env.clock.now();
    let (mut transaction, admin, mut target) = begin_with_both(state, actor.user, user).await?;
    staff::check_role_change(&admin, &target, role)?;
    let ahead = store::closing::bookings_ahead_of(&mut transaction, user, now).await?;
    if ahead > 0 {
        return Err(AccountError::FutureBookings(ahead));
    }
    if target.role != role {
        store::end_all_sessions(&mut transaction, user, EndReason::RoleChanged, now).await?;
        rows::set_role(&mut transaction, user, role, now).await?;
        let (before, after) = (json!({ "role": target.role }), json!({ "role": role }));
        record(&mut transaction, actor, "USER_ROLE_CHANGED", user, before, after, now).await?;
        target.role = role;
    }
    transaction.commit().await?;
    Ok(ListedUser { account: target, suspension_reason: None })
}

/// Somebody who is to work here.
#[derive(Debug)]
pub struct NewStaff {
    pub email: String,
    pub name: String,
    pub role: Role,
    pub language: Language,
}

/// Opens an account of staff and mails its invitation. Nobody can sign in to it before the invitation is followed: the
/// address alone links no identity (AUTH-09).
pub async fn invite_staff(
    state: &AppState,
    actor: &Actor,
    wanted: NewStaff,
) -> Result<(ListedUser, Timestamp), AccountError> {
    staff::check_given_role(wanted.role)?;
    let (env, now) = (&state.env, state.env.clock.now());
    let account = Account {
        id: UserId(env.ids.new_id()),
        email: wanted.email.trim().to_owned(),
        name: plain_text::line(&wanted.name),
        phone: None,
        role: wanted.role,
        status: AccountStatus::Active,
        language: wanted.language,
        verified: false,
        subscription: SubscriptionStatus::None,
        trial_ends_at: None,
        stripe_status: ConnectStatus::NotStarted,
        created_at: now,
    };
    let (link, expires_at) = (env.ids.secret(protection::LINK_BYTES), now + INVITATION_LIFETIME);
    let mut transaction = kit::db::begin(&state.pool).await?;
    let admin = store::account_locked(&mut transaction, actor.user).await?.ok_or(AccountError::AccountNotFound)?;
    staff::check_administration(&admin, &account)?;
    store::insert_account(&mut transaction, &account).await.map_err(|error| {
        if is_unique_violation(&error, "users_email_unique") { AccountError::EmailInUse } else { error.into() }
    })?;
    let hash = token_hash(&link);
    rows::insert_invitation(&mut transaction, &hash, account.id, actor.user, expires_at, now).await?;
    let after = json!({ "role": account.role });
    record(&mut transaction, actor, "STAFF_INVITED", account.id, serde_json::Value::Null, after, now).await?;
    events::invite(state, &mut transaction, account.id, &link, now).await.map_err(AccountError::Event)?;
    transaction.commit().await?;
    state.wake.wake();
    Ok((ListedUser { account, suspension_reason: None }, expires_at))
}

/// `POST /api/auth/accept-invitation` after its body was read.
#[derive(Debug)]
pub struct Acceptance {
    pub link: String,
    pub provider: IdentityProvider,
    pub provider_token: String,
    pub device: Device,
}

/// Links the identity of somebody who was invited and signs them in.
pub async fn accept_invitation(state: &AppState, request: Acceptance) -> Result<SignedIn, AccountError> {
    let device = &request.device;
    let identity = prove(state, request.provider, &request.provider_token, device.ip.as_deref()).await?;
    let (now, hash) = (state.env.clock.now(), token_hash(&request.link));
    let mut transaction = kit::db::begin(&state.pool).await?;
    let user = rows::invited(&mut transaction, &hash, now).await?.ok_or(AccountError::LinkExpired)?;
    let account = store::account_locked(&mut transaction, user).await?.ok_or(AccountError::LinkExpired)?;
    account.check_may_sign_in()?;
    if !rows::accept_invitation(&mut transaction, &hash, now).await? {
        return Err(AccountError::LinkExpired);
    }
    store::insert_identity(&mut transaction, state.env.ids.new_id(), user, &identity, now).await.map_err(|error| {
        if is_unique_violation(&error, "user_identities_subject_unique") {
            AccountError::ProviderAlreadyLinked
        } else {
            error.into()
        }
    })?;
    let begun = complete(state, &mut transaction, account, device, None).await?;
    transaction.commit().await?;
    begun.sign(state)
}

/// A transaction with the rows of admin and target locked.
async fn begin_with_both(
    state: &AppState,
    admin: UserId,
    target: UserId,
) -> Result<(Transaction<'static, Postgres>, Account, Account), AccountError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    rows::lock_both(&mut transaction, admin, target).await?;
    let admin = store::account(&mut transaction, admin).await?.ok_or(AccountError::AccountNotFound)?;
    let target = store::account(&mut transaction, target).await?.ok_or(AccountError::AccountNotFound)?;
    Ok((transaction, admin, target))
}

/// SEC-36: what admins do to accounts is in the audit log, and in no owner's own.
async fn record(
    connection: &mut PgConnection,
    actor: &Actor,
    action: &'static str,
    user: UserId,
    before: serde_json::Value,
    after: serde_json::Value,
    now: Timestamp,
) -> Result<(), AccountError> {
    let ip = actor.ip.to_string();
    let entry = Entry {
        actor: Some(actor.user),
        role: Some(actor.role),
        action,
        resource_type: "USER",
        resource_id: user.0,
        owner: None,
        before: (!before.is_null()).then_some(before),
        after: Some(after),
        ip: Some(&ip),
    };
    Ok(audit::append(connection, &entry, now).await?)
}
