//! What people are told about bookings, in Greek and English. Pure; names of people never appear here, they are filled
//! in on delivery (EVT-09, NOTE-01).

use contracts::court::DayOfWeek;
use contracts::events::LocalisedText;
use contracts::money::Cents;

use super::domain::booking::Booking;

/// Title and body of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub title: LocalisedText,
    /// A sentence or two.
    pub body: LocalisedText,
}

pub(crate) fn both(el: impl Into<String>, en: impl Into<String>) -> LocalisedText {
    LocalisedText { el: el.into(), en: en.into() }
}

/// Court, date and time of a booking in both languages.
pub(crate) fn what(booking: &Booking) -> LocalisedText {
    let name_en = booking.court.name_en.as_deref().unwrap_or(&booking.court.name_el);
    let (date, start, end) = (booking.slot.date, booking.slot.start, booking.slot.end);
    let day = date.strftime("%d/%m/%Y");
    both(format!("{}, {day}, {start}-{end}", booking.court.name_el), format!("{name_en}, {day}, {start}-{end}"))
}

/// An amount as people read it: Greek with a comma, English with a point.
pub(crate) fn euros(amount: Cents) -> LocalisedText {
    let point = amount.to_string();
    both(format!("{} €", point.replace('.', ",")), format!("€{point}"))
}

/// To the customer: the booking stands.
#[must_use]
pub fn confirmed_for_customer(booking: &Booking, message: Option<&str>) -> Text {
    let what = what(booking);
    let note = message.map(|words| format!(" «{words}»")).unwrap_or_default();
    Text {
        title: both("Η κράτηση επιβεβαιώθηκε", "Booking confirmed"),
        body: both(format!("{}.{note}", what.el), format!("{}.{note}", what.en)),
    }
}

/// To the owner: somebody booked.
#[must_use]
pub fn confirmed_for_owner(booking: &Booking) -> Text {
    let what = what(booking);
    Text {
        title: both("Νέα κράτηση", "New booking"),
        body: both(format!("{{customerName}}: {}.", what.el), format!("{{customerName}}: {}.", what.en)),
    }
}

/// To the customer: the owner has to answer first.
#[must_use]
pub fn pending_for_customer(booking: &Booking) -> Text {
    let what = what(booking);
    Text {
        title: both("Αναμονή επιβεβαίωσης", "Waiting for confirmation"),
        body: both(
            format!("{}. Το ποσό δεσμεύτηκε και θα χρεωθεί μόνο αν επιβεβαιωθεί η κράτηση.", what.el),
            format!("{}. The amount is held and only collected if the booking is confirmed.", what.en),
        ),
    }
}

/// To the owner: please answer (BOOK-26).
#[must_use]
pub fn pending_for_owner(booking: &Booking) -> Text {
    let what = what(booking);
    Text {
        title: both("Κράτηση προς επιβεβαίωση", "Booking to confirm"),
        body: both(format!("{{customerName}}: {}.", what.el), format!("{{customerName}}: {}.", what.en)),
    }
}

/// To the customer: the owner said no (BOOK-29).
#[must_use]
pub fn rejected(booking: &Booking, reason: &str) -> Text {
    let what = what(booking);
    Text {
        title: both("Η κράτηση δεν έγινε δεκτή", "Booking not accepted"),
        body: both(
            format!("{}. Αιτία: {reason}. Δεν χρεωθήκατε.", what.el),
            format!("{}. Reason: {reason}. You were not charged.", what.en),
        ),
    }
}

/// To everyone affected: called off (NOTE-19).
#[must_use]
pub fn cancelled(booking: &Booking, reason: &str, refund: Cents) -> Text {
    let what = what(booking);
    let amount = euros(refund);
    let (back_el, back_en) = if refund > Cents::ZERO {
        (format!(" Επιστροφή: {}.", amount.el), format!(" Refund: {}.", amount.en))
    } else {
        (String::new(), String::new())
    };
    Text {
        title: both("Η κράτηση ακυρώθηκε", "Booking cancelled"),
        body: both(
            format!("{}. Αιτία: {reason}.{back_el}", what.el),
            format!("{}. Reason: {reason}.{back_en}", what.en),
        ),
    }
}

/// To the customer: the card did not work, the slot is free again (PAY-04).
#[must_use]
pub fn payment_failed(booking: &Booking) -> Text {
    let what = what(booking);
    Text {
        title: both("Η πληρωμή απέτυχε", "Payment failed"),
        body: both(
            format!("{}. Δεν χρεωθήκατε και η ώρα είναι ξανά ελεύθερη.", what.el),
            format!("{}. You were not charged and the slot is free again.", what.en),
        ),
    }
}

/// To the customer: the payment came too late and goes back (LIVE-11, PAY-44).
#[must_use]
pub fn payment_returned(booking: &Booking) -> Text {
    let what = what(booking);
    Text {
        title: both("Η πληρωμή επιστρέφεται", "Your payment is returned"),
        body: both(
            format!("{}. Η πληρωμή ολοκληρώθηκε αφού έληξε η δέσμευση και επιστρέφεται ολόκληρη.", what.el),
            format!("{}. The payment arrived after the slot was released and is returned in full.", what.en),
        ),
    }
}

/// To the customer: the money is back (NOTE-20).
#[must_use]
pub fn refund_completed(booking: &Booking, amount: Cents) -> Text {
    let what = what(booking);
    let amount = euros(amount);
    Text {
        title: both("Η επιστροφή ολοκληρώθηκε", "Refund completed"),
        body: both(format!("{} για {}.", amount.el, what.el), format!("{} for {}.", amount.en, what.en)),
    }
}

/// To the owner: please answer, still (BOOK-26).
#[must_use]
pub fn reminder_for_owner(booking: &Booking) -> Text {
    let what = what(booking);
    Text {
        title: both("Μια κράτηση περιμένει ακόμη", "A booking is still waiting"),
        body: both(format!("{{customerName}}: {}.", what.el), format!("{{customerName}}: {}.", what.en)),
    }
}

/// To the owner: a booking moved (BOOK-51).
#[must_use]
pub fn moved_for_owner(before: &Booking, after: &Booking) -> Text {
    let (from, to) = (what(before), what(after));
    Text {
        title: both("Μια κράτηση μετακινήθηκε", "A booking was moved"),
        body: both(
            format!("{{customerName}}: από {} σε {}.", from.el, to.el),
            format!("{{customerName}}: from {} to {}.", from.en, to.en),
        ),
    }
}

/// To the customer: the booking moved (BOOK-51).
#[must_use]
pub fn moved_for_customer(before: &Booking, after: &Booking) -> Text {
    let (from, to) = (what(before), what(after));
    Text {
        title: both("Η κράτησή σας μετακινήθηκε", "Your booking was moved"),
        body: both(format!("Από {} σε {}.", from.el, to.el), format!("From {} to {}.", from.en, to.en)),
    }
}

/// To the customer: the card does not hold the new price (BOOK-41).
#[must_use]
pub fn card_needed(booking: &Booking) -> Text {
    let what = what(booking);
    Text {
        title: both("Χρειάζεται άλλη κάρτα", "Another card is needed"),
        body: both(
            format!(
                "{}. Η τιμή άλλαξε και η κάρτα δεν δέχτηκε τη νέα δέσμευση. Δηλώστε άλλη κάρτα μέσα σε 24 ώρες, αλλιώς η κράτηση ακυρώνεται χωρίς χρέωση.",
                what.el
            ),
            format!(
                "{}. The price has changed and your card did not hold the new amount. Give another card within 24 hours, or the booking is cancelled at no cost.",
                what.en
            ),
        ),
    }
}

/// To the customer of a series: what it costs from now on (BOOK-42).
#[must_use]
pub fn price_changed(first: &Booking, previous: Cents, amount: Cents, instances: i64) -> Text {
    let name_en = first.court.name_en.as_deref().unwrap_or(&first.court.name_el);
    let day = DayOfWeek::from(first.slot.date.weekday());
    let weekday = weekday(day);
    let (previous, amount) = (euros(previous), euros(amount));
    let date = first.slot.date.strftime("%d/%m/%Y");
    Text {
        title: both("Νέα τιμή στη σειρά σας", "Your series has a new price"),
        body: both(
            format!(
                "{}, {}: από {} σε {} για {instances} κρατήσεις, από {date}. Αν δεν κάνετε κάτι, ισχύει η νέα τιμή.",
                first.court.name_el, weekday.el, previous.el, amount.el
            ),
            format!(
                "{name_en}, {}: from {} to {} for {instances} bookings, from {date} on. If you do nothing the new price holds.",
                weekday.en, previous.en, amount.en
            ),
        ),
    }
}

fn weekday(day: DayOfWeek) -> LocalisedText {
    match day {
        DayOfWeek::Monday => both("Δευτέρα", "Monday"),
        DayOfWeek::Tuesday => both("Τρίτη", "Tuesday"),
        DayOfWeek::Wednesday => both("Τετάρτη", "Wednesday"),
        DayOfWeek::Thursday => both("Πέμπτη", "Thursday"),
        DayOfWeek::Friday => both("Παρασκευή", "Friday"),
        DayOfWeek::Saturday => both("Σάββατο", "Saturday"),
        DayOfWeek::Sunday => both("Κυριακή", "Sunday"),
    }
}

/// To the customer: the card no longer works, please save another one (PAY-19).
#[must_use]
pub fn card_to_replace(booking: &Booking) -> Text {
    let what = what(booking);
    Text {
        title: both("Χρειάζεται άλλη κάρτα", "Another card is needed"),
        body: both(
            format!(
                "{}. Η κάρτα σας δεν ισχύει πια. Αποθηκεύστε άλλη μέσα σε 24 ώρες, αλλιώς η κράτηση ακυρώνεται.",
                what.el
            ),
            format!(
                "{}. Your card no longer works. Save another one within 24 hours, or the booking is cancelled.",
                what.en
            ),
        ),
    }
}
