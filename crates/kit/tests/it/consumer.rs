//! Consumers: one effect per event, retries that hold back nobody else, parking.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{anyhow, bail};
use jiff::SignedDuration;
use kit::bus::{Bus, Consumer, ConsumerOptions, Handler, Message, Subscription};
use kit::clock::Clock as _;
use kit::inbox;
use kit::retry::RetryPolicy;
use sqlx::PgConnection;

use crate::world::{BusOptions, World, count, event_id, eventually, note, on_every_broker};

on_every_broker!(
    a_repeated_event_has_one_effect_per_group,
    a_failed_attempt_leaves_nothing_behind,
    a_poisonous_message_is_parked_and_holds_back_only_its_key,
    a_panic_parks_the_message_and_not_the_consumer,
    an_outage_counts_against_no_message,
    killed_consumers_neither_lose_nor_repeat_effects,
    a_handler_continues_the_trace_of_the_event,
);

/// Stores an effect for every message and then does what the test wants.
struct Effects<F> {
    then: F,
    committed: Arc<AtomicU32>,
}

impl<F> Handler for Effects<F>
where
    F: Fn(&Message) -> anyhow::Result<()> + Send + Sync + 'static,
{
    async fn handle(&self, connection: &mut PgConnection, message: &Message) -> anyhow::Result<()> {
        sqlx::query("insert into effects (event_id, message_key, note) values ($1, $2, $3)")
            .bind(message.event_id)
            .bind(&message.key)
            .bind(note(message))
            .execute(connection)
            .await?;
        (self.then)(message)
    }

    fn committed(&self, messages: &[Message]) {
        self.committed.fetch_add(u32::try_from(messages.len()).expect("few"), Ordering::SeqCst);
    }
}

fn quick_options() -> ConsumerOptions {
    ConsumerOptions {
        retry: RetryPolicy {
            first_wait: Duration::from_millis(5),
            longest_wait: Duration::from_millis(20),
            max_attempts: 3,
        },
        outage_pause: Duration::from_millis(5),
        ..ConsumerOptions::default()
    }
}

impl World {
    /// Everything in one partition, so that keys get in each other's way if they can.
    pub fn narrow_bus(&self) -> Arc<dyn Bus> {
        self.bus_with(&BusOptions { partitions: 1, ..BusOptions::default() })
    }

    pub fn consume<F>(&self, bus: &Arc<dyn Bus>, group: &str, then: F) -> Arc<AtomicU32>
    where
        F: Fn(&Message) -> anyhow::Result<()> + Send + Sync + 'static,
    {
        let committed = Arc::new(AtomicU32::new(0));
        let handler = Effects { then, committed: Arc::clone(&committed) };
        let subscription = Subscription::new(self.group(group), self.topics());
        let consumer = Consumer::new(Arc::clone(bus), self.pool.clone(), self.shared_clock(), subscription, handler)
            .with_options(quick_options());
        let shutdown = self.shutdown.clone();
        tokio::spawn(async move { consumer.run(shutdown).await });
        committed
    }
}

/// EVT-04, EVT-10: a repeated event has no second effect, within a batch or later; each group has its own.
async fn a_repeated_event_has_one_effect_per_group(world: World) {
    let bus = world.narrow_bus();
    let twice = [world.outgoing(1, "court", "a"), world.outgoing(1, "court", "a")];
    bus.publish(&twice).await.expect("published");
    let committed = world.consume(&bus, "one", |_| Ok(()));
    eventually("both are read", || async { world.committed_offset("one").await == 2 }).await;
    bus.publish(&[twice[0].clone(), world.outgoing(2, "court", "b")]).await.expect("published again");
    eventually("all are read", || async { world.committed_offset("one").await == 4 }).await;
    assert_eq!(world.effects().await, [("court", "a"), ("court", "b")].map(|(key, note)| (key.into(), note.into())));
    assert_eq!(committed.load(Ordering::SeqCst), 2);

    world.consume(&bus, "two", |_| Ok(()));
    eventually("the other group has read them", || async { world.committed_offset("two").await == 4 }).await;
    assert_eq!(world.effects().await.len(), 4);
}

/// EVT-04: what a failed attempt wrote is gone; the effect and the memory of the event are one transaction.
async fn a_failed_attempt_leaves_nothing_behind(world: World) {
    let bus = world.narrow_bus();
    let attempts = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&attempts);
    world.consume(&bus, "group", move |_| match counted.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => bail!("not yet"),
        _ => Ok(()),
    });
    bus.publish(&[world.outgoing(1, "court", "a")]).await.expect("published");
    eventually("it is handled", || async { world.committed_offset("group").await == 1 }).await;
    assert_eq!(world.effects().await.len(), 1);
    assert_eq!(attempts.load(Ordering::SeqCst), 3);
    assert_eq!(count(&world.pool, "select count(*) from dead_letters").await, 0);
}

/// EVT-05: a message that always fails is parked after its attempts; until then later messages of its key wait, and
/// other keys of the same partition go on.
async fn a_poisonous_message_is_parked_and_holds_back_only_its_key(world: World) {
    let bus = world.narrow_bus();
    world.consume(&bus, "group", |message| {
        anyhow::ensure!(note(message) != "poison", "cannot be handled");
        Ok(())
    });
    bus.publish(&[
        world.outgoing(1, "ill", "before"),
        world.outgoing(2, "ill", "poison"),
        world.outgoing(3, "well", "one"),
        world.outgoing(4, "ill", "after"),
        world.outgoing(5, "well", "two"),
    ])
    .await
    .expect("published");
    eventually("everything is settled", || async { world.committed_offset("group").await == 5 }).await;

    let effects = world.effects().await;
    let of_key = |key: &str| -> Vec<String> {
        effects.iter().filter(|(of, _)| of == key).map(|(_, note)| note.clone()).collect()
    };
    assert_eq!(of_key("well"), ["one", "two"]);
    assert_eq!(of_key("ill"), ["before", "after"]);
    let place = |wanted: &str| effects.iter().position(|(_, note)| note == wanted).expect("it happened");
    assert!(place("two") < place("after"), "the ill key waited while the other went on");

    let (id, attempts, error, payload): (uuid::Uuid, i32, String, Vec<u8>) =
        sqlx::query_as("select event_id, attempts, error, payload from dead_letters")
            .fetch_one(&world.pool)
            .await
            .expect("one parked message");
    assert_eq!(
        (id, attempts, error.as_str(), payload.as_slice()),
        (event_id(2), 3, "cannot be handled", &b"poison"[..])
    );
}

/// EVT-05: a handler that panics is a failing handler.
async fn a_panic_parks_the_message_and_not_the_consumer(world: World) {
    let bus = world.narrow_bus();
    world.consume(&bus, "group", |message| {
        assert_ne!(note(message), "poison", "a defect of the handler");
        Ok(())
    });
    bus.publish(&[world.outgoing(1, "a", "poison"), world.outgoing(2, "b", "fine")]).await.expect("published");
    eventually("both are settled", || async { world.committed_offset("group").await == 2 }).await;
    assert_eq!(world.effects().await, [("b".to_owned(), "fine".to_owned())]);
    assert_eq!(count(&world.pool, "select count(*) from dead_letters").await, 1);
}

/// EVT-05: an outage of the database is nobody's fault: however long it lasts, no message is parked for it.
async fn an_outage_counts_against_no_message(world: World) {
    let bus = world.narrow_bus();
    let attempts = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&attempts);
    world.consume(&bus, "group", move |_| match counted.fetch_add(1, Ordering::SeqCst) {
        0..10 => Err(anyhow!(sqlx::Error::PoolTimedOut).context("while looking for the court")),
        _ => Ok(()),
    });
    bus.publish(&[world.outgoing(1, "court", "a")]).await.expect("published");
    eventually("it is handled", || async { world.committed_offset("group").await == 1 }).await;
    assert_eq!(world.effects().await.len(), 1);
    assert_eq!(count(&world.pool, "select count(*) from dead_letters").await, 0);
}

/// EVT-03, EVT-05: a consumer that is killed in the middle is followed by one that goes on where it stopped, and every
/// event has one effect.
async fn killed_consumers_neither_lose_nor_repeat_effects(world: World) {
    let bus: Arc<dyn Bus> = world.bus_with(&BusOptions { partitions: 3, lease: Duration::from_millis(300) });
    let run = || {
        let handler = Effects { then: |_: &Message| Ok(()), committed: Arc::default() };
        let subscription = Subscription::new(world.group("group"), world.topics());
        let options = ConsumerOptions { batch: 3, ..quick_options() };
        let consumer = Consumer::new(Arc::clone(&bus), world.pool.clone(), world.shared_clock(), subscription, handler)
            .with_options(options);
        let shutdown = world.shutdown.clone();
        tokio::spawn(async move { consumer.run(shutdown).await })
    };
    let mut number = 0;
    for _ in 0..4 {
        let before = world.effects().await.len();
        let consumer = run();
        let batch: Vec<_> = (0..50)
            .map(|_| {
                number += 1;
                world.outgoing(number, &format!("court {}", number % 7), &format!("{number:04}"))
            })
            .collect();
        bus.publish(&batch).await.expect("published");
        eventually("it has begun", || async { world.effects().await.len() > before }).await;
        consumer.abort();
    }
    run();
    eventually("everything is handled", || async { world.committed_offset("group").await == 200 }).await;
    let effects = world.effects().await;
    assert_eq!(effects.len(), 200);
    for court in 0..7 {
        let of_court: Vec<_> = effects.iter().filter(|(key, _)| *key == format!("court {court}")).collect();
        assert!(of_court.is_sorted_by_key(|(_, note)| note), "order of court {court}");
    }
}

/// EVT-08: a handler continues the trace that the event was made in.
async fn a_handler_continues_the_trace_of_the_event(world: World) {
    let bus = world.narrow_bus();
    let seen = Arc::new(Mutex::new(None));
    let found = Arc::clone(&seen);
    world.consume(&bus, "group", move |_| {
        *found.lock().expect("not poisoned") = kit::trace::current().map(|here| here.trace_id());
        Ok(())
    });
    let mut message = world.outgoing(1, "court", "a");
    message.headers.insert("traceparent".into(), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into());
    bus.publish(&[message]).await.expect("published");
    eventually("it is handled", || async { world.committed_offset("group").await == 1 }).await;
    assert_eq!(seen.lock().expect("not poisoned").as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
}

/// EVT-04: handled ids are remembered for seven days and then forgotten.
#[tokio::test]
async fn the_inbox_forgets_after_seven_days() {
    let world = World::new().await;
    let mut connection = world.pool.acquire().await.expect("a connection");
    let first_day = world.clock.now();
    assert!(inbox::first_time(&mut connection, "group", event_id(1), first_day).await.expect("asked"));
    assert!(!inbox::first_time(&mut connection, "group", event_id(1), first_day).await.expect("asked"));
    assert!(inbox::first_time(&mut connection, "other", event_id(1), first_day).await.expect("asked"));
    let several = [event_id(1), event_id(2), event_id(2)];
    let new = inbox::first_times(&mut connection, "group", &several, first_day).await;
    assert_eq!(new.expect("asked"), [event_id(2)]);

    let seventh_day = first_day + SignedDuration::from_hours(7 * 24);
    assert_eq!(inbox::prune(&mut connection, seventh_day).await.expect("pruned"), 0);
    assert_eq!(inbox::prune(&mut connection, seventh_day + SignedDuration::from_secs(1)).await.expect("pruned"), 3);
    assert!(inbox::first_time(&mut connection, "group", event_id(1), seventh_day).await.expect("asked"));
}
