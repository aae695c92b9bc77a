//! The round trips that checkouts and the reports about them share, see [`kit::lane`].

use kit::lane::{Lane, RoundTrip};
use sqlx::{PgConnection, PgPool};

use super::BookingError;
use crate::bookings::store::{self, Held, NewHold, Settling};
use crate::payments::store::{self as payment_store, Report};
use crate::platform_port::{self, CheckoutAsked, CheckoutFacts};

/// The shared round trips of this process. Cloning shares them.
#[derive(Clone)]
pub struct Lanes {
    facts: Lane<Looking>,
    holds: Lane<Holding>,
    bookings: Lane<Booking>,
    reports: Lane<Noting>,
}

impl Lanes {
    /// Lanes over `pool`. Call it inside of the Tokio runtime.
    #[must_use]
    pub fn open(pool: &PgPool) -> Self {
        Self { facts: Lane::open(pool), holds: Lane::open(pool), bookings: Lane::open(pool), reports: Lane::open(pool) }
    }

    /// What a checkout needs to know before it begins.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) async fn facts(&self, asked: CheckoutAsked) -> Result<CheckoutFacts, BookingError> {
        Ok(self.facts.travel(asked).await?)
    }

    /// Places a hold, see [`store::hold`].
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) async fn hold(&self, hold: NewHold) -> Result<Held, BookingError> {
        Ok(self.holds.travel(hold).await?)
    }

    /// Books a paid hold, see [`store::book`].
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) async fn book(&self, paid: Settling) -> Result<bool, BookingError> {
        Ok(self.bookings.travel(paid).await?)
    }

    /// Notes a report of Stripe that says nothing new, see [`payment_store::note_settled`].
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) async fn note_settled(&self, report: Report) -> Result<bool, BookingError> {
        Ok(self.reports.travel(report).await?)
    }
}

struct Looking;
struct Holding;
struct Booking;
struct Noting;

impl RoundTrip for Looking {
    type Asked = CheckoutAsked;
    type Answer = CheckoutFacts;

    async fn make(connection: &mut PgConnection, asked: &[CheckoutAsked]) -> Result<Vec<CheckoutFacts>, sqlx::Error> {
        platform_port::checkout_facts(connection, asked).await
    }
}

impl RoundTrip for Holding {
    type Asked = NewHold;
    type Answer = Held;

    async fn make(connection: &mut PgConnection, asked: &[NewHold]) -> Result<Vec<Held>, sqlx::Error> {
        store::hold(connection, asked).await
    }
}

impl RoundTrip for Booking {
    type Asked = Settling;
    type Answer = bool;

    async fn make(connection: &mut PgConnection, asked: &[Settling]) -> Result<Vec<bool>, sqlx::Error> {
        store::book(connection, asked).await
    }
}

impl RoundTrip for Noting {
    type Asked = Report;
    type Answer = bool;

    async fn make(connection: &mut PgConnection, asked: &[Report]) -> Result<Vec<bool>, sqlx::Error> {
        payment_store::note_settled(connection, asked).await
    }
}
