//! The yardstick: pgbench running the SQL of one booking on the same cluster.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, ensure};

/// What pgbench reported.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    pub per_second: f64,
}

/// Runs the script with as many clients as the HTTP side has, prepared statements as sqlx uses them.
pub fn run(
    programs: &Path,
    database_url: &str,
    script: &Path,
    clients: usize,
    time: Duration,
) -> anyhow::Result<Report> {
    let output = Command::new(programs.join("pgbench"))
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
        .arg(format!("--client={clients}"))
        .arg(format!("--time={}", time.as_secs()))
        .arg("--file")
        .arg(script)
        .arg(database_url)
        .output()
        .context("pgbench cannot be run")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "pgbench failed: {}", String::from_utf8_lossy(&output.stderr));
    let line = text.lines().find(|line| line.starts_with("tps = ")).context("pgbench printed no tps")?;
    let per_second = line.split_whitespace().nth(2).context("no figure")?.parse()?;
    Ok(Report { per_second })
}
