//! All SQL of owners' notification preferences: `owner_notification_channels` and `owner_notification_settings`.

use contracts::ids::UserId;
use contracts::owner_settings::OwnerEventType;
use jiff::civil::Time;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use super::domain::{Channels, OwnerPreferences, QuietHours};

/// What an owner has saved, with defaults for what was never saved.
///
/// # Errors
/// When the database does.
pub async fn load(connection: &mut PgConnection, owner: UserId) -> Result<OwnerPreferences, sqlx::Error> {
    let mut preferences = OwnerPreferences::default();
    let rows = sqlx::query!(
        "SELECT event_type, email, push, in_app FROM platform.owner_notification_channels WHERE owner_id = $1",
        owner.0
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in rows {
        let about = row.event_type.parse::<OwnerEventType>();
        let about = about.map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        preferences.channels.insert(about, Channels { email: row.email, push: row.push, in_app: row.in_app });
    }
    let settings = sqlx::query!(
        "SELECT do_not_disturb_enabled, do_not_disturb_start, do_not_disturb_end, email_digest_enabled
         FROM platform.owner_notification_settings WHERE owner_id = $1",
        owner.0
    )
    .fetch_optional(connection)
    .await?;
    if let Some(row) = settings {
        preferences.digest = row.email_digest_enabled;
        preferences.quiet_hours = row.do_not_disturb_start.zip(row.do_not_disturb_end).map(|(start, end)| QuietHours {
            enabled: row.do_not_disturb_enabled,
            start: start.to_jiff(),
            end: end.to_jiff(),
        });
    }
    Ok(preferences)
}

/// Keeps other changes of the same owner's preferences waiting until the transaction ends.
///
/// # Errors
/// When the database does.
pub async fn lock(connection: &mut PgConnection, owner: UserId) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("SELECT id FROM platform.users WHERE id = $1 FOR NO KEY UPDATE", owner.0)
        .fetch_optional(connection)
        .await?;
    Ok(())
}

/// Puts preferences in the place of the stored ones.
///
/// # Errors
/// When the database does.
pub async fn save(connection: &mut PgConnection, owner: UserId, saved: &OwnerPreferences) -> Result<(), sqlx::Error> {
    let column = |time: Option<Time>| time.map(|time| time.to_sqlx());
    sqlx::query!(
        "INSERT INTO platform.owner_notification_settings (owner_id, do_not_disturb_enabled, do_not_disturb_start,
             do_not_disturb_end, email_digest_enabled)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (owner_id) DO UPDATE
         SET do_not_disturb_enabled = excluded.do_not_disturb_enabled,
             do_not_disturb_start = excluded.do_not_disturb_start, do_not_disturb_end = excluded.do_not_disturb_end,
             email_digest_enabled = excluded.email_digest_enabled",
        owner.0,
        saved.quiet_hours.is_some_and(|hours| hours.enabled),
        column(saved.quiet_hours.map(|hours| hours.start)) as Option<jiff_sqlx::Time>,
        column(saved.quiet_hours.map(|hours| hours.end)) as Option<jiff_sqlx::Time>,
        saved.digest,
    )
    .execute(&mut *connection)
    .await?;
    let kinds: Vec<String> = saved.channels.keys().map(|about| about.as_str().to_owned()).collect();
    let switch = |pick: fn(&Channels) -> bool| saved.channels.values().map(pick).collect::<Vec<_>>();
    sqlx::query!(
        "INSERT INTO platform.owner_notification_channels (owner_id, event_type, email, push, in_app)
         SELECT $1, chosen.event_type, chosen.email, chosen.push, chosen.in_app
         FROM unnest($2::text[], $3::boolean[], $4::boolean[], $5::boolean[])
              AS chosen (event_type, email, push, in_app)
         ON CONFLICT (owner_id, event_type) DO UPDATE
         SET email = excluded.email, push = excluded.push, in_app = excluded.in_app",
        owner.0,
        &kinds,
        &switch(|channels| channels.email),
        &switch(|channels| channels.push),
        &switch(|channels| channels.in_app),
    )
    .execute(connection)
    .await?;
    Ok(())
}
