//! Socket messages on the wire, both ways.

use contracts::socket::{ClientMessage, ServerMessage};
use proptest::prelude::*;
use serde_json::Value;

use crate::contract;

/// LIVE-41 to LIVE-48: the least and the most the contract allows is a message of ours, and comes out the same.
#[test]
fn the_least_and_the_most_the_contract_allows_is_read_and_written() {
    for given in contract::socket_messages() {
        for with_optional in [false, true] {
            let mut sample = given.object.sample(with_optional);
            let printed = if given.file["from"] == "server" {
                let message: ServerMessage = serde_json::from_value(sample.clone()).expect("reads");
                serde_json::to_value(message).expect("prints")
            } else {
                let message: ClientMessage = serde_json::from_value(sample.clone()).expect("reads");
                serde_json::to_value(message).expect("prints")
            };
            assert_eq!(given.object.refuse(printed.as_object().expect("an object")), None, "{}", given.name);
            // We always say whether somebody came; the contract reads silence as a no.
            if given.name == "BOOKING_STATUS_UPDATE" && !with_optional {
                sample["noShow"] = Value::Bool(false);
            }
            assert_eq!(printed, sample, "{}", given.name);
        }
    }
}

/// LIVE-12, LIVE-32: no message on a court's topics has a place for a person, the name in a person's own queue aside.
#[test]
fn messages_about_courts_name_nobody() {
    for given in contract::socket_messages() {
        if given.name.starts_with("AVAILABILITY") {
            let text = given.file.to_string().to_lowercase();
            assert!(!text.contains("user") && !text.contains("customer"), "{text}");
        }
    }
}

/// Any server message of the contract.
fn any_server_message() -> impl Strategy<Value = Value> {
    let all: Vec<_> = contract::socket_messages()
        .into_iter()
        .filter(|given| given.file["from"] == "server")
        .map(|given| given.object.any())
        .collect();
    proptest::strategy::Union::new(all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// LIVE-48: every message survives the round trip and keeps its type.
    #[test]
    fn every_server_message_survives_the_round_trip(original in any_server_message()) {
        let mut original = original;
        // A number that does not fit a close frame is no message of ours.
        if original["closeCode"].is_number() {
            original["closeCode"] = 4001.into();
        }
        let message: ServerMessage = serde_json::from_value(original.clone()).expect("reads");
        let printed = serde_json::to_value(&message).expect("prints");
        prop_assert_eq!(&printed["messageType"], &original["messageType"]);
        prop_assert_eq!(serde_json::from_value::<ServerMessage>(printed).expect("reads"), message);
    }
}
