//! Checking tokens with the providers, and `/api/auth/providers*`.

use contracts::identity::Role;
use serde_json::{Value, json};

use crate::support::{Answer, FACEBOOK_APP, World, signing_keys};

async fn login(world: &World, provider: &str, token: impl Into<Value>) -> Answer {
    let body = json!({ "oauthProvider": provider, "oauthToken": token.into() });
    world.post("/api/auth/login").json(&body).send().await
}

/// AUTH-07: signature, audience, issuer, expiry and subject all count; every failure is 401 and alike.
#[tokio::test]
async fn bad_tokens_are_refused() {
    let world = World::with(|config| config.protection.failed_sign_ins = 1_000).await;
    world.register("eleni", Role::Customer).await;
    let good = || world.vendors.google("eleni");
    let mut unknown_key = good();
    unknown_key.header.kid = Some("nobody's".to_owned());
    let mut without_key = good();
    without_key.header.kid = None;
    let mut other_key = good();
    other_key.header.kid = Some(signing_keys().jwks().keys[1].kid.clone());
    let signed = good().sign();
    let (content, _) = signed.rsplit_once('.').expect("three parts");
    let unsigned = {
        use base64::Engine as _;
        let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(br#"{"alg":"none"}"#);
        format!("{header}.{}.", content.split_once('.').expect("two parts").1)
    };
    for (what, token) in [
        ("another audience", good().with("aud", json!("somebody-else")).sign()),
        ("another issuer", good().with("iss", json!(world.vendors.url("/apple"))).sign()),
        ("expired", good().with("exp", json!(1_700_000_000)).sign()),
        ("not valid yet", good().with("nbf", json!(4_000_000_000_i64)).sign()),
        ("no subject", good().without("sub").sign()),
        ("no audience", good().without("aud").sign()),
        ("no issuer", good().without("iss").sign()),
        ("no expiry", good().without("exp").sign()),
        ("an unconfirmed address", good().with("email_verified", json!(false)).sign()),
        ("an unknown key", unknown_key.sign()),
        ("no key", without_key.sign()),
        ("the name of another key", other_key.sign()),
        ("no signature", unsigned),
        ("a cut signature", content.to_owned()),
        ("garbage", "garbage".to_owned()),
        ("dots", "...".to_owned()),
    ] {
        let answer = login(&world, "GOOGLE", token).await;
        assert_eq!(answer.status, 401, "{what}: {:#}", answer.body);
        answer.refused(401, "AUTH_INVALID_PROVIDER");
    }
    login(&world, "GOOGLE", signed).await.expect(200);
}

/// AUTH-07: any of the configured clients is a good audience.
#[tokio::test]
async fn mobile_clients_are_known() {
    let world = World::new().await;
    world.register("eleni", Role::Customer).await;
    let token = world.vendors.google("eleni").with("aud", json!("courtside-web.ios")).sign();
    login(&world, "GOOGLE", token).await.expect(200);
}

/// AUTH-01, AUTH-10: all three providers sign up and in; Apple tells no name and writes its flags as texts.
#[tokio::test]
async fn all_three_providers_work() {
    let world = World::new().await;
    for (provider, token, name) in [
        ("GOOGLE", world.vendors.google_token("anna"), "anna"),
        ("APPLE", world.vendors.apple("vasilis").sign(), "vasilis"),
        ("FACEBOOK", world.vendors.facebook_token("katerina"), "katerina"),
    ] {
        let body = json!({ "oauthProvider": provider, "oauthToken": token, "role": "CUSTOMER", "termsAccepted": true });
        let registered = world.post("/api/auth/register").json(&body).send().await.expect(201);
        assert_eq!(registered["user"]["name"], name);
        let again = login(&world, provider, token).await.expect(200);
        assert_eq!(again["user"]["id"], registered["user"]["id"]);
    }
}

/// AUTH-07: a token of Facebook counts only for our application, for the person it was made for, and in its time.
#[tokio::test]
async fn facebook_is_asked_whose_token_it_is() {
    let world = World::with(|config| config.protection.failed_sign_ins = 1_000).await;
    let vendors = &world.vendors;
    let person = |name: &str| json!({ "id": format!("facebook-{name}"), "name": name, "email": "a@example.test" });
    let debug = |name: &str| json!({ "is_valid": true, "app_id": FACEBOOK_APP, "user_id": format!("facebook-{name}"), "expires_at": 0 });
    let mut tokens = vec!["unknown".to_owned()];
    for (name, change) in [
        ("other-app", json!({ "app_id": "999" })),
        ("invalid", json!({ "is_valid": false })),
        ("expired", json!({ "expires_at": 1_700_000_000 })),
        ("somebody-else", json!({ "user_id": "facebook-x" })),
    ] {
        let mut said = debug(name);
        for (member, value) in change.as_object().expect("an object") {
            said[member] = value.clone();
        }
        tokens.push(vendors.facebook_token_saying(name, said, person(name)));
    }
    let without_address = json!({ "id": "facebook-shy", "name": "shy" });
    tokens.push(vendors.facebook_token_saying("shy", debug("shy"), without_address));
    for token in tokens {
        let body =
            json!({ "oauthProvider": "FACEBOOK", "oauthToken": token, "role": "CUSTOMER", "termsAccepted": true });
        let answer = world.post("/api/auth/register").json(&body).send().await;
        assert_eq!(answer.status, 401, "{token}: {:#}", answer.body);
        answer.refused(401, "AUTH_INVALID_PROVIDER");
    }
}

/// AUTH-12: one provider away is 503 for that one only, and a live session can link another to get back in.
#[tokio::test]
async fn an_outage_stays_with_its_provider() {
    let world = World::new().await;
    let eleni = world.register("eleni", Role::Customer).await;
    // Facebook is away: its people wait, Google's do not.
    world.vendors.stop_facebook(true);
    let away = login(&world, "FACEBOOK", world.vendors.facebook_token("eleni")).await;
    assert!(away.headers.contains_key("retry-after"));
    let body = away.refused(503, "OAUTH_PROVIDER_UNAVAILABLE");
    assert_eq!(body["details"]["provider"], "FACEBOOK");
    login(&world, "GOOGLE", world.vendors.google_token("eleni")).await.expect(200);

    // Google is away: kept keys still prove its tokens; another way in can be linked meanwhile.
    world.vendors.stop_facebook(false);
    world.vendors.stop_google(true);
    login(&world, "GOOGLE", world.vendors.google_token("eleni")).await.expect(200);
    let link = json!({ "oauthProvider": "FACEBOOK", "oauthToken": world.vendors.facebook_token("eleni") });
    world.post("/api/auth/providers/link").bearer(&eleni).json(&link).send().await.expect(200);
    let recovered = login(&world, "FACEBOOK", world.vendors.facebook_token("eleni")).await.expect(200);
    assert_eq!(recovered["user"]["id"], eleni["user"]["id"]);
}

/// AUTH-12: without keys at hand nothing can be said about a token.
#[tokio::test]
async fn a_provider_never_reached_is_unavailable() {
    let world = World::new().await;
    world.vendors.stop_google(true);
    login(&world, "GOOGLE", world.vendors.google_token("eleni")).await.refused(503, "OAUTH_PROVIDER_UNAVAILABLE");
    login(&world, "APPLE", world.vendors.apple("eleni").sign()).await.refused(401, "AUTH_UNKNOWN_IDENTITY");
}

/// AUTH-07: made-up key ids do not turn us into a flood at the provider.
#[tokio::test]
async fn unknown_keys_are_looked_up_sparingly() {
    let world = World::with(|config| {
        config.protection.failed_sign_ins = 1_000;
        config.protection.stuffing_failures = 1_000;
    })
    .await;
    for number in 0..20 {
        let mut token = world.vendors.google("eleni");
        token.header.kid = Some(format!("made-up-{number}"));
        login(&world, "GOOGLE", token.sign()).await.refused(401, "AUTH_INVALID_PROVIDER");
    }
    assert_eq!(world.vendors.key_sets_asked(), 1);
    world.clock.advance(jiff::SignedDuration::from_secs(60));
    let mut token = world.vendors.google("eleni");
    token.header.kid = Some("made-up".to_owned());
    login(&world, "GOOGLE", token.sign()).await.refused(401, "AUTH_INVALID_PROVIDER");
    assert_eq!(world.vendors.key_sets_asked(), 2);
}

/// AUTH-10, AUTH-11: linked identities are listed and lead to the same account.
#[tokio::test]
async fn identities_are_linked() {
    let world = World::new().await;
    let eleni = world.register("eleni", Role::Customer).await;
    world.clock.advance(jiff::SignedDuration::from_mins(1));
    let apple = world.vendors.apple("el").sign();
    let link = json!({ "oauthProvider": "APPLE", "oauthToken": apple });
    let linked = world.post("/api/auth/providers/link").bearer(&eleni).json(&link).send().await.expect(200);
    let listed = world.get("/api/auth/providers").bearer(&eleni).send().await.expect(200);
    assert_eq!(linked, listed);
    let expected = json!([
        { "provider": "GOOGLE", "email": "eleni@example.test", "linkedAt": "2026-05-04T09:00:00Z" },
        { "provider": "APPLE", "email": "el@example.test", "linkedAt": "2026-05-04T09:01:00Z" },
    ]);
    assert_eq!(listed["providers"], expected);
    assert_eq!(login(&world, "APPLE", apple.clone()).await.expect(200)["user"]["id"], eleni["user"]["id"]);
    // Linking again changes nothing.
    world.post("/api/auth/providers/link").bearer(&eleni).json(&link).send().await.expect(200);
    assert_eq!(world.count("SELECT count(*) FROM user_identities").await, 2);
}

/// AUTH-11: somebody else's identity is 409, and so is a second one of the same provider.
#[tokio::test]
async fn taken_identities_are_not_linked() {
    let world = World::new().await;
    let eleni = world.register("eleni", Role::Customer).await;
    world.register("nikos", Role::Customer).await;
    let link = |token: String| json!({ "oauthProvider": "GOOGLE", "oauthToken": token });
    let path = "/api/auth/providers/link";
    let taken = link(world.vendors.google_token("nikos"));
    world.post(path).bearer(&eleni).json(&taken).send().await.refused(409, "PROVIDER_ALREADY_LINKED");
    let second = link(world.vendors.google_token("eleni-at-work"));
    world.post(path).bearer(&eleni).json(&second).send().await.refused(409, "PROVIDER_ALREADY_LINKED");
    let bad = link("garbage".to_owned());
    world.post(path).bearer(&eleni).json(&bad).send().await.refused(401, "AUTH_INVALID_PROVIDER");
    assert_eq!(world.count("SELECT count(*) FROM user_identities").await, 2);
}

/// AUTH-11: two accounts race for one identity; one of them gets it.
#[tokio::test]
async fn a_race_for_an_identity_has_one_winner() {
    let world = World::new().await;
    let people = [world.register("eleni", Role::Customer).await, world.register("nikos", Role::Customer).await];
    let link = json!({ "oauthProvider": "APPLE", "oauthToken": world.vendors.apple("shared").sign() });
    let calls = people.iter().map(|person| world.post("/api/auth/providers/link").bearer(person).json(&link).send());
    let answers = futures::future::join_all(calls).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}
