//! Receipts over HTTP: one address, two forms.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use contracts::codes;
use contracts::court::TimeOfDay;
use contracts::identity::Language;
use contracts::ids::{BookingId, PaymentId};
use contracts::money::Cents;
use http::{HeaderMap, header};
use jiff::Timestamp;
use jiff::civil::Date;
use kit::auth::{Caller, CustomerOrOwner};
use kit::http::{Json, Locale, Path};
use kit::{ApiError, ApiResult};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::Receipt;
use super::ops::{self, ReceiptError};
use super::pdf;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::state::AppState;

/// The routes of this slice.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_booking_receipt))
}

/// A receipt.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptView {
    number: String,
    #[schema(value_type = Uuid)]
    booking_id: BookingId,
    #[schema(value_type = Uuid)]
    payment_id: PaymentId,
    /// The payment provider's id.
    transaction_id: String,
    /// In the reader's language.
    court_name: String,
    court_address: String,
    #[schema(value_type = String, format = "date")]
    date: Date,
    start_time: TimeOfDay,
    end_time: TimeOfDay,
    duration_minutes: i32,
    /// Before a discount.
    amount_cents: Cents,
    discount_cents: Option<Cents>,
    total_charged_cents: Cents,
    platform_fee_cents: Cents,
    court_owner_net_cents: Cents,
    currency: String,
    /// e.g. `VISA 4242`.
    payment_method: String,
    card_last4: Option<String>,
    /// Only for owners who are registered.
    vat: Option<VatView>,
    issued_at: Timestamp,
}

/// The tax in a receipt.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VatView {
    vat_number: String,
    rate_percent: i64,
    included_cents: Cents,
}

impl ReceiptView {
    fn new(receipt: Receipt, english: bool) -> Self {
        Self {
            court_name: receipt.court_name(english).to_owned(),
            payment_method: receipt.payment_method(),
            number: receipt.number,
            booking_id: receipt.booking_id,
            payment_id: receipt.payment_id,
            transaction_id: receipt.transaction_id,
            court_address: receipt.court_address,
            date: receipt.date,
            start_time: receipt.start_time,
            end_time: receipt.end_time,
            duration_minutes: receipt.duration_minutes,
            amount_cents: receipt.amount,
            discount_cents: (receipt.discount > Cents::ZERO).then_some(receipt.discount),
            total_charged_cents: receipt.gross,
            platform_fee_cents: receipt.platform_fee,
            court_owner_net_cents: receipt.owner_net,
            currency: receipt.currency,
            card_last4: receipt.card_last4,
            vat: receipt.vat.map(|vat| VatView {
                vat_number: vat.number,
                rate_percent: vat.rate_percent,
                included_cents: vat.included,
            }),
            issued_at: receipt.issued_at,
        }
    }
}

/// The receipt of a paid booking, as JSON, or as PDF where `Accept` asks for it.
#[utoipa::path(
    get,
    path = "/api/bookings/{bookingId}/receipt",
    operation_id = "getBookingReceipt",
    tag = "bookings",
    params(("bookingId" = Uuid, Path)),
    responses(
        (status = 200, description = "The receipt", content((ReceiptView = "application/json"), (Vec<u8> = "application/pdf"))),
        (status = 404, description = "No such booking, or nothing was paid for it yet", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_booking_receipt(
    State(state): State<AppState>,
    caller: Caller<CustomerOrOwner>,
    locale: Locale,
    headers: HeaderMap,
    Path(booking): Path<BookingId>,
) -> ApiResult<Response> {
    let receipt = ops::show(&state, caller.user_id, booking).await?;
    let english = locale == Locale::En;
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !wants_pdf(accept) {
        return Ok(Json(ReceiptView::new(receipt, english)).into_response());
    }
    let language = if english { Language::En } else { Language::El };
    let disposition = format!("inline; filename=\"receipt-{}.pdf\"", receipt.number);
    let drawn = tokio::task::spawn_blocking(move || pdf::render(&receipt, language));
    let document = drawn.await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    let headers = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, document).into_response())
}

/// PDF where it is asked for before, or without, JSON.
fn wants_pdf(accept: &str) -> bool {
    let weight = |wanted: &str| -> Option<(f32, usize)> {
        accept.split(',').enumerate().find_map(|(place, part)| {
            let mut pieces = part.split(';').map(str::trim);
            (pieces.next()?.eq_ignore_ascii_case(wanted)).then(|| {
                let quality = pieces.find_map(|piece| piece.strip_prefix("q=")).and_then(|text| text.parse().ok());
                (quality.unwrap_or(1.0), place)
            })
        })
    };
    match (weight("application/pdf"), weight("application/json")) {
        (Some((pdf, _)), None) => pdf > 0.0,
        (Some((pdf, first)), Some((json, second))) => pdf > json || (pdf >= json && pdf > 0.0 && first < second),
        (None, _) => false,
    }
}

impl From<ReceiptError> for ApiError {
    fn from(error: ReceiptError) -> Self {
        match error {
            ReceiptError::NoBooking => Self::new(&codes::BOOKING_NOT_FOUND),
            ReceiptError::NoReceipt => Self::new(&codes::RECEIPT_NOT_FOUND),
            ReceiptError::Booking(cause) => cause.into(),
            ReceiptError::Database(cause) => cause.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::wants_pdf;

    /// PAY-36: the form follows `Accept`; whoever says nothing gets JSON.
    #[test]
    fn the_form_follows_accept() {
        assert!(wants_pdf("application/pdf"));
        assert!(wants_pdf("application/pdf, application/json"));
        assert!(wants_pdf("application/json;q=0.5, Application/PDF"));
        for json in ["", "*/*", "application/json", "application/json, application/pdf", "application/pdf;q=0"] {
            assert!(!wants_pdf(json), "{json}");
        }
    }
}
