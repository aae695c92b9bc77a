//! What people are told about verifications, in Greek and English. Pure; nobody is named here (EVT-09).

use contracts::events::LocalisedText;

/// Title and body of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub title: LocalisedText,
    pub body: LocalisedText,
}

fn text(title: (&str, &str), body: (&str, &str)) -> Text {
    let both = |(el, en): (&str, &str)| LocalisedText { el: el.to_owned(), en: en.to_owned() };
    Text { title: both(title), body: both(body) }
}

/// To the admins: a request is there (COURT-48).
#[must_use]
pub fn submitted() -> Text {
    text(
        ("Νέο αίτημα επαλήθευσης", "New verification request"),
        ("Ένας ιδιοκτήτης γηπέδων περιμένει έλεγχο.", "A court owner is waiting for review."),
    )
}

/// To the admins: a request waits for too long (COURT-54).
#[must_use]
pub fn overdue() -> Text {
    text(
        ("Αίτημα επαλήθευσης σε καθυστέρηση", "Verification request overdue"),
        (
            "Ένας ιδιοκτήτης γηπέδων περιμένει έλεγχο πάνω από 48 ώρες.",
            "A court owner has been waiting for review for more than 48 hours.",
        ),
    )
}

/// To the admins: a verified owner's business data have changed (COURT-55).
#[must_use]
pub fn to_be_reviewed_again() -> Text {
    text(
        ("Αλλαγή στοιχείων επιχείρησης", "Business data changed"),
        (
            "Ένας επαληθευμένος ιδιοκτήτης άλλαξε τα στοιχεία της επιχείρησής του. Χρειάζεται νέος έλεγχος.",
            "A verified owner has changed the data of the business. They need another review.",
        ),
    )
}

/// To the owner (COURT-50).
#[must_use]
pub fn approved() -> Text {
    text(
        ("Η επαλήθευση ολοκληρώθηκε", "You are verified"),
        (
            "Τα ενεργά σας γήπεδα εμφανίζονται πλέον στους πελάτες.",
            "Customers can now see your courts that are switched on.",
        ),
    )
}

/// To the owner, with the reviewer's reason (COURT-51).
#[must_use]
pub fn rejected(reason: &str) -> Text {
    let el = format!("Αιτία: {reason}. Διορθώστε τα στοιχεία και υποβάλετε νέο αίτημα.");
    let en = format!("Reason: {reason}. Correct your details and submit a new request.");
    text(("Η επαλήθευση απορρίφθηκε", "Verification not accepted"), (&el, &en))
}
