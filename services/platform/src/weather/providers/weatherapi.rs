//! WeatherAPI.com's dialect: days with their hours nested inside, chances of rain and snow apart, wind in km/h.

use anyhow::Context as _;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::Date;
use kit::http::HttpClient;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{Provider, ask};
use crate::config::WeatherProviderConfig;
use crate::weather::domain::{Conditions, DAYS_AHEAD, Day, Hour, RoundedPlace, Series, Sky, percent};

pub struct WeatherApi {
    client: HttpClient,
    url: String,
    key: SecretString,
}

#[derive(Deserialize)]
struct Answer {
    location: Location,
    forecast: Forecast,
}

#[derive(Deserialize)]
struct Location {
    tz_id: String,
}

#[derive(Deserialize)]
struct Forecast {
    forecastday: Vec<ForecastDay>,
}

#[derive(Deserialize)]
struct ForecastDay {
    date: Date,
    day: DayPart,
    hour: Vec<HourPart>,
}

#[derive(Deserialize)]
struct DayPart {
    maxtemp_c: f64,
    maxwind_kph: f64,
    avghumidity: f64,
    daily_chance_of_rain: f64,
    #[serde(default)]
    daily_chance_of_snow: f64,
    condition: Condition,
}

#[derive(Deserialize)]
struct HourPart {
    time_epoch: i64,
    temp_c: f64,
    is_day: u8,
    wind_kph: f64,
    humidity: f64,
    chance_of_rain: f64,
    #[serde(default)]
    chance_of_snow: f64,
    condition: Condition,
}

#[derive(Deserialize)]
struct Condition {
    code: u32,
}

impl WeatherApi {
    pub fn new(client: HttpClient, config: &WeatherProviderConfig) -> Self {
        let url = format!("{}/v1/forecast.json", config.api_url.as_str().trim_end_matches('/'));
        Self { client, url, key: config.api_key.clone() }
    }

    async fn forecast(&self, place: RoundedPlace) -> anyhow::Result<Series> {
        let place = format!("{},{}", place.latitude(), place.longitude());
        let days = (DAYS_AHEAD + 1).to_string();
        let query =
            [("key", self.key.expose_secret()), ("q", &place), ("days", &days), ("aqi", "no"), ("alerts", "no")];
        series(ask(&self.client, &self.url, &query).await?)
    }
}

impl Provider for WeatherApi {
    fn name(&self) -> &'static str {
        "weatherapi"
    }

    fn series(&self, place: RoundedPlace) -> BoxFuture<'_, anyhow::Result<Series>> {
        self.forecast(place).boxed()
    }
}

fn series(answer: Answer) -> anyhow::Result<Series> {
    let mut hours = Vec::new();
    let mut days = Vec::new();
    for known in answer.forecast.forecastday {
        for hour in known.hour {
            let conditions = Conditions {
                temperature: hour.temp_c,
                rain_probability: percent(hour.chance_of_rain.max(hour.chance_of_snow)),
                wind_kmh: hour.wind_kph,
                humidity: percent(hour.humidity),
                sky: sky(hour.condition.code),
                by_day: hour.is_day != 0,
            };
            let starts_at = Timestamp::from_second(hour.time_epoch).context("an hour is out of range")?;
            hours.push(Hour { starts_at, conditions });
        }
        let conditions = Conditions {
            temperature: known.day.maxtemp_c,
            rain_probability: percent(known.day.daily_chance_of_rain.max(known.day.daily_chance_of_snow)),
            wind_kmh: known.day.maxwind_kph,
            humidity: percent(known.day.avghumidity),
            sky: sky(known.day.condition.code),
            by_day: true,
        };
        days.push(Day { date: known.date, conditions });
    }
    Ok(Series { timezone: answer.location.tz_id, hours, days })
}

/// Its condition codes follow no order, so they are listed.
fn sky(code: u32) -> Sky {
    match code {
        1000 => Sky::Clear,
        1003 => Sky::PartlyCloudy,
        1030 | 1135 | 1147 => Sky::Fog,
        1072 | 1150 | 1153 | 1168 | 1171 => Sky::Drizzle,
        1063 | 1180..=1201 | 1240..=1246 => Sky::Rain,
        1066 | 1069 | 1114 | 1117 | 1204..=1237 | 1249..=1264 => Sky::Snow,
        1087 | 1273..=1282 => Sky::Thunderstorm,
        _ => Sky::Cloudy,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    /// FIND-44: units and words of the vendor become ours; rain or snow, whichever is likelier, is what keeps people away.
    #[test]
    fn an_answer_is_translated() {
        let answer = json!({
            "location": { "name": "Athens", "lat": 38.0, "lon": 23.7, "tz_id": "Europe/Athens" },
            "forecast": { "forecastday": [{
                "date": "2026-11-20", "date_epoch": 1_795_132_800,
                "day": { "maxtemp_c": 14.0, "avgtemp_c": 11.0, "maxwind_kph": 9.0, "avghumidity": 60,
                         "daily_chance_of_rain": 10, "daily_chance_of_snow": 35, "condition": { "code": 1000 } },
                "hour": [{ "time_epoch": 1_795_190_400, "temp_c": 11.5, "is_day": 0, "wind_kph": 36.0, "humidity": 82,
                           "chance_of_rain": 55, "chance_of_snow": 0, "condition": { "code": 1189 } }],
            }] },
        });
        let series = series(serde_json::from_value(answer).expect("the vendor's shape")).expect("sound values");
        let hour = series.hours[0].conditions;
        assert_eq!((hour.temperature, hour.rain_probability, hour.wind_kmh, hour.humidity), (11.5, 55, 36.0, 82));
        assert_eq!((hour.sky, hour.by_day), (Sky::Rain, false));
        let day = series.days[0];
        assert_eq!((day.date, day.conditions.rain_probability), (date(2026, 11, 20), 35));
        assert_eq!((day.conditions.sky, day.conditions.temperature), (Sky::Clear, 14.0));
    }

    #[test]
    fn every_code_has_a_sky() {
        for (code, expected) in [
            (1003, Sky::PartlyCloudy),
            (1009, Sky::Cloudy),
            (1147, Sky::Fog),
            (1153, Sky::Drizzle),
            (1246, Sky::Rain),
            (1225, Sky::Snow),
            (1276, Sky::Thunderstorm),
            (1, Sky::Cloudy),
        ] {
            assert_eq!(sky(code), expected, "{code}");
        }
    }
}
