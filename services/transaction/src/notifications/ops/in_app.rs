//! Showing a message in the apps a person has open (NOTE-04, NOTE-05, NOTE-12), and leaving the push to others when no
//! app answers.

use std::sync::Arc;
use std::time::Duration;

use contracts::events::NotificationType;
use contracts::ids::UserId;
use contracts::socket::{Notification, ServerMessage};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::deliver::report;
use crate::notifications::channels::Outcome;
use crate::notifications::domain::text::{self, Words};
use crate::notifications::store::{self, Claimed, End, Finished, ToShow};
use crate::realtime::{self, Parcel};
use crate::state::AppState;

/// Shows a message wherever its person is connected. Without an acknowledgement it is left in the list, and push takes
/// over at once.
pub(super) async fn show(state: &AppState, delivery: &Claimed, words: &Words) -> anyhow::Result<()> {
    let here = !state.gateway.notification_links(delivery.user).is_empty();
    let acknowledged = if here {
        // The person may have another app open whose connection ends in another process.
        let call = format!("show {} {}", state.notifications.process, delivery.id);
        let mut connection = state.pool.acquire().await?;
        store::remember_words(&mut connection, delivery, words, state.env.clock.now()).await?;
        store::announce(&mut connection, &call).await?;
        drop(connection);
        let shown = ToShow {
            notification: delivery.notification,
            user: delivery.user,
            kind: delivery.kind.clone(),
            urgency: delivery.urgency,
            title: words.title.clone(),
            body: words.body.clone(),
            data: delivery.data.clone(),
            requested_at: delivery.requested_at,
            trace_id: delivery.trace_id.clone(),
        };
        acknowledged(state, delivery.user, body(&shown)).await
    } else {
        // The connection has gone meanwhile; if there is another one elsewhere, its process takes over.
        if delivery.app_open && realtime::look_again(state, delivery.user).await? {
            let mut transaction = kit::db::begin(&state.pool).await?;
            store::hand_back(&mut transaction, &[delivery]).await?;
            store::announce(&mut transaction, "due").await?;
            transaction.commit().await?;
            return Ok(());
        }
        false
    };
    let finished = if acknowledged { Finished::Delivered } else { Finished::Sent };
    let now = state.env.clock.now();
    state.notifications.desk.finish(End::new(delivery, Some(words), &[], &finished, now)).await?;
    report(delivery, &finished, &Outcome::Accepted, now);
    // The other ways have waited for an answer only where there was an app to give it.
    if here || delivery.app_open {
        let mut connection = state.pool.acquire().await?;
        if store::release_siblings(&mut connection, delivery.notification, now).await? {
            state.notifications.wake();
            store::announce(&mut connection, "due").await?;
        }
    }
    Ok(())
}

/// Whether one of the person's connections has taken the message before the time is up.
async fn acknowledged(state: &AppState, user: UserId, body: Arc<str>) -> bool {
    let links = state.gateway.notification_links(user);
    let (receipt, mut receipts) = mpsc::channel(1);
    for link in &links {
        link.send(Parcel::Certified(body.clone(), receipt.clone()));
    }
    // What is left are the copies in the queues: when all are gone, so are the connections.
    drop(receipt);
    let patience = Duration::from_millis(state.config.notifications.socket_ms);
    let taken = tokio::time::timeout(patience, receipts.recv()).await.is_ok_and(|taken| taken.is_some());
    if !taken {
        metrics::counter!("notification_sockets_silent_total").increment(1);
    }
    taken
}

/// Shows what another process has claimed to the connections of this one. `call` is what that process has said.
///
/// # Errors
/// When the database refuses.
pub async fn show_elsewhere(state: &AppState, call: &str) -> Result<(), sqlx::Error> {
    let mut words = call.split(' ');
    let (Some("show"), Some(process), Some(delivery)) = (words.next(), words.next(), words.next()) else {
        return Ok(());
    };
    let (Ok(process), Ok(delivery)) = (process.parse::<Uuid>(), delivery.parse::<Uuid>()) else { return Ok(()) };
    if process == state.notifications.process || !state.gateway.anyone_hears_of_notifications() {
        return Ok(());
    }
    if let Some(shown) = store::to_show(&state.pool, delivery).await? {
        let body = body(&shown);
        for link in state.gateway.notification_links(shown.user) {
            link.send(Parcel::Message(body.clone()));
        }
    }
    Ok(())
}

/// The message as the socket's contract has it. A type that this build does not know keeps its name and leads nowhere
/// (NOTE-17).
fn body(shown: &ToShow) -> Arc<str> {
    let known: Option<NotificationType> = shown.kind.parse().ok();
    let mut data = shown.data.clone();
    data.deep_link = data.deep_link.filter(|link| known.is_some() && text::path(link).is_some());
    let message = ServerMessage::Notification(Notification {
        notification_id: shown.notification,
        notification_type: known.unwrap_or(NotificationType::ReminderAlert),
        urgency: shown.urgency,
        title: shown.title.clone(),
        body: shown.body.clone(),
        data: Some(data),
        timestamp: shown.requested_at,
        trace_id: shown.trace_id.clone(),
    });
    let mut printed = serde_json::to_value(&message).unwrap_or_default();
    if known.is_none() {
        printed["notificationType"] = shown.kind.as_str().into();
    }
    printed.to_string().into()
}

/// Lets the workers of other processes look at once. They would by themselves, half a second later.
pub async fn call_others(state: &AppState) {
    let called = async { store::announce(&mut *state.pool.acquire().await?, "due").await };
    if let Err(error) = called.await {
        tracing::debug!(%error, "other processes are not called and look by themselves");
    }
}
