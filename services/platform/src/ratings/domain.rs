//! What a rating is and how much of its author others see. Pure.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use kit::plain_text;
use uuid::Uuid;

/// COURT-43.
pub const STARS: RangeInclusive<u8> = 1..=5;
/// COURT-43: longest comment, in characters.
pub const LONGEST_COMMENT: usize = 1000;

/// A rating as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    pub id: Uuid,
    /// None once the account is gone.
    pub author: Option<String>,
    pub stars: u8,
    pub comment: Option<String>,
    pub created_at: Timestamp,
}

/// A comment without markup (SEC-39); none when nothing is left.
#[must_use]
pub fn clean_comment(text: &str) -> Option<String> {
    Some(plain_text::lines(text)).filter(|text| !text.is_empty())
}

/// Strangers see the first name and the initial of the last.
#[must_use]
pub fn shown_name(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().unwrap_or_default();
    match words.last().and_then(|last| last.chars().next()) {
        Some(initial) => format!("{first} {initial}."),
        None => first.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// COURT-43, SEC-39: comments lose their markup and keep their words.
    #[test]
    fn comments_are_cleaned() {
        let typed = "Ωραίο <b>γήπεδο</b>!<script>alert(1)</script>\nΘα ξαναέρθω <3";
        assert_eq!(clean_comment(typed).as_deref(), Some("Ωραίο γήπεδο!\nΘα ξαναέρθω <3"));
        assert_eq!(clean_comment(" <p></p> \n"), None);
    }

    #[test]
    fn names_are_shortened() {
        assert_eq!(shown_name("Maria Papadopoulou"), "Maria P.");
        assert_eq!(shown_name("Γιώργος Α. Ζέρβας"), "Γιώργος Ζ.");
        assert_eq!(shown_name(" Eleni "), "Eleni");
        assert_eq!(shown_name(""), "");
    }

    proptest! {
        /// SEC-43: a last name is never shown whole.
        #[test]
        fn last_names_stay_private(first in "[A-Z][a-z]{1,8}", last in "[A-Z][a-z]{2,12}") {
            let full = format!("{first} {last}");
            let shown = shown_name(&full);
            prop_assert_eq!(shown, format!("{first} {}.", &last[..1]));
        }
    }
}
