//! What the rest of the world hears of a changed court.

use std::collections::BTreeMap;

use contracts::events::{CourtDeleted, CourtUpdated, LocalisedText, NotificationData, NotificationType, Urgency};
use contracts::ids::UserId;
use kit::Env;
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::domain::Court;
use crate::court_bookings::domain::{Affected, Impact};
use crate::notices::{self, Notice};
use crate::outbox;

/// Appends `COURT_UPDATED` with the state after the change (COURT-21).
pub async fn append_court_updated(
    connection: &mut PgConnection,
    env: &Env,
    court: &Court,
    changed_fields: &[&str],
) -> anyhow::Result<()> {
    outbox::append(env, connection, court_updated(court, changed_fields), env.clock.now()).await
}

/// The state of a court after a change of these fields.
fn court_updated(court: &Court, changed_fields: &[&str]) -> CourtUpdated {
    CourtUpdated {
        court_id: court.id,
        court_owner_id: court.owner_id,
        changed_fields: changed_fields.iter().map(|field| (*field).to_owned()).collect(),
        court_name: court.name.el.clone(),
        court_type: Some(court.court_type),
        location_type: Some(court.location_type),
        booking_duration_minutes: i32::try_from(court.duration_minutes).ok(),
        max_capacity: i32::try_from(court.max_capacity).ok(),
        confirmation_mode: Some(court.confirmation_mode),
        confirmation_timeout_hours: i32::try_from(court.confirmation_timeout_hours).ok(),
        waitlist_enabled: Some(court.waitlist_enabled),
        version: Some(court.version),
        previous_court_owner_id: None,
    }
}

/// Appends `COURT_UPDATED` about a court that has gone over to another owner (COURT-59).
pub async fn announce_new_owner(
    connection: &mut PgConnection,
    env: &Env,
    court: &Court,
    previous: UserId,
) -> anyhow::Result<()> {
    let event = CourtUpdated { previous_court_owner_id: Some(previous), ..court_updated(court, &["courtOwnerId"]) };
    outbox::append(env, connection, event, env.clock.now()).await
}

/// Appends `COURT_DELETED` (COURT-22).
pub async fn append_court_deleted(connection: &mut PgConnection, env: &Env, court: &Court) -> anyhow::Result<()> {
    let event = CourtDeleted { court_id: court.id, court_owner_id: court.owner_id };
    outbox::append(env, connection, event, env.clock.now()).await
}

/// Tells every customer with a booking that a change touches, once each, however many bookings it is (COURT-19).
pub async fn tell_affected(
    connection: &mut PgConnection,
    env: &Env,
    court: &Court,
    affected: &[Affected],
) -> anyhow::Result<()> {
    let mut of_customers: BTreeMap<UserId, Vec<&Affected>> = BTreeMap::new();
    for one in affected {
        if let Some(customer) = one.booking.customer {
            of_customers.entry(customer).or_default().push(one);
        }
    }
    for (customer, bookings) in of_customers {
        let Some(first) = bookings.first() else { continue };
        let notice = Notice {
            to: customer,
            kind: NotificationType::CourtChanged,
            urgency: Urgency::Standard,
            title: LocalisedText {
                el: "Αλλαγή στο γήπεδο της κράτησής σας".to_owned(),
                en: "A court you booked has changed".to_owned(),
            },
            body: change_text(court, first, bookings.len() - 1),
            data: NotificationData {
                booking_id: Some(first.booking.id),
                court_id: Some(court.id),
                deep_link: Some(format!("/bookings/{}", first.booking.id)),
                ..NotificationData::default()
            },
            channels: None,
        };
        notices::request(connection, env, notice, env.clock.now()).await?;
    }
    Ok(())
}

/// What changed, and that the next booking stands as agreed, with the number of others.
fn change_text(court: &Court, next: &Affected, others: usize) -> LocalisedText {
    let name_el = court.name.el.as_deref().unwrap_or_default();
    let name_en = court.name.en.as_deref().unwrap_or(name_el);
    let what: Vec<(&str, &str)> = next.impacts.iter().map(|impact| words_for(*impact)).collect();
    let joined =
        |pick: fn(&(&'static str, &'static str)) -> &'static str| what.iter().map(pick).collect::<Vec<_>>().join(", ");
    let slot = next.booking.slot;
    let when = format!("{} {}", slot.date.strftime("%d/%m/%Y"), slot.start.strftime("%H:%M"));
    let (more_el, more_en) = match others {
        0 => (String::new(), String::new()),
        others => (format!(" (και {others} ακόμη)"), format!(" (and {others} more)")),
    };
    LocalisedText {
        el: format!(
            "{name_el}: {}. Η κράτησή σας στις {when}{more_el} ισχύει όπως συμφωνήθηκε.",
            joined(|both| both.0)
        ),
        en: format!("{name_en}: {}. Your booking on {when}{more_en} stands as agreed.", joined(|both| both.1)),
    }
}

/// An impact as people read it, in Greek and English.
fn words_for(impact: Impact) -> (&'static str, &'static str) {
    match impact {
        Impact::OverCapacity => ("άλλαξε η χωρητικότητα", "the capacity has changed"),
        Impact::CourtTypeChanged => ("άλλαξε το άθλημα", "the sport has changed"),
        Impact::LocationTypeChanged => {
            ("άλλαξε ο χώρος (εσωτερικός ή εξωτερικός)", "it is now indoors instead of outdoors or the other way round")
        }
        Impact::LocationChanged => ("άλλαξε η τοποθεσία", "the location has changed"),
        Impact::DurationChanged => ("άλλαξε η διάρκεια των κρατήσεων", "the length of sessions has changed"),
        Impact::OutsideOpeningTimes => ("άλλαξαν οι ώρες λειτουργίας", "the opening hours have changed"),
        Impact::Blocked => ("δεν είναι διαθέσιμο", "it is not available"),
    }
}

/// A court as the audit log keeps it: what its owner can change, and the version that tells states apart.
pub fn snapshot(court: &Court) -> Value {
    json!({
        "name": { "el": court.name.el, "en": court.name.en },
        "description": { "el": court.description.el, "en": court.description.en },
        "courtType": court.court_type,
        "locationType": court.location_type,
        "address": court.address,
        "latitude": court.place.latitude(),
        "longitude": court.place.longitude(),
        "timezone": court.timezone,
        "durationMinutes": court.duration_minutes,
        "maxCapacity": court.max_capacity,
        "basePriceCents": court.base_price,
        "confirmationMode": court.confirmation_mode,
        "confirmationTimeoutHours": court.confirmation_timeout_hours,
        "waitlistEnabled": court.waitlist_enabled,
        "amenities": court.amenities,
        "enabled": court.enabled,
        "version": court.version,
    })
}
