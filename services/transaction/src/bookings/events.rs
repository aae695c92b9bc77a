//! What a change of a booking tells the world: which events, in which order, with which figures. Each function adds the
//! events of one change; the caller writes them in the transaction of that change (BOOK-14).

use contracts::booking::{BookingType, Slot};
use contracts::court::DayOfWeek;
use contracts::events::{
    BookingAnalytics, BookingCancelled, BookingCompleted, BookingConfirmed, BookingCreated, BookingModified,
    BookingStep, CreatedStatus, InvalidPayload, NotificationData, NotificationRequested, NotificationType,
    RevenueAnalytics, RevenueStep, SlotHeld, SlotReleased, Urgency,
};
use contracts::ids::{RecurringGroupId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use kit::Env;

use super::domain::booking::Booking;
use super::domain::refund::RefundQuote;
use super::domain::state::{Party, Release, State};
use super::store::{Paid, PriceNews};
use super::texts::{self, Text};
use crate::outgoing::Outgoing;
use crate::payments::domain::payment::Payment;

fn slot(booking: &Booking) -> Slot {
    Slot { date: booking.slot.date, start_time: booking.slot.start, end_time: booking.slot.end }
}

fn booking_type(booking: &Booking) -> BookingType {
    if booking.is_manual() { BookingType::Manual } else { BookingType::Customer }
}

/// A person is to be told something about a booking. CRITICAL goes out at once, the rest may wait (NOTE-14, NOTE-15).
pub(crate) fn notify(
    out: &mut Outgoing,
    env: &Env,
    booking: &Booking,
    to: UserId,
    notification_type: NotificationType,
    text: Text,
) -> Result<(), InvalidPayload> {
    let urgency = notification_type.urgency();
    out.push(
        env,
        NotificationRequested {
            user_id: to,
            notification_type,
            urgency,
            title: text.title,
            body: text.body,
            data: Some(NotificationData {
                booking_id: Some(booking.id),
                court_id: Some(booking.court.id),
                deep_link: Some(format!("/bookings/{}", booking.id)),
                ..NotificationData::default()
            }),
            channels: None,
        },
    )
}

fn analytics(out: &mut Outgoing, env: &Env, booking: &Booking, step: BookingStep) -> Result<(), InvalidPayload> {
    out.push(
        env,
        BookingAnalytics {
            court_id: booking.court.id,
            court_owner_id: booking.court.owner_id,
            step,
            booking_id: Some(booking.id),
            booking_type: Some(booking_type(booking)),
            court_type: Some(booking.court.court_type),
            date: booking.slot.date,
            start_time: Some(booking.slot.start),
            day_of_week: Some(DayOfWeek::from(booking.slot.date.weekday())),
            duration_minutes: Some(booking.slot.duration_minutes),
            player_count: booking.people,
        },
    )
}

fn revenue(
    out: &mut Outgoing,
    env: &Env,
    booking: &Booking,
    step: RevenueStep,
    refund: Option<Cents>,
    intent_id: Option<&str>,
) -> Result<(), InvalidPayload> {
    out.push(
        env,
        RevenueAnalytics {
            court_id: booking.court.id,
            court_owner_id: booking.court.owner_id,
            step,
            booking_id: Some(booking.id),
            amount_cents: refund.unwrap_or(booking.money.gross),
            platform_fee_cents: Some(booking.money.commission),
            court_owner_net_cents: Some(booking.money.net),
            refund_amount_cents: refund,
            stripe_payment_intent_id: intent_id.map(str::to_owned),
            currency: Some(booking.currency.clone()),
        },
    )
}

/// A hold began (LIVE-08).
///
/// # Errors
/// When an event breaks its contract.
pub fn held(out: &mut Outgoing, env: &Env, booking: &Booking, expires_at: Timestamp) -> Result<(), InvalidPayload> {
    out.push(
        env,
        SlotHeld {
            court_id: booking.court.id,
            slot: slot(booking),
            hold_expires_at: expires_at,
            held_by_user_id: booking.customer(),
        },
    )
}

/// A hold ended without a booking (LIVE-10). A customer whose card failed is told (PAY-04).
///
/// # Errors
/// When an event breaks its contract.
pub fn released(out: &mut Outgoing, env: &Env, booking: &Booking, release: Release) -> Result<(), InvalidPayload> {
    if let Some(release_reason) = release.announced() {
        out.push(env, SlotReleased { court_id: booking.court.id, slot: slot(booking), release_reason })?;
    }
    if let (Release::PaymentFailed, Some(customer)) = (release, booking.customer()) {
        notify(out, env, booking, customer, NotificationType::PaymentFailed, texts::payment_failed(booking))?;
    }
    Ok(())
}

/// A booking was stored, paid or entered by hand. `state` is what it became.
///
/// # Errors
/// When an event breaks its contract.
pub fn created(
    out: &mut Outgoing,
    env: &Env,
    booking: &Booking,
    state: &State,
    intent_id: Option<&str>,
) -> Result<(), InvalidPayload> {
    let pending = matches!(state, State::PendingConfirmation { .. });
    out.push(
        env,
        BookingCreated {
            booking_id: booking.id,
            court_id: booking.court.id,
            user_id: booking.customer(),
            court_owner_id: Some(booking.court.owner_id),
            slot: slot(booking),
            duration_minutes: booking.slot.duration_minutes,
            status: if pending { CreatedStatus::PendingConfirmation } else { CreatedStatus::Confirmed },
            booking_type: booking_type(booking),
            total_amount_cents: (!booking.is_manual()).then_some(booking.money.gross),
            is_open_match: Some(false),
            is_split_payment: Some(false),
            recurring_group_id: booking.group,
        },
    )?;
    if let Some(customer) = booking.customer() {
        let owner = booking.court.owner_id;
        if pending {
            let kind = NotificationType::BookingPendingConfirmation;
            notify(out, env, booking, owner, kind, texts::pending_for_owner(booking))?;
            notify(out, env, booking, customer, kind, texts::pending_for_customer(booking))?;
        } else {
            let kind = NotificationType::BookingConfirmed;
            notify(out, env, booking, customer, kind, texts::confirmed_for_customer(booking, None))?;
            notify(out, env, booking, owner, kind, texts::confirmed_for_owner(booking))?;
            revenue(out, env, booking, RevenueStep::PaymentCaptured, None, intent_id)?;
        }
    }
    analytics(out, env, booking, BookingStep::Booked)
}

/// The owner accepted a pending booking and the amount was collected (BOOK-27).
///
/// # Errors
/// When an event breaks its contract.
pub fn confirmed(
    out: &mut Outgoing,
    env: &Env,
    booking: &Booking,
    by: UserId,
    message: Option<&str>,
    intent_id: Option<&str>,
) -> Result<(), InvalidPayload> {
    let Some(customer) = booking.customer() else { return Ok(()) };
    out.push(
        env,
        BookingConfirmed {
            booking_id: booking.id,
            court_id: booking.court.id,
            user_id: customer,
            court_owner_id: Some(booking.court.owner_id),
            slot: slot(booking),
            confirmed_by: by,
            captured_amount_cents: Some(booking.money.gross),
            platform_fee_cents: Some(booking.money.commission),
            court_owner_net_cents: Some(booking.money.net),
        },
    )?;
    let text = texts::confirmed_for_customer(booking, message);
    notify(out, env, booking, customer, NotificationType::BookingConfirmed, text)?;
    revenue(out, env, booking, RevenueStep::PaymentCaptured, None, intent_id)
}

/// How a booking came to its end.
#[derive(Debug, Clone, Copy)]
pub struct Ending<'a> {
    /// By whom.
    pub by: Party,
    /// Why.
    pub reason: &'a str,
    /// The owner turned it down rather than called it off.
    pub rejected: bool,
    /// What comes back, where money had been collected.
    pub quote: Option<RefundQuote>,
    /// People may queue for the slot.
    pub waitlist_enabled: bool,
    /// Stripe's intent, for the figures.
    pub intent_id: Option<&'a str>,
    /// The customer has heard of it already (HOL-35).
    pub customer_told: bool,
}

/// A booking was called off or rejected; on the stream both are `BOOKING_CANCELLED` (BOOK-29, BOOK-57).
///
/// # Errors
/// When an event breaks its contract.
pub fn ended(out: &mut Outgoing, env: &Env, booking: &Booking, ending: Ending<'_>) -> Result<(), InvalidPayload> {
    let refund = ending.quote.map_or(Cents::ZERO, |quote| quote.refund);
    out.push(
        env,
        BookingCancelled {
            booking_id: booking.id,
            court_id: booking.court.id,
            user_id: booking.customer(),
            court_owner_id: Some(booking.court.owner_id),
            slot: slot(booking),
            cancelled_by: ending.by,
            cancellation_reason: ending.reason.to_owned(),
            refund_amount_cents: Some(refund),
            refund_percentage: ending.quote.map(|quote| f64::from(quote.percentage)),
            waitlist_enabled: Some(ending.waitlist_enabled),
        },
    )?;
    if let Some(customer) = booking.customer().filter(|_| !ending.customer_told) {
        let (kind, text) = if ending.rejected {
            (NotificationType::BookingRejected, texts::rejected(booking, ending.reason))
        } else {
            (NotificationType::BookingCancelled, texts::cancelled(booking, ending.reason, refund))
        };
        notify(out, env, booking, customer, kind, text)?;
    }
    if !ending.rejected {
        let text = texts::cancelled(booking, ending.reason, refund);
        notify(out, env, booking, booking.court.owner_id, NotificationType::BookingCancelled, text)?;
    }
    analytics(out, env, booking, BookingStep::Cancelled)?;
    if refund > Cents::ZERO {
        revenue(out, env, booking, RevenueStep::RefundIssued, Some(refund), ending.intent_id)?;
    }
    Ok(())
}

/// A booking moved; both slots change (BOOK-51). The customer and the owner are told.
///
/// # Errors
/// When an event breaks its contract.
pub fn moved(out: &mut Outgoing, env: &Env, before: &Booking, after: &Booking) -> Result<(), InvalidPayload> {
    let Some(customer) = before.customer() else { return Ok(()) };
    out.push(
        env,
        BookingModified {
            booking_id: before.id,
            court_id: before.court.id,
            user_id: customer,
            previous_date: before.slot.date,
            previous_start_time: before.slot.start,
            previous_end_time: before.slot.end,
            new_date: after.slot.date,
            new_start_time: after.slot.start,
            new_end_time: after.slot.end,
            price_difference_cents: Some(Cents(after.money.gross.0 - before.money.gross.0)),
        },
    )?;
    let kind = NotificationType::BookingConfirmed;
    notify(out, env, after, after.court.owner_id, kind, texts::moved_for_owner(before, after))?;
    notify(out, env, after, customer, kind, texts::moved_for_customer(before, after))?;
    let refund = Cents(before.money.gross.0 - after.money.gross.0);
    if refund > Cents::ZERO {
        revenue(out, env, after, RevenueStep::RefundIssued, Some(refund), None)?;
    }
    Ok(())
}

/// The difference of a move was collected.
///
/// # Errors
/// When an event breaks its contract.
pub fn difference_paid(
    out: &mut Outgoing,
    env: &Env,
    booking: &Booking,
    payment: &Payment,
    paid: &Paid,
) -> Result<(), InvalidPayload> {
    let difference = Booking { money: payment.money, ..booking.clone() };
    revenue(out, env, &difference, RevenueStep::PaymentCaptured, None, Some(&paid.intent_id))
}

/// Nobody came (BOOK-64).
///
/// # Errors
/// When an event breaks its contract.
pub fn no_show(out: &mut Outgoing, env: &Env, booking: &Booking) -> Result<(), InvalidPayload> {
    analytics(out, env, booking, BookingStep::NoShow)
}

/// The owner is told again of a booking that waits (BOOK-26).
///
/// # Errors
/// When an event breaks its contract.
pub fn reminded(out: &mut Outgoing, env: &Env, booking: &Booking) -> Result<(), InvalidPayload> {
    let kind = NotificationType::PendingConfirmationReminder;
    notify(out, env, booking, booking.court.owner_id, kind, texts::reminder_for_owner(booking))
}

/// The customer's card does not hold the new price (BOOK-41).
///
/// # Errors
/// When an event breaks its contract.
pub fn card_needed(out: &mut Outgoing, env: &Env, booking: &Booking) -> Result<(), InvalidPayload> {
    let Some(customer) = booking.customer() else { return Ok(()) };
    notify(out, env, booking, customer, NotificationType::PaymentFailed, texts::card_needed(booking))
}

/// Instances of a series cost something else now (BOOK-42): court, weekday, both prices, how many, from when.
///
/// # Errors
/// When an event breaks its contract.
pub fn price_changed(
    out: &mut Outgoing,
    env: &Env,
    first: &Booking,
    group: RecurringGroupId,
    news: PriceNews,
) -> Result<(), InvalidPayload> {
    let Some(customer) = first.customer() else { return Ok(()) };
    let text = texts::price_changed(first, news.previous, news.amount, news.instances);
    out.push(
        env,
        NotificationRequested {
            user_id: customer,
            notification_type: NotificationType::RecurringBookingPriceChanged,
            urgency: Urgency::Standard,
            title: text.title,
            body: text.body,
            data: Some(NotificationData {
                booking_id: Some(first.id),
                court_id: Some(first.court.id),
                deep_link: Some(format!("/bookings/recurring/{group}")),
                ..NotificationData::default()
            }),
            channels: None,
        },
    )
}

/// The end of a booking has passed (BOOK-24).
///
/// # Errors
/// When an event breaks its contract.
pub fn completed(out: &mut Outgoing, env: &Env, booking: &Booking) -> Result<(), InvalidPayload> {
    let paid = !booking.is_manual();
    out.push(
        env,
        BookingCompleted {
            booking_id: booking.id,
            court_id: booking.court.id,
            court_owner_id: booking.court.owner_id,
            user_id: booking.customer(),
            slot: slot(booking),
            booking_type: Some(booking_type(booking)),
            total_amount_cents: paid.then_some(booking.money.gross),
            platform_fee_cents: paid.then_some(booking.money.commission),
            court_owner_net_cents: paid.then_some(booking.money.net),
            no_show: Some(false),
        },
    )?;
    analytics(out, env, booking, BookingStep::Completed)
}

/// A payment came after its slot was gone and goes back whole (LIVE-11, PAY-44).
///
/// # Errors
/// When an event breaks its contract.
pub fn payment_returned(out: &mut Outgoing, env: &Env, booking: &Booking) -> Result<(), InvalidPayload> {
    let Some(customer) = booking.customer() else { return Ok(()) };
    notify(out, env, booking, customer, NotificationType::PaymentFailed, texts::payment_returned(booking))
}

/// Stripe reports that a refund is done (PAY-30).
///
/// # Errors
/// When an event breaks its contract.
pub fn refund_completed(out: &mut Outgoing, env: &Env, booking: &Booking, amount: Cents) -> Result<(), InvalidPayload> {
    let Some(customer) = booking.customer() else { return Ok(()) };
    notify(out, env, booking, customer, NotificationType::RefundCompleted, texts::refund_completed(booking, amount))
}
