//! Disputes: a bank takes a charge back until it is decided who was right.

use super::books::{Dispute, Metadata, Movement};
use super::desk::{Answer, Desk, PLATFORM, checked_amount, merge_metadata, page};
use super::error::StripeError;
use super::form::Params;
use super::views;

const DISPUTE_FEE_CENTS: i64 = 2000;
const DISPUTE_DAYS: i64 = 14;

impl Desk<'_> {
    /// A bank disputes a charge: the money is withdrawn from the platform until it is decided.
    ///
    /// # Errors
    /// When the charge was not captured or is disputed already.
    pub fn open_dispute(&mut self, charge_id: &str, reason: &str, amount: Option<i64>) -> Answer {
        let charge =
            self.books.charges.get(charge_id).cloned().ok_or_else(|| StripeError::not_found("charge", charge_id))?;
        if !charge.captured || charge.dispute.is_some() {
            return Err(StripeError::refused(
                "charge_not_disputable",
                "Only a captured charge without a dispute can be disputed.",
            ));
        }
        let amount = amount.unwrap_or(charge.amount_captured - charge.amount_refunded);
        let amount = checked_amount("amount", amount)?;
        if amount > charge.amount_captured {
            return Err(StripeError::invalid("amount", "A dispute cannot exceed the charge."));
        }
        let id = self.id("dp");
        let withdrawn = self.post(PLATFORM, Movement::Adjustment, -amount, DISPUTE_FEE_CENTS, &id);
        let dispute = Dispute {
            id: id.clone(),
            created: self.now,
            amount,
            charge: charge_id.to_owned(),
            payment_intent: charge.payment_intent,
            reason: reason.to_owned(),
            status: "needs_response".to_owned(),
            evidence: Metadata::new(),
            submission_count: 0,
            due_by: self.now + DISPUTE_DAYS * 86_400,
            balance_transactions: vec![withdrawn],
            metadata: Metadata::new(),
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
        let returned = won.then(|| self.post(PLATFORM, Movement::Adjustment, dispute.amount, -DISPUTE_FEE_CENTS, id));
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
        let list = page(&mut params, "disputes", rows)?;
        params.finish()?;
        Ok(list)
    }
}
