//! What a search asks for and what it answers, without asking anybody: the area, the filters, the page, and what to
//! suggest when nothing is found.

use contracts::court::{CourtType, LocationType};
use jiff::civil::{Date, Time};

use crate::courts::domain::{OffTheGlobe, Place, fold};

/// Kilometres when neither the request nor the caller's preferences say otherwise (FIND-01, FIND-14).
pub const DEFAULT_RADIUS_KM: f64 = 10.0;
/// The largest radius that can be asked for, in kilometres.
pub const LARGEST_RADIUS_KM: f64 = 500.0;
/// Courts on one page when the request does not say (FIND-01).
pub const DEFAULT_PAGE_SIZE: u32 = 50;
/// Most courts on one page (FIND-01).
pub const LARGEST_PAGE_SIZE: u32 = 100;
/// Last page that can be asked for; nobody reads that far and offsets stay small.
pub const LAST_PAGE: u32 = 10_000;
/// Characters of a text search that count.
pub const LONGEST_TEXT: usize = 100;

/// Metres by which a radius is stretched, so that a court exactly on it is inside although decimals were cut (FIND-03).
const TOLERANCE_METRES: f64 = 0.001;
/// Mean radius of the Earth.
const EARTH_RADIUS_METRES: f64 = 6_371_008.8;
/// More than half around the Earth: everything is within.
const EVERYWHERE_METRES: f64 = 20_050_000.0;

/// The visible rectangle of a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapBox {
    /// South-western corner.
    pub south_west: Place,
    /// North-eastern corner.
    pub north_east: Place,
}

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Distances are measured from here.
    pub origin: Place,
    /// Middle of a circle that holds everything looked for; the index is asked with it.
    pub circle_centre: Place,
    /// Radius of that circle in metres.
    pub circle_metres: f64,
    /// The rectangle that limits the result as well, if there is one.
    pub map_box: Option<MapBox>,
}

/// Why an area makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AreaProblem {
    /// FIND-02.
    #[error(transparent)]
    OffTheGlobe(#[from] OffTheGlobe),
    /// Not above zero, no number, or more than [`LARGEST_RADIUS_KM`].
    #[error("the radius must lie above 0 and at most at {LARGEST_RADIUS_KM} km")]
    RadiusOutOfRange,
    /// FIND-13: all four values or none.
    #[error("a box needs minLat, maxLat, minLng and maxLng")]
    IncompleteBox,
    /// FIND-13: minima do not exceed maxima.
    #[error("a box needs min <= max")]
    InvertedBox,
}

/// The edges of a box as they were sent.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BoxEdges {
    /// Southern edge.
    pub min_latitude: Option<f64>,
    /// Northern edge.
    pub max_latitude: Option<f64>,
    /// Western edge.
    pub min_longitude: Option<f64>,
    /// Eastern edge.
    pub max_longitude: Option<f64>,
}

impl MapBox {
    /// Reads the edges of a request: none, or all four (FIND-13).
    ///
    /// # Errors
    /// [`AreaProblem`].
    pub fn from_edges(edges: BoxEdges) -> Result<Option<Self>, AreaProblem> {
        let given = [edges.min_latitude, edges.max_latitude, edges.min_longitude, edges.max_longitude];
        if given.iter().all(Option::is_none) {
            return Ok(None);
        }
        let [Some(south), Some(north), Some(west), Some(east)] = given else {
            return Err(AreaProblem::IncompleteBox);
        };
        let south_west = Place::new(south, west)?;
        let north_east = Place::new(north, east)?;
        if south > north || west > east {
            return Err(AreaProblem::InvertedBox);
        }
        Ok(Some(Self { south_west, north_east }))
    }

    fn centre(self) -> Result<Place, OffTheGlobe> {
        Place::new(
            f64::midpoint(self.south_west.latitude(), self.north_east.latitude()),
            f64::midpoint(self.south_west.longitude(), self.north_east.longitude()),
        )
    }

    /// Metres from the centre to the farthest point. On rectangles narrower than half the globe that is a corner; one
    /// per cent more covers the difference between a sphere and the Earth.
    fn reach_metres(self, centre: Place) -> f64 {
        if self.north_east.longitude() - self.south_west.longitude() >= 180.0 {
            return EVERYWHERE_METRES;
        }
        let corner = |latitude: f64| great_circle_metres(centre, latitude, self.north_east.longitude());
        corner(self.south_west.latitude()).max(corner(self.north_east.latitude())) * 1.01 + 1.0
    }
}

impl Area {
    /// Joins what was sent and saved: an explicit radius wins over the saved one, a box replaces only the default
    /// (FIND-13, FIND-14).
    ///
    /// # Errors
    /// [`AreaProblem`].
    pub fn plan(
        origin: Place,
        radius_km: Option<f64>,
        saved_radius_km: Option<f64>,
        map_box: Option<MapBox>,
    ) -> Result<Self, AreaProblem> {
        if radius_km.is_some_and(|radius| !(radius > 0.0 && radius <= LARGEST_RADIUS_KM)) {
            return Err(AreaProblem::RadiusOutOfRange);
        }
        let limit = radius_km.or(saved_radius_km);
        let (circle_centre, circle_metres) = match (limit, map_box) {
            (None, Some(map_box)) => {
                let centre = map_box.centre()?;
                (centre, map_box.reach_metres(centre))
            }
            (limit, _) => (origin, limit.unwrap_or(DEFAULT_RADIUS_KM) * 1000.0 + TOLERANCE_METRES),
        };
        Ok(Self { origin, circle_centre, circle_metres, map_box })
    }

    /// Whether a place lies within, to about half a per cent of the distance: for what is chosen outside the database.
    #[must_use]
    pub fn holds(&self, place: Place) -> bool {
        let in_box = self.map_box.is_none_or(|map_box| {
            (map_box.south_west.latitude()..=map_box.north_east.latitude()).contains(&place.latitude())
                && (map_box.south_west.longitude()..=map_box.north_east.longitude()).contains(&place.longitude())
        });
        in_box && great_circle_metres(self.circle_centre, place.latitude(), place.longitude()) <= self.circle_metres
    }
}

fn great_circle_metres(from: Place, latitude: f64, longitude: f64) -> f64 {
    let (from_latitude, latitude) = (from.latitude().to_radians(), latitude.to_radians());
    let half_latitude = (latitude - from_latitude) / 2.0;
    let half_longitude = (longitude - from.longitude()).to_radians() / 2.0;
    let chord = half_latitude.sin().powi(2) + from_latitude.cos() * latitude.cos() * half_longitude.sin().powi(2);
    2.0 * EARTH_RADIUS_METRES * chord.sqrt().min(1.0).asin()
}

/// When somebody wants to play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Any day.
    AnyTime,
    /// The court is open that day (FIND-09).
    OpenOn(Date),
    /// A session that starts then is free (FIND-09).
    FreeAt(Date, Time),
}

impl When {
    /// The asked date, if there is one.
    #[must_use]
    pub fn date(self) -> Option<Date> {
        match self {
            Self::AnyTime => None,
            Self::OpenOn(date) | Self::FreeAt(date, _) => Some(date),
        }
    }
}

/// All filters of a search; they combine with AND (FIND-05).
#[derive(Debug, Clone, PartialEq)]
pub struct Criteria {
    /// Where.
    pub area: Area,
    /// Which sport.
    pub court_type: Option<CourtType>,
    /// Roof or not.
    pub location_type: Option<LocationType>,
    /// When.
    pub when: When,
    /// Words of a name or address, folded and ready for a pattern.
    pub text_pattern: Option<String>,
}

impl Criteria {
    /// The same search without type filters; `None` when there are none.
    #[must_use]
    pub fn without_type_filters(&self) -> Option<Self> {
        (self.court_type.is_some() || self.location_type.is_some()).then(|| Self {
            court_type: None,
            location_type: None,
            ..self.clone()
        })
    }

    /// The same search at any time; `None` when no time was asked for.
    #[must_use]
    pub fn at_any_time(&self) -> Option<Self> {
        (self.when != When::AnyTime).then(|| Self { when: When::AnyTime, ..self.clone() })
    }
}

/// One page of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// From 0.
    pub number: u32,
    /// 1 to [`LARGEST_PAGE_SIZE`].
    pub size: u32,
}

/// What a searcher could try when nothing is found (FIND-12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suggestion {
    /// Without the type filters there are hits.
    RemoveFilters,
    /// On another day or at another time there are hits.
    TryDifferentDate,
    /// There is nothing near.
    ExpandRadius,
}

impl Suggestion {
    /// Chooses in the order of FIND-12 from whether the relaxed searches would find something.
    #[must_use]
    pub fn choose(hits_without_type_filters: bool, hits_at_any_time: bool) -> Self {
        if hits_without_type_filters {
            Self::RemoveFilters
        } else if hits_at_any_time {
            Self::TryDifferentDate
        } else {
            Self::ExpandRadius
        }
    }
}

/// The pattern that finds a text anywhere; `None` when nothing but space was typed.
#[must_use]
pub fn text_pattern(text: &str) -> Option<String> {
    let folded = fold(text.trim());
    if folded.is_empty() {
        return None;
    }
    let mut pattern = String::from("%");
    for letter in folded.chars().take(LONGEST_TEXT) {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    Some(pattern)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;

    fn place(latitude: f64, longitude: f64) -> Place {
        Place::new(latitude, longitude).expect("a place on the globe")
    }

    fn athens() -> Place {
        place(37.9838, 23.7275)
    }

    fn edges(south: f64, north: f64, west: f64, east: f64) -> BoxEdges {
        BoxEdges {
            min_latitude: Some(south),
            max_latitude: Some(north),
            min_longitude: Some(west),
            max_longitude: Some(east),
        }
    }

    /// FIND-01, FIND-13, FIND-14: explicit before saved before default, and a box replaces only the default.
    #[test]
    fn the_limit_is_the_most_explicit_one() {
        let map_box = MapBox::from_edges(edges(37.0, 38.0, 23.0, 24.0)).expect("a box");
        let metres = |radius, saved, map_box| {
            let area = Area::plan(athens(), radius, saved, map_box).expect("a fine area");
            (area.circle_centre == athens()).then(|| area.circle_metres.round())
        };
        assert_eq!(metres(None, None, None), Some(10_000.0));
        assert_eq!(metres(None, Some(25.0), None), Some(25_000.0));
        assert_eq!(metres(Some(3.0), Some(25.0), None), Some(3_000.0));
        assert_eq!(metres(Some(3.0), None, map_box), Some(3_000.0));
        assert_eq!(metres(None, Some(25.0), map_box), Some(25_000.0));
        assert_eq!(metres(None, None, map_box), None);
    }

    /// FIND-02, FIND-13 and absurd radii.
    #[test]
    fn nonsense_is_refused() {
        for radius in [0.0, -1.0, f64::NAN, f64::INFINITY, 500.1, 1e300] {
            assert_eq!(Area::plan(athens(), Some(radius), None, None), Err(AreaProblem::RadiusOutOfRange), "{radius}");
        }
        let incomplete = BoxEdges { max_latitude: None, ..edges(37.0, 38.0, 23.0, 24.0) };
        assert_eq!(MapBox::from_edges(incomplete), Err(AreaProblem::IncompleteBox));
        assert_eq!(MapBox::from_edges(edges(38.0, 37.0, 23.0, 24.0)), Err(AreaProblem::InvertedBox));
        assert_eq!(MapBox::from_edges(edges(37.0, 38.0, 24.0, 23.0)), Err(AreaProblem::InvertedBox));
        assert_eq!(MapBox::from_edges(edges(-91.0, 38.0, 23.0, 24.0)), Err(AreaProblem::OffTheGlobe(OffTheGlobe)));
        assert_eq!(MapBox::from_edges(BoxEdges::default()), Ok(None));
    }

    /// FIND-17: what is chosen here keeps to the circle and to the box.
    #[test]
    fn an_area_holds_what_lies_in_both_limits() {
        let map_box = MapBox::from_edges(edges(37.0, 38.0, 23.0, 24.0)).expect("a box");
        let both = Area::plan(athens(), Some(3.0), None, map_box).expect("a fine area");
        assert!(both.holds(athens()));
        assert!(!both.holds(place(38.02, 23.7275)), "outside the circle and the box");
        assert!(!both.holds(place(37.90, 23.7275)), "outside the circle");
        let northern = MapBox::from_edges(edges(37.99, 39.0, 23.0, 24.0)).expect("a box");
        assert!(
            !Area::plan(athens(), Some(3.0), None, northern).expect("a fine area").holds(athens()),
            "outside the box"
        );
    }

    /// FIND-12: type filters first, then the date, then the radius.
    #[test]
    fn suggestions_have_an_order() {
        assert_eq!(Suggestion::choose(true, true), Suggestion::RemoveFilters);
        assert_eq!(Suggestion::choose(false, true), Suggestion::TryDifferentDate);
        assert_eq!(Suggestion::choose(false, false), Suggestion::ExpandRadius);
    }

    #[test]
    fn relaxing_drops_only_what_was_asked() {
        let criteria = Criteria {
            area: Area::plan(athens(), None, None, None).expect("a fine area"),
            court_type: Some(CourtType::Padel),
            location_type: None,
            when: When::FreeAt(date(2026, 11, 21), time(18, 0, 0, 0)),
            text_pattern: None,
        };
        let without_types = criteria.without_type_filters().expect("there is a type filter");
        assert_eq!((without_types.court_type, without_types.when), (None, criteria.when));
        let any_time = criteria.at_any_time().expect("there is a time");
        assert_eq!((any_time.court_type, any_time.when), (Some(CourtType::Padel), When::AnyTime));
        assert_eq!(any_time.at_any_time(), None);
        assert_eq!(without_types.without_type_filters(), None);
    }

    #[test]
    fn patterns_are_folded_and_escaped() {
        assert_eq!(text_pattern("  Πάντελ 100%_ "), Some("%παντελ 100\\%\\_%".to_owned()));
        assert_eq!(text_pattern("   "), None);
    }

    proptest! {
        /// FIND-13: the circle that the index is asked with holds every point of the box.
        #[test]
        fn the_circle_holds_the_box(
            south in -90.0_f64..90.0, height in 0.0_f64..60.0, west in -180.0_f64..180.0, width in 0.0_f64..200.0,
            up in 0.0_f64..=1.0, right in 0.0_f64..=1.0,
        ) {
            let (north, east) = ((south + height).min(90.0), (west + width).min(180.0));
            let map_box = MapBox::from_edges(edges(south, north, west, east)).expect("a box");
            let area = Area::plan(athens(), None, None, map_box).expect("a fine area");
            let (latitude, longitude) = (south + (north - south) * up, west + (east - west) * right);
            prop_assert!(great_circle_metres(area.circle_centre, latitude, longitude) <= area.circle_metres);
        }
    }
}
