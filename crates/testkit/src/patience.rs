//! Waiting for a condition instead of for a time.

use std::future::Future;
use std::time::Duration;

/// Longer than anything in a test takes; reached only when it fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Asks `question` until it has an answer, which is returned.
///
/// # Panics
/// When there is none within `deadline`; `what` says what was waited for.
pub async fn eventually<F, Done, Answer>(what: &str, deadline: Duration, mut question: F) -> Answer
where
    F: FnMut() -> Done,
    Done: Future<Output = Option<Answer>>,
{
    let asking = async {
        let mut pause = Duration::from_millis(2);
        loop {
            if let Some(answer) = question().await {
                return answer;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    };
    tokio::time::timeout(deadline, asking).await.unwrap_or_else(|_| panic!("still waiting: {what}"))
}
