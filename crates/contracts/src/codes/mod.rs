//! The catalogue of errors: one stable code, one status and one text per language for each of them.
//!
//! Clients decide by the code and show the text (APP-39). Slices choose a code in their `api.rs`; the HTTP chassis
//! renders it once, in the language of the caller. Texts may hold `{placeholders}` that the chassis fills from the
//! details of the error; both languages use the same ones. A text never tells anything that the caller may not know.

mod accounts;
mod bookings;
mod courts;
mod payments;
mod requests;

use std::collections::BTreeSet;

pub use accounts::*;
pub use bookings::*;
pub use courts::*;
pub use payments::*;
pub use requests::*;

/// One entry of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// What programs compare, for ever the same.
    pub id: &'static str,
    /// HTTP status of an answer with this code.
    pub status: u16,
    /// English text.
    pub en: &'static str,
    /// Greek text.
    pub el: &'static str,
}

impl Code {
    /// The names between braces in a text.
    #[must_use]
    pub fn placeholders(text: &str) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        let mut rest = text;
        while let Some((_, after)) = rest.split_once('{') {
            let Some((name, remainder)) = after.split_once('}') else { break };
            names.insert(name);
            rest = remainder;
        }
        names
    }

    /// The entry with this id, for messages that carry only the id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        all().find(|code| code.id == id)
    }
}

/// Declares the constants and the list of all of them in one go, so that none can be missing from the list.
macro_rules! catalogue {
    ($($(#[doc = $doc:literal])+ $name:ident = $status:literal, en: $en:literal, el: $el:literal;)+) => {
        $(
            $(#[doc = $doc])+
            pub const $name: Code = Code { id: stringify!($name), status: $status, en: $en, el: $el };
        )+

        /// Every code of this part.
        pub(super) const PART: &[&Code] = &[$(&$name),+];
    };
}

// The parts name the macro by its path.
use catalogue;

/// Every code.
pub fn all() -> impl Iterator<Item = &'static Code> {
    [accounts::PART, bookings::PART, courts::PART, payments::PART, requests::PART].into_iter().flatten().copied()
}

/// BOOK-11: the code of [`COURT_OWNER_NOT_VERIFIED`], told to a customer who tries to book. It is the only code with two
/// statuses: 403 to the owner who wants to show a court, 422 to the customer who wants to book one.
pub const BOOKING_OF_UNVERIFIED_OWNER: Code = Code {
    status: 422,
    en: "This court cannot be booked yet because its owner is not verified.",
    el: "Αυτό το γήπεδο δεν μπορεί να κρατηθεί ακόμη, επειδή ο ιδιοκτήτης του δεν έχει επαληθευτεί.",
    ..COURT_OWNER_NOT_VERIFIED
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique() {
        let distinct: BTreeSet<_> = all().map(|code| code.id).collect();
        assert_eq!(distinct.len(), all().count());
    }

    /// QA-51, QA-52, QA-55: only statuses that have a meaning in the rule book are used.
    #[test]
    fn statuses_are_those_of_the_rule_book() {
        let meant = [400, 401, 402, 403, 404, 405, 408, 409, 410, 413, 415, 422, 429, 500, 502, 503, 504];
        for code in all() {
            assert!(meant.contains(&code.status), "{} answers {}", code.id, code.status);
        }
    }

    #[test]
    fn every_text_exists_in_both_languages_with_the_same_placeholders() {
        let greek = |letter: char| matches!(letter, '\u{0370}'..='\u{03ff}' | '\u{1f00}'..='\u{1fff}');
        for code in all() {
            for text in [code.en, code.el] {
                assert_eq!(text.trim(), text, "{} has stray space", code.id);
                assert!(text.ends_with('.'), "{} is no sentence: {text}", code.id);
                assert_eq!(text.matches('{').count(), text.matches('}').count(), "{}: {text}", code.id);
            }
            assert!(code.el.chars().any(greek), "{} lacks a Greek text", code.id);
            assert!(!code.en.chars().any(greek), "{} has Greek in its English text", code.id);
            assert_eq!(Code::placeholders(code.en), Code::placeholders(code.el), "{}", code.id);
            for name in Code::placeholders(code.en) {
                let plain = name.starts_with(|first: char| first.is_ascii_lowercase())
                    && name.chars().all(|letter| letter.is_ascii_alphanumeric());
                assert!(plain, "{} has the odd placeholder `{name}`", code.id);
            }
        }
    }

    #[test]
    fn a_code_is_found_by_its_id() {
        assert_eq!(Code::find("TIME_SLOT_UNAVAILABLE"), Some(&TIME_SLOT_UNAVAILABLE));
        assert_eq!(Code::find("time_slot_unavailable"), None);
    }

    #[test]
    fn placeholders_are_the_names_between_braces() {
        assert_eq!(Code::placeholders("a {b} c {d} {b}"), BTreeSet::from(["b", "d"]));
        assert_eq!(Code::placeholders("none, {not closed"), BTreeSet::new());
    }
}
