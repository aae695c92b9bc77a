//! The words of a message: language, names in the place of placeholders, and where a tap leads. Pure.

use contracts::events::LocalisedText;
use contracts::identity::Language;

/// A message in its reader's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Of both texts.
    pub language: Language,
    /// Headline.
    pub title: String,
    /// Text.
    pub body: String,
}

/// Names that placeholders stand for (NOTE-01), as far as they are known at delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Who plays.
    pub customer: Option<String>,
    /// Whose court it is.
    pub owner: Option<String>,
    /// The reader.
    pub reader: Option<String>,
}

impl Names {
    fn of(&self, placeholder: &str, language: Language) -> String {
        let (known, el, en) = match placeholder {
            "customerName" => (&self.customer, "Πελάτης", "Customer"),
            "ownerName" => (&self.owner, "Ιδιοκτήτης", "Owner"),
            "userName" => (&self.reader, "", ""),
            _ => return String::new(),
        };
        let stand_in = if language == Language::El { el } else { en };
        known.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or(stand_in).to_owned()
    }
}

/// The reader's text, English where there is none in the reader's language (NOTE-08), with names filled in.
#[must_use]
pub fn words(title: &LocalisedText, body: &LocalisedText, language: Language, names: &Names) -> Words {
    let written =
        |language| !(title.in_language(language).trim().is_empty() || body.in_language(language).trim().is_empty());
    let language = if written(language) { language } else { Language::En };
    Words {
        language,
        title: fill(title.in_language(language), names, language),
        body: fill(body.in_language(language), names, language),
    }
}

/// `text` with a name for each `{placeholder}`, in one pass: what a name contains is never filled in again. Braces around
/// anything but a word are text.
#[must_use]
pub fn fill(text: &str, names: &Names, language: Language) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        match after.split_once('}') {
            Some((word, behind)) if is_word(word) => {
                filled.push_str(&names.of(word, language));
                rest = behind;
            }
            _ => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphabetic())
}

/// The path a tap leads to, if it is one: nothing that leads to another place (NOTE-17).
#[must_use]
pub fn path(deep_link: &str) -> Option<&str> {
    let plain = deep_link.starts_with('/')
        && !deep_link.starts_with("//")
        && deep_link.len() <= 500
        && deep_link.chars().all(|letter| letter.is_ascii_graphic() && !matches!(letter, '\\' | '"' | '<' | '>'));
    plain.then_some(deep_link)
}

/// `path` in the app at `base`, as mails and browsers need it.
#[must_use]
pub fn address(base: &str, path: &str) -> String {
    format!("{}{path}", base.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn both(el: &str, en: &str) -> LocalisedText {
        LocalisedText { el: el.to_owned(), en: en.to_owned() }
    }

    fn names(customer: &str) -> Names {
        Names { customer: Some(customer.to_owned()), ..Names::default() }
    }

    /// NOTE-08: the reader's language, English where that is missing.
    #[test]
    fn english_stands_in_for_a_missing_language() {
        let (title, body) = (both("Τίτλος", "Title"), both("{customerName} εδώ", "{customerName} here"));
        let greek = words(&title, &body, Language::El, &names("Ελένη"));
        assert_eq!((greek.language, greek.body.as_str()), (Language::El, "Ελένη εδώ"));
        let missing = words(&both(" ", "Title"), &body, Language::El, &names("Ελένη"));
        assert_eq!(
            (missing.language, missing.title.as_str(), missing.body.as_str()),
            (Language::En, "Title", "Ελένη here")
        );
    }

    /// NOTE-01: placeholders become names, and a neutral word where nobody is known.
    #[test]
    fn placeholders_become_names() {
        assert_eq!(fill("{customerName}: {", &Names::default(), Language::El), "Πελάτης: {");
        assert_eq!(fill("{customerName}!", &names("{customerName}"), Language::En), "{customerName}!");
        assert_eq!(fill("a {nothing} b {5} {}", &Names::default(), Language::En), "a  b {5} {}");
    }

    /// NOTE-17: only paths of the apps are links.
    #[test]
    fn only_paths_are_links() {
        assert_eq!(path("/bookings/1?x=2"), Some("/bookings/1?x=2"));
        for foreign in ["https://evil.example", "//evil.example", "/\\evil", "bookings", "", "/a b", "/\"onload"] {
            assert_eq!(path(foreign), None, "{foreign}");
        }
        assert_eq!(address("https://app.example/", "/a"), "https://app.example/a");
    }

    proptest! {
        /// NOTE-01: a text without braces stays as it is, and no known placeholder survives in any text.
        #[test]
        fn filling_changes_placeholders_only(text in "[^{}]{0,40}", before in "\\PC{0,20}", name in "[^{}]{1,20}") {
            prop_assert_eq!(fill(&text, &names(&name), Language::El), text);
            let filled = fill(&format!("{before}{{customerName}}"), &names(&name), Language::En);
            prop_assert!(!filled.contains("{customerName}"), "{}", filled);
        }
    }
}
