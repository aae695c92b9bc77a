//! Lists of bookings and one booking, for customers and owners.

use axum::extract::State;
use contracts::booking::BookingStatus;
use contracts::court::CourtType;
use contracts::identity::Role;
use contracts::ids::{BookingId, CourtId};
use contracts::local_date::LocalDate;
use garde::Validate;
use kit::auth::{Caller, CustomerOrOwner};
use kit::http::{Json, Locale, Path, ValidQuery};
use kit::{ApiError, ApiResult};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::views::{BookingDetail, BookingListResponse, BookingView};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::bookings::domain::state::Party;
use crate::bookings::ops::{self, BookingPage};
use crate::bookings::store::{BookingFilter, Reader};
use crate::state::AppState;

/// Whether the money was collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaidFilter {
    Paid,
    Unpaid,
}

/// Order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
pub enum BookingOrder {
    #[serde(rename = "date,asc")]
    Ascending,
    #[default]
    #[serde(rename = "date,desc")]
    Descending,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListBookingsQuery {
    /// One status, or several with commas between them.
    #[garde(inner(length(max = 200)))]
    #[param(max_length = 200, example = "CONFIRMED,PENDING_CONFIRMATION")]
    status: Option<String>,
    /// First court-local date.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = "date")]
    from_date: Option<LocalDate>,
    /// Last court-local date, included.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = "date")]
    to_date: Option<LocalDate>,
    #[garde(skip)]
    court_id: Option<CourtId>,
    #[garde(skip)]
    #[param(inline)]
    court_type: Option<CourtType>,
    #[garde(skip)]
    #[param(inline)]
    payment_status: Option<PaidFilter>,
    #[garde(skip)]
    #[serde(default)]
    #[param(inline)]
    sort: BookingOrder,
    #[garde(range(min = 0, max = 100_000))]
    #[serde(default)]
    #[param(minimum = 0, maximum = 100_000, default = 0)]
    page: i64,
    #[garde(range(min = 1, max = 100))]
    #[serde(default = "twenty")]
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: i64,
}

pub(super) const fn twenty() -> i64 {
    20
}

impl ListBookingsQuery {
    fn filter(&self) -> Result<BookingFilter, ApiError> {
        Ok(BookingFilter {
            statuses: self.status.as_deref().map(statuses).transpose()?,
            court: self.court_id,
            court_type: self.court_type,
            from: self.from_date.map(LocalDate::date),
            to: self.to_date.map(LocalDate::date),
            paid: self.payment_status.map(|filter| filter == PaidFilter::Paid),
            group: None,
            ascending: self.sort == BookingOrder::Ascending,
        })
    }
}

fn statuses(text: &str) -> Result<Vec<BookingStatus>, ApiError> {
    text.split(',')
        .map(|word| {
            word.trim().parse().map_err(|_| {
                ApiError::validation("status", "is not a status of bookings", "δεν είναι κατάσταση κρατήσεων")
            })
        })
        .collect()
}

/// The caller as the cause of a change. Other roles do not get past the extractor.
pub(super) fn party_of(role: Role) -> Party {
    match role {
        Role::CourtOwner => Party::CourtOwner,
        _ => Party::Customer,
    }
}

pub(super) fn reader_of(caller: &Caller<CustomerOrOwner>) -> Reader {
    match caller.role {
        Role::CourtOwner => Reader::Owner(caller.user_id),
        _ => Reader::Customer(caller.user_id),
    }
}

/// One page as it is sent.
pub(super) fn page_of(found: &BookingPage, page: i64, size: i64, locale: Locale) -> BookingListResponse {
    BookingListResponse {
        bookings: found.items.iter().map(|item| BookingView::of_list(item, locale)).collect(),
        page,
        size,
        total_elements: found.total,
        total_pages: (found.total + size - 1) / size,
    }
}

/// The caller's bookings: a customer's own, or those on an owner's courts.
#[utoipa::path(
    get,
    path = "/api/bookings",
    operation_id = "listBookings",
    tag = "bookings",
    params(ListBookingsQuery),
    responses((status = 200, description = "One page", body = BookingListResponse), CallerErrors)
)]
pub async fn list_bookings(
    State(state): State<AppState>,
    caller: Caller<CustomerOrOwner>,
    locale: Locale,
    ValidQuery(query): ValidQuery<ListBookingsQuery>,
) -> ApiResult<Json<BookingListResponse>> {
    let filter = query.filter()?;
    let found = ops::list_bookings(&state, reader_of(&caller), &filter, query.page, query.size).await?;
    Ok(Json(page_of(&found, query.page, query.size, locale)))
}

/// One booking with its history, its payment and the policy that holds for it.
#[utoipa::path(
    get,
    path = "/api/bookings/{bookingId}",
    operation_id = "getBookingDetails",
    tag = "bookings",
    params(("bookingId" = Uuid, Path)),
    responses(
        (status = 200, description = "The booking", body = BookingDetail),
        (status = 404, description = "No such booking, or somebody else's", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_booking_details(
    State(state): State<AppState>,
    caller: Caller<CustomerOrOwner>,
    locale: Locale,
    Path(booking_id): Path<BookingId>,
) -> ApiResult<Json<BookingDetail>> {
    let reader = reader_of(&caller);
    let details = ops::show_booking(&state, reader, booking_id).await?;
    Ok(Json(BookingDetail::new(details, reader, locale)))
}
