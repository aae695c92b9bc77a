//! What a court is and which changes to it are allowed. No storage, no HTTP, no prices beyond the base price.

use std::ops::RangeInclusive;

use contracts::court::{ConfirmationMode, CourtType, LocationType};
use contracts::identity::Role;
use contracts::ids::{CourtId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use kit::plain_text;
use serde::{Deserialize, Serialize};

/// Where all courts are unless they say otherwise (COURT-08).
pub const DEFAULT_TIMEZONE: &str = "Europe/Athens";
/// Hours an owner has to answer unless the court says otherwise (COURT-36).
pub const DEFAULT_CONFIRMATION_TIMEOUT_HOURS: u32 = 24;
/// COURT-36: 144 hours leave a day before the payment provider drops a held amount.
pub const CONFIRMATION_TIMEOUT_HOURS: RangeInclusive<u32> = 1..=144;
/// Lengths of one session that make sense, in minutes.
pub const DURATION_MINUTES: RangeInclusive<u32> = 15..=720;
/// People on one court.
pub const CAPACITY: RangeInclusive<u32> = 1..=200;

/// A text in both languages of the product; for names the Greek one is always there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// Greek.
    pub el: Option<String>,
    /// English.
    pub en: Option<String>,
}

impl Texts {
    /// Cleans both texts of markup and drops empty ones (SEC-39).
    #[must_use]
    pub fn tidied(self) -> Self {
        let tidy = |text: Option<String>| text.map(|text| plain_text::lines(&text)).filter(|text| !text.is_empty());
        Self { el: tidy(self.el), en: tidy(self.en) }
    }

    /// The languages that `newer` speaks come from it, the others stay.
    fn overlaid_with(&self, newer: Self) -> Self {
        Self { el: newer.el.or_else(|| self.el.clone()), en: newer.en.or_else(|| self.en.clone()) }.tidied()
    }
}

/// A place on the globe.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "(u64, u64)", into = "(u64, u64)")]
pub struct Place {
    latitude: f64,
    longitude: f64,
}

/// COURT-07, FIND-02: the coordinates name no place on the globe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("latitude must lie between -90 and 90, longitude between -180 and 180")]
pub struct OffTheGlobe;

impl Place {
    /// # Errors
    /// [`OffTheGlobe`], also for values that are no numbers.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, OffTheGlobe> {
        // Written so that NaN fails both comparisons.
        if (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) {
            Ok(Self { latitude, longitude })
        } else {
            Err(OffTheGlobe)
        }
    }

    /// Degrees north.
    #[must_use]
    pub fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east.
    #[must_use]
    pub fn longitude(self) -> f64 {
        self.longitude
    }
}

/// The bits of latitude and longitude: as decimal text they might come back a little elsewhere.
impl From<Place> for (u64, u64) {
    fn from(place: Place) -> Self {
        (place.latitude.to_bits(), place.longitude.to_bits())
    }
}

impl TryFrom<(u64, u64)> for Place {
    type Error = OffTheGlobe;

    fn try_from((latitude, longitude): (u64, u64)) -> Result<Self, Self::Error> {
        Self::new(f64::from_bits(latitude), f64::from_bits(longitude))
    }
}

/// One bookable field of one owner, as stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Court {
    /// Its id.
    pub id: CourtId,
    /// The account it belongs to.
    pub owner_id: UserId,
    /// The owner's display name.
    pub owner_name: String,
    /// Name; Greek is always there.
    pub name: Texts,
    /// Description, if any.
    pub description: Texts,
    /// Sport.
    pub court_type: CourtType,
    /// Roof or not.
    pub location_type: LocationType,
    /// Postal address.
    pub address: String,
    /// Where it is.
    pub place: Place,
    /// IANA name of its zone.
    pub timezone: String,
    /// Length of one session.
    pub duration_minutes: u32,
    /// Most people at once.
    pub max_capacity: u32,
    /// Price of one session.
    pub base_price: Cents,
    /// Whether bookings wait for the owner.
    pub confirmation_mode: ConfirmationMode,
    /// How long they wait at most.
    pub confirmation_timeout_hours: u32,
    /// Whether a full court takes waiting customers.
    pub waitlist_enabled: bool,
    /// Free words such as "showers".
    pub amenities: Vec<String>,
    /// Keys of its images in the file store.
    pub image_keys: Vec<String>,
    /// The owner's own switch.
    pub enabled: bool,
    /// Whether customers see it (COURT-32); computed by the database from the owner's account.
    pub visible: bool,
    /// Whether the owner is verified.
    pub owner_verified: bool,
    /// Mean of all ratings in hundredths, if there are any.
    pub average_rating_hundredths: Option<u32>,
    /// Number of ratings.
    pub total_reviews: u32,
    /// Grows by one with every change.
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
}

impl Court {
    /// COURT-33: a court that is not visible exists only for its owner and for admins.
    #[must_use]
    pub fn shows_to(&self, user: UserId, role: Role) -> bool {
        self.visible || self.owner_id == user || role == Role::PlatformAdmin
    }
}

/// Length and capacity of a sport when neither the request nor the owner says otherwise (COURT-09).
#[must_use]
pub fn type_defaults(court_type: CourtType) -> (u32, u32) {
    match court_type {
        CourtType::Padel => (90, 4),
        CourtType::Tennis => (60, 4),
        CourtType::Basketball | CourtType::Football5x5 => (60, 10),
    }
}

/// A new court with every gap filled; what the owner may still have to prove is not its concern (COURT-06).
#[derive(Debug, Clone, PartialEq)]
pub struct NewCourt {
    /// Name; Greek is always there.
    pub name: Texts,
    /// Description, if any.
    pub description: Texts,
    /// Sport.
    pub court_type: CourtType,
    /// Roof or not.
    pub location_type: LocationType,
    /// Postal address.
    pub address: String,
    /// Where it is.
    pub place: Place,
    /// IANA name of its zone.
    pub timezone: String,
    /// Length of one session.
    pub duration_minutes: u32,
    /// Most people at once.
    pub max_capacity: u32,
    /// Price of one session.
    pub base_price: Cents,
    /// Whether bookings wait for the owner.
    pub confirmation_mode: ConfirmationMode,
    /// How long they wait at most.
    pub confirmation_timeout_hours: u32,
    /// Whether a full court takes waiting customers.
    pub waitlist_enabled: bool,
    /// Free words such as "showers".
    pub amenities: Vec<String>,
    /// The owner's own switch.
    pub enabled: bool,
}

/// The fields of a court that a change may touch; absent ones stay (COURT-16).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CourtChange {
    /// Languages that are sent replace what is stored, an empty English text removes it; the others stay.
    pub name: Texts,
    /// Like the name; here the Greek text can be removed as well.
    pub description: Texts,
    /// Sport.
    pub court_type: Option<CourtType>,
    /// Roof or not.
    pub location_type: Option<LocationType>,
    /// Postal address.
    pub address: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// Length of one session.
    pub duration_minutes: Option<u32>,
    /// Most people at once.
    pub max_capacity: Option<u32>,
    /// Price of one session.
    pub base_price: Option<Cents>,
    /// Whether bookings wait for the owner.
    pub confirmation_mode: Option<ConfirmationMode>,
    /// How long they wait at most.
    pub confirmation_timeout_hours: Option<u32>,
    /// Whether a full court takes waiting customers.
    pub waitlist_enabled: Option<bool>,
    /// Free words such as "showers".
    pub amenities: Option<Vec<String>>,
    /// The owner's own switch.
    pub enabled: Option<bool>,
}

impl CourtChange {
    /// Whether the change names a field that bookings may depend on (COURT-18, COURT-20); what it really does to them is
    /// seen when it is applied.
    #[must_use]
    pub fn may_touch_bookings(&self) -> bool {
        self.court_type.is_some()
            || self.location_type.is_some()
            || self.address.is_some()
            || self.latitude.is_some()
            || self.longitude.is_some()
            || self.duration_minutes.is_some()
            || self.max_capacity.is_some()
    }
}

/// Why a change is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangeRefused {
    /// COURT-17.
    #[error("the court is at version {current} by now")]
    Stale {
        /// The stored version.
        current: i64,
    },
    /// COURT-06: only courts of verified owners can be shown.
    #[error("the owner is not verified")]
    OwnerNotVerified,
    /// COURT-07.
    #[error(transparent)]
    OffTheGlobe(#[from] OffTheGlobe),
}

/// Applies a change to a court that was read at `version` and names the fields that really differ, as the wire spells
/// them. A change without difference names none and leaves the version alone.
///
/// # Errors
/// [`ChangeRefused`]; the court is then untouched.
pub fn apply_change(
    court: &Court,
    version: i64,
    change: CourtChange,
) -> Result<(Court, Vec<&'static str>), ChangeRefused> {
    if version != court.version {
        return Err(ChangeRefused::Stale { current: court.version });
    }
    if change.enabled == Some(true) && !court.owner_verified {
        return Err(ChangeRefused::OwnerNotVerified);
    }
    let mut changed = court.clone();
    let mut fields = Vec::new();
    replace(&mut changed.name, Some(court.name.overlaid_with(change.name)), "name", &mut fields);
    replace(
        &mut changed.description,
        Some(court.description.overlaid_with(change.description)),
        "description",
        &mut fields,
    );
    replace(&mut changed.court_type, change.court_type, "courtType", &mut fields);
    replace(&mut changed.location_type, change.location_type, "locationType", &mut fields);
    replace(&mut changed.address, change.address, "address", &mut fields);
    let latitude = change.latitude.unwrap_or(court.place.latitude);
    let longitude = change.longitude.unwrap_or(court.place.longitude);
    let place = Place::new(latitude, longitude)?;
    replace(&mut changed.place, Some(place), "location", &mut fields);
    replace(&mut changed.duration_minutes, change.duration_minutes, "durationMinutes", &mut fields);
    replace(&mut changed.max_capacity, change.max_capacity, "maxCapacity", &mut fields);
    replace(&mut changed.base_price, change.base_price, "basePriceCents", &mut fields);
    replace(&mut changed.confirmation_mode, change.confirmation_mode, "confirmationMode", &mut fields);
    replace(
        &mut changed.confirmation_timeout_hours,
        change.confirmation_timeout_hours,
        "confirmationTimeoutHours",
        &mut fields,
    );
    replace(&mut changed.waitlist_enabled, change.waitlist_enabled, "waitlistEnabled", &mut fields);
    replace(&mut changed.amenities, change.amenities, "amenities", &mut fields);
    replace(&mut changed.enabled, change.enabled, "enabled", &mut fields);
    if !fields.is_empty() {
        changed.version += 1;
    }
    Ok((changed, fields))
}

fn replace<T: PartialEq>(stored: &mut T, wanted: Option<T>, field: &'static str, fields: &mut Vec<&'static str>) {
    if let Some(wanted) = wanted
        && *stored != wanted
    {
        *stored = wanted;
        fields.push(field);
    }
}

/// What a text search compares: both names in lower case without Greek accents, so that `γηπεδο` finds `Γήπεδο`.
#[must_use]
pub fn search_text(name: &Texts, address: &str) -> String {
    let mut words = String::new();
    for part in [name.el.as_deref(), name.en.as_deref(), Some(address)].into_iter().flatten() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(&fold(part));
    }
    words
}

/// Lower case without Greek accents and with one kind of sigma.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(without_accent).collect()
}

fn without_accent(letter: char) -> char {
    match letter {
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn court() -> Court {
        Court {
            id: CourtId(Uuid::from_u128(1)),
            owner_id: UserId(Uuid::from_u128(2)),
            owner_name: "Owner".to_owned(),
            name: Texts { el: Some("Γήπεδο".to_owned()), en: None },
            description: Texts::default(),
            court_type: CourtType::Padel,
            location_type: LocationType::Indoor,
            address: "Odos 1".to_owned(),
            place: Place { latitude: 37.98, longitude: 23.73 },
            timezone: DEFAULT_TIMEZONE.to_owned(),
            duration_minutes: 90,
            max_capacity: 4,
            base_price: Cents(2000),
            confirmation_mode: ConfirmationMode::Instant,
            confirmation_timeout_hours: 24,
            waitlist_enabled: false,
            amenities: Vec::new(),
            image_keys: Vec::new(),
            enabled: true,
            visible: true,
            owner_verified: true,
            average_rating_hundredths: None,
            total_reviews: 0,
            version: 3,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    /// COURT-09.
    #[test]
    fn sports_have_their_defaults() {
        assert_eq!(type_defaults(CourtType::Padel), (90, 4));
        assert_eq!(type_defaults(CourtType::Basketball), (60, 10));
        assert_eq!(type_defaults(CourtType::Tennis), (60, 4));
        assert_eq!(type_defaults(CourtType::Football5x5), (60, 10));
    }

    /// COURT-16, COURT-21: only what differs is named, and the version grows once.
    #[test]
    fn a_change_names_what_differs() {
        let change = CourtChange {
            base_price: Some(Cents(2500)),
            max_capacity: Some(4),
            latitude: Some(38.0),
            ..CourtChange::default()
        };
        let (changed, fields) = apply_change(&court(), 3, change).expect("the version is current");
        assert_eq!(fields, ["location", "basePriceCents"]);
        assert_eq!((changed.version, changed.base_price, changed.place.longitude()), (4, Cents(2500), 23.73));
        let rename =
            |en: &str| CourtChange { name: Texts { el: None, en: Some(en.to_owned()) }, ..CourtChange::default() };
        let (named, fields) = apply_change(&court(), 3, rename(" Court ")).expect("nothing is wrong");
        assert_eq!((fields, named.name.en.as_deref()), (vec!["name"], Some("Court")));
        assert_eq!(named.name.el, court().name.el);
        let (unnamed, _) = apply_change(&named, 4, rename("")).expect("nothing is wrong");
        assert_eq!(unnamed.name, court().name);
        let (same, fields) = apply_change(&court(), 3, CourtChange::default()).expect("nothing is wrong");
        assert_eq!((same, fields.len()), (court(), 0));
    }

    /// COURT-06, COURT-07, COURT-17: refusals.
    #[test]
    fn a_change_can_be_refused() {
        let refused = |version, change| apply_change(&court(), version, change).expect_err("it is refused");
        assert_eq!(refused(2, CourtChange::default()), ChangeRefused::Stale { current: 3 });
        assert_eq!(
            refused(3, CourtChange { longitude: Some(180.1), ..CourtChange::default() }),
            ChangeRefused::OffTheGlobe(OffTheGlobe)
        );
        let unverified = Court { owner_verified: false, ..court() };
        let show = CourtChange { enabled: Some(true), ..CourtChange::default() };
        assert_eq!(apply_change(&unverified, 3, show).err(), Some(ChangeRefused::OwnerNotVerified));
        let hide = CourtChange { enabled: Some(false), ..CourtChange::default() };
        assert!(apply_change(&unverified, 3, hide).is_ok());
    }

    /// COURT-33: hidden courts exist only for their owner and for admins.
    #[test]
    fn hidden_courts_show_to_few() {
        let hidden = Court { visible: false, ..court() };
        let stranger = UserId(Uuid::from_u128(9));
        assert!(hidden.shows_to(hidden.owner_id, Role::CourtOwner));
        assert!(hidden.shows_to(stranger, Role::PlatformAdmin));
        for role in [Role::Customer, Role::CourtOwner, Role::SupportAgent] {
            assert!(!hidden.shows_to(stranger, role));
            assert!(court().shows_to(stranger, role));
        }
    }

    #[test]
    fn accents_and_case_do_not_matter_for_search() {
        assert_eq!(fold("ΓΉΠΕΔΟ Άλιμος Padel"), "γηπεδο αλιμοσ padel");
        let name = Texts { el: Some("Κουκάκι".to_owned()), en: Some("Koukaki".to_owned()) };
        assert_eq!(search_text(&name, "Βεΐκου 3"), "κουκακι koukaki βεικου 3");
    }

    proptest! {
        /// COURT-07: exactly the globe is accepted.
        #[test]
        fn places_lie_on_the_globe(latitude in any::<f64>(), longitude in any::<f64>()) {
            let on_the_globe = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
            prop_assert_eq!(Place::new(latitude, longitude).is_ok(), on_the_globe);
        }
    }
}
