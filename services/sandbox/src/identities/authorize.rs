//! The authorize page: choose a demo person or type another, and be sent back with a code.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use http::request::Parts;
use minijinja::context;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::oidc::{PendingCode, issue_code};
use super::people::{self, Provider, subject};
use super::{facebook, oidc};
use crate::html::{self, Language};
use crate::state::Sandbox;

/// What the client asked for, and on the way back who was chosen.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Question {
    pub client_id: Option<String>,
    pub redirect_uri: Option<String>,
    pub response_type: Option<String>,
    pub response_mode: Option<String>,
    pub scope: Option<String>,
    pub state: Option<String>,
    pub nonce: Option<String>,
    pub code_challenge: Option<String>,
    pub code_challenge_method: Option<String>,
    pub login_hint: Option<String>,
    pub email: Option<String>,
    pub name: Option<String>,
    pub cancel: Option<String>,
}

/// The question with the browser's language.
#[derive(Debug)]
pub struct Asked {
    pub question: Question,
    pub language: Language,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let question = read_form(parts.uri.query().unwrap_or_default().as_bytes());
        Ok(Self { question, language: Language::of(&parts.headers) })
    }
}

/// Reads a form of optional texts; what is not asked for is ignored, as OAuth demands.
pub fn read_form<T: DeserializeOwned + Default>(body: &[u8]) -> T {
    let pairs =
        url::form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())));
    serde_json::from_value(Value::Object(pairs.collect())).unwrap_or_default()
}

/// What is wrong with the client itself; such errors are shown, never sent to an unknown address.
fn client_problem(sandbox: &Sandbox, provider: Provider, question: &Question) -> Option<&'static str> {
    let config = &sandbox.config().identities;
    let client = question.client_id.as_deref().unwrap_or_default();
    let known = match provider {
        Provider::Google => config.google_client_ids.iter().any(|known| known == client),
        Provider::Apple => config.apple_client_ids.iter().any(|known| known == client),
        Provider::Facebook => config.facebook_app_id == client,
    };
    if !known {
        return Some("client_id");
    }
    let target = question.redirect_uri.as_deref().unwrap_or_default();
    (!html::may_redirect_to(sandbox, target)).then_some("redirect_uri")
}

/// What is wrong with the request of a known client, as an OAuth error.
fn request_problem(provider: Provider, question: &Question) -> Option<&'static str> {
    let kind = question.response_type.as_deref().unwrap_or("code");
    let knows_kind = kind == "code" || kind == "code id_token" || (provider == Provider::Facebook && kind == "token");
    if !knows_kind {
        return Some("unsupported_response_type");
    }
    if question.code_challenge.is_some() && question.code_challenge_method.as_deref() != Some("S256") {
        return Some("invalid_request");
    }
    let is_openid = question.scope.as_deref().unwrap_or_default().split([' ', ',']).any(|scope| scope == "openid");
    if provider == Provider::Google && !is_openid {
        return Some("invalid_scope");
    }
    None
}

/// The page that lists people.
pub fn page(sandbox: &Sandbox, provider: Provider, choose_path: &str, asked: Asked) -> Response {
    let (question, language) = (asked.question, asked.language);
    if let Some(field) = client_problem(sandbox, provider, &question) {
        return refuse_client(sandbox, language, field);
    }
    if let Some(error) = request_problem(provider, &question) {
        return lead_back(sandbox, &question, &[("error", error)]);
    }
    let fields: Vec<(&str, &str)> = carried(&question);
    let target = html::origin_of(question.redirect_uri.as_deref().unwrap_or_default());
    let people: Vec<_> = people::listed(sandbox, provider)
        .into_iter()
        .map(|person| {
            let initial: String = person.name.chars().take(1).collect();
            let note = match person.note.as_str() {
                "customer" => language.pick("πελάτης", "customer"),
                "owner" => language.pick("γήπεδα", "court owner"),
                "agent" => language.pick("υποστήριξη", "support"),
                "admin" => language.pick("διαχείριση", "administration"),
                _ => "",
            };
            context! { email => person.email, name => person.name, initial, note }
        })
        .collect();
    let base = html::base_path(sandbox);
    let values = context! {
        provider => provider.as_str(), provider_title => provider.title(), people, fields, target,
        action => format!("{base}{choose_path}"), login_hint => question.login_hint,
    };
    html::page(sandbox, language, "authorize.html", values, &[target])
}

/// Somebody was chosen: remembered, and the browser goes back with a code.
pub fn choose(sandbox: &Sandbox, provider: Provider, asked: Asked) -> Response {
    let (question, language) = (asked.question, asked.language);
    if let Some(field) = client_problem(sandbox, provider, &question) {
        return refuse_client(sandbox, language, field);
    }
    if let Some(error) = request_problem(provider, &question) {
        return lead_back(sandbox, &question, &[("error", error)]);
    }
    if question.cancel.is_some() {
        let error = if provider == Provider::Apple { "user_cancelled_authorize" } else { "access_denied" };
        return lead_back(sandbox, &question, &[("error", error)]);
    }
    let typed =
        people::checked(question.email.as_deref().unwrap_or_default(), question.name.as_deref().unwrap_or_default());
    let Ok(person) = typed else {
        let title = language.pick("Ελέγξτε τη διεύθυνση", "Check the address");
        let text = language.pick(
            "Η διεύθυνση email ή το όνομα δεν είναι έγκυρα. Πηγαίνετε πίσω και δοκιμάστε ξανά.",
            "The mail address or the name is not valid. Go back and try again.",
        );
        return html::message(sandbox, StatusCode::BAD_REQUEST, language, title, text);
    };
    if provider == Provider::Facebook && question.response_type.as_deref() == Some("token") {
        people::remember(sandbox, provider, &person);
        let token = facebook::issue(sandbox, &person);
        return lead_back(sandbox, &question, &[("access_token", &token), ("token_type", "bearer")]);
    }
    let code = issue_code(
        sandbox,
        PendingCode {
            provider,
            client_id: question.client_id.clone().unwrap_or_default(),
            redirect_uri: question.redirect_uri.clone().unwrap_or_default(),
            nonce: question.nonce.clone(),
            code_challenge: question.code_challenge.clone(),
            person: person.clone(),
            expires_at: 0,
        },
    );
    let mut answer = vec![("code", code)];
    if question.response_type.as_deref() == Some("code id_token") {
        match oidc::id_token(
            sandbox,
            provider,
            question.client_id.as_deref().unwrap_or_default(),
            &person,
            question.nonce.as_deref(),
        ) {
            Ok(token) => answer.push(("id_token", token)),
            Err(_) => return lead_back(sandbox, &question, &[("error", "server_error")]),
        }
    }
    if provider == Provider::Apple {
        let (first, last) = person.name.rsplit_once(' ').unwrap_or((&person.name, ""));
        let user = serde_json::json!({ "name": { "firstName": first, "lastName": last }, "email": person.email, "sub": subject(provider, &person.email) });
        if question.response_mode.as_deref() == Some("form_post") {
            answer.push(("user", user.to_string()));
        }
    }
    let answer: Vec<(&str, &str)> = answer.iter().map(|(name, value)| (*name, value.as_str())).collect();
    lead_back(sandbox, &question, &answer)
}

fn refuse_client(sandbox: &Sandbox, language: Language, field: &str) -> Response {
    let title = language.pick("Η σύνδεση δεν γίνεται", "This sign-in cannot start");
    let text = match (language, field) {
        (Language::El, "client_id") => "Η εφαρμογή που ζήτησε τη σύνδεση είναι άγνωστη (client_id).",
        (Language::El, _) => "Η διεύθυνση επιστροφής δεν επιτρέπεται (redirect_uri).",
        (Language::En, "client_id") => "The application that asked for it is unknown (client_id).",
        (Language::En, _) => "The address to return to is not allowed (redirect_uri).",
    };
    html::message(sandbox, StatusCode::BAD_REQUEST, language, title, text)
}

/// The parameters that must survive the choice.
fn carried(question: &Question) -> Vec<(&'static str, &str)> {
    [
        ("client_id", &question.client_id),
        ("redirect_uri", &question.redirect_uri),
        ("response_type", &question.response_type),
        ("response_mode", &question.response_mode),
        ("scope", &question.scope),
        ("state", &question.state),
        ("nonce", &question.nonce),
        ("code_challenge", &question.code_challenge),
        ("code_challenge_method", &question.code_challenge_method),
    ]
    .into_iter()
    .filter_map(|(name, value)| value.as_deref().map(|value| (name, value)))
    .collect()
}

/// Back to the client: in the query, in the fragment for tokens, or as a posted form.
fn lead_back(sandbox: &Sandbox, question: &Question, answer: &[(&str, &str)]) -> Response {
    let target = question.redirect_uri.as_deref().unwrap_or_default();
    let Ok(mut url) = url::Url::parse(target) else { return StatusCode::BAD_REQUEST.into_response() };
    let state = question.state.as_deref().map(|state| ("state", state));
    let pairs: Vec<(&str, &str)> = answer.iter().copied().chain(state).collect();
    if question.response_mode.as_deref() == Some("form_post") {
        let origin = html::origin_of(target);
        return html::page(sandbox, Language::En, "form_post.html", context! { target, pairs }, &[origin]);
    }
    if answer.iter().any(|(name, _)| *name == "access_token") {
        let fragment = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        url.set_fragment(Some(&fragment));
    } else {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    Redirect::to(url.as_str()).into_response()
}
