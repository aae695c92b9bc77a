//! The round trips that checkouts share: customers who book at the same moment travel to the database together, because
//! most of the price of a statement is paid per statement, not per row. Each gets exactly what it would have got alone.

use std::marker::PhantomData;

use kit::batch::{Batcher, BrokenOff};
use sqlx::{PgConnection, PgPool};

use super::BookingError;
use crate::bookings::store::{self, Held, NewHold, Settling};
use crate::platform_port::{self, CheckoutAsked, CheckoutFacts};

/// Checkouts that share a round trip at most.
const TOGETHER: usize = 24;
/// Round trips of one kind under way at the same time: while one waits for the disk, the next one works.
const AT_ONCE: usize = 2;

/// The shared round trips of this process. Cloning shares them.
#[derive(Clone)]
pub struct Lanes {
    facts: Lane<Looking>,
    holds: Lane<Holding>,
    bookings: Lane<Booking>,
}

impl Lanes {
    /// Lanes over `pool`. Call it inside of the Tokio runtime.
    #[must_use]
    pub fn open(pool: &PgPool) -> Self {
        Self { facts: Lane::open(pool), holds: Lane::open(pool), bookings: Lane::open(pool) }
    }

    /// What a checkout needs to know before it begins.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) async fn facts(&self, asked: CheckoutAsked) -> Result<CheckoutFacts, BookingError> {
        self.facts.travel(asked).await
    }

    /// Places a hold, see [`store::hold`].
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) async fn hold(&self, hold: NewHold) -> Result<Held, BookingError> {
        self.holds.travel(hold).await
    }

    /// Books a paid hold, see [`store::book`].
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) async fn book(&self, paid: Settling) -> Result<bool, BookingError> {
        self.bookings.travel(paid).await
    }
}

/// A statement that takes several at once.
trait RoundTrip: Send + Sync + 'static {
    type Asked: Send + Sync + 'static;
    type Answer: Send + 'static;

    fn make(
        connection: &mut PgConnection,
        asked: &[Self::Asked],
    ) -> impl Future<Output = Result<Vec<Self::Answer>, sqlx::Error>> + Send;
}

struct Looking;
struct Holding;
struct Booking;

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

struct Lane<T: RoundTrip> {
    desk: Batcher<T::Asked, Result<T::Answer, sqlx::Error>>,
    trip: PhantomData<T>,
}

impl<T: RoundTrip> Clone for Lane<T> {
    fn clone(&self) -> Self {
        Self { desk: self.desk.clone(), trip: PhantomData }
    }
}

impl<T: RoundTrip> Lane<T> {
    fn open(pool: &PgPool) -> Self {
        let pool = pool.clone();
        let desk = Batcher::start(AT_ONCE, TOGETHER, move |asked| together_or_alone::<T>(pool.clone(), asked));
        Self { desk, trip: PhantomData }
    }

    async fn travel(&self, asked: T::Asked) -> Result<T::Answer, BookingError> {
        let answer = self.desk.ask(asked).await.map_err(|error: BrokenOff| anyhow::Error::from(error))?;
        Ok(answer?)
    }
}

/// All at once. What the database refuses for one of them it refuses for all, so then each travels alone and the others do
/// not suffer; when the database itself is away, all hear so.
async fn together_or_alone<T: RoundTrip>(pool: PgPool, asked: Vec<T::Asked>) -> Vec<Result<T::Answer, sqlx::Error>> {
    let away = |error: &sqlx::Error| sqlx::Error::Io(std::io::Error::other(error.to_string()));
    let mut connection = match pool.acquire().await {
        Ok(connection) => connection,
        Err(error) => return asked.iter().map(|_| Err(away(&error))).collect(),
    };
    match T::make(&mut connection, &asked).await {
        Ok(answers) => answers.into_iter().map(Ok).collect(),
        Err(error) if asked.len() == 1 => vec![Err(error)],
        Err(sqlx::Error::Database(_)) => {
            let mut answers = Vec::with_capacity(asked.len());
            for one in asked.chunks(1) {
                let answer = T::make(&mut connection, one).await;
                answers.push(answer.and_then(|mut of_one| of_one.pop().ok_or(sqlx::Error::RowNotFound)));
            }
            answers
        }
        Err(error) => asked.iter().map(|_| Err(away(&error))).collect(),
    }
}
