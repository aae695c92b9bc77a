//! `/.well-known/jwks.json`.

use contracts::identity::Role;
use contracts::ids::UserId;
use jiff::SignedDuration;
use kit::auth::{Issuer, Jwks, Verifier};
use kit::clock::Clock as _;
use platform::accounts::ops::{follow_signing_keys, rotate_signing_key};

use crate::support::{World, claims, id};

/// AUTH-18, SEC-61: two keys are published, the signing one and the next one, and tokens of both prove themselves, so
/// that signing can switch without anybody noticing.
#[tokio::test]
async fn both_published_keys_prove_tokens() {
    let folder = std::env::temp_dir().join(format!("courtside-test-rotation-{}", std::process::id()));
    let issuer = Issuer::open(&folder).expect("a key folder");
    let world = World::with(|config| config.auth.key_folder = folder.display().to_string()).await;
    let published: Jwks =
        serde_json::from_value(world.get("/.well-known/jwks.json").send().await.expect(200)).expect("a key set");
    assert_eq!(published.keys.len(), 2);
    assert_ne!(published.keys[0].kid, published.keys[1].kid);
    assert!(published.keys.iter().all(kit::auth::Jwk::is_rs256));

    let eleni = world.register("eleni", Role::Customer).await;
    let verifier = Verifier::with_keys(&published).expect("good keys");
    let now = world.clock.now();
    let old = eleni["accessToken"].as_str().expect("a token");
    verifier.verify(old, now).await.expect("the signing key proves it");

    issuer.rotate().expect("a rotation");
    let user = UserId(id(&eleni["user"]));
    let new = issuer.sign(&claims(user, Role::Customer, now.as_second(), now.as_second() + 900)).expect("a token");
    verifier.verify(&new, now).await.expect("the next key was published before it signed");
    world.get("/api/users/me").bearer(&new).send().await.expect(200);
    world.get("/api/users/me").bearer(old).send().await.expect(200);
    std::fs::remove_dir_all(folder).expect("the folder");
}

/// SEC-61: nothing of a private key is published.
#[tokio::test]
async fn private_parts_stay_inside() {
    let world = World::new().await;
    let published = world.get("/.well-known/jwks.json").send().await.expect(200);
    for key in published["keys"].as_array().expect("a list") {
        let mut names: Vec<_> = key.as_object().expect("an object").keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use"]);
    }
}

/// SEC-61: after ninety days another key signs. Nobody notices: tokens of both keys are good in every process until the
/// last of the old one has expired, and only then the old key goes.
#[tokio::test]
async fn keys_change_every_ninety_days() {
    let folder = std::env::temp_dir().join(format!("courtside-test-ninety-days-{}", std::process::id()));
    let world = World::with(|config| config.auth.key_folder = folder.display().to_string()).await;
    let other = world.beside().await;
    let published = async || {
        let keys = world.get("/.well-known/jwks.json").send().await.expect(200);
        serde_json::from_value::<Jwks>(keys).expect("a key set").keys
    };
    let next = published().await[1].kid.clone();
    world.run_jobs().await;
    for _ in 0..2 {
        world.clock.advance(SignedDuration::from_hours(24));
        world.run_jobs().await;
    }
    assert_eq!(published().await[1].kid, next, "a young key stays");

    world.clock.advance(SignedDuration::from_hours(90 * 24));
    let eleni = world.register("eleni", Role::Customer).await;
    world.run_jobs().await;
    let keys = published().await;
    assert_eq!((keys.len(), &keys[0].kid), (3, &next), "what was published before signs now");
    let renewed = world.refresh(&eleni["refreshToken"]).await.expect(200);
    // The other process has not read the folder again, and knows both keys all the same.
    for token in [&eleni, &renewed] {
        world.get("/api/users/me").bearer(token).send().await.expect(200);
        other.get("/api/users/me").bearer(token).send().await.expect(200);
    }
    follow_signing_keys(&other.state).await.expect("the folder");
    assert_eq!(other.state.accounts.issuer.jwks().keys.len(), 3);

    world.clock.advance(SignedDuration::from_mins(19));
    world.run_jobs().await;
    assert_eq!(published().await.len(), 3);
    world.clock.advance(SignedDuration::from_mins(1));
    world.run_jobs().await;
    assert_eq!(published().await.len(), 2);
    let renewed = world.refresh(&renewed["refreshToken"]).await.expect(200);
    follow_signing_keys(&other.state).await.expect("the folder");
    other.get("/api/users/me").bearer(&renewed).send().await.expect(200);
    std::fs::remove_dir_all(folder).expect("the folder");
}

/// SEC-61: a key that may be known to others is changed at once, and once more while the one before is still published.
#[tokio::test]
async fn a_key_is_changed_at_once() {
    let folder = std::env::temp_dir().join(format!("courtside-test-at-once-{}", std::process::id()));
    let world = World::with(|config| config.auth.key_folder = folder.display().to_string()).await;
    let first = world.register("eleni", Role::Customer).await;
    rotate_signing_key(&world.state).await.expect("changed");
    let second = world.refresh(&first["refreshToken"]).await.expect(200);
    rotate_signing_key(&world.state).await.expect("changed again");
    let third = world.refresh(&second["refreshToken"]).await.expect(200);
    world.get("/api/users/me").bearer(&first).send().await.refused(401, "AUTH_TOKEN_INVALID");
    for token in [&second, &third] {
        world.get("/api/users/me").bearer(token).send().await.expect(200);
    }
    // Two changes are retired by the last one.
    world.clock.advance(SignedDuration::from_mins(20));
    world.run_jobs().await;
    assert_eq!(world.state.accounts.issuer.jwks().keys.len(), 2);
    std::fs::remove_dir_all(folder).expect("the folder");
}
