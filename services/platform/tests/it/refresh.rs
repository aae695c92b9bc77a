//! `POST /api/auth/refresh`: rotation, replay and the cookie of web clients.

use contracts::identity::{AccountStatus, Role};
use jiff::SignedDuration;
use serde_json::json;

use crate::support::{World, read_claims};

const LIVE_TOKENS: &str =
    "SELECT count(*) FROM refresh_tokens WHERE rotated_at IS NULL AND revoked_at IS NULL AND expires_at > now()";

/// AUTH-21, AUTHZ-03: a new pair, and the session stays the same one.
#[tokio::test]
async fn a_token_is_exchanged_for_a_new_pair() {
    let world = World::new().await;
    let first = world.register("eleni", Role::Customer).await;
    world.clock.advance(SignedDuration::from_mins(20));
    let second = world.refresh(&first["refreshToken"]).await.expect(200);
    assert_ne!(second["refreshToken"], first["refreshToken"]);
    assert_eq!(second["user"]["id"], first["user"]["id"]);
    assert_eq!(read_claims(&second["accessToken"])["sid"], read_claims(&first["accessToken"])["sid"]);
    world.get("/api/users/me").bearer(&first).send().await.refused(401, "AUTH_TOKEN_EXPIRED");
    world.get("/api/users/me").bearer(&second).send().await.expect(200);
    let third = world.refresh(&second["refreshToken"]).await.expect(200);
    assert_ne!(third["refreshToken"], second["refreshToken"]);
}

/// AUTH-21, AUTH-22: of many parallel exchanges of one token exactly one succeeds; the others are replays, which end
/// every session.
#[tokio::test]
async fn parallel_exchanges_have_one_winner() {
    let world = World::new().await;
    let signed_in = world.register("eleni", Role::Customer).await;
    let calls = (0..16).map(|_| world.refresh(&signed_in["refreshToken"]));
    let answers = futures::future::join_all(calls).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 15));
    for answer in lost {
        answer.refused(401, "AUTH_TOKEN_REPLAYED");
    }
    world.refresh(&won[0].body["refreshToken"]).await.refused(401, "AUTH_TOKEN_INVALID");
    let issued = world.count("SELECT count(*) FROM refresh_tokens").await;
    assert_eq!(issued, 2, "the first token and the winner's");
}

/// AUTH-22, AUTHZ-04, SEC-06: a used token that comes back ends the sessions of all devices and raises the alarm.
#[tokio::test]
async fn a_replay_ends_every_session_of_the_person() {
    let world = World::new().await;
    let phone = world.register("eleni", Role::Customer).await;
    let laptop = world.login("eleni").await;
    let stranger = world.register("nikos", Role::Customer).await;
    let newer = world.refresh(&phone["refreshToken"]).await.expect(200);

    let body = json!({ "refreshToken": phone["refreshToken"] });
    let replay = world.post("/api/auth/refresh").header("user-agent", "thief/1").json(&body);
    replay.send().await.refused(401, "AUTH_TOKEN_REPLAYED");

    for token in [&newer["refreshToken"], &laptop["refreshToken"]] {
        world.refresh(token).await.refused(401, "AUTH_TOKEN_INVALID");
    }
    world.refresh(&stranger["refreshToken"]).await.expect(200);

    let alerts = world.events("SECURITY_ALERT").await;
    let [(key, alert)] = alerts.as_slice() else { panic!("one alert, not {alerts:?}") };
    assert_eq!(key, phone["user"]["id"].as_str().expect("an id"));
    assert_eq!(alert["source"], "platform-service");
    assert_eq!(alert["payload"]["alertType"], "ACCOUNT_TAKEOVER");
    assert_eq!(alert["payload"]["severity"], "HIGH");
    assert_eq!(alert["payload"]["metadata"]["userAgent"], "thief/1");
    assert!(!alert["payload"].to_string().contains("example.test"), "EVT-09: no address of a person");

    // The copy sent again ends nothing more and raises no second alarm.
    world.refresh(&phone["refreshToken"]).await.refused(401, "AUTH_TOKEN_REPLAYED");
    assert_eq!(world.events("SECURITY_ALERT").await.len(), 1);
    // A new sign-in works.
    world.login("eleni").await;
}

/// AUTH-23: thirty days unused end a token; used within them it lives on by its successors.
#[tokio::test]
async fn an_expired_token_is_refused() {
    let world = World::new().await;
    let first = world.register("eleni", Role::Customer).await;
    world.clock.advance(SignedDuration::from_hours(24 * 29));
    let second = world.refresh(&first["refreshToken"]).await.expect(200);
    world.clock.advance(SignedDuration::from_hours(24 * 29));
    let third = world.refresh(&second["refreshToken"]).await.expect(200);
    world.clock.advance(SignedDuration::from_hours(24 * 30));
    world.refresh(&third["refreshToken"]).await.refused(401, "AUTH_TOKEN_EXPIRED");
}

/// AUTH-23: what was never a token is refused like a revoked one.
#[tokio::test]
async fn nonsense_is_refused() {
    let world = World::new().await;
    let signed_in = world.register("eleni", Role::Customer).await;
    for nonsense in [json!("x"), json!("'; --"), signed_in["accessToken"].clone()] {
        let answer = world.post("/api/auth/refresh").json(&json!({ "refreshToken": nonsense })).send().await;
        if nonsense.as_str().is_some_and(|text| text.len() <= 512) {
            answer.refused(401, "AUTH_TOKEN_INVALID");
        } else {
            assert_eq!(answer.wrong_fields(), ["refreshToken"]);
        }
    }
    assert_eq!(world.post("/api/auth/refresh").json(&json!({})).send().await.wrong_fields(), ["refreshToken"]);
    assert_eq!(world.post("/api/auth/refresh").send().await.wrong_fields(), ["refreshToken"]);
    let wrong = world.post("/api/auth/refresh").json(&json!({ "refreshToken": 7 })).send().await;
    assert_eq!(wrong.wrong_fields(), ["refreshToken"]);
    world.refresh(&signed_in["refreshToken"]).await.expect(200);
}

/// AUTH-15, AUTH-16, AUTHZ-06: owner claims are read anew at each refresh.
#[tokio::test]
async fn owner_claims_follow_the_database() {
    let world = World::new().await;
    let first = world.register("giorgos", Role::CourtOwner).await;
    sqlx::query("UPDATE users SET verified = true, stripe_account_id = 'acct_1', stripe_status = 'ACTIVE'")
        .execute(&world.pool)
        .await
        .expect("an owner");
    let second = world.refresh(&first["refreshToken"]).await.expect(200);
    let claims = read_claims(&second["accessToken"]);
    assert_eq!((&claims["verified"], &claims["stripeConnected"]), (&json!(true), &json!(true)));
    assert_eq!(claims["subscriptionStatus"], "TRIAL");

    sqlx::query("UPDATE users SET stripe_status = 'RESTRICTED', subscription_status = 'ACTIVE'")
        .execute(&world.pool)
        .await
        .expect("an owner");
    let third = world.refresh(&second["refreshToken"]).await.expect(200);
    let claims = read_claims(&third["accessToken"]);
    assert_eq!((&claims["stripeConnected"], &claims["subscriptionStatus"]), (&json!(false), &json!("ACTIVE")));
}

/// AUTH-15, AUTH-17: a trial that has run out says so at the next refresh, before any job has noticed.
#[tokio::test]
async fn a_trial_runs_out() {
    let world = World::with(|config| {
        config.accounts.trial_days = 1;
        config.sessions.owner_idle_minutes = 2_000;
    })
    .await;
    let first = world.register("giorgos", Role::CourtOwner).await;
    world.clock.advance(SignedDuration::from_hours(24));
    let second = world.refresh(&first["refreshToken"]).await.expect(200);
    assert_eq!(read_claims(&second["accessToken"])["subscriptionStatus"], "EXPIRED");
    assert_eq!(second["user"]["trialDaysRemaining"], json!(null));
}

/// AUTHZ-07: a suspended account does not refresh, whatever its token says; a deleted one is unknown.
#[tokio::test]
async fn closed_accounts_do_not_refresh() {
    let world = World::new().await;
    let signed_in = world.register("eleni", Role::Customer).await;
    world.set_status(&signed_in["user"], AccountStatus::Suspended).await;
    world.refresh(&signed_in["refreshToken"]).await.refused(403, "ACCOUNT_SUSPENDED");
    world.set_status(&signed_in["user"], AccountStatus::Deleted).await;
    world.refresh(&signed_in["refreshToken"]).await.refused(401, "AUTH_UNKNOWN_IDENTITY");
    world.set_status(&signed_in["user"], AccountStatus::Active).await;
    world.refresh(&signed_in["refreshToken"]).await.expect(200);
}

/// AUTH-20, AUTH-29: a web client's token is in an HttpOnly, SameSite=Strict cookie and nowhere else.
#[tokio::test]
async fn web_clients_get_a_cookie() {
    let world = World::new().await;
    let body = json!({
        "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni"),
        "role": "CUSTOMER", "termsAccepted": true,
    });
    let call = world.post("/api/auth/register").header("x-session-transport", "cookie").json(&body);
    let answer = call.send().await;
    let [cookie] = answer.cookies().try_into().expect("one cookie");
    assert_eq!(answer.expect(201).get("refreshToken"), None);
    let (pair, attributes) = cookie.split_once("; ").expect("attributes");
    assert!(pair.starts_with("courtside_refresh=") && pair.len() > 60);
    assert_eq!(attributes, "Path=/api/auth; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure");

    // Neither body nor content type are needed, and the answer goes the way the token came.
    let call = world.post("/api/auth/refresh").header("x-session-transport", "cookie").header("cookie", pair);
    let answer = call.send().await;
    let [next] = answer.cookies().try_into().expect("one cookie");
    assert_eq!(answer.expect(200).get("refreshToken"), None);
    let next = next.split_once("; ").expect("attributes").0.to_owned();
    assert_ne!(next, pair);

    // A replay by cookie takes the cookie away.
    let call = world.post("/api/auth/refresh").header("x-session-transport", "cookie").header("cookie", pair);
    let answer = call.send().await;
    let [cleared] = answer.cookies().try_into().expect("one cookie");
    assert!(cleared.starts_with("courtside_refresh=; Path=/api/auth; Max-Age=0;"), "{cleared}");
    answer.refused(401, "AUTH_TOKEN_REPLAYED");
    assert_eq!(world.count(LIVE_TOKENS).await, 0);
}

/// SEC-49: a browser adds the cookie to whatever a page sends, but only our own pages can add the header; without it the
/// cookie is not looked at, and the session lives on.
#[tokio::test]
async fn a_cookie_without_its_header_spends_nothing() {
    let world = World::new().await;
    world.register("eleni", Role::Customer).await;
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni") });
    let answer = world.post("/api/auth/login").header("x-session-transport", "cookie").json(&body).send().await;
    let [cookie] = answer.cookies().try_into().expect("one cookie");
    let pair = cookie.split_once("; ").expect("attributes").0.to_owned();

    let forged = world.post("/api/auth/refresh").header("cookie", &pair).send().await;
    assert_eq!(forged.cookies(), Vec::<String>::new());
    assert_eq!(forged.wrong_fields(), ["refreshToken"]);
    let call = world.post("/api/auth/refresh").header("x-session-transport", "cookie").header("cookie", &pair);
    call.send().await.expect(200);
}

/// SEC-49: the portal's cookie and the players' are two, so that signing in or out at one leaves the other alone.
#[tokio::test]
async fn each_web_app_has_a_cookie_of_its_own() {
    let world = World::new().await;
    world.register("eleni", Role::Customer).await;
    world.register("giorgos", Role::CourtOwner).await;
    let sign_in = async |name: &str, transport: &str, held: &str| {
        let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token(name) });
        let call = world.post("/api/auth/login").header("x-session-transport", transport).header("cookie", held);
        let answer = call.json(&body).send().await;
        answer.cookies()[0].split_once("; ").expect("attributes").0.to_owned()
    };
    let player = sign_in("eleni", "cookie", "theme=dark").await;
    let owner = sign_in("giorgos", "portal-cookie", &player).await;
    assert!(player.starts_with("courtside_refresh=") && owner.starts_with("courtside_portal_refresh="));
    let both = format!("{player}; {owner}");
    for (transport, role) in [("cookie", "CUSTOMER"), ("portal-cookie", "COURT_OWNER")] {
        let call = world.post("/api/auth/refresh").header("x-session-transport", transport).header("cookie", &both);
        assert_eq!(call.send().await.expect(200)["user"]["role"], role);
    }
}

/// AUTH-23: a web client that has no cookie is not signed in, which is no mistake of the request.
#[tokio::test]
async fn a_web_client_without_cookie_is_nobody() {
    let world = World::new().await;
    let call = world.post("/api/auth/refresh").header("x-session-transport", "cookie");
    call.send().await.refused(401, "AUTH_REQUIRED");
}

/// Plain HTTP on one machine: the setting takes `Secure` away and nothing else.
#[tokio::test]
async fn the_cookie_works_over_plain_http_where_allowed() {
    let world = World::with(|config| config.sessions.cookie_secure = false).await;
    world.register("eleni", Role::Customer).await;
    let body = json!({ "oauthProvider": "GOOGLE", "oauthToken": world.vendors.google_token("eleni") });
    let answer = world.post("/api/auth/login").header("x-session-transport", "cookie").json(&body).send().await;
    let [cookie] = answer.cookies().try_into().expect("one cookie");
    assert!(cookie.ends_with("HttpOnly; SameSite=Strict"), "{cookie}");
}

/// AUTHZ-10: signing in by a finger or a face is this exchange and nothing else: the token alone is enough, what a client
/// might add about the person's body changes nothing and is kept nowhere.
#[tokio::test]
async fn a_biometric_sign_in_is_an_ordinary_exchange() {
    let world = World::new().await;
    let signed_in = world.register("eleni", Role::Customer).await;
    world.clock.advance(SignedDuration::from_hours(24 * 29));
    let body = json!({ "refreshToken": signed_in["refreshToken"], "faceTemplate": "secret-of-a-face", "password": "secret-word" });
    let answer = world.post("/api/auth/refresh").json(&body).send().await;
    assert!(!answer.body.to_string().contains("secret-"), "{:#}", answer.body);
    let next = if answer.status == 200 {
        answer.expect(200)
    } else {
        answer.refused(400, "VALIDATION_ERROR");
        world.refresh(&signed_in["refreshToken"]).await.expect(200)
    };
    world.get("/api/users/me").bearer(&next).send().await.expect(200);
    // Neither a column for it nor a trace of it.
    let admin = world.database.admin().await;
    let columns: Vec<String> = sqlx::query_scalar(
        "SELECT table_name || '.' || column_name FROM information_schema.columns
         WHERE table_schema = 'platform' AND column_name ~ 'biometric|finger|face_|password'",
    )
    .fetch_all(&admin)
    .await
    .expect("the catalogue");
    assert_eq!(columns, Vec::<String>::new());
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('platform', 'transaction', 'bus')",
    )
    .fetch_all(&admin)
    .await
    .expect("the catalogue");
    for table in tables {
        let statement = format!("SELECT count(*) FROM {table} AS stored WHERE stored::text LIKE '%secret-%'");
        let found: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(statement)).fetch_one(&admin).await.expect("a count");
        assert_eq!(found, 0, "{table}");
    }
}
