//! Transfers, payouts and balances: money that moves without a card.

use serde_json::{Value, json};

use super::books::{Metadata, Movement, Payout};
use super::desk::{Answer, Desk, PLATFORM, check_currency, checked_amount, merge_metadata, page};
use super::error::StripeError;
use super::form::Params;
use super::views;

const PAYOUT_DAYS: i64 = 2;

impl Desk<'_> {
    /// Whose books this request reads: the connected account of the header, or the platform's.
    ///
    /// # Errors
    /// When the account of the header is unknown.
    pub fn book_holder(&mut self) -> Result<String, StripeError> {
        match self.account.clone() {
            Some(account) => self.known_account(&account).map(|row| row.id.clone()),
            None => Ok(PLATFORM.to_owned()),
        }
    }

    /// `GET /v1/balance`
    pub fn balance(&mut self, params: Params) -> Answer {
        params.finish()?;
        let holder = self.book_holder()?;
        let amount = self.balance_of(&holder);
        let line = |amount: i64| json!([{ "amount": amount, "currency": "eur", "source_types": { "card": amount } }]);
        Ok(json!({
            "object": "balance", "available": line(amount), "connect_reserved": line(0), "instant_available": line(amount), "livemode": false, "pending": line(0),
        }))
    }

    /// `GET /v1/balance_transactions`
    pub fn list_balance_transactions(&mut self, mut params: Params) -> Answer {
        let holder = self.book_holder()?;
        let kind = params.text("type");
        let source = params.text("source");
        let payout = params.text("payout");
        let rows = self
            .books
            .balance_transactions
            .newest_first()
            .filter(|(_, row)| row.account == holder)
            .filter(|(_, row)| kind.as_ref().is_none_or(|kind| json!(row.kind) == kind.as_str()))
            .filter(|(_, row)| source.as_ref().or(payout.as_ref()).is_none_or(|source| &row.source == source))
            .map(|(id, row)| (id.to_owned(), views::balance_transaction(row)))
            .collect();
        let list = page(&mut params, "balance_transactions", rows)?;
        params.finish()?;
        Ok(list)
    }

    /// `POST /v1/transfers`
    pub fn create_transfer(&mut self, mut params: Params) -> Answer {
        let amount = params.integer("amount")?.ok_or_else(|| StripeError::missing_parameter("amount"))?;
        let amount = checked_amount("amount", amount)?;
        check_currency(&mut params)?;
        let destination = params.required("destination")?;
        let source = params.text("source_transaction");
        let group = params.text("transfer_group");
        let description = params.text("description");
        let metadata = params.map("metadata");
        params.accept_unused(&["source_type"]);
        params.finish()?;
        self.chargeable_account("destination", &destination)?;
        match &source {
            Some(charge) => {
                let captured = self
                    .books
                    .charges
                    .get(charge)
                    .map(|row| row.amount_captured)
                    .ok_or_else(|| StripeError::no_such("source_transaction", "charge", charge))?;
                if amount > captured {
                    return Err(StripeError::refused(
                        "balance_insufficient",
                        "Transfers using this transaction as a source must not exceed the source amount.",
                    ));
                }
            }
            None if self.balance_of(PLATFORM) < amount => return Err(insufficient_balance()),
            None => {}
        }
        let id = self.move_to(&destination, amount, 0, source.as_deref(), group, description);
        if let Some(row) = self.books.transfers.get_mut(&id) {
            row.metadata = metadata;
        }
        self.transfer_view(&id)
    }

    /// `GET /v1/transfers/{id}`
    pub fn transfer_view(&self, id: &str) -> Answer {
        self.books.transfers.get(id).map(views::transfer).ok_or_else(|| StripeError::not_found("transfer", id))
    }

    /// `GET /v1/transfers`
    pub fn list_transfers(&self, mut params: Params) -> Answer {
        let destination = params.text("destination");
        let group = params.text("transfer_group");
        let rows = self
            .books
            .transfers
            .newest_first()
            .filter(|(_, row)| destination.as_ref().is_none_or(|destination| &row.destination == destination))
            .filter(|(_, row)| group.is_none() || row.transfer_group == group)
            .map(|(id, row)| (id.to_owned(), views::transfer(row)))
            .collect();
        let list = page(&mut params, "transfers", rows)?;
        params.finish()?;
        Ok(list)
    }

    /// `POST /v1/transfers/{id}/reversals`
    pub fn reverse_transfer(&mut self, id: &str, mut params: Params) -> Answer {
        let amount = params.integer("amount")?;
        let metadata = params.map("metadata");
        params.accept_unused(&["description", "refund_application_fee"]);
        params.finish()?;
        let left = self
            .books
            .transfers
            .get(id)
            .map(|row| row.amount - row.amount_reversed)
            .ok_or_else(|| StripeError::not_found("transfer", id))?;
        let amount = checked_amount("amount", amount.unwrap_or(left))?;
        let reversal = self.move_back(id, amount, None, metadata)?;
        self.transfer_reversal_view(id, &reversal)
    }

    /// `GET /v1/transfers/{id}/reversals/{reversal}`
    pub fn transfer_reversal_view(&self, id: &str, reversal: &str) -> Answer {
        let transfer = self.books.transfers.get(id).ok_or_else(|| StripeError::not_found("transfer", id))?;
        let row = transfer
            .reversals
            .iter()
            .find(|row| row.id == reversal)
            .ok_or_else(|| StripeError::not_found("transfer reversal", reversal))?;
        Ok(views::transfer_reversal(row, transfer))
    }

    /// `POST /v1/payouts`
    pub fn create_payout(&mut self, mut params: Params) -> Answer {
        let amount = params.integer("amount")?.ok_or_else(|| StripeError::missing_parameter("amount"))?;
        check_currency(&mut params)?;
        let metadata = params.map("metadata");
        params.accept_unused(&["method", "description", "statement_descriptor", "destination", "source_type"]);
        params.finish()?;
        let holder = self.book_holder()?;
        self.pay_out(&holder, amount, false, metadata)
    }

    /// Sends money of an account to its bank.
    ///
    /// # Errors
    /// `balance_insufficient`, or payouts are not enabled.
    pub fn pay_out(&mut self, account: &str, amount: i64, automatic: bool, metadata: Metadata) -> Answer {
        let amount = checked_amount("amount", amount)?;
        if account != PLATFORM && self.known_account(account)?.standing != super::books::AccountStanding::Complete {
            return Err(StripeError::refused("payouts_not_allowed", "Payouts are not enabled for this account."));
        }
        if self.balance_of(account) < amount {
            return Err(insufficient_balance());
        }
        let id = self.id("po");
        let balance_transaction = self.post(account, Movement::Payout, -amount, 0, &id);
        let payout = Payout {
            id: id.clone(),
            created: self.now,
            account: account.to_owned(),
            amount,
            arrival_date: self.now + PAYOUT_DAYS * 86_400,
            automatic,
            status: "in_transit".to_owned(),
            failure_code: None,
            failure_message: None,
            balance_transaction,
            metadata,
        };
        let view = views::payout(&payout);
        self.books.payouts.put(&id, payout);
        self.emit_payout("payout.created", account, view.clone());
        Ok(view)
    }

    fn emit_payout(&mut self, kind: &str, account: &str, view: Value) {
        self.emit_for(kind, view, (account != PLATFORM).then_some(account), None);
    }

    /// The bank took the money, or sent it back.
    ///
    /// # Errors
    /// When the payout is finished already.
    pub fn finish_payout(&mut self, id: &str, paid: bool) -> Answer {
        let payout = self.books.payouts.get(id).cloned().ok_or_else(|| StripeError::not_found("payout", id))?;
        if !matches!(payout.status.as_str(), "pending" | "in_transit") {
            return Err(StripeError::refused("payout_finished", &format!("This payout is {} already.", payout.status)));
        }
        if !paid {
            self.post(&payout.account, Movement::PayoutFailure, payout.amount, 0, id);
        }
        let Some(row) = self.books.payouts.get_mut(id) else { return Err(StripeError::not_found("payout", id)) };
        row.status = if paid { "paid" } else { "failed" }.to_owned();
        if !paid {
            row.failure_code = Some("account_closed".to_owned());
            row.failure_message = Some("The bank account has been closed.".to_owned());
        }
        let view = views::payout(row);
        self.emit_payout(if paid { "payout.paid" } else { "payout.failed" }, &payout.account, view.clone());
        Ok(view)
    }

    /// `POST /v1/payouts/{id}/cancel`
    pub fn cancel_payout(&mut self, id: &str, params: Params) -> Answer {
        params.finish()?;
        let payout = self.books.payouts.get(id).cloned().ok_or_else(|| StripeError::not_found("payout", id))?;
        if payout.status != "pending" {
            return Err(StripeError::refused("payout_not_cancelable", "Only pending payouts can be canceled."));
        }
        self.post(&payout.account, Movement::PayoutCancel, payout.amount, 0, id);
        let Some(row) = self.books.payouts.get_mut(id) else { return Err(StripeError::not_found("payout", id)) };
        row.status = "canceled".to_owned();
        let view = views::payout(row);
        self.emit_payout("payout.canceled", &payout.account, view.clone());
        Ok(view)
    }

    /// `GET /v1/payouts/{id}`
    pub fn payout_view(&mut self, id: &str) -> Answer {
        let holder = self.book_holder()?;
        self.books
            .payouts
            .get(id)
            .filter(|row| row.account == holder)
            .map(views::payout)
            .ok_or_else(|| StripeError::not_found("payout", id))
    }

    /// `POST /v1/payouts/{id}`
    pub fn update_payout(&mut self, id: &str, mut params: Params) -> Answer {
        let metadata = params.map("metadata");
        params.finish()?;
        self.payout_view(id)?;
        if let Some(row) = self.books.payouts.get_mut(id) {
            merge_metadata(&mut row.metadata, metadata);
        }
        self.payout_view(id)
    }

    /// `GET /v1/payouts`
    pub fn list_payouts(&mut self, mut params: Params) -> Answer {
        let holder = self.book_holder()?;
        let status = params.text("status");
        let rows = self
            .books
            .payouts
            .newest_first()
            .filter(|(_, row)| row.account == holder && status.as_ref().is_none_or(|status| &row.status == status))
            .map(|(id, row)| (id.to_owned(), views::payout(row)))
            .collect();
        let list = page(&mut params, "payouts", rows)?;
        params.finish()?;
        Ok(list)
    }
}

fn insufficient_balance() -> StripeError {
    StripeError::refused(
        "balance_insufficient",
        "You have insufficient funds in your Stripe account for this transfer.",
    )
}
