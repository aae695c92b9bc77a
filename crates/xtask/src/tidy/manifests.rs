//! Checks on the manifests: who may depend on whom. Tests may start whatever they need, so dev-dependencies are free.

use toml::{Table, Value};

use super::{Finding, Rule};
use crate::tree::Tree;

/// Crates below the services; they know no service.
const LOWER: [&str; 2] = ["contracts", "kit"];

/// No service depends on another, the sandbox included; the lower crates depend on no service, and `contracts` on
/// nothing of ours at all.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let services: Vec<String> = tree
        .files()
        .filter(|(path, _)| path.starts_with("services/"))
        .filter_map(|(path, _)| manifest_folder(path))
        .map(str::to_owned)
        .collect();
    for (path, text) in tree.files() {
        let Some(name) = manifest_folder(path) else { continue };
        let manifest: Table = match text.parse() {
            Ok(manifest) => manifest,
            Err(error) => {
                findings.push(finding(path, format!("is not readable as TOML: {error}")));
                continue;
            }
        };
        let restricted = path.starts_with("services/") || LOWER.contains(&name);
        for dependency in dependencies(&manifest) {
            let forbidden = (restricted && dependency != name && services.contains(&dependency))
                || (name == "contracts" && dependency == "kit")
                || (path.starts_with("services/") && dependency == "testkit");
            if forbidden {
                let message = format!(
                    "`{name}` depends on `{dependency}`; services meet through contracts, events and /internal only"
                );
                findings.push(finding(path, message));
            }
        }
    }
    findings
}

fn finding(path: &str, message: String) -> Finding {
    Finding { path: path.to_owned(), line: 0, rule: Rule::ServiceBoundary, message }
}

/// `crates/kit/Cargo.toml` → `kit`.
fn manifest_folder(path: &str) -> Option<&str> {
    let (folder, "Cargo.toml") = path.rsplit_once('/')? else { return None };
    let (parent, name) = folder.rsplit_once('/')?;
    matches!(parent, "crates" | "services").then_some(name)
}

/// Names of all packages a manifest builds with, dev-dependencies aside, also per platform and also when renamed.
fn dependencies(manifest: &Table) -> Vec<String> {
    let platforms = manifest.get("target").and_then(Value::as_table).into_iter().flatten();
    let tables = platforms.filter_map(|(_, table)| table.as_table()).chain([manifest]);
    let mut names = Vec::new();
    for table in tables {
        for section in ["dependencies", "build-dependencies"] {
            for (name, wanted) in table.get(section).and_then(Value::as_table).into_iter().flatten() {
                let package = wanted.get("package").and_then(Value::as_str).unwrap_or(name);
                names.push(package.to_owned());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(manifests: &[(&str, &str)]) -> Vec<String> {
        let mut files = vec![("services/platform/Cargo.toml", ""), ("services/sandbox/Cargo.toml", "")];
        files.extend_from_slice(manifests);
        check(&Tree::of(&files)).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_service_depends_on_no_other() {
        for manifest in [
            "[dependencies]\nplatform.workspace = true",
            "[build-dependencies]\nplatform = { path = \"../platform\" }",
            "[target.'cfg(unix)'.dependencies]\nsandbox.workspace = true",
            "[dependencies]\nneighbour = { package = \"platform\", path = \"../platform\" }",
            "[dependencies]\ntestkit.workspace = true",
        ] {
            assert_eq!(findings(&[("services/transaction/Cargo.toml", manifest)]).len(), 1, "{manifest}");
        }
    }

    #[test]
    fn lower_crates_know_no_service() {
        let upward = "[dependencies]\nplatform.workspace = true";
        assert_eq!(findings(&[("crates/kit/Cargo.toml", upward)]).len(), 1);
        assert_eq!(findings(&[("crates/contracts/Cargo.toml", "[dependencies]\nkit.workspace = true")]).len(), 1);
    }

    #[test]
    fn tests_and_the_binary_may_use_everything() {
        let dev = "[dependencies]\nkit.workspace = true\n[dev-dependencies]\nplatform.workspace = true";
        assert!(findings(&[("services/transaction/Cargo.toml", dev)]).is_empty());
        let all = "[dependencies]\nplatform.workspace = true\nsandbox.workspace = true";
        assert!(findings(&[("courtside/Cargo.toml", all), ("crates/testkit/Cargo.toml", all)]).is_empty());
    }

    #[test]
    fn a_broken_manifest_is_a_finding_not_a_pass() {
        assert_eq!(findings(&[("services/transaction/Cargo.toml", "[dependencies")]).len(), 1);
    }
}
