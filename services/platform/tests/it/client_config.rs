//! `GET /api/client-config`.

use serde_json::json;

use crate::support::{FACEBOOK_APP, GOOGLE_CLIENT, World};

/// AUTH-01, AUTH-08: a client learns where to send its user at each of the three providers, without signing in.
#[tokio::test]
async fn clients_learn_where_to_sign_in() {
    let world = World::with(|config| {
        config.client.map_tile_url = Some("https://tiles.example.test/{z}/{x}/{y}.pbf".to_owned());
        config.client.features.insert("openMatches".to_owned(), false);
    })
    .await;
    let answer = world.get("/api/client-config").send().await.expect(200);
    let providers = answer["providers"].as_array().expect("a list");
    let names: Vec<_> = providers.iter().map(|provider| provider["provider"].as_str().expect("a name")).collect();
    assert_eq!(names, ["GOOGLE", "APPLE", "FACEBOOK"]);
    assert_eq!(providers[0]["clientId"], GOOGLE_CLIENT);
    assert_eq!(providers[0]["authorizeUrl"], world.vendors.url("/google/authorize"));
    assert_eq!(providers[0]["tokenField"], "id_token");
    assert_eq!(providers[2]["clientId"], FACEBOOK_APP);
    assert_eq!(providers[2]["tokenField"], "access_token");
    assert_eq!(answer["stripePublishableKey"], "pk_test_1");
    assert_eq!(answer["mapTileUrl"], "https://tiles.example.test/{z}/{x}/{y}.pbf");
    assert_eq!(answer["features"], json!({ "openMatches": false }));
    // OPS-54: no secret leaves this way.
    let text = answer.to_string();
    for secret in ["sk_test_1", "facebook-secret", "whsec"] {
        assert!(!text.contains(secret), "{secret}");
    }
}
