//! What a customer is told when the forecast of a booking turns worse (FIND-46).

use contracts::events::{LocalisedText, NotificationData, NotificationType, Urgency};
use jiff::Timestamp;
use kit::Env;
use sqlx::PgConnection;

use super::domain::Seen;
use super::store::WatchedBooking;
use crate::notices::{self, Notice};

/// Asks for the one message about a booking's weather.
pub async fn request_weather_alert(
    connection: &mut PgConnection,
    env: &Env,
    booking: &WatchedBooking,
    forecast: Seen,
    now: Timestamp,
) -> anyhow::Result<()> {
    let (date, start) = (booking.date.strftime("%d/%m/%Y"), booking.start.strftime("%H:%M"));
    let rain = forecast.rain_probability;
    let el = &booking.court_name_el;
    let en = booking.court_name_en.as_ref().unwrap_or(el);
    let notice = Notice {
        to: booking.customer,
        kind: NotificationType::WeatherAlert,
        urgency: Urgency::Standard,
        title: LocalisedText {
            el: "Ο καιρός χαλάει για την κράτησή σας".to_owned(),
            en: "The weather turns for your booking".to_owned(),
        },
        body: LocalisedText {
            el: format!("{el}, {date} στις {start}: η πρόβλεψη χειροτέρεψε, πιθανότητα βροχής {rain}%."),
            en: format!("{en}, {date} at {start}: the forecast got worse, chance of rain {rain}%."),
        },
        data: NotificationData {
            booking_id: Some(booking.id),
            court_id: Some(booking.court),
            deep_link: Some(format!("/bookings/{}", booking.id.0)),
            ..NotificationData::default()
        },
        channels: None,
    };
    notices::request(connection, env, notice, now).await
}
