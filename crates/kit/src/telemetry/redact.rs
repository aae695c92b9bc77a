//! What never reaches a log (SEC-54, PAY-14): tokens, keys, passwords, cookies, card numbers.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// What stands in place of a secret.
pub(super) const MASK: &str = "[redacted]";

/// Words in the name of a field, header or parameter whose value is a secret.
const SECRET_NAMES: &[&str] = &[
    "authorization",
    "cookie",
    "token",
    "secret",
    "password",
    "passwd",
    "apikey",
    "credential",
    "signature",
    "pkce",
    "codeverifier",
    "cardnumber",
    "cvc",
];

/// Names that contain one of the words without being secret.
const HARMLESS_NAMES: &[&str] = &["token_type", "tokentype"];

/// Whether the value of a field with this name is a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    if HARMLESS_NAMES.contains(&lower.as_str()) {
        return false;
    }
    let squeezed: String = lower.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
    squeezed == "key" || squeezed.ends_with("apikey") || SECRET_NAMES.iter().any(|word| squeezed.contains(word))
}

static TOKENS: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"(?i)\b(?:bearer|basic)\s+[a-z0-9._~+/=-]{6,}",
        r"|\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*",
        r"|\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]+",
        r"|\bwhsec_[A-Za-z0-9+/=_-]+",
        r"|\bSG\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
        r"|\b[A-Za-z0-9_]+_secret_[A-Za-z0-9]+",
    ))
});

static NAMED_VALUES: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r#"(?i)([a-z0-9_-]*(?:token|secret|password|passwd|apikey|api_key|api-key|authorization|cookie|[?&]key))(["']?\s*[=:]\s*["']?)([^\s&"',;})\[\]]+)"#,
    )
});

static DIGIT_RUNS: LazyLock<Regex> = LazyLock::new(|| compile(r"\d(?:[ -]?\d){12,18}"));

fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant that a test compiles")
}

/// A text for the log: tokens, keys, `name=value` pairs with a secret name and card-like numbers are masked.
#[must_use]
pub fn redacted_text(text: &str) -> Cow<'_, str> {
    if is_harmless(text) {
        return Cow::Borrowed(text);
    }
    let text = mask(Cow::Borrowed(text), &TOKENS, MASK);
    let named = format!("${{1}}${{2}}{MASK}");
    let text = mask(text, &NAMED_VALUES, &named);
    mask_cards(text)
}

/// Most fields are short words; they need no search.
fn is_harmless(text: &str) -> bool {
    text.len() < 10 || text.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'-' | b'{' | b'}'))
}

/// A query string for the log, without the values of secret parameters.
#[must_use]
pub fn redacted_query(query: &str) -> String {
    query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if is_secret_name(name) || name.eq_ignore_ascii_case("code") => format!("{name}={MASK}"),
            _ => redacted_text(pair).into_owned(),
        })
        .collect::<Vec<_>>()
        .join("&")
}

fn mask<'a>(text: Cow<'a, str>, pattern: &Regex, replacement: &str) -> Cow<'a, str> {
    match pattern.replace_all(&text, replacement) {
        Cow::Borrowed(_) => text,
        Cow::Owned(masked) => Cow::Owned(masked),
    }
}

/// Digit runs of a card's length that pass the Luhn check; ids and timestamps rarely do.
fn mask_cards(text: Cow<'_, str>) -> Cow<'_, str> {
    let mut masked = String::new();
    let mut copied = 0;
    for run in DIGIT_RUNS.find_iter(&text) {
        let touches_word = |neighbour: Option<char>| neighbour.is_some_and(|letter| letter.is_ascii_alphanumeric());
        let inside_word =
            touches_word(text[..run.start()].chars().next_back()) || touches_word(text[run.end()..].chars().next());
        if inside_word || !passes_luhn(run.as_str()) {
            continue;
        }
        masked.push_str(&text[copied..run.start()]);
        masked.push_str(MASK);
        copied = run.end();
    }
    if copied == 0 {
        return text;
    }
    masked.push_str(&text[copied..]);
    Cow::Owned(masked)
}

fn passes_luhn(run: &str) -> bool {
    let sum: u32 = run
        .bytes()
        .rev()
        .filter(u8::is_ascii_digit)
        .enumerate()
        .map(|(position, digit)| {
            let digit = u32::from(digit - b'0');
            match (position % 2, digit * 2) {
                (0, _) => digit,
                (_, doubled) if doubled > 9 => doubled - 9,
                (_, doubled) => doubled,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SEC-54, PAY-14: none of these survives.
    #[test]
    fn secrets_are_masked() {
        for (text, secret) in [
            ("Authorization: Bearer abcdef123456", "abcdef123456"),
            ("got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here", "eyJzdWIiOiIxIn0"),
            ("key sk_test_4eC39HqLyjWDarjtT1zdp7dc failed", "4eC39"),
            ("signing with whsec_abc123", "abc123"),
            ("GET /ws?token=opaque-value&x=1", "opaque-value"),
            (r#"{"refreshToken":"opaque-value"}"#, "opaque-value"),
            ("client_secret=shh", "shh"),
            ("pi_1_secret_abc", "secret_abc"),
            ("card 4242 4242 4242 4242 declined", "4242"),
            ("card 4000-0000-0000-9995 declined", "9995"),
            ("4242424242424242", "4242"),
        ] {
            let masked = redacted_text(text);
            assert!(!masked.contains(secret), "{text} became {masked}");
            assert!(masked.contains(MASK), "{text} became {masked}");
        }
    }

    #[test]
    fn ordinary_texts_stay() {
        for text in [
            "booking 0198c3de-7a10-7000-8000-0000000000aa confirmed",
            "took 1234567890123 ns",
            "trace 4bf92f3577b34da6a3ce929d0e0e4736",
            "court opened at 2026-03-01T10:00:00Z",
            "",
        ] {
            assert_eq!(redacted_text(text), text);
        }
    }

    #[test]
    fn queries_lose_only_secret_values() {
        assert_eq!(
            redacted_query("token=abc&radius=5&code=xyz&api_key=1&key=2&keyboard=3"),
            "token=[redacted]&radius=5&code=[redacted]&api_key=[redacted]&key=[redacted]&keyboard=3"
        );
    }

    #[test]
    fn names_tell_secrets() {
        for name in ["authorization", "Set-Cookie", "access_token", "X-Internal-Api-Key", "stripe-signature", "key"] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["keyboard", "court_id", "message", "topic_key", "token_type"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
