//! The shared level of a cache: entries in Redis that all processes read.
//!
//! Entries of one group, e.g. the days of a court, carry the group's version in their key. Whoever makes something old
//! gives the group another version, so a late writer puts what it has read where nobody looks any more (FIND-51), and
//! nobody has to know which entries there are. All versions carry the epoch of the cache; a process that could not make
//! something old, or lost sight of Redis, begins another epoch before it reads there again (FIND-55).

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};

use super::Entry;
use crate::ids::SharedIds;
use crate::redis::Redis;

/// How a cache is shared.
pub struct Sharing<K, V> {
    /// Where.
    pub redis: Redis,
    /// Makes versions, which never repeat.
    pub ids: SharedIds,
    /// What is made old together.
    pub group: fn(&K) -> String,
    /// Which entry of its group a key is.
    pub member: fn(&K) -> String,
    /// A value as bytes; `None` for one that is not shared.
    pub encode: fn(&V) -> Option<Vec<u8>>,
    /// The value of those bytes; `None` for what an older or newer version of this program has written.
    pub decode: fn(&[u8]) -> Option<V>,
}

/// The second level as the first one sees it.
pub(super) trait SecondLevel<K, V>: Send + Sync {
    /// What is shared about `key`, and where a value read now may be put.
    fn look<'a>(&'a self, key: &'a K) -> BoxFuture<'a, Look<V>>;
    /// Shares `entry` for `life` from now on.
    fn put<'a>(&'a self, place: String, entry: &'a Entry<V>, life: SignedDuration) -> BoxFuture<'a, ()>;
    /// The whole group of `key` is old. Called before the first level forgets: whoever reads in between reads anew.
    fn make_old(&self, key: &K);
    /// Everything is old.
    fn make_all_old(&self);
}

pub(super) struct Look<V> {
    pub(super) found: Option<Entry<V>>,
    /// Nowhere while Redis is away or something is being made old.
    pub(super) place: Option<String>,
}

impl<V> Look<V> {
    const NOTHING: Self = Self { found: None, place: None };
}

/// Versions outlive their entries by far.
const VERSION_LIFE_MS: &str = "86400000";

/// Answers where the group's entry stands and what is there. A version that is missing is new.
static LOOK: LazyLock<redis::Script> = LazyLock::new(|| {
    redis::Script::new(
        "local epoch = redis.call('GET', KEYS[1])
         if not epoch then epoch = ARGV[1] redis.call('SET', KEYS[1], epoch) end
         local version = redis.call('GET', KEYS[2])
         if not version then version = ARGV[1] redis.call('SET', KEYS[2], version, 'PX', ARGV[2]) end
         local place = ARGV[3] .. epoch .. ':' .. version
         return {place, redis.call('GET', place)}",
    )
});

/// Entries in Redis. Cloning shares what is being made old.
pub(super) struct RedisLevel<K, V> {
    sharing: Arc<Sharing<K, V>>,
    name: &'static str,
    state: Arc<State>,
}

impl<K, V> Clone for RedisLevel<K, V> {
    fn clone(&self) -> Self {
        Self { sharing: Arc::clone(&self.sharing), name: self.name, state: Arc::clone(&self.state) }
    }
}

#[derive(Default)]
struct State {
    /// Groups that are being made old, and by how many calls: nothing is read or shared there.
    under_way: Mutex<HashMap<String, u32>>,
    /// How often something may have become old that could not be said, and how much of that another epoch has covered.
    /// Nothing is read or shared while the two differ.
    doubts: AtomicU64,
    covered: AtomicU64,
    /// Somebody is trying to begin another epoch without being asked, for the sake of the other processes.
    is_renewing: AtomicBool,
}

impl State {
    fn under_way(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> RedisLevel<K, V>
where
    K: Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    pub(super) fn new(sharing: Sharing<K, V>, name: &'static str) -> Self {
        Self { sharing: Arc::new(sharing), name, state: Arc::default() }
    }

    fn epoch_key(&self) -> String {
        self.sharing.redis.key(&format!("cache:{}:epoch", self.name))
    }

    fn version_key(&self, group: &str) -> String {
        self.sharing.redis.key(&format!("cache:{}:{group}:version", self.name))
    }

    fn new_version(&self) -> String {
        self.sharing.ids.new_id().simple().to_string()
    }

    /// Something may be old. Until another epoch has begun this process reads nothing shared; the others may, so it does
    /// not wait for its next reader.
    fn doubt(&self) {
        self.state.doubts.fetch_add(1, Ordering::SeqCst);
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if !self.state.is_renewing.swap(true, Ordering::SeqCst) {
            let level = self.clone();
            runtime.spawn(async move {
                while !level.is_fresh().await {
                    tokio::time::sleep(level.sharing.redis.pause()).await;
                }
                level.state.is_renewing.store(false, Ordering::SeqCst);
            });
        }
    }

    /// Begins another epoch, if it has to be.
    async fn is_fresh(&self) -> bool {
        let doubts = self.state.doubts.load(Ordering::SeqCst);
        if self.state.covered.load(Ordering::SeqCst) == doubts {
            return true;
        }
        let (key, epoch) = (self.epoch_key(), self.new_version());
        let begun = self
            .sharing
            .redis
            .ask(
                |mut connection| async move { redis::cmd("SET").arg(key).arg(epoch).exec_async(&mut connection).await },
            )
            .await;
        if begun.is_some() {
            self.state.covered.fetch_max(doubts, Ordering::SeqCst);
        }
        begun.is_some()
    }

    async fn look_up(&self, key: &K) -> Look<V> {
        let group = (self.sharing.group)(key);
        if self.state.under_way().contains_key(&group) || !self.is_fresh().await {
            return Look::NOTHING;
        }
        let entry = self.sharing.redis.key(&format!("cache:{}:{group}:{}:", self.name, (self.sharing.member)(key)));
        let keys = [self.epoch_key(), self.version_key(&group)];
        let version = self.new_version();
        let answer: Option<(String, Option<Vec<u8>>)> = self
            .sharing
            .redis
            .run(&LOOK, &keys, &[version.as_bytes(), VERSION_LIFE_MS.as_bytes(), entry.as_bytes()])
            .await;
        let Some((place, bytes)) = answer else {
            // Who knows what it will have forgotten when it is back.
            self.doubt();
            return Look::NOTHING;
        };
        Look { found: bytes.and_then(|bytes| self.unpack(&bytes)), place: Some(place) }
    }

    /// An entry as bytes: when it ends, in microseconds, a line break, and the value.
    fn pack(&self, entry: &Entry<V>) -> Option<Vec<u8>> {
        let mut bytes = format!("{}\n", entry.expires_at.as_microsecond()).into_bytes();
        bytes.extend((self.sharing.encode)(&entry.value)?);
        Some(bytes)
    }

    fn unpack(&self, bytes: &[u8]) -> Option<Entry<V>> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let expires_at = std::str::from_utf8(&bytes[..end]).ok()?.parse().ok()?;
        let expires_at = Timestamp::from_microsecond(expires_at).ok()?;
        Some(Entry { value: (self.sharing.decode)(&bytes[end + 1..])?, expires_at })
    }

    async fn store(&self, place: String, entry: &Entry<V>, life: SignedDuration) {
        let Some(bytes) = self.pack(entry) else { return };
        let life = i64::try_from(life.as_millis()).unwrap_or(i64::MAX).max(1);
        self.sharing
            .redis
            .ask(|mut connection| async move {
                redis::cmd("SET").arg(place).arg(bytes).arg("PX").arg(life).exec_async(&mut connection).await
            })
            .await;
    }
}

impl<K, V> SecondLevel<K, V> for RedisLevel<K, V>
where
    K: Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    fn look<'a>(&'a self, key: &'a K) -> BoxFuture<'a, Look<V>> {
        self.look_up(key).boxed()
    }

    fn put<'a>(&'a self, place: String, entry: &'a Entry<V>, life: SignedDuration) -> BoxFuture<'a, ()> {
        self.store(place, entry, life).boxed()
    }

    fn make_old(&self, key: &K) {
        let group = (self.sharing.group)(key);
        *self.state.under_way().entry(group.clone()).or_default() += 1;
        let (version_key, version) = (self.version_key(&group), self.new_version());
        let level = self.clone();
        let work = async move {
            let told = level
                .sharing
                .redis
                .ask(|mut connection| async move {
                    let mut command = redis::cmd("SET");
                    command.arg(version_key).arg(version).arg("PX").arg(VERSION_LIFE_MS);
                    command.exec_async(&mut connection).await
                })
                .await;
            if told.is_none() {
                level.doubt();
            }
            let mut under_way = level.state.under_way();
            if let Some(count) = under_way.get_mut(&group) {
                *count -= 1;
                if *count == 0 {
                    under_way.remove(&group);
                }
            }
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(work)),
            Err(_) => self.make_all_old(),
        }
    }

    fn make_all_old(&self) {
        self.doubt();
    }
}
