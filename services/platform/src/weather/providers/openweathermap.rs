//! OpenWeatherMap's "One Call" dialect: 48 hours and eight days in one answer, wind in metres a second.

use anyhow::Context as _;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kit::http::HttpClient;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{Provider, ask};
use crate::config::WeatherProviderConfig;
use crate::weather::domain::{Conditions, Day, Hour, RoundedPlace, Series, Sky, percent};

const KMH_PER_METRE_A_SECOND: f64 = 3.6;

pub struct OpenWeatherMap {
    client: HttpClient,
    url: String,
    key: SecretString,
}

#[derive(Deserialize)]
struct OneCall {
    timezone: String,
    hourly: Vec<HourPart>,
    daily: Vec<DayPart>,
}

#[derive(Deserialize)]
struct HourPart {
    dt: i64,
    temp: f64,
    humidity: f64,
    wind_speed: f64,
    /// Absent in the hour that has begun.
    #[serde(default)]
    pop: f64,
    weather: Vec<Group>,
}

#[derive(Deserialize)]
struct DayPart {
    dt: i64,
    temp: DayTemperatures,
    humidity: f64,
    wind_speed: f64,
    #[serde(default)]
    pop: f64,
    weather: Vec<Group>,
}

#[derive(Deserialize)]
struct DayTemperatures {
    day: f64,
}

#[derive(Deserialize)]
struct Group {
    id: u32,
    icon: String,
}

impl OpenWeatherMap {
    pub fn new(client: HttpClient, config: &WeatherProviderConfig) -> Self {
        let url = format!("{}/data/3.0/onecall", config.api_url.as_str().trim_end_matches('/'));
        Self { client, url, key: config.api_key.clone() }
    }

    async fn one_call(&self, place: RoundedPlace) -> anyhow::Result<Series> {
        let (latitude, longitude) = (place.latitude().to_string(), place.longitude().to_string());
        let query = [
            ("lat", latitude.as_str()),
            ("lon", &longitude),
            ("units", "metric"),
            ("exclude", "current,minutely,alerts"),
            ("appid", self.key.expose_secret()),
        ];
        series(ask(&self.client, &self.url, &query).await?)
    }
}

impl Provider for OpenWeatherMap {
    fn name(&self) -> &'static str {
        "openweathermap"
    }

    fn series(&self, place: RoundedPlace) -> BoxFuture<'_, anyhow::Result<Series>> {
        self.one_call(place).boxed()
    }
}

fn series(answer: OneCall) -> anyhow::Result<Series> {
    let zone = TimeZone::get(&answer.timezone).context("the zone of the place is not known")?;
    let hours = answer
        .hourly
        .into_iter()
        .map(|hour| {
            let conditions = conditions(hour.temp, hour.pop, hour.wind_speed, hour.humidity, hour.weather.first());
            Ok(Hour { starts_at: Timestamp::from_second(hour.dt)?, conditions })
        })
        .collect::<anyhow::Result<_>>()?;
    let days = answer
        .daily
        .into_iter()
        .map(|day| {
            let conditions = conditions(day.temp.day, day.pop, day.wind_speed, day.humidity, day.weather.first());
            Ok(Day { date: Timestamp::from_second(day.dt)?.to_zoned(zone.clone()).date(), conditions })
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(Series { timezone: answer.timezone, hours, days })
}

fn conditions(temperature: f64, rain: f64, wind: f64, humidity: f64, group: Option<&Group>) -> Conditions {
    Conditions {
        temperature,
        rain_probability: percent(rain * 100.0),
        wind_kmh: wind * KMH_PER_METRE_A_SECOND,
        humidity: percent(humidity),
        sky: group.map_or(Sky::Cloudy, |group| sky(group.id)),
        // Icons are called "10d" by day and "10n" by night.
        by_day: group.is_none_or(|group| !group.icon.ends_with('n')),
    }
}

/// Its condition codes come in groups of a hundred.
fn sky(id: u32) -> Sky {
    match id {
        200..=299 => Sky::Thunderstorm,
        300..=399 => Sky::Drizzle,
        500..=599 => Sky::Rain,
        600..=699 => Sky::Snow,
        700..=799 => Sky::Fog,
        800 => Sky::Clear,
        801 | 802 => Sky::PartlyCloudy,
        _ => Sky::Cloudy,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    /// FIND-44: units and words of the vendor become ours.
    #[test]
    fn an_answer_is_translated() {
        let answer = json!({
            "lat": 38.0, "lon": 23.7, "timezone": "Europe/Athens", "timezone_offset": 7200,
            "hourly": [{ "dt": 1_795_190_400, "temp": 11.5, "humidity": 82, "wind_speed": 10.0, "pop": 0.55,
                         "weather": [{ "id": 501, "main": "Rain", "description": "moderate rain", "icon": "10n" }] }],
            "daily": [{ "dt": 1_795_168_800, "temp": { "day": 14.0, "min": 8.0, "max": 15.0 }, "humidity": 60,
                        "wind_speed": 2.5, "weather": [{ "id": 800, "icon": "01d" }] }],
        });
        let series = series(serde_json::from_value(answer).expect("the vendor's shape")).expect("sound values");
        let hour = series.hours[0].conditions;
        assert_eq!((hour.temperature, hour.rain_probability, hour.wind_kmh, hour.humidity), (11.5, 55, 36.0, 82));
        assert_eq!((hour.sky, hour.by_day), (Sky::Rain, false));
        let day = series.days[0];
        assert_eq!((day.date, day.conditions.rain_probability), (date(2026, 11, 20), 0));
        assert_eq!((day.conditions.sky, day.conditions.wind_kmh), (Sky::Clear, 9.0));
    }

    #[test]
    fn every_group_has_a_sky() {
        for (id, expected) in [
            (211, Sky::Thunderstorm),
            (301, Sky::Drizzle),
            (601, Sky::Snow),
            (741, Sky::Fog),
            (801, Sky::PartlyCloudy),
            (804, Sky::Cloudy),
            (9999, Sky::Cloudy),
        ] {
            assert_eq!(sky(id), expected, "{id}");
        }
    }
}
