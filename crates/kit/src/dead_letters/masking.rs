//! What staff may see of a parked message: its shape, ids, times, amounts and names of states, and nothing that a person
//! wrote or that tells who they are. Pure.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value, json};

/// What stands in place of a value.
const MASK: &str = "[masked]";

/// Parts of the names of fields whose value is never shown, whatever it looks like.
const PERSONAL_NAMES: &[&str] = &[
    "name",
    "mail",
    "phone",
    "address",
    "title",
    "body",
    "text",
    "reason",
    "description",
    "note",
    "label",
    "agent",
    "token",
    "secret",
    "password",
    "link",
    "latitude",
    "longitude",
    "location",
    "metadata",
];

/// Texts that tell nobody's secrets: ids, dates, times, upper-case names of states, trace ids, the two services.
static HARMLESS: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        r"|\d{4}-\d{2}-\d{2}",
        r"|\d{2}:\d{2}",
        r"|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z",
        r"|[A-Z][A-Z0-9_]{1,63}",
        r"|[0-9a-f]{16}|[0-9a-f]{32}",
        r"|(?:platform|transaction)-service)$",
    ))
});

static ADDRESSES: LazyLock<Regex> = LazyLock::new(|| compile(r"[^\s@<>,;:\x22']+@[^\s@<>,;:\x22']+"));

fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant that a test compiles")
}

/// The payload of a message for the eyes of staff. What is no JSON is only measured.
#[must_use]
pub fn masked(payload: &[u8]) -> Value {
    match serde_json::from_slice(payload) {
        Ok(value) => masked_value(value, false),
        Err(_) => json!({ "unreadableBytes": payload.len() }),
    }
}

fn masked_value(value: Value, personal: bool) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| {
                    let personal = personal || is_personal(&name);
                    (name, masked_value(value, personal))
                })
                .collect::<Map<_, _>>(),
        ),
        Value::Array(values) => values.into_iter().map(|value| masked_value(value, personal)).collect(),
        Value::Null => Value::Null,
        _ if personal => MASK.into(),
        Value::String(text) if !HARMLESS.is_match(&text) => MASK.into(),
        other => other,
    }
}

fn is_personal(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    PERSONAL_NAMES.iter().any(|part| lower.contains(part))
}

/// A text without the mail addresses in it.
pub(super) fn without_addresses(text: &str) -> String {
    ADDRESSES.replace_all(text, MASK).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// EVT-09: ids, times, amounts and states are shown; what people wrote and what tells who they are is not, however
    /// deep it stands.
    #[test]
    fn personal_values_are_masked() {
        let id = "0198c3de-7a10-7000-8000-0000000000aa";
        let payload = json!({
            "eventType": "SECURITY_ALERT", "source": "platform-service", "timestamp": "2026-05-04T10:00:00.5Z",
            "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
            "payload": {
                "userId": id, "date": "2026-05-06", "startTime": "11:00", "totalAmountCents": 2400, "isOpenMatch": true,
                "ipAddress": "203.0.113.7", "description": "LOUD", "changedFields": ["address", "maria"],
                "metadata": { "userAgent": "MARIA", "requestCount": 5 },
                "title": { "en": "HELLO" }, "data": { "deepLink": "/unlock?token=abc", "bookingId": id, "note": null },
                "customerName": "MARIA", "phone": 306_900_000_000_i64,
            },
        });
        let shown = masked(payload.to_string().as_bytes());
        assert_eq!(
            shown,
            json!({
                "eventType": "SECURITY_ALERT", "source": "platform-service", "timestamp": "2026-05-04T10:00:00.5Z",
                "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
                "payload": {
                    "userId": id, "date": "2026-05-06", "startTime": "11:00", "totalAmountCents": 2400,
                    "isOpenMatch": true, "ipAddress": MASK, "description": MASK, "changedFields": [MASK, MASK],
                    "metadata": { "userAgent": MASK, "requestCount": MASK },
                    "title": { "en": MASK }, "data": { "deepLink": MASK, "bookingId": id, "note": null },
                    "customerName": MASK, "phone": MASK,
                },
            })
        );
    }

    #[test]
    fn what_is_no_json_is_measured() {
        assert_eq!(masked(b"maria@example.test"), json!({ "unreadableBytes": 18 }));
        assert_eq!(masked(&[0xff, 0x00]), json!({ "unreadableBytes": 2 }));
    }

    #[test]
    fn errors_lose_addresses() {
        assert_eq!(without_addresses("no user \"maria@example.test\" here"), "no user \"[masked]\" here");
    }

    proptest! {
        /// EVT-09: a text of a person is never shown, wherever it stands.
        #[test]
        fn written_texts_never_pass(text in "[a-zα-ω]{3,12} [a-zα-ω]{3,12}", field in "[a-z]{1,8}") {
            let shown = masked(json!({ field: [{ "x": text.clone() }] }).to_string().as_bytes()).to_string();
            prop_assert!(!shown.contains(&text));
        }
    }
}
