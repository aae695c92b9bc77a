//! The rule book as a source of rights: it is read whole, agrees with itself, and what is not built yet is known by name.

use std::collections::{BTreeMap, BTreeSet};

use contracts::identity::Role;
use testkit::rights::{Right, Route, RuleBook, routes_of};

/// Documented and not built yet. What gets built is taken off: the test says so.
const NOT_BUILT: &[(&str, &str)] = &[
    ("GET", "/api/admin/security/alerts"),
    ("POST", "/api/admin/security/alerts/{alertId}/acknowledge"),
    ("POST", "/api/admin/security/alerts/{alertId}/resolve"),
    ("GET", "/api/admin/security/config"),
    ("PUT", "/api/admin/security/config"),
    ("GET", "/api/admin/security/ip-blocklist"),
    ("POST", "/api/admin/security/ip-blocklist"),
    ("DELETE", "/api/admin/security/ip-blocklist/{entryId}"),
    ("GET", "/api/admin/support/metrics"),
    ("GET", "/api/admin/support/tickets"),
    ("POST", "/api/admin/support/tickets/{ticketId}/assign"),
    ("POST", "/api/admin/support/tickets/{ticketId}/notes"),
    ("PUT", "/api/admin/support/tickets/{ticketId}/status"),
    ("GET", "/api/admin/support/tickets/{ticketId}/user-activity"),
    ("GET", "/api/ads/config"),
    ("POST", "/api/ads/events"),
    ("POST", "/api/ads/reports"),
    ("GET", "/api/analytics"),
    ("GET", "/api/analytics/export"),
    ("GET", "/api/analytics/revenue"),
    ("GET", "/api/analytics/usage"),
    ("GET", "/api/dashboard"),
    ("GET", "/api/feature-flags"),
    ("PUT", "/api/feature-flags/{flagKey}"),
    ("GET", "/api/matches"),
    ("GET", "/api/matches/{matchId}"),
    ("POST", "/api/matches/{matchId}/join"),
    ("GET", "/api/matches/{matchId}/join-requests"),
    ("POST", "/api/matches/{matchId}/join-requests/{requestId}/approve"),
    ("POST", "/api/matches/{matchId}/join-requests/{requestId}/decline"),
    ("POST", "/api/matches/{matchId}/leave"),
    ("GET", "/api/matches/{matchId}/messages"),
    ("POST", "/api/matches/{matchId}/messages"),
    ("GET", "/api/promo-codes"),
    ("POST", "/api/promo-codes"),
    ("GET", "/api/promo-codes/{code}/validate"),
    ("GET", "/api/search"),
    ("GET", "/api/settings/scheduled-reports"),
    ("PUT", "/api/settings/scheduled-reports"),
    ("POST", "/api/split-payments"),
    ("GET", "/api/split-payments/{splitPaymentId}"),
    ("POST", "/api/split-payments/{splitPaymentId}/pay"),
    ("GET", "/api/subscription"),
    ("POST", "/api/subscription"),
    ("PUT", "/api/subscription"),
    ("DELETE", "/api/subscription"),
    ("POST", "/api/support/tickets"),
    ("GET", "/api/support/tickets"),
    ("GET", "/api/support/tickets/{ticketId}"),
    ("POST", "/api/support/tickets/{ticketId}/close"),
    ("POST", "/api/support/tickets/{ticketId}/messages"),
    ("POST", "/api/users/me/profile-image"),
    ("GET", "/api/users/me/skill-levels"),
    ("PUT", "/api/users/me/skill-levels"),
    ("POST", "/api/waitlist"),
    ("GET", "/api/waitlist"),
    ("DELETE", "/api/waitlist/{waitlistEntryId}"),
    ("POST", "/api/waitlist/{waitlistEntryId}/confirm"),
    ("POST", "/api/webhooks/stripe-billing"),
];

fn built() -> BTreeSet<Route> {
    let documents = [serde_json::to_value(platform::openapi()), serde_json::to_value(transaction::openapi())];
    documents.into_iter().flat_map(|document| routes_of(&document.expect("JSON"))).collect()
}

/// AUTHZ-01: what the rule book promises is built or known to be missing, and nothing else is missing.
#[test]
fn documented_routes_are_built_or_known_to_be_missing() {
    let (book, built) = (RuleBook::read(), built());
    let missing: BTreeSet<_> = book.endpoints.keys().filter(|route| !built.contains(*route)).collect();
    let known: BTreeSet<_> = NOT_BUILT.iter().map(|(method, path)| Route::new(method, path)).collect();
    let forgotten: Vec<_> = missing.iter().filter(|route| !known.contains(**route)).map(ToString::to_string).collect();
    assert!(forgotten.is_empty(), "documented, but neither built nor listed: {forgotten:#?}");
    let done: Vec<_> = known.iter().filter(|route| !missing.contains(route)).map(ToString::to_string).collect();
    assert!(done.is_empty(), "built or documented no more, so take it off NOT_BUILT: {done:#?}");
}

/// AUTHZ-01: the matrix and the endpoint tables name the same routes and the same roles, also for what is not built.
#[test]
fn the_matrix_and_the_endpoint_tables_agree() {
    let book = RuleBook::read();
    let routes: BTreeSet<_> = book.matrix.keys().chain(book.endpoints.keys()).cloned().collect();
    assert_eq!(book.rights(&routes).len(), routes.len());
    assert!(routes.len() > 150, "the rule book was read in part: {}", routes.len());
}

fn texts(matrix: &str, endpoints: &str) -> BTreeMap<String, String> {
    let authorization = format!(
        "## Matrix\n| Operation | C | O | S | A |\n|---|---|---|---|---|\n{matrix}\n## Routes of the matrix\n\
         | Operation | Routes |\n|---|---|\n| Play | GET, PUT /api/games/{{gameId}}; POST /api/games/enter open |\n\
         | Look | GET /api/games/{{id}} |\n"
    );
    let area = format!(
        "## Endpoints\nPaths under `/api/games`.\n\n| Method | Path | Roles | OK | Errors |\n|---|---|---|---|---|\n{endpoints}"
    );
    [("authorization.md".to_owned(), authorization), ("01-games.md".to_owned(), area)].into()
}

const MATRIX: &str = "| Play | own | - | - | - |\n| Look | - | - | ro | yes |\n";

/// AUTHZ-01: rows of the matrix add up, methods may have roles of their own, and remarks do not matter.
#[test]
fn rights_are_read_from_the_tables() {
    let book = RuleBook::parse(&texts(
        MATRIX,
        "| GET, PUT* | /{gameId} | C (player), S, A; C | 200 | |\n| POST | /enter* | public | 201 | 400 |\n",
    ));
    let rights = book.rights(&book.endpoints.keys().cloned().collect());
    let right = |method: &str, path: &str| {
        let wanted = Route::new(method, path);
        rights.iter().find(|(route, _)| *route == wanted).map(|(_, right)| right.clone()).expect("a route")
    };
    let look = right("GET", "/api/games/{whatever}");
    assert_eq!(look, Right::Roles(["CUSTOMER", "SUPPORT_AGENT", "PLATFORM_ADMIN"].into()));
    assert!(look.allows(Role::SupportAgent) && !look.allows(Role::CourtOwner));
    assert_eq!(right("PUT", "/api/games/{gameId}"), Right::Roles(["CUSTOMER"].into()));
    assert_eq!(right("POST", "/api/games/enter"), Right::Public);
}

/// AUTHZ-01: a table that gives a role more than the matrix does is a contradiction, not a right.
#[test]
#[should_panic(expected = "the matrix says")]
fn a_contradiction_is_reported() {
    let book = RuleBook::parse(&texts(MATRIX, "| PUT | /{gameId} | C, O | 200 | |\n"));
    let _ = book.rights(&book.endpoints.keys().cloned().collect());
}

/// AUTHZ-01: a route that nobody wrote down has no right.
#[test]
#[should_panic(expected = "no row of `Routes of the matrix`")]
fn an_unknown_route_is_reported() {
    let book = RuleBook::parse(&texts(MATRIX, ""));
    let _ = book.rights(&[Route::new("DELETE", "/api/games/{gameId}")].into());
}
