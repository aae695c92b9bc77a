//! The list of all routes: one line per slice. The API document is made from the same list, so none can be missing
//! from it.

use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use crate::api_docs::add_body_errors;
use crate::audit;
use crate::state::AppState;
use crate::{
    accounts, availability, cancellation_policy, client_config, court_bulk, court_defaults, court_transfer, courts,
    dead_letters, discovery, favorites, holidays, images, notification_preferences, preferences, pricing, promo_codes,
    ratings, reminder_rules, storefront, stripe_connect, verification, weather,
};

/// What the world may call.
pub fn public() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(accounts::router())
        .merge(audit::router())
        .merge(stripe_connect::router())
        .merge(client_config::router())
        .merge(courts::router())
        .merge(images::router())
        .merge(court_defaults::router())
        .merge(court_bulk::router())
        .merge(court_transfer::router())
        .merge(ratings::router())
        .merge(verification::router())
        .merge(availability::router())
        .merge(pricing::router())
        .merge(cancellation_policy::router())
        .merge(dead_letters::router())
        .merge(discovery::router())
        .merge(storefront::router())
        .merge(holidays::router())
        .merge(favorites::router())
        .merge(preferences::router())
        .merge(notification_preferences::router())
        .merge(reminder_rules::router())
        .merge(weather::router())
}

/// What only the other service may call; served on a listener of its own (AUTH-55).
pub fn internal() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(accounts::internal_router())
        .merge(audit::internal_router())
        .merge(stripe_connect::internal_router())
        .merge(availability::internal_router())
        .merge(pricing::internal_router())
        .merge(promo_codes::internal_router())
        .merge(preferences::internal_router())
}

/// The document of both lists.
pub fn openapi() -> OpenApi {
    let (_, mut document) = public().merge(internal()).split_for_parts();
    document.info.title = "Courtside platform service".to_owned();
    add_body_errors(&mut document);
    document.info.version = "1.0.0".to_owned();
    document.info.description =
        Some("People, courts, availability, prices and search. Money is in euro cents.".to_owned());
    let components = document.components.get_or_insert_default();
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.bearer_format = Some("JWT".to_owned());
    components.add_security_scheme("BearerAuth", SecurityScheme::Http(bearer));
    let header = ApiKeyValue::new("X-Internal-Api-Key");
    components.add_security_scheme("InternalApiKey", SecurityScheme::ApiKey(ApiKey::Header(header)));
    document
}
