//! The kept days of courts: an answer to readers, never a base for decisions (FIND-48, FIND-51, FIND-56).
//!
//! A day is kept as what decides its slots, not as finished slots, so every length of booking is answered from one entry
//! and a hold ends on time without any message.

use std::sync::Arc;

use contracts::identity::Role;
use contracts::ids::{CourtId, UserId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kit::Env;
use kit::cache::{Cache, Cached, Sharing};
use kit::ids::SharedIds;
use kit::lane::Lane;
use kit::redis::Redis;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use super::domain::CourtDay;
use super::lane::Looking;
use super::store::{Calendar, Wanted};
use crate::pricing::domain::PriceList;
use crate::store_error::StoreError;

/// LIVE-05: how long a day is kept when no event drops it before.
const LIFE: SignedDuration = SignedDuration::from_mins(5);
/// Days kept at most; the ones asked for least leave first.
const CAPACITY: u64 = 5_000;

/// One court on one date as it was read. It holds nothing of the person who asked (FIND-53).
#[derive(Debug, Serialize, Deserialize)]
pub struct KnownDay {
    /// The owner, who sees hidden courts.
    pub owner_id: UserId,
    /// Whether customers see the court.
    pub visible: bool,
    /// IANA name of its zone.
    pub timezone: String,
    /// What decides its slots.
    pub day: CourtDay,
    /// Its prices.
    pub prices: PriceList,
}

impl KnownDay {
    /// Takes one date out of a calendar.
    #[must_use]
    pub fn of(calendar: &Calendar, date: Date) -> Self {
        Self {
            owner_id: calendar.owner_id,
            visible: calendar.visible,
            timezone: calendar.timezone.clone(),
            day: calendar.day(date),
            prices: calendar.prices.clone(),
        }
    }

    /// COURT-33: hidden courts exist only for their owner and for admins.
    #[must_use]
    pub fn shows_to(&self, user: UserId, role: Role) -> bool {
        self.visible || self.owner_id == user || role == Role::PlatformAdmin
    }

    /// The slots for bookings of `sessions` sessions, with prices.
    pub fn priced_slots(&self, sessions: u32, now: Timestamp) -> impl Iterator<Item = PricedSlot> {
        self.day.slots(sessions, now).into_iter().map(move |slot| PricedSlot {
            price: self.prices.quote(self.day.date, slot.start, sessions).subtotal,
            slot,
        })
    }
}

/// A slot with the price of booking it.
#[derive(Debug, Clone, Copy)]
pub struct PricedSlot {
    /// The slot.
    pub slot: super::domain::Slot,
    /// Price of all its sessions.
    pub price: contracts::money::Cents,
}

/// Which day of which court.
type DayKey = (CourtId, Date);
/// What is kept about it; nothing when there is no such court.
type Kept = Option<Arc<KnownDay>>;

/// The days this process has kept, and those that all processes share.
#[derive(Clone)]
pub struct Availability {
    days: Cache<DayKey, Kept>,
    looks: Lane<Looking>,
}

impl Availability {
    /// Nothing is kept yet in this process; with `redis` days are shared with the others.
    #[must_use]
    pub fn new(env: &Env, pool: &PgPool, redis: Option<&Redis>) -> Self {
        let clock = env.clock.clone();
        let days = match redis {
            None => Cache::new("availability", CAPACITY, LIFE, clock),
            Some(redis) => {
                Cache::shared("availability", CAPACITY, LIFE, clock, sharing(redis.clone(), env.ids.clone()))
            }
        };
        Self { days, looks: Lane::open(pool) }
    }

    /// A court's calendar as the database has it now, never as it was kept. `None` when there is no such court.
    ///
    /// # Errors
    /// When the database does or a stored value is not understood.
    pub async fn look(&self, court: CourtId, first: Date, last: Date) -> Result<Option<Calendar>, StoreError> {
        self.looks.travel(Wanted { court, first, last }).await?
    }

    /// The kept day, or what `load` reads; readers of the same day wait for one of them (FIND-52). Unknown courts are
    /// kept as well, so that asking for nonsense costs the database little.
    ///
    /// # Errors
    /// What `load` answers.
    pub async fn day<E>(
        &self,
        court: CourtId,
        date: Date,
        load: impl Future<Output = Result<Option<Arc<KnownDay>>, E>>,
    ) -> Result<Cached<Option<Arc<KnownDay>>>, E> {
        self.days.get_or_load(&(court, date), load).await
    }

    /// Drops one day of a court (LIVE-16).
    pub fn forget_day(&self, court: CourtId, date: Date) {
        self.days.invalidate(&(court, date));
    }

    /// Drops all days of a court.
    pub fn forget_court(&self, court: CourtId) {
        self.days.invalidate_group(&(court, Date::MIN), |(kept, _)| *kept == court);
    }

    /// Drops everything.
    pub fn forget_all(&self) {
        self.days.clear();
    }
}

/// The days of a court are made old together: a hold of one day costs the others a read, and no event is missed for a
/// booking that lasts past midnight.
fn sharing(redis: Redis, ids: SharedIds) -> Sharing<DayKey, Kept> {
    Sharing {
        redis,
        ids,
        group: |(court, _)| court.to_string(),
        member: |(_, date)| date.to_string(),
        encode: |kept| serde_json::to_vec(&kept.as_deref()).ok(),
        decode: |bytes| Some(serde_json::from_slice::<Option<KnownDay>>(bytes).ok()?.map(Arc::new)),
    }
}
