//! SQL of the payout accounts. Decides nothing.

use contracts::ids::{CourtId, UserId};
use contracts::internal::PayoutSchedule;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::PayoutAccount;

struct PayoutAccountRow {
    id: Uuid,
    stripe_account_id: Option<String>,
    stripe_status: String,
    stripe_requires_action: bool,
    stripe_restriction_reason: Option<String>,
    stripe_payout_schedule: Option<String>,
    stripe_event_at: Option<jiff_sqlx::Timestamp>,
    stripe_last_webhook_at: Option<jiff_sqlx::Timestamp>,
    stripe_status_changed_at: Option<jiff_sqlx::Timestamp>,
}

impl TryFrom<PayoutAccountRow> for PayoutAccount {
    type Error = sqlx::Error;

    fn try_from(row: PayoutAccountRow) -> Result<Self, Self::Error> {
        let unknown = |error: contracts::UnknownText| sqlx::Error::Decode(Box::new(error));
        Ok(Self {
            owner: UserId(row.id),
            stripe_account_id: row.stripe_account_id,
            status: row.stripe_status.parse().map_err(unknown)?,
            requires_action: row.stripe_requires_action,
            restriction_reason: row.stripe_restriction_reason,
            payout_schedule: row.stripe_payout_schedule.map(|text| text.parse().map_err(unknown)).transpose()?,
            reported_at: row.stripe_event_at.map(jiff_sqlx::Timestamp::to_jiff),
            last_webhook_at: row.stripe_last_webhook_at.map(jiff_sqlx::Timestamp::to_jiff),
            status_changed_at: row.stripe_status_changed_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

/// The payout account of a court owner; nothing for other people.
pub async fn payout_account(
    connection: &mut PgConnection,
    owner: UserId,
) -> Result<Option<PayoutAccount>, sqlx::Error> {
    let row = sqlx::query_as!(
        PayoutAccountRow,
        "SELECT id, stripe_account_id, stripe_status, stripe_requires_action, stripe_restriction_reason,
                stripe_payout_schedule, stripe_event_at, stripe_last_webhook_at, stripe_status_changed_at
         FROM platform.users WHERE id = $1 AND role = 'COURT_OWNER' AND status <> 'DELETED'",
        owner.0
    );
    row.fetch_optional(connection).await?.map(PayoutAccount::try_from).transpose()
}

pub async fn payout_account_locked(
    connection: &mut PgConnection,
    owner: UserId,
) -> Result<Option<PayoutAccount>, sqlx::Error> {
    let row = sqlx::query_as!(
        PayoutAccountRow,
        "SELECT id, stripe_account_id, stripe_status, stripe_requires_action, stripe_restriction_reason,
                stripe_payout_schedule, stripe_event_at, stripe_last_webhook_at, stripe_status_changed_at
         FROM platform.users WHERE id = $1 AND role = 'COURT_OWNER' AND status <> 'DELETED' FOR NO KEY UPDATE",
        owner.0
    );
    row.fetch_optional(connection).await?.map(PayoutAccount::try_from).transpose()
}

/// Whose Stripe account this is.
pub async fn owner_of(connection: &mut PgConnection, stripe_account: &str) -> Result<Option<UserId>, sqlx::Error> {
    let owner = sqlx::query_scalar!("SELECT id FROM platform.users WHERE stripe_account_id = $1", stripe_account);
    Ok(owner.fetch_optional(connection).await?.map(UserId))
}

/// What Stripe is told of a person when an account is made.
pub async fn address(connection: &mut PgConnection, owner: UserId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT email FROM platform.users WHERE id = $1", owner.0).fetch_optional(connection).await
}

/// Writes the account as it is after a report. Answers whether the owner was there.
pub async fn update(
    connection: &mut PgConnection,
    account: &PayoutAccount,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let written = sqlx::query!(
        "UPDATE platform.users
         SET stripe_account_id = $2, stripe_status = $3, stripe_requires_action = $4, stripe_restriction_reason = $5,
             stripe_payout_schedule = $6, stripe_event_at = $7, stripe_last_webhook_at = $8,
             stripe_status_changed_at = $9, updated_at = $10, version = version + 1
         WHERE id = $1",
        account.owner.0,
        account.stripe_account_id,
        account.status.as_str(),
        account.requires_action,
        account.restriction_reason,
        account.payout_schedule.map(PayoutSchedule::as_str),
        account.reported_at.map(|instant| instant.to_sqlx()),
        account.last_webhook_at.map(|instant| instant.to_sqlx()),
        account.status_changed_at.map(|instant| instant.to_sqlx()),
        now.to_sqlx(),
    )
    .execute(connection)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Remembers a webhook; answers whether it is new.
pub async fn remember_event(
    connection: &mut PgConnection,
    event_id: &str,
    event_type: &str,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let remembered = sqlx::query!(
        "INSERT INTO platform.stripe_connect_events (event_id, event_type, received_at)
         VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        event_id,
        event_type,
        now.to_sqlx(),
    )
    .execute(connection)
    .await?;
    Ok(remembered.rows_affected() == 1)
}

/// The courts that a change of the owner's state concerns.
pub async fn courts_of(connection: &mut PgConnection, owner: UserId) -> Result<Vec<CourtId>, sqlx::Error> {
    let courts = sqlx::query_scalar!(
        "SELECT id FROM platform.courts WHERE owner_id = $1 AND deleted_at IS NULL ORDER BY id",
        owner.0
    );
    Ok(courts.fetch_all(connection).await?.into_iter().map(CourtId).collect())
}
