//! Finds all fields of wrong type in a body or query in one go (QA-50), though serde stops at the first.
//!
//! After each wrong field a stand-in takes its place and reading goes on, until the whole document reads or no stand-in
//! fits. A document that reads with stand-ins lets the rules of the other fields be checked too; it never leaves here as
//! an answer. Only refused documents come this way, short ones, and a bounded number of times.

use contracts::codes;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;
use url::form_urlencoded;

use super::field_texts;
use crate::error::{ApiError, FieldError};

/// More wrong fields than this help nobody, and the search must end.
pub(super) const MOST_FIELDS: usize = 20;
/// Stand-ins multiply the work, so a long document is told its first wrong field only.
pub(super) const LONGEST_SEARCHED: usize = 16 * 1024;

/// Something with fields that serde can read.
pub(super) trait Document: Clone {
    /// Reads it as `T`.
    fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal>;

    /// Puts `stand_in` at `path`, or takes away what is there. `None` when there is no such place, when the value cannot
    /// stand there, or when the place is the whole document, which has no name that a client could be told.
    fn put(&mut self, path: &[Step], stand_in: Option<Value>) -> Option<()>;
}

/// One refusal of serde: where and why.
pub(super) struct Refusal {
    path: Vec<Step>,
    shown_path: String,
    reason: String,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Into an object.
    Member(String),
    /// Into a list.
    Item(usize),
}

/// What was found in a document that does not read.
pub(super) struct Findings<T> {
    /// The wrong fields in the order in which they were met; never empty.
    fields: Vec<FieldError>,
    /// The document with stand-ins for them, if it could be completed.
    completed: Option<T>,
}

/// Reads `document` again and again until nothing is wrong with it any more.
///
/// Returns `None` when it reads at once. Stops after `most_fields`.
pub(super) fn find_all<T: DeserializeOwned>(mut document: impl Document, most_fields: usize) -> Option<Findings<T>> {
    let mut refusal = document.read::<T>().err()?;
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
        match with_stand_in::<T, _>(&document, &refusal) {
            None => break,
            Some((_, Ok(completed))) => return Some(Findings { fields, completed: Some(completed) }),
            Some((changed, Err(next))) => (document, refusal) = (changed, next),
        }
    }
    Some(Findings { fields, completed: None })
}

impl<T> Findings<T> {
    /// The refusal that names all wrong fields; `rules` tells the broken rules of a completed document.
    pub(super) fn into_error(self, rules: impl Fn(&T) -> Vec<FieldError>) -> ApiError {
        let Self { mut fields, completed } = self;
        let mut broken = completed.as_ref().map(rules).unwrap_or_default();
        // A stand-in may break a rule; its field is named already.
        broken.retain(|broken| !fields.iter().any(|wrong| is_at_or_below(&broken.field, &wrong.field)));
        fields.extend(broken);
        ApiError::new(&codes::VALIDATION_ERROR).fields(fields)
    }
}

/// Whether one JSON path is the other or lies inside of it.
fn is_at_or_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

impl Refusal {
    fn of(error: &serde_path_to_error::Error<impl std::fmt::Display>) -> Self {
        let shown_path = error.path().to_string();
        let reason = error.inner().to_string();
        let mut path: Vec<Step> = error.path().iter().filter_map(step).collect();
        if let Some(name) = field_texts::named_field(&reason)
            && path.last() != Some(&Step::Member(name.to_owned()))
        {
            path.push(Step::Member(name.to_owned()));
        }
        Self { path, shown_path, reason }
    }
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
enum Attempt<D, T> {
    /// Reading got past the refused place, or deeper into it.
    Further(D, Result<T, Refusal>),
    /// The place is refused still.
    Refused(Refusal),
}

/// The first stand-in that helps.
fn with_stand_in<T, D>(document: &D, refusal: &Refusal) -> Option<(D, Result<T, Refusal>)>
where
    T: DeserializeOwned,
    D: Document,
{
    for stand_in in stand_ins(&refusal.reason) {
        match attempt(document, refusal, stand_in) {
            None => {}
            Some(Attempt::Further(changed, outcome)) => return Some((changed, outcome)),
            // The place of a missing field tells its allowed values only when something stands there.
            Some(Attempt::Refused(again)) => {
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

/// `None` when nothing can stand there.
fn attempt<T, D>(document: &D, refusal: &Refusal, stand_in: Option<Value>) -> Option<Attempt<D, T>>
where
    T: DeserializeOwned,
    D: Document,
{
    let mut changed = document.clone();
    changed.put(&refusal.path, stand_in)?;
    Some(match changed.read::<T>() {
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

/// A JSON body.
impl Document for Value {
    fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_path_to_error::deserialize(self).map_err(|error| Refusal::of(&error))
    }

    fn put(&mut self, path: &[Step], stand_in: Option<Value>) -> Option<()> {
        let (last, parents) = path.split_last()?;
        let mut place = self;
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
}

/// A query string, taken apart.
#[derive(Debug, Clone)]
pub(super) struct QueryPairs(pub(super) Vec<(String, String)>);

impl Document for QueryPairs {
    fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish();
        let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        serde_path_to_error::deserialize(deserializer).map_err(|error| Refusal::of(&error))
    }

    fn put(&mut self, path: &[Step], stand_in: Option<Value>) -> Option<()> {
        let [Step::Member(name)] = path else { return None };
        let text = match stand_in {
            None => None,
            Some(Value::String(text)) => Some(text),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => Some(value.to_string()),
            Some(Value::Null | Value::Array(_) | Value::Object(_)) => return None,
        };
        // In its old place, because serde reads in this order and the next refusal must lie behind this one.
        let place = self.0.iter().position(|(known, _)| known == name).unwrap_or(self.0.len());
        self.0.retain(|(known, _)| known != name);
        if let Some(text) = text {
            self.0.insert(place, (name.clone(), text));
        }
        Some(())
    }
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
