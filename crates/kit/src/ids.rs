//! Identifiers and random secrets as an argument. Owns the only call for randomness.
//!
//! Ids are UUID version 7: they grow with time, so an index on them stays compact.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use uuid::{Builder, Uuid};

use crate::clock::SharedClock;

/// A source of new ids and secrets.
pub trait Ids: Send + Sync + 'static {
    /// A new id, version 7 of the current instant.
    fn new_id(&self) -> Uuid;

    /// `bytes` random bytes as unpadded base64url text.
    fn secret(&self, bytes: usize) -> String;
}

/// An id source shared by every part of a process.
pub type SharedIds = Arc<dyn Ids>;

/// Random ids that follow a clock.
pub struct RandomIds {
    clock: SharedClock,
}

impl RandomIds {
    /// Ids whose time part comes from `clock`.
    #[must_use]
    pub fn shared(clock: SharedClock) -> SharedIds {
        Arc::new(Self { clock })
    }
}

impl Ids for RandomIds {
    fn new_id(&self) -> Uuid {
        let mut random = [0_u8; 10];
        fill_random(&mut random);
        Builder::from_unix_timestamp_millis(unix_milliseconds(self.clock.now()), &random).into_uuid()
    }

    fn secret(&self, bytes: usize) -> String {
        let mut random = vec![0_u8; bytes];
        fill_random(&mut random);
        URL_SAFE_NO_PAD.encode(random)
    }
}

/// Ids that count upwards, so that a test can name them. Never for production: they can be guessed.
#[derive(Debug, Default)]
pub struct SequentialIds {
    next: AtomicU64,
}

impl SequentialIds {
    /// Ids starting at 1.
    #[must_use]
    pub fn shared() -> SharedIds {
        Arc::new(Self::default())
    }

    fn next(&self) -> u64 {
        self.next.fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl Ids for SequentialIds {
    fn new_id(&self) -> Uuid {
        let mut tail = [0_u8; 10];
        tail[2..].copy_from_slice(&self.next().to_be_bytes());
        Builder::from_unix_timestamp_millis(0, &tail).into_uuid()
    }

    fn secret(&self, bytes: usize) -> String {
        let count = self.next().to_be_bytes();
        URL_SAFE_NO_PAD.encode(count.iter().copied().cycle().take(bytes).collect::<Vec<u8>>())
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks for randomness")]
fn fill_random(buffer: &mut [u8]) {
    rand::RngCore::fill_bytes(&mut rand::rng(), buffer);
}

/// Random bytes for trace and span ids, which mean nothing to the business.
pub(crate) fn random_bytes<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut random = [0_u8; LENGTH];
    fill_random(&mut random);
    random
}

fn unix_milliseconds(instant: Timestamp) -> u64 {
    u64::try_from(instant.as_millisecond()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FixedClock;

    #[test]
    fn random_ids_are_version_seven_and_carry_the_clock() {
        let clock = FixedClock::at(Timestamp::from_millisecond(1_770_000_000_123).expect("a literal instant"));
        let id = RandomIds::shared(clock).new_id();
        assert_eq!(id.get_version_num(), 7);
        let (seconds, nanoseconds) = id.get_timestamp().expect("version 7 carries a time").to_unix();
        assert_eq!((seconds, nanoseconds / 1_000_000), (1_770_000_000, 123));
    }

    #[test]
    fn sequential_ids_and_secrets_never_repeat() {
        let ids = SequentialIds::shared();
        assert_ne!(ids.new_id(), ids.new_id());
        assert_ne!(ids.secret(32), ids.secret(32));
        assert_eq!(URL_SAFE_NO_PAD.decode(ids.secret(32)).expect("base64url").len(), 32);
    }
}
