//! A request becomes a message and one delivery for each way; nothing is sent yet.

use contracts::events::{Channel, LocalisedText, NotificationData, NotificationType, Urgency};
use contracts::ids::{NotificationId, UserId};
use jiff::Timestamp;
use kit::bus::Message;
use kit::trace::TRACEPARENT;
use serde::Deserialize;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::WAYS;
use crate::notifications::store::{self, NewMessage};
use crate::state::AppState;

const EVENT_TYPE: &str = "NOTIFICATION_REQUESTED";

/// The envelope as far as it matters here. Read with less rigour than the contract's own type, so that a type of message
/// which this build does not know still arrives (NOTE-17).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    event_id: Uuid,
    event_type: String,
    timestamp: Timestamp,
    trace_id: String,
    payload: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Requested {
    user_id: UserId,
    notification_type: String,
    urgency: Urgency,
    title: LocalisedText,
    body: LocalisedText,
    #[serde(default)]
    data: Option<NotificationData>,
    #[serde(default)]
    channels: Option<Vec<String>>,
}

/// Stores what `message` asks for in the caller's transaction. Other events of the topic are not ours (EVT-06).
///
/// # Errors
/// When the message cannot be read, or the database refuses.
pub async fn accept(state: &AppState, connection: &mut PgConnection, message: &Message) -> anyhow::Result<()> {
    let envelope: Envelope = message.json()?;
    if envelope.event_type != EVENT_TYPE {
        return Ok(());
    }
    let requested: Requested = serde_json::from_value(envelope.payload)?;
    let kind: Option<NotificationType> = requested.notification_type.parse().ok();
    let now = state.env.clock.now();
    let new = NewMessage {
        id: NotificationId(state.env.ids.new_id()),
        event_id: envelope.event_id,
        user: requested.user_id,
        // The list of types decides, so that all producers mean the same (NOTE-13 to NOTE-16).
        urgency: kind.map_or(requested.urgency, NotificationType::urgency),
        kind: requested.notification_type,
        title: requested.title,
        body: requested.body,
        data: requested.data.unwrap_or_default(),
        wished: requested.channels.map(|ways| ways.iter().filter_map(|way| way.parse::<Channel>().ok()).collect()),
        trace_id: envelope.trace_id,
        traceparent: message.headers.get(TRACEPARENT).cloned(),
        requested_at: envelope.timestamp,
    };
    let deliveries = WAYS.map(|way| (state.env.ids.new_id(), way));
    if store::insert(connection, &new, &deliveries, now).await? {
        metrics::counter!("notifications_requested_total", "type" => known_name(kind)).increment(1);
    }
    Ok(())
}

/// A label with few values, whatever is written in the event.
fn known_name(kind: Option<NotificationType>) -> &'static str {
    kind.map_or("UNKNOWN", NotificationType::as_str)
}

/// Forgets whatever is stored about somebody who has left (AUTH-44).
///
/// # Errors
/// When the database refuses.
pub async fn account_deleted(connection: &mut PgConnection, user: UserId) -> Result<(), sqlx::Error> {
    store::forget_person(connection, user).await
}
