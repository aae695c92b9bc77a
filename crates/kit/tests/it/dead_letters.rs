//! Parked messages: sent again to the group that parked them and to nobody else, once for each time they were parked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use bytes::Bytes;
use kit::bus::{Broadcast, Message};
use kit::dead_letters::{self, DeadLetter, DeadLetterState, DeadLettersQuery, Replayed};
use uuid::Uuid;

use crate::world::{World, count, event_id, eventually, note, on_every_broker};

on_every_broker!(
    a_replay_reaches_the_group_that_parked_it_alone,
    a_replay_that_fails_is_parked_where_it_was,
    simultaneous_replays_are_one,
    what_is_no_text_and_what_is_put_away_stay,
);

impl World {
    async fn parked(&self) -> Vec<DeadLetter> {
        let mut connection = self.pool.acquire().await.expect("a connection");
        dead_letters::list(&mut connection, &DeadLettersQuery::default()).await.expect("a list")
    }

    /// The one message that `group` has parked.
    async fn parked_by(&self, group: &str) -> DeadLetter {
        let group = self.group(group);
        let mut found = self.parked().await;
        found.retain(|letter| letter.consumer_group == group);
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    async fn replay(&self, id: Uuid) -> Replayed {
        let mut transaction = kit::db::begin(&self.pool).await.expect("a transaction");
        let replayed =
            dead_letters::replay(&mut transaction, &self.env(), id, self.shared_clock().now()).await.expect("asked");
        transaction.commit().await.expect("committed");
        replayed
    }
}

/// Fails while the switch is on.
fn failing_while(switch: &Arc<AtomicBool>) -> impl Fn(&Message) -> anyhow::Result<()> + Send + Sync + use<> {
    let switch = Arc::clone(switch);
    move |message| {
        anyhow::ensure!(!(switch.load(Ordering::SeqCst) && note(message) == "poison"), "not while it is broken");
        Ok(())
    }
}

/// EVT-05, EVT-10: of two groups that parked the same message the replay of one's reaches that one: one effect more, its
/// entry is settled, the other's stays; a group that had handled it and a live view see nothing.
async fn a_replay_reaches_the_group_that_parked_it_alone(world: World) {
    let bus = world.narrow_bus();
    let broken = Arc::new(AtomicBool::new(true));
    world.consume(&bus, "first", failing_while(&broken));
    world.consume(&bus, "second", failing_while(&broken));
    let healthy = world.consume(&bus, "healthy", |_| Ok(()));
    bus.publish(&[world.outgoing(1, "court", "poison")]).await.expect("published");
    for group in ["first", "second", "healthy"] {
        eventually("everybody is past it", || async { world.committed_offset(group).await == 1 }).await;
    }
    assert_eq!(world.effects().await.len(), 1, "the healthy group's");

    let seen = Arc::new(AtomicU32::new(0));
    let view = Broadcast::start(&bus, &world.topics()).await.expect("a live view");
    let (counted, shutdown) = (Arc::clone(&seen), world.shutdown.clone());
    tokio::spawn(view.run(shutdown, move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        std::future::ready(())
    }));

    broken.store(false, Ordering::SeqCst);
    let letter = world.parked_by("first").await;
    assert_eq!((letter.event_id, letter.attempts, letter.state), (event_id(1), 3, DeadLetterState::Parked));
    assert_eq!((letter.key.as_str(), letter.error.as_str()), ("court", "not while it is broken"));
    assert!(matches!(world.replay(letter.id).await, Replayed::Sent { .. }));
    let relay = world.relay(Arc::clone(&bus));
    let shutdown = world.shutdown.clone();
    tokio::spawn(async move { relay.run(shutdown).await });
    // Whatever is published behind it is handled after it.
    eventually("the replay is published", || async { world.unsent().await == 0 }).await;
    bus.publish(&[world.outgoing(2, "court", "after")]).await.expect("published");
    for group in ["first", "second", "healthy"] {
        eventually("everybody is past both", || async { world.committed_offset(group).await == 3 }).await;
    }
    eventually("the live view is past both", || async { seen.load(Ordering::SeqCst) >= 1 }).await;

    let poison = world.effects().await.into_iter().filter(|(_, note)| note == "poison").count();
    assert_eq!(poison, 2, "the healthy group's first one and the replay");
    assert_eq!(healthy.load(Ordering::SeqCst), 2, "the message and the one after");
    assert_eq!(seen.load(Ordering::SeqCst), 1, "only the one after");
    let settled = world.parked_by("first").await;
    assert_eq!((settled.state, settled.replays), (DeadLetterState::Handled, 1));
    assert_eq!(world.parked_by("second").await.state, DeadLetterState::Parked);
}

/// EVT-05: a replay that fails as before waits in the same entry again, with all its attempts, and can be sent again.
async fn a_replay_that_fails_is_parked_where_it_was(world: World) {
    let bus = world.narrow_bus();
    let broken = Arc::new(AtomicBool::new(true));
    world.consume(&bus, "group", failing_while(&broken));
    bus.publish(&[world.outgoing(1, "court", "poison")]).await.expect("published");
    eventually("it is parked", || async { world.committed_offset("group").await == 1 }).await;
    let id = world.parked_by("group").await.id;
    let relay = world.relay(Arc::clone(&bus));
    let shutdown = world.shutdown.clone();
    tokio::spawn(async move { relay.run(shutdown).await });

    world.replay(id).await;
    eventually("it is parked again", || async { world.parked_by("group").await.state == DeadLetterState::Parked })
        .await;
    let again = world.parked_by("group").await;
    assert_eq!((again.id, again.attempts, again.replays, again.event_id), (id, 6, 1, event_id(1)));

    broken.store(false, Ordering::SeqCst);
    world.replay(id).await;
    eventually("it is handled", || async { world.parked_by("group").await.state == DeadLetterState::Handled }).await;
    assert_eq!(world.effects().await.len(), 1);
    assert_eq!(world.replay(id).await, Replayed::NotParked(DeadLetterState::Handled));
}

/// EVT-05: of many who ask at the same time one sends it.
async fn simultaneous_replays_are_one(world: World) {
    let bus = world.narrow_bus();
    let broken = Arc::new(AtomicBool::new(true));
    world.consume(&bus, "group", failing_while(&broken));
    bus.publish(&[world.outgoing(1, "court", "poison")]).await.expect("published");
    eventually("it is parked", || async { world.committed_offset("group").await == 1 }).await;
    let id = world.parked_by("group").await.id;
    let answers = futures::future::join_all((0..8).map(|_| world.replay(id))).await;
    let sent = answers.iter().filter(|answer| matches!(answer, Replayed::Sent { .. })).count();
    assert_eq!(sent, 1, "{answers:?}");
    assert_eq!(count(&world.pool, "select count(*) from outbox").await, 1);
}

/// EVT-05: bytes that are no text are not sent for ever; what is put away is not sent any more; both stay to be seen, and
/// what is settled is forgotten after its time.
async fn what_is_no_text_and_what_is_put_away_stay(world: World) {
    let bus = world.narrow_bus();
    world.consume(&bus, "group", |_| anyhow::bail!("no user \"maria@example.test\""));
    let mut bytes = world.outgoing(1, "a", "");
    bytes.payload = Bytes::from_static(&[0xff, 0xfe]);
    let mut envelope = world.outgoing(2, "b", r#"{"eventType":"COURT_DELETED","payload":{"note":"secret words"}}"#);
    envelope
        .headers
        .insert("traceparent".to_owned(), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned());
    bus.publish(&[bytes, envelope]).await.expect("published");
    eventually("both are parked", || async { world.committed_offset("group").await == 2 }).await;

    let letters = world.parked().await;
    let of = |number| letters.iter().find(|letter| letter.event_id == event_id(number)).expect("it is parked");
    assert_eq!(world.replay(of(1).id).await, Replayed::Unreadable);
    assert_eq!(of(1).event_type, None);
    assert_eq!(of(2).event_type.as_deref(), Some("COURT_DELETED"));
    assert_eq!(of(2).error, "no user \"[masked]\"");

    let mut connection = world.pool.acquire().await.expect("a connection");
    let shown = dead_letters::find(&mut connection, of(2).id).await.expect("asked").expect("it is there");
    assert_eq!(shown.payload["payload"]["note"], "[masked]");
    let now = world.shared_clock().now();
    let put_away = dead_letters::discard(&mut connection, of(2).id, now).await.expect("asked");
    assert_eq!(put_away, Some(DeadLetterState::Parked));
    assert_eq!(world.replay(of(2).id).await, Replayed::NotParked(DeadLetterState::Discarded));
    assert_eq!(world.replay(Uuid::nil()).await, Replayed::Unknown);

    let later = now + jiff::SignedDuration::from_hours(91 * 24);
    assert_eq!(dead_letters::prune(&mut connection, later).await.expect("asked"), 1);
    assert_eq!(world.parked().await.len(), 1, "what nobody has looked at stays");
}
