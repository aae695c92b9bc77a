//! Events on the wire: what we write satisfies the contract, what the contract allows we read, and nothing is lost on
//! the way there and back.

use contracts::events::{
    Envelope, EventPayload, EventType, Head, InvalidPayload, NotificationType, Payload, Received, Source, Topic,
    Unreadable, validate,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::contract::{self, Given};
use crate::shape::Object;

/// An envelope of the contract around a payload.
fn message(event_type: &str, payload: Value) -> Value {
    let topic = event_type.parse::<EventType>().map_or(Topic::BookingEvents, EventType::topic);
    let mut message = contract::envelope().sample(true);
    message["eventType"] = event_type.into();
    message["source"] = topic.producers()[0].as_str().into();
    message["payload"] = payload;
    message
}

fn known(message: &Value) -> Envelope<EventPayload> {
    let bytes = serde_json::to_vec(message).expect("prints");
    match Received::read(&bytes) {
        Ok(Received::Known(envelope)) => *envelope,
        other => panic!("{message} is read as {other:?}"),
    }
}

fn given(name: &str) -> Given {
    contract::events().into_iter().find(|event| event.name == name).expect("in the contract")
}

/// A valid payload with every optional field.
fn full(name: &str) -> Value {
    let mut payload = given(name).object.sample(true);
    if name == "AVAILABILITY_UPDATED" {
        payload["changeType"] = "OVERRIDE_CREATED".into();
    }
    payload
}

/// A valid payload with the required fields only.
fn minimal(name: &str) -> Value {
    let mut payload = given(name).object.sample(false);
    if name == "AVAILABILITY_UPDATED" {
        payload["changeType"] = "RECURRING_WINDOWS_UPDATED".into();
    }
    payload
}

/// Optional fields that are null say the same as absent ones, and that is how we write them.
fn without_optional_nulls(value: &Value, object: &Object) -> Value {
    use crate::shape::Shape;
    let Value::Object(fields) = value else { return value.clone() };
    fields
        .iter()
        .filter(|(name, value)| !value.is_null() || object.required.contains_key(*name))
        .map(|(name, value)| {
            let kept = match object.required.get(name).or_else(|| object.optional.get(name)) {
                Some(Shape::Object(nested)) => without_optional_nulls(value, nested),
                Some(Shape::List(item)) => match (item.as_ref(), value) {
                    (Shape::Object(nested), Value::Array(items)) => {
                        items.iter().map(|item| without_optional_nulls(item, nested)).collect()
                    }
                    _ => value.clone(),
                },
                _ => value.clone(),
            };
            (name.clone(), kept)
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// EVT-07: the least and the most the contract allows is read, is valid for its producer, and is written back as a
/// message of the contract.
#[test]
fn the_least_and_the_most_the_contract_allows_is_read_and_written() {
    for event in contract::events() {
        for payload in [minimal(&event.name), full(&event.name)] {
            assert_eq!(event.object.refuse(payload.as_object().expect("an object")), None, "{}", event.name);
            let envelope = known(&message(&event.name, payload.clone()));
            let printed = envelope.to_json().unwrap_or_else(|error| panic!("{}: {error}", event.name));
            assert_eq!(printed["payload"], payload, "{}", event.name);
            assert_eq!(contract::envelope().refuse(printed.as_object().expect("an object")), None);
        }
    }
}

/// EVT-06: unknown fields, in the envelope as in the payload, are skipped.
#[test]
fn unknown_fields_are_skipped() {
    for event in contract::events() {
        let expected = known(&message(&event.name, full(&event.name)));
        let mut extended = message(&event.name, full(&event.name));
        extended["schemaVersion"] = json!(7);
        extended["payload"]["addedLater"] = json!({ "deep": [1, 2, 3] });
        assert_eq!(known(&extended), expected, "{}", event.name);
    }
}

/// EVT-06: an unknown type is no error, whatever its payload and its source; its id is still known for the inbox.
#[test]
fn an_unknown_type_is_read_as_unknown() {
    let mut unheard = message("COURT_PAINTED", json!(["no", "object"]));
    unheard["source"] = "weather-service".into();
    let Ok(Received::Unknown(head)) = Received::from_json(unheard.clone()) else { panic!("not read as unknown") };
    assert_eq!(head.event_type, "COURT_PAINTED");
    assert_eq!(json!(head.event_id), unheard["eventId"]);
}

/// EVT-05: what is no event, or lacks a required field, is an error, so that it is retried and parked, not skipped.
#[test]
fn a_message_that_is_no_event_is_an_error() {
    for nonsense in [&b"not json"[..], b"{}", b"[]", b"null", b"\xff\xfe"] {
        assert!(matches!(Received::read(nonsense), Err(Unreadable::Envelope(_))));
        assert!(Head::read(nonsense).is_err());
    }
    for field in contract::envelope().required.keys() {
        let mut short = message("COURT_DELETED", minimal("COURT_DELETED"));
        short.as_object_mut().expect("an object").remove(field);
        assert!(matches!(Received::from_json(short), Err(Unreadable::Envelope(_))), "{field}");
    }
    for event in contract::events() {
        for (field, shape) in &event.object.required {
            // A required field that may be null reads as null when it is missing.
            if matches!(shape, crate::shape::Shape::Scalar { nullable: true, .. }) {
                continue;
            }
            let mut short = message(&event.name, full(&event.name));
            short["payload"].as_object_mut().expect("an object").remove(field);
            let read = Received::from_json(short);
            assert!(matches!(read, Err(Unreadable::Payload { .. })), "{} without {field}: {read:?}", event.name);

            let mut wrong = message(&event.name, full(&event.name));
            wrong["payload"][field] = json!({ "neither": "text nor number" });
            let read = Received::from_json(wrong);
            assert!(matches!(read, Err(Unreadable::Payload { .. })), "{} with wrong {field}: {read:?}", event.name);
        }
    }
}

/// EVT-04: printing an event again gives the same id; the head alone is enough to remember it.
#[test]
fn a_repeated_send_carries_the_same_id() {
    let original = message("COURT_DELETED", minimal("COURT_DELETED"));
    let envelope = known(&original);
    let (first, second) = (envelope.to_json().expect("valid"), envelope.to_json().expect("valid"));
    assert_eq!(first, second);
    assert_eq!(first["eventId"], original["eventId"]);
    let head = Head::read(&serde_json::to_vec(&first).expect("prints")).expect("reads");
    assert_eq!(head.event_id, envelope.event_id);
    assert_eq!((head.event_type.as_str(), head.trace_id), ("COURT_DELETED", envelope.trace_id));
}

/// EVT-03: the key of every event is the field its topic names; the account event is keyed by owner, an alert without
/// person by a hash that does not show the address.
#[test]
fn the_key_is_the_field_of_the_topic() {
    for event in contract::events() {
        let payload = known(&message(&event.name, distinct(full(&event.name)))).payload;
        let printed = serde_json::to_value(&payload).expect("prints");
        let field = match event.name.as_str() {
            "STRIPE_CONNECT_STATUS_CHANGED" => "courtOwnerId",
            _ => payload.topic().partition_key(),
        };
        assert_eq!(printed[field], Value::from(payload.key()), "{}", event.name);
        assert_eq!(payload.topic().as_str(), event.file["topic"], "{}", event.name);
    }

    let mut alert = full("SECURITY_ALERT");
    alert["userId"] = Value::Null;
    alert["ipAddress"] = "203.0.113.7".into();
    let key_of = |payload: &Value| known(&message("SECURITY_ALERT", payload.clone())).payload.key();
    let hashed = key_of(&alert);
    assert!(hashed.len() == 32 && !hashed.contains("203"), "{hashed}");
    assert_eq!(key_of(&alert), hashed);
    alert["ipAddress"] = "203.0.113.8".into();
    assert_ne!(key_of(&alert), hashed);
    alert["ipAddress"] = Value::Null;
    assert_eq!(Value::from(key_of(&alert)), alert["alertType"]);
}

/// Gives every top-level id its own value, so that one cannot be mistaken for another.
fn distinct(mut payload: Value) -> Value {
    let ids = payload
        .as_object_mut()
        .expect("an object")
        .values_mut()
        .filter(|value| value.as_str().is_some_and(|text| text.parse::<uuid::Uuid>().is_ok()));
    for (number, id) in ids.enumerate() {
        *id = json!(uuid::Uuid::from_u128(number as u128 + 1));
    }
    payload
}

/// EVT-07: each limit of the contract that a type alone cannot carry stops the writing.
#[test]
fn a_payload_beyond_its_limits_is_not_written() {
    let broken: [(&str, &str, Value); 15] = [
        ("BOOKING_CREATED", "/endTime", json!("18:00")),
        ("BOOKING_CREATED", "/userId", Value::Null),
        ("BOOKING_CANCELLED", "/refundPercentage", json!(100.5)),
        ("BOOKING_CANCELLED", "/refundPercentage", json!(-1)),
        ("BOOKING_MODIFIED", "/newEndTime", json!("17:00")),
        ("SLOT_HELD", "/endTime", json!("17:59")),
        ("PRICING_UPDATED", "/pricingRules/0/multiplier", json!(5.01)),
        ("PRICING_UPDATED", "/pricingRules/0/multiplier", json!(0.09)),
        ("AVAILABILITY_UPDATED", "/affectedDateRange/to", json!("2026-12-23")),
        ("AVAILABILITY_UPDATED", "/changeType", json!("RECURRING_WINDOWS_UPDATED")),
        ("CANCELLATION_POLICY_UPDATED", "/tiers/0/refundPercent", json!(101)),
        ("CANCELLATION_POLICY_UPDATED", "/tiers/0/thresholdHours", json!(-1)),
        ("MATCH_CREATED", "/creatorSkillLevel", json!(8)),
        ("MATCH_UPDATED", "/currentPlayers", json!(5)),
        ("NOTIFICATION_REQUESTED", "/title/el", json!(" ")),
    ];
    for (name, pointer, value) in broken {
        let mut payload = full(name);
        *payload.pointer_mut(pointer).expect("the field is there") = value;
        let envelope = known(&message(name, payload));
        let refused = validate(&envelope);
        assert!(matches!(refused, Err(InvalidPayload::Limit { .. })), "{name} {pointer}: {refused:?}");
        assert_eq!(envelope.to_json().err(), refused.err());
    }
}

/// EVT-19: a new block without the block, tiers that do not fall.
#[test]
fn parts_that_belong_together_come_together() {
    let mut lonely = full("AVAILABILITY_UPDATED");
    lonely["override"] = Value::Null;
    assert!(known(&message("AVAILABILITY_UPDATED", lonely.clone())).to_json().is_err());
    lonely["changeType"] = "OVERRIDE_DELETED".into();
    assert!(known(&message("AVAILABILITY_UPDATED", lonely)).to_json().is_ok());

    let mut rising = full("CANCELLATION_POLICY_UPDATED");
    rising["tiers"] = json!([
        { "thresholdHours": 12, "refundPercent": 50 }, { "thresholdHours": 24, "refundPercent": 100 }
    ]);
    assert!(known(&message("CANCELLATION_POLICY_UPDATED", rising)).to_json().is_err());
}

/// EVT-07: only the producers of a topic may write to it.
#[test]
fn a_service_writes_only_to_its_own_topics() {
    for event in contract::events() {
        let mut envelope = known(&message(&event.name, full(&event.name)));
        for &source in Source::ALL {
            envelope.source = source;
            let allowed = event.file["producer"] == "both" || event.file["producer"] == source.as_str();
            assert_eq!(envelope.to_json().is_ok(), allowed, "{} by {source}", event.name);
        }
    }
}

/// EVT-13: the types of the rule book, all of them.
#[test]
fn notification_types_are_those_of_the_rule_book() {
    assert_eq!(NotificationType::ALL.len(), 34);
}

/// Any event of the contract: its name and a payload with any choice of optional fields.
fn any_event() -> impl Strategy<Value = (String, Value)> {
    let all: Vec<_> =
        contract::events().into_iter().map(|event| (Just(event.name), event.object.any()).boxed()).collect();
    proptest::strategy::Union::new(all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// EVT-07: there and back nothing is lost, and what comes out again is a message of the contract.
    #[test]
    fn every_event_of_the_contract_survives_the_round_trip((name, payload) in any_event()) {
        let original = message(&name, payload.clone());
        let envelope = known(&original);
        let printed = serde_json::to_value(&envelope).expect("prints");
        let object = given(&name).object;
        prop_assert_eq!(&printed["payload"], &without_optional_nulls(&payload, &object));
        prop_assert_eq!(&printed["eventType"], &Value::from(name));
        prop_assert_eq!(object.refuse(printed["payload"].as_object().expect("an object")), None);
        prop_assert_eq!(contract::envelope().refuse(printed.as_object().expect("an object")), None);
        prop_assert_eq!(known(&printed), envelope);
    }

    /// The envelope survives with any id, time, trace and correlation.
    #[test]
    fn every_envelope_survives_the_round_trip(mut original in contract::envelope().any()) {
        original["eventType"] = "COURT_DELETED".into();
        original["payload"] = minimal("COURT_DELETED");
        let printed = serde_json::to_value(known(&original)).expect("prints");
        prop_assert_eq!(printed, without_optional_nulls(&original, &contract::envelope()));
    }

    /// EVT-05: no bytes whatever make a consumer panic.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Received::read(&bytes);
        let _ = Head::read(&bytes);
    }
}
