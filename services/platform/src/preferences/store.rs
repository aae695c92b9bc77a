//! All SQL of the preferences slice: `search_preferences` and `customer_notification_preferences`.

use contracts::ids::UserId;
use jiff::civil::Time;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use super::domain::{Messages, Preferences, Span};
use crate::weekday::{text_of_weekday, weekday_of_text};

/// What a user has saved, with defaults for what was never saved. An account that is gone has the defaults as well.
///
/// # Errors
/// When the database does.
pub async fn load(connection: &mut PgConnection, user: UserId) -> Result<Preferences, sqlx::Error> {
    let defaults = Preferences::default();
    let search = sqlx::query!(
        "SELECT preferred_days, preferred_start_time, preferred_end_time, max_search_distance_km
         FROM platform.search_preferences WHERE user_id = $1",
        user.0
    )
    .fetch_optional(&mut *connection)
    .await?;
    let messages = sqlx::query!(
        "SELECT booking_events, favorite_court_alerts, promotional_notifications, email_notifications,
                push_notifications, do_not_disturb_start, do_not_disturb_end
         FROM platform.customer_notification_preferences WHERE user_id = $1",
        user.0
    )
    .fetch_optional(connection)
    .await?;
    let span = |start: Option<jiff_sqlx::Time>, end: Option<jiff_sqlx::Time>| {
        start.zip(end).map(|(start, end)| Span { start: start.to_jiff(), end: end.to_jiff() })
    };
    Ok(Preferences {
        days: search
            .as_ref()
            .map(|row| row.preferred_days.iter().filter_map(|day| weekday_of_text(day)).collect())
            .unwrap_or_default(),
        times: search.as_ref().and_then(|row| span(row.preferred_start_time, row.preferred_end_time)),
        distance_km: search.map_or(defaults.distance_km, |row| row.max_search_distance_km),
        messages: messages.as_ref().map_or(defaults.messages, |row| Messages {
            booking_events: row.booking_events,
            favorite_court_alerts: row.favorite_court_alerts,
            promotional: row.promotional_notifications,
            email: row.email_notifications,
            push: row.push_notifications,
        }),
        quiet_hours: messages.and_then(|row| span(row.do_not_disturb_start, row.do_not_disturb_end)),
    })
}

/// Keeps other changes of the same person's preferences waiting until the transaction ends.
///
/// # Errors
/// When the database does.
pub async fn lock(connection: &mut PgConnection, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("SELECT id FROM platform.users WHERE id = $1 FOR NO KEY UPDATE", user.0)
        .fetch_optional(connection)
        .await?;
    Ok(())
}

/// Puts preferences in the place of the stored ones.
///
/// # Errors
/// When the database does.
pub async fn save(connection: &mut PgConnection, user: UserId, saved: &Preferences) -> Result<(), sqlx::Error> {
    let days: Vec<&str> = saved.days.iter().map(|day| text_of_weekday(*day)).collect();
    let column = |time: Option<Time>| time.map(|time| time.to_sqlx());
    sqlx::query!(
        "INSERT INTO platform.search_preferences (user_id, preferred_days, preferred_start_time, preferred_end_time,
             max_search_distance_km)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (user_id) DO UPDATE
         SET preferred_days = excluded.preferred_days, preferred_start_time = excluded.preferred_start_time,
             preferred_end_time = excluded.preferred_end_time, max_search_distance_km = excluded.max_search_distance_km",
        user.0,
        &days[..] as &[&str],
        column(saved.times.map(|times| times.start)) as Option<jiff_sqlx::Time>,
        column(saved.times.map(|times| times.end)) as Option<jiff_sqlx::Time>,
        saved.distance_km,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO platform.customer_notification_preferences (user_id, booking_events, favorite_court_alerts,
             promotional_notifications, email_notifications, push_notifications, do_not_disturb_start,
             do_not_disturb_end)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (user_id) DO UPDATE
         SET booking_events = excluded.booking_events, favorite_court_alerts = excluded.favorite_court_alerts,
             promotional_notifications = excluded.promotional_notifications,
             email_notifications = excluded.email_notifications, push_notifications = excluded.push_notifications,
             do_not_disturb_start = excluded.do_not_disturb_start, do_not_disturb_end = excluded.do_not_disturb_end",
        user.0,
        saved.messages.booking_events,
        saved.messages.favorite_court_alerts,
        saved.messages.promotional,
        saved.messages.email,
        saved.messages.push,
        column(saved.quiet_hours.map(|quiet| quiet.start)) as Option<jiff_sqlx::Time>,
        column(saved.quiet_hours.map(|quiet| quiet.end)) as Option<jiff_sqlx::Time>,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends promotional messages and leaves everything else as it is; who has saved nothing keeps the other defaults. Answers
/// whether there is such a person.
///
/// # Errors
/// When the database does.
pub async fn switch_promotions_off(connection: &mut PgConnection, user: UserId) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO platform.customer_notification_preferences (user_id, promotional_notifications)
         SELECT id, false FROM platform.users WHERE id = $1
         ON CONFLICT (user_id) DO UPDATE SET promotional_notifications = false",
        user.0
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The largest distance a user has saved for searches, in kilometres (FIND-14).
///
/// # Errors
/// When the database does.
pub async fn saved_radius_km(connection: &mut PgConnection, user: UserId) -> Result<Option<f64>, sqlx::Error> {
    sqlx::query_scalar!("SELECT max_search_distance_km FROM platform.search_preferences WHERE user_id = $1", user.0)
        .fetch_optional(connection)
        .await
}
