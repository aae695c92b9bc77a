//! What clients send about a court's data, its limits, and the draft or change it stands for. Text is cleaned of markup
//! here (SEC-39); what only the stored court can tell is left to the use cases.

use contracts::codes;
use contracts::court::{ConfirmationMode, CourtType, LocationType};
use contracts::money::Cents;
use garde::Validate;
use kit::{ApiError, ApiResult, plain_text};
use serde::Deserialize;
use utoipa::ToSchema;

use super::domain::{CourtChange, Place, Texts};
use super::ops::CourtDraft;
use crate::availability::{self, MOST_WINDOWS, WindowInput};
use crate::cancellation_policy::CancellationPolicy;
use crate::pricing;

/// Longest name of a court, in characters.
const NAME_LENGTH: usize = 120;
/// Longest description.
const DESCRIPTION_LENGTH: usize = 4000;
/// Longest address.
const ADDRESS_LENGTH: usize = 300;
/// Most amenities of one court, and the longest of them.
const MOST_AMENITIES: usize = 40;
const AMENITY_LENGTH: usize = 60;

/// A name in both languages.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
pub struct NameInput {
    #[garde(custom(not_blank), length(chars, max = NAME_LENGTH))]
    #[schema(min_length = 1, max_length = 120)]
    el: String,
    #[garde(inner(length(chars, max = NAME_LENGTH)))]
    #[schema(max_length = 120)]
    en: Option<String>,
}

/// A change of the name: an absent language stays, an empty English one is removed.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
pub struct NameChange {
    #[garde(inner(custom(not_blank), length(chars, max = NAME_LENGTH)))]
    #[schema(min_length = 1, max_length = 120)]
    el: Option<String>,
    #[garde(inner(length(chars, max = NAME_LENGTH)))]
    #[schema(max_length = 120)]
    en: Option<String>,
}

/// A description in one or both languages.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
pub struct DescriptionInput {
    #[garde(inner(length(chars, max = DESCRIPTION_LENGTH)))]
    #[schema(max_length = 4000)]
    el: Option<String>,
    #[garde(inner(length(chars, max = DESCRIPTION_LENGTH)))]
    #[schema(max_length = 4000)]
    en: Option<String>,
}

/// A new court. What is not sent is filled from the defaults of the sport.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateCourtRequest {
    #[garde(dive)]
    name: NameInput,
    #[garde(dive)]
    description: Option<DescriptionInput>,
    #[garde(skip)]
    court_type: CourtType,
    #[garde(skip)]
    location_type: LocationType,
    #[garde(custom(not_blank), length(chars, max = ADDRESS_LENGTH))]
    #[schema(min_length = 1, max_length = 300)]
    address: String,
    #[garde(skip)]
    #[schema(minimum = -90, maximum = 90)]
    latitude: f64,
    #[garde(skip)]
    #[schema(minimum = -180, maximum = 180)]
    longitude: f64,
    /// IANA name; `Europe/Athens` when absent. It cannot be changed later.
    #[garde(inner(length(max = 64)))]
    #[schema(max_length = 64, example = "Europe/Athens")]
    timezone: Option<String>,
    #[garde(inner(range(min = 15, max = 720)))]
    #[schema(minimum = 15, maximum = 720)]
    duration_minutes: Option<u32>,
    #[garde(inner(range(min = 1, max = 200)))]
    #[schema(minimum = 1, maximum = 200)]
    max_capacity: Option<u32>,
    #[garde(custom(price_in_range))]
    #[schema(minimum = 1, maximum = 10_000_000)]
    base_price_cents: Cents,
    #[garde(skip)]
    confirmation_mode: Option<ConfirmationMode>,
    #[garde(inner(range(min = 1, max = 144)))]
    #[schema(minimum = 1, maximum = 144)]
    confirmation_timeout_hours: Option<u32>,
    #[garde(skip)]
    #[schema(default = false)]
    waitlist_enabled: Option<bool>,
    #[garde(inner(length(max = MOST_AMENITIES), inner(custom(not_blank), length(chars, max = AMENITY_LENGTH))))]
    #[schema(max_items = 40)]
    amenities: Option<Vec<String>>,
    /// `true` asks to show the court at once, which only a verified owner may.
    #[garde(skip)]
    #[serde(alias = "visible")]
    enabled: Option<bool>,
    /// Refund tiers; the owner's default policy when absent.
    #[garde(skip)]
    cancellation_policy: Option<CancellationPolicy>,
    /// Opening times; the owner's default ones when absent, none when empty.
    #[garde(inner(length(max = MOST_WINDOWS)))]
    #[schema(max_items = 168)]
    availability_windows: Option<Vec<WindowInput>>,
}

impl CreateCourtRequest {
    /// What the owner wants, as far as one field can tell.
    ///
    /// # Errors
    /// For a place off the globe, tiers that are no policy and windows that overlap.
    pub fn into_draft(self) -> ApiResult<CourtDraft> {
        let place =
            Place::new(self.latitude, self.longitude).map_err(|_| ApiError::new(&codes::INVALID_COORDINATES))?;
        let description = self.description.unwrap_or_default();
        let policy = self.cancellation_policy.map(CancellationPolicy::into_policy).transpose()?;
        let windows = self
            .availability_windows
            .map(|windows| availability::read_windows(windows, "availabilityWindows"))
            .transpose()?;
        Ok(CourtDraft {
            name: one_line(Texts { el: Some(self.name.el), en: self.name.en }),
            description: Texts { el: description.el, en: description.en },
            court_type: self.court_type,
            location_type: self.location_type,
            address: plain_text::line(&self.address),
            place,
            timezone: self.timezone,
            duration_minutes: self.duration_minutes,
            max_capacity: self.max_capacity,
            base_price: self.base_price_cents,
            confirmation_mode: self.confirmation_mode,
            confirmation_timeout_hours: self.confirmation_timeout_hours,
            waitlist_enabled: self.waitlist_enabled,
            amenities: clean_amenities(self.amenities.unwrap_or_default()),
            enabled: self.enabled,
            policy,
            windows,
        })
    }
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCourtRequest {
    /// The version that the client read.
    #[garde(skip)]
    pub version: i64,
    /// The owner's yes to what the change means for existing bookings.
    #[garde(skip)]
    #[serde(default)]
    pub confirmed: bool,
    #[garde(dive)]
    name: Option<NameChange>,
    #[garde(dive)]
    description: Option<DescriptionInput>,
    #[garde(skip)]
    court_type: Option<CourtType>,
    #[garde(skip)]
    location_type: Option<LocationType>,
    #[garde(inner(custom(not_blank), length(chars, max = ADDRESS_LENGTH)))]
    #[schema(min_length = 1, max_length = 300)]
    address: Option<String>,
    #[garde(skip)]
    #[schema(minimum = -90, maximum = 90)]
    latitude: Option<f64>,
    #[garde(skip)]
    #[schema(minimum = -180, maximum = 180)]
    longitude: Option<f64>,
    #[garde(inner(range(min = 15, max = 720)))]
    #[schema(minimum = 15, maximum = 720)]
    duration_minutes: Option<u32>,
    #[garde(inner(range(min = 1, max = 200)))]
    #[schema(minimum = 1, maximum = 200)]
    max_capacity: Option<u32>,
    #[garde(inner(custom(price_in_range)))]
    #[schema(minimum = 1, maximum = 10_000_000)]
    base_price_cents: Option<Cents>,
    #[garde(skip)]
    confirmation_mode: Option<ConfirmationMode>,
    #[garde(inner(range(min = 1, max = 144)))]
    #[schema(minimum = 1, maximum = 144)]
    confirmation_timeout_hours: Option<u32>,
    #[garde(skip)]
    waitlist_enabled: Option<bool>,
    #[garde(inner(length(max = MOST_AMENITIES), inner(custom(not_blank), length(chars, max = AMENITY_LENGTH))))]
    #[schema(max_items = 40)]
    amenities: Option<Vec<String>>,
    /// `true` asks to show the court, which only a verified owner may; `false` hides it.
    #[garde(skip)]
    #[serde(alias = "visible")]
    enabled: Option<bool>,
}

impl UpdateCourtRequest {
    /// The fields to change.
    #[must_use]
    pub fn into_change(self) -> CourtChange {
        let name = self.name.unwrap_or_default();
        let description = self.description.unwrap_or_default();
        CourtChange {
            name: one_line(Texts { el: name.el, en: name.en }),
            description: Texts { el: description.el, en: description.en },
            court_type: self.court_type,
            location_type: self.location_type,
            address: self.address.map(|address| plain_text::line(&address)),
            latitude: self.latitude,
            longitude: self.longitude,
            duration_minutes: self.duration_minutes,
            max_capacity: self.max_capacity,
            base_price: self.base_price_cents,
            confirmation_mode: self.confirmation_mode,
            confirmation_timeout_hours: self.confirmation_timeout_hours,
            waitlist_enabled: self.waitlist_enabled,
            amenities: self.amenities.map(clean_amenities),
            enabled: self.enabled,
        }
    }
}

/// Names stand on one line; an empty text keeps its meaning.
fn one_line(texts: Texts) -> Texts {
    let line = |text: Option<String>| text.map(|text| plain_text::line(&text));
    Texts { el: line(texts.el), en: line(texts.en) }
}

fn clean_amenities(amenities: Vec<String>) -> Vec<String> {
    amenities.iter().map(|amenity| plain_text::line(amenity)).collect()
}

fn not_blank(text: &str, _: &()) -> garde::Result {
    if plain_text::line(text).is_empty() { Err(garde::Error::new("length is lower than 1")) } else { Ok(()) }
}

pub fn price_in_range(price: &Cents, _: &()) -> garde::Result {
    pricing::domain::check_base_price(*price).map_err(|_| {
        if price.0 < 1 { garde::Error::new("lower than 1") } else { garde::Error::new("greater than 10000000") }
    })
}
