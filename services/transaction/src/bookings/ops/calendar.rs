//! An owner's bookings for a calendar program (BOOK-65): as a download for the signed-in owner, and under a secret address
//! for programs that cannot sign in. Only a hash of the secret is stored, so it can be shown once and replaced at any time.

use contracts::booking::BookingStatus;
use contracts::ids::{CourtId, UserId};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use sha2::{Digest as _, Sha256};

use super::{BookingError, ListedItem, list_bookings};
use crate::bookings::domain::ical::{CalendarEvent, Standing, write_calendar};
use crate::bookings::domain::state::State;
use crate::bookings::store::{self, BookingFilter, Reader};
use crate::state::AppState;

/// Most entries of one calendar.
const MOST: i64 = 5_000;
/// Random bytes of a secret address.
const SECRET_BYTES: usize = 32;
/// A subscription without dates shows this many days back.
const DAYS_BACK: i32 = 30;

/// What a calendar is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct CalendarFilter {
    /// Only this court.
    pub court: Option<CourtId>,
    /// From this court-local date on.
    pub from: Option<Date>,
    /// Up to this court-local date.
    pub to: Option<Date>,
}

/// The calendar of an owner who is signed in. Names of customers are masked, as in every list (BOOK-59); those of guests
/// are the owner's own notes.
///
/// # Errors
/// When the database refuses.
pub async fn export_calendar(state: &AppState, owner: UserId, filter: CalendarFilter) -> Result<String, BookingError> {
    let today = state.env.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let filter = BookingFilter {
        statuses: Some(vec![
            BookingStatus::PendingConfirmation,
            BookingStatus::Confirmed,
            BookingStatus::Completed,
            // A calendar keeps what it was once given: that a booking is off has to be said.
            BookingStatus::Cancelled,
            BookingStatus::Rejected,
        ]),
        court: filter.court,
        from: filter.from.or_else(|| today.checked_sub(Span::new().days(DAYS_BACK)).ok()),
        to: filter.to,
        ascending: true,
        ..BookingFilter::default()
    };
    let found = list_bookings(state, Reader::Owner(owner), &filter, 0, MOST).await?;
    let entries: Vec<CalendarEvent> = found.items.iter().map(entry).collect();
    Ok(write_calendar("Courtside", &entries))
}

fn entry(item: &ListedItem) -> CalendarEvent {
    let booking = &item.listed.booking;
    let standing = match booking.state {
        State::Confirmed | State::Completed { .. } => Standing::Confirmed,
        State::Held { .. } | State::PendingConfirmation { .. } => Standing::Tentative,
        State::Cancelled { .. } | State::Rejected { .. } | State::Dropped { .. } => Standing::Cancelled,
    };
    let court = &booking.court.name_el;
    let summary = match &item.customer_name {
        Some(name) => format!("{court}: {name}"),
        None => court.clone(),
    };
    CalendarEvent {
        uid: format!("{}@courtside", booking.id),
        sequence: booking.version,
        changed_at: booking.updated_at,
        starts_at: booking.slot.starts_at,
        ends_at: booking.slot.ends_at,
        summary,
        description: booking.state.status().as_str().to_owned(),
        location: Some(court.clone()),
        standing,
    }
}

/// Gives an owner a new secret address; the old one stops working. Answers the secret, which nobody can ask for again.
///
/// # Errors
/// When the database refuses.
pub async fn rotate_feed(state: &AppState, owner: UserId) -> Result<(String, Timestamp), BookingError> {
    let now = state.env.clock.now();
    let token = state.env.ids.secret(SECRET_BYTES);
    let mut connection = state.pool.acquire().await?;
    store::rotate_feed(&mut connection, owner, &hash_of(&token), now).await?;
    Ok((token, now))
}

/// Since when an owner has a secret address.
///
/// # Errors
/// When the database refuses.
pub async fn feed_since(state: &AppState, owner: UserId) -> Result<Option<Timestamp>, BookingError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::feed_since(&mut connection, owner).await?)
}

/// Takes an owner's secret address away.
///
/// # Errors
/// When the database refuses.
pub async fn remove_feed(state: &AppState, owner: UserId) -> Result<(), BookingError> {
    let mut connection = state.pool.acquire().await?;
    store::remove_feed(&mut connection, owner).await?;
    Ok(())
}

/// The calendar behind a secret address.
///
/// # Errors
/// [`BookingError::FeedUnknown`] for a secret that is nobody's.
pub async fn read_feed(state: &AppState, token: &str) -> Result<String, BookingError> {
    let mut connection = state.pool.acquire().await?;
    let owner = store::owner_of_feed(&mut connection, &hash_of(token)).await?.ok_or(BookingError::FeedUnknown)?;
    drop(connection);
    export_calendar(state, owner, CalendarFilter::default()).await
}

fn hash_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
