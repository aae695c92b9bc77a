//! What a payout means for the figures of a court.

use contracts::events::{InvalidPayload, RevenueAnalytics, RevenueStep};
use contracts::ids::{CourtId, UserId};
use contracts::money::Cents;
use kit::Env;

use crate::outgoing::Outgoing;

/// A payout has covered this part of a court's takings.
///
/// # Errors
/// When an event breaks its contract.
pub fn paid_out(
    out: &mut Outgoing,
    env: &Env,
    court_id: CourtId,
    court_owner_id: UserId,
    amount_cents: Cents,
) -> Result<(), InvalidPayload> {
    out.push(
        env,
        RevenueAnalytics {
            court_id,
            court_owner_id,
            step: RevenueStep::PayoutCompleted,
            booking_id: None,
            amount_cents,
            platform_fee_cents: None,
            court_owner_net_cents: Some(amount_cents),
            refund_amount_cents: None,
            stripe_payment_intent_id: None,
            currency: Some("EUR".to_owned()),
        },
    )
}
