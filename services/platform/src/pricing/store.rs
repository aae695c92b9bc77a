//! All SQL of the pricing slice: `pricing_rules`, `pricing_special_dates`. The base price is a column of the court and
//! is written by the courts slice.

use contracts::ids::CourtId;
use contracts::money::{Cents, Multiplier};

use jiff_sqlx::ToSqlx as _;
use kit::ids::Ids;
use sqlx::PgConnection;

use super::domain::{PriceList, PriceRule, SpecialDate};
use crate::store_error::StoreError;
use crate::weekday::{text_of_weekday, weekday_of_text};

/// The whole price list of a court whose base price is already known.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn load_price_list(
    connection: &mut PgConnection,
    court: CourtId,
    base: Cents,
) -> Result<PriceList, StoreError> {
    let inconsistent = || StoreError::Inconsistent { court, what: "price rule" };
    let rules = sqlx::query!(
        "SELECT day_of_week, start_time, end_time, multiplier_hundredths, label
         FROM platform.pricing_rules
         WHERE court_id = $1
         ORDER BY array_position(
             ARRAY['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'], day_of_week), start_time",
        court.0
    )
    .fetch_all(&mut *connection)
    .await?
    .into_iter()
    .map(|row| {
        Some(PriceRule {
            weekday: weekday_of_text(&row.day_of_week)?,
            start: row.start_time.to_jiff(),
            end: row.end_time.to_jiff(),
            multiplier: Multiplier::from_hundredths(i64::from(row.multiplier_hundredths))?,
            label: row.label,
        })
    })
    .collect::<Option<Vec<_>>>()
    .ok_or_else(inconsistent)?;
    let special_dates = sqlx::query!(
        "SELECT date, multiplier_hundredths, label FROM platform.pricing_special_dates WHERE court_id = $1 ORDER BY date",
        court.0
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        Some(SpecialDate {
            date: row.date.to_jiff(),
            multiplier: Multiplier::from_hundredths(i64::from(row.multiplier_hundredths))?,
            label: row.label,
        })
    })
    .collect::<Option<Vec<_>>>()
    .ok_or_else(inconsistent)?;
    Ok(PriceList { base, rules, special_dates })
}

/// Puts other rules and special dates in the place of all stored ones (PRICE-01).
///
/// # Errors
/// When the database does.
pub async fn replace_rules(
    connection: &mut PgConnection,
    court: CourtId,
    list: &PriceList,
    ids: &dyn Ids,
) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM platform.pricing_rules WHERE court_id = $1", court.0).execute(&mut *connection).await?;
    sqlx::query!("DELETE FROM platform.pricing_special_dates WHERE court_id = $1", court.0)
        .execute(&mut *connection)
        .await?;
    for rule in &list.rules {
        sqlx::query!(
            "INSERT INTO platform.pricing_rules (id, court_id, day_of_week, start_time, end_time, multiplier_hundredths,
                 label)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            ids.new_id(),
            court.0,
            text_of_weekday(rule.weekday),
            rule.start.to_sqlx() as jiff_sqlx::Time,
            rule.end.to_sqlx() as jiff_sqlx::Time,
            hundredths(rule.multiplier),
            rule.label.as_deref(),
        )
        .execute(&mut *connection)
        .await?;
    }
    for special in &list.special_dates {
        sqlx::query!(
            "INSERT INTO platform.pricing_special_dates (court_id, date, multiplier_hundredths, label)
             VALUES ($1, $2, $3, $4)",
            court.0,
            special.date.to_sqlx() as jiff_sqlx::Date,
            hundredths(special.multiplier),
            special.label.as_deref(),
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Factors that passed the bounds of the domain fit the column.
fn hundredths(multiplier: Multiplier) -> i32 {
    i32::try_from(multiplier.hundredths()).unwrap_or(i32::MAX)
}
