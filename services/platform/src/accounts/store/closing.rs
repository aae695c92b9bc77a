//! SQL of leaving: what still binds an account, and taking the person out of it. Decides nothing.

use contracts::ids::{CourtId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use crate::object_store::{self, Shelf};

/// What stands in place of a person's name (AUTH-42).
pub const ANONYMOUS: &str = "Anonymized User";

/// The courts of an owner, in the order in which their calendars are locked.
pub async fn courts_of(connection: &mut PgConnection, owner: UserId) -> Result<Vec<CourtId>, sqlx::Error> {
    let courts = sqlx::query_scalar!(
        "SELECT id FROM platform.courts WHERE owner_id = $1 AND deleted_at IS NULL ORDER BY id",
        owner.0
    );
    Ok(courts.fetch_all(connection).await?.into_iter().map(CourtId).collect())
}

/// Bookings and living holds on these courts that are not over. Read it with the calendars locked.
pub async fn bookings_ahead_on(
    connection: &mut PgConnection,
    courts: &[CourtId],
    now: Timestamp,
) -> Result<i64, sqlx::Error> {
    let ids: Vec<uuid::Uuid> = courts.iter().map(|court| court.0).collect();
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM transaction.v_slot_occupancy
           WHERE court_id = ANY($1) AND ends_at > $2 AND (hold_expires_at IS NULL OR hold_expires_at > $2)"#,
        &ids,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_one(connection)
    .await
}

/// A customer's bookings that are not over and were not cancelled.
pub async fn bookings_ahead_of(
    connection: &mut PgConnection,
    customer: UserId,
    now: Timestamp,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM transaction.v_court_bookings
           WHERE customer_id = $1 AND starts_at > $2 AND status IN ('PENDING_CONFIRMATION', 'CONFIRMED')"#,
        customer.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_one(connection)
    .await
}

/// The account is closed and shows no name any more. Its address stays until the last message was sent.
pub async fn close(connection: &mut PgConnection, user: UserId, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE platform.users
         SET status = 'DELETED', suspension_reason = NULL, name = $2, phone = NULL, deleted_at = $3, updated_at = $3,
             version = version + 1
         WHERE id = $1",
        user.0,
        ANONYMOUS,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// When an account was closed, if it still holds something of the person.
pub async fn closed_not_anonymised(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let closed = sqlx::query_scalar!(
        r#"SELECT coalesce(deleted_at, updated_at) AS "closed_at!" FROM platform.users
           WHERE id = $1 AND status = 'DELETED' AND anonymised_at IS NULL FOR NO KEY UPDATE"#,
        user.0
    );
    Ok(closed.fetch_optional(connection).await?.map(jiff_sqlx::Timestamp::to_jiff))
}

/// Closed accounts that hold something of their person since before `before`.
pub async fn overdue(connection: &mut PgConnection, before: Timestamp) -> Result<Vec<UserId>, sqlx::Error> {
    let users = sqlx::query_scalar!(
        "SELECT id FROM platform.users
         WHERE status = 'DELETED' AND anonymised_at IS NULL AND coalesce(deleted_at, updated_at) < $1 ORDER BY id",
        before.to_sqlx() as jiff_sqlx::Timestamp
    );
    Ok(users.fetch_all(connection).await?.into_iter().map(UserId).collect())
}

/// Takes the person out of everything that platform keeps. Running it again changes nothing (AUTH-44).
pub async fn anonymise(connection: &mut PgConnection, user: UserId, now: Timestamp) -> Result<(), sqlx::Error> {
    let instant = now.to_sqlx();
    // The address is not anybody's: `.invalid` never leads anywhere (RFC 2606).
    sqlx::query!(
        "UPDATE platform.users
         SET name = $2, email = 'anonymized-' || id || '@anonymized.invalid', phone = NULL, vat_number = NULL,
             vat_registered = false, anonymised_at = $3, updated_at = $3, version = version + 1
         WHERE id = $1 AND status = 'DELETED'",
        user.0,
        ANONYMOUS,
        instant as jiff_sqlx::Timestamp,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("DELETE FROM platform.user_identities WHERE user_id = $1", user.0).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM platform.user_totp WHERE user_id = $1", user.0).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM platform.sign_in_challenges WHERE user_id = $1", user.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("DELETE FROM platform.refresh_tokens WHERE user_id = $1", user.0).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM platform.sessions WHERE user_id = $1", user.0).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM platform.failed_auth_attempts WHERE user_id = $1", user.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("DELETE FROM platform.auth_locks WHERE user_id = $1", user.0).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM platform.staff_invitations WHERE user_id = $1", user.0).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM platform.user_skill_levels WHERE user_id = $1", user.0).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM platform.favorite_courts WHERE user_id = $1", user.0).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM platform.search_preferences WHERE user_id = $1", user.0)
        .execute(&mut *connection)
        .await?;
    let files =
        sqlx::query_scalar!("DELETE FROM platform.data_exports WHERE user_id = $1 RETURNING object_key", user.0)
            .fetch_all(&mut *connection)
            .await?;
    for key in files.into_iter().flatten() {
        object_store::let_go(connection, Shelf::Private, &key, now).await?;
    }
    forget_business(connection, user, now).await
}

/// What an owner proved the business with, and what an owner set up for messages.
async fn forget_business(connection: &mut PgConnection, owner: UserId, now: Timestamp) -> Result<(), sqlx::Error> {
    let proofs = sqlx::query_scalar!(
        "DELETE FROM platform.verification_requests WHERE owner_id = $1 RETURNING document_key",
        owner.0
    )
    .fetch_all(&mut *connection)
    .await?;
    for key in proofs {
        object_store::let_go(connection, Shelf::Private, &key, now).await?;
    }
    sqlx::query!("DELETE FROM platform.business_profiles WHERE owner_id = $1", owner.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("DELETE FROM platform.reminder_rules WHERE owner_id = $1", owner.0).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM platform.owner_notification_channels WHERE owner_id = $1", owner.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("DELETE FROM platform.owner_notification_settings WHERE owner_id = $1", owner.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("DELETE FROM platform.customer_notification_preferences WHERE user_id = $1", owner.0)
        .execute(connection)
        .await?;
    Ok(())
}
