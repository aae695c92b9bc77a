//! The project's own chores, run as `cargo xtask <chore>`: `tidy` holds the tree to its shape, `openapi` writes the
//! generated documents or tells how they drifted, `states` does the same with the tables of states. Nothing here is part
//! of the product.

mod documents;
mod drift;
mod states;
mod tidy;
mod tree;

use std::{path::Path, process::ExitCode};

use anyhow::Context as _;
use clap::{Parser, Subcommand};

/// Chores of this repository.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Fail when the tree has lost its shape: layers, SQL, module docs, long files, migrations.
    Tidy,
    /// Write api/*.json from the code.
    Openapi {
        /// Write nothing; fail and show the differences when a file is not what the code says.
        #[arg(long)]
        check: bool,
    },
    /// Write docs/booking-states.md from the code.
    States {
        /// Write nothing; fail when the file is not what the code says.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match run(&Arguments::parse().chore) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `Ok(false)` when the chore ran and found something wrong.
fn run(chore: &Chore) -> anyhow::Result<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .context("the repository is two folders above this crate")?;
    match chore {
        Chore::Tidy => {
            let tree = tree::Tree::read(root)?;
            let findings = tidy::check(&tree)?;
            for finding in &findings {
                eprintln!("{finding}");
            }
            if findings.is_empty() {
                println!("tidy: {} files in shape", tree.len());
            } else {
                eprintln!("tidy: {} findings", findings.len());
            }
            Ok(findings.is_empty())
        }
        Chore::Openapi { check: false } => documents::write(root).map(|()| true),
        Chore::Openapi { check: true } => documents::compare(root),
        Chore::States { check: false } => states::write(root).map(|()| true),
        Chore::States { check: true } => states::compare(root),
    }
}
