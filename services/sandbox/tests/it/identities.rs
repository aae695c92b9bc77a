//! Signing in with Google, Apple and Facebook.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::bench::{Bench, text};

const VERIFIER: &str = "a-verifier-that-is-at-least-forty-three-characters-long";

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

/// Checks a token with an independent library against the published keys.
async fn verified(bench: &Bench, provider: &str, audience: &str, token: &str) -> Value {
    let discovery = bench.get(&format!("/{provider}/.well-known/openid-configuration")).await.body;
    let keys = bench.send(bench.client.get(text(&discovery, "jwks_uri"))).await.body;
    let id = decode_header(token).expect("a header").kid.expect("a key id");
    let key = keys["keys"].as_array().expect("keys").iter().find(|key| key["kid"] == id.as_str()).expect("the key");
    let key =
        DecodingKey::from_rsa_components(key["n"].as_str().expect("n"), key["e"].as_str().expect("e")).expect("a key");
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[audience]);
    validation.set_issuer(&[text(&discovery, "issuer")]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    // The clock of the sandbox stands still, the library's does not.
    validation.validate_exp = false;
    decode::<Value>(token, &key, &validation).expect("a valid token").claims
}

/// AUTH-07: a directly issued token stands every check a service makes.
#[tokio::test]
async fn direct_tokens_are_signed_and_carry_the_person() {
    let bench = Bench::start().await;
    for (provider, audience, email_verified) in
        [("google", "courtside-google", json!(true)), ("apple", "courtside-apple", json!("true"))]
    {
        let issued = bench
            .post_json(
                &format!("/identities/{provider}"),
                &json!({ "email": "Maria@courtside.test", "name": "Maria D" }),
            )
            .await;
        let claims = verified(&bench, provider, audience, &text(&issued.body, "token")).await;
        assert_eq!(
            (&claims["email"], &claims["email_verified"], &claims["name"]),
            (&json!("maria@courtside.test"), &email_verified, &json!("Maria D"))
        );
        assert_eq!(claims["sub"], format!("sandbox|{provider}|maria@courtside.test"));
        let lifetime = claims["exp"].as_i64().expect("exp") - claims["iat"].as_i64().expect("iat");
        assert_eq!(lifetime, bench.config.identities.token_lifetime_seconds);
    }
    let named = bench.post_json("/identities/google", &json!({ "email": "nikos@courtside.test" })).await;
    assert_eq!(
        verified(&bench, "google", "courtside-google", &text(&named.body, "token")).await["name"],
        "Νίκος Αντωνίου"
    );
    let wrong = bench.post_json("/identities/google", &json!({ "email": "nobody" })).await;
    assert_eq!((wrong.status, &wrong.body["error"]), (StatusCode::BAD_REQUEST, &json!("email is not a mail address")));
    let unknown = bench.post_json("/identities/myspace", &json!({ "email": "a@b.test" })).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

async fn code_for(bench: &Bench, provider: &str, path: &str, client: &str, extra: &[(&str, &str)]) -> String {
    let challenge = challenge();
    let mut query = vec![
        ("client_id", client),
        ("redirect_uri", "http://127.0.0.1:5173/callback"),
        ("response_type", "code"),
        ("scope", "openid email profile"),
        ("state", "s-1"),
        ("nonce", "n-1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    query.extend_from_slice(extra);
    let page = bench
        .send(bench.client.get(bench.url(&format!("/{provider}/{path}"))).query(&query).header("accept-language", "el"))
        .await;
    let html = page.body.as_str().expect("a page");
    assert!(html.contains("maria@courtside.test") && html.contains("Άλλο πρόσωπο"), "{html}");
    query.extend_from_slice(&[("email", "maria@courtside.test"), ("name", "Maria D")]);
    let chosen = bench.send(bench.client.get(bench.url(&format!("/{provider}/{path}/choose"))).query(&query)).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER, "{}", chosen.body);
    let target = url::Url::parse(chosen.headers["location"].to_str().expect("text")).expect("an address");
    let pairs: std::collections::HashMap<String, String> = target.query_pairs().into_owned().collect();
    assert_eq!(pairs["state"], "s-1");
    pairs["code"].clone()
}

async fn exchange(bench: &Bench, path: &str, client: &str, code: &str, verifier: Option<&str>) -> crate::bench::Answer {
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", code),
        ("redirect_uri", "http://127.0.0.1:5173/callback"),
    ];
    if let Some(verifier) = verifier {
        form.push(("code_verifier", verifier));
    }
    bench.send(bench.client.post(bench.url(path)).form(&form)).await
}

/// AUTH-08: the browser's way ends in an id token with the nonce; a code works once and only with its verifier.
#[tokio::test]
async fn the_browser_flow_needs_its_own_verifier() {
    let bench = Bench::start().await;
    for (provider, path, token_path, client) in [
        ("google", "o/oauth2/v2/auth", "/google/token", "courtside-google"),
        ("apple", "auth/authorize", "/apple/auth/token", "courtside-apple"),
    ] {
        let code = code_for(&bench, provider, path, client, &[]).await;
        let wrong = exchange(&bench, token_path, client, &code, Some("another-verifier")).await;
        assert_eq!((wrong.status, &wrong.body["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")));
        let burnt = exchange(&bench, token_path, client, &code, Some(VERIFIER)).await;
        assert_eq!(burnt.body["error"], "invalid_grant");

        let code = code_for(&bench, provider, path, client, &[]).await;
        let missing = exchange(&bench, token_path, client, &code, None).await;
        assert_eq!(missing.body["error"], "invalid_grant");

        let code = code_for(&bench, provider, path, client, &[]).await;
        let good = exchange(&bench, token_path, client, &code, Some(VERIFIER)).await;
        assert_eq!(good.status, StatusCode::OK);
        assert_eq!(good.headers["access-control-allow-origin"], "*");
        let claims = verified(&bench, provider, client, &text(&good.body, "id_token")).await;
        assert_eq!((&claims["nonce"], &claims["email"]), (&json!("n-1"), &json!("maria@courtside.test")));
        assert_eq!(exchange(&bench, token_path, client, &code, Some(VERIFIER)).await.body["error"], "invalid_grant");

        let code = code_for(&bench, provider, path, client, &[]).await;
        bench.clock.advance(jiff::SignedDuration::from_secs(301));
        assert_eq!(exchange(&bench, token_path, client, &code, Some(VERIFIER)).await.body["error"], "invalid_grant");
    }
}

/// A stranger's client or return address is never redirected to; a refusal by the person is.
#[tokio::test]
async fn only_known_clients_are_led_back() {
    let bench = Bench::start().await;
    let ask = async |query: &[(&str, &str)]| {
        bench.send(bench.client.get(bench.url("/google/o/oauth2/v2/auth/choose")).query(query)).await
    };
    let unknown =
        ask(&[("client_id", "stranger"), ("redirect_uri", "http://127.0.0.1/x"), ("email", "a@b.test")]).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    let elsewhere = ask(&[
        ("client_id", "courtside-google"),
        ("redirect_uri", "https://elsewhere.example/x"),
        ("email", "a@b.test"),
    ])
    .await;
    assert_eq!(elsewhere.status, StatusCode::BAD_REQUEST);
    assert!(!elsewhere.headers.contains_key("location"));
    let script =
        ask(&[("client_id", "courtside-google"), ("redirect_uri", "javascript:alert(1)"), ("email", "a@b.test")]).await;
    assert_eq!(script.status, StatusCode::BAD_REQUEST);
    let cancelled = ask(&[
        ("client_id", "courtside-google"),
        ("redirect_uri", "http://127.0.0.1/x"),
        ("scope", "openid"),
        ("state", "s"),
        ("cancel", "1"),
    ])
    .await;
    assert_eq!(cancelled.headers["location"], "http://127.0.0.1/x?error=access_denied&state=s");
    let plain = ask(&[
        ("client_id", "courtside-google"),
        ("redirect_uri", "http://127.0.0.1/x"),
        ("scope", "openid"),
        ("code_challenge", "abc"),
        ("code_challenge_method", "plain"),
        ("email", "a@b.test"),
    ])
    .await;
    assert_eq!(plain.headers["location"], "http://127.0.0.1/x?error=invalid_request");
}

/// Apple posts its answer as a form when asked to, with the name beside the code.
#[tokio::test]
async fn apple_can_answer_with_a_form() {
    let bench = Bench::start().await;
    let query = [
        ("client_id", "courtside-apple"),
        ("redirect_uri", "http://127.0.0.1/x"),
        ("response_type", "code id_token"),
        ("response_mode", "form_post"),
        ("email", "maria@courtside.test"),
        ("name", "Maria <b>D</b>"),
        ("state", "\"><script>"),
    ];
    let page = bench.send(bench.client.get(bench.url("/apple/auth/authorize/choose")).query(&query)).await;
    let html = page.body.as_str().expect("a page");
    assert!(
        html.contains("action=\"http:&#x2f;&#x2f;127.0.0.1&#x2f;x\"")
            && html.contains("name=\"id_token\"")
            && html.contains("firstName"),
        "{html}"
    );
    assert!(!html.contains("\"><script>") && !html.contains("<b>"), "{html}");
}

/// Facebook's token is opaque: the app asks about it, and it ends with its time.
#[tokio::test]
async fn facebook_tokens_are_asked_about() {
    let bench = Bench::start().await;
    let token = text(
        &bench
            .post_json("/identities/facebook", &json!({ "email": "maria@courtside.test", "name": "Maria D" }))
            .await
            .body,
        "token",
    );
    let app = "courtside-facebook|sandbox-facebook-secret";
    let debug = async |input: &str, access: &str| {
        bench
            .send(
                bench
                    .client
                    .get(bench.url("/facebook/debug_token"))
                    .query(&[("input_token", input), ("access_token", access)]),
            )
            .await
    };
    let data = debug(&token, app).await.body["data"].clone();
    assert_eq!(
        (&data["is_valid"], &data["app_id"], &data["user_id"]),
        (&json!(true), &json!("courtside-facebook"), &json!("sandbox|facebook|maria@courtside.test"))
    );
    assert_eq!(debug("guess", app).await.body["data"]["is_valid"], false);
    assert_eq!(debug(&token, "wrong|secret").await.status, StatusCode::BAD_REQUEST);
    let me = bench.get(&format!("/facebook/v21.0/me?fields=id,name,email&access_token={token}")).await.body;
    assert_eq!(
        me,
        json!({ "id": "sandbox|facebook|maria@courtside.test", "name": "Maria D", "email": "maria@courtside.test" })
    );

    let challenge = challenge();
    let query = [
        ("client_id", "courtside-facebook"),
        ("redirect_uri", "http://127.0.0.1:5173/callback"),
        ("state", "s"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("email", "nikos@courtside.test"),
        ("name", "Nikos"),
    ];
    let chosen = bench.send(bench.client.get(bench.url("/facebook/v21.0/dialog/oauth/choose")).query(&query)).await;
    let target = url::Url::parse(chosen.headers["location"].to_str().expect("text")).expect("an address");
    let code = target.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
    let exchanged =
        exchange(&bench, "/facebook/v21.0/oauth/access_token", "courtside-facebook", &code, Some(VERIFIER)).await;
    assert_eq!(
        debug(&text(&exchanged.body, "access_token"), app).await.body["data"]["user_id"],
        "sandbox|facebook|nikos@courtside.test"
    );

    bench.clock.advance(jiff::SignedDuration::from_secs(3601));
    assert_eq!(debug(&token, app).await.body["data"]["is_valid"], false);
    assert_eq!(bench.get(&format!("/facebook/me?access_token={token}")).await.status, StatusCode::UNAUTHORIZED);
}
