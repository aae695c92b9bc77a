//! What reminders read of platform: rules in force, and courts that customers can book. It stores and decides nothing.

use contracts::ids::{CourtId, ReminderRuleId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::reminders::domain::rules::Rule;

/// Reminder rules in force, in the order of their ids from `after` on: one owner's, or everybody's.
///
/// # Errors
/// When the database refuses or a rule says something this program does not know.
pub async fn reminder_rules(
    connection: &mut PgConnection,
    owner: Option<UserId>,
    after: Option<ReminderRuleId>,
    limit: i64,
) -> Result<Vec<Rule>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT rule_id AS "rule_id!", owner_id AS "owner_id!", trigger_type AS "trigger_type!",
                  days_before_event AS "days_before_event!", hours_before_threshold AS "hours_before_threshold!",
                  court_ids, channels AS "channels!"
           FROM platform.v_reminder_rules
           WHERE ($1::uuid IS NULL OR owner_id = $1) AND ($2::uuid IS NULL OR rule_id > $2)
           ORDER BY rule_id LIMIT $3"#,
        owner.map(|owner| owner.0),
        after.map(|rule| rule.0),
        limit
    )
    .fetch_all(connection)
    .await?;
    let unknown = |error: contracts::UnknownText| sqlx::Error::Decode(Box::new(error));
    let number = |column: i32| u32::try_from(column).map_err(|error| sqlx::Error::Decode(Box::new(error)));
    rows.into_iter()
        .map(|row| {
            Ok(Rule {
                id: ReminderRuleId(row.rule_id),
                owner: UserId(row.owner_id),
                trigger: row.trigger_type.parse().map_err(unknown)?,
                days: number(row.days_before_event)?,
                hours: number(row.hours_before_threshold)?,
                courts: row.court_ids.map(|courts| courts.into_iter().map(CourtId).collect()),
                channels: row.channels.iter().map(|way| way.parse().map_err(unknown)).collect::<Result<_, _>>()?,
            })
        })
        .collect()
}

/// A court that customers can book, as its owner's reminders name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedCourt {
    /// Which.
    pub id: CourtId,
    /// Whose.
    pub owner: UserId,
    /// Greek name.
    pub name_el: String,
    /// English name, where there is one.
    pub name_en: Option<String>,
    /// Its zone.
    pub timezone: String,
}

/// The courts of some owners that customers can book now.
///
/// # Errors
/// When the database refuses.
pub async fn bookable_courts(connection: &mut PgConnection, owners: &[Uuid]) -> Result<Vec<OwnedCourt>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT court_id AS "court_id!", owner_id AS "owner_id!", name_el AS "name_el!", name_en,
                  timezone AS "timezone!"
           FROM platform.v_court_summary WHERE owner_id = ANY($1) AND visible ORDER BY court_id"#,
        owners
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| OwnedCourt {
            id: CourtId(row.court_id),
            owner: UserId(row.owner_id),
            name_el: row.name_el,
            name_en: row.name_en,
            timezone: row.timezone,
        })
        .collect())
}
