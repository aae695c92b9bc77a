//! What a service is to its process: routers, background tasks and checks. Owns how tasks are kept running.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::auth::Verifier;
use crate::clock::{SharedClock, SystemClock};
use crate::health::Check;
use crate::http::{RateLimitConfig, rate_limited};
use crate::ids::{RandomIds, SharedIds};
use crate::redis::Redis;

/// How long tasks may take to end after the shutdown began (OPS-07).
const DRAIN_TIME: Duration = Duration::from_secs(30);
/// First and longest pause before a task that ended early is started again.
const RESTART_PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));

/// Everything from outside that a service may not reach for by itself.
#[derive(Clone)]
pub struct Env {
    /// What time it is.
    pub clock: SharedClock,
    /// New ids and secrets.
    pub ids: SharedIds,
}

impl Env {
    /// The machine's clock and true randomness.
    #[must_use]
    pub fn system() -> Self {
        let clock = SystemClock::shared();
        Self { ids: RandomIds::shared(clock.clone()), clock }
    }
}

/// What a service gives to the process that runs it.
pub struct Service {
    /// `platform`, `transaction`, ...
    pub name: &'static str,
    /// Routes for everyone.
    pub public: Router,
    /// Routes for the other service only; never on the public listener.
    pub internal: Router,
    /// Work beside requests.
    pub tasks: Vec<Task>,
    /// What readiness depends on.
    pub health: Vec<Check>,
    /// Proves the callers of the public routes, so that each has a rate limit of its own; `None` for a service without
    /// signed-in callers, whose routes are not limited.
    pub verifier: Option<Arc<Verifier>>,
    /// Where all processes of the installation count together; without it each counts for itself.
    pub redis: Option<Redis>,
}

impl Service {
    /// The public routes behind their rate limits; what a process puts into its chassis.
    pub fn limited(&self, config: &RateLimitConfig, env: &Env) -> Router {
        match &self.verifier {
            Some(verifier) => rate_limited(self.public.clone(), config, verifier.clone(), self.redis.as_ref(), env),
            None => self.public.clone(),
        }
    }
}

type Work = dyn Fn(CancellationToken) -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync;

/// Work that runs beside requests until the shutdown, e.g. the outbox relay.
#[derive(Clone)]
pub struct Task {
    name: &'static str,
    work: Arc<Work>,
}

impl Task {
    /// A task called `name` in logs and metrics. `work` is called again after it failed, panicked or returned before
    /// the shutdown; it should return soon after the token is cancelled.
    pub fn new<F, R>(name: &'static str, work: F) -> Self
    where
        F: Fn(CancellationToken) -> R + Send + Sync + 'static,
        R: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        Self { name, work: Arc::new(move |shutdown| work(shutdown).boxed()) }
    }

    /// The name in logs and metrics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Runs until the shutdown, starting again with growing pauses. Long quiet running resets the pause.
    async fn keep_running(self, shutdown: CancellationToken) {
        let (first_pause, longest_pause) = RESTART_PAUSE;
        let mut pause = first_pause;
        while !shutdown.is_cancelled() {
            let started = tokio::time::Instant::now();
            let run = std::panic::AssertUnwindSafe((self.work)(shutdown.clone())).catch_unwind().await;
            if shutdown.is_cancelled() {
                break;
            }
            if started.elapsed() > longest_pause {
                pause = first_pause;
            }
            match run {
                Ok(Ok(())) => tracing::warn!(task = self.name, "task ended before the shutdown, starting it again"),
                Ok(Err(error)) => {
                    tracing::error!(task = self.name, error = format!("{error:#}"), "task failed, starting it again");
                }
                Err(_) => tracing::error!(task = self.name, "task panicked, starting it again"),
            }
            metrics::counter!("task_restarts_total", "task" => self.name).increment(1);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = shutdown.cancelled() => break,
            }
            pause = (pause * 2).min(longest_pause);
        }
        tracing::debug!(task = self.name, "task ended");
    }
}

/// Runs `tasks` until `shutdown` and then waits up to 30 seconds for them to end.
pub async fn run(tasks: Vec<Task>, shutdown: CancellationToken) {
    let mut running = JoinSet::new();
    for task in tasks {
        let span = tracing::info_span!(parent: None, "task", task = task.name);
        running.spawn(task.keep_running(shutdown.clone()).instrument(span));
    }
    shutdown.cancelled().await;
    let ended = async { while running.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN_TIME, ended).await.is_err() {
        tracing::warn!(seconds = DRAIN_TIME.as_secs(), "some tasks did not end in time");
    }
}

/// Cancels `shutdown` on SIGINT or SIGTERM.
///
/// # Errors
/// When signals cannot be received.
pub async fn cancel_on_signal(shutdown: CancellationToken) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = shutdown.cancelled() => return Ok(()),
    }
    tracing::info!("shutting down");
    shutdown.cancel();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::watch;

    /// A task that fails, panics or returns is started again; the shutdown ends it.
    #[tokio::test]
    async fn tasks_are_kept_running_until_the_shutdown() {
        let shutdown = CancellationToken::new();
        let (starts, mut seen) = watch::channel(0_usize);
        let task = Task::new("fragile", move |stop| {
            starts.send_modify(|count| *count += 1);
            let start = *starts.borrow();
            async move {
                match start {
                    1 => anyhow::bail!("fails"),
                    2 => panic!("panics"),
                    3 => Ok(()),
                    _ => {
                        stop.cancelled().await;
                        Ok(())
                    }
                }
            }
        });
        let running = tokio::spawn(run(vec![task], shutdown.clone()));
        let started_four_times = seen.wait_for(|count| *count == 4);
        tokio::time::timeout(Duration::from_secs(20), started_four_times).await.expect("in time").expect("still runs");
        shutdown.cancel();
        running.await.expect("ends without a panic");
        assert_eq!(*seen.borrow(), 4);
    }
}
