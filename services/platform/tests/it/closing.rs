//! Shutting an account out and letting it in again. It has no route of its own yet.

use contracts::identity::{AccountStatus, Role};
use contracts::ids::UserId;
use platform::accounts::ops::{AccountError, change_account_status};
use serde_json::json;

use crate::support::{World, id};

/// AUTH-13, AUTHZ-07, AUTHZ-12: suspending ends all sessions and refuses calls at once, though the answer about the
/// account was kept a moment ago; lifting it lets the person sign in, not go on.
#[tokio::test]
async fn suspending_ends_everything_at_once() {
    let world = World::new().await;
    let phone = world.register("eleni", Role::Customer).await;
    let laptop = world.login("eleni").await;
    let stranger = world.register("nikos", Role::Customer).await;
    let user = UserId(id(&phone["user"]));
    world.get("/api/users/me").bearer(&phone).send().await.expect(200);

    change_account_status(&world.state, user, AccountStatus::Suspended).await.expect("suspended");
    world.get("/api/users/me").bearer(&phone).send().await.refused(403, "ACCOUNT_SUSPENDED");
    for session in [&phone, &laptop] {
        world.refresh(&session["refreshToken"]).await.refused(401, "AUTH_TOKEN_INVALID");
    }
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni") });
    world.post("/api/auth/login").json(&body).send().await.refused(403, "ACCOUNT_SUSPENDED");
    world.get("/api/users/me").bearer(&stranger).send().await.expect(200);

    change_account_status(&world.state, user, AccountStatus::Active).await.expect("lifted");
    world.get("/api/users/me").bearer(&phone).send().await.expect(200);
    world.refresh(&phone["refreshToken"]).await.refused(401, "AUTH_TOKEN_INVALID");
    world.login("eleni").await;
}

/// AUTH-13, AUTHZ-12: a sign-in that races with the suspension leaves no live session behind.
#[tokio::test]
async fn no_session_slips_through() {
    let world = World::new().await;
    let user = UserId(id(&world.register("eleni", Role::Customer).await["user"]));
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni") });
    let sign_ins = futures::future::join_all((0..8).map(|_| world.post("/api/auth/login").json(&body).send()));
    let (_, suspended) = tokio::join!(sign_ins, change_account_status(&world.state, user, AccountStatus::Suspended));
    suspended.expect("suspended");
    assert_eq!(world.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL").await, 0);
    let live = "SELECT count(*) FROM refresh_tokens WHERE rotated_at IS NULL AND revoked_at IS NULL";
    assert_eq!(world.count(live).await, 0);
}

#[tokio::test]
async fn nobody_cannot_be_suspended() {
    let world = World::new().await;
    let outcome = change_account_status(&world.state, UserId(world.new_id()), AccountStatus::Suspended).await;
    assert!(matches!(outcome, Err(AccountError::AccountNotFound)), "{outcome:?}");
}
