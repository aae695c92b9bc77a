//! Who has an app open, written down for all processes (NOTE-04): a message goes to the process that holds the person's
//! connection, and to a device only when there is none.
//!
//! A row holds for a minute and is renewed, so a process that dies is forgotten.

use std::collections::HashSet;
use std::time::Duration;

use contracts::ids::UserId;
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::hub::Surroundings;
use super::store;
use crate::state::AppState;

/// How long a row holds without being renewed.
const LIFE: SignedDuration = SignedDuration::from_secs(60);
/// How often rows are renewed and compared with the connections.
const RENEW: Duration = Duration::from_secs(15);

/// Writes down that `user` listens here. If that fails the keeper makes up for it.
pub async fn note(surroundings: &Surroundings, user: UserId) {
    let state = &surroundings.state;
    let until = state.env.clock.now() + LIFE;
    if let Err(error) = store::listen(&surroundings.pool, state.notifications.process, &[user.0], until).await {
        tracing::warn!(%error, "a listener could not be written down yet");
    }
}

/// Puts right what is written about `user` in this process, where no connection was found, and answers whether the person
/// is connected to another process (or to this one again).
///
/// # Errors
/// When the database refuses.
pub async fn look_again(state: &AppState, user: UserId) -> Result<bool, sqlx::Error> {
    let (process, now) = (state.notifications.process, state.env.clock.now());
    store::stop_listening(&state.pool, process, &[user.0]).await?;
    if !state.gateway.notification_links(user).is_empty() {
        store::listen(&state.pool, process, &[user.0], now + LIFE).await?;
    }
    store::listens_anywhere(&state.pool, user, now).await
}

/// Keeps the rows of this process like its connections, until the process stops.
///
/// # Errors
/// When the database refuses; the task begins anew then.
pub async fn keep(surroundings: Surroundings, shutdown: CancellationToken) -> anyhow::Result<()> {
    let process = surroundings.state.notifications.process;
    let mut written: HashSet<UserId> = HashSet::new();
    let mut renew = tokio::time::interval(RENEW);
    loop {
        let due = tokio::select! {
            () = shutdown.cancelled() => break,
            () = surroundings.gateway.listeners_changed() => false,
            _ = renew.tick() => true,
        };
        let now = surroundings.state.env.clock.now();
        let present = surroundings.gateway.notification_listeners();
        let gone: Vec<_> = written.difference(&present).map(|user| user.0).collect();
        if !gone.is_empty() {
            store::stop_listening(&surroundings.pool, process, &gone).await?;
        }
        let here: Vec<_> = if due {
            present.iter().map(|user| user.0).collect()
        } else {
            present.difference(&written).map(|user| user.0).collect()
        };
        if !here.is_empty() {
            store::listen(&surroundings.pool, process, &here, now + LIFE).await?;
        }
        if due {
            store::forget_silent_processes(&surroundings.pool, now).await?;
        }
        written = present;
    }
    let all: Vec<_> = written.iter().map(|user| user.0).collect();
    store::stop_listening(&surroundings.pool, process, &all).await?;
    Ok(())
}
