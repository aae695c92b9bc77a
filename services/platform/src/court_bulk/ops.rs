//! The use cases of bulk changes. Each court gets a database transaction of its own.

use contracts::court::ConfirmationMode;
use contracts::ids::{CourtId, UserId};
use contracts::money::Cents;

use crate::audit::Actor;
use crate::availability::domain::Window;
use crate::availability::ops::AvailabilityError;
use crate::availability::{lock_calendar, replace_windows_of_locked, windows_of_court};
use crate::cancellation_policy::domain::Policy;
use crate::cancellation_policy::{find_policy, replace_policy_of_locked};
use crate::courts::domain::CourtChange;
use crate::courts::ops::{ReadAt, change_locked_court, own_court, own_court_locked};
use crate::pricing;
use crate::pricing::domain::PriceRule;
use crate::state::AppState;

/// New values for courts; absent ones stay (COURT-39).
#[derive(Debug, Clone, Default)]
pub struct BulkChange {
    /// Price of one session.
    pub base_price: Option<Cents>,
    /// Whether bookings wait for the owner.
    pub confirmation_mode: Option<ConfirmationMode>,
    /// Whether a full court takes waiting customers.
    pub waitlist_enabled: Option<bool>,
    /// Refund tiers.
    pub policy: Option<Policy>,
    /// Opening times, checked.
    pub windows: Option<Vec<Window>>,
    /// The owner's own switch.
    pub enabled: Option<bool>,
}

/// Applies new values to one court of many (COURT-39, COURT-40).
pub async fn change_one(
    state: &AppState,
    actor: Actor,
    court: CourtId,
    wanted: &BulkChange,
    confirmed: bool,
) -> Result<(), AvailabilityError> {
    let change = CourtChange {
        base_price: wanted.base_price,
        confirmation_mode: wanted.confirmation_mode,
        waitlist_enabled: wanted.waitlist_enabled,
        enabled: wanted.enabled,
        ..CourtChange::default()
    };
    let everything = Settings { change, rules: None, policy: wanted.policy.clone(), windows: wanted.windows.clone() };
    apply(state, actor, court, &everything, confirmed).await
}

/// What one court gives to others.
#[derive(Debug, Clone)]
pub struct Settings {
    change: CourtChange,
    rules: Option<Vec<PriceRule>>,
    policy: Option<Policy>,
    windows: Option<Vec<Window>>,
}

/// The settings that one of `owner`'s courts can give to others (COURT-42): not its name, place, images or whether it is
/// shown, nor the special dates of its prices.
pub async fn settings_of(state: &AppState, owner: UserId, court: CourtId) -> Result<Settings, AvailabilityError> {
    let mut connection = state.pool.acquire().await?;
    let source = own_court(&mut connection, owner, court).await?;
    let prices = pricing::load_price_list(&mut connection, court, source.base_price).await?;
    let policy = find_policy(&mut connection, court).await?.unwrap_or_else(Policy::standard);
    let windows = windows_of_court(&mut connection, court).await?;
    let change = CourtChange {
        duration_minutes: Some(source.duration_minutes),
        max_capacity: Some(source.max_capacity),
        base_price: Some(source.base_price),
        confirmation_mode: Some(source.confirmation_mode),
        confirmation_timeout_hours: Some(source.confirmation_timeout_hours),
        waitlist_enabled: Some(source.waitlist_enabled),
        ..CourtChange::default()
    };
    Ok(Settings {
        change,
        rules: Some(prices.rules),
        policy: Some(policy),
        windows: Some(windows.into_iter().map(|stored| stored.window).collect()),
    })
}

/// Gives settings to one court, all of them or none.
pub async fn apply(
    state: &AppState,
    actor: Actor,
    court: CourtId,
    settings: &Settings,
    confirmed: bool,
) -> Result<(), AvailabilityError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    if settings.windows.is_some() || settings.change.may_touch_bookings() {
        own_court(&mut transaction, actor.user, court).await?;
        lock_calendar(&mut transaction, court).await?;
    }
    let before = own_court_locked(&mut transaction, actor.user, court).await?;
    // Rules go first: a base price that changes with them announces both.
    let new_rules = match &settings.rules {
        Some(rules) => pricing::copy_rules(state, &mut transaction, actor, rules, &before).await?,
        None => false,
    };
    let change = settings.change.clone();
    let after =
        change_locked_court(state, &mut transaction, &before, ReadAt::Whatever, change, confirmed, actor).await?;
    if new_rules && after.base_price == before.base_price {
        pricing::announce_rules(state, &mut transaction, &after, actor.user).await?;
    }
    if let Some(policy) = &settings.policy {
        replace_policy_of_locked(state, &mut transaction, actor, &after, policy).await?;
    }
    if let Some(windows) = &settings.windows {
        replace_windows_of_locked(state, &mut transaction, actor, &after, windows, confirmed).await?;
    }
    transaction.commit().await?;
    state.wake.wake();
    state.availability.forget_court(court);
    state.sheets.forget(court);
    Ok(())
}
