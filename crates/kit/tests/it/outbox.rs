//! The outbox and its relay: nothing lost, nothing phantom, order per key, outages of the bus.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::anyhow;
use jiff::SignedDuration;
use kit::bus::BusError;
use kit::outbox::{self, OutboxRecord, Relay, RelayOptions, Wake};
use sqlx::Executor as _;
use tokio::sync::Notify;

use crate::world::{FragileBus, World, count, event_id, eventually, note, on_every_broker, read};

on_every_broker!(
    an_event_that_commits_late_is_not_lost,
    events_of_a_key_arrive_in_the_order_of_the_changes,
    a_relay_killed_before_its_mark_repeats_and_loses_nothing,
    an_outage_of_the_bus_only_delays,
);

/// EVT-01: an event exists exactly when its transaction does.
#[tokio::test]
async fn a_rolled_back_change_sends_nothing() {
    let world = World::new().await;
    let mut undone = kit::db::begin(&world.pool).await.expect("a transaction");
    outbox::append(&mut undone, &world.record(1, "court", "undone")).await.expect("appended");
    undone.rollback().await.expect("rolled back");
    world.append(&world.record(2, "court", "done")).await;

    let bus = world.bus();
    let mut tail = bus.tail(&world.topics()).await.expect("a tail");
    let relay = tokio::spawn({
        let (relay, shutdown) = (world.relay(bus), world.shutdown.clone());
        async move { relay.run(shutdown).await }
    });
    assert_eq!(note(&read(&mut tail, 1).await[0]), "done");
    eventually("everything is sent", || async { world.unsent().await == 0 }).await;
    assert_eq!(count(&world.pool, "select count(*) from bus.messages").await, 1);
    world.shutdown.cancel();
    relay.await.expect("the relay stops when told");
}

/// EVT-02: a row whose transaction commits late is sent late, although younger rows have been sent before it.
async fn an_event_that_commits_late_is_not_lost(world: World) {
    let bus = world.bus();
    let mut tail = bus.tail(&world.topics()).await.expect("a tail");
    let relay = world.relay(bus);
    let wake = relay.wake_handle();
    let shutdown = world.shutdown.clone();
    tokio::spawn(async move { relay.run(shutdown).await });

    let mut slow = kit::db::begin(&world.pool).await.expect("a transaction");
    outbox::append(&mut slow, &world.record(1, "court", "older")).await.expect("appended");
    world.append(&world.record(2, "court", "younger")).await;
    wake.wake();
    assert_eq!(note(&read(&mut tail, 1).await[0]), "younger");
    slow.commit().await.expect("committed");
    wake.wake();
    assert_eq!(note(&read(&mut tail, 1).await[0]), "older");
}

/// EVT-02, EVT-03: writers that take turns on a row see their events arrive in the order of their turns, whatever else
/// commits around them.
async fn events_of_a_key_arrive_in_the_order_of_the_changes(world: World) {
    world.pool.execute("create table turns (court integer primary key, turn integer not null)").await.expect("made");
    world.pool.execute("insert into turns select court, 0 from generate_series(0, 3) as court").await.expect("filled");
    let bus = world.bus();
    let mut tail = bus.tail(&world.topics()).await.expect("a tail");
    let relay = world.relay(bus).with_options(RelayOptions { batch: 7, ..RelayOptions::default() });
    let (wake, shutdown) = (relay.wake_handle(), world.shutdown.clone());
    tokio::spawn(async move { relay.run(shutdown).await });

    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8_u64 {
        let (pool, wake, any_event) = (world.pool.clone(), wake.clone(), world.record(0, "", ""));
        writers.spawn(async move {
            for round in 0..20_u64 {
                let court = i32::try_from((writer + round) % 4).expect("small");
                let mut change = kit::db::begin(&pool).await.expect("a transaction");
                let turn: i32 = sqlx::query_scalar("update turns set turn = turn + 1 where court = $1 returning turn")
                    .bind(court)
                    .fetch_one(&mut *change)
                    .await
                    .expect("a turn");
                let event = OutboxRecord {
                    event_id: event_id(writer * 100 + round),
                    key: court.to_string(),
                    envelope: turn.to_string(),
                    ..any_event.clone()
                };
                outbox::append(&mut change, &event).await.expect("appended");
                change.commit().await.expect("committed");
                wake.wake();
            }
        });
    }
    let messages = read(&mut tail, 160).await;
    while let Some(writer) = writers.join_next().await {
        writer.expect("a writer");
    }
    let mut turns: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for message in &messages {
        turns.entry(message.key.clone()).or_default().push(note(message).parse().expect("a number"));
    }
    assert_eq!(turns.len(), 4);
    assert!(turns.values().all(|turns| *turns == (1..=40).collect::<Vec<u32>>()), "{turns:?}");
}

/// EVT-02, EVT-04: a relay that dies between the bus's answer and its own mark repeats the event under the same id and
/// loses nothing.
async fn a_relay_killed_before_its_mark_repeats_and_loses_nothing(world: World) {
    world.append(&world.record(1, "court", "first")).await;
    let bus = world.bus();
    let mut tail = bus.tail(&world.topics()).await.expect("a tail");
    let reached = Arc::new(Notify::new());
    let dying = FragileBus {
        inner: Arc::clone(&bus),
        before: Box::new(|| Ok(())),
        hang_after: true,
        reached: Arc::clone(&reached),
    };
    let relay = world.relay(Arc::new(dying));
    let shutdown = world.shutdown.clone();
    let victim = tokio::spawn(async move { relay.run(shutdown).await });
    reached.notified().await;
    victim.abort();
    assert!(victim.await.expect_err("it was killed").is_cancelled());
    assert_eq!(world.unsent().await, 1, "published and not marked");

    world.append(&world.record(2, "court", "second")).await;
    let (relay, shutdown) = (world.relay(bus), world.shutdown.clone());
    tokio::spawn(async move { relay.run(shutdown).await });
    let messages = read(&mut tail, 3).await;
    let ids: Vec<_> = messages.iter().map(|message| message.event_id).collect();
    assert_eq!(ids, [event_id(1), event_id(1), event_id(2)]);
    eventually("everything is marked", || async { world.unsent().await == 0 }).await;
}

/// EVT-11: while the bus is away changes still commit and the backlog tells; when it is back everything arrives in
/// order.
async fn an_outage_of_the_bus_only_delays(world: World) {
    let bus = world.bus();
    let mut tail = bus.tail(&world.topics()).await.expect("a tail");
    let refusals = Arc::new(AtomicU32::new(0));
    let broken = {
        let refusals = Arc::clone(&refusals);
        FragileBus {
            inner: bus,
            before: Box::new(move || match refusals.fetch_add(1, Ordering::SeqCst) {
                0..5 => Err(BusError::Unavailable(anyhow!("no broker"))),
                _ => Ok(()),
            }),
            hang_after: false,
            reached: Arc::default(),
        }
    };
    for number in 0..10 {
        world.append(&world.record(number, "court", &number.to_string())).await;
    }
    world.clock.advance(SignedDuration::from_secs(90));
    let mut connection = world.pool.acquire().await.expect("a connection");
    let now = kit::clock::Clock::now(world.clock.as_ref());
    let backlog = outbox::backlog(&mut connection, now).await.expect("measured");
    assert_eq!((backlog.rows, backlog.oldest_age), (10, SignedDuration::from_secs(90)));

    let (relay, shutdown) = (world.relay(Arc::new(broken)), world.shutdown.clone());
    tokio::spawn(async move { relay.run(shutdown).await });
    let notes: Vec<String> = read(&mut tail, 10).await.iter().map(note).collect();
    assert_eq!(notes, (0..10).map(|number| number.to_string()).collect::<Vec<_>>());
    assert!(refusals.load(Ordering::SeqCst) > 5);
    eventually("everything is marked", || async { world.unsent().await == 0 }).await;
    let backlog = outbox::backlog(&mut connection, now).await.expect("measured");
    assert_eq!((backlog.rows, backlog.oldest_age), (0, SignedDuration::ZERO));
}

/// EVT-12: a change in a process whose relay only stands by is passed on to the active one at once. No poll could help
/// here: both look by themselves once an hour.
#[tokio::test]
async fn a_standby_relay_hands_its_wake_to_the_active_one() {
    let world = World::new().await;
    let bus = world.bus();
    let mut tail = bus.tail(&world.topics()).await.expect("a tail");
    let relay = |pool| {
        let an_hour = Duration::from_secs(3600);
        Relay::new("transaction", pool, world.bus(), world.shared_clock(), Wake::new()).with_options(RelayOptions {
            poll: an_hour,
            upkeep: an_hour,
            ..RelayOptions::default()
        })
    };
    let active = relay(world.pool.clone());
    let (active_wake, shutdown) = (active.wake_handle(), world.shutdown.clone());
    tokio::spawn(async move { active.run(shutdown).await });
    world.append(&world.record(1, "court", "by the active one")).await;
    active_wake.wake();
    assert_eq!(note(&read(&mut tail, 1).await[0]), "by the active one");

    let standby = relay(world.another_pool().await);
    let (standby_wake, shutdown) = (standby.wake_handle(), world.shutdown.clone());
    tokio::spawn(async move { standby.run(shutdown).await });
    world.append(&world.record(2, "court", "by the standby")).await;
    standby_wake.wake();
    assert_eq!(note(&read(&mut tail, 1).await[0]), "by the standby");
}

/// Sent rows stay for an hour of inspection and then go; unsent ones stay however old they are.
#[tokio::test]
async fn sent_rows_are_removed_after_their_time() {
    let world = World::new().await;
    let relay = world
        .relay(world.bus())
        .with_options(RelayOptions { upkeep: Duration::from_millis(20), ..RelayOptions::default() });
    let (wake, shutdown) = (relay.wake_handle(), world.shutdown.clone());
    world.append(&world.record(1, "court", "sent")).await;
    tokio::spawn(async move { relay.run(shutdown).await });
    eventually("it is sent", || async { world.unsent().await == 0 }).await;
    assert_eq!(count(&world.pool, "select count(*) from outbox").await, 1);
    world.clock.advance(SignedDuration::from_mins(61));
    wake.wake();
    eventually("it is removed", || async { count(&world.pool, "select count(*) from outbox").await == 0 }).await;
}
