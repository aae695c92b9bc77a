//! Text that people type, made fit to be stored and shown to others: no markup, no characters that nobody sees (SEC-39).
//!
//! Pure. It takes away and never escapes, so what is stored is what was meant, and whoever shows it escapes as usual. It
//! knows nothing of lengths or of what a text is for.

/// Elements whose content is no text for people either.
const WITHOUT_CONTENT: [&str; 2] = ["script", "style"];

/// Several lines of plain text: tags, comments, scripts and control characters are gone, lines stay.
#[must_use]
pub fn lines(text: &str) -> String {
    let visible: String = text.replace("\r\n", "\n").chars().filter(|letter| is_shown(*letter)).collect();
    let mut clean = visible;
    loop {
        // What is left of one tag may make another one with its neighbours.
        let shorter = without_markup(&clean);
        if shorter.len() == clean.len() {
            return clean.trim().to_owned();
        }
        clean = shorter;
    }
}

/// One line of plain text: like [`lines`], with every run of white space become one space.
#[must_use]
pub fn line(text: &str) -> String {
    // Joining lines cannot make a tag: a space never stands right behind the bracket of one.
    lines(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Line feeds and tabs are shown in their way; other control characters, and those that turn the direction of what
/// follows, only hide things.
fn is_shown(letter: char) -> bool {
    let turns_direction =
        matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    matches!(letter, '\n' | '\t') || !(letter.is_control() || turns_direction)
}

/// Takes every tag and comment out once. A bracket that begins no tag, as in `5 < 6`, is text.
fn without_markup(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        kept.push_str(before);
        let inside = &tag[1..];
        if !inside.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '/' | '!' | '?')) {
            kept.push('<');
            rest = inside;
        } else {
            rest = behind_tag(inside);
        }
    }
    kept.push_str(rest);
    kept
}

/// What follows a tag whose `<` has been read. One that never ends loses only its bracket, so that no text is lost.
fn behind_tag(inside: &str) -> &str {
    if let Some(comment) = inside.strip_prefix("!--") {
        return comment.split_once("-->").map_or(comment, |(_, behind)| behind);
    }
    let Some((tag, behind)) = inside.split_once('>') else { return inside };
    let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
    match WITHOUT_CONTENT.iter().find(|hidden| name.eq_ignore_ascii_case(hidden)) {
        Some(hidden) => behind_closing(behind, hidden),
        None => behind,
    }
}

fn behind_closing<'a>(content: &'a str, name: &str) -> &'a str {
    let closing = format!("</{name}");
    let Some(at) = content.to_ascii_lowercase().find(&closing) else { return content };
    content[at..].split_once('>').map_or("", |(_, behind)| behind)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// SEC-39: markup goes, what people wrote stays.
    #[test]
    fn markup_goes_and_words_stay() {
        for (typed, kept) in [
            ("Γήπεδο <b>Νο 1</b>", "Γήπεδο Νο 1"),
            ("<script>alert('x')</script>Padel", "Padel"),
            ("a<SCRIPT src=x>1</script >b", "ab"),
            ("<style>p{}</style>x", "x"),
            ("<!-- hidden -->x", "x"),
            ("<img src=x onerror=alert(1)>", ""),
            ("5 < 6 & 7 > 4", "5 < 6 & 7 > 4"),
            ("<3 padel", "<3 padel"),
            ("a <b without end", "a b without end"),
            ("<scr<script>ipt>alert(1)</script>", "ipt>alert(1)"),
            ("<<b>script>x", "x"),
            (" two\r\nlines\u{7}\u{202e} ", "two\nlines"),
        ] {
            assert_eq!(lines(typed), kept, "{typed}");
        }
        assert_eq!(line(" one \n\t line "), "one line");
    }

    proptest! {
        /// SEC-39: nothing that begins a tag is left, cleaning twice changes nothing, and clean text is left alone.
        #[test]
        fn nothing_is_left_to_clean(typed in "[a-z<>/!?\\-\\s\u{0}\u{202e}α-ω]{0,60}") {
            for clean in [lines(&typed), line(&typed)] {
                prop_assert!(!clean.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t'));
                let begins_tag = clean.as_bytes().windows(2).any(|pair| {
                    pair[0] == b'<' && (pair[1].is_ascii_alphabetic() || b"/!?".contains(&pair[1]))
                });
                prop_assert!(!begins_tag, "{clean:?}");
                prop_assert_eq!(&lines(&clean), &clean);
            }
        }

        /// SEC-39: text without brackets and control characters is kept as it is.
        #[test]
        fn clean_text_is_kept(typed in "[^<>\\p{C}\\s]{0,40}") {
            prop_assert_eq!(lines(&typed), typed);
        }
    }
}
