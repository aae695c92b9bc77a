//! The page at `/`: what was sent and charged, who signed in, and buttons for what a tester wants to happen.
//!
//! It is a static page that reads the same JSON addresses as everyone else.

use axum::extract::{OriginalUri, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, Method, StatusCode};
use minijinja::context;
use serde_json::json;

use crate::html::{self, Language};
use crate::state::Sandbox;

/// `/`, and the answer to every unknown address.
pub fn router() -> Router<Sandbox> {
    Router::new().route("/", get(board)).fallback(unknown)
}

async fn unknown(method: Method, OriginalUri(asked): OriginalUri) -> Response {
    (StatusCode::NOT_FOUND, Json(json!({ "error": format!("the sandbox has no {method} {}", asked.path()) })))
        .into_response()
}

async fn board(State(sandbox): State<Sandbox>, headers: HeaderMap) -> Response {
    html::page(&sandbox, Language::of(&headers), "board.html", context! {}, &[])
}
