//! What reminders say, in Greek and English. Pure; names of people are filled in on delivery (NOTE-01).

use contracts::events::LocalisedText;
use contracts::owner_settings::ReminderTrigger;

use super::domain::rules::Rule;
use super::store::Candidate;
use crate::bookings::domain::booking::Booking;
use crate::bookings::texts::{Text, both, what};

/// To the customer: the booking is near (NOTE-22).
#[must_use]
pub fn near(booking: &Booking, hours: u32) -> Text {
    let what = what(booking);
    let (el, en) = match hours {
        1 => ("σε λιγότερο από μία ώρα".to_owned(), "within an hour".to_owned()),
        24 => ("μέσα στις επόμενες 24 ώρες".to_owned(), "within the next 24 hours".to_owned()),
        hours => (format!("σε λιγότερο από {hours} ώρες"), format!("within {hours} hours")),
    };
    Text {
        title: both("Η κράτησή σας πλησιάζει", "Your booking is near"),
        body: both(format!("{}. Ξεκινά {el}.", what.el), format!("{}. It starts {en}.", what.en)),
    }
}

/// Court, date and times of a booking that a rule matches.
#[must_use]
pub fn slot(found: &Candidate) -> LocalisedText {
    let name_en = found.court_name_en.as_deref().unwrap_or(&found.court_name_el);
    let day = found.date.strftime("%d/%m/%Y");
    both(
        format!("{}, {day}, {}-{}", found.court_name_el, found.start, found.end),
        format!("{name_en}, {day}, {}-{}", found.start, found.end),
    )
}

/// Why a rule speaks.
#[must_use]
pub fn reason(rule: &Rule) -> LocalisedText {
    let (days, hours) = (rule.days, rule.hours);
    match rule.trigger {
        ReminderTrigger::UnpaidBooking => both("Δεν έχει πληρωθεί ακόμη", "It has not been paid yet"),
        ReminderTrigger::PaymentHeldNotCaptured => both(
            "Το ποσό έχει δεσμευτεί και η κράτηση περιμένει την επιβεβαίωσή σας",
            "The amount is held and the booking waits for your confirmation",
        ),
        ReminderTrigger::PendingConfirmation => both(
            format!("Περιμένει την απάντησή σας πάνω από {hours} ώρες"),
            format!("It has waited for your answer for more than {hours} hours"),
        ),
        ReminderTrigger::NoContactManual => {
            both("Δεν υπάρχει τηλέφωνο ή email για την κράτηση", "There is no phone number or email for the booking")
        }
        ReminderTrigger::LowOccupancy => both(
            format!("Καμία κράτηση για τις επόμενες {days} ημέρες"),
            format!("No bookings for the next {days} days"),
        ),
    }
}

/// To the owner: a rule matches a booking. Names court, date, time, customer, reason and what can be done (NOTE-53).
#[must_use]
pub fn alert(rule: &Rule, found: &Candidate) -> Text {
    let (slot, reason) = (slot(found), reason(rule));
    let (can_el, can_en) = if found.facts.manual {
        (
            "Μπορείτε να επικοινωνήσετε με τον πελάτη, να σημειώσετε την πληρωμή, να δώσετε παράταση ή να ακυρώσετε την κράτηση.",
            "You can contact the customer, mark it as paid, extend the deadline or cancel the booking.",
        )
    } else {
        (
            "Μπορείτε να απαντήσετε, να επικοινωνήσετε με τον πελάτη ή να ακυρώσετε την κράτηση.",
            "You can answer, contact the customer or cancel the booking.",
        )
    };
    // A guest without a name in the owner's notes is nobody that delivery could name.
    let who = if found.customer.is_some() || found.guest_name.is_some() { "{customerName}: " } else { "" };
    Text {
        title: both("Υπενθύμιση κράτησης", "Booking reminder"),
        body: both(
            format!("{who}{}. {}. {can_el}", slot.el, reason.el),
            format!("{who}{}. {}. {can_en}", slot.en, reason.en),
        ),
    }
}

/// To the owner: nobody books a court; a promotion might help (NOTE-49).
#[must_use]
pub fn empty_court(rule: &Rule, name_el: &str, name_en: Option<&str>) -> Text {
    let reason = reason(rule);
    let name_en = name_en.unwrap_or(name_el);
    Text {
        title: both("Γήπεδο χωρίς κρατήσεις", "A court without bookings"),
        body: both(
            format!("{name_el}. {}. Μια προσφορά ίσως βοηθήσει.", reason.el),
            format!("{name_en}. {}. A promotion might help.", reason.en),
        ),
    }
}

/// Subject and text of a mail that the owner may send to a guest (NOTE-56).
#[must_use]
pub fn letter(rule: &Rule, found: &Candidate) -> (LocalisedText, LocalisedText) {
    let slot = slot(found);
    let (el, en) = match rule.trigger {
        ReminderTrigger::UnpaidBooking => {
            ("Η κράτησή σας δεν έχει πληρωθεί ακόμη.", "Your booking has not been paid yet.")
        }
        _ => ("Σας γράφουμε για την κράτησή σας.", "We are writing about your booking."),
    };
    let subject = both(format!("Η κράτησή σας: {}", slot.el), format!("Your booking: {}", slot.en));
    let (hello_el, hello_en) = match &found.guest_name {
        Some(name) => (format!("Γεια σας {name},"), format!("Hello {name},")),
        None => ("Γεια σας,".to_owned(), "Hello,".to_owned()),
    };
    let body = both(format!("{hello_el}\n\n{}\n{el}\n", slot.el), format!("{hello_en}\n\n{}\n{en}\n", slot.en));
    (subject, body)
}
