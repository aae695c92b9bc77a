//! The list of all routes: one line per slice. The API document is made from the same list, so none can be missing
//! from it.

use utoipa::openapi::OpenApi;
use utoipa::openapi::schema::Components;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use crate::api_docs::add_body_errors;
use crate::state::AppState;
use crate::{
    bookings, dead_letters, disputes, notifications, payments, payouts, realtime, receipts, reconciliation, reminders,
    webhooks,
};

/// What the world may call.
pub fn public() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(bookings::router())
        .merge(payments::router())
        .merge(receipts::router())
        .merge(dead_letters::router())
        .merge(disputes::router())
        .merge(payouts::router())
        .merge(reconciliation::router())
        .merge(reminders::router())
        .merge(webhooks::router())
        .merge(notifications::router())
        .merge(realtime::router())
}

/// The document of the list.
pub fn openapi() -> OpenApi {
    let (_, mut document) = public().split_for_parts();
    document.info.title = "Courtside transaction service".to_owned();
    add_body_errors(&mut document);
    document.info.version = "1.0.0".to_owned();
    document.info.description = Some("Bookings, payments and live updates. Money is in euro cents.".to_owned());
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.bearer_format = Some("JWT".to_owned());
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme("BearerAuth", SecurityScheme::Http(bearer));
    // Whatever says nothing else needs a caller.
    let bearer = SecurityRequirement::new("BearerAuth", Vec::<String>::new());
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post, &mut item.put, &mut item.delete].into_iter().flatten() {
            operation.security.get_or_insert_with(|| vec![bearer.clone()]);
        }
    }
    document
}
