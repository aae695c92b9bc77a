//! Leaving for good (AUTH-40 to AUTH-44): the account is closed at once, the person is taken out of it as soon as the
//! other service has let go of their bookings.

use contracts::events::AccountDeleted;
use contracts::identity::{AccountStatus, Role};
use contracts::ids::UserId;
use jiff::SignedDuration;
use kit::jobs::{self, NewJob, RunningJob};
use serde_json::json;

use super::AccountError;
use crate::accounts::domain::EndReason;
use crate::accounts::events;
use crate::accounts::jobs::{ANONYMISE, Anonymise};
use crate::accounts::store::{self, closing as rows, staff};
use crate::audit::{self, Actor, Entry};
use crate::availability::store::lock_calendar;
use crate::outbox;
use crate::state::AppState;

/// How often it is looked whether the bookings of a customer who left are gone.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(1);
/// Whatever is still there after this time keeps nobody's name.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Closes the caller's account. An owner whose courts somebody still counts on stays (AUTH-41).
pub async fn close_account(state: &AppState, actor: &Actor) -> Result<(), AccountError> {
    let (env, now, user) = (&state.env, state.env.clock.now(), actor.user);
    let mut transaction = kit::db::begin(&state.pool).await?;
    if actor.role == Role::PlatformAdmin {
        staff::queue_for_admins(&mut transaction).await?;
    }
    let account = store::account_locked(&mut transaction, user).await?.ok_or(AccountError::AccountNotFound)?;
    if account.role == Role::PlatformAdmin && staff::other_active_admins(&mut transaction, user).await? == 0 {
        return Err(AccountError::LastAdmin);
    }
    let courts = rows::courts_of(&mut transaction, user).await?;
    // Locked calendars move, so that no hold validated before is booked after; then it is counted what is there.
    for court in &courts {
        lock_calendar(&mut transaction, *court).await?;
    }
    let ahead = rows::bookings_ahead_on(&mut transaction, &courts, now).await?;
    if ahead > 0 {
        return Err(AccountError::FutureBookings(ahead));
    }
    store::end_all_sessions(&mut transaction, user, EndReason::AccountClosed, now).await?;
    rows::close(&mut transaction, user, now).await?;
    for court in &courts {
        events::append_hidden_court(env, &mut transaction, *court, user, now).await.map_err(AccountError::Event)?;
    }
    let ip = actor.ip.to_string();
    let entry = Entry {
        actor: Some(user),
        role: Some(account.role),
        action: "ACCOUNT_DELETED",
        resource_type: "USER",
        resource_id: user.0,
        owner: account.is_owner().then_some(user),
        before: Some(json!({ "status": account.status })),
        after: Some(json!({ "status": AccountStatus::Deleted, "hiddenCourts": courts })),
        ip: Some(&ip),
    };
    audit::append(&mut transaction, &entry, now).await?;
    let event = AccountDeleted { user_id: user, role: account.role };
    outbox::append(env, &mut transaction, event, now).await.map_err(AccountError::Event)?;
    let job = anonymise_job(state, user)?;
    jobs::enqueue(&mut transaction, &job).await?;
    transaction.commit().await?;
    state.accounts.statuses.invalidate(user);
    for court in courts {
        state.availability.forget_court(court);
    }
    state.wake.wake();
    state.jobs_wake.wake();
    Ok(())
}

fn anonymise_job(state: &AppState, user: UserId) -> Result<NewJob, AccountError> {
    NewJob::new(state.env.ids.new_id(), ANONYMISE, state.env.clock.now())
        .unique_by(user.to_string())
        .with_payload(&Anonymise { user_id: user })
        .map_err(|error| AccountError::Event(error.into()))
}

/// Takes the person out of a closed account, or looks again later while bookings are still ahead: messages about their
/// refunds need the address. Each run is one transaction with the job's end, so a crash repeats it whole (AUTH-44).
pub async fn anonymise(state: &AppState, job: &RunningJob, user: UserId) -> anyhow::Result<()> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    if let Some(closed_at) = rows::closed_not_anonymised(&mut transaction, user).await? {
        let waits = now.duration_since(closed_at) < LONGEST_WAIT
            && rows::bookings_ahead_of(&mut transaction, user, now).await? > 0;
        if waits {
            job.finish(&mut transaction).await?;
            jobs::enqueue(&mut transaction, &anonymise_job(state, user)?.at(now + LOOK_AGAIN)).await?;
            transaction.commit().await?;
            return Ok(());
        }
        rows::anonymise(&mut transaction, user, now).await?;
    }
    job.finish(&mut transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// Asks again for everybody whose anonymising was lost or given up (SEC-56).
pub async fn anonymise_overdue(state: &AppState) -> anyhow::Result<()> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    for user in rows::overdue(&mut transaction, state.env.clock.now() - LONGEST_WAIT).await? {
        jobs::enqueue(&mut transaction, &anonymise_job(state, user)?).await?;
    }
    transaction.commit().await?;
    state.jobs_wake.wake();
    Ok(())
}
