//! Whether a saved card can still be charged (PAY-19). Pure.

use jiff::civil::Date;

/// A card as Stripe shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardFacts {
    /// It still belongs to the customer.
    pub attached: bool,
    /// Month and year it ends, where known.
    pub expiry: Option<(i32, i32)>,
}

/// A card works to the end of its last month, as long as its owner keeps it.
#[must_use]
pub fn works(card: CardFacts, today: Date) -> bool {
    let expired =
        card.expiry.is_some_and(|(month, year)| (year, month) < (i32::from(today.year()), i32::from(today.month())));
    card.attached && !expired
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// PAY-19: to the last day of the month on the card.
    #[test]
    fn a_card_works_through_its_last_month() {
        let card = CardFacts { attached: true, expiry: Some((5, 2026)) };
        assert!(works(card, date(2026, 5, 31)));
        assert!(!works(card, date(2026, 6, 1)));
        assert!(works(CardFacts { expiry: Some((1, 2027)), ..card }, date(2026, 12, 31)));
        assert!(works(CardFacts { expiry: None, ..card }, date(2026, 6, 1)));
        assert!(!works(CardFacts { attached: false, ..card }, date(2026, 5, 1)));
    }
}
