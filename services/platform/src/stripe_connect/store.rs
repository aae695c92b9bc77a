//! SQL of the payout accounts. Decides nothing.

use contracts::ids::{CourtId, UserId};
use contracts::internal::PayoutSchedule;
use contracts::money::Cents;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::PayoutAccount;
use super::payouts::Flagged;

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

/// Whether payouts of an owner wait for a decision, as the transaction service has it (PAY-47, PAY-61).
pub async fn payouts_held(connection: &mut PgConnection, owner: UserId) -> Result<bool, sqlx::Error> {
    let held = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM transaction.v_payout_holds WHERE owner_id = $1) AS "held!""#,
        owner.0
    );
    held.fetch_one(connection).await
}

/// Keeps the schedule that Stripe has taken; its report says the same a moment later.
pub async fn set_schedule(
    connection: &mut PgConnection,
    owner: UserId,
    schedule: PayoutSchedule,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE platform.users SET stripe_payout_schedule = $2, updated_at = $3, version = version + 1 WHERE id = $1",
        owner.0,
        schedule.as_str(),
        now.to_sqlx(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A payout as it was reported.
pub struct SeenPayout<'a> {
    pub id: &'a str,
    pub owner: UserId,
    pub amount: Cents,
    pub status: &'a str,
    pub created_at: Timestamp,
    pub flags: &'a [String],
}

/// Keeps a payout; a finished one stays as it is, whatever comes late. Answers the status it had before.
pub async fn keep_payout(
    connection: &mut PgConnection,
    payout: &SeenPayout<'_>,
    now: Timestamp,
) -> Result<Option<String>, sqlx::Error> {
    let before =
        sqlx::query_scalar!("SELECT status FROM platform.payouts WHERE stripe_payout_id = $1 FOR UPDATE", payout.id)
            .fetch_optional(&mut *connection)
            .await?;
    sqlx::query!(
        "INSERT INTO platform.payouts (stripe_payout_id, owner_id, amount_cents, status, created_at, flags, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (stripe_payout_id) DO UPDATE SET status = excluded.status, seen_at = excluded.seen_at
         WHERE payouts.status NOT IN ('PAID', 'FAILED', 'CANCELED') OR excluded.status = 'FAILED'",
        payout.id,
        payout.owner.0,
        payout.amount.0,
        payout.status,
        payout.created_at.to_sqlx(),
        payout.flags,
        now.to_sqlx(),
    )
    .execute(connection)
    .await?;
    Ok(before)
}

/// What an owner was paid within a time, without one payout.
pub async fn paid_between(
    connection: &mut PgConnection,
    owner: UserId,
    since: Timestamp,
    until: Timestamp,
    except: &str,
) -> Result<Cents, sqlx::Error> {
    let sum = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(amount_cents), 0)::bigint AS "sum!" FROM platform.payouts
           WHERE owner_id = $1 AND created_at > $2 AND created_at <= $3 AND stripe_payout_id <> $4
             AND status NOT IN ('FAILED', 'CANCELED')"#,
        owner.0,
        since.to_sqlx() as jiff_sqlx::Timestamp,
        until.to_sqlx() as jiff_sqlx::Timestamp,
        except,
    );
    Ok(Cents(sum.fetch_one(connection).await?))
}

/// One page of flagged payouts, newest first, and how many there are.
pub async fn flagged_payouts(
    connection: &mut PgConnection,
    offset: i64,
    limit: i64,
) -> Result<(Vec<Flagged>, i64), sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT stripe_payout_id, owner_id, amount_cents, status, created_at, flags FROM platform.payouts
         WHERE flags <> '{}' ORDER BY created_at DESC, stripe_payout_id DESC OFFSET $1 LIMIT $2",
        offset,
        limit
    )
    .fetch_all(&mut *connection)
    .await?;
    let total = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM platform.payouts WHERE flags <> '{}'"#)
        .fetch_one(connection)
        .await?;
    let payouts = rows
        .into_iter()
        .map(|row| Flagged {
            id: row.stripe_payout_id,
            owner: UserId(row.owner_id),
            amount: Cents(row.amount_cents),
            status: row.status,
            created_at: row.created_at.to_jiff(),
            flags: row.flags,
        })
        .collect();
    Ok((payouts, total))
}
