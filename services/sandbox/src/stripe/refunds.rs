//! Refunds: money given back to the card, with the destination's and the platform's share taken back as asked.

use super::books::{Charge, ChargeStatus, Metadata, Movement, Refund};
use super::desk::{Answer, Desk, PLATFORM, checked_amount, page};
use super::error::StripeError;
use super::form::Params;
use super::views;

/// What a caller asks for.
struct Wish {
    charge: String,
    amount: Option<i64>,
    reason: Option<String>,
    reverse_transfer: bool,
    refund_application_fee: bool,
    metadata: Metadata,
}

impl Desk<'_> {
    /// `POST /v1/refunds`
    pub fn create_refund(&mut self, params: Params) -> Answer {
        let wish = self.read_refund(params)?;
        let charge = self.refundable_charge(&wish.charge)?;
        let left = charge.amount_captured - charge.amount_refunded;
        if left == 0 {
            let message = format!("Charge {} has already been refunded.", charge.id);
            return Err(StripeError::refused("charge_already_refunded", &message));
        }
        let amount = checked_amount("amount", wish.amount.unwrap_or(left))?;
        if amount > left {
            let message = format!(
                "Refund amount ({}) is greater than unrefunded amount on charge ({})",
                euros(amount),
                euros(left)
            );
            return Err(StripeError::invalid("amount", &message).with_code("amount_too_large"));
        }
        if (wish.reverse_transfer || wish.refund_application_fee) && charge.transfer.is_none() {
            return Err(StripeError::invalid(
                "reverse_transfer",
                "Cannot reverse transfer: this charge has no transfer.",
            ));
        }
        let id = self.id("re");
        let mut transfer_reversal = None;
        if let (true, Some(transfer)) = (wish.reverse_transfer, &charge.transfer) {
            let sent = self.books.transfers.get(transfer).map_or(0, |row| row.amount);
            let share = part_of(sent, amount, charge.amount_captured);
            transfer_reversal = Some(self.move_back(transfer, share, Some(&id), Metadata::new())?);
        }
        if let (true, Some(fee)) = (wish.refund_application_fee, &charge.application_fee) {
            self.give_fee_back(fee, amount, charge.amount_captured);
        }
        let refund = Refund {
            balance_transaction: self.post(PLATFORM, Movement::Refund, -amount, 0, &id),
            id,
            created: self.now,
            amount,
            charge: charge.id,
            payment_intent: charge.payment_intent,
            reason: wish.reason,
            status: "succeeded".to_owned(),
            transfer_reversal,
            metadata: wish.metadata,
        };
        self.record_refund(refund)
    }

    fn record_refund(&mut self, refund: Refund) -> Answer {
        let view = views::refund(&refund);
        if let Some(row) = self.books.charges.get_mut(&refund.charge) {
            row.amount_refunded += refund.amount;
        }
        let charge = refund.charge.clone();
        self.books.refunds.put(&refund.id.clone(), refund);
        self.emit("refund.created", view.clone());
        let charge_view = self.charge_view(&charge)?;
        self.emit("charge.refunded", charge_view);
        Ok(view)
    }

    /// The bank of the card sends a refund back: the money is on the platform's balance again, and what was taken from the
    /// destination and of the fee for it stays where it is.
    ///
    /// # Errors
    /// When there is no such refund or it failed before.
    pub fn fail_refund(&mut self, id: &str) -> Answer {
        let Some(row) = self.books.refunds.get_mut(id) else { return Err(StripeError::not_found("refund", id)) };
        if row.status == "failed" {
            return Err(StripeError::refused("refund_failed", "This refund has failed already."));
        }
        "failed".clone_into(&mut row.status);
        let (amount, charge, view) = (row.amount, row.charge.clone(), views::refund(row));
        self.post(PLATFORM, Movement::RefundFailure, amount, 0, id);
        if let Some(row) = self.books.charges.get_mut(&charge) {
            row.amount_refunded -= amount;
        }
        self.emit("refund.failed", view.clone());
        Ok(view)
    }

    fn read_refund(&self, mut params: Params) -> Result<Wish, StripeError> {
        let charge = match (params.text("charge"), params.text("payment_intent")) {
            (Some(charge), _) => charge,
            (None, Some(intent)) => {
                let row = self.books.payment_intents.get(&intent);
                let row = row.ok_or_else(|| StripeError::no_such("payment_intent", "payment_intent", &intent))?;
                row.latest_charge.clone().unwrap_or_default()
            }
            (None, None) => {
                let message =
                    "One of the following params should be provided for this request: payment_intent or charge.";
                return Err(StripeError::invalid("", message).with_code("parameter_missing"));
            }
        };
        let wish = Wish {
            charge,
            amount: params.integer("amount")?,
            reason: params.choice("reason", &["duplicate", "fraudulent", "requested_by_customer"])?,
            reverse_transfer: params.flag("reverse_transfer")?.unwrap_or(false),
            refund_application_fee: params.flag("refund_application_fee")?.unwrap_or(false),
            metadata: params.map("metadata"),
        };
        params.accept_unused(&["instructions_email", "origin"]);
        params.finish()?;
        Ok(wish)
    }

    /// A charge that took money and was not taken back by a bank.
    fn refundable_charge(&self, id: &str) -> Result<Charge, StripeError> {
        let charge = self.books.charges.get(id).ok_or_else(|| match id {
            "" => StripeError::refused(
                "charge_not_refundable",
                "This PaymentIntent does not have a successful charge to refund.",
            ),
            _ => StripeError::no_such("charge", "charge", id),
        })?;
        if charge.status == ChargeStatus::Failed || !charge.captured {
            let message = "This PaymentIntent does not have a successful charge to refund.";
            return Err(StripeError::refused("charge_not_refundable", message));
        }
        let dispute = charge.dispute.as_deref().and_then(|dispute| self.books.disputes.get(dispute));
        if dispute.is_some_and(|dispute| dispute.status != "won") {
            let message = format!("Charge {id} has been charged back; cannot issue a refund.");
            return Err(StripeError::refused("charge_disputed", &message));
        }
        Ok(charge.clone())
    }

    fn give_fee_back(&mut self, fee: &str, refunded: i64, captured: i64) {
        let Some(row) = self.books.application_fees.get(fee).cloned() else { return };
        let share = part_of(row.amount, refunded, captured).min(row.amount - row.amount_refunded);
        let id = self.id("fr");
        self.post(PLATFORM, Movement::ApplicationFeeRefund, -share, 0, &id);
        self.post(&row.account, Movement::ApplicationFeeRefund, share, 0, &id);
        if let Some(row) = self.books.application_fees.get_mut(fee) {
            row.amount_refunded += share;
            let view = views::application_fee(row);
            self.emit("application_fee.refunded", view);
        }
    }

    /// `GET /v1/refunds/{id}`
    pub fn refund_view(&self, id: &str) -> Answer {
        self.books.refunds.get(id).map(views::refund).ok_or_else(|| StripeError::not_found("refund", id))
    }

    /// `GET /v1/refunds`
    pub fn list_refunds(&self, mut params: Params) -> Answer {
        let charge = params.text("charge");
        let intent = params.text("payment_intent");
        let rows = self
            .books
            .refunds
            .newest_first()
            .filter(|(_, row)| charge.as_ref().is_none_or(|charge| &row.charge == charge))
            .filter(|(_, row)| intent.as_ref().is_none_or(|intent| &row.payment_intent == intent))
            .map(|(id, row)| (id.to_owned(), views::refund(row)))
            .collect();
        let list = page(&mut params, "refunds", rows)?;
        params.finish()?;
        Ok(list)
    }
}

/// `whole` x `part` / `total`, rounded half up.
fn part_of(whole: i64, part: i64, total: i64) -> i64 {
    if total == 0 { 0 } else { (2 * whole * part + total) / (2 * total) }
}

fn euros(cents: i64) -> String {
    format!("€{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_round_half_up_and_the_whole_is_the_whole() {
        assert_eq!(part_of(5000, 2250, 5000), 2250);
        assert_eq!(part_of(500, 1, 1000), 1);
        assert_eq!(part_of(333, 999, 999), 333);
        assert_eq!(part_of(7, 3, 0), 0);
    }

    #[test]
    fn amounts_read_as_euros() {
        assert_eq!(euros(2505), "€25.05");
    }
}
