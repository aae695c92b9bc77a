//! The defaults themselves and which of them cannot be stored. No storage, no HTTP.

use contracts::court::ConfirmationMode;

use crate::availability::domain::{Window, WindowProblem, problems_of_windows};
use crate::cancellation_policy::domain::{Policy, PolicyProblem, Tier};

/// What new courts of an owner begin with; an absent value leaves it to the sport or to the platform.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CourtDefaults {
    /// Length of one session.
    pub duration_minutes: Option<u32>,
    /// Most people at once.
    pub max_capacity: Option<u32>,
    /// Whether bookings wait for the owner.
    pub confirmation_mode: Option<ConfirmationMode>,
    /// How long they wait at most (COURT-36).
    pub confirmation_timeout_hours: Option<u32>,
    /// Refund tiers.
    pub policy: Option<Policy>,
    /// Opening times; none and no template are the same.
    pub windows: Vec<Window>,
}

/// Why defaults cannot be stored: what a court would refuse, its defaults refuse as well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefaultsProblem {
    /// The tiers are no policy (PAY-23).
    #[error(transparent)]
    Tiers(#[from] PolicyProblem),
    /// Some windows are wrong (COURT-26, COURT-27).
    #[error("some windows are wrong")]
    Windows(Vec<WindowProblem>),
}

impl CourtDefaults {
    /// The same defaults with these tiers and windows.
    ///
    /// # Errors
    /// [`DefaultsProblem`].
    pub fn with_template(self, tiers: Option<Vec<Tier>>, windows: Vec<Window>) -> Result<Self, DefaultsProblem> {
        let policy = tiers.map(Policy::from_tiers).transpose()?;
        let problems = problems_of_windows(&windows);
        if problems.is_empty() { Ok(Self { policy, windows, ..self }) } else { Err(DefaultsProblem::Windows(problems)) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Weekday, time};

    use super::*;

    /// COURT-12, PAY-23, COURT-27: what no court would take is no default either.
    #[test]
    fn defaults_hold_what_a_court_would_take() {
        let tier = |threshold_hours, refund_percent| Tier { threshold_hours, refund_percent };
        let window =
            |start, end| Window { weekday: Weekday::Monday, start: time(start, 0, 0, 0), end: time(end, 0, 0, 0) };
        let with = |tiers, windows| CourtDefaults::default().with_template(tiers, windows);
        let good = with(Some(vec![tier(24, 100), tier(0, 0)]), vec![window(8, 12), window(12, 20)]).expect("good");
        assert_eq!((good.policy.map(|policy| policy.tiers().len()), good.windows.len()), (Some(2), 2));
        assert_eq!(with(Some(vec![tier(24, 100)]), vec![]), Err(DefaultsProblem::Tiers(PolicyProblem::LastIsNotZero)));
        assert_eq!(
            with(None, vec![window(8, 12), window(11, 20)]),
            Err(DefaultsProblem::Windows(vec![WindowProblem::Overlap { index: 1 }]))
        );
        assert_eq!(with(None, vec![]), Ok(CourtDefaults::default()));
    }
}
