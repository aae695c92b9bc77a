//! The texts for wrong fields, in both languages, made from what serde and garde say. No request handling here.

use crate::error::FieldError;

/// A field whose value has the wrong type, is missing, unknown or outside its enum. `reason` is serde's text.
pub(super) fn wrong_type(path: &str, reason: &str) -> FieldError {
    let path = if path == "." { "" } else { path };
    if let Some(name) = quoted_after(reason, "missing field `") {
        return FieldError::new(joined(path, name), "is required", "είναι υποχρεωτικό");
    }
    if let Some(name) = quoted_after(reason, "unknown field `") {
        let field = if last_segment(path) == name { path.to_owned() } else { joined(path, name) };
        return FieldError::new(field, "is not a known field", "δεν είναι γνωστό πεδίο");
    }
    let allowed = allowed_variants(reason).join(", ");
    if !allowed.is_empty() {
        let field = whole_body(path);
        let en = format!("must be one of {allowed}");
        return FieldError::new(field, en, format!("πρέπει να είναι ένα από τα {allowed}"));
    }
    FieldError::new(whole_body(path), "has the wrong type or format", "έχει λάθος τύπο ή μορφή")
}

/// A text with a character that no text may hold.
pub(super) fn unusable_character(path: &str) -> FieldError {
    FieldError::new(
        whole_body(path),
        "contains a character that is not allowed",
        "περιέχει χαρακτήρα που δεν επιτρέπεται",
    )
}

/// A broken `garde` rule. Rust field names become wire names; own rules may give both texts as `english | ελληνικά`.
pub(super) fn broken_rule(path: &str, rule: &str) -> FieldError {
    let field = whole_body(&camel_case(path));
    if let Some((en, el)) = rule.split_once(" | ") {
        return FieldError::new(field, en.trim(), el.trim());
    }
    let (en, el) = match split_number(rule) {
        ("length is lower than", limit) => {
            (format!("must be at least {limit} long"), format!("πρέπει να έχει μήκος τουλάχιστον {limit}"))
        }
        ("length is greater than", limit) => {
            (format!("must be at most {limit} long"), format!("πρέπει να έχει μήκος έως {limit}"))
        }
        ("lower than", limit) => (format!("must be at least {limit}"), format!("πρέπει να είναι τουλάχιστον {limit}")),
        ("greater than", limit) => (format!("must be at most {limit}"), format!("πρέπει να είναι έως {limit}")),
        _ if rule.starts_with("not a valid email") => {
            ("must be an email address".to_owned(), "πρέπει να είναι διεύθυνση email".to_owned())
        }
        _ if rule.starts_with("not a valid url") => {
            ("must be a web address".to_owned(), "πρέπει να είναι διεύθυνση ιστού".to_owned())
        }
        _ if rule.starts_with("does not match pattern") => {
            ("has the wrong format".to_owned(), "έχει λάθος μορφή".to_owned())
        }
        _ => (rule.to_owned(), "δεν είναι έγκυρο".to_owned()),
    };
    FieldError::new(field, en, el)
}

fn split_number(rule: &str) -> (&str, &str) {
    rule.rsplit_once(' ').unwrap_or((rule, ""))
}

fn quoted_after<'a>(reason: &'a str, start: &str) -> Option<&'a str> {
    let rest = &reason[reason.find(start)? + start.len()..];
    rest.split('`').next()
}

/// The field that serde names in its text though it is not in the path: a missing or unknown one.
pub(super) fn named_field(reason: &str) -> Option<&str> {
    quoted_after(reason, "missing field `").or_else(|| quoted_after(reason, "unknown field `"))
}

/// serde says: unknown variant `X`, expected `A` or `B` / expected one of `A`, `B`, `C`.
pub(super) fn allowed_variants(reason: &str) -> Vec<&str> {
    let expected = reason.strip_prefix("unknown variant ").and_then(|rest| rest.split_once("expected "));
    expected.map_or_else(Vec::new, |(_, names)| names.split('`').skip(1).step_by(2).collect())
}

fn last_segment(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn whole_body(path: &str) -> String {
    if path.is_empty() { "body".to_owned() } else { path.to_owned() }
}

fn camel_case(path: &str) -> String {
    let mut wire = String::with_capacity(path.len());
    let mut upper = false;
    for letter in path.chars() {
        match letter {
            '_' => upper = true,
            other if upper => {
                wire.extend(other.to_uppercase());
                upper = false;
            }
            other => wire.push(other),
        }
    }
    wire
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_names_become_wire_names() {
        assert_eq!(camel_case("weekly_windows[2].start_time"), "weeklyWindows[2].startTime");
    }

    #[test]
    fn garde_rules_speak_both_languages() {
        let short = broken_rule("full_name", "length is lower than 3");
        assert_eq!(short, FieldError::new("fullName", "must be at least 3 long", "πρέπει να έχει μήκος τουλάχιστον 3"));
        let own = broken_rule("to", "must follow from | πρέπει να είναι μετά το from");
        assert_eq!(own, FieldError::new("to", "must follow from", "πρέπει να είναι μετά το from"));
    }

    #[test]
    fn unknown_enum_values_list_the_allowed_ones() {
        let reason = "unknown variant `SQUASH`, expected one of `TENNIS`, `PADEL`, `BASKETBALL` at line 1 column 20";
        assert_eq!(wrong_type("courtType", reason).en, "must be one of TENNIS, PADEL, BASKETBALL");
    }
}
