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

    /// The charge, where it was asked for whole.
    #[must_use]
    pub fn charge(&self) -> Option<&ChargeObject> {
        self.latest_charge.as_ref()?.object()
    }

    /// What was handed on to the owner.
    #[must_use]
    pub fn transfer_id(&self) -> Option<&str> {
        self.charge()?.transfer.as_ref().map(Expandable::id)
    }

    /// Our booking's id, if it is one of ours.
    #[must_use]
    pub fn booking_id(&self) -> Option<uuid::Uuid> {
        self.metadata.get("booking_id")?.parse().ok()
    }

    /// Our payment's id, if it is one of ours.
    #[must_use]
    pub fn payment_id(&self) -> Option<uuid::Uuid> {
        self.metadata.get("payment_id")?.parse().ok()
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
    /// Collected, in cents.
    #[serde(default)]
    pub amount_captured: i64,
    /// The card.
    pub payment_method_details: Option<PaymentMethodDetails>,
    /// What was handed on to the owner.
    pub transfer: Option<Expandable<Transfer>>,
    /// What the platform took for itself.
    pub application_fee: Option<Expandable<ApplicationFee>>,
}

/// Money handed on to a connected account.
#[derive(Debug, Clone, Deserialize)]
pub struct Transfer {
    /// `tr_...`
    pub id: String,
    /// In cents.
    pub amount: i64,
    /// Taken back so far, in cents.
    #[serde(default)]
    pub amount_reversed: i64,
}

/// The platform's share of a charge.
#[derive(Debug, Clone, Deserialize)]
pub struct ApplicationFee {
    /// `fee_...`
    pub id: String,
    /// In cents.
    pub amount: i64,
    /// Given back so far, in cents.
    #[serde(default)]
    pub amount_refunded: i64,
}

/// A part of a transfer that was taken back.
#[derive(Debug, Clone, Deserialize)]
pub struct TransferReversal {
    /// `trr_...`
    pub id: String,
}

/// A charge that its bank takes back.
#[derive(Debug, Clone, Deserialize)]
pub struct Dispute {
    /// `dp_...`
    pub id: String,
    /// How much, in cents.
    pub amount: i64,
    /// The intent it belongs to.
    pub payment_intent: Option<Expandable<Intent>>,
    /// `fraudulent`, `product_not_received` ...
    #[serde(default)]
    pub reason: String,
    /// `needs_response`, `under_review`, `won`, `lost`; with `warning_` before it for an enquiry that took no money.
    pub status: String,
    /// Until when evidence is taken.
    pub evidence_details: Option<EvidenceDetails>,
}

/// Part of a dispute.
#[derive(Debug, Clone, Deserialize)]
pub struct EvidenceDetails {
    /// In seconds since 1970.
    pub due_by: Option<i64>,
}

/// Money on its way to a bank account.
#[derive(Debug, Clone, Deserialize)]
pub struct Payout {
    /// `po_...`
    pub id: String,
    /// In cents.
    pub amount: i64,
    /// `pending`, `in_transit`, `paid`, `failed`, `canceled`.
    pub status: String,
    /// In seconds since 1970.
    pub arrival_date: i64,
    /// In seconds since 1970.
    pub created: i64,
}

/// A connected account, as far as its payouts go.
#[derive(Debug, Clone, Deserialize)]
pub struct Account {
    /// `acct_...`
    pub id: String,
    /// Holds the schedule.
    pub settings: Option<AccountSettings>,
}

/// Part of an account.
#[derive(Debug, Clone, Deserialize)]
pub struct AccountSettings {
    /// Holds the schedule.
    pub payouts: Option<PayoutSettings>,
}

/// Part of an account.
#[derive(Debug, Clone, Deserialize)]
pub struct PayoutSettings {
    /// When money is sent to the bank.
    pub schedule: Option<PayoutSchedule>,
}

/// When money is sent to the bank.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, serde::Serialize)]
pub struct PayoutSchedule {
    /// `daily`, `weekly`, `monthly`, or `manual` for not at all.
    pub interval: String,
    /// Weekday of a weekly one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly_anchor: Option<String>,
    /// Day of a monthly one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_anchor: Option<i64>,
}

impl Identified for ChargeObject {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Identified for Transfer {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Identified for ApplicationFee {
    fn id(&self) -> &str {
        &self.id
    }
}

impl<T> Expandable<T> {
    /// The object, where it was asked for.
    #[must_use]
    pub fn object(&self) -> Option<&T> {
        match self {
            Self::Id(_) => None,
            Self::Object(object) => Some(object),
        }
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
    /// What we put on it.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// A page of a list.
#[derive(Debug, Clone, Deserialize)]
pub struct List<T> {
    /// The entries.
    pub data: Vec<T>,
    /// There are more after the last one.
    #[serde(default)]
    pub has_more: bool,
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
