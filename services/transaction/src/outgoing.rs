//! Events on their way into the outbox: checked against their contract when added (EVT-07), written in the transaction
//! of the change they report (EVT-01), either by themselves or as columns of the statement that makes the change.

use contracts::events::{Envelope, InvalidPayload, Payload, Source};
use contracts::ids::EventId;
use jiff::Timestamp;
use kit::Env;
use kit::outbox::OutboxRecord;
use kit::trace::{self, TraceContext};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// The events of one change, in their order.
#[derive(Debug, Clone)]
pub struct Outgoing {
    here: TraceContext,
    now: Timestamp,
    correlation_id: Option<Uuid>,
    records: Vec<OutboxRecord>,
}

impl Outgoing {
    /// No events yet. They will carry the running trace, or start one where there is none.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            here: trace::current().unwrap_or_else(TraceContext::start),
            now,
            correlation_id: None,
            records: Vec::new(),
        }
    }

    /// Links the events with each other over their topics, e.g. by the booking they are about.
    #[must_use]
    pub fn about(mut self, correlation_id: impl Into<Uuid>) -> Self {
        self.correlation_id = Some(correlation_id.into());
        self
    }

    /// Goes on with the trace in which the booking began, whoever finishes it: its customer's request may be overtaken by
    /// the webhook, and readers still hear of it under the request's trace (LIVE-48).
    #[must_use]
    pub fn continuing(mut self, trace_id: &str) -> Self {
        if let Some(origin) = TraceContext::parse(&format!("00-{trace_id}-{}-01", self.here.span_id())) {
            self.here = origin;
        }
        self
    }

    /// The trace the events carry, 32 hex digits.
    #[must_use]
    pub fn trace_id(&self) -> String {
        self.here.trace_id()
    }

    /// Adds an event.
    ///
    /// # Errors
    /// When it breaks its contract: the change must not happen then.
    pub fn push(&mut self, env: &Env, payload: impl Payload) -> Result<(), InvalidPayload> {
        let event_id = env.ids.new_id();
        let (topic, key, event_type) = (payload.topic(), payload.key(), payload.event_type());
        let envelope = Envelope {
            event_id: EventId(event_id),
            source: Source::TransactionService,
            timestamp: self.now,
            trace_id: self.here.trace_id(),
            span_id: self.here.span_id(),
            correlation_id: self.correlation_id,
            payload,
        };
        contracts::events::validate(&envelope)?;
        let envelope = serde_json::to_string(&envelope)
            .map_err(|error| InvalidPayload::Unprintable { event_type, reason: error.to_string() })?;
        self.records.push(OutboxRecord {
            event_id,
            topic: topic.as_str().to_owned(),
            key,
            envelope,
            headers: [(trace::TRACEPARENT.to_owned(), self.here.to_string())].into(),
            created_at: self.now,
        });
        Ok(())
    }

    /// Writes the events by themselves, in the caller's transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn append(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        kit::outbox::append_all(connection, &self.records).await
    }

    /// Column `headers`, the same for all.
    #[must_use]
    pub fn headers(&self) -> Value {
        serde_json::json!({ trace::TRACEPARENT: self.here.to_string() })
    }

    /// Column `event_id`.
    #[must_use]
    pub fn ids(&self) -> Vec<Uuid> {
        self.records.iter().map(|record| record.event_id).collect()
    }

    /// Column `topic`.
    #[must_use]
    pub fn topics(&self) -> Vec<String> {
        self.records.iter().map(|record| record.topic.clone()).collect()
    }

    /// Column `message_key`.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.records.iter().map(|record| record.key.clone()).collect()
    }

    /// Column `payload`.
    #[must_use]
    pub fn payloads(&self) -> Vec<String> {
        self.records.iter().map(|record| record.envelope.clone()).collect()
    }
}
