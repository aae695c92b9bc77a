//! The API document itself.

use serde_json::Value;

/// QA-49: every error of every operation has the one shape, and every operation says who may call it.
#[test]
fn every_operation_documents_its_errors() {
    let document = serde_json::to_value(platform::openapi()).expect("JSON");
    let schema = "#/components/schemas/ErrorResponse";
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let what = format!("{method} {path}");
            assert!(operation["security"].is_array(), "{what} says nothing about rights");
            assert!(operation["operationId"].is_string(), "{what} has no name");
            let responses = operation["responses"].as_object().expect("responses");
            for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
                let body = &response["content"]["application/json"]["schema"]["$ref"];
                // An error with a member of its own is the one shape and more.
                let name = body.as_str().and_then(|reference| reference.rsplit('/').next()).unwrap_or_default();
                let extended = &document["components"]["schemas"][name]["allOf"][0]["$ref"];
                assert!([body, extended].contains(&&Value::from(schema)), "{what} {status}");
            }
        }
    }
    assert!(document["components"]["schemas"]["ErrorResponse"].is_object());
}
