//! A reminder rule, how many of them may be active, and the one every owner begins with. No storage, no HTTP.

use std::collections::BTreeSet;

use contracts::ids::{CourtId, ReminderRuleId};
use contracts::owner_settings::{ReminderChannel, ReminderTrigger};
use jiff::Timestamp;

/// Active rules that an owner may have at once (NOTE-44).
pub const MOST_ACTIVE: u32 = 10;

/// Which courts a rule looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleCourts {
    /// All of the owner's, whichever those are at the time.
    All,
    /// These.
    Named(BTreeSet<CourtId>),
}

/// What a rule says (NOTE-42).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTerms {
    /// What it waits for.
    pub trigger: ReminderTrigger,
    /// 1 to 30.
    pub days_before_event: u32,
    /// 1 to 72.
    pub hours_before_threshold: u32,
    /// Where.
    pub courts: RuleCourts,
    /// At least one, each once.
    pub channels: BTreeSet<ReminderChannel>,
    /// Whether it is in force.
    pub active: bool,
}

/// One stored rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReminderRule {
    /// Its id.
    pub id: ReminderRuleId,
    /// What it says.
    pub terms: RuleTerms,
    /// When the owner made it.
    pub created_at: Timestamp,
}

/// The owner has as many active rules as there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{current} rules are active")]
pub struct TooManyActive {
    /// How many are.
    pub current: u32,
}

/// Whether a rule may be stored as it is wanted beside `others_active` other active ones (NOTE-44).
///
/// # Errors
/// [`TooManyActive`].
pub const fn check_active(wanted: bool, others_active: u32) -> Result<(), TooManyActive> {
    if wanted && others_active >= MOST_ACTIVE { Err(TooManyActive { current: others_active }) } else { Ok(()) }
}

/// What every new owner account begins with (NOTE-55).
#[must_use]
pub fn default_terms() -> RuleTerms {
    RuleTerms {
        trigger: ReminderTrigger::UnpaidBooking,
        days_before_event: 3,
        hours_before_threshold: 10,
        courts: RuleCourts::All,
        channels: [ReminderChannel::Push, ReminderChannel::InApp].into(),
        active: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NOTE-44: the tenth may be active, the eleventh may only wait.
    #[test]
    fn ten_may_be_active() {
        for others in 0..=12 {
            assert_eq!(check_active(false, others), Ok(()));
            let allowed = if others < 10 { Ok(()) } else { Err(TooManyActive { current: others }) };
            assert_eq!(check_active(true, others), allowed);
        }
    }

    /// NOTE-55: unpaid bookings, three days and ten hours, all courts, in the portal and by push.
    #[test]
    fn the_first_rule_is_about_unpaid_bookings() {
        let terms = default_terms();
        assert_eq!((terms.trigger, terms.active), (ReminderTrigger::UnpaidBooking, true));
        assert_eq!((terms.days_before_event, terms.hours_before_threshold), (3, 10));
        assert_eq!(terms.courts, RuleCourts::All);
        assert_eq!(terms.channels, [ReminderChannel::Push, ReminderChannel::InApp].into());
    }
}
