//! `POST /api/auth/login`.

use contracts::identity::{AccountStatus, Role};
use jiff::SignedDuration;
use serde_json::json;

use crate::support::{World, id};

/// AUTH-08, AUTH-10: signing in reaches the same account and keeps what the provider says today.
#[tokio::test]
async fn a_known_identity_signs_in() {
    let world = World::new().await;
    let registered = world.register("eleni", Role::Customer).await;
    let token = world.vendors.google("eleni").with("email", json!("new@example.test")).sign();
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": token });
    let answer = world.post("/api/auth/login").json(&body).send().await.expect(200);
    assert_eq!(answer["user"]["id"], registered["user"]["id"]);
    assert_eq!(answer["user"]["email"], "eleni@example.test", "the account's own address is the person's to change");
    let email: String =
        sqlx::query_scalar("SELECT email FROM user_identities").fetch_one(&world.pool).await.expect("one identity");
    assert_eq!(email, "new@example.test");
}

/// AUTH-08: a good token of nobody we know is 401 and opens nothing.
#[tokio::test]
async fn an_unknown_identity_is_refused() {
    let world = World::new().await;
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("nobody") });
    world.post("/api/auth/login").json(&body).send().await.refused(401, "AUTH_UNKNOWN_IDENTITY");
    assert_eq!(world.count("SELECT count(*) FROM users").await, 0);
}

/// AUTH-13, AUTHZ-07: a suspended person is told so, a deleted one is as unknown.
#[tokio::test]
async fn closed_accounts_do_not_sign_in() {
    let world = World::new().await;
    let user = world.register("eleni", Role::Customer).await["user"].clone();
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni") });
    world.set_status(&user, AccountStatus::Suspended).await;
    world.post("/api/auth/login").json(&body).send().await.refused(403, "ACCOUNT_SUSPENDED");
    world.set_status(&user, AccountStatus::Deleted).await;
    world.post("/api/auth/login").json(&body).send().await.refused(401, "AUTH_UNKNOWN_IDENTITY");
    assert_eq!(world.count("SELECT count(*) FROM sessions").await, 1, "only the registration's");
}

/// AUTH-13, AUTHZ-07: a token that is still good does not help a closed account.
#[tokio::test]
async fn closed_accounts_do_not_call() {
    let world = World::new().await;
    let signed_in = world.register("eleni", Role::Customer).await;
    world.get("/api/users/me").bearer(&signed_in).send().await.expect(200);
    world.set_status(&signed_in["user"], AccountStatus::Suspended).await;
    world.get("/api/users/me").bearer(&signed_in).send().await.refused(403, "ACCOUNT_SUSPENDED");
    world.set_status(&signed_in["user"], AccountStatus::Deleted).await;
    world.get("/api/users/me").bearer(&signed_in).send().await.refused(401, "AUTH_TOKEN_INVALID");
}

/// AUTH-25, AUTHZ-05: the sixth device signs in and the oldest session's refresh token is dead.
#[tokio::test]
async fn the_sixth_device_ends_the_oldest_session() {
    let world = World::new().await;
    let mut sessions = vec![world.register("eleni", Role::Customer).await];
    for _ in 0..5 {
        world.clock.advance(SignedDuration::from_secs(60));
        sessions.push(world.login("eleni").await);
    }
    world.refresh(&sessions[0]["refreshToken"]).await.refused(401, "AUTH_TOKEN_INVALID");
    for session in &sessions[1..] {
        world.refresh(&session["refreshToken"]).await.expect(200);
    }
}

/// AUTH-25: the limit is a setting, and holds when many devices sign in at once.
#[tokio::test]
async fn the_limit_holds_in_a_race() {
    let world = World::with(|config| config.sessions.per_user = 3).await;
    world.register("eleni", Role::Customer).await;
    let answers = futures::future::join_all((0..10).map(|_| world.login("eleni"))).await;
    assert_eq!(answers.len(), 10);
    assert_eq!(world.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL").await, 3);
    let live = "SELECT count(*) FROM refresh_tokens WHERE rotated_at IS NULL AND revoked_at IS NULL";
    assert_eq!(world.count(live).await, 3);
}

/// AUTH-24, AUTH-25: the same device does not fill the limit with itself.
#[tokio::test]
async fn a_device_replaces_its_own_session() {
    let world = World::new().await;
    let first = world.register("eleni", Role::Customer).await;
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni") });
    let mut tokens = Vec::new();
    for _ in 0..7 {
        let call = world.post("/api/auth/login").header("x-device-id", "phone-1").json(&body);
        tokens.push(call.send().await.expect(200)["refreshToken"].clone());
    }
    world.refresh(&tokens[5]).await.refused(401, "AUTH_TOKEN_INVALID");
    world.refresh(&tokens[6]).await.expect(200);
    world.refresh(&first["refreshToken"]).await.expect(200);
}

/// AUTH-20: the server keeps hashes, the device, its address and the last use; never the token.
#[tokio::test]
async fn tokens_are_stored_as_hashes() {
    let world = World::new().await;
    let body = json!({
        "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni"),
        "role": "CUSTOMER", "termsAccepted": true,
    });
    let call = world.post("/api/auth/register").header("x-device-id", "phone-1").header("user-agent", "Courtside/1");
    let answer = call.json(&body).send().await.expect(201);
    let token = answer["refreshToken"].as_str().expect("a token");
    let (fits, seconds): (bool, i64) = sqlx::query_as(
        "SELECT token_hash = sha256($1::bytea), extract(epoch FROM expires_at - issued_at)::bigint FROM refresh_tokens",
    )
    .bind(token.as_bytes())
    .fetch_one(&world.pool)
    .await
    .expect("one token");
    assert!(fits);
    assert_eq!(seconds, 30 * 86_400);
    let session: (String, String, String, bool) = sqlx::query_as(
        "SELECT device_id, device_info, user_id::text, last_used_at = created_at AND ip IS NOT NULL FROM sessions",
    )
    .fetch_one(&world.pool)
    .await
    .expect("one session");
    assert_eq!(session, ("phone-1".into(), "Courtside/1".into(), id(&answer["user"]).to_string(), true));
}

/// AUTH-25: signing in again in one browser, known by its cookie, does not fill the limit either; another person's
/// cookie ends nothing.
#[tokio::test]
async fn a_browser_replaces_its_own_session() {
    let world = World::new().await;
    world.register("eleni", Role::Customer).await;
    world.register("nikos", Role::Customer).await;
    let sign_in = async |name: &str, cookie: &str| {
        let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token(name) });
        let call = world.post("/api/auth/login").header("x-session-transport", "cookie").header("cookie", cookie);
        let answer = call.json(&body).send().await;
        let pair = answer.cookies()[0].split_once("; ").expect("attributes").0.to_owned();
        answer.expect(200);
        pair
    };
    let live = "SELECT count(*) FROM sessions WHERE ended_at IS NULL";
    let first = sign_in("eleni", "theme=dark").await;
    assert_eq!(world.count(live).await, 3);
    let second = sign_in("eleni", &first).await;
    assert_eq!(world.count(live).await, 3);
    let refresh = async |cookie: &str| {
        world.post("/api/auth/refresh").header("x-session-transport", "cookie").header("cookie", cookie).send().await
    };
    refresh(&first).await.refused(401, "AUTH_TOKEN_INVALID");
    sign_in("nikos", &second).await;
    assert_eq!(world.count(live).await, 4);
    refresh(&second).await.expect(200);
}
