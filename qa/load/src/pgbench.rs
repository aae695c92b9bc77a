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

/// What the script needs: courts by number, each with its owner and some customer.
const PREPARATION: &str = "
    DROP SCHEMA IF EXISTS load CASCADE;
    CREATE SCHEMA load;
    CREATE TABLE load.courts (number integer PRIMARY KEY, id uuid NOT NULL, owner_id uuid NOT NULL, customer_id uuid NOT NULL);
    INSERT INTO load.courts
    SELECT row_number() OVER (ORDER BY id), id, owner_id, (SELECT user_id FROM transaction.stripe_customers LIMIT 1)
    FROM platform.courts;
    ANALYZE load.courts;";

/// Events that the service writes with a booking, counted on a running one.
pub fn events_per_booking(programs: &Path, database_url: &str) -> anyhow::Result<u32> {
    let query =
        "SELECT ceil(count(*)::numeric / greatest(count(DISTINCT payload::jsonb -> 'payload' ->> 'bookingId'), 1))
                 FROM transaction.outbox
                 WHERE topic <> 'load-events' AND payload::jsonb -> 'payload' ->> 'bookingId' IS NOT NULL";
    Ok(psql(programs, database_url, query)?.trim().parse().unwrap_or(4))
}

fn psql(programs: &Path, database_url: &str, statement: &str) -> anyhow::Result<String> {
    let output = Command::new(programs.join("psql"))
        .args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--set",
            "ON_ERROR_STOP=1",
            "--command",
            statement,
            database_url,
        ])
        .env("PGOPTIONS", "--client-min-messages=warning")
        .output()
        .context("psql cannot be run")?;
    ensure!(output.status.success(), "psql failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs the script with as many clients as the HTTP side has, prepared statements as sqlx uses them.
pub fn run(
    programs: &Path,
    database_url: &str,
    script: &Path,
    clients: usize,
    time: Duration,
) -> anyhow::Result<Report> {
    psql(programs, database_url, PREPARATION)?;
    let courts = psql(programs, database_url, "SELECT count(*) FROM load.courts")?;
    let events = events_per_booking(programs, database_url)?;
    let output = Command::new(programs.join("pgbench"))
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--define=n=0"])
        .arg(format!("--define=courts={}", courts.trim()))
        .arg(format!("--define=events={events}"))
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
    psql(programs, database_url, "DROP SCHEMA load CASCADE")?;
    Ok(Report { per_second })
}
