//! What Google and Apple have in common: authorization codes with PKCE, and id tokens.

use axum::Json;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::people::{self, Provider, subject};
use crate::config::Person;
use crate::state::Sandbox;

const CODE_SECONDS: i64 = 300;
const KEPT_CODES: usize = 5_000;

/// A code on its way through the browser.
#[derive(Debug, Clone)]
pub struct PendingCode {
    pub provider: Provider,
    pub client_id: String,
    pub redirect_uri: String,
    pub nonce: Option<String>,
    pub code_challenge: Option<String>,
    pub person: Person,
    pub expires_at: i64,
}

/// Makes a code for a person who agreed.
pub fn issue_code(sandbox: &Sandbox, mut pending: PendingCode) -> String {
    let code = sandbox.secret();
    pending.expires_at = sandbox.now().as_second() + CODE_SECONDS;
    people::remember(sandbox, pending.provider, &pending.person);
    let mut codes = sandbox.codes();
    codes.put(&code, pending);
    codes.keep_newest(KEPT_CODES, |_| false);
    code
}

/// The form that token endpoints take.
#[derive(Debug, Default, Deserialize)]
pub struct TokenForm {
    pub grant_type: Option<String>,
    pub code: Option<String>,
    pub redirect_uri: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<String>,
    pub code_verifier: Option<String>,
    pub assertion: Option<String>,
}

/// An OAuth error.
pub fn oauth_error(status: StatusCode, error: &str, description: &str) -> Response {
    let body = json!({ "error": error, "error_description": description });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// Takes the code back, once, and checks that it comes from who asked for it (RFC 6749, RFC 7636).
///
/// # Errors
/// The OAuth error to answer with.
#[expect(clippy::result_large_err, reason = "the error is the finished answer")]
pub fn redeem(sandbox: &Sandbox, provider: Provider, form: &TokenForm) -> Result<PendingCode, Response> {
    let refused = |description: &str| Err(oauth_error(StatusCode::BAD_REQUEST, "invalid_grant", description));
    let Some(code) = &form.code else {
        return Err(oauth_error(StatusCode::BAD_REQUEST, "invalid_request", "code is missing"));
    };
    let Some(pending) = sandbox.codes().remove(code) else { return refused("the code is unknown or was used before") };
    if pending.provider != provider || pending.expires_at <= sandbox.now().as_second() {
        return refused("the code has expired");
    }
    if form.client_id.as_ref().is_some_and(|client| *client != pending.client_id) {
        return refused("the code was issued to another client");
    }
    if form.redirect_uri.as_ref() != Some(&pending.redirect_uri) {
        return refused("redirect_uri differs from the one that asked for the code");
    }
    match (&pending.code_challenge, &form.code_verifier) {
        (Some(challenge), Some(verifier)) => {
            let computed = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
            if !bool::from(computed.as_bytes().ct_eq(challenge.as_bytes())) {
                return refused("code_verifier does not match code_challenge");
            }
        }
        (Some(_), None) => return refused("code_verifier is missing"),
        (None, Some(_)) => return refused("no code_challenge was given"),
        (None, None) if form.client_secret.is_none() => {
            return Err(oauth_error(
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                "a client without a secret must use PKCE",
            ));
        }
        (None, None) => {}
    }
    Ok(pending)
}

/// A signed id token for a person.
///
/// # Errors
/// When it cannot be signed.
pub fn id_token(
    sandbox: &Sandbox,
    provider: Provider,
    audience: &str,
    person: &Person,
    nonce: Option<&str>,
) -> anyhow::Result<String> {
    let now = sandbox.now().as_second();
    let verified: Value = if provider == Provider::Apple { "true".into() } else { true.into() };
    let mut claims = json!({
        "iss": sandbox.address(&format!("/{}", provider.as_str())),
        "aud": audience,
        "sub": subject(provider, &person.email),
        "iat": now,
        "exp": now + sandbox.config().identities.token_lifetime_seconds,
        "email": person.email,
        "email_verified": verified,
    });
    if provider == Provider::Google {
        let (given, family) = person.name.rsplit_once(' ').unwrap_or((&person.name, ""));
        claims["azp"] = audience.into();
        claims["name"] = person.name.clone().into();
        claims["given_name"] = given.into();
        claims["family_name"] = family.into();
        claims["locale"] = "el".into();
    } else {
        // Apple itself sends the name once, beside the token; services may still want to greet somebody by name.
        claims["name"] = person.name.clone().into();
        claims["is_private_email"] = "false".into();
    }
    if let Some(nonce) = nonce {
        claims["nonce"] = nonce.into();
    }
    sandbox.signing_key().sign(&claims)
}

/// The answer of a token endpoint.
pub fn token_answer(sandbox: &Sandbox, provider: Provider, pending: &PendingCode) -> Response {
    match id_token(sandbox, provider, &pending.client_id, &pending.person, pending.nonce.as_deref()) {
        Ok(id_token) => {
            let body = json!({
                "access_token": sandbox.secret(), "token_type": "Bearer", "expires_in": sandbox.config().identities.token_lifetime_seconds,
                "scope": "openid email profile", "id_token": id_token,
            });
            ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "no id token");
            oauth_error(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "the token cannot be signed")
        }
    }
}

/// The discovery document.
pub fn discovery(sandbox: &Sandbox, provider: Provider, authorize: &str, token: &str, keys: &str) -> Json<Value> {
    let at = |path: &str| sandbox.address(&format!("/{}{path}", provider.as_str()));
    Json(json!({
        "issuer": at(""),
        "authorization_endpoint": at(authorize),
        "token_endpoint": at(token),
        "jwks_uri": at(keys),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "name"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["aud", "email", "email_verified", "exp", "iat", "iss", "name", "nonce", "sub"],
    }))
}

/// The key set, cacheable for an hour as at the providers.
pub fn jwks(sandbox: &Sandbox) -> Response {
    ([(header::CACHE_CONTROL, "public, max-age=3600")], Json(sandbox.signing_key().jwks())).into_response()
}
