//! The date of Orthodox Easter (HOL-03). It is found in the Julian calendar, by whose moon and equinox the Orthodox
//! churches still reckon, and told in the Gregorian one, by which everybody lives. Nothing else is known here.

use jiff::ToSpan as _;
use jiff::civil::Date;

/// First and last year that is answered: as far as any calendar of a court reaches, with ample room.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2299;

/// Easter Sunday of a year as a Gregorian date; `None` outside the years 1900 to 2299.
#[must_use]
pub fn orthodox_easter(year: i16) -> Option<Date> {
    if !YEARS.contains(&year) {
        return None;
    }
    let wide = i32::from(year);
    // Meeus' form of the Julian computus: the place in the cycle of 19 years gives the full moon, the rest its Sunday.
    let moon = (19 * (wide % 19) + 15) % 30;
    let sunday = (2 * (wide % 4) + 4 * (wide % 7) - moon + 34) % 7;
    let days_after_february = moon + sunday + 114;
    let (month, day) = (days_after_february / 31, days_after_february % 31 + 1);
    let julian = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    // From March of a century's year on, the calendars differ by the leap days that the Gregorian one left out.
    let behind = wide / 100 - wide / 400 - 2;
    julian.checked_add(behind.days()).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Weekday, date};
    use proptest::prelude::*;

    use super::*;

    /// Published dates of Orthodox Easter, month and day, for 1950 and the years after it in their order.
    #[rustfmt::skip]
    const PUBLISHED: [(i8, i8); 101] = [
        (4, 9), (4, 29), (4, 20), (4, 5), (4, 25), (4, 17), (5, 6), (4, 21), (4, 13), (5, 3),
        (4, 17), (4, 9), (4, 29), (4, 14), (5, 3), (4, 25), (4, 10), (4, 30), (4, 21), (4, 13),
        (4, 26), (4, 18), (4, 9), (4, 29), (4, 14), (5, 4), (4, 25), (4, 10), (4, 30), (4, 22),
        (4, 6), (4, 26), (4, 18), (5, 8), (4, 22), (4, 14), (5, 4), (4, 19), (4, 10), (4, 30),
        (4, 15), (4, 7), (4, 26), (4, 18), (5, 1), (4, 23), (4, 14), (4, 27), (4, 19), (4, 11),
        (4, 30), (4, 15), (5, 5), (4, 27), (4, 11), (5, 1), (4, 23), (4, 8), (4, 27), (4, 19),
        (4, 4), (4, 24), (4, 15), (5, 5), (4, 20), (4, 12), (5, 1), (4, 16), (4, 8), (4, 28),
        (4, 19), (5, 2), (4, 24), (4, 16), (5, 5), (4, 20), (4, 12), (5, 2), (4, 16), (4, 8),
        (4, 28), (4, 13), (5, 2), (4, 24), (4, 9), (4, 29), (4, 20), (4, 5), (4, 25), (4, 17),
        (5, 6), (4, 21), (4, 13), (5, 3), (4, 24), (4, 9), (4, 29), (4, 21), (4, 5), (4, 25),
        (4, 17),
    ];

    /// HOL-03: 101 years of published dates.
    #[test]
    fn the_computus_agrees_with_the_published_dates() {
        for (year, (month, day)) in (1950..).zip(PUBLISHED) {
            assert_eq!(orthodox_easter(year), Some(date(year, month, day)), "{year}");
        }
    }

    /// HOL-03: the four dates that the rule book names.
    #[test]
    fn the_dates_of_the_rule_book_come_out() {
        let named = [(2025, 4, 20), (2026, 4, 12), (2027, 5, 2), (2028, 4, 16)];
        for (year, month, day) in named {
            assert_eq!(orthodox_easter(year), Some(date(year, month, day)));
        }
    }

    #[test]
    fn years_beyond_reason_have_no_easter() {
        for year in [i16::MIN, -1, 0, 1899, 2300, i16::MAX] {
            assert_eq!(orthodox_easter(year), None, "{year}");
        }
    }

    proptest! {
        /// HOL-03: always a Sunday of its own year, between 4 April and 12 May, and 50 to 55 weeks after the one before.
        #[test]
        fn easter_is_a_sunday_in_spring(year in 1901_i16..=2299) {
            let easter = orthodox_easter(year).expect("a year with Easter");
            prop_assert_eq!(easter.weekday(), Weekday::Sunday);
            prop_assert!((date(year, 4, 4)..=date(year, 5, 12)).contains(&easter), "{}", easter);
            let before = orthodox_easter(year - 1).expect("a year with Easter");
            let weeks = (easter - before).get_days() / 7;
            prop_assert!((50..=55).contains(&weeks), "{} weeks after {}", weeks, before);
        }
    }
}
