//! Weekly series of customers and of owners (BOOK-34 to BOOK-38, BOOK-44, BOOK-46). Every date becomes a booking of its
//! own by the same way as a single one; this module only counts the dates and gathers what came of each.

use contracts::court::TimeOfDay;
use contracts::ids::{CourtId, RecurringGroupId, UserId};
use futures::StreamExt as _;
use jiff::civil::Date;
use uuid::Uuid;

use super::cancel_booking::{Cancellation, Canceller, cancel_once};
use super::create_booking::{Checkout, SeriesPlace, create_booking};
use super::create_manual_booking::{ManualBooking, create_manual_booking};
use super::read_bookings::ListedItem;
use super::{Answer, BookingError, Render, list_bookings};
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::series::weekly_dates;
use crate::bookings::domain::state::{Party, Refused, State};
use crate::bookings::store::{BookingFilter, Reader};
use crate::idempotency::derived_key;
use crate::state::AppState;

/// Instances that are paid for at the same time; the first one goes alone, so that a card that does not work is asked once.
const AT_ONCE: usize = 4;
/// More instances than any series has.
const ALL: i64 = 100;

/// What a customer asks for.
#[derive(Debug, Clone)]
pub struct SeriesRequest {
    /// Who books.
    pub customer: UserId,
    /// The client's key, or a fresh one.
    pub key: Uuid,
    /// SHA-256 of the operation and its body.
    pub request_hash: [u8; 32],
    /// Which court.
    pub court_id: CourtId,
    /// First court-local date.
    pub start_date: Date,
    /// Court-local start on every date.
    pub start: TimeOfDay,
    /// How many dates.
    pub weeks: i32,
    /// How many people come each time.
    pub people: Option<i32>,
    /// Stripe's card.
    pub payment_method: String,
    /// A code the customer typed.
    pub promo_code: Option<String>,
}

/// What became of one date.
#[derive(Debug)]
pub struct Instance<T> {
    /// Which date.
    pub date: Date,
    /// Booked, refused, or not tried because the card had failed before.
    pub outcome: Result<T, Option<BookingError>>,
}

/// What became of a series.
#[derive(Debug)]
pub struct Series<T> {
    /// Links its instances.
    pub group: RecurringGroupId,
    /// Every date, in order.
    pub instances: Vec<Instance<T>>,
}

impl<T> Series<T> {
    /// Whether at least one date was booked.
    #[must_use]
    pub fn any_booked(&self) -> bool {
        self.instances.iter().any(|instance| instance.outcome.is_ok())
    }

    /// Whether every date was booked.
    #[must_use]
    pub fn all_booked(&self) -> bool {
        self.instances.iter().all(|instance| instance.outcome.is_ok())
    }

    /// Ends with the refusal that explains why nothing was booked: one about the request or the card before the many that
    /// only say that a date is taken.
    fn or_refusal(mut self) -> Result<Self, BookingError> {
        if self.any_booked() {
            return Ok(self);
        }
        let telling = self
            .instances
            .iter()
            .position(|instance| matches!(&instance.outcome, Err(Some(error)) if !error.is_about_one_date()));
        if let Some(instance) = telling.and_then(|place| self.instances.get_mut(place))
            && let Err(refusal) = &mut instance.outcome
            && let Some(error) = refusal.take()
        {
            return Err(error);
        }
        Err(BookingError::SeriesTaken { dates: self.instances.iter().map(|instance| instance.date).collect() })
    }
}

/// Books a series for a customer. Keys of the instances follow from the series' key, so a repetition after a crash finds
/// those that were made and goes on with the others.
///
/// # Errors
/// When no date could be booked: [`BookingError::SeriesTaken`], or what is wrong with the request or the card.
pub async fn create_series(
    state: &AppState,
    request: SeriesRequest,
    render: Render<'_>,
) -> Result<Series<Answer>, BookingError> {
    let group = RecurringGroupId(derived_key(request.key, request.customer, "series"));
    let mut dates = weekly_dates(request.start_date, request.weeks).into_iter();
    let mut instances = Vec::new();
    let mut card_failed = false;
    // One by one until a card has worked once: a declined card is not tried on every date.
    for (place, date) in dates.by_ref().enumerate() {
        let instance = book_instance(state, &request, group, date, place == 0, render).await;
        card_failed = matches!(&instance.outcome, Err(Some(error)) if error.is_about_the_card());
        let settled = card_failed || instance.outcome.is_ok();
        let hopeless = matches!(&instance.outcome, Err(Some(error)) if !error.is_about_one_date() && !card_failed);
        instances.push(instance);
        if settled {
            break;
        }
        if hopeless {
            return Series { group, instances }.or_refusal();
        }
    }
    if card_failed {
        instances.extend(dates.map(|date| Instance { date, outcome: Err(None) }));
    } else {
        let rest: Vec<Instance<Answer>> =
            futures::stream::iter(dates.map(|date| book_instance(state, &request, group, date, false, render)))
                .buffered(AT_ONCE)
                .collect()
                .await;
        instances.extend(rest);
    }
    Series { group, instances }.or_refusal()
}

async fn book_instance(
    state: &AppState,
    request: &SeriesRequest,
    group: RecurringGroupId,
    date: Date,
    first: bool,
    render: Render<'_>,
) -> Instance<Answer> {
    let checkout = Checkout {
        customer: request.customer,
        key: derived_key(request.key, request.customer, &date.to_string()),
        request_hash: request.request_hash,
        court_id: request.court_id,
        date,
        start: request.start,
        duration_minutes: None,
        people: request.people,
        payment_method: request.payment_method.clone(),
        promo_code: request.promo_code.clone(),
        series: Some(SeriesPlace { group, first }),
    };
    let outcome = match create_booking(state, checkout, render).await {
        Ok(answer) if answer.status < 400 => Ok(answer),
        // An instance that was refused before its process died keeps its refusal.
        Ok(answer) if answer.status == 402 => Err(Some(BookingError::PaymentFailed)),
        Ok(_) => Err(Some(BookingError::HoldLapsed)),
        Err(error) => Err(Some(error)),
    };
    Instance { date, outcome }
}

/// The instances of a series that the reader may see, by date (BOOK-38).
///
/// # Errors
/// [`BookingError::NotFound`] when there is none.
pub async fn list_series(
    state: &AppState,
    reader: Reader,
    group: RecurringGroupId,
) -> Result<Vec<ListedItem>, BookingError> {
    let filter = BookingFilter { group: Some(group), ascending: true, ..BookingFilter::default() };
    let found = list_bookings(state, reader, &filter, 0, ALL).await?;
    if found.items.is_empty() { Err(BookingError::NotFound) } else { Ok(found.items) }
}

/// Calls every remaining instance of a customer's series off, each by policy (BOOK-38).
///
/// # Errors
/// [`BookingError::NotFound`] when the customer has no such series.
pub async fn cancel_series(
    state: &AppState,
    customer: UserId,
    group: RecurringGroupId,
    reason: Option<String>,
) -> Result<Vec<Instance<Cancellation>>, BookingError> {
    let now = state.env.clock.now();
    let listed = list_series(state, Reader::Customer(customer), group).await?;
    let remaining = listed.into_iter().map(|item| item.listed.booking).filter(|booking| {
        booking.slot.ends_at > now
            && matches!(booking.state, State::Held { .. } | State::PendingConfirmation { .. } | State::Confirmed)
    });
    let canceller = Canceller {
        party: Party::Customer,
        actor: Some(customer),
        reason,
        release_to_waitlist: true,
        customer_told: false,
    };
    let mut instances = Vec::new();
    for booking in remaining {
        let outcome = match cancel_once(state, booking.id, &canceller).await {
            Ok(Some(cancellation)) => Ok(cancellation),
            Ok(None) => Err(Some(Refused::AlreadyCancelled.into())),
            Err(error) => Err(Some(error)),
        };
        instances.push(Instance { date: booking.slot.date, outcome });
    }
    Ok(instances)
}

/// Enters a series by hand (BOOK-44, BOOK-46).
///
/// # Errors
/// When no date could be entered: why the first one could not.
pub async fn create_manual_series(
    state: &AppState,
    entry: &ManualBooking,
    weeks: i32,
    key: Uuid,
) -> Result<Series<Booking>, BookingError> {
    let group = RecurringGroupId(derived_key(key, entry.owner, "series"));
    let mut instances = Vec::new();
    for date in weekly_dates(entry.date, weeks) {
        let one = ManualBooking { date, group: Some(group), ..entry.clone() };
        let outcome = create_manual_booking(state, one).await.map_err(Some);
        if let Err(Some(error)) = &outcome
            && !error.is_about_one_date()
            && instances.is_empty()
            && let Err(Some(error)) = outcome
        {
            return Err(error);
        }
        instances.push(Instance { date, outcome });
    }
    let series = Series { group, instances };
    if series.any_booked() {
        return Ok(series);
    }
    let first = series.instances.into_iter().next().and_then(|instance| instance.outcome.err().flatten());
    Err(first.unwrap_or(BookingError::SeriesTaken { dates: Vec::new() }))
}
