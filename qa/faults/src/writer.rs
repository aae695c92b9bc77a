//! Appends events as a service would, and sends them with the services' own relay.

use std::sync::Arc;
use std::time::Duration;

use kit::bus::Headers;
use kit::clock::SystemClock;
use kit::ids::RandomIds;
use kit::outbox::{self, OutboxRecord, Relay, Wake};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::Line;

/// Keys of all events.
pub const KEYS: i64 = 50;

/// The relay of the line, running.
pub struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.ok();
    }
}

pub fn relay(line: &Line) -> Running {
    let stop = line.shutdown.child_token();
    let relay = Relay::new("faults", line.pool.clone(), line.bus.clone(), SystemClock::shared(), Wake::new());
    let told = stop.clone();
    Running { stop, task: tokio::spawn(async move { relay.run(told).await }) }
}

/// The events numbered `from` to before `to`, in one statement.
pub async fn append(line: &Line, from: i64, to: i64) -> Result<(), sqlx::Error> {
    let clock = SystemClock::shared();
    let ids = RandomIds::shared(clock.clone());
    let records: Vec<OutboxRecord> =
        (from..to).map(|number| record(line, ids.new_id(), &(number % KEYS).to_string(), number)).collect();
    let mut connection = line.pool.acquire().await?;
    outbox::append_all(&mut connection, &records).await
}

pub fn record(line: &Line, event_id: uuid::Uuid, key: &str, number: i64) -> OutboxRecord {
    OutboxRecord {
        event_id,
        topic: line.topic.clone(),
        key: key.to_owned(),
        envelope: number.to_string(),
        headers: Headers::new(),
        created_at: SystemClock::shared().now(),
    }
}

/// Appends about 250 events a second until `stop`, waiting out a database that is away. Answers where it stopped.
pub async fn keep_writing(line: Arc<Line>, from: i64, stop: CancellationToken) -> i64 {
    let mut next = from;
    while !stop.is_cancelled() {
        // A statement that failed wrote nothing, or its answer was lost: then the same numbers come twice, which shows
        // as more events, not as a wrong effect.
        if append(&line, next, next + 25).await.is_ok() {
            next += 25;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    next
}
