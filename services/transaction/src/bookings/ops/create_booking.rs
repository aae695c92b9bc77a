//! A customer books: check, hold the slot, charge the card, store the booking with its event (BOOK-05).
//!
//! What is written before each call to Stripe says what is intended, so a process that dies anywhere in between leaves
//! something that `payments::ops::finish_payment` can finish or undo (PAY-06).

use contracts::court::TimeOfDay;
use contracts::identity::ConnectStatus;
use contracts::ids::{BookingId, CourtId, PaymentId, RecurringGroupId, UserId};
use contracts::internal::{CalculatePriceQuery, SlotOffer, SlotRefusal};
use contracts::money::{Cents, Multiplier};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::abuse_limits::check_history;
use super::hold_slot::{Hold, place_hold};
use super::repeat_request::{Answer, answer_of, repeat};
use super::{BookingError, Render};
use crate::bookings::domain::booking::{BookedCourt, Booker, Booking, Marks};
use crate::bookings::domain::commission::Split;
use crate::bookings::domain::limits::check_capacity;
use crate::bookings::domain::slot::{Slot, duration_on_court, local_date};
use crate::bookings::domain::state::State;
use crate::bookings::events;
use crate::bookings::store::NewHold;
use crate::checkpoint::Place;
use crate::outgoing::Outgoing;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::status::{CaptureMethod, PaymentStatus, Purpose, Step};
use crate::payments::ops::{ChargeOutcome, charge_hold, ensure_customer};
use crate::platform_port::{CheckoutAsked, Court};
use crate::state::AppState;

/// What a customer asks for.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// Who books.
    pub customer: UserId,
    /// The client's key.
    pub key: Uuid,
    /// SHA-256 of the operation and its body.
    pub request_hash: [u8; 32],
    /// Which court.
    pub court_id: CourtId,
    /// Court-local date.
    pub date: Date,
    /// Court-local start.
    pub start: TimeOfDay,
    /// Length; the court's own when absent.
    pub duration_minutes: Option<i32>,
    /// How many come.
    pub people: Option<i32>,
    /// Stripe's card.
    pub payment_method: String,
    /// A code the customer typed.
    pub promo_code: Option<String>,
    /// The series it is an instance of.
    pub series: Option<SeriesPlace>,
}

/// Where an instance stands in its series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesPlace {
    /// Which series.
    pub group: RecurringGroupId,
    /// The first date is held against the booking window, the others are not (BOOK-37).
    pub first: bool,
}

/// What a slot costs, after a promo code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Price {
    pub(super) amount: Cents,
    pub(super) discount: Cents,
    /// Above the court's base (BOOK-18).
    pub(super) peak: bool,
}

/// What platform says of an open slot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offer {
    pub(super) price: Price,
    /// The calendar it was looked up in; the hold names it (HOL-37).
    pub(super) calendar_version: i64,
}

/// How often a court whose calendar keeps moving is looked at before the customer is asked to try again.
const LOOKS: usize = 4;

/// Books a slot.
///
/// # Errors
/// See [`BookingError`].
pub async fn create_booking(state: &AppState, checkout: Checkout, render: Render<'_>) -> Result<Answer, BookingError> {
    // The instances of a series are one request that has had its turn.
    let counts = checkout.series.is_none_or(|place| place.first);
    let mut turn = if counts { Some(state.customer_lines.turn(checkout.customer).await) } else { None };
    let now = state.env.clock.now();
    let asked = CheckoutAsked { court: checkout.court_id, user: checkout.customer, key: checkout.key, now };
    let facts = state.lanes.facts(asked).await?;
    if let Some(stored) = facts.stored {
        drop(turn);
        return repeat(state, checkout.customer, checkout.key, &checkout.request_hash, stored, render).await;
    }
    let court = facts.court.ok_or(BookingError::CourtNotFound)?;
    if counts {
        check_history(state, &facts.history, court.mode, now)?;
    }
    let slot = check(state, &court, &checkout, now)?;
    let account = bookable_account(&court)?;
    let stripe_customer = match facts.stripe_customer {
        Some(customer) => customer,
        None => ensure_customer(state, checkout.customer).await?,
    };

    // A court whose calendar moves between the look and the hold is looked at again (HOL-37).
    for _ in 0..LOOKS {
        let offer = offer(state, &court, &slot, checkout.promo_code.as_deref()).await?;
        let (booking, payment) =
            draft(state, &court, slot.clone(), offer.price, &checkout, stripe_customer.clone(), account.clone())?;
        let mut out = Outgoing::new(booking.created_at).about(booking.id);
        if let State::Held { expires_at } = booking.state {
            events::held(&mut out, &state.env, &booking, expires_at)?;
        }
        let hold = NewHold::of(&booking, &payment, offer.calendar_version, checkout.key, &checkout.request_hash, &out)
            .ok_or_else(|| anyhow::anyhow!("a draft is no hold"))?;
        match place_hold(state, &booking, hold, &checkout, render).await? {
            Hold::Placed => drop(turn.take()),
            Hold::Repeated(answer) => return Ok(answer),
            Hold::CalendarMoved => continue,
        }
        state.checkpoints.pass(Place::AfterHold).await;

        let key = Some((checkout.key, render));
        return match charge_hold(state, &booking, &payment, court.confirmation_timeout_hours, key).await? {
            ChargeOutcome::Answered(answer) => Ok(answer),
            // The hold was settled by a webhook, a sweep or another process meanwhile: answer by what became of it.
            ChargeOutcome::SettledElsewhere => {
                answer_of(state, booking.id, render).await?.ok_or(BookingError::InProgress)
            }
        };
    }
    Err(BookingError::InProgress)
}

/// Everything that can be said without asking anybody (BOOK-09 to BOOK-12, BOOK-22, BOOK-23).
pub(super) fn check(
    state: &AppState,
    court: &Court,
    checkout: &Checkout,
    now: Timestamp,
) -> Result<Slot, BookingError> {
    let limits = state.config.bookings.limits();
    check_capacity(checkout.people, court.max_capacity)?;
    let duration = duration_on_court(checkout.duration_minutes, court.duration_minutes)?;
    if checkout.series.is_none_or(|place| place.first) {
        limits.check_window(checkout.date, local_date(now, &court.timezone)?)?;
    }
    let slot = Slot::resolve(checkout.date, checkout.start, duration, &court.timezone)?;
    limits.check_notice(&slot, now)?;
    Ok(slot)
}

/// The account the owner is paid to; without an active one the court takes no customer bookings (BOOK-13).
pub(super) fn bookable_account(court: &Court) -> Result<String, BookingError> {
    match (&court.owner_stripe_status, &court.owner_stripe_account) {
        (ConnectStatus::Active, Some(account)) => Ok(account.clone()),
        _ => Err(BookingError::NotBookable),
    }
}

/// Asks platform whether the slot is open and what it costs.
pub(super) async fn offer(
    state: &AppState,
    court: &Court,
    slot: &Slot,
    promo_code: Option<&str>,
) -> Result<Offer, BookingError> {
    let query = CalculatePriceQuery {
        date: slot.date,
        start_time: slot.start,
        end_time: slot.end,
        promo_code: promo_code.map(str::to_owned),
        court_type: Some(court.court_type),
    };
    let SlotOffer { validation, price, calendar_version } = state.platform.offer(court.id, &query).await?;
    match validation.reason {
        _ if validation.available => {}
        Some(SlotRefusal::SlotConflict) | None => {
            // Platform may see a hold that has lapsed since, or a booking that was called off: the database decides.
        }
        Some(refusal) => {
            return Err(BookingError::SlotRefused {
                refusal,
                override_reason: validation.override_reason,
                court_minutes: court.duration_minutes,
            });
        }
    }
    let price = price.ok_or_else(|| anyhow::anyhow!("platform offers a slot of court {} without a price", court.id))?;
    if let (Some(false), Some(error)) = (price.promo_code_valid, price.promo_code_error) {
        return Err(BookingError::PromoRefused(error));
    }
    if price.final_price_cents <= Cents::ZERO {
        // Nothing to charge means nothing for Stripe to hold: such a court is not for paid bookings.
        return Err(BookingError::NotBookable);
    }
    let one = Multiplier::ONE;
    let peak = price.multiplier > one || price.special_date_multiplier.is_some_and(|factor| factor > one);
    let price = Price { amount: price.final_price_cents, discount: price.promo_discount_cents, peak };
    Ok(Offer { price, calendar_version })
}

/// The hold and its payment as they will be stored.
fn draft(
    state: &AppState,
    court: &Court,
    slot: Slot,
    price: Price,
    checkout: &Checkout,
    stripe_customer_id: String,
    destination_account: String,
) -> Result<(Booking, Payment), BookingError> {
    let money: Split = state
        .config
        .payments
        .commission_of(court.owner_tier, state.commission)
        .split(price.amount)
        .ok_or_else(|| anyhow::anyhow!("the price {} cannot be split", price.amount))?;
    let now = state.env.clock.now();
    let expires_at = now + SignedDuration::from_secs(i64::from(state.config.bookings.hold_seconds));
    let booking = Booking {
        id: BookingId(state.env.ids.new_id()),
        court: booked_court(court),
        booker: Booker::Customer(checkout.customer),
        slot,
        people: checkout.people,
        money,
        discount_cents: price.discount.0,
        promo_code: checkout.promo_code.clone(),
        currency: "EUR".to_owned(),
        peak: price.peak,
        group: checkout.series.map(|place| place.group),
        moves: None,
        marks: Marks::default(),
        state: State::Held { expires_at },
        trace_id: kit::trace::current().map(|here| here.trace_id()).unwrap_or_default(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let payment = Payment {
        id: PaymentId(state.env.ids.new_id()),
        booking_id: booking.id,
        purpose: Purpose::Booking,
        user_id: checkout.customer,
        owner_id: court.owner_id,
        status: PaymentStatus::Pending,
        capture: CaptureMethod::from(court.mode),
        pending_step: Some(Step::Charge),
        money,
        refunded: Cents::ZERO,
        currency: booking.currency.clone(),
        payment_method_id: checkout.payment_method.clone(),
        stripe_customer_id,
        destination_account,
        intent_id: None,
        client_secret: None,
        authorized_at: None,
        authorization_expires_at: None,
        captured_at: None,
    };
    Ok((booking, payment))
}

/// The court as a booking keeps it.
pub(super) fn booked_court(court: &Court) -> BookedCourt {
    BookedCourt {
        id: court.id,
        owner_id: court.owner_id,
        name_el: court.name_el.clone(),
        name_en: court.name_en.clone(),
        court_type: court.court_type,
        mode: court.mode,
    }
}
