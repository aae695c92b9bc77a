//! One court of a list as clients see it: in searches, on the map and among favourites.

use contracts::court::{CourtType, LocationType};
use contracts::ids::CourtId;
use contracts::money::Cents;
use kit::http::Locale;
use serde::Serialize;
use utoipa::ToSchema;

use super::ops::DayStatus;
use super::store::Hit;
use crate::config::CourtsConfig;

/// Whether a court has something left on the asked date, else today.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AvailabilityStatus {
    Available,
    FullyBooked,
    WaitlistAvailable,
}

/// One court of a result.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CourtSummary {
    id: CourtId,
    /// In the caller's language; in Greek when it is not translated.
    name: String,
    name_translated: bool,
    court_type: CourtType,
    location_type: LocationType,
    latitude: f64,
    longitude: f64,
    address: String,
    timezone: String,
    base_price_cents: Cents,
    duration_minutes: u32,
    distance_km: Option<f64>,
    average_rating: Option<f64>,
    /// The first image, if there is one.
    image_url: Option<String>,
    availability_status: AvailabilityStatus,
    is_favorite: bool,
}

/// Metres as kilometres to the metre.
#[must_use]
pub fn kilometres(metres: f64) -> f64 {
    (metres * 1000.0).round() / 1_000_000.0
}

/// A name in the reader's language, and whether it is (FIND-15): Greek is the one language every name has.
#[must_use]
pub fn name_for(locale: Locale, el: String, en: Option<String>) -> (String, bool) {
    match (locale, en) {
        (Locale::El, _) => (el, true),
        (Locale::En, Some(en)) => (en, true),
        (Locale::En, None) => (el, false),
    }
}

impl CourtSummary {
    /// What clients see of a hit.
    #[must_use]
    pub fn of(hit: Hit, status: DayStatus, locale: Locale, courts: &CourtsConfig) -> Self {
        let (name, name_translated) = name_for(locale, hit.name_el, hit.name_en);
        Self {
            id: hit.id,
            name,
            name_translated,
            court_type: hit.court_type,
            location_type: hit.location_type,
            latitude: hit.latitude,
            longitude: hit.longitude,
            address: hit.address,
            timezone: hit.timezone,
            base_price_cents: hit.base_price,
            duration_minutes: hit.session_minutes,
            distance_km: hit.distance_metres.map(kilometres),
            average_rating: hit.average_rating_hundredths.map(|hundredths| f64::from(hundredths) / 100.0),
            image_url: courts.image_urls(&hit.image_keys).into_iter().next(),
            availability_status: match status {
                DayStatus::Available => AvailabilityStatus::Available,
                DayStatus::FullyBooked => AvailabilityStatus::FullyBooked,
                DayStatus::WaitlistAvailable => AvailabilityStatus::WaitlistAvailable,
            },
            is_favorite: hit.is_favorite,
        }
    }
}
