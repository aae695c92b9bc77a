//! Moving a booking to another slot: what it costs or gives back, and which part of the new slot has to be held while the
//! difference is paid (BOOK-51 to BOOK-53).

use contracts::money::Cents;
use jiff::Timestamp;

use super::commission::{CommissionRate, Split};
use super::slot::Slot;

/// Stripe charges nothing below this.
const LEAST_CHARGE: Cents = Cents(50);

/// What a move means for the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adjustment {
    /// Nothing changes hands.
    None,
    /// The customer pays this on top.
    PayMore(Split),
    /// The customer gets `refund` back; `money` is what the booking carries afterwards.
    GiveBack {
        /// To the customer.
        refund: Cents,
        /// Amount and shares afterwards.
        money: Split,
    },
}

/// Compares the new price with what the booking carries.
///
/// A dearer slot costs the difference, with commission on it. A cheaper one is treated like a part that is called off:
/// the owner's share of the difference goes back and the commission stays (PAY-20), so refunds can never exceed what the
/// owner got (PAY-32). A difference too small for Stripe to charge is waived. `None` when an amount is out of range.
#[must_use]
pub fn adjustment(current: Split, new_price: Cents, rate: CommissionRate) -> Option<Adjustment> {
    let difference = new_price.checked_sub(current.gross)?;
    if difference >= LEAST_CHARGE {
        return rate.split(difference).map(Adjustment::PayMore);
    }
    if !difference.is_negative() {
        return Some(Adjustment::None);
    }
    let given_up = rate.split(current.gross.checked_sub(new_price)?)?;
    let refund = given_up.net.min(current.net);
    if refund <= Cents::ZERO {
        return Some(Adjustment::None);
    }
    let net = current.net.checked_sub(refund)?;
    let gross = current.gross.checked_sub(refund)?;
    Some(Adjustment::GiveBack { refund, money: Split { gross, commission: current.commission, net } })
}

/// What a booking carries once a difference is paid on top.
#[must_use]
pub fn with_difference(current: Split, difference: Split) -> Option<Split> {
    Some(Split {
        gross: current.gross.checked_add(difference.gross)?,
        commission: current.commission.checked_add(difference.commission)?,
        net: current.net.checked_add(difference.net)?,
    })
}

/// The part of `new` that `old` does not cover, which is what a hold beside the standing booking has to take. None when
/// there is no such part, or when it would be two.
#[must_use]
pub fn uncovered(old: &Slot, new: &Slot) -> Option<(Timestamp, Timestamp)> {
    let apart = new.ends_at <= old.starts_at || new.starts_at >= old.ends_at;
    if apart {
        return Some((new.starts_at, new.ends_at));
    }
    let (before, after) = (new.starts_at < old.starts_at, new.ends_at > old.ends_at);
    match (before, after) {
        (true, false) => Some((new.starts_at, old.starts_at)),
        (false, true) => Some((old.ends_at, new.ends_at)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use contracts::court::TimeOfDay;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn rate() -> CommissionRate {
        CommissionRate::from_basis_points(1_000).expect("in range")
    }

    fn split(cents: i64) -> Split {
        rate().split(Cents(cents)).expect("in range")
    }

    fn slot(minutes: i32, length: i32) -> Slot {
        let start = TimeOfDay::from_minutes(minutes).expect("within the day");
        Slot::resolve(date(2026, 5, 19), start, length, "Europe/Athens").expect("a slot")
    }

    /// BOOK-53: dearer costs the difference with its commission; cheaper gives the owner's part of it back.
    #[test]
    fn a_move_is_paid_or_paid_back() {
        assert_eq!(adjustment(split(5_000), Cents(6_000), rate()), Some(Adjustment::PayMore(split(1_000))));
        assert_eq!(adjustment(split(5_000), Cents(5_000), rate()), Some(Adjustment::None));
        assert_eq!(
            adjustment(split(5_000), Cents(4_000), rate()),
            Some(Adjustment::GiveBack {
                refund: Cents(900),
                money: Split { gross: Cents(4_100), commission: Cents(500), net: Cents(3_600) }
            })
        );
        assert_eq!(adjustment(split(5_000), Cents(5_049), rate()), Some(Adjustment::None));
    }

    /// BOOK-53: of an overlapping move only the new part is held beside the old slot.
    #[test]
    fn only_the_new_part_is_held() {
        let old = slot(600, 120);
        let later = slot(660, 120);
        assert_eq!(uncovered(&old, &later), Some((old.ends_at, later.ends_at)));
        let earlier = slot(540, 120);
        assert_eq!(uncovered(&old, &earlier), Some((earlier.starts_at, old.starts_at)));
        let apart = slot(900, 120);
        assert_eq!(uncovered(&old, &apart), Some((apart.starts_at, apart.ends_at)));
        assert_eq!(uncovered(&old, &old), None);
    }

    proptest! {
        /// PAY-08, PAY-20, PAY-32, BOOK-53: parts add up, commission never falls, a refund never exceeds the owner's
        /// share, and nobody pays more than the higher of the two prices.
        #[test]
        fn money_stays_within_bounds(old in 50..1_000_000_i64, new in 0..1_000_000_i64) {
            let current = split(old);
            let after = match adjustment(current, Cents(new), rate()).expect("in range") {
                Adjustment::None => current,
                Adjustment::PayMore(difference) => {
                    prop_assert!(difference.gross >= Cents(50));
                    with_difference(current, difference).expect("in range")
                }
                Adjustment::GiveBack { refund, money } => {
                    prop_assert!(refund > Cents::ZERO && refund <= current.net);
                    prop_assert_eq!(money.gross.checked_add(refund), Some(current.gross));
                    money
                }
            };
            prop_assert_eq!(after.commission.checked_add(after.net), Some(after.gross));
            prop_assert!(after.commission >= current.commission && !after.net.is_negative());
            prop_assert!(after.gross <= Cents(old.max(new)) && after.gross >= Cents(new.min(old)));
        }

        /// BOOK-53: what is held never touches the old slot and lies inside the new one.
        #[test]
        fn the_held_part_is_free_of_the_old_slot(old in 0..1_300_i32, new in 0..1_300_i32, length in 1..130_i32) {
            let (old, new) = (slot(old, length), slot(new, length));
            if let Some((from, to)) = uncovered(&old, &new) {
                prop_assert!(from < to && from >= new.starts_at && to <= new.ends_at);
                prop_assert!(to <= old.starts_at || from >= old.ends_at);
            } else {
                prop_assert_eq!(old.start, new.start);
            }
        }
    }
}
