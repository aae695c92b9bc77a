//! What a web or mobile client must know before anybody has signed in: where to sign in, the public payment key, the
//! map's tiles and the switches. Holds no secret and reads no database.

use axum::extract::State;
use contracts::identity::IdentityProvider;
use kit::http::Json;
use serde::Serialize;
use std::collections::BTreeMap;
use url::Url;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::config::Config;
use crate::state::AppState;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_client_config))
}

/// Where and as whom a browser signs in at one provider (authorization code with PKCE).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SignInProvider {
    provider: IdentityProvider,
    #[schema(value_type = String, format = "uri")]
    authorize_url: Url,
    #[schema(value_type = String, format = "uri")]
    token_url: Url,
    client_id: String,
    scope: String,
    /// Which member of the token answer is the `oauthToken` of register and login.
    token_field: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ClientConfigResponse {
    providers: Vec<SignInProvider>,
    stripe_publishable_key: String,
    /// Absent: clients use the tiles they bring along.
    map_tile_url: Option<String>,
    features: BTreeMap<String, bool>,
    /// ISO 4217; amounts everywhere are in its cents.
    currency: String,
}

/// What clients need at their start.
#[utoipa::path(
    get,
    path = "/api/client-config",
    operation_id = "getClientConfig",
    tag = "client-config",
    security(()),
    responses((status = 200, description = "Where to sign in, the public payment key, map tiles and switches", body = ClientConfigResponse))
)]
async fn get_client_config(State(state): State<AppState>) -> Json<ClientConfigResponse> {
    Json(describe(&state.config))
}

fn describe(config: &Config) -> ClientConfigResponse {
    let oidc = |provider, settings: &crate::config::OidcConfig| SignInProvider {
        provider,
        authorize_url: settings.authorize_url.clone(),
        token_url: settings.token_url.clone(),
        client_id: settings.client_ids.first().cloned().unwrap_or_default(),
        scope: "openid email profile".to_owned(),
        token_field: "id_token".to_owned(),
    };
    let facebook = &config.providers.facebook;
    ClientConfigResponse {
        providers: vec![
            oidc(IdentityProvider::Google, &config.providers.google),
            oidc(IdentityProvider::Apple, &config.providers.apple),
            SignInProvider {
                provider: IdentityProvider::Facebook,
                authorize_url: facebook.authorize_url.clone(),
                token_url: facebook.token_url.clone(),
                client_id: facebook.app_id.clone(),
                scope: "email public_profile".to_owned(),
                token_field: "access_token".to_owned(),
            },
        ],
        stripe_publishable_key: config.stripe.publishable_key.clone(),
        map_tile_url: config.client.map_tile_url.clone(),
        features: config.client.features.clone(),
        currency: "EUR".to_owned(),
    }
}
