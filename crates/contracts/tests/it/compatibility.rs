//! The generated documents against the given contract: the same events on the same topics, every field with the same
//! name, the same type, the same limits, required where it is required.

use std::collections::BTreeSet;

use contracts::{events::EventType, schema};
use serde_json::Value;

use crate::contract;
use crate::shape::{Object, Shape};

/// EVT-07: the schema that producers are held to is the contract's, field by field.
#[test]
fn every_payload_has_the_fields_of_the_contract() {
    let document = schema::events();
    let given = contract::events();
    // 23 of the contract, and the two that the rule book adds (AUTH-44, LIVE-61).
    assert_eq!(given.len(), 25);
    for event in given {
        let topic = event.file["topic"].as_str().expect("a topic");
        let ours = &document["topics"][topic]["events"][&event.name]["payload"];
        assert!(!ours.is_null(), "{} is not on {topic}", event.name);
        assert_eq!(Shape::of_schema(ours), Shape::Object(event.object), "{}", event.name);
    }
}

/// EVT-10: topics, keys and producers are the contract's; consumers at least.
#[test]
fn every_topic_is_that_of_the_contract() {
    let document = schema::events();
    let topics = document["topics"].as_object().expect("topics");
    let mut seen = BTreeSet::new();
    for event in contract::events() {
        let topic = event.file["topic"].as_str().expect("a topic");
        seen.insert(topic.to_owned());
        assert_eq!(topics[topic]["partitionKey"], event.file["key"], "{topic}");
        assert_eq!(topics[topic]["producer"], event.file["producer"], "{topic}");
        let ours = topics[topic]["consumers"].as_array().expect("consumers");
        for consumer in event.file["consumers"].as_array().expect("consumers") {
            assert!(ours.contains(consumer), "{topic} is not read by {consumer}");
        }
    }
    assert_eq!(topics.keys().cloned().collect::<BTreeSet<_>>(), seen);
    let ours: usize = topics.values().map(|topic| topic["events"].as_object().expect("events").len()).sum();
    assert_eq!(ours, EventType::ALL.len());
}

#[test]
fn the_envelope_has_the_fields_of_the_contract() {
    let ours = &schema::events()["definitions"]["EventEnvelope"];
    assert_eq!(Shape::of_schema(ours), Shape::Object(contract::envelope()));
}

/// EVT-09: no payload has a place for an address, a number or a name of a person.
#[test]
fn no_payload_has_a_field_for_contact_data() {
    fn names(shape: &Shape, found: &mut BTreeSet<String>) {
        match shape {
            Shape::Scalar { .. } => {}
            Shape::List(item) => names(item, found),
            Shape::Object(Object { required, optional, .. }) => {
                for (name, shape) in required.iter().chain(optional) {
                    found.insert(name.clone());
                    names(shape, found);
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    for &event_type in EventType::ALL {
        names(&Shape::of_schema(&schema::event_payload(event_type)), &mut found);
    }
    let personal: Vec<_> = found
        .iter()
        .map(|name| name.to_lowercase())
        .filter(|name| ["email", "phone", "name"].iter().any(|word| name.contains(word)))
        .collect();
    assert_eq!(personal, ["courtname"], "the name of a court is not the name of a person");
}

/// LIVE-41 to LIVE-48: every message has the fields of the contract, `messageType` included.
#[test]
fn every_socket_message_has_the_fields_of_the_contract() {
    let document = schema::websocket();
    let given = contract::socket_messages();
    assert_eq!(given.len(), 9);
    for message in given {
        let side = match message.file["from"].as_str() {
            Some("server") => "serverMessages",
            _ => "clientMessages",
        };
        let ours = &document[side][&message.name];
        assert_eq!(ours["destination"], message.file["destination"], "{}", message.name);
        assert_eq!(Shape::of_schema(&ours["payload"]), Shape::Object(message.object), "{}", message.name);
    }
}

/// The check above would notice: a field taken away, a type changed or a null too many is a difference.
#[test]
fn a_drifted_schema_is_noticed() {
    let event = contract::events().into_iter().find(|event| event.name == "SLOT_HELD").expect("in the contract");
    let good = schema::event_payload(EventType::SlotHeld);
    let wanted = Shape::Object(event.object);
    assert_eq!(Shape::of_schema(&good), wanted);

    let changed = |change: fn(&mut Value)| {
        let mut schema = good.clone();
        change(&mut schema);
        Shape::of_schema(&schema)
    };
    let drifted = [
        changed(|schema| schema["properties"]["courtId"]["format"] = "date".into()),
        changed(|schema| schema["properties"]["heldByUserId"]["type"] = serde_json::json!(["string", "null"])),
        changed(|schema| {
            schema["required"].as_array_mut().expect("a list").retain(|name| name != "holdExpiresAt");
        }),
        changed(|schema| {
            schema["properties"].as_object_mut().expect("properties").remove("heldByUserId");
        }),
    ];
    for shape in drifted {
        assert_ne!(shape, wanted);
    }
}
