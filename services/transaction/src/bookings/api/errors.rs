//! Which code each refusal of a booking gets, with the details the rule book names. The only place that knows both.

use contracts::codes;
use kit::ApiError;
use serde_json::json;

use crate::bookings::domain::afterwards::MarkRefused;
use crate::bookings::domain::limits::LimitError;
use crate::bookings::domain::slot::SlotError;
use crate::bookings::domain::state::{Refused, Status};
use crate::bookings::ops::{Alternative, Answer, BookingError};
use crate::payments::ops::PaymentError;

impl From<BookingError> for ApiError {
    fn from(error: BookingError) -> Self {
        match error {
            BookingError::NotFound => Self::new(&codes::BOOKING_NOT_FOUND),
            BookingError::NotOwner => Self::new(&codes::AUTHZ_NOT_OWNER),
            BookingError::CourtNotFound => Self::new(&codes::COURT_NOT_FOUND),
            BookingError::KeyReused => Self::new(&codes::IDEMPOTENCY_KEY_REUSED),
            BookingError::InProgress => Self::new(&codes::REQUEST_IN_PROGRESS).retry_after(1),
            BookingError::Slot(slot) => slot_error(slot),
            BookingError::Limit(limit) => limit_error(limit),
            BookingError::Refused(refused) => refused_error(refused),
            BookingError::SlotTaken { date, start, alternatives, conflicting } => {
                let offered: Vec<_> = alternatives.iter().map(alternative).collect();
                let taken = Self::new(&codes::TIME_SLOT_UNAVAILABLE)
                    .with("conflictingSlot", json!({ "date": date, "startTime": start }))
                    .with("alternativeSlots", offered);
                match conflicting {
                    Some(booking) => taken.with("conflictingBookingId", booking),
                    None => taken,
                }
            }
            BookingError::NewSlotTaken { date, start, alternatives } => {
                let offered: Vec<_> = alternatives.iter().map(alternative).collect();
                Self::new(&codes::NEW_SLOT_UNAVAILABLE)
                    .with("conflictingSlot", json!({ "date": date, "startTime": start }))
                    .with("alternativeSlots", offered)
            }
            BookingError::SameSlot => Self::validation(
                "newStartTime",
                "is the slot the booking already has",
                "είναι η ώρα που έχει ήδη η κράτηση",
            ),
            BookingError::SeriesTaken { dates } => {
                Self::new(&codes::TIME_SLOT_UNAVAILABLE).with("conflictingDates", dates)
            }
            BookingError::TooFast { wait } => {
                let seconds = u64::try_from(wait.as_secs()).unwrap_or(0).saturating_add(1);
                Self::new(&codes::BOOKING_VELOCITY_EXCEEDED).retry_after(seconds)
            }
            BookingError::CourtBlocked { until } => {
                Self::new(&codes::COURT_BOOKING_BLOCKED).with("blockedUntil", until)
            }
            BookingError::InstantOnly { until } => {
                Self::new(&codes::INSTANT_COURTS_ONLY).with("restrictedUntil", until)
            }
            BookingError::DuplicateAttempt => Self::new(&codes::DUPLICATE_BOOKING_ATTEMPT).retry_after(5),
            BookingError::SubscriptionExpired => Self::new(&codes::SUBSCRIPTION_EXPIRED),
            BookingError::Mark(refused) => mark_error(refused),
            BookingError::NoCardNeeded => Self::new(&codes::NO_CARD_NEEDED),
            BookingError::FeedUnknown => Self::new(&codes::NOT_FOUND),
            BookingError::SlotRefused { refusal, override_reason, court_minutes } => {
                let refused = Self::new(refusal.code()).with("durationMinutes", court_minutes);
                match override_reason {
                    Some(reason) => refused.with("overrideReason", reason),
                    None => refused,
                }
            }
            BookingError::NotBookable => Self::new(&codes::COURT_NOT_BOOKABLE),
            BookingError::PromoRefused(reason) => Self::new(&codes::PROMO_CODE_REFUSED).with("reason", reason),
            BookingError::Declined { code, decline_code, message } => {
                let declined = Self::new(&codes::PAYMENT_CARD_DECLINED)
                    .with("reason", decline_code.as_ref().or(code.as_ref()))
                    .with("code", &code);
                declined.with("declineCode", decline_code).with("stripeMessage", message)
            }
            BookingError::PaymentMethodInvalid => Self::new(&codes::PAYMENT_METHOD_INVALID),
            BookingError::PaymentFailed => Self::new(&codes::PAYMENT_FAILED),
            BookingError::PaymentUnavailable => Self::new(&codes::PAYMENT_PROVIDER_UNAVAILABLE).retry_after(5),
            BookingError::HoldLapsed => Self::new(&codes::HOLD_EXPIRED),
            BookingError::AuthorizationExpired { expired_at } => {
                Self::new(&codes::AUTHORIZATION_EXPIRED).with("expiredAt", expired_at)
            }
            BookingError::CaptureFailed { reason } => Self::new(&codes::PAYMENT_CAPTURE_FAILED).with("reason", reason),
            BookingError::Disputed => Self::new(&codes::BOOKING_DISPUTED),
            BookingError::Payment(payment) => payment.into(),
            BookingError::Database(cause) => cause.into(),
            BookingError::Platform(cause) => Self::unavailable(cause, 2),
            BookingError::Event(cause) => Self::internal(cause),
            BookingError::Row(cause) => Self::internal(cause),
            BookingError::PaymentRow(cause) => Self::internal(cause),
            BookingError::Other(cause) => Self::internal(cause),
        }
    }
}

impl From<PaymentError> for ApiError {
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::UnknownMethod => Self::validation(
                "setupIntentId",
                "is not a setup intent of yours",
                "δεν είναι δική σας διαδικασία αποθήκευσης κάρτας",
            ),
            PaymentError::NotSaved => {
                Self::validation("setupIntentId", "is not finished yet", "δεν έχει ολοκληρωθεί ακόμη")
            }
            PaymentError::Stripe(cause) if cause.is_silence() => {
                Self::new(&codes::PAYMENT_PROVIDER_UNAVAILABLE).retry_after(5).caused_by(cause)
            }
            PaymentError::Stripe(cause) => Self::internal(cause),
            PaymentError::Database(cause) => cause.into(),
        }
    }
}

fn alternative(slot: &Alternative) -> serde_json::Value {
    json!({ "startTime": slot.start, "endTime": slot.end, "priceCents": slot.price })
}

fn slot_error(error: SlotError) -> ApiError {
    match error {
        SlotError::DurationMismatch { requested, court_minutes } => ApiError::new(&codes::SLOT_DURATION_MISMATCH)
            .with("durationMinutes", court_minutes)
            .with("requestedMinutes", requested),
        SlotError::SkippedHour { date, time, timezone } => {
            ApiError::new(&codes::INVALID_TIME_DST_GAP).with("date", date).with("time", time).with("timezone", timezone)
        }
        SlotError::EndsNextDay => ApiError::validation(
            "startTime",
            "the booking must end on the date it starts",
            "η κράτηση πρέπει να τελειώνει την ίδια ημέρα",
        ),
        SlotError::OutOfRange => ApiError::validation("date", "is out of range", "είναι εκτός ορίων"),
        SlotError::UnknownTimezone(_) => ApiError::internal(error),
    }
}

fn limit_error(error: LimitError) -> ApiError {
    match error {
        LimitError::WindowExceeded { max_advance_days, requested } => ApiError::new(&codes::BOOKING_WINDOW_EXCEEDED)
            .with("maxAdvanceDays", max_advance_days)
            .with("requestedDate", requested),
        LimitError::NoticeNotMet { minimum_notice_hours, starts_at } => ApiError::new(&codes::MINIMUM_NOTICE_NOT_MET)
            .with("minimumNoticeHours", minimum_notice_hours)
            .with("bookingStartTime", starts_at),
        LimitError::CapacityExceeded { requested, max_capacity } => {
            ApiError::new(&codes::CAPACITY_EXCEEDED).with("maxCapacity", max_capacity).with("numberOfPeople", requested)
        }
    }
}

fn refused_error(error: Refused) -> ApiError {
    let current = |status: Status| status.shown().map(|shown| shown.as_str());
    match error {
        Refused::AlreadyCancelled => ApiError::new(&codes::BOOKING_ALREADY_CANCELLED),
        Refused::AlreadyCompleted { at } => ApiError::new(&codes::BOOKING_ALREADY_COMPLETED).with("completedAt", at),
        Refused::NotPending { status } => {
            ApiError::new(&codes::BOOKING_NOT_PENDING).with("currentStatus", current(status))
        }
        Refused::NotMovable { status } => {
            ApiError::new(&codes::BOOKING_NOT_MODIFIABLE).with("currentStatus", current(status))
        }
        Refused::NotHeld { .. } => ApiError::new(&codes::HOLD_EXPIRED),
        Refused::NotConfirmed { .. } => ApiError::internal(error),
    }
}

fn mark_error(error: MarkRefused) -> ApiError {
    match error {
        MarkRefused::NotCompleted { status } => ApiError::new(&codes::BOOKING_NOT_COMPLETED)
            .with("currentStatus", status.shown().map(|shown| shown.as_str())),
        MarkRefused::WindowClosed { closed_at } => {
            ApiError::new(&codes::NO_SHOW_WINDOW_EXPIRED).with("windowClosedAt", closed_at)
        }
        MarkRefused::NotManual => ApiError::new(&codes::NOT_A_MANUAL_BOOKING),
        MarkRefused::Over(refused) => refused_error(refused),
    }
}

/// A stored refusal as it was given the first time; its text comes in the language of the repetition.
pub(super) fn repeated_refusal(answer: &Answer) -> ApiError {
    let code = answer.body.get("error").and_then(|id| id.as_str()).and_then(codes::Code::find);
    match code {
        Some(code) => ApiError::new(code).details(answer.body.get("details")),
        None => ApiError::internal(anyhow::anyhow!("a stored refusal without a known code")),
    }
}

/// A refusal as it is stored under the client's key.
pub(super) fn stored_refusal(error: &ApiError, now: jiff::Timestamp) -> serde_json::Value {
    let body = error.body(kit::http::Locale::En, "", now);
    json!({ "error": body["error"], "details": body["details"] })
}
