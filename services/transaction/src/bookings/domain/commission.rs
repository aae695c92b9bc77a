//! The platform's share of a booking, fixed when it is created (PAY-08, PAY-09).

use contracts::money::Cents;

/// A share in hundredths of a percent: 1000 is 10 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommissionRate(u16);

/// An amount split into the platform's and the owner's part; the parts always add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// What the customer pays.
    pub gross: Cents,
    /// The platform's share.
    pub commission: Cents,
    /// What the owner gets.
    pub net: Cents,
}

impl CommissionRate {
    /// A rate from 0 to 10000 hundredths of a percent; `None` outside.
    #[must_use]
    pub const fn from_basis_points(basis_points: u16) -> Option<Self> {
        if basis_points <= 10_000 { Some(Self(basis_points)) } else { None }
    }

    /// Splits `gross`, rounding the commission half up to a cent. `None` for a negative amount.
    #[must_use]
    pub fn split(self, gross: Cents) -> Option<Split> {
        if gross.is_negative() {
            return None;
        }
        let commission = gross.scaled_half_up(i64::from(self.0), 10_000)?;
        let net = gross.checked_sub(commission)?;
        Some(Split { gross, commission, net })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ten_percent() -> CommissionRate {
        CommissionRate::from_basis_points(1_000).expect("in range")
    }

    /// PAY-09, PAY-10: 5000 = 500 + 4500, and a half cent is rounded up.
    #[test]
    fn ten_percent_rounded_half_up() {
        let split = ten_percent().split(Cents(5_000)).expect("in range");
        assert_eq!((split.commission, split.net), (Cents(500), Cents(4_500)));
        assert_eq!(ten_percent().split(Cents(25)).expect("in range").commission, Cents(3));
        assert_eq!(ten_percent().split(Cents(24)).expect("in range").commission, Cents(2));
        assert_eq!(ten_percent().split(Cents(-1)), None);
        assert_eq!(CommissionRate::from_basis_points(10_001), None);
    }

    proptest! {
        /// PAY-08: gross = commission + net, whatever the rate.
        #[test]
        fn parts_add_up(gross in 0..10_000_000_i64, basis_points in 0..=10_000_u16) {
            let rate = CommissionRate::from_basis_points(basis_points).expect("in range");
            let split = rate.split(Cents(gross)).expect("in range");
            prop_assert_eq!(split.commission.checked_add(split.net), Some(split.gross));
            prop_assert!(!split.commission.is_negative() && !split.net.is_negative());
        }
    }
}
