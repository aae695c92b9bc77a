//! How two JSON documents differ, told by place, so that a reader sees which route or field changed and not which line.

use std::fmt;

use serde_json::Value;

/// One difference.
#[derive(Debug, PartialEq, Eq)]
pub enum Difference {
    /// In the code, not in the file.
    Added { place: String, value: String },
    /// In the file, not in the code.
    Removed { place: String, value: String },
    /// In both, with another value.
    Changed { place: String, from: String, to: String },
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { place, value } => write!(formatter, "+ {place} = {value}"),
            Self::Removed { place, value } => write!(formatter, "- {place} = {value}"),
            Self::Changed { place, from, to } => write!(formatter, "~ {place}: {from} -> {to}"),
        }
    }
}

/// All differences from `old` to `new`, in the order of the documents.
pub fn between(old: &Value, new: &Value) -> Vec<Difference> {
    let mut differences = Vec::new();
    walk("", old, new, &mut differences);
    differences
}

fn walk(place: &str, old: &Value, new: &Value, differences: &mut Vec<Difference>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, before) in old {
                let place = format!("{place} › {name}");
                match new.get(name) {
                    Some(after) => walk(&place, before, after, differences),
                    None => differences.push(Difference::Removed { place: root(&place), value: brief(before) }),
                }
            }
            for (name, after) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                let place = root(&format!("{place} › {name}"));
                differences.push(Difference::Added { place, value: brief(after) });
            }
        }
        (Value::Array(old), Value::Array(new)) if old.iter().chain(new).all(|item| !item.is_object()) => {
            // Lists of plain values (enums, required fields) differ by their members.
            for before in old.iter().filter(|item| !new.contains(item)) {
                differences.push(Difference::Removed { place: root(place), value: brief(before) });
            }
            for after in new.iter().filter(|item| !old.contains(item)) {
                differences.push(Difference::Added { place: root(place), value: brief(after) });
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (number, (before, after)) in old.iter().zip(new).enumerate() {
                walk(&format!("{place} › {number}"), before, after, differences);
            }
        }
        (old, new) if old != new => {
            differences.push(Difference::Changed { place: root(place), from: brief(old), to: brief(new) });
        }
        _ => {}
    }
}

fn root(place: &str) -> String {
    place.strip_prefix(" › ").unwrap_or("the document").to_owned()
}

/// The start of a value, enough to recognise it.
fn brief(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(old: Value, new: Value) -> Vec<String> {
        between(&old, &new).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn equal_documents_do_not_differ() {
        let document = json!({ "paths": { "/a": [1, { "b": null }] } });
        assert!(shown(document.clone(), document).is_empty());
    }

    #[test]
    fn a_difference_names_its_place() {
        let old = json!({ "paths": { "/a": { "get": {} }, "/b": 1 }, "enum": ["X", "Y"], "list": [{ "n": 1 }] });
        let new =
            json!({ "paths": { "/a": { "get": {}, "post": 2 }, "/b": 3 }, "enum": ["Y", "Z"], "list": [{ "n": 2 }] });
        let mut shown = shown(old, new);
        shown.sort();
        assert_eq!(
            shown,
            [
                "+ enum = \"Z\"",
                "+ paths › /a › post = 2",
                "- enum = \"X\"",
                "~ list › 0 › n: 1 -> 2",
                "~ paths › /b: 1 -> 3"
            ]
        );
    }

    #[test]
    fn a_missing_file_is_one_difference() {
        assert_eq!(shown(Value::Null, json!({ "a": 1 })), ["~ the document: null -> {\"a\":1}"]);
    }
}
