//! How a session's price is built: base price, weekly rules, special dates. Exact whole numbers only, rounded once.
//! Knows nothing of promo codes, storage or HTTP.

use contracts::money::{Cents, Multiplier};
use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Serialize};

/// Longest label of a weekly rule, in characters (PRICE-02).
const RULE_LABEL_LENGTH: usize = 50;
/// Longest label of a special date, in characters (PRICE-03).
const SPECIAL_DATE_LABEL_LENGTH: usize = 100;
/// The dearest session an owner may ask for: 100,000 euro keeps every product of price and multipliers far inside 64 bits.
pub const HIGHEST_BASE_PRICE: Cents = Cents(10_000_000);
/// What a product out of range becomes. Prices that passed [`check_base_price`] stay far below it.
const MOST: Cents = Cents(i64::MAX);

/// A weekly window with its own factor; the end is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRule {
    /// Local day of the court.
    #[serde(with = "crate::weekday")]
    pub weekday: Weekday,
    /// First start time it applies to.
    pub start: Time,
    /// First start time it no longer applies to.
    pub end: Time,
    /// The factor.
    pub multiplier: Multiplier,
    /// What the owner calls it, such as Peak.
    pub label: Option<String>,
}

/// One calendar date with its own factor, on top of the weekly rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialDate {
    /// Local date of the court.
    pub date: Date,
    /// The factor.
    pub multiplier: Multiplier,
    /// What the owner calls it, such as Easter.
    pub label: Option<String>,
}

/// Everything that decides the price of a court's sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceList {
    /// Price of one session of the court's own duration.
    pub base: Cents,
    /// Weekly rules, never overlapping on one day.
    pub rules: Vec<PriceRule>,
    /// At most one per date.
    pub special_dates: Vec<SpecialDate>,
}

/// A price with the factors that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Base price of all sessions before any factor.
    pub base: Cents,
    /// Factor of the weekly rule, 1.00 without one.
    pub multiplier: Multiplier,
    /// Label of the weekly rule.
    pub multiplier_label: Option<String>,
    /// Factor of the special date, if the date is one.
    pub special_date_multiplier: Option<Multiplier>,
    /// Label of the special date.
    pub special_date_label: Option<String>,
    /// Price after both factors, rounded half up once.
    pub subtotal: Cents,
}

/// Why prices cannot be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PricingProblem {
    /// PRICE-04.
    #[error("the multiplier must lie between 0.10 and 5.00 with at most two decimals")]
    MultiplierOutOfRange,
    /// PRICE-02.
    #[error("the end must be later than the start")]
    EndNotAfterStart,
    /// PRICE-02, PRICE-03.
    #[error("the label is too long")]
    LabelTooLong,
    /// PRICE-05.
    #[error("two rules of one day overlap")]
    RulesOverlap,
    /// PRICE-03.
    #[error("a date may carry only one special price")]
    DateTwice,
    /// The base price must be positive and at most [`HIGHEST_BASE_PRICE`].
    #[error("the base price is out of range")]
    BasePriceOutOfRange,
}

/// A problem and the place of the entry that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misplaced {
    /// Position in the list it was sent in.
    pub index: usize,
    /// What is wrong there.
    pub problem: PricingProblem,
}

impl PriceList {
    /// The price of `sessions` sessions that start at `start` on `date`: the rule of the start counts for all of them
    /// (PRICE-06, PRICE-17, PRICE-25).
    #[must_use]
    pub fn quote(&self, date: Date, start: Time, sessions: u32) -> Quote {
        let rule =
            self.rules.iter().find(|rule| rule.weekday == date.weekday() && rule.start <= start && start < rule.end);
        let special_date = self.special_dates.iter().find(|special| special.date == date);
        let multiplier = rule.map_or(Multiplier::ONE, |rule| rule.multiplier);
        let special_date_multiplier = special_date.map(|special| special.multiplier);
        let base = self.base.checked_mul(i64::from(sessions)).unwrap_or(MOST);
        let subtotal = Multiplier::apply_both(multiplier, special_date_multiplier.unwrap_or(Multiplier::ONE), base)
            .unwrap_or(MOST);
        Quote {
            base,
            multiplier,
            multiplier_label: rule.and_then(|rule| rule.label.clone()),
            special_date_multiplier,
            special_date_label: special_date.and_then(|special| special.label.clone()),
            subtotal,
        }
    }
}

/// Checks a base price.
///
/// # Errors
/// [`PricingProblem::BasePriceOutOfRange`].
pub fn check_base_price(base: Cents) -> Result<(), PricingProblem> {
    if base.0 > 0 && base <= HIGHEST_BASE_PRICE { Ok(()) } else { Err(PricingProblem::BasePriceOutOfRange) }
}

/// Lists what is wrong with a set of weekly rules (PRICE-02, PRICE-05).
#[must_use]
pub fn problems_of_rules(rules: &[PriceRule]) -> Vec<Misplaced> {
    let mut problems = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        if !rule.multiplier.in_bounds() {
            problems.push(Misplaced { index, problem: PricingProblem::MultiplierOutOfRange });
        }
        if rule.end <= rule.start {
            problems.push(Misplaced { index, problem: PricingProblem::EndNotAfterStart });
        }
        if label_longer_than(rule.label.as_deref(), RULE_LABEL_LENGTH) {
            problems.push(Misplaced { index, problem: PricingProblem::LabelTooLong });
        }
        let overlaps = rules[..index]
            .iter()
            .any(|earlier| earlier.weekday == rule.weekday && earlier.start < rule.end && rule.start < earlier.end);
        if overlaps {
            problems.push(Misplaced { index, problem: PricingProblem::RulesOverlap });
        }
    }
    problems
}

/// Lists what is wrong with a set of special dates (PRICE-03).
#[must_use]
pub fn problems_of_special_dates(special_dates: &[SpecialDate]) -> Vec<Misplaced> {
    let mut problems = Vec::new();
    for (index, special) in special_dates.iter().enumerate() {
        if !special.multiplier.in_bounds() {
            problems.push(Misplaced { index, problem: PricingProblem::MultiplierOutOfRange });
        }
        if label_longer_than(special.label.as_deref(), SPECIAL_DATE_LABEL_LENGTH) {
            problems.push(Misplaced { index, problem: PricingProblem::LabelTooLong });
        }
        if special_dates[..index].iter().any(|earlier| earlier.date == special.date) {
            problems.push(Misplaced { index, problem: PricingProblem::DateTwice });
        }
    }
    problems
}

fn label_longer_than(label: Option<&str>, characters: usize) -> bool {
    label.is_some_and(|label| label.chars().count() > characters)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;

    fn factor(hundredths: i64) -> Multiplier {
        Multiplier::from_hundredths(hundredths).expect("a factor in range")
    }

    fn list(base: i64, rule_hundredths: i64, special_hundredths: Option<i64>) -> PriceList {
        PriceList {
            base: Cents(base),
            rules: vec![PriceRule {
                weekday: Weekday::Saturday,
                start: time(18, 0, 0, 0),
                end: time(22, 0, 0, 0),
                multiplier: factor(rule_hundredths),
                label: Some("Peak".to_owned()),
            }],
            special_dates: special_hundredths
                .map(|hundredths| SpecialDate {
                    date: SATURDAY,
                    multiplier: factor(hundredths),
                    label: Some("Easter".to_owned()),
                })
                .into_iter()
                .collect(),
        }
    }

    const SATURDAY: Date = date(2026, 11, 21);

    /// PRICE-06: the start decides; the end of a rule is not part of it.
    #[test]
    fn the_rule_of_the_start_applies() {
        let list = list(2000, 150, None);
        let at = |hour, minute| list.quote(SATURDAY, time(hour, minute, 0, 0), 1).subtotal;
        assert_eq!(at(17, 59), Cents(2000));
        assert_eq!(at(18, 0), Cents(3000));
        assert_eq!(at(21, 59), Cents(3000));
        assert_eq!(at(22, 0), Cents(2000));
        assert_eq!(list.quote(date(2026, 11, 22), time(18, 0, 0, 0), 1).subtotal, Cents(2000));
    }

    /// PRICE-17, PRICE-25: both factors apply and only their product is rounded, half up.
    #[test]
    fn both_factors_are_rounded_once() {
        assert_eq!(list(2550, 115, None).quote(SATURDAY, time(18, 0, 0, 0), 1).subtotal, Cents(2933));
        // 3 x 1.50 x 1.50 = 6.75; rounding in between would give 8.
        assert_eq!(list(3, 150, Some(150)).quote(SATURDAY, time(18, 0, 0, 0), 1).subtotal, Cents(7));
        let quote = list(1000, 150, Some(200)).quote(SATURDAY, time(18, 0, 0, 0), 2);
        assert_eq!((quote.base, quote.subtotal), (Cents(2000), Cents(6000)));
        assert_eq!(quote.multiplier_label.as_deref(), Some("Peak"));
        assert_eq!(quote.special_date_label.as_deref(), Some("Easter"));
    }

    /// PRICE-03, PRICE-04, PRICE-05: wrong factors, overlapping rules and repeated dates are named by their place.
    #[test]
    fn problems_name_their_place() {
        let mut rules = list(1000, 150, None).rules;
        rules.push(PriceRule { start: time(21, 0, 0, 0), end: time(23, 0, 0, 0), ..rules[0].clone() });
        rules.push(PriceRule { start: time(9, 0, 0, 0), end: time(9, 0, 0, 0), ..rules[0].clone() });
        rules.push(PriceRule { weekday: Weekday::Sunday, multiplier: factor(501), ..rules[0].clone() });
        assert_eq!(
            problems_of_rules(&rules),
            [
                Misplaced { index: 1, problem: PricingProblem::RulesOverlap },
                Misplaced { index: 2, problem: PricingProblem::EndNotAfterStart },
                Misplaced { index: 3, problem: PricingProblem::MultiplierOutOfRange },
            ]
        );
        let special = list(1000, 150, Some(200)).special_dates.remove(0);
        assert_eq!(
            problems_of_special_dates(&[special.clone(), special]),
            [Misplaced { index: 1, problem: PricingProblem::DateTwice }]
        );
    }

    proptest! {
        /// PRICE-17, PRICE-24: a larger factor never makes a slot cheaper.
        #[test]
        fn price_is_monotone_in_the_multiplier(
            base in 1_i64..=HIGHEST_BASE_PRICE.0, low in 10_i64..=500, high in 10_i64..=500,
            special in proptest::option::of(10_i64..=500), sessions in 1_u32..=24, hour in 0_i8..24,
        ) {
            let (low, high) = (low.min(high), low.max(high));
            let start = time(hour, 0, 0, 0);
            let cheaper = list(base, low, special).quote(SATURDAY, start, sessions);
            let dearer = list(base, high, special).quote(SATURDAY, start, sessions);
            prop_assert!(cheaper.subtotal <= dearer.subtotal);
            prop_assert!(cheaper.subtotal.0 >= 0);
        }
    }
}
