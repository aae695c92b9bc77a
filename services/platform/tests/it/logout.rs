//! `POST /api/auth/logout`.

use contracts::identity::Role;
use serde_json::json;

use crate::support::World;

/// AUTH-24, AUTHZ-04: only the calling device is signed out, known by its access token.
#[tokio::test]
async fn only_the_calling_device_is_signed_out() {
    let world = World::new().await;
    let phone = world.register("eleni", Role::Customer).await;
    let laptop = world.login("eleni").await;
    let answer = world.post("/api/auth/logout").bearer(&phone).send().await;
    assert_eq!(answer.status, 204);
    world.refresh(&phone["refreshToken"]).await.refused(401, "AUTH_TOKEN_INVALID");
    world.refresh(&laptop["refreshToken"]).await.expect(200);
    // Twice is fine.
    assert_eq!(world.post("/api/auth/logout").bearer(&phone).send().await.status, 204);
}

/// AUTH-24: a token named in the body counts only when it is the caller's own.
#[tokio::test]
async fn nobody_signs_others_out() {
    let world = World::new().await;
    let eleni = world.register("eleni", Role::Customer).await;
    let nikos = world.register("nikos", Role::Customer).await;
    let body = json!({ "refreshToken": nikos["refreshToken"] });
    assert_eq!(world.post("/api/auth/logout").bearer(&eleni).json(&body).send().await.status, 204);
    world.refresh(&nikos["refreshToken"]).await.expect(200);
}

/// AUTH-24: the web client's cookie is taken away and its token is dead.
#[tokio::test]
async fn the_cookie_is_taken_away() {
    let world = World::new().await;
    world.register("eleni", Role::Customer).await;
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni") });
    let answer = world.post("/api/auth/login").header("x-session-transport", "cookie").json(&body).send().await;
    let pair = answer.cookies()[0].split_once("; ").expect("attributes").0.to_owned();
    let signed_in = answer.expect(200);
    let answer = world
        .post("/api/auth/logout")
        .bearer(&signed_in)
        .header("x-session-transport", "cookie")
        .header("cookie", &pair)
        .send()
        .await;
    assert_eq!(answer.status, 204);
    assert!(answer.cookies()[0].contains("Max-Age=0"));
    let call = world.post("/api/auth/refresh").header("x-session-transport", "cookie").header("cookie", &pair);
    call.send().await.refused(401, "AUTH_TOKEN_INVALID");
}
