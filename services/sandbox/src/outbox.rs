//! What was sent: mails and pushes, newest first, to look at and to test against.
//!
//! `GET /outbox/mail` and `/outbox/push` answer JSON, or the page when a browser asks; `?to=` filters by recipient.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use base64::Engine as _;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::html;
use crate::state::Sandbox;

const KEPT: usize = 2_000;

/// One mail to one set of recipients.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    pub id: String,
    /// Unix milliseconds.
    pub sent_at: i64,
    pub from: String,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    pub reply_to: Option<String>,
    pub subject: String,
    pub text: Option<String>,
    pub html: Option<String>,
    pub headers: std::collections::BTreeMap<String, String>,
    pub custom_args: Value,
    pub categories: Vec<String>,
    pub attachments: Vec<Attachment>,
}

/// A file of a mail, base64.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attachment {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub content: String,
}

/// One push, by Firebase or Web Push.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Push {
    pub id: String,
    /// Unix milliseconds.
    pub sent_at: i64,
    /// `fcm` or `webpush`.
    pub channel: String,
    /// The device token, or the id of the browser's subscription.
    pub to: String,
    pub title: Option<String>,
    pub body: Option<String>,
    /// The whole message for Firebase; headers and size for Web Push, whose text only the browser can read.
    pub message: Value,
}

/// Keeps a mail.
pub fn keep_mail(sandbox: &Sandbox, mail: Mail) {
    sandbox.write(|data| {
        data.mails.put(&mail.id.clone(), mail);
        data.mails.keep_newest(KEPT, |_| false);
    });
}

/// Keeps a push.
pub fn keep_push(sandbox: &Sandbox, push: Push) {
    sandbox.write(|data| {
        data.pushes.put(&push.id.clone(), push);
        data.pushes.keep_newest(KEPT, |_| false);
    });
}

/// Whether a device or a browser's subscription has gone: its id says so, or somebody did.
pub fn is_gone(sandbox: &Sandbox, to: &str) -> bool {
    to.starts_with("gone") || to.starts_with("unregistered") || sandbox.read(|data| data.gone.has(to))
}

/// `/outbox/*`
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/outbox/mail", get(list_mails).delete(clear_mails))
        .route("/outbox/mail/{id}/html", get(show_mail))
        .route("/outbox/mail/{id}/attachments/{number}", get(show_attachment))
        .route("/outbox/push", get(list_pushes).delete(clear_pushes))
        .route("/outbox/push/gone/{to}", put(mark_gone).delete(unmark_gone))
}

#[derive(Deserialize)]
struct Filter {
    to: Option<String>,
    #[serde(default = "standard_limit")]
    limit: usize,
}

fn standard_limit() -> usize {
    200
}

fn page_or(sandbox: &Sandbox, headers: &HeaderMap, part: &str, list: Value) -> Response {
    if html::wants_page(headers) {
        return Redirect::to(&sandbox.address(&format!("/#{part}"))).into_response();
    }
    Json(list).into_response()
}

async fn list_mails(State(sandbox): State<Sandbox>, Query(filter): Query<Filter>, headers: HeaderMap) -> Response {
    let wanted = filter.to.as_ref().map(|to| to.to_lowercase());
    let list = sandbox.read(|data| {
        let mails = data.mails.newest_first().map(|(_, mail)| mail);
        let mine = mails.filter(|mail| {
            wanted
                .as_ref()
                .is_none_or(|to| mail.to.iter().chain(&mail.cc).chain(&mail.bcc).any(|address| address == to))
        });
        json!({ "mails": mine.take(filter.limit).collect::<Vec<_>>(), "total": data.mails.len() })
    });
    page_or(&sandbox, &headers, "mails", list)
}

async fn clear_mails(State(sandbox): State<Sandbox>) -> StatusCode {
    sandbox.write(|data| data.mails.clear());
    StatusCode::NO_CONTENT
}

async fn list_pushes(State(sandbox): State<Sandbox>, Query(filter): Query<Filter>, headers: HeaderMap) -> Response {
    let list = sandbox.read(|data| {
        let pushes = data.pushes.newest_first().map(|(_, push)| push);
        let mine = pushes.filter(|push| filter.to.as_ref().is_none_or(|to| &push.to == to));
        json!({ "pushes": mine.take(filter.limit).collect::<Vec<_>>(), "total": data.pushes.len() })
    });
    page_or(&sandbox, &headers, "pushes", list)
}

async fn clear_pushes(State(sandbox): State<Sandbox>) -> StatusCode {
    sandbox.write(|data| data.pushes.clear());
    StatusCode::NO_CONTENT
}

/// From now on this device token or subscription is unknown to its vendor.
async fn mark_gone(State(sandbox): State<Sandbox>, Path(to): Path<String>) -> StatusCode {
    sandbox.write(|data| {
        data.gone.put(&to, true);
        data.gone.keep_newest(KEPT, |_| false);
    });
    StatusCode::NO_CONTENT
}

async fn unmark_gone(State(sandbox): State<Sandbox>, Path(to): Path<String>) -> StatusCode {
    sandbox.write(|data| data.gone.remove(&to));
    StatusCode::NO_CONTENT
}

/// The mail as its reader would see it, fenced in: no scripts, no forms, no calls home except for pictures.
async fn show_mail(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let Some(mail) = sandbox.read(|data| data.mails.get(&id).cloned()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (kind, body) = match (mail.html, mail.text) {
        (Some(html), _) => ("text/html; charset=utf-8", html),
        (None, text) => ("text/plain; charset=utf-8", text.unwrap_or_default()),
    };
    let mut response = ([(header::CONTENT_TYPE, kind)], body).into_response();
    let headers = response.headers_mut();
    let policy =
        "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src * data:; frame-ancestors 'self'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
    response
}

async fn show_attachment(State(sandbox): State<Sandbox>, Path((id, number)): Path<(String, usize)>) -> Response {
    let attachment = sandbox.read(|data| data.mails.get(&id).and_then(|mail| mail.attachments.get(number).cloned()));
    let Some(attachment) = attachment else { return StatusCode::NOT_FOUND.into_response() };
    let Ok(content) = base64::engine::general_purpose::STANDARD.decode(&attachment.content) else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let kind = HeaderValue::from_str(&attachment.kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = content.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response.headers_mut().insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    response
}
