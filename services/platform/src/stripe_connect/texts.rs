//! What owners are told about payouts, in Greek and English. Pure.

use contracts::events::LocalisedText;
use contracts::money::Cents;

/// Headline and text: money has reached the bank.
pub fn paid_out(amount: Cents) -> (LocalisedText, LocalisedText) {
    let greek = amount.to_string().replace('.', ",");
    (
        LocalisedText {
            el: "Πληρωμή στον λογαριασμό σας".to_owned(), en: "Payout completed".to_owned()
        },
        LocalisedText {
            el: format!("{greek} € στάλθηκαν στον τραπεζικό σας λογαριασμό."),
            en: format!("€{amount} was sent to your bank account."),
        },
    )
}
