//! Charges: where money is authorised, captured, handed on and let go. The way back stands in `refunds.rs`.
//!
//! The books balance: what a charge captured equals the platform's application fee plus what the destination got, and
//! every way back undoes its own part.

use super::books::{
    ApplicationFee, Charge, ChargeStatus, Metadata, Movement, PaymentIntent, Transfer, TransferReversal,
};
use super::desk::{Answer, Desk, PLATFORM, page};
use super::error::StripeError;
use super::form::Params;
use super::views;

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
        Charge {
            id: self.id("ch"),
            created: self.now,
            amount: intent.amount,
            amount_captured: 0,
            amount_refunded: 0,
            captured: false,
            released: false,
            status,
            payment_intent: intent.id.clone(),
            payment_method: intent.payment_method.clone(),
            application_fee: None,
            application_fee_amount: intent.application_fee_amount,
            balance_transaction: None,
            transfer: None,
            failure_code: None,
            decline_code: None,
            failure_message: None,
            dispute: None,
        }
    }

    /// Captures: the platform gets the charge, hands all of it on to the destination and takes its fee back from there.
    pub fn settle(&mut self, id: &str, amount: i64, application_fee: Option<i64>) {
        let Some(charge) = self.books.charges.get(id) else { return };
        let Some(intent) = self.books.payment_intents.get(&charge.payment_intent).cloned() else { return };
        let stripe_fee = (amount * self.config.fee_basis_points + 5_000) / 10_000 + self.config.fee_fixed_cents;
        let transaction = self.post(PLATFORM, Movement::Charge, amount, stripe_fee, id);
        let mut transfer = None;
        let mut fee = None;
        if let Some(destination) = &intent.destination {
            let transfer_amount = intent.transfer_amount.unwrap_or(amount).min(amount);
            let fee_amount = application_fee.unwrap_or(0);
            transfer =
                Some(self.move_to(destination, transfer_amount, fee_amount, Some(id), intent.transfer_group, None));
            if fee_amount > 0 {
                fee = Some(self.take_fee(destination, fee_amount, id));
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

    fn take_fee(&mut self, account: &str, amount: i64, charge: &str) -> String {
        let id = self.id("fee");
        let balance_transaction = self.post(PLATFORM, Movement::ApplicationFee, amount, 0, &id);
        let fee = ApplicationFee {
            id: id.clone(),
            created: self.now,
            account: account.to_owned(),
            amount,
            amount_refunded: 0,
            charge: charge.to_owned(),
            balance_transaction,
        };
        let view = views::application_fee(&fee);
        self.books.application_fees.put(&id, fee);
        self.emit("application_fee.created", view);
        id
    }

    /// Moves money from the platform to a connected account, which sees it less `fee`. Gives the transfer's id.
    pub fn move_to(
        &mut self,
        destination: &str,
        amount: i64,
        fee: i64,
        source: Option<&str>,
        group: Option<String>,
        description: Option<String>,
    ) -> String {
        let id = self.id("tr");
        let destination_payment = self.id("py");
        let balance_transaction = self.post(PLATFORM, Movement::Transfer, -amount, 0, &id);
        self.post(destination, Movement::Payment, amount, fee, &destination_payment);
        let transfer = Transfer {
            id: id.clone(),
            created: self.now,
            amount,
            amount_reversed: 0,
            destination: destination.to_owned(),
            destination_payment,
            source_transaction: source.map(str::to_owned),
            transfer_group: group,
            description,
            balance_transaction,
            reversals: Vec::new(),
            metadata: Metadata::new(),
        };
        let view = views::transfer(&transfer);
        self.books.transfers.put(&id, transfer);
        self.emit("transfer.created", view);
        id
    }

    /// Takes money of a transfer back to the platform. Gives the reversal's id.
    pub fn move_back(
        &mut self,
        transfer_id: &str,
        amount: i64,
        refund: Option<&str>,
        metadata: Metadata,
    ) -> Result<String, StripeError> {
        let transfer = self
            .books
            .transfers
            .get(transfer_id)
            .cloned()
            .ok_or_else(|| StripeError::not_found("transfer", transfer_id))?;
        let left = transfer.amount - transfer.amount_reversed;
        if amount > left {
            let message =
                format!("Reversal amount ({amount}) is greater than the unreversed amount on the transfer ({left}).");
            return Err(StripeError::refused("transfer_reversal_too_large", &message).with_param("amount"));
        }
        let id = self.id("trr");
        let balance_transaction = self.post(PLATFORM, Movement::TransferRefund, amount, 0, &id);
        self.post(&transfer.destination, Movement::PaymentRefund, -amount, 0, &transfer.destination_payment);
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
}
