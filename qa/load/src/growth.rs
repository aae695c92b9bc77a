//! Searching while the world grows: the same questions at the same density among more and more courts, each with ninety
//! days of bookings. Runs last, because it fills the database with what `courts.sql` makes and leaves it there.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::api::Api;
use crate::pace::{self, Pace};

/// How many courts there are, one after the other.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// The middle of the generated disc: latitude, longitude.
const MIDDLE: (f64, f64) = (45.0, 5.0);
/// Days of bookings.
const DAYS: i64 = 90;
/// Courts whose days are asked for at one size, of the hundred around the middle.
const OWN: usize = 33;
/// So long that one client does not come to a day for the second time.
const SHORT: Duration = Duration::from_millis(1_500);

/// One question at one size.
struct Row {
    what: &'static str,
    courts: usize,
    alone: Pace,
    together: Pace,
}

/// What the world is grown with.
pub struct World<'a> {
    pub programs: &'a Path,
    pub database_url: &'a str,
    pub sql: &'a Path,
}

/// Grows the world up to `largest` courts, asks at each size with one client and with `clients`, and prints the figures.
pub async fn run(
    api: &Arc<Api>,
    world: &World<'_>,
    largest: usize,
    clients: usize,
    time: Duration,
) -> anyhow::Result<u64> {
    let mut rows = Vec::new();
    let mut there = 0;
    for (turn, courts) in SIZES.into_iter().filter(|courts| *courts <= largest).enumerate() {
        eprintln!("growing to {courts} courts, {} bookings", courts as i64 * DAYS);
        grow(world, there + 1, courts)?;
        there = courts;
        // Filling a hundred thousand courts takes longer than a token lives.
        let player = api.sign_in("maria@courtside.test").await?;
        let around = api.courts_around(&player, MIDDLE).await?;
        ensure!(around.len() == 100, "only {} courts around the middle", around.len());
        for (what, free) in [("radius search", false), ("radius search, free at a time", true)] {
            let ask = |client| api.clone().search_around(&player, MIDDLE, client, free);
            let (alone, together) = (pace::run(1, time, ask).await, pace::run(clients, time, ask).await);
            rows.push(Row { what, courts, alone, together });
        }
        // Courts of its own at each size, and a short time: answers that were kept before would be no figure of this size.
        let fresh = &around[turn * OWN..(turn + 1) * OWN];
        let ask = |client| api.clone().day_ahead(&player, fresh, DAYS, client);
        let (alone, together) = (pace::run(1, time.min(SHORT), ask).await, pace::run(clients, time, ask).await);
        rows.push(Row { what: "day availability", courts, alone, together });
    }
    print(&rows, clients);
    Ok(rows.iter().map(|row| row.alone.failures + row.together.failures).sum())
}

fn grow(world: &World<'_>, from: usize, to: usize) -> anyhow::Result<()> {
    let output = Command::new(world.programs.join("psql"))
        .args(["--no-psqlrc", "--quiet", "--output=/dev/null"])
        .arg(format!("--set=from={from}"))
        .arg(format!("--set=to={to}"))
        .arg("--file")
        .arg(world.sql)
        .arg(world.database_url)
        .env("PGOPTIONS", "--client-min-messages=warning")
        .output()
        .context("psql cannot be run")?;
    ensure!(output.status.success(), "psql failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn print(rows: &[Row], clients: usize) {
    println!("\n| what | courts | one client | {clients} clients | p50 against a tenth of the courts | goal |");
    println!("|---|---|---|---|---|---|");
    for row in rows {
        let smaller = rows.iter().find(|other| other.what == row.what && other.courts * 10 == row.courts);
        let growth = smaller.map_or(String::new(), |smaller| {
            format!("{:.2}", row.alone.latency.quantile(0.5) / smaller.alone.latency.quantile(0.5))
        });
        let goal = match row.courts {
            10_000 => "p99 < 15 ms alone",
            100_000 => "≤ 1.5",
            _ => "",
        };
        println!(
            "| {} | {} | {:.0}/s, p50 {:.1} ms, p99 {:.1} ms | {:.0}/s, p50 {:.1} ms, p99 {:.1} ms | {growth} | {goal} |",
            row.what,
            row.courts,
            row.alone.per_second(),
            row.alone.latency.quantile(0.5),
            row.alone.latency.quantile(0.99),
            row.together.per_second(),
            row.together.latency.quantile(0.5),
            row.together.latency.quantile(0.99),
        );
    }
}
