//! Events of this service on their way into the outbox: the envelope around a payload. Sends nothing; the relay does.

use contracts::events::{Envelope, Payload, Source};
use contracts::ids::EventId;
use jiff::Timestamp;
use kit::outbox::OutboxRecord;
use kit::{Env, trace};
use sqlx::PgConnection;

/// Appends an event in the transaction of its change (EVT-01), after holding it against the contract (EVT-07).
pub async fn append<P: Payload>(
    env: &Env,
    connection: &mut PgConnection,
    payload: P,
    now: Timestamp,
) -> anyhow::Result<()> {
    let position = trace::current().unwrap_or_else(trace::TraceContext::start);
    let event_id = env.ids.new_id();
    let (topic, key) = (payload.topic(), payload.key());
    let envelope = Envelope {
        event_id: EventId(event_id),
        source: Source::PlatformService,
        timestamp: now,
        trace_id: position.trace_id(),
        span_id: position.span_id(),
        correlation_id: None,
        payload,
    };
    let record = OutboxRecord {
        event_id,
        topic: topic.as_str().to_owned(),
        key,
        envelope: envelope.to_json()?.to_string(),
        headers: trace::headers(),
        created_at: now,
    };
    kit::outbox::append(connection, &record).await?;
    Ok(())
}
