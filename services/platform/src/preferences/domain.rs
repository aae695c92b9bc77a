//! What a customer can prefer and which combinations make sense.

use jiff::civil::{Time, Weekday};

/// Kilometres of a search for somebody who has saved none (FIND-14).
pub const DEFAULT_DISTANCE_KM: f64 = 10.0;
/// FIND-37: distances that can be saved, in kilometres.
pub const DISTANCE_KM: std::ops::RangeInclusive<f64> = 0.1..=500.0;

/// A span between two times of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First minute inside.
    pub start: Time,
    /// First minute outside.
    pub end: Time,
}

/// Which messages somebody wants (FIND-35).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Messages {
    /// About own bookings.
    pub booking_events: bool,
    /// About favourite courts.
    pub favorite_court_alerts: bool,
    /// Advertising of any kind.
    pub promotional: bool,
    /// By mail.
    pub email: bool,
    /// On the phone and in the browser.
    pub push: bool,
}

impl Default for Messages {
    fn default() -> Self {
        Self { booking_events: true, favorite_court_alerts: true, promotional: true, email: true, push: true }
    }
}

/// Everything that one customer prefers (FIND-33).
#[derive(Debug, Clone, PartialEq)]
pub struct Preferences {
    /// From Monday on, each once. None means that every day is as good as another.
    pub days: Vec<Weekday>,
    /// Within one day. None means that every time is as good as another.
    pub times: Option<Span>,
    /// How far away a court may be.
    pub distance_km: f64,
    /// Which messages.
    pub messages: Messages,
    /// May cross midnight.
    pub quiet_hours: Option<Span>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            days: Vec::new(),
            times: None,
            distance_km: DEFAULT_DISTANCE_KM,
            messages: Messages::default(),
            quiet_hours: None,
        }
    }
}

/// A wish about one value: keep it, remove it, or set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wish<T> {
    /// Not mentioned.
    #[default]
    Keep,
    /// Explicitly nothing.
    Remove,
    /// This.
    Set(T),
}

impl<T> Wish<T> {
    fn onto(self, stored: Option<T>) -> Option<T> {
        match self {
            Self::Keep => stored,
            Self::Remove => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// What a customer wants to change; absent members stay as they are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// All preferred days.
    pub days: Option<Vec<Weekday>>,
    /// Begin of the preferred time.
    pub preferred_start: Wish<Time>,
    /// End of the preferred time.
    pub preferred_end: Wish<Time>,
    /// How far away a court may be.
    pub distance_km: Option<f64>,
    /// About own bookings.
    pub booking_events: Option<bool>,
    /// About favourite courts.
    pub favorite_court_alerts: Option<bool>,
    /// Advertising of any kind.
    pub promotional: Option<bool>,
    /// By mail.
    pub email: Option<bool>,
    /// On the phone and in the browser.
    pub push: Option<bool>,
    /// Begin of the quiet hours.
    pub quiet_start: Wish<Time>,
    /// End of the quiet hours.
    pub quiet_end: Wish<Time>,
}

/// Why a change makes no sense (FIND-37).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Outside [`DISTANCE_KM`], or no number.
    #[error("the distance must lie between 0.1 and 500 km")]
    Distance,
    /// A begin without an end or the other way round.
    #[error("a preferred time needs a begin and an end")]
    HalfPreferredTime,
    /// The preferred time ends before it begins.
    #[error("the preferred time must end after it begins")]
    PreferredEndNotAfterStart,
    /// A begin without an end or the other way round.
    #[error("quiet hours need a begin and an end")]
    HalfQuietHours,
    /// Quiet hours that never begin or never end.
    #[error("quiet hours must end at another time than they begin")]
    EmptyQuietHours,
}

impl Preferences {
    /// The preferences after a change, or everything that is wrong with it.
    ///
    /// # Errors
    /// All [`Problem`]s at once.
    pub fn changed(&self, change: Change) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let distance_km = change.distance_km.unwrap_or(self.distance_km);
        if !DISTANCE_KM.contains(&distance_km) {
            problems.push(Problem::Distance);
        }
        let times = joined(self.times, change.preferred_start, change.preferred_end).unwrap_or_else(|Half| {
            problems.push(Problem::HalfPreferredTime);
            None
        });
        if times.is_some_and(|times| times.end <= times.start) {
            problems.push(Problem::PreferredEndNotAfterStart);
        }
        let quiet_hours = joined(self.quiet_hours, change.quiet_start, change.quiet_end).unwrap_or_else(|Half| {
            problems.push(Problem::HalfQuietHours);
            None
        });
        if quiet_hours.is_some_and(|quiet| quiet.end == quiet.start) {
            problems.push(Problem::EmptyQuietHours);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            days: change.days.map_or_else(|| self.days.clone(), in_week_order),
            times,
            distance_km,
            messages: Messages {
                booking_events: change.booking_events.unwrap_or(self.messages.booking_events),
                favorite_court_alerts: change.favorite_court_alerts.unwrap_or(self.messages.favorite_court_alerts),
                promotional: change.promotional.unwrap_or(self.messages.promotional),
                email: change.email.unwrap_or(self.messages.email),
                push: change.push.unwrap_or(self.messages.push),
            },
            quiet_hours,
        })
    }
}

/// One end of a span without the other.
struct Half;

fn joined(stored: Option<Span>, start: Wish<Time>, end: Wish<Time>) -> Result<Option<Span>, Half> {
    match (start.onto(stored.map(|span| span.start)), end.onto(stored.map(|span| span.end))) {
        (None, None) => Ok(None),
        (Some(start), Some(end)) => Ok(Some(Span { start, end })),
        _ => Err(Half),
    }
}

/// Each day once, from Monday on.
fn in_week_order(mut days: Vec<Weekday>) -> Vec<Weekday> {
    days.sort_by_key(|day| day.to_monday_zero_offset());
    days.dedup();
    days
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;
    use proptest::prelude::*;

    use super::*;

    fn at(hour: i8) -> Time {
        time(hour, 0, 0, 0)
    }

    /// FIND-33, FIND-35: who has saved nothing gets ten kilometres and every message.
    #[test]
    fn the_defaults_are_open() {
        let defaults = Preferences::default();
        assert!((defaults.distance_km - 10.0).abs() < f64::EPSILON);
        let all =
            Messages { booking_events: true, favorite_court_alerts: true, promotional: true, email: true, push: true };
        assert_eq!(defaults.messages, all);
        assert_eq!(defaults.changed(Change::default()), Ok(defaults));
    }

    /// FIND-37: distances out of range and times that make no sense are refused, all at once.
    #[test]
    fn nonsense_is_refused_as_a_whole() {
        for distance in [0.0, 0.09, 500.01, -1.0, f64::NAN, f64::INFINITY] {
            let change = Change { distance_km: Some(distance), ..Change::default() };
            assert_eq!(Preferences::default().changed(change), Err(vec![Problem::Distance]), "{distance}");
        }
        let change = Change {
            distance_km: Some(0.0),
            preferred_start: Wish::Set(at(20)),
            preferred_end: Wish::Set(at(18)),
            quiet_start: Wish::Set(at(23)),
            ..Change::default()
        };
        let all = vec![Problem::Distance, Problem::PreferredEndNotAfterStart, Problem::HalfQuietHours];
        assert_eq!(Preferences::default().changed(change), Err(all));
        let same = Change { quiet_start: Wish::Set(at(7)), quiet_end: Wish::Set(at(7)), ..Change::default() };
        assert_eq!(Preferences::default().changed(same), Err(vec![Problem::EmptyQuietHours]));
    }

    /// NOTE-29: quiet hours may cross midnight, preferred times may not.
    #[test]
    fn quiet_hours_cross_midnight() {
        let change = Change { quiet_start: Wish::Set(at(23)), quiet_end: Wish::Set(at(7)), ..Change::default() };
        let quiet = Preferences::default().changed(change).expect("quiet nights");
        assert_eq!(quiet.quiet_hours, Some(Span { start: at(23), end: at(7) }));
        // One end alone can move, and both can go.
        let later = quiet.changed(Change { quiet_end: Wish::Set(at(8)), ..Change::default() }).expect("longer nights");
        assert_eq!(later.quiet_hours, Some(Span { start: at(23), end: at(8) }));
        let none = Change { quiet_start: Wish::Remove, quiet_end: Wish::Remove, ..Change::default() };
        assert_eq!(later.changed(none).expect("no quiet").quiet_hours, None);
        let half = Change { quiet_start: Wish::Remove, ..Change::default() };
        assert_eq!(later.changed(half), Err(vec![Problem::HalfQuietHours]));
    }

    #[test]
    fn days_stand_once_and_in_order() {
        let days = vec![Weekday::Sunday, Weekday::Monday, Weekday::Sunday];
        let change = Change { days: Some(days), ..Change::default() };
        let changed = Preferences::default().changed(change).expect("two days");
        assert_eq!(changed.days, [Weekday::Monday, Weekday::Sunday]);
    }

    proptest! {
        /// Whatever is accepted keeps the invariants of the tables, and asking for it again changes nothing.
        #[test]
        fn what_is_accepted_is_storable(
            distance in -10.0_f64..600.0, start in 0_i8..24, end in 0_i8..24, quiet_start in 0_i8..24, quiet_end in 0_i8..24,
        ) {
            let change = Change {
                distance_km: Some(distance),
                preferred_start: Wish::Set(at(start)),
                preferred_end: Wish::Set(at(end)),
                quiet_start: Wish::Set(at(quiet_start)),
                quiet_end: Wish::Set(at(quiet_end)),
                ..Change::default()
            };
            if let Ok(changed) = Preferences::default().changed(change.clone()) {
                prop_assert!(DISTANCE_KM.contains(&changed.distance_km));
                prop_assert!(changed.times.is_some_and(|times| times.start < times.end));
                prop_assert!(changed.quiet_hours.is_some_and(|quiet| quiet.start != quiet.end));
                prop_assert_eq!(changed.changed(change), Ok(changed.clone()));
            }
        }
    }
}
