//! What a forecast says, what to advise from it, which days it can be asked for, and when a vendor is left alone.
//!
//! Pure: clock and thresholds are arguments, and no vendor is known here.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use crate::courts::domain::Place;

/// FIND-39: forecasts reach from today to so many days ahead.
pub const DAYS_AHEAD: i64 = 7;

/// The sky, in words of our own: vendors have hundreds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sky {
    Clear,
    PartlyCloudy,
    Cloudy,
    Fog,
    Drizzle,
    Rain,
    Thunderstorm,
    Snow,
}

impl Sky {
    /// What clients read as `condition`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "CLEAR",
            Self::PartlyCloudy => "PARTLY_CLOUDY",
            Self::Cloudy => "CLOUDY",
            Self::Fog => "FOG",
            Self::Drizzle => "DRIZZLE",
            Self::Rain => "RAIN",
            Self::Thunderstorm => "THUNDERSTORM",
            Self::Snow => "SNOW",
        }
    }

    /// Name of the picture. Only a sky that shows the sun or the moon differs at night.
    #[must_use]
    pub const fn icon(self, by_day: bool) -> &'static str {
        match (self, by_day) {
            (Self::Clear, true) => "clear-day",
            (Self::Clear, false) => "clear-night",
            (Self::PartlyCloudy, true) => "partly-cloudy-day",
            (Self::PartlyCloudy, false) => "partly-cloudy-night",
            (Self::Cloudy, _) => "cloudy",
            (Self::Fog, _) => "fog",
            (Self::Drizzle, _) => "drizzle",
            (Self::Rain, _) => "rain",
            (Self::Thunderstorm, _) => "thunderstorm",
            (Self::Snow, _) => "snow",
        }
    }
}

/// The weather of an hour or of a day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    /// Degrees Celsius.
    pub temperature: f64,
    /// Percent.
    pub rain_probability: u8,
    /// Kilometres an hour.
    pub wind_kmh: f64,
    /// Percent.
    pub humidity: u8,
    /// What one sees looking up.
    pub sky: Sky,
    /// Whether the sun is up.
    pub by_day: bool,
}

/// A share between 0 and 1 or a number of percent as whole percent; nonsense becomes the nearest bound.
#[must_use]
pub fn percent(value: f64) -> u8 {
    // Clamped to the range before, so nothing is cut off; NaN becomes 0.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value lies between 0 and 100")]
    let whole = value.clamp(0.0, 100.0).round() as u8;
    whole
}

/// One hour of a place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Hour {
    /// Its first instant.
    pub starts_at: Timestamp,
    /// The weather then.
    pub conditions: Conditions,
}

/// One day of a place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Day {
    /// Local date of the place.
    pub date: Date,
    /// The weather by day.
    pub conditions: Conditions,
}

/// Everything one vendor foretells for one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// IANA name of the zone of the place.
    pub timezone: String,
    /// The next hours; vendors differ in how many.
    pub hours: Vec<Hour>,
    /// Today and the days after it.
    pub days: Vec<Day>,
}

impl Series {
    /// The weather on a date, at a time if one is asked for: that of its hour where hours are known, else of the day.
    #[must_use]
    pub fn at(&self, date: Date, time: Option<Time>, zone: &TimeZone) -> Option<Conditions> {
        let instant = time.and_then(|time| zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible().ok());
        let of_hour = instant.and_then(|instant| {
            let hour = SignedDuration::from_hours(1);
            self.hours.iter().find(|known| known.starts_at <= instant && instant.duration_since(known.starts_at) < hour)
        });
        match of_hour {
            Some(hour) => Some(hour.conditions),
            None => self.days.iter().find(|day| day.date == date).map(|day| day.conditions),
        }
    }
}

/// FIND-39: whether a date is one that forecasts exist for.
#[must_use]
pub fn is_foretold(date: Date, today: Date) -> bool {
    today <= date && date <= today.saturating_add(DAYS_AHEAD.days())
}

/// Whether a date is foretold anywhere on the globe, for a place whose zone is not known yet.
#[must_use]
pub fn is_foretold_somewhere(date: Date, now: Timestamp) -> bool {
    let today = now.to_zoned(TimeZone::UTC).date();
    is_foretold(date, today.saturating_sub(1.days())) || is_foretold(date, today.saturating_add(1.days()))
}

/// Whether to play under a roof (FIND-40).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Recommendation {
    /// Rain, wind, frost or heat.
    IndoorRecommended,
    /// A good day outside.
    OutdoorRecommended,
    /// Neither.
    Neutral,
}

impl Recommendation {
    /// The text that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IndoorRecommended => "INDOOR_RECOMMENDED",
            Self::OutdoorRecommended => "OUTDOOR_RECOMMENDED",
            Self::Neutral => "NEUTRAL",
        }
    }

    /// The recommendation behind a stored text.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        [Self::IndoorRecommended, Self::OutdoorRecommended, Self::Neutral]
            .into_iter()
            .find(|recommendation| recommendation.as_str() == text)
    }
}

/// Where good and bad weather begin (FIND-41).
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Percent of rain from which a roof is better.
    pub indoor_rain: u8,
    /// Degrees below which it is too cold.
    pub too_cold: f64,
    /// Degrees above which it is too hot.
    pub too_hot: f64,
    /// Kilometres an hour above which it is too windy.
    pub too_windy: f64,
    /// Percent of rain up to which a day is good.
    pub outdoor_rain: u8,
    /// Degrees from which a day is good.
    pub mild_from: f64,
    /// Degrees up to which a day is good.
    pub mild_to: f64,
    /// Kilometres an hour up to which a day is good.
    pub calm: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            indoor_rain: 50,
            too_cold: 5.0,
            too_hot: 35.0,
            too_windy: 40.0,
            outdoor_rain: 20,
            mild_from: 15.0,
            mild_to: 30.0,
            calm: 25.0,
        }
    }
}

/// Advises from the weather (FIND-40, FIND-41).
#[must_use]
pub fn recommend(weather: &Conditions, limits: &Thresholds) -> Recommendation {
    let bad = weather.rain_probability >= limits.indoor_rain
        || weather.temperature < limits.too_cold
        || weather.temperature > limits.too_hot
        || weather.wind_kmh > limits.too_windy;
    let good = weather.rain_probability <= limits.outdoor_rain
        && (limits.mild_from..=limits.mild_to).contains(&weather.temperature)
        && weather.wind_kmh <= limits.calm;
    if bad {
        Recommendation::IndoorRecommended
    } else if good {
        Recommendation::OutdoorRecommended
    } else {
        Recommendation::Neutral
    }
}

/// What matters of a forecast for a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// What to make of it.
    pub recommendation: Recommendation,
    /// Percent.
    pub rain_probability: u8,
}

/// How a forecast compares with the best one so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The first one, or better in something: this is the best so far.
    Better(Seen),
    /// Neither better nor clearly worse.
    Same,
    /// FIND-46: worth a message.
    Worse,
}

/// Compares a forecast with the best one so far (FIND-46): worse is when indoors is recommended that was not before, or
/// when the chance of rain is `rise` points above the lowest.
#[must_use]
pub fn turn(best: Option<Seen>, now: Seen, rise: u8) -> Turn {
    let Some(best) = best else { return Turn::Better(now) };
    let is_indoor = |seen: Seen| seen.recommendation == Recommendation::IndoorRecommended;
    let rose = u16::from(now.rain_probability) >= u16::from(best.rain_probability) + u16::from(rise);
    if (is_indoor(now) && !is_indoor(best)) || rose {
        return Turn::Worse;
    }
    let better = Seen {
        recommendation: if is_indoor(best) { now.recommendation } else { best.recommendation },
        rain_probability: best.rain_probability.min(now.rain_probability),
    };
    if better == best { Turn::Same } else { Turn::Better(better) }
}

/// A place to about ten kilometres: who asks nearby asks the same (FIND-45).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RoundedPlace {
    latitude_tenths: i32,
    longitude_tenths: i32,
}

impl RoundedPlace {
    /// The tenth of a degree that is nearest.
    #[must_use]
    pub fn of(place: Place) -> Self {
        // At most 1800, so nothing is cut off.
        #[expect(clippy::cast_possible_truncation, reason = "degrees on the globe, times ten")]
        let tenths = |degrees: f64| (degrees * 10.0).round() as i32;
        Self { latitude_tenths: tenths(place.latitude()), longitude_tenths: tenths(place.longitude()) }
    }

    /// Degrees north.
    #[must_use]
    pub fn latitude(self) -> f64 {
        f64::from(self.latitude_tenths) / 10.0
    }

    /// Degrees east.
    #[must_use]
    pub fn longitude(self) -> f64 {
        f64::from(self.longitude_tenths) / 10.0
    }
}

/// When to leave a failing vendor alone (FIND-44).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatienceRules {
    /// Failures in a row that are borne.
    pub failures: u32,
    /// How long it is left alone then.
    pub pause: SignedDuration,
}

/// How one vendor did lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Patience {
    failures: u32,
    alone_until: Option<Timestamp>,
}

impl Patience {
    /// Whether it is to be asked now.
    #[must_use]
    pub fn is_left(&self, now: Timestamp) -> bool {
        self.alone_until.is_none_or(|until| until <= now)
    }

    /// It answered.
    pub fn answered(&mut self) {
        *self = Self::default();
    }

    /// It failed. After a pause one more failure begins the next one.
    pub fn failed(&mut self, now: Timestamp, rules: PatienceRules) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= rules.failures {
            self.alone_until = now.checked_add(rules.pause).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;

    fn fine() -> Conditions {
        Conditions {
            temperature: 22.0,
            rain_probability: 5,
            wind_kmh: 10.0,
            humidity: 50,
            sky: Sky::Clear,
            by_day: true,
        }
    }

    fn advice(change: impl FnOnce(&mut Conditions)) -> Recommendation {
        let mut weather = fine();
        change(&mut weather);
        recommend(&weather, &Thresholds::default())
    }

    /// FIND-40, FIND-41: each threshold on its edge.
    #[test]
    fn the_thresholds_are_exact() {
        use Recommendation::{IndoorRecommended, Neutral, OutdoorRecommended};
        assert_eq!(advice(|_| {}), OutdoorRecommended);
        for (rain, expected) in [(20, OutdoorRecommended), (21, Neutral), (49, Neutral), (50, IndoorRecommended)] {
            assert_eq!(advice(|weather| weather.rain_probability = rain), expected, "rain {rain}");
        }
        for (temperature, expected) in [
            (4.9, IndoorRecommended),
            (5.0, Neutral),
            (14.9, Neutral),
            (15.0, OutdoorRecommended),
            (30.0, OutdoorRecommended),
            (30.1, Neutral),
            (35.0, Neutral),
            (35.1, IndoorRecommended),
        ] {
            assert_eq!(advice(|weather| weather.temperature = temperature), expected, "{temperature} degrees");
        }
        for (wind, expected) in
            [(25.0, OutdoorRecommended), (25.1, Neutral), (40.0, Neutral), (40.1, IndoorRecommended)]
        {
            assert_eq!(advice(|weather| weather.wind_kmh = wind), expected, "wind {wind}");
        }
        let strict = Thresholds { indoor_rain: 5, ..Thresholds::default() };
        assert_eq!(recommend(&fine(), &strict), IndoorRecommended);
    }

    /// FIND-39: today and seven days, no more and no less, wherever the place is.
    #[test]
    fn seven_days_are_foretold() {
        let today = date(2026, 11, 20);
        for (day, foretold) in [(19, false), (20, true), (27, true), (28, false)] {
            assert_eq!(is_foretold(date(2026, 11, day), today), foretold, "{day}");
        }
        let now: Timestamp = "2026-11-20T23:30:00Z".parse().expect("an instant");
        // In Auckland it is the 21st already, in Honolulu still the 20th.
        assert!(is_foretold_somewhere(date(2026, 11, 28), now));
        assert!(is_foretold_somewhere(date(2026, 11, 19), now));
        assert!(!is_foretold_somewhere(date(2026, 11, 29), now));
        assert!(!is_foretold_somewhere(date(2026, 11, 18), now));
    }

    /// FIND-38: the hour that was asked for where it is known, else the day.
    #[test]
    fn the_hour_comes_before_the_day() {
        let zone = TimeZone::get("Europe/Athens").expect("a zone");
        let starts_at = "2026-11-20T16:00:00Z".parse().expect("an instant");
        let hour = Hour { starts_at, conditions: Conditions { temperature: 12.0, ..fine() } };
        let day = Day { date: date(2026, 11, 20), conditions: fine() };
        let series = Series { timezone: "Europe/Athens".to_owned(), hours: vec![hour], days: vec![day] };
        let at = |hour, minute| {
            series.at(day.date, Some(time(hour, minute, 0, 0)), &zone).map(|weather| weather.temperature)
        };
        assert_eq!((at(17, 59), at(18, 0), at(18, 59), at(19, 0)), (Some(22.0), Some(12.0), Some(12.0), Some(22.0)));
        assert_eq!(series.at(day.date, None, &zone), Some(fine()));
        assert_eq!(series.at(date(2026, 11, 21), None, &zone), None);
    }

    /// FIND-46: a flip to indoors or thirty points of rain are worth a message; what was bad from the start is not.
    #[test]
    fn only_a_clear_turn_is_told() {
        use Recommendation::{IndoorRecommended, Neutral, OutdoorRecommended};
        let seen = |recommendation, rain_probability| Seen { recommendation, rain_probability };
        let fine = seen(OutdoorRecommended, 10);
        assert_eq!(turn(None, seen(IndoorRecommended, 90), 30), Turn::Better(seen(IndoorRecommended, 90)));
        assert_eq!(turn(Some(fine), fine, 30), Turn::Same);
        assert_eq!(turn(Some(fine), seen(Neutral, 39), 30), Turn::Same);
        assert_eq!(turn(Some(fine), seen(Neutral, 40), 30), Turn::Worse);
        assert_eq!(turn(Some(fine), seen(IndoorRecommended, 10), 30), Turn::Worse, "a storm without rain");
        assert_eq!(turn(Some(seen(IndoorRecommended, 60)), seen(IndoorRecommended, 89), 30), Turn::Same);
        assert_eq!(turn(Some(seen(IndoorRecommended, 60)), seen(IndoorRecommended, 90), 30), Turn::Worse);
        // What got better in between can turn again.
        assert_eq!(turn(Some(seen(IndoorRecommended, 80)), fine, 30), Turn::Better(fine));
        assert_eq!(turn(Some(fine), seen(Neutral, 5), 30), Turn::Better(seen(OutdoorRecommended, 5)));
        assert_eq!(turn(Some(seen(Neutral, 100)), seen(Neutral, 100), 30), Turn::Same);
    }

    /// FIND-44: some failures are borne, then there is a pause, and one good answer forgives everything.
    #[test]
    fn patience_ends_and_returns() {
        let rules = PatienceRules { failures: 2, pause: SignedDuration::from_secs(60) };
        let start = Timestamp::UNIX_EPOCH;
        let mut patience = Patience::default();
        patience.failed(start, rules);
        assert!(patience.is_left(start));
        patience.failed(start, rules);
        assert!(!patience.is_left(start + SignedDuration::from_secs(59)));
        let later = start + SignedDuration::from_secs(60);
        assert!(patience.is_left(later));
        patience.failed(later, rules);
        assert!(!patience.is_left(later), "one more failure is enough");
        patience.answered();
        assert!(patience.is_left(later));
    }

    #[test]
    fn percents_stay_percents() {
        assert_eq!([percent(-3.0), percent(f64::NAN), percent(49.6), percent(1e9)], [0, 0, 50, 100]);
    }

    proptest! {
        /// FIND-40: worse weather never makes outdoor play more advisable.
        #[test]
        fn more_rain_and_wind_never_help(
            temperature in -20.0_f64..50.0, rain in 0_u8..=100, more_rain in 0_u8..=100, wind in 0.0_f64..80.0, more_wind in 0.0_f64..80.0,
        ) {
            let rank = |recommendation| match recommendation {
                Recommendation::IndoorRecommended => 0,
                Recommendation::Neutral => 1,
                Recommendation::OutdoorRecommended => 2,
            };
            let before = advice(|weather| {
                (weather.temperature, weather.rain_probability, weather.wind_kmh) = (temperature, rain, wind);
            });
            let after = advice(|weather| {
                weather.temperature = temperature;
                weather.rain_probability = rain.max(more_rain);
                weather.wind_kmh = wind.max(more_wind);
            });
            prop_assert!(rank(after) <= rank(before));
        }

        /// FIND-45: a place is kept within about eight kilometres of where it is, and rounding twice changes nothing.
        #[test]
        fn rounded_places_are_near(latitude in -90.0_f64..=90.0, longitude in -180.0_f64..=180.0) {
            let rounded = RoundedPlace::of(Place::new(latitude, longitude).expect("on the globe"));
            prop_assert!((rounded.latitude() - latitude).abs() <= 0.050_001);
            prop_assert!((rounded.longitude() - longitude).abs() <= 0.050_001);
            let again = Place::new(rounded.latitude(), rounded.longitude()).expect("still on the globe");
            prop_assert_eq!(RoundedPlace::of(again), rounded);
        }
    }
}
