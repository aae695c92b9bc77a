//! What admins do about parked messages. The row, the event in the outbox and the audit row commit together.

use contracts::ids::UserId;
use jiff::Timestamp;
use kit::dead_letters::{self, DeadLetterDetail, DeadLetterState, DeadLettersPage, DeadLettersQuery, Replayed};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::bookings::store::{AuditEntry, append_audit};
use crate::state::AppState;

/// One page of them.
///
/// # Errors
/// When the database refuses.
pub async fn list(state: &AppState, query: &DeadLettersQuery) -> Result<DeadLettersPage, sqlx::Error> {
    let mut connection = state.pool.acquire().await?;
    let content = dead_letters::list(&mut connection, query).await?;
    let total_elements = dead_letters::count(&mut connection, query).await?;
    Ok(DeadLettersPage { content, page: query.page(), size: query.size(), total_elements })
}

/// One of them.
///
/// # Errors
/// When the database refuses.
pub async fn find(state: &AppState, id: Uuid) -> Result<Option<DeadLetterDetail>, sqlx::Error> {
    dead_letters::find(&mut *state.pool.acquire().await?, id).await
}

/// Sends one to its group once more.
///
/// # Errors
/// When the database refuses.
pub async fn replay(state: &AppState, admin: UserId, id: Uuid) -> Result<Replayed, sqlx::Error> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let replayed = dead_letters::replay(&mut transaction, &state.env, id, now).await?;
    if let Replayed::Sent { event_id } = replayed {
        let after = json!({ "deadLetterId": id, "state": DeadLetterState::Replaying, "eventId": event_id });
        record(&mut transaction, admin, "DEAD_LETTER_REPLAYED", after, now).await?;
    }
    transaction.commit().await?;
    state.events_wake.wake();
    Ok(replayed)
}

/// Puts one away for a reason that the audit log keeps; answers the state in which it was.
///
/// # Errors
/// When the database refuses.
pub async fn discard(
    state: &AppState,
    admin: UserId,
    id: Uuid,
    reason: &str,
) -> Result<Option<DeadLetterState>, sqlx::Error> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let was = dead_letters::discard(&mut transaction, id, now).await?;
    if was == Some(DeadLetterState::Parked) {
        let after = json!({ "deadLetterId": id, "state": DeadLetterState::Discarded, "reason": reason });
        record(&mut transaction, admin, "DEAD_LETTER_DISCARDED", after, now).await?;
    }
    transaction.commit().await?;
    Ok(was)
}

async fn record(
    connection: &mut PgConnection,
    admin: UserId,
    action: &str,
    after: serde_json::Value,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let entry = AuditEntry {
        booking: None,
        payment: None,
        action,
        actor: Some(admin),
        role: "PLATFORM_ADMIN",
        before: Some(json!({ "state": DeadLetterState::Parked })),
        after: Some(after),
        now,
        trace_id: &kit::trace::current().map(|here| here.trace_id()).unwrap_or_default(),
    };
    append_audit(connection, &entry).await
}
