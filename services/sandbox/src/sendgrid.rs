//! SendGrid: takes mails, checks them as SendGrid does, and puts them where they can be seen.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router, middleware};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::chaos::{Vendor, disturb};
use crate::outbox::{self, Attachment, Mail};
use crate::state::Sandbox;

/// `/sendgrid/v3/mail/send`
pub fn router(sandbox: &Sandbox) -> Router<Sandbox> {
    Router::new()
        .route("/sendgrid/v3/mail/send", post(send))
        .layer(middleware::from_fn_with_state((sandbox.clone(), Vendor::Sendgrid), disturb))
}

#[derive(Deserialize)]
struct Message {
    personalizations: Vec<Personalization>,
    from: Address,
    reply_to: Option<Address>,
    subject: Option<String>,
    #[serde(default)]
    content: Vec<Content>,
    #[serde(default)]
    attachments: Vec<SentAttachment>,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    custom_args: Value,
    #[serde(default)]
    categories: Vec<String>,
}

#[derive(Deserialize)]
struct Personalization {
    to: Vec<Address>,
    #[serde(default)]
    cc: Vec<Address>,
    #[serde(default)]
    bcc: Vec<Address>,
    subject: Option<String>,
    #[serde(default)]
    custom_args: Value,
    #[serde(default)]
    substitutions: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize, Clone)]
struct Address {
    email: String,
    #[serde(default)]
    name: Option<String>,
}

impl Address {
    fn shown(&self) -> String {
        match &self.name {
            Some(name) if !name.is_empty() => format!("{name} <{}>", self.email),
            _ => self.email.clone(),
        }
    }
}

#[derive(Deserialize)]
struct Content {
    #[serde(rename = "type")]
    kind: String,
    value: String,
}

#[derive(Deserialize)]
struct SentAttachment {
    content: String,
    filename: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

struct Refusal {
    message: String,
    field: Option<String>,
}

fn refused(message: &str, field: &str) -> Result<(), Refusal> {
    Err(Refusal { message: message.to_owned(), field: Some(field.to_owned()) })
}

fn check(message: &Message) -> Result<(), Refusal> {
    if message.personalizations.is_empty() {
        return refused(
            "The personalizations field is required and must have at least one personalization.",
            "personalizations",
        );
    }
    for (number, personalization) in message.personalizations.iter().enumerate() {
        if personalization.to.is_empty() {
            return refused(
                "The to array is required for all personalization objects, and must have at least one email object with a valid email address.",
                &format!("personalizations.{number}.to"),
            );
        }
        for address in personalization.to.iter().chain(&personalization.cc).chain(&personalization.bcc) {
            if !is_address(&address.email) {
                return refused("Does not contain a valid address.", &format!("personalizations.{number}.to.email"));
            }
        }
        if personalization.subject.as_ref().or(message.subject.as_ref()).is_none_or(|subject| subject.trim().is_empty())
        {
            return refused(
                "The subject is required. You can get around this requirement if you use a template with a subject defined or if every personalization has a subject defined.",
                "subject",
            );
        }
    }
    if !is_address(&message.from.email) {
        return refused("The from email does not contain a valid address.", "from.email");
    }
    if message.content.is_empty() {
        return refused(
            "Unless a valid template_id is provided, the content parameter is required. There must be at least one defined content block.",
            "content",
        );
    }
    for (number, content) in message.content.iter().enumerate() {
        if content.value.is_empty() {
            return refused(
                "The content value must be a string at least one character in length.",
                &format!("content.{number}.value"),
            );
        }
    }
    Ok(())
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
        && !text.chars().any(char::is_whitespace)
}

fn refusal(status: StatusCode, refusal: Refusal) -> Response {
    (status, Json(json!({ "errors": [{ "message": refusal.message, "field": refusal.field, "help": null }] })))
        .into_response()
}

async fn send(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    let expected = format!("Bearer {}", sandbox.config().sendgrid.api_key);
    if headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) != Some(expected.as_str()) {
        return refusal(
            StatusCode::UNAUTHORIZED,
            Refusal {
                message: "The provided authorization grant is invalid, expired, or revoked".to_owned(),
                field: None,
            },
        );
    }
    let message: Message = match serde_json::from_slice(&body) {
        Ok(message) => message,
        Err(error) => {
            return refusal(StatusCode::BAD_REQUEST, Refusal { message: format!("Bad Request: {error}"), field: None });
        }
    };
    if let Err(problem) = check(&message) {
        return refusal(StatusCode::BAD_REQUEST, problem);
    }
    let now = sandbox.now().as_millisecond();
    let part = |kind: &str| {
        message.content.iter().find(|content| content.kind.starts_with(kind)).map(|content| content.value.clone())
    };
    let id = sandbox.new_id("mail");
    for (number, personalization) in message.personalizations.iter().enumerate() {
        let fill = |text: Option<String>| {
            text.map(|text| {
                personalization
                    .substitutions
                    .iter()
                    .fold(text, |text, (mark, value)| text.replace(mark.as_str(), value))
            })
        };
        let mail = Mail {
            id: format!("{id}.{number}"),
            sent_at: now,
            from: message.from.shown(),
            to: personalization.to.iter().map(|address| address.email.to_lowercase()).collect(),
            cc: personalization.cc.iter().map(|address| address.email.to_lowercase()).collect(),
            bcc: personalization.bcc.iter().map(|address| address.email.to_lowercase()).collect(),
            reply_to: message.reply_to.as_ref().map(Address::shown),
            subject: fill(personalization.subject.clone().or_else(|| message.subject.clone())).unwrap_or_default(),
            text: fill(part("text/plain")),
            html: fill(part("text/html")),
            headers: message.headers.clone(),
            custom_args: if personalization.custom_args.is_null() {
                message.custom_args.clone()
            } else {
                personalization.custom_args.clone()
            },
            categories: message.categories.clone(),
            attachments: message
                .attachments
                .iter()
                .map(|sent| Attachment {
                    name: sent.filename.clone(),
                    kind: sent.kind.clone().unwrap_or_else(|| "application/octet-stream".to_owned()),
                    content: sent.content.clone(),
                })
                .collect(),
        };
        outbox::keep_mail(&sandbox, mail);
    }
    let mut response = StatusCode::ACCEPTED.into_response();
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-message-id"), value);
    }
    response
}
