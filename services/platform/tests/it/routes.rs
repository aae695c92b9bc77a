//! Every route asked by nobody and by each role. Who may is read from the rule book: a route that it does not know fails
//! the test, and so does one that answers otherwise.

use contracts::identity::Role;
use testkit::rights::{Right, Route, RuleBook, routes_of};

use crate::support::World;

const EVERYBODY: [Role; 4] = [Role::Customer, Role::CourtOwner, Role::SupportAgent, Role::PlatformAdmin];

/// Each route of the API document with its right by the rule book.
fn routes() -> Vec<(Route, Right)> {
    let document = serde_json::to_value(platform::openapi()).expect("JSON");
    RuleBook::read().rights(&routes_of(&document))
}

/// QA-55, AUTHZ-01: the rule book knows every route that is built, by its matrix and by its endpoint tables alike.
#[test]
fn every_route_is_ruled() {
    assert!(routes().len() > 100, "the API document was read in part");
}

/// AUTH-45, AUTH-46, AUTH-48, AUTH-49: what the rule book gives to one role alone is ruled for that role alone, and agents
/// administrate nothing, as far as there are routes for it; the test below holds the service to the same rights.
#[test]
fn each_role_has_its_own() {
    let rights = routes();
    let allowed = |method: &str, path: &str| -> Vec<Role> {
        let wanted = Route::new(method, path);
        let (_, right) = rights.iter().find(|(route, _)| *route == wanted).expect("a route");
        EVERYBODY.into_iter().filter(|role| right.allows(*role)).collect()
    };
    for (role, own) in [
        (
            Role::Customer,
            &[
                ("POST", "/api/courts/{courtId}/ratings"),
                ("PUT", "/api/users/me/favorites/{courtId}"),
                ("PUT", "/api/users/me/preferences"),
            ][..],
        ),
        (
            Role::CourtOwner,
            &[
                ("POST", "/api/courts"),
                ("PUT", "/api/courts/{courtId}"),
                ("DELETE", "/api/courts/{courtId}"),
                ("PUT", "/api/courts/{courtId}/availability/windows"),
                ("PUT", "/api/courts/{courtId}/pricing"),
                ("POST", "/api/courts/bulk-update"),
                ("POST", "/api/settings/reminder-rules"),
                ("GET", "/api/audit-log"),
            ],
        ),
        (
            Role::PlatformAdmin,
            &[
                ("GET", "/api/admin/audit-log"),
                ("POST", "/api/admin/users/{userId}/suspend"),
                ("POST", "/api/admin/users/{userId}/unsuspend"),
                ("PUT", "/api/admin/users/{userId}/role"),
                ("POST", "/api/admin/verifications/{requestId}/approve"),
            ],
        ),
    ] {
        for (method, path) in own {
            assert_eq!(allowed(method, path), [role], "{method} {path}");
        }
    }
    // Tickets and alerts are what agents are there for.
    let of_agents = ["/api/admin/support/", "/api/admin/security/alerts"];
    for (route, right) in rights.iter().filter(|(route, _)| route.path.starts_with("/api/admin/")) {
        if of_agents.iter().any(|start| route.path.starts_with(start)) {
            continue;
        }
        assert!(!right.allows(Role::SupportAgent) && right.allows(Role::PlatformAdmin), "{route}");
    }
}

/// AUTH-50: every role edits its own personal settings, and only its own change.
#[tokio::test]
async fn every_role_edits_its_own_settings() {
    let world = World::new().await;
    let (_, other) = world.person(Role::Customer).await;
    let before = world.get("/api/users/me").bearer(&other).send().await.expect(200);
    for role in EVERYBODY {
        let (_, token) = world.person(role).await;
        let wanted = serde_json::json!({ "name": "Somebody Else", "language": "el" });
        let changed = world.put("/api/users/me").bearer(&token).json(&wanted).send().await.expect(200);
        assert_eq!((&changed["name"], &changed["language"]), (&wanted["name"], &wanted["language"]), "{role}");
        let shown = world.get("/api/users/me").bearer(&token).send().await.expect(200);
        assert_eq!(shown["name"], wanted["name"], "{role}");
    }
    assert_eq!(world.get("/api/users/me").bearer(&other).send().await.expect(200), before);
}

/// AUTH-18, AUTHZ-02, AUTHZ-17: nobody gets 401 wherever a sign-in is needed, and is let in where it is not.
#[tokio::test]
async fn nobody_is_refused() {
    let world = World::new().await;
    for (route, right) in routes() {
        let (method, path) = (&route.method, &route.concrete());
        match right {
            Right::Public => {
                let answer = world.call(method, path).send().await;
                assert!(answer.status.as_u16() < 500, "{route}: {answer:?}");
                assert_ne!(answer.body["error"], "AUTH_REQUIRED", "{route}");
            }
            Right::Roles(_) => {
                world.call(method, path).send().await.refused(401, "AUTH_REQUIRED");
                world.call(method, path).bearer("garbage").send().await.refused(401, "AUTH_TOKEN_INVALID");
            }
            Right::Internal => {
                world.internal(method, path).send().await.refused(401, "INTERNAL_KEY_INVALID");
                world.call(method, path).send().await.refused(404, "NOT_FOUND");
            }
        }
    }
}

/// AUTH-19, AUTHZ-02, AUTHZ-17: each wrong role gets 403, before anything else about the request is looked at; each right
/// role is let in; and no role opens a call of the other service.
#[tokio::test]
async fn each_role_may_what_the_matrix_says() {
    let world = World::new().await;
    for role in EVERYBODY {
        let (_, token) = world.person(role).await;
        for (route, right) in routes() {
            let (method, path) = (&route.method, &route.concrete());
            // Whoever may leave is gone afterwards.
            let leaver = if path.ends_with("/me/delete") { Some(world.person(role).await.1) } else { None };
            let token = leaver.as_ref().unwrap_or(&token);
            if right == Right::Internal {
                world.internal(method, path).bearer(token).send().await.refused(401, "INTERNAL_KEY_INVALID");
                world.call(method, path).bearer(token).send().await.refused(404, "NOT_FOUND");
                continue;
            }
            let answer = world.call(method, path).bearer(token).send().await;
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
