//! `POST /api/admin/users` and `/api/auth/accept-invitation`: how staff come in.

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::support::{Answer, World};

async fn invite(world: &World, admin: &str, changes: Value) -> Answer {
    let mut body =
        json!({ "email": "agent@club.test", "name": "New Agent", "role": "SUPPORT_AGENT", "language": "el" });
    for (name, value) in changes.as_object().expect("an object of changes") {
        body[name] = value.clone();
    }
    world.post("/api/admin/users").bearer(admin).json(&body).send().await
}

async fn accept(world: &World, link: &str, name: &str) -> Answer {
    let body = json!({ "token": link, "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token(name) });
    world.post("/api/auth/accept-invitation").json(&body).send().await
}

/// The token of the newest invitation.
async fn mailed_link(world: &World) -> String {
    let (_, event) = world.events("NOTIFICATION_REQUESTED").await.pop().expect("a mail");
    assert_eq!(event["payload"]["channels"], json!(["EMAIL"]));
    let link = event["payload"]["data"]["deepLink"].as_str().expect("a link");
    link.strip_prefix("/admin/invitation?token=").expect("a token").to_owned()
}

/// AUTH-51: staff are made by an admin, and come in through the mailed link with any identity, once.
#[tokio::test]
async fn invited_staff_come_in() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let invited = invite(&world, &admin, json!({})).await.expect(201);
    assert_eq!((&invited["user"]["role"], &invited["user"]["language"]), (&json!("SUPPORT_AGENT"), &json!("el")));
    assert_eq!(invited["invitationExpiresAt"], "2026-05-11T09:00:00Z");

    // AUTH-09: having the address alone opens nothing.
    let same_address = world.vendors.google("agent").with("email", json!("agent@club.test")).sign();
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": same_address });
    world.post("/api/auth/login").json(&body).send().await.refused(401, "AUTH_UNKNOWN_IDENTITY");

    let link = mailed_link(&world).await;
    let signed_in = accept(&world, &link, "agent").await.expect(200);
    assert_eq!(signed_in["user"]["id"], invited["user"]["id"]);
    assert_eq!(world.login("agent").await["user"]["role"], "SUPPORT_AGENT");
    accept(&world, &link, "somebody-else").await.refused(410, "LINK_EXPIRED");
    accept(&world, "made-up", "agent").await.refused(410, "LINK_EXPIRED");
}

/// AUTH-11, AUTH-51: an identity that leads elsewhere already does not take the place, and the link stays good.
#[tokio::test]
async fn a_taken_identity_does_not_use_the_link_up() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    world.register("eleni", Role::Customer).await;
    invite(&world, &admin, json!({})).await.expect(201);
    let link = mailed_link(&world).await;
    accept(&world, &link, "eleni").await.refused(409, "PROVIDER_ALREADY_LINKED");
    accept(&world, &link, "agent").await.expect(200);
}

/// AUTH-51: an invitation is good for a week, and not for somebody suspended meanwhile.
#[tokio::test]
async fn invitations_end() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    let invited = invite(&world, &admin, json!({})).await.expect(201);
    let link = mailed_link(&world).await;
    let path = format!("/api/admin/users/{}/suspend", invited["user"]["id"].as_str().expect("an id"));
    world.post(&path).bearer(&admin).send().await.expect(200);
    accept(&world, &link, "agent").await.refused(403, "ACCOUNT_SUSPENDED");
    world.clock.advance(SignedDuration::from_hours(7 * 24));
    accept(&world, &link, "agent").await.refused(410, "LINK_EXPIRED");
}

/// AUTH-04, AUTH-37, AUTH-51: only staff roles are invited, to addresses of nobody, under a name.
#[tokio::test]
async fn wrong_invitations_are_refused() {
    let world = World::new().await;
    let (_, admin) = world.person(Role::PlatformAdmin).await;
    world.register("eleni", Role::Customer).await;
    invite(&world, &admin, json!({ "email": "Eleni@Example.test" })).await.refused(409, "EMAIL_ALREADY_IN_USE");
    for (changes, field) in [
        (json!({ "role": "COURT_OWNER" }), "role"),
        (json!({ "role": "KING" }), "role"),
        (json!({ "email": "nowhere" }), "email"),
        (json!({ "name": "<i></i>" }), "name"),
    ] {
        let answer = invite(&world, &admin, changes.clone()).await;
        assert_eq!(answer.wrong_fields(), [field], "{changes}");
    }
    assert_eq!(world.events("NOTIFICATION_REQUESTED").await.len(), 0);
}
