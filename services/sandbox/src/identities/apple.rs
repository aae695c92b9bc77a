//! Apple: discovery, keys, authorize page with `form_post`, token endpoint. `email_verified` is the text "true" here.

use axum::extract::{RawForm, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::Value;

use super::authorize;
use super::oidc::{self, TokenForm, oauth_error};
use super::people::Provider;
use crate::state::Sandbox;

/// `/apple/*`
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/apple/.well-known/openid-configuration", get(discovery))
        .route("/apple/auth/keys", get(keys))
        .route("/apple/auth/authorize", get(page))
        .route("/apple/auth/authorize/choose", get(choose))
        .route("/apple/auth/token", post(token))
}

async fn discovery(State(sandbox): State<Sandbox>) -> Json<Value> {
    oidc::discovery(&sandbox, Provider::Apple, "/auth/authorize", "/auth/token", "/auth/keys")
}

async fn keys(State(sandbox): State<Sandbox>) -> Response {
    oidc::jwks(&sandbox)
}

async fn page(State(sandbox): State<Sandbox>, asked: authorize::Asked) -> Response {
    authorize::page(&sandbox, Provider::Apple, "/apple/auth/authorize/choose", asked)
}

async fn choose(State(sandbox): State<Sandbox>, asked: authorize::Asked) -> Response {
    authorize::choose(&sandbox, Provider::Apple, asked)
}

async fn token(State(sandbox): State<Sandbox>, RawForm(body): RawForm) -> Response {
    let form: TokenForm = authorize::read_form(&body);
    if form.grant_type.as_deref() != Some("authorization_code") {
        return oauth_error(StatusCode::BAD_REQUEST, "unsupported_grant_type", "grant_type must be authorization_code");
    }
    match oidc::redeem(&sandbox, Provider::Apple, &form) {
        Ok(pending) => oidc::token_answer(&sandbox, Provider::Apple, &pending),
        Err(response) => response,
    }
}
