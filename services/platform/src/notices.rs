//! Requests to tell somebody something (NOTE-01). This service writes the request into its outbox with the change that
//! causes it; the transaction service delivers. Texts name nobody: delivery fills placeholders from the ids.

use contracts::events::{Channel, LocalisedText, NotificationData, NotificationRequested, NotificationType, Urgency};
use contracts::ids::UserId;
use jiff::Timestamp;
use kit::Env;
use sqlx::PgConnection;

use crate::outbox;

/// A message to one person.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Who.
    pub to: UserId,
    /// About what; it also says how urgently, see [`Urgency`].
    pub kind: NotificationType,
    /// How urgently (NOTE-13 to NOTE-16).
    pub urgency: Urgency,
    /// Headline in both languages.
    pub title: LocalisedText,
    /// Text in both languages.
    pub body: LocalisedText,
    /// Ids and link.
    pub data: NotificationData,
    /// Wished ways; none leaves it to the person's preferences.
    pub channels: Option<Vec<Channel>>,
}

/// Writes the request in the caller's transaction.
///
/// # Errors
/// When the payload breaks the contract or the database refuses.
pub async fn request(connection: &mut PgConnection, env: &Env, notice: Notice, now: Timestamp) -> anyhow::Result<()> {
    let event = NotificationRequested {
        user_id: notice.to,
        notification_type: notice.kind,
        urgency: notice.urgency,
        title: notice.title,
        body: notice.body,
        data: Some(notice.data),
        channels: notice.channels,
    };
    outbox::append(env, connection, event, now).await
}
