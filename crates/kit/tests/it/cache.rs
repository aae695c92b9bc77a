//! The cache: life span, one loader per key, and the slow reader that must not bring back what is old. One suite for the
//! cache of a process and for the shared one.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::SignedDuration;
use kit::cache::{Cache, Cached};
use kit::clock::FixedClock;
use tokio::sync::oneshot;

use crate::world::instant;

/// Runs each test for a cache of this process and for one that shares through a Redis of its own.
macro_rules! on_every_cache {
    ($($test:ident),* $(,)?) => {
        mod in_process {
            $(
                #[tokio::test]
                async fn $test() {
                    let clock = super::clock();
                    super::$test(super::in_process(&clock), clock).await;
                }
            )*
        }

        mod in_redis {
            $(
                #[tokio::test]
                async fn $test() {
                    let server = $crate::redis_server::RedisServer::start().await;
                    let clock = super::clock();
                    super::$test($crate::across_processes::cache(server.connect(), &clock), clock).await;
                }
            )*
        }
    };
}

on_every_cache!(
    a_value_is_kept_for_its_life,
    an_error_is_not_kept,
    many_readers_of_a_missing_key_load_it_once,
    a_cancelled_loader_leaves_nothing_behind,
    a_late_reader_cannot_bring_back_the_old_state,
    every_way_to_invalidate_reaches_running_loads,
);

fn clock() -> Arc<FixedClock> {
    FixedClock::at(instant("2026-03-02T10:00:00Z"))
}

fn in_process(clock: &Arc<FixedClock>) -> Cache<String, u32> {
    Cache::new("test", 100, SignedDuration::from_secs(60), clock.clone())
}

pub async fn load(cache: &Cache<String, u32>, value: u32) -> Cached<u32> {
    let key = "court".to_owned();
    cache.get_or_load(&key, async { Ok::<_, Infallible>(value) }).await.expect("cannot fail")
}

async fn a_value_is_kept_for_its_life(cache: Cache<String, u32>, clock: Arc<FixedClock>) {
    assert_eq!(load(&cache, 1).await, Cached { value: 1, hit: false });
    assert_eq!(load(&cache, 2).await, Cached { value: 1, hit: true });
    clock.advance(SignedDuration::from_secs(59));
    assert_eq!(load(&cache, 3).await, Cached { value: 1, hit: true });
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(load(&cache, 4).await, Cached { value: 4, hit: false });
}

async fn an_error_is_not_kept(cache: Cache<String, u32>, _: Arc<FixedClock>) {
    let failed = cache.get_or_load(&"court".to_owned(), async { Err::<u32, _>("away") }).await;
    assert_eq!(failed, Err("away"));
    assert_eq!(load(&cache, 1).await, Cached { value: 1, hit: false });
}

async fn many_readers_of_a_missing_key_load_it_once(cache: Cache<String, u32>, _: Arc<FixedClock>) {
    let loads = Arc::new(AtomicU32::new(0));
    let (open, gate) = oneshot::channel::<()>();
    let mut gate = Some(gate);
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (cache, loads, gate) = (cache.clone(), Arc::clone(&loads), gate.take());
        readers.spawn(async move {
            let loading = async {
                loads.fetch_add(1, Ordering::SeqCst);
                if let Some(gate) = gate {
                    gate.await.expect("opened");
                }
                Ok::<_, Infallible>(7)
            };
            cache.get_or_load(&"court".to_owned(), loading).await.expect("cannot fail").value
        });
    }
    tokio::task::yield_now().await;
    open.send(()).expect("somebody loads");
    while let Some(value) = readers.join_next().await {
        assert_eq!(value.expect("a reader"), 7);
    }
    assert_eq!(loads.load(Ordering::SeqCst), 1);
}

/// A reader that is cancelled while it loads leaves the key to the next one.
async fn a_cancelled_loader_leaves_nothing_behind(cache: Cache<String, u32>, _: Arc<FixedClock>) {
    let stuck = {
        let cache = cache.clone();
        tokio::spawn(async move {
            cache.get_or_load(&"court".to_owned(), std::future::pending::<Result<u32, Infallible>>()).await
        })
    };
    tokio::task::yield_now().await;
    stuck.abort();
    assert!(stuck.await.expect_err("it was cancelled").is_cancelled());
    assert_eq!(load(&cache, 2).await, Cached { value: 2, hit: false });
}

/// What a cache of the test offers, with and without the guard.
trait Keeps: Clone + Send + 'static {
    fn get_or_load(&self, load: impl Future<Output = u32> + Send) -> impl Future<Output = u32> + Send;
    fn invalidate(&self);
}

impl Keeps for Cache<String, u32> {
    async fn get_or_load(&self, load: impl Future<Output = u32> + Send) -> u32 {
        let loading = async { Ok::<_, Infallible>(load.await) };
        Cache::get_or_load(self, &"court".to_owned(), loading).await.expect("cannot fail").value
    }

    fn invalidate(&self) {
        Cache::invalidate(self, &"court".to_owned());
    }
}

/// Read, load, keep: what everybody writes first.
#[derive(Clone, Default)]
struct WithoutGuard(Arc<std::sync::Mutex<Option<u32>>>);

impl Keeps for WithoutGuard {
    async fn get_or_load(&self, load: impl Future<Output = u32> + Send) -> u32 {
        let kept = *self.0.lock().expect("not poisoned");
        match kept {
            Some(value) => value,
            None => {
                let value = load.await;
                *self.0.lock().expect("not poisoned") = Some(value);
                value
            }
        }
    }

    fn invalidate(&self) {
        *self.0.lock().expect("not poisoned") = None;
    }
}

/// A slow reader has read the old state; a writer changes it and invalidates; then the reader goes on. Answers what the
/// next reader gets, when the new state is 2.
async fn next_read_after_a_late_reader(cache: impl Keeps) -> u32 {
    let (has_read, reading) = oneshot::channel();
    let (go_on, may_go_on) = oneshot::channel::<()>();
    let late = {
        let cache = cache.clone();
        tokio::spawn(async move {
            let old_state = async {
                has_read.send(()).expect("the test waits");
                may_go_on.await.expect("the test lets it go on");
                1
            };
            cache.get_or_load(old_state).await
        })
    };
    reading.await.expect("it reads");
    cache.invalidate();
    go_on.send(()).expect("it waits");
    assert_eq!(late.await.expect("a reader"), 1, "it began before the change and may see the old state");
    cache.get_or_load(async { 2 }).await
}

/// FIND-51: an invalidation during a load keeps the stale value out; without the guard the same steps bring it back.
async fn a_late_reader_cannot_bring_back_the_old_state(cache: Cache<String, u32>, _: Arc<FixedClock>) {
    assert_eq!(next_read_after_a_late_reader(cache).await, 2);
    assert_eq!(next_read_after_a_late_reader(WithoutGuard::default()).await, 1, "the steps show the fault");
}

/// FIND-51: the guard holds for invalidations by pattern and for clearing as well.
async fn every_way_to_invalidate_reaches_running_loads(cache: Cache<String, u32>, _: Arc<FixedClock>) {
    for invalidate in
        [(|cache| cache.invalidate_matching(|key| key.starts_with("cou"))) as fn(&Cache<String, u32>), |cache| {
            cache.clear()
        }]
    {
        let during = cache.clone();
        let loading = async move {
            invalidate(&during);
            Ok::<_, Infallible>(1)
        };
        cache.get_or_load(&"court".to_owned(), loading).await.expect("cannot fail");
        assert_eq!(cache.get(&"court".to_owned()), None);
        load(&cache, 2).await;
        invalidate(&cache);
        assert_eq!(cache.get(&"court".to_owned()), None);
    }
}
