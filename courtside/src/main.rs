//! `courtside`: the one binary. Reads the command line and hands over.

mod commands;
mod process;
mod seed;
mod settings;
mod up;
mod web;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A request allocates on one thread and often frees on another, which the allocator of libc is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(version, about = "Courtside: find, book and run sports courts")]
struct Arguments {
    /// Configuration file; its keys replace the defaults that `courtside config` prints.
    #[arg(long, global = true, env = "COURTSIDE_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything on this machine: PostgreSQL, both services, the vendors' stand-ins and both web apps.
    Up(up::Options),
    /// Run the platform service.
    Platform,
    /// Run the transaction service.
    Transaction,
    /// Run the vendors' stand-ins alone.
    Sandbox,
    /// Prepare the database and bring both schemas up to date.
    Migrate {
        /// Administrator's address of the server; without it, only the services' own migrations run.
        #[arg(long, env = "COURTSIDE_ADMIN_DATABASE_URL", hide_env_values = true)]
        admin_url: Option<String>,
        /// Database to create if it is missing.
        #[arg(long, default_value = "courtside")]
        database: String,
    },
    /// Fill an empty database with the demo world; needs the sandbox to be running.
    Seed(commands::SeedOptions),
    /// Let the next key sign access tokens now; running services follow within half a minute.
    RotateKey,
    /// Print the OpenAPI document of a service.
    Openapi { service: commands::Documented },
    /// Print every setting with its default and meaning.
    Config,
    /// Print the configuration of an installation on this machine whose processes are started one by one.
    Installation {
        /// Its folder, in which PostgreSQL runs already.
        #[arg(long, default_value = ".courtside")]
        state: PathBuf,
        #[command(flatten)]
        doors: up::Doors,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line with all causes: what people read. A backtrace would say where, not what.
            eprintln!("courtside: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    kit::http::install_crypto_provider();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let file = arguments.config.as_deref();
    runtime.block_on(async {
        match arguments.command {
            Command::Up(options) => up::run(file, options).await,
            Command::Platform => process::run_platform(settings::load(file)?).await,
            Command::Transaction => process::run_transaction(settings::load(file)?).await,
            Command::Sandbox => process::run_sandbox(settings::load(file)?).await,
            Command::Migrate { admin_url, database } => {
                commands::migrate(settings::load(file)?, admin_url.map(Into::into), &database).await
            }
            Command::Seed(options) => commands::seed(settings::load(file)?, options).await,
            Command::RotateKey => commands::rotate_key(settings::load(file)?).await,
            Command::Openapi { service } => commands::openapi(service),
            Command::Installation { state, doors } => {
                print!("{}", up::configuration(&state, &doors)?);
                Ok(())
            }
            Command::Config => {
                print!("{}", settings::defaults());
                Ok(())
            }
        }
    })
}
