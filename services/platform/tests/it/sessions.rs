//! `/api/users/me/sessions`.

use contracts::identity::Role;
use jiff::SignedDuration;
use serde_json::json;

use crate::support::World;

/// AUTH-26: each live session with its device, part of its address and its last activity.
#[tokio::test]
async fn live_sessions_are_listed() {
    let world = World::new().await;
    let phone = world.register("eleni", Role::Customer).await;
    world.clock.advance(SignedDuration::from_mins(5));
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni") });
    let call = world.post("/api/auth/login").header("user-agent", "Firefox on Linux").json(&body);
    let laptop = call.send().await.expect(200);
    world.clock.advance(SignedDuration::from_mins(5));
    world.refresh(&phone["refreshToken"]).await.expect(200);

    let listed = world.get("/api/users/me/sessions").bearer(&laptop).send().await.expect(200);
    let sessions = listed["sessions"].as_array().expect("a list");
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions[0]["lastActivityAt"], "2026-05-04T09:10:00Z");
    assert_eq!(sessions[0]["current"], false);
    assert_eq!(sessions[1]["device"], "Firefox on Linux");
    assert_eq!(sessions[1]["ipAddress"], "0.0.0.***");
    assert_eq!(sessions[1]["signedInAt"], "2026-05-04T09:05:00Z");
    assert_eq!(sessions[1]["current"], true);
}

/// AUTH-27: an ended session's token is dead at once; a stranger's session does not exist.
#[tokio::test]
async fn a_session_is_ended_from_another_device() {
    let world = World::new().await;
    let phone = world.register("eleni", Role::Customer).await;
    world.clock.advance(SignedDuration::from_mins(5));
    let laptop = world.login("eleni").await;
    let stranger = world.register("nikos", Role::Customer).await;
    let listed = world.get("/api/users/me/sessions").bearer(&laptop).send().await.expect(200);
    let id = listed["sessions"][0]["sessionId"].as_str().expect("an id");
    let path = format!("/api/users/me/sessions/{id}");

    world.delete(&path).bearer(&stranger).send().await.refused(404, "SESSION_NOT_FOUND");
    assert_eq!(world.delete(&path).bearer(&laptop).send().await.status, 204);
    world.delete(&path).bearer(&laptop).send().await.refused(404, "SESSION_NOT_FOUND");
    world.refresh(&phone["refreshToken"]).await.refused(401, "AUTH_TOKEN_INVALID");
    world.refresh(&laptop["refreshToken"]).await.expect(200);
    let wrong = world.delete("/api/users/me/sessions/not-an-id").bearer(&laptop).send().await;
    assert_eq!(wrong.wrong_fields(), ["sessionId"]);
}

/// SEC-60: sessions that have been over for half a year leave no trace, tokens included; living ones stay.
#[tokio::test]
async fn what_is_over_is_forgotten() {
    let world = World::new().await;
    world.run_jobs().await;
    let phone = world.register("eleni", Role::Customer).await;
    assert_eq!(world.post("/api/auth/logout").bearer(&phone).send().await.status, 204);
    world.clock.advance(SignedDuration::from_hours(179 * 24));
    let laptop = world.login("eleni").await;
    world.run_jobs().await;
    assert_eq!(world.count("SELECT count(*) FROM sessions").await, 2);

    world.clock.advance(SignedDuration::from_hours(2 * 24));
    world.run_jobs().await;
    assert_eq!(world.count("SELECT count(*) FROM sessions").await, 1);
    assert_eq!(world.count("SELECT count(*) FROM refresh_tokens").await, 1);
    world.refresh(&laptop["refreshToken"]).await.expect(200);
}
