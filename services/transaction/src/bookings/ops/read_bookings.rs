//! Reading bookings: lists, one booking, an owner's pending ones. A stranger's booking does not exist (BOOK-60).

use std::collections::HashMap;

use contracts::booking::BookingStatus;
use contracts::ids::{BookingId, CourtId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::BookingError;
use super::modify_booking::OpenMove;
use crate::bookings::domain::booking::{Booker, Booking};
use crate::bookings::domain::refund::{DEFAULT_POLICY, Tier};
use crate::bookings::domain::state::{Party, State};
use crate::bookings::store::{
    self, AuditEntry, BookingFilter, HistoryEntry, ListedBooking, OpenPriceChange, Reader, TimelineEntry,
};
use crate::payments::domain::payment::Payment;
use crate::payments::store as payment_store;
use crate::platform_port::{self, Court, Person};
use crate::state::AppState;

/// A booking in a list, with the name the reader may see.
#[derive(Debug, Clone)]
pub struct ListedItem {
    /// The booking and its payment.
    pub listed: ListedBooking,
    /// The customer's name: whole for themselves, masked for owners, an owner's own note for guests.
    pub customer_name: Option<String>,
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct BookingPage {
    /// The entries.
    pub items: Vec<ListedItem>,
    /// How many there are in all.
    pub total: i64,
}

/// Everything about one booking.
#[derive(Debug, Clone)]
pub struct BookingDetails {
    /// The booking.
    pub booking: Booking,
    /// Its payment.
    pub payment: Option<Payment>,
    /// The court as it is now; none once it was removed.
    pub court: Option<Court>,
    /// The owner's name.
    pub owner_name: Option<String>,
    /// The customer, for the owner's and the customer's own eyes.
    pub customer: Option<Person>,
    /// The court's policy as it is now, or the default.
    pub policy: Vec<Tier>,
    /// The states it has been in.
    pub history: Vec<HistoryEntry>,
    /// What happened to its payment.
    pub timeline: Vec<TimelineEntry>,
    /// What was done to it.
    pub audit: Vec<TimelineEntry>,
    /// A dearer slot it waits to move to.
    pub open_move: Option<OpenMove>,
    /// A new price that the card does not hold yet.
    pub price_change: Option<WaitingPrice>,
}

/// A new price that waits for the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingPrice {
    /// Price before and after, and until when a card may be given.
    pub change: OpenPriceChange,
    /// What the payment form needs, where the customer has to finish 3-D Secure.
    pub client_secret: Option<String>,
}

/// One page of the reader's bookings (BOOK-58).
///
/// # Errors
/// When the database refuses.
pub async fn list_bookings(
    state: &AppState,
    reader: Reader,
    filter: &BookingFilter,
    page: i64,
    size: i64,
) -> Result<BookingPage, BookingError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let listed = store::list(&mut connection, reader, filter, now, page.saturating_mul(size), size).await?;
    let total = store::count(&mut connection, reader, filter, now).await?;
    let customers: Vec<Uuid> = listed.iter().filter_map(|item| item.booking.customer()).map(|id| id.0).collect();
    let names: HashMap<UserId, String> = platform_port::names(&mut connection, &customers).await?.into_iter().collect();
    let items = listed
        .into_iter()
        .map(|listed| {
            let customer_name = match &listed.booking.booker {
                Booker::Guest(guest) => guest.name.clone(),
                Booker::Customer(id) => match reader {
                    Reader::Customer(_) => names.get(id).cloned(),
                    Reader::Owner(_) => names.get(id).map(|name| mask(name)),
                },
            };
            ListedItem { listed, customer_name }
        })
        .collect();
    Ok(BookingPage { items, total })
}

/// One page of the owner's bookings that wait for an answer, the most urgent first (BOOK-32).
///
/// # Errors
/// When the database refuses.
pub async fn list_pending(
    state: &AppState,
    owner: UserId,
    court: Option<CourtId>,
    page: i64,
    size: i64,
) -> Result<BookingPage, BookingError> {
    let filter = BookingFilter {
        statuses: Some(vec![BookingStatus::PendingConfirmation]),
        court,
        ascending: true,
        ..BookingFilter::default()
    };
    list_bookings(state, Reader::Owner(owner), &filter, page, size).await
}

/// One booking for its customer or the owner of its court. An owner's look at a customer's data is audited (BOOK-61).
///
/// # Errors
/// [`BookingError::NotFound`] for strangers.
pub async fn show_booking(
    state: &AppState,
    reader: Reader,
    booking_id: BookingId,
) -> Result<BookingDetails, BookingError> {
    let mut connection = state.pool.acquire().await?;
    let booking = store::find(&mut connection, booking_id).await?.ok_or(BookingError::NotFound)?;
    let theirs = match reader {
        Reader::Customer(customer) => booking.customer() == Some(customer),
        Reader::Owner(owner) => booking.court.owner_id == owner && !matches!(booking.state, State::Held { .. }),
    };
    if !theirs || matches!(booking.state, State::Dropped { .. }) {
        return Err(BookingError::NotFound);
    }
    let payment = payment_store::of_booking(&mut connection, booking_id).await?;
    let court = platform_port::court(&mut connection, booking.court.id).await?;
    let owner_name = platform_port::person(&mut connection, booking.court.owner_id).await?.map(|owner| owner.name);
    let customer = match booking.customer() {
        Some(customer) => platform_port::person(&mut connection, customer).await?,
        None => None,
    };
    let mut policy = platform_port::cancellation_policy(&mut connection, booking.court.id).await?;
    if policy.is_empty() {
        policy = DEFAULT_POLICY.to_vec();
    }
    let open_move = open_move_of(&mut connection, &booking).await?;
    let price_change = waiting_price_of(&mut connection, &booking).await?;
    let history = store::history(&mut connection, booking_id).await?;
    let timeline = store::timeline(&mut connection, booking_id).await?;
    let audit = store::audit_trail(&mut connection, booking_id).await?;
    if let (Reader::Owner(owner), Some(_)) = (reader, &customer) {
        let entry = AuditEntry {
            booking: Some(booking_id),
            payment: None,
            action: "CUSTOMER_DATA_ACCESSED",
            actor: Some(owner),
            role: Party::CourtOwner.as_str(),
            before: None,
            after: None,
            now: state.env.clock.now(),
            trace_id: &kit::trace::current().map(|here| here.trace_id()).unwrap_or_default(),
        };
        store::append_audit(&mut connection, &entry).await?;
    }
    Ok(BookingDetails {
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
    })
}

async fn open_move_of(connection: &mut PgConnection, booking: &Booking) -> Result<Option<OpenMove>, BookingError> {
    if booking.state != State::Confirmed {
        return Ok(None);
    }
    let Some(hold) = store::find_open_move(connection, booking.id).await? else { return Ok(None) };
    let State::Held { expires_at } = hold.state else { return Ok(None) };
    let payment = payment_store::of_booking(connection, hold.id).await?;
    Ok(Some(OpenMove {
        amount: hold.money.gross,
        slot: hold.slot,
        expires_at,
        client_secret: payment.and_then(|payment| payment.client_secret),
    }))
}

async fn waiting_price_of(
    connection: &mut PgConnection,
    booking: &Booking,
) -> Result<Option<WaitingPrice>, BookingError> {
    if booking.group.is_none() || !matches!(booking.state, State::PendingConfirmation { .. }) {
        return Ok(None);
    }
    let Some(change) = store::open_price_change(connection, booking.id).await? else { return Ok(None) };
    let client_secret = match change.payment {
        Some(payment) => payment_store::find(connection, payment).await?.and_then(|payment| payment.client_secret),
        None => None,
    };
    Ok(Some(WaitingPrice { change, client_secret }))
}

/// A name as owners see it in lists: the first letter of each word (BOOK-59).
pub(crate) fn mask(name: &str) -> String {
    let words: Vec<String> =
        name.split_whitespace().filter_map(|word| word.chars().next()).map(|first| format!("{first}***")).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::mask;

    /// BOOK-59: names are masked in Greek as in Latin letters.
    #[test]
    fn a_masked_name_keeps_its_initials() {
        assert_eq!(mask("Μαρία Παπαδοπούλου"), "Μ*** Π***");
        assert_eq!(mask("  Nikos "), "N***");
        assert_eq!(mask(""), "");
    }
}
