//! How bookings look on the wire. A view shows what its reader may see and nothing else.

use contracts::booking::{BookingStatus, BookingType, CancelledBy, PaymentStatus};
use contracts::court::{ConfirmationMode, CourtType, LocationType, TimeOfDay};
use contracts::ids::{BookingId, CourtId, PaymentId, RecurringGroupId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff::civil::Date;
use kit::http::Locale;
use serde::Serialize;
use utoipa::ToSchema;

use crate::bookings::domain::booking::{Booker, Booking, ExternalMethod, ExternalPayment};
use crate::bookings::domain::refund::Tier;
use crate::bookings::domain::state::{State, Status};
use crate::bookings::ops::{BookingDetails, Cancellation, ConfirmedBooking, ListedItem};
use crate::bookings::store::{Reader, TimelineEntry};
use crate::payments::domain::payment::Payment;

/// A booking, as every answer about one shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Booking)]
pub struct BookingView {
    pub id: BookingId,
    /// The same as `id`.
    pub booking_id: BookingId,
    pub court_id: CourtId,
    /// In the language of the request.
    pub court_name: String,
    pub court_type: CourtType,
    /// Absent for bookings entered by the owner.
    pub customer_id: Option<UserId>,
    /// Masked for owners; an owner's own note for guests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_name: Option<String>,
    /// Court-local.
    #[schema(value_type = String, format = "date")]
    pub date: Date,
    pub start_time: TimeOfDay,
    pub end_time: TimeOfDay,
    pub duration_minutes: i32,
    pub number_of_people: Option<i32>,
    pub status: BookingStatus,
    #[serde(rename = "type")]
    pub kind: BookingType,
    pub confirmation_mode: ConfirmationMode,
    pub amount_cents: Cents,
    /// The same as `amountCents`.
    pub total_amount_cents: Cents,
    pub currency: String,
    pub payment_status: PaymentStatus,
    pub is_manual: bool,
    pub is_recurring: bool,
    pub recurring_group_id: Option<RecurringGroupId>,
    pub has_open_match: bool,
    pub has_split_payment: bool,
    /// IANA zone of all local times here.
    pub timezone: String,
    pub created_at: Timestamp,
    /// Only while it is being paid: until then the slot is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_expires_at: Option<Timestamp>,
    /// Only while the customer has to finish 3-D Secure: what the payment form needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_intent_client_secret: Option<String>,
    /// Only while the owner has to answer: until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmation_deadline: Option<Timestamp>,
    /// Only while the owner has to answer: what the card holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_amount_cents: Option<Cents>,
}

impl BookingView {
    /// A booking and where its payment stands; `client_secret` is for the customer's eyes alone.
    pub fn new(
        booking: &Booking,
        payment_status: Option<PaymentStatus>,
        client_secret: Option<String>,
        locale: Locale,
    ) -> Self {
        let pending = matches!(booking.state, State::PendingConfirmation { .. });
        Self {
            id: booking.id,
            booking_id: booking.id,
            court_id: booking.court.id,
            court_name: court_name(booking, locale),
            court_type: booking.court.court_type,
            customer_id: booking.customer(),
            customer_name: match &booking.booker {
                Booker::Guest(guest) => guest.name.clone(),
                Booker::Customer(_) => None,
            },
            date: booking.slot.date,
            start_time: booking.slot.start,
            end_time: booking.slot.end,
            duration_minutes: booking.slot.duration_minutes,
            number_of_people: booking.people,
            // A dropped hold never reaches a view; if one did, it would read as cancelled.
            status: booking.state.status().shown().unwrap_or(BookingStatus::Cancelled),
            kind: if booking.is_manual() { BookingType::Manual } else { BookingType::Customer },
            confirmation_mode: booking.court.mode,
            amount_cents: booking.money.gross,
            total_amount_cents: booking.money.gross,
            currency: booking.currency.clone(),
            payment_status: match &booking.marks.external_payment {
                Some(_) => PaymentStatus::PaidExternally,
                None => payment_status.unwrap_or(PaymentStatus::NotRequired),
            },
            is_manual: booking.is_manual(),
            is_recurring: booking.group.is_some(),
            recurring_group_id: booking.group,
            has_open_match: false,
            has_split_payment: false,
            timezone: booking.slot.timezone.clone(),
            created_at: booking.created_at,
            hold_expires_at: match booking.state {
                State::Held { expires_at } => Some(expires_at),
                _ => None,
            },
            payment_intent_client_secret: client_secret.filter(|_| matches!(booking.state, State::Held { .. })),
            confirmation_deadline: match booking.state {
                State::PendingConfirmation { deadline } => Some(deadline),
                _ => None,
            },
            held_amount_cents: pending.then_some(booking.money.gross),
        }
    }

    /// A booking fresh from its use case, for its own customer.
    pub fn of_customer(booking: &Booking, payment: Option<&Payment>, locale: Locale) -> Self {
        let secret = payment.and_then(|payment| payment.client_secret.clone());
        Self::new(booking, payment.map(|payment| payment.status), secret, locale)
    }

    /// An entry of a list.
    pub fn of_list(item: &ListedItem, locale: Locale) -> Self {
        let listed = &item.listed;
        let mut view = Self::new(&listed.booking, listed.payment_status, listed.client_secret.clone(), locale);
        view.customer_name.clone_from(&item.customer_name);
        view
    }
}

fn court_name(booking: &Booking, locale: Locale) -> String {
    match (locale, &booking.court.name_en) {
        (Locale::En, Some(name)) => name.clone(),
        _ => booking.court.name_el.clone(),
    }
}

/// One page of bookings.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingListResponse {
    pub bookings: Vec<BookingView>,
    pub page: i64,
    pub size: i64,
    pub total_elements: i64,
    pub total_pages: i64,
}

/// One line of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    pub action: String,
    /// The role that did it.
    pub performed_by: String,
    pub timestamp: Timestamp,
    pub details: Option<String>,
}

/// One thing that happened to the payment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentEvent {
    pub event: String,
    pub timestamp: Timestamp,
    pub details: Option<serde_json::Value>,
}

/// One state the booking has been in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusChange {
    pub status: BookingStatus,
    pub changed_at: Timestamp,
    pub changed_by: CancelledBy,
    pub reason: Option<String>,
}

/// How a guest paid the owner directly.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExternalPayment)]
pub struct ExternalPaymentView {
    pub method: ExternalMethod,
    pub notes: Option<String>,
    pub paid_at: Timestamp,
}

impl From<ExternalPayment> for ExternalPaymentView {
    fn from(payment: ExternalPayment) -> Self {
        Self { method: payment.method, notes: payment.notes, paid_at: payment.paid_at }
    }
}

/// A slot that waits for the difference to be paid.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PendingChange {
    #[schema(value_type = String, format = "date")]
    pub new_date: Date,
    pub new_start_time: TimeOfDay,
    pub new_end_time: TimeOfDay,
    pub amount_cents: Cents,
    pub hold_expires_at: Timestamp,
    /// What the payment form needs.
    pub payment_intent_client_secret: Option<String>,
}

/// A new price that waits for a card.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PendingPrice {
    pub previous_amount_cents: Cents,
    pub amount_cents: Cents,
    /// Until then another card may be given, then the booking is called off.
    pub card_due_at: Option<Timestamp>,
    /// What the payment form needs, where 3-D Secure has to be finished.
    pub payment_intent_client_secret: Option<String>,
}

/// A booking with everything its customer or owner may know of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingDetail {
    #[serde(flatten)]
    pub booking: BookingView,
    pub court_address: Option<String>,
    pub court_location_type: Option<LocationType>,
    pub owner_name: Option<String>,
    pub payment_id: Option<PaymentId>,
    pub promo_code_applied: Option<String>,
    pub discount_amount_cents: Option<Cents>,
    pub platform_fee_cents: Cents,
    pub court_owner_net_cents: Cents,
    pub refunded_amount_cents: Cents,
    /// The court's policy as it is now (PAY-25).
    pub cancellation_policy: Vec<Tier>,
    pub payment_timeline: Vec<PaymentEvent>,
    pub status_history: Vec<StatusChange>,
    pub audit_trail: Vec<AuditEntry>,
    pub no_show: bool,
    pub no_show_flagged_at: Option<Timestamp>,
    pub external_payment: Option<ExternalPaymentView>,
    /// For the customer: a dearer slot that is kept until the difference is paid.
    pub pending_change: Option<PendingChange>,
    /// For the customer: a new price of the series that the card does not hold yet.
    pub pending_price: Option<PendingPrice>,
    /// For the owner: how to reach who booked; the look is audited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_by: Option<CancelledBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancellation_reason: Option<String>,
    pub updated_at: Timestamp,
    pub version: i64,
}

impl BookingDetail {
    pub fn new(details: BookingDetails, reader: Reader, locale: Locale) -> Self {
        let BookingDetails {
            booking,
            payment,
            court,
            owner_name,
            customer,
            policy,
            history,
            timeline,
            audit,
            open_move,
            price_change,
        } = details;
        let for_owner = matches!(reader, Reader::Owner(_));
        let pending_change = open_move.filter(|_| !for_owner).map(|open| PendingChange {
            new_date: open.slot.date,
            new_start_time: open.slot.start,
            new_end_time: open.slot.end,
            amount_cents: open.amount,
            hold_expires_at: open.expires_at,
            payment_intent_client_secret: open.client_secret,
        });
        let pending_price = price_change.filter(|_| !for_owner).map(|waiting| PendingPrice {
            previous_amount_cents: waiting.change.previous,
            amount_cents: waiting.change.amount,
            card_due_at: waiting.change.card_due_at,
            payment_intent_client_secret: waiting.client_secret,
        });
        let secret = payment.as_ref().filter(|_| !for_owner).and_then(|payment| payment.client_secret.clone());
        let mut view = BookingView::new(&booking, payment.as_ref().map(|payment| payment.status), secret, locale);
        let (customer_phone, customer_email, notes) = match &booking.booker {
            Booker::Guest(guest) => (guest.phone.clone(), guest.email.clone(), guest.notes.clone()),
            Booker::Customer(_) if for_owner => (
                customer.as_ref().and_then(|who| who.phone.clone()),
                customer.as_ref().map(|who| who.email.clone()),
                None,
            ),
            Booker::Customer(_) => (None, None, None),
        };
        if let (None, Some(customer)) = (&view.customer_name, customer) {
            view.customer_name = Some(customer.name);
        }
        let (cancelled_by, cancellation_reason) = match &booking.state {
            State::Cancelled { by, reason } => (Some(*by), Some(reason.clone())),
            State::Rejected { reason } => (Some(CancelledBy::CourtOwner), Some(reason.clone())),
            _ => (None, None),
        };
        Self {
            booking: view,
            court_address: court.as_ref().map(|court| court.address.clone()),
            court_location_type: court.as_ref().map(|court| court.location_type),
            owner_name,
            payment_id: payment.as_ref().map(|payment| payment.id),
            promo_code_applied: booking.promo_code.clone(),
            discount_amount_cents: (booking.discount_cents > 0).then_some(Cents(booking.discount_cents)),
            platform_fee_cents: booking.money.commission,
            court_owner_net_cents: booking.money.net,
            refunded_amount_cents: payment.as_ref().map_or(Cents::ZERO, |payment| payment.refunded),
            cancellation_policy: policy,
            payment_timeline: timeline
                .into_iter()
                .map(|entry| PaymentEvent { event: entry.event, timestamp: entry.at, details: entry.details })
                .collect(),
            status_history: history
                .into_iter()
                .filter_map(|entry| {
                    Some(StatusChange {
                        status: Status::parse(&entry.status)?.shown()?,
                        changed_at: entry.changed_at,
                        changed_by: entry.changed_by.parse().ok()?,
                        reason: entry.reason,
                    })
                })
                .collect(),
            audit_trail: audit.into_iter().map(audit_entry).collect(),
            no_show: booking.marks.no_show_at.is_some(),
            no_show_flagged_at: booking.marks.no_show_at,
            external_payment: booking.marks.external_payment.map(ExternalPaymentView::from),
            pending_change,
            pending_price,
            customer_phone,
            customer_email,
            notes,
            cancelled_by,
            cancellation_reason,
            updated_at: booking.updated_at,
            version: booking.version,
        }
    }
}

fn audit_entry(entry: TimelineEntry) -> AuditEntry {
    AuditEntry {
        action: entry.event,
        performed_by: entry.by.unwrap_or_default(),
        timestamp: entry.at,
        details: entry.details.map(|details| details.to_string()),
    }
}

/// The outcome of a cancellation or rejection.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancellationResult {
    pub booking_id: BookingId,
    pub status: BookingStatus,
    pub refund_amount_cents: Cents,
    pub refund_percentage: i32,
    pub policy_tier_applied: Option<Tier>,
    pub platform_fee_retained_cents: Cents,
    pub refund_status: RefundState,
    /// What the card held was let go instead.
    pub hold_released: bool,
}

/// What happens to the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefundState {
    /// On its way; usually 5 to 10 business days.
    Processing,
    /// Nothing comes back, or nothing had been taken.
    None,
}

impl CancellationResult {
    pub fn cancelled(outcome: &Cancellation) -> Self {
        Self {
            booking_id: outcome.booking_id,
            status: BookingStatus::Cancelled,
            refund_amount_cents: outcome.refund,
            refund_percentage: outcome.percentage,
            policy_tier_applied: outcome.tier,
            platform_fee_retained_cents: outcome.commission_retained,
            refund_status: if outcome.refund > Cents::ZERO { RefundState::Processing } else { RefundState::None },
            hold_released: outcome.hold_released,
        }
    }

    pub fn rejected(booking_id: BookingId) -> Self {
        Self {
            booking_id,
            status: BookingStatus::Rejected,
            refund_amount_cents: Cents::ZERO,
            refund_percentage: 100,
            policy_tier_applied: None,
            platform_fee_retained_cents: Cents::ZERO,
            refund_status: RefundState::None,
            hold_released: true,
        }
    }
}

/// The outcome of a confirmation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmationResult {
    #[serde(flatten)]
    pub booking: BookingView,
    pub captured_amount_cents: Cents,
    pub court_owner_net_cents: Cents,
}

impl ConfirmationResult {
    pub fn new(confirmed: &ConfirmedBooking, locale: Locale) -> Self {
        Self {
            booking: BookingView::new(&confirmed.booking, Some(confirmed.payment.status), None, locale),
            captured_amount_cents: confirmed.payment.money.gross,
            court_owner_net_cents: confirmed.payment.money.net,
        }
    }
}
