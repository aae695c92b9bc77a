//! What people are told about disputes, in Greek and English. Pure; no names of people (EVT-09).

use contracts::events::LocalisedText;
use contracts::money::Cents;
use jiff::Timestamp;

use super::domain::Status;
use crate::bookings::domain::booking::Booking;
use crate::bookings::texts::{Text, both, euros, what};

/// To the owner: a charge is contested, with what is known of it (PAY-47).
pub fn opened(booking: &Booking, amount: Cents, reason: &str, due_by: Option<Timestamp>) -> Text {
    let (what, amount) = (what(booking), euros(amount));
    let until: LocalisedText = due_by.map_or_else(
        || both("", ""),
        |due| {
            let day = due.strftime("%d/%m/%Y");
            both(format!(" Στοιχεία έως {day}."), format!(" Evidence until {day}."))
        },
    );
    Text {
        title: both("Αμφισβήτηση πληρωμής", "Payment disputed"),
        body: both(
            format!("{}: {}. Αιτία: {reason}.{}", what.el, amount.el, until.el),
            format!("{}: {}. Reason: {reason}.{}", what.en, amount.en, until.en),
        ),
    }
}

/// To the owner: the bank has decided (PAY-49).
pub fn closed(booking: &Booking, status: Status, owner_share: Cents) -> Text {
    let (what, share) = (what(booking), euros(owner_share));
    let body = if status == Status::Won {
        both(
            format!("{}: η τράπεζα αποφάσισε υπέρ σας.", what.el),
            format!("{}: the bank decided in your favour.", what.en),
        )
    } else {
        both(
            format!("{}: η τράπεζα αποφάσισε υπέρ του πελάτη. Σας χρεώθηκαν {}.", what.el, share.el),
            format!("{}: the bank decided for the customer. You were charged {}.", what.en, share.en),
        )
    };
    Text { title: both("Η αμφισβήτηση έκλεισε", "Dispute closed"), body }
}
