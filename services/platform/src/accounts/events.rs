//! What accounts tell the rest of the platform.

use contracts::events::{
    AlertMetadata, AlertType, Channel, CourtUpdated, LocalisedText, NotificationData, NotificationType, SecurityAlert,
    Severity, Urgency,
};
use contracts::ids::{CourtId, UserId};
use jiff::{SignedDuration, Timestamp};
use kit::Env;
use sqlx::PgConnection;

use super::domain::Device;
use crate::notices::{self, Notice};
use crate::outbox;
use crate::state::AppState;

/// Where a call came from, for alerts and for the session's record.
#[derive(Debug, Clone)]
pub struct Origin {
    pub endpoint: &'static str,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
}

/// SEC-06: a used refresh token came back, so somebody holds a copy.
pub async fn append_takeover_alert(
    state: &AppState,
    connection: &mut PgConnection,
    user: UserId,
    origin: &Origin,
    now: Timestamp,
) -> anyhow::Result<()> {
    let alert = SecurityAlert {
        alert_type: AlertType::AccountTakeover,
        severity: Severity::High,
        user_id: Some(user),
        ip_address: origin.ip.clone(),
        description: "A refresh token that had been exchanged was used again; all sessions were ended.".to_owned(),
        metadata: Some(AlertMetadata {
            endpoint: Some(origin.endpoint.to_owned()),
            user_agent: origin.user_agent.clone(),
            ..AlertMetadata::default()
        }),
    };
    outbox::append(&state.env, connection, alert, now).await
}

/// SEC-04: one address fails again and again, with whatever accounts.
pub async fn append_stuffing_alert(
    state: &AppState,
    connection: &mut PgConnection,
    ip: &str,
    failures: u32,
    now: Timestamp,
) -> anyhow::Result<()> {
    let protection = &state.config.protection;
    let alert = SecurityAlert {
        alert_type: AlertType::BruteForce,
        severity: Severity::Critical,
        user_id: None,
        ip_address: Some(ip.to_owned()),
        description: format!(
            "Failed sign-ins one after the other; the address may not sign in for {} hours.",
            protection.stuffing_lock_hours
        ),
        metadata: Some(AlertMetadata {
            request_count: Some(i64::from(failures)),
            window_seconds: Some(i64::from(protection.stuffing_window_minutes) * 60),
            threshold: Some(i64::from(protection.stuffing_failures)),
            ..AlertMetadata::default()
        }),
    };
    outbox::append(&state.env, connection, alert, now).await
}

/// SEC-02: the person hears that the account is locked, with a link that unlocks it.
pub async fn tell_of_lock(
    state: &AppState,
    connection: &mut PgConnection,
    user: UserId,
    link: &str,
    span: SignedDuration,
    now: Timestamp,
) -> anyhow::Result<()> {
    let minutes = span.as_mins();
    let notice = security_notice(
        user,
        LocalisedText {
            el: "Ο λογαριασμός σας κλειδώθηκε".to_owned(), en: "Your account is locked".to_owned()
        },
        LocalisedText {
            el: format!(
                "Έγιναν πολλές αποτυχημένες προσπάθειες σύνδεσης, γι' αυτό δεν είναι δυνατή η σύνδεση για {minutes} \
                 λεπτά. Ήσασταν εσείς; Ακολουθήστε τον σύνδεσμο για να ξεκλειδώσετε. Αν όχι, δεν χρειάζεται να κάνετε \
                 τίποτα."
            ),
            en: format!(
                "Somebody failed to sign in too often, so nobody can sign in for {minutes} minutes. Was it you? Follow \
                 the link to unlock. If not, there is nothing you need to do."
            ),
        },
        Some(format!("/unlock?token={link}")),
    );
    notices::request(connection, &state.env, notice, now).await
}

/// SEC-05: a sign-in from nowhere is told to staff and has to be confirmed by the person.
pub async fn ask_for_confirmation(
    state: &AppState,
    connection: &mut PgConnection,
    user: UserId,
    code: &str,
    device: &Device,
    now: Timestamp,
) -> anyhow::Result<()> {
    let alert = SecurityAlert {
        alert_type: AlertType::SuspiciousLogin,
        severity: Severity::Medium,
        user_id: Some(user),
        ip_address: device.ip.clone(),
        description: "A sign-in from a new device, address and country waits for the person's confirmation.".to_owned(),
        metadata: Some(AlertMetadata {
            user_agent: device.info.clone(),
            geo_location: device.country.clone(),
            ..AlertMetadata::default()
        }),
    };
    outbox::append(&state.env, connection, alert, now).await?;
    let notice = security_notice(
        user,
        LocalisedText {
            el: "Επιβεβαιώστε τη σύνδεσή σας".to_owned(), en: "Confirm your sign-in".to_owned()
        },
        LocalisedText {
            el: format!(
                "Κάποιος συνδέεται στον λογαριασμό σας από νέα συσκευή και νέα χώρα. Αν είστε εσείς, πληκτρολογήστε τον \
                 κωδικό {code}. Αν όχι, μην τον δώσετε σε κανέναν."
            ),
            en: format!(
                "Somebody signs in to your account from a new device and a new country. If it is you, type the code \
                 {code}. If not, give it to nobody."
            ),
        },
        None,
    );
    notices::request(connection, &state.env, notice, now).await
}

/// AUTH-51: somebody is to work here; the link lets them in once.
pub async fn invite(
    state: &AppState,
    connection: &mut PgConnection,
    user: UserId,
    link: &str,
    now: Timestamp,
) -> anyhow::Result<()> {
    let notice = security_notice(
        user,
        LocalisedText { el: "Πρόσκληση στην ομάδα".to_owned(), en: "An invitation to the team".to_owned() },
        LocalisedText {
            el: "Δημιουργήθηκε λογαριασμός προσωπικού για εσάς. Ακολουθήστε τον σύνδεσμο μέσα σε επτά ημέρες και συνδεθείτε \
                 με τον πάροχο της επιλογής σας."
                .to_owned(),
            en: "A staff account was made for you. Follow the link within seven days and sign in with a provider of your \
                 choice."
                .to_owned(),
        },
        Some(format!("/admin/invitation?token={link}")),
    );
    notices::request(connection, &state.env, notice, now).await
}

/// AUTH-38: the copy can be fetched.
pub async fn tell_of_export(
    state: &AppState,
    connection: &mut PgConnection,
    user: UserId,
    now: Timestamp,
) -> anyhow::Result<()> {
    let notice = Notice {
        to: user,
        kind: NotificationType::DataExportReady,
        urgency: Urgency::Standard,
        title: LocalisedText {
            el: "Τα δεδομένα σας είναι έτοιμα".to_owned(), en: "Your data is ready".to_owned()
        },
        body: LocalisedText {
            el: "Το αντίγραφο των δεδομένων σας είναι έτοιμο για λήψη και μένει διαθέσιμο για επτά ημέρες.".to_owned(),
            en: "The copy of your data can be downloaded for the next seven days.".to_owned(),
        },
        data: NotificationData { deep_link: Some("/account/data-exports".to_owned()), ..NotificationData::default() },
        channels: None,
    };
    notices::request(connection, &state.env, notice, now).await
}

/// AUTH-43: a court that nobody sees any more, because its owner left.
pub async fn append_hidden_court(
    env: &Env,
    connection: &mut PgConnection,
    court: CourtId,
    owner: UserId,
    now: Timestamp,
) -> anyhow::Result<()> {
    let event = CourtUpdated {
        court_id: court,
        court_owner_id: owner,
        changed_fields: vec!["visible".to_owned()],
        court_name: None,
        court_type: None,
        location_type: None,
        booking_duration_minutes: None,
        max_capacity: None,
        confirmation_mode: None,
        confirmation_timeout_hours: None,
        waitlist_enabled: None,
        version: None,
        previous_court_owner_id: None,
    };
    outbox::append(env, connection, event, now).await
}

/// News about the safety of an account goes out at once and by mail: the person may be signed in nowhere.
fn security_notice(to: UserId, title: LocalisedText, body: LocalisedText, deep_link: Option<String>) -> Notice {
    Notice {
        to,
        kind: NotificationType::SecurityNotice,
        urgency: Urgency::Critical,
        title,
        body,
        data: NotificationData { deep_link, ..NotificationData::default() },
        channels: Some(vec![Channel::Email]),
    }
}
