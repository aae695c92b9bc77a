//! The words of a receipt and of the mail that brings it, in Greek and English. Pure.

use contracts::identity::Language;
use contracts::money::Cents;

use super::domain::Receipt;
use crate::bookings::texts::{Text, both};

/// An amount in the reader's language (I18N-13).
pub fn money(amount: Cents, language: Language) -> String {
    match language {
        Language::El => format!("{} €", amount.to_string().replace('.', ",")),
        Language::En => format!("€{amount}"),
    }
}

/// The mail: the receipt is there (PAY-36).
pub fn issued(receipt: &Receipt) -> Text {
    let day = receipt.date.strftime("%d/%m/%Y");
    Text {
        title: both("Η απόδειξή σας", "Your receipt"),
        body: both(
            format!(
                "{}, {day}, {}-{}: {}. Αριθμός {}.",
                receipt.court_name_el,
                receipt.start_time,
                receipt.end_time,
                money(receipt.gross, Language::El),
                receipt.number
            ),
            format!(
                "{}, {day}, {}-{}: {}. Number {}.",
                receipt.court_name(true),
                receipt.start_time,
                receipt.end_time,
                money(receipt.gross, Language::En),
                receipt.number
            ),
        ),
    }
}

/// The headline of the document.
pub const fn title(language: Language) -> &'static str {
    match language {
        Language::El => "Απόδειξη",
        Language::En => "Receipt",
    }
}

/// The lines of the document, name and value, in their order.
pub fn lines(receipt: &Receipt, language: Language) -> Vec<(&'static str, String)> {
    let english = language == Language::En;
    let name = |el, en| if english { en } else { el };
    let mut lines = vec![
        (name("Αριθμός", "Number"), receipt.number.clone()),
        (name("Ημερομηνία έκδοσης", "Issued on"), receipt.issued_at.strftime("%d/%m/%Y").to_string()),
        (name("Κράτηση", "Booking"), receipt.booking_id.to_string()),
        (name("Γήπεδο", "Court"), receipt.court_name(english).to_owned()),
        (name("Διεύθυνση", "Address"), receipt.court_address.clone()),
        (name("Ημέρα", "Date"), receipt.date.strftime("%d/%m/%Y").to_string()),
        (name("Ώρα", "Time"), format!("{} - {}", receipt.start_time, receipt.end_time)),
        (name("Διάρκεια", "Duration"), format!("{} {}", receipt.duration_minutes, name("λεπτά", "minutes"))),
        (name("Ποσό", "Amount"), money(receipt.amount, language)),
    ];
    if receipt.discount > Cents::ZERO {
        lines.push((name("Έκπτωση", "Discount"), money(receipt.discount, language)));
    }
    lines.push((name("Σύνολο χρέωσης", "Total charged"), money(receipt.gross, language)));
    lines.push((name("εκ του οποίου προμήθεια", "of which platform fee"), money(receipt.platform_fee, language)));
    lines.push((name("εκ του οποίου στο γήπεδο", "of which to the court"), money(receipt.owner_net, language)));
    if let Some(vat) = &receipt.vat {
        let rate = vat.rate_percent;
        lines.push((name("ΑΦΜ γηπέδου", "VAT number of the court"), vat.number.clone()));
        lines
            .push((name("Περιλαμβάνεται ΦΠΑ", "VAT included"), format!("{} ({rate}%)", money(vat.included, language))));
    }
    lines.push((name("Κάρτα", "Card"), receipt.payment_method()));
    lines.push((name("Κωδικός συναλλαγής", "Transaction"), receipt.transaction_id.clone()));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// I18N-13: Greek with a comma, English with a point.
    #[test]
    fn money_follows_the_language() {
        assert_eq!(money(Cents(2550), Language::El), "25,50 €");
        assert_eq!(money(Cents(2550), Language::En), "€25.50");
    }
}
