//! `/api/users/me/2fa*` and `/api/auth/2fa/verify`.

use contracts::identity::Role;
use data_encoding::BASE32_NOPAD;
use jiff::SignedDuration;
use kit::clock::Clock as _;
use platform::accounts::domain::totp;
use serde_json::{Value, json};

use crate::support::{Answer, World};

/// An owner with an authenticator app.
struct Owner {
    signed_in: Value,
    secret: Vec<u8>,
    recovery_codes: Vec<String>,
}

impl Owner {
    async fn with_second_factor(world: &World) -> Self {
        let signed_in = world.register("giorgos", Role::CourtOwner).await;
        let secret = set_up(world, &signed_in).await;
        let code = json!({ "code": totp::code_of(&secret, totp::step_of(world.clock.now())) });
        let confirm = world.post("/api/users/me/2fa/confirm").bearer(&signed_in).json(&code).send().await;
        let codes = confirm.expect(200)["recoveryCodes"].clone();
        let recovery_codes = serde_json::from_value(codes).expect("a list of texts");
        // The code of this step is used up.
        world.clock.advance(SignedDuration::from_secs(30));
        Self { signed_in, secret, recovery_codes }
    }

    fn code(&self, world: &World) -> String {
        totp::code_of(&self.secret, totp::step_of(world.clock.now()))
    }
}

async fn set_up(world: &World, signed_in: &Value) -> Vec<u8> {
    let setup = world.post("/api/users/me/2fa/setup").bearer(signed_in).send().await.expect(200);
    BASE32_NOPAD.decode(setup["secret"].as_str().expect("a text").as_bytes()).expect("base32")
}

async fn begin(world: &World) -> Value {
    let waits = world.login("giorgos").await;
    assert_eq!((&waits["twoFactorRequired"], &waits["confirmationRequired"]), (&json!(true), &json!(false)));
    assert_eq!((waits.get("accessToken"), waits.get("refreshToken")), (None, None), "no tokens yet");
    waits["challengeId"].clone()
}

async fn verify(world: &World, challenge: &Value, code: &str) -> Answer {
    world.post("/api/auth/2fa/verify").json(&json!({ "challengeId": challenge, "code": code })).send().await
}

/// AUTH-32: the secret is told as text, address and picture, stored encrypted, and does nothing until confirmed.
#[tokio::test]
async fn a_secret_waits_for_its_first_code() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    let setup = world.post("/api/users/me/2fa/setup").bearer(&owner).send().await.expect(200);
    let text = setup["secret"].as_str().expect("a text");
    let uri = setup["otpauthUri"].as_str().expect("an address");
    assert!(uri.starts_with("otpauth://totp/Courtside:giorgos@example.test?"), "{uri}");
    assert!(uri.contains(&format!("secret={text}")), "{uri}");
    let picture = setup["qrImage"].as_str().and_then(|text| text.strip_prefix("data:image/svg+xml;base64,"));
    use base64::Engine as _;
    let picture = base64::engine::general_purpose::STANDARD.decode(picture.expect("an SVG")).expect("base64");
    assert!(String::from_utf8(picture).expect("text").contains("<svg"));

    let secret = BASE32_NOPAD.decode(text.as_bytes()).expect("base32");
    assert_eq!(secret.len(), 20);
    let stored: Vec<u8> =
        sqlx::query_scalar("SELECT secret_sealed FROM user_totp").fetch_one(&world.pool).await.expect("a row");
    assert!(!stored.windows(secret.len()).any(|part| part == secret), "the secret is stored as it is");

    let state = world.get("/api/users/me/2fa").bearer(&owner).send().await.expect(200);
    assert_eq!(state, json!({ "enabled": false, "recoveryCodesLeft": 0 }));
    assert!(world.login("giorgos").await["accessToken"].is_string());
}

/// AUTH-33: ten different codes, told once, stored as hashes.
#[tokio::test]
async fn recovery_codes_are_told_once() {
    let world = World::new().await;
    let owner = Owner::with_second_factor(&world).await;
    let mut codes = owner.recovery_codes.clone();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 10);
    let hashes: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT code_hash FROM user_recovery_codes").fetch_all(&world.pool).await.expect("rows");
    assert!(hashes.iter().all(|hash| hash.len() == 32));
    let state = world.get("/api/users/me/2fa").bearer(&owner.signed_in).send().await.expect(200);
    assert_eq!(state, json!({ "enabled": true, "recoveryCodesLeft": 10 }));
    let again = world.post("/api/users/me/2fa/setup").bearer(&owner.signed_in).send().await;
    again.refused(409, "TOTP_ALREADY_ENABLED");
    let code = json!({ "code": owner.code(&world) });
    let again = world.post("/api/users/me/2fa/confirm").bearer(&owner.signed_in).json(&code).send().await;
    again.refused(409, "TOTP_ALREADY_ENABLED");
}

/// AUTH-34, AUTH-35: a sign-in waits for the code, of the app or of the list; a refresh never does.
#[tokio::test]
async fn a_sign_in_needs_the_code() {
    let world = World::new().await;
    let owner = Owner::with_second_factor(&world).await;
    let sessions = "SELECT count(*) FROM sessions";
    let before = world.count(sessions).await;
    let challenge = begin(&world).await;
    assert_eq!(world.count(sessions).await, before, "no session before the code");
    let signed_in = verify(&world, &challenge, &owner.code(&world)).await.expect(200);
    world.get("/api/users/me").bearer(&signed_in).send().await.expect(200);
    world.refresh(&signed_in["refreshToken"]).await.expect(200);

    let challenge = begin(&world).await;
    let spelled = owner.recovery_codes[0].to_uppercase().replace('-', " ");
    verify(&world, &challenge, &spelled).await.expect(200);
    let state = world.get("/api/users/me/2fa").bearer(&signed_in).send().await.expect(200);
    assert_eq!(state["recoveryCodesLeft"], 9);
}

/// AUTH-36: neither a code of the app nor a recovery code nor a challenge counts twice, also not at the same time.
#[tokio::test]
async fn nothing_counts_twice() {
    let world = World::new().await;
    let owner = Owner::with_second_factor(&world).await;
    let code = owner.code(&world);
    let challenges = [begin(&world).await, begin(&world).await];
    let (first, second) = tokio::join!(verify(&world, &challenges[0], &code), verify(&world, &challenges[1], &code));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401], "two sign-ins with one code");

    let recovery = &owner.recovery_codes[0];
    let challenge = begin(&world).await;
    verify(&world, &challenge, recovery).await.expect(200);
    let over = verify(&world, &challenge, &owner.recovery_codes[1]).await.refused(401, "TOTP_INVALID");
    assert_eq!(over["details"]["reason"], "CHALLENGE_OVER");
    let challenge = begin(&world).await;
    verify(&world, &challenge, recovery).await.refused(401, "TOTP_INVALID");
}

/// AUTH-36: a challenge dies after five minutes.
#[tokio::test]
async fn a_challenge_dies_of_time() {
    let world = World::new().await;
    let owner = Owner::with_second_factor(&world).await;
    let challenge = begin(&world).await;
    world.clock.advance(SignedDuration::from_mins(5));
    let over = verify(&world, &challenge, &owner.code(&world)).await.refused(401, "TOTP_INVALID");
    assert_eq!(over["details"]["reason"], "CHALLENGE_OVER");
    let unknown = verify(&world, &json!("made-up"), &owner.code(&world)).await.refused(401, "TOTP_INVALID");
    assert_eq!(unknown["details"]["reason"], "CHALLENGE_OVER");
}

/// AUTH-31, AUTH-36: a challenge dies of five wrong codes, and new challenges do not buy new tries: a sign-in that waits
/// breaks no row of failures, so the account is locked.
#[tokio::test]
async fn guessing_codes_locks() {
    let world = World::new().await;
    let owner = Owner::with_second_factor(&world).await;
    let challenge = begin(&world).await;
    for _ in 0..3 {
        verify(&world, &challenge, "000000").await.refused(401, "TOTP_INVALID");
    }
    let challenge = begin(&world).await;
    for _ in 0..2 {
        verify(&world, &challenge, "000000").await.refused(401, "TOTP_INVALID");
    }
    verify(&world, &challenge, &owner.code(&world)).await.refused(429, "ACCOUNT_LOCKED");
    world.clock.advance(SignedDuration::from_mins(30));
    let over = verify(&world, &challenge, &owner.code(&world)).await;
    over.refused(401, "TOTP_INVALID");
}

/// AUTH-36: five wrong codes kill a challenge, also where locks are wider.
#[tokio::test]
async fn a_challenge_dies_of_wrong_codes() {
    let world = World::with(|config| config.protection.failed_sign_ins = 1_000).await;
    let owner = Owner::with_second_factor(&world).await;
    let challenge = begin(&world).await;
    for _ in 0..5 {
        let wrong = verify(&world, &challenge, "000000").await.refused(401, "TOTP_INVALID");
        assert_eq!(wrong["details"].get("reason"), None);
    }
    let over = verify(&world, &challenge, &owner.code(&world)).await.refused(401, "TOTP_INVALID");
    assert_eq!(over["details"]["reason"], "CHALLENGE_OVER");
}

/// AUTH-36: only a good code takes the second factor away; then sign-ins need none.
#[tokio::test]
async fn a_code_takes_it_away() {
    let world = World::new().await;
    let owner = Owner::with_second_factor(&world).await;
    let remove =
        |code: &str| world.delete("/api/users/me/2fa").bearer(&owner.signed_in).json(&json!({ "code": code })).send();
    remove("000000").await.refused(401, "TOTP_INVALID");
    assert_eq!(remove(&owner.code(&world)).await.status, 204);
    assert_eq!(world.count("SELECT count(*) FROM user_recovery_codes").await, 0);
    assert!(world.login("giorgos").await["accessToken"].is_string());
    remove(&owner.code(&world)).await.refused(409, "TOTP_NOT_SET_UP");
}

/// AUTH-32: confirming needs a secret and its code; a second setup replaces the first.
#[tokio::test]
async fn confirming_needs_the_newest_secret() {
    let world = World::new().await;
    let owner = world.register("giorgos", Role::CourtOwner).await;
    let confirm =
        |code: String| world.post("/api/users/me/2fa/confirm").bearer(&owner).json(&json!({ "code": code })).send();
    confirm("000000".to_owned()).await.refused(409, "TOTP_NOT_SET_UP");
    let step = totp::step_of(world.clock.now());
    let old = set_up(&world, &owner).await;
    let new = set_up(&world, &owner).await;
    confirm(totp::code_of(&old, step)).await.refused(401, "TOTP_INVALID");
    confirm(totp::code_of(&new, step)).await.expect(200);
    let short = confirm("123".to_owned()).await;
    assert_eq!(short.wrong_fields(), ["code"]);
}

/// AUTH-34: web clients get their cookie after the code, not before.
#[tokio::test]
async fn the_cookie_comes_after_the_code() {
    let world = World::new().await;
    let owner = Owner::with_second_factor(&world).await;
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("giorgos") });
    let waits = world.post("/api/auth/login").header("x-session-transport", "cookie").json(&body).send().await;
    assert_eq!(waits.cookies(), Vec::<String>::new());
    let body = json!({ "challengeId": waits.expect(200)["challengeId"], "code": owner.code(&world) });
    let done = world.post("/api/auth/2fa/verify").header("x-session-transport", "cookie").json(&body).send().await;
    assert_eq!(done.cookies().len(), 1);
    assert_eq!(done.expect(200).get("refreshToken"), None);
}
