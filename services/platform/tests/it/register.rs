//! `POST /api/auth/register`.

use contracts::identity::Role;
use serde_json::{Value, json};

use crate::support::{World, read_claims};

fn body(world: &World, name: &str) -> Value {
    json!({
        "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token(name),
        "role": "CUSTOMER", "termsAccepted": true,
    })
}

/// AUTH-02, AUTH-03, AUTH-05: an account with the identity, the role and the time of consent, signed in at once.
#[tokio::test]
async fn a_new_person_gets_an_account_and_tokens() {
    let world = World::new().await;
    let answer = world.post("/api/auth/register").json(&body(&world, "eleni")).send().await.expect(201);

    assert_eq!(answer["expiresIn"], 900);
    assert!(answer["refreshToken"].as_str().is_some_and(|token| token.len() >= 43));
    assert_eq!(answer["user"]["email"], "eleni@example.test");
    assert_eq!(answer["user"]["role"], "CUSTOMER");
    assert_eq!(answer["user"]["language"], "en", "the default");
    assert_eq!(answer["user"]["createdAt"], "2026-05-04T09:00:00Z");
    let stored: (String, String, String, bool) = sqlx::query_as(
        "SELECT identity.provider, identity.subject, person.role, person.terms_accepted_at = person.created_at
         FROM users AS person JOIN user_identities AS identity ON identity.user_id = person.id",
    )
    .fetch_one(&world.pool)
    .await
    .expect("one person with one identity");
    assert_eq!(stored, ("GOOGLE".into(), "google-eleni".into(), "CUSTOMER".into(), true));

    let me = world.get("/api/users/me").bearer(&answer).send().await.expect(200);
    assert_eq!(me, answer["user"]);
}

/// AUTH-14, AUTH-15: a customer's token names person, role, address and times, and none of the owner claims.
#[tokio::test]
async fn a_customers_token_has_no_owner_claims() {
    let world = World::new().await;
    let answer = world.register("eleni", Role::Customer).await;
    let claims = read_claims(&answer["accessToken"]);
    assert_eq!(claims["sub"], answer["user"]["id"]);
    assert_eq!(claims["role"], "CUSTOMER");
    assert_eq!(claims["email"], "eleni@example.test");
    assert_eq!(claims["exp"].as_i64(), claims["iat"].as_i64().map(|issued| issued + 900));
    for absent in ["verified", "stripeConnected", "subscriptionStatus"] {
        assert_eq!(claims.get(absent), None, "{absent}");
    }
}

/// AUTH-15, AUTH-17, SUB-10, BOOK-48: an owner starts unverified, without Stripe, in a trial of thirty days.
#[tokio::test]
async fn an_owner_starts_in_trial() {
    let world = World::new().await;
    let answer = world.register("giorgos", Role::CourtOwner).await;
    let claims = read_claims(&answer["accessToken"]);
    assert_eq!(claims["verified"], false);
    assert_eq!(claims["stripeConnected"], false);
    assert_eq!(claims["subscriptionStatus"], "TRIAL");
    assert_eq!(answer["user"]["trialDaysRemaining"], 30);
}

/// AUTH-17: the length of the trial is a setting.
#[tokio::test]
async fn the_trial_is_as_long_as_configured() {
    let world = World::with(|config| config.accounts.trial_days = 7).await;
    let answer = world.register("giorgos", Role::CourtOwner).await;
    assert_eq!(answer["user"]["trialDaysRemaining"], 7);
}

/// AUTH-05, AUTHZ-08: without the terms nothing is stored, and the provider is not even asked.
#[tokio::test]
async fn terms_must_be_accepted() {
    let world = World::new().await;
    let mut body = body(&world, "eleni");
    body["termsAccepted"] = json!(false);
    world.post("/api/auth/register").json(&body).send().await.refused(400, "TERMS_NOT_ACCEPTED");
    assert_eq!(world.count("SELECT count(*) FROM users").await, 0);
    assert_eq!(world.vendors.key_sets_asked(), 0);
}

/// AUTH-04, AUTHZ-08: staff roles cannot be chosen.
#[tokio::test]
async fn staff_roles_are_refused() {
    let world = World::new().await;
    for role in ["SUPPORT_AGENT", "PLATFORM_ADMIN"] {
        let mut body = body(&world, "eleni");
        body["role"] = json!(role);
        world.post("/api/auth/register").json(&body).send().await.refused(400, "ROLE_NOT_SELF_REGISTERABLE");
    }
    assert_eq!(world.count("SELECT count(*) FROM users").await, 0);
}

/// AUTH-06: an identity has one account.
#[tokio::test]
async fn a_known_identity_is_refused() {
    let world = World::new().await;
    world.register("eleni", Role::Customer).await;
    world.post("/api/auth/register").json(&body(&world, "eleni")).send().await.refused(409, "USER_ALREADY_EXISTS");
    assert_eq!(world.count("SELECT count(*) FROM users").await, 1);
}

/// AUTH-09: a second provider with a known address, however it is written, merges nothing.
#[tokio::test]
async fn a_known_address_is_refused() {
    let world = World::new().await;
    world.register("eleni", Role::Customer).await;
    let token = world.vendors.apple("other").with("email", json!("ELENI@example.test")).sign();
    let body = json!({ "oauthProvider": "APPLE", "oauthToken": token, "role": "CUSTOMER", "termsAccepted": true });
    world.post("/api/auth/register").json(&body).send().await.refused(409, "USER_ALREADY_EXISTS");
    assert_eq!(world.count("SELECT count(*) FROM user_identities").await, 1);
}

/// AUTH-06, AUTH-09: of many registrations at once for one identity exactly one succeeds.
#[tokio::test]
async fn a_race_has_one_winner() {
    let world = World::new().await;
    let body = body(&world, "eleni");
    let calls = (0..12).map(|_| world.post("/api/auth/register").json(&body).send());
    let answers = futures::future::join_all(calls).await;
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(created, 1);
    for answer in answers.into_iter().filter(|answer| answer.status != 201) {
        answer.refused(409, "USER_ALREADY_EXISTS");
    }
    assert_eq!(world.count("SELECT count(*) FROM sessions").await, 1);
}

/// AUTH-02, QA-50: wrong bodies name their fields.
#[tokio::test]
async fn wrong_bodies_are_refused() {
    let world = World::new().await;
    for (change, field) in [
        (json!({ "oauthProvider": "MYSPACE" }), "oauthProvider"),
        (json!({ "oauthToken": "" }), "oauthToken"),
        (json!({ "oauthToken": 7 }), "oauthToken"),
        (json!({ "role": "KING" }), "role"),
        (json!({ "termsAccepted": "yes" }), "termsAccepted"),
        (json!({ "termsAccepted": null }), "termsAccepted"),
        (json!({ "language": "de" }), "language"),
    ] {
        let mut body = body(&world, "eleni");
        for (name, value) in change.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let fields = world.post("/api/auth/register").json(&body).send().await.wrong_fields();
        assert_eq!(fields, [field], "{change}");
    }
    world.post("/api/auth/register").text("{").send().await.refused(400, "MALFORMED_JSON");
    world.post("/api/auth/register").send().await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
}
