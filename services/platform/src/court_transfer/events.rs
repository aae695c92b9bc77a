//! What people are told of a transfer, in Greek and English.

use contracts::events::{LocalisedText, NotificationData, NotificationType, Urgency};
use contracts::ids::UserId;
use kit::Env;
use sqlx::PgConnection;

use crate::courts::domain::Court;
use crate::notices::{self, Notice};

/// To the target: a court is offered.
pub async fn tell_target(connection: &mut PgConnection, env: &Env, court: &Court, to: UserId) -> anyhow::Result<()> {
    let (el, en) = names(court);
    let title = both("Σας μεταβιβάζεται γήπεδο", "A court is being handed to you");
    let body = both(
        format!("{el}: επιβεβαιώστε τη μεταβίβαση μέσα σε 7 ημέρες."),
        format!("{en}: confirm the transfer within 7 days."),
    );
    tell(connection, env, court, to, title, body).await
}

/// To the source: the court has gone over.
pub async fn tell_source(connection: &mut PgConnection, env: &Env, court: &Court, to: UserId) -> anyhow::Result<()> {
    let (el, en) = names(court);
    let title = both("Η μεταβίβαση ολοκληρώθηκε", "Transfer completed");
    let body = both(
        format!("{el}: το γήπεδο και οι μελλοντικές κρατήσεις του ανήκουν πλέον στον νέο ιδιοκτήτη."),
        format!("{en}: the court and its future bookings now belong to the new owner."),
    );
    tell(connection, env, court, to, title, body).await
}

/// To the new owner: an admin has given the court to them (AUTH-43).
pub async fn tell_heir(connection: &mut PgConnection, env: &Env, court: &Court, to: UserId) -> anyhow::Result<()> {
    let (el, en) = names(court);
    let title = both("Σας ανατέθηκε γήπεδο", "A court is yours now");
    let body = both(
        format!("{el}: ο προηγούμενος ιδιοκτήτης αποχώρησε και το γήπεδο σας ανατέθηκε από τη διαχείριση."),
        format!("{en}: its owner has left and the administration has given the court to you."),
    );
    tell(connection, env, court, to, title, body).await
}

fn names(court: &Court) -> (String, String) {
    let el = court.name.el.clone().unwrap_or_default();
    let en = court.name.en.clone().unwrap_or_else(|| el.clone());
    (el, en)
}

fn both(el: impl Into<String>, en: impl Into<String>) -> LocalisedText {
    LocalisedText { el: el.into(), en: en.into() }
}

async fn tell(
    connection: &mut PgConnection,
    env: &Env,
    court: &Court,
    to: UserId,
    title: LocalisedText,
    body: LocalisedText,
) -> anyhow::Result<()> {
    let notice = Notice {
        to,
        kind: NotificationType::CourtChanged,
        urgency: Urgency::Standard,
        title,
        body,
        data: NotificationData {
            court_id: Some(court.id),
            deep_link: Some("/courts/transfers".to_owned()),
            ..NotificationData::default()
        },
        channels: None,
    };
    notices::request(connection, env, notice, env.clock.now()).await
}
