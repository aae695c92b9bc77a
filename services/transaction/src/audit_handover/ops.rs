//! Handing over: read what waits, give it to platform, forget it. Platform is asked outside of any transaction; what is
//! cut off in between is handed over once more and stored once.

use contracts::internal::{AuditHandover, MOST_AUDIT_ENTRIES};

use super::store;
use crate::platform_port::PlatformError;
use crate::state::AppState;

/// Why something still waits.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// Platform did not take it.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// The database does not answer.
    #[error(transparent)]
    Storage(#[from] sqlx::Error),
}

/// Hands over everything that waits, and answers how much it was.
///
/// # Errors
/// When platform or the database does not do its part; what was not handed over waits.
pub async fn hand_over(state: &AppState) -> Result<usize, HandoverError> {
    let mut handed_over = 0;
    loop {
        let waiting = store::waiting(&mut *state.pool.acquire().await?, MOST_AUDIT_ENTRIES).await?;
        if waiting.is_empty() {
            return Ok(handed_over);
        }
        handed_over += waiting.len();
        let (rows, entries): (Vec<i64>, Vec<_>) = waiting.into_iter().unzip();
        state.platform.hand_over_audit_entries(&AuditHandover { entries }).await?;
        store::forget(&mut *state.pool.acquire().await?, &rows).await?;
    }
}
