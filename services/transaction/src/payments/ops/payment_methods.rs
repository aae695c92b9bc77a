//! Saved cards. They live at Stripe alone; here is only which Stripe customer a user is (PAY-14 to PAY-17).

use contracts::ids::UserId;
use serde::Serialize;
use utoipa::ToSchema;

use super::PaymentError;
use crate::payments::store;
use crate::state::AppState;
use crate::stripe::StripeError;
use crate::stripe::wire::PaymentMethod;

/// How a card is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MethodKind {
    /// As itself.
    Card,
    /// In Apple's wallet.
    ApplePay,
    /// In Google's wallet.
    GooglePay,
}

/// A saved card, as far as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedMethod {
    /// Stripe's id.
    pub id: String,
    /// How it is carried.
    pub kind: MethodKind,
    /// Last four digits.
    pub last4: Option<String>,
    /// `visa`, `mastercard` ...
    pub brand: Option<String>,
    /// Month it ends.
    pub expiry_month: Option<i32>,
    /// Year it ends.
    pub expiry_year: Option<i32>,
    /// Used when nothing else is chosen.
    pub is_default: bool,
}

/// The Stripe customer of a user, made at the first payment; parallel calls agree on one (PAY-15).
///
/// # Errors
/// See [`PaymentError`].
pub async fn ensure_customer(state: &AppState, user: UserId) -> Result<String, PaymentError> {
    let mut connection = state.pool.acquire().await?;
    if let Some(known) = store::customer_of(&mut connection, user).await? {
        return Ok(known);
    }
    drop(connection);
    // The key is the user: however many ask at once, Stripe makes one customer and answers all with it.
    let made = state.stripe.create_customer(user.0).await?;
    let mut connection = state.pool.acquire().await?;
    store::remember_customer(&mut connection, user, &made.id, state.env.clock.now()).await?;
    Ok(store::customer_of(&mut connection, user).await?.unwrap_or(made.id))
}

/// The caller's cards (PAY-17). A user who never paid has none.
///
/// # Errors
/// See [`PaymentError`].
pub async fn list_methods(state: &AppState, user: UserId) -> Result<Vec<SavedMethod>, PaymentError> {
    let mut connection = state.pool.acquire().await?;
    let Some(customer) = store::customer_of(&mut connection, user).await? else { return Ok(Vec::new()) };
    drop(connection);
    let (methods, customer) =
        tokio::try_join!(state.stripe.payment_methods(&customer), state.stripe.customer(&customer))?;
    let chosen = customer.invoice_settings.and_then(|settings| settings.default_payment_method);
    Ok(methods.data.into_iter().map(|method| saved(method, chosen.as_deref())).collect())
}

/// Begins saving a card; the answer is what the browser needs for it (PAY-16).
///
/// # Errors
/// See [`PaymentError`].
pub async fn start_saving(state: &AppState, user: UserId) -> Result<String, PaymentError> {
    let customer = ensure_customer(state, user).await?;
    let begun = state.stripe.create_setup_intent(&customer, state.env.ids.new_id()).await?;
    begun.client_secret.ok_or_else(|| StripeError::NoAnswer("a setup intent without a secret".to_owned()).into())
}

/// Keeps the card that a finished setup intent brought (PAY-16).
///
/// # Errors
/// See [`PaymentError`]; a setup intent of somebody else is unknown.
pub async fn save_method(state: &AppState, user: UserId, setup_intent: &str) -> Result<SavedMethod, PaymentError> {
    let customer = ensure_customer(state, user).await?;
    let begun = match state.stripe.setup_intent(setup_intent).await {
        Err(StripeError::Refused { .. }) => return Err(PaymentError::UnknownMethod),
        other => other?,
    };
    if begun.customer.as_deref() != Some(customer.as_str()) {
        return Err(PaymentError::UnknownMethod);
    }
    let method = match (begun.status.as_str(), begun.payment_method) {
        ("succeeded", Some(method)) => method,
        _ => return Err(PaymentError::NotSaved),
    };
    let card = state.stripe.payment_method(&method).await?;
    let card = if card.customer.is_none() { state.stripe.attach(&method, &customer).await? } else { card };
    Ok(saved(card, None))
}

fn saved(method: PaymentMethod, chosen: Option<&str>) -> SavedMethod {
    let wallet = method.card.as_ref().and_then(|card| card.wallet.as_ref()).map(|wallet| wallet.kind.as_str());
    SavedMethod {
        kind: match wallet {
            Some("apple_pay") => MethodKind::ApplePay,
            Some("google_pay") => MethodKind::GooglePay,
            _ => MethodKind::Card,
        },
        last4: method.card.as_ref().and_then(|card| card.last4.clone()),
        brand: method.card.as_ref().and_then(|card| card.brand.clone()),
        expiry_month: method.card.as_ref().and_then(|card| card.exp_month),
        expiry_year: method.card.as_ref().and_then(|card| card.exp_year),
        is_default: chosen == Some(method.id.as_str()),
        id: method.id,
    }
}
