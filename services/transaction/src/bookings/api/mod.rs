//! Bookings over HTTP: what requests and answers look like, and which status and code a failed use case gets. Decides
//! nothing else.

mod afterwards;
mod calendar;
mod changes;
mod customer;
mod errors;
mod owner;
mod reading;
mod series;
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
        .routes(routes!(owner::bulk_booking_action))
        .routes(routes!(changes::modify_booking))
        .routes(routes!(changes::give_card))
        .routes(routes!(series::create_recurring_booking))
        .routes(routes!(series::get_recurring_booking_group))
        .routes(routes!(series::cancel_recurring_booking_group))
        .routes(routes!(afterwards::flag_no_show))
        .routes(routes!(afterwards::mark_booking_paid))
        .routes(routes!(calendar::export_booking_calendar))
        .routes(routes!(calendar::read_calendar_feed))
        .routes(routes!(
            calendar::show_calendar_subscription,
            calendar::rotate_calendar_subscription,
            calendar::remove_calendar_subscription
        ))
}
