//! Looks at calendars that readers of the same moment share, see [`kit::lane`].

use kit::lane::RoundTrip;
use sqlx::PgConnection;

use super::store::{Calendar, Wanted, load_calendars};
use crate::store_error::StoreError;

/// One look at the calendars of several courts.
pub struct Looking;

impl RoundTrip for Looking {
    type Asked = Wanted;
    type Answer = Result<Option<Calendar>, StoreError>;

    async fn make(connection: &mut PgConnection, asked: &[Wanted]) -> Result<Vec<Self::Answer>, sqlx::Error> {
        load_calendars(connection, asked).await
    }
}
