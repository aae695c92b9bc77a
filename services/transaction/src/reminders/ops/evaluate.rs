//! All active rules are held against what is booked (NOTE-50).

use std::collections::HashMap;

use contracts::ids::{CourtId, UserId};
use contracts::owner_settings::ReminderTrigger;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sqlx::PgConnection;
use uuid::Uuid;

use super::ReminderError;
use crate::bookings::store as bookings;
use crate::outgoing::Outgoing;
use crate::platform_port::{self, OwnedCourt};
use crate::reminders::domain::rules::{EmptyCourt, Rule, alert_id, matches, span_end};
use crate::reminders::events;
use crate::reminders::store::{self, Candidate, CourtAlert};
use crate::state::AppState;

/// Rules that are held against bookings at once.
const RULES: i64 = 200;
/// Pairs of rule and booking that are looked at at once.
const PAIRS: i64 = 500;

/// Tells owners of everything that their rules match and have not told yet; answers how many alerts. What fails is logged
/// and left for the next look.
///
/// # Errors
/// When the database is away.
pub async fn evaluate_rules(state: &AppState) -> Result<usize, ReminderError> {
    let (mut told, mut after) = (0, None);
    loop {
        let mut connection = state.pool.acquire().await?;
        let rules = platform_port::reminder_rules(&mut connection, None, after, RULES).await?;
        drop(connection);
        let Some(last) = rules.last() else { return Ok(told) };
        after = Some(last.id);
        told += evaluate_bookings(state, &rules).await?;
        told += evaluate_courts(state, &rules).await?;
    }
}

async fn evaluate_bookings(state: &AppState, rules: &[Rule]) -> Result<usize, ReminderError> {
    let now = state.env.clock.now();
    let (mut told, mut after) = (0, None);
    loop {
        let mut connection = state.pool.acquire().await?;
        let page = store::candidates(&mut connection, rules, None, now, after, PAIRS).await?;
        drop(connection);
        let Some(last) = page.last() else { return Ok(told) };
        after = Some((last.rule, last.booking));
        for found in &page {
            let Some(rule) = matching(rules, found, now) else { continue };
            match tell(state, rule, found).await {
                Ok(new) => told += usize::from(new),
                Err(error) => tracing::error!(rule = %rule.id, booking = %found.booking, %error, "a reminder failed"),
            }
        }
    }
}

/// The rule of a pair, if it matches now.
pub(super) fn matching<'a>(rules: &'a [Rule], found: &Candidate, now: Timestamp) -> Option<&'a Rule> {
    let zone = zone_of(&found.timezone)?;
    let rule = found.rule_of(rules)?;
    (rule.covers(found.court) && matches(rule, &found.facts, &zone, now)).then_some(rule)
}

fn zone_of(timezone: &str) -> Option<TimeZone> {
    let zone = TimeZone::get(timezone).ok();
    if zone.is_none() {
        tracing::warn!(timezone, "a zone that is not known");
    }
    zone
}

/// Tells of one booking once. It is looked at again under its lock, so that whoever calls it off, confirms it or marks it
/// as paid comes before or after.
async fn tell(state: &AppState, rule: &Rule, found: &Candidate) -> Result<bool, ReminderError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    if bookings::lock(&mut transaction, found.booking).await?.is_none() {
        return Ok(false);
    }
    let rules = std::slice::from_ref(rule);
    let still = store::candidates(&mut transaction, rules, Some(found.booking), now, None, 1).await?;
    let Some(found) = still.first().filter(|found| matching(rules, found, now).is_some()) else { return Ok(false) };
    let id = alert_id(rule.id, found.booking);
    if !store::note_booking(&mut transaction, id, rule.id, found.booking, rule.owner, now).await? {
        return Ok(false);
    }
    let mut out = Outgoing::new(now).about(found.booking);
    events::alert(&mut out, &state.env, rule, found)?;
    out.append(&mut transaction).await?;
    transaction.commit().await?;
    state.events_wake.wake();
    Ok(true)
}

async fn evaluate_courts(state: &AppState, rules: &[Rule]) -> Result<usize, ReminderError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let found = empty_courts(&mut connection, rules, now).await?;
    drop(connection);
    let mut told = 0;
    for (rule, court) in found {
        let mut transaction = kit::db::begin(&state.pool).await?;
        if !store::note_court(&mut transaction, &court_alert(rule, &court), now).await? {
            continue;
        }
        let mut out = Outgoing::new(now).about(court.court);
        events::empty_court(&mut out, &state.env, rule, &court)?;
        out.append(&mut transaction).await?;
        transaction.commit().await?;
        state.events_wake.wake();
        told += 1;
    }
    Ok(told)
}

pub(super) fn court_alert(rule: &Rule, found: &EmptyCourt) -> CourtAlert {
    CourtAlert {
        id: alert_id(rule.id, found.court),
        rule: rule.id,
        court: found.court,
        owner: rule.owner,
        quiet_until: found.until,
    }
}

/// Courts without bookings in the spans of the rules about occupancy (NOTE-49). Only courts that can be booked: nobody
/// is told that a hidden court is empty.
pub(super) async fn empty_courts<'a>(
    connection: &mut PgConnection,
    rules: &'a [Rule],
    now: Timestamp,
) -> Result<Vec<(&'a Rule, EmptyCourt)>, ReminderError> {
    let rules: Vec<&Rule> = rules.iter().filter(|rule| rule.trigger == ReminderTrigger::LowOccupancy).collect();
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let owners: Vec<Uuid> = rules.iter().map(|rule| rule.owner.0).collect();
    let mut courts: HashMap<UserId, Vec<OwnedCourt>> = HashMap::new();
    for court in platform_port::bookable_courts(connection, &owners).await? {
        courts.entry(court.owner).or_default().push(court);
    }
    let mut found = Vec::new();
    for rule in rules {
        let covered: Vec<EmptyCourt> = courts
            .get(&rule.owner)
            .into_iter()
            .flatten()
            .filter(|court| rule.covers(court.id))
            .filter_map(|court| {
                let until = span_end(now, rule.days, &zone_of(&court.timezone)?)?;
                let (name_el, name_en) = (court.name_el.clone(), court.name_en.clone());
                Some(EmptyCourt { court: court.id, name_el, name_en, until })
            })
            .collect();
        let spans: Vec<(CourtId, Timestamp)> = covered.iter().map(|court| (court.court, court.until)).collect();
        let empty = store::empty_courts(connection, &spans, now).await?;
        found.extend(covered.into_iter().filter(|court| empty.contains(&court.court)).map(|court| (rule, court)));
    }
    Ok(found)
}

/// All active rules of one owner; there are at most a handful (NOTE-44).
pub(super) async fn rules_of(connection: &mut PgConnection, owner: UserId) -> Result<Vec<Rule>, sqlx::Error> {
    platform_port::reminder_rules(connection, Some(owner), None, RULES).await
}
