//! Text that people typed, made harmless before it is stored: no control characters but line ends, no HTML (SEC-44).

/// The text without control characters and without anything that looks like a tag.
pub fn sanitised(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        let tag = rest[1..].starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'));
        match rest.find('>') {
            Some(end) if tag => rest = &rest[end + 1..],
            _ => {
                kept.push('<');
                rest = &rest[1..];
            }
        }
    }
    kept.push_str(rest);
    kept.retain(|letter| letter == '\n' || !letter.is_control());
    kept.trim().to_owned()
}

/// A rule for `garde`: something is left after trimming.
pub fn not_blank(text: &str, _: &()) -> garde::Result {
    if text.trim().is_empty() { Err(garde::Error::new("must not be blank")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::sanitised;

    #[test]
    fn tags_and_control_characters_go() {
        assert_eq!(sanitised(" a<script>x</script>\u{7}b\r\n c "), "axb\n c");
        assert_eq!(sanitised("5 < 6 and 7 > 2, Ελένη"), "5 < 6 and 7 > 2, Ελένη");
        assert_eq!(sanitised("<b"), "<b");
        assert_eq!(sanitised("<i>"), "");
    }
}
