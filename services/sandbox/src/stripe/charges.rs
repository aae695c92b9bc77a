//! Charges, refunds and disputes: where money is authorised, moved and given back.
//!
//! The books balance: what a charge captured equals the platform's application fee plus what the destination got, and
//! every way back undoes its own part.

use serde_json::Value;

use super::books::{ApplicationFee, Charge, ChargeStatus, Dispute, PaymentIntent, Refund, Transfer, TransferReversal};
use super::desk::{Answer, Desk, PLATFORM, checked_amount, merge_metadata, page};
use super::error::StripeError;
use super::form::Params;
use super::views;

const DISPUTE_FEE_CENTS: i64 = 2000;
const DISPUTE_DAYS: i64 = 14;

impl Desk<'_> {
    /// A successful authorisation; nothing is captured yet. Gives the charge's id.
    pub fn authorise(&mut self, intent: &PaymentIntent) -> String {
        let charge = self.new_charge(intent, ChargeStatus::Succeeded);
        let id = charge.id.clone();
        self.books.charges.put(&id, charge);
        id
    }

    /// A refused attempt. Gives the charge's id.
    pub fn refuse(&mut self, intent: &PaymentIntent, error: &StripeError) -> String {
        let charge = Charge {
            failure_code: error.code.clone(),
            decline_code: error.decline_code.clone(),
            failure_message: Some(error.message.clone()),
            ..self.new_charge(intent, ChargeStatus::Failed)
        };
        let id = charge.id.clone();
        self.books.charges.put(&id, charge);
        id
    }

    fn new_charge(&self, intent: &PaymentIntent, status: ChargeStatus) -> Charge {
        let card = intent.payment_method.as_deref().and_then(|method| self.books.payment_methods.get(method)).map(|row| row.card.clone());
        Charge {
            id: self.id("ch"),
            created: self.now,
            amount: intent.amount,
            amount_captured: 0,
            amount_refunded: 0,
            captured: false,
            released: false,
            currency: intent.currency.clone(),
            status,
            customer: intent.customer.clone(),
            payment_intent: intent.id.clone(),
            payment_method: intent.payment_method.clone(),
            card,
            application_fee: None,
            application_fee_amount: intent.application_fee_amount,
            balance_transaction: None,
            destination: intent.destination.clone(),
            transfer: None,
            transfer_group: intent.transfer_group.clone(),
            description: intent.description.clone(),
            receipt_email: intent.receipt_email.clone(),
            on_behalf_of: intent.on_behalf_of.clone(),
            failure_code: None,
            decline_code: None,
            failure_message: None,
            dispute: None,
            metadata: intent.metadata.clone(),
        }
    }

    /// Captures: the platform gets the charge, hands all of it on to the destination and takes its fee back from there.
    pub fn settle(&mut self, id: &str, amount: i64, application_fee: Option<i64>) {
        let Some(charge) = self.books.charges.get(id).cloned() else { return };
        let stripe_fee = (amount * self.config.fee_basis_points + 5_000) / 10_000 + self.config.fee_fixed_cents;
        let transaction = self.post(PLATFORM, "charge", amount, stripe_fee, id, &charge.currency);
        let mut transfer = None;
        let mut fee = None;
        if let Some(destination) = &charge.destination {
            let transfer_amount = self.payment_intent(&charge.payment_intent).ok().and_then(|intent| intent.transfer_amount).unwrap_or(amount).min(amount);
            let fee_amount = application_fee.unwrap_or(0);
            transfer = Some(self.move_to(destination, transfer_amount, fee_amount, Some(id), charge.transfer_group.clone(), None));
            if fee_amount > 0 {
                fee = Some(self.take_fee(destination, fee_amount, id, &charge.currency));
            }
        }
        if let Some(row) = self.books.charges.get_mut(id) {
            row.captured = true;
            row.amount_captured = amount;
            row.balance_transaction = Some(transaction);
            row.transfer = transfer;
            row.application_fee = fee;
            row.application_fee_amount = application_fee;
        }
    }

    fn take_fee(&mut self, account: &str, amount: i64, charge: &str, currency: &str) -> String {
        let id = self.id("fee");
        let balance_transaction = self.post(PLATFORM, "application_fee", amount, 0, &id, currency);
        let fee = ApplicationFee {
            id: id.clone(),
            created: self.now,
            account: account.to_owned(),
            amount,
            amount_refunded: 0,
            charge: charge.to_owned(),
            currency: currency.to_owned(),
            balance_transaction,
        };
        let view = views::application_fee(&fee);
        self.books.application_fees.put(&id, fee);
        self.emit("application_fee.created", view);
        id
    }

    /// Moves money from the platform to a connected account, which sees it less `fee`. Gives the transfer's id.
    pub fn move_to(&mut self, destination: &str, amount: i64, fee: i64, source: Option<&str>, group: Option<String>, description: Option<String>) -> String {
        let id = self.id("tr");
        let destination_payment = self.id("py");
        let balance_transaction = self.post(PLATFORM, "transfer", -amount, 0, &id, "eur");
        self.post(destination, "payment", amount, fee, &destination_payment, "eur");
        let transfer = Transfer {
            id: id.clone(),
            created: self.now,
            amount,
            amount_reversed: 0,
            currency: "eur".to_owned(),
            destination: destination.to_owned(),
            destination_payment,
            source_transaction: source.map(str::to_owned),
            transfer_group: group,
            description,
            balance_transaction,
            reversals: Vec::new(),
            metadata: super::books::Metadata::new(),
        };
        let view = views::transfer(&transfer);
        self.books.transfers.put(&id, transfer);
        self.emit("transfer.created", view);
        id
    }

    /// Takes money of a transfer back to the platform. Gives the reversal's id.
    pub fn move_back(&mut self, transfer_id: &str, amount: i64, refund: Option<&str>, metadata: super::books::Metadata) -> Result<String, StripeError> {
        let transfer = self.books.transfers.get(transfer_id).cloned().ok_or_else(|| StripeError::not_found("transfer", transfer_id))?;
        let left = transfer.amount - transfer.amount_reversed;
        if amount > left {
            let message = format!("Reversal amount ({amount}) is greater than the unreversed amount on the transfer ({left}).");
            return Err(StripeError::refused("transfer_reversal_too_large", &message).with_param("amount"));
        }
        let id = self.id("trr");
        let balance_transaction = self.post(PLATFORM, "transfer_refund", amount, 0, &id, &transfer.currency);
        self.post(&transfer.destination, "payment_refund", -amount, 0, &transfer.destination_payment, &transfer.currency);
        let reversal = TransferReversal {
            id: id.clone(),
            created: self.now,
            amount,
            balance_transaction,
            source_refund: refund.map(str::to_owned),
            metadata,
        };
        if let Some(row) = self.books.transfers.get_mut(transfer_id) {
            row.amount_reversed += amount;
            row.reversals.push(reversal);
            let view = views::transfer(row);
            self.emit("transfer.reversed", view);
        }
        Ok(id)
    }

    /// Lets a hold go: the customer pays nothing.
    pub fn release(&mut self, id: &str) {
        let Some(row) = self.books.charges.get_mut(id) else { return };
        row.released = true;
        row.amount_refunded = row.amount;
        if let Ok(view) = self.charge_view(id) {
            self.emit("charge.refunded", view);
        }
    }

    /// `GET /v1/charges/{id}`
    pub fn charge_view(&self, id: &str) -> Answer {
        let row = self.books.charges.get(id).ok_or_else(|| StripeError::not_found("charge", id))?;
        Ok(views::charge(row, self.books, self.address))
    }

    /// `GET /v1/charges`
    pub fn list_charges(&self, mut params: Params) -> Answer {
        let intent = params.text("payment_intent");
        let rows = self
            .books
            .charges
            .newest_first()
            .filter(|(_, row)| intent.as_ref().is_none_or(|intent| &row.payment_intent == intent))
            .map(|(id, row)| (id.to_owned(), views::charge(row, self.books, self.address)))
            .collect();
        let list = page(&mut params, "charges", rows)?;
        params.finish()?;
        Ok(list)
    }

    /// `POST /v1/refunds`
    pub fn create_refund(&mut self, mut params: Params) -> Answer {
        let charge_id = match (params.text("charge"), params.text("payment_intent")) {
            (Some(charge), _) => charge,
            (None, Some(intent)) => {
                let row = self.books.payment_intents.get(&intent).ok_or_else(|| StripeError::no_such("payment_intent", "payment_intent", &intent))?;
                row.latest_charge.clone().unwrap_or_default()
            }
            (None, None) => return Err(StripeError::invalid("", "One of the following params should be provided for this request: payment_intent or charge.").with_code("parameter_missing")),
        };
        let amount = params.integer("amount")?;
        let reason = params.choice("reason", &["duplicate", "fraudulent", "requested_by_customer"])?;
        let reverse_transfer = params.flag("reverse_transfer")?.unwrap_or(false);
        let refund_fee = params.flag("refund_application_fee")?.unwrap_or(false);
        let metadata = params.map("metadata");
        params.accept_unused(&["instructions_email", "origin"]);
        params.finish()?;
        let charge = self.books.charges.get(&charge_id).cloned().ok_or_else(|| StripeError::no_such("charge", "charge", &charge_id))?;
        if charge.status == ChargeStatus::Failed || !charge.captured {
            return Err(StripeError::refused("charge_not_refundable", "This PaymentIntent does not have a successful charge to refund."));
        }
        if charge.dispute.as_deref().is_some_and(|dispute| self.books.disputes.get(dispute).is_some_and(|row| row.status != "won")) {
            return Err(StripeError::refused("charge_disputed", &format!("Charge {charge_id} has been charged back; cannot issue a refund.")));
        }
        let left = charge.amount_captured - charge.amount_refunded;
        if left == 0 {
            return Err(StripeError::refused("charge_already_refunded", &format!("Charge {charge_id} has already been refunded.")));
        }
        let amount = checked_amount("amount", amount.unwrap_or(left))?;
        if amount > left {
            let message = format!("Refund amount ({}) is greater than unrefunded amount on charge ({})", euros(amount), euros(left));
            return Err(StripeError::invalid("amount", &message).with_code("amount_too_large"));
        }
        if (reverse_transfer || refund_fee) && charge.transfer.is_none() {
            return Err(StripeError::invalid("reverse_transfer", "Cannot reverse transfer: this charge has no transfer."));
        }
        let id = self.id("re");
        let mut transfer_reversal = None;
        if let (true, Some(transfer)) = (reverse_transfer, &charge.transfer) {
            let sent = self.books.transfers.get(transfer).map_or(0, |row| row.amount);
            let share = part_of(sent, amount, charge.amount_captured);
            transfer_reversal = Some(self.move_back(transfer, share, Some(&id), super::books::Metadata::new())?);
        }
        if let (true, Some(fee)) = (refund_fee, &charge.application_fee) {
            self.give_fee_back(fee, amount, charge.amount_captured);
        }
        let balance_transaction = self.post(PLATFORM, "refund", -amount, 0, &id, &charge.currency);
        let refund = Refund {
            id: id.clone(),
            created: self.now,
            amount,
            currency: charge.currency.clone(),
            charge: charge_id.clone(),
            payment_intent: charge.payment_intent.clone(),
            reason,
            status: "succeeded".to_owned(),
            balance_transaction,
            transfer_reversal,
            metadata,
        };
        let view = views::refund(&refund);
        self.books.refunds.put(&id, refund);
        if let Some(row) = self.books.charges.get_mut(&charge_id) {
            row.amount_refunded += amount;
        }
        self.emit("refund.created", view.clone());
        let charge_view = self.charge_view(&charge_id)?;
        self.emit("charge.refunded", charge_view);
        Ok(view)
    }

    fn give_fee_back(&mut self, fee: &str, refunded: i64, captured: i64) {
        let Some(row) = self.books.application_fees.get(fee).cloned() else { return };
        let share = part_of(row.amount, refunded, captured).min(row.amount - row.amount_refunded);
        let id = self.id("fr");
        self.post(PLATFORM, "application_fee_refund", -share, 0, &id, &row.currency);
        self.post(&row.account, "application_fee_refund", share, 0, &id, &row.currency);
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

    /// A bank disputes a charge: the money is withdrawn from the platform until it is decided.
    ///
    /// # Errors
    /// When the charge was not captured or is disputed already.
    pub fn open_dispute(&mut self, charge_id: &str, reason: &str, amount: Option<i64>) -> Answer {
        let charge = self.books.charges.get(charge_id).cloned().ok_or_else(|| StripeError::not_found("charge", charge_id))?;
        if !charge.captured || charge.dispute.is_some() {
            return Err(StripeError::refused("charge_not_disputable", "Only a captured charge without a dispute can be disputed."));
        }
        let amount = amount.unwrap_or(charge.amount_captured - charge.amount_refunded);
        let amount = checked_amount("amount", amount)?;
        if amount > charge.amount_captured {
            return Err(StripeError::invalid("amount", "A dispute cannot exceed the charge."));
        }
        let id = self.id("dp");
        let withdrawn = self.post(PLATFORM, "adjustment", -amount, DISPUTE_FEE_CENTS, &id, &charge.currency);
        let dispute = Dispute {
            id: id.clone(),
            created: self.now,
            amount,
            currency: charge.currency,
            charge: charge_id.to_owned(),
            payment_intent: charge.payment_intent,
            reason: reason.to_owned(),
            status: "needs_response".to_owned(),
            evidence: super::books::Metadata::new(),
            submission_count: 0,
            due_by: self.now + DISPUTE_DAYS * 86_400,
            balance_transactions: vec![withdrawn],
            metadata: super::books::Metadata::new(),
        };
        let view = views::dispute(&dispute);
        self.books.disputes.put(&id, dispute);
        if let Some(row) = self.books.charges.get_mut(charge_id) {
            row.dispute = Some(id);
        }
        self.emit("charge.dispute.created", view.clone());
        self.emit("charge.dispute.funds_withdrawn", view.clone());
        Ok(view)
    }

    /// `POST /v1/disputes/{id}`: evidence, kept until it is submitted.
    pub fn update_dispute(&mut self, id: &str, mut params: Params) -> Answer {
        let evidence = params.map("evidence");
        let metadata = params.map("metadata");
        let submit = params.flag("submit")?.unwrap_or(true);
        params.finish()?;
        let row = self.books.disputes.get_mut(id).ok_or_else(|| StripeError::not_found("dispute", id))?;
        if matches!(row.status.as_str(), "won" | "lost") {
            return Err(StripeError::refused("dispute_closed", "This dispute is already closed."));
        }
        merge_metadata(&mut row.evidence, evidence);
        merge_metadata(&mut row.metadata, metadata);
        if submit && !row.evidence.is_empty() {
            row.submission_count += 1;
            row.status = "under_review".to_owned();
        }
        let view = views::dispute(row);
        self.emit("charge.dispute.updated", view.clone());
        Ok(view)
    }

    /// The bank decides, or (`POST /v1/disputes/{id}/close`) the platform gives in.
    ///
    /// # Errors
    /// When it is decided already.
    pub fn close_dispute(&mut self, id: &str, won: bool) -> Answer {
        let dispute = self.books.disputes.get(id).cloned().ok_or_else(|| StripeError::not_found("dispute", id))?;
        if matches!(dispute.status.as_str(), "won" | "lost") {
            return Err(StripeError::refused("dispute_closed", "This dispute is already closed."));
        }
        let returned = won.then(|| self.post(PLATFORM, "adjustment", dispute.amount, -DISPUTE_FEE_CENTS, id, &dispute.currency));
        let Some(row) = self.books.disputes.get_mut(id) else { return Err(StripeError::not_found("dispute", id)) };
        row.status = if won { "won" } else { "lost" }.to_owned();
        row.balance_transactions.extend(returned);
        let view = views::dispute(row);
        self.emit("charge.dispute.closed", view.clone());
        if won {
            self.emit("charge.dispute.funds_reinstated", view.clone());
        }
        Ok(view)
    }

    /// `GET /v1/disputes/{id}`
    pub fn dispute_view(&self, id: &str) -> Answer {
        self.books.disputes.get(id).map(views::dispute).ok_or_else(|| StripeError::not_found("dispute", id))
    }

    /// `GET /v1/disputes`
    pub fn list_disputes(&self, mut params: Params) -> Answer {
        let intent = params.text("payment_intent");
        let rows = self
            .books
            .disputes
            .newest_first()
            .filter(|(_, row)| intent.as_ref().is_none_or(|intent| &row.payment_intent == intent))
            .map(|(id, row)| (id.to_owned(), views::dispute(row)))
            .collect();
        let list: Value = page(&mut params, "disputes", rows)?;
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
