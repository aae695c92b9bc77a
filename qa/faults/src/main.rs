//! Breaks the way of events while they are on it, with real parts and real processes, and counts at the end.
//!
//! A writer appends events to an outbox, the relay sends them over the bus, and readers, each a process of its own, write
//! one effect for each in the transaction of its inbox. Whatever dies, pauses or comes twice in between: every event
//! has one effect, and effects of one key are in order (EVT-02 to EVT-05, EVT-11). Nothing of the services is here; they
//! use the same parts.

mod breaker;
mod reader;
mod report;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand};
use kit::bus::{Bus, BusConfig, BusKind, KafkaConfig};
use kit::clock::SystemClock;
use kit::db::{DatabaseConfig, RolePasswords};
use secrecy::SecretString;
use sqlx::Executor as _;
use sqlx::postgres::PgPool;
use tokio_util::sync::CancellationToken;

/// The topic of this run; a new one for each, so that brokers may be used again.
pub const GROUP: &str = "faults.effects";

#[derive(Parser)]
#[command(about = "Breaks the way of events and counts what arrives")]
struct Arguments {
    /// Administrator's address of a PostgreSQL server; databases are made there.
    #[arg(long)]
    admin_url: String,
    /// `host:port` of a Kafka broker; without one the bus on PostgreSQL is used.
    #[arg(long)]
    kafka: Option<String>,
    /// Names topic and database of the run.
    #[arg(long)]
    run: String,
    /// Seconds that a part stays away.
    #[arg(long, default_value_t = 60)]
    outage: u64,
    /// Rows of the full outbox.
    #[arg(long, default_value_t = 100_000)]
    rows: u64,
    /// Commands that stop and start the parts.
    #[command(flatten)]
    breakers: breaker::Commands,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Subcommand)]
enum Role {
    /// One reader, until it is killed. The program starts these itself.
    Read,
}

/// What every part of the program works on.
pub struct Line {
    pub pool: PgPool,
    pub bus: Arc<dyn Bus>,
    pub topic: String,
    pub shutdown: CancellationToken,
}

impl Line {
    async fn open(arguments: &Arguments) -> anyhow::Result<Self> {
        let mut url: url::Url = arguments.admin_url.parse()?;
        url.set_path(&database(&arguments.run));
        url.set_username("courtside_transaction").map_err(|()| anyhow::anyhow!("an address without a host"))?;
        let config = DatabaseConfig { max_connections: 8, ..DatabaseConfig::new(url.as_str()) };
        let pool = kit::db::connect(&config, "transaction").await?;
        let shutdown = CancellationToken::new();
        let config = match &arguments.kafka {
            None => BusConfig::default(),
            Some(broker) => BusConfig {
                kind: BusKind::Kafka,
                kafka: KafkaConfig { brokers: vec![broker.clone()], ..KafkaConfig::default() },
            },
        };
        let bus = kit::bus::open(&config, pool.clone(), SystemClock::shared(), shutdown.clone())?.bus;
        Ok(Self { pool, bus, topic: format!("faults-{}", arguments.run), shutdown })
    }
}

fn database(run: &str) -> String {
    format!("courtside_faults_{run}")
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(Role::Read) = arguments.role {
        return reader::read(Line::open(&arguments).await?).await;
    }
    let server = SecretString::from(arguments.admin_url.clone());
    kit::db::bootstrap(&server, &database(&arguments.run), &RolePasswords::default()).await?;
    let line = Arc::new(Line::open(&arguments).await?);
    for tables in [kit::db::SERVICE_TABLES_SQL, kit::db::DEAD_LETTER_DESK_SQL] {
        sqlx::raw_sql(tables).execute(&line.pool).await?;
    }
    line.pool
        .execute("create table effects (place bigserial, event_id uuid not null, message_key text not null, number bigint not null)")
        .await?;
    let outage = Duration::from_secs(arguments.outage);
    let mut readers = breaker::Readers::default();
    for _ in 0..2 {
        readers.start()?;
    }
    let relay = writer::relay(&line);
    let mut report = report::Report::default();
    let commands = &arguments.breakers;
    if arguments.kafka.is_some() {
        report.show(&line, "Kafka down", || breaker::away(&commands.stop_kafka, &commands.start_kafka, outage)).await?;
    }
    report
        .show(&line, "PostgreSQL restarted", || {
            breaker::away(&commands.stop_postgres, &commands.start_postgres, Duration::from_secs(1))
        })
        .await?;
    report.show(&line, "reader killed in mid-batch", || readers.kill_and_replace(3)).await?;
    report.show(&line, "rebalance while publishing", || readers.come_and_go(3)).await?;
    report.show_flood(&line).await?;
    report.show_poison(&line).await?;
    relay.stop().await;
    report.show_full_outbox(&line, arguments.rows).await?;
    line.shutdown.cancel();
    report.print();
    report.verdict()
}
