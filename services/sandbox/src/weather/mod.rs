//! OpenWeatherMap, and beside it WeatherAPI.com: plausible weather that is the same for the same place and day, unless a
//! test sets it. Both vendors foretell the same weather in their own dialects.
//!
//! `POST /weather` sets a day at a place; `GET` and `DELETE /weather` list and clear what was set.

mod weatherapi;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use http::StatusCode;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::chaos::{Vendor, disturb};
use crate::state::Sandbox;

/// A forecast set by hand. What is absent stays as it would have been.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetForecast {
    pub latitude: f64,
    pub longitude: f64,
    pub date: Date,
    /// Celsius.
    pub temperature: Option<f64>,
    /// 0 to 100.
    pub precipitation_probability: Option<u8>,
    pub wind_speed_kmh: Option<f64>,
    /// 0 to 100.
    pub humidity: Option<u8>,
    /// `Clear`, `Clouds`, `Rain`, `Thunderstorm` or `Snow`.
    pub condition: Option<Condition>,
}

/// OpenWeatherMap's groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    Clear,
    Clouds,
    Rain,
    Thunderstorm,
    Snow,
}

impl Condition {
    fn view(self, by_day: bool) -> Value {
        let (id, description, icon) = match self {
            Self::Clear => (800, "clear sky", "01"),
            Self::Clouds => (802, "scattered clouds", "03"),
            Self::Rain => (501, "moderate rain", "10"),
            Self::Thunderstorm => (211, "thunderstorm", "11"),
            Self::Snow => (601, "snow", "13"),
        };
        let icon = format!("{icon}{}", if by_day { "d" } else { "n" });
        json!([{ "id": id, "main": self, "description": description, "icon": icon }])
    }
}

/// How near a set forecast must lie to count, in degrees: about a city.
const NEAR_DEGREES: f64 = 0.25;
const ZONE: &str = "Europe/Athens";

/// The weather of one hour, in Celsius and km/h.
#[derive(Debug, Clone, PartialEq)]
struct Hour {
    temperature: f64,
    rain_probability: f64,
    wind_kmh: f64,
    humidity: f64,
    condition: Condition,
}

/// What nature does: seasons and hours of the eastern Mediterranean, with chance drawn from place and day.
fn natural(latitude: f64, longitude: f64, local: &Zoned) -> Hour {
    let date = local.date();
    let place = format!("{:.1}/{:.1}/{date}", latitude, longitude);
    let drawn = Sha256::digest(place);
    let chance = |place: usize| f64::from(drawn[place]) / 255.0;
    let season = ((f64::from(date.day_of_year()) - 28.0) / 365.0 * std::f64::consts::TAU).cos();
    let hour = f64::from(local.hour());
    let time_of_day = ((hour - 15.0) / 24.0 * std::f64::consts::TAU).cos();
    let northing = (latitude - 38.0) * -0.7;
    let temperature = 18.5 - 9.5 * season + northing + 4.0 * time_of_day + (chance(0) - 0.5) * 6.0;
    let wetness = 0.28 + 0.22 * season;
    let is_wet = chance(1) < wetness;
    let rain_probability = if is_wet { 55.0 + chance(2) * 40.0 } else { chance(2) * 22.0 };
    let condition = match (is_wet, chance(3)) {
        (true, draw) if draw > 0.88 => Condition::Thunderstorm,
        (true, _) if temperature < 1.0 => Condition::Snow,
        (true, _) => Condition::Rain,
        (false, draw) if draw > 0.62 => Condition::Clouds,
        (false, _) => Condition::Clear,
    };
    let wind_kmh = 6.0 + chance(4) * 22.0 + if is_wet { 8.0 } else { 0.0 } + 3.0 * time_of_day.max(0.0);
    let humidity = (58.0 + 14.0 * season - 10.0 * time_of_day + if is_wet { 15.0 } else { 0.0 }).clamp(20.0, 98.0);
    Hour { temperature, rain_probability, wind_kmh, humidity, condition }
}

fn adjusted(mut hour: Hour, set: &SetForecast) -> Hour {
    hour.temperature = set.temperature.unwrap_or(hour.temperature);
    hour.rain_probability = set.precipitation_probability.map_or(hour.rain_probability, f64::from);
    hour.wind_kmh = set.wind_speed_kmh.unwrap_or(hour.wind_kmh);
    hour.humidity = set.humidity.map_or(hour.humidity, f64::from);
    // A set chance of rain without a word for it must not leave a clear sky, nor the other way round.
    let implied =
        set.precipitation_probability.map(|chance| if chance >= 50 { Condition::Rain } else { Condition::Clear });
    hour.condition = set.condition.or(implied).unwrap_or(hour.condition);
    hour
}

/// `/openweathermap/*` and `/weather`
pub fn router(sandbox: &Sandbox) -> Router<Sandbox> {
    let vendor = Router::new()
        .route("/openweathermap/data/2.5/weather", get(current))
        .route("/openweathermap/data/2.5/forecast", get(forecast))
        .route("/openweathermap/data/3.0/onecall", get(one_call))
        .layer(middleware::from_fn_with_state((sandbox.clone(), Vendor::Openweathermap), disturb));
    Router::new().merge(vendor).merge(weatherapi::router(sandbox)).route("/weather", get(list).post(set).delete(clear))
}

#[derive(Deserialize)]
struct Asked {
    lat: Option<String>,
    lon: Option<String>,
    appid: Option<String>,
    units: Option<String>,
    exclude: Option<String>,
    cnt: Option<usize>,
}

#[derive(Clone, Copy)]
enum Units {
    Standard,
    Metric,
    Imperial,
}

impl Units {
    fn temperature(self, celsius: f64) -> f64 {
        rounded(match self {
            Self::Standard => celsius + 273.15,
            Self::Metric => celsius,
            Self::Imperial => celsius * 1.8 + 32.0,
        })
    }

    fn wind(self, kmh: f64) -> f64 {
        rounded(match self {
            Self::Standard | Self::Metric => kmh / 3.6,
            Self::Imperial => kmh / 1.609_344,
        })
    }
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

struct Place {
    latitude: f64,
    longitude: f64,
    units: Units,
    zone: TimeZone,
    set: Vec<SetForecast>,
}

impl Place {
    fn new(sandbox: &Sandbox, latitude: f64, longitude: f64, units: Units) -> Self {
        let set = sandbox.read(|data| {
            let near = data.forecasts.oldest_first().map(|(_, set)| set);
            near.filter(|set| {
                (set.latitude - latitude).abs() <= NEAR_DEGREES && (set.longitude - longitude).abs() <= NEAR_DEGREES
            })
            .cloned()
            .collect()
        });
        Self { latitude, longitude, units, zone: TimeZone::get(ZONE).unwrap_or(TimeZone::UTC), set }
    }

    fn local(&self, instant: Timestamp) -> Zoned {
        instant.to_zoned(self.zone.clone())
    }

    fn hour(&self, instant: Timestamp) -> Hour {
        let local = self.local(instant);
        let natural = natural(self.latitude, self.longitude, &local);
        match self.set.iter().rev().find(|set| set.date == local.date()) {
            Some(set) => adjusted(natural, set),
            None => natural,
        }
    }

    fn is_day(&self, instant: Timestamp) -> bool {
        (7..19).contains(&self.local(instant).hour())
    }
}

fn problem(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "cod": status.as_u16().to_string(), "message": message }))).into_response()
}

#[expect(clippy::result_large_err, reason = "the error is the finished answer")]
fn place(sandbox: &Sandbox, asked: &Asked) -> Result<Place, Response> {
    if asked.appid.as_deref() != Some(&sandbox.config().openweathermap.api_key) {
        return Err(problem(
            StatusCode::UNAUTHORIZED,
            "Invalid API key. Please see https://openweathermap.org/faq#error401 for more info.",
        ));
    }
    let number = |text: &Option<String>, limit: f64| {
        text.as_ref().and_then(|text| text.parse::<f64>().ok()).filter(|number| number.abs() <= limit)
    };
    let Some(latitude) = number(&asked.lat, 90.0) else {
        return Err(problem(StatusCode::BAD_REQUEST, "wrong latitude"));
    };
    let Some(longitude) = number(&asked.lon, 180.0) else {
        return Err(problem(StatusCode::BAD_REQUEST, "wrong longitude"));
    };
    let units = match asked.units.as_deref() {
        Some("metric") => Units::Metric,
        Some("imperial") => Units::Imperial,
        _ => Units::Standard,
    };
    Ok(Place::new(sandbox, latitude, longitude, units))
}

fn start_of_hour(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second().div_euclid(3600) * 3600).unwrap_or(now)
}

fn after_hours(instant: Timestamp, hours: i64) -> Timestamp {
    instant.checked_add(SignedDuration::from_hours(hours)).unwrap_or(instant)
}

fn main_part(place: &Place, hour: &Hour) -> Value {
    let temperature = place.units.temperature(hour.temperature);
    json!({
        "temp": temperature, "feels_like": place.units.temperature(hour.temperature - hour.wind_kmh / 20.0), "temp_min": temperature, "temp_max": temperature,
        "pressure": 1015, "sea_level": 1015, "grnd_level": 1005, "humidity": hour.humidity.round(),
    })
}

async fn current(State(sandbox): State<Sandbox>, Query(asked): Query<Asked>) -> Response {
    let place = match place(&sandbox, &asked) {
        Ok(place) => place,
        Err(response) => return response,
    };
    let now = sandbox.now();
    let hour = place.hour(now);
    Json(json!({
        "coord": { "lat": place.latitude, "lon": place.longitude }, "weather": hour.condition.view(place.is_day(now)), "base": "stations",
        "main": main_part(&place, &hour), "visibility": 10000, "wind": { "speed": place.units.wind(hour.wind_kmh), "deg": 340 },
        "clouds": { "all": 40 }, "dt": now.as_second(), "timezone": place.local(now).offset().seconds(), "cod": 200,
    }))
    .into_response()
}

/// Five days in steps of three hours.
async fn forecast(State(sandbox): State<Sandbox>, Query(asked): Query<Asked>) -> Response {
    let place = match place(&sandbox, &asked) {
        Ok(place) => place,
        Err(response) => return response,
    };
    let now = sandbox.now();
    let first = Timestamp::from_second((now.as_second().div_euclid(10_800) + 1) * 10_800).unwrap_or(now);
    let steps: Vec<Value> = (0..40_i64)
        .take(asked.cnt.unwrap_or(40))
        .map(|step| {
            let instant = after_hours(first, step * 3);
            let hour = place.hour(instant);
            let by_day = place.is_day(instant);
            json!({
                "dt": instant.as_second(), "main": main_part(&place, &hour), "weather": hour.condition.view(by_day), "clouds": { "all": 40 },
                "wind": { "speed": place.units.wind(hour.wind_kmh), "deg": 340, "gust": place.units.wind(hour.wind_kmh * 1.4) }, "visibility": 10000,
                "pop": rounded(hour.rain_probability / 100.0), "sys": { "pod": if by_day { "d" } else { "n" } }, "dt_txt": instant.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            })
        })
        .collect();
    Json(json!({
        "cod": "200", "message": 0, "cnt": steps.len(), "list": steps,
        "city": { "id": 0, "name": "", "coord": { "lat": place.latitude, "lon": place.longitude }, "country": "GR", "timezone": place.local(now).offset().seconds() },
    }))
    .into_response()
}

/// Now, 48 hours and eight days.
async fn one_call(State(sandbox): State<Sandbox>, Query(asked): Query<Asked>) -> Response {
    let place = match place(&sandbox, &asked) {
        Ok(place) => place,
        Err(response) => return response,
    };
    let now = sandbox.now();
    let instant_view = |instant: Timestamp| {
        let hour = place.hour(instant);
        json!({
            "dt": instant.as_second(), "temp": place.units.temperature(hour.temperature), "feels_like": place.units.temperature(hour.temperature - hour.wind_kmh / 20.0),
            "pressure": 1015, "humidity": hour.humidity.round(), "dew_point": place.units.temperature(hour.temperature - 6.0), "uvi": 3.0, "clouds": 40, "visibility": 10000,
            "wind_speed": place.units.wind(hour.wind_kmh), "wind_deg": 340, "weather": hour.condition.view(place.is_day(instant)), "pop": rounded(hour.rain_probability / 100.0),
        })
    };
    let first = start_of_hour(now);
    let today = place.local(now).date();
    let mut answer = json!({
        "lat": place.latitude, "lon": place.longitude, "timezone": ZONE, "timezone_offset": place.local(now).offset().seconds(), "current": instant_view(now),
        "hourly": (0..48).map(|step| instant_view(after_hours(first, step))).collect::<Vec<_>>(),
        "daily": (0..8).filter_map(|step| day_view(&place, today, step)).collect::<Vec<_>>(),
    });
    if let Some(parts) = answer.as_object_mut() {
        for part in asked.exclude.unwrap_or_default().split(',') {
            parts.remove(part.trim());
        }
    }
    Json(answer).into_response()
}

fn day_view(place: &Place, today: Date, days: i64) -> Option<Value> {
    let date = today.checked_add(SignedDuration::from_hours(24 * days)).ok()?;
    let at = |hour: i8| date.at(hour, 0, 0, 0).to_zoned(place.zone.clone()).ok().map(|zoned| zoned.timestamp());
    let noon = at(12)?;
    let hours = [place.hour(at(6)?), place.hour(noon), place.hour(at(15)?), place.hour(at(21)?)];
    let warmest = hours.iter().map(|hour| hour.temperature).fold(f64::MIN, f64::max);
    let coldest = hours.iter().map(|hour| hour.temperature).fold(f64::MAX, f64::min);
    let shown = |celsius: f64| place.units.temperature(celsius);
    Some(json!({
        "dt": noon.as_second(), "summary": "", "temp": { "day": shown(hours[1].temperature), "min": shown(coldest), "max": shown(warmest), "night": shown(hours[3].temperature), "eve": shown(hours[2].temperature), "morn": shown(hours[0].temperature) },
        "pressure": 1015, "humidity": hours[1].humidity.round(), "wind_speed": place.units.wind(hours[1].wind_kmh), "wind_deg": 340,
        "weather": hours[1].condition.view(true), "clouds": 40, "pop": rounded(hours[1].rain_probability / 100.0), "uvi": 3.0,
    }))
}

async fn list(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(
        sandbox
            .read(|data| json!({ "forecasts": data.forecasts.newest_first().map(|(_, set)| set).collect::<Vec<_>>() })),
    )
}

async fn set(State(sandbox): State<Sandbox>, wanted: Result<Json<SetForecast>, JsonRejection>) -> Response {
    let refusal = |message: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": message }))).into_response();
    let wanted = match wanted {
        Ok(Json(wanted)) => wanted,
        Err(rejection) => return refusal(&rejection.body_text()),
    };
    if wanted.latitude.abs() > 90.0 || wanted.longitude.abs() > 180.0 {
        return refusal("latitude or longitude is out of range");
    }
    if wanted.precipitation_probability.is_some_and(|chance| chance > 100)
        || wanted.humidity.is_some_and(|humidity| humidity > 100)
    {
        return refusal("precipitationProbability and humidity are between 0 and 100");
    }
    let key = format!("{:.3}/{:.3}/{}", wanted.latitude, wanted.longitude, wanted.date);
    sandbox.write(|data| {
        // Taken out first, so that the newest wish is also the last in order.
        data.forecasts.remove(&key);
        data.forecasts.put(&key, wanted.clone());
        data.forecasts.keep_newest(1_000, |_| false);
    });
    (StatusCode::CREATED, Json(wanted)).into_response()
}

async fn clear(State(sandbox): State<Sandbox>) -> StatusCode {
    sandbox.write(|data| data.forecasts.clear());
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Zoned {
        text.parse::<Timestamp>().expect("an instant").to_zoned(TimeZone::get(ZONE).expect("a zone"))
    }

    #[test]
    fn the_same_place_and_hour_has_the_same_plausible_weather() {
        let summer = natural(37.98, 23.73, &at("2026-07-20T12:00:00Z"));
        assert_eq!(summer, natural(37.98, 23.73, &at("2026-07-20T12:00:00Z")));
        assert!((20.0..42.0).contains(&summer.temperature), "{summer:?}");
        let winter = natural(37.98, 23.73, &at("2026-01-20T12:00:00Z"));
        assert!((0.0..22.0).contains(&winter.temperature), "{winter:?}");
    }

    #[test]
    fn a_set_chance_of_rain_changes_the_sky_too() {
        let set = SetForecast {
            latitude: 38.0,
            longitude: 23.7,
            date: jiff::civil::date(2026, 7, 20),
            temperature: None,
            precipitation_probability: Some(90),
            wind_speed_kmh: Some(50.0),
            humidity: None,
            condition: None,
        };
        let hour = adjusted(natural(38.0, 23.7, &at("2026-07-20T12:00:00Z")), &set);
        assert_eq!((hour.condition, hour.rain_probability, hour.wind_kmh), (Condition::Rain, 90.0, 50.0));
    }
}
