//! What an owner can choose about messages, and which choices make sense. No storage, no HTTP.

use std::collections::BTreeMap;

use contracts::owner_settings::OwnerEventType;
use jiff::civil::Time;

/// The ways by which messages about one kind of event go out. Push is the phone and the browser together (NOTE-27).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channels {
    /// By mail.
    pub email: bool,
    /// Phone and browser.
    pub push: bool,
    /// In the portal.
    pub in_app: bool,
}

impl Channels {
    /// NOTE-26: every way until somebody switches one off.
    pub const ALL: Self = Self { email: true, push: true, in_app: true };

    /// The same ways, with the portal where nothing else is left of what cannot wait (NOTE-28).
    #[must_use]
    pub fn heard(self, about: OwnerEventType) -> Self {
        let silent = !(self.email || self.push || self.in_app);
        Self { in_app: self.in_app || (silent && about.is_critical()), ..self }
    }
}

/// Hours in which messages that can wait do so. May cross midnight; the start is inside, the end outside (NOTE-29).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// Whether they count; hours that are switched off are kept for later.
    pub enabled: bool,
    /// First minute inside.
    pub start: Time,
    /// First minute outside.
    pub end: Time,
}

/// Everything that one owner prefers (NOTE-25).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerPreferences {
    /// Ways per kind of event, all kinds.
    pub channels: BTreeMap<OwnerEventType, Channels>,
    /// None where none were ever set.
    pub quiet_hours: Option<QuietHours>,
    /// One mail in the morning instead of many (NOTE-31).
    pub digest: bool,
}

impl Default for OwnerPreferences {
    fn default() -> Self {
        let channels = OwnerEventType::ALL.iter().map(|about| (*about, Channels::ALL)).collect();
        Self { channels, quiet_hours: None, digest: false }
    }
}

/// What is to change about the ways of one kind of event; an absent switch stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelChange {
    /// Which kind.
    pub about: OwnerEventType,
    /// By mail.
    pub email: Option<bool>,
    /// Phone and browser.
    pub push: Option<bool>,
    /// In the portal.
    pub in_app: Option<bool>,
}

/// What is to become of the quiet hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum QuietChange {
    /// Not mentioned.
    #[default]
    Keep,
    /// No quiet hours.
    Remove,
    /// These; an absent part stays as it is.
    Set {
        /// Whether they count.
        enabled: Option<bool>,
        /// First minute inside.
        start: Option<Time>,
        /// First minute outside.
        end: Option<Time>,
    },
}

/// What an owner wants to change; kinds of events that are not named stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Ways per kind of event, each kind once.
    pub channels: Vec<ChannelChange>,
    /// Quiet hours.
    pub quiet_hours: QuietChange,
    /// The daily digest.
    pub digest: Option<bool>,
}

/// Why a change makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// One kind of event with two wishes.
    #[error("a kind of event is named twice")]
    NamedTwice {
        /// Place of the second wish in the list.
        index: usize,
    },
    /// A begin without an end or the other way round.
    #[error("quiet hours need a begin and an end")]
    HalfQuietHours,
    /// Quiet hours that never begin or never end.
    #[error("quiet hours must end at another time than they begin")]
    EmptyQuietHours,
}

impl OwnerPreferences {
    /// The preferences after a change, or everything that is wrong with it.
    ///
    /// # Errors
    /// All [`Problem`]s at once.
    pub fn changed(&self, change: &Change) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut channels = self.channels.clone();
        for (index, wish) in change.channels.iter().enumerate() {
            if change.channels[..index].iter().any(|earlier| earlier.about == wish.about) {
                problems.push(Problem::NamedTwice { index });
            }
            let stored = channels.get(&wish.about).copied().unwrap_or(Channels::ALL);
            let chosen = Channels {
                email: wish.email.unwrap_or(stored.email),
                push: wish.push.unwrap_or(stored.push),
                in_app: wish.in_app.unwrap_or(stored.in_app),
            };
            channels.insert(wish.about, chosen.heard(wish.about));
        }
        let quiet_hours = self.quiet_hours_after(change.quiet_hours).unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self { channels, quiet_hours, digest: change.digest.unwrap_or(self.digest) })
    }

    fn quiet_hours_after(&self, change: QuietChange) -> Result<Option<QuietHours>, Problem> {
        let (enabled, start, end) = match change {
            QuietChange::Keep => return Ok(self.quiet_hours),
            QuietChange::Remove => return Ok(None),
            QuietChange::Set { enabled, start, end } => (enabled, start, end),
        };
        let stored = self.quiet_hours;
        let enabled = enabled.unwrap_or_else(|| stored.is_some_and(|hours| hours.enabled));
        let start = start.or(stored.map(|hours| hours.start));
        let end = end.or(stored.map(|hours| hours.end));
        match (start, end) {
            // Switching off what was never set asks for nothing.
            (None, None) if !enabled => Ok(None),
            (Some(start), Some(end)) if start == end => Err(Problem::EmptyQuietHours),
            (Some(start), Some(end)) => Ok(Some(QuietHours { enabled, start, end })),
            _ => Err(Problem::HalfQuietHours),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;
    use proptest::prelude::*;

    use super::*;

    fn at(hour: i8) -> Time {
        time(hour, 0, 0, 0)
    }

    fn wish(about: OwnerEventType, switches: (Option<bool>, Option<bool>, Option<bool>)) -> ChannelChange {
        ChannelChange { about, email: switches.0, push: switches.1, in_app: switches.2 }
    }

    /// NOTE-26: eight kinds of events, each with every channel on; each channel is switched alone.
    #[test]
    fn each_channel_is_switched_alone() {
        let defaults = OwnerPreferences::default();
        assert_eq!(defaults.channels.len(), 8);
        assert!(defaults.channels.values().all(|channels| *channels == Channels::ALL));
        let change = Change {
            channels: vec![wish(OwnerEventType::PayoutCompleted, (Some(false), None, None))],
            ..Change::default()
        };
        let changed = defaults.changed(&change).expect("a fine change");
        let expected = Channels { email: false, push: true, in_app: true };
        assert_eq!(changed.channels[&OwnerEventType::PayoutCompleted], expected);
        assert_eq!(changed.channels.values().filter(|channels| **channels == Channels::ALL).count(), 7);
    }

    /// NOTE-25, NOTE-29: quiet hours may cross midnight, need both ends, and keep their hours while switched off.
    #[test]
    fn quiet_hours_make_sense() {
        let set =
            |enabled, start, end| Change { quiet_hours: QuietChange::Set { enabled, start, end }, ..Change::default() };
        let defaults = OwnerPreferences::default();
        let night = defaults.changed(&set(Some(true), Some(at(23)), Some(at(7)))).expect("a night");
        assert_eq!(night.quiet_hours, Some(QuietHours { enabled: true, start: at(23), end: at(7) }));
        let off = night.changed(&set(Some(false), None, None)).expect("switched off");
        assert_eq!(off.quiet_hours, Some(QuietHours { enabled: false, start: at(23), end: at(7) }));
        assert_eq!(off.changed(&set(Some(true), None, None)), Ok(night.clone()));
        let removed = night.changed(&Change { quiet_hours: QuietChange::Remove, ..Change::default() });
        assert_eq!(removed.expect("removed").quiet_hours, None);
        assert_eq!(defaults.changed(&set(Some(false), None, None)), Ok(defaults.clone()));
        for (enabled, start, end, problem) in [
            (Some(true), None, None, Problem::HalfQuietHours),
            (Some(true), Some(at(23)), None, Problem::HalfQuietHours),
            (Some(false), None, Some(at(7)), Problem::HalfQuietHours),
            (Some(true), Some(at(7)), Some(at(7)), Problem::EmptyQuietHours),
        ] {
            assert_eq!(defaults.changed(&set(enabled, start, end)), Err(vec![problem]));
        }
    }

    fn switches() -> impl Strategy<Value = (Option<bool>, Option<bool>, Option<bool>)> {
        (any::<Option<bool>>(), any::<Option<bool>>(), any::<Option<bool>>())
    }

    proptest! {
        /// NOTE-28: whatever is switched off, in whatever steps, what cannot wait is at least seen in the portal; what
        /// can wait may be silenced; what was not named stays; a kind named twice is refused.
        #[test]
        fn what_cannot_wait_is_heard(
            steps in prop::collection::vec(prop::collection::vec((0_usize..8, switches()), 0..4), 1..6),
        ) {
            let mut stored = OwnerPreferences::default();
            for step in steps {
                let channels: Vec<_> =
                    step.iter().map(|(kind, switches)| wish(OwnerEventType::ALL[*kind], *switches)).collect();
                let mut named: Vec<_> = step.iter().map(|(kind, _)| *kind).collect();
                named.sort_unstable();
                named.dedup();
                let changed = stored.changed(&Change { channels: channels.clone(), ..Change::default() });
                prop_assert_eq!(changed.is_ok(), named.len() == channels.len());
                let Ok(changed) = changed else { continue };
                for (about, now) in &changed.channels {
                    prop_assert!(!about.is_critical() || now.email || now.push || now.in_app);
                    let before = stored.channels[about];
                    match channels.iter().find(|wish| wish.about == *about) {
                        None => prop_assert_eq!(*now, before),
                        Some(wish) => {
                            prop_assert_eq!(now.email, wish.email.unwrap_or(before.email));
                            prop_assert_eq!(now.push, wish.push.unwrap_or(before.push));
                            let asked = wish.in_app.unwrap_or(before.in_app);
                            prop_assert!(now.in_app == asked || (about.is_critical() && !now.email && !now.push));
                        }
                    }
                }
                stored = changed;
            }
        }
    }
}
