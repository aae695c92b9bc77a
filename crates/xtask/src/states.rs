//! `docs/booking-states.md`, made from the transitions of bookings and payments and committed, so that a change of what may
//! follow what is always a visible change of a file.

use std::{fs, path::Path};

use anyhow::Context as _;

const FILE: &str = "docs/booking-states.md";

/// Writes the document.
pub fn write(root: &Path) -> anyhow::Result<()> {
    let path = root.join(FILE);
    fs::write(&path, transaction::state_tables::markdown()).with_context(|| path.display().to_string())?;
    println!("{FILE}: written");
    Ok(())
}

/// Compares the document with the code and prints the lines that differ; `Ok(false)` when one does.
pub fn compare(root: &Path) -> anyhow::Result<bool> {
    let committed = fs::read_to_string(root.join(FILE)).unwrap_or_default();
    let current = transaction::state_tables::markdown();
    if committed == current {
        println!("{FILE}: as the code says");
        return Ok(true);
    }
    eprintln!("{FILE} is not what the code says; run `cargo xtask states` and commit the result:");
    for line in committed.lines().filter(|line| !current.lines().any(|other| other == *line)) {
        eprintln!("  - {line}");
    }
    for line in current.lines().filter(|line| !committed.lines().any(|other| other == *line)) {
        eprintln!("  + {line}");
    }
    Ok(false)
}
