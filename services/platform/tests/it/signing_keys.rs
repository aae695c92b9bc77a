//! `/.well-known/jwks.json`.

use contracts::identity::Role;
use contracts::ids::UserId;
use kit::auth::{Issuer, Jwks, Verifier};
use kit::clock::Clock as _;

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
