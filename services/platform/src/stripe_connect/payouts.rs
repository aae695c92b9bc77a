//! Payouts: what Stripe paid to an owner's bank, how much waits, and how often it is sent (PAY-57 to PAY-59). Everything
//! but the flags of unusual payouts is read from Stripe on demand.

use contracts::events::{AlertType, NotificationData, NotificationType, SecurityAlert, Severity, Urgency};
use contracts::identity::ConnectStatus;
use contracts::ids::UserId;
use contracts::internal::PayoutSchedule;
use contracts::money::Cents;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::client::StripePayout;
use super::domain::{PayoutFlag, payout_flags};
use super::ops::{StripeConnectError, payout_account};
use super::store::{self, SeenPayout};
use super::texts;
use crate::audit::{Action, Actor};
use crate::notices::{self, Notice};
use crate::outbox;
use crate::state::AppState;

/// Where a payout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PayoutStatus {
    /// Not sent yet.
    Pending,
    /// On its way to the bank.
    InTransit,
    /// At the bank.
    Paid,
    /// The bank refused it, or it was called back.
    Failed,
}

impl PayoutStatus {
    /// From Stripe's word; one it adds later counts as not sent.
    #[must_use]
    pub fn of_stripe(word: &str) -> Self {
        match word {
            "in_transit" => Self::InTransit,
            "paid" => Self::Paid,
            "failed" | "canceled" => Self::Failed,
            _ => Self::Pending,
        }
    }
}

/// A payout as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    pub id: String,
    pub amount: Cents,
    pub status: PayoutStatus,
    pub arrival: Option<Date>,
}

impl From<&StripePayout> for Payout {
    fn from(payout: &StripePayout) -> Self {
        let arrival = Timestamp::from_second(payout.arrival_date).ok();
        Self {
            id: payout.id.clone(),
            amount: Cents(payout.amount),
            status: PayoutStatus::of_stripe(&payout.status),
            arrival: arrival.map(|instant| instant.to_zoned(TimeZone::UTC).date()),
        }
    }
}

/// The money of an account at Stripe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    /// Can be paid out.
    pub available: Cents,
    /// Cannot yet.
    pub pending: Cents,
}

/// The account to ask Stripe about: none while there is none, or once it answers no more.
async fn living_account(state: &AppState, owner: UserId) -> Result<Option<String>, StripeConnectError> {
    let account = payout_account(state, owner).await?;
    Ok(account.stripe_account_id.filter(|_| account.status != ConnectStatus::Disabled))
}

/// One page of the owner's payouts, newest first, and how many there are (PAY-57).
pub async fn history(
    state: &AppState,
    owner: UserId,
    page: usize,
    size: usize,
) -> Result<(Vec<Payout>, usize), StripeConnectError> {
    let Some(account) = living_account(state, owner).await? else { return Ok((Vec::new(), 0)) };
    let all = state.stripe_connect.client.payouts(&account).await?;
    let shown = all.iter().skip(page.saturating_mul(size)).take(size).map(Payout::from).collect();
    Ok((shown, all.len()))
}

/// When the next payout arrives, as far as Stripe has made one.
pub async fn next_arrival(state: &AppState, account: &str) -> Option<Date> {
    let newest = match state.stripe_connect.client.newest_payouts(account).await {
        Ok(newest) => newest,
        Err(error) => {
            tracing::warn!(error = %error, "Stripe does not tell the next payout");
            return None;
        }
    };
    let open = newest.iter().filter(|payout| matches!(payout.status.as_str(), "pending" | "in_transit"));
    open.map(Payout::from).filter_map(|payout| payout.arrival).min()
}

/// What the owner has at Stripe (PAY-57).
pub async fn balance(state: &AppState, owner: UserId) -> Result<Balance, StripeConnectError> {
    let Some(account) = living_account(state, owner).await? else { return Ok(Balance::default()) };
    Ok(state.stripe_connect.client.balance(&account).await?)
}

/// Changes how often the owner is paid (PAY-58). While payouts are held it cannot be changed, because holding means that
/// the schedule is none (PAY-61).
pub async fn set_schedule(state: &AppState, actor: &Actor, schedule: PayoutSchedule) -> Result<(), StripeConnectError> {
    let account = payout_account(state, actor.user).await?;
    let Some(stripe_account) = account.stripe_account_id.filter(|_| account.status == ConnectStatus::Active) else {
        return Err(StripeConnectError::NoPayoutAccount);
    };
    let mut connection = state.pool.acquire().await?;
    if store::payouts_held(&mut connection, actor.user).await? {
        return Err(StripeConnectError::PayoutsOnHold);
    }
    drop(connection);
    let key = format!("connect-schedule-{}", state.env.ids.new_id());
    state.stripe_connect.client.set_schedule(&stripe_account, schedule, &key).await?;
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    store::set_schedule(&mut transaction, actor.user, schedule, now).await?;
    let action = Action {
        name: "PAYOUT_SCHEDULE_UPDATED",
        resource_type: "USER",
        resource_id: actor.user.0,
        before: Some(json!({ "payoutSchedule": account.payout_schedule })),
        after: Some(json!({ "payoutSchedule": schedule })),
    };
    actor.record(&mut transaction, action, now).await?;
    transaction.commit().await?;
    Ok(())
}

/// Takes a report about a payout: one that is unusual is flagged for review, one that arrived is told to the owner, each
/// once (PAY-59).
pub async fn take_report(
    state: &AppState,
    account: &str,
    event: (&str, &str),
    payout: &StripePayout,
) -> Result<(), StripeConnectError> {
    let (event_id, kind) = event;
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(owner) = store::owner_of(&mut transaction, account).await? else { return Ok(()) };
    if !store::remember_event(&mut transaction, event_id, kind, now).await? {
        return Ok(());
    }
    let created_at = Timestamp::from_second(payout.created).unwrap_or(now);
    let week = SignedDuration::from_hours(7 * 24);
    let this_week = store::paid_between(&mut transaction, owner, created_at - week, created_at, &payout.id).await?;
    let last_week =
        store::paid_between(&mut transaction, owner, created_at - week * 2, created_at - week, &payout.id).await?;
    let flags = payout_flags(Cents(payout.amount), this_week, last_week);
    let status = payout.status.to_uppercase();
    let seen = SeenPayout {
        id: &payout.id,
        owner,
        amount: Cents(payout.amount),
        status: &status,
        created_at,
        flags: &flags.iter().map(|flag| flag.as_str().to_owned()).collect::<Vec<_>>(),
    };
    let before = store::keep_payout(&mut transaction, &seen, now).await?;
    if before.is_none() && !flags.is_empty() {
        outbox::append(&state.env, &mut transaction, flagged(owner, payout, &flags), now)
            .await
            .map_err(StripeConnectError::Event)?;
    }
    let newly_paid = status == "PAID" && before.as_deref() != Some("PAID");
    if newly_paid {
        let text = texts::paid_out(Cents(payout.amount));
        let notice = Notice {
            to: owner,
            kind: NotificationType::PayoutCompleted,
            urgency: Urgency::Standard,
            title: text.0,
            body: text.1,
            data: NotificationData { deep_link: Some("/payouts".to_owned()), ..NotificationData::default() },
            channels: None,
        };
        notices::request(&mut transaction, &state.env, notice, now).await.map_err(StripeConnectError::Event)?;
    }
    transaction.commit().await?;
    state.wake.wake();
    Ok(())
}

fn flagged(owner: UserId, payout: &StripePayout, flags: &[PayoutFlag]) -> SecurityAlert {
    let why: Vec<&str> = flags.iter().map(|flag| flag.as_str()).collect();
    SecurityAlert {
        alert_type: AlertType::PaymentFraud,
        severity: Severity::Medium,
        user_id: Some(owner),
        ip_address: None,
        description: format!("Payout {} of {} EUR is unusual: {}", payout.id, Cents(payout.amount), why.join(", ")),
        metadata: None,
    }
}

/// A payout that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flagged {
    pub id: String,
    pub owner: UserId,
    pub amount: Cents,
    pub status: String,
    pub created_at: Timestamp,
    pub flags: Vec<String>,
}

/// One page of flagged payouts, newest first, and how many there are (PAY-59).
pub async fn list_flagged(
    state: &AppState,
    offset: i64,
    limit: i64,
) -> Result<(Vec<Flagged>, i64), StripeConnectError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::flagged_payouts(&mut connection, offset, limit).await?)
}
