//! What several processes share through Redis, and what they do while it is away. Each cache and limiter here stands for
//! a process of its own.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use kit::cache::{Cache, Cached, Sharing};
use kit::clock::{Clock as _, FixedClock};
use kit::ids::RandomIds;
use kit::limits::{Decision, Limit, Limiter, SharedLimiter};
use kit::redis::Redis;
use proptest::test_runner::TestRunner;
use tokio::sync::oneshot;

use crate::cache::load;
use crate::redis_server::{RedisServer, SOON};
use crate::world::{eventually, instant};

/// The cache of one process. Keys of one first letter belong together.
pub fn cache(redis: Redis, clock: &Arc<FixedClock>) -> Cache<String, u32> {
    let sharing = Sharing {
        redis,
        ids: RandomIds::shared(clock.clone()),
        group: |key: &String| key.chars().take(1).collect(),
        member: String::clone,
        encode: |value: &u32| Some(value.to_string().into_bytes()),
        decode: |bytes| std::str::from_utf8(bytes).ok()?.parse().ok(),
    };
    Cache::shared("test", 100, SignedDuration::from_secs(60), clock.clone(), sharing)
}

fn clock() -> Arc<FixedClock> {
    FixedClock::at(instant("2026-03-02T10:00:00Z"))
}

async fn load_key(cache: &Cache<String, u32>, key: &str, value: u32) -> Cached<u32> {
    cache.get_or_load(&key.to_owned(), async { Ok::<_, Infallible>(value) }).await.expect("cannot fail")
}

const fn hit(value: u32) -> Cached<u32> {
    Cached { value, hit: true }
}

const fn miss(value: u32) -> Cached<u32> {
    Cached { value, hit: false }
}

/// FIND-47, FIND-50: what one process has read the others need not read, for as long as the first would have kept it.
#[tokio::test]
async fn processes_share_what_they_have_read() {
    let (server, clock) = (RedisServer::start().await, clock());
    let (one, other) = (cache(server.connect(), &clock), cache(server.connect(), &clock));
    assert_eq!(load(&one, 1).await, miss(1));
    clock.advance(SignedDuration::from_secs(40));
    assert_eq!(load(&other, 2).await, hit(1));
    clock.advance(SignedDuration::from_secs(20));
    assert_eq!(load(&other, 3).await, miss(3), "it lives no longer for having been shared");
}

/// FIND-51: an invalidation drops the entry and everything of its group for all processes, and nothing else.
#[tokio::test]
async fn an_invalidation_reaches_what_is_shared() {
    let (server, clock) = (RedisServer::start().await, clock());
    let writer = cache(server.connect(), &clock);
    for (key, value) in [("a1", 1), ("a2", 2), ("b1", 3)] {
        load_key(&writer, key, value).await;
    }
    writer.invalidate(&"a1".to_owned());
    assert_eq!(load_key(&writer, "a1", 11).await, miss(11), "at once for the process that says so");
    let other = cache(server.connect(), &clock);
    eventually("the others are told", || async {
        load_key(&cache(server.connect(), &clock), "a2", 12).await.value == 12
    })
    .await;
    assert_eq!(load_key(&other, "b1", 13).await, hit(3));

    writer.invalidate_group(&"b".to_owned(), |key| key.starts_with('b'));
    assert_eq!(load_key(&writer, "b1", 14).await, miss(14));
    writer.clear();
    assert_eq!(load_key(&writer, "a2", 15).await, miss(15));
    assert_eq!(load_key(&cache(server.connect(), &clock), "b1", 16).await, miss(16));
}

/// FIND-51: a process that has read the old state before another one made it old shares it with nobody.
#[tokio::test]
async fn a_late_reader_of_another_process_cannot_bring_back_the_old_state() {
    let (server, clock) = (RedisServer::start().await, clock());
    let (reader, writer) = (cache(server.connect(), &clock), cache(server.connect(), &clock));
    let (has_read, reading) = oneshot::channel();
    let (go_on, may_go_on) = oneshot::channel::<()>();
    let late = tokio::spawn(async move {
        let old_state = async {
            has_read.send(()).expect("the test waits");
            may_go_on.await.expect("the test lets it go on");
            Ok::<_, Infallible>(1)
        };
        reader.get_or_load(&"court".to_owned(), old_state).await.expect("cannot fail")
    });
    reading.await.expect("it reads");
    let connection = redis_connection(&server).await;
    let version = || async {
        let question = redis::cmd("GET").arg("courtside:cache:test:c:version").to_owned();
        question.query_async::<Option<String>>(&mut connection.clone()).await.expect("Redis is up")
    };
    let old = version().await;
    assert!(old.is_some(), "the reader has looked before it reads");
    writer.invalidate(&"court".to_owned());
    eventually("the invalidation is written down", || async { version().await != old }).await;
    assert_eq!(load(&cache(server.connect(), &clock), 2).await, miss(2));
    go_on.send(()).expect("it waits");
    assert_eq!(late.await.expect("a reader"), miss(1), "it began before the change and may see the old state");
    assert_eq!(load(&cache(server.connect(), &clock), 4).await, hit(2));

    // The same steps with keys that carry no version: the late writer wins.
    let mut naive = connection;
    let read_before_the_change = 1;
    let set = |value: u32| redis::cmd("SET").arg("naive").arg(value).to_owned();
    redis::cmd("DEL").arg("naive").exec_async(&mut naive).await.expect("invalidated");
    set(2).exec_async(&mut naive).await.expect("the new state");
    set(read_before_the_change).exec_async(&mut naive).await.expect("the late writer");
    let seen: u32 = redis::cmd("GET").arg("naive").query_async(&mut naive).await.expect("read");
    assert_eq!(seen, 1, "the steps show the fault");
}

async fn redis_connection(server: &RedisServer) -> redis::aio::MultiplexedConnection {
    redis::Client::open(server.address()).expect("valid").get_multiplexed_async_connection().await.expect("connected")
}

/// FIND-55, LIVE-60: without Redis reads are answered at once from the source; when it is back sharing goes on, with the
/// same process and the same connection.
#[tokio::test]
async fn a_lost_redis_costs_nothing_and_a_returned_one_is_used_again() {
    let (mut server, clock) = (RedisServer::start().await, clock());
    let one = cache(server.connect(), &clock);
    assert_eq!(load(&one, 1).await, miss(1));
    server.kill();
    one.invalidate(&"court".to_owned());
    let began = Instant::now();
    for value in 2..50 {
        one.invalidate(&"court".to_owned());
        assert_eq!(load(&one, value).await, miss(value));
    }
    assert!(began.elapsed() < Duration::from_secs(3), "{:?} for 48 reads", began.elapsed());
    server.start_again().await;
    eventually("it is shared again", || async {
        one.invalidate(&"court".to_owned());
        load(&one, 50).await;
        load(&cache(server.connect(), &clock), 51).await.hit
    })
    .await;
}

/// FIND-51, FIND-55: what became old while Redis could not be told is not believed when it is back with all it knew.
#[tokio::test]
async fn an_invalidation_that_redis_missed_is_made_up_for() {
    let (server, clock) = (RedisServer::start().await, clock());
    let writer = cache(server.connect(), &clock);
    assert_eq!(load(&writer, 1).await, miss(1));
    assert_eq!(load(&cache(server.connect(), &clock), 9).await, hit(1), "it is shared");
    server.pause();
    writer.invalidate(&"court".to_owned());
    assert_eq!(load(&writer, 2).await, miss(2), "read anew while Redis is silent");
    server.resume();
    // Nobody asks this process anything: it sees to it by itself.
    eventually("the others read anew", || async { load(&cache(server.connect(), &clock), 3).await.value == 3 }).await;
}

fn at(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(1_770_000_000_000_000 + microseconds).expect("in range")
}

/// SEC-19, OPS-40: whatever comes when, the shared buckets answer exactly as those of a process do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shared_buckets_keep_the_same_rule() {
    let server = RedisServer::start().await;
    let redis = server.connect();
    let runtime = tokio::runtime::Handle::current();
    let strategy =
        (1..20_u32, 200..600_i64, proptest::collection::vec(0..20_000_000_i64, 1..40), proptest::num::u64::ANY);
    let mut runner = TestRunner::new(proptest::test_runner::Config { cases: 40, ..Default::default() });
    tokio::task::spawn_blocking(move || {
        runner.run(&strategy, |(burst, span, gaps, unique)| {
            let limit = Limit::new(burst, SignedDuration::from_secs(span));
            let shared = SharedLimiter::new(Some(redis.clone()), "rule", limit, 10);
            let own = Limiter::new(limit, 10);
            let key = format!("{unique}");
            let mut now = 0;
            for gap in gaps {
                now += gap;
                // A bucket in Redis is kept by the server's own clock for ten seconds at least: longer than these steps.
                let answered = runtime.block_on(shared.take(&key, at(now)));
                proptest::prop_assert_eq!(answered, own.take("key", at(now)));
            }
            Ok(())
        })
    })
    .await
    .expect("ran")
    .expect("the same answers");
}

/// OPS-40, LIVE-58: all processes count together; without Redis each counts for itself; with it again, together.
#[tokio::test]
async fn processes_count_together_while_they_can() {
    let (mut server, clock) = (RedisServer::start().await, clock());
    let limit = Limit::per_minute(4);
    let limiter = || SharedLimiter::new(Some(server.connect()), "calls", limit, 10);
    let (one, other) = (limiter(), limiter());
    let now = clock.now();
    for limiter in [&one, &other, &one, &other] {
        assert!(limiter.take("user", now).await.is_allowed());
    }
    assert_eq!(one.take("user", now).await, Decision::Refused { retry_after: Duration::from_secs(15) });
    assert!(one.take("somebody else", now).await.is_allowed());

    server.kill();
    for limiter in [&one, &other] {
        for _ in 0..4 {
            assert!(limiter.take("user", now).await.is_allowed(), "a count of its own");
        }
        assert!(!limiter.take("user", now).await.is_allowed());
    }

    server.start_again().await;
    eventually("both are back", || async {
        tokio::time::sleep(SOON).await;
        one.take("visitor", now).await == Decision::Allowed { remaining: 3 }
            && other.take("visitor", now).await == Decision::Allowed { remaining: 2 }
    })
    .await;
}
