//! The workers: one task per way, an ear for other processes, and forgetting what is old.

use std::sync::Arc;
use std::time::Duration;

use contracts::events::Channel;
use jiff::SignedDuration;
use kit::Task;
use kit::bus::Bus;
use kit::jobs::{Jobs, Schedule};
use sqlx::postgres::PgListener;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::ops::{self, WAYS};
use super::{consumers, store};
use crate::state::AppState;

const FORGET: &str = "notifications.forget-old";
/// Messages forgotten in one statement.
const FORGET_AT_ONCE: i64 = 1_000;
/// How often the workers look by themselves: for what time has made due, and for calls that were missed.
const LOOK: Duration = Duration::from_millis(500);
/// How long the ear waits before it connects again.
const RECONNECT: Duration = Duration::from_secs(1);

/// The background work of this slice.
#[must_use]
pub fn tasks(state: &AppState, bus: Arc<dyn Bus>) -> Vec<Task> {
    describe_metrics();
    let ear = state.clone();
    let mut tasks = vec![
        consumers::consumer_task(state, bus),
        Task::new("notification-calls", move |shutdown| hear_calls(ear.clone(), shutdown)),
    ];
    let names = ["notifications-in-app", "notifications-push", "notifications-web-push", "notifications-email"];
    for (way, name) in names.into_iter().enumerate() {
        let state = state.clone();
        tasks.push(Task::new(name, move |shutdown| work(state.clone(), way, shutdown)));
    }
    tasks
}

fn describe_metrics() {
    metrics::describe_counter!("notifications_requested_total", "Messages asked for, by type");
    metrics::describe_counter!(
        "notification_deliveries_total",
        "Ends of deliveries and retries, by channel and outcome"
    );
    metrics::describe_counter!(
        "notification_devices_gone_total",
        "Devices forgotten because their vendor did not know them"
    );
    metrics::describe_counter!("notification_sockets_silent_total", "Messages that no open app acknowledged in time");
    metrics::describe_histogram!(
        "notification_delivery_seconds",
        metrics::Unit::Seconds,
        "From the request of a message to its delivery, by channel"
    );
}

/// Adds the jobs of this slice.
///
/// # Errors
/// When a schedule cannot be read.
pub fn register(jobs: &mut Jobs, state: &AppState) -> anyhow::Result<()> {
    let state = state.clone();
    jobs.cron(FORGET, Schedule::parse("40 3 * * *", "UTC")?, move |_| {
        let state = state.clone();
        async move {
            let life = SignedDuration::from_hours(24 * i64::from(state.config.notifications.keep_days.max(1)));
            let before = state.env.clock.now() - life;
            loop {
                let mut connection = state.pool.acquire().await?;
                if store::forget_older(&mut connection, before, FORGET_AT_ONCE).await? < FORGET_AT_ONCE.unsigned_abs() {
                    return Ok(());
                }
            }
        }
    });
    Ok(())
}

/// Works off one way. As many people as configured are served at once, and a slow delivery keeps the place of its own
/// person only.
async fn work(state: AppState, way: usize, shutdown: CancellationToken) -> anyhow::Result<()> {
    let (channel, due) = (WAYS[way], &state.notifications.due[way]);
    let places = state.config.notifications.parallel.max(1);
    let free = Arc::new(Semaphore::new(places as usize));
    let (each, mut not_before) =
        (Duration::from_secs(1) / state.config.notifications.per_second.max(1), Instant::now());
    while !shutdown.is_cancelled() {
        let mut first = tokio::select! {
            () = shutdown.cancelled() => break,
            place = free.clone().acquire_owned() => Some(place?),
        };
        // A flood is spread over time: it is not worth more than the requests that come meanwhile.
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep_until(not_before) => {}
        }
        let claimed = claim(&state, channel, i64::from(places)).await;
        not_before = Instant::now() + each * u32::try_from(claimed.len()).unwrap_or(places);
        let people = ops::by_person(claimed);
        let nothing = people.is_empty();
        for person in people {
            let place = match first.take() {
                Some(place) => place,
                None => free.clone().acquire_owned().await?,
            };
            let state = state.clone();
            tokio::spawn(async move {
                ops::deliver_in_order(&state, person).await;
                drop(place);
                // What the person was sent meanwhile by this way may go now.
                state.notifications.due[way].notify_one();
            });
        }
        drop(first);
        if nothing {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = due.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
    // What is under way ends within its time limits.
    let _all = free.acquire_many(places).await?;
    Ok(())
}

async fn claim(state: &AppState, channel: Channel, limit: i64) -> Vec<ops::Due> {
    match ops::claim_due(state, channel, limit).await {
        Ok(claimed) => claimed,
        Err(error) => {
            tracing::warn!(channel = channel.as_str(), %error, "deliveries cannot be read");
            Vec::new()
        }
    }
}

/// Follows what other processes call. A call that is missed costs half a second, not a message.
async fn hear_calls(state: AppState, shutdown: CancellationToken) -> anyhow::Result<()> {
    while !shutdown.is_cancelled() {
        let heard = tokio::select! {
            () = shutdown.cancelled() => return Ok(()),
            heard = hear(&state) => heard,
        };
        if let Err(error) = heard {
            tracing::warn!(%error, "the calls of other processes are not heard and will be followed again");
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(RECONNECT) => {}
            }
        }
    }
    Ok(())
}

async fn hear(state: &AppState) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(&state.pool).await?;
    listener.listen(store::SIGNAL).await?;
    loop {
        let call = listener.recv().await?;
        if call.payload() == "due" {
            state.notifications.wake();
        } else {
            ops::show_elsewhere(state, call.payload()).await?;
        }
    }
}
