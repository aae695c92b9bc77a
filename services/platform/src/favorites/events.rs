//! What those who like a court are told (FIND-36). The texts name the court and, when it is a single one, the time.

use contracts::events::{LocalisedText, NotificationData, NotificationType, Urgency};
use contracts::ids::{CourtId, UserId};
use jiff::Timestamp;
use kit::Env;
use sqlx::PgConnection;

use super::domain::FreeSlot;
use crate::notices::{self, Notice};

/// What a court is called.
#[derive(Debug, Clone)]
pub struct CourtNames {
    /// In Greek.
    pub el: String,
    /// In English, or in Greek where there is no English name.
    pub en: String,
}

/// Asks for a message about a time that became free.
pub async fn request_slot_alert(
    connection: &mut PgConnection,
    env: &Env,
    to: UserId,
    court: CourtId,
    names: &CourtNames,
    free: &[FreeSlot],
    now: Timestamp,
) -> anyhow::Result<()> {
    let title =
        LocalisedText { el: format!("Ελεύθερη ώρα: {}", names.el), en: format!("Free time: {}", names.en) };
    let body = match free {
        [slot] => {
            let (date, start) = (slot.date.strftime("%d/%m/%Y"), slot.start.strftime("%H:%M"));
            LocalisedText {
                el: format!("Μόλις ελευθερώθηκε μια ώρα σε αγαπημένο σας γήπεδο: {date} στις {start}."),
                en: format!("A time just became free on one of your favourite courts: {date} at {start}."),
            }
        }
        _ => LocalisedText {
            el: "Μόλις ελευθερώθηκαν ώρες σε αγαπημένο σας γήπεδο.".to_owned(),
            en: "Some times just became free on one of your favourite courts.".to_owned(),
        },
    };
    let link = match free.first() {
        Some(slot) => format!("/courts/{}?date={}", court.0, slot.date),
        None => format!("/courts/{}", court.0),
    };
    request(connection, env, to, court, (title, body), link, now).await
}

/// Asks for a message about another price.
pub async fn request_price_alert(
    connection: &mut PgConnection,
    env: &Env,
    to: UserId,
    court: CourtId,
    names: &CourtNames,
    now: Timestamp,
) -> anyhow::Result<()> {
    let title =
        LocalisedText { el: format!("Νέες τιμές: {}", names.el), en: format!("New prices: {}", names.en) };
    let body = LocalisedText {
        el: "Άλλαξαν οι τιμές σε αγαπημένο σας γήπεδο.".to_owned(),
        en: "The prices of one of your favourite courts have changed.".to_owned(),
    };
    request(connection, env, to, court, (title, body), format!("/courts/{}", court.0), now).await
}

async fn request(
    connection: &mut PgConnection,
    env: &Env,
    to: UserId,
    court: CourtId,
    (title, body): (LocalisedText, LocalisedText),
    deep_link: String,
    now: Timestamp,
) -> anyhow::Result<()> {
    let notice = Notice {
        to,
        kind: NotificationType::FavoriteCourtAlert,
        urgency: Urgency::Promotional,
        title,
        body,
        data: NotificationData { court_id: Some(court), deep_link: Some(deep_link), ..NotificationData::default() },
        channels: None,
    };
    notices::request(connection, env, notice, now).await
}
