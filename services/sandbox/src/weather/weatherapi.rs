//! WeatherAPI.com's dialect of the same weather: days with their hours nested inside.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use http::StatusCode;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Condition, Hour, Place, Units, ZONE, rounded};
use crate::chaos::{Vendor, disturb};
use crate::state::Sandbox;

/// Days that can be asked for at most.
const MOST_DAYS: u32 = 14;

/// `/weatherapi/*`
pub fn router(sandbox: &Sandbox) -> Router<Sandbox> {
    Router::new()
        .route("/weatherapi/v1/forecast.json", get(forecast))
        .layer(middleware::from_fn_with_state((sandbox.clone(), Vendor::Weatherapi), disturb))
}

#[derive(Deserialize)]
struct Asked {
    key: Option<String>,
    q: Option<String>,
    days: Option<u32>,
}

/// The code, the text and the picture of a sky.
fn condition(condition: Condition, by_day: bool) -> Value {
    let (code, text, picture) = match condition {
        Condition::Clear if by_day => (1000, "Sunny", 113),
        Condition::Clear => (1000, "Clear", 113),
        Condition::Clouds => (1003, "Partly cloudy", 116),
        Condition::Rain => (1189, "Moderate rain", 302),
        Condition::Thunderstorm => (1276, "Moderate or heavy rain with thunder", 389),
        Condition::Snow => (1219, "Moderate snow", 332),
    };
    let time = if by_day { "day" } else { "night" };
    json!({ "text": text, "icon": format!("//cdn.weatherapi.com/weather/64x64/{time}/{picture}.png"), "code": code })
}

fn problem(status: StatusCode, code: u16, message: &str) -> Response {
    (status, Json(json!({ "error": { "code": code, "message": message } }))).into_response()
}

async fn forecast(State(sandbox): State<Sandbox>, Query(asked): Query<Asked>) -> Response {
    match asked.key.as_deref() {
        None => return problem(StatusCode::UNAUTHORIZED, 1002, "API key is invalid or not provided."),
        Some(key) if key != sandbox.config().weatherapi.api_key => {
            return problem(StatusCode::UNAUTHORIZED, 2006, "API key is invalid.");
        }
        Some(_) => {}
    }
    let Some((latitude, longitude)) = asked.q.as_deref().and_then(coordinates) else {
        return problem(StatusCode::BAD_REQUEST, 1006, "No matching location found.");
    };
    let place = Place::new(&sandbox, latitude, longitude, Units::Metric);
    let now = place.local(sandbox.now());
    let today = now.date();
    let days: Vec<Value> = (0..asked.days.unwrap_or(1).clamp(1, MOST_DAYS))
        .filter_map(|ahead| day_view(&place, today.checked_add(i64::from(ahead).days()).ok()?))
        .collect();
    Json(json!({
        "location": { "name": "", "region": "", "country": "Greece", "lat": latitude, "lon": longitude, "tz_id": ZONE,
                      "localtime_epoch": now.timestamp().as_second(), "localtime": now.strftime("%Y-%m-%d %H:%M").to_string() },
        "current": hour_view(&place, now.timestamp()),
        "forecast": { "forecastday": days },
    }))
    .into_response()
}

/// This stand-in knows places by coordinates only.
fn coordinates(text: &str) -> Option<(f64, f64)> {
    let (latitude, longitude) = text.split_once(',')?;
    let number = |text: &str, limit: f64| text.trim().parse::<f64>().ok().filter(|number| number.abs() <= limit);
    Some((number(latitude, 90.0)?, number(longitude, 180.0)?))
}

/// Rain and snow have chances of their own.
fn chances(hour: &Hour) -> (f64, f64) {
    let chance = hour.rain_probability.round();
    if hour.condition == Condition::Snow { (0.0, chance) } else { (chance, 0.0) }
}

fn hour_view(place: &Place, instant: jiff::Timestamp) -> Value {
    let hour = place.hour(instant);
    let by_day = place.is_day(instant);
    let (rain, snow) = chances(&hour);
    json!({
        "time_epoch": instant.as_second(), "time": place.local(instant).strftime("%Y-%m-%d %H:%M").to_string(),
        "temp_c": rounded(hour.temperature), "temp_f": rounded(Units::Imperial.temperature(hour.temperature)),
        "is_day": u8::from(by_day), "condition": condition(hour.condition, by_day), "wind_kph": rounded(hour.wind_kmh),
        "wind_degree": 340, "wind_dir": "NNW", "pressure_mb": 1015.0, "precip_mm": 0.0, "humidity": hour.humidity.round(),
        "cloud": 40, "chance_of_rain": rain, "chance_of_snow": snow, "vis_km": 10.0, "uv": 3.0,
    })
}

fn day_view(place: &Place, date: Date) -> Option<Value> {
    let at = |hour: i8| date.at(hour, 0, 0, 0).to_zoned(place.zone.clone()).ok().map(|zoned| zoned.timestamp());
    let instants: Vec<jiff::Timestamp> = (0..24).filter_map(at).collect();
    let hours: Vec<Hour> = instants.iter().map(|instant| place.hour(*instant)).collect();
    let noon = place.hour(at(12)?);
    let warmest = hours.iter().map(|hour| hour.temperature).fold(f64::MIN, f64::max);
    let coldest = hours.iter().map(|hour| hour.temperature).fold(f64::MAX, f64::min);
    let windiest = hours.iter().map(|hour| hour.wind_kmh).fold(0.0, f64::max);
    let (rain, snow) = chances(&noon);
    Some(json!({
        "date": date.to_string(), "date_epoch": date.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second(),
        "day": { "maxtemp_c": rounded(warmest), "mintemp_c": rounded(coldest), "avgtemp_c": rounded(f64::midpoint(warmest, coldest)),
                 "maxwind_kph": rounded(windiest), "totalprecip_mm": 0.0, "avghumidity": noon.humidity.round(),
                 "daily_will_it_rain": u8::from(rain >= 50.0), "daily_chance_of_rain": rain,
                 "daily_will_it_snow": u8::from(snow >= 50.0), "daily_chance_of_snow": snow,
                 "condition": condition(noon.condition, true), "uv": 3.0 },
        "astro": { "sunrise": "07:00 AM", "sunset": "07:00 PM" },
        "hour": instants.into_iter().map(|instant| hour_view(place, instant)).collect::<Vec<_>>(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_coordinates() {
        assert_eq!(coordinates("37.98,23.73"), Some((37.98, 23.73)));
        assert_eq!(coordinates("-90, 180"), Some((-90.0, 180.0)));
        for wrong in ["", "Athens", "91,0", "0,181", "1", "1,2,3"] {
            assert_eq!(coordinates(wrong), None, "{wrong}");
        }
    }
}
