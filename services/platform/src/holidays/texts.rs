//! What people are told about holidays, in Greek and English. Pure; names of people never appear here (NOTE-01).

use contracts::events::LocalisedText;
use contracts::money::Cents;
use jiff::civil::{Date, Time};

use super::domain::{Occasion, Reminder};

/// Title and body of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub title: LocalisedText,
    /// The rest.
    pub body: LocalisedText,
}

fn both(el: impl Into<String>, en: impl Into<String>) -> LocalisedText {
    LocalisedText { el: el.into(), en: en.into() }
}

fn day(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// A booking that an owner gave up for a holiday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    /// Greek and English name of the court.
    pub court: LocalisedText,
    /// Its date.
    pub date: Date,
    /// Its hours.
    pub hours: (Time, Time),
    /// What goes back.
    pub refund: Cents,
    /// The holiday.
    pub reason: String,
}

/// To a customer: these bookings are called off, for that reason, with that much money back (HOL-35).
#[must_use]
pub fn bookings_given_up(bookings: &[GivenUp]) -> Text {
    let (mut el, mut en) = (Vec::new(), Vec::new());
    for booking in bookings {
        let when = format!("{}, {}-{}", day(booking.date), hour(booking.hours.0), hour(booking.hours.1));
        let amount = booking.refund.to_string();
        let back = booking.refund > Cents::ZERO;
        let (back_el, back_en) = if back {
            (format!(" Επιστροφή: {} €.", amount.replace('.', ",")), format!(" Refund: €{amount}."))
        } else {
            (String::new(), String::new())
        };
        el.push(format!("{}, {when}. Αιτία: {}.{back_el}", booking.court.el, booking.reason));
        en.push(format!("{}, {when}. Reason: {}.{back_en}", booking.court.en, booking.reason));
    }
    let title = if bookings.len() == 1 {
        both("Η κράτησή σας ακυρώθηκε λόγω αργίας", "Your booking was cancelled for a holiday")
    } else {
        both("Οι κρατήσεις σας ακυρώθηκαν λόγω αργίας", "Your bookings were cancelled for a holiday")
    };
    Text { title, body: both(el.join("\n"), en.join("\n")) }
}

fn hour(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

/// One date of a summary: a day, a holiday, and on how many courts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SummaryLine {
    /// The date.
    pub date: Date,
    /// Greek name of the holiday.
    pub el: String,
    /// English name of the holiday.
    pub en: String,
    /// How many courts.
    pub courts: usize,
}

/// To an owner: the dates that the new year brought, and those that had to stay open (HOL-39, HOL-40).
#[must_use]
pub fn renewed(created: &[SummaryLine], skipped: &[SummaryLine]) -> Text {
    let lines = |lines: &[SummaryLine]| {
        let el: Vec<String> = lines
            .iter()
            .map(|line| format!("{} {} ({})", day(line.date), line.el, count(line.courts, "γήπεδο", "γήπεδα")))
            .collect();
        let en: Vec<String> = lines
            .iter()
            .map(|line| format!("{} {} ({})", day(line.date), line.en, count(line.courts, "court", "courts")))
            .collect();
        (el.join("\n"), en.join("\n"))
    };
    let (mut el, mut en) = (Vec::new(), Vec::new());
    if !created.is_empty() {
        let (created_el, created_en) = lines(created);
        el.push(format!("Νέες κλειστές ημερομηνίες:\n{created_el}"));
        en.push(format!("New closed dates:\n{created_en}"));
    }
    if !skipped.is_empty() {
        let (skipped_el, skipped_en) = lines(skipped);
        el.push(format!("Έμειναν ανοιχτές λόγω κρατήσεων:\n{skipped_el}"));
        en.push(format!("Left open because of bookings:\n{skipped_en}"));
    }
    Text {
        title: both("Οι αργίες σας ανανεώθηκαν", "Your holidays were renewed"),
        body: both(el.join("\n\n"), en.join("\n\n")),
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// To an owner: a feast is near (HOL-44).
#[must_use]
pub fn feast_is_near(reminder: Reminder) -> Text {
    let (el, en) = match reminder.occasion {
        Occasion::Christmas => ("Τα Χριστούγεννα πλησιάζουν", "Christmas is near"),
        Occasion::Easter => ("Το Πάσχα πλησιάζει", "Easter is near"),
        Occasion::Assumption => ("Ο Δεκαπενταύγουστος πλησιάζει", "15 August is near"),
    };
    let date = day(reminder.date);
    Text {
        title: both(el, en),
        body: both(
            format!("Σε 30 ημέρες, στις {date}. Ελέγξτε ποιες ημέρες κλείνουν τα γήπεδά σας."),
            format!("In 30 days, on {date}. Check on which days your courts are closed."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    /// HOL-35: each booking with its refund and the holiday, amounts as each language writes them.
    #[test]
    fn customers_are_told_of_each_booking() {
        let booking = GivenUp {
            court: both("Γήπεδο 1", "Court 1"),
            date: date(2026, 12, 25),
            hours: (time(18, 0, 0, 0), time(19, 30, 0, 0)),
            refund: Cents(1850),
            reason: "Χριστούγεννα".to_owned(),
        };
        let free = GivenUp { refund: Cents::ZERO, ..booking.clone() };
        let text = bookings_given_up(&[booking, free]);
        assert_eq!(
            text.body.el,
            "Γήπεδο 1, 25/12/2026, 18:00-19:30. Αιτία: Χριστούγεννα. Επιστροφή: 18,50 €.\n\
             Γήπεδο 1, 25/12/2026, 18:00-19:30. Αιτία: Χριστούγεννα."
        );
        assert!(text.body.en.starts_with("Court 1, 25/12/2026, 18:00-19:30. Reason: Χριστούγεννα. Refund: €18.50."));
    }

    /// HOL-40: every new date is listed, and those left open beside them.
    #[test]
    fn owners_see_every_date() {
        let line = |day: i8, courts| SummaryLine {
            date: date(2028, 12, day),
            el: "Χριστούγεννα".to_owned(),
            en: "Christmas Day".to_owned(),
            courts,
        };
        let text = renewed(&[line(25, 1), line(26, 3)], &[line(27, 2)]);
        assert_eq!(
            text.body.en,
            "New closed dates:\n25/12/2028 Christmas Day (1 court)\n26/12/2028 Christmas Day (3 courts)\n\n\
             Left open because of bookings:\n27/12/2028 Christmas Day (2 courts)"
        );
        assert!(text.body.el.contains("26/12/2028 Χριστούγεννα (3 γήπεδα)"));
    }
}
