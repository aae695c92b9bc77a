//! Google: discovery, keys, authorize page, and the token endpoint that people's codes and service accounts share.

use axum::extract::{RawForm, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use super::authorize;
use super::oidc::{self, TokenForm, oauth_error};
use super::people::Provider;
use crate::fcm;
use crate::state::Sandbox;

const SERVICE_ACCOUNT_GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// `/google/*`
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/google/.well-known/openid-configuration", get(discovery))
        .route("/google/oauth2/v3/certs", get(keys))
        .route("/google/o/oauth2/v2/auth", get(page))
        .route("/google/o/oauth2/v2/auth/choose", get(choose))
        .route("/google/token", post(token))
}

async fn discovery(State(sandbox): State<Sandbox>) -> Json<Value> {
    oidc::discovery(&sandbox, Provider::Google, "/o/oauth2/v2/auth", "/token", "/oauth2/v3/certs")
}

async fn keys(State(sandbox): State<Sandbox>) -> Response {
    oidc::jwks(&sandbox)
}

async fn page(State(sandbox): State<Sandbox>, asked: authorize::Asked) -> Response {
    authorize::page(&sandbox, Provider::Google, "/google/o/oauth2/v2/auth/choose", asked)
}

async fn choose(State(sandbox): State<Sandbox>, asked: authorize::Asked) -> Response {
    authorize::choose(&sandbox, Provider::Google, asked)
}

async fn token(State(sandbox): State<Sandbox>, RawForm(body): RawForm) -> Response {
    let form: TokenForm = authorize::read_form(&body);
    match form.grant_type.as_deref() {
        Some("authorization_code") => match oidc::redeem(&sandbox, Provider::Google, &form) {
            Ok(pending) => oidc::token_answer(&sandbox, Provider::Google, &pending),
            Err(response) => response,
        },
        Some(SERVICE_ACCOUNT_GRANT) => {
            match fcm::service_account_token(&sandbox, form.assertion.as_deref().unwrap_or_default()) {
                Ok(token) => {
                    Json(json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3599 })).into_response()
                }
                Err(description) => oauth_error(StatusCode::BAD_REQUEST, "invalid_grant", description),
            }
        }
        _ => oauth_error(StatusCode::BAD_REQUEST, "unsupported_grant_type", "grant_type must be authorization_code"),
    }
}
