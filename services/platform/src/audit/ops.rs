//! Reading the audit log, and taking over what was done in the other service.

use contracts::internal::AuditHandoverEntry;

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

/// Stores entries of the other service, all of them or none; those that are stored already stay as they are (OWN-45).
pub async fn take_over(state: &AppState, entries: &[AuditHandoverEntry]) -> Result<(), sqlx::Error> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    for entry in entries {
        store::take_over(&mut transaction, entry).await?;
    }
    transaction.commit().await
}
