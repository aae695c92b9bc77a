//! Reminds owners to look at their holidays before the great feasts, once per feast and year (HOL-44).

use jiff::tz::TimeZone;

use super::HolidayError;
use crate::holidays::domain::{Reminder, due_reminders};
use crate::holidays::{events, store, texts};
use crate::state::AppState;

/// Owners that are told in one transaction.
const PAGE: i64 = 500;

/// Sends the reminders whose day has come where owners live.
pub async fn send_reminders(state: &AppState) -> Result<(), HolidayError> {
    let mut connection = state.pool.acquire().await?;
    let zones = store::zones_of_owners(&mut connection).await?;
    drop(connection);
    for timezone in zones {
        let Ok(zone) = TimeZone::get(&timezone) else {
            tracing::warn!(timezone, "courts are in a zone that is not known");
            continue;
        };
        for reminder in due_reminders(state.env.clock.now().to_zoned(zone).date()) {
            while remind_page(state, reminder, &timezone).await? {}
        }
    }
    Ok(())
}

/// Tells some owners and answers whether there may be more.
async fn remind_page(state: &AppState, reminder: Reminder, timezone: &str) -> Result<bool, HolidayError> {
    let now = state.env.clock.now();
    let (occasion, year) = (reminder.occasion.as_str(), reminder.date.year());
    let mut transaction = kit::db::begin(&state.pool).await?;
    let owners = store::remember_reminders(&mut transaction, occasion, year, timezone, PAGE, now).await?;
    let full = i64::try_from(owners.len()).is_ok_and(|found| found >= PAGE);
    for owner in &owners {
        let text = texts::feast_is_near(reminder);
        events::tell_owner(&mut transaction, &state.env, *owner, text, now).await.map_err(HolidayError::Event)?;
    }
    transaction.commit().await?;
    if !owners.is_empty() {
        state.wake.wake();
    }
    Ok(full)
}
