//! The use cases of payout accounts. Stripe is never asked inside a database transaction.

use contracts::identity::ConnectStatus;
use contracts::ids::UserId;
use jiff::{SignedDuration, Timestamp};
use kit::db::is_unique_violation;
use serde::Deserialize;
use sqlx::PgConnection;

use super::client::{StripeAccount, StripeError};
use super::domain::{AccountReport, Applied, PayoutAccount};
use super::{events, payouts, store};
use crate::state::AppState;

#[derive(Debug, thiserror::Error)]
pub enum StripeConnectError {
    #[error("no such owner")]
    OwnerNotFound,
    #[error("there is no account that could be paid out")]
    NoPayoutAccount,
    #[error("payouts are held")]
    PayoutsOnHold,
    #[error(transparent)]
    Stripe(#[from] StripeError),
    #[error(transparent)]
    Storage(#[from] sqlx::Error),
    #[error("the event could not be written")]
    Event(#[source] anyhow::Error),
}

pub async fn payout_account(state: &AppState, owner: UserId) -> Result<PayoutAccount, StripeConnectError> {
    let mut connection = state.pool.acquire().await?;
    store::payout_account(&mut connection, owner).await?.ok_or(StripeConnectError::OwnerNotFound)
}

/// The owner's own look at the account: Stripe is asked on the way (PAY-57), so that whoever comes back from
/// onboarding sees the truth before the webhook has arrived. With Stripe away the stored state is shown.
pub async fn own_payout_account(state: &AppState, owner: UserId) -> Result<PayoutAccount, StripeConnectError> {
    let stored = payout_account(state, owner).await?;
    // A disabled account no longer answers for itself.
    let asked = stored.stripe_account_id.clone().filter(|_| stored.status != ConnectStatus::Disabled);
    let Some(stripe_account) = asked else {
        return Ok(stored);
    };
    // Stripe tells the time of its reports in whole seconds; a finer one would outrank its next webhook.
    let asked_at = whole_seconds(state.env.clock.now());
    match state.stripe_connect.client.account(&stripe_account).await {
        Ok(account) => {
            let taken = take_report(state, owner, &account.id, &account.report(), asked_at, None).await?;
            Ok(taken.unwrap_or(stored))
        }
        Err(error) => {
            tracing::warn!(error = %error, "Stripe does not tell the state of an account, the stored one is shown");
            Ok(stored)
        }
    }
}

/// Gives the owner a page at Stripe to begin or go on with onboarding (PAY-51).
pub async fn onboard(
    state: &AppState,
    owner: UserId,
    return_url: &str,
    refresh_url: &str,
) -> Result<String, StripeConnectError> {
    let stored = payout_account(state, owner).await?;
    let client = &state.stripe_connect.client;
    let stripe_account = match stored.stripe_account_id {
        Some(account) => account,
        None => {
            let mut connection = state.pool.acquire().await?;
            let email = store::address(&mut connection, owner).await?.ok_or(StripeConnectError::OwnerNotFound)?;
            drop(connection);
            // The key is the intent: asked again after a crash, Stripe gives the same account.
            let key = format!("connect-account-{owner}");
            let made = client.create_account(&email, &owner.to_string(), &key).await?;
            keep_account(state, owner, made.id).await?
        }
    };
    let key = format!("connect-link-{}", state.env.ids.new_id());
    Ok(client.create_account_link(&stripe_account, return_url, refresh_url, &key).await?)
}

/// Stores a new account; a webhook may have been faster, and then its account stays.
async fn keep_account(state: &AppState, owner: UserId, made: String) -> Result<String, StripeConnectError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let stored = store::payout_account_locked(&mut transaction, owner).await?;
    let stored = stored.ok_or(StripeConnectError::OwnerNotFound)?;
    if let Some(known) = stored.stripe_account_id {
        return Ok(known);
    }
    let previous = stored.status;
    let account = stored.begin(made.clone(), now);
    save(state, &mut transaction, &account, (account.status != previous).then_some(previous), now).await?;
    transaction.commit().await?;
    state.wake.wake();
    Ok(made)
}

/// A Connect webhook, its signature already checked.
#[derive(Debug, Deserialize)]
pub struct ConnectEvent {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    /// Seconds since 1970.
    pub created: i64,
    #[serde(default)]
    pub account: Option<String>,
    pub data: ConnectEventData,
}

#[derive(Debug, Deserialize)]
pub struct ConnectEventData {
    pub object: serde_json::Value,
}

/// Takes a webhook in (PAY-54, PAY-56). Repeated, late and unknown ones are fine and change nothing.
pub async fn take_event(state: &AppState, event: ConnectEvent) -> Result<(), StripeConnectError> {
    let (stripe_account, report, named_owner) = match event.kind.as_str() {
        "account.updated" => match serde_json::from_value::<StripeAccount>(event.data.object) {
            Ok(account) => {
                let owner = account.metadata.get("courtside_user_id").and_then(|text| text.parse().ok());
                (account.id.clone(), account.report(), owner)
            }
            Err(error) => {
                tracing::error!(event = event.id, %error, "an account.updated without a readable account was ignored");
                return Ok(());
            }
        },
        kind if kind.starts_with("payout.") => {
            let (Some(account), Ok(payout)) = (&event.account, serde_json::from_value(event.data.object)) else {
                tracing::warn!(event = event.id, "a report about a payout without account or object was ignored");
                return Ok(());
            };
            return payouts::take_report(state, account, (&event.id, kind), &payout).await;
        }
        "account.application.deauthorized" => match event.account {
            Some(account) => (account, AccountReport::deauthorized(), None),
            None => return Ok(()),
        },
        _ => return Ok(()),
    };
    let Ok(reported_at) = Timestamp::from_second(event.created) else {
        return Ok(());
    };
    let mut connection = state.pool.acquire().await?;
    // A webhook can be faster than the answer to the call that made the account: then the account itself says whose
    // it is, because we wrote that on it.
    let known = store::owner_of(&mut connection, &stripe_account).await?;
    drop(connection);
    let Some(owner) = known.or(named_owner) else {
        tracing::warn!(event = event.id, "a webhook about an account of nobody was ignored");
        return Ok(());
    };
    let webhook = Webhook { id: &event.id, kind: &event.kind };
    take_report(state, owner, &stripe_account, &report, reported_at, Some(webhook)).await?;
    Ok(())
}

struct Webhook<'a> {
    id: &'a str,
    kind: &'a str,
}

/// Stores what Stripe reports, with its event, once. Answers the account after it, or nothing when the report was
/// repeated, late or about another account than the owner's.
async fn take_report(
    state: &AppState,
    owner: UserId,
    stripe_account: &str,
    report: &AccountReport,
    reported_at: Timestamp,
    webhook: Option<Webhook<'_>>,
) -> Result<Option<PayoutAccount>, StripeConnectError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(stored) = store::payout_account_locked(&mut transaction, owner).await? else {
        return Ok(None);
    };
    if let Some(webhook) = &webhook
        && !store::remember_event(&mut transaction, webhook.id, webhook.kind, now).await?
    {
        return Ok(None);
    }
    let mut stored = match &stored.stripe_account_id {
        Some(known) if known == stripe_account => stored,
        Some(_) => return Ok(None),
        None => PayoutAccount { stripe_account_id: Some(stripe_account.to_owned()), ..stored },
    };
    if webhook.is_some() {
        stored.last_webhook_at = Some(now);
    }
    let outcome = match stored.clone().apply(report, reported_at, now) {
        Applied::Outdated => (stored, None),
        Applied::Taken { account, previous } => (account, previous),
    };
    let (account, previous) = outcome;
    save(state, &mut transaction, &account, previous, now).await?;
    transaction.commit().await?;
    state.wake.wake();
    Ok(Some(account))
}

/// Writes the account and, when its status changed, the event about it.
async fn save(
    state: &AppState,
    connection: &mut PgConnection,
    account: &PayoutAccount,
    previous: Option<ConnectStatus>,
    now: Timestamp,
) -> Result<(), StripeConnectError> {
    let written = store::update(connection, account, now).await.map_err(|error| {
        if is_unique_violation(&error, "users_stripe_account_unique") {
            StripeConnectError::OwnerNotFound
        } else {
            error.into()
        }
    })?;
    if !written {
        return Err(StripeConnectError::OwnerNotFound);
    }
    if let Some(previous) = previous {
        let courts = store::courts_of(connection, account.owner).await?;
        events::append_status_changed(state, connection, account, previous, courts, now)
            .await
            .map_err(StripeConnectError::Event)?;
    }
    Ok(())
}

fn whole_seconds(instant: Timestamp) -> Timestamp {
    instant - SignedDuration::from_nanos(i64::from(instant.subsec_nanosecond()))
}

/// Tells staff that somebody sends old webhooks again (PAY-38).
pub async fn report_replay(state: &AppState, ip: String) -> Result<(), StripeConnectError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    events::append_replay_alert(state, &mut transaction, ip, state.env.clock.now())
        .await
        .map_err(StripeConnectError::Event)?;
    transaction.commit().await?;
    state.wake.wake();
    Ok(())
}
