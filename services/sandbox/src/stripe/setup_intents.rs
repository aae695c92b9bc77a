//! SetupIntents: saving a card for later, with the holder's authentication where the bank asks for it.

use super::books::{SetupIntent, SetupStatus};
use super::cards::Behaviour;
use super::customers::{decline_error, last_error, read_card};
use super::desk::{Answer, Desk, page};
use super::error::StripeError;
use super::form::Params;
use super::views;

const UNUSED: [&str; 6] = [
    "automatic_payment_methods",
    "payment_method_types",
    "payment_method_options",
    "mandate_data",
    "use_stripe_sdk",
    "single_use",
];

impl Desk<'_> {
    /// `POST /v1/setup_intents`
    pub fn create_setup_intent(&mut self, mut params: Params) -> Answer {
        let id = self.id("seti");
        let customer = params.text("customer").filter(|id| !id.is_empty());
        let method = params.text("payment_method").filter(|id| !id.is_empty());
        let confirm = params.flag("confirm")?.unwrap_or(false);
        let usage = params.choice("usage", &["on_session", "off_session"])?.unwrap_or_else(|| "off_session".to_owned());
        let mut intent = SetupIntent {
            client_secret: format!("{id}_secret_{}", (self.secret)()),
            id: id.clone(),
            created: self.now,
            customer: customer.clone(),
            payment_method: None,
            status: SetupStatus::RequiresPaymentMethod,
            usage,
            return_url: params.text("return_url"),
            last_setup_error: None,
            metadata: params.map("metadata"),
        };
        params.text("description");
        params.accept_unused(&UNUSED);
        params.finish()?;
        if let Some(customer) = &customer {
            self.live_customer(customer)?;
        }
        if let Some(method) = method {
            intent.payment_method = Some(self.resolve_payment_method(&method)?);
            intent.status = SetupStatus::RequiresConfirmation;
        }
        self.books.setup_intents.put(&id, intent);
        let view = self.setup_intent_view(&id)?;
        self.emit("setup_intent.created", view.clone());
        if confirm { self.confirm_setup(&id, None) } else { Ok(view) }
    }

    /// `GET /v1/setup_intents/{id}`
    pub fn setup_intent_view(&self, id: &str) -> Answer {
        Ok(views::setup_intent(self.setup_intent(id)?, self.address))
    }

    /// The intent of that id.
    ///
    /// # Errors
    /// `resource_missing`.
    pub fn setup_intent(&self, id: &str) -> Result<&SetupIntent, StripeError> {
        self.books.setup_intents.get(id).ok_or_else(|| StripeError::not_found("setupintent", id).with_param("intent"))
    }

    /// `GET /v1/setup_intents`
    pub fn list_setup_intents(&self, mut params: Params) -> Answer {
        let customer = params.text("customer");
        let rows = self
            .books
            .setup_intents
            .newest_first()
            .filter(|(_, row)| customer.is_none() || row.customer == customer)
            .map(|(id, row)| (id.to_owned(), views::setup_intent(row, self.address)))
            .collect();
        let list = page(&mut params, "setup_intents", rows)?;
        params.finish()?;
        Ok(list)
    }

    /// `POST /v1/setup_intents/{id}/confirm`
    pub fn confirm_setup_intent(&mut self, id: &str, mut params: Params) -> Answer {
        let mut method = params.text("payment_method").filter(|id| !id.is_empty());
        if params.has("payment_method_data") {
            params.text("payment_method_data[type]");
            let (card, behaviour) = read_card(&mut params, "payment_method_data[card]")?;
            params.accept_unused(&["payment_method_data"]);
            method = Some(self.new_card(card, behaviour, super::books::Metadata::new()));
        }
        let return_url = params.text("return_url");
        params.accept_unused(&UNUSED);
        params.finish()?;
        self.setup_intent(id)?;
        if let (Some(row), Some(return_url)) = (self.books.setup_intents.get_mut(id), return_url) {
            row.return_url = Some(return_url);
        }
        self.confirm_setup(id, method)
    }

    fn confirm_setup(&mut self, id: &str, method: Option<String>) -> Answer {
        let intent = self.setup_intent(id)?.clone();
        if matches!(intent.status, SetupStatus::Succeeded | SetupStatus::Canceled) {
            return Err(StripeError::refused(
                "setup_intent_unexpected_state",
                "You cannot confirm this SetupIntent because it is already finished.",
            ));
        }
        let method = match method {
            Some(method) => self.resolve_payment_method(&method)?,
            None => intent.payment_method.clone().ok_or_else(|| {
                let message = "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.";
                StripeError::refused("setup_intent_unexpected_state", message)
            })?,
        };
        let behaviour = self.books.payment_methods.get(&method).map(|row| row.behaviour.clone());
        if let Some(row) = self.books.setup_intents.get_mut(id) {
            row.payment_method = Some(method);
        }
        match behaviour {
            Some(Behaviour::Declines { reason }) => self.fail_setup(id, decline_error(reason)),
            Some(
                Behaviour::Authenticates | Behaviour::AuthenticatesOnce | Behaviour::AuthenticatesThenDeclines { .. },
            ) => {
                if let Some(row) = self.books.setup_intents.get_mut(id) {
                    row.status = SetupStatus::RequiresAction;
                }
                let view = self.setup_intent_view(id)?;
                self.emit("setup_intent.requires_action", view.clone());
                Ok(view)
            }
            _ => self.succeed_setup(id),
        }
    }

    /// The card holder came back from the bank's page.
    ///
    /// # Errors
    /// When nothing was asked of the holder.
    pub fn finish_setup_authentication(&mut self, id: &str, passed: bool) -> Answer {
        if self.setup_intent(id)?.status != SetupStatus::RequiresAction {
            return Err(StripeError::refused(
                "setup_intent_unexpected_state",
                "This SetupIntent is not waiting for an authentication.",
            ));
        }
        if passed {
            return self.succeed_setup(id);
        }
        let message = "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this SetupIntent again.";
        let error = StripeError::card("setup_intent_authentication_failure", None, message);
        self.fail_setup(id, error).or_else(|_| self.setup_intent_view(id))
    }

    fn succeed_setup(&mut self, id: &str) -> Answer {
        let intent = self.setup_intent(id)?.clone();
        if let Some(method) = &intent.payment_method {
            if let Some(row) = self.books.payment_methods.get_mut(method) {
                row.authenticated = true;
            }
            if let Some(customer) = &intent.customer {
                self.attach(method, customer)?;
            }
        }
        if let Some(row) = self.books.setup_intents.get_mut(id) {
            row.status = SetupStatus::Succeeded;
            row.last_setup_error = None;
        }
        let view = self.setup_intent_view(id)?;
        self.emit("setup_intent.succeeded", view.clone());
        Ok(view)
    }

    fn fail_setup(&mut self, id: &str, mut error: StripeError) -> Answer {
        let method = self
            .setup_intent(id)?
            .payment_method
            .as_deref()
            .and_then(|method| self.books.payment_methods.get(method))
            .map(views::payment_method);
        let shown = last_error(&error, method);
        if let Some(row) = self.books.setup_intents.get_mut(id) {
            row.status = SetupStatus::RequiresPaymentMethod;
            row.payment_method = None;
            row.last_setup_error = Some(shown);
        }
        let view = self.setup_intent_view(id)?;
        self.emit("setup_intent.setup_failed", view.clone());
        error.setup_intent = Some(view);
        Err(error)
    }

    /// `POST /v1/setup_intents/{id}/cancel`
    pub fn cancel_setup_intent(&mut self, id: &str, mut params: Params) -> Answer {
        params.choice("cancellation_reason", &["abandoned", "requested_by_customer", "duplicate"])?;
        params.finish()?;
        if matches!(self.setup_intent(id)?.status, SetupStatus::Succeeded | SetupStatus::Canceled) {
            return Err(StripeError::refused(
                "setup_intent_unexpected_state",
                "You cannot cancel this SetupIntent because it is already finished.",
            ));
        }
        if let Some(row) = self.books.setup_intents.get_mut(id) {
            row.status = SetupStatus::Canceled;
        }
        let view = self.setup_intent_view(id)?;
        self.emit("setup_intent.canceled", view.clone());
        Ok(view)
    }
}
