//! What a receipt says. Pure.

use contracts::court::TimeOfDay;
use contracts::ids::{BookingId, PaymentId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
#[cfg(test)]
use uuid::Uuid;

/// The rate of the tax in percent (PAY-35).
pub const VAT_PERCENT: i64 = 24;

/// The tax that is part of `gross`: gross - gross / 1.24, rounded half up (PAY-35).
#[must_use]
pub fn vat_included(gross: Cents) -> Cents {
    gross.scaled_half_up(VAT_PERCENT, 100 + VAT_PERCENT).unwrap_or(Cents::ZERO)
}

/// The owner's tax line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vat {
    /// The owner's number.
    pub number: String,
    /// In percent.
    pub rate_percent: i64,
    /// Part of the gross amount.
    pub included: Cents,
}

/// A receipt as it was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Unique.
    pub number: String,
    /// For which booking.
    pub booking_id: BookingId,
    /// For which payment.
    pub payment_id: PaymentId,
    /// Stripe's id of the payment.
    pub transaction_id: String,
    /// The court in Greek.
    pub court_name_el: String,
    /// The court in English, where it has such a name.
    pub court_name_en: Option<String>,
    /// Where it is.
    pub court_address: String,
    /// Court-local date.
    pub date: Date,
    /// Court-local start.
    pub start_time: TimeOfDay,
    /// Court-local end.
    pub end_time: TimeOfDay,
    /// Length.
    pub duration_minutes: i32,
    /// Before a discount.
    pub amount: Cents,
    /// Taken off by a promo code.
    pub discount: Cents,
    /// What the customer paid.
    pub gross: Cents,
    /// The platform's part of it.
    pub platform_fee: Cents,
    /// The owner's part of it.
    pub owner_net: Cents,
    /// ISO code.
    pub currency: String,
    /// `visa`, `mastercard` ...
    pub card_brand: Option<String>,
    /// Last four digits.
    pub card_last4: Option<String>,
    /// For owners who are registered.
    pub vat: Option<Vat>,
    /// When it was issued.
    pub issued_at: Timestamp,
}

impl Receipt {
    /// The court's name for a reader (I18N-11).
    #[must_use]
    pub fn court_name(&self, english: bool) -> &str {
        match &self.court_name_en {
            Some(name) if english => name,
            _ => &self.court_name_el,
        }
    }

    /// How it was paid, e.g. `VISA 4242`.
    #[must_use]
    pub fn payment_method(&self) -> String {
        let brand = self.card_brand.as_deref().unwrap_or("card").to_uppercase();
        match &self.card_last4 {
            Some(digits) => format!("{brand} {digits}"),
            None => brand,
        }
    }
}

/// A number that is unique because the payment's id is, and short enough to be read out.
#[must_use]
pub fn number_of(payment: PaymentId, issued_at: Timestamp) -> String {
    let id = payment.0.simple().to_string().to_uppercase();
    let tail = id.get(id.len().saturating_sub(12)..).unwrap_or(&id);
    format!("{}-{tail}", issued_at.strftime("%Y"))
}

/// The tax line of an owner, if receipts have one.
#[must_use]
pub fn vat_of(registered: bool, number: Option<String>, gross: Cents) -> Option<Vat> {
    let number = number.filter(|number| registered && !number.trim().is_empty())?;
    Some(Vat { number, rate_percent: VAT_PERCENT, included: vat_included(gross) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// PAY-35: the example of the rule book.
    #[test]
    fn vat_of_fifty_euros() {
        assert_eq!(vat_included(Cents(5000)), Cents(968));
        assert_eq!(vat_included(Cents(0)), Cents(0));
        assert_eq!(vat_included(Cents(124)), Cents(24));
    }

    /// PAY-35: only registered owners with a number have the line.
    #[test]
    fn only_registered_owners_show_vat() {
        assert!(vat_of(true, Some("EL123456789".to_owned()), Cents(5000)).is_some());
        assert_eq!(vat_of(false, Some("EL123456789".to_owned()), Cents(5000)), None);
        assert_eq!(vat_of(true, None, Cents(5000)), None);
        assert_eq!(vat_of(true, Some(" ".to_owned()), Cents(5000)), None);
    }

    proptest! {
        /// PAY-35: within half a cent of gross - gross / 1.24, and never more than the gross.
        #[test]
        fn vat_is_rounded_half_up(gross in 0..10_000_000_i64) {
            let vat = vat_included(Cents(gross)).0;
            // 124 x vat is within 62 of 24 x gross, ties upwards.
            let error = 124 * vat - 24 * gross;
            prop_assert!(error > -62 && error <= 62);
            prop_assert!(vat >= 0 && vat <= gross);
        }

        #[test]
        fn numbers_differ_with_payments(one in any::<u128>(), other in any::<u128>()) {
            let number = |id| number_of(PaymentId(Uuid::from_u128(id)), Timestamp::UNIX_EPOCH);
            let tail = u128::from(u64::MAX >> 16);
            prop_assert_eq!(number(one) == number(other), one & tail == other & tail);
        }
    }
}
