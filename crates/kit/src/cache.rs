//! Answers worth keeping for a while, in this process. Nothing is ever decided by a cache.
//!
//! A value that was being read while its key was invalidated is not kept: a slow reader cannot bring back what a writer
//! has just made old (FIND-51). One reader loads a missing key, the others wait for it.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache as Entries;
use tokio::sync::OnceCell;

use crate::clock::SharedClock;

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
type Flight<V> = Arc<OnceCell<V>>;

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
        let entries = Entries::builder().max_capacity(capacity).build();
        Self { inner: Arc::new(Inner { name, clock, life, entries, flights: Mutex::default() }) }
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
            metrics::counter!("cache_requests_total", "cache" => self.inner.name, "result" => "hit").increment(1);
            return Ok(Cached { value, hit: true });
        }
        metrics::counter!("cache_requests_total", "cache" => self.inner.name, "result" => "miss").increment(1);
        let boarding = Boarding::new(&self.inner, key);
        let value = boarding.flight.get_or_try_init(|| load).await?.clone();
        boarding.land(&value);
        Ok(Cached { value, hit: false })
    }

    /// The kept value of `key`.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<V> {
        let entry = self.inner.entries.get(key)?;
        (self.inner.clock.now() < entry.expires_at).then_some(entry.value)
    }

    /// Forgets `key`, also for loads that have begun.
    pub fn invalidate(&self, key: &K) {
        let mut flights = self.inner.flights();
        flights.remove(key);
        self.inner.entries.invalidate(key);
    }

    /// Forgets every key that `matches`, also for loads that have begun. Walks over all entries.
    pub fn invalidate_matching(&self, matches: impl Fn(&K) -> bool) {
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
        let mut flights = self.inner.flights();
        flights.clear();
        self.inner.entries.invalidate_all();
    }
}

impl<K, V> Inner<K, V> {
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

    /// Keeps `value`, unless the key was invalidated since the load began. Deciding and keeping happen under the lock
    /// that an invalidation takes as well.
    fn land(self, value: &V) {
        let mut flights = self.cache.flights();
        if flights.get(self.key).is_some_and(|current| Arc::ptr_eq(current, &self.flight)) {
            flights.remove(self.key);
            let expires_at = self.cache.clock.now() + self.cache.life;
            self.cache.entries.insert(self.key.clone(), Entry { value: value.clone(), expires_at });
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
