//! Bookings over HTTP: what requests and answers look like, and which status and code a failed use case gets. Decides
//! nothing else.

mod customer;
mod errors;
mod owner;
mod reading;
mod views;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// The routes of this slice.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(customer::create_booking, reading::list_bookings))
        .routes(routes!(owner::list_pending_bookings))
        .routes(routes!(owner::create_manual_booking))
        .routes(routes!(reading::get_booking_details))
        .routes(routes!(customer::cancel_booking))
        .routes(routes!(owner::confirm_booking))
        .routes(routes!(owner::reject_booking))
}
