//! Whom messages go to: address, language and preferences, as platform's views show them.

use contracts::identity::{AccountStatus, Language, Role};
use contracts::ids::UserId;
use jiff::tz::TimeZone;
use serde::Deserialize;
use sqlx::PgPool;
use sqlx::types::Json;
use uuid::Uuid;

use crate::notifications::domain::DEFAULT_ZONE;
use crate::notifications::domain::plan::{CustomerWants, OwnerWants, Reader, Wants, Ways};
use crate::notifications::domain::quiet_hours::QuietHours;

/// Somebody who is to be told something: where, in which words, and with which preferences.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Whether the account stands.
    pub status: AccountStatus,
    /// Full name.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// What the person reads; English where the profile says something else (NOTE-08).
    pub language: Language,
    /// Role, zone and preferences.
    pub reader: Reader,
}

/// One line of an owner's preferences, as platform's view has it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OwnerPreference {
    event_type: String,
    channels: OwnerChannels,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OwnerChannels {
    email: bool,
    push: bool,
    in_app: bool,
}

impl From<OwnerChannels> for Ways {
    fn from(chosen: OwnerChannels) -> Self {
        Self { email: chosen.email, push: chosen.push, in_app: chosen.in_app }
    }
}

/// The recipients of messages that are due, read anew each time (NOTE-01, NOTE-32). Whoever is unknown is left out.
///
/// # Errors
/// When the database refuses.
pub async fn recipients(pool: &PgPool, users: &[Uuid]) -> Result<Vec<(UserId, Recipient)>, sqlx::Error> {
    let rows = sqlx::query_as!(
        RecipientRow,
        r#"SELECT person.user_id AS "user_id!", person.role AS "role!", person.status AS "status!", person.name AS "name!", person.email AS "email!",
                  person.language AS "language!", wants.booking_events AS "booking_events?",
                  wants.favorite_court_alerts AS "favorite_court_alerts?",
                  wants.promotional_notifications AS "promotional_notifications?",
                  wants.email_notifications AS "email_notifications?",
                  wants.push_notifications AS "push_notifications?",
                  wants.do_not_disturb_start AS "quiet_start?", wants.do_not_disturb_end AS "quiet_end?",
                  owner.preferences AS "owner_preferences?: Json<Vec<OwnerPreference>>",
                  owner.do_not_disturb_enabled AS "owner_quiet?", owner.do_not_disturb_start AS "owner_quiet_start?",
                  owner.do_not_disturb_end AS "owner_quiet_end?", owner.email_digest_enabled AS "owner_digest?",
                  owner.timezone AS "owner_zone?"
           FROM platform.v_user_basic person
           LEFT JOIN platform.v_customer_notification_preferences wants ON wants.user_id = person.user_id
           LEFT JOIN platform.v_owner_notification_preferences owner ON owner.owner_id = person.user_id
           WHERE person.user_id = ANY($1)"#,
        users
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.user_id), row.into())).collect())
}

/// A person beside their preferences; a view's columns are all nullable to the driver.
struct RecipientRow {
    user_id: Uuid,
    role: String,
    status: String,
    name: String,
    email: String,
    language: String,
    booking_events: Option<bool>,
    favorite_court_alerts: Option<bool>,
    promotional_notifications: Option<bool>,
    email_notifications: Option<bool>,
    push_notifications: Option<bool>,
    quiet_start: Option<jiff_sqlx::Time>,
    quiet_end: Option<jiff_sqlx::Time>,
    owner_preferences: Option<Json<Vec<OwnerPreference>>>,
    owner_quiet: Option<bool>,
    owner_quiet_start: Option<jiff_sqlx::Time>,
    owner_quiet_end: Option<jiff_sqlx::Time>,
    owner_digest: Option<bool>,
    owner_zone: Option<String>,
}

impl From<RecipientRow> for Recipient {
    fn from(row: RecipientRow) -> Self {
        let role: Role = row.role.parse().unwrap_or(Role::Customer);
        let defaults = CustomerWants::default();
        let wants = match role {
            Role::Customer => Wants::Customer(CustomerWants {
                booking_events: row.booking_events.unwrap_or(defaults.booking_events),
                favourites: row.favorite_court_alerts.unwrap_or(defaults.favourites),
                promotional: row.promotional_notifications.unwrap_or(defaults.promotional),
                email: row.email_notifications.unwrap_or(defaults.email),
                push: row.push_notifications.unwrap_or(defaults.push),
            }),
            Role::CourtOwner => Wants::Owner(OwnerWants {
                channels: row
                    .owner_preferences
                    .map(|chosen| chosen.0.into_iter().map(|one| (one.event_type, one.channels.into())).collect())
                    .unwrap_or_default(),
                digest: row.owner_digest.unwrap_or(false),
            }),
            Role::SupportAgent | Role::PlatformAdmin => Wants::Everything,
        };
        let quiet = if role == Role::CourtOwner {
            row.owner_quiet_start.zip(row.owner_quiet_end).filter(|_| row.owner_quiet == Some(true))
        } else {
            row.quiet_start.zip(row.quiet_end)
        };
        let zone = row.owner_zone.as_deref().unwrap_or(DEFAULT_ZONE);
        Self {
            // What cannot be read is not written to.
            status: row.status.parse().unwrap_or(AccountStatus::Deleted),
            name: row.name,
            email: row.email,
            language: row.language.parse().unwrap_or(Language::En),
            reader: Reader {
                role,
                zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC),
                quiet: quiet.map(|(start, end)| QuietHours { start: start.to_jiff(), end: end.to_jiff() }),
                wants,
            },
        }
    }
}
