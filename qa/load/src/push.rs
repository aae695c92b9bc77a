//! From a commit to a subscribed socket: an owner enters bookings, a browser's kind of connection watches the court.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use futures::StreamExt as _;
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

use crate::api::{Api, Person, WATCHED_DAYS};
use crate::latency::Latencies;
use crate::socket::{self, Socket};

/// An update that takes longer is lost.
const PATIENCE: Duration = Duration::from_secs(5);

/// Enters `count` bookings one after the other. Each is one transaction; the time runs from sending the request to
/// hearing of it, so it is an upper bound of the time from the commit.
pub async fn run(api: &Api, owner: &Person, count: usize) -> anyhow::Result<Latencies> {
    let court = api.own_court(owner).await?;
    let slots = api.free_slots(owner, std::slice::from_ref(&court), WATCHED_DAYS).await?;
    let mut socket = socket::open(api, owner).await?;
    tokio::time::timeout(PATIENCE, socket::watch(&mut socket, &court)).await.context("no snapshot in time")??;

    let mut latencies = Latencies::default();
    for slot in slots.iter().take(count) {
        let started = Instant::now();
        let booked = api.enter_booking(owner, slot);
        let heard = next(&mut socket, |message| {
            message["messageType"] == "AVAILABILITY_UPDATE"
                && message["date"] == slot.date.as_str()
                && message["slots"].as_array().is_some_and(|slots| {
                    slots.iter().any(|live| live["startTime"] == slot.start.as_str() && live["status"] == "BOOKED")
                })
        });
        let (booked, heard) = tokio::join!(booked, heard);
        booked?;
        latencies.add(heard?.duration_since(started));
    }
    Ok(latencies)
}

/// When a message that `wanted` describes arrived.
async fn next(socket: &mut Socket, wanted: impl Fn(&Value) -> bool) -> anyhow::Result<Instant> {
    let search = async {
        while let Some(message) = socket.next().await {
            let Message::Text(text) = message? else { continue };
            let arrived = Instant::now();
            let Some((_, body)) = text.split_once("\n\n") else { continue };
            let Ok(body) = serde_json::from_str(body.trim_end_matches('\0')) else { continue };
            if wanted(&body) {
                return Ok(arrived);
            }
        }
        bail!("the socket was closed")
    };
    tokio::time::timeout(PATIENCE, search).await.context("no message came in time")?
}
