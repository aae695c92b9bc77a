//! An owner enters a booking by hand (BOOK-44, BOOK-45). No money, no Stripe account, no notice or window (BOOK-47); the
//! slot is guarded like any other.

use contracts::court::TimeOfDay;
use contracts::ids::{BookingId, CourtId, RecurringGroupId, UserId};
use contracts::money::Cents;
use jiff::civil::Date;

use super::BookingError;
use super::create_booking::booked_court;
use super::hold_slot::release_expired;
use crate::bookings::domain::booking::{Booker, Booking, Guest, Marks};
use crate::bookings::domain::commission::Split;
use crate::bookings::domain::slot::{Slot, duration_on_court};
use crate::bookings::domain::state::State;
use crate::bookings::events;
use crate::bookings::store::{self, Held};
use crate::outgoing::Outgoing;
use crate::platform_port;
use crate::state::AppState;

/// What an owner enters.
#[derive(Debug, Clone)]
pub struct ManualBooking {
    /// Who enters it.
    pub owner: UserId,
    /// Which court.
    pub court_id: CourtId,
    /// Court-local date.
    pub date: Date,
    /// Court-local start.
    pub start: TimeOfDay,
    /// Length; the court's own when absent.
    pub duration_minutes: Option<i32>,
    /// Who plays.
    pub guest: Guest,
    /// The series it is an instance of.
    pub group: Option<RecurringGroupId>,
}

/// Stores a booking for the owner's court.
///
/// # Errors
/// [`BookingError::CourtNotFound`], [`BookingError::NotOwner`], [`BookingError::SlotTaken`] with the booking in the way.
pub async fn create_manual_booking(state: &AppState, entry: ManualBooking) -> Result<Booking, BookingError> {
    let mut connection = state.pool.acquire().await?;
    let court = platform_port::court(&mut connection, entry.court_id).await?.ok_or(BookingError::CourtNotFound)?;
    if court.owner_id != entry.owner {
        return Err(BookingError::NotOwner);
    }
    if !court.owner_may_enter {
        return Err(BookingError::SubscriptionExpired);
    }
    let duration = duration_on_court(entry.duration_minutes, court.duration_minutes)?;
    let slot = Slot::resolve(entry.date, entry.start, duration, &court.timezone)?;
    let now = state.env.clock.now();
    let booking = Booking {
        id: BookingId(state.env.ids.new_id()),
        court: booked_court(&court),
        booker: Booker::Guest(entry.guest),
        slot,
        people: None,
        money: Split { gross: Cents::ZERO, commission: Cents::ZERO, net: Cents::ZERO },
        discount_cents: 0,
        promo_code: None,
        currency: "EUR".to_owned(),
        peak: false,
        group: entry.group,
        moves: None,
        marks: Marks::default(),
        state: State::Confirmed,
        trace_id: kit::trace::current().map(|here| here.trace_id()).unwrap_or_default(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let mut out = Outgoing::new(now).about(booking.id);
    events::created(&mut out, &state.env, &booking, &booking.state, None)?;

    drop(connection);
    let mut transaction = kit::db::begin(&state.pool).await?;
    for id in store::expired_holds_at(&mut transaction, booking.court.id, &booking.slot, now).await? {
        release_expired(state, &mut transaction, id, now).await?;
    }
    let placed = match store::hold_manual(&mut transaction, &booking, &out).await {
        Err(error) if kit::db::is_deadlock(&error) => Held::Taken,
        other => other?,
    };
    if placed == Held::Taken {
        transaction.rollback().await?;
        let mut connection = state.pool.acquire().await?;
        let conflicting = store::occupant(&mut connection, booking.court.id, &booking.slot).await?;
        // A series that goes on after a crash finds the instances it had already entered.
        if let (Some(group), Some(id)) = (booking.group, conflicting)
            && let Some(entered) =
                store::find(&mut connection, id).await?.filter(|entered| entered.group == Some(group))
        {
            return Ok(entered);
        }
        let (date, start) = (booking.slot.date, booking.slot.start);
        return Err(BookingError::SlotTaken { date, start, alternatives: Vec::new(), conflicting });
    }
    transaction.commit().await?;
    state.events_wake.wake();
    state.jobs_wake.wake();
    Ok(booking)
}
