//! PaymentIntents: made, confirmed, captured, cancelled. Which state allows what stands here.
//!
//! Money moves only in `charges.rs`.

use super::books::{CaptureMethod, PaymentIntent, PaymentStatus};
use super::cards::{Behaviour, Decline};
use super::customers::{decline_error, last_error, read_card};
use super::desk::{Answer, Desk, check_currency, checked_amount, merge_metadata, page};
use super::error::StripeError;
use super::form::Params;
use super::views;

const CANCELLATION_REASONS: [&str; 4] = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"];

/// Parameters that Stripe knows and this stand-in takes without using them.
const UNUSED: [&str; 10] = [
    "automatic_payment_methods",
    "payment_method_types",
    "payment_method_options",
    "confirmation_method",
    "mandate_data",
    "use_stripe_sdk",
    "shipping",
    "statement_descriptor",
    "radar_options",
    "error_on_requires_action",
];

struct Confirmation {
    payment_method: Option<String>,
    return_url: Option<String>,
    off_session: bool,
}

impl Desk<'_> {
    /// `POST /v1/payment_intents`
    pub fn create_payment_intent(&mut self, mut params: Params) -> Answer {
        let amount = params.integer("amount")?.ok_or_else(|| StripeError::missing_parameter("amount"))?;
        let amount = checked_amount("amount", amount)?;
        if amount < 50 {
            return Err(
                StripeError::invalid("amount", "Amount must be at least €0.50 eur").with_code("amount_too_small")
            );
        }
        check_currency(&mut params)?;
        let capture_method =
            match params.choice("capture_method", &["automatic", "automatic_async", "manual"])?.as_deref() {
                Some("manual") => CaptureMethod::Manual,
                Some("automatic") => CaptureMethod::Automatic,
                _ => CaptureMethod::AutomaticAsync,
            };
        let confirm = params.flag("confirm")?.unwrap_or(false);
        let confirmation = self.read_confirmation(&mut params)?;
        let customer = params.text("customer").filter(|id| !id.is_empty());
        let application_fee_amount = params.integer("application_fee_amount")?;
        let destination = params.text("transfer_data[destination]").filter(|id| !id.is_empty());
        let transfer_amount = params.integer("transfer_data[amount]")?;
        let id = self.id("pi");
        let mut intent = PaymentIntent {
            client_secret: format!("{id}_secret_{}", (self.secret)()),
            id: id.clone(),
            created: self.now,
            amount,
            amount_capturable: 0,
            amount_received: 0,
            capture_method,
            status: PaymentStatus::RequiresPaymentMethod,
            customer: customer.clone(),
            payment_method: None,
            application_fee_amount,
            destination: destination.clone(),
            transfer_amount,
            on_behalf_of: params.text("on_behalf_of"),
            transfer_group: params.text("transfer_group"),
            description: params.text("description"),
            receipt_email: params.text("receipt_email"),
            statement_descriptor_suffix: params.text("statement_descriptor_suffix"),
            return_url: None,
            setup_future_usage: params.choice("setup_future_usage", &["on_session", "off_session"])?,
            latest_charge: None,
            last_payment_error: None,
            cancellation_reason: None,
            canceled_at: None,
            metadata: params.map("metadata"),
        };
        params.accept_unused(&UNUSED);
        params.finish()?;
        if confirmation.off_session && !confirm {
            return Err(StripeError::invalid("off_session", "You cannot set `off_session` without `confirm=true`."));
        }
        check_fee(application_fee_amount, transfer_amount, amount, destination.is_some())?;
        if let Some(destination) = &destination {
            self.chargeable_account("transfer_data[destination]", destination)?;
        }
        if let Some(customer) = &customer {
            self.live_customer(customer)?;
        }
        if let Some(method) = &confirmation.payment_method {
            let method = self.usable_method(method, customer.as_deref())?;
            intent.payment_method = Some(method);
            intent.status = PaymentStatus::RequiresConfirmation;
        }
        self.books.payment_intents.put(&id, intent);
        let view = self.payment_intent_view(&id)?;
        self.emit("payment_intent.created", view.clone());
        if confirm { self.confirm(&id, Confirmation { payment_method: None, ..confirmation }) } else { Ok(view) }
    }

    fn read_confirmation(&mut self, params: &mut Params) -> Result<Confirmation, StripeError> {
        let mut payment_method = params.text("payment_method").filter(|id| !id.is_empty());
        if params.has("payment_method_data") {
            params.text("payment_method_data[type]");
            let (card, behaviour) = read_card(params, "payment_method_data[card]")?;
            params.accept_unused(&["payment_method_data"]);
            payment_method = Some(self.new_card(card, behaviour, super::books::Metadata::new()));
        }
        Ok(Confirmation {
            payment_method,
            return_url: params.text("return_url"),
            off_session: params.flag("off_session")?.unwrap_or(false),
        })
    }

    /// A card that this customer may pay with.
    fn usable_method(&mut self, id: &str, customer: Option<&str>) -> Result<String, StripeError> {
        let id = self.resolve_payment_method(id)?;
        let holder = self.books.payment_methods.get(&id).and_then(|row| row.customer.as_deref());
        match holder {
            Some(holder) if customer != Some(holder) => {
                let message = format!(
                    "The provided PaymentMethod cannot be used because it belongs to another Customer. Please include that Customer ({holder}) to use it."
                );
                Err(StripeError::invalid("payment_method", &message).with_code("payment_method_customer_mismatch"))
            }
            _ => Ok(id),
        }
    }

    /// `GET /v1/payment_intents/{id}`
    pub fn payment_intent_view(&self, id: &str) -> Answer {
        Ok(views::payment_intent(self.payment_intent(id)?, self.address))
    }

    /// The intent of that id.
    ///
    /// # Errors
    /// `resource_missing`.
    pub fn payment_intent(&self, id: &str) -> Result<&PaymentIntent, StripeError> {
        self.books
            .payment_intents
            .get(id)
            .ok_or_else(|| StripeError::not_found("payment_intent", id).with_param("intent"))
    }

    /// `GET /v1/payment_intents`
    pub fn list_payment_intents(&self, mut params: Params) -> Answer {
        let customer = params.text("customer");
        let since = params.integer("created[gte]")?;
        let until = params.integer("created[lte]")?;
        let rows = self
            .books
            .payment_intents
            .newest_first()
            .filter(|(_, row)| customer.is_none() || row.customer == customer)
            .filter(|(_, row)| {
                since.is_none_or(|since| row.created >= since) && until.is_none_or(|until| row.created <= until)
            })
            .map(|(id, row)| (id.to_owned(), views::payment_intent(row, self.address)))
            .collect();
        let list = page(&mut params, "payment_intents", rows)?;
        params.finish()?;
        Ok(list)
    }

    /// `POST /v1/payment_intents/{id}`
    pub fn update_payment_intent(&mut self, id: &str, mut params: Params) -> Answer {
        let mut intent = self.payment_intent(id)?.clone();
        let metadata = params.map("metadata");
        let amount = params.integer("amount")?;
        let fee = params.integer("application_fee_amount")?;
        let method = params.text("payment_method");
        let description = params.text("description");
        let receipt_email = params.text("receipt_email");
        let setup_future_usage = params.choice("setup_future_usage", &["on_session", "off_session"])?;
        params.accept_unused(&UNUSED);
        params.finish()?;
        let open = matches!(
            intent.status,
            PaymentStatus::RequiresPaymentMethod | PaymentStatus::RequiresConfirmation | PaymentStatus::RequiresAction
        );
        if !open && (amount.is_some() || fee.is_some() || method.is_some()) {
            return Err(unexpected_state(&intent, "updated", self.address));
        }
        if let Some(amount) = amount {
            intent.amount = checked_amount("amount", amount)?;
        }
        intent.application_fee_amount = fee.or(intent.application_fee_amount);
        check_fee(intent.application_fee_amount, intent.transfer_amount, intent.amount, intent.destination.is_some())?;
        if let Some(method) = method {
            intent.payment_method = Some(self.usable_method(&method, intent.customer.as_deref())?);
            intent.status = PaymentStatus::RequiresConfirmation;
        }
        intent.description = description.or(intent.description);
        intent.receipt_email = receipt_email.or(intent.receipt_email);
        intent.setup_future_usage = setup_future_usage.or(intent.setup_future_usage);
        merge_metadata(&mut intent.metadata, metadata);
        self.books.payment_intents.put(id, intent);
        self.payment_intent_view(id)
    }

    /// `POST /v1/payment_intents/{id}/confirm`
    pub fn confirm_payment_intent(&mut self, id: &str, mut params: Params) -> Answer {
        let confirmation = self.read_confirmation(&mut params)?;
        params.accept_unused(&UNUSED);
        params.accept_unused(&["receipt_email", "setup_future_usage"]);
        params.finish()?;
        self.confirm(id, confirmation)
    }

    fn confirm(&mut self, id: &str, confirmation: Confirmation) -> Answer {
        let intent = self.payment_intent(id)?.clone();
        let open = matches!(
            intent.status,
            PaymentStatus::RequiresPaymentMethod | PaymentStatus::RequiresConfirmation | PaymentStatus::RequiresAction
        );
        if !open {
            return Err(unexpected_state(&intent, "confirmed", self.address));
        }
        let method = match confirmation.payment_method {
            Some(method) => self.usable_method(&method, intent.customer.as_deref())?,
            None => intent.payment_method.clone().ok_or_else(|| {
                let message = "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.";
                StripeError::refused("payment_intent_unexpected_state", message)
            })?,
        };
        let card = self
            .books
            .payment_methods
            .get(&method)
            .cloned()
            .ok_or_else(|| StripeError::no_such("payment_method", "PaymentMethod", &method))?;
        let row = self.books.payment_intents.get_mut(id).ok_or_else(|| StripeError::not_found("payment_intent", id))?;
        row.payment_method = Some(method);
        row.return_url = confirmation.return_url.or(row.return_url.take());
        match card.behaviour {
            Behaviour::Approves | Behaviour::Disputes { .. } => self.complete(id),
            Behaviour::AuthenticatesOnce if card.authenticated => self.complete(id),
            Behaviour::Declines { reason } | Behaviour::DeclinesLater { reason } => self.fail(id, reason),
            Behaviour::Authenticates | Behaviour::AuthenticatesOnce | Behaviour::AuthenticatesThenDeclines { .. } => {
                if confirmation.off_session {
                    return self.fail(id, Decline::AuthenticationRequired);
                }
                row.status = PaymentStatus::RequiresAction;
                let view = self.payment_intent_view(id)?;
                self.emit("payment_intent.requires_action", view.clone());
                Ok(view)
            }
        }
    }

    /// The card holder came back from the bank's page.
    ///
    /// # Errors
    /// When nothing was asked of the holder.
    pub fn finish_authentication(&mut self, id: &str, passed: bool) -> Answer {
        let intent = self.payment_intent(id)?.clone();
        if intent.status != PaymentStatus::RequiresAction {
            return Err(unexpected_state(&intent, "authenticated", self.address));
        }
        let behaviour = intent
            .payment_method
            .as_deref()
            .and_then(|method| self.books.payment_methods.get(method))
            .map(|row| row.behaviour.clone());
        if !passed {
            let message = "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.";
            let error = StripeError::card("payment_intent_authentication_failure", None, message);
            return self.record_failure(id, error).map_or_else(|_| self.payment_intent_view(id), Ok);
        }
        match behaviour {
            Some(Behaviour::AuthenticatesThenDeclines { reason }) => {
                self.fail(id, reason).map_or_else(|_| self.payment_intent_view(id), Ok)
            }
            _ => self.complete(id),
        }
    }

    /// The bank said yes: hold or charge, save the card if asked to.
    fn complete(&mut self, id: &str) -> Answer {
        let intent = self.payment_intent(id)?.clone();
        let charge = self.authorise(&intent);
        let row = self.books.payment_intents.get_mut(id).ok_or_else(|| StripeError::not_found("payment_intent", id))?;
        row.latest_charge = Some(charge.clone());
        row.last_payment_error = None;
        if intent.capture_method == CaptureMethod::Manual {
            row.status = PaymentStatus::RequiresCapture;
            row.amount_capturable = row.amount;
            let view = self.charge_view(&charge)?;
            self.emit("charge.succeeded", view);
            let view = self.payment_intent_view(id)?;
            self.emit("payment_intent.amount_capturable_updated", view);
        } else {
            row.status = PaymentStatus::Succeeded;
            row.amount_received = row.amount;
            self.settle(&charge, intent.amount, intent.application_fee_amount);
            let view = self.charge_view(&charge)?;
            self.emit("charge.succeeded", view);
            let view = self.payment_intent_view(id)?;
            self.emit("payment_intent.succeeded", view);
        }
        if let (Some(_), Some(customer), Some(method)) =
            (&intent.setup_future_usage, &intent.customer, &intent.payment_method)
        {
            self.attach(method, customer)?;
            if let Some(row) = self.books.payment_methods.get_mut(method) {
                row.authenticated = true;
            }
        }
        let method = intent.payment_method.as_deref().and_then(|method| self.books.payment_methods.get(method));
        if let Some(Behaviour::Disputes { reason }) = method.map(|row| row.behaviour.clone()) {
            self.open_dispute(&charge, &reason, None)?;
        }
        self.payment_intent_view(id)
    }

    fn fail(&mut self, id: &str, reason: Decline) -> Answer {
        self.record_failure(id, decline_error(reason))
    }

    fn record_failure(&mut self, id: &str, mut error: StripeError) -> Answer {
        let intent = self.payment_intent(id)?.clone();
        let charge = self.refuse(&intent, &error);
        error.charge = Some(charge.clone());
        let method = intent
            .payment_method
            .as_deref()
            .and_then(|method| self.books.payment_methods.get(method))
            .map(views::payment_method);
        let shown = last_error(&error, method);
        if let Some(row) = self.books.payment_intents.get_mut(id) {
            row.status = PaymentStatus::RequiresPaymentMethod;
            row.latest_charge = Some(charge.clone());
            row.last_payment_error = Some(shown);
            row.payment_method = None;
        }
        let view = self.charge_view(&charge)?;
        self.emit("charge.failed", view);
        let view = self.payment_intent_view(id)?;
        self.emit("payment_intent.payment_failed", view.clone());
        error.payment_intent = Some(view);
        Err(error)
    }

    /// `POST /v1/payment_intents/{id}/capture`
    pub fn capture_payment_intent(&mut self, id: &str, mut params: Params) -> Answer {
        let intent = self.payment_intent(id)?.clone();
        let amount = params.integer("amount_to_capture")?.unwrap_or(intent.amount_capturable);
        let fee = params.integer("application_fee_amount")?.or(intent.application_fee_amount);
        let metadata = params.map("metadata");
        params.accept_unused(&[
            "final_capture",
            "statement_descriptor",
            "statement_descriptor_suffix",
            "transfer_data",
        ]);
        params.finish()?;
        if intent.status != PaymentStatus::RequiresCapture {
            return Err(unexpected_state(&intent, "captured", self.address));
        }
        let amount = checked_amount("amount_to_capture", amount)?;
        if amount > intent.amount_capturable {
            let message = format!(
                "The amount to capture ({amount}) cannot be greater than the amount capturable ({}).",
                intent.amount_capturable
            );
            return Err(StripeError::refused("amount_too_large", &message).with_param("amount_to_capture"));
        }
        check_fee(fee, None, amount, intent.destination.is_some())?;
        if let Some(destination) = &intent.destination {
            self.chargeable_account("transfer_data[destination]", destination)?;
        }
        let charge = intent.latest_charge.clone().unwrap_or_default();
        self.settle(&charge, amount, fee);
        if let Some(row) = self.books.payment_intents.get_mut(id) {
            row.status = PaymentStatus::Succeeded;
            row.amount_received = amount;
            row.amount_capturable = 0;
            row.application_fee_amount = fee;
            merge_metadata(&mut row.metadata, metadata);
        }
        let view = self.charge_view(&charge)?;
        self.emit("charge.captured", view);
        let view = self.payment_intent_view(id)?;
        self.emit("payment_intent.succeeded", view.clone());
        Ok(view)
    }

    /// `POST /v1/payment_intents/{id}/cancel`
    pub fn cancel_payment_intent(&mut self, id: &str, mut params: Params) -> Answer {
        let reason = params.choice("cancellation_reason", &CANCELLATION_REASONS)?;
        params.finish()?;
        let intent = self.payment_intent(id)?.clone();
        if matches!(intent.status, PaymentStatus::Succeeded | PaymentStatus::Canceled) {
            return Err(unexpected_state(&intent, "canceled", self.address));
        }
        if intent.status == PaymentStatus::RequiresCapture
            && let Some(charge) = &intent.latest_charge
        {
            self.release(charge);
        }
        let now = self.now;
        if let Some(row) = self.books.payment_intents.get_mut(id) {
            row.status = PaymentStatus::Canceled;
            row.amount_capturable = 0;
            row.canceled_at = Some(now);
            row.cancellation_reason = reason;
        }
        let view = self.payment_intent_view(id)?;
        self.emit("payment_intent.canceled", view.clone());
        Ok(view)
    }
}

fn check_fee(fee: Option<i64>, transfer: Option<i64>, amount: i64, has_destination: bool) -> Result<(), StripeError> {
    if fee.is_some() && transfer.is_some() {
        return Err(StripeError::invalid(
            "application_fee_amount",
            "You may not provide both application_fee_amount and transfer_data[amount].",
        ));
    }
    if fee.is_some() && !has_destination {
        return Err(StripeError::invalid(
            "application_fee_amount",
            "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).",
        ));
    }
    if fee.is_some_and(|fee| fee < 0 || fee > amount) {
        return Err(StripeError::invalid(
            "application_fee_amount",
            "The application fee amount must be between zero and the amount.",
        ));
    }
    if transfer.is_some_and(|transfer| transfer < 1 || transfer > amount) {
        return Err(StripeError::invalid(
            "transfer_data[amount]",
            "The transfer amount must be between one and the amount.",
        ));
    }
    Ok(())
}

fn unexpected_state(intent: &PaymentIntent, verb: &str, address: &dyn Fn(&str) -> String) -> StripeError {
    let message =
        format!("This PaymentIntent could not be {verb} because it has a status of {}.", intent.status.as_str());
    let mut error = StripeError::refused("payment_intent_unexpected_state", &message);
    error.payment_intent = Some(views::payment_intent(intent, address));
    error
}
