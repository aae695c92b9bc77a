//! Until when an owner may confirm a pending booking (BOOK-30).

use jiff::{SignedDuration, Timestamp};

/// How long before the card's hold lapses the owner must have answered.
const MARGIN_BEFORE_HOLD_LAPSES: SignedDuration = SignedDuration::from_hours(24);

/// The earliest of: creation plus the court's timeout, 24 hours before the card's hold lapses, the booking's start.
#[must_use]
pub fn confirmation_deadline(
    created_at: Timestamp,
    timeout_hours: i32,
    authorization_expires_at: Timestamp,
    starts_at: Timestamp,
) -> Timestamp {
    let timeout =
        created_at.saturating_add(SignedDuration::from_hours(i64::from(timeout_hours))).unwrap_or(Timestamp::MAX);
    let before_lapse = authorization_expires_at.saturating_sub(MARGIN_BEFORE_HOLD_LAPSES).unwrap_or(Timestamp::MIN);
    timeout.min(before_lapse).min(starts_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a literal instant")
    }

    /// BOOK-30: each of the three limits can be the earliest.
    #[test]
    fn the_earliest_limit_decides() {
        let created = at("2026-05-01T10:00:00Z");
        let lapse = at("2026-05-08T10:00:00Z");
        let far = at("2026-05-20T10:00:00Z");
        assert_eq!(confirmation_deadline(created, 24, lapse, far), at("2026-05-02T10:00:00Z"));
        assert_eq!(confirmation_deadline(created, 240, lapse, far), at("2026-05-07T10:00:00Z"));
        assert_eq!(confirmation_deadline(created, 24, lapse, at("2026-05-01T12:00:00Z")), at("2026-05-01T12:00:00Z"));
    }
}
