//! The given contract as it lies in `tests/data`, and the few places where the rule book goes further.

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::shape::{Kind, Object, Shape};

/// One event or socket message of the contract.
#[derive(Debug)]
pub struct Given {
    /// Name on the wire.
    pub name: String,
    /// The file as it is, for everything that is not a field.
    pub file: Value,
    /// Its fields, amended by the rule book.
    pub object: Object,
}

fn data(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path)
}

fn read(path: &PathBuf) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folder(path: &str, name_field: &str) -> Vec<Given> {
    let mut files: Vec<PathBuf> = fs::read_dir(data(path))
        .expect("the folder of test data exists")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|path| {
            let file = read(path);
            let name = file[name_field].as_str().expect("every file names what it describes").to_owned();
            let mut object = Object::read(&file);
            amend(&name, &mut object);
            Given { name, file, object }
        })
        .collect()
}

/// The events: 23 of the contract, and `ACCOUNT_DELETED` and `ACCOUNT_SUSPENDED` of the rule book.
pub fn events() -> Vec<Given> {
    folder("events", "event")
}

/// The socket messages of both sides.
pub fn socket_messages() -> Vec<Given> {
    folder("socket", "message")
}

/// The envelope.
pub fn envelope() -> Object {
    Object::read(&read(&data("envelope.json")))
}

/// Where the rule book goes further than the contract. Everything else must be equal to the letter.
fn amend(name: &str, object: &mut Object) {
    match name {
        // EVT-13 names two more types; the first one below is valid on sockets too (decision in events.md).
        "NOTIFICATION_REQUESTED" => {
            more_words(
                object,
                "notificationType",
                &[
                    "STRIPE_ACCOUNT_RESTRICTED",
                    "FAVORITE_COURT_ALERT",
                    "SECURITY_NOTICE",
                    "DATA_EXPORT_READY",
                    "COURT_CHANGED",
                ],
            );
        }
        "NOTIFICATION" => more_words(
            object,
            "notificationType",
            &[
                "RECURRING_BOOKING_PRICE_CHANGED",
                "STRIPE_ACCOUNT_RESTRICTED",
                "FAVORITE_COURT_ALERT",
                "SECURITY_NOTICE",
                "DATA_EXPORT_READY",
                "COURT_CHANGED",
            ],
        ),
        // events.md gives both ends of the range, and all of a block but its times, without saying they may be absent.
        "AVAILABILITY_UPDATED" => {
            now_required(object, "affectedDateRange", &["from", "to"]);
            now_required(object, "override", &["overrideId", "date", "reason"]);
        }
        // PAY-12 has three more states of money on bookings.
        "BOOKING_STATUS_UPDATE" => {
            more_words(object, "paymentStatus", &["DISPUTED", "NOT_REQUIRED", "PAID_EXTERNALLY"]);
        }
        _ => {}
    }
}

fn field<'a>(object: &'a mut Object, name: &str) -> &'a mut Shape {
    object.required.get_mut(name).or(object.optional.get_mut(name)).expect("the field is in the contract")
}

fn more_words(object: &mut Object, name: &str, words: &[&str]) {
    let Shape::Scalar { kind: Kind::OneOf(known), .. } = field(object, name) else {
        panic!("`{name}` is an enum");
    };
    for word in words {
        assert!(known.insert((*word).to_owned()), "{word} is in the contract already");
    }
}

fn now_required(object: &mut Object, name: &str, fields: &[&str]) {
    let Shape::Object(nested) = field(object, name) else { panic!("`{name}` is an object") };
    for field in fields {
        let shape = nested.optional.remove(*field).expect("optional in the contract");
        nested.required.insert((*field).to_owned(), shape);
    }
}
