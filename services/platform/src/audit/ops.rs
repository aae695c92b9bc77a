//! Reading the audit log.

use super::domain::Question;
use super::store::{self, StoredEntry};
use crate::state::AppState;

/// One page of the log and how many rows there are in all.
#[derive(Debug)]
pub struct EntryPage {
    /// The rows of the page.
    pub entries: Vec<StoredEntry>,
    /// All rows that answer the question.
    pub total: u64,
}

/// The `page`th page, from 0 on, of the rows that answer a question (OWN-38).
pub async fn read_page(state: &AppState, question: &Question, page: u32, size: u32) -> Result<EntryPage, sqlx::Error> {
    let mut connection = state.pool.acquire().await?;
    let total = store::count_entries(&mut connection, question).await?;
    let offset = i64::from(page) * i64::from(size);
    let entries = if offset < total {
        store::entries(&mut connection, question, i64::from(size), offset).await?
    } else {
        Vec::new()
    };
    Ok(EntryPage { entries, total: u64::try_from(total).unwrap_or(0) })
}
