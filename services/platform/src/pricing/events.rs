//! What the rest of the world hears of changed prices.

use contracts::court::{DayOfWeek, TimeOfDay};
use contracts::events::{PricingRule, PricingUpdated};
use contracts::ids::UserId;
use contracts::money::Cents;
use jiff::civil::Date;
use kit::Env;
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
