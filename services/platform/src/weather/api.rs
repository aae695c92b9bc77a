//! Forecasts over HTTP, alone and as a part of other answers.

use axum::extract::State;
use contracts::codes;
use contracts::court::TimeOfDay;
use contracts::local_date::LocalDate;
use kit::auth::{AnyRole, Caller};
use kit::http::{Json, Query};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::Recommendation;
use super::ops::{Embedded, Outlook, WeatherError};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::courts::domain::Place;
use crate::state::AppState;

/// Seconds after which it is worth asking again when no vendor answers.
const RETRY_AFTER_SECONDS: u64 = 30;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_weather_forecast))
}

/// Where and when.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WeatherQuery {
    /// Degrees north.
    #[param(minimum = -90, maximum = 90)]
    latitude: f64,
    /// Degrees east.
    #[param(minimum = -180, maximum = 180)]
    longitude: f64,
    /// Local date of the place: from today to seven days ahead.
    #[param(value_type = String, format = Date)]
    date: LocalDate,
    /// Local time, `HH:mm`; the whole day when absent.
    #[param(value_type = Option<String>, pattern = r"^\d{2}:\d{2}$")]
    time: Option<TimeOfDay>,
}

/// The weather on a date. Where it stands inside another answer and the date is not foretold, `available` is false and
/// nothing else but date and time is there.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WeatherForecast {
    date: LocalDate,
    time: Option<TimeOfDay>,
    /// Degrees Celsius.
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    /// Percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100)]
    precipitation_probability: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wind_speed_kmh: Option<f64>,
    /// Percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100)]
    humidity: Option<u8>,
    /// `CLEAR`, `PARTLY_CLOUDY`, `CLOUDY`, `FOG`, `DRIZZLE`, `RAIN`, `THUNDERSTORM` or `SNOW`.
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<&'static str>,
    /// Name of a picture, such as `clear-day`.
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recommendation: Option<Recommendation>,
    available: bool,
}

impl From<Outlook> for WeatherForecast {
    fn from(outlook: Outlook) -> Self {
        let to_tenths = |value: f64| (value * 10.0).round() / 10.0;
        let weather = outlook.conditions;
        Self {
            date: outlook.date.into(),
            time: outlook.time.map(TimeOfDay::from_time),
            temperature: Some(to_tenths(weather.temperature)),
            precipitation_probability: Some(weather.rain_probability),
            wind_speed_kmh: Some(to_tenths(weather.wind_kmh)),
            humidity: Some(weather.humidity),
            condition: Some(weather.sky.as_str()),
            icon: Some(weather.sky.icon(weather.by_day)),
            recommendation: Some(outlook.recommendation),
            available: true,
        }
    }
}

impl WeatherForecast {
    /// The part of another answer; `None` when the forecast could not be had (FIND-39, FIND-43).
    #[must_use]
    pub fn embedded(part: Embedded) -> Option<Self> {
        match part {
            Embedded::Known(outlook) => Some(outlook.into()),
            Embedded::NotForetold { date, time } => Some(Self {
                date: date.into(),
                time: time.map(TimeOfDay::from_time),
                temperature: None,
                precipitation_probability: None,
                wind_speed_kmh: None,
                humidity: None,
                condition: None,
                icon: None,
                recommendation: None,
                available: false,
            }),
            Embedded::Unavailable => None,
        }
    }
}

/// The weather of a place on a date.
#[utoipa::path(
    get,
    path = "/api/weather",
    operation_id = "getWeatherForecast",
    tag = "weather",
    security(("BearerAuth" = [])),
    params(WeatherQuery),
    responses(
        (status = 200, description = "The forecast", body = WeatherForecast),
        (status = 404, description = "The date has passed or is more than seven days ahead", body = ErrorResponse),
        (status = 503, description = "No forecast can be had now", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_weather_forecast(
    State(state): State<AppState>,
    _caller: Caller<AnyRole>,
    Query(query): Query<WeatherQuery>,
) -> ApiResult<Json<WeatherForecast>> {
    let place = Place::new(query.latitude, query.longitude).map_err(|_| ApiError::new(&codes::INVALID_COORDINATES))?;
    let time = query.time.map(TimeOfDay::time);
    let outlook = state.weather.outlook(place, query.date.date(), time, None).await?;
    Ok(Json(outlook.into()))
}

impl From<WeatherError> for ApiError {
    fn from(error: WeatherError) -> Self {
        match error {
            WeatherError::NotForetold => Self::new(&codes::FORECAST_NOT_AVAILABLE),
            WeatherError::Unavailable(cause) => Self::unavailable(cause, RETRY_AFTER_SECONDS),
        }
    }
}
