//! Asks for forecasts: from the kept ones, else from the first vendor that answers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::anyhow;
use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use kit::Env;
use kit::cache::{Cache, Sharing};
use kit::clock::SharedClock;
use kit::ids::SharedIds;
use kit::redis::Redis;
use tracing::Instrument as _;

use super::domain::{
    Conditions, Patience, PatienceRules, Recommendation, RoundedPlace, Series, Thresholds, is_foretold,
    is_foretold_somewhere, recommend,
};
use super::providers::{self, Provider};
use crate::config::WeatherConfig;
use crate::courts::domain::Place;

/// Places kept at most: all of Greece several times.
const CAPACITY: u64 = 20_000;
/// FIND-45: how long a forecast may be kept, in seconds.
const LIFE_SECONDS: std::ops::RangeInclusive<u32> = 300..=600;

/// Why there is no forecast.
#[derive(Debug, thiserror::Error)]
pub enum WeatherError {
    /// FIND-39: the date has passed or is too far away.
    #[error("there is no forecast for that day")]
    NotForetold,
    /// FIND-43, FIND-44: no vendor answers.
    #[error("no forecast can be had now")]
    Unavailable(#[source] anyhow::Error),
}

/// The weather on a date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// Local date of the place.
    pub date: Date,
    /// The time that was asked for.
    pub time: Option<Time>,
    /// What is foretold.
    pub conditions: Conditions,
    /// What to make of it.
    pub recommendation: Recommendation,
}

/// A forecast as a part of another answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Embedded {
    /// It is known.
    Known(Outlook),
    /// FIND-39: nobody can know yet, or the day has passed.
    NotForetold {
        /// The date that was asked for.
        date: Date,
        /// The time that was asked for.
        time: Option<Time>,
    },
    /// FIND-43: it could not be had in time.
    Unavailable,
}

/// A vendor and how it did lately.
struct Desk {
    provider: Box<dyn Provider>,
    patience: Mutex<Patience>,
}

struct Inner {
    desks: Vec<Desk>,
    kept: Cache<RoundedPlace, Arc<Series>>,
    thresholds: Thresholds,
    rules: PatienceRules,
    part_limit: Duration,
    clock: SharedClock,
}

/// All vendors together. Cheap to clone.
#[derive(Clone)]
pub struct Weather(Arc<Inner>);

impl Weather {
    /// Nothing has been asked yet by this process; with `redis` forecasts are shared with the others (FIND-45).
    ///
    /// # Errors
    /// When a setting makes no sense.
    pub fn open(config: &WeatherConfig, env: &Env, redis: Option<&Redis>) -> anyhow::Result<Self> {
        anyhow::ensure!(
            LIFE_SECONDS.contains(&config.cache_seconds),
            "weather.cache_seconds must lie between {} and {}",
            LIFE_SECONDS.start(),
            LIFE_SECONDS.end()
        );
        let desks = providers::all(config, &env.clock)?
            .into_iter()
            .map(|provider| Desk { provider, patience: Mutex::default() })
            .collect();
        let life = SignedDuration::from_secs(i64::from(config.cache_seconds));
        let clock = env.clock.clone();
        let kept = match redis {
            None => Cache::new("weather", CAPACITY, life, clock),
            Some(redis) => Cache::shared("weather", CAPACITY, life, clock, sharing(redis.clone(), env.ids.clone())),
        };
        Ok(Self(Arc::new(Inner {
            desks,
            kept,
            thresholds: config.thresholds,
            rules: PatienceRules {
                failures: config.failures_to_skip.max(1),
                pause: SignedDuration::from_secs(i64::from(config.skip_seconds)),
            },
            part_limit: Duration::from_millis(config.timeout_ms),
            clock: env.clock.clone(),
        })))
    }

    /// The weather of a place on a date (FIND-38 to FIND-41). Without a zone, that of the place itself says which day
    /// it is.
    ///
    /// # Errors
    /// See [`WeatherError`].
    pub async fn outlook(
        &self,
        place: Place,
        date: Date,
        time: Option<Time>,
        zone: Option<&TimeZone>,
    ) -> Result<Outlook, WeatherError> {
        let now = self.0.clock.now();
        let foretold = match zone {
            Some(zone) => is_foretold(date, now.to_zoned(zone.clone()).date()),
            None => is_foretold_somewhere(date, now),
        };
        if !foretold {
            return Err(WeatherError::NotForetold);
        }
        let series = self.series(RoundedPlace::of(place)).await.map_err(WeatherError::Unavailable)?;
        let zone = match zone {
            Some(zone) => zone.clone(),
            None => TimeZone::get(&series.timezone).map_err(|error| WeatherError::Unavailable(error.into()))?,
        };
        if !is_foretold(date, now.to_zoned(zone.clone()).date()) {
            return Err(WeatherError::NotForetold);
        }
        let conditions = series.at(date, time, &zone).ok_or(WeatherError::NotForetold)?;
        Ok(Outlook { date, time, conditions, recommendation: recommend(&conditions, &self.0.thresholds) })
    }

    /// As [`Weather::outlook`], for answers that go without when it fails or takes too long (FIND-43).
    pub async fn embedded(&self, place: Place, date: Date, time: Option<Time>, zone: Option<&TimeZone>) -> Embedded {
        match tokio::time::timeout(self.0.part_limit, self.outlook(place, date, time, zone)).await {
            Ok(Ok(outlook)) => Embedded::Known(outlook),
            Ok(Err(WeatherError::NotForetold)) => Embedded::NotForetold { date, time },
            Ok(Err(WeatherError::Unavailable(cause))) => {
                tracing::warn!(error = format!("{cause:#}"), "an answer goes without its forecast");
                Embedded::Unavailable
            }
            Err(_) => {
                tracing::warn!("an answer does not wait longer for its forecast");
                Embedded::Unavailable
            }
        }
    }

    /// What is foretold for a place: kept, else asked for once, however many want it (FIND-45). The question goes on
    /// when whoever asked first has lost patience, so that the next one finds the answer.
    async fn series(&self, place: RoundedPlace) -> anyhow::Result<Arc<Series>> {
        let weather = self.clone();
        let asking = async move {
            let load = async { weather.ask_in_order(place).await.map(Arc::new) };
            weather.0.kept.get_or_load(&place, load).await.map(|cached| cached.value)
        };
        tokio::spawn(asking.in_current_span()).await?
    }

    /// FIND-44: the first vendor that answers, in the configured order.
    async fn ask_in_order(&self, place: RoundedPlace) -> anyhow::Result<Series> {
        let mut last = anyhow!("no vendor is to be asked now");
        for desk in &self.0.desks {
            let name = desk.provider.name();
            if !desk.patience().is_left(self.0.clock.now()) {
                continue;
            }
            match desk.provider.series(place).await {
                Ok(series) => {
                    desk.patience().answered();
                    return Ok(series);
                }
                Err(error) => {
                    desk.patience().failed(self.0.clock.now(), self.0.rules);
                    metrics::counter!("weather_provider_failures_total", "provider" => name).increment(1);
                    tracing::warn!(provider = name, error = format!("{error:#}"), "a vendor of forecasts failed");
                    last = error;
                }
            }
        }
        Err(last)
    }
}

fn sharing(redis: Redis, ids: SharedIds) -> Sharing<RoundedPlace, Arc<Series>> {
    Sharing {
        redis,
        ids,
        group: |place| format!("{},{}", place.latitude(), place.longitude()),
        member: |_| "series".to_owned(),
        encode: |series| serde_json::to_vec(&**series).ok(),
        decode: |bytes| serde_json::from_slice(bytes).ok().map(Arc::new),
    }
}

impl Desk {
    fn patience(&self) -> std::sync::MutexGuard<'_, Patience> {
        self.patience.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
