//! Checks on one Rust file: what domain code may name, where SQL stands, docs, length, names, silenced lints.

use super::tokens::{self, Token, lines_of};
use super::{Finding, Rule};

/// A file with more lines is split by rule.
const MOST_LINES: usize = 600;
/// Crates that domain code never names; `async` is looked for as well.
const IMPURE: [&str; 8] = ["sqlx", "axum", "tokio", "reqwest", "redis", "rdkafka", "jiff_sqlx", "tower_http"];
/// Files and folders of a slice that domain code never names.
const SIBLINGS: [&str; 6] = ["api", "ops", "store", "events", "jobs", "consumers"];
/// Names of the query macros and functions.
const QUERIES: [&str; 9] = [
    "query",
    "query_as",
    "query_scalar",
    "query_unchecked",
    "query_as_unchecked",
    "query_scalar_unchecked",
    "query_file",
    "query_file_as",
    "query_file_scalar",
];
/// The same as functions of the crate, and what builds queries from texts.
const QUERY_PATHS: [&str; 7] =
    ["query", "query_as", "query_scalar", "query_with", "query_as_with", "raw_sql", "QueryBuilder"];
/// Names that say nothing about what a file owns.
const EMPTY_NAMES: [&str; 8] = ["util", "utils", "helper", "helpers", "common", "misc", "manager", "shared"];

/// All findings in one file.
pub fn check(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Findings { path, found: Vec::new() };
    module_doc(text, &mut findings);
    file_length(text, &mut findings);
    file_name(&mut findings);
    let Some(tokens) = tokens::of(text) else {
        findings.add(1, Rule::ModuleDoc, "is not readable as Rust".to_owned());
        return findings.found;
    };
    if is_domain(path) {
        pure_domain(&tokens, &mut findings);
    }
    if is_service_source(path) && !may_hold_sql(path) {
        sql_in_store(&tokens, &mut findings);
    }
    lint_reason(&tokens, &mut findings);
    skipped_test(&tokens, &mut findings);
    findings.found
}

struct Findings<'a> {
    path: &'a str,
    found: Vec<Finding>,
}

impl Findings<'_> {
    fn add(&mut self, line: usize, rule: Rule, message: String) {
        self.found.push(Finding { path: self.path.to_owned(), line, rule, message });
    }
}

/// `services/<service>/src/...`.
fn is_service_source(path: &str) -> bool {
    let mut parts = path.split('/');
    parts.next() == Some("services") && parts.nth(1) == Some("src")
}

fn is_domain(path: &str) -> bool {
    is_service_source(path) && (path.ends_with("/domain.rs") || path.contains("/domain/"))
}

fn may_hold_sql(path: &str) -> bool {
    ["store", "platform_port"]
        .iter()
        .any(|name| path.ends_with(&format!("/{name}.rs")) || path.contains(&format!("/{name}/")))
}

fn pure_domain(tokens: &[Token], findings: &mut Findings<'_>) {
    for token in tokens {
        if token.text == "async" || IMPURE.contains(&token.text.as_str()) {
            let message = format!("domain code names `{}`; decide here, do it in ops or store", token.text);
            findings.add(token.line, Rule::PureDomain, message);
        }
    }
    for (at, token) in tokens.iter().enumerate() {
        // Only paths inside the service: `std::ops` and `contracts::events` are other things.
        if !["crate", "super"].contains(&token.text.as_str())
            || at.checked_sub(1).is_some_and(|at| tokens[at].text == ":")
        {
            continue;
        }
        for name in path_from(&tokens[at..]).filter(|name| SIBLINGS.contains(&name.text.as_str())) {
            let message = format!("domain code reaches into `{}`; imports run from there to here", name.text);
            findings.add(name.line, Rule::PureDomain, message);
        }
    }
}

/// The words of the path that begins the row, lists in braces included.
fn path_from(tokens: &[Token]) -> impl Iterator<Item = &Token> {
    let mut depth = 0_usize;
    let mut after_colon = true;
    tokens.iter().take_while(move |token| {
        let belongs = match token.text.as_str() {
            "{" if after_colon => {
                depth += 1;
                true
            }
            "}" => {
                depth = depth.saturating_sub(1);
                true
            }
            ":" | "," => token.text == ":" || depth > 0,
            _ => after_colon || depth > 0,
        };
        after_colon = token.text == ":";
        belongs
    })
}

fn sql_in_store(tokens: &[Token], findings: &mut Findings<'_>) {
    let mut lines = Vec::new();
    for query in QUERIES {
        lines.extend(lines_of(tokens, &[query, "!"]));
    }
    for query in QUERY_PATHS {
        lines.extend(lines_of(tokens, &["sqlx", ":", ":", query]));
    }
    lines.sort_unstable();
    lines.dedup();
    for line in lines {
        findings.add(line, Rule::SqlInStore, "SQL stands in store.rs or platform_port.rs only".to_owned());
    }
}

fn module_doc(text: &str, findings: &mut Findings<'_>) {
    let first = text.lines().map(str::trim_start).find(|line| {
        !line.is_empty() && !line.starts_with("#!") && (!line.starts_with("//") || line.starts_with("//!"))
    });
    if !first.is_some_and(|line| line.starts_with("//!")) {
        let message = "begins without `//!`; say what the module owns and what it never does".to_owned();
        findings.add(1, Rule::ModuleDoc, message);
    }
}

fn file_length(text: &str, findings: &mut Findings<'_>) {
    let lines = text.lines().count();
    if lines > MOST_LINES {
        let message = format!("has {lines} lines, more than {MOST_LINES}; split it by rule");
        findings.add(lines, Rule::FileLength, message);
    }
}

fn file_name(findings: &mut Findings<'_>) {
    let empty = findings
        .path
        .split('/')
        .map(|part| part.strip_suffix(".rs").unwrap_or(part))
        .find(|name| EMPTY_NAMES.contains(name))
        .map(str::to_owned);
    if let Some(name) = empty {
        findings.add(0, Rule::FileName, format!("`{name}` says nothing; name what it owns"));
    }
}

/// `#[allow(..)]` and `#[expect(..)]` without `reason`.
fn lint_reason(tokens: &[Token], findings: &mut Findings<'_>) {
    for silencer in ["allow", "expect"] {
        for (at, window) in tokens.windows(3).enumerate() {
            let silenced = window[0].text == "[" && window[1].text == silencer && window[2].text == "(";
            if !silenced || !is_attribute(tokens, at) {
                continue;
            }
            let inside = tokens[at + 3..].iter().take_while(|token| token.text != "]");
            if !inside.into_iter().any(|token| token.text == "reason") {
                let message = format!("`#[{silencer}(..)]` without a reason");
                findings.add(window[1].line, Rule::LintReason, message);
            }
        }
    }
}

/// Whether the bracket at `at` belongs to `#[..]` or `#![..]`.
fn is_attribute(tokens: &[Token], at: usize) -> bool {
    let before =
        |steps: usize| at.checked_sub(steps).and_then(|index| tokens.get(index)).map(|token| token.text.as_str());
    before(1) == Some("#") || (before(1) == Some("!") && before(2) == Some("#"))
}

fn skipped_test(tokens: &[Token], findings: &mut Findings<'_>) {
    for line in lines_of(tokens, &["#", "[", "ignore"]) {
        findings.add(line, Rule::SkippedTest, "a test that is switched off shows nothing".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(usize, Rule)> {
        check(path, text).into_iter().map(|finding| (finding.line, finding.rule)).collect()
    }

    const DOMAIN: &str = "services/transaction/src/bookings/domain.rs";

    #[test]
    fn domain_code_names_no_database_no_network_and_no_runtime() {
        for impure in [
            "use sqlx::PgPool;",
            "use axum::Json;",
            "fn f() { tokio::spawn(g()); }",
            "fn f(c: &reqwest::Client) {}",
            "use redis::Client;",
            "async fn f() {}",
        ] {
            let text = format!("//! Doc.\n\n{impure}\n");
            assert_eq!(found(DOMAIN, &text), [(3, Rule::PureDomain)], "{impure}");
            let nested = DOMAIN.replace("domain.rs", "domain/refund.rs");
            assert_eq!(found(&nested, &text), [(3, Rule::PureDomain)], "{impure}");
            let ops = DOMAIN.replace("domain.rs", "ops.rs");
            assert_eq!(found(&ops, &text), [], "{impure}");
        }
    }

    #[test]
    fn words_in_comments_and_texts_are_not_names() {
        let text = "//! Never touches sqlx or tokio.\n\n/// async in words\nconst TEXT: &str = \"sqlx::query!\";\n";
        assert_eq!(found(DOMAIN, text), []);
    }

    #[test]
    fn domain_code_imports_no_sibling() {
        let reaching = "//! Doc.\nuse super::store::Row;\nuse crate::bookings::{domain, ops::Order};\n\nfn f() { super::super::api::g() }\n";
        assert_eq!(found(DOMAIN, reaching), [2, 3, 5].map(|line| (line, Rule::PureDomain)));
        let staying = "//! Doc.\nuse super::refund;\nuse std::ops::Add;\nuse contracts::events::SlotHeld;\n\nfn f(events: &[u8]) { super::g(events, events) }\n";
        assert_eq!(found(DOMAIN, staying), []);
    }

    #[test]
    fn sql_stands_in_stores_only() {
        for sql in [
            "fn f() { sqlx::query!(\"select 1\"); }",
            "fn f() { query_as!(Row, \"select 1\"); }",
            "fn f() { sqlx::query(\"select 1\"); }",
            "use sqlx::QueryBuilder;",
        ] {
            let text = format!("//! Doc.\n{sql}\n");
            assert_eq!(found("services/platform/src/courts/ops.rs", &text), [(2, Rule::SqlInStore)], "{sql}");
            for store in ["courts/store.rs", "courts/store/search.rs", "platform_port.rs"] {
                assert_eq!(found(&format!("services/platform/src/{store}"), &text), [], "{sql} in {store}");
            }
            assert_eq!(found("services/platform/tests/it/courts.rs", &text), [], "tests may look into tables");
            assert_eq!(found("crates/kit/src/outbox.rs", &text), [], "kit owns its tables");
        }
    }

    #[test]
    fn a_module_begins_with_its_doc() {
        assert_eq!(found("crates/kit/src/a.rs", "use std::fmt;\n"), [(1, Rule::ModuleDoc)]);
        assert_eq!(found("crates/kit/src/a.rs", ""), [(1, Rule::ModuleDoc)]);
        assert_eq!(found("crates/kit/src/a.rs", "// note\n/// of an item\nfn f() {}\n"), [(1, Rule::ModuleDoc)]);
        assert_eq!(found("crates/kit/src/a.rs", "\n//! Doc.\n"), []);
        assert_eq!(found("crates/kit/src/a.rs", "#![recursion_limit = \"256\"]\n//! Doc.\n"), []);
    }

    #[test]
    fn a_long_file_is_split() {
        let text = |lines: usize| format!("//! Doc.\n{}", "// line\n".repeat(lines - 1));
        assert_eq!(found("crates/kit/src/a.rs", &text(600)), []);
        assert_eq!(found("crates/kit/src/a.rs", &text(601)), [(601, Rule::FileLength)]);
    }

    #[test]
    fn files_are_named_after_what_they_own() {
        for path in ["crates/kit/src/utils.rs", "services/platform/src/common/mod.rs", "courtside/src/helpers.rs"] {
            assert_eq!(found(path, "//! Doc.\n"), [(0, Rule::FileName)], "{path}");
        }
    }

    #[test]
    fn a_silenced_lint_has_a_reason() {
        let bare = "//! Doc.\n#![allow(dead_code)]\n#[expect(unused)]\nfn f() { Some(1).expect(\"reason\"); }\n";
        assert_eq!(found("crates/kit/src/a.rs", bare), [(2, Rule::LintReason), (3, Rule::LintReason)]);
        let reasoned = "//! Doc.\n#[expect(unused, reason = \"kept for the wire\")]\nfn f() {}\n";
        assert_eq!(found("crates/kit/src/a.rs", reasoned), []);
    }

    #[test]
    fn a_test_that_is_switched_off_is_found() {
        let text = "//! Doc.\n#[test]\n#[ignore = \"slow\"]\nfn f() {}\n";
        assert_eq!(found("crates/kit/tests/it/a.rs", text), [(3, Rule::SkippedTest)]);
    }

    #[test]
    fn what_is_no_rust_is_a_finding_not_a_pass() {
        assert_eq!(found("crates/kit/src/a.rs", "//! Doc.\nfn f( {\n"), [(1, Rule::ModuleDoc)]);
    }
}
