//! Access tokens, roles, account states and the internal key at a router.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::routing::get;
use contracts::identity::{AccessClaims, AccountStatus, Role};
use contracts::ids::UserId;
use futures::future::BoxFuture;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kit::auth::{
    AccountSource, Admin, Agent, Allowed, AnyRole, Auth, AuthError, Caller, Customer, CustomerOrOwner,
    INTERNAL_KEY_HEADER, InternalApiKey, InternalKey, Issuer, Jwks, Owner, Staff, Verifier,
};
use kit::clock::{Clock as _, FixedClock, SystemClock};
use kit::http::{HttpClient, HttpClientConfig, Json};
use kit::ids::RandomIds;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::app::{App, clock, request};

/// A folder that goes away with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("kit-keys-{}", RandomIds::shared(SystemClock::shared()).new_id()));
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// One issuer for all tests that need no folder of their own: keys take a moment to make.
pub async fn issuer() -> &'static Issuer {
    static ISSUER: OnceCell<Issuer> = OnceCell::const_new();
    ISSUER
        .get_or_init(async || {
            let folder = Folder::new();
            Issuer::open(&folder.0).expect("keys are made")
        })
        .await
}

pub fn user(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

pub fn claims(user: UserId, role: Role, now: Timestamp) -> AccessClaims {
    AccessClaims {
        sub: user,
        role,
        email: "someone@example.test".to_owned(),
        verified: None,
        stripe_connected: None,
        subscription_status: None,
        sid: None,
        iat: now.as_second(),
        exp: now.as_second() + 900,
    }
}

const ACTIVE: u128 = 1;
const SUSPENDED: u128 = 2;
const DELETED: u128 = 3;
const UNREADABLE: u128 = 4;

struct Accounts;

impl AccountSource for Accounts {
    fn account_status(&self, user: UserId) -> BoxFuture<'_, anyhow::Result<Option<AccountStatus>>> {
        Box::pin(async move {
            match user.0.as_u128() {
                ACTIVE => Ok(Some(AccountStatus::Active)),
                SUSPENDED => Ok(Some(AccountStatus::Suspended)),
                DELETED => Ok(Some(AccountStatus::Deleted)),
                UNREADABLE => anyhow::bail!("the database is away"),
                _ => Ok(None),
            }
        })
    }
}

#[derive(Clone, FromRef)]
struct Site {
    auth: Auth,
    key: InternalApiKey,
}

async fn whoami<A: Allowed>(caller: Caller<A>) -> Json<(UserId, Role)> {
    Json((caller.user_id, caller.role))
}

async fn optional(caller: Option<Caller<AnyRole>>) -> Json<Option<UserId>> {
    Json(caller.map(|caller| caller.user_id))
}

async fn site(clock: &Arc<FixedClock>) -> App {
    let verifier = Verifier::with_keys(&issuer().await.jwks()).expect("own keys");
    let auth = Auth { verifier: Arc::new(verifier), accounts: Arc::new(Accounts), clock: clock.clone() };
    let router = Router::new()
        .route("/any", get(whoami::<AnyRole>))
        .route("/customer", get(whoami::<Customer>))
        .route("/owner", get(whoami::<Owner>))
        .route("/customer-or-owner", get(whoami::<CustomerOrOwner>))
        .route("/agent", get(whoami::<Agent>))
        .route("/admin", get(whoami::<Admin>))
        .route("/staff", get(whoami::<Staff>))
        .route("/optional", get(optional))
        .route("/internal/thing", get(async |_: InternalKey| Json("inside")))
        .with_state(Site { auth, key: InternalApiKey::accepting(&["the-key".into()]) });
    App::new(router)
}

async fn ask(app: &App, path: &str, token: &str) -> crate::app::Answer {
    app.send(request(Method::GET, path, &[("authorization", &format!("Bearer {token}"))], "")).await
}

/// AUTHZ-02: no token, another scheme, nonsense: 401.
#[tokio::test]
async fn without_a_good_token_nobody_is_anybody() {
    let app = site(&clock()).await;
    app.get("/any").await.expect_error(401, "AUTH_REQUIRED");
    for value in ["Basic abc", "Bearer", "Bearer ", "Bearer nonsense", "Bearer a.b.c"] {
        let answer = app.send(request(Method::GET, "/any", &[("authorization", value)], "")).await;
        answer.expect_error(401, "AUTH_TOKEN_INVALID");
    }
    let endless = "x".repeat(10_000);
    ask(&app, "/any", &endless).await.expect_error(401, "AUTH_TOKEN_INVALID");
}

/// AUTHZ-02: expired is told apart, to the second; AUTH-14: 15 minutes.
#[tokio::test]
async fn expired_tokens_say_so() {
    let clock = clock();
    let app = site(&clock).await;
    let token = issuer().await.sign(&claims(user(ACTIVE), Role::Customer, clock.now())).expect("signed");
    clock.advance(SignedDuration::from_secs(899));
    assert_eq!(ask(&app, "/any", &token).await.status, 200);
    clock.advance(SignedDuration::from_secs(1));
    ask(&app, "/any", &token).await.expect_error(401, "AUTH_TOKEN_EXPIRED");
}

/// AUTHZ-02: other algorithms than RS256 are refused, also `none` and HS256 keyed with the public key.
#[tokio::test]
async fn other_algorithms_are_refused() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let clock = clock();
    let app = site(&clock).await;
    let key = issuer().await.jwks().keys[0].clone();
    let claims = claims(user(ACTIVE), Role::PlatformAdmin, clock.now());

    let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"none","typ":"JWT","kid":"{}"}}"#, key.kid));
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims).expect("claims are JSON"));
    ask(&app, "/any", &format!("{header}.{payload}.")).await.expect_error(401, "AUTH_TOKEN_INVALID");

    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some(key.kid);
    let forged = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(key.n.as_bytes())).expect("signed");
    ask(&app, "/any", &forged).await.expect_error(401, "AUTH_TOKEN_INVALID");
}

/// AUTHZ-02: a token of another issuer, a changed payload, a key id nobody knows.
#[tokio::test]
async fn wrongly_signed_tokens_are_refused() {
    let clock = clock();
    let app = site(&clock).await;
    let folder = Folder::new();
    let stranger = Issuer::open(&folder.0).expect("keys are made");
    let good = claims(user(ACTIVE), Role::Customer, clock.now());
    ask(&app, "/any", &stranger.sign(&good).expect("signed")).await.expect_error(401, "AUTH_TOKEN_INVALID");

    let own = issuer().await.sign(&good).expect("signed");
    let better = issuer().await.sign(&claims(user(ACTIVE), Role::PlatformAdmin, clock.now())).expect("signed");
    let mixed: Vec<&str> =
        own.split('.').take(1).chain(better.split('.').skip(1).take(1)).chain(own.split('.').skip(2)).collect();
    ask(&app, "/any", &mixed.join(".")).await.expect_error(401, "AUTH_TOKEN_INVALID");
}

/// AUTHZ-02: every role meets every right; exactly the named roles pass.
#[tokio::test]
async fn rights_admit_exactly_their_roles() {
    let clock = clock();
    let app = site(&clock).await;
    let rights: [(&str, &[Role]); 7] = [
        ("/any", AnyRole::ROLES),
        ("/customer", Customer::ROLES),
        ("/owner", Owner::ROLES),
        ("/customer-or-owner", CustomerOrOwner::ROLES),
        ("/agent", Agent::ROLES),
        ("/admin", Admin::ROLES),
        ("/staff", Staff::ROLES),
    ];
    for role in [Role::Customer, Role::CourtOwner, Role::SupportAgent, Role::PlatformAdmin] {
        let token = issuer().await.sign(&claims(user(ACTIVE), role, clock.now())).expect("signed");
        for (path, roles) in rights {
            let answer = ask(&app, path, &token).await;
            if roles.contains(&role) {
                assert_eq!(answer.json(), serde_json::json!([user(ACTIVE), role]), "{path}");
            } else {
                answer.expect_error(403, "AUTHZ_INSUFFICIENT_ROLE");
            }
        }
    }
}

/// AUTHZ-07: suspended is 403, deleted and unknown 401, whatever the token says; unreadable is temporary.
#[tokio::test]
async fn the_account_must_still_stand() {
    let clock = clock();
    let app = site(&clock).await;
    for (number, status, code) in [
        (SUSPENDED, 403, "ACCOUNT_SUSPENDED"),
        (DELETED, 401, "AUTH_TOKEN_INVALID"),
        (99, 401, "AUTH_TOKEN_INVALID"),
        (UNREADABLE, 503, "SERVICE_UNAVAILABLE"),
    ] {
        let token = issuer().await.sign(&claims(user(number), Role::Customer, clock.now())).expect("signed");
        ask(&app, "/any", &token).await.expect_error(status, code);
    }
}

#[tokio::test]
async fn an_optional_caller_may_be_absent_but_not_wrong() {
    let clock = clock();
    let app = site(&clock).await;
    assert_eq!(app.get("/optional").await.json(), serde_json::Value::Null);
    let token = issuer().await.sign(&claims(user(ACTIVE), Role::Customer, clock.now())).expect("signed");
    assert_eq!(ask(&app, "/optional", &token).await.json(), serde_json::json!(user(ACTIVE)));
    ask(&app, "/optional", "nonsense").await.expect_error(401, "AUTH_TOKEN_INVALID");
}

/// AUTHZ-17: a missing or wrong key gives 401; a user's token is no key.
#[tokio::test]
async fn internal_calls_need_the_key() {
    let clock = clock();
    let app = site(&clock).await;
    app.get("/internal/thing").await.expect_error(401, "INTERNAL_KEY_INVALID");
    let token = issuer().await.sign(&claims(user(ACTIVE), Role::PlatformAdmin, clock.now())).expect("signed");
    ask(&app, "/internal/thing", &token).await.expect_error(401, "INTERNAL_KEY_INVALID");
    for (key, status) in [("the-ke", 401), ("", 401), ("the-key", 200)] {
        let answer = app.send(request(Method::GET, "/internal/thing", &[(INTERNAL_KEY_HEADER, key)], "")).await;
        assert_eq!(answer.status.as_u16(), status, "{key:?}");
    }
}

/// SEC-61: the next key is known before it signs, and the previous one until it is retired.
#[tokio::test]
async fn keys_overlap_when_they_rotate() {
    let now = clock().now();
    let folder = Folder::new();
    let issuer = Issuer::open(&folder.0).expect("keys are made");
    let published_before = issuer.jwks();
    assert_eq!(published_before.keys.len(), 2);
    let good = claims(user(ACTIVE), Role::Customer, now);
    let old_token = issuer.sign(&good).expect("signed");

    issuer.rotate().expect("rotates");
    let new_token = issuer.sign(&good).expect("signed");
    let knows_old_set = Verifier::with_keys(&published_before).expect("own keys");
    assert!(knows_old_set.verify(&new_token, now).await.is_ok(), "whoever read the keys before needs no new ones");
    let knows_new_set = Verifier::with_keys(&issuer.jwks()).expect("own keys");
    assert!(knows_new_set.verify(&old_token, now).await.is_ok(), "tokens of the old key live on");

    issuer.retire_previous().expect("retires");
    knows_new_set.replace_keys(&issuer.jwks()).expect("own keys");
    assert!(matches!(knows_new_set.verify(&old_token, now).await, Err(AuthError::Invalid(_))));
    assert!(knows_new_set.verify(&new_token, now).await.is_ok());

    let reopened = Issuer::open(&folder.0).expect("the same keys");
    assert_eq!(reopened.jwks(), issuer.jwks());
}

/// Private keys are for nobody else's eyes, and a file that holds no key is refused, not replaced.
#[tokio::test]
async fn key_files_are_private_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    drop(Issuer::open(folder.0.join("keys")).expect("keys are made"));
    for name in ["current.pem", "next.pem"] {
        let metadata = std::fs::metadata(folder.0.join("keys").join(name)).expect("the file is there");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
    }
    let folder_mode = std::fs::metadata(folder.0.join("keys")).expect("the folder is there").permissions().mode();
    assert_eq!(folder_mode & 0o777, 0o700);
    assert_eq!(std::fs::read_dir(folder.0.join("keys")).expect("readable").count(), 2, "no drafts stay behind");

    std::fs::write(folder.0.join("keys/current.pem"), "something else").expect("writable");
    assert!(Issuer::open(folder.0.join("keys")).is_err());
    assert_eq!(std::fs::read_to_string(folder.0.join("keys/current.pem")).expect("readable"), "something else");
}

#[derive(Clone)]
struct KeyServer {
    fetches: Arc<AtomicUsize>,
    keys: Arc<std::sync::Mutex<Option<Jwks>>>,
}

async fn key_set(State(server): State<KeyServer>) -> Result<Json<Jwks>, http::StatusCode> {
    server.fetches.fetch_add(1, Ordering::SeqCst);
    let keys = server.keys.lock().expect("not poisoned").clone();
    keys.map(Json).ok_or(http::StatusCode::INTERNAL_SERVER_ERROR)
}

/// AUTHZ-01: keys are read from their address once, again for an unknown key id, and then at most every 30 seconds.
#[tokio::test]
async fn keys_are_fetched_when_needed_and_not_more_often() {
    let clock = clock();
    let folder = Folder::new();
    let issuer = Issuer::open(&folder.0).expect("keys are made");
    let server = KeyServer { fetches: Arc::default(), keys: Arc::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/jwks.json", listener.local_addr().expect("bound"));
    let router = Router::new().route("/jwks.json", get(key_set)).with_state(server.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });

    let http = HttpClient::new("jwks", &HttpClientConfig { retries: 0, ..Default::default() }, clock.clone());
    let verifier = Verifier::with_jwks_url(url, http.expect("a client"));
    let fetches = || server.fetches.load(Ordering::SeqCst);
    let good = claims(user(ACTIVE), Role::Customer, clock.now());
    let token = issuer.sign(&good).expect("signed");

    assert!(matches!(verifier.verify(&token, clock.now()).await, Err(AuthError::KeysUnavailable(_))));
    *server.keys.lock().expect("not poisoned") = Some(issuer.jwks());
    clock.advance(SignedDuration::from_secs(1));
    assert!(verifier.verify(&token, clock.now()).await.is_ok());
    assert!(verifier.verify(&token, clock.now()).await.is_ok());
    assert_eq!(fetches(), 2, "one failure, one success, then from memory");

    issuer.rotate().expect("rotates");
    issuer.rotate().expect("rotates again, so that the signing key is unknown");
    *server.keys.lock().expect("not poisoned") = Some(issuer.jwks());
    let unknown = issuer.sign(&good).expect("signed");
    for _ in 0..5 {
        assert!(matches!(verifier.verify(&unknown, clock.now()).await, Err(AuthError::Invalid(_))));
    }
    assert_eq!(fetches(), 2, "too soon");
    clock.advance(SignedDuration::from_secs(30));
    assert!(verifier.verify(&unknown, clock.now()).await.is_ok());
    assert_eq!(fetches(), 3);

    // The address going away does not matter while the keys are known.
    *server.keys.lock().expect("not poisoned") = None;
    clock.advance(SignedDuration::from_mins(6));
    assert!(verifier.verify(&unknown, clock.now()).await.is_ok());
    let asked_again = async {
        while fetches() < 4 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), asked_again).await.expect("asked again beside the call");
    assert!(verifier.verify(&unknown, clock.now()).await.is_ok(), "a failed refreshment changes nothing");
}
