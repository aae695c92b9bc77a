//! Watches the forecasts of outdoor bookings and tells their customers once when one turns clearly worse (FIND-46). Vendors
//! are asked between transactions, never inside one.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::domain::{DAYS_AHEAD, Seen, Turn, turn};
use super::events;
use super::ops::WeatherError;
use super::store::{self, WatchedBooking};
use crate::state::AppState;

/// Bookings looked at in one transaction.
const PAGE: i64 = 200;

/// Looks at every booking that a forecast reaches, and answers how many customers were told.
///
/// # Errors
/// When the database does.
pub async fn watch_bookings(state: &AppState) -> anyhow::Result<usize> {
    let now = state.env.clock.now();
    let until = now + SignedDuration::from_hours(24 * (DAYS_AHEAD + 1));
    store::forget_before(&mut *state.pool.acquire().await?, now).await?;
    let mut told = 0;
    let mut after = None;
    loop {
        let page = {
            let mut connection = state.pool.acquire().await?;
            store::bookings_to_watch(&mut connection, after, now, until, PAGE).await?
        };
        let Some(last) = page.last() else { return Ok(told) };
        after = Some(last.id);
        let mut seen = Vec::with_capacity(page.len());
        for booking in page {
            if let Some(forecast) = forecast_of(state, &booking).await? {
                seen.push((booking, forecast));
            }
        }
        told += tell(state, seen, now).await?;
    }
}

/// What is foretold for a booking now; `None` when nobody knows.
async fn forecast_of(state: &AppState, booking: &WatchedBooking) -> anyhow::Result<Option<Seen>> {
    let zone = TimeZone::get(&booking.timezone)?;
    match state.weather.outlook(booking.place, booking.date, Some(booking.start), Some(&zone)).await {
        Ok(outlook) => Ok(Some(Seen {
            recommendation: outlook.recommendation,
            rain_probability: outlook.conditions.rain_probability,
        })),
        Err(WeatherError::NotForetold) => Ok(None),
        Err(WeatherError::Unavailable(cause)) => {
            tracing::warn!(error = format!("{cause:#}"), "the weather of a booking is looked at again later");
            Ok(None)
        }
    }
}

async fn tell(state: &AppState, seen: Vec<(WatchedBooking, Seen)>, now: Timestamp) -> anyhow::Result<usize> {
    let mut told = 0;
    let mut transaction = kit::db::begin(&state.pool).await?;
    for (booking, forecast) in seen {
        match turn(booking.best, forecast, state.config.weather.alert_rain_rise) {
            Turn::Better(best) => {
                store::remember(&mut transaction, booking.id, booking.starts_at, best, now).await?;
            }
            Turn::Same => {}
            Turn::Worse => {
                if store::claim_alert(&mut transaction, booking.id, booking.starts_at, now).await? {
                    events::request_weather_alert(&mut transaction, &state.env, &booking, forecast, now).await?;
                    told += 1;
                }
            }
        }
    }
    transaction.commit().await?;
    if told > 0 {
        state.wake.wake();
    }
    Ok(told)
}
