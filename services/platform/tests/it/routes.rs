//! Every route asked by nobody and by each wrong role. A route that is not in the list fails the test.

use std::collections::BTreeSet;

use contracts::identity::Role;

use crate::support::World;

enum Right {
    /// Anybody may ask.
    Public,
    /// Only these roles may.
    Roles(&'static [Role]),
    /// Only the other service may.
    Internal,
}

use Right::{Internal, Public, Roles};
use Role::{CourtOwner, Customer, PlatformAdmin, SupportAgent};

const ANY: Right = Roles(&[Customer, CourtOwner, SupportAgent, PlatformAdmin]);
const OWNER: Right = Roles(&[CourtOwner]);
const ADMIN: Right = Roles(&[PlatformAdmin]);
const CUSTOMER: Right = Roles(&[Customer]);

/// AUTHZ matrix, one line per operation of the API document.
const ROUTES: &[(&str, &str, Right)] = &[
    ("POST", "/api/auth/register", Public),
    ("POST", "/api/auth/login", Public),
    ("POST", "/api/auth/refresh", Public),
    ("POST", "/api/auth/logout", ANY),
    ("GET", "/api/auth/providers", ANY),
    ("POST", "/api/auth/providers/link", ANY),
    ("POST", "/api/auth/2fa/verify", Public),
    ("POST", "/api/auth/confirm-sign-in", Public),
    ("POST", "/api/auth/unlock", Public),
    ("POST", "/api/auth/accept-invitation", Public),
    ("GET", "/.well-known/jwks.json", Public),
    ("GET", "/api/client-config", Public),
    ("GET", "/api/users/me", ANY),
    ("PUT", "/api/users/me", ANY),
    ("POST", "/api/users/me/data-export", ANY),
    ("GET", "/api/users/me/data-exports", ANY),
    ("POST", "/api/users/me/delete", ANY),
    ("GET", "/api/admin/users", ADMIN),
    ("POST", "/api/admin/users", ADMIN),
    ("POST", "/api/admin/users/{userId}/suspend", ADMIN),
    ("POST", "/api/admin/users/{userId}/unsuspend", ADMIN),
    ("PUT", "/api/admin/users/{userId}/role", ADMIN),
    ("GET", "/api/users/me/2fa", OWNER),
    ("POST", "/api/users/me/2fa/setup", OWNER),
    ("POST", "/api/users/me/2fa/confirm", OWNER),
    ("DELETE", "/api/users/me/2fa", OWNER),
    ("GET", "/api/users/me/sessions", ANY),
    ("DELETE", "/api/users/me/sessions/{sessionId}", ANY),
    ("GET", "/api/users/me/stripe-connect", OWNER),
    ("POST", "/api/users/me/stripe-connect/onboard", OWNER),
    ("GET", "/api/users/me/stripe-connect/payouts", OWNER),
    ("GET", "/api/users/me/stripe-connect/balance", OWNER),
    ("PUT", "/api/users/me/stripe-connect/payout-schedule", OWNER),
    ("GET", "/api/admin/payouts/flagged", Roles(&[PlatformAdmin])),
    ("POST", "/api/webhooks/stripe-connect", Public),
    ("GET", "/internal/users/{userId}/stripe-connect-status", Internal),
    ("POST", "/internal/sessions/{sessionId}/activity", Internal),
    ("POST", "/api/courts", OWNER),
    ("GET", "/api/courts", ANY),
    ("GET", "/api/courts/map", ANY),
    ("GET", "/api/weather", ANY),
    ("GET", "/api/users/me/favorites", CUSTOMER),
    ("PUT", "/api/users/me/favorites/{courtId}", CUSTOMER),
    ("DELETE", "/api/users/me/favorites/{courtId}", CUSTOMER),
    ("GET", "/api/users/me/preferences", CUSTOMER),
    ("PUT", "/api/users/me/preferences", CUSTOMER),
    ("GET", "/api/courts/owner/me", OWNER),
    ("GET", "/api/courts/{courtId}", ANY),
    ("PUT", "/api/courts/{courtId}", OWNER),
    ("DELETE", "/api/courts/{courtId}", OWNER),
    ("PUT", "/api/courts/{courtId}/confirmation-mode", OWNER),
    ("GET", "/api/courts/{courtId}/ratings", ANY),
    ("POST", "/api/courts/{courtId}/ratings", CUSTOMER),
    ("POST", "/api/verification", OWNER),
    ("GET", "/api/verification", OWNER),
    ("GET", "/api/users/me/profile", OWNER),
    ("PUT", "/api/users/me/profile", OWNER),
    ("GET", "/api/admin/verifications", ADMIN),
    ("GET", "/api/admin/verifications/{requestId}", ADMIN),
    ("POST", "/api/admin/verifications/{requestId}/approve", ADMIN),
    ("POST", "/api/admin/verifications/{requestId}/reject", ADMIN),
    ("POST", "/api/admin/court-owners/{userId}/verify", ADMIN),
    ("GET", "/api/admin/re-verifications", ADMIN),
    ("POST", "/api/courts/{courtId}/images", OWNER),
    ("PUT", "/api/courts/{courtId}/images", OWNER),
    ("DELETE", "/api/courts/{courtId}/images/{imageId}", OWNER),
    ("PUT", "/api/courts/{courtId}/waitlist-config", OWNER),
    ("GET", "/api/audit-log", OWNER),
    ("GET", "/api/admin/audit-log", Roles(&[PlatformAdmin])),
    ("GET", "/api/settings/court-defaults", OWNER),
    ("PUT", "/api/settings/court-defaults", OWNER),
    ("POST", "/api/courts/bulk-update", OWNER),
    ("POST", "/api/courts/{courtId}/clone-settings", OWNER),
    ("POST", "/api/courts/{courtId}/transfer", OWNER),
    ("GET", "/api/courts/transfers", OWNER),
    ("POST", "/api/courts/transfers/{transferId}/confirm", OWNER),
    ("POST", "/api/courts/transfers/{transferId}/withdraw", OWNER),
    ("GET", "/api/courts/{courtId}/availability", ANY),
    ("GET", "/api/courts/{courtId}/availability/windows", OWNER),
    ("PUT", "/api/courts/{courtId}/availability/windows", OWNER),
    ("GET", "/api/courts/{courtId}/availability/overrides", OWNER),
    ("POST", "/api/courts/{courtId}/availability/overrides", OWNER),
    ("PUT", "/api/courts/{courtId}/availability/overrides/{overrideId}", OWNER),
    ("DELETE", "/api/courts/{courtId}/availability/overrides/{overrideId}", OWNER),
    ("GET", "/api/holidays/national", Public),
    ("GET", "/api/holidays/custom", OWNER),
    ("POST", "/api/holidays/custom", OWNER),
    ("PUT", "/api/holidays/custom/{holidayId}", OWNER),
    ("DELETE", "/api/holidays/custom/{holidayId}", OWNER),
    ("POST", "/api/holidays/apply", OWNER),
    ("GET", "/api/holidays/calendar", OWNER),
    ("GET", "/api/courts/{courtId}/holidays", OWNER),
    ("DELETE", "/api/courts/{courtId}/holidays/{holidayId}", OWNER),
    ("GET", "/api/admin/holidays", ADMIN),
    ("POST", "/api/admin/holidays", ADMIN),
    ("PUT", "/api/admin/holidays/{holidayId}", ADMIN),
    ("GET", "/api/courts/{courtId}/pricing", ANY),
    ("PUT", "/api/courts/{courtId}/pricing", OWNER),
    ("GET", "/api/courts/{courtId}/cancellation-policy", ANY),
    ("PUT", "/api/courts/{courtId}/cancellation-policy", OWNER),
    ("GET", "/internal/courts/{courtId}/validate-slot", Internal),
    ("GET", "/internal/courts/{courtId}/calculate-price", Internal),
    ("GET", "/internal/courts/{courtId}/offer", Internal),
    ("GET", "/internal/courts/{courtId}/availability", Internal),
];

/// The path with an id in place of each parameter.
fn concrete(path: &str) -> String {
    let id = "0198c3de-7a10-7000-8000-0000000000aa";
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { id } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// QA-55, AUTHZ-01: the list above is the API, no more and no less.
#[test]
fn every_route_is_listed() {
    let document = serde_json::to_value(platform::openapi()).expect("JSON");
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("operations").keys() {
            documented.insert((method.to_uppercase(), path.clone()));
        }
    }
    let listed: BTreeSet<_> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(listed, documented);
}

/// AUTH-18, AUTHZ-02: nobody gets 401 wherever a sign-in is needed.
#[tokio::test]
async fn nobody_is_refused() {
    let world = World::new().await;
    for (method, path, right) in ROUTES {
        match right {
            Public => {}
            Roles(_) => {
                world.call(method, &concrete(path)).send().await.refused(401, "AUTH_REQUIRED");
                let garbage = world.call(method, &concrete(path)).bearer("garbage");
                garbage.send().await.refused(401, "AUTH_TOKEN_INVALID");
            }
            Internal => {
                world.internal(method, &concrete(path)).send().await.refused(401, "INTERNAL_KEY_INVALID");
                world.call(method, &concrete(path)).send().await.refused(404, "NOT_FOUND");
            }
        }
    }
}

/// AUTH-19, AUTHZ-02: each wrong role gets 403, before anything else about the request is looked at.
#[tokio::test]
async fn wrong_roles_are_refused() {
    let world = World::new().await;
    for role in [Customer, CourtOwner, SupportAgent, PlatformAdmin] {
        let (_, token) = world.person(role).await;
        for (method, path, right) in ROUTES {
            let Roles(allowed) = right else { continue };
            // Whoever may leave is gone afterwards.
            let leaver = if path.ends_with("/me/delete") { Some(world.person(role).await.1) } else { None };
            let token = leaver.as_ref().unwrap_or(&token);
            let answer = world.call(method, &concrete(path)).bearer(token).send().await;
            if allowed.contains(&role) {
                assert!(!matches!(answer.status.as_u16(), 401 | 500..), "{method} {path} as {role}: {answer:?}");
                assert_ne!(answer.body["error"], "AUTHZ_INSUFFICIENT_ROLE", "{method} {path} as {role}");
            } else {
                answer.refused(403, "AUTHZ_INSUFFICIENT_ROLE");
            }
        }
    }
}
