//! Between this bus's messages and Kafka's records. The id of an event travels in a header of its own, so that it is
//! known without looking into the payload.

use bytes::Bytes;
use jiff::Timestamp;
use rdkafka::Message as _;
use rdkafka::message::{BorrowedMessage, Header, Headers as _, OwnedHeaders};
use rdkafka::producer::FutureRecord;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::bus::{Headers, Message, Outgoing, Partition};

const EVENT_ID: &str = "event-id";

pub(super) fn to_record(message: &Outgoing) -> FutureRecord<'_, str, [u8]> {
    let mut headers = OwnedHeaders::new_with_capacity(message.headers.len() + 1);
    let event_id = message.event_id.to_string();
    headers = headers.insert(Header { key: EVENT_ID, value: Some(event_id.as_str()) });
    for (name, value) in &message.headers {
        headers = headers.insert(Header { key: name, value: Some(value.as_str()) });
    }
    FutureRecord::to(&message.topic).key(message.key.as_str()).payload(message.payload.as_ref()).headers(headers)
}

pub(super) fn to_message(record: &BorrowedMessage<'_>) -> Message {
    let partition = Partition { topic: record.topic().to_owned(), number: record.partition() };
    let mut headers = Headers::new();
    let mut event_id = None;
    for header in record.headers().into_iter().flat_map(|headers| headers.iter()) {
        // What is not text was not written by this bus.
        let Some(value) = header.value.and_then(|value| std::str::from_utf8(value).ok()) else { continue };
        if header.key == EVENT_ID {
            event_id = value.parse().ok();
        } else {
            headers.insert(header.key.to_owned(), value.to_owned());
        }
    }
    Message {
        offset: record.offset(),
        event_id: event_id.unwrap_or_else(|| id_of_place(&partition, record.offset())),
        key: record.key().map(|key| String::from_utf8_lossy(key).into_owned()).unwrap_or_default(),
        headers,
        payload: record.payload().map(Bytes::copy_from_slice).unwrap_or_default(),
        published_at: record
            .timestamp()
            .to_millis()
            .and_then(|millis| Timestamp::from_millisecond(millis).ok())
            .unwrap_or(Timestamp::UNIX_EPOCH),
        partition,
    }
}

/// A record that somebody else wrote has no id: its place is one, for ever the same.
fn id_of_place(partition: &Partition, offset: i64) -> Uuid {
    let digest = Sha256::digest(format!("{partition}/{offset}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// EVT-04: a record without an id of its own has the same one whenever it is read, and no other place has it.
    #[test]
    fn a_place_is_an_id() {
        let place = |number| Partition { topic: "topic".into(), number };
        assert_eq!(id_of_place(&place(0), 7), id_of_place(&place(0), 7));
        assert_ne!(id_of_place(&place(0), 7), id_of_place(&place(1), 7));
        assert_ne!(id_of_place(&place(0), 7), id_of_place(&place(0), 8));
    }
}
