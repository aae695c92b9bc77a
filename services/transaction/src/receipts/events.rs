//! Asks for a receipt to be mailed (PAY-36).

use contracts::events::{Channel, InvalidPayload, NotificationData, NotificationRequested, NotificationType, Urgency};
use contracts::ids::{CourtId, UserId};
use kit::Env;

use super::domain::Receipt;
use super::texts;
use crate::outgoing::Outgoing;

/// The customer gets a mail in their language with a link to the receipt.
///
/// # Errors
/// When an event breaks its contract.
pub fn issued(
    out: &mut Outgoing,
    env: &Env,
    customer: UserId,
    court: CourtId,
    receipt: &Receipt,
) -> Result<(), InvalidPayload> {
    let text = texts::issued(receipt);
    out.push(
        env,
        NotificationRequested {
            user_id: customer,
            notification_type: NotificationType::PaymentReceived,
            urgency: Urgency::Standard,
            title: text.title,
            body: text.body,
            data: Some(NotificationData {
                booking_id: Some(receipt.booking_id),
                court_id: Some(court),
                payment_id: Some(receipt.payment_id),
                deep_link: Some(format!("/bookings/{}/receipt", receipt.booking_id)),
                ..NotificationData::default()
            }),
            channels: Some(vec![Channel::Email, Channel::InApp]),
        },
    )
}
