//! The shape of the tree that no compiler checks (ARCHITECTURE.md): which layer may know what, where SQL stands, that
//! modules say what they own, that files stay short, that migrations can go back.
//!
//! Each check is a function from the tree to findings. An exception is a line with a reason in `tidy.toml` beside this
//! crate's manifest; an exception that is no longer needed is a finding itself.

mod exceptions;
mod manifests;
mod migrations;
mod sources;
mod tokens;

use std::fmt;

use crate::tree::Tree;
use exceptions::Exceptions;

/// The checks, by the name that findings and exceptions use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Domain code knows no database, no network, no runtime and no sibling layer.
    PureDomain,
    /// SQL stands in `store.rs` or `platform_port.rs` only.
    SqlInStore,
    /// One service does not depend on another, and the lower crates on no service.
    ServiceBoundary,
    /// A module begins with `//!`.
    ModuleDoc,
    /// A file has at most 600 lines.
    FileLength,
    /// Files are not named after nothing.
    FileName,
    /// An attribute that silences a lint has a reason.
    LintReason,
    /// No test is switched off.
    SkippedTest,
    /// Every migration can go back, numbers are unique, kit's tables are copied verbatim.
    Migrations,
    /// An exception that nothing needs any more.
    UnusedException,
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::PureDomain => "pure-domain",
            Self::SqlInStore => "sql-in-store",
            Self::ServiceBoundary => "service-boundary",
            Self::ModuleDoc => "module-doc",
            Self::FileLength => "file-length",
            Self::FileName => "file-name",
            Self::LintReason => "lint-reason",
            Self::SkippedTest => "skipped-test",
            Self::Migrations => "migrations",
            Self::UnusedException => "unused-exception",
        })
    }
}

/// One thing out of shape.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Where.
    pub path: String,
    /// Which line, counted from 1; 0 for the file as a whole.
    pub line: usize,
    /// Which check.
    pub rule: Rule,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}: {}", self.path, self.line, self.rule, self.message)
    }
}

/// All checks over a tree, exceptions taken off.
pub fn check(tree: &Tree) -> anyhow::Result<Vec<Finding>> {
    let exceptions = Exceptions::read(tree.text(exceptions::PATH))?;
    let mut findings = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| path.ends_with(".rs")) {
        findings.extend(sources::check(path, text));
    }
    findings.extend(manifests::check(tree));
    findings.extend(migrations::check(tree));
    let mut findings = exceptions.apply(findings);
    findings.sort();
    Ok(findings)
}
