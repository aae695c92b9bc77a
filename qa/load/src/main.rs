//! `load`: measures a running Courtside from outside and prints one table of ratios.
//!
//! Knows the public API and nothing of ours. Machines differ and are noisy, so a figure is always set against another
//! one of the same run: HTTP against the service's own `/health/live`, bookings against pgbench doing the same SQL.

mod api;
mod crowd;
mod growth;
mod latency;
mod pace;
mod pgbench;
mod push;
mod socket;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, ValueEnum};

use api::Api;

/// Customers who book at the same time.
const CUSTOMERS: usize = 500;

/// What to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Everything that one process on the bus of PostgreSQL can show.
    All,
    /// From a commit to a subscribed socket, on whatever bus the system has.
    Push,
    /// Very many subscribed sockets.
    Crowd,
}

#[derive(Parser)]
struct Arguments {
    /// What to measure.
    #[arg(long, value_enum, default_value = "all")]
    part: Part,
    /// Name of the bus, for the row of `push`.
    #[arg(long, default_value = "PostgreSQL")]
    bus: String,
    /// Sockets of the crowd.
    #[arg(long, default_value_t = 10_000)]
    sockets: usize,
    /// Address of the running system.
    #[arg(long, env = "COURTSIDE_URL")]
    url: String,
    /// Process to look at for memory.
    #[arg(long)]
    pid: u32,
    /// How long it took from start to ready, in milliseconds.
    #[arg(long, default_value_t = 0)]
    start_ms: u64,
    /// Database of the same cluster, as administrator, for pgbench.
    #[arg(long, default_value = "")]
    database_url: String,
    /// Folder with pgbench.
    #[arg(long, default_value = "")]
    programs: PathBuf,
    /// The SQL of one booking.
    #[arg(long, default_value = "qa/load/booking.sql")]
    sql: PathBuf,
    /// The SQL that makes more courts.
    #[arg(long, default_value = "qa/load/courts.sql")]
    courts_sql: PathBuf,
    /// Courts to grow the world to at the end, in steps of ten times; 0 leaves it as it is.
    #[arg(long, default_value_t = 100_000)]
    largest: usize,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Clients at the same time.
    #[arg(long, default_value_t = 32)]
    clients: usize,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
    let api = Arc::new(Api::new(&arguments.url)?);
    match arguments.part {
        Part::All => everything(&arguments, &api).await,
        Part::Push => {
            let owner = api.sign_in("owner@courtside.test").await.context("sign in as an owner")?;
            print_push(&arguments.bus, &push::run(&api, &owner, 150).await?);
            Ok(())
        }
        Part::Crowd => {
            let owner = api.sign_in("owner@courtside.test").await.context("sign in as an owner")?;
            print_crowd(&crowd::run(&api, &owner, arguments.pid, arguments.sockets).await?);
            Ok(())
        }
    }
}

fn print_push(bus: &str, push: &latency::Latencies) {
    let goal = if bus == "PostgreSQL" { "p95 < 100 ms" } else { "p95 < 250 ms" };
    println!(
        "| request to subscribed socket, over {bus} | p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms | | | {goal} |",
        push.quantile(0.5),
        push.quantile(0.95),
        push.quantile(0.99),
    );
}

fn print_crowd(crowd: &crowd::Crowd) {
    println!(
        "| {} idle subscribed sockets on one process | {} MB resident, {} MB without them | | | < 400 MB |",
        crowd.reached, crowd.idle_mb, crowd.empty_mb,
    );
    println!(
        "| a change until all {} heard of it | first {:.0} ms, last {:.0} ms, slowest of {} {:.0} ms | | | < 1 s |",
        crowd.reached,
        crowd.first.quantile(0.5),
        crowd.last.quantile(0.5),
        crowd.last.count(),
        crowd.last.quantile(1.0),
    );
    println!(
        "| after they left and 1,000 clients sent anything but frames | {} MB resident | | | |",
        crowd.after_hostile_mb
    );
    if let Some(reason) = &crowd.stopped_by {
        println!("\nThere were not more sockets because: {reason}");
    }
}

/// The table of `make bench`.
async fn everything(arguments: &Arguments, api: &Arc<Api>) -> anyhow::Result<()> {
    let time = Duration::from_secs(arguments.seconds);
    let clients = arguments.clients;
    let idle_mb = resident_mb(arguments.pid)?;

    let player = api.sign_in("maria@courtside.test").await.context("sign in as a player")?;
    let owner = api.sign_in("owner@courtside.test").await.context("sign in as an owner")?;
    let courts = api.courts(&player).await?;
    let slots = Arc::new(api.free_slots(&player, &courts, api::FREE_DAYS).await?);
    eprintln!("{} courts, {} free slots to book", courts.len(), slots.len());

    // Each pair is measured back to back, so that a machine that slows down slows both.
    let live = pace::run(clients, time, |client| api.clone().live(client)).await;
    let day = pace::run(clients, time, |client| api.clone().day(&player, &courts, client)).await;
    let search = pace::run(clients, time, |client| api.clone().search(&player, client)).await;
    let search_free = pace::run(clients, time, |client| api.clone().search_free(&player, client)).await;
    // Before the load: a socket that waits behind ten seconds of full load measures the load.
    let push = push::run(api, &owner, 150).await?;
    let sql = pgbench::run(&arguments.programs, &arguments.database_url, &arguments.sql, clients, time)?;
    let people = Arc::new(api.customers(CUSTOMERS).await.context("register customers")?);
    let cpu_before = cpu_ms(arguments.pid)?;
    let bookings = pace::run(clients, time, |_| api.clone().book(people.clone(), slots.clone())).await;
    let cpu_per_booking = (cpu_ms(arguments.pid)? - cpu_before) as f64 / bookings.latency.count().max(1) as f64;
    let busy_mb = resident_mb(arguments.pid)?;

    println!("| what | measured | against | ratio | goal |");
    println!("|---|---|---|---|---|");
    let ratio = |name: &str, one: &pace::Pace, other: f64, against: &str, goal: &str| {
        let ratio = one.per_second() / other;
        println!(
            "| {name} | {:.0}/s, p50 {:.1} ms, p99 {:.1} ms | {against} {other:.0}/s | {ratio:.2} | {goal} |",
            one.per_second(),
            one.latency.quantile(0.5),
            one.latency.quantile(0.99),
        );
    };
    ratio("day availability", &day, live.per_second(), "`/health/live`", "≥ 0.25");
    ratio("radius search", &search, live.per_second(), "`/health/live`", "");
    ratio("radius search, free at a time", &search_free, live.per_second(), "`/health/live`", "");
    ratio("booking, paid, over HTTP", &bookings, sql.per_second, "pgbench, same SQL", "≥ 0.5");
    print_push(&arguments.bus, &push);
    println!("| resident memory of `courtside up` | {idle_mb} MB idle, {busy_mb} MB after the load | | | < 150 MB |");
    println!("| start of `courtside up`, built and seeded | {:.1} s | | | < 5 s |", arguments.start_ms as f64 / 1000.0);
    let failures: u64 = [&live, &day, &search, &search_free, &bookings].iter().map(|pace| pace.failures).sum();
    println!("| CPU of `courtside up` per booking | {cpu_per_booking:.1} ms, warm-up included | | | |");
    println!("\n{clients} clients, {} s each, {failures} failed calls.", arguments.seconds);
    anyhow::ensure!(failures == 0, "{failures} calls failed");
    let world = growth::World {
        programs: &arguments.programs,
        database_url: &arguments.database_url,
        sql: &arguments.courts_sql,
    };
    let failures = growth::run(api, &world, arguments.largest, clients, time).await?;
    anyhow::ensure!(failures == 0, "{failures} calls failed while the world grew");
    Ok(())
}

/// Processor time that a process has used, in milliseconds, from `/proc`: fields 14 and 15, in hundredths of a second.
fn cpu_ms(pid: u32) -> anyhow::Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("the process is not there")?;
    let (_, fields) = stat.rsplit_once(')').context("no command")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    Ok(ticks * 10)
}

/// Resident memory of a process, from `/proc`.
fn resident_mb(pid: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("the process is not there")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    let kilobytes: u64 = line.split_whitespace().nth(1).context("no figure")?.parse()?;
    Ok(kilobytes / 1024)
}
