//! Facebook: OAuth 2 dialog, token exchange, `debug_token` and the profile. Tokens are opaque; they are asked about.

use axum::extract::{Query, RawForm, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use super::authorize;
use super::oidc::{self, TokenForm};
use super::people::{Provider, subject};
use crate::config::Person;
use crate::state::Sandbox;

/// A token that was given out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessToken {
    pub email: String,
    pub name: String,
    pub issued_at: i64,
    pub expires_at: i64,
}

const KEPT_TOKENS: usize = 5_000;

/// `/facebook/*`, with and without a version in the path.
pub fn router() -> Router<Sandbox> {
    let graph = Router::new()
        .route("/dialog/oauth", get(dialog))
        .route("/dialog/oauth/choose", get(choose))
        .route("/oauth/access_token", get(exchange_by_query).post(exchange_by_form))
        .route("/debug_token", get(debug_token))
        .route("/me", get(me));
    Router::new().nest("/facebook", graph.clone()).nest("/facebook/{version}", graph)
}

/// Gives out a token.
pub fn issue(sandbox: &Sandbox, person: &Person) -> String {
    let now = sandbox.now().as_second();
    let row = AccessToken {
        email: person.email.clone(),
        name: person.name.clone(),
        issued_at: now,
        expires_at: now + sandbox.config().identities.token_lifetime_seconds,
    };
    let token = format!("EAA{}{}", sandbox.secret(), sandbox.secret());
    sandbox.write(|data| {
        data.facebook_tokens.put(&token, row);
        data.facebook_tokens.keep_newest(KEPT_TOKENS, |_| false);
    });
    token
}

fn graph_error(status: StatusCode, code: u32, message: &str) -> Response {
    (status, Json(json!({ "error": { "message": message, "type": "OAuthException", "code": code } }))).into_response()
}

async fn dialog(State(sandbox): State<Sandbox>, asked: authorize::Asked) -> Response {
    authorize::page(&sandbox, Provider::Facebook, "/facebook/dialog/oauth/choose", asked)
}

async fn choose(State(sandbox): State<Sandbox>, asked: authorize::Asked) -> Response {
    authorize::choose(&sandbox, Provider::Facebook, asked)
}

async fn exchange_by_query(
    State(sandbox): State<Sandbox>,
    axum::extract::RawQuery(query): axum::extract::RawQuery,
) -> Response {
    exchange(&sandbox, authorize::read_form(query.unwrap_or_default().as_bytes()))
}

async fn exchange_by_form(State(sandbox): State<Sandbox>, RawForm(body): RawForm) -> Response {
    exchange(&sandbox, authorize::read_form(&body))
}

fn exchange(sandbox: &Sandbox, form: TokenForm) -> Response {
    let config = &sandbox.config().identities;
    if form.client_id.as_deref() != Some(&config.facebook_app_id) {
        return graph_error(
            StatusCode::BAD_REQUEST,
            101,
            "Error validating application. Cannot get application info due to a system error.",
        );
    }
    if form
        .client_secret
        .as_ref()
        .is_some_and(|secret| !bool::from(secret.as_bytes().ct_eq(config.facebook_app_secret.as_bytes())))
    {
        return graph_error(StatusCode::BAD_REQUEST, 1, "Error validating client secret.");
    }
    match oidc::redeem(sandbox, Provider::Facebook, &form) {
        Ok(pending) => {
            let token = issue(sandbox, &pending.person);
            Json(json!({ "access_token": token, "token_type": "bearer", "expires_in": config.token_lifetime_seconds }))
                .into_response()
        }
        Err(_) => graph_error(
            StatusCode::BAD_REQUEST,
            100,
            "This authorization code has been used or does not match the request.",
        ),
    }
}

#[derive(Deserialize)]
struct DebugQuery {
    input_token: Option<String>,
    access_token: Option<String>,
}

async fn debug_token(State(sandbox): State<Sandbox>, Query(query): Query<DebugQuery>) -> Response {
    let config = &sandbox.config().identities;
    let app_token = format!("{}|{}", config.facebook_app_id, config.facebook_app_secret);
    let allowed =
        query.access_token.as_ref().is_some_and(|given| bool::from(given.as_bytes().ct_eq(app_token.as_bytes())));
    if !allowed {
        return graph_error(StatusCode::BAD_REQUEST, 190, "Invalid OAuth access token signature.");
    }
    let now = sandbox.now().as_second();
    let row = sandbox.read(|data| data.facebook_tokens.get(&query.input_token.unwrap_or_default()).cloned());
    let data = match row {
        None => {
            json!({ "error": { "code": 190, "message": "Invalid OAuth access token." }, "is_valid": false, "scopes": [] })
        }
        Some(row) => {
            let mut data = json!({
                "app_id": config.facebook_app_id, "type": "USER", "application": "Courtside", "data_access_expires_at": row.expires_at,
                "expires_at": row.expires_at, "issued_at": row.issued_at, "is_valid": row.expires_at > now, "scopes": ["email", "public_profile"],
                "user_id": subject(Provider::Facebook, &row.email),
            });
            if row.expires_at <= now {
                data["error"] = json!({ "code": 190, "message": "Error validating access token: Session has expired.", "subcode": 463 });
            }
            data
        }
    };
    Json(json!({ "data": data })).into_response()
}

#[derive(Deserialize)]
struct MeQuery {
    access_token: Option<String>,
    fields: Option<String>,
}

async fn me(State(sandbox): State<Sandbox>, Query(query): Query<MeQuery>, headers: HeaderMap) -> Response {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let token = query.access_token.or_else(|| bearer.map(str::to_owned)).unwrap_or_default();
    let now = sandbox.now().as_second();
    let Some(row) = sandbox.read(|data| data.facebook_tokens.get(&token).filter(|row| row.expires_at > now).cloned())
    else {
        return graph_error(StatusCode::UNAUTHORIZED, 190, "Invalid OAuth access token.");
    };
    let profile = json!({ "id": subject(Provider::Facebook, &row.email), "name": row.name, "email": row.email });
    let wanted = query.fields.unwrap_or_else(|| "id,name".to_owned());
    let mut shown = serde_json::Map::new();
    for field in wanted.split(',').map(str::trim).chain(["id"]) {
        if let Some(value) = profile.get(field) {
            shown.insert(field.to_owned(), value.clone());
        }
    }
    Json(Value::Object(shown)).into_response()
}
