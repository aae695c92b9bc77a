//! A person's own messages (NOTE-40, NOTE-41).

use contracts::events::{NotificationData, NotificationType, Urgency};
use contracts::ids::{NotificationId, UserId};
use jiff::Timestamp;
use uuid::Uuid;

use crate::notifications::domain::text::{self, Names, words};
use crate::notifications::store::{self, ListedMessage};
use crate::platform_port;
use crate::state::AppState;

/// A message in its reader's words.
#[derive(Debug, Clone)]
pub struct ReadMessage {
    /// Which.
    pub id: NotificationId,
    /// About what, as it was written.
    pub kind: String,
    /// How urgent.
    pub urgency: Urgency,
    /// Headline.
    pub title: String,
    /// Text.
    pub body: String,
    /// Ids and link.
    pub data: NotificationData,
    /// It was read.
    pub read: bool,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// One page.
#[derive(Debug, Clone)]
pub struct MessageList {
    /// Newest first.
    pub messages: Vec<ReadMessage>,
    /// Of all that were asked for.
    pub total: i64,
    /// Not read yet.
    pub unread: i64,
}

/// One page of the caller's messages.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    state: &AppState,
    user: UserId,
    unread_only: bool,
    page: i64,
    size: i64,
) -> Result<MessageList, sqlx::Error> {
    let language = platform_port::language(&state.pool, user).await?.unwrap_or_default();
    let mut connection = state.pool.acquire().await?;
    let found = store::page(&mut connection, user, unread_only, page.saturating_mul(size), size).await?;
    let mut people: Vec<Uuid> = vec![user.0];
    people.extend(
        found.messages.iter().flat_map(|message| message.customer.into_iter().chain(message.owner)).map(Uuid::from),
    );
    people.sort_unstable();
    people.dedup();
    let known = platform_port::names(&mut connection, &people).await?;
    let name_of = |person: UserId| known.iter().find(|(id, _)| *id == person).map(|(_, name)| name.clone());
    let in_words = |message: ListedMessage| {
        let names = Names {
            customer: message.customer.and_then(name_of).or(message.guest_name),
            owner: message.owner.and_then(name_of),
            reader: name_of(user),
        };
        let words = words(&message.title, &message.body, language, &names);
        let known_type = message.kind.parse::<NotificationType>().is_ok();
        let mut data = message.data;
        data.deep_link = data.deep_link.filter(|link| known_type && text::path(link).is_some());
        ReadMessage {
            id: message.id,
            kind: message.kind,
            urgency: message.urgency,
            title: words.title,
            body: words.body,
            data,
            read: message.read,
            created_at: message.created_at,
        }
    };
    let messages = found.messages.into_iter().map(in_words).collect();
    Ok(MessageList { messages, total: found.total, unread: found.unread })
}

/// Marks one of the caller's messages as read. Answers whether there is one.
///
/// # Errors
/// When the database refuses.
pub async fn read(state: &AppState, user: UserId, id: NotificationId) -> Result<bool, sqlx::Error> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    let found = store::mark_read(&mut transaction, user, id, state.env.clock.now()).await?;
    transaction.commit().await?;
    Ok(found)
}

/// Marks all of the caller's messages as read.
///
/// # Errors
/// When the database refuses.
pub async fn read_all(state: &AppState, user: UserId) -> Result<(), sqlx::Error> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    store::mark_all_read(&mut transaction, user, state.env.clock.now()).await?;
    transaction.commit().await
}
