//! `GET` and `PUT /api/users/me`.

use contracts::identity::Role;
use contracts::ids::UserId;
use jiff::SignedDuration;
use kit::clock::Clock as _;
use serde_json::json;

use crate::support::{World, claims, id, read_claims};

/// AUTH-37: every role reads its own profile; owners see how long the trial runs.
#[tokio::test]
async fn the_profile_is_shown() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    world.clock.advance(SignedDuration::from_mins(10));
    let me = world.get("/api/users/me").bearer(&owner).send().await.expect(200);
    let expected = json!({
        "id": owner["user"]["id"], "email": "giorgos@example.test", "name": "giorgos", "role": "COURT_OWNER",
        "language": "en", "verified": false, "stripeConnected": false, "subscriptionStatus": "TRIAL",
        "trialDaysRemaining": 30, "createdAt": "2026-05-04T09:00:00Z",
    });
    assert_eq!(me, expected);
}

/// AUTH-37: name, address, phone and language change, one by one or together; the rest stays.
#[tokio::test]
async fn the_profile_is_changed() {
    let world = World::new().await;
    let eleni = world.register("eleni", Role::Customer).await;
    let change = |body: serde_json::Value| world.put("/api/users/me").bearer(&eleni).json(&body).send();

    let named = change(json!({ "name": " Eleni P. ", "phone": "+30 210 1234567" })).await.expect(200);
    assert_eq!((&named["name"], &named["phone"]), (&json!("Eleni P."), &json!("+30 210 1234567")));
    assert_eq!(named["email"], "eleni@example.test");
    let moved = change(json!({ "email": "e@example.test", "language": "el", "phone": "" })).await.expect(200);
    assert_eq!((&moved["email"], &moved["language"]), (&json!("e@example.test"), &json!("el")));
    assert_eq!((&moved["name"], moved.get("phone")), (&json!("Eleni P."), None));
    assert_eq!(change(json!({})).await.expect(200), moved);

    // AUTH-14: the next token carries the new address.
    let refreshed = world.refresh(&eleni["refreshToken"]).await.expect(200);
    assert_eq!(read_claims(&refreshed["accessToken"])["email"], "e@example.test");
}

/// AUTH-37: an address of another living account is 409, however it is written.
#[tokio::test]
async fn a_taken_address_is_refused() {
    let world = World::new().await;
    let eleni = world.register("eleni", Role::Customer).await;
    world.register("nikos", Role::Customer).await;
    let body = json!({ "email": "Nikos@Example.test" });
    world.put("/api/users/me").bearer(&eleni).json(&body).send().await.refused(409, "EMAIL_ALREADY_IN_USE");
}

/// AUTH-37, QA-50: wrong values name their fields, all at once.
#[tokio::test]
async fn wrong_values_are_refused() {
    let world = World::new().await;
    let eleni = world.register("eleni", Role::Customer).await;
    for (body, fields) in [
        (json!({ "name": "  " }), vec!["name"]),
        (json!({ "name": "x".repeat(101) }), vec!["name"]),
        (json!({ "email": "nowhere", "phone": "call me" }), vec!["email", "phone"]),
        (json!({ "phone": "١٢٣٤٥٦٧" }), vec!["phone"]),
        (json!({ "language": "fr" }), vec!["language"]),
        (json!({ "email": ["a@b.test"] }), vec!["email"]),
        (json!({ "name": "a\u{0}b" }), vec!["name"]),
    ] {
        let answer = world.put("/api/users/me").bearer(&eleni).json(&body).send().await;
        assert_eq!(answer.wrong_fields(), fields, "{body}");
    }
}

/// AUTH-18, AUTHZ-01, AUTHZ-02: no, malformed, foreign and expired tokens.
#[tokio::test]
async fn tokens_are_checked() {
    let world = World::new().await;
    let eleni = world.register("eleni", Role::Customer).await;
    let me = || world.get("/api/users/me");
    me().send().await.refused(401, "AUTH_REQUIRED");
    let good = eleni["accessToken"].as_str().expect("a token");
    let tampered = format!("{}x{}", &good[..good.len() / 2], &good[good.len() / 2 + 1..]);
    for header in ["Bearer", "Bearer ", "Basic abc", "Bearer garbage", &format!("Bearer {tampered}")] {
        me().header("authorization", header).send().await.refused(401, "AUTH_TOKEN_INVALID");
    }
    // A provider's token is RS256 as well, but not ours.
    me().bearer(&world.vendors.google_token("eleni")).send().await.refused(401, "AUTH_TOKEN_INVALID");
    // AUTHZ-02: no other algorithm, even with our public key as the secret of a symmetric one.
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    let key = &world.token_keys().keys[0];
    header.kid = Some(key.kid.clone());
    let user = UserId(id(&eleni["user"]));
    let now = world.clock.now().as_second();
    let secret = jsonwebtoken::EncodingKey::from_secret(key.n.as_bytes());
    let forged =
        jsonwebtoken::encode(&header, &claims(user, Role::Customer, now, now + 900), &secret).expect("a token");
    me().bearer(&forged).send().await.refused(401, "AUTH_TOKEN_INVALID");

    let expired = world.sign(&claims(user, Role::Customer, now - 901, now - 1));
    me().bearer(&expired).send().await.refused(401, "AUTH_TOKEN_EXPIRED");
    let of_nobody = world.token(UserId(world.new_id()), Role::Customer);
    me().bearer(&of_nobody).send().await.refused(401, "AUTH_TOKEN_INVALID");
    me().bearer(good).send().await.expect(200);
}
