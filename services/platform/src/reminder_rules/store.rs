//! All SQL of reminder rules: `reminder_rules` and `reminder_rule_courts`.

use std::collections::BTreeSet;

use contracts::UnknownText;
use contracts::ids::{CourtId, ReminderRuleId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{ReminderRule, RuleCourts, RuleTerms};

/// Lets changes of one owner's rules follow each other: whoever counts the active ones afterwards counts right until the
/// transaction ends (NOTE-44).
///
/// # Errors
/// When the database does.
pub async fn lock_rules(connection: &mut PgConnection, owner: UserId) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("SELECT id FROM platform.users WHERE id = $1 FOR NO KEY UPDATE", owner.0)
        .fetch_optional(connection)
        .await?;
    Ok(())
}

/// How many rules of an owner are active besides this one.
///
/// # Errors
/// When the database does.
pub async fn others_active(
    connection: &mut PgConnection,
    owner: UserId,
    rule: ReminderRuleId,
) -> Result<u32, sqlx::Error> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM platform.reminder_rules WHERE owner_id = $1 AND id <> $2 AND active"#,
        owner.0,
        rule.0,
    )
    .fetch_one(connection)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Which of these courts are an owner's.
///
/// # Errors
/// When the database does.
pub async fn own_courts(
    connection: &mut PgConnection,
    owner: UserId,
    courts: &BTreeSet<CourtId>,
) -> Result<BTreeSet<CourtId>, sqlx::Error> {
    let asked: Vec<Uuid> = courts.iter().map(|court| court.0).collect();
    let own = sqlx::query_scalar!(
        "SELECT id FROM platform.courts WHERE owner_id = $1 AND id = ANY ($2) AND deleted_at IS NULL",
        owner.0,
        &asked,
    )
    .fetch_all(connection)
    .await?;
    Ok(own.into_iter().map(CourtId).collect())
}

struct RuleRow {
    id: Uuid,
    trigger_type: String,
    days_before_event: i32,
    hours_before_threshold: i32,
    all_courts: bool,
    court_ids: Vec<Uuid>,
    channels: Vec<String>,
    active: bool,
    created_at: jiff_sqlx::Timestamp,
}

impl TryFrom<RuleRow> for ReminderRule {
    type Error = sqlx::Error;

    fn try_from(row: RuleRow) -> Result<Self, Self::Error> {
        let unknown = |error: UnknownText| sqlx::Error::Decode(Box::new(error));
        let number = |column: i32| u32::try_from(column).map_err(|error| sqlx::Error::Decode(Box::new(error)));
        Ok(Self {
            id: ReminderRuleId(row.id),
            terms: RuleTerms {
                trigger: row.trigger_type.parse().map_err(unknown)?,
                days_before_event: number(row.days_before_event)?,
                hours_before_threshold: number(row.hours_before_threshold)?,
                courts: if row.all_courts {
                    RuleCourts::All
                } else {
                    RuleCourts::Named(row.court_ids.into_iter().map(CourtId).collect())
                },
                channels: row.channels.iter().map(|way| way.parse().map_err(unknown)).collect::<Result<_, _>>()?,
                active: row.active,
            },
            created_at: row.created_at.to_jiff(),
        })
    }
}

/// The rules of an owner, oldest first.
///
/// # Errors
/// When the database does.
pub async fn rules_of(connection: &mut PgConnection, owner: UserId) -> Result<Vec<ReminderRule>, sqlx::Error> {
    let rows = sqlx::query_as!(
        RuleRow,
        r#"SELECT rule.id, rule.trigger_type, rule.days_before_event, rule.hours_before_threshold, rule.all_courts,
                  ARRAY(SELECT named.court_id FROM platform.reminder_rule_courts named
                        WHERE named.rule_id = rule.id ORDER BY named.court_id) AS "court_ids!",
                  rule.channels, rule.active, rule.created_at
           FROM platform.reminder_rules rule WHERE rule.owner_id = $1 ORDER BY rule.created_at, rule.id"#,
        owner.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(ReminderRule::try_from).collect()
}

/// One rule, if it is this owner's.
///
/// # Errors
/// When the database does.
pub async fn rule_of(
    connection: &mut PgConnection,
    owner: UserId,
    id: ReminderRuleId,
) -> Result<Option<ReminderRule>, sqlx::Error> {
    let row = sqlx::query_as!(
        RuleRow,
        r#"SELECT rule.id, rule.trigger_type, rule.days_before_event, rule.hours_before_threshold, rule.all_courts,
                  ARRAY(SELECT named.court_id FROM platform.reminder_rule_courts named
                        WHERE named.rule_id = rule.id ORDER BY named.court_id) AS "court_ids!",
                  rule.channels, rule.active, rule.created_at
           FROM platform.reminder_rules rule WHERE rule.owner_id = $1 AND rule.id = $2"#,
        owner.0,
        id.0
    )
    .fetch_optional(connection)
    .await?;
    row.map(ReminderRule::try_from).transpose()
}

/// Adds a rule with its courts.
///
/// # Errors
/// When the database does.
pub async fn insert(connection: &mut PgConnection, owner: UserId, rule: &ReminderRule) -> Result<(), sqlx::Error> {
    let terms = Columns::of(&rule.terms);
    sqlx::query!(
        "INSERT INTO platform.reminder_rules (id, owner_id, trigger_type, days_before_event, hours_before_threshold,
             all_courts, channels, active, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        rule.id.0,
        owner.0,
        rule.terms.trigger.as_str(),
        terms.days,
        terms.hours,
        terms.all_courts,
        &terms.channels,
        rule.terms.active,
        rule.created_at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(&mut *connection)
    .await?;
    insert_courts(connection, rule).await
}

/// Replaces what a rule says, its courts included.
///
/// # Errors
/// When the database does.
pub async fn update(connection: &mut PgConnection, rule: &ReminderRule, now: Timestamp) -> Result<(), sqlx::Error> {
    let terms = Columns::of(&rule.terms);
    let written = sqlx::query!(
        "UPDATE platform.reminder_rules
         SET trigger_type = $2, days_before_event = $3, hours_before_threshold = $4, all_courts = $5, channels = $6,
             active = $7, updated_at = $8
         WHERE id = $1",
        rule.id.0,
        rule.terms.trigger.as_str(),
        terms.days,
        terms.hours,
        terms.all_courts,
        &terms.channels,
        rule.terms.active,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(&mut *connection)
    .await?;
    if written.rows_affected() != 1 {
        return Err(sqlx::Error::RowNotFound);
    }
    sqlx::query!("DELETE FROM platform.reminder_rule_courts WHERE rule_id = $1", rule.id.0)
        .execute(&mut *connection)
        .await?;
    insert_courts(connection, rule).await
}

async fn insert_courts(connection: &mut PgConnection, rule: &ReminderRule) -> Result<(), sqlx::Error> {
    let RuleCourts::Named(courts) = &rule.terms.courts else { return Ok(()) };
    let courts: Vec<Uuid> = courts.iter().map(|court| court.0).collect();
    sqlx::query!(
        "INSERT INTO platform.reminder_rule_courts (rule_id, court_id) SELECT $1, unnest($2::uuid[])",
        rule.id.0,
        &courts
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes a rule with its courts.
///
/// # Errors
/// When the database does.
pub async fn delete(connection: &mut PgConnection, id: ReminderRuleId) -> Result<(), sqlx::Error> {
    let removed = sqlx::query!("DELETE FROM platform.reminder_rules WHERE id = $1", id.0).execute(connection).await?;
    if removed.rows_affected() == 1 { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
}

/// Terms as columns.
struct Columns {
    days: i32,
    hours: i32,
    all_courts: bool,
    channels: Vec<String>,
}

impl Columns {
    fn of(terms: &RuleTerms) -> Self {
        let column = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        Self {
            days: column(terms.days_before_event),
            hours: column(terms.hours_before_threshold),
            all_courts: terms.courts == RuleCourts::All,
            channels: terms.channels.iter().map(|way| way.as_str().to_owned()).collect(),
        }
    }
}
