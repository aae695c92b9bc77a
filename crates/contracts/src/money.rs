//! Money as integer euro cents and price factors as exact hundredths. Binary floats never take part in a calculation
//! (PRICE-24); a result is rounded once, half up, at the end (PRICE-25).
//!
//! Every operation is checked: an amount that would leave the range of `i64` is `None`, never a wrapped number.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An amount in euro cents. 2550 is 25.50 EUR.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema,
)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Cents(pub i64);

impl Cents {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Sum of two amounts.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// Difference of two amounts; it may be negative.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }

    /// The amount taken `times` times.
    #[must_use]
    pub const fn checked_mul(self, times: i64) -> Option<Self> {
        match self.0.checked_mul(times) {
            Some(product) => Some(Self(product)),
            None => None,
        }
    }

    /// Sum of many amounts; `None` as soon as one step leaves the range.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// `percent` hundredths of the amount, rounded half up to a cent: 15 percent of 2550 is 383 (382.5).
    #[must_use]
    pub const fn percent_half_up(self, percent: u32) -> Option<Self> {
        self.scaled_half_up(percent as i64, 100)
    }

    /// `amount * numerator / denominator`, rounded half up once. `None` for a denominator that is not positive and for
    /// a result out of range.
    ///
    /// Half up means towards positive infinity on a tie: 0.5 becomes 1 and -0.5 becomes 0.
    #[must_use]
    pub const fn scaled_half_up(self, numerator: i64, denominator: i64) -> Option<Self> {
        if denominator <= 0 {
            return None;
        }
        // 127 bits hold any product of two i64, and doubling both sides turns "add one half" into whole numbers.
        let product = self.0 as i128 * numerator as i128;
        let Some(doubled) = product.checked_mul(2) else { return None };
        let rounded = (doubled + denominator as i128).div_euclid(2 * denominator as i128);
        if rounded < i64::MIN as i128 || rounded > i64::MAX as i128 {
            return None;
        }
        Some(Self(rounded as i64))
    }

    /// Below zero: money that flows the other way.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl fmt::Display for Cents {
    /// Euros with two decimals and a point, without sign of currency: `25.50`. For logs; clients format for people.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(formatter, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

impl From<i64> for Cents {
    fn from(cents: i64) -> Self {
        Self(cents)
    }
}

/// A price factor with two decimals, held in hundredths: 115 is 1.15.
///
/// On the wire it is a JSON number. More than two decimals are refused (PRICE-04); whether the factor lies between 0.10
/// and 5.00 is for the owner of the rule to check, see [`Multiplier::in_bounds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = f64, minimum = 0.1, maximum = 5.0, example = 1.15)]
pub struct Multiplier(i64);

impl Multiplier {
    /// The factor that changes nothing.
    pub const ONE: Self = Self(100);
    /// Smallest factor of a pricing rule.
    pub const LEAST: Self = Self(10);
    /// Largest factor of a pricing rule.
    pub const GREATEST: Self = Self(500);

    /// From hundredths; negative factors do not exist.
    #[must_use]
    pub const fn from_hundredths(hundredths: i64) -> Option<Self> {
        // The upper end keeps the product of two factors and an amount inside 127 bits.
        if hundredths < 0 || hundredths > 1_000_000 { None } else { Some(Self(hundredths)) }
    }

    /// The factor in hundredths, as it is stored.
    #[must_use]
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// Between 0.10 and 5.00 (PRICE-04).
    #[must_use]
    pub const fn in_bounds(self) -> bool {
        self.0 >= Self::LEAST.0 && self.0 <= Self::GREATEST.0
    }

    /// `amount` times both factors, rounded once at the end (PRICE-25).
    #[must_use]
    pub const fn apply_both(rule: Self, special_date: Self, amount: Cents) -> Option<Cents> {
        amount.scaled_half_up(rule.0 * special_date.0, 10_000)
    }

    /// From a JSON number; `None` when it has more than two decimals, is negative or absurdly large.
    fn from_number(number: f64) -> Option<Self> {
        if !number.is_finite() || !(0.0..=10_000.0).contains(&number) {
            return None;
        }
        let hundredths = (number * 100.0).round();
        // The nearest hundredth prints back to the very same number, or the number had more decimals.
        #[expect(clippy::float_cmp, reason = "equality of the two nearest doubles is the question asked")]
        let exact = hundredths / 100.0 == number;
        // Bounded by 1,000,000 above, so the conversion is exact.
        if exact { Self::from_hundredths(hundredths as i64) } else { None }
    }
}

impl fmt::Display for Multiplier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for Multiplier {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 100.0)
    }
}

impl<'de> Deserialize<'de> for Multiplier {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        Self::from_number(number).ok_or_else(|| {
            serde::de::Error::custom("a multiplier is a number from 0 to 10000 with at most two decimals")
        })
    }
}

impl JsonSchema for Multiplier {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Multiplier".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "minimum": 0.1, "maximum": 5.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// PRICE-25: 2550 x 1.15 = 2932.5 -> 2933.
    #[test]
    fn a_tie_is_rounded_up() {
        assert_eq!(Cents(2550).scaled_half_up(115, 100), Some(Cents(2933)));
        assert_eq!(Multiplier::apply_both(Multiplier(115), Multiplier::ONE, Cents(2550)), Some(Cents(2933)));
        assert_eq!(Cents(1).percent_half_up(50), Some(Cents(1)));
        assert_eq!(Cents(-1).percent_half_up(50), Some(Cents(0)));
    }

    /// PRICE-25: two factors are rounded together, not one after the other.
    #[test]
    fn both_factors_are_rounded_once() {
        // 10 x 1.05 x 1.05 = 11.025 -> 11; rounding after each factor would give 11 -> 11.55 -> 12.
        assert_eq!(Multiplier::apply_both(Multiplier(105), Multiplier(105), Cents(10)), Some(Cents(11)));
    }

    /// PAY-21, PRICE-28: the examples of the rule book.
    #[test]
    fn commission_and_refund_of_the_rule_book() {
        let gross = Cents(5000);
        let commission = gross.percent_half_up(10).expect("in range");
        assert_eq!(commission, Cents(500));
        let net = gross.checked_sub(commission).expect("in range");
        assert_eq!(net.percent_half_up(50), Some(Cents(2250)));
    }

    #[test]
    fn leaving_the_range_is_none_not_a_wrapped_number() {
        assert_eq!(Cents(i64::MAX).checked_add(Cents(1)), None);
        assert_eq!(Cents(i64::MIN).checked_sub(Cents(1)), None);
        assert_eq!(Cents(i64::MAX).checked_mul(2), None);
        assert_eq!(Cents(i64::MAX).scaled_half_up(i64::MAX, 1), None);
        assert_eq!(Cents(100).scaled_half_up(1, 0), None);
        assert_eq!(Cents::checked_sum([Cents(i64::MAX), Cents(1), Cents(-1)]), None);
    }

    #[test]
    fn amounts_print_as_euros() {
        assert_eq!(Cents(2550).to_string(), "25.50");
        assert_eq!(Cents(-5).to_string(), "-0.05");
        assert_eq!(Multiplier(115).to_string(), "1.15");
    }

    /// PRICE-04: at most two decimals.
    #[test]
    fn a_third_decimal_is_refused() {
        for refused in ["1.155", "-0.5", "1e300", "\"1.5\"", "null"] {
            assert!(serde_json::from_str::<Multiplier>(refused).is_err(), "{refused}");
        }
        assert_eq!(serde_json::from_str::<Multiplier>("1").expect("whole numbers count"), Multiplier::ONE);
        assert!(Multiplier(500).in_bounds() && Multiplier(10).in_bounds());
        assert!(!Multiplier(501).in_bounds() && !Multiplier(9).in_bounds());
    }

    proptest! {
        /// PRICE-28: the two parts of an amount always add up to it.
        #[test]
        fn share_and_rest_add_up(amount in 0..100_000_000_i64, percent in 0..=100_u32) {
            let share = Cents(amount).percent_half_up(percent).expect("in range");
            let rest = Cents(amount).checked_sub(share).expect("in range");
            prop_assert_eq!(share.checked_add(rest), Some(Cents(amount)));
            prop_assert!(!share.is_negative() && !rest.is_negative());
        }

        /// Rounding half up is never more than half a cent away, and never below the tie.
        #[test]
        fn rounding_stays_within_half_a_cent(amount in any::<i32>(), numerator in any::<i32>(), denominator in 1..=i32::MAX) {
            let rounded = Cents(amount.into()).scaled_half_up(numerator.into(), denominator.into()).expect("in range");
            let exact = i128::from(amount) * i128::from(numerator);
            let error_doubled = 2 * (i128::from(rounded.0) * i128::from(denominator) - exact);
            prop_assert!(error_doubled > -i128::from(denominator) && error_doubled <= i128::from(denominator));
        }

        /// PRICE-24: every factor with two decimals survives JSON exactly.
        #[test]
        fn factors_survive_json(hundredths in 0..=1_000_000_i64) {
            let factor = Multiplier::from_hundredths(hundredths).expect("in range");
            let text = serde_json::to_string(&factor).expect("prints");
            prop_assert_eq!(serde_json::from_str::<Multiplier>(&text).expect("parses"), factor);
        }
    }
}
