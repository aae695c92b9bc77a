//! The round that hands over what waits. It runs in every process and often: finding nothing costs one index look-up.

use std::time::Duration;

use kit::Task;

use super::ops;
use crate::state::AppState;

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(2);

/// Hands over until the shutdown. While platform is away everything waits.
pub fn handover_task(state: &AppState) -> Task {
    let state = state.clone();
    Task::new("audit-handover", move |shutdown| {
        let state = state.clone();
        async move {
            loop {
                if let Err(error) = ops::hand_over(&state).await {
                    let error = anyhow::Error::from(error);
                    tracing::warn!(error = format!("{error:#}"), "what owners did waits to be handed over");
                }
                tokio::select! {
                    () = shutdown.cancelled() => return Ok(()),
                    () = tokio::time::sleep(PAUSE) => {}
                }
            }
        }
    })
}
