//! The use cases of transfers. Each owns its database transaction.

use contracts::identity::AccountStatus;
use contracts::ids::{CourtId, CourtTransferId, UserId};
use kit::db::is_unique_violation;
use serde_json::json;

use super::domain::{NotEligible, Over, TIME_TO_CONFIRM, Transfer, TransferStatus, check_target};
use super::events;
use super::store::{self, ListedTransfer};
use crate::audit::{Action, Actor};
use crate::availability::lock_calendar;
use crate::court_bookings::domain::check_no_hold;
use crate::court_bookings::live_holds;
use crate::courts;
use crate::courts::ops::{CourtError, own_court_locked};
use crate::state::AppState;
use crate::store_error::StoreError;

/// Transfers that one list shows at most.
const MOST_LISTED: i64 = 100;

/// Why a use case of transfers failed.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The court is the problem.
    #[error(transparent)]
    Court(#[from] CourtError),
    /// Unknown, or between others.
    #[error("no such transfer")]
    NotFound,
    /// AUTH-43: no such owner.
    #[error("no such owner")]
    OwnerNotFound,
    /// AUTH-43: the courts of somebody who is here are nobody's to give away.
    #[error("the owner has not left")]
    OwnerNotDeleted,
    /// The owner's own address.
    #[error("the court belongs to this owner already")]
    ToOneself,
    /// COURT-57.
    #[error(transparent)]
    NotEligible(#[from] NotEligible),
    /// The court is on its way already.
    #[error("another transfer of the court waits")]
    Pending {
        /// That one.
        existing: Option<CourtTransferId>,
    },
    /// Nothing is left to decide.
    #[error(transparent)]
    Over(#[from] Over),
}

impl From<StoreError> for TransferError {
    fn from(error: StoreError) -> Self {
        Self::Court(error.into())
    }
}

impl From<sqlx::Error> for TransferError {
    fn from(error: sqlx::Error) -> Self {
        Self::Court(error.into())
    }
}

/// Offers one of the actor's courts to the owner with this address; starting is the source's consent (COURT-56 to
/// COURT-58).
pub async fn start_transfer(
    state: &AppState,
    actor: Actor,
    court: CourtId,
    target_email: &str,
) -> Result<Transfer, TransferError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let court = own_court_locked(&mut transaction, actor.user, court).await?;
    let target = check_target(store::owner_by_email(&mut transaction, target_email).await?)?;
    if target.id == actor.user {
        return Err(TransferError::ToOneself);
    }
    if let Some(waiting) = store::lock_pending_of_court(&mut transaction, court.id).await? {
        if waiting.check_open(now).is_ok() {
            return Err(TransferError::Pending { existing: Some(waiting.id) });
        }
        store::end_transfer(&mut transaction, &waiting, TransferStatus::Expired, waiting.expires_at).await?;
    }
    let transfer = Transfer {
        id: CourtTransferId(state.env.ids.new_id()),
        court_id: court.id,
        from: actor.user,
        to: target.id,
        status: TransferStatus::PendingTargetConfirmation,
        created_at: now,
        expires_at: now + TIME_TO_CONFIRM,
    };
    store::insert_transfer(&mut transaction, &transfer).await.map_err(|error| {
        if is_unique_violation(&error, "court_transfers_one_pending") {
            TransferError::Pending { existing: None }
        } else {
            error.into()
        }
    })?;
    let action = step("COURT_TRANSFER_STARTED", &transfer, TransferStatus::PendingTargetConfirmation);
    actor.record(&mut transaction, action, now).await?;
    events::tell_target(&mut transaction, &state.env, &court, target.id).await.map_err(CourtError::Event)?;
    transaction.commit().await?;
    state.wake.wake();
    Ok(transfer)
}

/// The target takes the court: court, bookings ahead and both audit logs move together (COURT-58, COURT-59).
pub async fn confirm_transfer(state: &AppState, actor: Actor, id: CourtTransferId) -> Result<Transfer, TransferError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let seen = store::find_transfer(&mut transaction, id).await?;
    let seen = seen.filter(|transfer| transfer.to == actor.user).ok_or(TransferError::NotFound)?;
    // A booking validated for the old owner must not be placed any more, nor slip past the event that moves them.
    lock_calendar(&mut transaction, seen.court_id).await?;
    let court = courts::lock_court(&mut transaction, seen.court_id).await?;
    let transfer = store::lock_transfer(&mut transaction, id).await?.ok_or(TransferError::NotFound)?;
    transfer.check_open(now)?;
    let before = court.filter(|court| court.owner_id == transfer.from).ok_or(CourtError::NotFound)?;
    check_target(store::owner_held_still(&mut transaction, actor.user).await?)?;
    check_no_hold(&live_holds(&mut transaction, before.id, now).await?, |_| true, now).map_err(CourtError::from)?;

    store::move_court(&mut transaction, &transfer, now).await?;
    store::leave_holidays_of(&mut transaction, before.id, transfer.from).await?;
    store::end_transfer(&mut transaction, &transfer, TransferStatus::Completed, now).await?;
    let after = courts::find_court(&mut transaction, before.id).await?.ok_or(CourtError::NotFound)?;
    courts::announce_new_owner(&mut transaction, &state.env, &after, transfer.from).await.map_err(CourtError::Event)?;
    for owner in [transfer.from, transfer.to] {
        let action = Action {
            name: "COURT_TRANSFERRED",
            resource_type: "COURT",
            resource_id: before.id.0,
            before: Some(json!({ "ownerId": transfer.from, "version": before.version })),
            after: Some(json!({ "ownerId": transfer.to, "version": after.version, "transferId": transfer.id })),
        };
        actor.record_for(&mut transaction, owner, action, now).await?;
    }
    events::tell_source(&mut transaction, &state.env, &after, transfer.from).await.map_err(CourtError::Event)?;
    transaction.commit().await?;
    state.wake.wake();
    state.availability.forget_court(before.id);
    Ok(Transfer { status: TransferStatus::Completed, ..transfer })
}

/// Courts that an admin has given from an owner who left to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reassigned {
    /// Who has them now.
    pub to: UserId,
    /// In the order of their ids.
    pub courts: Vec<CourtId>,
}

/// Gives all courts of an owner who left to another verified owner, with their settings and whatever is still booked there;
/// both logs tell (AUTH-43). Asking again finds no courts and changes nothing.
pub async fn reassign_courts(
    state: &AppState,
    actor: Actor,
    from: UserId,
    to: UserId,
) -> Result<Reassigned, TransferError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    match store::account_of_owner(&mut transaction, from).await? {
        None => return Err(TransferError::OwnerNotFound),
        Some(AccountStatus::Deleted) => {}
        Some(_) => return Err(TransferError::OwnerNotDeleted),
    }
    let courts = store::courts_of(&mut transaction, from).await?;
    for court in &courts {
        lock_calendar(&mut transaction, *court).await?;
    }
    check_target(store::owner_held_still(&mut transaction, to).await?)?;
    let mut moved = Vec::with_capacity(courts.len());
    for id in courts {
        let court = courts::lock_court(&mut transaction, id).await?;
        let Some(before) = court.filter(|court| court.owner_id == from) else { continue };
        let transfer = Transfer {
            id: CourtTransferId(state.env.ids.new_id()),
            court_id: id,
            from,
            to,
            status: TransferStatus::Completed,
            created_at: now,
            expires_at: now,
        };
        store::withdraw_pending_of_court(&mut transaction, id, now).await?;
        store::move_court(&mut transaction, &transfer, now).await?;
        store::leave_holidays_of(&mut transaction, id, from).await?;
        let after = courts::find_court(&mut transaction, id).await?.ok_or(CourtError::NotFound)?;
        courts::announce_new_owner(&mut transaction, &state.env, &after, from).await.map_err(CourtError::Event)?;
        for owner in [from, to] {
            let action = Action {
                name: "COURT_REASSIGNED",
                resource_type: "COURT",
                resource_id: id.0,
                before: Some(json!({ "ownerId": from, "version": before.version })),
                after: Some(json!({ "ownerId": to, "version": after.version })),
            };
            actor.record_for(&mut transaction, owner, action, now).await?;
        }
        events::tell_heir(&mut transaction, &state.env, &after, to).await.map_err(CourtError::Event)?;
        moved.push(id);
    }
    transaction.commit().await?;
    state.wake.wake();
    for court in &moved {
        state.availability.forget_court(*court);
    }
    Ok(Reassigned { to, courts: moved })
}

/// The source keeps the court after all (COURT-58).
pub async fn withdraw_transfer(state: &AppState, actor: Actor, id: CourtTransferId) -> Result<Transfer, TransferError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let transfer = store::lock_transfer(&mut transaction, id).await?;
    let transfer = transfer.filter(|transfer| transfer.from == actor.user).ok_or(TransferError::NotFound)?;
    transfer.check_open(now)?;
    store::end_transfer(&mut transaction, &transfer, TransferStatus::Withdrawn, now).await?;
    let action = step("COURT_TRANSFER_WITHDRAWN", &transfer, TransferStatus::Withdrawn);
    actor.record(&mut transaction, action, now).await?;
    transaction.commit().await?;
    Ok(Transfer { status: TransferStatus::Withdrawn, ..transfer })
}

/// The newest transfers that an owner gives or gets.
pub async fn show_transfers(state: &AppState, owner: UserId) -> Result<Vec<ListedTransfer>, TransferError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::transfers_of(&mut connection, owner, MOST_LISTED).await?)
}

/// One step of a transfer in the source's log.
fn step(name: &'static str, transfer: &Transfer, status: TransferStatus) -> Action {
    Action {
        name,
        resource_type: "COURT",
        resource_id: transfer.court_id.0,
        before: None,
        after: Some(json!({
            "transferId": transfer.id,
            "targetOwnerId": transfer.to,
            "status": status.as_str(),
            "expiresAt": transfer.expires_at,
        })),
    }
}
