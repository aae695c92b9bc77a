//! What the rest of the world hears of changed prices.

use contracts::court::{DayOfWeek, TimeOfDay};
use contracts::events::{PricingRule, PricingUpdated};
use contracts::ids::UserId;
use contracts::money::Cents;
use jiff::civil::Date;
use kit::Env;
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::domain::PriceList;
use crate::courts::domain::Court;
use crate::outbox;

/// Appends `PRICING_UPDATED` with all rules after the change (PRICE-07).
pub async fn append_pricing_updated(
    connection: &mut PgConnection,
    env: &Env,
    court: &Court,
    previous_base: Cents,
    list: &PriceList,
    effective_from: Date,
    changed_by: UserId,
) -> anyhow::Result<()> {
    let rules = list.rules.iter().map(|rule| PricingRule {
        day_of_week: DayOfWeek::from(rule.weekday),
        start_time: TimeOfDay::from_time(rule.start),
        end_time: TimeOfDay::from_time(rule.end),
        multiplier: rule.multiplier,
        label: rule.label.clone(),
    });
    let event = PricingUpdated {
        court_id: court.id,
        court_owner_id: court.owner_id,
        court_name: court.name.el.clone(),
        previous_base_price_cents: Some(previous_base),
        base_price_cents: Some(list.base),
        pricing_rules: Some(rules.collect()),
        effective_from,
        changed_by: Some(changed_by),
    };
    outbox::append(env, connection, event, env.clock.now()).await
}

/// Prices as the audit log keeps them.
pub fn snapshot(list: &PriceList) -> Value {
    let time = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
    let rules: Vec<_> = list
        .rules
        .iter()
        .map(|rule| {
            json!({
                "dayOfWeek": DayOfWeek::from(rule.weekday),
                "startTime": time(rule.start),
                "endTime": time(rule.end),
                "multiplier": rule.multiplier,
                "label": rule.label,
            })
        })
        .collect();
    let special_dates: Vec<_> = list
        .special_dates
        .iter()
        .map(|special| json!({ "date": special.date, "multiplier": special.multiplier, "label": special.label }))
        .collect();
    json!({ "basePriceCents": list.base, "rules": rules, "specialDates": special_dates })
}
