//! When customers hear of a booking that is near (NOTE-22, NOTE-23).

use contracts::court::TimeOfDay;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// What is to happen to the reminders of one slot now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// The reminder to send, by its hours before the start; at most one at a time.
    pub send: Option<u32>,
    /// All reminders whose moment has passed without a record: they are settled by this, sent or not.
    pub settle: Vec<u32>,
}

/// The instant at which a court's clock shows the start. Of a repeated hour the first, after a skipped one the hour that
/// follows, as its clock does.
#[must_use]
pub fn start_by_the_clock(date: Date, start: TimeOfDay, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_zoned(date.to_datetime(start.time())).compatible().ok().map(|zoned| zoned.timestamp())
}

/// Which reminders of a slot are due. `hours` are hours before the start; `known_since` is when the slot was booked or the
/// booking moved into it: nobody is reminded of what they have only just done. Of several that were missed the one
/// nearest to the start is sent, and none once it has begun.
#[must_use]
pub fn due(starts_at: Timestamp, hours: &[u32], known_since: Timestamp, settled: &[u32], now: Timestamp) -> Due {
    if now >= starts_at {
        return Due::default();
    }
    let moment = |before: u32| starts_at.saturating_sub(SignedDuration::from_hours(i64::from(before))).ok();
    let mut passed: Vec<(u32, Timestamp)> = hours
        .iter()
        .filter(|before| !settled.contains(before))
        .filter_map(|before| Some((*before, moment(*before)?)))
        .filter(|(_, moment)| *moment <= now)
        .collect();
    passed.sort_unstable();
    passed.dedup();
    let nearest = passed.iter().find(|(_, moment)| *moment > known_since);
    // A later reminder that was sent already says more than an earlier one could.
    let outdone = |before: u32| settled.iter().any(|sent| *sent < before);
    Due {
        send: nearest.map(|(before, _)| *before).filter(|before| !outdone(*before)),
        settle: passed.into_iter().map(|(before, _)| before).collect(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a literal instant")
    }

    const HOURS: &[u32] = &[24, 2];

    /// NOTE-22: a day and two hours before the start, each once.
    #[test]
    fn a_day_and_two_hours_before() {
        let start = at("2026-05-19T07:00:00Z");
        let booked = at("2026-05-04T09:00:00Z");
        let told = |now: &str, settled: &[u32]| due(start, HOURS, booked, settled, at(now));
        assert_eq!(told("2026-05-18T06:59:59Z", &[]), Due::default());
        assert_eq!(told("2026-05-18T07:00:00Z", &[]), Due { send: Some(24), settle: vec![24] });
        assert_eq!(told("2026-05-18T07:05:00Z", &[24]), Due::default());
        assert_eq!(told("2026-05-19T05:00:00Z", &[24]), Due { send: Some(2), settle: vec![2] });
        // NOTE-23: nothing ran for a day: one reminder makes up for both, and none comes after the start.
        assert_eq!(told("2026-05-19T06:59:59Z", &[]), Due { send: Some(2), settle: vec![2, 24] });
        assert_eq!(told("2026-05-19T07:00:00Z", &[]), Due::default());
    }

    /// NOTE-22: who books or moves within the last hours is not reminded of what was just done.
    #[test]
    fn what_was_just_booked_is_known() {
        let start = at("2026-05-19T07:00:00Z");
        let booked = at("2026-05-19T03:00:00Z");
        assert_eq!(due(start, HOURS, booked, &[], at("2026-05-19T03:05:00Z")), Due { send: None, settle: vec![24] });
        assert_eq!(
            due(start, HOURS, booked, &[24], at("2026-05-19T05:00:00Z")),
            Due { send: Some(2), settle: vec![2] }
        );
        let late = at("2026-05-19T06:00:00Z");
        assert_eq!(due(start, HOURS, late, &[], at("2026-05-19T06:05:00Z")), Due { send: None, settle: vec![2, 24] });
    }

    /// NOTE-22: through both clock changes of Athens and in another zone, the instant is that of the court's clock.
    #[test]
    fn the_courts_clock_says_when_it_starts() {
        let ten = "10:00".parse().expect("a time");
        for (zone, day, instant) in [
            ("Europe/Athens", date(2026, 3, 28), "2026-03-28T08:00:00Z"),
            ("Europe/Athens", date(2026, 3, 29), "2026-03-29T07:00:00Z"),
            ("Europe/Athens", date(2026, 10, 24), "2026-10-24T07:00:00Z"),
            ("Europe/Athens", date(2026, 10, 25), "2026-10-25T08:00:00Z"),
            ("America/New_York", date(2026, 10, 25), "2026-10-25T14:00:00Z"),
        ] {
            let zone = TimeZone::get(zone).expect("a zone");
            assert_eq!(start_by_the_clock(day, ten, &zone), Some(at(instant)));
        }
    }

    proptest! {
        /// NOTE-22, NOTE-23: however often and irregularly it is looked, in whatever zone and across whatever clock
        /// change, each reminder is sent at most once, never before its moment, never from the start on, never of what
        /// was booked after its moment; and looking all the time misses none.
        #[test]
        fn each_reminder_comes_once_and_in_time(
            day in 0_i32..365, hour in 0_i8..24, zone in 0_usize..4, booked_before in 0_i64..72,
            looks in prop::collection::vec(0_i64..4_400, 0..40), always in any::<bool>(),
        ) {
            let zone = ["Europe/Athens", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"][zone];
            let zone = TimeZone::get(zone).expect("a zone");
            let date = date(2026, 1, 1).saturating_add(day.days());
            let start = start_by_the_clock(date, TimeOfDay::new(hour, 0).expect("an hour"), &zone).expect("a start");
            let booked = start - SignedDuration::from_hours(booked_before);
            let mut looks: Vec<Timestamp> = if always {
                (0..=4_400).step_by(5).map(|minutes| start - SignedDuration::from_mins(4_380 - minutes)).collect()
            } else {
                looks.into_iter().map(|minutes| start - SignedDuration::from_mins(4_380 - minutes)).collect()
            };
            looks.retain(|look| *look >= booked);
            looks.sort_unstable();
            let (mut settled, mut sent) = (Vec::new(), Vec::new());
            for now in looks {
                let due = due(start, HOURS, booked, &settled, now);
                prop_assert!(due.settle.iter().all(|before| !settled.contains(before)));
                if let Some(before) = due.send {
                    let moment = start - SignedDuration::from_hours(i64::from(before));
                    prop_assert!(moment <= now && now < start && booked < moment && due.settle.contains(&before));
                    sent.push(before);
                }
                settled.extend(due.settle);
            }
            let falling = sent.windows(2).all(|pair| pair[0] > pair[1]);
            prop_assert!(falling, "sent {sent:?}");
            if always {
                let expected: Vec<u32> = HOURS.iter().copied().filter(|h| i64::from(*h) < booked_before).collect();
                prop_assert_eq!(sent, expected);
            }
        }
    }
}
