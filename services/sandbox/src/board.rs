//! The page at `/`: what was sent and charged, who signed in, and buttons for what a tester wants to happen.
//!
//! It is a static page that reads the same JSON addresses as everyone else.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::HeaderMap;
use minijinja::context;

use crate::html::{self, Language};
use crate::state::Sandbox;

/// `/`
pub fn router() -> Router<Sandbox> {
    Router::new().route("/", get(board))
}

async fn board(State(sandbox): State<Sandbox>, headers: HeaderMap) -> Response {
    html::page(&sandbox, Language::of(&headers), "board.html", context! {}, &[])
}
