//! JSON Schema of events and socket messages, made from the types themselves. `cargo xtask openapi` writes both
//! documents into `api/` and fails when they drift from the code.
//!
//! The schema says what a producer writes: an optional field is left out rather than sent as null. Where the contract
//! lets foreign producers send null there, the field carries the mark `nullable`, which becomes a null in its type.

use schemars::{
    JsonSchema, Schema, SchemaGenerator,
    generate::{Contract, SchemaSettings},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::events::{EventType, Source, Topic};
use crate::identity::Role;
use crate::ids::EventId;
use crate::socket::{self, CloseCode, Destination};

/// Dialect of both documents.
const DIALECT: &str = "http://json-schema.org/draft-07/schema#";

/// The document `api/events.schema.json`: the envelope, and every topic with its events.
#[must_use]
pub fn events() -> Value {
    let mut topics = Map::new();
    for &topic in Topic::ALL {
        let events: Map<String, Value> = EventType::ALL
            .iter()
            .filter(|event_type| event_type.topic() == topic)
            .map(|event_type| (event_type.to_string(), json!({ "payload": event_payload(*event_type) })))
            .collect();
        let producer = match topic.producers() {
            [only] => only.as_str(),
            _ => "both",
        };
        topics.insert(
            topic.to_string(),
            json!({
                "partitionKey": topic.partition_key(),
                "producer": producer,
                "consumers": topic.consumers(),
                "events": events,
            }),
        );
    }
    json!({
        "$schema": DIALECT,
        "definitions": { "EventEnvelope": of::<EnvelopeShape>() },
        "topics": topics,
    })
}

/// Schema of one payload.
#[must_use]
pub fn event_payload(event_type: EventType) -> Value {
    tidy(event_type.payload_schema(&mut generator()))
}

/// The document `api/websocket.json`: connection, destinations, messages and who may subscribe to what.
#[must_use]
pub fn websocket() -> Value {
    let subscribe: Map<String, Value> = Destination::PATTERNS
        .iter()
        .map(|(pattern, roles)| ((*pattern).to_owned(), json!({ "allowedRoles": roles })))
        .collect();
    let rules: Vec<Value> = Destination::PATTERNS
        .iter()
        .map(|(pattern, roles)| json!({ "destination": pattern, "allowedRoles": roles }))
        .collect();
    let close_codes: Map<String, Value> =
        CloseCode::ALL.iter().map(|code| (code.number().to_string(), code.reason().into())).collect();
    json!({
        "$schema": DIALECT,
        "connection": {
            "endpoint": socket::ENDPOINT,
            "protocol": "STOMP 1.2 over WebSocket",
            "authentication": "access token as query parameter: /ws?token=<jwt>, checked before the upgrade",
            "heartbeat": {
                "intervalSeconds": socket::HEARTBEAT_SECONDS,
                "missedBeforeDisconnect": socket::MISSED_HEARTBEATS,
            },
            "limits": {
                "maxMessageSizeBytes": socket::MAX_MESSAGE_BYTES,
                "maxIncomingMessagesPerSecond": socket::MAX_MESSAGES_PER_SECOND,
                "maxInvalidMessagesBeforeDisconnect": socket::MAX_INVALID_MESSAGES,
                "maxConnectionsPerPod": socket::MAX_CONNECTIONS,
            },
            "reconnection": {
                "strategy": "after 1, 2, 4, 8, 16, at most 30 seconds, each with up to half a second of jitter",
                "onReconnect": "subscribe again; every subscription to a court begins with a snapshot",
            },
            "closeCodes": close_codes,
        },
        "destinations": {
            "subscribe": subscribe,
            "send": { Destination::TOKEN_REFRESH: {} },
        },
        "serverMessages": {
            "AVAILABILITY_UPDATE": message::<socket::AvailabilityUpdate>(
                "AVAILABILITY_UPDATE", "/topic/courts/{courtId}/availability"),
            "AVAILABILITY_SNAPSHOT": message::<socket::AvailabilitySnapshot>(
                "AVAILABILITY_SNAPSHOT", "/topic/courts/{courtId}/availability"),
            "BOOKING_STATUS_UPDATE": message::<socket::BookingStatusUpdate>(
                "BOOKING_STATUS_UPDATE", "/user/queue/bookings"),
            "NOTIFICATION": message::<socket::Notification>("NOTIFICATION", "/user/queue/notifications"),
            "MATCH_UPDATE": message::<socket::MatchUpdate>(
                "MATCH_UPDATE", "/topic/courts/{courtId}/matches OR /user/queue/matches"),
            "TOKEN_EXPIRING": message::<socket::TokenExpiring>("TOKEN_EXPIRING", "/user/queue/system"),
            "SERVER_SHUTDOWN": message::<socket::ServerShutdown>("SERVER_SHUTDOWN", "/user/queue/system"),
            "ERROR": message::<socket::SocketError>("ERROR", "/user/queue/system"),
        },
        "clientMessages": {
            "TOKEN_REFRESH": message::<socket::TokenRefresh>("TOKEN_REFRESH", Destination::TOKEN_REFRESH),
        },
        "channelAuthorizationMatrix": { "rules": rules, "roles": Role::ALL },
    })
}

/// A message with the tag that the enum around it adds on the wire.
fn message<T: JsonSchema>(message_type: &str, destination: &str) -> Value {
    let mut payload = of::<T>();
    payload["properties"]["messageType"] = json!({ "type": "string", "const": message_type });
    if let Some(required) = payload["required"].as_array_mut() {
        required.insert(0, "messageType".into());
    }
    json!({ "destination": destination, "payload": payload })
}

/// Shape of the envelope on the wire. `Envelope` itself prints `eventType` from its payload and so has no derive; a
/// test holds the two equal.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EnvelopeShape {
    /// Unique per event; consumers drop repeats by it.
    event_id: EventId,
    /// Selects the payload.
    event_type: String,
    /// Who produced it.
    source: Source,
    /// When it was produced.
    timestamp: jiff::Timestamp,
    /// W3C trace id.
    trace_id: String,
    /// The producing span.
    span_id: String,
    /// Joins related events over topics.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    correlation_id: Option<uuid::Uuid>,
    /// What happened.
    payload: Map<String, Value>,
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft07()
        .with(|settings| {
            settings.inline_subschemas = true;
            settings.contract = Contract::Serialize;
            settings.meta_schema = None;
        })
        .into_generator()
}

fn of<T: JsonSchema>() -> Value {
    let mut schema = generator().root_schema_for::<T>();
    schema.remove("title");
    tidy(schema)
}

fn tidy(schema: Schema) -> Value {
    let mut value = schema.to_value();
    plain(&mut value);
    value
}

/// Turns what the generator writes into the plain words of the contract: `enum` instead of a choice of constants, a
/// list of types instead of a choice with null, no null where it is never sent.
fn plain(schema: &mut Value) {
    match schema {
        Value::Array(parts) => parts.iter_mut().for_each(plain),
        Value::Object(fields) => {
            fields.values_mut().for_each(plain);
            constants_to_enum(fields);
            null_choice_to_type(fields);
            settle_optional_fields(fields);
        }
        _ => {}
    }
}

/// `oneOf` constants of one type, which is how documented variants come out, is the same as `enum`.
fn constants_to_enum(schema: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = schema.get("oneOf") else { return };
    let mut texts = Vec::new();
    for choice in choices {
        match (choice.get("const"), choice.get("enum")) {
            (Some(constant), _) => texts.push(constant.clone()),
            (None, Some(Value::Array(several))) => texts.extend(several.iter().cloned()),
            _ => return,
        }
    }
    schema.remove("oneOf");
    schema.insert("type".to_owned(), "string".into());
    schema.insert("enum".to_owned(), texts.into());
}

/// `anyOf` something or null is that something with null among its types.
fn null_choice_to_type(schema: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = schema.get("anyOf") else { return };
    let [Value::Object(something), nothing] = choices.as_slice() else { return };
    if nothing.get("type") != Some(&"null".into()) {
        return;
    }
    let something = something.clone();
    schema.remove("anyOf");
    for (name, value) in something {
        schema.entry(name).or_insert(value);
    }
    if let Some(single @ Value::String(_)) = schema.get("type") {
        let both = json!([single, "null"]);
        schema.insert("type".to_owned(), both);
    }
    if let Some(Value::Array(texts)) = schema.get_mut("enum") {
        texts.push(Value::Null);
    }
}

/// An optional field may be null only where it is marked so; the mark itself is not part of JSON Schema.
fn settle_optional_fields(schema: &mut Map<String, Value>) {
    let mut required: Vec<Value> = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    for (name, property) in properties {
        let Value::Object(property) = property else { continue };
        let nullable = property.remove("nullable").is_some();
        if property.remove("optional").is_some() {
            required.retain(|field| field != name);
        }
        if property.get("default") == Some(&Value::Null) {
            property.remove("default");
        }
        if required.contains(&name.as_str().into()) || nullable {
            continue;
        }
        if let Some(Value::Array(types)) = property.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                property.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(texts)) = property.get_mut("enum") {
            texts.retain(|text| !text.is_null());
        }
    }
    if required.is_empty() {
        schema.remove("required");
    } else {
        schema.insert("required".to_owned(), required.into());
    }
}
