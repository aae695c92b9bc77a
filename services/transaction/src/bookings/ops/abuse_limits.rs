//! Limits on how often a person books and calls off (BOOK-16 to BOOK-19): what is counted, and what follows. Every count
//! is read from the bookings themselves, so nothing has to be kept in step.

use std::sync::Arc;

use contracts::court::ConfirmationMode;
use contracts::events::{AlertMetadata, AlertType, SecurityAlert, Severity};
use contracts::ids::UserId;
use dashmap::DashMap;
use jiff::Timestamp;
use sqlx::PgConnection;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::BookingError;
use crate::bookings::domain::abuse::{
    CALLED_OFF_AT_PEAK, CALLED_OFF_ON_COURT, RecentHistory, WINDOW_OF_COURT, WINDOW_OF_PEAK, wait_before_booking,
};
use crate::bookings::domain::booking::Booking;
use crate::bookings::store::{self, Restriction};
use crate::outgoing::Outgoing;
use crate::state::AppState;

/// Lines kept in memory before those without anybody in them are looked for.
const FORGET_LINES_ABOVE: usize = 10_000;

/// Whether a customer with this history may book now on a court that confirms as `mode` says.
///
/// # Errors
/// [`BookingError::TooFast`] (BOOK-16), [`BookingError::CourtBlocked`] (BOOK-17), [`BookingError::InstantOnly`]
/// (BOOK-18).
pub(super) fn check_history(
    state: &AppState,
    history: &RecentHistory,
    mode: ConfirmationMode,
    now: Timestamp,
) -> Result<(), BookingError> {
    if let Some(until) = history.blocked_until.filter(|&until| until > now) {
        return Err(BookingError::CourtBlocked { until });
    }
    if let Some(until) = history.instant_only_until.filter(|&until| until > now && mode == ConfirmationMode::Manual) {
        return Err(BookingError::InstantOnly { until });
    }
    match wait_before_booking(&history.booked_at, state.config.bookings.pace(), now) {
        Some(wait) => Err(BookingError::TooFast { wait }),
        None => Ok(()),
    }
}

/// The requests of one customer in this process, one after the other from the look at the history to the hold: a burst
/// finds its own holds counted (BOOK-16). Different customers do not wait for each other, and who gets a slot is decided
/// by the database alone.
#[derive(Debug, Clone, Default)]
pub struct CustomerLines(Arc<DashMap<UserId, Arc<Mutex<()>>>>);

impl CustomerLines {
    /// Waits for the customer's turn; it ends when the answer is dropped.
    pub(super) async fn turn(&self, customer: UserId) -> OwnedMutexGuard<()> {
        // Lines in which nobody stands are forgotten now and then, so that the map does not grow with every customer.
        if self.0.len() > FORGET_LINES_ABOVE {
            self.0.retain(|_, line| Arc::strong_count(line) > 1);
        }
        let line = self.0.entry(customer).or_default().clone();
        line.lock_owned().await
    }
}

/// A customer has called a booking off, in the caller's transaction: what follows when that happens too often.
pub(super) async fn note_cancellation(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    now: Timestamp,
) -> Result<(), BookingError> {
    let Some(customer) = booking.customer() else { return Ok(()) };
    let called_off = store::called_off(connection, customer, booking.court.id, now).await?;
    let mut out = Outgoing::new(now).about(booking.id);
    if called_off.on_court > CALLED_OFF_ON_COURT {
        let until = now + WINDOW_OF_COURT;
        let blocked = Restriction::CourtBlocked { court: booking.court.id, until };
        if store::restrict(connection, state.env.ids.new_id(), customer, blocked, now).await? {
            out.push(
                &state.env,
                alert(
                    customer,
                    Severity::Medium,
                    "Booked and called off the same court again and again; closed to this customer for a day",
                    (called_off.on_court, CALLED_OFF_ON_COURT, WINDOW_OF_COURT.as_secs()),
                ),
            )?;
        }
    }
    if booking.peak && called_off.at_peak > CALLED_OFF_AT_PEAK {
        if state.config.bookings.instant_only_after_peak_abuse {
            let until = now + WINDOW_OF_PEAK;
            store::restrict(connection, state.env.ids.new_id(), customer, Restriction::InstantOnly { until }, now)
                .await?;
        }
        out.push(
            &state.env,
            alert(
                customer,
                Severity::Medium,
                "Called off many slots at peak times",
                (called_off.at_peak, CALLED_OFF_AT_PEAK, WINDOW_OF_PEAK.as_secs()),
            ),
        )?;
    }
    out.append(connection).await?;
    Ok(())
}

fn alert(
    customer: UserId,
    severity: Severity,
    description: &str,
    (count, threshold, window_seconds): (i64, i64, i64),
) -> SecurityAlert {
    SecurityAlert {
        alert_type: AlertType::BookingAbuse,
        severity,
        user_id: Some(customer),
        ip_address: None,
        description: description.to_owned(),
        metadata: Some(AlertMetadata {
            request_count: Some(count),
            window_seconds: Some(window_seconds),
            threshold: Some(threshold),
            ..AlertMetadata::default()
        }),
    }
}
