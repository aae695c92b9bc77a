//! What a change of a dispute tells the world, in the transaction of the change.

use contracts::events::{InvalidPayload, NotificationType, RevenueAnalytics, RevenueStep};
use contracts::money::Cents;
use kit::Env;

use super::domain::Dispute;
use super::texts;
use crate::bookings::domain::booking::Booking;
use crate::bookings::events::notify;
use crate::outgoing::Outgoing;

/// A bank took a charge back: the owner hears of it at once (PAY-47, OWN-33).
///
/// # Errors
/// When an event breaks its contract.
pub fn opened(
    out: &mut Outgoing,
    env: &Env,
    booking: &Booking,
    dispute: &Dispute,
    intent_id: Option<&str>,
) -> Result<(), InvalidPayload> {
    let text = texts::opened(booking, dispute.amount, &dispute.reason, dispute.evidence_due_by);
    notify(out, env, booking, booking.court.owner_id, NotificationType::PaymentDispute, text)?;
    count(out, env, booking, RevenueStep::DisputeOpened, dispute.amount, intent_id)
}

/// The bank has decided (PAY-49).
///
/// # Errors
/// When an event breaks its contract.
pub fn closed(
    out: &mut Outgoing,
    env: &Env,
    booking: &Booking,
    dispute: &Dispute,
    owner_share: Cents,
    intent_id: Option<&str>,
) -> Result<(), InvalidPayload> {
    let text = texts::closed(booking, dispute.status, owner_share);
    notify(out, env, booking, booking.court.owner_id, NotificationType::PaymentDispute, text)?;
    count(out, env, booking, RevenueStep::DisputeClosed, dispute.amount, intent_id)
}

fn count(
    out: &mut Outgoing,
    env: &Env,
    booking: &Booking,
    step: RevenueStep,
    amount_cents: Cents,
    intent_id: Option<&str>,
) -> Result<(), InvalidPayload> {
    out.push(
        env,
        RevenueAnalytics {
            court_id: booking.court.id,
            court_owner_id: booking.court.owner_id,
            step,
            booking_id: Some(booking.id),
            amount_cents,
            platform_fee_cents: None,
            court_owner_net_cents: None,
            refund_amount_cents: None,
            stripe_payment_intent_id: intent_id.map(str::to_owned),
            currency: Some(booking.currency.clone()),
        },
    )
}
