//! The bus: order, groups, takeover, tails. One suite for every adapter, and what only one of them has.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::SignedDuration;
use kit::bus::{Bus as _, BusError, PartitionReader, PgBusOptions, StartAt, Subscription};

use crate::world::{BusOptions, PATIENCE, World, count, eventually, next_partition, note, on_every_broker, read};

on_every_broker!(
    concurrent_publishers_keep_the_order_of_each_key,
    a_group_resumes_from_its_offsets_and_groups_do_not_share_them,
    partitions_move_between_living_and_from_dead_members,
    tails_see_everything_from_now_on,
);

/// EVT-03: with several publishers at once, offsets have no gaps and each key keeps the order of its publisher.
async fn concurrent_publishers_keep_the_order_of_each_key(world: World) {
    let bus = world.bus();
    let mut tail = bus.tail(&world.topics()).await.expect("a tail");
    let publishers = (0..8_u64).map(|publisher| {
        let bus = bus.clone();
        let step =
            |step: u64| world.outgoing(publisher * 1000 + step, &format!("court {publisher}"), &step.to_string());
        let batches: Vec<Vec<_>> = (0..10).map(|round| (0..5).map(|place| step(round * 5 + place)).collect()).collect();
        tokio::spawn(async move {
            for batch in batches {
                bus.publish(&batch).await.expect("published");
            }
        })
    });
    for publisher in publishers.collect::<Vec<_>>() {
        publisher.await.expect("a publisher");
    }

    let messages = read(&mut tail, 400).await;
    assert_eq!(messages.len(), 400);
    let mut steps: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut offsets: BTreeMap<i32, Vec<i64>> = BTreeMap::new();
    for message in &messages {
        steps.entry(message.key.clone()).or_default().push(note(message).parse().expect("a number"));
        offsets.entry(message.partition.number).or_default().push(message.offset);
    }
    assert!(steps.values().all(|steps| *steps == (0..50).collect::<Vec<u64>>()), "{steps:?}");
    assert!(offsets.values().all(|offsets| offsets.iter().copied().eq(0..offsets.len() as i64)), "{offsets:?}");
    assert!(offsets.len() > 1, "keys spread over partitions");
}

/// EVT-05, EVT-10: a group that comes back goes on where it committed, and another group sees everything.
async fn a_group_resumes_from_its_offsets_and_groups_do_not_share_them(world: World) {
    let bus = world.bus_with(&BusOptions { partitions: 1, ..BusOptions::default() });
    let batch: Vec<_> = (0..6).map(|number| world.outgoing(number, "court", &number.to_string())).collect();
    bus.publish(&batch).await.expect("published");

    let first = Subscription::new(world.group("first"), world.topics());
    let mut membership = bus.join(&first).await.expect("joined");
    let mut reader = next_partition(&mut membership).await;
    let begun: Vec<_> = reader.next_batch(4).await.expect("messages").iter().map(note).collect();
    assert_eq!(begun, ["0", "1", "2", "3"]);
    reader.commit(2).await.expect("committed");
    drop(reader);
    membership.leave().await;

    let mut membership = bus.join(&first).await.expect("joined again");
    let mut reader = next_partition(&mut membership).await;
    let resumed: Vec<_> = reader.next_batch(100).await.expect("messages").iter().map(note).collect();
    assert_eq!(resumed, ["2", "3", "4", "5"]);

    let mut others = bus.join(&Subscription::new(world.group("second"), world.topics())).await.expect("joined");
    let mut reader = next_partition(&mut others).await;
    assert_eq!(reader.next_batch(100).await.expect("messages").len(), 6);

    let newcomers = Subscription { start_at: StartAt::End, ..Subscription::new(world.group("third"), world.topics()) };
    let mut newcomers = bus.join(&newcomers).await.expect("joined");
    let mut reader = next_partition(&mut newcomers).await;
    bus.publish(&[world.outgoing(6, "court", "6")]).await.expect("published");
    let seen: Vec<_> = reader.next_batch(100).await.expect("messages").iter().map(note).collect();
    assert_eq!(seen, ["6"]);
}

/// EVT-10: pods of one group share the partitions fairly; the share of one that dies goes to the others when its lease
/// has run out, and the dead one can no longer commit.
async fn partitions_move_between_living_and_from_dead_members(world: World) {
    let options = BusOptions { partitions: 4, lease: Duration::from_millis(600) };
    let (bus, other_bus) = (world.bus_with(&options), world.bus_with(&options));
    let group = Subscription::new(world.group("group"), world.topics());

    let mut survivor = bus.join(&group).await.expect("joined");
    let mut held: Vec<Box<dyn PartitionReader>> = Vec::new();
    for _ in 0..4 {
        held.push(next_partition(&mut survivor).await);
    }

    let mut mortal = other_bus.join(&group).await.expect("joined");
    eventually("half of the partitions are asked back", || async {
        held.iter().filter(|reader| reader.is_revoked()).count() == 2
    })
    .await;
    let wanted_back = held.iter_mut().find(|reader| reader.is_revoked()).expect("one of them").next_batch(1).await;
    assert!(matches!(wanted_back, Err(BusError::PartitionMoved(_))));
    held.retain(|reader| !reader.is_revoked());
    let mut moved = vec![next_partition(&mut mortal).await, next_partition(&mut mortal).await];
    let all: BTreeSet<_> = held.iter().chain(&moved).map(|reader| reader.partition().number).collect();
    assert_eq!(all.len(), 4, "nobody shares a partition");

    // Dies without a word: nothing of it is dropped properly, its heartbeats just end.
    drop(mortal);
    held.push(next_partition(&mut survivor).await);
    held.push(next_partition(&mut survivor).await);
    let all: BTreeSet<_> = held.iter().map(|reader| reader.partition().number).collect();
    assert_eq!(all.len(), 4, "the survivor reads everything");
    let refused = async {
        while !matches!(moved[0].commit(1).await, Err(BusError::PartitionMoved(_))) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, refused).await.is_ok(), "the dead member's reader commits no more");
}

/// EVT-12: a live view sees everything from its beginning on and nothing from before; each viewer sees all of it.
async fn tails_see_everything_from_now_on(world: World) {
    let (bus, other_process) = (world.bus(), world.bus());
    bus.publish(&[world.outgoing(0, "court", "before")]).await.expect("published");
    let mut here = bus.tail(&world.topics()).await.expect("a tail");
    let mut there = other_process.tail(&world.topics()).await.expect("a tail");
    let batch: Vec<_> =
        (1..30).map(|number| world.outgoing(number, &format!("court {}", number % 5), "after")).collect();
    bus.publish(&batch).await.expect("published");
    for tail in [&mut here, &mut there] {
        let messages = read(tail, 29).await;
        let ids: BTreeSet<_> = messages.iter().map(|message| message.event_id).collect();
        assert_eq!(ids.len(), 29);
        assert!(messages.iter().all(|message| note(message) == "after"));
    }
}

/// Old messages go; readers behind them go on with what is left.
#[tokio::test]
async fn pruned_messages_are_skipped() {
    let world = World::new().await;
    let bus = world.pg_bus(PgBusOptions { partitions: 1, ..PgBusOptions::default() });
    bus.publish(&[world.outgoing(0, "court", "old")]).await.expect("published");
    world.clock.advance(SignedDuration::from_hours(8 * 24));
    bus.publish(&[world.outgoing(1, "court", "new")]).await.expect("published");
    bus.prune().await.expect("pruned");
    assert_eq!(count(&world.pool, "select count(*) from bus.messages").await, 1);

    let mut membership = bus.join(&Subscription::new(world.group("late"), world.topics())).await.expect("joined");
    let mut reader = next_partition(&mut membership).await;
    let seen: Vec<_> = reader.next_batch(10).await.expect("messages").iter().map(note).collect();
    assert_eq!(seen, ["new"]);
}
