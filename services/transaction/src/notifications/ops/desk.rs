//! The round trips that deliveries of one moment share, see [`kit::lane`].

use kit::lane::{Lane, RoundTrip};
use sqlx::{PgConnection, PgPool};

use crate::notifications::store::{self, End, Wording};

/// Where deliveries are written about.
#[derive(Clone)]
pub struct Desk {
    words: Lane<Remembering>,
    ends: Lane<Finishing>,
}

impl Desk {
    /// Lanes over `pool`. Call it inside of the Tokio runtime.
    #[must_use]
    pub fn open(pool: &PgPool) -> Self {
        Self { words: Lane::open(pool), ends: Lane::open(pool) }
    }

    /// Stores what is about to be sent, see [`store::remember_words`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn remember(&self, wording: Wording) -> Result<bool, sqlx::Error> {
        self.words.travel(wording).await
    }

    /// Stores how a try ended, see [`store::finish`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn finish(&self, end: End) -> Result<bool, sqlx::Error> {
        self.ends.travel(end).await
    }
}

struct Remembering;
struct Finishing;

impl RoundTrip for Remembering {
    type Asked = Wording;
    type Answer = bool;

    async fn make(connection: &mut PgConnection, asked: &[Wording]) -> Result<Vec<bool>, sqlx::Error> {
        store::remember_words(connection, asked).await
    }
}

impl RoundTrip for Finishing {
    type Asked = End;
    type Answer = bool;

    async fn make(connection: &mut PgConnection, asked: &[End]) -> Result<Vec<bool>, sqlx::Error> {
        store::finish(connection, asked).await
    }
}
