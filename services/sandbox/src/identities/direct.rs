//! Tokens without a browser, for tests: `POST /identities/{provider}` `{email, name}` gives `{token}`.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::people::{self, Provider};
use super::{facebook, oidc};
use crate::state::Sandbox;

/// `/identities` and `/identities/{provider}`
pub fn router() -> Router<Sandbox> {
    Router::new().route("/identities", get(list)).route("/identities/{provider}", post(issue))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wanted {
    email: String,
    #[serde(default)]
    name: String,
    /// The audience; the first configured client unless given.
    client_id: Option<String>,
    nonce: Option<String>,
}

async fn issue(
    State(sandbox): State<Sandbox>,
    Path(provider): Path<String>,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Response {
    let refusal = |status: StatusCode, message: &str| (status, Json(json!({ "error": message }))).into_response();
    let Ok(provider) = serde_json::from_value::<Provider>(Value::from(provider)) else {
        return refusal(StatusCode::NOT_FOUND, "the provider must be google, apple or facebook");
    };
    let wanted = match wanted {
        Ok(Json(wanted)) => wanted,
        Err(rejection) => return refusal(StatusCode::BAD_REQUEST, &rejection.body_text()),
    };
    let mut person = match people::checked(&wanted.email, &wanted.name) {
        Ok(person) => person,
        Err(message) => return refusal(StatusCode::BAD_REQUEST, message),
    };
    if wanted.name.trim().is_empty()
        && let Some(listed) = people::listed(&sandbox, provider).into_iter().find(|listed| listed.email == person.email)
    {
        person = listed;
    }
    people::remember(&sandbox, provider, &person);
    let config = &sandbox.config().identities;
    let token = match provider {
        Provider::Facebook => Ok(facebook::issue(&sandbox, &person)),
        Provider::Google | Provider::Apple => {
            let clients =
                if provider == Provider::Google { &config.google_client_ids } else { &config.apple_client_ids };
            let audience = wanted.client_id.or_else(|| clients.first().cloned()).unwrap_or_default();
            oidc::id_token(&sandbox, provider, &audience, &person, wanted.nonce.as_deref())
        }
    };
    match token {
        Ok(token) => {
            Json(json!({ "token": token, "subject": people::subject(provider, &person.email) })).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "no token");
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "the token cannot be signed")
        }
    }
}

async fn list(State(sandbox): State<Sandbox>) -> Json<Value> {
    let known: Vec<Value> = sandbox.read(|data| {
        data.people
            .newest_first()
            .take(200)
            .map(|(subject, row)| json!({ "subject": subject, "provider": row.provider, "email": row.email, "name": row.name, "signedInAt": row.signed_in_at }))
            .collect()
    });
    Json(json!({ "demoPeople": sandbox.config().identities.people, "signedIn": known }))
}
