//! Every route asked by nobody and by each wrong role. A route that is not in the list fails the test.

use std::collections::BTreeSet;

use contracts::identity::Role;
use serde_json::Value;

use crate::support::{World, fresh_key};

enum Right {
    /// Proves itself in another way than by an access token.
    Public,
    /// Only these roles may.
    Roles(&'static [Role]),
}

use Right::{Public, Roles};
use Role::{CourtOwner, Customer, PlatformAdmin, SupportAgent};

const CUSTOMER: Right = Roles(&[Customer]);
const OWNER: Right = Roles(&[CourtOwner]);
const EITHER: Right = Roles(&[Customer, CourtOwner]);
const ADMIN: Right = Roles(&[PlatformAdmin]);

/// AUTHZ matrix, one line per operation of the API document.
const ROUTES: &[(&str, &str, Right)] = &[
    ("POST", "/api/bookings", CUSTOMER),
    ("GET", "/api/bookings", EITHER),
    ("GET", "/api/bookings/pending", OWNER),
    ("POST", "/api/bookings/manual", OWNER),
    ("GET", "/api/bookings/{bookingId}", EITHER),
    ("POST", "/api/bookings/{bookingId}/cancel", EITHER),
    ("POST", "/api/bookings/{bookingId}/confirm", OWNER),
    ("POST", "/api/bookings/{bookingId}/reject", OWNER),
    ("GET", "/api/bookings/{bookingId}/receipt", EITHER),
    ("GET", "/api/payments/{paymentId}/refund", EITHER),
    ("GET", "/api/payments/{paymentId}/dispute", Roles(&[Customer, CourtOwner, PlatformAdmin])),
    ("POST", "/api/payments/{paymentId}/dispute/evidence", OWNER),
    ("GET", "/api/admin/disputes", ADMIN),
    ("POST", "/api/admin/disputes/{disputeId}/resolve", ADMIN),
    ("GET", "/api/admin/payout-holds", ADMIN),
    ("POST", "/api/admin/payout-holds/{holdId}/decide", ADMIN),
    ("GET", "/api/admin/payment-reviews", ADMIN),
    ("POST", "/api/admin/payment-reviews/{reviewId}/resolve", ADMIN),
    ("POST", "/api/admin/payments/reconcile", ADMIN),
    ("POST", "/api/bookings/bulk-action", OWNER),
    ("PUT", "/api/bookings/{bookingId}/modify", CUSTOMER),
    ("POST", "/api/bookings/{bookingId}/payment-method", CUSTOMER),
    ("POST", "/api/bookings/{bookingId}/no-show", OWNER),
    ("POST", "/api/bookings/{bookingId}/mark-paid", OWNER),
    ("POST", "/api/bookings/recurring", CUSTOMER),
    ("GET", "/api/bookings/recurring/{recurringGroupId}", EITHER),
    ("POST", "/api/bookings/recurring/{recurringGroupId}/cancel", CUSTOMER),
    ("GET", "/api/bookings/calendar/ical", OWNER),
    ("GET", "/api/bookings/calendar/ical/{token}", Public),
    ("GET", "/api/bookings/calendar/subscription", OWNER),
    ("POST", "/api/bookings/calendar/subscription", OWNER),
    ("DELETE", "/api/bookings/calendar/subscription", OWNER),
    ("GET", "/api/payments/methods", CUSTOMER),
    ("POST", "/api/payments/methods", CUSTOMER),
    ("POST", "/api/payments/setup-intent", CUSTOMER),
    ("POST", "/api/webhooks/stripe", Public),
];

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

/// The path with an id in place of each parameter.
fn concrete(path: &str) -> String {
    let names = ["bookingId", "paymentId", "disputeId", "holdId", "reviewId", "recurringGroupId"];
    names.into_iter().fold(path.to_owned(), |path, name| {
        path.replace(&format!("{{{name}}}"), "0198c3de-7a10-7000-8000-0000000000aa")
    })
}

/// AUTHZ-01: the list above is the API, no more and no less.
#[test]
fn every_route_is_listed() {
    let document = document();
    let documented: BTreeSet<_> = operations(&document)
        .into_iter()
        .map(|(method, path, _)| (method, path))
        .filter(|(method, path)| !UPGRADES.contains(&(method.as_str(), path.as_str())))
        .collect();
    let listed: BTreeSet<_> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(listed, documented);
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

/// AUTHZ-02: nobody gets 401 wherever a sign-in is needed.
#[tokio::test]
async fn nobody_is_refused() {
    let world = World::new().await;
    for (method, path, right) in ROUTES {
        if let Roles(_) = right {
            world.call(method, &concrete(path)).send().await.refused(401, "AUTH_REQUIRED");
            let garbage = world.call(method, &concrete(path)).bearer("garbage").send().await;
            garbage.refused(401, "AUTH_TOKEN_INVALID");
        }
    }
}

/// AUTHZ-02: each wrong role gets 403, before anything else about the request is looked at.
#[tokio::test]
async fn wrong_roles_are_refused() {
    let world = World::new().await;
    for role in [Customer, CourtOwner, SupportAgent, PlatformAdmin] {
        let (_, token) = world.person(role).await;
        for (method, path, right) in ROUTES {
            let Roles(allowed) = right else { continue };
            let answer = world.call(method, &concrete(path)).bearer(&token).send().await;
            if allowed.contains(&role) {
                assert!(!matches!(answer.status.as_u16(), 401 | 500..), "{method} {path} as {role}: {answer:?}");
                assert_ne!(answer.body["error"], "AUTHZ_INSUFFICIENT_ROLE", "{method} {path} as {role}");
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
    for (method, path, right) in ROUTES.iter().filter(|(method, ..)| *method == "POST") {
        let token = match right {
            Roles(roles) if roles.contains(&Customer) => &customer,
            _ => &owner,
        };
        for body in ["{", "[]", "null", "\"\\u0000\"", "{\"reason\": 5, \"courtId\": {}}", large.as_str()] {
            let call = world.call(method, &concrete(path)).bearer(token).key(fresh_key());
            let answer = call.text(body).send().await;
            assert!((400..500).contains(&answer.status.as_u16()) || answer.status.is_success(), "{path} {answer:?}");
        }
    }
}
