//! `notifications`: what was asked for, the person's list, and what was read.

use contracts::events::{Channel, LocalisedText, NotificationData, Urgency};
use contracts::ids::{NotificationId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::notifications::domain::plan::Reason;

/// A message that is asked for.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Its id; clients drop duplicates by it (NOTE-12).
    pub id: NotificationId,
    /// The request; one message each (NOTE-03).
    pub event_id: Uuid,
    /// Who.
    pub user: UserId,
    /// The type as it was written.
    pub kind: String,
    /// How urgent.
    pub urgency: Urgency,
    /// Headline.
    pub title: LocalisedText,
    /// Text.
    pub body: LocalisedText,
    /// Ids and link.
    pub data: NotificationData,
    /// Wished ways.
    pub wished: Option<Vec<Channel>>,
    /// Trace of the cause.
    pub trace_id: String,
    /// Place in it.
    pub traceparent: Option<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
}

/// Stores a message and one delivery per way. Devices hear of what happens while they are registered, so where there is
/// none the way is closed at once. Answers whether it is new.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    connection: &mut PgConnection,
    message: &NewMessage,
    deliveries: &[(Uuid, Channel)],
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let wished: Option<Vec<String>> =
        message.wished.as_ref().map(|ways| ways.iter().map(|way| way.as_str().to_owned()).collect());
    let inserted = sqlx::query!(
        "INSERT INTO transaction.notifications (id, event_id, user_id, notification_type, urgency, title_el, title_en,
             body_el, body_en, data, booking_id, wished, trace_id, traceparent, requested_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         ON CONFLICT ON CONSTRAINT notifications_event_unique DO NOTHING",
        message.id.0,
        message.event_id,
        message.user.0,
        message.kind,
        message.urgency.as_str(),
        message.title.el,
        message.title.en,
        message.body.el,
        message.body.en,
        serde_json::to_value(&message.data).map_err(|error| sqlx::Error::Encode(error.into()))?,
        message.data.booking_id.map(|booking| booking.0),
        wished.as_deref(),
        message.trace_id,
        message.traceparent,
        message.requested_at.to_sqlx() as jiff_sqlx::Timestamp,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(false);
    }
    let ids: Vec<Uuid> = deliveries.iter().map(|(id, _)| *id).collect();
    let channels: Vec<String> = deliveries.iter().map(|(_, channel)| channel.as_str().to_owned()).collect();
    sqlx::query!(
        "INSERT INTO transaction.notification_deliveries
             (id, notification_id, user_id, channel, due_at, updated_at, status, failure_reason)
         SELECT delivery.id, $1, $2, delivery.channel, $5, $5,
                CASE WHEN reachable.by_it THEN 'PENDING' ELSE 'DROPPED' END,
                CASE WHEN NOT reachable.by_it THEN $6 END
         FROM unnest($3::uuid[], $4::text[]) AS delivery (id, channel),
              LATERAL (SELECT delivery.channel NOT IN ('PUSH', 'WEB_PUSH') OR EXISTS (
                  SELECT FROM transaction.notification_devices device
                  WHERE device.user_id = $2 AND (device.platform = 'WEB_PUSH') = (delivery.channel = 'WEB_PUSH')
              ) AS by_it) AS reachable",
        message.id.0,
        message.user.0,
        &ids,
        &channels,
        now.to_sqlx() as jiff_sqlx::Timestamp,
        Reason::NoDevice.as_str(),
    )
    .execute(connection)
    .await?;
    Ok(true)
}

/// A message in its person's list.
#[derive(Debug, Clone)]
pub struct ListedMessage {
    /// Which.
    pub id: NotificationId,
    /// About what, as it was written.
    pub kind: String,
    /// How urgent.
    pub urgency: Urgency,
    /// Headline.
    pub title: LocalisedText,
    /// Text.
    pub body: LocalisedText,
    /// Ids and link.
    pub data: NotificationData,
    /// It was read.
    pub read: bool,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// The booking's customer.
    pub customer: Option<UserId>,
    /// The name an owner wrote down for a booking made by hand.
    pub guest_name: Option<String>,
    /// The booking's owner.
    pub owner: Option<UserId>,
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// Newest first.
    pub messages: Vec<ListedMessage>,
    /// Of all that were asked for.
    pub total: i64,
    /// Not read yet.
    pub unread: i64,
}

/// A person's messages, newest first; without those that were not to be shown in the app (NOTE-40).
///
/// # Errors
/// When the database refuses.
pub async fn page(
    connection: &mut PgConnection,
    user: UserId,
    unread_only: bool,
    offset: i64,
    limit: i64,
) -> Result<Page, sqlx::Error> {
    let counts = sqlx::query!(
        r#"SELECT count(*) AS "total!", count(*) FILTER (WHERE message.read_at IS NULL) AS "unread!"
           FROM transaction.notifications message
           JOIN transaction.notification_deliveries in_app
             ON in_app.notification_id = message.id AND in_app.channel = 'IN_APP' AND in_app.status <> 'DROPPED'
           WHERE message.user_id = $1"#,
        user.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let rows = sqlx::query!(
        r#"SELECT message.id, message.notification_type, message.urgency, message.title_el, message.title_en,
                  message.body_el, message.body_en, message.data AS "data!: Json<NotificationData>",
                  message.read_at IS NOT NULL AS "read!", message.requested_at,
                  booking.customer_id AS "customer_id?", booking.guest_name AS "guest_name?",
                  booking.owner_id AS "owner_id?"
           FROM transaction.notifications message
           JOIN transaction.notification_deliveries in_app
             ON in_app.notification_id = message.id AND in_app.channel = 'IN_APP' AND in_app.status <> 'DROPPED'
           LEFT JOIN transaction.bookings booking ON booking.id = message.booking_id
           WHERE message.user_id = $1 AND (NOT $2 OR message.read_at IS NULL)
           ORDER BY message.created_at DESC, message.id DESC
           OFFSET $3 LIMIT $4"#,
        user.0,
        unread_only,
        offset,
        limit,
    )
    .fetch_all(connection)
    .await?;
    let messages = rows
        .into_iter()
        .map(|row| ListedMessage {
            id: NotificationId(row.id),
            kind: row.notification_type,
            urgency: row.urgency.parse().unwrap_or(Urgency::Standard),
            title: LocalisedText { el: row.title_el, en: row.title_en },
            body: LocalisedText { el: row.body_el, en: row.body_en },
            data: row.data.0,
            read: row.read,
            created_at: row.requested_at.to_jiff(),
            customer: row.customer_id.map(UserId),
            guest_name: row.guest_name,
            owner: row.owner_id.map(UserId),
        })
        .collect();
    let total = if unread_only { counts.unread } else { counts.total };
    Ok(Page { messages, total, unread: counts.unread })
}

/// Marks a person's message as read. Answers whether it is theirs; a second time changes nothing (NOTE-41).
///
/// # Errors
/// When the database refuses.
pub async fn mark_read(
    connection: &mut PgConnection,
    user: UserId,
    id: NotificationId,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let found = sqlx::query!(
        "UPDATE transaction.notifications SET read_at = coalesce(read_at, $3) WHERE id = $1 AND user_id = $2",
        id.0,
        user.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(&mut *connection)
    .await?;
    if found.rows_affected() == 0 {
        return Ok(false);
    }
    mark_seen(connection, user, Some(id), now).await?;
    Ok(true)
}

/// Marks all of a person's messages as read (NOTE-41).
///
/// # Errors
/// When the database refuses.
pub async fn mark_all_read(connection: &mut PgConnection, user: UserId, now: Timestamp) -> Result<(), sqlx::Error> {
    mark_seen(&mut *connection, user, None, now).await?;
    sqlx::query!(
        "UPDATE transaction.notifications SET read_at = $2 WHERE user_id = $1 AND read_at IS NULL",
        user.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The in-app deliveries of what is read are READ, whatever they were (NOTE-10): what still waited need not be shown.
async fn mark_seen(
    connection: &mut PgConnection,
    user: UserId,
    id: Option<NotificationId>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.notification_deliveries
         SET status = 'READ', claim = NULL, claimed_until = NULL, failure_reason = NULL, updated_at = $3
         WHERE user_id = $1 AND channel = 'IN_APP' AND status NOT IN ('READ', 'DROPPED')
           AND ($2::uuid IS NULL OR notification_id = $2)",
        user.0,
        id.map(|id| id.0),
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets at most `limit` messages that were stored before `before`. Answers how many there were.
///
/// # Errors
/// When the database refuses.
pub async fn forget_older(connection: &mut PgConnection, before: Timestamp, limit: i64) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "DELETE FROM transaction.notifications WHERE id IN (
             SELECT id FROM transaction.notifications WHERE created_at < $1 ORDER BY created_at LIMIT $2)",
        before.to_sqlx() as jiff_sqlx::Timestamp,
        limit,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Forgets everything about somebody whose account is gone: messages, what was sent, and devices.
///
/// # Errors
/// When the database refuses.
pub async fn forget_person(connection: &mut PgConnection, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM transaction.notification_devices WHERE user_id = $1", user.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("DELETE FROM transaction.notifications WHERE user_id = $1", user.0).execute(connection).await?;
    Ok(())
}
