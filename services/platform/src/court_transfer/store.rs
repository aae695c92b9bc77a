//! All SQL of transfers: `court_transfers`, the owner of a court, and `users` for what a target must be.

use contracts::identity::{AccountStatus, ConnectStatus};
use contracts::ids::{CourtId, CourtTransferId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{Target, Transfer, TransferStatus};
use crate::store_error::StoreError;

struct TransferRow {
    id: Uuid,
    court_id: Uuid,
    from_owner_id: Uuid,
    to_owner_id: Uuid,
    status: String,
    created_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
}

impl TryFrom<TransferRow> for Transfer {
    type Error = StoreError;

    fn try_from(row: TransferRow) -> Result<Self, Self::Error> {
        let court_id = CourtId(row.court_id);
        let status = TransferStatus::of_text(&row.status);
        Ok(Self {
            id: CourtTransferId(row.id),
            court_id,
            from: UserId(row.from_owner_id),
            to: UserId(row.to_owner_id),
            status: status.ok_or(StoreError::Inconsistent { court: court_id, what: "transfer" })?,
            created_at: row.created_at.to_jiff(),
            expires_at: row.expires_at.to_jiff(),
        })
    }
}

/// A transfer as it is now.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn find_transfer(connection: &mut PgConnection, id: CourtTransferId) -> Result<Option<Transfer>, StoreError> {
    sqlx::query_as!(
        TransferRow,
        "SELECT id, court_id, from_owner_id, to_owner_id, status, created_at, expires_at
         FROM platform.court_transfers WHERE id = $1",
        id.0
    )
    .fetch_optional(connection)
    .await?
    .map(Transfer::try_from)
    .transpose()
}

/// Like [`find_transfer`], and nobody else decides it until the transaction ends.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn lock_transfer(connection: &mut PgConnection, id: CourtTransferId) -> Result<Option<Transfer>, StoreError> {
    sqlx::query_as!(
        TransferRow,
        "SELECT id, court_id, from_owner_id, to_owner_id, status, created_at, expires_at
         FROM platform.court_transfers WHERE id = $1 FOR UPDATE",
        id.0
    )
    .fetch_optional(connection)
    .await?
    .map(Transfer::try_from)
    .transpose()
}

/// The transfer of a court that waits, its time over or not, locked.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn lock_pending_of_court(
    connection: &mut PgConnection,
    court: CourtId,
) -> Result<Option<Transfer>, StoreError> {
    sqlx::query_as!(
        TransferRow,
        "SELECT id, court_id, from_owner_id, to_owner_id, status, created_at, expires_at
         FROM platform.court_transfers
         WHERE court_id = $1 AND status = 'PENDING_TARGET_CONFIRMATION' FOR UPDATE",
        court.0
    )
    .fetch_optional(connection)
    .await?
    .map(Transfer::try_from)
    .transpose()
}

/// A transfer with what its list shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTransfer {
    /// The transfer.
    pub transfer: Transfer,
    /// Greek name of the court.
    pub court_name: String,
    /// The target's address, to be masked.
    pub target_email: String,
}

/// The newest transfers that an owner gives or gets, at most `most`.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn transfers_of(
    connection: &mut PgConnection,
    owner: UserId,
    most: i64,
) -> Result<Vec<ListedTransfer>, StoreError> {
    sqlx::query!(
        "SELECT transfer.id, transfer.court_id, transfer.from_owner_id, transfer.to_owner_id, transfer.status,
                transfer.created_at, transfer.expires_at, court.name_el, target.email
         FROM platform.court_transfers transfer
         JOIN platform.courts court ON court.id = transfer.court_id
         JOIN platform.users target ON target.id = transfer.to_owner_id
         WHERE transfer.from_owner_id = $1 OR transfer.to_owner_id = $1
         ORDER BY transfer.created_at DESC, transfer.id DESC
         LIMIT $2",
        owner.0,
        most
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let transfer = TransferRow {
            id: row.id,
            court_id: row.court_id,
            from_owner_id: row.from_owner_id,
            to_owner_id: row.to_owner_id,
            status: row.status,
            created_at: row.created_at,
            expires_at: row.expires_at,
        };
        Ok(ListedTransfer { transfer: transfer.try_into()?, court_name: row.name_el, target_email: row.email })
    })
    .collect()
}

/// Stores a transfer that begins; `court_transfers_one_pending` refuses a second one of the court.
///
/// # Errors
/// When the database does.
pub async fn insert_transfer(connection: &mut PgConnection, transfer: &Transfer) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.court_transfers (id, court_id, from_owner_id, to_owner_id, status, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        transfer.id.0,
        transfer.court_id.0,
        transfer.from.0,
        transfer.to.0,
        transfer.status.as_str(),
        transfer.created_at.to_sqlx() as jiff_sqlx::Timestamp,
        transfer.expires_at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends a locked transfer that waits.
///
/// # Errors
/// When the database does, or when it does not wait any more.
pub async fn end_transfer(
    connection: &mut PgConnection,
    transfer: &Transfer,
    status: TransferStatus,
    at: Timestamp,
) -> Result<(), StoreError> {
    let ended = sqlx::query!(
        "UPDATE platform.court_transfers SET status = $2, decided_at = $3
         WHERE id = $1 AND status = 'PENDING_TARGET_CONFIRMATION'",
        transfer.id.0,
        status.as_str(),
        at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    match ended.rows_affected() {
        1 => Ok(()),
        rows => Err(StoreError::RowCount { court: transfer.court_id, rows }),
    }
}

/// Ends what waits for a court that is being removed.
///
/// # Errors
/// When the database does.
pub async fn withdraw_pending_of_court(
    connection: &mut PgConnection,
    court: CourtId,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE platform.court_transfers SET status = 'WITHDRAWN', decided_at = $2
         WHERE court_id = $1 AND status = 'PENDING_TARGET_CONFIRMATION'",
        court.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives a locked court to another owner; a trigger decides anew whether customers see it.
///
/// # Errors
/// When the database does, or when the court is not the source's any more.
pub async fn move_court(connection: &mut PgConnection, transfer: &Transfer, now: Timestamp) -> Result<(), StoreError> {
    let moved = sqlx::query!(
        "UPDATE platform.courts SET owner_id = $3, version = version + 1, updated_at = $4
         WHERE id = $1 AND owner_id = $2 AND deleted_at IS NULL",
        transfer.court_id.0,
        transfer.from.0,
        transfer.to.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    match moved.rows_affected() {
        1 => Ok(()),
        rows => Err(StoreError::RowCount { court: transfer.court_id, rows }),
    }
}

/// The courts of an owner, in the order in which their calendars are locked.
///
/// # Errors
/// When the database does.
pub async fn courts_of(connection: &mut PgConnection, owner: UserId) -> Result<Vec<CourtId>, StoreError> {
    let courts = sqlx::query_scalar!(
        "SELECT id FROM platform.courts WHERE owner_id = $1 AND deleted_at IS NULL ORDER BY id",
        owner.0
    );
    Ok(courts.fetch_all(connection).await?.into_iter().map(CourtId).collect())
}

/// How the account of an owner stands; none when it is no owner's. It stays so until the transaction ends.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn account_of_owner(
    connection: &mut PgConnection,
    owner: UserId,
) -> Result<Option<AccountStatus>, StoreError> {
    let status = sqlx::query_scalar!(
        "SELECT status FROM platform.users WHERE id = $1 AND role = 'COURT_OWNER' FOR SHARE",
        owner.0
    )
    .fetch_optional(connection)
    .await?;
    let status = status.map(|text| text.parse::<AccountStatus>()).transpose();
    Ok(status.map_err(|unknown| sqlx::Error::Decode(Box::new(unknown)))?)
}

/// Cuts a court loose from the old owner's own holidays: their blocks stay, but neither renewal nor a change of the old
/// owner's holiday reaches the court any more.
///
/// # Errors
/// When the database does.
pub async fn leave_holidays_of(
    connection: &mut PgConnection,
    court: CourtId,
    previous_owner: UserId,
) -> Result<(), StoreError> {
    sqlx::query!(
        "DELETE FROM platform.court_holidays followed
         USING platform.holiday_templates holiday
         WHERE followed.court_id = $1 AND holiday.id = followed.holiday_id AND holiday.owner_id = $2",
        court.0,
        previous_owner.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE platform.court_overrides block SET holiday_template_id = NULL
         FROM platform.holiday_templates holiday
         WHERE block.court_id = $1 AND holiday.id = block.holiday_template_id AND holiday.owner_id = $2",
        court.0,
        previous_owner.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

struct TargetRow {
    id: Uuid,
    verified: bool,
    stripe_status: String,
}

impl TryFrom<TargetRow> for Target {
    type Error = StoreError;

    fn try_from(row: TargetRow) -> Result<Self, Self::Error> {
        let stripe_status = row.stripe_status.parse::<ConnectStatus>();
        Ok(Self {
            id: UserId(row.id),
            verified: row.verified,
            stripe_status: stripe_status.map_err(|unknown| sqlx::Error::Decode(Box::new(unknown)))?,
        })
    }
}

/// The living owner with this address, in whatever case it is written.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn owner_by_email(connection: &mut PgConnection, email: &str) -> Result<Option<Target>, StoreError> {
    sqlx::query_as!(
        TargetRow,
        "SELECT id, verified, stripe_status FROM platform.users
         WHERE lower(email) = lower($1) AND role = 'COURT_OWNER' AND status = 'ACTIVE'",
        email
    )
    .fetch_optional(connection)
    .await?
    .map(Target::try_from)
    .transpose()
}

/// The living owner with this id, whose standing nobody changes until the transaction ends.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn owner_held_still(connection: &mut PgConnection, owner: UserId) -> Result<Option<Target>, StoreError> {
    sqlx::query_as!(
        TargetRow,
        "SELECT id, verified, stripe_status FROM platform.users
         WHERE id = $1 AND role = 'COURT_OWNER' AND status = 'ACTIVE' FOR SHARE",
        owner.0
    )
    .fetch_optional(connection)
    .await?
    .map(Target::try_from)
    .transpose()
}
