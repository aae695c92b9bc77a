//! Round trips to the database that several callers share. Most of the price of a short statement is paid per statement,
//! not per row: whoever comes while one is under way travels with the next one, and each gets exactly what it would have
//! got alone.
//!
//! It owns no statement: a slice says with [`RoundTrip`] what is asked and how.

use std::future::Future;
use std::marker::PhantomData;

use sqlx::{PgConnection, PgPool};

use crate::batch::Batcher;

/// Callers that share a round trip at most.
const TOGETHER: usize = 32;

/// A statement that takes several questions at once.
pub trait RoundTrip: Send + Sync + 'static {
    /// What one caller asks.
    type Asked: Send + Sync + 'static;
    /// What one caller is answered.
    type Answer: Send + 'static;

    /// Asks the database for all of `asked` and answers in their order. It is one statement, or one transaction: after an
    /// error nothing has happened.
    fn make(
        connection: &mut PgConnection,
        asked: &[Self::Asked],
    ) -> impl Future<Output = Result<Vec<Self::Answer>, sqlx::Error>> + Send;
}

/// Where callers of one [`RoundTrip`] meet. Cloning shares it.
pub struct Lane<T: RoundTrip> {
    desk: Batcher<T::Asked, Result<T::Answer, sqlx::Error>>,
    trip: PhantomData<T>,
}

impl<T: RoundTrip> Clone for Lane<T> {
    fn clone(&self) -> Self {
        Self { desk: self.desk.clone(), trip: PhantomData }
    }
}

impl<T: RoundTrip> Lane<T> {
    /// A lane over `pool`. Call it inside of the Tokio runtime.
    #[must_use]
    pub fn open(pool: &PgPool) -> Self {
        let pool = pool.clone();
        let desk = Batcher::start(at_once(), TOGETHER, move |asked| together_or_alone::<T>(pool.clone(), asked));
        Self { desk, trip: PhantomData }
    }

    /// Travels with whoever else is waiting.
    ///
    /// # Errors
    /// What the database answers this caller; [`sqlx::Error::WorkerCrashed`] when the process is stopping.
    pub async fn travel(&self, asked: T::Asked) -> Result<T::Answer, sqlx::Error> {
        self.desk.ask(asked).await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }
}

/// Round trips of one lane under way at the same time. More of them means fewer travellers in each, so a machine gets as
/// many as it has processors to spare.
fn at_once() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| processors.get() / 2).clamp(1, 8)
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
