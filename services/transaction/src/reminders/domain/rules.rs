//! What a reminder rule matches now (NOTE-45 to NOTE-51), and how an alert is named.

use contracts::ids::{CourtId, ReminderAlertId, ReminderRuleId, UserId};
use contracts::owner_settings::{ReminderChannel, ReminderTrigger};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A rule in force, as platform shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: ReminderRuleId,
    /// Whose it is.
    pub owner: UserId,
    /// What it waits for.
    pub trigger: ReminderTrigger,
    /// Days before the start; for courts and contacts the length of a span.
    pub days: u32,
    /// Hours before that moment; for pending bookings how long they may wait.
    pub hours: u32,
    /// Only these courts; all of the owner's when absent.
    pub courts: Option<Vec<CourtId>>,
    /// How it speaks.
    pub channels: Vec<ReminderChannel>,
}

impl Rule {
    /// Whether the rule looks at a court of its owner.
    #[must_use]
    pub fn covers(&self, court: CourtId) -> bool {
        self.courts.as_ref().is_none_or(|courts| courts.contains(&court))
    }
}

/// What a rule needs to know of a booking that is ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Entered by the owner.
    pub manual: bool,
    /// Waits for the owner; confirmed otherwise.
    pub pending: bool,
    /// Marked as paid at the desk.
    pub paid: bool,
    /// A customer's money is held and not collected.
    pub held: bool,
    /// A phone number or an address is known.
    pub contact: bool,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

/// When the window of an event-based rule opens: `hours` before the moment that lies `days` days before the start by the
/// court's clock (NOTE-50).
#[must_use]
pub fn window_opens(starts_at: Timestamp, days: u32, hours: u32, zone: &TimeZone) -> Option<Timestamp> {
    let days = i64::from(days).days();
    let threshold = starts_at.to_zoned(zone.clone()).checked_sub(days).ok()?.timestamp();
    threshold.checked_sub(SignedDuration::from_hours(i64::from(hours))).ok()
}

/// The end of a span of days that begins at an instant, by a court's clock.
#[must_use]
pub fn span_end(from: Timestamp, days: u32, zone: &TimeZone) -> Option<Timestamp> {
    from.to_zoned(zone.clone()).checked_add(i64::from(days).days()).ok().map(|end| end.timestamp())
}

/// Whether a rule matches a booking now. From the start on nothing does.
#[must_use]
pub fn matches(rule: &Rule, booking: &Facts, zone: &TimeZone, now: Timestamp) -> bool {
    if now >= booking.starts_at {
        return false;
    }
    let open = || window_opens(booking.starts_at, rule.days, rule.hours, zone).is_some_and(|opens| opens <= now);
    match rule.trigger {
        ReminderTrigger::UnpaidBooking => booking.manual && !booking.pending && !booking.paid && open(),
        ReminderTrigger::PaymentHeldNotCaptured => !booking.manual && booking.pending && booking.held && open(),
        ReminderTrigger::PendingConfirmation => {
            booking.pending
                && now.duration_since(booking.created_at) > SignedDuration::from_hours(i64::from(rule.hours))
        }
        ReminderTrigger::NoContactManual => {
            let long_enough = || span_end(booking.created_at, rule.days, zone).is_some_and(|end| end <= now);
            booking.manual && !booking.pending && !booking.contact && long_enough()
        }
        // About courts, not about bookings.
        ReminderTrigger::LowOccupancy => false,
    }
}

/// The name of a rule's alert about one booking or court: always the same, so that it can be dismissed before and after it
/// was told.
#[must_use]
pub fn alert_id(rule: ReminderRuleId, subject: impl Into<Uuid>) -> ReminderAlertId {
    let subject: Uuid = subject.into();
    let mut hash = Sha256::new();
    hash.update(rule.0.as_bytes());
    hash.update(subject.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    ReminderAlertId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// A court that nobody books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmptyCourt {
    /// Which.
    pub court: CourtId,
    /// Greek name.
    pub name_el: String,
    /// English name, where there is one.
    pub name_en: Option<String>,
    /// The end of the rule's span that begins now.
    pub until: Timestamp,
}

#[cfg(test)]
mod tests {
    use contracts::ids::BookingId;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a literal instant")
    }

    fn athens() -> TimeZone {
        TimeZone::get("Europe/Athens").expect("a zone")
    }

    fn rule(trigger: ReminderTrigger, days: u32, hours: u32) -> Rule {
        let (id, owner) = (ReminderRuleId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        Rule { id, owner, trigger, days, hours, courts: None, channels: vec![ReminderChannel::InApp] }
    }

    /// A manual booking on Saturday 23 May 2026 at ten in Athens, made on the fourth, unpaid and without contact.
    fn saturday() -> Facts {
        Facts {
            manual: true,
            pending: false,
            paid: false,
            held: false,
            contact: false,
            starts_at: at("2026-05-23T07:00:00Z"),
            created_at: at("2026-05-04T09:00:00Z"),
        }
    }

    /// NOTE-51: Saturday 10:00, three days and ten hours: the reminder comes on Wednesday at 00:00. NOTE-50: until the start.
    #[test]
    fn the_example_of_the_book() {
        let rule = rule(ReminderTrigger::UnpaidBooking, 3, 10);
        let opens = window_opens(saturday().starts_at, 3, 10, &athens()).expect("an instant");
        assert_eq!(opens.to_zoned(athens()).datetime(), date(2026, 5, 20).at(0, 0, 0, 0));
        let matched = |now: &str| matches(&rule, &saturday(), &athens(), at(now));
        assert!(!matched("2026-05-19T20:59:59Z"));
        assert!(matched("2026-05-19T21:00:00Z"));
        assert!(matched("2026-05-23T06:59:59Z"));
        assert!(!matched("2026-05-23T07:00:00Z"));
    }

    /// NOTE-45: a manual booking nobody marked as paid, never a customer's; marking it clears the trigger.
    #[test]
    fn unpaid_means_manual_and_not_marked() {
        let (rule, now) = (rule(ReminderTrigger::UnpaidBooking, 3, 10), at("2026-05-22T07:00:00Z"));
        assert!(matches(&rule, &saturday(), &athens(), now));
        assert!(!matches(&rule, &Facts { paid: true, ..saturday() }, &athens(), now));
        assert!(!matches(&rule, &Facts { manual: false, ..saturday() }, &athens(), now));
        assert!(!matches(&rule, &Facts { manual: false, pending: true, held: true, ..saturday() }, &athens(), now));
    }

    /// NOTE-46: a customer's hold that the owner has not confirmed.
    #[test]
    fn a_held_payment_waits_for_the_owner() {
        let (rule, now) = (rule(ReminderTrigger::PaymentHeldNotCaptured, 1, 1), at("2026-05-22T07:00:00Z"));
        let held = Facts { manual: false, pending: true, held: true, ..saturday() };
        assert!(matches(&rule, &held, &athens(), now));
        assert!(!matches(&rule, &held, &athens(), at("2026-05-22T05:59:59Z")));
        assert!(!matches(&rule, &Facts { held: false, ..held }, &athens(), now));
        assert!(!matches(&rule, &Facts { pending: false, ..held }, &athens(), now));
        assert!(!matches(&rule, &Facts { manual: true, ..held }, &athens(), now));
    }

    /// NOTE-47: longer than the hours of the rule, to the instant.
    #[test]
    fn pending_longer_than_the_hours() {
        let rule = rule(ReminderTrigger::PendingConfirmation, 1, 6);
        let pending = Facts { manual: false, pending: true, ..saturday() };
        assert!(!matches(&rule, &pending, &athens(), at("2026-05-04T15:00:00Z")));
        assert!(matches(&rule, &pending, &athens(), at("2026-05-04T15:00:00.000001Z")));
        assert!(!matches(&rule, &Facts { pending: false, ..pending }, &athens(), at("2026-05-05T15:00:00Z")));
    }

    /// NOTE-48: a manual booking that has stood without phone and email for the days of the rule.
    #[test]
    fn no_contact_for_some_days() {
        let rule = rule(ReminderTrigger::NoContactManual, 2, 1);
        assert!(!matches(&rule, &saturday(), &athens(), at("2026-05-06T08:59:59Z")));
        assert!(matches(&rule, &saturday(), &athens(), at("2026-05-06T09:00:00Z")));
        assert!(!matches(&rule, &Facts { contact: true, ..saturday() }, &athens(), at("2026-05-07T09:00:00Z")));
        assert!(!matches(&rule, &Facts { manual: false, ..saturday() }, &athens(), at("2026-05-07T09:00:00Z")));
    }

    #[test]
    fn an_alert_keeps_its_name() {
        let (one, other) = (ReminderRuleId(Uuid::from_u128(1)), ReminderRuleId(Uuid::from_u128(2)));
        let booking = BookingId(Uuid::from_u128(3));
        assert_eq!(alert_id(one, booking), alert_id(one, booking));
        assert_ne!(alert_id(one, booking), alert_id(other, booking));
        assert_ne!(alert_id(one, booking), alert_id(one, BookingId(Uuid::from_u128(4))));
        assert_eq!(alert_id(one, booking).0.get_version_num(), 8);
    }

    proptest! {
        /// NOTE-50: through both clock changes and in other zones, the threshold shows the start's reading of the clock
        /// `days` dates earlier, unless that reading is skipped there, and the window opens exactly `hours` before it;
        /// the rule matches from there to the start and at no other time.
        #[test]
        fn windows_follow_the_courts_clock(
            day in 0_i32..365, hour in 0_i8..24, zone in 0_usize..4, days in 1_u32..=30, hours in 1_u32..=72,
            look in 0_i64..60_000,
        ) {
            let zone = ["Europe/Athens", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"][zone];
            let zone = TimeZone::get(zone).expect("a zone");
            let start = date(2026, 3, 1).saturating_add(day.days()).at(hour, 0, 0, 0);
            let start = zone.to_ambiguous_zoned(start).compatible().expect("a start");
            let opens = window_opens(start.timestamp(), days, hours, &zone).expect("an instant");
            let threshold = (opens + SignedDuration::from_hours(i64::from(hours))).to_zoned(zone.clone());
            let reading = start.datetime().saturating_sub(i64::from(days).days());
            if !zone.to_ambiguous_zoned(reading).is_ambiguous() {
                prop_assert_eq!(threshold.datetime(), reading);
            }
            let rule = rule(ReminderTrigger::UnpaidBooking, days, hours);
            let now = start.timestamp() - SignedDuration::from_mins(59_000 - look);
            let facts = Facts { starts_at: start.timestamp(), ..saturday() };
            prop_assert_eq!(matches(&rule, &facts, &zone, now), opens <= now && now < start.timestamp());
        }

        /// NOTE-49: a span of days ends at the same reading of the court's clock.
        #[test]
        fn spans_are_counted_in_dates(seconds in 1_770_000_000_i64..1_800_000_000, days in 1_u32..=30) {
            let from = Timestamp::from_second(seconds).expect("an instant");
            let end = span_end(from, days, &athens()).expect("an instant").to_zoned(athens());
            let reading = from.to_zoned(athens()).datetime().saturating_add(i64::from(days).days());
            if !athens().to_ambiguous_zoned(reading).is_ambiguous() {
                prop_assert_eq!(end.datetime(), reading);
            }
            prop_assert!(end.timestamp() > from);
        }
    }
}
