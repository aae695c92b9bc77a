//! The generated documents in `api/`: made from the code, committed, and compared with the code in continuous
//! integration, so that a change of the wire is always a visible change of a file.

use std::{fs, path::Path};

use anyhow::Context as _;
use serde_json::{Map, Value};

use crate::drift;

/// Most differences shown per file.
const MOST_SHOWN: usize = 40;

/// File name and content of every document.
fn all() -> anyhow::Result<Vec<(&'static str, Value)>> {
    Ok(vec![
        ("platform.openapi.json", serde_json::to_value(platform::openapi())?),
        ("transaction.openapi.json", serde_json::to_value(transaction::openapi())?),
        ("events.schema.json", contracts::schema::events()),
        ("websocket.json", contracts::schema::websocket()),
    ])
}

/// Writes the documents that are not what the code says.
pub fn write(root: &Path) -> anyhow::Result<()> {
    for (name, document) in all()? {
        let path = root.join("api").join(name);
        let text = print(document)?;
        if fs::read_to_string(&path).is_ok_and(|current| current == text) {
            println!("api/{name}: unchanged");
        } else {
            fs::write(&path, text).with_context(|| path.display().to_string())?;
            println!("api/{name}: written");
        }
    }
    Ok(())
}

/// Compares the documents with the code and prints how they differ; `Ok(false)` when one does.
pub fn compare(root: &Path) -> anyhow::Result<bool> {
    let mut same = true;
    for (name, document) in all()? {
        let path = root.join("api").join(name);
        let committed = fs::read_to_string(&path).unwrap_or_default();
        if committed == print(document.clone())? {
            println!("api/{name}: as the code says");
            continue;
        }
        same = false;
        eprintln!("api/{name} is not what the code says; run `cargo xtask openapi` and commit the result:");
        let committed: Value = serde_json::from_str(&committed).unwrap_or(Value::Null);
        let differences = drift::between(&committed, &document);
        if differences.is_empty() {
            eprintln!("  only the layout of the file differs");
        }
        for difference in differences.iter().take(MOST_SHOWN) {
            eprintln!("  {difference}");
        }
        if let Some(more @ 1..) = differences.len().checked_sub(MOST_SHOWN) {
            eprintln!("  and {more} more");
        }
    }
    Ok(same)
}

/// The text of a document: indented, fields in the order of the alphabet whatever the maps of a build do.
fn print(mut document: Value) -> anyhow::Result<String> {
    sort(&mut document);
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

fn sort(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(sort),
        Value::Object(fields) => {
            let mut sorted: Vec<_> = std::mem::take(fields).into_iter().collect();
            sorted.sort_by(|(left, _), (right, _)| left.cmp(right));
            sorted.iter_mut().for_each(|(_, value)| sort(value));
            *fields = Map::from_iter(sorted);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_print_the_same_whatever_order_they_were_built_in() {
        let built = |names: [&str; 3]| Value::from(Map::from_iter(names.map(|name| (name.to_owned(), name.into()))));
        let text = print(built(["c", "a", "b"])).expect("prints");
        assert_eq!(text, print(built(["b", "c", "a"])).expect("prints"));
        assert!(text.find("\"a\"") < text.find("\"b\"") && text.ends_with("}\n"));
    }

    /// Every `$ref` of a document, wherever it stands.
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|field| references(field, found));
            }
            _ => {}
        }
    }

    #[test]
    fn no_document_points_at_what_is_not_there() {
        for (name, document) in all().expect("documents") {
            let mut found = Vec::new();
            references(&document, &mut found);
            for reference in found {
                let pointer = reference.strip_prefix('#').expect("references stay inside the document");
                assert!(document.pointer(pointer).is_some(), "{name}: {reference}");
            }
        }
    }

    /// Generated clients name their functions after operations, and people find them by tag.
    #[test]
    fn every_operation_has_a_name_of_its_own_a_tag_and_answers() {
        for (name, document) in all().expect("documents") {
            let Some(paths) = document.get("paths").and_then(Value::as_object) else { continue };
            let mut seen = std::collections::BTreeSet::new();
            for (path, operations) in paths {
                for (method, operation) in operations.as_object().expect("operations") {
                    let Some(id) = operation["operationId"].as_str() else {
                        panic!("{name}: {method} {path} has no name")
                    };
                    assert!(seen.insert(id.to_owned()), "{name}: {id} is the name of two operations");
                    assert!(
                        operation["tags"].as_array().is_some_and(|tags| !tags.is_empty()),
                        "{name}: {id} has no tag"
                    );
                    let answers = operation["responses"].as_object().expect("answers");
                    assert!(
                        answers.keys().any(|status| status.starts_with(['1', '2', '3'])),
                        "{name}: {id} never succeeds"
                    );
                }
            }
            assert!(!seen.is_empty(), "{name} has operations");
        }
    }
}
