//! The parts of Stripe's objects that this service reads. Everything else in them is ignored.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::payments::domain::settlement::IntentStatus;

/// A PaymentIntent.
#[derive(Debug, Clone, Deserialize)]
pub struct Intent {
    /// `pi_...`
    pub id: String,
    /// Where it stands.
    pub status: Word,
    /// What the browser needs to finish 3-D Secure.
    pub client_secret: Option<String>,
    /// Collected so far, in cents.
    #[serde(default)]
    pub amount_received: i64,
    /// What we put on it.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// The charge: an id, or the object where it was asked for.
    pub latest_charge: Option<Expandable<ChargeObject>>,
    /// Why the last card did not work.
    pub last_payment_error: Option<ErrorBody>,
}

/// The word for an intent's state; one Stripe adds later must not break reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// See [`IntentStatus::RequiresPaymentMethod`].
    RequiresPaymentMethod,
    /// See [`IntentStatus::RequiresConfirmation`].
    RequiresConfirmation,
    /// See [`IntentStatus::RequiresAction`].
    RequiresAction,
    /// See [`IntentStatus::Processing`].
    Processing,
    /// See [`IntentStatus::RequiresCapture`].
    RequiresCapture,
    /// See [`IntentStatus::Succeeded`].
    Succeeded,
    /// See [`IntentStatus::Canceled`].
    Canceled,
    /// A word this service does not know: treated as not answered yet.
    #[serde(other)]
    Unknown,
}

impl Intent {
    /// Where it stands, for the rules.
    #[must_use]
    pub const fn standing(&self) -> IntentStatus {
        match self.status {
            Word::RequiresPaymentMethod => IntentStatus::RequiresPaymentMethod,
            Word::RequiresConfirmation => IntentStatus::RequiresConfirmation,
            Word::RequiresAction => IntentStatus::RequiresAction,
            Word::Processing | Word::Unknown => IntentStatus::Processing,
            Word::RequiresCapture => IntentStatus::RequiresCapture,
            Word::Succeeded => IntentStatus::Succeeded,
            Word::Canceled => IntentStatus::Canceled,
        }
    }

    /// The card that was used.
    #[must_use]
    pub fn card(&self) -> Option<&Card> {
        match &self.latest_charge {
            Some(Expandable::Object(charge)) => charge.payment_method_details.as_ref()?.card.as_ref(),
            _ => None,
        }
    }

    /// Our booking's id, if it is one of ours.
    #[must_use]
    pub fn booking_id(&self) -> Option<uuid::Uuid> {
        self.metadata.get("booking_id")?.parse().ok()
    }
}

/// An object Stripe names by id unless asked for it whole.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Expandable<T> {
    /// Only its id.
    Id(String),
    /// All of it.
    Object(Box<T>),
}

impl<T: Identified> Expandable<T> {
    /// The id, in either form.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::Object(object) => object.id(),
        }
    }
}

/// An object with an id.
pub trait Identified {
    /// The id.
    fn id(&self) -> &str;
}

/// A Charge.
#[derive(Debug, Clone, Deserialize)]
pub struct ChargeObject {
    /// `ch_...`
    pub id: String,
    /// The intent it belongs to.
    pub payment_intent: Option<Expandable<Intent>>,
    /// Given back so far, in cents.
    #[serde(default)]
    pub amount_refunded: i64,
    /// The card.
    pub payment_method_details: Option<PaymentMethodDetails>,
}

impl Identified for ChargeObject {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Identified for Intent {
    fn id(&self) -> &str {
        &self.id
    }
}

/// How a charge was paid.
#[derive(Debug, Clone, Deserialize)]
pub struct PaymentMethodDetails {
    /// By card.
    pub card: Option<Card>,
}

/// A card, as far as it may be shown (PAY-14).
#[derive(Debug, Clone, Deserialize)]
pub struct Card {
    /// `visa`, `mastercard` ...
    pub brand: Option<String>,
    /// Last four digits.
    pub last4: Option<String>,
    /// Month it ends.
    pub exp_month: Option<i32>,
    /// Year it ends.
    pub exp_year: Option<i32>,
    /// Until when a held amount can be collected, in seconds since 1970.
    pub capture_before: Option<i64>,
    /// Set for a card behind a phone's wallet.
    pub wallet: Option<Wallet>,
}

/// The wallet a card came from.
#[derive(Debug, Clone, Deserialize)]
pub struct Wallet {
    /// `apple_pay`, `google_pay` ...
    #[serde(rename = "type")]
    pub kind: String,
}

/// A PaymentMethod.
#[derive(Debug, Clone, Deserialize)]
pub struct PaymentMethod {
    /// `pm_...`
    pub id: String,
    /// Whose it is.
    pub customer: Option<String>,
    /// The card, for cards.
    pub card: Option<Card>,
}

/// A SetupIntent.
#[derive(Debug, Clone, Deserialize)]
pub struct SetupIntent {
    /// `seti_...`
    pub id: String,
    /// `succeeded` once the card is saved.
    pub status: String,
    /// What the browser needs.
    pub client_secret: Option<String>,
    /// Whose it is.
    pub customer: Option<String>,
    /// The card.
    pub payment_method: Option<String>,
}

/// A Customer.
#[derive(Debug, Clone, Deserialize)]
pub struct Customer {
    /// `cus_...`
    pub id: String,
    /// Holds the default card.
    pub invoice_settings: Option<InvoiceSettings>,
}

/// Part of a customer.
#[derive(Debug, Clone, Deserialize)]
pub struct InvoiceSettings {
    /// The default card.
    pub default_payment_method: Option<String>,
}

/// A Refund.
#[derive(Debug, Clone, Deserialize)]
pub struct Refund {
    /// `re_...`
    pub id: String,
    /// `pending`, `succeeded`, `failed` ...
    pub status: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, Deserialize)]
pub struct List<T> {
    /// The entries.
    pub data: Vec<T>,
}

/// The body of an answer that is an error.
#[derive(Debug, Deserialize)]
pub struct ErrorAnswer {
    /// What went wrong.
    pub error: ErrorBody,
}

/// Stripe's words about what went wrong.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ErrorBody {
    /// `card_error`, `invalid_request_error`, `idempotency_error` ...
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// For programs.
    pub code: Option<String>,
    /// The parameter it is about.
    pub param: Option<String>,
    /// The bank's reason.
    pub decline_code: Option<String>,
    /// For people.
    pub message: Option<String>,
    /// The intent that was made although its card was refused.
    pub payment_intent: Option<Box<Intent>>,
}

/// A webhook's envelope.
#[derive(Debug, Deserialize)]
pub struct Event {
    /// `evt_...`
    pub id: String,
    /// What happened, e.g. `payment_intent.succeeded`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The object it happened to.
    pub data: EventData,
}

impl Event {
    /// The intent it is about, when it is about one.
    #[must_use]
    pub fn intent_id(&self) -> Option<&str> {
        if !self.kind.starts_with("payment_intent.") {
            return None;
        }
        self.data.object.get("id")?.as_str()
    }
}

/// Part of a webhook.
#[derive(Debug, Deserialize)]
pub struct EventData {
    /// The object, read by `kind`.
    pub object: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intent_is_read_with_and_without_its_charge() {
        let plain =
            r#"{"id":"pi_1","status":"requires_action","client_secret":"s","latest_charge":"ch_1","metadata":{}}"#;
        let intent: Intent = serde_json::from_str(plain).expect("reads");
        assert_eq!(intent.standing(), IntentStatus::RequiresAction);
        assert_eq!(intent.latest_charge.as_ref().map(Expandable::id), Some("ch_1"));
        assert!(intent.card().is_none());

        let whole = r#"{"id":"pi_1","status":"succeeded","client_secret":null,"amount_received":5000,
            "metadata":{"booking_id":"0198c3de-7a10-7000-8000-0000000000aa"},
            "latest_charge":{"id":"ch_1","payment_intent":"pi_1","payment_method_details":{"type":"card","card":{"brand":"visa","last4":"4242"}}}}"#;
        let intent: Intent = serde_json::from_str(whole).expect("reads");
        assert_eq!(intent.card().and_then(|card| card.last4.as_deref()), Some("4242"));
        assert!(intent.booking_id().is_some());
    }

    #[test]
    fn a_new_word_of_stripe_is_not_an_error() {
        let intent: Intent = serde_json::from_str(r#"{"id":"pi_1","status":"requires_dance"}"#).expect("reads");
        assert_eq!(intent.standing(), IntentStatus::Processing);
    }
}
