//! Google, Apple, Facebook and Stripe on one loopback port, in the hands of a test: tokens of any content, outages on
//! request, and a record of what was asked.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use axum::extract::{Form, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use hmac::{Hmac, Mac};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kit::auth::Issuer;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio_util::sync::CancellationToken;

use super::begin;

pub const GOOGLE_CLIENT: &str = "courtside-web";
pub const APPLE_CLIENT: &str = "gr.courtside.app";
pub const FACEBOOK_APP: &str = "1234567890";
pub const STRIPE_WEBHOOK_SECRET: &str = "whsec_of_the_tests";

/// The stand-ins. Cheap to clone into handlers.
#[derive(Clone)]
pub struct Vendors(Arc<Shared>);

struct Shared {
    base: String,
    google_down: AtomicBool,
    facebook_down: AtomicBool,
    stripe_down: AtomicBool,
    key_sets_asked: AtomicUsize,
    /// Facebook's tokens: what `debug_token` and `me` tell about them.
    facebook_tokens: Mutex<BTreeMap<String, (Value, Value)>>,
    stripe_accounts: Mutex<BTreeMap<String, Value>>,
    /// Idempotency keys with the account made for each.
    stripe_keys: Mutex<BTreeMap<String, String>>,
}

/// What an ID token says; every member can be wrong.
pub struct IdToken {
    pub header: Header,
    pub claims: Value,
}

/// A second set of keys, which the vendors publish.
pub fn signing_keys() -> &'static Issuer {
    static KEYS: OnceLock<Issuer> = OnceLock::new();
    KEYS.get_or_init(|| Issuer::open(key_folder()).expect("the vendors' key folder"))
}

fn key_folder() -> PathBuf {
    std::env::temp_dir().join(format!("courtside-test-vendor-keys-{}", std::process::id()))
}

fn private_key(file: &str) -> EncodingKey {
    signing_keys();
    let pem = std::fs::read(key_folder().join(file)).expect("a key file");
    EncodingKey::from_rsa_pem(&pem).expect("an RSA key")
}

impl IdToken {
    /// Signs with the key the vendors publish first.
    pub fn sign(&self) -> String {
        jsonwebtoken::encode(&self.header, &self.claims, &private_key("current.pem")).expect("a token")
    }

    pub fn with(mut self, claim: &str, value: Value) -> Self {
        self.claims[claim] = value;
        self
    }

    pub fn without(mut self, claim: &str) -> Self {
        self.claims.as_object_mut().expect("an object").remove(claim);
        self
    }
}

impl Vendors {
    pub async fn start(env: &kit::Env) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let vendors = Self(Arc::new(Shared {
            base,
            google_down: AtomicBool::default(),
            facebook_down: AtomicBool::default(),
            stripe_down: AtomicBool::default(),
            key_sets_asked: AtomicUsize::default(),
            facebook_tokens: Mutex::default(),
            stripe_accounts: Mutex::default(),
            stripe_keys: Mutex::default(),
        }));
        // The object store speaks the dialect of the real one, so it is the sandbox's.
        let sandbox = sandbox::build(sandbox::Config::default(), env.clone(), CancellationToken::new());
        let router = Router::new()
            .route("/{issuer}/.well-known/openid-configuration", get(discovery))
            .route("/{issuer}/keys", get(key_set))
            .route("/facebook/debug_token", get(debug_token))
            .route("/facebook/me", get(facebook_me))
            .route("/stripe/v1/accounts", post(create_account))
            .route("/stripe/v1/accounts/{id}", get(show_account))
            .route("/stripe/v1/account_links", post(create_link))
            .layer(middleware::from_fn_with_state(vendors.clone(), outages))
            .with_state(vendors.clone())
            .nest_service("/sandbox", sandbox.expect("the sandbox").public);
        tokio::spawn(async move { axum::serve(listener, router).await });
        vendors
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0.base)
    }

    /// A good ID token of Google for somebody called `name`.
    pub fn google_token(&self, name: &str) -> String {
        self.id_token("google", GOOGLE_CLIENT, name).sign()
    }

    pub fn google(&self, name: &str) -> IdToken {
        self.id_token("google", GOOGLE_CLIENT, name)
    }

    pub fn apple(&self, name: &str) -> IdToken {
        self.id_token("apple", APPLE_CLIENT, name).without("name").with("email_verified", json!("true"))
    }

    fn id_token(&self, issuer: &str, audience: &str, name: &str) -> IdToken {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(signing_keys().jwks().keys[0].kid.clone());
        let now = begin().as_second();
        let claims = json!({
            "iss": self.url(&format!("/{issuer}")), "aud": audience, "sub": format!("{issuer}-{name}"),
            "email": format!("{name}@example.test"), "email_verified": true, "name": name,
            // Far ahead: tests move the clock by months.
            "iat": now, "exp": now + 400 * 86_400,
        });
        IdToken { header, claims }
    }

    /// A token of Facebook for somebody called `name`.
    pub fn facebook_token(&self, name: &str) -> String {
        let person = json!({ "id": format!("facebook-{name}"), "name": name, "email": format!("{name}@example.test") });
        let debug = json!({
            "is_valid": true, "app_id": FACEBOOK_APP, "user_id": format!("facebook-{name}"), "expires_at": 0,
        });
        self.facebook_token_saying(name, debug, person)
    }

    pub fn facebook_token_saying(&self, name: &str, debug: Value, person: Value) -> String {
        let token = format!("facebook-token-of-{name}");
        self.0.facebook_tokens.lock().expect("no panic").insert(token.clone(), (debug, person));
        token
    }

    pub fn stop_google(&self, down: bool) {
        self.0.google_down.store(down, Ordering::SeqCst);
    }

    pub fn stop_facebook(&self, down: bool) {
        self.0.facebook_down.store(down, Ordering::SeqCst);
    }

    pub fn stop_stripe(&self, down: bool) {
        self.0.stripe_down.store(down, Ordering::SeqCst);
    }

    /// How often a key set was asked for.
    pub fn key_sets_asked(&self) -> usize {
        self.0.key_sets_asked.load(Ordering::SeqCst)
    }

    pub fn stripe_accounts(&self) -> Vec<Value> {
        self.0.stripe_accounts.lock().expect("no panic").values().cloned().collect()
    }

    /// Changes an account at Stripe without telling anybody.
    pub fn change_stripe_account(&self, id: &str, change: impl FnOnce(&mut Value)) {
        change(self.0.stripe_accounts.lock().expect("no panic").get_mut(id).expect("an account"));
    }
}

/// `Stripe-Signature` for a body, as Stripe makes it.
pub fn stripe_signature(body: &str, seconds: i64, secret: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(format!("{seconds}.{body}").as_bytes());
    format!("t={seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
}

async fn outages(State(vendors): State<Vendors>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let down = [
        ("/google/", &vendors.0.google_down),
        ("/facebook/", &vendors.0.facebook_down),
        ("/stripe/", &vendors.0.stripe_down),
    ];
    if down.iter().any(|(start, flag)| path.starts_with(start) && flag.load(Ordering::SeqCst)) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    next.run(request).await
}

async fn discovery(State(vendors): State<Vendors>, Path(issuer): Path<String>) -> Json<Value> {
    let address = vendors.url(&format!("/{issuer}"));
    Json(json!({ "issuer": address, "jwks_uri": format!("{address}/keys") }))
}

async fn key_set(State(vendors): State<Vendors>) -> Json<Value> {
    vendors.0.key_sets_asked.fetch_add(1, Ordering::SeqCst);
    Json(serde_json::to_value(signing_keys().jwks()).expect("JSON"))
}

async fn debug_token(State(vendors): State<Vendors>, Query(query): Query<BTreeMap<String, String>>) -> Response {
    if query.get("access_token").map(String::as_str) != Some(&format!("{FACEBOOK_APP}|facebook-secret")) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let known = vendors.0.facebook_tokens.lock().expect("no panic").get(&query["input_token"]).cloned();
    let data = known.map_or_else(|| json!({ "is_valid": false }), |(debug, _)| debug);
    Json(json!({ "data": data })).into_response()
}

async fn facebook_me(State(vendors): State<Vendors>, Query(query): Query<BTreeMap<String, String>>) -> Response {
    match vendors.0.facebook_tokens.lock().expect("no panic").get(&query["access_token"]).cloned() {
        Some((_, person)) => Json(person).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

async fn create_account(
    State(vendors): State<Vendors>,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let mut accounts = vendors.0.stripe_accounts.lock().expect("no panic");
    let next = format!("acct_{}", accounts.len() + 1);
    let id = vendors.0.stripe_keys.lock().expect("no panic").entry(key).or_insert(next).clone();
    let account = accounts.entry(id.clone()).or_insert_with(|| {
        json!({
            "id": id, "object": "account", "type": form["type"], "email": form["email"], "charges_enabled": false,
            "payouts_enabled": false, "details_submitted": false,
            "metadata": { "courtside_user_id": form["metadata[courtside_user_id]"] },
            "requirements": { "currently_due": ["external_account"], "past_due": [], "disabled_reason": null },
        })
    });
    Json(account.clone()).into_response()
}

async fn show_account(State(vendors): State<Vendors>, Path(id): Path<String>) -> Response {
    match vendors.0.stripe_accounts.lock().expect("no panic").get(&id) {
        Some(account) => Json(account.clone()).into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({ "error": { "message": "No such account" } }))).into_response(),
    }
}

async fn create_link(State(vendors): State<Vendors>, Form(form): Form<BTreeMap<String, String>>) -> Json<Value> {
    let url = vendors.url(&format!("/stripe/onboarding/{}?return={}", form["account"], form["return_url"]));
    Json(json!({ "object": "account_link", "url": url }))
}
