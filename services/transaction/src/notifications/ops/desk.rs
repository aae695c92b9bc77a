//! The round trip that deliveries of one moment share, see [`kit::lane`].

use kit::lane::{Lane, RoundTrip};
use sqlx::{PgConnection, PgPool};

use crate::notifications::store::{self, End};

/// Where the ends of deliveries are handed in.
#[derive(Clone)]
pub struct Desk {
    ends: Lane<Finishing>,
}

impl Desk {
    /// A lane over `pool`. Call it inside of the Tokio runtime.
    #[must_use]
    pub fn open(pool: &PgPool) -> Self {
        Self { ends: Lane::open(pool) }
    }

    /// Stores how a try ended, see [`store::finish`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn finish(&self, end: End) -> Result<bool, sqlx::Error> {
        self.ends.travel(end).await
    }
}

struct Finishing;

impl RoundTrip for Finishing {
    type Asked = End;
    type Answer = bool;

    async fn make(connection: &mut PgConnection, asked: &[End]) -> Result<Vec<bool>, sqlx::Error> {
        store::finish(connection, asked).await
    }
}
