//! Very many readers of one court on one process: what idle ones cost, how soon all of them hear of a change, and what
//! clients leave behind who send anything but frames.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures::{SinkExt as _, StreamExt as _};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::{Bytes, Message};

use crate::api::{Api, Court, Person, Slot, WATCHED_DAYS};
use crate::latency::Latencies;
use crate::resident_mb;
use crate::socket::{self, Socket};

/// Connections that are opened at the same time.
const OPENING: usize = 48;
/// A connection that is not there after this long is the one that stopped the crowd.
const OPEN_TIME: Duration = Duration::from_secs(30);
/// How often each shows life; after a minute of silence it would be closed (LIVE-27).
const BEAT: Duration = Duration::from_secs(25);
/// Updates that are measured, each on a day of its own.
const UPDATES: usize = 5;
/// An update that takes longer has not reached everybody.
const UPDATE_TIME: Duration = Duration::from_secs(30);
/// Clients that send anything but frames.
const HOSTILE: usize = 1_000;

/// What was seen.
pub struct Crowd {
    /// How many stood at the same time.
    pub reached: usize,
    /// Why there were not more; none when all that were wanted stood.
    pub stopped_by: Option<String>,
    /// Resident memory of the process without them.
    pub empty_mb: u64,
    /// With them, idle.
    pub idle_mb: u64,
    /// From asking for a change until the first one heard of it.
    pub first: Latencies,
    /// Until the last one did.
    pub last: Latencies,
    /// Resident memory after the hostile clients.
    pub after_hostile_mb: u64,
}

/// Heard on one connection: a change of this day.
struct Heard {
    date: String,
    at: Instant,
}

/// Gathers `wanted` readers of the owner's court, changes it a few times, and lets clients misbehave.
pub async fn run(api: &Arc<Api>, owner: &Person, pid: u32, wanted: usize) -> anyhow::Result<Crowd> {
    let court = api.own_court(owner).await?;
    let slots = on_different_days(api.free_slots(owner, std::slice::from_ref(&court), WATCHED_DAYS).await?);
    let empty_mb = resident_mb(pid)?;
    let (tell, mut hear) = mpsc::unbounded_channel();
    let mut readers = JoinSet::new();
    let (reached, stopped_by) = gather(api, owner, &court, wanted, &tell, &mut readers).await;
    let idle_mb = resident_mb(pid)?;
    let mut crowd = Crowd {
        reached,
        stopped_by,
        empty_mb,
        idle_mb,
        first: Latencies::default(),
        last: Latencies::default(),
        after_hostile_mb: 0,
    };
    for slot in slots.iter().take(UPDATES) {
        while hear.try_recv().is_ok() {}
        let asked = Instant::now();
        api.enter_booking(owner, slot).await?;
        let mut times = Vec::with_capacity(reached);
        let everybody = async {
            while times.len() < reached {
                let Some(Heard { date, at }) = hear.recv().await else { break };
                if date == slot.date {
                    times.push(at.duration_since(asked));
                }
            }
        };
        tokio::time::timeout(UPDATE_TIME, everybody).await.ok().context("an update did not reach everybody in time")?;
        crowd.first.add(times.iter().min().copied().unwrap_or_default());
        crowd.last.add(times.iter().max().copied().unwrap_or_default());
    }
    readers.shutdown().await;
    misbehave(api, owner).await;
    crowd.after_hostile_mb = resident_mb(pid)?;
    Ok(crowd)
}

/// The first free slot of each day.
fn on_different_days(slots: Vec<Slot>) -> Vec<Slot> {
    let mut days = BTreeSet::new();
    slots.into_iter().filter(|slot| days.insert(slot.date.clone())).collect()
}

/// Opens connections until there are `wanted` or one fails; answers how many there are and what stopped it.
async fn gather(
    api: &Arc<Api>,
    person: &Person,
    court: &Court,
    wanted: usize,
    tell: &mpsc::UnboundedSender<Heard>,
    readers: &mut JoinSet<()>,
) -> (usize, Option<String>) {
    let (stop, doors) = (Arc::new(AtomicBool::new(false)), Arc::new(Semaphore::new(OPENING)));
    let (joined, mut joins) = mpsc::unbounded_channel::<anyhow::Result<()>>();
    for _ in 0..wanted {
        // The semaphore is never closed.
        let Ok(door) = doors.clone().acquire_owned().await else { break };
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let (api, person, court, stop) = (api.clone(), person.clone(), court.clone(), stop.clone());
        let (tell, joined) = (tell.clone(), joined.clone());
        readers.spawn(async move {
            let opening = async {
                let mut socket = socket::open(&api, &person).await?;
                socket::watch(&mut socket, &court).await?;
                anyhow::Ok(socket)
            };
            let opened = tokio::time::timeout(OPEN_TIME, opening).await.unwrap_or_else(|late| Err(late.into()));
            drop(door);
            match opened {
                Ok(socket) => {
                    joined.send(Ok(())).ok();
                    drop(joined);
                    listen(socket, &tell).await;
                }
                Err(error) => {
                    stop.store(true, Ordering::SeqCst);
                    joined.send(Err(error)).ok();
                }
            }
        });
    }
    drop(joined);
    let (mut reached, mut stopped_by) = (0, None);
    while let Some(join) = joins.recv().await {
        match join {
            Ok(()) => reached += 1,
            Err(error) => stopped_by = Some(format!("{error:#}")),
        }
    }
    (reached, stopped_by)
}

/// Shows life and tells of every changed day, until the connection ends.
async fn listen(mut socket: Socket, tell: &mpsc::UnboundedSender<Heard>) {
    let mut beat = tokio::time::interval(BEAT);
    loop {
        tokio::select! {
            _ = beat.tick() => {
                if socket.send(Message::text("\n")).await.is_err() {
                    return;
                }
            }
            message = socket.next() => {
                let Some(Ok(message)) = message else { return };
                let Message::Text(text) = message else { continue };
                if let Some(date) = changed_day(&text) {
                    tell.send(Heard { date: date.to_owned(), at: Instant::now() }).ok();
                }
            }
        }
    }
}

/// The date of an update, found without reading the whole of it: ten thousand do this at the same time.
fn changed_day(text: &str) -> Option<&str> {
    text.contains("\"messageType\":\"AVAILABILITY_UPDATE\"").then_some(())?;
    let (_, after) = text.split_once("\"date\":\"")?;
    after.get(..10)
}

/// Clients that send what is no frame, one after the other until each is closed.
async fn misbehave(api: &Arc<Api>, person: &Person) {
    let mut clients = JoinSet::new();
    for number in 0..HOSTILE {
        if clients.len() >= OPENING {
            clients.join_next().await;
        }
        let (api, person) = (api.clone(), person.clone());
        clients.spawn(async move {
            let Ok(mut socket) = socket::open(&api, &person).await else { return };
            let message = match number % 4 {
                0 => Message::text("x".repeat(200_000)),
                1 => Message::binary(Bytes::from(vec![0xff; 200_000])),
                2 => Message::text("HELLO\n\n\0"),
                _ => Message::text(format!("SEND\n{}\n\0", "x:1\n".repeat(5_000))),
            };
            // The server may hang up before everything was said, which is the point.
            for _ in 0..3 {
                if socket.send(message.clone()).await.is_err() {
                    break;
                }
            }
            while let Some(Ok(_)) = socket.next().await {}
        });
    }
    while clients.join_next().await.is_some() {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_updates_have_a_day() {
        let update = r#"MESSAGE..{"messageType":"AVAILABILITY_UPDATE","courtId":"7","date":"2026-05-06","slots":[]}"#;
        assert_eq!(changed_day(update), Some("2026-05-06"));
        assert_eq!(changed_day(r#"{"messageType":"AVAILABILITY_SNAPSHOT","dates":[{"date":"2026-05-06"}]}"#), None);
    }
}
