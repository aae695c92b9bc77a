//! What an owner's rules match right now, and putting it aside (NOTE-56, NOTE-57).

use std::collections::{HashMap, HashSet};

use contracts::booking::{BookingStatus, PaymentStatus};
use contracts::court::TimeOfDay;
use contracts::events::LocalisedText;
use contracts::ids::{BookingId, CourtId, ReminderAlertId, ReminderRuleId, UserId};
use contracts::owner_settings::ReminderTrigger;
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::PgConnection;
use uuid::Uuid;

use super::ReminderError;
use super::evaluate::{court_alert, empty_courts, matching, rules_of};
use crate::bookings::ops::mask;
use crate::platform_port;
use crate::reminders::domain::rules::{Rule, alert_id};
use crate::reminders::store::{self, Candidate};
use crate::reminders::texts;
use crate::state::AppState;

/// Pairs of rule and booking that are read at once.
const PAIRS: i64 = 500;

/// Something that one rule matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its name.
    pub id: ReminderAlertId,
    /// The rule.
    pub rule: ReminderRuleId,
    /// What the rule waits for.
    pub trigger: ReminderTrigger,
    /// Why it speaks.
    pub reason: LocalisedText,
    /// The court.
    pub court: CourtId,
    /// Its names.
    pub court_name: LocalisedText,
    /// The booking; none for a court that nobody books.
    pub booking: Option<AlertBooking>,
}

/// The booking of an alert, with what is needed to act on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertBooking {
    /// Which.
    pub id: BookingId,
    /// Court-local.
    pub date: Date,
    /// Court-local.
    pub start: TimeOfDay,
    /// Court-local.
    pub end: TimeOfDay,
    /// IANA zone.
    pub timezone: String,
    /// The instant of the start.
    pub starts_at: Timestamp,
    /// Waits or stands.
    pub status: BookingStatus,
    /// Where its payment stands.
    pub payment_status: PaymentStatus,
    /// Entered by the owner.
    pub manual: bool,
    /// Masked for customers, the owner's own note for guests.
    pub customer_name: Option<String>,
    /// How to reach a guest; customers are reached from the booking itself (OWN-46).
    pub contact: Option<Contact>,
}

/// How to reach a guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Address, if noted.
    pub email: Option<String>,
    /// Number, if noted.
    pub phone: Option<String>,
    /// Subject of a mail.
    pub subject: LocalisedText,
    /// Its text.
    pub body: LocalisedText,
}

/// The soonest alerts and how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertPage {
    /// The soonest first, courts last.
    pub alerts: Vec<Alert>,
    /// All of them.
    pub total: usize,
}

/// All that an owner's rules match now and the owner has not put aside (NOTE-56); of many the `most` soonest.
///
/// # Errors
/// When the database refuses.
pub async fn list_alerts(state: &AppState, owner: UserId, most: usize) -> Result<AlertPage, ReminderError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let rules = rules_of(&mut connection, owner).await?;
    let mut found = matched(&mut connection, &rules, now).await?;
    let bookings: Vec<BookingId> = found.iter().map(|(_, found)| found.booking).collect();
    let silent: HashSet<ReminderAlertId> =
        store::dismissed_bookings(&mut connection, owner, &bookings).await?.into_iter().collect();
    found.retain(|(rule, found)| !silent.contains(&alert_id(rule.id, found.booking)));
    found.sort_by_key(|(rule, found)| (found.facts.starts_at, found.booking, rule.id));
    let quiet: HashSet<ReminderAlertId> =
        store::court_dismissals(&mut connection, owner, now).await?.into_iter().collect();
    let mut courts = empty_courts(&mut connection, &rules, now).await?;
    courts.retain(|(rule, court)| !quiet.contains(&alert_id(rule.id, court.court)));
    let total = found.len() + courts.len();
    found.truncate(most);
    let customers: Vec<Uuid> = found.iter().filter_map(|(_, found)| found.customer).map(|id| id.0).collect();
    let names: HashMap<UserId, String> = platform_port::names(&mut connection, &customers).await?.into_iter().collect();
    let mut alerts: Vec<Alert> = found.into_iter().map(|(rule, found)| about_booking(rule, found, &names)).collect();
    alerts.extend(courts.into_iter().map(|(rule, court)| Alert {
        id: alert_id(rule.id, court.court),
        rule: rule.id,
        trigger: rule.trigger,
        reason: texts::reason(rule),
        court: court.court,
        court_name: LocalisedText { en: court.name_en.unwrap_or_else(|| court.name_el.clone()), el: court.name_el },
        booking: None,
    }));
    alerts.truncate(most);
    Ok(AlertPage { alerts, total })
}

/// Puts an alert aside: that rule never tells of that booking again; of a court not before its span is over (NOTE-57).
///
/// # Errors
/// [`ReminderError::NotFound`] when it is nobody's, somebody else's or over.
pub async fn dismiss(state: &AppState, owner: UserId, id: ReminderAlertId) -> Result<(), ReminderError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    if !store::dismiss_known(&mut transaction, owner, id, now).await? {
        // Shown, but not told yet.
        let rules = rules_of(&mut transaction, owner).await?;
        let found = matched(&mut transaction, &rules, now).await?;
        if let Some((rule, found)) = found.iter().find(|(rule, found)| alert_id(rule.id, found.booking) == id) {
            store::dismiss_booking(&mut transaction, id, rule.id, found.booking, owner, now).await?;
        } else {
            let courts = empty_courts(&mut transaction, &rules, now).await?;
            let court = courts.iter().find(|(rule, court)| alert_id(rule.id, court.court) == id);
            let (rule, court) = court.ok_or(ReminderError::NotFound)?;
            store::dismiss_court(&mut transaction, &court_alert(rule, court), now).await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}

/// Every pair of rule and booking that matches now.
async fn matched<'a>(
    connection: &mut PgConnection,
    rules: &'a [Rule],
    now: Timestamp,
) -> Result<Vec<(&'a Rule, Candidate)>, ReminderError> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store::candidates(connection, rules, None, now, after, PAIRS).await?;
        let Some(last) = page.last() else { return Ok(all) };
        after = Some((last.rule, last.booking));
        all.extend(page.into_iter().filter_map(|found| Some((matching(rules, &found, now)?, found))));
    }
}

fn about_booking(rule: &Rule, found: Candidate, names: &HashMap<UserId, String>) -> Alert {
    let reachable = found.facts.manual && found.facts.contact;
    let contact = reachable.then(|| {
        let (subject, body) = texts::letter(rule, &found);
        Contact { email: found.guest_email.clone(), phone: found.guest_phone.clone(), subject, body }
    });
    let customer_name = match found.customer {
        Some(customer) => names.get(&customer).map(|name| mask(name)),
        None => found.guest_name,
    };
    Alert {
        id: alert_id(rule.id, found.booking),
        rule: rule.id,
        trigger: rule.trigger,
        reason: texts::reason(rule),
        court: found.court,
        court_name: LocalisedText {
            en: found.court_name_en.unwrap_or_else(|| found.court_name_el.clone()),
            el: found.court_name_el,
        },
        booking: Some(AlertBooking {
            id: found.booking,
            date: found.date,
            start: found.start,
            end: found.end,
            timezone: found.timezone,
            starts_at: found.facts.starts_at,
            status: if found.facts.pending { BookingStatus::PendingConfirmation } else { BookingStatus::Confirmed },
            payment_status: found.payment_status.unwrap_or(PaymentStatus::NotRequired),
            manual: found.facts.manual,
            customer_name,
            contact,
        }),
    }
}
