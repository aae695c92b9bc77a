//! The use cases of prices. Each owns its database transaction.

use contracts::identity::Role;
use contracts::ids::{CourtId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use kit::Env;
use kit::db::is_exclusion_violation;
use sqlx::PgConnection;

use super::domain::{
    Misplaced, PriceList, PriceRule, PricingProblem, Quote, SpecialDate, check_base_price, problems_of_rules,
    problems_of_special_dates,
};
use super::{events, store};
use crate::audit::{Action, Actor};
use crate::availability;
use crate::courts::domain::{Court, CourtChange};
use crate::courts::ops::{CourtError, ReadAt, change_locked_court, own_court_locked, show_court};
use crate::state::AppState;
use crate::store_error::StoreError;

/// Why a use case of prices failed.
#[derive(Debug, thiserror::Error)]
pub enum PricingError {
    /// The court is the problem.
    #[error(transparent)]
    Court(#[from] CourtError),
    /// The base price is the problem.
    #[error(transparent)]
    BasePrice(PricingProblem),
    /// Some rules or special dates are.
    #[error("some prices are wrong")]
    Wrong {
        /// Problems of weekly rules.
        rules: Vec<Misplaced>,
        /// Problems of special dates.
        special_dates: Vec<Misplaced>,
    },
    /// The end lies before the start, off the grid, or the clock skips one of them.
    #[error("no price for such a time")]
    Time(TimeProblem),
}

/// Why there is no price for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeProblem {
    /// BOOK-23.
    EndNotAfterStart,
    /// BOOK-12: no whole number of sessions.
    NotWholeSessions {
        /// Length of one session.
        session_minutes: u32,
    },
    /// BOOK-22: the clock skips the start or the end.
    Skipped,
}

impl From<StoreError> for PricingError {
    fn from(error: StoreError) -> Self {
        Self::Court(error.into())
    }
}

impl From<sqlx::Error> for PricingError {
    fn from(error: sqlx::Error) -> Self {
        Self::Court(error.into())
    }
}

/// The prices that an owner wants to have from now on.
#[derive(Debug, Clone)]
pub struct WantedPrices {
    /// Another base price; the stored one stays when absent.
    pub base: Option<Cents>,
    /// All weekly rules.
    pub rules: Vec<PriceRule>,
    /// All special dates.
    pub special_dates: Vec<SpecialDate>,
    /// Which version of the court the client read, if it says so.
    pub version: Option<i64>,
}

/// The price list of a court whose base price is known already.
pub async fn price_list_of_court(state: &AppState, court: CourtId, base: Cents) -> Result<PriceList, StoreError> {
    let mut connection = state.pool.acquire().await?;
    store::load_price_list(&mut connection, court, base).await
}

/// The price list of a court as `user` may see it.
pub async fn show_prices(
    state: &AppState,
    court: CourtId,
    user: UserId,
    role: Role,
) -> Result<(Court, PriceList), PricingError> {
    let (court, _) = show_court(state, court, user, role).await?;
    let list = price_list_of_court(state, court.id, court.base_price).await?;
    Ok((court, list))
}

/// Puts other prices in the place of all stored ones (PRICE-01 to PRICE-07).
pub async fn replace_prices(
    state: &AppState,
    actor: Actor,
    court: CourtId,
    wanted: WantedPrices,
) -> Result<(Court, PriceList), PricingError> {
    if let Some(base) = wanted.base {
        check_base_price(base).map_err(PricingError::BasePrice)?;
    }
    let rules = problems_of_rules(&wanted.rules);
    let special_dates = problems_of_special_dates(&wanted.special_dates);
    if !rules.is_empty() || !special_dates.is_empty() {
        return Err(PricingError::Wrong { rules, special_dates });
    }

    let mut transaction = kit::db::begin(&state.pool).await?;
    let before = own_court_locked(&mut transaction, actor.user, court).await?;
    let old_list = store::load_price_list(&mut transaction, court, before.base_price).await?;
    let list = PriceList {
        base: wanted.base.unwrap_or(before.base_price),
        rules: wanted.rules,
        special_dates: wanted.special_dates,
    };
    store::replace_rules(&mut transaction, court, &list, &*state.env.ids).await.map_err(overlap_found_by_database)?;
    let read_at = wanted.version.map_or(ReadAt::Whatever, ReadAt::Version);
    let change = CourtChange { base_price: Some(list.base), ..CourtChange::default() };
    let after = change_locked_court(state, &mut transaction, &before, read_at, change, false, actor).await?;
    record(&mut transaction, actor, court, &old_list, &list, state.env.clock.now()).await?;
    if after.base_price == before.base_price {
        // A changed base price was announced with the court, rules included.
        announce(&mut transaction, &state.env, &before, &list, actor.user).await.map_err(CourtError::Event)?;
    }
    transaction.commit().await?;
    state.wake.wake();
    state.availability.forget_court(court);
    state.sheets.forget(court);
    Ok((after, list))
}

/// Gives a locked court the weekly rules of another one; its special dates stay (COURT-42). Answers whether that changed
/// anything; announcing it is left to [`announce_rules`], because a base price that changes with it is told in one event.
pub async fn copy_rules(
    state: &AppState,
    connection: &mut PgConnection,
    actor: Actor,
    rules: &[PriceRule],
    court: &Court,
) -> Result<bool, CourtError> {
    let before = store::load_price_list(connection, court.id, court.base_price).await?;
    if before.rules == rules {
        return Ok(false);
    }
    let after = PriceList { rules: rules.to_vec(), ..before.clone() };
    store::replace_rules(connection, court.id, &after, &*state.env.ids).await?;
    record(connection, actor, court.id, &before, &after, state.env.clock.now()).await?;
    Ok(true)
}

/// Appends the event about rules that changed while the base price stayed.
pub async fn announce_rules(
    state: &AppState,
    connection: &mut PgConnection,
    court: &Court,
    changed_by: UserId,
) -> Result<(), CourtError> {
    let list = store::load_price_list(connection, court.id, court.base_price).await?;
    announce(connection, &state.env, court, &list, changed_by).await.map_err(CourtError::Event)
}

/// Appends what was done to prices to the owner's log.
async fn record(
    connection: &mut PgConnection,
    actor: Actor,
    court: CourtId,
    before: &PriceList,
    after: &PriceList,
    now: Timestamp,
) -> Result<(), CourtError> {
    let action = Action {
        name: "PRICING_UPDATED",
        resource_type: "PRICING_RULE",
        resource_id: court.0,
        before: Some(events::snapshot(before)),
        after: Some(events::snapshot(after)),
    };
    Ok(actor.record(connection, action, now).await?)
}

/// Rules that passed the check above can still meet the constraint if the check has a gap: say so the same way.
fn overlap_found_by_database(error: StoreError) -> PricingError {
    match error {
        StoreError::Database(cause) if is_exclusion_violation(&cause, "pricing_rules_no_overlap") => {
            let overlap = Misplaced { index: 0, problem: PricingProblem::RulesOverlap };
            PricingError::Wrong { rules: vec![overlap], special_dates: Vec::new() }
        }
        other => other.into(),
    }
}

/// Appends the event about a base price that changed with its court.
pub async fn announce_base_price(
    connection: &mut PgConnection,
    env: &Env,
    before: &Court,
    after: &Court,
    changed_by: UserId,
) -> anyhow::Result<()> {
    let list = store::load_price_list(connection, after.id, after.base_price).await?;
    announce(connection, env, before, &list, changed_by).await
}

async fn announce(
    connection: &mut PgConnection,
    env: &Env,
    before: &Court,
    list: &PriceList,
    changed_by: UserId,
) -> anyhow::Result<()> {
    let zone = TimeZone::get(&before.timezone)?;
    let today = env.clock.now().to_zoned(zone).date();
    events::append_pricing_updated(connection, env, before, before.base_price, list, today, changed_by).await
}

/// The price of a booking from `start` to `end` with the base price of one session (PRICE-16, PRICE-17).
pub async fn quote(
    state: &AppState,
    court: CourtId,
    date: Date,
    start: Time,
    end: Time,
) -> Result<(Cents, Quote), PricingError> {
    let mut connection = state.pool.acquire().await?;
    let calendar =
        availability::load_calendar(&mut connection, court, date, date).await?.ok_or(CourtError::NotFound)?;
    drop(connection);
    quote_by(&calendar, date, start, end)
}

/// The same by a calendar that was read already.
pub fn quote_by(
    calendar: &availability::Calendar,
    date: Date,
    start: Time,
    end: Time,
) -> Result<(Cents, Quote), PricingError> {
    if !availability::domain::exists(date, start, &calendar.zone)
        || !availability::domain::exists(date, end, &calendar.zone)
    {
        return Err(PricingError::Time(TimeProblem::Skipped));
    }
    let minutes = u32::try_from(availability::domain::minutes_between(start, end)).unwrap_or(0);
    if minutes == 0 {
        return Err(PricingError::Time(TimeProblem::EndNotAfterStart));
    }
    if minutes % calendar.session_minutes != 0 {
        let session_minutes = calendar.session_minutes;
        return Err(PricingError::Time(TimeProblem::NotWholeSessions { session_minutes }));
    }
    Ok((calendar.prices.base, calendar.prices.quote(date, start, minutes / calendar.session_minutes)))
}
