//! Every route asked by nobody and by each role. Who may is read from the rule book: a route that it does not know fails
//! the test, and so does one that answers otherwise.

use contracts::identity::Role;
use serde_json::Value;
use testkit::rights::{Right, Route, RuleBook, routes_of};

use crate::support::{World, fresh_key};

use Role::{CourtOwner, Customer, PlatformAdmin, SupportAgent};

/// Routes that answer by something else than a JSON body and have tests of their own.
const UPGRADES: &[(&str, &str)] = &[("GET", "/ws")];

fn document() -> Value {
    serde_json::to_value(transaction::openapi()).expect("JSON")
}

fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            found.push((method.to_uppercase(), path.clone(), operation));
        }
    }
    found
}

/// Each route of the API document with its right by the rule book.
fn routes() -> Vec<(Route, Right)> {
    let mut routes = routes_of(&document());
    for (method, path) in UPGRADES {
        assert!(routes.remove(&Route::new(method, path)), "{path} is no route");
    }
    RuleBook::read().rights(&routes)
}

/// QA-55, AUTHZ-01: the rule book knows every route that is built, by its matrix and by its endpoint tables alike.
#[test]
fn every_route_is_ruled() {
    assert!(routes().len() > 30, "the API document was read in part");
}

/// QA-49: every error of every operation has the one shape, and every operation says who may call it.
#[test]
fn every_operation_documents_its_errors() {
    let document = document();
    let schema = Value::from("#/components/schemas/ErrorResponse");
    for (method, path, operation) in operations(&document) {
        let what = format!("{method} {path}");
        if UPGRADES.contains(&(method.as_str(), path.as_str())) {
            continue;
        }
        assert!(operation["security"].is_array(), "{what} says nothing about rights");
        assert!(operation["operationId"].is_string(), "{what} has no name");
        for (status, response) in operation["responses"].as_object().expect("responses") {
            if status.as_str() >= "400" {
                assert_eq!(response["content"]["application/json"]["schema"]["$ref"], schema, "{what} {status}");
            }
        }
    }
}

/// AUTHZ-02: nobody gets 401 wherever a sign-in is needed, and is let in where it is not.
#[tokio::test]
async fn nobody_is_refused() {
    let world = World::new().await;
    for (route, right) in routes() {
        let (method, path) = (&route.method, &route.concrete());
        match right {
            Right::Roles(_) => {
                world.call(method, path).send().await.refused(401, "AUTH_REQUIRED");
                world.call(method, path).bearer("garbage").send().await.refused(401, "AUTH_TOKEN_INVALID");
            }
            Right::Public => {
                let answer = world.call(method, path).send().await;
                assert!(answer.status.as_u16() < 500, "{route}: {answer:?}");
                assert_ne!(answer.body["error"], "AUTH_REQUIRED", "{route}");
            }
            Right::Internal => panic!("{route}: this service answers no internal calls"),
        }
    }
}

/// AUTHZ-02: each wrong role gets 403, before anything else about the request is looked at; each right role is let in.
#[tokio::test]
async fn each_role_may_what_the_matrix_says() {
    let world = World::new().await;
    for role in [Customer, CourtOwner, SupportAgent, PlatformAdmin] {
        let (_, token) = world.person(role).await;
        for (route, right) in routes() {
            let answer = world.call(&route.method, &route.concrete()).bearer(&token).send().await;
            if right.allows(role) {
                let is_let_in =
                    answer.body["error"] != "AUTHZ_INSUFFICIENT_ROLE" && answer.body["error"] != "AUTH_REQUIRED";
                assert!(is_let_in && answer.status.as_u16() < 500, "{route} as {role}: {answer:?}");
            } else {
                answer.refused(403, "AUTHZ_INSUFFICIENT_ROLE");
            }
        }
    }
}

/// AUTHZ-07: a suspended account is refused whatever its token says, a deleted one is nobody.
#[tokio::test]
async fn suspended_and_deleted_accounts_are_refused() {
    let world = World::new().await;
    for (status, code, error) in [("SUSPENDED", 403, "ACCOUNT_SUSPENDED"), ("DELETED", 401, "AUTH_TOKEN_INVALID")] {
        let (customer, token) = world.customer().await;
        sqlx::query("UPDATE platform.users SET status = $2 WHERE id = $1")
            .bind(customer.0)
            .bind(status)
            .execute(&world.admin)
            .await
            .expect("an account");
        world.get("/api/bookings").bearer(&token).send().await.refused(code, error);
    }
}

/// SEC-38, SEC-41, SEC-42: bodies that are no JSON, too large, of another type or absurd are 4xx on every route.
#[tokio::test]
async fn bad_bodies_are_refused_everywhere() {
    let world = World::new().await;
    let (_, customer) = world.customer().await;
    let (_, owner) = world.person(CourtOwner).await;
    let large = format!("\"{}\"", "x".repeat(1_100_000));
    for (route, right) in routes().into_iter().filter(|(route, _)| route.method == "POST") {
        let token = if right.allows(Customer) { &customer } else { &owner };
        for body in ["{", "[]", "null", "\"\\u0000\"", "{\"reason\": 5, \"courtId\": {}}", large.as_str()] {
            let call = world.call(&route.method, &route.concrete()).bearer(token).key(fresh_key());
            let answer = call.text(body).send().await;
            assert!((400..500).contains(&answer.status.as_u16()) || answer.status.is_success(), "{route} {answer:?}");
        }
    }
}
