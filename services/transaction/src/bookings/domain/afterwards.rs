//! What an owner may say about a booking once it is over, and until when (BOOK-50, BOOK-63).

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::booking::Booking;
use super::state::{Refused, State, Status};

/// How long after the scheduled end a no-show may be reported (BOOK-63).
const NO_SHOW_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// Why a mark cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MarkRefused {
    /// BOOK-63: only a booking that was played can be missed.
    #[error("not completed but {}", status.as_str())]
    NotCompleted {
        /// What it is instead.
        status: Status,
    },
    /// BOOK-63.
    #[error("the window for no-shows closed at {closed_at}")]
    WindowClosed {
        /// When.
        closed_at: Timestamp,
    },
    /// BOOK-50: customers pay through the platform.
    #[error("not a manual booking")]
    NotManual,
    /// BOOK-50: nothing is owed for a booking that was called off.
    #[error(transparent)]
    Over(#[from] Refused),
}

/// Whether a no-show may be reported now. A booking whose end has passed counts as played, also before the job that says
/// so came by.
///
/// # Errors
/// See [`MarkRefused`].
pub fn check_no_show(booking: &Booking, now: Timestamp) -> Result<(), MarkRefused> {
    let played = matches!(booking.state, State::Completed { .. })
        || (booking.state == State::Confirmed && booking.slot.ends_at <= now);
    if !played {
        return Err(MarkRefused::NotCompleted { status: booking.state.status() });
    }
    let closed_at = booking.slot.ends_at.saturating_add(NO_SHOW_WINDOW).unwrap_or(Timestamp::MAX);
    if now > closed_at { Err(MarkRefused::WindowClosed { closed_at }) } else { Ok(()) }
}

/// Whether money paid at the desk may be noted.
///
/// # Errors
/// See [`MarkRefused`].
pub fn check_external_payment(booking: &Booking) -> Result<(), MarkRefused> {
    if !booking.is_manual() {
        return Err(MarkRefused::NotManual);
    }
    match booking.state {
        State::Confirmed | State::Completed { .. } => Ok(()),
        _ => Err(Refused::AlreadyCancelled.into()),
    }
}

/// How many reminders an owner should have had about a booking that waits since `created_at` (BOOK-26).
#[must_use]
pub fn reminders_due(created_at: Timestamp, after_hours: &[u32], now: Timestamp) -> usize {
    let waited = now.duration_since(created_at);
    after_hours.iter().filter(|&&hours| SignedDuration::from_hours(i64::from(hours)) <= waited).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bookings::domain::samples;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a literal instant")
    }

    /// BOOK-63: up to and including 24 hours after the scheduled end, and only of what was played.
    #[test]
    fn a_no_show_is_reported_within_a_day() {
        let mut booking = samples::confirmed();
        let end = booking.slot.ends_at;
        let day = SignedDuration::from_hours(24);
        let tick = SignedDuration::from_micros(1);
        assert_eq!(check_no_show(&booking, end - tick), Err(MarkRefused::NotCompleted { status: Status::Confirmed }));
        assert_eq!(check_no_show(&booking, end), Ok(()));
        booking.state = State::Completed { at: end };
        assert_eq!(check_no_show(&booking, end + day), Ok(()));
        assert_eq!(check_no_show(&booking, end + day + tick), Err(MarkRefused::WindowClosed { closed_at: end + day }));
        booking.state = State::Rejected { reason: "full".to_owned() };
        assert_eq!(check_no_show(&booking, end), Err(MarkRefused::NotCompleted { status: Status::Rejected }));
    }

    /// BOOK-50: only what an owner entered by hand and nobody called off is paid at the desk.
    #[test]
    fn only_manual_bookings_are_paid_at_the_desk() {
        assert_eq!(check_external_payment(&samples::confirmed()), Err(MarkRefused::NotManual));
        let mut manual = samples::manual();
        assert_eq!(check_external_payment(&manual), Ok(()));
        manual.state = State::Completed { at: manual.slot.ends_at };
        assert_eq!(check_external_payment(&manual), Ok(()));
        manual.state =
            State::Cancelled { by: crate::bookings::domain::state::Party::CourtOwner, reason: String::new() };
        assert_eq!(check_external_payment(&manual), Err(MarkRefused::Over(Refused::AlreadyCancelled)));
    }

    /// BOOK-26: one, four and twelve hours after creation.
    #[test]
    fn reminders_come_due_one_by_one() {
        let created = at("2026-05-04T09:00:00Z");
        let due = |now: &str| reminders_due(created, &[1, 4, 12], at(now));
        assert_eq!(due("2026-05-04T09:59:59Z"), 0);
        assert_eq!(due("2026-05-04T10:00:00Z"), 1);
        assert_eq!(due("2026-05-04T13:00:00Z"), 2);
        assert_eq!(due("2026-05-05T09:00:00Z"), 3);
    }
}
