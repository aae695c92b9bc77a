//! The use cases of payout holds.

use contracts::events::{AlertType, SecurityAlert, Severity};
use contracts::ids::UserId;
use jiff::{SignedDuration, Timestamp};
use kit::jobs::{self, NewJob};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{HoldReason, HoldStatus, description, severity};
use super::jobs::TELL_STRIPE;
use super::store::{self, Candidate, Hold, NewHold};
use crate::bookings::ops::BookingError;
use crate::bookings::store::{self as booking_store, AuditEntry};
use crate::outgoing::Outgoing;
use crate::platform_port;
use crate::state::AppState;
use crate::stripe::StripeError;
use crate::stripe::wire::{Account, PayoutSchedule};

const BATCH: i64 = 500;
/// How far back the round looks.
const SCREENED_HOURS: i64 = 24;
const NOT_AT_ALL: &str = "manual";

/// Holds an owner's payouts, in the transaction of the reason; Stripe is told by a job.
///
/// # Errors
/// When the database refuses.
pub async fn hold(
    state: &AppState,
    connection: &mut PgConnection,
    new: NewHold<'_>,
    now: Timestamp,
) -> Result<(), BookingError> {
    if store::insert(connection, state.env.ids.new_id(), new, now).await? {
        enqueue(state, connection, new.owner, now).await?;
    }
    Ok(())
}

/// The reason is gone, in the transaction in which it went.
///
/// # Errors
/// When the database refuses.
pub async fn release_for(
    state: &AppState,
    connection: &mut PgConnection,
    reason: HoldReason,
    cause: Uuid,
    now: Timestamp,
) -> Result<(), BookingError> {
    if let Some(owner) = store::release_for(connection, reason, cause, now).await? {
        enqueue(state, connection, owner, now).await?;
    }
    Ok(())
}

async fn enqueue(
    state: &AppState,
    connection: &mut PgConnection,
    owner: UserId,
    now: Timestamp,
) -> Result<(), BookingError> {
    let job = NewJob::new(state.env.ids.new_id(), TELL_STRIPE, now)
        .with_payload(&json!({ "ownerId": owner }))
        .map_err(anyhow::Error::from)?
        .unique_by(owner.to_string())
        .with_max_attempts(40);
    jobs::enqueue(connection, &job).await?;
    Ok(())
}

/// Takes up owners whose holds Stripe has not been told of, e.g. because a second hold came while the job of the first ran.
///
/// # Errors
/// When the database refuses.
pub async fn take_up(state: &AppState) -> Result<(), BookingError> {
    let mut connection = state.pool.acquire().await?;
    let now = state.env.clock.now();
    let owners = store::untold(&mut connection, BATCH).await?;
    for owner in &owners {
        enqueue(state, &mut connection, *owner, now).await?;
    }
    if !owners.is_empty() {
        state.jobs_wake.wake();
    }
    Ok(())
}

/// Makes Stripe's schedule fit: manual while a reason is left, as it was before afterwards.
///
/// # Errors
/// When Stripe does not answer: try again.
pub async fn tell_stripe(state: &AppState, owner: UserId) -> Result<(), BookingError> {
    let mut connection = state.pool.acquire().await?;
    let standing = store::standing(&mut connection, owner).await?;
    drop(connection);
    let Some(account) = standing.account.as_deref() else { return Ok(()) };
    let key = format!("payouts:{owner}:{}:{}", if standing.held { "hold" } else { "pay" }, standing.round);
    let now = state.env.clock.now();
    if standing.held {
        let before = match standing.schedule_before {
            Some(known) => known,
            None => schedule_of(state.stripe.account(account).await.map_err(away)?),
        };
        let mut connection = state.pool.acquire().await?;
        store::keep_schedule(&mut connection, owner, &before).await?;
        drop(connection);
        if !standing.applied {
            let hold = PayoutSchedule { interval: NOT_AT_ALL.to_owned(), weekly_anchor: None, monthly_anchor: None };
            state.stripe.set_payout_schedule(account, &hold, &key).await.map_err(away)?;
        }
        let mut connection = state.pool.acquire().await?;
        store::applied(&mut connection, owner, now).await?;
    } else {
        if let Some(before) = standing.schedule_before.filter(|before| before.interval != NOT_AT_ALL) {
            state.stripe.set_payout_schedule(account, &before, &key).await.map_err(away)?;
        }
        let mut connection = state.pool.acquire().await?;
        store::lifted(&mut connection, owner, now).await?;
    }
    Ok(())
}

fn schedule_of(account: Account) -> PayoutSchedule {
    let schedule = account.settings.and_then(|settings| settings.payouts).and_then(|payouts| payouts.schedule);
    schedule.unwrap_or(PayoutSchedule { interval: "daily".to_owned(), weekly_anchor: None, monthly_anchor: None })
}

fn away(error: StripeError) -> BookingError {
    if error.is_silence() {
        tracing::warn!(error = %error, "Stripe does not answer, trying again later");
        BookingError::PaymentUnavailable
    } else {
        anyhow::Error::from(error).into()
    }
}

/// Looks at the paid bookings nobody has looked at (PAY-60). Returns how many were suspicious.
///
/// # Errors
/// When the database refuses.
pub async fn screen_bookings(state: &AppState) -> Result<usize, BookingError> {
    let since = state.env.clock.now() - SignedDuration::from_hours(SCREENED_HOURS);
    let mut connection = state.pool.acquire().await?;
    let candidates = store::unscreened(&mut connection, since, BATCH).await?;
    drop(connection);
    let mut suspicious = 0;
    for candidate in candidates {
        suspicious += usize::from(screen(state, &candidate).await?);
    }
    if suspicious > 0 {
        state.events_wake.wake();
        state.jobs_wake.wake();
    }
    Ok(suspicious)
}

async fn screen(state: &AppState, candidate: &Candidate) -> Result<bool, BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let signals =
        platform_port::booking_signals(&mut transaction, candidate.customer, candidate.owner, candidate.booked_at)
            .await?;
    let severity = severity(signals);
    let stored = severity.map(Severity::as_str);
    if !store::note_screening(&mut transaction, candidate.booking, signals, stored, now).await? {
        return Ok(false);
    }
    if let Some(severity) = severity {
        let mut out = Outgoing::new(now).about(candidate.booking);
        out.push(
            &state.env,
            SecurityAlert {
                alert_type: AlertType::PaymentFraud,
                severity,
                user_id: Some(candidate.customer),
                ip_address: None,
                description: format!("{}: booking {}", description(signals), candidate.booking),
                metadata: None,
            },
        )?;
        if severity == Severity::Critical {
            let hold_for = NewHold {
                owner: candidate.owner,
                account: &candidate.account,
                reason: HoldReason::Fraud,
                cause: candidate.booking.0,
            };
            hold(state, &mut transaction, hold_for, now).await?;
        }
        out.append(&mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(severity.is_some())
}

/// One page of holds for admins.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    state: &AppState,
    status: Option<HoldStatus>,
    offset: i64,
    limit: i64,
) -> Result<(Vec<Hold>, i64), BookingError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::list(&mut connection, status, offset, limit).await?)
}

/// What an admin's decision came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// It is written.
    Done(Hold),
    /// No such hold.
    Unknown,
    /// The reason is gone already.
    Over,
}

/// An admin lets the money go, or keeps holding it (PAY-61).
///
/// # Errors
/// When the database refuses.
pub async fn decide(
    state: &AppState,
    admin: UserId,
    id: Uuid,
    release: bool,
    notes: Option<&str>,
) -> Result<Decided, BookingError> {
    let now = state.env.clock.now();
    let status = if release { HoldStatus::Released } else { HoldStatus::Kept };
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(hold) = store::lock(&mut transaction, id).await? else { return Ok(Decided::Unknown) };
    if hold.status == HoldStatus::Released {
        return Ok(Decided::Over);
    }
    store::decide(&mut transaction, id, status, admin, notes, now).await?;
    let entry = AuditEntry {
        booking: None,
        payment: None,
        action: "PAYOUT_HOLD_DECIDED",
        actor: Some(admin),
        role: "PLATFORM_ADMIN",
        before: Some(json!({ "holdId": id, "status": hold.status.as_str() })),
        after: Some(json!({ "holdId": id, "ownerId": hold.owner_id, "status": status.as_str() })),
        now,
        trace_id: &kit::trace::current().map(|here| here.trace_id()).unwrap_or_default(),
    };
    booking_store::append_audit(&mut transaction, &entry).await?;
    enqueue(state, &mut transaction, hold.owner_id, now).await?;
    transaction.commit().await?;
    state.jobs_wake.wake();
    Ok(Decided::Done(Hold { status, decided_at: Some(now), ..hold }))
}
