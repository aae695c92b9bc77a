//! Finds all fields of wrong type in one go (QA-50), though serde stops at the first.
//!
//! After each wrong field a stand-in takes its place and reading goes on, until the whole document reads or no stand-in
//! fits. A document that reads with stand-ins lets the rules of the other fields be checked too; it never leaves here as
//! an answer. Only refused documents come this way, short ones, and a bounded number of times.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;

use super::field_texts;
use crate::error::FieldError;

/// More wrong fields than this help nobody, and the search must end.
pub(super) const MOST_FIELDS: usize = 20;
/// Stand-ins multiply the work, so a long document is told its first wrong field only.
pub(super) const LONGEST_SEARCHED: usize = 16 * 1024;

/// One refusal of serde: where and why.
struct Refusal {
    path: Vec<Step>,
    shown_path: String,
    reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Item(usize),
}

/// What was found in a document that does not read.
pub(super) struct Findings<T> {
    /// The wrong fields in the order in which they were met; never empty.
    pub(super) fields: Vec<FieldError>,
    /// The document with stand-ins for them, if it could be completed.
    pub(super) completed: Option<T>,
}

/// Reads `document` again and again until nothing is wrong with it any more.
///
/// Returns `None` when it reads at once. Stops after `most_fields`.
pub(super) fn find_all<T: DeserializeOwned>(mut document: Value, most_fields: usize) -> Option<Findings<T>> {
    let mut refusal = read::<T>(&document).err()?;
    let mut fields: Vec<FieldError> = Vec::new();
    for _ in 0..most_fields {
        let found = field_texts::wrong_type(&refusal.shown_path, &refusal.reason);
        // What is missing inside of a wrong field follows from it.
        let follows = fields.iter().any(|known| is_at_or_below(&found.field, &known.field));
        if !follows {
            fields.push(found);
        }
        if fields.len() == most_fields {
            break;
        }
        match with_stand_in::<T>(&document, &refusal) {
            None => break,
            Some((_, Ok(completed))) => return Some(Findings { fields, completed: Some(completed) }),
            Some((changed, Err(next))) => (document, refusal) = (changed, next),
        }
    }
    Some(Findings { fields, completed: None })
}

/// Whether one JSON path is the other or lies inside of it.
pub(super) fn is_at_or_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn read<T: DeserializeOwned>(document: &Value) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(document).map_err(|error| {
        let shown_path = error.path().to_string();
        let reason = error.inner().to_string();
        let mut path: Vec<Step> = error.path().iter().filter_map(step).collect();
        if let Some(name) = field_texts::named_field(&reason)
            && path.last() != Some(&Step::Member(name.to_owned()))
        {
            path.push(Step::Member(name.to_owned()));
        }
        Refusal { path, shown_path, reason }
    })
}

fn step(segment: &Segment) -> Option<Step> {
    match segment {
        Segment::Seq { index } => Some(Step::Item(*index)),
        Segment::Map { key } => Some(Step::Member(key.clone())),
        Segment::Enum { variant } => Some(Step::Member(variant.clone())),
        Segment::Unknown => None,
    }
}

/// What came of a stand-in.
enum Attempt<T> {
    /// Reading got past the refused place, or deeper into it.
    Further(Value, Result<T, Refusal>),
    /// The place is refused still.
    Refused(Refusal),
}

/// The first stand-in that helps.
fn with_stand_in<T: DeserializeOwned>(document: &Value, refusal: &Refusal) -> Option<(Value, Result<T, Refusal>)> {
    for stand_in in stand_ins(&refusal.reason) {
        match attempt(document, refusal, stand_in)? {
            Attempt::Further(changed, outcome) => return Some((changed, outcome)),
            // The place of a missing field tells its allowed values only when something stands there.
            Attempt::Refused(again) => {
                if let Some(variant) = field_texts::allowed_variants(&again.reason).first() {
                    return match attempt(document, refusal, Some(Value::from(*variant)))? {
                        Attempt::Further(changed, outcome) => Some((changed, outcome)),
                        Attempt::Refused(_) => None,
                    };
                }
            }
        }
    }
    None
}

/// `None` when there is no such place.
fn attempt<T: DeserializeOwned>(document: &Value, refusal: &Refusal, stand_in: Option<Value>) -> Option<Attempt<T>> {
    let mut changed = document.clone();
    put(&mut changed, &refusal.path, stand_in)?;
    Some(match read::<T>(&changed) {
        Err(again) if again.path == refusal.path => Attempt::Refused(again),
        outcome => Attempt::Further(changed, outcome),
    })
}

/// Values of every kind that our contracts know; `None` takes a member away.
fn stand_ins(reason: &str) -> Vec<Option<Value>> {
    if reason.starts_with("unknown field") {
        return vec![None];
    }
    if let Some(variant) = field_texts::allowed_variants(reason).first() {
        return vec![Some(Value::from(*variant))];
    }
    let texts = [
        "x",
        "00000000-0000-0000-0000-000000000000",
        "2000-01-01",
        "00:00",
        "2000-01-01T00:00:00Z",
        "http://localhost/",
        "el",
        "MONDAY",
    ];
    let plain = [Value::Null, Value::from(1), Value::from(0), Value::Bool(false), Value::Array(Vec::new())];
    plain.into_iter().chain(texts.map(Value::from)).chain([Value::Object(Map::new())]).map(Some).collect()
}

/// Puts `stand_in` at `path`. `None` when there is no such place, or when it is the whole document, which has no name
/// that a client could be told.
fn put(document: &mut Value, path: &[Step], stand_in: Option<Value>) -> Option<()> {
    let (last, parents) = path.split_last()?;
    let mut place = document;
    for step in parents {
        place = match step {
            Step::Member(name) => place.get_mut(name)?,
            Step::Item(index) => place.get_mut(index)?,
        };
    }
    match (last, stand_in) {
        (Step::Member(name), Some(value)) => {
            place.as_object_mut()?.insert(name.clone(), value);
        }
        (Step::Member(name), None) => {
            place.as_object_mut()?.remove(name)?;
        }
        (Step::Item(index), Some(value)) => *place.get_mut(index)? = value,
        (Step::Item(_), None) => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;
    use uuid::Uuid;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[expect(dead_code, reason = "only its deserialisation is tested")]
    struct Visit {
        court_id: Uuid,
        day: jiff::civil::Date,
        kind: Kind,
        guests: Vec<Guest>,
        note: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its deserialisation is tested")]
    struct Guest {
        name: String,
        age: u8,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    enum Kind {
        Training,
        Match,
    }

    fn wrong(document: Value) -> Vec<String> {
        let findings = find_all::<Visit>(document, MOST_FIELDS).expect("something is wrong");
        findings.fields.into_iter().map(|field| field.field).collect()
    }

    /// QA-50: whatever is wrong is found at once, however deep.
    #[test]
    fn all_wrong_types_are_found() {
        let everything = json!({
            "courtId": "nonsense", "day": "2026-02-30", "kind": "PARTY", "colour": "red", "note": 7,
            "guests": [{ "name": 1, "age": "x" }, { "age": -1 }, "nobody"],
        });
        let mut found = wrong(everything);
        found.sort();
        let expected = [
            "colour",
            "courtId",
            "day",
            "guests[0].age",
            "guests[0].name",
            "guests[1].age",
            "guests[1].name",
            "guests[2]",
            "kind",
            "note",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn missing_fields_are_found_together() {
        let mut found = wrong(json!({}));
        found.sort();
        assert_eq!(found, ["courtId", "day", "guests", "kind"]);
    }

    #[test]
    fn a_document_of_the_wrong_kind_is_one_finding() {
        for document in [json!(7), json!("text"), Value::Null] {
            assert_eq!(wrong(document), ["body"]);
        }
        assert!(find_all::<u8>(json!(7), MOST_FIELDS).is_none());
    }

    proptest::proptest! {
        /// Whatever arrives, the search ends and names something.
        #[test]
        fn the_search_always_ends(text in "[\\[\\]{}\":,a-z0-9 ]{0,40}") {
            if let Ok(document) = serde_json::from_str::<Value>(&text)
                && let Some(findings) = find_all::<Visit>(document, MOST_FIELDS)
            {
                proptest::prop_assert!(!findings.fields.is_empty());
            }
        }
    }
}
