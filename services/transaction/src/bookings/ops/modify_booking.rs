//! A customer moves a booking to another slot (BOOK-51 to BOOK-53).
//!
//! Without a price to pay it happens in one transaction. A dearer slot is held for as long as any unpaid hold, by a row
//! of its own beside the booking, which keeps its old slot until Stripe reports the difference as paid; then
//! [`finish_move`] moves the booking and ends the hold together.

use contracts::court::TimeOfDay;
use contracts::ids::{BookingId, PaymentId, UserId};
use contracts::money::Cents;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use sqlx::PgConnection;

use super::cancel_booking::give_back;
use super::create_booking::{Checkout, Offer, bookable_account, check, offer};
use super::hold_slot::{release_expired, release_hold, slot_taken};
use super::{BookingError, change_state, snapshot};
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::commission::Split;
use crate::bookings::domain::moving::{Adjustment, adjustment, uncovered, with_difference};
use crate::bookings::domain::slot::Slot;
use crate::bookings::domain::state::{Party, Release, State};
use crate::bookings::events;
use crate::bookings::store::{self, AuditEntry, Held, NewHold, Paid};
use crate::idempotency::derived_key;
use crate::outgoing::Outgoing;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::status::{CaptureMethod, PaymentStatus, Purpose, Step};
use crate::payments::ops::{ask_for_difference, ensure_not_disputed, is_slot_gone};
use crate::payments::store::{self as payment_store, Failure};
use crate::platform_port;
use crate::state::AppState;

/// What a customer asks for.
#[derive(Debug, Clone, Copy)]
pub struct Move {
    /// Which booking.
    pub booking_id: BookingId,
    /// Whose.
    pub customer: UserId,
    /// Court-local date of the new slot.
    pub date: Date,
    /// Court-local start of the new slot.
    pub start: TimeOfDay,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Moved {
    /// The booking: at its new place, or at its old one while the difference is to be paid.
    pub booking: Booking,
    /// New price minus old price.
    pub difference: Cents,
    /// Goes back to the card.
    pub refund: Cents,
    /// The hold on the new slot, while the difference is to be paid.
    pub open: Option<OpenMove>,
}

/// A new slot that waits for the difference to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenMove {
    /// Where the booking would move to.
    pub slot: Slot,
    /// To be paid.
    pub amount: Cents,
    /// Until then.
    pub expires_at: Timestamp,
    /// What the payment form needs.
    pub client_secret: Option<String>,
}

/// Moves a booking, or holds the dearer slot for it.
///
/// # Errors
/// [`BookingError::NotFound`] for strangers, [`BookingError::Refused`] in the wrong state, the limits of any booking, and
/// [`BookingError::NewSlotTaken`].
pub async fn modify_booking(state: &AppState, wanted: Move) -> Result<Moved, BookingError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let seen = store::find(&mut connection, wanted.booking_id).await?;
    let booking = movable(seen, wanted.customer)?;
    let court = platform_port::court(&mut connection, booking.court.id).await?.ok_or(BookingError::NotBookable)?;
    let paid = payment_store::of_booking(&mut connection, booking.id).await?.ok_or(BookingError::NotFound)?;
    drop(connection);
    ensure_not_disputed(&paid)?;
    // The old slot is as much bound by the notice as the new one: what is about to begin cannot be moved away.
    state.config.bookings.limits().check_notice(&booking.slot, now)?;
    let checkout = Checkout {
        customer: wanted.customer,
        key: state.env.ids.new_id(),
        request_hash: [0; 32],
        court_id: booking.court.id,
        date: wanted.date,
        start: wanted.start,
        duration_minutes: Some(booking.slot.duration_minutes),
        people: None,
        payment_method: paid.payment_method_id.clone(),
        promo_code: booking.promo_code.clone(),
        series: None,
    };
    let slot = check(state, &court, &checkout, now)?;
    if slot == booking.slot {
        return Err(BookingError::SameSlot);
    }
    let account = bookable_account(&court)?;
    let offered = match offer(state, &court, &slot, checkout.promo_code.as_deref()).await {
        // A code that has run out since does not stand in the way of a move; it only no longer counts.
        Err(BookingError::PromoRefused(_)) => offer(state, &court, &slot, None).await?,
        other => other?,
    };
    let price = offered.price;
    let difference = Cents(price.amount.0 - booking.money.gross.0);
    let adjusted = adjustment(booking.money, price.amount, state.commission)
        .ok_or_else(|| anyhow::anyhow!("a price of {} is out of range", price.amount))?;
    match adjusted {
        Adjustment::PayMore(more) => {
            let payment = difference_payment(state, &booking, &paid, more, account);
            hold_new_slot(state, &booking, &slot, offered, payment, now).await.map(|open| Moved {
                booking,
                difference,
                refund: Cents::ZERO,
                open: Some(open),
            })
        }
        Adjustment::None => move_now(state, &booking, &slot, offered, booking.money, Cents::ZERO, now).await,
        Adjustment::GiveBack { refund, money } => move_now(state, &booking, &slot, offered, money, refund, now).await,
    }
    .map(|moved| Moved { difference, ..moved })
}

/// The customer's own booking, if its state lets it move.
fn movable(booking: Option<Booking>, customer: UserId) -> Result<Booking, BookingError> {
    let booking = booking
        .filter(|booking| booking.customer() == Some(customer) && booking.moves.is_none())
        .filter(|booking| !matches!(booking.state, State::Dropped { .. }))
        .ok_or(BookingError::NotFound)?;
    booking.state.clone().relocate()?;
    Ok(booking)
}

/// One transaction: the booking is at its new place, the refund is written down, everybody is told (BOOK-51).
async fn move_now(
    state: &AppState,
    seen: &Booking,
    slot: &Slot,
    offered: Offer,
    money: Split,
    refund: Cents,
    now: Timestamp,
) -> Result<Moved, BookingError> {
    let peak = offered.price.peak;
    let mut transaction = kit::db::begin(&state.pool).await?;
    let booking = lock_for_move(state, &mut transaction, seen, slot, now).await?;
    let payments = payment_store::lock_all_of_booking(&mut transaction, booking.id).await?;
    if payments.iter().any(|payment| payment.pending_step.is_some()) {
        return Err(BookingError::InProgress);
    }
    for payment in &payments {
        ensure_not_disputed(payment)?;
    }
    match store::relocate(&mut transaction, &booking, slot, money, peak, Some(offered.calendar_version), now).await {
        Ok(true) => {}
        // The owner changed the calendar since it was asked: try again (HOL-37).
        Ok(false) => return Err(BookingError::InProgress),
        Err(error) if is_slot_gone(&error) => {
            transaction.rollback().await?;
            return Err(new_slot_taken(state, &booking, slot).await);
        }
        Err(error) => return Err(error.into()),
    }
    give_back(state, &mut transaction, &booking, &payments, refund, "Moved to a cheaper slot").await?;
    let moved = announce(state, &mut transaction, &booking, slot, money, now).await?;
    transaction.commit().await?;
    state.events_wake.wake();
    state.jobs_wake.wake();
    Ok(Moved { booking: moved, difference: Cents::ZERO, refund, open: None })
}

/// Locks the booking as it was seen, ends an earlier move of it, and clears lapsed holds out of the new slot.
async fn lock_for_move(
    state: &AppState,
    connection: &mut PgConnection,
    seen: &Booking,
    slot: &Slot,
    now: Timestamp,
) -> Result<Booking, BookingError> {
    let booking = store::lock(connection, seen.id).await?.ok_or(BookingError::NotFound)?;
    booking.state.clone().relocate()?;
    if booking.slot != seen.slot || booking.money != seen.money {
        return Err(BookingError::InProgress);
    }
    drop_open_move(state, connection, booking.id, now).await?;
    for lapsed in store::expired_holds_at(connection, booking.court.id, slot, now).await? {
        release_expired(state, connection, lapsed, now).await?;
    }
    Ok(booking)
}

/// Ends the hold of a move that nobody has paid for yet, in the caller's transaction, which holds the booking's lock.
pub(super) async fn drop_open_move(
    state: &AppState,
    connection: &mut PgConnection,
    booking: BookingId,
    now: Timestamp,
) -> Result<(), BookingError> {
    if let Some(hold) = store::lock_open_move(connection, booking).await?
        && matches!(hold.state, State::Held { .. })
    {
        let (release, failure) = (Release::UserAbandoned, Failure::default());
        release_hold(state, connection, &hold, release, Party::Customer, &failure, now).await?;
    }
    Ok(())
}

/// The new slot is kept for a while; Stripe is asked for an intent that the customer confirms (BOOK-53).
async fn hold_new_slot(
    state: &AppState,
    seen: &Booking,
    slot: &Slot,
    offered: Offer,
    mut payment: Payment,
    now: Timestamp,
) -> Result<OpenMove, BookingError> {
    let Some((from, to)) = uncovered(&seen.slot, slot) else { return Err(new_slot_taken(state, seen, slot).await) };
    let expires_at = now + SignedDuration::from_secs(i64::from(state.config.bookings.hold_seconds));
    let hold = Booking {
        id: BookingId(state.env.ids.new_id()),
        // The local times are those of the whole new slot; the period is only what the old one does not cover yet.
        slot: Slot { starts_at: from, ends_at: to, ..slot.clone() },
        money: payment.money,
        peak: offered.price.peak,
        moves: Some(seen.id),
        state: State::Held { expires_at },
        trace_id: kit::trace::current().map(|here| here.trace_id()).unwrap_or_default(),
        version: 1,
        created_at: now,
        updated_at: now,
        ..seen.clone()
    };
    payment.booking_id = hold.id;
    let mut out = Outgoing::new(now).about(seen.id);
    events::held(&mut out, &state.env, &hold, expires_at)?;
    let key = derived_key(hold.id.0, payment.user_id, "move");
    let new = NewHold::of(&hold, &payment, offered.calendar_version, key, &[0; 32], &out)
        .ok_or_else(|| anyhow::anyhow!("a move is no hold"))?;
    let mut transaction = kit::db::begin(&state.pool).await?;
    let booking = lock_for_move(state, &mut transaction, seen, slot, now).await?;
    match store::hold(&mut transaction, &[new]).await {
        Ok(held) if held == [Held::Yes] => transaction.commit().await?,
        Ok(held) if held == [Held::CalendarMoved] => return Err(BookingError::InProgress),
        Ok(_) => {
            transaction.rollback().await?;
            return Err(new_slot_taken(state, &booking, slot).await);
        }
        Err(error) if is_slot_gone(&error) => {
            transaction.rollback().await?;
            return Err(new_slot_taken(state, &booking, slot).await);
        }
        Err(error) => return Err(error.into()),
    }
    state.events_wake.wake();
    state.jobs_wake.wake();
    let client_secret = ask_for_difference(state, &hold, &payment).await?;
    Ok(OpenMove { slot: slot.clone(), amount: payment.money.gross, expires_at, client_secret })
}

/// The payment of a difference: the same customer and card, collected as soon as the customer confirms it.
fn difference_payment(state: &AppState, booking: &Booking, first: &Payment, money: Split, account: String) -> Payment {
    Payment {
        id: PaymentId(state.env.ids.new_id()),
        booking_id: booking.id,
        purpose: Purpose::Booking,
        user_id: first.user_id,
        owner_id: booking.court.owner_id,
        status: PaymentStatus::Pending,
        capture: CaptureMethod::Automatic,
        pending_step: Some(Step::Charge),
        money,
        refunded: Cents::ZERO,
        currency: booking.currency.clone(),
        payment_method_id: first.payment_method_id.clone(),
        stripe_customer_id: first.stripe_customer_id.clone(),
        destination_account: account,
        intent_id: None,
        client_secret: None,
        authorized_at: None,
        authorization_expires_at: None,
        captured_at: None,
    }
}

/// What came of a difference that was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishedMove {
    /// The booking is at its new place.
    Moved,
    /// The booking cannot move any more: the difference has to go back.
    Pointless,
}

/// Moves a booking whose difference was paid, in the caller's transaction. The caller holds the locks of `hold` and of the
/// booking it moves.
///
/// # Errors
/// When the database refuses, with `bookings_no_overlap` when a lapsed hold's slot is somebody else's by now.
pub async fn finish_move(
    state: &AppState,
    connection: &mut PgConnection,
    hold: &Booking,
    payment: &Payment,
    paid: &Paid,
    now: Timestamp,
) -> Result<FinishedMove, BookingError> {
    let Some(moved_id) = hold.moves else { return Ok(FinishedMove::Pointless) };
    let Some(booking) = store::lock(connection, moved_id).await? else { return Ok(FinishedMove::Pointless) };
    let stands = booking.state.clone().relocate().is_ok() && booking.slot.starts_at > now;
    let Some(money) = with_difference(booking.money, payment.money).filter(|_| stands) else {
        return Ok(FinishedMove::Pointless);
    };
    let slot = Slot::resolve(hold.slot.date, hold.slot.start, hold.slot.duration_minutes, &hold.slot.timezone)?;
    let mut out = Outgoing::new(now).about(booking.id).continuing(&hold.trace_id);
    let next = hold.state.clone().absorb()?;
    // The hold gives its place up first: the booking needs it.
    change_state(connection, hold, &next, "MOVE_PAID", Party::Customer, hold.customer(), now, &out.trace_id()).await?;
    let captured = payment.state().capture(payment.money.net).map_err(anyhow::Error::from)?;
    store::take_over_difference(connection, (payment.id, captured), booking.id, paid, now).await?;
    if !store::relocate(connection, &booking, &slot, money, hold.peak, None, now).await? {
        return Err(anyhow::anyhow!("booking {} changed under its lock", booking.id).into());
    }
    events::difference_paid(&mut out, &state.env, &booking, payment, paid)?;
    out.append(connection).await?;
    announce(state, connection, &booking, &slot, money, now).await?;
    Ok(FinishedMove::Moved)
}

/// Audit row and events of a move that has happened; answers the booking as it is now.
async fn announce(
    state: &AppState,
    connection: &mut PgConnection,
    before: &Booking,
    slot: &Slot,
    money: Split,
    now: Timestamp,
) -> Result<Booking, BookingError> {
    let after = Booking { slot: slot.clone(), money, version: before.version + 1, updated_at: now, ..before.clone() };
    let mut out = Outgoing::new(now).about(before.id);
    events::moved(&mut out, &state.env, before, &after)?;
    let entry = AuditEntry {
        booking: Some(before.id),
        payment: None,
        action: "BOOKING_MODIFIED",
        actor: before.customer(),
        role: Party::Customer.as_str(),
        before: Some(placed(before)),
        after: Some(placed(&after)),
        now,
        trace_id: &out.trace_id(),
    };
    store::append_audit(connection, &entry).await?;
    out.append(connection).await?;
    Ok(after)
}

/// A booking with its slot and price, for the audit log.
fn placed(booking: &Booking) -> serde_json::Value {
    let mut kept = snapshot(&booking.state, None);
    kept["date"] = serde_json::json!(booking.slot.date);
    kept["startTime"] = serde_json::json!(booking.slot.start);
    kept["amountCents"] = serde_json::json!(booking.money.gross);
    kept
}

async fn new_slot_taken(state: &AppState, booking: &Booking, slot: &Slot) -> BookingError {
    let wanted = Booking { slot: slot.clone(), ..booking.clone() };
    match slot_taken(state, &wanted).await {
        BookingError::SlotTaken { date, start, alternatives, .. } => {
            BookingError::NewSlotTaken { date, start, alternatives }
        }
        other => other,
    }
}
