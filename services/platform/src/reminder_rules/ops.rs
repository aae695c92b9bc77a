//! The use cases of reminder rules. Each owns its database transaction, but the one that belongs to a registration.

use contracts::ids::{CourtId, ReminderRuleId, UserId};
use kit::Env;
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::domain::{ReminderRule, RuleCourts, RuleTerms, TooManyActive, check_active, default_terms};
use super::store;
use crate::audit::{Action, Actor};
use crate::state::AppState;

/// Why a use case of reminder rules failed.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// No such rule of this owner (NOTE-43).
    #[error("no such rule")]
    NotFound,
    /// NOTE-43: a court that is not this owner's.
    #[error("court {0} is not the owner's")]
    ForeignCourt(CourtId),
    /// NOTE-44.
    #[error(transparent)]
    TooManyActive(#[from] TooManyActive),
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// The owner's rules, oldest first (NOTE-43).
pub async fn list(state: &AppState, owner: UserId) -> Result<Vec<ReminderRule>, RuleError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::rules_of(&mut connection, owner).await?)
}

/// Stores a new rule (NOTE-42).
pub async fn create(state: &AppState, actor: Actor, terms: RuleTerms) -> Result<ReminderRule, RuleError> {
    let now = state.env.clock.now();
    let rule = ReminderRule { id: ReminderRuleId(state.env.ids.new_id()), terms, created_at: now };
    let mut transaction = kit::db::begin(&state.pool).await?;
    store::lock_rules(&mut transaction, actor.user).await?;
    check_courts(&mut transaction, actor.user, &rule.terms.courts).await?;
    check_active(rule.terms.active, store::others_active(&mut transaction, actor.user, rule.id).await?)?;
    store::insert(&mut transaction, actor.user, &rule).await?;
    record(&mut transaction, actor, rule.id, None, Some(&rule.terms), now).await?;
    transaction.commit().await?;
    Ok(rule)
}

/// Replaces what a rule says (NOTE-43, NOTE-44). What it has told of already is not told again.
pub async fn replace(
    state: &AppState,
    actor: Actor,
    id: ReminderRuleId,
    terms: RuleTerms,
) -> Result<ReminderRule, RuleError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    store::lock_rules(&mut transaction, actor.user).await?;
    let before = store::rule_of(&mut transaction, actor.user, id).await?.ok_or(RuleError::NotFound)?;
    check_courts(&mut transaction, actor.user, &terms.courts).await?;
    check_active(terms.active, store::others_active(&mut transaction, actor.user, id).await?)?;
    let rule = ReminderRule { id, terms, created_at: before.created_at };
    store::update(&mut transaction, &rule, now).await?;
    record(&mut transaction, actor, id, Some(&before.terms), Some(&rule.terms), now).await?;
    transaction.commit().await?;
    Ok(rule)
}

/// Removes a rule (NOTE-43).
pub async fn remove(state: &AppState, actor: Actor, id: ReminderRuleId) -> Result<(), RuleError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    store::lock_rules(&mut transaction, actor.user).await?;
    let before = store::rule_of(&mut transaction, actor.user, id).await?.ok_or(RuleError::NotFound)?;
    store::delete(&mut transaction, id).await?;
    record(&mut transaction, actor, id, Some(&before.terms), None, now).await?;
    transaction.commit().await?;
    Ok(())
}

/// Gives a new owner the rule that all begin with, in the transaction that opens the account (NOTE-55).
///
/// # Errors
/// When the database does.
pub async fn begin_with_default_rule(
    connection: &mut PgConnection,
    env: &Env,
    owner: UserId,
) -> Result<(), sqlx::Error> {
    let id = ReminderRuleId(env.ids.new_id());
    let rule = ReminderRule { id, terms: default_terms(), created_at: env.clock.now() };
    store::insert(connection, owner, &rule).await
}

async fn check_courts(connection: &mut PgConnection, owner: UserId, courts: &RuleCourts) -> Result<(), RuleError> {
    let RuleCourts::Named(named) = courts else { return Ok(()) };
    let own = store::own_courts(connection, owner, named).await?;
    match named.iter().find(|court| !own.contains(court)) {
        Some(foreign) => Err(RuleError::ForeignCourt(*foreign)),
        None => Ok(()),
    }
}

/// OWN-35: changes of settings are in the owner's log.
async fn record(
    connection: &mut PgConnection,
    actor: Actor,
    id: ReminderRuleId,
    before: Option<&RuleTerms>,
    after: Option<&RuleTerms>,
    now: jiff::Timestamp,
) -> Result<(), sqlx::Error> {
    let action = Action {
        name: "SETTINGS_UPDATED",
        resource_type: "REMINDER_RULE",
        resource_id: id.0,
        before: before.map(snapshot),
        after: after.map(snapshot),
    };
    actor.record(connection, action, now).await
}

/// A rule as the audit log keeps it.
fn snapshot(terms: &RuleTerms) -> Value {
    json!({
        "triggerType": terms.trigger,
        "daysBeforeEvent": terms.days_before_event,
        "hoursBeforeThreshold": terms.hours_before_threshold,
        "courtIds": match &terms.courts {
            RuleCourts::All => json!("ALL"),
            RuleCourts::Named(courts) => json!(courts),
        },
        "channels": terms.channels,
        "active": terms.active,
    })
}
