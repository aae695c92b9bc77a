//! Applying holidays to courts: one transaction, whatever the number of courts, holidays and years (HOL-19 to HOL-37).

use std::collections::BTreeSet;

use contracts::ids::{CourtId, HolidayId};
use serde_json::json;

use super::blocks::{Made, make_blocks};
use super::{HolidayError, own_courts};
use crate::audit::{Action, Actor};
use crate::availability::lock_calendars;
use crate::holidays::domain::{
    BookingInTheWay, DatePattern, Holiday, MOST_BLOCKS, Resolution, SkipReason, Skipped, Years, check_years,
    most_blocks, planned,
};
use crate::holidays::store::{self, CourtSite};
use crate::state::AppState;

/// What an owner wants to close.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which holidays.
    pub holidays: Vec<HolidayId>,
    /// On which courts.
    pub courts: Vec<CourtId>,
    /// In which years.
    pub years: Years,
    /// Whether later years follow by themselves (HOL-28).
    pub auto_renew: bool,
    /// What to do where customers have booked.
    pub resolution: Resolution,
}

/// What applying has done.
#[derive(Debug, Default)]
pub struct Applied {
    /// Courts with a new block.
    pub courts_affected: usize,
    /// Holidays with a new block.
    pub holidays_applied: usize,
    /// New blocks.
    pub overrides_created: usize,
    /// Blocks that were not made.
    pub skipped: Vec<Skipped>,
    /// Bookings that are given up.
    pub cancelled: Vec<BookingInTheWay>,
}

impl Applied {
    /// HOL-32: some dates were left out because of bookings.
    #[must_use]
    pub fn left_dates_open(&self) -> bool {
        self.skipped.iter().any(|skipped| skipped.reason != SkipReason::AlreadyBlocked)
    }
}

/// Applies holidays to courts of the caller.
pub async fn apply_holidays(state: &AppState, actor: Actor, wanted: Wanted) -> Result<Applied, HolidayError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    // Whose the courts are is asked before they are locked, so that nobody can hold up another owner's, and again after.
    own_courts(&mut transaction, actor.user, &wanted.courts, now).await?;
    lock_calendars(&mut transaction, &wanted.courts).await?;
    let courts = own_courts(&mut transaction, actor.user, &wanted.courts, now).await?;
    let holidays = store::keep_holidays(&mut transaction, &wanted.holidays).await?;
    let usable = |holiday: &&Holiday| holiday.active && holiday.owner.is_none_or(|owner| owner == actor.user);
    if holidays.iter().filter(usable).count() < wanted.holidays.len() {
        return Err(HolidayError::NotFound);
    }
    if let Years::These(years) = &wanted.years {
        let current = courts.iter().map(|court| court.today.year()).max().unwrap_or_default();
        check_years(years, current, i16::from(state.config.holidays.horizon_years)).map_err(HolidayError::Years)?;
    }
    if most_blocks(courts.len(), &holidays, &wanted.years) > MOST_BLOCKS {
        return Err(HolidayError::TooMany);
    }

    let sites: Vec<_> = courts.iter().map(CourtSite::site).collect();
    let plan = planned(&sites, &holidays, &wanted.years);
    let made = make_blocks(state, &mut transaction, actor.user, &courts, plan, wanted.resolution, now).await?;
    if wanted.auto_renew {
        let followed: Vec<_> = courts
            .iter()
            .flat_map(|court| holidays.iter().map(move |holiday| (court, holiday)))
            .map(|(court, holiday)| (court.id, holiday.id, years_of(&wanted.years, holiday, court), court.today.year()))
            .collect();
        store::follow(&mut transaction, &followed, now).await?;
    } else {
        store::unfollow(&mut transaction, &wanted.courts, &wanted.holidays).await?;
    }
    for holiday in &holidays {
        let done = Action {
            name: "HOLIDAY_APPLIED",
            resource_type: "HOLIDAY",
            resource_id: holiday.id.0,
            before: None,
            after: Some(summary(&wanted, &made, holiday)),
        };
        actor.record(&mut transaction, done, now).await?;
    }
    transaction.commit().await?;
    state.wake.wake();
    for court in &courts {
        state.availability.forget_court(court.id);
    }
    Ok(applied(made))
}

/// The years that a court has been given of a holiday with this call.
fn years_of(years: &Years, holiday: &Holiday, court: &CourtSite) -> Vec<i16> {
    match (years, holiday.pattern) {
        (Years::These(years), _) => years.clone(),
        (Years::Current, DatePattern::On(date)) => vec![date.year()],
        (Years::Current, _) => vec![court.today.year()],
    }
}

fn summary(wanted: &Wanted, made: &Made, holiday: &Holiday) -> serde_json::Value {
    let created = made.created.iter().filter(|(_, block)| block.holiday == holiday.id).count();
    let years = match &wanted.years {
        Years::Current => None,
        Years::These(years) => Some(years),
    };
    let cancelled: Vec<_> = made.cancelled.iter().filter_map(|booking| booking.id).collect();
    json!({
        "courtIds": wanted.courts, "years": years, "autoRenew": wanted.auto_renew, "overridesCreated": created,
        "cancelledBookings": cancelled,
    })
}

fn applied(made: Made) -> Applied {
    let courts: BTreeSet<_> = made.created.iter().map(|(_, block)| block.court).collect();
    let holidays: BTreeSet<_> = made.created.iter().map(|(_, block)| block.holiday).collect();
    Applied {
        courts_affected: courts.len(),
        holidays_applied: holidays.len(),
        overrides_created: made.created.len(),
        skipped: made.skipped,
        cancelled: made.cancelled,
    }
}
