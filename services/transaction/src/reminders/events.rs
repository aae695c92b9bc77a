//! What reminders ask delivery to say (NOTE-02). The caller writes the events in the transaction of their record.

use contracts::events::{Channel, InvalidPayload, NotificationData, NotificationRequested, NotificationType, Urgency};
use contracts::ids::UserId;
use contracts::owner_settings::ReminderChannel;
use kit::Env;

use super::domain::rules::{EmptyCourt, Rule};
use super::store::Candidate;
use super::texts;
use crate::bookings::domain::booking::Booking;
use crate::bookings::texts::Text;
use crate::outgoing::Outgoing;

/// A customer's booking is near (NOTE-22).
///
/// # Errors
/// When the event breaks its contract.
pub fn near(
    out: &mut Outgoing,
    env: &Env,
    booking: &Booking,
    customer: UserId,
    hours: u32,
) -> Result<(), InvalidPayload> {
    let data = NotificationData {
        booking_id: Some(booking.id),
        court_id: Some(booking.court.id),
        deep_link: Some(format!("/bookings/{}", booking.id)),
        ..NotificationData::default()
    };
    request(out, env, customer, NotificationType::BookingReminder, texts::near(booking, hours), data, None)
}

/// A rule matches a booking (NOTE-53).
///
/// # Errors
/// When the event breaks its contract.
pub fn alert(out: &mut Outgoing, env: &Env, rule: &Rule, found: &Candidate) -> Result<(), InvalidPayload> {
    let data = NotificationData {
        booking_id: Some(found.booking),
        court_id: Some(found.court),
        deep_link: Some(format!("/bookings/{}", found.booking)),
        ..NotificationData::default()
    };
    let text = texts::alert(rule, found);
    request(out, env, rule.owner, NotificationType::ReminderAlert, text, data, Some(channels(rule)))
}

/// A rule matches a court that nobody books (NOTE-49).
///
/// # Errors
/// When the event breaks its contract.
pub fn empty_court(out: &mut Outgoing, env: &Env, rule: &Rule, found: &EmptyCourt) -> Result<(), InvalidPayload> {
    let data = NotificationData {
        court_id: Some(found.court),
        deep_link: Some(format!("/courts/{}", found.court)),
        ..NotificationData::default()
    };
    let text = texts::empty_court(rule, &found.name_el, found.name_en.as_deref());
    request(out, env, rule.owner, NotificationType::ReminderAlert, text, data, Some(channels(rule)))
}

/// The ways a rule names; push is the phone and the browser together (NOTE-27).
fn channels(rule: &Rule) -> Vec<Channel> {
    rule.channels
        .iter()
        .flat_map(|way| match way {
            ReminderChannel::Push => [Some(Channel::Push), Some(Channel::WebPush)],
            ReminderChannel::Email => [Some(Channel::Email), None],
            ReminderChannel::InApp => [Some(Channel::InApp), None],
        })
        .flatten()
        .collect()
}

/// Reminders can wait for the end of quiet hours (NOTE-15).
fn request(
    out: &mut Outgoing,
    env: &Env,
    to: UserId,
    kind: NotificationType,
    text: Text,
    data: NotificationData,
    channels: Option<Vec<Channel>>,
) -> Result<(), InvalidPayload> {
    out.push(
        env,
        NotificationRequested {
            user_id: to,
            notification_type: kind,
            urgency: Urgency::Standard,
            title: text.title,
            body: text.body,
            data: Some(data),
            channels,
        },
    )
}
