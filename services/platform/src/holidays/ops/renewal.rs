//! The yearly generation: on 1 January of each court its subscriptions are given the years up to the horizon (HOL-38 to
//! HOL-40). An owner's courts are seen to in one transaction, which also notes that it happened: again changes nothing.

use std::collections::BTreeMap;

use contracts::ids::{CourtId, HolidayId, UserId};

use super::HolidayError;
use super::blocks::make_blocks;
use crate::availability::lock_calendars;
use crate::holidays::domain::{Block, Holiday, Resolution, SkipReason, planned_for};
use crate::holidays::events;
use crate::holidays::store::{self, CourtSite};
use crate::holidays::texts::{self, SummaryLine};
use crate::state::AppState;

/// Owners that are looked up at a time.
const PAGE: i64 = 200;

/// Sees to every owner whose court's year has begun. One owner's failure holds up nobody else; it is answered after all
/// others are done, so that the job is tried again.
pub async fn renew_subscriptions(state: &AppState) -> Result<(), HolidayError> {
    let (mut after, mut failure) = (None, None);
    loop {
        let mut connection = state.pool.acquire().await?;
        let owners = store::owners_to_renew(&mut connection, state.env.clock.now(), after, PAGE).await?;
        drop(connection);
        let Some(last) = owners.last() else { break };
        after = Some(*last);
        for owner in owners {
            if let Err(error) = renew_owner(state, owner).await {
                tracing::warn!(%owner, error = %error, "the holidays of an owner could not be renewed");
                failure = Some(error);
            }
        }
    }
    failure.map_or(Ok(()), Err)
}

async fn renew_owner(state: &AppState, owner: UserId) -> Result<(), HolidayError> {
    let now = state.env.clock.now();
    let horizon = i16::from(state.config.holidays.horizon_years);
    let mut transaction = kit::db::begin(&state.pool).await?;
    let courts = store::courts_of_owner(&mut transaction, owner, now).await?;
    let ids: Vec<CourtId> = courts.iter().map(|court| court.id).collect();
    lock_calendars(&mut transaction, &ids).await?;
    let known = store::due_of_owner(&mut transaction, owner, now).await?;
    let mut holiday_ids: Vec<HolidayId> = known.iter().map(|due| due.holiday).collect();
    holiday_ids.sort_unstable();
    holiday_ids.dedup();
    let holidays: BTreeMap<HolidayId, Holiday> = store::keep_holidays(&mut transaction, &holiday_ids)
        .await?
        .into_iter()
        .map(|holiday| (holiday.id, holiday))
        .collect();

    let mut plan: Vec<Block> = Vec::new();
    let mut renewed = Vec::new();
    for due in known {
        let court = courts.iter().find(|court| court.id == due.court);
        let (Some(court), Some(holiday)) = (court, holidays.get(&due.holiday)) else { continue };
        let current = court.today.year();
        let missing: Vec<i16> =
            (current..=current.saturating_add(horizon)).filter(|year| !due.covered.contains(year)).collect();
        plan.extend(planned_for(court.site(), holiday, &missing));
        renewed.push((due.court, due.holiday, missing, current));
    }
    let made = make_blocks(state, &mut transaction, owner, &courts, plan, Resolution::Skip, now).await?;
    store::mark_renewed(&mut transaction, &renewed).await?;
    let created = lines(made.created.iter().map(|(_, block)| block), &holidays);
    let left_open = made.skipped.iter().filter(|skipped| skipped.reason != SkipReason::AlreadyBlocked);
    let left_open = lines(left_open.map(|skipped| &skipped.block), &holidays);
    if !created.is_empty() || !left_open.is_empty() {
        let text = texts::renewed(&created, &left_open);
        events::tell_owner(&mut transaction, &state.env, owner, text, now).await.map_err(HolidayError::Event)?;
    }
    transaction.commit().await?;
    state.wake.wake();
    forget(state, &courts);
    Ok(())
}

fn forget(state: &AppState, courts: &[CourtSite]) {
    for court in courts {
        state.availability.forget_court(court.id);
    }
}

/// Blocks by date and holiday, with the number of courts (HOL-40).
fn lines<'a>(blocks: impl Iterator<Item = &'a Block>, holidays: &BTreeMap<HolidayId, Holiday>) -> Vec<SummaryLine> {
    let mut lines: BTreeMap<_, SummaryLine> = BTreeMap::new();
    for block in blocks {
        let Some(holiday) = holidays.get(&block.holiday) else { continue };
        lines
            .entry((block.date, block.holiday))
            .or_insert_with(|| SummaryLine {
                date: block.date,
                el: holiday.names.el.clone(),
                en: holiday.names.english().to_owned(),
                courts: 0,
            })
            .courts += 1;
    }
    lines.into_values().collect()
}
