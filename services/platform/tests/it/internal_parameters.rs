//! Wrong parameters at the door of the other service. The cases come from the API document, so a new operation under
//! `/internal` is asked too; the public ones are asked the same by the black-box tests.

use serde_json::{Value, json};

use crate::club::{Club, text};
use crate::support::{Answer, INTERNAL_KEY, World};

struct Operation {
    path: String,
    parameters: Vec<Value>,
}

/// All operations under `/internal` that read; the others have tests of their own.
fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(platform::openapi()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let internal = paths.iter().filter(|(path, item)| path.starts_with("/internal/") && item["get"].is_object());
    let found: Vec<_> = internal
        .map(|(path, item)| {
            let parameters = item["get"]["parameters"].as_array().expect("an operation that reads");
            Operation { path: path.clone(), parameters: parameters.clone() }
        })
        .collect();
    assert!(!found.is_empty());
    found
}

/// Values that a parameter must refuse, and values that it may take but that must not bring anything down.
fn values(schema: &Value) -> (Vec<&'static str>, Vec<&'static str>) {
    let pattern = schema["pattern"].as_str().unwrap_or_default();
    match schema["format"].as_str() {
        Some("date") => (
            vec!["0000-00-00", "9999-99-99", "-9999-01-01", "2026-02-30", "tomorrow", "", "%00"],
            vec!["-009999-01-01", "0001-01-01", "9999-12-31"],
        ),
        Some("int32") => {
            (vec!["NaN", "1e400", "1.5", "", "99999999999", "-1", "%00"], vec!["0", "1", "2147483647", "1439"])
        }
        _ if pattern.starts_with(r"^\d{2}:") => {
            (vec!["24:00", "25:61", "9", "-1:00", "noon", "", "%00"], vec!["10:07", "00:00", "23:59"])
        }
        _ if schema["enum"].is_array() => (vec!["SQUASH", "tennis", "", "%00"], vec![]),
        _ => (vec!["%00"], vec!["", "%FF", "%F0%9F%8E%BE", "%27%3B--"]),
    }
}

fn sample<'a>(name: &str, schema: &'a Value) -> &'a str {
    match schema["format"].as_str() {
        Some("date") => "2026-06-01",
        Some("int32") => "60",
        _ if name == "endTime" => "11:00",
        _ if schema["pattern"].is_string() => "10:00",
        _ => schema["enum"][0].as_str().unwrap_or("X"),
    }
}

/// The operation's address with one parameter of its query replaced.
fn target(operation: &Operation, id: &str, changed: Option<(&str, &str)>) -> String {
    let segments = operation.path.split('/').map(|segment| if segment.starts_with('{') { id } else { segment });
    let path = segments.collect::<Vec<_>>().join("/");
    let queries = operation.parameters.iter().filter(|parameter| parameter["in"] == "query");
    let pairs = queries.map(|parameter| {
        let name = text(&parameter["name"]);
        let value = changed.filter(|(replaced, _)| *replaced == name);
        format!("{name}={}", value.map_or_else(|| sample(name, &parameter["schema"]), |(_, value)| value))
    });
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

async fn ask(world: &World, target: &str) -> Answer {
    world.internal("GET", target).header("x-internal-api-key", INTERNAL_KEY).send().await
}

/// QA-50, SEC-38: a wrong parameter is named, an absurd one is answered like any other; nothing is a failure.
#[tokio::test]
async fn wrong_parameters_are_named_and_absurd_ones_are_survived() {
    let world = World::new().await;
    let club = Club::new(&world).await;
    let court = club.open_court(&world, json!({ "durationMinutes": 60 })).await;
    for operation in operations() {
        let id =
            if operation.path.contains("{courtId}") { text(&court["id"]).to_owned() } else { club.owner.to_string() };
        ask(&world, &target(&operation, &id, None)).await.expect(200);
        for wrong in ["not-a-uuid", "1", "%00", "%FF", "..%2F.."] {
            let answer = ask(&world, &target(&operation, wrong, None)).await;
            assert_eq!(answer.wrong_fields().len(), 1, "{} with {wrong}", operation.path);
        }
        for parameter in operation.parameters.iter().filter(|parameter| parameter["in"] == "query") {
            let name = text(&parameter["name"]);
            let (wrong, absurd) = values(&parameter["schema"]);
            for value in wrong {
                let address = target(&operation, &id, Some((name, value)));
                let fields = ask(&world, &address).await.wrong_fields();
                assert_eq!(fields, [name], "{address}");
            }
            for value in absurd {
                let address = target(&operation, &id, Some((name, value)));
                let answer = ask(&world, &address).await;
                assert!(answer.status.as_u16() < 500, "{address}: {answer:?}");
            }
        }
    }
}
