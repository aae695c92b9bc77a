//! Answers worth keeping for a while, in this process and, where Redis is configured, for all processes. Nothing is ever
//! decided by a cache.
//!
//! A value that was being read while its key was invalidated is not kept: a slow reader cannot bring back what a writer
//! has just made old (FIND-51). One reader loads a missing key, the others wait for it.

mod redis_level;

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache as Entries;
use tokio::sync::OnceCell;

use crate::clock::SharedClock;
pub use redis_level::Sharing;
use redis_level::{RedisLevel, SecondLevel};

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cached<V> {
    /// The value.
    pub value: V,
    /// Whether it was kept, so that nothing had to be read.
    pub hit: bool,
}

#[derive(Clone)]
struct Entry<V> {
    value: V,
    expires_at: Timestamp,
}

/// One load that may have several readers waiting for it.
type Flight<V> = Arc<OnceCell<Entry<V>>>;

/// A bounded cache with a life span for its entries. Cloning shares it.
pub struct Cache<K, V> {
    inner: Arc<Inner<K, V>>,
}

struct Inner<K, V> {
    name: &'static str,
    clock: SharedClock,
    life: SignedDuration,
    entries: Entries<K, Entry<V>>,
    /// Loads whose result may be kept. An invalidation takes its key out: the load goes on for those who wait for it,
    /// and leaves no trace.
    flights: Mutex<HashMap<K, Flight<V>>>,
    /// What all processes share.
    second: Option<Arc<dyn SecondLevel<K, V>>>,
}

impl<K, V> Clone for Cache<K, V> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<K, V> Cache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// A cache of at most about `capacity` entries that live for `life`; `name` labels its metrics.
    #[must_use]
    pub fn new(name: &'static str, capacity: u64, life: SignedDuration, clock: SharedClock) -> Self {
        Self::with_second_level(name, capacity, life, clock, None)
    }

    /// As [`Cache::new`], with what is kept shared by all processes of the installation. A value that came from another
    /// process lives no longer for it.
    #[must_use]
    pub fn shared(
        name: &'static str,
        capacity: u64,
        life: SignedDuration,
        clock: SharedClock,
        sharing: Sharing<K, V>,
    ) -> Self {
        Self::with_second_level(name, capacity, life, clock, Some(Arc::new(RedisLevel::new(sharing, name))))
    }

    fn with_second_level(
        name: &'static str,
        capacity: u64,
        life: SignedDuration,
        clock: SharedClock,
        second: Option<Arc<dyn SecondLevel<K, V>>>,
    ) -> Self {
        let entries = Entries::builder().max_capacity(capacity).build();
        Self { inner: Arc::new(Inner { name, clock, life, entries, flights: Mutex::default(), second }) }
    }

    /// The kept value of `key`, or what `load` reads.
    ///
    /// # Errors
    /// What `load` answers; errors are not kept, and the next reader tries for itself.
    pub async fn get_or_load<E, Load>(&self, key: &K, load: Load) -> Result<Cached<V>, E>
    where
        Load: Future<Output = Result<V, E>>,
    {
        if let Some(value) = self.get(key) {
            self.inner.count("hit");
            return Ok(Cached { value, hit: true });
        }
        let boarding = Boarding::new(&self.inner, key);
        let mut hit = false;
        let entry = boarding.flight.get_or_try_init(|| self.fetch(key, load, &mut hit)).await?.clone();
        self.inner.count(if hit { "shared_hit" } else { "miss" });
        boarding.land(&entry);
        Ok(Cached { value: entry.value, hit })
    }

    /// What another process has shared, else what `load` reads, which is then shared.
    async fn fetch<E, Load>(&self, key: &K, load: Load, hit: &mut bool) -> Result<Entry<V>, E>
    where
        Load: Future<Output = Result<V, E>>,
    {
        let inner = &self.inner;
        let Some(second) = &inner.second else {
            return Ok(inner.entry(load.await?));
        };
        // Before the load: what is made old while it reads makes the place old as well.
        let look = second.look(key).await;
        if let Some(entry) = look.found.filter(|entry| inner.clock.now() < entry.expires_at) {
            *hit = true;
            return Ok(entry);
        }
        let entry = inner.entry(load.await?);
        if let Some(place) = look.place {
            second.put(place, &entry, inner.life).await;
        }
        Ok(entry)
    }

    /// The kept value of `key`.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<V> {
        let entry = self.inner.entries.get(key)?;
        (self.inner.clock.now() < entry.expires_at).then_some(entry.value)
    }

    /// Forgets `key`, also for loads that have begun.
    pub fn invalidate(&self, key: &K) {
        if let Some(second) = &self.inner.second {
            second.make_old(key);
        }
        let mut flights = self.inner.flights();
        flights.remove(key);
        self.inner.entries.invalidate(key);
    }

    /// Forgets every key that `matches`, also for loads that have begun, and whatever is shared of the group of `member`,
    /// to which all of them belong. Walks over all entries of this process.
    pub fn invalidate_group(&self, member: &K, matches: impl Fn(&K) -> bool) {
        if let Some(second) = &self.inner.second {
            second.make_old(member);
        }
        self.forget(matches);
    }

    /// Forgets every key that `matches`, also for loads that have begun, and all that is shared: nobody knows which of it
    /// matches. Walks over all entries.
    pub fn invalidate_matching(&self, matches: impl Fn(&K) -> bool) {
        if let Some(second) = &self.inner.second {
            second.make_all_old();
        }
        self.forget(matches);
    }

    fn forget(&self, matches: impl Fn(&K) -> bool) {
        let mut flights = self.inner.flights();
        flights.retain(|key, _| !matches(key));
        for (key, _) in &self.inner.entries {
            if matches(&key) {
                self.inner.entries.invalidate(key.as_ref());
            }
        }
    }

    /// Forgets everything, also for loads that have begun.
    pub fn clear(&self) {
        if let Some(second) = &self.inner.second {
            second.make_all_old();
        }
        let mut flights = self.inner.flights();
        flights.clear();
        self.inner.entries.invalidate_all();
    }
}

impl<K, V> Inner<K, V> {
    fn entry(&self, value: V) -> Entry<V> {
        Entry { value, expires_at: self.clock.now() + self.life }
    }

    fn count(&self, result: &'static str) {
        metrics::counter!("cache_requests_total", "cache" => self.name, "result" => result).increment(1);
    }

    fn flights(&self) -> MutexGuard<'_, HashMap<K, Flight<V>>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reader's seat on a load. Leaving it early, by an error or by being dropped, clears away a load nobody waits for.
struct Boarding<'a, K, V>
where
    K: Hash + Eq,
{
    cache: &'a Inner<K, V>,
    key: &'a K,
    flight: Flight<V>,
}

impl<'a, K, V> Boarding<'a, K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn new(cache: &'a Inner<K, V>, key: &'a K) -> Self {
        let flight = Arc::clone(cache.flights().entry(key.clone()).or_default());
        Self { cache, key, flight }
    }

    /// Keeps `entry`, unless the key was invalidated since the load began. Deciding and keeping happen under the lock
    /// that an invalidation takes as well.
    fn land(self, entry: &Entry<V>) {
        let mut flights = self.cache.flights();
        if flights.get(self.key).is_some_and(|current| Arc::ptr_eq(current, &self.flight)) {
            flights.remove(self.key);
            self.cache.entries.insert(self.key.clone(), entry.clone());
        }
    }
}

impl<K, V> Drop for Boarding<'_, K, V>
where
    K: Hash + Eq,
{
    fn drop(&mut self) {
        let mut flights = self.cache.flights();
        let is_current = flights.get(self.key).is_some_and(|current| Arc::ptr_eq(current, &self.flight));
        // The map's own reference and this one: nobody else waits.
        if is_current && Arc::strong_count(&self.flight) <= 2 {
            flights.remove(self.key);
        }
    }
}
