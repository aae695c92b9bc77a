//! National templates: read by everybody, kept by the platform's admins (HOL-05 to HOL-08).

use contracts::ids::HolidayId;
use serde_json::Value;
use sqlx::PgConnection;

use super::custom::{audit_state, taken_name};
use super::{HolidayError, read_name};
use crate::audit::{self, Actor};
use crate::availability::domain::BlockedTime;
use crate::holidays::domain::{DatePattern, Holiday, Names};
use crate::holidays::store;
use crate::state::AppState;

/// A new national holiday.
#[derive(Debug, Clone)]
pub struct NationalDraft {
    /// Greek name.
    pub name_el: String,
    /// English name.
    pub name_en: String,
    /// When.
    pub pattern: DatePattern,
    /// Whether it is listed and makes blocks.
    pub active: bool,
}

/// What is to be different; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct NationalChange {
    /// Greek name.
    pub name_el: Option<String>,
    /// English name.
    pub name_en: Option<String>,
    /// When; blocks that exist stay where they are.
    pub pattern: Option<DatePattern>,
    /// Whether it is listed and makes blocks (HOL-08).
    pub active: Option<bool>,
}

/// The national holidays, the disabled ones only when `all` are asked for.
pub async fn list_national(state: &AppState, all: bool) -> Result<Vec<Holiday>, HolidayError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::national_holidays(&mut connection, all).await?)
}

/// Adds a national holiday (HOL-07).
pub async fn create_national(state: &AppState, actor: Actor, draft: NationalDraft) -> Result<Holiday, HolidayError> {
    let now = state.env.clock.now();
    let holiday = Holiday {
        id: HolidayId(state.env.ids.new_id()),
        owner: None,
        names: Names { el: read_name(&draft.name_el)?, en: Some(read_name(&draft.name_en)?) },
        pattern: draft.pattern,
        first_date: None,
        day_count: 1,
        time: BlockedTime::WholeDay,
        active: draft.active,
        created_at: now,
    };
    let mut transaction = kit::db::begin(&state.pool).await?;
    store::insert_holiday(&mut transaction, &holiday, now).await.map_err(taken_name)?;
    append_audit(&mut transaction, state, actor, "NATIONAL_HOLIDAY_CREATED", None, &holiday).await?;
    transaction.commit().await?;
    Ok(holiday)
}

/// Changes or disables a national holiday; blocks that exist stay (HOL-07, HOL-08).
pub async fn change_national(
    state: &AppState,
    actor: Actor,
    id: HolidayId,
    change: NationalChange,
) -> Result<Holiday, HolidayError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    let before = store::lock_holiday(&mut transaction, id)
        .await?
        .filter(|holiday| holiday.owner.is_none())
        .ok_or(HolidayError::NotFound)?;
    let mut after = before.clone();
    if let Some(name) = change.name_el {
        after.names.el = read_name(&name)?;
    }
    if let Some(name) = change.name_en {
        after.names.en = Some(read_name(&name)?);
    }
    after.pattern = change.pattern.unwrap_or(before.pattern);
    after.active = change.active.unwrap_or(before.active);
    store::save_holiday(&mut transaction, &after, state.env.clock.now()).await.map_err(taken_name)?;
    let states = Some(audit_state(&before));
    append_audit(&mut transaction, state, actor, "NATIONAL_HOLIDAY_UPDATED", states, &after).await?;
    transaction.commit().await?;
    Ok(after)
}

async fn append_audit(
    connection: &mut PgConnection,
    state: &AppState,
    actor: Actor,
    action: &'static str,
    before: Option<Value>,
    after: &Holiday,
) -> Result<(), HolidayError> {
    let entry = audit::Entry {
        actor: Some(actor.user),
        role: Some(actor.role),
        action,
        resource_type: "HOLIDAY",
        resource_id: after.id.0,
        owner: None,
        before,
        after: Some(audit_state(after)),
        ip: Some(&actor.ip.to_string()),
    };
    Ok(audit::append(connection, &entry, state.env.clock.now()).await?)
}
