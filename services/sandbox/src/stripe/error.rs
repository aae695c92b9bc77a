//! Stripe's errors: what went wrong, in the words and codes that Stripe's clients look for. Free of HTTP types.

use serde_json::{Value, json};

/// An answer that is not the wanted one; boxed, because it travels through every operation beside much smaller results.
#[derive(Debug, Clone, thiserror::Error)]
#[error(transparent)]
pub struct StripeError(Box<Problem>);

impl std::ops::Deref for StripeError {
    type Target = Problem;

    fn deref(&self) -> &Problem {
        &self.0
    }
}

impl std::ops::DerefMut for StripeError {
    fn deref_mut(&mut self) -> &mut Problem {
        &mut self.0
    }
}

/// What is wrong.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{status} {kind}: {message}")]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// `card_error`, `invalid_request_error`, `idempotency_error`, `api_error`.
    pub kind: &'static str,
    /// Stable code.
    pub code: Option<String>,
    /// Why the bank said no.
    pub decline_code: Option<String>,
    /// For people.
    pub message: String,
    /// The parameter at fault.
    pub param: Option<String>,
    /// The failed charge.
    pub charge: Option<String>,
    /// The intent as it stands after the failure.
    pub payment_intent: Option<Value>,
    /// The setup intent as it stands after the failure.
    pub setup_intent: Option<Value>,
    /// Whether work had begun: only then does an idempotency key remember this answer.
    pub began: bool,
}

impl StripeError {
    fn new(status: u16, kind: &'static str, message: &str) -> Self {
        Self(Box::new(Problem {
            status,
            kind,
            code: None,
            decline_code: None,
            message: message.to_owned(),
            param: None,
            charge: None,
            payment_intent: None,
            setup_intent: None,
            began: true,
        }))
    }

    // The request was refused before any work: an idempotency key stays unused.
    fn before_work(mut self) -> Self {
        self.began = false;
        self
    }

    /// A parameter has a wrong value.
    pub fn invalid(param: &str, message: &str) -> Self {
        let error = Self::new(400, "invalid_request_error", message).before_work();
        if param.is_empty() { error } else { error.with_param(param) }
    }

    /// A parameter is missing.
    pub fn missing_parameter(param: &str) -> Self {
        Self::invalid(param, &format!("Missing required param: {param}.")).with_code("parameter_missing")
    }

    /// The request was understood but the object's state forbids it.
    pub fn refused(code: &str, message: &str) -> Self {
        Self::new(400, "invalid_request_error", message).with_code(code)
    }

    /// Nothing has that id, named in the path.
    pub fn not_found(what: &str, id: &str) -> Self {
        Self::new(404, "invalid_request_error", &format!("No such {what}: '{id}'"))
            .with_code("resource_missing")
            .with_param("id")
    }

    /// Nothing has that id, named in a parameter.
    pub fn no_such(param: &str, what: &str, id: &str) -> Self {
        Self::new(400, "invalid_request_error", &format!("No such {what}: '{id}'"))
            .with_code("resource_missing")
            .with_param(param)
    }

    /// The card's bank said no.
    pub fn card(code: &str, decline_code: Option<&str>, message: &str) -> Self {
        let mut error = Self::new(402, "card_error", message).with_code(code);
        error.decline_code = decline_code.map(str::to_owned);
        error
    }

    /// No key, or a wrong one.
    pub fn unauthenticated(message: &str) -> Self {
        Self::new(401, "invalid_request_error", message).before_work()
    }

    /// A key that may not do this.
    pub fn forbidden(message: &str) -> Self {
        Self::new(403, "invalid_request_error", message).before_work()
    }

    /// No such address.
    pub fn unknown_address(method: &str, path: &str) -> Self {
        Self::new(404, "invalid_request_error", &format!("Unrecognized request URL ({method}: /v1/{path})."))
            .before_work()
    }

    /// The same idempotency key with other parameters.
    pub fn key_reused(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '{key}' if you meant to execute a different request."
        );
        Self::new(400, "idempotency_error", &message).before_work()
    }

    /// The same idempotency key while its first request still runs.
    pub fn key_in_use(key: &str) -> Self {
        let message = format!(
            "There is currently another in-progress request using this idempotency key ('{key}'). Please try again later."
        );
        Self::new(409, "idempotency_error", &message).with_code("idempotency_key_in_use").before_work()
    }

    /// Adds the stable code.
    #[must_use]
    pub fn with_code(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }

    /// Adds the parameter at fault.
    #[must_use]
    pub fn with_param(mut self, param: &str) -> Self {
        self.param = Some(param.to_owned());
        self
    }

    /// The body of the answer.
    pub fn body(&self) -> Value {
        let mut error = json!({ "type": self.kind, "message": self.message });
        let optional = [
            ("code", self.code.clone().map(Value::from)),
            ("decline_code", self.decline_code.clone().map(Value::from)),
            ("param", self.param.clone().map(Value::from)),
            ("charge", self.charge.clone().map(Value::from)),
            ("payment_intent", self.payment_intent.clone()),
            ("setup_intent", self.setup_intent.clone()),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                error[name] = value;
            }
        }
        json!({ "error": error })
    }
}
