//! Stripe's objects as rows, and the lists they stand in. Shapes only: what may happen to them is decided beside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::cards::{Behaviour, Card};
use crate::config::WebhookTarget;
use crate::table::{Journaled, Table};

/// Free pairs that callers put on their objects.
pub type Metadata = BTreeMap<String, String>;

/// Everything Stripe remembers.
#[derive(Debug, Default)]
pub struct Books {
    pub customers: Table<Customer>,
    pub payment_methods: Table<PaymentMethod>,
    pub setup_intents: Table<SetupIntent>,
    pub payment_intents: Table<PaymentIntent>,
    pub charges: Table<Charge>,
    pub refunds: Table<Refund>,
    pub accounts: Table<Account>,
    pub transfers: Table<Transfer>,
    pub application_fees: Table<ApplicationFee>,
    pub payouts: Table<Payout>,
    pub disputes: Table<Dispute>,
    pub balance_transactions: Table<BalanceTransaction>,
    pub events: Table<Event>,
    pub deliveries: Table<Delivery>,
    pub webhook_endpoints: Table<WebhookEndpoint>,
    pub answers: Table<KeptAnswer>,
}

impl Books {
    /// All tables with the names they have in the journal.
    pub fn tables(&mut self) -> Vec<(&'static str, &mut dyn Journaled)> {
        vec![
            ("stripe.customers", &mut self.customers),
            ("stripe.payment_methods", &mut self.payment_methods),
            ("stripe.setup_intents", &mut self.setup_intents),
            ("stripe.payment_intents", &mut self.payment_intents),
            ("stripe.charges", &mut self.charges),
            ("stripe.refunds", &mut self.refunds),
            ("stripe.accounts", &mut self.accounts),
            ("stripe.transfers", &mut self.transfers),
            ("stripe.application_fees", &mut self.application_fees),
            ("stripe.payouts", &mut self.payouts),
            ("stripe.disputes", &mut self.disputes),
            ("stripe.balance_transactions", &mut self.balance_transactions),
            ("stripe.events", &mut self.events),
            ("stripe.deliveries", &mut self.deliveries),
            ("stripe.webhook_endpoints", &mut self.webhook_endpoints),
            ("stripe.answers", &mut self.answers),
        ]
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Customer {
    pub id: String,
    pub created: i64,
    pub email: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub description: Option<String>,
    pub default_payment_method: Option<String>,
    pub metadata: Metadata,
    pub deleted: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaymentMethod {
    pub id: String,
    pub created: i64,
    pub customer: Option<String>,
    pub card: Card,
    pub behaviour: Behaviour,
    /// Whether a strong authentication was passed when it was saved, which lets later charges through.
    pub authenticated: bool,
    pub metadata: Metadata,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Canceled,
    Succeeded,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetupIntent {
    pub id: String,
    pub client_secret: String,
    pub created: i64,
    pub customer: Option<String>,
    pub payment_method: Option<String>,
    pub status: SetupStatus,
    pub usage: String,
    pub return_url: Option<String>,
    pub last_setup_error: Option<Value>,
    pub metadata: Metadata,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    RequiresCapture,
    Canceled,
    Succeeded,
}

impl PaymentStatus {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::RequiresCapture => "requires_capture",
            Self::Canceled => "canceled",
            Self::Succeeded => "succeeded",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMethod {
    Automatic,
    AutomaticAsync,
    Manual,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaymentIntent {
    pub id: String,
    pub client_secret: String,
    pub created: i64,
    pub amount: i64,
    pub amount_capturable: i64,
    pub amount_received: i64,
    pub capture_method: CaptureMethod,
    pub status: PaymentStatus,
    pub customer: Option<String>,
    pub payment_method: Option<String>,
    pub application_fee_amount: Option<i64>,
    pub destination: Option<String>,
    pub transfer_amount: Option<i64>,
    pub on_behalf_of: Option<String>,
    pub transfer_group: Option<String>,
    pub description: Option<String>,
    pub receipt_email: Option<String>,
    pub statement_descriptor_suffix: Option<String>,
    pub return_url: Option<String>,
    pub setup_future_usage: Option<String>,
    pub latest_charge: Option<String>,
    pub last_payment_error: Option<Value>,
    pub cancellation_reason: Option<String>,
    pub canceled_at: Option<i64>,
    pub metadata: Metadata,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeStatus {
    Succeeded,
    Failed,
}

/// One attempt to take the money of an intent. What both have in common (customer, card, metadata) stands there only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Charge {
    pub id: String,
    pub created: i64,
    pub amount: i64,
    pub amount_captured: i64,
    pub amount_refunded: i64,
    pub captured: bool,
    /// The hold was let go before capture.
    pub released: bool,
    pub status: ChargeStatus,
    pub payment_intent: String,
    pub payment_method: Option<String>,
    pub application_fee: Option<String>,
    pub application_fee_amount: Option<i64>,
    pub balance_transaction: Option<String>,
    pub transfer: Option<String>,
    pub failure_code: Option<String>,
    pub decline_code: Option<String>,
    pub failure_message: Option<String>,
    pub dispute: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refund {
    pub id: String,
    pub created: i64,
    pub amount: i64,
    pub charge: String,
    pub payment_intent: String,
    pub reason: Option<String>,
    pub status: String,
    pub balance_transaction: String,
    pub transfer_reversal: Option<String>,
    pub metadata: Metadata,
}

/// How far a connected account has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStanding {
    /// Details are missing.
    Onboarding,
    /// Charges and payouts are enabled.
    Complete,
    /// Something is past due: payouts are stopped, charges too.
    Restricted,
    /// Rejected for good.
    Disabled,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    pub id: String,
    pub created: i64,
    pub kind: String,
    pub country: String,
    pub email: Option<String>,
    pub business_type: Option<String>,
    pub standing: AccountStanding,
    pub details_submitted: bool,
    pub payout_interval: String,
    pub weekly_anchor: String,
    pub monthly_anchor: i64,
    pub metadata: Metadata,
    /// Codes of the account links that still open the onboarding page, with their expiry and way back.
    pub links: Vec<AccountLink>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccountLink {
    pub code: String,
    pub expires_at: i64,
    pub return_url: String,
    pub refresh_url: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Transfer {
    pub id: String,
    pub created: i64,
    pub amount: i64,
    pub amount_reversed: i64,
    pub destination: String,
    /// The payment as the connected account sees it.
    pub destination_payment: String,
    pub source_transaction: Option<String>,
    pub transfer_group: Option<String>,
    pub description: Option<String>,
    pub balance_transaction: String,
    pub reversals: Vec<TransferReversal>,
    pub metadata: Metadata,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TransferReversal {
    pub id: String,
    pub created: i64,
    pub amount: i64,
    pub balance_transaction: String,
    pub source_refund: Option<String>,
    pub metadata: Metadata,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApplicationFee {
    pub id: String,
    pub created: i64,
    pub account: String,
    pub amount: i64,
    pub amount_refunded: i64,
    pub charge: String,
    pub balance_transaction: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Payout {
    pub id: String,
    pub created: i64,
    pub account: String,
    pub amount: i64,
    pub arrival_date: i64,
    pub automatic: bool,
    /// `pending`, `in_transit`, `paid`, `failed`, `canceled`.
    pub status: String,
    pub failure_code: Option<String>,
    pub failure_message: Option<String>,
    pub balance_transaction: String,
    pub metadata: Metadata,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Dispute {
    pub id: String,
    pub created: i64,
    pub amount: i64,
    pub charge: String,
    pub payment_intent: String,
    pub reason: String,
    /// `needs_response`, `under_review`, `won`, `lost`.
    pub status: String,
    pub evidence: Metadata,
    pub submission_count: i64,
    pub due_by: i64,
    pub balance_transactions: Vec<String>,
    pub metadata: Metadata,
}

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Movement {
    Charge,
    Refund,
    RefundFailure,
    Adjustment,
    ApplicationFee,
    ApplicationFeeRefund,
    Transfer,
    TransferRefund,
    Payment,
    PaymentRefund,
    Payout,
    PayoutFailure,
    PayoutCancel,
}

/// One movement of money on one account. `account` is `platform` or an `acct_` id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BalanceTransaction {
    pub id: String,
    pub created: i64,
    pub account: String,
    pub amount: i64,
    pub fee: i64,
    pub kind: Movement,
    pub source: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    pub id: String,
    pub kind: String,
    /// The body of every delivery, byte for byte: the object as it was at that moment, not as it is later.
    pub payload: String,
    /// Deliveries that are still under way; until then the event is kept.
    pub waiting: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    Pending,
    Delivered,
    Failed,
    Dropped,
}

/// One event on its way to one endpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Delivery {
    pub id: String,
    pub event: String,
    pub event_type: String,
    pub endpoint: String,
    pub url: String,
    pub state: DeliveryState,
    pub attempts: u32,
    pub last_status: Option<u16>,
    pub last_problem: Option<String>,
    pub created: i64,
}

/// An endpoint made over the API; those of the configuration are not rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WebhookEndpoint {
    pub id: String,
    pub created: i64,
    pub target: WebhookTarget,
}

/// The first answer to an idempotency key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeptAnswer {
    pub fingerprint: String,
    pub status: u16,
    pub body: String,
    pub request: String,
    pub created: i64,
}
