//! The events between the services: envelope, topics and the payloads.
//!
//! A producer builds an [`Envelope`] around a payload and prints it with [`Envelope::to_json`], which refuses a payload
//! that breaks the contract (EVT-07). A consumer reads a message with [`Received::read`]: unknown fields are skipped
//! and an unknown type is an answer of its own, not an error (EVT-06). The type name, the topic and the key follow from
//! the payload, so they can never disagree with it.
//!
//! Payloads hold ids, never an address, a number or a name of a person (EVT-09). Sending, ordering and remembering
//! events is the business of `kit`.

mod analytics;
mod bookings;
mod courts;
mod limits;
mod matches;
mod notifications;
mod security;
mod waitlist;

pub use analytics::*;
pub use bookings::*;
pub use courts::*;
pub use limits::{BrokenRule, InvalidPayload};
pub use matches::*;
pub use notifications::*;
pub use security::*;
pub use waitlist::*;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};
use serde_json::Value;
use uuid::Uuid;

use crate::ids::EventId;
use crate::wire_text::wire_text;
use limits::Limits;

/// Which service produced an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Source {
    /// The platform service.
    PlatformService,
    /// The transaction service.
    TransactionService,
}

wire_text!(Source {
    PlatformService => "platform-service",
    TransactionService => "transaction-service",
});

/// The logs that events are written to, one per subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Topic {
    /// Bookings and holds, keyed by court.
    BookingEvents,
    /// Messages to people, keyed by person.
    NotificationEvents,
    /// Changes of courts, keyed by court, and of owners' payment accounts, keyed by owner.
    CourtUpdateEvents,
    /// Open matches, keyed by match.
    MatchEvents,
    /// Freed slots with people waiting, keyed by court.
    WaitlistEvents,
    /// Figures, keyed by court.
    AnalyticsEvents,
    /// Abuse alerts, keyed by person or address.
    SecurityEvents,
}

wire_text!(Topic {
    BookingEvents => "booking-events",
    NotificationEvents => "notification-events",
    CourtUpdateEvents => "court-update-events",
    MatchEvents => "match-events",
    WaitlistEvents => "waitlist-events",
    AnalyticsEvents => "analytics-events",
    SecurityEvents => "security-events",
});

impl Topic {
    /// Field of the payload whose value decides partition and order.
    #[must_use]
    pub const fn partition_key(self) -> &'static str {
        match self {
            Self::BookingEvents | Self::CourtUpdateEvents | Self::WaitlistEvents | Self::AnalyticsEvents => "courtId",
            Self::NotificationEvents | Self::SecurityEvents => "userId",
            Self::MatchEvents => "matchId",
        }
    }

    /// Who may write to the topic.
    #[must_use]
    pub const fn producers(self) -> &'static [Source] {
        match self {
            Self::BookingEvents | Self::MatchEvents | Self::WaitlistEvents => &[Source::TransactionService],
            Self::CourtUpdateEvents => &[Source::PlatformService],
            Self::NotificationEvents | Self::AnalyticsEvents | Self::SecurityEvents => {
                &[Source::PlatformService, Source::TransactionService]
            }
        }
    }

    /// Who reads the topic. Transaction reads bookings and matches with a group of its own, for the sockets.
    #[must_use]
    pub const fn consumers(self) -> &'static [Source] {
        match self {
            Self::BookingEvents | Self::MatchEvents => &[Source::PlatformService, Source::TransactionService],
            Self::NotificationEvents | Self::CourtUpdateEvents | Self::WaitlistEvents => &[Source::TransactionService],
            Self::AnalyticsEvents => &[Source::PlatformService],
            // Transaction lets go of what a deleted account had ahead (AUTH-44).
            Self::SecurityEvents => &[Source::PlatformService, Source::TransactionService],
        }
    }
}

/// What every payload can say of itself.
pub trait Payload: Serialize {
    /// Selects the payload on the wire.
    fn event_type(&self) -> EventType;

    /// Value that decides partition and order.
    fn key(&self) -> String;

    /// Holds the payload against the limits of the contract that types alone cannot carry (EVT-07).
    ///
    /// # Errors
    /// The first limit that is broken.
    fn validate(&self) -> Result<(), InvalidPayload>;

    /// The topic this payload belongs to.
    fn topic(&self) -> Topic {
        self.event_type().topic()
    }
}

/// Declares, from one list, the event types, the enum over all payloads, and the reading of a payload by its type.
macro_rules! payloads {
    ($($name:ident = $text:literal on $topic:ident, key |$event:ident| $key:expr;)+) => {
        /// The names of the events.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[schemars(inline)]
        pub enum EventType {
            $(
                #[doc = concat!("See [`", stringify!($name), "`].")]
                $name,
            )+
        }

        wire_text!(EventType { $($name => $text),+ });

        impl EventType {
            /// The topic events of this type are written to.
            #[must_use]
            pub const fn topic(self) -> Topic {
                match self {
                    $(Self::$name => Topic::$topic,)+
                }
            }

            /// JSON Schema of the payload.
            pub(crate) fn payload_schema(self, generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                match self {
                    $(Self::$name => generator.subschema_for::<$name>(),)+
                }
            }
        }

        /// Any of the payloads.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum EventPayload {
            $(
                #[doc = concat!("See [`", stringify!($name), "`].")]
                $name($name),
            )+
        }

        impl EventPayload {
            /// Reads the payload that belongs to `event_type`.
            fn read(event_type: EventType, payload: Value) -> Result<Self, serde_json::Error> {
                match event_type {
                    $(EventType::$name => serde_json::from_value(payload).map(Self::$name),)+
                }
            }
        }

        impl Payload for EventPayload {
            fn event_type(&self) -> EventType {
                match self {
                    $(Self::$name(_) => EventType::$name,)+
                }
            }

            fn key(&self) -> String {
                match self {
                    $(Self::$name(payload) => payload.key(),)+
                }
            }

            fn validate(&self) -> Result<(), InvalidPayload> {
                match self {
                    $(Self::$name(payload) => payload.validate(),)+
                }
            }
        }

        $(
            impl Payload for $name {
                fn event_type(&self) -> EventType {
                    EventType::$name
                }

                fn key(&self) -> String {
                    let $event = self;
                    $key
                }

                fn validate(&self) -> Result<(), InvalidPayload> {
                    self.limits().map_err(|rule| InvalidPayload::Limit { event_type: EventType::$name, rule })
                }
            }

            impl From<$name> for EventPayload {
                fn from(payload: $name) -> Self {
                    Self::$name(payload)
                }
            }
        )+
    };
}

payloads! {
    BookingCreated = "BOOKING_CREATED" on BookingEvents, key |event| event.court_id.to_string();
    BookingConfirmed = "BOOKING_CONFIRMED" on BookingEvents, key |event| event.court_id.to_string();
    BookingCancelled = "BOOKING_CANCELLED" on BookingEvents, key |event| event.court_id.to_string();
    BookingModified = "BOOKING_MODIFIED" on BookingEvents, key |event| event.court_id.to_string();
    BookingCompleted = "BOOKING_COMPLETED" on BookingEvents, key |event| event.court_id.to_string();
    SlotHeld = "SLOT_HELD" on BookingEvents, key |event| event.court_id.to_string();
    SlotReleased = "SLOT_RELEASED" on BookingEvents, key |event| event.court_id.to_string();
    NotificationRequested = "NOTIFICATION_REQUESTED" on NotificationEvents, key |event| event.user_id.to_string();
    CourtUpdated = "COURT_UPDATED" on CourtUpdateEvents, key |event| event.court_id.to_string();
    PricingUpdated = "PRICING_UPDATED" on CourtUpdateEvents, key |event| event.court_id.to_string();
    AvailabilityUpdated = "AVAILABILITY_UPDATED" on CourtUpdateEvents, key |event| event.court_id.to_string();
    CancellationPolicyUpdated = "CANCELLATION_POLICY_UPDATED" on CourtUpdateEvents,
        key |event| event.court_id.to_string();
    CourtDeleted = "COURT_DELETED" on CourtUpdateEvents, key |event| event.court_id.to_string();
    StripeConnectStatusChanged = "STRIPE_CONNECT_STATUS_CHANGED" on CourtUpdateEvents,
        key |event| event.court_owner_id.to_string();
    MatchCreated = "MATCH_CREATED" on MatchEvents, key |event| event.match_id.to_string();
    MatchUpdated = "MATCH_UPDATED" on MatchEvents, key |event| event.match_id.to_string();
    MatchClosed = "MATCH_CLOSED" on MatchEvents, key |event| event.match_id.to_string();
    WaitlistSlotFreed = "WAITLIST_SLOT_FREED" on WaitlistEvents, key |event| event.court_id.to_string();
    WaitlistHoldExpired = "WAITLIST_HOLD_EXPIRED" on WaitlistEvents, key |event| event.court_id.to_string();
    BookingAnalytics = "BOOKING_ANALYTICS" on AnalyticsEvents, key |event| event.court_id.to_string();
    RevenueAnalytics = "REVENUE_ANALYTICS" on AnalyticsEvents, key |event| event.court_id.to_string();
    PromoCodeRedeemed = "PROMO_CODE_REDEEMED" on AnalyticsEvents, key |event| event.court_id.to_string();
    SecurityAlert = "SECURITY_ALERT" on SecurityEvents, key |event| event.person_or_address();
    AccountDeleted = "ACCOUNT_DELETED" on SecurityEvents, key |event| event.user_id.to_string();
    AccountSuspended = "ACCOUNT_SUSPENDED" on SecurityEvents, key |event| event.user_id.to_string();
}

/// What travels around every payload. `eventType` is printed from the payload and so is no field here.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope<P> {
    /// Unique per event; a repeated send carries the same one (EVT-04).
    pub event_id: EventId,
    /// Who produced it.
    pub source: Source,
    /// When it was produced.
    pub timestamp: Timestamp,
    /// W3C trace id, 32 hexadecimal digits.
    pub trace_id: String,
    /// The producing span, 16 hexadecimal digits.
    pub span_id: String,
    /// Joins related events over topics, for example a cancellation, the freed slot and the message about it.
    pub correlation_id: Option<Uuid>,
    /// What happened.
    pub payload: P,
}

impl<P> Envelope<P> {
    /// The same envelope around another payload.
    pub fn map<Q>(self, change: impl FnOnce(P) -> Q) -> Envelope<Q> {
        let Self { event_id, source, timestamp, trace_id, span_id, correlation_id, payload } = self;
        Envelope { event_id, source, timestamp, trace_id, span_id, correlation_id, payload: change(payload) }
    }
}

impl<P: Payload> Envelope<P> {
    /// The JSON to write to the outbox, after holding the payload against the contract (EVT-07).
    ///
    /// # Errors
    /// The limit the payload breaks, or that this source may not write to the topic.
    pub fn to_json(&self) -> Result<Value, InvalidPayload> {
        validate(self)?;
        serde_json::to_value(self).map_err(|error| InvalidPayload::Unprintable {
            event_type: self.payload.event_type(),
            reason: error.to_string(),
        })
    }
}

/// Holds an event against the contract before it is written: the payload's limits, and that its source is a producer of
/// the topic (EVT-07).
///
/// # Errors
/// What is wrong with it.
pub fn validate<P: Payload>(envelope: &Envelope<P>) -> Result<(), InvalidPayload> {
    let event_type = envelope.payload.event_type();
    if !event_type.topic().producers().contains(&envelope.source) {
        return Err(InvalidPayload::Source { event_type, found: envelope.source });
    }
    envelope.payload.validate()
}

impl<P: Payload> Serialize for Envelope<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Envelope", 8)?;
        fields.serialize_field("eventId", &self.event_id)?;
        fields.serialize_field("eventType", &self.payload.event_type())?;
        fields.serialize_field("source", &self.source)?;
        fields.serialize_field("timestamp", &self.timestamp)?;
        fields.serialize_field("traceId", &self.trace_id)?;
        fields.serialize_field("spanId", &self.span_id)?;
        match self.correlation_id {
            Some(correlation_id) => fields.serialize_field("correlationId", &correlation_id)?,
            None => fields.skip_field("correlationId")?,
        }
        fields.serialize_field("payload", &self.payload)?;
        fields.end()
    }
}

/// The part of a message that plumbing needs: enough to remember, trace and park it without knowing its payload.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// Dedupe key.
    pub event_id: EventId,
    /// As written, known or not.
    pub event_type: String,
    /// Who produced it, known or not.
    pub source: String,
    /// When it was produced.
    pub timestamp: Timestamp,
    /// W3C trace id.
    pub trace_id: String,
    /// The producing span.
    pub span_id: String,
    /// Joins related events.
    #[serde(default)]
    pub correlation_id: Option<Uuid>,
}

impl Head {
    /// Reads the head of a message and skips the rest.
    ///
    /// # Errors
    /// When it is no JSON or a required field of the envelope is missing or malformed.
    pub fn read(message: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(message)
    }
}

/// A message as a consumer finds it.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    /// One of the 23.
    Known(Box<Envelope<EventPayload>>),
    /// A type this build does not know; it is skipped without error (EVT-06).
    Unknown(Head),
}

/// A message that is no event of the contract. It is retried and then parked, not skipped (EVT-05).
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// No JSON, or the envelope lacks a required field.
    #[error("the envelope is unreadable: {0}")]
    Envelope(#[source] serde_json::Error),
    /// The payload does not fit its type.
    #[error("the payload of {event_type} is unreadable: {error}")]
    Payload {
        /// The type the message claims.
        event_type: EventType,
        /// What is wrong.
        #[source]
        error: serde_json::Error,
    },
}

impl Received {
    /// Reads a message of the bus.
    ///
    /// # Errors
    /// When it is not an envelope, or a known type whose payload does not fit.
    pub fn read(message: &[u8]) -> Result<Self, Unreadable> {
        serde_json::from_slice(message).map_err(Unreadable::Envelope).and_then(Self::from_json)
    }

    /// The same from JSON that is parsed already, as the outbox and the bus tables hold it.
    ///
    /// # Errors
    /// As for [`Received::read`].
    pub fn from_json(message: Value) -> Result<Self, Unreadable> {
        #[derive(Deserialize)]
        struct Parts {
            #[serde(flatten)]
            head: Head,
            payload: Value,
        }

        let Parts { head, payload } = serde_json::from_value(message).map_err(Unreadable::Envelope)?;
        let Ok(event_type) = head.event_type.parse::<EventType>() else { return Ok(Self::Unknown(head)) };
        let source = serde_json::from_value(Value::from(head.source)).map_err(Unreadable::Envelope)?;
        let payload =
            EventPayload::read(event_type, payload).map_err(|error| Unreadable::Payload { event_type, error })?;
        Ok(Self::Known(Box::new(Envelope {
            event_id: head.event_id,
            source,
            timestamp: head.timestamp,
            trace_id: head.trace_id,
            span_id: head.span_id,
            correlation_id: head.correlation_id,
            payload,
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_text::tests::agrees_with_serde;

    #[test]
    fn texts_agree_with_serde() {
        agrees_with_serde::<Source>();
        agrees_with_serde::<Topic>();
        agrees_with_serde::<EventType>();
    }
}
