//! Checks on the migrations: each can go back, numbers are unique within a service, and the tables that kit keeps per
//! service are the same everywhere.

use std::collections::BTreeMap;

use super::{Finding, Rule};
use crate::tree::Tree;

/// How the names of the migrations end that services copy from kit, and where kit keeps them.
const COPIES: [(&str, &str); 2] = [
    ("_service_tables", "crates/kit/migrations/service_tables"),
    ("_dead_letter_desk", "crates/kit/migrations/dead_letter_desk"),
];

/// All findings about `services/*/migrations`.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut numbers: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let mut add = |path: &str, message: String| {
        findings.push(Finding { path: path.to_owned(), line: 0, rule: Rule::Migrations, message });
    };
    for (path, text) in tree.files() {
        let Some((folder, file)) = path.rsplit_once('/') else { continue };
        if !(folder.starts_with("services/") && folder.ends_with("/migrations")) {
            continue;
        }
        let (name, other) = match (file.strip_suffix(".up.sql"), file.strip_suffix(".down.sql")) {
            (Some(name), _) => (name, format!("{folder}/{name}.down.sql")),
            (_, Some(name)) => (name, format!("{folder}/{name}.up.sql")),
            _ => {
                add(path, "is neither NNNN_name.up.sql nor NNNN_name.down.sql".to_owned());
                continue;
            }
        };
        if without_comments(text).is_empty() {
            add(path, "does nothing".to_owned());
        }
        if tree.text(&other).is_none() {
            add(path, format!("has no counterpart {other}"));
        }
        let number = name.split('_').next().unwrap_or_default();
        if number.len() != 4 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            add(path, "does not begin with four digits".to_owned());
        }
        let first = *numbers.entry((folder, number)).or_insert(name);
        if first != name {
            add(path, format!("has the number of {first}"));
        }
        if let Some((_, source)) = COPIES.iter().find(|(ending, _)| name.ends_with(ending)) {
            let end = &file[name.len()..];
            if tree.text(&format!("{source}{end}")) != Some(text) {
                add(path, format!("differs from {source}{end}, of which it is the copy"));
            }
        }
    }
    findings
}

fn without_comments(sql: &str) -> String {
    sql.lines().map(|line| line.split("--").next().unwrap_or_default().trim()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIT: [(&str, &str); 2] = [
        ("crates/kit/migrations/service_tables.up.sql", "create"),
        ("crates/kit/migrations/service_tables.down.sql", "drop"),
    ];

    fn findings(files: &[(&str, &str)]) -> usize {
        let files: Vec<(String, &str)> =
            files.iter().map(|(name, text)| (format!("services/platform/migrations/{name}"), *text)).collect();
        let mut all: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        all.extend(KIT);
        check(&Tree::of(&all)).len()
    }

    #[test]
    fn a_migration_goes_both_ways() {
        assert_eq!(findings(&[("0002_a.up.sql", "create"), ("0002_a.down.sql", "drop")]), 0);
        assert_eq!(findings(&[("0002_a.up.sql", "create")]), 1);
        assert_eq!(findings(&[("0002_a.down.sql", "drop")]), 1);
        assert_eq!(findings(&[("0002_a.up.sql", "create"), ("0002_a.down.sql", "-- nothing\n\n")]), 1);
        assert_eq!(findings(&[("0002_a.sql", "create")]), 1);
    }

    #[test]
    fn a_number_is_used_once() {
        let both = |name: &'static str| [(format!("{name}.up.sql"), "create"), (format!("{name}.down.sql"), "drop")];
        let files: Vec<_> = both("0002_a").into_iter().chain(both("0002_b")).collect();
        let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        assert_eq!(findings(&files), 2);
        assert_eq!(findings(&[("12_a.up.sql", "create"), ("12_a.down.sql", "drop")]), 2);
    }

    #[test]
    fn the_tables_of_kit_are_copied_verbatim() {
        let down = ("0001_service_tables.down.sql", "drop");
        assert_eq!(findings(&[("0001_service_tables.up.sql", "create"), down]), 0);
        assert_eq!(findings(&[("0001_service_tables.up.sql", "create more"), down]), 1);
    }
}
