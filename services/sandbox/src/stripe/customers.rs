//! Customers and the cards saved with them.

use serde_json::{Value, json};

use super::books::{Customer, PaymentMethod};
use super::cards::{self, Behaviour, Card, Decline};
use super::desk::{Answer, Desk, merge_metadata, page};
use super::error::StripeError;
use super::form::Params;
use super::views;

const DEFAULT_METHOD: &str = "invoice_settings[default_payment_method]";

impl Desk<'_> {
    /// `POST /v1/customers`
    pub fn create_customer(&mut self, mut params: Params) -> Answer {
        let mut customer = Customer {
            id: self.id("cus"),
            created: self.now,
            email: None,
            name: None,
            phone: None,
            description: None,
            default_payment_method: None,
            metadata: params.map("metadata"),
            deleted: false,
        };
        let method = params.text("payment_method");
        self.read_customer_fields(&mut customer, &mut params)?;
        params.finish()?;
        let id = customer.id.clone();
        self.books.customers.put(&id, customer);
        if let Some(method) = method {
            self.attach(&method, &id).inspect_err(|_| {
                self.books.customers.remove(&id);
            })?;
        }
        let view = self.customer_view(&id)?;
        self.emit("customer.created", view.clone());
        Ok(view)
    }

    /// `POST /v1/customers/{id}`
    pub fn update_customer(&mut self, id: &str, mut params: Params) -> Answer {
        let mut customer = self.live_customer(id)?.clone();
        let metadata = params.map("metadata");
        self.read_customer_fields(&mut customer, &mut params)?;
        params.finish()?;
        merge_metadata(&mut customer.metadata, metadata);
        self.books.customers.put(id, customer);
        let view = self.customer_view(id)?;
        self.emit("customer.updated", view.clone());
        Ok(view)
    }

    fn read_customer_fields(&self, customer: &mut Customer, params: &mut Params) -> Result<(), StripeError> {
        for (name, field) in [
            ("email", &mut customer.email),
            ("name", &mut customer.name),
            ("phone", &mut customer.phone),
            ("description", &mut customer.description),
        ] {
            if let Some(text) = params.text(name) {
                *field = (!text.is_empty()).then_some(text);
            }
        }
        if customer.email.as_ref().is_some_and(|email| !email.contains('@')) {
            let email = customer.email.clone().unwrap_or_default();
            return Err(
                StripeError::invalid("email", &format!("Invalid email address: {email}")).with_code("email_invalid")
            );
        }
        if let Some(method) = params.text(DEFAULT_METHOD) {
            let attached = self
                .books
                .payment_methods
                .get(&method)
                .is_some_and(|row| row.customer.as_deref() == Some(&customer.id));
            if !attached {
                return Err(StripeError::no_such(DEFAULT_METHOD, "PaymentMethod", &method));
            }
            customer.default_payment_method = Some(method);
        }
        params.accept_unused(&["address", "shipping", "preferred_locales", "tax"]);
        Ok(())
    }

    /// `GET /v1/customers/{id}`
    pub fn customer_view(&self, id: &str) -> Answer {
        self.books.customers.get(id).map(views::customer).ok_or_else(|| StripeError::not_found("customer", id))
    }

    /// `DELETE /v1/customers/{id}`
    pub fn delete_customer(&mut self, id: &str) -> Answer {
        let mut customer = self.live_customer(id)?.clone();
        customer.deleted = true;
        let saved: Vec<String> = self.cards_of(id).map(|(key, _)| key.to_owned()).collect();
        for method in saved {
            if let Some(row) = self.books.payment_methods.get_mut(&method) {
                row.customer = None;
            }
        }
        self.books.customers.put(id, customer);
        let view = self.customer_view(id)?;
        self.emit("customer.deleted", view.clone());
        Ok(view)
    }

    /// `GET /v1/customers`
    pub fn list_customers(&self, mut params: Params) -> Answer {
        let email = params.text("email");
        let rows = self
            .books
            .customers
            .newest_first()
            .filter(|(_, row)| !row.deleted && email.as_ref().is_none_or(|email| row.email.as_ref() == Some(email)))
            .map(|(id, row)| (id.to_owned(), views::customer(row)))
            .collect();
        let list = page(&mut params, "customers", rows)?;
        params.finish()?;
        Ok(list)
    }

    /// A customer that exists and was not deleted.
    ///
    /// # Errors
    /// `resource_missing`.
    pub fn live_customer(&mut self, id: &str) -> Result<&Customer, StripeError> {
        self.conjure_demo_customer(id);
        self.books
            .customers
            .get(id)
            .filter(|row| !row.deleted)
            .ok_or_else(|| StripeError::no_such("customer", "customer", id))
    }

    // Seed data may name customers before anything was charged; such ids exist as soon as somebody mentions them.
    fn conjure_demo_customer(&mut self, id: &str) {
        if id.starts_with("cus_demo_") && !self.books.customers.has(id) {
            let customer = Customer {
                id: id.to_owned(),
                created: self.now,
                email: None,
                name: None,
                phone: None,
                description: None,
                default_payment_method: None,
                metadata: super::books::Metadata::new(),
                deleted: false,
            };
            self.books.customers.put(id, customer);
        }
    }

    fn cards_of(&self, customer: &str) -> impl Iterator<Item = (&str, &PaymentMethod)> {
        let customer = customer.to_owned();
        self.books.payment_methods.newest_first().filter(move |(_, row)| row.customer.as_deref() == Some(&customer))
    }

    /// `POST /v1/payment_methods`
    pub fn create_payment_method(&mut self, mut params: Params) -> Answer {
        params.choice("type", &["card"])?.ok_or_else(|| StripeError::missing_parameter("type"))?;
        let metadata = params.map("metadata");
        params.accept_unused(&["billing_details", "allow_redisplay"]);
        let (card, behaviour) = read_card(&mut params, "card")?;
        params.finish()?;
        let id = self.new_card(card, behaviour, metadata);
        self.payment_method_view(&id)
    }

    /// Makes a card that belongs to nobody yet; gives its id.
    pub fn new_card(&mut self, card: Card, behaviour: Behaviour, metadata: super::books::Metadata) -> String {
        let row = PaymentMethod {
            id: self.id("pm"),
            created: self.now,
            customer: None,
            card,
            behaviour,
            authenticated: false,
            metadata,
        };
        let id = row.id.clone();
        self.books.payment_methods.put(&id, row);
        id
    }

    /// The id to work with: a test id becomes a fresh card each time, as at Stripe.
    ///
    /// # Errors
    /// `resource_missing`.
    pub fn resolve_payment_method(&mut self, id: &str) -> Result<String, StripeError> {
        if self.books.payment_methods.has(id) {
            return Ok(id.to_owned());
        }
        match cards::by_test_id(id) {
            Some((card, behaviour)) if id.starts_with("pm_card_") => {
                Ok(self.new_card(card, behaviour, super::books::Metadata::new()))
            }
            _ => Err(StripeError::no_such("payment_method", "PaymentMethod", id)),
        }
    }

    /// `GET /v1/payment_methods/{id}`
    pub fn payment_method_view(&self, id: &str) -> Answer {
        self.books
            .payment_methods
            .get(id)
            .map(views::payment_method)
            .ok_or_else(|| StripeError::not_found("PaymentMethod", id))
    }

    /// `POST /v1/payment_methods/{id}`
    pub fn update_payment_method(&mut self, id: &str, mut params: Params) -> Answer {
        let metadata = params.map("metadata");
        let expiry = (params.integer("card[exp_month]")?, params.integer("card[exp_year]")?);
        params.accept_unused(&["billing_details", "allow_redisplay"]);
        params.finish()?;
        let row = self.books.payment_methods.get_mut(id).ok_or_else(|| StripeError::not_found("PaymentMethod", id))?;
        merge_metadata(&mut row.metadata, metadata);
        row.card.exp_month = expiry.0.unwrap_or(row.card.exp_month);
        row.card.exp_year = expiry.1.unwrap_or(row.card.exp_year);
        let view = views::payment_method(row);
        self.emit("payment_method.updated", view.clone());
        Ok(view)
    }

    /// `POST /v1/payment_methods/{id}/attach`
    pub fn attach_payment_method(&mut self, id: &str, mut params: Params) -> Answer {
        let customer = params.required("customer")?;
        params.finish()?;
        self.live_customer(&customer)?;
        let id = self.attach(id, &customer)?;
        self.payment_method_view(&id)
    }

    /// Saves a card with a customer and gives the saved id. Asks the bank, as Stripe does.
    ///
    /// # Errors
    /// `card_declined` and its like; `payment_method_unexpected_state` when it belongs to another customer.
    pub fn attach(&mut self, id: &str, customer: &str) -> Result<String, StripeError> {
        let id = self.resolve_payment_method(id)?;
        let row =
            self.books.payment_methods.get_mut(&id).ok_or_else(|| StripeError::not_found("PaymentMethod", &id))?;
        match &row.customer {
            Some(holder) if holder == customer => return Ok(id),
            Some(_) => {
                return Err(StripeError::refused(
                    "payment_method_unexpected_state",
                    "The payment method you provided has already been attached to a customer.",
                ));
            }
            None => {}
        }
        if let Behaviour::Declines { reason } = &row.behaviour {
            return Err(decline_error(*reason));
        }
        row.customer = Some(customer.to_owned());
        let view = views::payment_method(row);
        self.emit("payment_method.attached", view);
        Ok(id)
    }

    /// `POST /v1/payment_methods/{id}/detach`
    pub fn detach_payment_method(&mut self, id: &str, params: Params) -> Answer {
        params.finish()?;
        let row = self.books.payment_methods.get_mut(id).ok_or_else(|| StripeError::not_found("PaymentMethod", id))?;
        let Some(customer) = row.customer.take() else {
            return Err(StripeError::refused(
                "payment_method_not_attached",
                "The payment method you provided is not attached to a customer so detachment is impossible.",
            ));
        };
        let view = views::payment_method(row);
        if let Some(holder) = self.books.customers.get_mut(&customer)
            && holder.default_payment_method.as_deref() == Some(id)
        {
            holder.default_payment_method = None;
        }
        self.emit("payment_method.detached", view.clone());
        Ok(view)
    }

    /// `GET /v1/payment_methods?customer=` and `GET /v1/customers/{id}/payment_methods`
    pub fn list_payment_methods(&mut self, customer: Option<&str>, mut params: Params) -> Answer {
        let customer = match customer {
            Some(customer) => customer.to_owned(),
            None => params.required("customer")?,
        };
        params.choice("type", &["card"])?;
        self.live_customer(&customer)?;
        let rows = self.cards_of(&customer).map(|(id, row)| (id.to_owned(), views::payment_method(row))).collect();
        let list = page(&mut params, "payment_methods", rows)?;
        params.finish()?;
        Ok(list)
    }

    /// A tokenised card from the hosted form: only the sandbox ever sees the number.
    ///
    /// # Errors
    /// `incorrect_number`, `invalid_expiry_year`.
    pub fn card_from_form(&mut self, number: &str, exp_month: i64, exp_year: i64) -> Answer {
        let (card, behaviour) = typed_card(number, exp_month, exp_year)?;
        let id = self.new_card(card, behaviour, super::books::Metadata::new());
        Ok(json!({ "paymentMethod": id }))
    }
}

/// The error for a refused card, before any intent is known.
pub fn decline_error(reason: Decline) -> StripeError {
    StripeError::card(reason.code(), reason.decline_code(), reason.message())
}

fn typed_card(number: &str, exp_month: i64, exp_year: i64) -> Result<(Card, Behaviour), StripeError> {
    if !(1..=12).contains(&exp_month) {
        return Err(StripeError::card("invalid_expiry_month", None, "Your card's expiration month is invalid.")
            .with_param("exp_month"));
    }
    if !(2020..=2099).contains(&exp_year) {
        return Err(StripeError::card("invalid_expiry_year", None, "Your card's expiration year is invalid.")
            .with_param("exp_year"));
    }
    cards::by_number(number, exp_month, exp_year).ok_or_else(|| {
        StripeError::card("incorrect_number", None, "Your card number is incorrect.").with_param("number")
    })
}

/// Reads `card[token]=tok_visa` or `card[number]`, `card[exp_month]`, `card[exp_year]` under the given root.
///
/// # Errors
/// When neither is there or the card is none.
pub fn read_card(params: &mut Params, root: &str) -> Result<(Card, Behaviour), StripeError> {
    let token_name = format!("{root}[token]");
    if let Some(token) = params.text(&token_name) {
        return cards::by_test_id(&token)
            .filter(|_| token.starts_with("tok_"))
            .ok_or_else(|| StripeError::no_such(&token_name, "token", &token));
    }
    let number = params.required(&format!("{root}[number]"))?;
    let exp_month = params
        .integer(&format!("{root}[exp_month]"))?
        .ok_or_else(|| StripeError::missing_parameter("card[exp_month]"))?;
    let exp_year = params
        .integer(&format!("{root}[exp_year]"))?
        .ok_or_else(|| StripeError::missing_parameter("card[exp_year]"))?;
    params.text(&format!("{root}[cvc]"));
    typed_card(&number, exp_month, exp_year)
}

/// The last card error in the shape that intents carry.
pub fn last_error(error: &StripeError, method: Option<Value>) -> Value {
    let mut shown = error.body()["error"].clone();
    if let Some(method) = method {
        shown["payment_method"] = method;
    }
    shown
}
